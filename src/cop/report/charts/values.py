"""Values a row: bars of categories and of the countries of a region, and the readings of an action
plan on their way to the target.
"""

import pandas as pd

from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import chart, widest
from cop.report.charts.plane import Pen
from cop.report.charts.rows import Entry, ends, rows
from cop.report.figure import Caption
from cop.report.languages import N_, gettext
from cop.report.page import Shown
from cop.report.palette import BLUE, DOT, EDGE, GROUND, INK

HEADINGS = {"action_id": N_("action"), "target_day": N_("target by"), "way": N_("% of the way")}
ROOM = 3  # per cent left of the start of a plan, so that its mark is whole


@chart
def bars(frame: pd.DataFrame, caption: Caption, unit: str = "", most: float = 0) -> Shown:
    """Draw horizontal bars from zero, each with its number. Columns: label, value.

    `most` is the end of the scale where the measure has one. A missing value has no
    bar and says so.
    """
    texts = [page.number(value) for value in frame.value]
    field, at = rows(frame.label, unit=unit)
    _bars(field, at, frame.value, [BLUE] * len(frame), texts, most)
    data = frame.rename(columns={"label": N_("Category"), "value": unit or N_("number")})
    return figure.shown(drawing.svg(field, caption), caption, data)


@chart
def rates(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw a rate of each country of a region, one of them strong, with the median as a line.

    Columns: country, year, value, own (True for the report's country), median. In the order given,
    which is not one of rank. The definition must say what a rate does not mean.
    """
    median = gettext("median %(value)s") % {"value": page.number(frame["median"].iloc[0])}
    key = [Entry(median, INK, "", "--")]
    texts = [
        f"{page.number(value)} ({year})" if pd.notna(value) else page.missing()
        for value, year in zip(frame.value, frame.year, strict=True)
    ]
    field, at = rows(frame.country, key, unit)
    _bars(field, at, frame.value, [BLUE if own else DOT for own in frame.own], texts, aside=True)
    field.upright(frame["median"].iloc[0], Pen(INK, 1.4, "--"))
    data = frame[["country", "year", "value", "median"]].astype({"year": "string"})
    return figure.shown(drawing.svg(field, caption), caption, data.rename(columns={"value": unit}))


def _bars(field, at, values, colours, texts, most=0, aside=False):
    """Draw bars from zero and write each one's text at its end; `aside`, right of all of them,
    where no line across the bars runs through it.
    """
    most = max(most, float(values.max()) if values.notna().any() else 1) or 1
    ends(field, 0, most, widest(texts) + 6)
    lengths = values.fillna(0).astype(float)
    step = field.across[1] / field.wide
    for length, y, colour, text in zip(lengths, at, colours, texts, strict=True):
        field.bars([y], [length], 0, 11, colour, Pen(GROUND))
        field.write((most if aside else length) + 4 * step, y, text, GROUND)
    field.upright(0, Pen(EDGE, 0.8, cap="round"))


@chart
def targets(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw the readings of each indicator between its start, at 0, and its target, at 100.

    Columns: action_id, indicator, unit, start, value, day, way (per cent), target, target_day; a
    row a reading, in the order of the days. A reading beyond either end stands beyond it.
    """
    parts = [part for _, part in frame.groupby("action_id", sort=False)]
    said = [_said(part.iloc[-1]) for part in parts]
    key = [
        Entry(gettext("earlier reading"), EDGE, "x", ""),
        Entry(gettext("latest reading"), BLUE, "o", ""),
        Entry(gettext("target"), INK, "", "-"),
    ]
    field, at = rows(map(_name, parts), key, gettext("% of the way"))
    ends(field, min(0, frame.way.min()) - ROOM, max(100, frame.way.max()), widest(said) + 8)
    for part, text, y in zip(parts, said, at, strict=True):
        _draw(field, part.way.tolist(), y, text)
    data = frame.assign(way=frame.way.astype(float).round(1)).rename(columns=HEADINGS)
    return figure.shown(drawing.svg(field, caption), caption, data)


def _draw(field, ways, y, text):
    *earlier, last = ways
    field.line((0, last), (y, y), Pen(BLUE, 1.8))
    field.line((100, 100), (y - 7, y + 7), Pen(INK, 1.8))
    field.marks(earlier, y, "x", 30**0.5, EDGE, Pen(EDGE, 1.5), 3)
    field.marks([last], y, "o", 34**0.5, BLUE, Pen(BLUE), 4)
    field.write(_beyond(field, max(last, 100)), y, text, GROUND)


def _beyond(field, x):
    """Give the place seven points right of a mark."""
    low, high = field.across
    return x + 7 * (high - low) / field.wide


def _name(part):
    row = part.iloc[0]
    return f"{row.action_id[4:]} {row.indicator} ({row.unit})"


def _said(row):
    """Give the latest value and the target: '62 → 80'."""
    return f"{page.plain(row.value)} → {page.plain(row.target)}"
