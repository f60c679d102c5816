"""Define the colours of figures, and their names in report.css, which adds dark variants.

Points, edges and lines, except the grid, have a contrast of at least 3:1 with the background, and
texts have a contrast of at least 4.5:1. Colour alone conveys no meaning.
"""

import re
from typing import NamedTuple

INK, SOFT, EDGE, GRID, GROUND = "#1d1d1d", "#4a4a4a", "#757575", "#e3e3e3", "#ffffff"
BLUE, TEAL, PLUM, ORANGE, GREY = "#12436d", "#1e7f76", "#801650", "#b8510d", "#6b6b6b"
PARTLY, NOT, SILENT, OPEN = "#7fa8cf", "#f3c9a5", "#f2f2f2", "#fefefe"
PALE, DOT, ON_BLUE, MIDDLE = "#c3cfdb", "#6d87a3", "#fdfdfd", "#efefef"

NAMES = {
    INK: "ink", SOFT: "soft", EDGE: "edge", GRID: "grid", GROUND: "ground",
    BLUE: "blue", TEAL: "teal", PLUM: "plum", ORANGE: "orange", GREY: "grey",
    PARTLY: "partly", NOT: "not", SILENT: "silent", OPEN: "open",
    PALE: "pale", DOT: "dot", ON_BLUE: "on-blue", MIDDLE: "middle",
}  # fmt: skip


class Look(NamedTuple):
    """Style of a status. Legends contain a status that is `seldom` only if the figure uses it."""

    sign: str  # symbol in front of the label
    fill: str
    ink: str = INK  # colour of text on `fill`
    hatch: str = ""  # pattern, as in matplotlib
    seldom: bool = False


STATUSES = {  # in the order of the parts of a stacked bar
    "in place": Look("●", BLUE, ON_BLUE),
    "partly in place": Look("◐", PARTLY),
    "planned": Look("→", PALE, seldom=True),
    "not in place": Look("○", NOT),
    "no public evidence": Look("?", SILENT, hatch="////"),
    "not assessed": Look("–", OPEN),
    "not applicable": Look("/", MIDDLE, seldom=True),
    "withheld": Look("■", GREY, ON_BLUE, seldom=True),
}

HEX = re.compile("#[0-9a-f]{6}")
VARIABLE = re.compile(r"var\(--fig-[a-z0-9-]+, (#[0-9a-f]{6})\)")


def as_variables(svg: str) -> str:
    """Replace the colours in an SVG that are keys of NAMES by CSS variables."""
    return HEX.sub(lambda m: f"var(--fig-{NAMES[m[0]]}, {m[0]})" if m[0] in NAMES else m[0], svg)


def as_colours(svg: str) -> str:
    """Replace the CSS variables of `as_variables` in an SVG by the colours."""
    return VARIABLE.sub(r"\1", svg)
