"""CSV files as frames of text and back, and frames made of plain rows."""

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

import pandas as pd

from cop.data.csvfiles import csv_text, rows
from cop.data.package import columns, locate, optional, optional_columns, paths
from cop.data.reads import StrPath


def text_frame(path: StrPath, names: Iterable[str], optional: Iterable[str] = ()) -> pd.DataFrame:
    """Read a CSV file as text, with the rows as a spreadsheet shows them in the index.

    Columns that are optional are empty where the file lacks them. Raises Broken with the errors of
    shape, FileNotFoundError if there is no file.
    """
    changed = Path(path).stat().st_mtime_ns
    return _text_frame(Path(path), tuple(names), tuple(optional), changed).copy(deep=False)


def text_of(
    name: str, data: StrPath, iso3: str | None = None, path: str | None = None
) -> pd.DataFrame:
    """Read a table of a data folder as text: of a country, a shared one, or one of its files.

    An optional table without a file has no rows; any other raises FileNotFoundError.
    """
    path = path or paths(name, data, iso3)[0]
    if (file := locate(data, path)).exists():
        return text_frame(file, columns(name, data), optional_columns(name, data))
    if not optional(name, data):
        raise FileNotFoundError(f"{path} is not in {Path(data).name}/; the contract asks for it")
    return pd.DataFrame(columns=columns(name, data), dtype="str")


@lru_cache(maxsize=512)
def _text_frame(path, names, optional, changed):
    header, filled = rows(path, list(names), list(optional))
    frame = pd.DataFrame([*filled.values()], [*filled], header, dtype="str")
    return frame.reindex(columns=[*names], fill_value="")


def csv_of(frame: pd.DataFrame) -> str:
    """Return a frame as CSV text, without its index; missing values are empty."""
    text = frame.astype(object).where(frame.notna(), "")
    return csv_text([frame.columns, *text.itertuples(index=False)])


def typed(text: pd.DataFrame, fields: list[dict]) -> pd.DataFrame:
    """Convert columns of text to the types of the fields; empty numbers become NA."""
    return pd.DataFrame({f["name"]: _column(text[f["name"]], f["type"]) for f in fields})


def _column(text, kind):
    if kind == "integer":
        return pd.array([int(cell) if cell else None for cell in text], "Int64")
    if kind == "number":
        return pd.array([float(cell or "nan") for cell in text], "float64")
    return pd.array([*text], "str")


def listed(pairs: Iterable[tuple]) -> dict:
    """Group the second items of pairs by their first, in order of appearance."""
    groups = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    return groups


def grouped(rows: Iterable, *names: str) -> dict:
    """Group rows by the values of these columns, in order of appearance."""
    key = attrgetter(*names)
    return listed((key(row), row) for row in rows)
