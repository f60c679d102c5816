"""What a page hands over as a file: inside the page, so that no server keeps a copy."""

import base64
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

import cop.data
from cop.report import page
from cop.report.page import Shown

BOM = "\ufeff"  # by which Excel knows UTF-8


def link(label: str, name: str, kind: str, content: bytes) -> Shown:
    """Return a link that downloads some bytes of a media type under a name."""
    data = base64.b64encode(content).decode()
    return Shown('<a download="{}" href="data:{};base64,{}">{}</a> ').format(
        name, kind, data, label
    )


def csv(frame: pd.DataFrame, **alike: str) -> bytes:
    """Return a frame as CSV to download from a page: marked as UTF-8, no formula in a cell.

    What is missing is an empty cell. Columns after those of the frame are alike in each row.
    """
    columns = [*page.by_column(frame), *([value] * len(frame) for value in alike.values())]
    lines = zip(*([_cell(value) for value in column] for column in columns), strict=True)
    heads = [*map(str, frame.columns), *alike]
    return cop.data.csv_text([heads, *lines], end="\r\n").encode("utf-8-sig")


def _cell(value):
    """Return a cell of a download, with an apostrophe in front where text is a formula."""
    if value is None or value is pd.NA or value != value:
        return ""
    return cop.data.neutralise(value) if isinstance(value, str) else value


def table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as the text of a CSV file to download: with the mark of UTF-8, no cell a formula.

    A row without a column has nothing there.
    """
    lines = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    return BOM + cop.data.csv_text([columns, *lines], end="\r\n")
