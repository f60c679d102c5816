"""The parts of WordprocessingML that a report needs, each made by one small function."""

from collections.abc import Iterable

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def w(tag: str, *children: etree._Element, **values: object) -> etree._Element:
    """Return an element `w:tag` in Word's mark-up with its children; `values` are its
    attributes.
    """
    made = etree.Element(f"{{{W}}}{tag}", {f"{{{W}}}{k}": str(v) for k, v in values.items()})
    made.extend(children)
    return made


def run(text: str, looks: Iterable[str] = ()) -> etree._Element:
    """Return a run of text in Word's mark-up; `looks`: b, i, superscript, small (and grey)."""
    looks, properties = set(looks), w("rPr")
    if "link" in looks:
        properties.append(w("rStyle", val="Link"))
    for name in ("b", "i"):
        if name in looks:
            properties.append(w(name))
    if "small" in looks:
        properties.extend([w("color", val="595959"), w("sz", val=16)])
    if "superscript" in looks:
        properties.append(w("vertAlign", val="superscript"))
    made = w("r", *([properties] if len(properties) else []))
    for number, line in enumerate(text.split("\n")):
        made.extend([w("br")] if number else [])
        words = w("t")
        words.text = line
        words.set(XML_SPACE, "preserve")
        made.append(words)
    return made


def field(code: str) -> list[etree._Element]:
    """Give, in Word's mark-up, the runs of a field that the program reckons, such as PAGE."""
    instruction = w("instrText")
    instruction.text = code
    instruction.set(XML_SPACE, "preserve")
    parts = [w("fldChar", fldCharType="begin"), instruction, w("fldChar", fldCharType="end")]
    return [w("r", part) for part in parts]


def paragraph(
    children: Iterable[etree._Element], style: str = "", keep: bool = False
) -> etree._Element:
    """Return a paragraph in Word's mark-up; with `keep` it stays on one page with the next."""
    properties = [w("pStyle", val=style)] if style else []
    properties += [w("keepNext")] if keep else []
    return w("p", *([w("pPr", *properties)] if properties else []), *children)


def marked(paragraph: etree._Element, name: str, number: int) -> None:
    """Put a bookmark round what a paragraph says, in Word's mark-up."""
    start = w("bookmarkStart", id=number, name=name)
    at = 1 if len(paragraph) and paragraph[0].tag == f"{{{W}}}pPr" else 0
    paragraph.insert(at, start)
    paragraph.append(w("bookmarkEnd", id=number))


def table(rows: list[list[etree._Element]], widths: list[int]) -> etree._Element:
    """Give, in Word's mark-up, a table of rows of cells' paragraphs, the first again on each page.

    Widths are in twentieths of a point.
    """
    borders = w(
        "tblBorders",
        *(
            w(side, val="single", sz=4, space=0, color="BFBFBF")
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        ),
    )
    margins = w("tblCellMar", *(w(s, w=70, type="dxa") for s in ("left", "right")))
    made = w(
        "tbl",
        w(
            "tblPr",
            w("tblW", w=sum(widths), type="dxa"),
            borders,
            w("tblLayout", type="fixed"),
            margins,
        ),
        w("tblGrid", *(w("gridCol", w=width) for width in widths)),
    )
    for number, cells in enumerate(rows):
        made.append(_row(cells, widths, head=number == 0))
    return made


def _row(cells, widths, head):
    looks = [w("cantSplit")] + ([w("tblHeader")] if head else [])
    made = w("tr", w("trPr", *looks))
    for cell, width in zip(cells, widths, strict=True):
        shade = [w("shd", val="clear", color="auto", fill="E7EEF5")] if head else []
        made.append(w("tc", w("tcPr", w("tcW", w=width, type="dxa"), *shade), cell))
    return made
