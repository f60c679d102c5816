"""Read comments, tracked changes and other edits from an untrusted Word document.

A passage is a paragraph or a row of a table. A remark is a comment, a tracked change or an
untracked edit. Changes of formatting or spaces are not remarks.
"""

import hashlib
import io
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from pathlib import Path

import docx
import pandas as pd
from defusedxml import ElementTree
from docx.oxml.ns import qn

from cop.fieldwork import incoming
from cop.fieldwork.incoming import MB, InvalidFile
from cop.report import anchors

# Columns of remarks: id of the passage or "", first words of the passage, text of the remark,
# inserted text or text of the comment, time of the comment or "", whether it is a comment.
COLUMNS = ["about", "around", "text", "new", "when", "is_comment"]
INSERTED, DELETED = "inserted", "deleted"
SIDES = {  # a move deletes in one passage and inserts in another
    qn("w:ins"): INSERTED, qn("w:moveTo"): INSERTED,
    qn("w:del"): DELETED, qn("w:moveFrom"): DELETED,
}  # fmt: skip
BREAKS = {qn("w:p"): " ", qn("w:tab"): " ", qn("w:br"): " ", qn("w:noBreakHyphen"): "-"}
PASSAGES = ".//*[self::w:p or self::w:tr][not(ancestor::w:p or ancestor::w:tr)]"
COMMENTS = ".//w:commentRangeStart/@w:id | .//w:commentReference/@w:id"
MOST_XML = 40 * MB
AROUND = 160  # characters that are kept of a passage
UNREADABLE = "is not a readable Word document. Save it again as .docx, or request a new copy"


@dataclass
class Passage:
    """A paragraph or table row; `about` is the id to which remarks on it refer, or ""."""

    about: str
    sent: str  # the text without tracked changes
    changes: list[tuple[str, str]]  # the deleted and the inserted text of each tracked change

    @property
    def around(self) -> str:
        """Return the first words of the text, or of the new text of an inserted passage."""
        text = self.sent or " ".join(new for _, new in self.changes)
        return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"


NOWHERE = Passage("", "", [])


class Document:
    """The passages, python-docx comments, authors and SHA-256 (hex) of a Word document.

    `created` is the time of creation, and `report` the (country, edition, language) of the report
    in the document, or None. `starts` is {comment id: passage in which the comment begins}.
    """

    def __init__(self, content: bytes):
        """Read the bytes of a Word file."""
        source = docx.Document(io.BytesIO(content))
        body = source.element.body
        self.sha = hashlib.sha256(content).hexdigest()
        self.passages: list[Passage] = []
        self.starts: dict[str, Passage] = {}
        self.comments = list(source.comments)
        self.authors = {*body.xpath(".//@w:author"), *(c.author for c in self.comments)}
        self.created = source.core_properties.created
        bookmarks = map(anchors.document, body.xpath(".//w:bookmarkStart/@w:name"))
        self.report = next(filter(None, bookmarks), None)
        about = ""
        for element in body.xpath(PASSAGES):
            pieces = list(_pieces(element))
            runs = [list(run) for _, run in groupby(pieces, lambda piece: piece[0] != "")]
            changes = [(_join(run, DELETED), _join(run, INSERTED)) for run in runs]
            sent = _join(pieces, "", DELETED)
            names = element.xpath(".//w:bookmarkStart/@w:name")
            inherited = "" if sent else about  # an inserted passage belongs to the one before it
            about = next(filter(None, map(anchors.place, names)), inherited)
            passage = Passage(about, sent, [(old, new) for old, new in changes if old != new])
            self.passages.append(passage)
            for comment in element.xpath(COMMENTS):
                self.starts.setdefault(comment, passage)


def _pieces(element):
    """Yield (side, text) for each piece of text with at most one side: INSERTED, DELETED or ""."""
    for node in element.iter(qn("w:t"), qn("w:delText"), *BREAKS):
        sides = {SIDES[above.tag] for above in node.iterancestors(*SIDES)}
        if len(sides) < 2:
            yield "".join(sides), BREAKS.get(node.tag) or node.text or ""


def _join(pieces, *sides):
    return " ".join("".join(text for side, text in pieces if side in sides).split())


def read(path: Path) -> Document:
    """Return the Document in a Word file; raises UserError if it cannot be read."""
    return incoming.read(path, _parse)


def _parse(name, content):
    parts = incoming.unzip(content, lambda name: name.endswith((".xml", ".rels")))
    if sum(map(len, parts.values())) > MOST_XML:
        raise InvalidFile(f"contains more than {MOST_XML // MB} MB of XML. Split the document")
    try:
        for part in parts.values():
            ElementTree.fromstring(part, forbid_dtd=True)  # a document needs no entities
        return Document(content)
    except Exception as error:  # the parsers raise many kinds of errors
        raise InvalidFile(UNREADABLE) from error


def find_remarks(document: Document, iso3: str = "", sent: Document | None = None) -> pd.DataFrame:
    """Return a DataFrame (COLUMNS) of comments, then tracked changes, then untracked edits.

    Passages of `document` without an id get the id at the start of their text (with `iso3` if it
    has no country code), or the id of an equal passage in `sent`, the document as it was sent. If
    the two documents have the same creation time, their other differences are untracked edits.
    """
    for passage in document.passages:
        passage.about = passage.about or anchors.shown(passage.sent, iso3)
    untracked = list(_untracked(document, sent)) if sent else []
    tracked = [_edit(p, *change) for p in document.passages for change in p.changes]
    return pd.DataFrame([*_comments(document), *tracked, *untracked], columns=COLUMNS)


def _comments(document):
    for comment in document.comments:
        passage = document.starts.get(str(comment.comment_id), NOWHERE)
        text, when = " ".join(comment.text.split()), comment.timestamp
        shown = text or "[comment without text]"
        time = when.isoformat() if when else ""
        yield [passage.about, passage.around, shown, text, time, True]


def _untracked(document, sent):
    before = [passage for passage in sent.passages if passage.sent]
    after = [passage for passage in document.passages if passage.sent]
    texts = [p.sent for p in before], [p.sent for p in after]
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for old, new in zip_longest(before[a:b], after[c:d], fillvalue=NOWHERE):
            if kind == "equal":
                new.about = new.about or old.about
            elif sent.created == document.created:
                yield _edit(new if new.sent else old, old.sent, new.sent)


def _edit(passage, old, new):
    kind = ("replace" if new else "delete") if old else "insert"
    text = f"[{kind}] {old or new}" + (f" [by] {new}" if old and new else "")
    return [passage.about, passage.around, text, new, "", False]
