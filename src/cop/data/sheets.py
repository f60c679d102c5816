"""A file as a frame of text whose index is the row as a spreadsheet shows it, and back; and frames
made of plain rows: to loop over fifty rows and make one frame takes less than pandas.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd

from cop.data.cells import cells, numbers
from cop.data.rows import csv_text

TEXT = pd.Series(dtype="str").dtype  # by its name it would be looked for anew for each column


def text_frame(path: str | Path, names: Iterable[str]) -> pd.DataFrame:
    """Give a CSV file as a frame of text with its spreadsheet rows in the index.

    Raises Broken with the faults of shape, FileNotFoundError where there is no file.
    """
    table = cells(path, names)
    text = {name: pd.array(column, dtype=TEXT) for name, column in table.items()}
    return pd.DataFrame(text, index=table.index, copy=False)


def csv_of(frame: pd.DataFrame) -> str:
    """Give a frame as CSV text as the contract reads it, without index; missing is empty."""
    columns = map(_filled, frame._iter_column_arrays())  # none is made a Series first
    return csv_text([frame.columns, *zip(*columns, strict=True)])


def _filled(column):
    """Give the cells of a column, empty where it is missing; a frame of objects takes longer."""
    return ["" if one is None or one is pd.NA or one != one else one for one in column.tolist()]


def typed(cells: Mapping[str, Sequence[str]], fields: list[dict]) -> pd.DataFrame:
    """Give text by column as a frame in the types of the fields: numbers with missing as NA, all
    other text stays.
    """
    return told({f["name"]: numbers(cells[f["name"]], f["type"]) for f in fields}, fields)


def told(columns: Mapping[str, Sequence], fields: list[dict]) -> pd.DataFrame:
    """Give columns whose numbers are read, perhaps in another process, as that frame."""
    arrays = {f["name"]: _array(columns[f["name"]], f["type"]) for f in fields}
    return pd.DataFrame(arrays, copy=False)


def _array(column, kind):
    """Give a column as an array: pandas would take seven times as long for fifty numbers."""
    if kind == "integer":
        whole, gone = column
        return pd.arrays.IntegerArray(np.array(whole), np.array(gone, bool))
    return np.array(column) if kind == "number" else pd.array(column, dtype=TEXT)


def listed(pairs: Iterable[tuple]) -> dict:
    """Give helpers and the site {first of a pair: its seconds}, both in the order they come."""
    found = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


def grouped(rows: Iterable, *names: str) -> dict:
    """Give helpers and the site rows by what stands in these columns, where it first comes."""
    key = attrgetter(*names)
    return listed((key(row), row) for row in rows)


def of_rows(rows: Iterable, types: Mapping[str, object]) -> pd.DataFrame:
    """Give helpers rows as a frame, also where there is none, with the columns of `types`: names,
    with spaces between, and the type that they have.
    """
    kinds = [(n, TEXT if kind == "str" else kind) for ns, kind in types.items() for n in ns.split()]
    cells = zip(*rows, strict=True) if (rows := list(rows)) else ((),) * len(kinds)
    columns = {n: pd.array(c, kind) for (n, kind), c in zip(kinds, cells, strict=True)}
    return pd.DataFrame(columns, copy=False)
