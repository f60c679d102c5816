"""Readings of an action plan on their way to the target, each on its own scale of 0 to 100."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart, widest
from report.charts.rows import CLEAR, Entry, ends, rows, write
from report.figure import Caption
from report.languages import N_, gettext
from report.page import Shown
from report.palette import BLUE, EDGE, INK

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
    axes, at = rows(
        map(_name, parts), [*key, Entry(gettext("target"), INK, "", "-")], gettext("% of the way")
    )
    ends(axes, min(0, frame.way.min()) - ROOM, max(100, frame.way.max()), widest(said) + 8)
    for part, text, y in zip(parts, said, at, strict=True):
        _draw(axes, part.way.tolist(), y, text)
    data = frame.assign(way=frame.way.astype(float).round(1)).rename(columns=HEADINGS)
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


def _draw(axes, ways, y, text):
    *earlier, last = ways
    axes.hlines(y, 0, last, color=BLUE, linewidth=1.8)
    axes.vlines(100, y - 7, y + 7, color=INK, linewidth=1.8)
    axes.scatter(earlier, [y] * len(earlier), color=EDGE, marker="x", s=30, zorder=3)
    axes.scatter([last], [y], color=BLUE, s=34, zorder=4)
    write(axes, _beyond(axes, max(last, 100)), y, text, ha="left", bbox=CLEAR)


def _beyond(axes, x):
    """Give the place seven points right of a mark."""
    low, high = axes.get_xlim()
    return x + 7 * (high - low) / (axes.get_position().width * drawing.WIDTH)


def _name(part):
    row = part.iloc[0]
    return f"{row.action_id[4:]} {row.indicator} ({row.unit})"


def _said(row):
    """Give the latest value and the target: '62 → 80'."""
    return f"{page.plain(row.value)} → {page.plain(row.target)}"
