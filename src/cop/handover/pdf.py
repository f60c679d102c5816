"""Print a page as a tagged PDF with Chromium, and fix its links and tags with pikepdf."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pikepdf

from cop.data import UserError

VARIABLE = "COP_CHROMIUM"  # path or command of a browser, to use instead of PROGRAMS
PROGRAMS = "chromium chromium-browser google-chrome google-chrome-stable chrome msedge"
TIMEOUT = 180  # seconds for each call of Chromium


def find_chromium() -> str:
    """Return the path of the browser in VARIABLE or PROGRAMS. Raises UserError if none is found."""
    chosen = os.environ.get(VARIABLE)
    for name in [chosen] if chosen else PROGRAMS.split():
        if program := shutil.which(name):
            return program
    fix = "install Chromium, Chrome or Edge, or set COP_CHROMIUM to the full path of a browser"
    raise UserError(f"the PDF requires Chromium, but {chosen or 'it'} was not found; {fix}")


def render(page: bytes, site: str = "") -> bytes:
    """Convert an HTML page to a PDF.

    `site`, such as "../site/", is put before relative links. A page with a table of contents is
    printed twice, to add the page numbers of its chapters. Raises UserError if Chromium fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "site", "page.html"), Path(folder, "page.pdf")
        source.parent.mkdir()
        source.write_bytes(page)
        _print(source, target)
        for name, number in _pages_of_anchors(target):
            slot = f'data-page="{name}">'.encode()
            page = page.replace(slot, slot + f" …\N{NO-BREAK SPACE}{number}".encode())
        if page != source.read_bytes():
            source.write_bytes(page)
            target.unlink()
            _print(source, target)
        with pikepdf.open(target, allow_overwriting_input=True) as document:
            for element in structure_elements(document):
                if element.S == "/Figure" and "/Alt" not in element:
                    element.S = pikepdf.Name.Div  # a group; figures require a description
            base = Path(folder).as_uri()
            for sheet in document.pages:
                for link in sheet.get("/Annots", []):
                    address = str(link.get("/A", {}).get("/URI", ""))
                    if address.startswith(base):
                        path = address.removeprefix(f"{base}/site/").replace(f"{base}/", "../")
                        link.A.URI = pikepdf.String(site + path)
            document.save()
        return target.read_bytes()


def _print(source, target):
    command = [
        find_chromium(), "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
        f"--user-data-dir={target.parent}", "--generate-pdf-document-outline", "--lang=en-GB",
        "--disable-extensions", "--export-tagged-pdf", f"--print-to-pdf={target}", source.as_uri(),
    ]  # fmt: skip
    if os.geteuid() == 0:  # Chromium has no sandbox for root
        command.insert(1, "--no-sandbox")
    try:
        result = subprocess.run(command, capture_output=True, errors="replace", timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise UserError(f"Chromium did not print the page within {TIMEOUT} s. Try again") from None
    if not target.is_file():
        log = result.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"Chromium failed: {log[-1]}. Set COP_CHROMIUM to another browser's path")


def _pages_of_anchors(target):
    with pikepdf.open(target) as document:
        targets = document.Root.get("/Dests", {}).items()
        return [(name[1:], pikepdf.Page(place[0]).index + 1) for name, place in targets]


def structure_elements(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the structure elements of a tagged PDF, such as headings and figures."""
    dictionaries = (item for item in document.objects if isinstance(item, pikepdf.Dictionary))
    return [item for item in dictionaries if item.get("/Type") == "/StructElem"]
