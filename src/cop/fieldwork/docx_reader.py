"""A Word document from outside: checked, opened, and read for comments, changes and other edits.

A place is a paragraph, or a whole row of a table. Its pieces are the text as it was sent, and the
text that tracked changes insert or delete. A remark is a comment, a change or another edit.
"""

import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import docx
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from docx.comments import Comment
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from lxml import etree

from cop.data import UserError
from cop.fieldwork import incoming
from cop.fieldwork.incoming import MB, OLE, ZIP, InvalidFile
from cop.report import anchors

INSERTED, DELETED = "inserted", "deleted"
STATES = {"ins": INSERTED, "moveTo": INSERTED, "del": DELETED, "moveFrom": DELETED}
SKIPPED = {"Fallback", "instrText", "delInstrText", "pict", "sectPr", "pPr", "rPr", "trPr"}
BREAKS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
MOST_XML = 40 * MB
AROUND = 160  # letters of the place that are kept
SPACE = "(space)"
AGAIN = "Save it again as a Word document (.docx)"
DAMAGED = f"is damaged or cut off, or no .docx inside. {AGAIN}, or send it again"


@dataclass
class Piece:
    """Some text of a place, `position` letters of the text as sent after its beginning."""

    state: str  # "" for text as it was sent, INSERTED or DELETED
    text: str
    author: str
    when: str
    position: int


@dataclass
class Place:
    """A paragraph or a row: the ids of its bookmarks, and its pieces."""

    is_row: bool
    outer_ids: list[str]  # of bookmarks that began earlier
    ids: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0  # letters as sent
    about: str = ""  # the id that remarks on it have

    @property
    def id(self) -> str:
        """The id of the place, "" without a bookmark: one that begins in it is the most precise."""
        return next(iter([*self.ids, *self.outer_ids]), "")

    @property
    def sent(self) -> str:
        """The text as it was sent."""
        return " ".join("".join(p.text for p in self.pieces if p.state != INSERTED).split())

    @property
    def now(self) -> str:
        """The text with all changes accepted."""
        return " ".join("".join(p.text for p in self.pieces if p.state != DELETED).split())

    def add(self, text: str, change: tuple[str, str, str]) -> None:
        """Add text, to the last piece where it belongs to the same change."""
        last = self.pieces[-1] if self.pieces else None
        if last and (last.state, last.author, last.when) == change:
            last.text += text
        else:
            self.pieces.append(Piece(change[0], text, *change[1:], self.length))
        self.length += 0 if change[0] == INSERTED else len(text)


class Document:
    """The places of a Word document in order, its comments and where each begins."""

    def __init__(self, source: docx.document.Document):
        """Read the text of a document with its footnotes and endnotes."""
        self.places: list[Place] = []
        self.comments: list[Comment] = list(source.comments)
        self.starts: dict[str, tuple[Place, int]] = {}
        self.report: tuple[str, str, str] | None = None  # country, edition, language
        self.created: datetime | None = source.core_properties.created
        self._open: dict[str, str] = {}  # ids of the bookmarks that have not ended, by number
        self._read(source.element.body)
        notes = RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES
        for link in source.part.rels.values():
            if link.reltype in notes:
                self._read(parse_xml(link.target_part.blob))

    def _read(self, element, place=None, change=("", "", "")):
        """Add what is below an element that is in a place and a tracked change, or in none."""
        for child in element.iterchildren(etree.Element):
            name, number = _local(child.tag), _value(child, "id")
            if name in SKIPPED:
                continue
            if name == "tr":
                row = place if place and place.is_row else self._begin(is_row=True)
                self._read(child, row, _row_change(child) or change)
            elif name == "p" and place and place.is_row:
                place.add(" ", change)
                self._read(child, place, change)
            elif name == "p":
                self._read(child, self._begin(is_row=False), change)
            elif name in STATES:
                inner = _change(child)
                if (change[0], inner[0]) != (INSERTED, DELETED):  # was never sent and is gone
                    self._read(child, place, change if change[0] else inner)
            elif name in ("t", "delText", *BREAKS) and place:
                place.add(BREAKS.get(name) or child.text or "", change)
            elif name == "bookmarkStart":
                self._begin_bookmark(number, _value(child, "name"), place)
            elif name == "bookmarkEnd":
                self._open.pop(number, None)
            elif name in ("commentRangeStart", "commentReference") and place:
                self.starts.setdefault(number, (place, place.length))
            else:
                self._read(child, place, change)

    def _begin(self, is_row):
        place = Place(is_row, [key for key in self._open.values() if key])
        self.places.append(place)
        return place

    def _begin_bookmark(self, number, name, place):
        self._open[number] = anchors.place(name)
        self.report = self.report or anchors.document(name)
        if place and self._open[number]:
            place.ids.append(self._open[number])


def read(path: Path) -> tuple[str, Document]:
    """Return (SHA-256 of a Word file, its Document); raises UserError with reason and fix."""
    try:
        content = incoming.read_bytes(path)
        if error := next(_errors(content), None):
            raise InvalidFile(error)
        try:
            document = Document(docx.Document(io.BytesIO(content)))
            return hashlib.sha256(content).hexdigest(), document
        except Exception as error:  # whatever python-docx raises on a malformed package
            raise InvalidFile(DAMAGED) from error
    except InvalidFile as unfit:
        raise UserError(f"{path.name} {unfit}") from unfit


def _errors(content) -> Iterator[str]:
    """Yield the reasons not to open a file with python-docx."""
    if incoming.is_locked(content):
        yield "is protected by a password. Remove it and save again"
    if content.startswith(OLE):
        yield f"is in the old Word format (.doc). {AGAIN}"
    if not content.startswith(ZIP):
        yield f"is no Word document, whatever it is called. {AGAIN}"
    parts = incoming.unzip(content, lambda name: name.endswith((".xml", ".rels")))
    if sum(map(len, parts.values())) > MOST_XML:
        yield f"holds more than {MOST_XML // MB} MB of text, so it was not opened. Split it"
    for name, part in parts.items():
        try:
            ElementTree.fromstring(part, forbid_dtd=True)
        except DefusedXmlException:
            yield f"defines entities in {name}, which no Word document needs"
        except (ElementTree.ParseError, ValueError, LookupError):
            yield DAMAGED
    if not any(name.startswith("word/") or name == "[Content_Types].xml" for name in parts):
        yield f"is a zip file and no Word document. {AGAIN}"


def _change(element):
    return STATES[_local(element.tag)], _value(element, "author"), _value(element, "date")


def _row_change(row):
    """Return the change that inserted or deleted a whole row, None where there is none."""
    marks = (mark for part in row if _local(part.tag) == "trPr" for mark in part)
    return next((_change(mark) for mark in marks if _local(mark.tag) in ("ins", "del")), None)


def _local(tag):
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _value(element, name):
    """Return an attribute by its name without a namespace, "" where it is missing."""
    return next((v for k, v in element.attrib.items() if _local(k) == name), "")


@dataclass
class Remark:
    """One comment or change. Its `author` is needed to redact the name, and is never stored."""

    about: str
    text: str
    new: str  # the text that a change inserts; that of a comment
    around: str
    author: str = ""
    when: str = ""
    position: int = 0
    is_comment: bool = False
    in_new_place: bool = False  # in a paragraph or row that was not in the document as sent
    number: int = 1  # among remarks that are otherwise the same

    def key(self, body: str = "") -> str:
        """Return what identifies the remark, also when another program saved the file.

        It is a hash of words, time, place and position; without a time the `body` that speaks
        counts. The author's name is no part of it, since it could be guessed from the hash.
        """
        place = self.about or self.around, self.position, self.number
        parts = [self.when or body, self.text, *map(str, place)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def find_remarks(document: Document, iso3: str = "", sent: Document | None = None) -> list[Remark]:
    """Return the remarks of a document on a country's report.

    With the document as it was `sent`, places are also found by their words, and edits made
    without Track Changes are found by comparing the two.
    """
    _set_ids(document, iso3, ids_by_text(sent) if sent else {})
    remarks = [*_comments(document), *_tracked(document)]
    if sent and sent.created == document.created:
        remarks += _untracked(document, sent)
    seen: Counter[str] = Counter()
    for remark in remarks:
        seen[key := remark.key()] += 1
        remark.number = seen[key]
    return remarks


def ids_by_text(document: Document) -> dict[str, str]:
    """Return {text of a place: its id}; the same text in two places identifies neither."""
    by_text: dict[str, set[str]] = defaultdict(set)
    for place in document.places:
        by_text[place.sent if place.id else ""].add(place.id)
    return {text: ids.pop() for text, ids in by_text.items() if text and len(ids) == 1}


def _set_ids(document, iso3, by_text: Mapping[str, str]) -> None:
    """Set the id of each place; an inserted place has the id of the place before it."""
    before = ""
    for place in document.places:
        text = place.sent
        place.about = place.id or anchors.shown(text, iso3) or by_text.get(text, "")
        if not text:
            place.about = place.about or before
        before = place.about or before


def _comments(document) -> Iterator[Remark]:
    for comment in document.comments:
        place, position = document.starts.get(str(comment.comment_id), (None, 0))
        text, when = " ".join(comment.text.split()), comment.timestamp
        yield Remark(
            place.about if place else "",
            text or "[comment without words]",
            text,
            _shorten(place.sent or place.now) if place else "",
            comment.author,
            when.isoformat() if when else "",
            position,
            is_comment=True,
        )


def _tracked(document) -> Iterator[Remark]:
    """Yield the tracked changes in order; a deletion with the insertion after it is one."""
    for place in document.places:
        pieces = place.pieces
        triples = zip([None, *pieces], pieces, [*pieces[1:], None], strict=False)
        for before, piece, after in triples:
            if piece.state == DELETED:
                new = after.text if _replaces(piece, after) else ""
                yield _edit(place, piece.text, new, piece)
            elif piece.state == INSERTED and not _replaces(before, piece):
                yield _edit(place, "", piece.text, piece)


def _replaces(old, new):
    pair = old and new and (old.state, new.state) == (DELETED, INSERTED)
    return pair and old.author == new.author


def _untracked(document, sent) -> Iterator[Remark]:
    """Yield the edits made without Track Changes."""
    before, after = ([p for p in d.places if p.sent] for d in (sent, document))
    texts = ([place.sent for place in places] for places in (before, after))
    _set_ids(sent, "", {})
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for old, new in zip_longest(before[a:b], after[c:d]) if kind != "equal" else ():
            yield _edit(new or old, old.sent if old else "", new.sent if new else "")


def _edit(place, old, new, piece=None):
    old, new = (" ".join(text.split()) or (SPACE if text else "") for text in (old, new))
    kind = ("replace" if new else "delete") if old else "insert"
    text = f"[{kind}{'' if piece else ', not tracked'}] {old or new}"
    text += f" [by] {new}" if old and new else ""
    by = (piece.author, piece.when, piece.position) if piece else ()
    is_new = kind == "insert" and not (piece and place.sent)
    around = _shorten(place.sent or place.now)
    return Remark(place.about, text, new, around, *by, in_new_place=is_new)


def _shorten(text):
    return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"
