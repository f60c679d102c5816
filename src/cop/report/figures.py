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
UNWANTED = [f"{SVG}{name}" for name in ("metadata", "style", "script", "foreignObject")]
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
    for element in [*root.iter(*UNWANTED, etree.Comment, etree.PI, etree.Entity)]:
        if element.getparent() is not None:
            element.getparent().remove(element)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            del element.attrib[name]
            if name == "id":
                element.set("id", f"{prefix}-{value}")
            elif name in (LINK, "href") and value.startswith("#"):
                element.set("href", f"#{prefix}-{value[1:]}")
            elif name in (LINK, "href") and value.startswith("data:image/"):
                element.set("href", value)
            elif name not in (LINK, "href") and not name.startswith("on"):
                element.set(name, value.replace("url(#", f"url(#{prefix}-"))
    size = " ".join(re.match("[0-9.]*", root.get(n, ""))[0] or "300" for n in ("width", "height"))
    viewbox = root.get("viewBox", f"0 0 {size}")
    root.attrib.clear()
    root.attrib.update(
        {"class": "drawn", "viewBox": viewbox, "role": "img", "style": STYLE}
        | {"aria-labelledby": f"{prefix}-title {prefix}-desc"}
    )
    for name, text in (("desc", alt), ("title", title)):
        element = etree.Element(f"{SVG}{name}", id=f"{prefix}-{name}")
        element.text = text
        root.insert(0, element)
    etree.cleanup_namespaces(root)
    plain = etree.tostring(root, encoding="unicode")
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
