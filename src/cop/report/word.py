"""A report as a Word document: headings, tables, pictures, and each place with its id.

It is made from the finished page. The bookmark of a place carries its id through a word processor,
so that comments come back to it.
"""

import datetime
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html
from lxml.etree import _Element

from cop.data import Refused, anchors
from cop.report import figures, formats, languages, words

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
WITHOUT = (
    "a Word document needs python-docx, which is not installed here; bring it in with "
    "`python -m pip install 'python-docx>=1.2'`"
)
FONT, INK, LINK = "Arial", "1B3A5C", "1F4E8C"
STYLES = {  # of ours: size in points, space before and after
    "Cell": (8, 1, 1), "Head": (8, 1, 1), "Note": (8, 0, 2), "Term": (9.5, 0, 2),
    "Gloss": (8.5, 0, 2), "Figure": (9.5, 2, 2), "Gap": (4, 0, 2),
}  # fmt: skip
SIZES = {"Normal": 9.5, "Title": 20, "Heading 1": 15, "Heading 2": 11.5, "Caption": 9}
HEADINGS = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2"}
WIDE = 9_640  # twentieths of a point between the margins
LEAST, MOST = 8, 64  # letters by which a column is measured
SKIPPED = {"script", "style", "svg", "summary"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
LOOKS = {
    "b": "b", "strong": "b", "th": "b", "dt": "b", "i": "i", "em": "i", "sup": "superscript",
    "small": "small",
}  # fmt: skip
CLASSES = {"local": "small", "id": "b", "figure": "b", "note": "small", "beside": "small"}
AFTER = {"p": " ", "li": " ", "div": " ", "dd": " ", "dt": ": "}  # within one line
Runs = list[tuple[str, frozenset[str], str]]  # text, how it looks, where it leads


def made(page: Path, by: str = "", day: datetime.date | None = None) -> bytes:
    """Return a finished page as a Word document; comments are asked for until the day `by`.

    It says that it was made on `day`, or now. In another language than English a place without an
    id of its own has that of the place before it, as ids are made of English words.
    Raises Refused where a page is no report, or where python-docx is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise Refused(WITHOUT) from error
    tree = html.parse(str(page), html.HTMLParser(encoding="utf-8")).getroot()
    if tree is None or not tree.find_class("cover"):
        raise Refused(f"{page.name} is no report: it has no cover")
    main, [cover, *_] = tree.find(".//main"), tree.find_class("cover")
    for contents in main.find_class("contents"):  # before all that it lists
        main.insert(0, contents)
    title, document = tree.findtext(".//title"), docx.Document()
    with languages.speaking(tree.get("lang", languages.SOURCE)):
        request = words.show("validation", "how_to_comment", title, by)
        _style(document)
        _head(document, title)
        _describe(document, title, cover, day)
        writer = Writer(document)
        writer.begin(cover)
        writer.write(cover)
        if cover.get("data-status") != "validated":
            writer.write(html.fragment_fromstring(request, create_parent=True))
            _track_changes(document)
        cover.drop_tree()
        writer.write(main)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _track_changes(document):
    """Let Word record edits, before its settings of tab stops, where the schema wants it."""
    settings = document.settings.element
    tabs = settings.find(f"{{{W}}}defaultTabStop")
    tabs.addprevious(etree.Element(f"{{{W}}}trackRevisions"))


def _describe(document, title, cover, day):
    """Fill in the file's properties; no person made it."""
    about = document.core_properties
    about.title, about.subject = title, f"{cover.get('data-iso3')} {cover.get('data-edition')}"
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.language = formats.tag(languages.current())
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    moment = datetime.datetime.combine(day, datetime.time()) if day else now
    about.created = about.modified = moment


def _style(document):
    """Set page, fonts, sizes and language."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    section, styles = document.sections[0], document.styles
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, (size, before, after) in STYLES.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = styles["Normal"], Pt(size)
        spacing = style.paragraph_format
        spacing.space_before, spacing.space_after = Pt(before), Pt(after)
    styles.add_style("Link", WD_STYLE_TYPE.CHARACTER).font.color.rgb = RGBColor.from_string(LINK)
    for name, size in SIZES.items():
        style = styles[name]
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # the theme's font would be used before the named one
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(f"{{{W}}}{script}", FONT)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(INK)
    styles["Head"].font.bold = True
    styles["Normal"].paragraph_format.space_after = Pt(5)
    tag = formats.tag(languages.current())
    styles["Normal"].element.get_or_add_rPr().append(_w("lang", val=tag))


def _head(document, title):
    """Let each page name its report, edition and status, and its number."""
    section = document.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.style = foot.style = document.styles["Note"]
    head.text = words.text("validation", "header", title)
    for name, code in (("page_of", "PAGE"), ("of_pages", "NUMPAGES")):
        foot.add_run(f"{words.text('validation', name)} ")
        instruction = _w("instrText")
        instruction.text = code
        begin, end = (_w("fldChar", fldCharType=kind) for kind in ("begin", "end"))
        for part in (begin, instruction, end):
            foot.add_run()._r.append(part)
        foot.add_run(" ")


class Writer:
    """Writes elements of a page one after the other at the end of a document."""

    def __init__(self, document) -> None:
        """Take the document, to which python-docx has added our styles."""
        self.document = document
        self.end = document.element.body[-1]  # the settings of the section stay last
        self.taken: Counter[str] = Counter()
        self.targets: dict[str, str] = {}
        self.number = 0
        self.last = ""  # the id of the last place that has one
        self.article = ""  # the id of the challenge or recommendation that is being written

    def begin(self, cover: _Element) -> None:
        """Write the bookmark of the report, its edition and its language, if not English."""
        language = languages.current() if languages.translated() else ""
        about = cover.get("data-iso3"), cover.get("data-edition")
        first = _paragraph([], "Gap")
        self._bookmark(first, anchors.of_document(*about, language))
        self.end.addprevious(first)

    def write(self, element: _Element) -> None:
        """Write what an element holds; links in it lead to bookmarks."""
        fitting = filter(anchors.fits, element.xpath(".//@id"))
        self.targets |= {anchor: anchors.bookmark(anchor) for anchor in fitting}
        for child in element:
            self._block(child)

    def _block(self, element):
        tag, kinds = element.tag, element.get("class", "").split()
        if not isinstance(tag, str) or tag in SKIPPED or {"unseen", "skip"} & {*kinds}:
            return
        if tag in HEADINGS:
            self._add(_runs(element), element, HEADINGS[tag], keep=True)
        elif tag == "li" and element.find("dl") is not None:
            self._add(_runs(element.find("p")), element, "List Number", keep=True)
            self._terms(element.find("dl"))
        elif tag in ("p", "li", "dt"):
            self._add(_runs(element), element, "List Bullet" if tag == "li" else "")
        elif tag == "dl":
            self._terms(element)
        elif tag == "figure":
            self._figure(element)
        elif tag == "table":
            self._table(element)
        elif tag == "article":  # all its paragraphs bear its id
            self.article = element.get("id", "")
            for child in element:
                self._block(child)
            self.article = ""
        elif "card" in kinds:
            parts = [_runs(part) for part in element if part.tag != "figure"]
            self._add([run for part in parts for run in [*part, (" ", frozenset(), "")]], element)
        elif tag in INLINE or (element.text or "").strip():
            self._add(_runs(element), element)
        else:
            for child in element:
                self._block(child)

    def _add(self, runs, element, style="", keep=False, kind="P"):
        """Add a paragraph with the bookmark of its id, unless it is empty."""
        text = "".join(run[0] for run in runs).strip()
        if text:
            paragraph = self._paragraph(runs, style, keep)
            self._mark(paragraph, self.article or _own_id(element), text, kind)
            self.end.addprevious(paragraph)

    def _paragraph(self, runs, style="", keep=False):
        """Return the paragraph of runs, some of which are links."""
        parts = []
        for text, looks, href in _trimmed(runs):
            run = _run(text, looks | ({"link"} if href else set()))
            if target := self.targets.get(href[1:]) if href.startswith("#") else "":
                run = _w("hyperlink", run, anchor=target)
            elif href.startswith("http"):
                run = _w("hyperlink", run)
                run.set(RELATION, self._relate(href))
            parts.append(run)
        return _paragraph(parts, style, keep)

    def _relate(self, href):
        from docx.opc.constants import RELATIONSHIP_TYPE

        return self.document.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    def _mark(self, paragraph, own_id, text, kind):
        """Put the bookmark of an id round a paragraph; the second of the same id is numbered."""
        inherited = self.last if languages.translated() else ""
        self.last = own_id or self.last
        place = own_id or inherited or anchors.of_words(text, kind)
        self.taken[place.lower()] += 1
        self._bookmark(paragraph, anchors.bookmark(place, self.taken[place.lower()]))

    def _bookmark(self, paragraph, name):
        start = _w("bookmarkStart", id=self.number, name=name)
        paragraph.insert(int(len(paragraph) and paragraph[0].tag == f"{{{W}}}pPr"), start)
        paragraph.append(_w("bookmarkEnd", id=self.number))
        self.number += 1

    def _terms(self, element):
        """Write a list of terms: each with its meaning, on one line."""
        style = "Gloss" if element.get("class") == "glossary" else "Term"
        for pair in element.iter("div"):
            term = _text(_runs(pair.find("dt")))
            runs = [(f"{term}: ", frozenset("b"), ""), *_runs(pair.find("dd"))]
            self._add(runs, pair, style)

    def _figure(self, element):
        """Write a figure: message and measure, its picture or its data, and its notes."""
        caption, drawn = element.find("figcaption"), element.find(".//svg")
        self._add(_runs(caption), caption, "Caption", keep=True, kind="F")
        picture = element.find_class("picture")[0]
        table, data = picture.find(".//table"), element.find(".//details//table")
        if drawn is not None:
            self._picture(drawn, _text(_runs(caption)))
        elif table is None and picture.find("dl") is not None:
            for part in picture:
                self._block(part)
        elif table is not None or data is not None:
            self._table(data if table is None else table, captioned=False)
        for key in picture.find_class("letters"):
            self._block(key)
        for note in element.find_class("notes")[0]:
            self._add(_runs(note), note, "Note")

    def _picture(self, drawn, caption):
        """Write a drawing as a picture with its alternative text."""
        from docx.shared import Cm

        drawing = etree.tostring(drawn, encoding="unicode", with_tail=False)
        paragraph = self.document.add_paragraph(style="Figure")
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(figures.png(drawing)), width=Cm(12))
        shape._inline.docPr.set("descr", drawn.findtext("desc") or "")
        self._mark(paragraph._p, "", caption, "F")

    def _table(self, element, captioned=True):
        """Write a table: its caption above, its first row again on each page."""
        caption = element.find("caption")
        title = "" if caption is None else _text(_runs(caption))
        if captioned and caption is not None:
            self._add(_runs(caption), caption, "Caption", keep=True, kind="T")
        rows = [(tr, [_runs(cell) for cell in tr if cell.tag in ("th", "td")])
                for tr in element.iter("tr")]  # fmt: skip
        across = max(len(cells) for _, cells in rows)
        for _, cells in rows:
            cells += [[]] * (across - len(cells))
        widths = _widths([cells for _, cells in rows])
        size = _w("tblW", w=sum(widths), type="dxa")
        look = _w("tblPr", _w("tblStyle", val="TableGrid"), size, _w("tblLayout", type="fixed"))
        grid = _w("tblGrid", *(_w("gridCol", w=width) for width in widths))
        lines = [self._row(*row, title, widths, head=i == 0) for i, row in enumerate(rows)]
        self.end.addprevious(_w("tbl", look, grid, *lines))
        self.end.addprevious(_paragraph([], "Gap"))

    def _row(self, tr, cells, title, widths, head):
        """Return a row; its first cell bears its id, and shows it where it has one."""
        own_id = _own_id(tr)
        if own_id and anchors.shown(_text(cells[0]), own_id[:3]) != own_id:
            cells = [[(f"{own_id} ", frozenset({"small"}), ""), *cells[0]], *cells[1:]]
        paragraphs = [self._paragraph(runs, "Head" if head else "Cell") for runs in cells]
        text = title + "".join(run[0] for runs in cells for run in runs)
        self._mark(paragraphs[0], own_id, text, "W")
        shade = {"val": "clear", "color": "auto", "fill": "E7EEF5"}
        row = _w("tr", _w("trPr", _w("cantSplit"), *([_w("tblHeader")] if head else [])))
        for paragraph, width in zip(paragraphs, widths, strict=True):
            look = _w("tcPr", _w("tcW", w=width, type="dxa"))
            look.extend([_w("shd", **shade)] if head else [])
            row.append(_w("tc", look, paragraph))
        return row


def _own_id(element: _Element) -> str:
    """Return the id of an element where it can be the name of a bookmark; "" otherwise.

    An entry of the glossary has that of its English term: each language has its own order.
    """
    if term := element.get("data-term"):
        return anchors.of_words(term)
    own_id = element.get("id", "")
    return own_id if anchors.fits(own_id) else ""


def _runs(element: _Element) -> Runs:
    """Return the text of an element as runs, with spaces as a browser shows them."""
    runs, last = [], " "
    for text, looks, href in _pieces(element, frozenset(), ""):
        text = text if text == "\n" else re.sub(r"\s+", " ", text)
        if last in " \n" and text != "\n":
            text = text.lstrip(" ")
        if text:
            last = text[-1]
            runs.append((text, looks, href))
    return runs


def _pieces(element, looks, href) -> Iterator[tuple[str, frozenset[str], str]]:
    kinds = element.get("class", "").split()
    if element.tag in SKIPPED or "unseen" in kinds or element.get("download") is not None:
        return
    looks = looks | {LOOKS[element.tag]} if element.tag in LOOKS else looks
    looks = looks | {CLASSES[kind] for kind in kinds if kind in CLASSES}
    href = element.get("href", "") if element.tag == "a" else href
    if "square" in kinds and href:  # a sign whose item is named for screen readers only
        yield f"{element.text} {element.get('href')[1:]}  ", looks, href
        return
    yield element.text or "", looks, href
    for child in element:
        if child.tag == "br":
            yield "\n", looks, ""
        elif isinstance(child.tag, str):
            yield from _pieces(child, looks, href)
            after = "\n" if child.get("class") == "message" else AFTER.get(child.tag, "")
            yield after, looks, ""
        yield child.tail or "", looks, href


def _trimmed(runs: Runs) -> Runs:
    """Return runs without space at their end."""
    while runs and not runs[-1][0].strip():
        runs = runs[:-1]
    return [*runs[:-1], (runs[-1][0].rstrip(), *runs[-1][1:])] if runs else []


def _text(runs):
    return "".join(run[0] for run in runs).strip()


def _widths(rows: list[list[Runs]]) -> list[int]:
    """Return the width of each column by its cells, so that long words are seldom broken."""
    weights = []
    for column in zip(*rows, strict=True):
        texts = ["".join(run[0] for run in runs) for runs in column]
        longest = max(len(word) for text in texts for word in re.split(r"[\s/-]", text))
        mean = sum(map(len, texts)) / len(texts)
        weights.append(min(max(mean, longest * 1.3, LEAST), MOST))
    return [int(WIDE * weight / sum(weights)) for weight in weights]


def _w(tag: str, *children: _Element, **values: object) -> _Element:
    """Return an element `w:tag` of WordprocessingML; `values` are its attributes."""
    element = etree.Element(f"{{{W}}}{tag}", {f"{{{W}}}{k}": str(v) for k, v in values.items()})
    element.extend(children)
    return element


def _paragraph(children, style="", keep=False):
    """Return a paragraph; with `keep` it stays on one page with the next."""
    properties = [_w("pStyle", val=style.replace(" ", ""))] if style else []
    properties += [_w("keepNext")] if keep else []
    return _w("p", *([_w("pPr", *properties)] if properties else []), *children)


def _run(text, looks):
    """Return a run of text; `looks`: link, b, i, small (and grey), superscript."""
    properties = [_w("rStyle", val="Link")] if "link" in looks else []
    properties += [_w(name) for name in ("b", "i") if name in looks]
    properties += [_w("color", val="595959"), _w("sz", val=16)] if "small" in looks else []
    properties += [_w("vertAlign", val="superscript")] if "superscript" in looks else []
    run = _w("r", *([_w("rPr", *properties)] if properties else []))
    for number, line in enumerate(text.split("\n")):
        run.extend([_w("br")] if number else [])
        part = etree.SubElement(run, f"{{{W}}}t", {SPACE: "preserve"})
        part.text = line
    return run
