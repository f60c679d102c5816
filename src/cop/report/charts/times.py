"""What happened when: events on a line of years, and laws from draft to the day they lapsed."""

import pandas as pd

from cop.data.sheets import listed
from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import chart, width_of
from cop.report.charts.plane import Pen
from cop.report.charts.rows import Entry, in_years, rows, whole
from cop.report.figure import Caption
from cop.report.languages import N_, gettext
from cop.report.page import Shown
from cop.report.palette import BLUE, EDGE, GROUND, OPEN, PALE, PARTLY, Look

STATES = {
    N_("draft"): Look("○", PALE, hatch="////"),
    N_("adopted"): Look("◐", PARTLY),
    N_("in force"): Look("●", BLUE),
    N_("lapsed"): Look("×", OPEN),
}
FIRST = 2010  # the year in which the timeline of laws begins


@chart
def timeline(frame: pd.DataFrame, caption: Caption) -> Shown:
    """Draw events on a line of years. Columns: year, label."""
    field, at = rows(frame.label)
    first, last = int(frame.year.min()), int(frame.year.max())
    _years(field, first - 1, last + 1)
    field.marks(frame.year, at, "o", 34**0.5, BLUE, Pen(BLUE), 3)
    for year, y in zip(frame.year, at, strict=True):
        field.line((first - 1, year), (y, y), Pen(EDGE, 0.8))
        _beside(field, year, y, str(year))
    data = frame.assign(year=frame.year.astype(str))
    return figure.shown(drawing.svg(field, caption), caption, data)


@chart
def laws(frame: pd.DataFrame, caption: Caption, last: int) -> Shown:
    """Draw laws and policies from 2010 to a last year: drafts, adopted, in force, lapsed.

    Columns: label, state, since, until; a row a state of a law, years, `until` missing where the
    state lasts. What began before 2010 begins at the edge. State and years stand in the name too.
    """
    key = [Entry(f"{look.sign} {gettext(word)}", look.fill, hatch=look.hatch)
           for word, look in STATES.items()]  # fmt: skip
    field, at = rows(_told(frame), key)
    _years(field, FIRST, last + 1)
    heights = dict(zip(dict.fromkeys(frame.label), at, strict=True))
    for row in frame.itertuples():
        look, y = STATES[row.state], heights[row.label]
        until = last + 1 if pd.isna(row.until) else row.until
        start = max(row.since, FIRST)
        long = max(until - start, 0.35)
        field.bars([y], [long], start, 10, look.fill, Pen(EDGE, 0.8), look.hatch)
    data = frame.astype({"since": "Int64", "until": "Int64"}).astype("string")
    data = data.fillna({"until": N_("lasts")})
    return figure.shown(drawing.svg(field, caption), caption, data)


def _told(frame):
    """Give the name of each law with its states: 'Law: ○ draft 2019, ● in force 2021'."""
    told = listed(
        (row.label, f"{STATES[row.state].sign} {gettext(row.state)} {int(row.since)}")
        for row in page.rows(frame)
    )
    return [page.headed(label, ", ".join(states)) for label, states in told.items()]


def _years(field, first, last):
    field.across, field.below = (first, last), in_years(whole(6))


def _beside(field, x, y, text):
    """Write a text at the right of a mark, at its left where the figure would end."""
    low, high = field.across
    point = (high - low) / field.wide
    fits = x + (7 + width_of(text)) * point < high
    place, side = (x + 7 * point, "start") if fits else (x - 7 * point, "end")
    field.write(place, y, text, GROUND, align=side)
