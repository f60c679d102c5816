"""Render DataFrames as tables with search and sorting that work offline (with itables)."""

import warnings

import pandas as pd
from itables import JavascriptFunction, init_notebook_mode
from itables.javascript import to_html_datatable
from markupsafe import Markup, escape

OPTIONS = {
    "classes": "compact hover",
    "style": "table-layout:auto;width:100%;margin:0;caption-side:top",
    "layout": {"topStart": None, "topEnd": "search", "bottomStart": ["info", "pageLength"],
               "bottomEnd": "paging"},
    "language": {"search": "Search this table", "lengthMenu": "_MENU_ rows per page"},
    "lengthMenu": [8, 25, 100],
    "pageLength": 8,
    "maxBytes": 0,  # show all rows, not a sample
    "connected": False,
    "allow_html": True,  # all text is escaped below; only our own links are HTML
    "showIndex": False,
    "display_logo_when_loading": False,
    "format_floats_in_python": False,
}  # fmt: skip
LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
MISSING = '<span class="missing">not stated</span>'
# Formats a number for display; columns are sorted by value.
NUMBER = (
    "function(v, kind) {{ if (kind !== 'display') return v; if (v == null || Number.isNaN(v))"
    " return '<span class=\"missing\">no data</span>'; return {written}; }}"
)
DIGITS = "v.toLocaleString('en', {maximumFractionDigits: Math.abs(v) >= 1000 ? 0 : 2})"
YEARS = ("year", "edition")


def load_scripts() -> None:
    """Add the JavaScript for tables to the output of the current cell, which must be kept."""
    init_notebook_mode(all_interactive=False, connected=False)


def to_html(frame: pd.DataFrame, caption: str, headings: dict[str, str]) -> str:
    """Render a DataFrame as an HTML table with its script, or as a sentence if it is empty.

    `headings` is {column: heading} for the columns to display. Missing cells are labelled. A
    title links to the URL in `url`, if any. The page also requires `load_scripts`.
    """
    if frame.empty:
        return str(Markup('<p class="none">{}: no rows.</p>').format(caption))
    cells, options = {}, [{"targets": 0, "className": "first"}]
    for i, (column, heading) in enumerate(headings.items()):
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values):
            cells[heading] = values.astype(object).where(values.notna(), None).tolist()
            written = "String(v)" if column in YEARS else DIGITS
            render = JavascriptFunction(NUMBER.format(written=written))
            options.append({"targets": i, "render": render, "className": "dt-right"})
            continue
        linked = column == "title" and "url" in frame
        links = frame["url"] if linked else [""] * len(frame)
        cells[heading] = [_cell(*pair) for pair in zip(values, links, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return to_html_datatable(
            pd.DataFrame(cells), str(escape(caption)), columnDefs=options, order=[], **OPTIONS
        )


def _cell(value, link):
    if pd.isna(value) or value == "":
        return MISSING
    if str(link).startswith(("https://", "http://")):
        return str(LINK.format(link, value))
    return str(escape(value))
