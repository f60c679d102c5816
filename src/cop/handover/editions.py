"""The report in each language in which it was made: its pages, the PDF and the Word document."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cop.data import Refused
from cop.handover import pdf, sealing
from cop.report import filenames, languages, words
from cop.report.page import Shown
from cop.report.site.speaking import own_name

KINDS = ("docx", "pdf")
# Where links of a page to pages of the site lead in the sealed file, from its top; the others that
# are not in it are taken out.
LED = {b"index.html": "index.html", b"data.html": "tables/codebook.html"}
LINK = re.compile(
    rb'<a (?:class="[a-z ]*" )?href="((?:items/)?[a-zA-Z0-9][A-Za-z0-9-]*\.html)'
    rb'(#[^"]*)?">(.*?)</a>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Edition:
    """The report in one language: the folder of all results in it, and the one in the zip."""

    language: str
    outputs: Path
    iso3: str

    @property
    def way(self) -> str:
        """Give the beginning of the paths of its files."""
        return "report/" + ("" if self.language == languages.SOURCE else f"{self.language}/")

    @property
    def report(self) -> Path:
        """Give the page of the report; raises Refused where there is none."""
        return filenames.report_of(self.outputs, self.iso3)

    def path(self, kind: str) -> str:
        """Give the path of the report in the zip, as a kind of file: html, pdf or docx."""
        return f"{self.way}{self.report.stem}.{kind}"


def every(outputs: Path, iso3: str, others: Mapping[str, Path]) -> list[Edition]:
    """Give the report to hand over in English and the other languages, {language: folder}."""
    folders = {languages.SOURCE: outputs, **others}
    return [Edition(language, folder, iso3) for language, folder in folders.items()]


def collected(editions: list[Edition], day: date) -> tuple[dict[str, bytes], dict[str, str]]:
    """Give the files of all editions, English first, by their paths; and by their kinds why those
    are missing that could not be made.
    """
    files, missing = {}, {}
    for one in editions:
        files |= _pages(one)
        for kind, make in zip(KINDS, (_word, _pdf), strict=True):
            try:
                files[one.path(kind)] = make(one, editions[0], files, day)
            except Refused as refused:
                missing[kind] = str(refused)
    return files, missing


def shown(edition: Edition, paths: Iterable[str], titles: Mapping[str, str]) -> Shown:
    """Show, in what is handed over, where an edition in a language stands and what it is worth.

    It is shown in that language.
    """
    report = edition.path("html")
    paths = sorted(paths)
    pages = [path for path in paths if path.startswith(edition.way) and path.endswith(".html")]
    annexes = [path for path in pages if path != report]
    about = edition.language, own_name(edition.language), report.removesuffix(".html")
    with languages.speaking(edition.language):
        return words.show("hand-over", "edition", *about, paths, annexes, titles)


def _pages(edition):
    pages = sorted(edition.report.parent.glob("*.html"))
    above = "../" * edition.way.count("/")
    return {f"{edition.way}{page.name}": _led(page, above) for page in pages}


def _word(edition, english, files, day):
    """Give the report as a Word document, with the times of a day and English ids."""
    from cop.report.word import document

    of = None if edition is english else english.report
    return sealing.rezipped(document.made(edition.report, day=day, english=of), day)


def _pdf(edition, english, files, day):
    return pdf.printed(files[edition.path("html")], day)


def _led(page: Path, above: str) -> bytes:
    """Give a page with its links to the site led to what is in the sealed file, or taken out;
    `above` is the way from the page to its top.
    """
    beside = {one.name.encode() for one in page.parent.glob("*.html")}

    def lead(link):
        target, place, label = link[1], link[2] or b"", link[3]
        if target in beside:
            return link[0]
        to = f"{above}{LED.get(target, '')}".encode()
        return b'<a href="%s%s">%s</a>' % (to, place, label) if target in LED else label

    return LINK.sub(lead, page.read_bytes())
