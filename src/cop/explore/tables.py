"""A frame as a table that can be searched and sorted, with no network: DataTables by itables."""

import warnings

import pandas as pd
from itables import JavascriptFunction, init_notebook_mode
from itables.javascript import to_html_datatable
from markupsafe import escape

from cop.report import page

LOOKS = {
    "classes": "compact hover",
    "style": "table-layout:auto;width:100%;margin:0;caption-side:top",
    "layout": {
        "topStart": None,
        "topEnd": "search",
        "bottomStart": ["info", "pageLength"],
        "bottomEnd": "paging",
    },
    "language": {
        "search": "Search this table",
        "info": "Rows _START_ to _END_ of _TOTAL_",
        "infoEmpty": "No row",
        "infoFiltered": "(found in _MAX_)",
        "zeroRecords": "No row holds these words.",
        "lengthMenu": "_MENU_ on a page",
    },
    "lengthMenu": [8, 25, 100],
    "pageLength": 8,
    "maxBytes": 0,  # all rows, never a sample of them
    "connected": False,
    "allow_html": True,  # all text is escaped below; only our own links are HTML
    "showIndex": False,
    "display_logo_when_loading": False,
    "format_floats_in_python": False,
    "autoWidth": False,
}
LONG = 80  # characters
LINK = page.Shown('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
RIGHT = {"className": "dt-right"}
MISSING = f'<span class="missing">{page.MISSING}</span>'
# What a number looks like; what it is sorted by stays the number. No value is told in words.
RENDER = (
    "function(v, kind) {{ if (kind !== 'display') return v; if (v == null || Number.isNaN(v))"
    " return '{missing}'; return {written}; }}"
)
DIGITS = "v.toLocaleString('en', {maximumFractionDigits: Math.abs(v) >= 1000 ? 0 : 2})"
NUMBER = JavascriptFunction(RENDER.format(missing=MISSING, written=DIGITS))
YEAR = JavascriptFunction(RENDER.format(missing=MISSING, written="String(v)"))


def ready() -> None:
    """Bring what makes the tables of views interactive into the notebook; its output must stay."""
    init_notebook_mode(all_interactive=False, connected=False)


def shown(frame: pd.DataFrame, caption: str, headings: dict[str, str]) -> str:
    """Return a frame of a view as HTML with its script; what is missing is said in words.

    `headings` maps the columns shown to their headings. A `source` or `title` beside a column `url`
    leads there. An empty frame says so.
    """
    if frame.empty:
        return page.say("{}: no row is recorded for what is chosen.", caption, kind="none")
    cells = pd.DataFrame({heading: _cells(frame, column) for column, heading in headings.items()})
    numbers = [
        {"targets": i, "render": YEAR if c in ("year", "edition") else NUMBER, **RIGHT}
        for i, c in enumerate(headings)
        if pd.api.types.is_numeric_dtype(frame[c])
    ]
    long = [i for i, column in enumerate(headings) if _is_long(frame[column])]
    looks = [*numbers, {"targets": 0, "className": "first"}, {"targets": long, "className": "long"}]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return to_html_datatable(cells, str(escape(caption)), columnDefs=looks, order=[], **LOOKS)


def _cells(frame, column):
    """Return one column as the table takes it: numbers as they are, text escaped, with links."""
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values):
        return list(values.astype(object).where(values.notna(), None))
    links = frame["url"] if column in ("title", "source") and "url" in frame else [""] * len(frame)
    return [_cell(value, link) for value, link in zip(values, links, strict=True)]


def _is_long(values):
    """Tell whether a column holds running text, which needs room on a phone."""
    return not pd.api.types.is_numeric_dtype(values) and values.astype("str").str.len().max() > LONG


def _cell(value, link):
    """Return one cell as HTML: escaped, a link where there is one, missing in words."""
    if pd.isna(value) or value == "":
        return '<span class="missing">not stated</span>'
    if str(link).startswith(("https://", "http://")):
        return str(LINK.format(link, value))
    return str(escape(value))
