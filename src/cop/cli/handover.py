"""Define the commands to follow up and hand over a report, from `cop actions` to `cop pack`."""

import argparse
from pathlib import Path

from cop.cli import options
from cop.data import UserError, count, writing
from cop.report import languages


def add_to(commands: options.Commands) -> None:
    """Add the commands to the parser of `cop`, in the group "After the draft"."""
    plans = commands.add(
        "actions", "add an action for each recommendation without one", actions, "cop actions UKR"
    )
    plans.country()
    plans.data()
    prints = commands.add(
        "pdf",
        "write a report as a tagged PDF (requires Chromium)",
        make_pdf,
        "cop pdf UKR, cop pdf UKR --language uk, cop pdf UKR --out report.pdf",
    )
    prints.value("country", "ISO3", "country of the report")
    prints.file("--out", "FILE.pdf", "file to write (default: in outputs/pdf/)")
    prints.language()
    prints.outputs()
    packs = commands.add(
        "pack",
        "write a report and its tables to a signed zip file",
        pack,
        "cop pack UKR, cop pack UKR --language uk, cop pack UKR --out ukraine.zip",
    )
    packs.value("country", "ISO3", "country of the report")
    packs.file("--out", "FILE.zip", "file to write (default: in outputs/packed/)")
    packs.language()
    packs.outputs()
    packs.data()
    verifies = commands.add(
        "verify-package",
        "check that a package is complete and unchanged",
        verify_package,
        'cop verify-package cop-assessment-UKR.zip --signer "5f34 9476 …"',
    )
    verifies.file("file", "FILE.zip", "zip file of the package")
    verifies.text("--signer", "KEY", "fingerprint of the expected signing key")


def actions(arguments: argparse.Namespace) -> int:
    """Create the action plan of a country, and print what to do next."""
    from cop.research import actions

    print("\n".join(actions.begin(arguments.iso3, arguments.data)))
    return 0


def make_pdf(arguments: argparse.Namespace) -> int:
    """Print a report to PDF."""
    import os

    from cop.handover import pdf
    from cop.report import filenames
    from cop.run import plan
    from cop.run.results import site_path

    iso3, outputs = arguments.country, arguments.outputs
    language = languages.validate_tag(arguments.language)
    folder = plan.in_language(outputs, language)
    page = filenames.page_of(folder, iso3, words=options.repeated_language(language))
    out = arguments.out or outputs / "pdf" / f"{page.stem}{filenames.ending(language)}.pdf"
    site = outputs / "site" / site_path(language)
    beside = Path(os.path.relpath(site, out.parent)).as_posix() + "/"
    writing.whole(out, pdf.render(page.read_bytes(), beside))
    print(f"Written: {out}")
    return 0


def pack(arguments: argparse.Namespace) -> int:
    """Write the signed package of a report; raise UserError if the report is out of date."""
    from cop.handover import package
    from cop.report import filenames
    from cop.run import plan

    iso3, outputs, data = arguments.country, arguments.outputs, arguments.data
    language = languages.validate_tag(arguments.language)
    again = options.repeated_language(language)
    results = plan.in_language(outputs, language)
    filenames.page_of(results, iso3, words=again)
    if why := _outdated(iso3, data, outputs, language):
        fix = f"update it with `cop run {iso3}{again}`; `cop why {iso3}{again}` shows what changed"
        raise UserError(f"the report is out of date ({why}); {fix}")
    name = f"cop-assessment-{iso3}{filenames.ending(language)}.zip"
    out = arguments.out or outputs / "packed" / name
    signer, files, no_pdf = package.write(out, results, data, iso3, options.ROOT, language)
    if no_pdf:
        print(f"The package has no PDF: {no_pdf}")
    size = f"{count(files, 'file')}, {out.stat().st_size / 1e6:.1f} MB"
    print(f"Written: {out} ({size}) and verify.py, which checks it")
    print(f"Signed with the key {signer}")
    print("Send this key to the recipient separately, for example by telephone.")
    return 0


def verify_package(arguments: argparse.Namespace) -> int:
    """Check a package; return 0 if it is intact and signed by the expected key."""
    from cop.handover import verify

    return verify.report(arguments.file, arguments.signer)


def _outdated(iso3, data, outputs, language):
    """Return why a report is out of date, or "" if it is up to date."""
    from cop.run import fingerprints, plan

    choice = plan.Choice((iso3,), data=data.resolve(), outputs=outputs.resolve(), language=language)
    reasons = fingerprints.reasons(plan.jobs(choice)[0])
    return next((f"{stage}: {why[0]}" for stage, why in reasons.items()), "")
