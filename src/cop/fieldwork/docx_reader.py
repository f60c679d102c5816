"""Read comments, tracked changes and other edits from an untrusted Word document.

A passage is a paragraph or a row of a table. Its pieces are the original text and the text that
tracked changes insert or delete. A remark is a comment, a tracked change or an untracked edit.
"""

import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby, pairwise, zip_longest
from operator import itemgetter
from pathlib import Path

import docx
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from docx.comments import Comment
from docx.oxml.ns import qn

from cop.data import UserError
from cop.fieldwork import incoming
from cop.fieldwork.incoming import MB, OLE, ZIP, InvalidFile
from cop.report import anchors

INSERTED, DELETED = "inserted", "deleted"
STATES = {  # element: state of its text; a move deletes in one passage and inserts in another
    qn("w:ins"): INSERTED, qn("w:moveTo"): INSERTED, qn("w:del"): DELETED,
    qn("w:moveFrom"): DELETED,
}  # fmt: skip
SKIPPED = {qn("w:pPr"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
BREAKS = {qn("w:p"): " ", qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " "}
BREAKS |= {qn("w:noBreakHyphen"): "-"}
TEXTS = qn("w:t"), qn("w:delText"), *BREAKS
MOST_XML = 40 * MB
AROUND = 160  # letters that are kept of a passage
SPACE = "(space)"
AGAIN = "Save it again as a Word document (.docx)"
DAMAGED = f"is damaged, incomplete or not a .docx file. {AGAIN}, or request a new copy"


@dataclass
class Piece:
    """A piece of text in a passage; `state` is "" for original text, INSERTED or DELETED."""

    state: str
    author: str
    when: str
    text: str


@dataclass
class Passage:
    """A paragraph or table row; `about` is the id to which remarks on it refer, if any."""

    pieces: list[Piece]
    about: str = ""

    @property
    def sent(self) -> str:
        """The original text."""
        return " ".join("".join(p.text for p in self.pieces if p.state != INSERTED).split())

    @property
    def around(self) -> str:
        """The first words of the original text, or of the new text of an inserted passage."""
        text = self.sent or " ".join("".join(p.text for p in self.pieces).split())
        return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"


class Document:
    """The passages of a Word document in order, its comments, and the passage of each comment."""

    def __init__(self, source: docx.document.Document):
        """Read the passages and comments of a document."""
        self.passages: list[Passage] = []
        self.comments: list[Comment] = list(source.comments)
        self.starts: dict[str, Passage] = {}
        self.report: tuple[str, str, str] | None = None  # country, edition, language
        self.created: datetime | None = source.core_properties.created
        for element in source.element.body.iter(qn("w:p"), qn("w:tr")):
            if next(element.iterancestors(qn("w:p"), qn("w:tr")), None) is None:
                self._add(element)

    def _add(self, element):
        passage = Passage(list(_pieces(element)))
        for mark in element.iter(qn("w:bookmarkStart")):
            name = mark.get(qn("w:name"), "")
            self.report = self.report or anchors.document(name)
            passage.about = passage.about or anchors.place(name)
        if not (passage.about or passage.sent) and self.passages:  # inserted after another one
            passage.about = self.passages[-1].about
        self.passages.append(passage)
        for mark in element.iter(qn("w:commentRangeStart"), qn("w:commentReference")):
            self.starts.setdefault(mark.get(qn("w:id")), passage)


def _pieces(element) -> Iterator[Piece]:
    """Yield the pieces of a paragraph or row; text both inserted and deleted is skipped."""
    texts = []
    for node in element.iter(*TEXTS):
        above = list(node.iterancestors())
        marks = [mark for mark in above if mark.tag in STATES]
        states = {STATES[mark.tag] for mark in marks}
        if len(states) > 1 or any(parent.tag in SKIPPED for parent in above):
            continue
        by = [marks[0].get(qn(name), "") for name in ("w:author", "w:date")] if marks else ["", ""]
        text = BREAKS.get(node.tag) or node.text or ""
        texts.append(((next(iter(states), ""), *by), text))
    for key, group in groupby(texts, itemgetter(0)):
        yield Piece(*key, "".join(text for _, text in group))


def read(path: Path) -> tuple[str, Document]:
    """Return (SHA-256, Document) of a Word file; raises UserError if it cannot be read."""
    try:
        content = incoming.read_bytes(path)
        if error := next(_errors(content), None):
            raise InvalidFile(error)
        try:
            document = Document(docx.Document(io.BytesIO(content)))
            return hashlib.sha256(content).hexdigest(), document
        except Exception as error:  # python-docx raises many kinds of errors for broken files
            raise InvalidFile(DAMAGED) from error
    except InvalidFile as unfit:
        raise UserError(f"{path.name} {unfit}") from unfit


def _errors(content) -> Iterator[str]:
    """Yield the reasons why a file must not be opened with python-docx, or raise InvalidFile."""
    if incoming.is_locked(content):
        yield "is protected by a password. Remove the password and save the file again"
    if content.startswith(OLE):
        yield f"is in the old Word format (.doc). {AGAIN}"
    if not content.startswith(ZIP):
        yield f"is not a Word document, despite its name. {AGAIN}"
    parts = incoming.unzip(content, lambda name: name.endswith((".xml", ".rels")))
    if sum(map(len, parts.values())) > MOST_XML:
        yield f"contains more than {MOST_XML // MB} MB of XML. Split the document"
    for name, part in parts.items():
        try:
            ElementTree.fromstring(part, forbid_dtd=True)
        except DefusedXmlException:
            yield f"defines entities in {name}, which no Word document needs"
        except (ElementTree.ParseError, ValueError, LookupError):
            yield DAMAGED
    if not any(name.startswith("word/") or name == "[Content_Types].xml" for name in parts):
        yield f"is a zip file, not a Word document. {AGAIN}"


@dataclass
class Remark:
    """A comment or change; `author` is only used to redact the name and is never stored."""

    about: str
    text: str
    new: str  # the text that a change inserts, or the text of a comment
    around: str
    author: str = ""
    when: str = ""
    is_comment: bool = False
    number: int = 1  # among identical remarks

    def key(self, body: str = "") -> str:
        """Return a hash that identifies the remark, even after another program saved the file.

        It covers the text, the passage, the number and the time, or `body` without a time. The
        author's name is not part of the hash, since guesses could be tested against it.
        """
        parts = [self.when or body, self.text, self.around, str(self.number)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def find_remarks(document: Document, iso3: str = "", sent: Document | None = None) -> list[Remark]:
    """Return the remarks in a document on the report of a country.

    With `sent`, the document as it was sent, passages are also matched by their text. If both were
    created at the same time, untracked edits are found by comparing them.
    """
    by_text = _ids_by_text(sent) if sent else {}
    for passage in document.passages:
        passage.about = (
            passage.about or anchors.shown(passage.sent, iso3) or by_text.get(passage.sent, "")
        )
    remarks = [*_comments(document), *_tracked(document)]
    if sent and sent.created == document.created:
        remarks += _untracked(document, sent)
    seen: Counter[str] = Counter()
    for remark in remarks:
        seen[key := remark.key()] += 1
        remark.number = seen[key]
    return remarks


def _ids_by_text(document):
    """Return {text: id of its passages}; a text of passages with different ids is left out."""
    by_text = defaultdict(set)
    for passage in document.passages:
        by_text[passage.sent].add(passage.about)
    return {text: ids.pop() for text, ids in by_text.items() if text and len(ids) == 1}


def _comments(document) -> Iterator[Remark]:
    for comment in document.comments:
        passage = document.starts.get(str(comment.comment_id), Passage([]))
        text, when = " ".join(comment.text.split()), comment.timestamp
        yield Remark(
            passage.about,
            text or "[comment without words]",
            text,
            passage.around,
            comment.author,
            when.isoformat() if when else "",
            is_comment=True,
        )


def _tracked(document) -> Iterator[Remark]:
    """Yield tracked changes; a deletion and the next insertion by one author are one change."""
    for passage in document.passages:
        replaced = None
        for piece, after in pairwise([*passage.pieces, None]):
            if piece.state == DELETED:
                pair = after and after.state == INSERTED and after.author == piece.author
                replaced = after if pair else None
                yield _edit(passage, piece.text, after.text if pair else "", piece)
            elif piece.state == INSERTED and piece is not replaced:
                yield _edit(passage, "", piece.text, piece)


def _untracked(document, sent) -> Iterator[Remark]:
    """Yield the differences between the original texts of `sent` and `document`."""
    before, after = ([p for p in d.passages if p.sent] for d in (sent, document))
    texts = ([passage.sent for passage in passages] for passages in (before, after))
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for old, new in zip_longest(before[a:b], after[c:d]) if kind != "equal" else ():
            yield _edit(new or old, old.sent if old else "", new.sent if new else "")


def _edit(passage, old, new, piece=None):
    old, new = (" ".join(text.split()) or (SPACE if text else "") for text in (old, new))
    kind = ("replace" if new else "delete") if old else "insert"
    text = f"[{kind}{'' if piece else ', not tracked'}] {old or new}"
    text += f" [by] {new}" if old and new else ""
    by = (piece.author, piece.when) if piece else ()
    return Remark(passage.about, text, new, passage.around, *by)
