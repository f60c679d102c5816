"""The commands that hand a report over: `cop pdf`, `cop pack`, and `cop verify FILE.zip`."""

import argparse
from pathlib import Path

from contract import Refused, count, writing
from cop import options
from report import languages


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
    options.value(
        prints,
        "--language",
        "TAG",
        "language of the report, such as uk; English (en) otherwise",
        default=languages.SOURCE,
    )
    options.outputs(prints, "where `cop run` wrote")
    packs = options.command(
        commands,
        "pack",
        "seal a report in one signed zip: pages, Word, PDF, tables, notebooks",
        pack,
        "cop pack UKR, cop pack UKR --out ukraine.zip",
    )
    options.value(packs, "country", "ISO3", "whose report, as `cop run` made it")
    options.value(packs, "--out", "FILE.zip", "where it is written", type=Path)
    options.outputs(packs, "where `cop run` wrote")
    options.data(packs)


def make_pdf(arguments: argparse.Namespace) -> int:
    """Print the report of a country as a PDF and say what a program that reads it aloud finds."""
    import os

    from batch import plan
    from batch.results.parts import way
    from contract.machine.day import today
    from handover import pdf
    from report import names

    iso3, outputs, language = arguments.country, arguments.outputs, arguments.language
    spoken = "" if language == languages.SOURCE else f"-{languages.checked(language)}"
    words = f" --language {language}" if spoken else ""
    page = names.report_of(plan.in_language(outputs, language), iso3, words)
    out = arguments.out or outputs / "pdf" / f"{page.stem}{spoken}.pdf"
    beside = Path(os.path.relpath(outputs / "site" / way(language), out.parent)).as_posix() + "/"
    content = pdf.printed(page.read_bytes(), today(), beside)
    writing.whole(out, content)
    found = pdf.facts(content)
    tagged = "tagged" if found.tagged else "NOT tagged"
    outline = f"{count(found.headings, 'heading')} in its outline"
    links = count(found.links, "link")
    print(f"Written: {out}")
    print(f"{count(found.pages, 'page')}, {tagged}, {outline}, {links}, in {found.language}.")
    return 0


def pack(arguments: argparse.Namespace) -> int:
    """Seal the report of a country, and say what is not in it and which key sealed it."""
    from handover import packing
    from report import names

    iso3, outputs = arguments.country, arguments.outputs
    names.report_of(outputs, iso3)
    _refuse_outdated(iso3, arguments.data, outputs)
    handed = packing.packed(outputs, arguments.data, iso3, options.ROOT)
    out = arguments.out or outputs / "packed" / f"cop-assessment-{iso3}.zip"
    writing.whole(out, handed.content)
    for kind, why in handed.missing.items():
        print(f"Without {kind}: {why}")
    print(f"Written: {out} ({count(handed.files, 'file')}, {len(handed.content) / 1e6:.1f} MB)")
    print(f"Sealed with the key {handed.fingerprint}")
    print("Tell whoever gets the file this key by another way, such as by telephone.")
    return 0


def verify(path: Path, signer: str) -> int:
    """Say whether a sealed file is as it was made; name each changed file, and give 1 then.

    Also where another key than `signer`, a fingerprint, sealed it.
    """
    from handover import sealing, verifying

    verdict = verifying.of_file(path)
    for changed in verdict.changed:
        print(f"Changed: {changed}")
    if not verdict.whole:
        print(f"{path.name} is NOT as it was sealed. Ask for it again.")
        return 1
    key, about = sealing.fingerprint(verdict.key), verdict.about
    wanted = "".join(signer.split()).lower()
    if wanted and wanted != key.replace(" ", ""):
        raise Refused(f"{path.name} was sealed with the key {key}, not with {signer}")
    print(f"{path.name} is as it was sealed on {about['day']}: {about['title']}")
    number = count(len(about["files"]), "file")
    print(f"{number}, every byte as in the manifest, sealed with the key {key}")
    if not wanted:
        print("Compare the key with the one that you were told by another way (--signer KEY).")
    return 0


def _refuse_outdated(iso3, data, outputs):
    """Raise Refused where data or code have changed since the report was made: it would be sealed
    as what this commit makes.
    """
    from batch import keys, plan

    job = plan.jobs(plan.Choice(countries=(iso3,), data=data, outputs=outputs).of_edition())[0]
    if reasons := keys.reasons(job):
        stage, why = next(iter(reasons.items()))
        mend = f"`cop run {iso3}` makes it anew, `cop why {iso3}` says what changed"
        raise Refused(f"the report no longer holds ({stage}: {why[0]}); {mend}")
