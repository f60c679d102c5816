"""A file as a frame of text whose index is the row as a spreadsheet shows it, and back."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from contract.cells import cells
from contract.reads import kept
from contract.rows import csv_text

NUMBERS = {"integer": "Int64", "number": "float64"}
TEXT = pd.Series(dtype="str").dtype  # by its name it would be looked for anew for each column


def text_frame(path: str | Path, names: Iterable[str]) -> pd.DataFrame:
    """Give a CSV file as a frame of text with its spreadsheet rows in the index.

    It is kept for the next caller, so nobody may change it. Raises Broken with the faults of
    shape, FileNotFoundError where there is no file.
    """
    return _text_frame(Path(path), tuple(names), Path(path).stat().st_mtime_ns)


@kept(512)
def _text_frame(path, names, changed):
    table = cells(path, names)
    text = {name: pd.array(table[name], dtype=TEXT) for name in names}
    return pd.DataFrame(text, index=table.index, copy=False)


def csv_of(frame: pd.DataFrame) -> str:
    """Give a frame as CSV text as the contract reads it, without index; missing is empty."""
    columns = [_filled(column) for _, column in frame.items()]
    return csv_text([frame.columns, *zip(*columns, strict=True)])


def _filled(column):
    """Give the cells of a column, empty where it is missing; a frame of objects takes longer."""
    return ["" if one is None or one is pd.NA or one != one else one for one in column.tolist()]


def convert(frame: pd.DataFrame, fields: list[dict]) -> pd.DataFrame:
    """Turn text into the types of the fields: numbers with missing as NA, all other text stays."""
    kinds = {f["name"]: NUMBERS[f["type"]] for f in fields if f["type"] in NUMBERS}
    return frame.assign(**{c: _numbers(frame[c].tolist(), kind) for c, kind in kinds.items()})


def _numbers(cells, kind):
    """Give cells as numbers: pandas would take seven times as long for a table of fifty rows."""
    if kind == "float64":
        return np.array([float(cell) if cell else np.nan for cell in cells], kind)
    gone = np.array([not cell for cell in cells], bool)
    return pd.arrays.IntegerArray(np.array([int(cell or 0) for cell in cells], "int64"), gone)
