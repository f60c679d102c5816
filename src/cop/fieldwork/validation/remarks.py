"""Comments, tracked changes and other edits of a returned document, each with its place."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from cop.data import anchors
from cop.fieldwork.validation.docx_reader import DELETED, INSERTED, Document

AROUND = 160  # letters of the place that are kept
SPACE = "(space)"
KINDS = "PTF"  # of places that are named after their words: paragraphs, tables, figures


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
    _set_ids(document, iso3, ids_by_words(sent) if sent else {})
    remarks = [*_comments(document), *_tracked(document)]
    if sent and sent.created == document.created:
        remarks += _untracked(document, sent)
    seen: Counter[str] = Counter()
    for remark in remarks:
        seen[key := remark.key()] += 1
        remark.number = seen[key]
    return remarks


def ids_by_words(document: Document) -> dict[str, str]:
    """Return {id that the words of a place would give it: its id}, and each id itself.

    The same words in two places identify neither. In English both ids are mostly the same.
    """
    by_words: dict[str, set[str]] = {}
    for place in document.places:
        if place.id and place.sent:
            for kind in KINDS:
                by_words.setdefault(anchors.of_words(place.sent, kind), set()).add(place.id)
    unique = {key: ids.pop() for key, ids in by_words.items() if len(ids) == 1}
    return unique | {key: key for place in document.places for key in place.ids}


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case."""
    return re.findall(r"\w+", text.casefold())


def _set_ids(document, iso3, by_words: Mapping[str, str]) -> None:
    """Set the id of each place; an inserted place has the id of the place before it."""
    before = ""
    for place in document.places:
        text = place.sent
        names = [anchors.of_words(text, kind) for kind in KINDS if text]
        ids = [place.id, anchors.shown(text, iso3), *(by_words.get(name, "") for name in names)]
        place.about = next(filter(None, ids), "" if text else before)
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
                yield _change(place, piece.text, new, piece)
            elif piece.state == INSERTED and not _replaces(before, piece):
                yield _change(place, "", piece.text, piece)


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
            yield _change(new or old, old.sent if old else "", new.sent if new else "")


def _change(place, old, new, piece=None):
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
