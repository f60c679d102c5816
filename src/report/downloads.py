"""What a page hands over as a file: inside the page, so that no server keeps a copy."""

import base64

import pandas as pd

from report.page import Shown

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula


def link(label: str, name: str, kind: str, content: bytes) -> Shown:
    """Give a link that saves some bytes of a media type under a name."""
    data = base64.b64encode(content).decode()
    return Shown('<a download="{}" href="data:{};base64,{}">{}</a> ').format(
        name, kind, data, label
    )


def csv(frame: pd.DataFrame) -> bytes:
    """Give a frame as CSV in UTF-8 with the byte order mark of Excel; no cell begins a formula."""
    return frame.map(harmless).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def harmless(value: object) -> object:
    """Give a cell so that no spreadsheet takes it for a formula: text is led by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
