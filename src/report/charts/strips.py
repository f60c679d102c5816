"""Where a country lies among those of its region: a strip a row, never a rank."""

import pandas as pd
from markupsafe import Markup

from report import figure, page
from report.charts import drawing
from report.charts.drawing import chart
from report.charts.rows import EDGES, Entry, ends, framed, rows
from report.figure import Caption
from report.languages import N_, gettext
from report.page import Shown
from report.palette import BLUE, DOT, EDGE, GROUND, INK

TITLES = {  # of the columns of the data, in their order
    "label": N_("Indicator"), "country": N_("Country"), "year": N_("Year"), "value": N_("Value"),
    "median": N_("Median"), "lowest": N_("Lowest"), "highest": N_("Highest"),
    "n": N_("Countries"), "region_year": N_("Year of the median"),
}  # fmt: skip
SMALL = 44  # points: the height of a strip in a card


@chart
def dots(frame: pd.DataFrame, caption: Caption, unit: str = "%", most: float = 100) -> Shown:
    """Draw a strip an indicator: each country a light dot, this one strong, the median a line.

    `most` is the end of the scale, in `unit`. Where no row is `own` no country is meant.

    Columns: label (the indicator), country, value, own, median, lowest, highest, n; the last four
    are the same for all rows of a label. Range and n stand in the name of the strip.
    """
    strips = frame.drop_duplicates("label").set_index("label")
    axes, at = rows([_named(row) for row in strips.itertuples()], _key(frame.own.any()), unit)
    heights = frame.label.map(dict(zip(strips.index, at, strict=True)))
    axes.hlines(at, 0, most, color=EDGE, linewidth=0.6, zorder=1)
    others = ~frame.own
    axes.scatter(frame.value[others], heights[others], s=34, color=DOT, edgecolor=GROUND)
    _median(axes, strips["median"], at)
    axes.scatter(frame.value[frame.own], heights[frame.own], color=BLUE, s=52, zorder=4)
    ends(axes, -most * 0.02, most * 1.03)
    data = frame[[name for name in TITLES if name in frame]].rename(columns=TITLES)
    return figure.shown(drawing.svg(axes.figure, caption), caption, data)


def strip(frame: pd.DataFrame, caption: Caption, most: float) -> Markup:
    """Give one strip of `dots` alone, as small as a card of a panel: no scale, no name, no key.

    Columns: value, own, median (the same for all rows). What it shows is said in words beside it
    and in its description; 0 is at its left end and `most` at its right.
    """
    with drawing.style():
        axes = framed(SMALL, EDGES + SMALL / 2, 0)
        axes.set_axis_off()
        axes.hlines(SMALL / 2, 0, most, color=EDGE, linewidth=1.6, zorder=1)
        others, own = frame.value[~frame.own], frame.value[frame.own]
        axes.scatter(others, [SMALL / 2] * len(others), s=240, color=DOT, edgecolor=GROUND)
        axes.scatter(frame["median"][:1], [SMALL / 2], marker="|", s=1500, color=INK, linewidths=4)
        axes.scatter(own, [SMALL / 2], s=560, color=BLUE, edgecolor=GROUND, zorder=4)
        axes.set_xlim(-most * 0.03, most * 1.05)
        return drawing.svg(axes.figure, caption)


def _key(own):
    others = gettext("other countries of the region") if own else gettext("a country")
    return [
        *([Entry(gettext("this country"), BLUE, "o", None)] if own else []),
        Entry(others, DOT, "o", None),
        Entry(gettext("median"), INK, "|", None),
    ]


def _median(axes, values, at):
    axes.scatter(values, at, marker="|", s=150, color=INK, linewidths=2, zorder=3)


def _named(strip):
    """Give the name of a strip with what it shows: median, range and number of countries."""
    low, middle, high = (page.number(v) for v in (strip.lowest, strip.median, strip.highest))
    named = {"label": strip.Index, "middle": middle, "low": low, "high": high, "n": strip.n}
    return gettext("%(label)s: median %(middle)s, %(low)s to %(high)s, n = %(n)s") % named
