"""Readings of an action plan on their way to the target, each on its own scale of 0 to 100."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart, widest
from report.charts.plane import Pen
from report.charts.rows import Entry, ends, rows
from report.figure import Caption
from report.languages import N_, gettext
from report.page import Shown
from report.palette import BLUE, EDGE, GROUND, INK

HEADINGS = {"action_id": N_("action"), "target_day": N_("target by"), "way": N_("% of the way")}
ROOM = 3  # per cent left of the start, so that its mark is whole


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
    ]
    field, at = rows(
        map(_name, parts), [*key, Entry(gettext("target"), INK, "", "-")], gettext("% of the way")
    )
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
