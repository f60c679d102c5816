"""Figures made of rows: a name, and below it (or beside it, where all are short) its marks.

The height is in points and counted downwards, so that a row is as high as its name needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from report import page
from report.charts.drawing import LINE, WIDTH, in_lines
from report.charts.drawing import widest as widest_of
from report.palette import EDGE, GROUND

MARK, GAP, EDGES = 15, 5, 3  # points: a row's marks, between two rows, round the figure
SIDE = 13  # points left and right of a scale, so that its first and last number are whole
CLEAR = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.4}  # no line runs through a text
SWATCH = 19  # points: the mark of an entry of the key
BESIDE = 104  # points that names may take beside the marks
SCALE = 17  # points below the rows, for the numbers of the scale


@dataclass(frozen=True)
class Entry:
    """What the key says of one mark: a line (`dashes`), a marker, or a box of a fill."""

    name: str
    colour: str
    marker: str = "box"
    dashes: object = "-"
    hatch: str = ""


def rows(
    labels: Iterable, key: Iterable[Entry] = (), unit: str = "", high: float = MARK
) -> tuple[Axes, list[float]]:
    """Give axes with a row for each label, and the heights at which their marks stand.

    The scale below has whole steps; its unit stands under it. `high` are the points of a row's
    marks.
    """
    texts = [in_lines(label, WIDTH - 2 * EDGES) for label in labels]
    widest = widest_of(line for lines in texts for line in lines)
    beside = widest <= BESIDE and all(len(lines) == 1 for lines in texts)
    left = widest + 2 * EDGES + 2 if beside else SIDE
    at, depth = [], 0.0
    for lines in texts:
        above = 0 if beside else LINE * len(lines)
        at.append(depth + above + high / 2)
        depth += above + high + GAP
    lines = in_lines(unit, WIDTH - left - SIDE) if unit else []
    axes = framed(depth, left, SCALE + LINE * len(lines), key)
    _name(axes, texts, at, left, 0 if beside else high)
    _scale(axes, "\n".join(lines))
    return axes, at


def framed(depth: float, left: float, below: float, key: Iterable[Entry] = ()) -> Axes:
    """Give axes so many points deep, with room at the left and below, the key above them."""
    placed, high = _flowing(list(key))
    height = depth + below + high + 2 * EDGES
    drawing = Figure(figsize=(WIDTH / 72, height / 72))
    axes = drawing.add_axes(
        (left / WIDTH, (below + EDGES) / height, (WIDTH - left - SIDE) / WIDTH, depth / height)
    )
    axes.set_ylim(depth, 0)
    for entry, lines, x, line in placed:
        _key(drawing, entry, lines, x, height - EDGES - LINE * (line + 0.5))
    return axes


def ends(axes: Axes, least: float, most: float, room: float = 0) -> None:
    """Set the scale of a figure of rows from least to most, with so many points more at the right
    for a text.
    """
    wide = axes.get_position().width * WIDTH
    axes.set_xlim(least, least + (most - least) * wide / max(wide - room, wide / 3))


def steps(n: int) -> MaxNLocator:
    """Give a scale of at most n round numbers."""
    return MaxNLocator(nbins=n, steps=[1, 2, 2.5, 5, 10])


def whole(n: int) -> MaxNLocator:
    """Give a scale of at most n whole numbers: years, or what is counted."""
    return MaxNLocator(nbins=n, steps=[1, 2, 5, 10], integer=True)


def write(axes: Axes, x: float, y: float, text: str, **style) -> None:
    """Write a text at a place of the scale and a height of the rows."""
    axes.text(x, y, text, **{"va": "center_baseline", **style})


def _name(axes, texts, at, left, below):
    """Write the names, beside their marks or, where those are so many points high, above them."""
    inside = axes.get_position().width * WIDTH
    for lines, y in zip(texts, at, strict=True):
        x = (EDGES - left) / inside
        for i, line in enumerate(lines):
            height = y - below / 2 - LINE * (len(lines) - i - 0.5) if below else y
            axes.text(
                x, height, line, transform=axes.get_yaxis_transform(), va="center_baseline",
                bbox=CLEAR if below else None, zorder=5,
            )  # fmt: skip


def _scale(axes, unit):
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_locator(steps(5))
    axes.xaxis.set_major_formatter(lambda x, _: page.written(f"{x:,.6g}"))


def _flowing(entries):
    """Give (entry, lines of its name, where it starts, in which line) of each, and the height."""
    placed, x, line = [], EDGES, 0
    for entry in entries:
        lines = in_lines(entry.name, WIDTH - 2 * EDGES - SWATCH)
        wide = SWATCH + widest_of(lines)
        if x > EDGES and x + wide > WIDTH - EDGES:
            x, line = EDGES, line + 1
        placed.append((entry, lines, x, line))
        x, line = x + wide + 12, line + len(lines) - 1
    return placed, LINE * (line + 1) + GAP if placed else 0


def _key(drawing, entry, lines, x, y):
    """Draw one entry of the key: its mark, then its name; x and y in points from below left."""
    points = Affine2D().scale(1 / 72) + drawing.dpi_scale_trans
    if entry.marker == "box":
        mark = Rectangle(
            (x, y - 4.5), 14, 9, facecolor=entry.colour, edgecolor=EDGE, linewidth=0.8,
            hatch=entry.hatch,
        )  # fmt: skip
    else:
        along = [x, x + 14] if entry.dashes else [x + 7]
        along = [x, x + 7, x + 14] if entry.dashes and entry.marker else along
        mark = Line2D(
            along, [y] * len(along), color=entry.colour, linestyle=entry.dashes or "",
            marker=entry.marker, markersize=6, linewidth=1.8, markeredgewidth=1.8,
            markevery=[len(along) // 2],
        )  # fmt: skip
    mark.set_transform(points)
    drawing.add_artist(mark)
    for i, text in enumerate(lines):
        drawing.text(x + SWATCH, y - LINE * i, text, transform=points, va="center_baseline")
