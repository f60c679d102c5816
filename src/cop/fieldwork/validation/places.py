"""What stands in a Word document, paragraph by paragraph: its words before and after the changes
that were tracked, its bookmarks, its row, and where comments begin.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml.etree import _Element

from cop.data import anchors

# Of what a run is part, and how it is called here: as it was sent, or new, gone, moved.
STATES = {"ins": "inserted", "del": "deleted", "moveFrom": "moved from", "moveTo": "moved to"}
LOST = ("deleted", "moved from")  # what was there when the document was sent
FORMAT = re.compile(r"(r|p|tbl|tc|tr|sect|tblGrid)PrChange|numberingChange")
SKIPPED = {"Fallback", "instrText", "delInstrText", "pict", "sectPr"}
BREAKS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


@dataclass
class Piece:
    """Some text of a paragraph: as it was sent (""), or in one of the STATES."""

    state: str
    text: str
    author: str = ""
    when: str = ""
    position: int = 0  # letters of the paragraph, as it was sent, that stand before it


@dataclass
class Place:
    """One paragraph: the ids that it bears, its pieces, and the row that it is part of."""

    ids: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    row: "Row | None" = None
    mark: Piece | None = None  # the end of the paragraph itself inserted or deleted
    begun: int = 0  # how many of the ids begin in it

    @property
    def length(self) -> int:
        """Return how many letters it holds so far, as it was sent."""
        last = self.pieces[-1] if self.pieces else Piece("inserted", "")
        return last.position + (len(last.text) if not last.state or last.state in LOST else 0)

    @property
    def sent(self) -> str:
        """Return its words as they were sent."""
        return _joined(p.text for p in self.pieces if not p.state or p.state in LOST)

    @property
    def now(self) -> str:
        """Return its words with all changes made."""
        return _joined(p.text for p in self.pieces if p.state not in LOST)


@dataclass
class Row:
    """One row of a table: its paragraphs, and whether it was itself inserted or deleted."""

    places: list[Place] = field(default_factory=list)
    change: Piece | None = None


@dataclass
class Document:
    """What a file holds: its places in order, where each comment begins, what was left out."""

    places: list[Place] = field(default_factory=list)
    starts: dict[str, tuple[Place, int]] = field(default_factory=dict)  # where a comment begins
    said: dict[str, str] = field(default_factory=dict)  # the words that a comment is on
    of: tuple[str, str, str] | None = None  # country, edition, language, where a bookmark says it
    formats: int = 0


def of_parts(roots: Iterable[_Element]) -> Document:
    """Return what the trees of a commented document, its footnotes and endnotes hold."""
    reader = _Reader()
    for root in roots:
        reader.read(root)
    return reader.document


def local(element: _Element) -> str:
    """Return the name of a commented document's element without its space, of which there are
    two.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: _Element, name: str) -> str:
    """Return an attribute in a commented document by its name without a space; "" without."""
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


class _Reader:
    """Goes through a tree in its order and notes what it meets."""

    def __init__(self):
        self.document = Document()
        self.open: dict[str, str] = {}  # bookmarks and comments that have begun and not ended
        self.on: list[str] = []
        self.waiting: list[str] = []  # comments that begin before a paragraph does

    def read(self, element, place=None, row=None, change=None):
        """Note all below an element that is in a paragraph, a row and a tracked change, or none."""
        for child in element:
            name = local(child)
            if name in SKIPPED or not name:
                continue
            if FORMAT.fullmatch(name):
                self.document.formats += 1
            elif name == "p":
                self.read(child, self._begun(row), row)
            elif name == "tr":
                self.read(child, None, Row(change=_change(child, "trPr", ("ins", "del"))))
            elif name in STATES:
                self.read(child, place, row, _piece(STATES[name], child))
            elif name == "pPr" and place is not None:
                place.mark = _change(child, "rPr", STATES)
                self._formats(child)
            elif name in ("t", "delText", *BREAKS):
                self._add(BREAKS.get(name) or child.text or "", place, change)
            elif name in ("bookmarkStart", "bookmarkEnd"):
                self._bookmark(name, child, place)
            elif name.startswith("comment"):
                self._comment(name, value(child, "id"), place)
            else:
                self.read(child, place, row, change)

    def _begun(self, row):
        place = Place(ids=[i for i in map(anchors.place, self.open.values()) if i], row=row)
        self.document.places.append(place)
        if row is not None:
            row.places.append(place)
        for number in self.waiting:
            self.document.starts[number] = place, 0
        self.waiting = []
        return place

    def _formats(self, properties):
        """Count changes of looks alone in the properties of a paragraph."""
        found = sum(1 for one in properties.iter() if FORMAT.fullmatch(local(one)))
        self.document.formats += found

    def _add(self, text, place, change):
        if place is None or not text:
            return
        state, author, when = (change.state, change.author, change.when) if change else ("", "", "")
        place.pieces.append(Piece(state, text, author, when, place.length))
        for number in self.on:
            self.document.said[number] = self.document.said.get(number, "") + text

    def _bookmark(self, name, element, place):
        number = value(element, "id")
        if name == "bookmarkEnd":
            self.open.pop(number, None)
            return
        called = value(element, "name")
        self.open[number] = called
        self.document.of = self.document.of or anchors.document(called)
        one = anchors.place(called)
        if place is not None and one:
            # What begins here says more than what began before.
            place.ids.insert(place.begun, one)
            place.begun += 1

    def _comment(self, name, number, place):
        if name == "commentRangeStart":
            self.on.append(number)
        elif name == "commentRangeEnd":
            self.on = [one for one in self.on if one != number]
        if name in ("commentRangeStart", "commentReference") and number:
            if place is not None:
                self.document.starts.setdefault(number, (place, place.length))
            elif name == "commentRangeStart":
                self.waiting.append(number)


def _piece(state, element, text=""):
    return Piece(state, text, value(element, "author"), value(element, "date"))


def _change(element, within, names):
    """Return how a row or the end of a paragraph was itself changed, None where it was not."""
    changes = (one for properties in element if local(properties) == within for one in properties)
    return next((_piece(STATES[local(one)], one) for one in changes if local(one) in names), None)


def _joined(texts):
    return " ".join("".join(texts).split())
