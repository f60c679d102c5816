"""Where a country lies among those of its region: a strip a row, never a rank."""

import pandas as pd

from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import chart
from cop.report.charts.plane import Pen
from cop.report.charts.rows import EDGES, Entry, ends, framed, rows
from cop.report.figure import Caption
from cop.report.languages import N_, gettext
from cop.report.page import Shown
from cop.report.palette import BLUE, DOT, EDGE, GROUND, INK

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
    are the same for all rows of a label. Range and n stand in the name of the strip. Where year and
    region_year are given, the range is of the latter; a country of another year is hollow, and the
    name of its strip says of which year the range is.
    """
    every, strips = (list(page.rows(one)) for one in (frame, frame.drop_duplicates("label")))
    late, own = [row for row in every if _is_late(row)], [row for row in every if row.own]
    others = [row for row in every if not (row.own or _is_late(row))]
    names = [_named(strip, {row.label for row in late}) for strip in strips]
    field, at = rows(names, _key(own, late), unit)
    ends(field, -most * 0.02, most * 1.03)
    heights = dict(zip((strip.label for strip in strips), at, strict=True))
    for y in at:
        field.line((0, most), (y, y), Pen(EDGE, 0.6), 1)
    field.marks(*_places(others, heights), "o", 34**0.5, DOT, Pen(GROUND))
    field.marks(*_places(late, heights), "o", 30**0.5, GROUND, Pen(DOT, 1.4), 2)
    field.marks([strip.median for strip in strips], at, "|", 150**0.5, INK, Pen(INK, 2), 3)
    field.marks(*_places(own, heights), "o", 52**0.5, BLUE, Pen(BLUE), 4)
    return figure.shown(drawing.svg(field, caption), caption, _headed(frame))


def strip(frame: pd.DataFrame, caption: Caption, most: float) -> Shown:
    """Give one strip of `dots` alone, as small as a card of a panel: no scale, no name, no key.

    Columns: value, own, median (the same for all rows), and those of `dots` for its data. What it
    shows is said in words beside it and in its description; 0 is at its left end and `most` at its
    right.
    """
    field = framed(SMALL, EDGES + SMALL / 2, 0)
    field.across = -most * 0.03, most * 1.05
    middle = SMALL / 2
    field.line((0, most), (middle, middle), Pen(EDGE, 1.6), 1)
    values = [*zip(frame.own, frame.value, strict=True)]
    own, others = ([value for mine, value in values if mine == one] for one in (True, False))
    field.marks(others, middle, "o", 240**0.5, DOT, Pen(GROUND))
    field.marks(frame["median"].tolist()[:1], middle, "|", 1500**0.5, INK, Pen(INK, 4))
    field.marks(own, middle, "o", 560**0.5, BLUE, Pen(GROUND), 4)
    return figure.close(drawing.svg(field, caption), caption, _headed(frame))


def _headed(frame):
    """Give the data of strips with headings for people."""
    there = [name for name in TITLES if name in frame]
    return frame[there].set_axis([TITLES[name] for name in there], axis=1)


def _is_late(row):
    """Say whether the dot of a row, not one's own, is of another year than the range."""
    return not row.own and hasattr(row, "region_year") and str(row.year) != str(row.region_year)


def _places(rows, heights):
    return [row.value for row in rows], [heights[row.label] for row in rows]


def _key(own, late):
    others = gettext("other countries of the region") if own else gettext("a country")
    return [
        *([Entry(gettext("this country"), BLUE, "o", None)] if own else []),
        Entry(others, DOT, "o", None),
        *([Entry(gettext("of another year"), DOT, "o", None, fill=GROUND)] if late else []),
        Entry(gettext("median"), INK, "|", None),
    ]


def _named(strip, late):
    """Give the name of a strip with what it shows: median, range and number of countries.

    Also the year of these, where a dot is of another.
    """
    low, middle, high = (page.number(v) for v in (strip.lowest, strip.median, strip.highest))
    named = {"label": strip.label, "middle": middle, "low": low, "high": high, "n": strip.n}
    told = gettext("%(label)s: median %(middle)s, %(low)s to %(high)s, n = %(n)s") % named
    return f"{told} ({strip.region_year})" if strip.label in late else told
