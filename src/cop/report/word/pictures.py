"""A drawing of a page as PNG, for programs that show no SVG.

What is read is what `charts.drawing` writes: paths of straight lines and curves, marks that are
used again, texts without markup, hatches. Drawn again by matplotlib: no other library is
needed on any machine.
"""

import io
import re

import matplotlib
from lxml import etree
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from cop.report import palette

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
DOTS = 220  # an inch
STEP = re.compile(r"([MLCQz])([^MLCQz]*)")
CODES = {"M": [Path.MOVETO], "L": [Path.LINETO], "Q": [Path.CURVE3] * 2, "C": [Path.CURVE4] * 3}
ALIGNED = {"middle": "center", "end": "right"}
SIZE = re.compile(r"([0-9.]+)px")


def png(svg: str) -> bytes:
    """Give the Word document a page's drawing as PNG: light, as wide as it was drawn for.

    `svg` is what a page holds.
    """
    # A page is parsed as HTML, where names are small.
    text = palette.as_colours(svg).replace("viewbox=", "viewBox=").replace("clippath", "clipPath")
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    wide, high = (float(n) for n in root.get("viewBox").split()[2:])
    with matplotlib.rc_context({"text.parse_math": False, "font.family": "DejaVu Sans"}):
        drawing = Figure(figsize=(wide / 72, high / 72), facecolor="white")
        points = Affine2D().translate(0, -high).scale(1 / 72, -1 / 72) + drawing.dpi_scale_trans
        named = {one.get("id"): one for one in root.iter(f"{SVG}path") if one.get("id")}
        for element in _drawn(root):
            _draw(drawing, element, points, named)
        written = io.BytesIO()
        drawing.savefig(written, format="png", dpi=DOTS)
    return written.getvalue()


def _drawn(element):
    """Yield the elements that are seen, in their order; a definition is seen where it is used."""
    for child in element:
        if child.tag in (f"{SVG}defs", f"{SVG}clipPath", f"{SVG}pattern"):
            continue
        if child.tag == f"{SVG}g":
            yield from _drawn(child)
        else:
            yield child


def _draw(drawing, element, points, named):
    style = _style(element)
    if element.tag == f"{SVG}text":
        _write(drawing, element, style, points)
    elif element.tag == f"{SVG}use":
        mark = named[element.get(LINK)[1:]]
        at = Affine2D().translate(float(element.get("x", 0)), float(element.get("y", 0)))
        _fill(drawing, mark.get("d"), _style(mark) | style, at + points)
    elif element.tag == f"{SVG}path":
        _fill(drawing, element.get("d"), style, points)


def _fill(drawing, steps, style, points):
    """Draw a path with the fill, line and hatch of its style."""
    fill, line = style.get("fill", "#000000"), style.get("stroke", "none")
    hatched = fill.startswith("url(")
    patch = PathPatch(
        _path(steps),
        transform=points,
        facecolor="none" if hatched else fill,
        edgecolor=line,
        linewidth=float(style.get("stroke-width", 1)) if line != "none" else 0,
        linestyle=_dashes(style),
        alpha=float(style.get("opacity", 1)),
        hatch="////" if hatched else None,
        capstyle="butt",
    )
    drawing.add_artist(patch)


def _path(steps):
    corners, codes = [], []
    for letter, numbers in STEP.findall(steps):
        if letter == "z":
            corners.append(corners[-1])
            codes.append(Path.CLOSEPOLY)
            continue
        values = [float(n) for n in numbers.split()]
        corners += zip(values[::2], values[1::2], strict=True)
        codes += CODES[letter]
    return Path(corners, codes)


def _dashes(style):
    stated = style.get("stroke-dasharray", "none")
    if stated == "none":
        return "-"
    width = float(style.get("stroke-width", 1)) or 1
    return 0, [float(n) / width for n in stated.replace(",", " ").split()]


def _write(drawing, element, style, points):
    size = SIZE.search(style.get("font", style.get("font-size", "9.6px")))
    drawing.text(
        float(element.get("x", 0)),
        float(element.get("y", 0)),
        "".join(element.itertext()),
        transform=points,
        ha=ALIGNED.get(style.get("text-anchor"), "left"),
        va="baseline",
        size=float(size[1]) if size else 9.6,
        color=style.get("fill", "#000000"),
        weight="bold" if "700" in style.get("font", "") else "normal",
    )


def _style(element):
    """Give the style of an element as {name: value}."""
    pairs = (part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}
