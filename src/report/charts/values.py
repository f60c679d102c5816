"""One value a row, as bars: of categories, and of the countries of a region."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart, widest
from report.charts.plane import Pen
from report.charts.rows import Entry, ends, rows
from report.figure import Caption
from report.languages import N_, gettext
from report.page import Shown
from report.palette import BLUE, DOT, EDGE, GROUND, INK


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
    key = [Entry(_median(frame), INK, "", "--")]
    texts = [
        f"{page.number(value)} ({year})" if pd.notna(value) else page.missing()
        for value, year in zip(frame.value, frame.year, strict=True)
    ]
    field, at = rows(frame.country, key, unit)
    _bars(field, at, frame.value, [BLUE if own else DOT for own in frame.own], texts, aside=True)
    field.upright(frame["median"].iloc[0], Pen(INK, 1.4, "--"))
    data = frame[["country", "year", "value", "median"]].astype({"year": "string"})
    return figure.shown(drawing.svg(field, caption), caption, data.rename(columns={"value": unit}))


def _median(frame):
    return gettext("median %(value)s") % {"value": page.number(frame["median"].iloc[0])}


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
