"""Read comments, tracked changes and other edits from an untrusted Word document.

A passage is a paragraph or a row of a table. A remark is a comment, a tracked change or an
untracked edit. Changes of formatting and of spaces are no remarks.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from pathlib import Path
from typing import NamedTuple

import docx
import pandas as pd
from defusedxml import ElementTree
from docx.comments import Comment
from docx.oxml.ns import qn

from cop.data import UserError
from cop.fieldwork import incoming
from cop.fieldwork.incoming import MB, InvalidFile
from cop.report import anchors

# The columns of remarks: the id of the passage or "", its first words, the text of the remark,
# the text that it inserts (or that of a comment), the author, only used to redact the name, the
# time or "", and whether it is a comment.
COLUMNS = ["about", "around", "text", "new", "author", "when", "is_comment"]
INSERTED, DELETED = "inserted", "deleted"
SIDES = {  # a move deletes in one passage and inserts in another
    qn("w:ins"): INSERTED, qn("w:moveTo"): INSERTED,
    qn("w:del"): DELETED, qn("w:moveFrom"): DELETED,
}  # fmt: skip
BREAKS = {qn("w:p"): " ", qn("w:tab"): " ", qn("w:br"): " ", qn("w:noBreakHyphen"): "-"}
PASSAGES = ".//*[self::w:p or self::w:tr][not(ancestor::w:p or ancestor::w:tr)]"
MOST_XML = 40 * MB
AROUND = 160  # letters that are kept of a passage
UNREADABLE = "is no readable Word document. Save it again in Word as .docx, or request a new copy"


class Piece(NamedTuple):
    """A piece of text; `side` is INSERTED, DELETED or "" for text without a tracked change."""

    side: str
    author: str
    when: str
    text: str


@dataclass
class Passage:
    """A paragraph or table row; `about` is the id to which remarks on it refer, or ""."""

    about: str
    pieces: list[Piece]
    sent: str  # the text without tracked changes

    @property
    def around(self) -> str:
        """The first words of the text, or of the new text of an inserted passage."""
        text = self.sent or _join(self.pieces, INSERTED)
        return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"


NOWHERE = Passage("", [], "")


class Document:
    """The passages of a Word document in order, its comments, and the passage of each comment."""

    def __init__(self, source: docx.document.Document):
        """Read the passages and comments of a document."""
        self.passages: list[Passage] = []
        self.comments: list[Comment] = list(source.comments)
        self.starts: dict[str, Passage] = {}
        self.report: tuple[str, str, str] | None = None  # country, edition, language
        self.created: datetime | None = source.core_properties.created
        about = ""
        for element in source.element.body.xpath(PASSAGES):
            pieces = list(_pieces(element))
            sent = _join(pieces, "", DELETED)
            names = [mark.get(qn("w:name"), "") for mark in element.iter(qn("w:bookmarkStart"))]
            self.report = next(filter(None, [self.report, *map(anchors.document, names)]), None)
            inherited = "" if sent else about  # an inserted passage belongs to the one before it
            about = next(filter(None, map(anchors.place, names)), inherited)
            passage = Passage(about, pieces, sent)
            self.passages.append(passage)
            for mark in element.iter(qn("w:commentRangeStart"), qn("w:commentReference")):
                self.starts.setdefault(mark.get(qn("w:id")), passage)


def read(path: Path) -> tuple[str, Document]:
    """Return (SHA-256, Document) of a Word file; raises UserError if it cannot be read."""
    try:
        content = incoming.read_bytes(path)
        return hashlib.sha256(content).hexdigest(), _parse(content)
    except InvalidFile as error:
        raise UserError(f"{path.name} {error}") from error


def _parse(content):
    """Return a Document; raises InvalidFile if the file is damaged, too large or hostile."""
    parts = incoming.unzip(content, lambda name: name.endswith((".xml", ".rels")))
    if sum(map(len, parts.values())) > MOST_XML:
        raise InvalidFile(f"contains more than {MOST_XML // MB} MB of XML. Split the document")
    try:
        for part in parts.values():
            ElementTree.fromstring(part, forbid_dtd=True)  # a document needs no entities
        return Document(docx.Document(io.BytesIO(content)))
    except Exception as error:  # the parsers raise many kinds of errors
        raise InvalidFile(UNREADABLE) from error


def _pieces(element) -> Iterator[Piece]:
    """Yield the pieces of a paragraph or row; text both inserted and deleted is skipped."""
    for node in element.iter(qn("w:t"), qn("w:delText"), *BREAKS):
        marks = [above for above in node.iterancestors() if above.tag in SIDES]
        sides = {SIDES[mark.tag] for mark in marks}
        if len(sides) < 2:
            by = marks[0].attrib if marks else {}
            text = BREAKS.get(node.tag) or node.text or ""
            yield Piece("".join(sides), by.get(qn("w:author"), ""), by.get(qn("w:date"), ""), text)


def _join(pieces, *sides):
    """Return the text of the pieces of some sides, with single spaces."""
    return " ".join("".join(piece.text for piece in pieces if piece.side in sides).split())


def find_remarks(document: Document, iso3: str = "", sent: Document | None = None) -> pd.DataFrame:
    """Return the remarks in a document on the report of a country, with the columns COLUMNS.

    With `sent`, the document as it was sent, passages without an id get that of the passage with
    the same text. If both were created at the same time, untracked edits are found by comparison.
    """
    for passage in document.passages:
        passage.about = passage.about or anchors.shown(passage.sent, iso3)
    untracked = list(_untracked(document, sent)) if sent else []
    rows = [*_comments(document), *_tracked(document), *untracked]
    return pd.DataFrame(rows, columns=COLUMNS)


def _comments(document):
    for comment in document.comments:
        passage = document.starts.get(str(comment.comment_id), NOWHERE)
        text, when = " ".join(comment.text.split()), comment.timestamp
        by = comment.author, when.isoformat() if when else ""
        shown = text or "[comment without words]"
        yield [passage.about, passage.around, shown, text, *by, True]


def _tracked(document):
    """Yield tracked changes; adjoining ones of one author are one change."""
    for passage in document.passages:
        for key, group in groupby(passage.pieces, lambda p: (bool(p.side), p.author)):
            pieces = list(group)
            old, new = _join(pieces, DELETED), _join(pieces, INSERTED)
            if old != new:
                yield _edit(passage, old, new, "", key[1], pieces[0].when)


def _untracked(document, sent):
    """Yield the differences between two documents, and copy the ids of equal passages."""
    before, after = ([p for p in d.passages if p.sent] for d in (sent, document))
    texts = ([passage.sent for passage in passages] for passages in (before, after))
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for old, new in zip_longest(before[a:b], after[c:d], fillvalue=NOWHERE):
            if kind == "equal":
                new.about = new.about or old.about
            elif sent.created == document.created:
                yield _edit(new if new.sent else old, old.sent, new.sent, ", not tracked", "", "")


def _edit(passage, old, new, how, author, when):
    kind = ("replace" if new else "delete") if old else "insert"
    text = f"[{kind}{how}] {old or new}" + (f" [by] {new}" if old and new else "")
    return [passage.about, passage.around, text, new, author, when, False]
