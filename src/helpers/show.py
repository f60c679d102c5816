"""Display figures and tables on a page, with title, source and other texts.

Other figures and DataFrames at the end of a cell also appear on the page, marked as unlabelled.
"""

from collections.abc import Callable
from functools import partial

import matplotlib
import pandas as pd
from IPython import get_ipython
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib_inline.config import InlineBackend
from seaborn.axisgrid import Grid, JointGrid

from cop.report import figure as figure_block
from cop.report import outputs, words
from cop.report.languages import gettext
from cop.report.page import Html
from cop.report.words import translate_columns as translate
from helpers import charts

__all__ = ["Templates", "added", "figure", "stage_cells", "table", "translate"]


def figure(
    ax: Axes | Figure | Grid,
    title: str = "",
    subtitle: str = "",
    source: str = "",
    alt: str = "",
    n: str = "",
    definition: str = "",
    data: pd.DataFrame | None = None,
    at: str = "",
    nothing: Html | None = None,
) -> Html:
    """Display a matplotlib or seaborn figure on the page, with its texts.

    `title` states the finding, `subtitle` the measure, the country (required by `cop run`) and the
    period, `source` the publisher and year, and `alt` describes the image (20 characters or more).
    Figures in `notebooks/` also state `n` (number of observations) and `definition`. `at` links to
    sources, as in `Templates("cells").at(["UKR-S01", "SG_WDI"], place)`. `data` becomes a table and
    a CSV file. A note replaces the figure if `data` is empty. `nothing`, unless None, replaces
    the figure or note. Seaborn bars need `saturation=1` for dark mode. The figure is closed. Raises
    ValueError if a figure lacks a title, subtitle, source with a year or alt of this length.
    """
    plt.close(None if ax is None else ax.figure)  # without axes, the current figure
    if nothing is not None:
        return nothing
    if data is not None and data.empty:
        return words.render("figures", "nothing", subtitle)
    caption = figure_block.Caption(title, subtitle, n, source, definition, alt, at)
    caption.check(optional=("n", "definition"))
    picture = figure_block.from_svg(_svg(ax), title, alt)
    return figure_block.show(picture, caption, data)


def table(frame: pd.DataFrame | pd.Series, caption: str, note: str = "", source: str = "") -> Html:
    """Display a DataFrame or Series as a table on the page, with caption, note and source.

    All rows are displayed, and the index unless it is unnamed and contains integers. Without rows,
    a sentence is displayed. Raises ValueError if the caption is empty.
    """
    if not caption.strip():
        raise ValueError("a table requires a caption: describe its rows, country and period")
    named = gettext("Source: %(source)s.") % {"source": source.rstrip(".")} if source else ""
    return outputs.table(frame, caption, f"{note} {named}".strip())


def added(*stages: str) -> Html:
    """Return a placeholder for the cells tagged `report` in these stages.

    In the report, the placeholder is replaced by a section "Added by the analyst" with those cells
    that the report does not contain yet, or removed if there are none.
    """
    return Html('<div data-added="{}"></div>').format(" ".join(stages))


def stage_cells(stage: str, *cell_ids: str) -> Html:
    """Return placeholders for cells of an earlier stage, selected by id.

    In the report, each placeholder is replaced by the output of the code cell in the executed
    notebook or the text of the Markdown cell, without headings. All cells need visible output.
    """
    slot = Html('<div data-stage="{0}" data-cell="{1}">In the page: cell {1} of {0}.</div>')
    return Html().join(slot.format(stage, cell_id) for cell_id in cell_ids)


class Templates:
    """The templates of a stage, with one method for each macro.

    `Templates("6-country-assessment").chain_chart(...)` renders the macro `chain_chart` in
    `cop/report/words/6-country-assessment.j2` and returns HTML.
    """

    def __init__(self, stage: str) -> None:
        """Select the stage, such as "4-ict-statistics"."""
        self.stage = stage

    def __getattr__(self, macro: str) -> Callable[..., Html]:
        """Return a function that renders a macro. Raises AttributeError for private names."""
        if macro.startswith("_"):
            raise AttributeError(macro)
        return partial(words.render, self.stage, macro)

    def texts(self, macro: str, *values: object) -> dict:
        """Return the texts and data of a figure, or a note, as keyword arguments of `figure`."""
        return words.texts(self.stage, macro, *values)


def register_formatters() -> None:
    """Change how a notebook displays figures, Series and DataFrames.

    Figures become SVG in the house style, Series become tables, and tables show long texts in full.
    Changes rcParams of matplotlib and the option `display.max_colwidth` of pandas. Has no effect
    outside a notebook.
    """
    shell = get_ipython()
    if shell is None or shell.display_formatter.active_types == ["text/plain"]:  # a terminal
        return
    matplotlib.rcParams.update(charts.STYLE)
    pd.set_option("display.max_colwidth", None)  # pages show texts in full
    backend = InlineBackend.instance(parent=shell)
    backend.shell, backend.figure_formats = shell, {"svg"}
    formatters = shell.display_formatter.formatters
    for kind in (Figure, Axes, Grid, JointGrid):
        formatters["image/svg+xml"].for_type(kind, _svg)
    formatters["text/html"].for_type(pd.Series, _series)
    formatters["text/plain"].for_type(pd.DataFrame, _size)


@charts.styled
def _svg(drawing):
    """Convert a figure to SVG, and close it so that pyplot does not display it again."""
    figure = drawing.figure
    plt.close(figure)
    return figure_block.cropped(figure)


def _series(series):
    return series.to_frame("value" if series.name is None else series.name).to_html(
        max_rows=pd.options.display.max_rows
    )


def _size(frame, printer, cycle):
    printer.text("<{} rows x {} columns>".format(*frame.shape))
