"""Charts: a frame and the texts of a figure become the figure, in the house style.

What has a scale is drawn (`lines`, `compared`, `values`, `strips`, `shares`, `answers`, `times`);
what is signs and words is a table or a list whose text wraps (`grids`, `tilemap`). What is drawn
is put on a field with a scale (`plane`), in the style of the house (`drawing`), and `written`.
"""

from string import ascii_letters, digits, punctuation

import pandas as pd

from cop.report.charts.answers import likert as likert
from cop.report.charts.compared import parts as parts
from cop.report.charts.compared import scatter as scatter
from cop.report.charts.compared import valuemap as valuemap
from cop.report.charts.grids import chain as chain
from cop.report.charts.grids import links as links
from cop.report.charts.grids import matrix as matrix
from cop.report.charts.grids import network as network
from cop.report.charts.grids import reach as reach
from cop.report.charts.grids import triangulation as triangulation
from cop.report.charts.lines import columns as columns
from cop.report.charts.lines import trend as trend
from cop.report.charts.shares import multiples as multiples
from cop.report.charts.shares import stacked as stacked
from cop.report.charts.signs import signed as signed
from cop.report.charts.strips import dots as dots
from cop.report.charts.strips import strip as strip
from cop.report.charts.tilemap import tiles as tiles
from cop.report.charts.times import laws as laws
from cop.report.charts.times import timeline as timeline
from cop.report.charts.values import bars as bars
from cop.report.charts.values import rates as rates
from cop.report.charts.values import targets as targets
from cop.report.figure import Caption
from cop.report.palette import STATUSES

KINDS = (
    "trend", "columns", "bars", "rates", "dots", "stacked", "multiples", "likert",
    "scatter", "valuemap", "parts",
    "timeline", "laws", "targets",
    "matrix", "links", "network", "triangulation", "reach", "chain", "tiles",
)  # fmt: skip


def rehearse() -> None:
    """Draw two small charts and forget them, so that processes forked afterwards find the font,
    the widths of its letters and the paths of marks and hatches at hand.
    """
    caption = Caption("A rehearsal", "nothing", "two rows", "nobody, 2000", "none", "two marks")
    lines = pd.DataFrame({"year": [2000, 2001], "series": "a", "value": [1.0, 2.0]})
    trend(lines, caption, "%")
    letters = ascii_letters + digits + punctuation
    areas = pd.DataFrame({"label": [letters]} | dict.fromkeys(STATUSES, [2]))
    stacked(areas, caption, "items")
