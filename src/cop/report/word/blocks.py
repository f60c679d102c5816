"""A page's HTML as blocks of a Word document, each with the bookmark of its id."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree, html
from lxml.etree import _Element

from cop.data import anchors
from cop.report.word import markup

Runs = list[tuple[str, frozenset[str], str]]  # text, how it looks, where it leads
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
WIDE = 9_640  # twentieths of a point between the margins
LEAST, MOST = 8, 64  # letters by which a column is measured
SKIPPED = {"script", "style", "svg", "summary"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
LOOKS = {
    "b": "b", "strong": "b", "th": "b", "dt": "b", "i": "i", "em": "i", "sup": "superscript",
    "small": "small",
}  # fmt: skip
PARTED = {"p": " ", "li": " ", "div": " ", "dd": " ", "dt": ": "}  # what parts them in one line
CLASSES = {"local": "small", "id": "b", "figure": "b", "note": "small", "beside": "small"}


def by_words(one: str, text: str, kind: str, style: str) -> str:
    """Return the id of a block written into the Word document: its own, else one of its words."""
    return one or anchors.of_words(text, kind)


class Writer:
    """Writes elements of a page one after the other into the body of a document."""

    def __init__(
        self,
        add: Callable[[_Element], None],
        picture: Callable,
        link: Callable[[str], str],
        name: Callable[[str, str, str, str], str] = by_words,
    ):
        """Take what adds a block, gives the run of an SVG, and the relation of an address.

        `name` gives the id of a place: of its own id, its words, its kind and its style.
        """
        self.add, self.picture, self.link, self.name = add, picture, link, name
        self.taken: Counter[str] = Counter()
        self.targets: dict[str, str] = {}
        self.number = 1
        self.last = ""  # the id of the place that was written last
        self.whole = ""  # the id of the challenge or recommendation that is being written

    def write(self, element: _Element, without: _Element | None = None) -> None:
        """Write what an element holds, one child left out; addresses in the page that are known
        lead to its bookmark.

        An id that is no name for a bookmark, or twice there, is not known.
        """
        ids = [one for one in element.xpath(".//@id") if anchors.fits(one)]
        self.targets |= {one: anchors.bookmark(one) for one in ids}
        for child in element:
            if child is not without:
                self._block(child)

    def _block(self, element: _Element) -> None:
        tag, kinds = element.tag, element.get("class", "").split()
        if not isinstance(tag, str) or tag in SKIPPED or "unseen" in kinds or "skip" in kinds:
            return
        if tag in ("h1", "h2", "h3"):
            self._heading(element)
        elif tag == "li" and element.find("dl") is not None:
            self._paragraph(_runs(element.find("p")), element, "List Number", keep=True)
            self._terms(element.find("dl"))
        elif tag in ("p", "li", "dt"):
            self._paragraph(_runs(element), element, "List Bullet" if tag == "li" else "")
        elif tag == "dl":
            self._terms(element)
        elif tag == "figure":
            self._figure(element)
        elif tag == "table":
            self._table(element)
        elif tag == "article":
            self._article(element)
        elif "card" in kinds:
            told = (part for part in element if part.tag != "figure")
            self._paragraph(_spaced(_runs(part) for part in told), element)
        elif tag in INLINE or (element.text or "").strip():
            self._paragraph(_runs(element), element)
        else:
            for child in element:
                self._block(child)

    def _heading(self, element):
        style = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2"}[element.tag]
        self._paragraph(_runs(element), element, style, keep=True)

    def _paragraph(self, runs, element=None, style="", keep=False, kind="P"):
        """Add a paragraph, unless it says nothing, with the bookmark of its id."""
        text = "".join(words for words, *_ in runs).strip()
        if text:
            made = self._made(runs, style, keep)
            own = self.whole or (_own(element) if element is not None else "")
            self._mark(made, self.name(own, text, kind, style))
            self.add(made)

    def _made(self, runs, style="", keep=False):
        """Return the paragraph of runs; a run that leads somewhere is a link."""
        parts = []
        for text, looks, href in _trimmed(runs):
            one = markup.run(text, looks | ({"link"} if href else set()))
            to = self.targets.get(href[1:]) if href.startswith("#") else None
            if to:
                parts.append(markup.w("hyperlink", one, anchor=to))
            elif href.startswith("http"):
                made = markup.w("hyperlink", one)
                made.set(RELATION, self.link(href))
                parts.append(made)
            else:
                parts.append(one)
        return markup.paragraph(parts, style.replace(" ", ""), keep)

    def _mark(self, paragraph, one):
        """Put the bookmark of an id round a paragraph; the second of the same id is numbered."""
        self.last = one
        self.taken[one.lower()] += 1
        name = anchors.bookmark(one, self.taken[one.lower()])
        markup.marked(paragraph, name, self.number)
        self.number += 1

    def _terms(self, element):
        """Write a list of terms: each with what it says, on one line."""
        style = "Gloss" if element.get("class") == "glossary" else "Term"
        for pair in element.iter("div"):
            term = "".join(text for text, *_ in _runs(pair.find("dt")))
            said = _runs(pair.find("dd"))
            self._paragraph([(f"{term}: ", frozenset("b"), ""), *said], pair, style)

    def _article(self, element):
        """Write a challenge or recommendation: all its paragraphs bear its id."""
        self.whole = element.get("id", "")
        for child in element:
            self._block(child)
        self.whole = ""

    def _figure(self, element):
        """Write a figure: message and measure, its picture or its data, and what it rests on."""
        caption, drawn = element.find("figcaption"), element.find(".//svg")
        self._paragraph(_runs(caption), caption, "Caption", keep=True, kind="F")
        pictured = element.find_class("picture")[0]
        if drawn is not None:
            made = markup.paragraph([self.picture(drawn)], "Figure", keep=True)
            self._mark(made, self.last)
            self.add(made)
        elif pictured.find(".//table") is not None:
            self._table(pictured.find(".//table"), captioned=False)
        elif pictured.find("dl") is not None:
            for part in pictured:
                self._block(part)
        elif (data := element.find(".//details//table")) is not None:
            self._table(data, captioned=False)
        for key in pictured.find_class("letters"):
            self._block(key)
        for note in element.find_class("notes")[0]:
            self._paragraph(_runs(note), note, "Note")

    def _table(self, element, captioned=True):
        """Write a table: its caption above, its first row again on each page."""
        caption = element.find("caption")
        title = _words(caption) if caption is not None else ""
        if captioned and caption is not None:
            self._paragraph(_runs(caption), caption, "Caption", keep=True, kind="T")
        rows = [(tr, [_runs(cell) for cell in tr if cell.tag in ("th", "td")])
                for tr in element.iter("tr")]  # fmt: skip
        across = max(len(cells) for _, cells in rows)
        rows = [(tr, cells + [[]] * (across - len(cells))) for tr, cells in rows]
        made = [self._row(tr, cells, title, head=i == 0) for i, (tr, cells) in enumerate(rows)]
        self.add(markup.table(made, _widths([cells for _, cells in rows])))
        self.add(markup.paragraph([], "Gap"))

    def _row(self, tr, cells, title, head):
        """Return the cells of a row; the first bears its id, and shows it where it has one."""
        own = _own(tr)
        first = "".join(text for text, *_ in cells[0]).strip()
        if own and anchors.shown(first, own[:3]) != own:
            cells[0] = [(f"{own} ", frozenset({"small"}), ""), *cells[0]]
        style = "Head" if head else "Cell"
        made = [self._made(runs, style) for runs in cells]
        text = title + "".join(text for runs in cells for text, *_ in runs)
        self._mark(made[0], self.name(own, text, "W", style))
        return made


def _own(element: _Element) -> str:
    """Return the id of an element where it can be the name of a bookmark; "" otherwise.

    An entry of the glossary has that of its English term: each language has an order of its own.
    """
    if term := element.get("data-term"):
        return anchors.of_words(term)
    one = element.get("id", "")
    return one if anchors.fits(one) else ""


def _runs(element: _Element) -> Runs:
    """Return the text of an element as runs, its spaces as a browser shows them."""
    return list(_joined(_pieces(element, frozenset(), "")))


def _pieces(element, looks, href):
    kinds = element.get("class", "").split()
    if element.tag in SKIPPED or "unseen" in kinds or element.get("download") is not None:
        return
    looks = looks | {LOOKS[element.tag]} if element.tag in LOOKS else looks
    looks = looks | {CLASSES[kind] for kind in kinds if kind in CLASSES}
    if element.tag == "a":
        href = element.get("href", "")
    if "square" in kinds and href:  # a sign that names its item to those who hear it only
        yield f"{element.text} {element.get('href')[1:]}  ", looks, href
        return
    yield element.text or "", looks, href
    for child in element:
        if child.tag == "br":
            yield "\n", looks, ""
        elif isinstance(child.tag, str):
            yield from _pieces(child, looks, href)
            if child.get("class") == "message":
                yield "\n", looks, ""
            elif child.tag in PARTED:
                yield PARTED[child.tag], looks, ""
        yield child.tail or "", looks, href


def _joined(pieces) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield the pieces with one space where there are several, also across pieces."""
    last = " "
    for text, looks, href in pieces:
        text = text if text == "\n" else re.sub(r"\s+", " ", text)
        if last in " \n" and text != "\n":
            text = text.lstrip(" ")
        if text:
            last = text[-1]
            yield text, looks, href


def _trimmed(runs: Runs) -> Runs:
    """Return runs without space at their end."""
    if runs and not runs[-1][0].strip():
        return _trimmed(runs[:-1])
    return [*runs[:-1], (runs[-1][0].rstrip(), *runs[-1][1:])] if runs else []


def _spaced(parts) -> Runs:
    """Return the runs of several parts, a space between two."""
    return [run for part in parts for run in [*part, (" ", frozenset(), "")]]


def _words(element) -> str:
    return "".join(text for text, *_ in _runs(element)).strip()


def _widths(rows: list[list[Runs]]) -> list[int]:
    """Return the width of each column by what its cells hold, no longest word broken if it may
    be.
    """
    weights = []
    for column in zip(*rows, strict=True):
        texts = ["".join(text for text, *_ in runs) for runs in column]
        longest = max(
            (len(word) for text in texts for word in re.split(r"[\s/-]", text)), default=0
        )
        mean = sum(map(len, texts)) / len(texts)
        weights.append(min(max(mean, longest * 1.3, LEAST), MOST))
    return [int(WIDE * weight / sum(weights)) for weight in weights]


def of_fragment(text: str) -> _Element:
    """Return HTML that words made as an element to be written into the Word document."""
    return html.fragment_fromstring(text, create_parent=True)


def svg_text(drawn: _Element) -> str:
    """Return a drawing of a page as text, for the picture of it in a Word document."""
    return etree.tostring(drawn, encoding="unicode", with_tail=False)
