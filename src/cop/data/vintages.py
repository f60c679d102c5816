"""Figures as they were at an edition's data cut-off, so that a report can be made again.

`statistics/vintages.csv` holds what each figure was until the day on which it was replaced.
"""

import contextlib
from functools import lru_cache

import pandas as pd

from cop.data import package, tables
from cop.data.tables import Place


def as_of(table: str, place: Place) -> pd.DataFrame:
    """Read `indicators` or `gci` as it was at the cut-off of a place's edition, else the newest."""
    data, day = place.data, _cut_off(place)
    if not day:
        return tables.read(table, data)
    stamps = package.stamp(table, data), package.stamp("vintages", data)
    return _undone(table, str(data), stamps, day).copy(deep=False)


@lru_cache(maxsize=16)
def _undone(table, data, stamps, day):
    """Undo every later replacement; the first one after the day decides."""
    older, frame = tables.read("vintages", data), tables.read(table, data)
    older = older[(older.table == table) & (older.replaced_on > day)].sort_values("order")
    older = older.drop_duplicates(["iso3", "code", "year"])
    if older.empty:
        return frame
    if table == "gci":
        return _gci(frame, older)
    key = ["iso3", "indicator_code", "year"]
    older = older.rename(columns={"code": "indicator_code"})
    older = older.assign(value=pd.to_numeric(older.value))
    both = pd.concat([older[frame.columns], frame]).drop_duplicates(key)
    return both.dropna(subset="value").sort_values(key, ignore_index=True)


def _gci(frame, older):
    out = frame.set_index(["iso3", "edition"])
    for cell in older.itertuples():
        if (row := (cell.iso3, cell.year)) in out.index:
            number = pd.api.types.is_numeric_dtype(out[cell.code])
            out.loc[row, cell.code] = pd.to_numeric(cell.value) if number else cell.value
            out.loc[row, "source_id"] = cell.source_id or out.loc[row, "source_id"]
    # A country without a score before has no row of that edition at all.
    return out.dropna(subset="score").reset_index()


def _cut_off(place):
    """Return the data cut-off of a place's edition; "" if it has no edition of its own."""
    with contextlib.suppress(FileNotFoundError):
        if getattr(place, "iso3", "") and place.edition:
            editions = tables.read("editions", place.data, place.iso3)
            return dict(zip(editions.edition, editions.cut_off, strict=True)).get(place.edition, "")
    return ""
