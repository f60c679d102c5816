"""Values over years: as lines, as columns."""

import pandas as pd

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart
from report.charts.rows import Entry, framed, steps, whole
from report.figure import Caption
from report.languages import N_
from report.page import Shown
from report.palette import BLUE, GREY, INK, ORANGE, PLUM, TEAL

LOOKS = [  # the country strongest, the median dashed, then seven, each a colour, dash and mark
    (BLUE, "-", 2.2, "o"),
    (GREY, "--", 1.6, ""),
    (ORANGE, "-", 1.6, ""),
    (TEAL, (0, (6, 1.5)), 1.6, ""),
    (PLUM, (0, (1.5, 1.2)), 1.6, ""),
    (INK, "-", 1.0, "s"),
    (TEAL, "-", 1.2, "^"),
    (ORANGE, (0, (6, 1.5)), 1.2, "D"),
    (PLUM, "-", 1.2, "v"),
]


@chart
def trend(
    frame: pd.DataFrame,
    caption: Caption,
    unit: str,
    own: bool = True,
    median: bool = True,
    telling: bool = False,
) -> Shown:
    """Draw lines over years. Columns: year, series, value; the first series is the country's, the
    second the median, unless `own` or `median` say that there is none.

    With `telling`, each year says its values where it is pointed at.
    """
    series = list(frame.groupby("series", sort=False))
    looks = [*LOOKS[:1] * own, *LOOKS[1:2] * median, *LOOKS[2:]]
    looks = [looks[min(i, len(looks) - 1)] for i in range(len(series))]
    key = [_entry(name, look) for (name, _), look in zip(series, looks, strict=True)]
    axes = framed(150, _left(frame.value.max()), 18, key if len(series) > 1 else ())
    for (_, line), (colour, dashes, wide, mark) in zip(series, looks, strict=True):
        mark = mark or ("o" if len(line) == 1 else "")
        style = {"color": colour, "linestyle": dashes, "linewidth": wide, "marker": mark}
        axes.plot(line.year, line.value, **style, markersize=4)
    axes.set_ylim(0, float(frame.value.max() or 1) * 1.08)
    _years(axes, frame.year)
    if telling:
        _tell(axes, frame, unit)
    wide = frame.pivot_table(index="year", columns="series", values="value", sort=False)
    data = wide.sort_index().reset_index().assign(year=lambda f: f.year.astype(int).astype(str))
    data.columns = [str(c) if c == "year" else f"{c}, {unit}" for c in data.columns]
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


def _entry(name, look):
    """Give what the key says of a line; a mark beside the line only where others share its dash."""
    return Entry(name, look[0], look[3] if look in LOOKS[5:] else "", look[1])


def _tell(axes, frame, unit):
    """Let each year say the values of all series: lines that lie close are told apart."""
    for year, rows in frame.groupby("year"):
        values = (page.headed(row.series, page.number(row.value)) for row in rows.itertuples())
        text = "\n".join([f"{year:.0f}, {unit}", *values])
        band = axes.axvspan(year - 0.5, year + 0.5, facecolor="none", edgecolor="none", zorder=9)
        band.set_url(drawing.saying(text))


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
