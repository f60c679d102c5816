"""What is drawn, written as SVG: paths, marks and texts, in points from the upper left corner.

Word for word as matplotlib's own renderer writes it, ids too: to import it and what it stands on
took a tenth of a warm start, and to write a path with it ten times as long.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from itertools import chain
from math import isfinite
from typing import NamedTuple

from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from cop.report.palette import SOFT

HATCH, SIDE = 0.7, 72  # points: the lines of a hatch, the side of its square
DASHES = {"-": (), "--": (3.7, 1.6)}  # in the width of the line
CAPS = {"projecting": "square", "round": "round", "butt": ""}
LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "z"}


class Pen(NamedTuple):
    """How a line is drawn; one of no colour is not seen."""

    colour: str = ""
    thick: float = 1.0
    dashes: object = "-"  # a name of `DASHES`, or (offset, lengths in the width of the line)
    join: str = "round"
    cap: str = "butt"


class Look(NamedTuple):
    """What else is said of a mark: its part of the sheet, what it says where it is pointed at."""

    clip: tuple[float, float, float, float] | None = None  # where, how wide, how high
    url: str | None = None
    hatch: str | None = None


class Svg:
    """A drawing as it is written, from below upwards."""

    def __init__(self, wide: float, high: float) -> None:
        """Begin a drawing so many points wide and high."""
        self._clips, self._hatches, self._marks = {}, {}, set()
        wide, high = short(wide), short(high)
        self._lines = [
            f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}pt" height="{high}pt" '
            f'viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg" version="1.1">'
        ]

    def path(self, points: Iterable, closed: bool, fill: str, pen: Pen, look: Look) -> None:
        """Write a line through points, closed or open, filled where there is a colour."""
        way = through(points) + ("z\n" if closed else "")
        line = f'<path d="{way}"{self._clip(look)} style="{self._style(fill, pen, look)}"/>'
        link = f' <a xlink:href="{look.url}" target="_blank">'
        self._lines += [link, f"  {line}", " </a>"] if look.url else [f" {line}"]

    def marks(self, points: Iterable, mark: str, size: float, fill: str,
              pen: Pen, look: Look) -> None:  # fmt: skip
        """Write a mark of so many points at each place: once what it is, then where it stands."""
        style, way = self._style(fill, pen, look), _mark(mark, size)
        name, edge = _id("m", (way, style)), _edge(pen).removeprefix("; ")
        if name not in self._marks:
            self._marks.add(name)
            edge = f' style="{edge}"' if edge else ""
            self._lines.append(f' <defs>\n  <path id="{name}" d="{way}"{edge}/>\n </defs>')
        clip = self._clip(look)
        uses = [
            f'  <use xlink:href="#{name}" x="{short(x)}" y="{short(y)}" style="{style}"/>'
            for x, y in points
            if isfinite(x) and isfinite(y)
        ]
        self._lines += [f" <g{clip}>", *uses, " </g>"] if uses else [f" <g{clip}/>"]

    def text(self, x: float, y: float, text: str, colour: str, align: str) -> None:
        """Write a line of text whose letters stand at a height, in the font of the house."""
        at = f'style="text-anchor: {align}; fill: {colour}" x="{short(x)}" y="{short(y)}"'
        self._lines.append(f" <text {at}>{escape(text, quote=False)}</text>")

    def whole(self) -> str:
        """Give the drawing as it is written, what its paths refer to at its end."""
        kept = [one.values() for one in (self._clips, self._hatches) if one]
        ends = chain.from_iterable([" <defs>", *one, " </defs>"] for one in kept)
        return "\n".join([*self._lines, *ends, "</svg>\n"])

    def _clip(self, look):
        """Give what cuts a mark at the edges of its part of the sheet."""
        if look.clip is None:
            return ""
        name, self._clips[name] = _cut(look.clip)
        return f' clip-path="url(#{name})"'

    def _style(self, fill, pen, look):
        """Give how a mark is filled and edged."""
        if look.hatch:
            name, self._hatches[name] = _hatched(look.hatch, fill)
            fill = f"url(#{name})"
        return f"fill: {fill or 'none'}{_edge(pen)}"


def short(number: float) -> str:
    """Give a number of a drawing as short as it can be, of at most six decimals."""
    return f"{number:f}".rstrip("0").rstrip(".")


def through(points: Iterable) -> str:
    """Give the way through points of a drawing; where one is missing it begins anew."""
    told, letter = [], "M"
    for x, y in points:
        there = isfinite(x) and isfinite(y)
        told += [f"{letter} {short(x)} {short(y)} \n"] * there
        letter = "L" if there else "M"
    return "".join(told)


def outline(mark: str, colour: str, thick: float = 1.0) -> Pen:
    """Give the pen that draws a mark whose corners are as matplotlib means them."""
    return Pen(colour, thick, join=str(MarkerStyle(mark).get_joinstyle()))


@lru_cache(maxsize=256)
def _edge(pen):
    """Give how a pen's line is drawn, but for what is usual."""
    offset, lengths = pen.dashes if isinstance(pen.dashes, tuple) else (0, DASHES[pen.dashes])
    seen = bool(pen.colour and pen.thick)
    said = {
        "stroke-dasharray": ",".join(short(one * pen.thick) for one in lengths),
        "stroke-dashoffset": short(offset) * bool(lengths),
        "stroke": pen.colour * seen,
        "stroke-width": short(pen.thick) * (seen and pen.thick != 1),
        "stroke-linejoin": pen.join * (seen and pen.join != "round"),
        "stroke-linecap": CAPS[pen.cap] * seen,
    }
    return "".join(f"; {': '.join(pair)}" for pair in said.items() if pair[1])


@lru_cache(maxsize=64)
def _mark(mark, size):
    """Give the outline of a mark of matplotlib's, so large."""
    style = MarkerStyle(mark)
    return _outline(style.get_path(), style.get_transform() + Affine2D().scale(size, -size))


def _outline(path, way):
    parts = path.iter_segments(way, simplify=False)
    told = (f"{LETTERS[code]} {' '.join(map(short, at))} \n" for at, code in parts)
    return "".join("z\n" if one.startswith("z") else one for one in told)


@lru_cache(maxsize=64)
def _cut(clip):
    """Give the name of a part of a sheet, and how it is said."""
    name, (x, y, wide, high) = _id("p", clip), map(short, clip)
    at = f'x="{x}" y="{y}" width="{wide}" height="{high}"'
    return name, f'  <clipPath id="{name}">\n   <rect {at}/>\n  </clipPath>'


@lru_cache(maxsize=64)
def _hatched(hatch, fill):
    """Give the name of a hatch on its ground, and the square of which it is made."""
    name = _id("h", (hatch, to_rgba(fill), to_rgba(SOFT), HATCH))
    way = _outline(Path.hatch(hatch), Affine2D().scale(SIDE, -SIDE).translate(0, SIDE))
    line = f"fill: {SOFT}; stroke: {SOFT}; stroke-width: {HATCH}; stroke-linecap: butt; "
    return name, (
        f'  <pattern id="{name}" patternUnits="userSpaceOnUse" x="0" y="0" width="{SIDE}" '
        f'height="{SIDE}">\n   <rect x="0" y="0" width="{SIDE + 1}" height="{SIDE + 1}" '
        f'fill="{fill}"/>\n   <path d="{way}" style="{line}stroke-linejoin: miter"/>\n  </pattern>'
    )


def _id(kind, key):
    return kind + hashlib.sha256(f"cop{key}".encode()).hexdigest()[:10]
