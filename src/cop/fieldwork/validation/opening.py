"""A Word document from outside, opened without trusting it: limits first, then its few parts."""

import hashlib
import posixpath
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from cop.data import Refused
from cop.fieldwork import incoming
from cop.fieldwork.incoming import OLE, ZIP, Unfit
from cop.fieldwork.validation.confined import TooMuch, confined

# What people wrote, by the relationship that leads to it, with its name where none is declared.
# Pictures and programs are never read.
PARTS = {
    "officeDocument": "word/document.xml", "comments": "word/comments.xml",
    "footnotes": "word/footnotes.xml", "endnotes": "word/endnotes.xml",
}  # fmt: skip
BODY, COMMENTS, *NOTES = PARTS
AGAIN = "Save it again as a Word document (.docx)"
DAMAGED = "is damaged or cut off: it cannot be opened. Send it again"
PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False}


def read(path: Path, work: Callable, *others: object) -> tuple[str, object]:
    """Return (SHA-256 of a commented file, what `work` makes of its parts as trees by name).

    The work is done apart, under a ceiling of memory and time. Raises Refused with what to mend.
    """
    path = Path(path)
    try:
        content = incoming.read_bytes(path)
        return hashlib.sha256(content).hexdigest(), confined(_worked, content, work, others)
    except Unfit as unfit:
        raise Refused(f"{path.name} {unfit}") from unfit
    except TooMuch as much:
        why = f"needs more than {much} to be read, so it was not opened. Split it"
        raise Refused(f"{path.name} {why}") from much


def _worked(content, work, others):
    return work(_trees(content), *others)


def _trees(content):
    """Return {relationship: tree} of the parts that hold what people wrote."""
    if incoming.is_locked(content):
        raise Unfit("is protected by a password. Remove it and save again")
    if content.startswith(OLE):
        raise Unfit(f"is in the old Word format (.doc). {AGAIN}")
    if not content.startswith(ZIP):
        raise Unfit(f"is no Word document, whatever it is called. {AGAIN}")
    links = incoming.unzip(content, lambda name: name.endswith(".rels"))
    body = _related("", links).get(BODY, PARTS[BODY])
    names = {**PARTS, **_related(body, links), BODY: body}
    parts = incoming.unzip(content, {names[kind] for kind in PARTS}.__contains__)
    if body not in parts:
        raise Unfit(f"is a zip file and no Word document. {AGAIN}")
    return {kind: _tree(names[kind], parts[names[kind]]) for kind in PARTS if names[kind] in parts}


def _related(source, links):
    """Return {last word of a relationship's type: part} of what a part leads to."""
    folder, name = posixpath.split(source)
    declared = posixpath.join(folder, "_rels", f"{name}.rels")
    tree = _tree(declared, links[declared]) if declared in links else ()
    told = {one.get("Type"): one.get("Target", "") for one in tree if one.get("Type")}
    at = posixpath.join("/", folder)
    parts = {kind: posixpath.normpath(posixpath.join(at, to)) for kind, to in told.items()}
    return {kind.rpartition("/")[2]: part.lstrip("/") for kind, part in parts.items()}


def _tree(name, part):
    if incoming.defines_entities(part):
        raise Unfit(f"defines entities in {name}, which no Word document needs")
    try:
        root = etree.fromstring(part, etree.XMLParser(**PARSER))
    except etree.XMLSyntaxError as error:
        raise Unfit(DAMAGED) from error
    if root.getroottree().docinfo.doctype:
        raise Unfit(f"declares a type in {name}, which no Word document does")
    return root
