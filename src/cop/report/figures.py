"""A matplotlib figure as SVG for a page or PNG for a document: named, described, in our colours."""

import hashlib
import io
import re

import matplotlib
from lxml import etree
from markupsafe import Markup
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cop.report import palette

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
STYLE = "stroke-linejoin: round; max-width: 30rem; background: #ffffff"
SAFE = etree.XMLParser(resolve_entities=False, no_network=True)
UNWANTED = (
    "/*//comment() | /*//processing-instruction() | /*//*[local-name()='metadata'"
    " or local-name()='style' or local-name()='script' or local-name()='foreignObject']"
)
ZOOM = 3.0  # pixels of a picture in a Word document for each point


def as_figure(drawing: Axes | Figure) -> Figure:
    """Return the figure of Axes, or a figure as it is; raises TypeError for anything else.

    A grid of seaborn, such as that of `sns.relplot`, has its figure too.
    """
    figure = getattr(drawing, "figure", drawing)
    if not isinstance(figure, Figure):
        raise TypeError(f"a figure is matplotlib Axes or a Figure, not {type(drawing).__name__}")
    return figure


def svg(drawing: Axes | Figure, title: str, alt: str) -> Markup:
    """Return a drawing as SVG inside HTML, whose name and description are `title` and `alt`.

    Text stays text, colours of the palette are CSS variables, and the same drawing gives the same
    bytes. Ids are derived from the content, so that several figures fit on one page.
    """
    return from_svg(_saved(as_figure(drawing)), title, alt)


def from_svg(source: str | bytes, title: str, alt: str) -> Markup:
    """Return an SVG file as part of a page, as `svg` does; scripts and outside links are removed.

    A drawing whose letters are not in colours of the palette keeps its own on a light ground.
    """
    source = source if isinstance(source, bytes) else source.encode()
    prefix = "f" + hashlib.sha256(source + f"{title}{alt}".encode()).hexdigest()[:8]
    root = etree.fromstring(source, SAFE)
    for unwanted in root.xpath(UNWANTED):
        unwanted.getparent().remove(unwanted)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            outside = name in (LINK, "href") and not value.startswith(("#", "data:image/"))
            if outside or name.startswith("on"):
                del element.attrib[name]
    wide, high = (re.match("[0-9.]*", root.get(n, ""))[0] or "300" for n in ("width", "height"))
    viewbox = root.get("viewBox", f"0 0 {wide} {high}")
    root.attrib.clear()
    root.attrib.update({"class": "drawn", "viewBox": viewbox, "role": "img", "style": STYLE})
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    for name, text in (("desc", alt), ("title", title)):
        root.insert(0, etree.Element(f"{SVG}{name}", id=name))
        root[0].text = text
    plain = etree.tostring(root, encoding="unicode").replace("xlink:href=", "href=")
    plain = re.sub(r'( id="|href="#|url\(#)', rf"\1{prefix}-", plain)
    mapped = palette.as_variables(plain)
    ours = all("var(" in letters for letters in re.findall("<text[^>]*>", mapped))
    return Markup(mapped if ours else plain)


def png(svg_text: str) -> bytes:
    """Return a drawing of a page as a PNG picture in light colours, for a Word document.

    Raises ImportError without resvg-py, which renders it.
    """
    import resvg_py

    text = palette.as_colours(svg_text)
    for name in ("viewBox", "clipPath", "patternUnits", "patternTransform", "textLength"):
        text = re.sub(rf"\b{name.lower()}\b", name, text)  # HTML parsers lower the case of names
    font = font_manager.findfont("DejaVu Sans")
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=text,
            zoom=ZOOM,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[font],
            font_family="DejaVu Sans",
        )  # fmt: skip
    )


def _saved(figure):
    content = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cop"}):
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()
