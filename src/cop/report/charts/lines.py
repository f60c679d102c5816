"""Values over years: as lines, as columns."""

import pandas as pd

from cop.data.sheets import listed
from cop.report import figure, page
from cop.report.charts import drawing
from cop.report.charts.drawing import chart
from cop.report.charts.plane import Pen
from cop.report.charts.rows import Entry, framed, in_years, numbered, steps, whole
from cop.report.charts.written import outline
from cop.report.figure import Caption
from cop.report.languages import N_
from cop.report.page import Shown
from cop.report.palette import BLUE, GREY, GROUND, INK, ORANGE, PLUM, TEAL

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
    lines = listed((row.series, (row.year, float(row.value))) for row in page.rows(frame))
    looks = [*LOOKS[:1] * own, *LOOKS[1:2] * median, *LOOKS[2:]]
    looks = [looks[min(i, len(looks) - 1)] for i in range(len(lines))]
    key = [_entry(name, look) for name, look in zip(lines, looks, strict=True)]
    field = framed(150, _left(frame.value.max()), 18, key if len(lines) > 1 else ())
    _scales(field, frame.year, float(frame.value.max() or 1) * 1.08)
    for line, (colour, dashes, wide, mark) in zip(lines.values(), looks, strict=True):
        mark = mark or ("o" if len(line) == 1 else "")
        pen = Pen(colour, wide, dashes, cap="round" if dashes == "-" else "butt")
        field.line(*zip(*line, strict=True), pen)
        if mark:
            field.marks(*zip(*line, strict=True), mark, 4, colour, outline(mark, colour), 2)
    if telling:
        _tell(field, frame, unit)
    years = sorted({*frame.year})
    data = {"year": [str(int(year)) for year in years]}
    data |= {f"{one}, {unit}": [*map(dict(line).get, years)] for one, line in lines.items()}
    return figure.shown(drawing.svg(field, caption), caption, pd.DataFrame(data))


def _entry(name, look):
    """Give what the key says of a line; a mark beside the line only where others share its dash."""
    return Entry(name, look[0], look[3] if look in LOOKS[5:] else "", look[1])


def _tell(field, frame, unit):
    """Let each year say the values of all series: lines that lie close are told apart."""
    for year, rows in frame.groupby("year"):
        values = (page.headed(row.series, page.number(row.value)) for row in rows.itertuples())
        text = "\n".join([f"{year:.0f}, {unit}", *values])
        low, high = field.up
        field.box(year - 0.5, low, year + 0.5, high, z=9, url=drawing.saying(text))


@chart
def columns(frame: pd.DataFrame, caption: Caption, unit: str) -> Shown:
    """Draw vertical bars over years, the gaps between them kept. Columns: label (a year), value."""
    field = framed(110, _left(frame.value.max()), 18)
    _scales(field, frame.label, float(frame.value.max() or 1) * 1.05)
    for year, value in zip(frame.label, frame.value, strict=True):
        field.box(year - 0.35, 0, year + 0.35, value, BLUE, Pen(GROUND))
    data = frame.assign(label=frame.label.astype(str))
    data = data.rename(columns={"label": N_("year"), "value": unit})
    return figure.shown(drawing.svg(field, caption), caption, data)


def _scales(field, years, most):
    """Set the scales: whole years below, few round numbers at the left."""
    field.across, field.up = (float(years.min()) - 0.6, float(years.max()) + 0.6), (0, most)
    field.below, field.beside = in_years(whole(5), lines=False), numbered(steps(5))


def _left(most):
    """Give the points that the numbers of the scale need: they are no longer than the largest."""
    return 12 + drawing.width_of(page.written(f"{float(most or 1):,.0f}")) + (8 if most < 10 else 0)
