"""Figures as they stood at an edition's data cut-off, so that a report can be made again after figures were refreshed.

`statistics/vintages.csv` holds what each figure was until the day on which it was replaced.
"""

from functools import lru_cache

import pandas as pd

import contract


def indicators(place):
    """Give the table of indicators as it stood at the cut-off of the place's edition; the newest where it has none."""
    return _as_it_stood(place, "indicators", _indicators)


def gci(place):
    """Give the table of the Global Cybersecurity Index as it stood at the cut-off; the newest where there is none."""
    return _as_it_stood(place, "gci", _gci)


def _as_it_stood(place, table, undo):
    contract.READS.update(("file", path) for path in contract.paths("vintages", place.data))
    stamps, day = (
        (contract.stamp(table, place.data), contract.stamp("vintages", place.data)),
        _cut_off(place),
    )
    if not day or not _replaced_after(str(place.data), stamps[1], day):
        return contract.read(table, place.data)
    contract.READS.update(("file", path) for path in contract.paths(table, place.data))
    return _undone(table, str(place.data), stamps, day, undo).copy()


@lru_cache(maxsize=64)
def _replaced_after(data, stamp, day):
    """Say whether any figure was replaced after a day; kept as long as the table of replacements does not change."""
    older = contract.read("vintages", data)
    return bool((older.replaced_on > day).any())


@lru_cache(maxsize=16)
def _undone(table, data, stamps, day, undo):
    """Give a table with every later replacement undone, the first one after the day deciding."""
    older = (
        contract.read("vintages", data)
        .query("table == @table and replaced_on > @day")
        .sort_values("order")
    )
    first = older.drop_duplicates(["iso3", "code", "year"])
    return undo(contract.read(table, data), first)


def _indicators(frame, older):
    key = ["iso3", "indicator_code", "year"]
    older = older.rename(columns={"code": "indicator_code"})
    kept = frame[~pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(older[key]))]
    there = older[older.value != ""].assign(value=lambda f: f.value.astype(float))
    return pd.concat([kept, there[frame.columns]]).sort_values(key, ignore_index=True)


def _gci(frame, older):
    key = ["iso3", "edition"]
    out = frame.set_index(key)
    for cell in older.itertuples():
        if (place := (cell.iso3, cell.year)) in out.index:
            number = pd.api.types.is_numeric_dtype(out[cell.code])
            out.loc[place, cell.code] = (
                cell.value if not number else float(cell.value) if cell.value else pd.NA
            )
            out.loc[place, "source_id"] = cell.source_id or out.loc[place, "source_id"]
    came_later = older[(older.code == "score") & (older.value == "")]
    return out.drop(
        pd.MultiIndex.from_frame(came_later[["iso3", "year"]]), errors="ignore"
    ).reset_index()


def _cut_off(place):
    """Give the day of the edition's data cut-off; nothing for a place without an edition of its own."""
    iso3 = getattr(place, "iso3", None)
    path = contract.paths("editions", place.data, iso3)[0] if iso3 and place.edition else None
    if not path or not contract.locate(place.data, path).exists():
        return ""
    known = contract.read("editions", place.data, iso3).set_index("edition").cut_off
    return known.get(place.edition, "")
