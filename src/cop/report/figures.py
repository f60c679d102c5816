"""A matplotlib figure as SVG for a page or PNG for a document: named, described, in our colours."""

import hashlib
import io
import re

import matplotlib
from lxml import etree
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cop.report import palette

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
STYLE = "stroke-linejoin: round; max-width: 30rem; background: #ffffff"
DPI = 220  # of a picture in a Word document


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
    root = etree.fromstring(_saved(as_figure(drawing), "svg"))
    for element in [*root.iter(f"{SVG}metadata", f"{SVG}style", etree.Comment)]:
        element.getparent().remove(element)
    prefix = "f" + hashlib.sha256(etree.tostring(root) + f"{title}{alt}".encode()).hexdigest()[:8]
    _rename_ids(root, prefix)
    viewbox = root.get("viewBox")
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
    return Markup(palette.as_variables(etree.tostring(root, encoding="unicode")))


def png(drawing: Axes | Figure) -> bytes:
    """Return a drawing as a PNG picture."""
    return _saved(as_figure(drawing), "png")


def _saved(figure, kind):
    content = io.BytesIO()
    metadata = {"metadata": {"Date": None}} if kind == "svg" else {"dpi": DPI}
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cop"}):
        figure.savefig(content, format=kind, **metadata)
    return content.getvalue()


def _rename_ids(root, prefix):
    """Keep only the ids that something refers to, and let each begin with the prefix."""
    references = set()
    for element in root.iter(etree.Element):
        references.update(REFERENCE.findall(" ".join(element.attrib.values())))
        if element.get(LINK, "").startswith("#"):
            references.add(element.get(LINK)[1:])
    names = {old: f"{prefix}-{number}" for number, old in enumerate(sorted(references))}
    for element in root.iter(etree.Element):
        if (old := element.attrib.pop("id", None)) in names:
            element.set("id", names[old])
        if link := element.attrib.pop(LINK, None):
            element.set("href", f"#{names[link[1:]]}" if link[1:] in names else link)
        for name, value in element.attrib.items():
            if "url(#" in value:
                element.set(name, REFERENCE.sub(lambda m: f"url(#{names[m[1]]})", value))
