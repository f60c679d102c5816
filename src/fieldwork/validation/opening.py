"""A Word document from outside, opened without trusting it: limits first, then its few parts."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from contract import Refused
from fieldwork.returns.files import cells, limits
from fieldwork.returns.files.confined import TooMuch, confined
from fieldwork.returns.files.limits import MB

BODY, COMMENTS = "word/document.xml", "word/comments.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
AGAIN = "Save it again as a Word document (.docx)"
DAMAGED = "is damaged or cut off: it cannot be opened. Send it again"
PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False}


class Unfit(Exception):
    """Raised where a file is not opened; the text goes on after the file's name."""


def read(path: Path, work: Callable, *others: object) -> tuple[str, object]:
    """Give (SHA-256 of a file, what `work` makes of its parts as trees by name).

    The work is done apart, under a ceiling of memory and time. Raises Refused with what to mend.
    """
    path = Path(path)
    if not path.is_file():
        raise Refused(f"there is no file {path.name} at {path.parent}")
    try:
        content = _bytes(path)
        return hashlib.sha256(content).hexdigest(), confined(_worked, content, work, others)
    except Unfit as unfit:
        raise Refused(f"{path.name} {unfit}") from unfit
    except TooMuch as much:
        raise Refused(
            f"{path.name} needs more than {much} to be read, so it was not opened. Split it"
        ) from much


def _worked(content, work, others):
    return work(_trees(content), *others)


def _bytes(path):
    size = path.stat().st_size
    if size > limits.MOST_BYTES:
        raise Unfit(f"has {size // MB} MB; at most {limits.MOST_BYTES // MB} MB are opened")
    content = path.read_bytes()
    if not content.strip():
        raise Unfit("is empty")
    if content.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        how = "is protected by a password. Remove it and save again" if locked else ""
        raise Unfit(how or f"is in the old Word format (.doc). {AGAIN}")
    if not content.startswith(b"PK"):
        raise Unfit(f"is no Word document, whatever it is called. {AGAIN}")
    return content


def _trees(content):
    """Give {name: tree} of the parts that hold what people wrote; pictures and programs never."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        flaw = next(iter(limits.of_zip(entries, len(content))), None)
        if flaw:
            raise Unfit(flaw)
        names = {one.filename for one in entries}
        parts = {name: archive.read(name) for name in (BODY, COMMENTS, *NOTES) if name in names}
    except (Unfit, MemoryError):
        raise
    except Exception as error:  # zlib, CRC, offsets: for the person all of it is a damaged file
        raise Unfit(DAMAGED) from error
    if BODY not in parts:
        raise Unfit(f"is a zip file and no Word document. {AGAIN}")
    return {name: _tree(name, part) for name, part in parts.items()}


def _tree(name, part):
    if cells.defines_entities(part):
        raise Unfit(f"defines entities in {name}, which no Word document needs")
    try:
        root = etree.fromstring(part, etree.XMLParser(**PARSER))
    except etree.XMLSyntaxError as error:
        raise Unfit(DAMAGED) from error
    if root.getroottree().docinfo.doctype:
        raise Unfit(f"declares a type in {name}, which no Word document does")
    return root
