"""A sheet of points, and a field with a scale on it.

matplotlib's figures, axes and artists are left out: what they make to lay themselves out, and throw
away again, was four fifths of what a figure cost. Heights are counted downwards, as a page is read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import Locator
from matplotlib.transforms import Bbox, nonsingular

from cop.report.charts.drawing import DROP, LEADING, WIDTH, rise_of, saying, width_of
from cop.report.charts.written import Look, Pen, Svg
from cop.report.palette import EDGE, GRID, GROUND, INK, SOFT

OFF = 5.5  # points from the edge of a field to the numbers of its scale
PAD = 0.384  # points round a text that has a ground of its own
Values = float | Iterable[float]


NONE, PLAIN = Pen(), Look()


class Sheet:
    """What is drawn, in points from the upper left corner; of two the one of higher z is seen."""

    def __init__(self, high: float) -> None:
        """Begin a sheet so many points high."""
        self.high = high
        self._drawn: list[tuple[float, Callable, tuple]] = []
        self.box(0, high, WIDTH, 0, GROUND, z=-1)

    def box(self, x: float, y: float, to_x: float, to_y: float, fill: str = "",
            pen: Pen = NONE, z: float = 1, look: Look = PLAIN) -> None:  # fmt: skip
        """Draw a box from one corner to the other, filled and edged where there is a colour."""
        corners = [(x, y), (to_x, y), (to_x, to_y), (x, to_y), *[(x, y)] * (not fill)]
        self._put(z, Svg.path, corners, True, fill, pen, look)

    def line(self, x: Iterable, y: Iterable, pen: Pen, z: float = 2, look: Look = PLAIN) -> None:
        """Draw a line through points."""
        self._put(z, Svg.path, _points(x, y), False, "", pen, look)

    def marks(self, x: Values, y: Values, mark: str, size: float, fill: str,
              pen: Pen, z: float = 1, look: Look = PLAIN) -> None:  # fmt: skip
        """Draw a mark of so many points, named as matplotlib names its markers, at each place."""
        self._put(z, Svg.marks, _points(x, y), mark, size, fill, pen, look)

    def text(self, x: float, y: float, text: str, colour: str = INK, align: str = "start",
             z: float = 3) -> None:  # fmt: skip
        """Write a line whose letters stand at a height."""
        if text:
            self._put(z, Svg.text, x, y, text, colour, align)

    def write(self, x: float, y: float, text: str, ground: str = "", pad: float = PAD,
              **style: object) -> None:  # fmt: skip
        """Write a line whose middle is at a height; with a ground, no line runs through it."""
        rise = rise_of(text)
        y += rise / 2
        if ground:
            wide = width_of(text)
            x0 = x - {"start": 0, "middle": wide / 2, "end": wide}[style.get("align", "start")]
            corners = (x0 - pad, y + DROP + pad, x0 + wide + pad, y - rise - pad)
            self.box(*corners, ground, z=style.get("z", 3))
        self.text(x, y, text, **style)

    def svg(self) -> str:
        """Give what is drawn as SVG."""
        written = Svg(WIDTH, self.high)
        for _, draw, values in sorted(self._drawn, key=lambda one: one[0]):
            draw(written, *values)
        return written.whole()

    def _put(self, z, draw, *values):
        self._drawn.append((z, draw, values))


@dataclass(frozen=True)
class Scale:
    """Where the numbers of a scale stand, what they say, and whether lines lead from them."""

    ticks: Locator
    said: Callable[[float], str]
    lines: bool = True

    def within(self, low: float, high: float) -> list[float]:
        """Give the numbers from low to high."""
        little = 1e-10 * (high - low)
        return [n for n in self.ticks.tick_values(low, high) if low - little <= n <= high + little]


class Field:
    """A part of a sheet with a scale across and one upwards; both are set before it is drawn on.

    What reaches beyond its edges is cut.
    """

    def __init__(self, sheet: Sheet, left: float, top: float, wide: float, deep: float) -> None:
        """Begin a field at a place of a sheet."""
        self.sheet, self.wide = sheet, wide
        self.left, self.right, self.top, self.bottom = left, left + wide, top, top + deep
        self.across, self.up = (0.0, 1.0), (deep, 0.0)
        self.below: Scale | None = None
        self.beside: Scale | None = None
        self.unit: list[str] = []  # lines under the numbers below
        x, y, wide, high = Bbox.from_bounds(left, sheet.high - self.bottom, wide, deep).bounds
        self.look = Look((x, sheet.high - (y + high), wide, high))

    def x(self, values: Values) -> Values:
        """Give where values of the scale across are, in points of the sheet."""
        low, high = self.across
        return self.left + (_numbers(values) - low) * self.wide / (high - low)

    def y(self, values: Values) -> Values:
        """Give where values of the scale upwards are, in points of the sheet."""
        low, high = self.up
        return self.bottom - (_numbers(values) - low) * (self.bottom - self.top) / (high - low)

    def box(self, x: float, y: float, to_x: float, to_y: float, fill: str = "",
            pen: Pen = NONE, z: float = 1, **look: str) -> None:  # fmt: skip
        """Draw a box from one corner to the other; `hatch` is a pattern, `url` what it says."""
        corners = self.x(x), self.y(y), self.x(to_x), self.y(to_y)
        self.sheet.box(*corners, fill, pen._replace(join="miter"), z, self.look._replace(**look))

    def bars(self, at: Iterable, lengths: Iterable, start: Values, high: float, fill: str,
             pen: Pen, hatch: str = "") -> None:  # fmt: skip
        """Draw a bar at each height, so many points high, from its start to the right."""
        starts = np.broadcast_to(_numbers(start), len(list(at)))
        for y, long, x in zip(at, _numbers(lengths), starts, strict=True):
            self.box(x, y - high / 2, x + long, y + high / 2, fill, pen, hatch=hatch or None)

    def line(self, x: Iterable, y: Iterable, pen: Pen, z: float = 2) -> None:
        """Draw a line through points of the scale."""
        self.sheet.line(self.x(x), self.y(y), pen, z, self.look)

    def upright(self, x: float, pen: Pen, z: float = 2) -> None:
        """Draw a line from the lower edge to the upper one."""
        self.line((x, x), self.up, pen, z)

    def marks(self, x: Values, y: Values, mark: str, size: float, fill: str, pen: Pen,
              z: float = 1, whole: bool = False) -> None:  # fmt: skip
        """Draw a mark at each point of the scale, beyond the edges too where it is `whole`."""
        look = PLAIN if whole else self.look
        if len(x):
            self.sheet.marks(self.x(x), self.y(y), mark, size, fill, pen, z, look)

    def telling(self, x: Values, y: Values, texts: Iterable[str], wide: float) -> None:
        """Let each mark say a text where it is pointed at, `wide` points round it: SVG does so
        itself, in a page and in a file of its own, without script.
        """
        half = wide / 2
        for x0, y0, text in zip(self.x(x), self.y(y), texts, strict=True):
            look = self.look._replace(url=saying(text))
            self.sheet.box(x0 - half, y0 + half, x0 + half, y0 - half, z=9, look=look)

    def write(self, x: float, y: float, text: str, ground: str = "", **style: object) -> None:
        """Write a line whose middle is at a height of the scale."""
        self.sheet.write(self.x(x), self.y(y), text, ground, **style)

    def fit(self, x: Values, y: Values, room: float) -> None:
        """Let the scales reach from the least to the most, with a share of that at both ends."""
        self.across, self.up = (_reach(_numbers(values), room) for values in (x, y))

    def svg(self) -> str:
        """Give the sheet with this field's edges and numbers as SVG."""
        edge = Pen(EDGE, 0.8, join="miter", cap="projecting")
        if self.below:
            self._below(self.below)
        if self.beside:
            self._beside(self.beside)
            self.sheet.line((self.left, self.left), (self.bottom, self.top), edge, 2.5)
        if self.below:
            self.sheet.line((self.left, self.right), (self.bottom, self.bottom), edge, 2.5)
        return self.sheet.svg()

    def _below(self, scale):
        """Write the numbers below, then the unit under them."""
        at = scale.within(*sorted(self.across))
        texts = [scale.said(value) for value in at]
        for value, text in zip(at, texts, strict=True):
            x = self.x(value)
            if scale.lines:
                self.sheet.line((x, x), (self.bottom, self.top), GRIDLINE, 0.5, self.look)
            self.sheet.text(x, self.bottom + OFF + rise_of(text), text, SOFT, "middle", 0.5)
        y = self.bottom + OFF + max(map(rise_of, texts or [""])) + DROP + 2
        gap = LEADING if len(self.unit) > 1 else 0
        for line in self.unit:
            y += rise_of(line) + gap / 2
            self.sheet.text(self.left + self.wide / 2, y, line, SOFT, "middle", 0.5)
            y += DROP + gap / 2

    def _beside(self, scale):
        """Write the numbers at the left."""
        for value in scale.within(*sorted(self.up)):
            y, text = self.y(value), scale.said(value)
            if scale.lines:
                self.sheet.line((self.left, self.right), (y, y), GRIDLINE, 0.5, self.look)
            self.sheet.write(self.left - OFF, y, text, colour=SOFT, align="end", z=0.5)


GRIDLINE = Pen(GRID, 0.8, cap="round")


def _numbers(values):
    return values if isinstance(values, float | int) else np.asarray(values, dtype=float)


def _points(x, y):
    """Give the places of one value or many."""
    return [*zip(*(one.ravel().tolist() for one in np.broadcast_arrays(x, y)), strict=True)]


def _reach(values, room):
    low, high = nonsingular(float(np.nanmin(values)), float(np.nanmax(values)), expander=0.05)
    return low - room * (high - low), high + room * (high - low)
