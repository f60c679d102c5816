"""Convert a page to a Word document with python-docx.

Page layout, fonts and styles come from `report.docx`. Names of bookmarks contain the ids of parts,
so that each comment can be assigned to a part. Importing this module raises UserError if
python-docx or resvg-py is not installed.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from itertools import zip_longest
from pathlib import Path

from lxml import etree, html
from lxml.etree import _Element

from cop.data import UserError
from cop.data.machine import today
from cop.report import anchors, figure, formats, languages, words

try:
    import docx
    import resvg_py as resvg_py  # used by `figure.png`
    from docx.enum.section import WD_ORIENT
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Cm
except ImportError as error:
    raise UserError(
        "a Word document requires python-docx and resvg-py; install them with "
        "`python -m pip install 'python-docx>=1.2' resvg-py`"
    ) from error

TEMPLATE = Path(__file__).with_name("report.docx")
PARAGRAPHS = {
    "h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "p": "Normal", "li": "List Bullet",
    "figcaption": "Caption", "caption": "Caption",
}  # fmt: skip
KINDS = {"figcaption": "F", "caption": "T"}  # kinds of ids computed from a text (default: P)
SKIPPED = {"script", "style", "summary"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
LOOKS = {  # character style of the text by tag or class
    "b": "Strong", "strong": "Strong", "th": "Strong", "dt": "Strong", "i": "Emphasis",
    "em": "Emphasis", "sup": "Superscript", "small": "Small", "local": "Small", "note": "Small",
    "beside": "Small", "id": "Strong", "figure": "Strong",
}  # fmt: skip
AFTER = {"p": " ", "li": " ", "div": " ", "dd": " ", "dt": ": "}  # separators of joined blocks
WIDTH, LANDSCAPE = 17.0, 25.7  # width of the text in centimetres, in portrait and landscape
LETTER, PADDING = 0.16, 0.4  # width in centimetres of a letter and of the margins of a cell
LONGEST = 18  # letters; longer words, such as URLs, may be broken
Runs = list[tuple[str, str, str]]  # text, character style, URL of a link


def from_page(page: Path, by: str = "") -> bytes:
    """Convert a page to a Word document, and return the content of the file.

    Unless the report is validated, a note explains how to comment; `by` is the date by which
    comments are due, as text. In a translation, a part without an id gets the id of the last part
    before it that has one, because an id computed from translated text would differ from that of
    the English part. The document is dated today. Raises UserError if the page has no cover and is
    therefore not a report.
    """
    tree = html.parse(str(page), html.HTMLParser(encoding="utf-8")).getroot()
    if tree is None or not tree.find_class("cover"):
        fix = "repeat `cop run` for its country or group"
        raise UserError(f"{page.name} is not a report: it has no cover; {fix}")
    main, [cover, *_] = tree.find(".//main"), tree.find_class("cover")
    title, document = tree.findtext(".//title"), docx.Document(str(TEMPLATE))
    with languages.using_language(tree.get("lang", languages.SOURCE)):
        _describe(document, title, cover)
        writer = Writer(document, cover)
        writer.add(cover)
        if cover.get("data-status") != "validated":
            request = words.render("validation", "how_to_comment", title, by)
            writer.add(html.fragment_fromstring(request))
        cover.drop_tree()
        writer.add(main)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _describe(document, title, cover):
    about, tag = document.core_properties, formats.tag(languages.current())
    about.title, about.subject = title, f"{cover.get('data-iso3')} {cover.get('data-edition')}"
    about.language = tag
    about.created = about.modified = datetime.combine(today(), time())
    document.sections[0].header.paragraphs[0].text = title
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
    if cover.get("data-status") == "validated":
        settings = document.settings.element
        settings.remove(settings.find(qn("w:trackRevisions")))


class Writer:
    """Append elements of a page to a Word document, with bookmarks named after their ids."""

    def __init__(self, document, cover: _Element) -> None:
        """Append a bookmark that states the cover's country or group, its edition and language."""
        self.document = document
        self.times: Counter[str] = Counter()
        self.bookmarks = 0
        self.last = ""  # last id; in translations, later parts without an id inherit it
        language = languages.current() if languages.translated() else ""
        about = cover.get("data-iso3"), cover.get("data-edition"), language
        self._bookmark(document.add_paragraph(style="Gap"), anchors.of_document(*about))

    def add(self, element: _Element) -> None:
        """Append an element as a paragraph, image, figure or table, or append its children instead.

        HTML comments, tags in SKIPPED, elements of the class `unseen` or `skip`, links to embedded
        files, and elements without text or image are omitted.
        """
        tag, classes = element.tag, element.get("class", "").split()
        if not isinstance(tag, str) or tag in SKIPPED or {"unseen", "skip"} & {*classes}:
            return
        if tag == "svg":
            self._picture(element)
        elif tag == "figure":
            self._figure(element)
        elif tag == "table":
            self._table(element)
        elif tag == "li" and element.find("dl") is not None:
            self._paragraph(element.find("p"), "List Number", element)
            self.add(element.find("dl"))
        elif element.find("dt") is not None:
            self._paragraph(element, "Term")
        elif tag in {*PARAGRAPHS, *INLINE} or "card" in classes or (element.text or "").strip():
            self._paragraph(element, PARAGRAPHS.get(tag, "Normal"))
        else:
            for child in element:
                self.add(child)

    def _paragraph(self, element, style, place=None):
        if runs := _runs(element):
            paragraph = self.document.add_paragraph(style=style)
            self._fill(paragraph, runs)
            of_article = element.xpath("string(ancestor::article[1]/@id)")
            own_id = of_article or _own_id(element if place is None else place)
            self._mark(paragraph, own_id, _text(runs), KINDS.get(element.tag, "P"))

    def _fill(self, paragraph, runs):
        for text, style, href in runs:
            run = paragraph.add_run(text, "Link" if href else style or None)
            if href.startswith("http"):
                kind = RELATIONSHIP_TYPE.HYPERLINK
                target = "r:id", self.document.part.relate_to(href, kind, is_external=True)
            elif anchors.fits(href[1:]):
                target = "w:anchor", anchors.bookmark(href[1:])
            else:
                continue
            link = OxmlElement("w:hyperlink", {qn(target[0]): target[1]})
            run._r.addprevious(link)
            link.append(run._r)

    def _mark(self, paragraph, own_id, text, kind):
        """Add a bookmark to a paragraph; if its id was already used, the name ends in a number."""
        inherited = self.last if languages.translated() else ""
        self.last = own_id or self.last
        place = own_id or inherited or anchors.of_words(text, kind)
        self.times[place.lower()] += 1
        self._bookmark(paragraph, anchors.bookmark(place, self.times[place.lower()]))

    def _bookmark(self, paragraph, name):
        number = {qn("w:id"): str(self.bookmarks)}
        start = OxmlElement("w:bookmarkStart", number | {qn("w:name"): name})
        paragraph._p.get_or_add_pPr().addnext(start)
        paragraph._p.append(OxmlElement("w:bookmarkEnd", number))
        self.bookmarks += 1

    def _figure(self, element):
        self.add(element.find("figcaption"))
        for part in element.find_class("picture")[0]:
            self.add(part)
        for note in element.find_class("notes")[0]:
            self._paragraph(note, "Note")

    def _picture(self, drawing):
        svg = etree.tostring(drawing, encoding="unicode", with_tail=False)
        paragraph, alt = self.document.add_paragraph(style="Figure"), drawing.findtext("desc")
        shape = paragraph.add_run().add_picture(io.BytesIO(figure.png(svg)), width=Cm(12))
        shape._inline.docPr.set("descr", alt or "")
        self._mark(paragraph, "", alt or "", "F")

    def _table(self, element):
        """Append a table with its caption, in landscape if its words are too wide for portrait."""
        lines, caption = [*element.iter("tr")], element.find("caption")
        title = "" if caption is None else _text(_runs(caption))
        rows = [[_runs(cell) for cell in line.iterchildren("th", "td")] for line in lines]
        widths, is_wide = _widths(rows)
        if is_wide:
            self._turn()
        if title:
            self.add(caption)
        table = self.document.add_table(len(rows), len(widths), "Report table")
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row, line, cells in zip(table.rows, lines, rows, strict=True):
            own_id = _own_id(line)
            if own_id and anchors.shown(_text(cells[0]), own_id[:3]) != own_id:
                cells[0].insert(0, (f"{own_id} ", "Small", ""))
            about = row._element.get_or_add_trPr()
            about.append(OxmlElement("w:cantSplit"))
            if line is lines[0]:
                about.append(OxmlElement("w:tblHeader"))
            for cell, width, runs in zip(row.cells, widths, cells, strict=False):
                cell.width, cell.paragraphs[0].style = width, "Cell"
                self._fill(cell.paragraphs[0], runs)
            self._mark(row.cells[0].paragraphs[0], own_id, title + "".join(map(_text, cells)), "W")
        self.document.add_paragraph(style="Gap")
        if is_wide:
            self._turn()

    def _turn(self):
        section = self.document.add_section()
        section.page_width, section.page_height = section.page_height, section.page_width
        is_wide = section.page_width > section.page_height
        section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT


def _own_id(element: _Element) -> str:
    """Return an id computed from `data-term`, otherwise the element's id if it `fits`, or ""."""
    term, row_id = element.get("data-term"), element.get("id", "")
    return anchors.of_words(term) if term else row_id if anchors.fits(row_id) else ""


def _runs(element: _Element) -> Runs:
    """Return the text of an element as runs, with whitespace collapsed as in a browser."""
    runs, last = [], " "
    for text, style, href in _pieces(element, "", ""):
        text = text if text == "\n" else re.sub(r"\s+", " ", text)
        if last in " \n" and text != "\n":
            text = text.lstrip(" ")
        if text:
            last = text[-1]
            runs.append((text, style, href))
    while runs and not runs[-1][0].strip():
        runs.pop()
    return runs


def _pieces(element, style, href) -> Iterator[tuple[str, str, str]]:
    classes = element.get("class", "").split()
    is_skipped = element.tag in SKIPPED | {"figure", "svg"} or "unseen" in classes
    if is_skipped or element.get("download") is not None:
        return
    style = next((LOOKS[name] for name in (*classes, element.tag) if name in LOOKS), style)
    href = element.get("href", href)
    if "square" in classes and href:  # a square shows only a symbol: add the item's id
        yield f"{element.text} {href[1:]}  ", style, href
        return
    yield element.text or "", style, href
    for child in element:
        if child.tag == "br":
            yield "\n", style, ""
        elif isinstance(child.tag, str):
            yield from _pieces(child, style, href)
            after = "\n" if child.get("class") == "message" else AFTER.get(child.tag, "")
            yield after, "", ""
        yield child.tail or "", style, href


def _text(runs):
    return "".join(run[0] for run in runs).strip()


def _widths(rows: list[list[Runs]]) -> tuple[list[Cm], bool]:
    """Return the column widths of a table, and whether it requires a page in landscape.

    Each column is at least as wide as its longest word, of which at most LONGEST letters count. The
    remaining width is distributed by the length of the columns' texts. If even a page in landscape
    is too narrow, all columns are narrowed.
    """
    columns = [[_text(runs) for runs in column] for column in zip_longest(*rows, fillvalue=())]
    longest = [max(map(len, re.split(r"[\s/]", " ".join(column)))) for column in columns]
    least = [PADDING + LETTER * min(LONGEST, letters) for letters in longest]
    is_wide = sum(least) > WIDTH
    width = LANDSCAPE if is_wide else WIDTH
    lengths = [sum(len(text) + 4 for text in column) for column in columns]
    spare = max(0, width - sum(least)) / sum(lengths)
    widths = [narrow + spare * length for narrow, length in zip(least, lengths, strict=True)]
    return [Cm(wide * min(1, width / sum(least))) for wide in widths], is_wide
