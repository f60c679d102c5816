"""The report of a package in each of its languages: pages, PDF and Word document."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cop.data import Refused
from cop.report import filenames, languages, words
from cop.report.formats import native_name
from cop.report.page import Html

# Pages of the site that have a counterpart in the package; links to others become plain text.
COUNTERPARTS = {"index.html": "index.html", "data.html": "tables/codebook.html"}
LINK = re.compile(
    r'<a (?:class="[a-z ]*" )?href="((?:items/)?[a-zA-Z0-9][A-Za-z0-9-]*\.html)'
    r'(#[^"]*)?">(.*?)</a>',
    re.DOTALL,
)


class Report(NamedTuple):
    """The report in one language, whose results lie in the folder `outputs`."""

    language: str
    outputs: Path
    iso3: str

    @property
    def folder(self) -> str:
        """Return the folder of its files in the package."""
        return "report/" if self.language == languages.SOURCE else f"report/{self.language}/"

    @property
    def page(self) -> Path:
        """Return the path of the report; raises Refused where there is none."""
        return filenames.page_of(self.outputs, self.iso3)


def collect(reports: list[Report], day: date) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the files of reports, English first, and why PDF or Word documents are missing."""
    files, missing = {}, {}
    for report in reports:
        for page in sorted(report.page.parent.glob("*.html")):
            files[report.folder + page.name] = redirect_links(page, report.folder)
        name = report.folder + report.page.stem
        for suffix in ("docx", "pdf"):
            try:
                if suffix == "pdf":
                    files[f"{name}.pdf"] = print_page(files[f"{name}.html"])
                else:
                    files[f"{name}.docx"] = word_document(report.page, day)
            except (Refused, ImportError) as error:
                missing[suffix] = str(error)
    return files, missing


def redirect_links(page: Path, folder: str) -> bytes:
    """Return a page whose links to the site lead to files of the package, or are plain text."""
    neighbours = {path.name for path in page.parent.glob("*.html")}
    top = "../" * folder.count("/")

    def replace(link):
        target, anchor, label = link[1], link[2] or "", link[3]
        if target in neighbours:
            return link[0]
        counterpart = COUNTERPARTS.get(target)
        return f'<a href="{top}{counterpart}{anchor}">{label}</a>' if counterpart else label

    return LINK.sub(replace, page.read_text(encoding="utf-8")).encode()


def show_translation(report: Report, paths: list[str], titles: dict[str, str]) -> Html:
    """Return the start page's section on a translated report, in its language."""
    page = report.folder + report.page.name
    pages = [path for path in paths if path.startswith(report.folder) and path.endswith(".html")]
    annexes = [path for path in pages if path != page]
    about = report.language, native_name(report.language), page.removesuffix(".html")
    with languages.using_language(report.language):
        return words.render("hand-over", "edition", *about, paths, annexes, titles)


def word_document(page: Path, day: date) -> bytes:
    """Return the Word document of a report."""
    from cop.report import word

    return word.from_page(page, day=day)


def print_page(page: bytes) -> bytes:
    """Return a page as a PDF."""
    from cop.handover import pdf

    return pdf.render(page)
