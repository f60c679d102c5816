"""Parts of a whole by status: an area a row, a country a small multiple."""

import pandas as pd

from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import LINE, WIDTH, chart, in_lines, width_of
from cop.report.charts.plane import PAD, Pen
from cop.report.charts.rows import EDGES, SIDE, Entry, ends, framed, numbered, rows, whole
from cop.report.figure import Caption
from cop.report.languages import N_, gettext
from cop.report.page import Shown
from cop.report.palette import EDGE, GROUND, STATUSES

ROW = 13  # points of one bar of a small multiple
DOTTED = (0, (1, 1.65))  # dots and gaps, in the width of the line


@chart
def stacked(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw the mix of statuses a row. Columns: label, then one per status, numbers of items."""
    words = page.occurring(frame[list(STATUSES)].sum())
    looks = {word: STATUSES[word] for word in words}
    key = [Entry(f"{look.sign} {gettext(word)}", look.fill, hatch=look.hatch)
           for word, look in looks.items()]  # fmt: skip
    field, at = rows(frame.label, key, unit)
    ends(field, 0, float(frame[words].sum(axis=1).max() or 1))
    left = pd.Series(0.0, index=frame.index)
    for word, look in looks.items():
        _part(field, at, left, frame[word], look)
        left = left + frame[word]
    field.below = numbered(whole(6))
    data = frame[["label", *words]].rename(columns={"label": N_("Area")})
    return figure.shown(drawing.svg(field, caption), caption, data)


def _part(field, at, left, counts, look):
    """Draw one status of every row, its sign and number on it where there is room."""
    field.bars(at, counts, left, 13, look.fill, Pen(EDGE, 0.8), look.hatch)
    point = field.wide / field.across[1]
    ground = {"ground": look.fill, "pad": 2 * PAD} if look.hatch else {}
    for start, y, count in zip(left, at, counts, strict=True):
        texts = (f"{look.sign} {count:.0f}", f"{count:.0f}", "")
        text = next(t for t in texts if not t or width_of(t) + 3 < count * point)
        if count and text:
            field.write(start + count / 2, y, text, colour=look.ink, align="middle", **ground)


@chart
def multiples(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw the items of each country by status as a small figure of its own, two beside each other.

    Columns: country, status, items, low (how many of them are of low confidence, drawn as an
    outline). All have the same scale and the same order, so that shapes are compared; countries
    stand in the order given, which is not one of rank. Numbers are counts, never a percentage.
    """
    by_country = frame.groupby("country", sort=False)
    panels = [(name, part.set_index("status")) for name, part in by_country]
    wide = (WIDTH - EDGES - SIDE - 10) / 2
    names = [in_lines(name, wide) for name, _ in panels]
    words = page.occurring(frame.groupby("status")["items"].sum())
    tops, depth = _tops(names, len(words))
    field = framed(depth, EDGES, 0)
    field.across = 0, field.wide
    most = float(frame.groupby("country")["items"].sum().max() or 1)
    for i, ((_, panel), lines, top) in enumerate(zip(panels, names, tops, strict=True)):
        _panel(field, panel.reindex(words), lines, (i % 2) * (wide + 10), top, wide, most)
    data = frame[frame.status.isin(words)].rename(columns={"low": N_("of these, low confidence")})
    return figure.shown(drawing.svg(field, caption), caption, data)


def _tops(names, bars):
    """Give where each small figure begins, two a line, and how deep they are together."""
    tops, depth = [], 0.0
    for i in range(0, len(names), 2):
        tops += [depth] * len(names[i : i + 2])
        depth += LINE * max(map(len, names[i : i + 2])) + ROW * bars + 12
    return tops, depth


def _panel(field, panel, lines, x, top, wide, most):
    """Draw one country: its name, then a bar a status with its sign before and its number after.

    A bar of `most` items is as long as there is room.
    """
    for i, line in enumerate(lines):
        field.write(x, top + LINE * (i + 0.5), line)
    point, y = (wide - 16 - 64) / most, top + LINE * len(lines) + ROW / 2
    for word, items, low in panel[["items", "low"]].fillna(0).itertuples():
        look, sure = STATUSES[word], items - low
        field.bars([y], [sure * point], x + 16, 9, look.fill, Pen(EDGE, 0.8), look.hatch)
        if low:
            field.bars([y], [low * point], x + 16 + sure * point, 9, GROUND, Pen(EDGE, 0.8, DOTTED))
        field.write(x + 6, y, look.sign, align="middle")
        field.write(x + 20 + items * point, y, _told(sure, low))
        y += ROW


def _told(sure, low):
    """Give a number of items, and after + how many of low confidence come to it."""
    return f"{sure:.0f}" + (f" + {low:.0f}" if low else "")
