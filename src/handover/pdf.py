"""A finished page as a tagged PDF: Chromium prints it, pikepdf makes its dates and links ours."""

import io
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from contract import Refused

if TYPE_CHECKING:
    import pikepdf

VARIABLE = "COP_CHROMIUM"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
NO_CHROMIUM = (
    "a PDF is printed by Chromium, which was not found on this computer; install Chromium, Chrome "
    f"or Edge, or set {VARIABLE} to its program"
)
WITHOUT = (
    "a PDF needs pikepdf, which is not installed here; bring it in with "
    "`python -m pip install 'pikepdf>=9'`"
)
SECONDS = 180  # that one page may take


@dataclass(frozen=True)
class Facts:
    """What a PDF says of itself to a program that reads it aloud."""

    pages: int
    title: str
    language: str
    tagged: bool
    headings: int  # in the outline
    links: int


def program() -> str:
    """Give the program of Chromium; raises Refused where there is none."""
    named = os.environ.get(VARIABLE)
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if not found:
        raise Refused(NO_CHROMIUM)
    return found


def printed(page: bytes, day: date, beside: str = "") -> bytes:
    """Give a finished page (its HTML) as a PDF of a day, the same each time.

    Links to other pages lead to the folder `beside`, seen from the PDF's. Raises Refused where
    Chromium or pikepdf is not there, or where Chromium prints nothing.
    """
    try:
        import pikepdf
    except ImportError as error:
        raise Refused(WITHOUT) from error
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "here" / "page.html", Path(folder) / "page.pdf"
        source.parent.mkdir()
        source.write_bytes(page)
        _print(source, target, Path(folder))
        with pikepdf.open(target) as made:
            above = Path(folder).as_uri() + "/"
            tree = made.Root.StructTreeRoot
            _group(tree, _named_anew(tree.get("/IDTree", {}), {}))
            _lead_on(made, {f"{above}here/": beside, above: f"{beside}../"})
            return _as_of(made, day)


def facts(content: bytes) -> Facts:
    """Give what a PDF says of itself."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as read, read.open_outline() as outline:
        return Facts(
            len(read.pages),
            str(read.docinfo.get("/Title", "")),
            str(read.Root.get("/Lang", "")),
            bool(read.Root.get("/MarkInfo", {}).get("/Marked")) and "/StructTreeRoot" in read.Root,
            _count(outline.root),
            len(list(_links(read))),
        )


def _print(source, target, folder):
    """Let Chromium print a page into a file; root has no sandbox to put it in."""
    call = [
        program(), "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions",
        f"--user-data-dir={folder / 'profile'}", "--generate-pdf-document-outline",
        "--export-tagged-pdf", "--no-pdf-header-footer", "--lang=en-GB",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        f"--print-to-pdf={target}", source.as_uri(),
    ]  # fmt: skip
    try:
        ended = subprocess.run(call, capture_output=True, timeout=SECONDS)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise Refused(f"Chromium did not print the page: {_why(error)}") from error
    if not target.is_file():
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise Refused(f"Chromium did not print the page: {said[-1] if said else 'it said nothing'}")


def _why(error):
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took more than {SECONDS} seconds"
    return error.strerror or "it would not start"


def _lead_on(made, folders):
    """Let links into {a folder that it was printed in: way} lead that way instead."""
    import pikepdf

    for link in _links(made):
        address = str(link.get("/A", {}).get("/URI", ""))
        for folder, way in folders.items():
            if address.startswith(folder):
                link.A.URI = pikepdf.String(way + address[len(folder) :])
                break


def _group(element, ids):
    """Let what groups a picture with its words be a division: only the picture is a figure.

    Cells that are named, and those that name their headers, do so by the new `ids`.
    """
    import pikepdf

    if element.get("/S") == "/Figure" and "/Alt" not in element:
        element.S = pikepdf.Name.Div
    if "/ID" in element:
        element.ID = _renamed(element.ID, ids)
    about = element.get("/A", [])
    for one in about if isinstance(about, pikepdf.Array) else [about]:
        if "/Headers" in one:
            one.Headers = pikepdf.Array([_renamed(name, ids) for name in one.Headers])
    for child in children(element):
        _group(child, ids)


def _named_anew(node, ids):
    """Give {name of a cell: its number} in the order of the names, and name the tree of them so.

    Chromium's own names count what it did before, which is not the same each time.
    """
    import pikepdf

    for kid in node.get("/Kids", []):
        _named_anew(kid, ids)
    held = list(node.get("/Names", []))
    for name in held[::2]:
        ids[bytes(name)] = f"cell{len(ids):06d}"
    if held:
        held[::2] = [_renamed(name, ids) for name in held[::2]]
        node.Names = pikepdf.Array(held)
    if "/Limits" in node:
        node.Limits = pikepdf.Array([_renamed(name, ids) for name in node.Limits])
    return ids


def _renamed(name, ids):
    import pikepdf

    return pikepdf.String(ids.get(bytes(name), str(name)))


def children(element: "pikepdf.Object") -> list:
    """Give the elements that an element of the PDF's structure tree holds.

    Marked content is left out.
    """
    import pikepdf

    held = element.get("/K", [])
    held = list(held) if isinstance(held, pikepdf.Array) else [held]
    return [one for one in held if isinstance(one, pikepdf.Dictionary) and "/S" in one]


def _as_of(made: "pikepdf.Pdf", day: date) -> bytes:
    """Give a PDF with the dates of a day, without what names the machine's browser."""
    import pikepdf

    with made.open_metadata(set_pikepdf_as_editor=False) as about:
        about["dc:title"] = str(made.docinfo.get("/Title", ""))
        about["dc:language"] = [str(made.Root.get("/Lang", "en"))]
        about["xmp:CreateDate"] = about["xmp:ModifyDate"] = f"{day.isoformat()}T00:00:00Z"
    moment = f"D:{day:%Y%m%d}000000Z"  # after the metadata, which would take it out
    made.docinfo["/CreationDate"] = made.docinfo["/ModDate"] = pikepdf.String(moment)
    made.docinfo["/Creator"] = pikepdf.String("cop")
    written = io.BytesIO()
    how = pikepdf.ObjectStreamMode.generate
    made.save(written, deterministic_id=True, compress_streams=True, object_stream_mode=how)
    return written.getvalue()


def _links(made):
    for page in made.pages:
        yield from (a for a in page.get("/Annots", []) if a.get("/Subtype") == "/Link")


def _count(items):
    return sum(1 + _count(one.children) for one in items)
