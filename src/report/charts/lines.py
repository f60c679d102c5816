"""Values over years: as lines, as columns."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart
from report.charts.rows import Entry, framed, steps, whole
from report.figure import Caption
from report.languages import N_
from report.page import Shown
from report.palette import BLUE, GREY, ORANGE, PLUM, TEAL

LOOKS = [  # the country strongest, then the region dashed, then each a colour and a dash
    (BLUE, "-", 2.2),
    (GREY, "--", 1.6),
    (ORANGE, "-", 1.6),
    (TEAL, (0, (6, 1.5)), 1.6),
    (PLUM, (0, (1.5, 1.2)), 1.6),
]


@chart
def trend(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw lines over years. Columns: year, series, value; the first series is the country's."""
    series = list(frame.groupby("series", sort=False))
    looks = [LOOKS[min(i, len(LOOKS) - 1)] for i in range(len(series))]
    key = [Entry(name, look[0], "", look[1]) for (name, _), look in zip(series, looks, strict=True)]
    axes = framed(150, _left(frame.value.max()), 18, key if len(series) > 1 else ())
    for i, ((_, line), (colour, dashes, wide)) in enumerate(zip(series, looks, strict=True)):
        marks = {"marker": "" if i else "o", "markersize": 4}
        axes.plot(line.year, line.value, color=colour, linestyle=dashes, linewidth=wide, **marks)
    axes.set_ylim(0, float(frame.value.max() or 1) * 1.08)
    _years(axes, frame.year)
    wide = frame.pivot_table(index="year", columns="series", values="value", sort=False)
    data = wide.sort_index().reset_index().assign(year=lambda f: f.year.astype(int).astype(str))
    data.columns = [str(c) if c == "year" else f"{c}, {unit}" for c in data.columns]
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


@chart
def columns(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw vertical bars over years, the gaps between them kept. Columns: label (a year), value."""
    axes = framed(110, _left(frame.value.max()), 18)
    axes.bar(frame.label, frame.value, color=BLUE, width=0.7)
    axes.set_ylim(0, float(frame.value.max() or 1) * 1.05)
    _years(axes, frame.label)
    data = frame.assign(label=frame.label.astype(str))
    data = data.rename(columns={"label": N_("year"), "value": unit})
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


def _years(axes, years):
    """Set the scales: whole years below, few round numbers at the left."""
    axes.set_xlim(float(years.min()) - 0.6, float(years.max()) + 0.6)
    axes.xaxis.set_major_locator(whole(5))
    axes.yaxis.set_major_locator(steps(5))
    axes.yaxis.set_major_formatter(_number)
    axes.grid(axis="x", visible=False)


def _number(value, _=None):
    return page.written(f"{value:,.6g}")


def _left(most):
    """Give the points that the numbers of the scale need: they are no longer than the largest."""
    return 12 + drawing.width_of(page.written(f"{float(most or 1):,.0f}")) + (8 if most < 10 else 0)
