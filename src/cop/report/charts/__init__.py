"""Charts of signs and words, whose text wraps at any width: tables, lists and tiles as HTML.

What has a scale is drawn by `helpers.charts`.
"""

from cop.report.charts.grids import chain as chain
from cop.report.charts.grids import links as links
from cop.report.charts.grids import matrix as matrix
from cop.report.charts.grids import reach as reach
from cop.report.charts.grids import triangulation as triangulation
from cop.report.charts.signs import signed as signed
from cop.report.charts.tilemap import tiles as tiles

KINDS = ("matrix", "links", "triangulation", "reach", "chain", "tiles")
