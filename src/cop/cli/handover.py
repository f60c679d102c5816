"""The commands that hand a report over: `cop pdf`, `cop pack`, `cop verify-package`."""

import argparse
from pathlib import Path

from cop.cli import options
from cop.data import Refused, count, writing
from cop.report import languages


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    prints = options.command(
        commands,
        "pdf",
        "make the report a tagged PDF, through Chromium",
        make_pdf,
        "cop pdf UKR, cop pdf UKR --language uk, cop pdf UKR --out report.pdf",
    )
    options.value(prints, "country", "ISO3", "whose report, as `cop run` made it")
    options.value(prints, "--out", "FILE.pdf", "where it is written", type=Path)
    options.language(prints)
    options.outputs(prints, "where `cop run` wrote")
    packs = options.command(
        commands,
        "pack",
        "pack a report, in all its languages, in one signed zip: pages, Word, PDF, tables",
        pack,
        "cop pack UKR, cop pack UKR --out ukraine.zip",
    )
    options.value(packs, "country", "ISO3", "whose report, as `cop run` made it")
    options.value(packs, "--out", "FILE.zip", "where it is written", type=Path)
    options.outputs(packs, "where `cop run` wrote")
    options.data(packs)
    verifies = options.command(
        commands,
        "verify-package",
        "check that a package is as it was signed",
        verify_package,
        'cop verify-package cop-assessment-UKR.zip --signer "5f34 9476 …"',
    )
    options.file(verifies, "file", "FILE.zip", "the package, not unpacked")
    options.value(verifies, "--signer", "KEY", "the key it must be signed with", default="")


def make_pdf(arguments: argparse.Namespace) -> int:
    """Answer `cop pdf`: print a report and say what a screen reader finds in it."""
    import os

    from cop.handover import pdf
    from cop.report import filenames
    from cop.run import plan
    from cop.run.results import site_path

    iso3, outputs = arguments.country, arguments.outputs
    language = languages.checked(arguments.language)
    page = filenames.report_of(plan.in_language(outputs, language), iso3, options.again(language))
    out = arguments.out or outputs / "pdf" / f"{page.stem}{filenames.ending(language)}.pdf"
    site = outputs / "site" / site_path(language)
    beside = Path(os.path.relpath(site, out.parent)).as_posix() + "/"
    content = pdf.render(page.read_bytes(), beside)
    writing.whole(out, content)
    found = pdf.facts(content)
    tagged = "tagged" if found.tagged else "NOT tagged"
    outline = f"{count(found.headings, 'heading')} in its outline"
    links = count(found.links, "link")
    print(f"Written: {out}")
    print(f"{count(found.pages, 'page')}, {tagged}, {outline}, {links}, in {found.language}.")
    return 0


def pack(arguments: argparse.Namespace) -> int:
    """Answer `cop pack`: write the signed package of a report in each language that is current."""
    from cop.handover import package
    from cop.report import filenames

    iso3, outputs, data = arguments.country, arguments.outputs, arguments.data
    filenames.report_of(outputs, iso3)
    if why := _outdated(iso3, data, outputs):
        fix = f"`cop run {iso3}` makes it anew, `cop why {iso3}` says what changed"
        raise Refused(f"the report is out of date ({why}); {fix}")
    others, outdated = _languages(iso3, data, outputs)
    out = arguments.out or outputs / "packed" / f"cop-assessment-{iso3}.zip"
    written = package.write(out, outputs, data, iso3, options.ROOT, others)
    for kind, why in {**written.missing, **outdated}.items():
        print(f"Without {kind}: {why}")
    size = f"{count(written.files, 'file')}, {out.stat().st_size / 1e6:.1f} MB"
    print(f"Written: {out} ({size}) and verify.py, which checks it")
    print(f"Signed with the key {written.signer}")
    print("Tell the recipient this key by another way, such as by telephone.")
    return 0


def verify_package(arguments: argparse.Namespace) -> int:
    """Answer `cop verify-package`: return 0 if it is intact and of this signer."""
    from cop.handover import verify

    return verify.report(arguments.file, arguments.signer)


def _languages(iso3, data, outputs):
    """Give {language: folder of the results of all countries} of each that a report is made in and
    that holds, and {language: why not} of the others that it is made in.
    """
    from cop.report import filenames
    from cop.run import plan

    folders, outdated = {}, {}
    for language in languages.known()[1:]:
        folder = plan.in_language(outputs, language)
        if not (folder / iso3 / "pages" / filenames.of_stage(filenames.ASSESSMENT, iso3)).is_file():
            continue
        if why := _outdated(iso3, data, outputs, language):
            mend = f"`cop run {iso3} --language {language}` makes it anew"
            outdated[language] = f"what was made in it no longer holds ({why}); {mend}"
        else:
            folders[language] = folder
    return folders, outdated


def _outdated(iso3, data, outputs, language=languages.SOURCE):
    """Say why data or code have changed since a report was made, "" where they have not: it would
    be signed as what this commit makes.
    """
    from cop.run import fingerprints, plan

    choice = plan.Choice((iso3,), data=data, outputs=outputs, language=language)
    reasons = fingerprints.reasons(plan.jobs(choice.of_edition())[0])
    return next((f"{stage}: {why[0]}" for stage, why in reasons.items()), "")
