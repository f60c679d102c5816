"""What a page hands over as a file: inside the page, so that no server keeps a copy."""

import base64

import pandas as pd

import cop.data
from cop.report.page import Html


def link(label: str, name: str, kind: str, content: bytes) -> Html:
    """Return a link that downloads some bytes of a media type under a name."""
    data = base64.b64encode(content).decode()
    return Html('<a download="{}" href="data:{};base64,{}">{}</a> ').format(name, kind, data, label)


def csv(frame: pd.DataFrame, **alike: str) -> bytes:
    """Return a frame as CSV to download from a page: marked as UTF-8, no formula in a cell.

    What is missing is an empty cell. Columns after those of the frame are alike in each row.
    """
    frame = frame.assign(**alike)
    lines = ([_cell(value) for value in row] for row in frame.itertuples(index=False, name=None))
    text = cop.data.csv_text([map(str, frame.columns), *lines], end="\r\n")
    return text.encode("utf-8-sig")


def _cell(value):
    """Return a cell of a download, with an apostrophe in front where text is a formula."""
    if value is None or value is pd.NA or value != value:
        return ""
    return cop.data.neutralise(value) if isinstance(value, str) else value
