"""Figures made of rows: a name, and below it (or beside it, where all are short) its marks.

The height is in points and counted downwards, so that a row is as high as its name needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from cop.report import page
from cop.report.charts.drawing import LINE, WIDTH, in_lines
from cop.report.charts.drawing import widest as widest_of
from cop.report.charts.plane import Field, Look, Pen, Scale, Sheet
from cop.report.charts.written import outline
from cop.report.palette import EDGE, GROUND

MARK, GAP, EDGES = 15, 5, 3  # points: a row's marks, between two rows, round the figure
SIDE = 13  # points left and right of a scale, so that its first and last number are whole
SWATCH = 19  # points: the mark of an entry of the key
BESIDE = 104  # points that names may take beside the marks
SCALE = 17  # points below the rows, for the numbers of the scale
OVER = 100  # the key stands above all else


@dataclass(frozen=True)
class Entry:
    """What the key says of one mark: a line (`dashes`), a marker, or a box of a fill."""

    name: str
    colour: str
    marker: str = "box"
    dashes: object = "-"
    hatch: str = ""
    fill: str = ""  # of a marker that is filled with another colour than its outline


def rows(
    labels: Iterable, key: Iterable[Entry] = (), unit: str = "", high: float = MARK
) -> tuple[Field, list[float]]:
    """Give a chart's field with a row for each label, and the heights at which marks stand.

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
    field = framed(depth, left, SCALE + LINE * len(lines), key)
    _name(field, texts, at, 0 if beside else high)
    field.below, field.unit = numbered(steps(5)), lines
    return field, at


def framed(
    depth: float, left: float, below: float, key: Iterable[Entry] = (), above: float = 0
) -> Field:
    """Give a chart's field so many points deep, with room left, below and above, then the key."""
    placed, high = _flowing(list(key))
    sheet = Sheet(depth + below + above + high + 2 * EDGES)
    for entry, lines, x, line in placed:
        _key(sheet, entry, lines, x, EDGES + LINE * (line + 0.5))
    return Field(sheet, left, EDGES + high + above, WIDTH - left - SIDE, depth)


def ends(field: Field, least: float, most: float, room: float = 0) -> None:
    """Set the scale of a figure of rows from least to most, with so many points more at the right
    for a text.
    """
    wide = field.wide
    field.across = least, least + (most - least) * wide / max(wide - room, wide / 3)


def numbered(ticks: MaxNLocator) -> Scale:
    """Give a chart's scale whose numbers are written in full."""
    return Scale(ticks, lambda value: page.written(f"{value:,.6g}"))


def in_years(ticks: MaxNLocator, lines: bool = True) -> Scale:
    """Give a scale of years, with lines or without; half a year, where all is one, has no name."""
    return Scale(ticks, lambda value: f"{value:.0f}" if value == round(value) else "", lines)


def steps(n: int) -> MaxNLocator:
    """Give a chart's scale of at most n round numbers."""
    return MaxNLocator(nbins=n, steps=[1, 2, 2.5, 5, 10])


def whole(n: int) -> MaxNLocator:
    """Give a chart's scale of at most n whole numbers: years, or what is counted."""
    return MaxNLocator(nbins=n, steps=[1, 2, 5, 10], integer=True)


def _name(field, texts, at, below):
    """Write the names, beside their marks or, where those are so many points high, above them."""
    for lines, middle in zip(texts, at, strict=True):
        for i, line in enumerate(lines):
            height = middle - below / 2 - LINE * (len(lines) - i - 0.5) if below else middle
            clear = GROUND if below else ""
            field.sheet.write(EDGES, field.top + height, line, clear, z=5)


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


def _key(sheet, entry, lines, x, y):
    """Draw one entry of the key: its mark, then its name."""
    if entry.marker == "box":
        look, edge = Look(hatch=entry.hatch or None), Pen(EDGE, 0.8, join="miter")
        sheet.box(x, y + 4.5, x + 14, y - 4.5, entry.colour, edge, OVER, look)
    else:
        if entry.dashes:
            cap = "round" if entry.dashes == "-" else "butt"
            sheet.line((x, x + 14), (y, y), Pen(entry.colour, 1.8, entry.dashes, cap=cap), OVER)
        if entry.marker:
            pen = outline(entry.marker, entry.colour, 1.8)
            sheet.marks(x + 7, y, entry.marker, 6, entry.fill or entry.colour, pen, OVER)
    for i, text in enumerate(lines):
        sheet.write(x + SWATCH, y + LINE * i, text, z=OVER + 1)
