"""Define the commands for action plans, PDFs, packages and downloads."""

import argparse
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from cop.cli import options
from cop.data import UserError, count, writing
from cop.report import languages


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`, in the group "After the draft"."""
    plans = commands.add("actions", actions, "cop actions UKR")
    plans.country()
    plans.data()
    examples = "cop pdf UKR, cop pdf UKR --language uk, cop pdf UKR --out report.pdf"
    prints = commands.add("pdf", make_pdf, examples)
    prints.report("FILE.pdf")
    examples = "cop pack UKR, cop pack UKR --language uk, cop pack UKR --out ukraine.zip"
    packs = commands.add("pack", pack, examples)
    packs.report("FILE.zip")
    packs.data()
    offers = commands.add("downloads", make_downloads, "cop downloads")
    offers.outputs()
    offers.data()
    example = 'cop verify-package cop-assessment-UKR.zip --signer "5f34 9476 …"'
    verifies = commands.add("verify-package", verify_package, example)
    verifies.file("file", "FILE.zip", "zip file of the package")
    verifies.text("--signer", "KEY", "fingerprint of the expected signing key")


def actions(arguments: argparse.Namespace) -> int:
    """Add an action for each recommendation that has a lead, target and due date but no action."""
    from cop.research import actions

    print("\n".join(actions.begin(arguments.iso3, arguments.data)))
    return 0


def make_pdf(arguments: argparse.Namespace) -> int:
    """Write a report as a tagged PDF (requires Chromium)."""
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
    """Write a signed package of a report, and beside it `verify.py`, which verifies the package."""
    from cop.handover import verify
    from cop.report import filenames

    iso3, outputs = arguments.country, arguments.outputs
    language = languages.validate_tag(arguments.language)
    name = f"cop-assessment-{iso3}{filenames.ending(language)}.zip"
    out = arguments.out or outputs / "packed" / name
    content, files, signer, no_pdf = _build(iso3, arguments.data, outputs, language)
    writing.whole(out, content)
    shutil.copyfile(verify.__file__, out.parent / "verify.py")
    if no_pdf:
        print(f"The package contains no PDF: {no_pdf}")
    size = f"{count(len(files), 'file')}, {len(content) / 1e6:.1f} MB"
    print(f"Written: {out} ({size}) and verify.py, which verifies it")
    print(f"Signed with the key with the fingerprint {signer}")
    print("Send this fingerprint to the recipient separately, for example by telephone.")
    return 0


def verify_package(arguments: argparse.Namespace) -> int:
    """Verify that a package is unchanged and signed with the expected key."""
    from cop.handover import verify

    if not arguments.file.is_file():
        raise UserError(f"package {arguments.file} not found; correct the path")
    return verify.report(arguments.file, arguments.signer)


def make_downloads(arguments: argparse.Namespace) -> int:
    """Add Word documents, PDFs and packages of current reports to the site.

    Skips baselines, earlier editions, and reports that already have these files. Prints an error
    for each report that fails, for example because it is out of date. Returns 1 if any fails.
    """
    from cop.run import publish, results
    from cop.run.site import Site

    outputs, data, failed = arguments.outputs.resolve(), arguments.data.resolve(), 0
    with publish.exclusive(outputs):
        site = Site(outputs, data)
        site.recover()
        parts = results.find_parts(outputs, data)
        for result, language in [(r, part.language) for part in parts for r in part.results]:
            is_present = result.name == result.key  # neither a baseline nor an earlier edition
            if result.downloads or not is_present:
                continue
            try:
                files = _downloads(result, language, data, outputs)
                result.put_downloads(files)
                print("\n".join(files))
            except UserError as error:
                failed += 1
                print(f"{result.key}: {error}", file=sys.stderr)
        site.update({})
    page = site.folder / "countries.html"
    missing = f"No reports found in {outputs}; create them with `cop run`."
    print(f"Links to the files: {page}" if page.exists() else missing)
    return 1 if failed else 0


def _downloads(result, language, data, outputs):
    """Return {file name: content} for the downloads of a result. PDFs are included if possible."""
    from cop.handover import pdf, verify
    from cop.report import filenames

    content, files, signer, no_pdf = _build(result.key, data, outputs, language)
    if no_pdf:
        print(f"{result.key}: no PDF was created: {no_pdf}", file=sys.stderr)
    named = {Path(at): files[at] for at in files if at.endswith((".docx", ".pdf"))}
    report = Path(result.report)
    for at in files:
        if at.startswith("report/cop-annex-") and at.endswith(".html") and not no_pdf:
            named[Path(at).with_suffix(".pdf")] = pdf.render(files[at])
    named[report.with_suffix(".zip")] = content
    named[report.with_suffix(".signer")] = signer.encode()  # for the site's page on data
    edition = f"-{result.cover['edition']}{filenames.ending(language)}"
    files = {f"{path.stem}{edition}{path.suffix}": content for path, content in named.items()}
    return files | {"verify.py": Path(verify.__file__).read_bytes()}


def _build(key, data, outputs, language):
    from cop.handover import package
    from cop.report import filenames
    from cop.run import fingerprints, plan

    results, again = plan.in_language(outputs, language), options.repeated_language(language)
    filenames.page_of(results, key, words=again)
    data, members = data.resolve(), plan.groups(data).get(key)
    choice = plan.Choice((key,), data=data, outputs=outputs.resolve(), language=language)
    if members:
        editions = {iso3: fingerprints.edition(results / iso3) for iso3 in members}
        complete = {iso3: edition for iso3, edition in editions.items() if edition}
        if not complete:
            fix = f"create reports with `cop run --group {key}{again}`"
            raise UserError(f"no report on a country of the group {key} in {results}; {fix}")
        job = next(plan.of_regions(replace(choice, countries=(), group=key), complete))
    else:
        job = plan.jobs(choice)[0]
    if reasons := fingerprints.reasons(job):
        stage, changes = next(iter(reasons.items()))
        name = f"{'--group ' if members else ''}{key}{again}"
        if (data, outputs) != (options.DATA, options.OUTPUTS):
            name += f" --data {shlex.quote(str(data))} --outputs {shlex.quote(str(outputs))}"
        details = "" if members else f" (details: `cop why {name}`)"  # `cop why` omits syntheses
        fix = f"update it with `cop run {name}`{details}"
        raise UserError(f"the report is out of date ({stage}: {changes[0]}); {fix}")
    return package.build(results, data, key, options.ROOT, language)
