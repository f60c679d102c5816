"""Comments and tracked changes of a document, each with the id of the place that it is on."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lxml.etree import _Element

from cop.data import anchors
from cop.fieldwork.validation import opening, places
from cop.fieldwork.validation.places import LOST, Document, Piece, Place, local, value

AROUND = 160  # letters of the place that are kept
MARKS = {  # what a change is called in the text of a row
    "inserted": "[insert] {new}",
    "deleted": "[delete] {old}",
    "replaced": "[replace] {old} [by] {new}",
    "moved": "[move] {old}",
    "moved from": "[move away] {old}",
    "moved to": "[move here] {new}",
}
SPACE = "(space)"
KINDS = "PTF"  # of places that are named after their words: paragraphs, tables, figures
SPLIT, JOINED = "[new paragraph here]", "[join with the next paragraph]"


@dataclass
class Remark:
    """One comment or tracked change. `author` is known until names are left out, and never kept."""

    mark: str  # comment, or what was done
    about: str
    text: str
    new: str  # the words that a change puts there; those of a comment
    around: str
    author: str
    when: str
    of_new: bool = False  # a paragraph or row that was not there
    position: int = 0  # in the place, in letters as it was sent
    number: int = 1  # of those that are the same in all else

    @property
    def key(self) -> str:
        """Return what tells it from all others, also when the file was saved by another program.

        It is made of words, time, place and position. The author's name is no part of it, since it
        could be guessed from it.
        """
        place = self.about or self.around, self.position, self.number
        told = [self.mark, self.when, self.text, *map(str, place)]
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]


@dataclass
class Found:
    """What a file says: remarks in order, of which report, formats left out, words as sent."""

    remarks: list[Remark]
    of: tuple[str, str, str] | None  # country, edition, language
    formats: int
    words: frozenset[str]
    ids: dict[str, str]  # of places, by what their words alone would call them


def found(
    trees: dict[str, _Element], iso3: str, known: Mapping[str, str] = MappingProxyType({})
) -> Found:
    """Return the remarks in a document's parts; `known` are `ids` of the document as it was
    sent.
    """
    document = places.of_parts(
        trees[name] for name in (opening.BODY, *opening.NOTES) if name in trees
    )
    iso3 = document.of[0] if document.of else iso3
    ids = {**known, **_by_words(document)}
    about = _placed(document, iso3, ids)
    remarks = [*_comments(trees, document, about), *_changes(document, about)]
    _numbered(remarks)
    words = words_of(" ".join(place.sent for place in document.places))
    return Found(remarks, document.of, document.formats, frozenset(words), ids)


def _by_words(document: Document) -> dict[str, str]:
    """Return {what the words of a place would call it: its id}, where they call no other so; each
    id calls itself.

    Of a paragraph in English both are the same, unless it has an id of its own.
    """
    called: dict[str, set] = {}
    for place in document.places:
        if place.ids and place.row is None and place.sent:
            for kind in KINDS:
                called.setdefault(anchors.of_words(place.sent, kind), set()).add(place.ids[0])
    own = {one: one for place in document.places for one in place.ids}
    return {one: ids.pop() for one, ids in called.items() if len(ids) == 1} | own


def words_of(text: str) -> list[str]:
    """Return the words of a remark in small letters, numbers included."""
    return re.findall(r"\w+", text.casefold())


def _placed(document: Document, iso3: str, known: Mapping[str, str]) -> dict[int, str]:
    """Return {identity of a place: id}; a new paragraph has the id of what stands before it."""
    about, before = {}, ""
    for place in document.places:
        one = _id_of(place, iso3, known)
        if not one and not place.sent:
            one = before
        about[id(place)] = one
        before = one or before
    return about


def _id_of(place, iso3, known):
    """Return the id of a place: by its bookmark, its row's, the number shown, or its own words."""
    if place.row is not None:
        row = place.row.places
        ids = [one for other in row for one in other.ids]
        return next(iter(ids), "") or anchors.shown(row[0].sent, iso3)
    if place.ids:
        return place.ids[0]
    if one := anchors.shown(place.sent, iso3):
        return one
    called = (anchors.of_words(place.sent, kind) for kind in KINDS) if place.sent else ()
    return next((known[one] for one in called if one in known), "")


def _comments(trees, document, about) -> Iterator[Remark]:
    root = trees.get(opening.COMMENTS)
    for comment in root if root is not None else ():
        if local(comment) != "comment":
            continue
        number, text = value(comment, "id"), _text(comment)
        place, position = document.starts.get(number, (None, 0))
        around = place.sent or place.now if place else ""
        said = " ".join(document.said.get(number, "").split())
        yield Remark(
            "comment",
            about[id(place)] if place else "",
            text or "[comment without words]",
            text,
            _short(said if not around or len(said) > AROUND else around),
            value(comment, "author"),
            value(comment, "date"),
            position=position,
        )


def _text(element):
    """Return the words of a comment, its paragraphs joined by a space."""
    paragraphs = [one for one in element.iter() if local(one) == "p"]
    lines = ("".join(t.text or "" for t in p.iter() if local(t) == "t") for p in paragraphs)
    return " ".join(" ".join(lines).split())


def _changes(document: Document, about) -> Iterator[Remark]:
    """Yield the tracked changes in the order of the document; a move is one."""
    moved = _moves(document)
    for place in document.places:
        yield from _of_row(place, about)
        pieces, done = _grouped(place), False
        while pieces:
            first, rest = pieces[0], pieces[1:]
            if rest and _replaces(first, rest[0]):
                yield _remark("replaced", place, about, first, first.text, rest[0].text)
                rest = rest[1:]
            elif first.state in ("moved from", "moved to") and first.text.strip() in moved:
                if first.state == "moved from":
                    yield _remark("moved", place, about, first, first.text, first.text)
            elif first.state:
                old, new = (first.text, "") if first.state in LOST else ("", first.text)
                yield _remark(first.state, place, about, first, old, new)
            done, pieces = done or bool(first.state), rest
        if place.mark and not done and not (place.row and place.row.change):
            yield _of_mark(place, about)


def _moves(document):
    """Return the texts that were moved away and are found elsewhere, so that both are one
    change.
    """
    ends = {"moved from": set(), "moved to": set()}
    for place in document.places:
        for piece in _grouped(place):
            if piece.state in ends and piece.text.strip():
                ends[piece.state].add(piece.text.strip())
    return ends["moved from"] & ends["moved to"]


def _grouped(place: Place) -> list[Piece]:
    """Return the pieces of a paragraph with those of one change as one."""
    pieces: list[Piece] = []
    for one in place.pieces:
        last = pieces[-1] if pieces else None
        same = last and (last.state, last.author, last.when) == (one.state, one.author, one.when)
        if same:
            pieces[-1] = replace(last, text=last.text + one.text)
        else:
            pieces.append(one)
    return pieces


def _replaces(one, other):
    states = one.state, other.state
    return states == ("deleted", "inserted") and one.author == other.author


def _of_row(place, about) -> Iterator[Remark]:
    """Yield a row that was inserted or deleted whole, where its words do not say so themselves."""
    row = place.row
    if row is None or row.change is None or place is not row.places[0]:
        return
    if any(piece.state for one in row.places for piece in one.pieces):
        return
    text = " | ".join(one.now for one in row.places)
    old, new = (text, "") if row.change.state == "deleted" else ("", text)
    yield _remark(row.change.state, place, about, row.change, old, new)


def _of_mark(place, about):
    """Return a paragraph that was split, joined, or put in empty."""
    text = SPLIT if place.mark.state in ("inserted", "moved to") else JOINED
    return replace(_remark(place.mark.state, place, about, place.mark, "", ""), text=text)


def _remark(mark, place, about, piece, old, new) -> Remark:
    old, new = (" ".join(text.split()) or (SPACE if text else "") for text in (old, new))
    whole = place.row.places if place.row else [place]
    return Remark(
        mark,
        about[id(place)],
        MARKS[mark].format(old=old, new=new),
        new,
        _short(place.sent or place.now),
        piece.author,
        piece.when,
        of_new=bool(new) and not any(one.sent for one in whole),
        position=piece.position,
    )


def _numbered(remarks):
    """Number those that are the same, so that none is taken for another."""
    seen: Counter[str] = Counter()
    for one in remarks:
        seen[one.key] += 1
        one.number = seen[one.key]


def _short(text):
    return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"
