"""A Word document from outside, opened without trusting it: limits first, then its few parts."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from cop.fieldwork.returns.files import cells, outside
from cop.fieldwork.returns.files.outside import OLE, ZIP, Unfit

BODY, COMMENTS = "word/document.xml", "word/comments.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
PARTS = {BODY, COMMENTS, *NOTES}  # what people wrote; pictures and programs are never read
AGAIN = "Save it again as a Word document (.docx)"
DAMAGED = "is damaged or cut off: it cannot be opened. Send it again"
PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False}


def read(path: Path, work: Callable, *others: object) -> tuple[str, object]:
    """Give (SHA-256 of a commented file, what `work` makes of its parts as trees by name).

    The work is done apart, under a ceiling of memory and time. Raises Refused with what to mend.
    """
    content, made = outside.worked(Path(path), _worked, work, others)
    return hashlib.sha256(content).hexdigest(), made


def _worked(content, work, others):
    return work(_trees(content), *others)


def _trees(content):
    """Give {name: tree} of the parts that hold what people wrote."""
    if outside.is_locked(content):
        raise Unfit("is protected by a password. Remove it and save again")
    if content.startswith(OLE):
        raise Unfit(f"is in the old Word format (.doc). {AGAIN}")
    if not content.startswith(ZIP):
        raise Unfit(f"is no Word document, whatever it is called. {AGAIN}")
    parts = outside.parts(content, PARTS.__contains__)
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
