"""One value a row, as bars: of categories, and of the countries of a region."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart, widest
from report.charts.rows import CLEAR, Entry, ends, rows, write
from report.figure import Caption
from report.languages import N_, gettext
from report.page import Shown
from report.palette import BLUE, DOT, EDGE, INK


@chart
def bars(frame: pd.DataFrame, caption: Caption, unit: str = "", most: float = 0) -> Shown:
    """Draw horizontal bars from zero, each with its number. Columns: label, value.

    `most` is the end of the scale where the measure has one. A missing value has no
    bar and says so.
    """
    texts = [page.number(value) for value in frame.value]
    axes, at = rows(frame.label, unit=unit)
    _bars(axes, at, frame.value, [BLUE] * len(frame), texts, most)
    data = frame.rename(columns={"label": N_("Category"), "value": unit or N_("number")})
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


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
    axes, at = rows(frame.country, key, unit)
    _bars(axes, at, frame.value, [BLUE if own else DOT for own in frame.own], texts, aside=True)
    axes.axvline(frame["median"].iloc[0], color=INK, linestyle="--", linewidth=1.4, zorder=2)
    data = frame[["country", "year", "value", "median"]].astype({"year": "string"})
    return figure.shown(
        drawing.svg(axes.figure, caption), caption, data.rename(columns={"value": unit})
    )


def _median(frame):
    return gettext("median %(value)s") % {"value": page.number(frame["median"].iloc[0])}


def _bars(axes, at, values, colours, texts, most=0, aside=False):
    """Draw bars from zero and write each one's text at its end; `aside`, right of all of them,
    where no line across the bars runs through it.
    """
    most = max(most, float(values.max()) if values.notna().any() else 1) or 1
    ends(axes, 0, most, widest(texts) + 6)
    lengths = values.fillna(0).astype(float)
    axes.barh(at, lengths, color=colours, height=11)
    step = (axes.get_xlim()[1]) / (axes.get_position().width * drawing.WIDTH)
    for length, y, text in zip(lengths, at, texts, strict=True):
        write(axes, (most if aside else length) + 4 * step, y, text, bbox=CLEAR)
    axes.axvline(0, color=EDGE, linewidth=0.8)
