"""A report as a Word document: headings, real tables, figures as pictures, each place with its id.

It is made from the finished page, so that it says what the page says and nothing else.
"""

import datetime
import io
from pathlib import Path

from lxml import html

from cop.data import Refused, anchors
from cop.report import figures, formats, languages, words
from cop.report.word import markup, original
from cop.report.word.blocks import Writer, by_words, of_fragment, svg_text

WITHOUT = (
    "a Word document needs python-docx, which is not installed here; bring it in with "
    "`python -m pip install 'python-docx>=1.2'`"
)
FONT = "Arial"
# Of each style of ours, made of the usual one: the size in points, the space before and after.
STYLES = {
    "Cell": (8, 1, 1),
    "Head": (8, 1, 1),
    "Note": (8, 0, 2),
    "Term": (9.5, 0, 2),
    "Gloss": (8.5, 0, 2),
    "Figure": (9.5, 2, 2),
    "Gap": (4, 0, 2),
}
SIZES = {"Normal": 9.5, "Title": 20, "Heading 1": 15, "Heading 2": 11.5, "Caption": 9}
INK = "1B3A5C"


def made(
    page: Path, by: str = "", day: datetime.date | None = None, english: Path | None = None
) -> bytes:
    """Return a finished page as a Word document; `by` is the day by which it is to come back.

    It says that it was made on `day`, or now. A page in another language is given with the
    `english` one: its places have the ids of that.
    Raises Refused where a page is none, or where python-docx is not there.
    """
    try:
        import docx
    except ImportError as error:
        raise Refused(WITHOUT) from error
    tree = _read(page)
    with languages.speaking(tree.get("lang", languages.SOURCE)):
        name = _names(tree, english, by) if english else by_words
        return _written(docx.Document(), tree, by, day, name)


def _read(page):
    """Return the tree of a page; raises Refused where it is no report."""
    tree = html.parse(str(page), html.HTMLParser(encoding="utf-8")).getroot()
    if tree is None or not tree.find_class("cover"):
        raise Refused(f"{page.name} is no report: it has no cover")
    main = tree.find(".//main")
    for contents in main.find_class("contents"):  # before all that it lists
        main.insert(0, contents)
    return tree


def _names(tree, english, by):
    """Return what names the places of a page in the order in which they are written."""
    write = lambda writer, page: _write(page, writer, by)  # noqa: E731
    ids = iter(original.ids(tree, _read(english), write))
    return lambda *place: next(ids) or by_words(*place)


def _written(document, tree, by, day, name):
    """Return the document of a page, whose places `name` names."""
    _style(document)
    title, cover = tree.findtext(".//title"), tree.find_class("cover")[0]
    _head(document, title)
    _say_what_it_is(document, title, cover, day)
    last = document.element.body[-1]  # the settings of the section stay last
    writer = Writer(last.addprevious, _pictured(document), _linked(document), name)
    _write(tree, writer, by)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _write(tree, writer, by):
    """Write a page: a bookmark of which report it is, cover, what is asked, then all else."""
    with languages.speaking(tree.get("lang", languages.SOURCE)):
        asked = words.show("validation", "how_to_comment", tree.findtext(".//title"), by)
    cover, first = tree.find_class("cover")[0], markup.paragraph([], "Gap")
    markup.marked(first, _mark_of(tree, cover), 0)
    writer.add(first)
    writer.write(cover)
    writer.write(of_fragment(asked))
    writer.write(tree.find(".//main"), without=cover)


def _mark_of(tree, cover):
    """Return the bookmark that says of which report and edition the document is, in which language
    where it is not English.
    """
    spoken = tree.get("lang", languages.SOURCE)
    spoken = "" if spoken == languages.SOURCE else spoken
    return anchors.of_document(cover.get("data-iso3"), cover.get("data-edition"), spoken)


def _say_what_it_is(document, title, cover, day):
    """Fill in what the file says of itself; no person made it."""
    about = document.core_properties
    about.title, about.subject = title, f"{cover.get('data-iso3')} {cover.get('data-edition')}"
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.language = formats.tag(languages.current())
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    moment = datetime.datetime.combine(day, datetime.time()) if day else now
    about.created = about.modified = moment


def _style(document):
    """Set page, fonts, sizes and language; styles of ours are made of the usual one."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    styles = document.styles
    for name, (size, before, after) in STYLES.items():
        one = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        one.base_style, one.font.size = styles["Normal"], Pt(size)
        one.paragraph_format.space_before, one.paragraph_format.space_after = Pt(before), Pt(after)
    link = styles.add_style("Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = RGBColor.from_string("1F4E8C")
    for name, size in SIZES.items():
        one = styles[name]
        one.font.size, one.font.name = Pt(size), FONT
        _in_one_font(one)
        if name != "Normal":
            one.font.color.rgb = RGBColor.from_string(INK)
    styles["Head"].font.bold = True
    styles["Normal"].paragraph_format.space_after = Pt(5)
    spoken = formats.tag(languages.current())
    styles["Normal"].element.get_or_add_rPr().append(markup.w("lang", val=spoken))


def _in_one_font(style):
    """Let headings have our font too: the theme's goes before what is named."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(f"{{{markup.W}}}{name}", FONT)


def _head(document, title):
    """Let each page say which report it is, its edition and status, and its number."""
    section = document.sections[0]
    section.header.paragraphs[0].text = words.text("validation", "header", title)
    section.header.paragraphs[0].style = document.styles["Note"]
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Note"]
    page, of = (words.text("validation", name) for name in ("page_of", "of_pages"))
    foot._p.extend(
        [
            markup.run(f"{page} "),
            *markup.field("PAGE"),
            markup.run(f" {of} "),
            *markup.field("NUMPAGES"),
        ]
    )


def _pictured(document):
    """Return what makes a run of a drawing: its picture, with its alternative text."""
    from docx.shared import Cm

    def pictured(drawn):
        paragraph = document.add_paragraph()
        run = paragraph.add_run()
        image = io.BytesIO(figures.png(svg_text(drawn)))
        shape = run.add_picture(image, width=Cm(12))
        shape._inline.docPr.set("descr", drawn.findtext("desc") or "")
        paragraph._p.getparent().remove(paragraph._p)
        return run._r

    return pictured


def _linked(document):
    """Return what makes the relation of an address outside, once for each."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    kind = RELATIONSHIP_TYPE.HYPERLINK
    return lambda href: document.part.relate_to(href, kind, is_external=True)
