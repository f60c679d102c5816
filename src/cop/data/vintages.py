"""Figures as they stood at an edition's data cut-off, so that a report can be made again.

`statistics/vintages.csv` holds what each figure was until the day on which it was replaced.
"""

import pandas as pd

import cop.data
from cop.data.reads import kept
from cop.data.tables import Place


def indicators_as_of(place: Place) -> pd.DataFrame:
    """Give the vintage of the table of indicators that stood at the cut-off of a place's edition.

    The newest where the place has no edition of its own.
    """
    return _as_it_stood(place, "indicators", _indicators)


def gci_as_of(place: Place) -> pd.DataFrame:
    """Read the table gci in the vintage that stood at the cut-off of a place's edition.

    The newest where the place has no edition of its own.
    """
    return _as_it_stood(place, "gci", _gci)


def _as_it_stood(place, table, undo):
    data, day = place.data, _cut_off(place)
    if not day:
        return cop.data.read(table, data)
    cop.data.files(data, *cop.data.paths("vintages", data))
    stamps = cop.data.stamp(table, data), cop.data.stamp("vintages", data)
    if not _replaced_after(str(data), stamps[1], day):
        return cop.data.read(table, data)
    cop.data.files(data, *cop.data.paths(table, data))
    return _undone(table, str(data), stamps, day, undo).copy()


@kept(64)
def _replaced_after(data, stamp, day):
    """Say whether any figure was replaced after a day; kept until the replacements change."""
    older = cop.data.read("vintages", data)
    return bool((older.replaced_on > day).any())


@kept(16)
def _undone(table, data, stamps, day, undo):
    """Give a table with every later replacement undone, the first one after the day deciding."""
    older = cop.data.read("vintages", data)
    older = older[(older.table == table) & (older.replaced_on > day)].sort_values("order")
    return undo(cop.data.read(table, data), older.drop_duplicates(["iso3", "code", "year"]))


def _indicators(frame, older):
    key = ["iso3", "indicator_code", "year"]
    older = older.rename(columns={"code": "indicator_code"})
    kept = frame[~pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(older[key]))]
    there = older[older.value != ""].assign(value=lambda f: f.value.astype(float))
    return pd.concat([kept, there[frame.columns]]).sort_values(key, ignore_index=True)


def _gci(frame, older):
    out = frame.set_index(["iso3", "edition"])
    for cell in older.itertuples():
        if (row := (cell.iso3, cell.year)) in out.index:
            number = pd.api.types.is_numeric_dtype(out[cell.code])
            was = float(cell.value) if number and cell.value else pd.NA if number else cell.value
            out.loc[row, cell.code] = was
            out.loc[row, "source_id"] = cell.source_id or out.loc[row, "source_id"]
    # A country without a score before has no row of that edition at all.
    came_later = older[(older.code == "score") & (older.value == "")]
    rows = pd.MultiIndex.from_frame(came_later[["iso3", "year"]])
    return out.drop(rows, errors="ignore").reset_index()


def _cut_off(place):
    """Give the day of the edition's data cut-off; "" for a place without an edition of its own."""
    iso3 = getattr(place, "iso3", None)
    path = cop.data.paths("editions", place.data, iso3)[0] if iso3 and place.edition else None
    if not path or not cop.data.locate(place.data, path).exists():
        return ""
    known = cop.data.read("editions", place.data, iso3)
    return dict(zip(known.edition.tolist(), known.cut_off.tolist(), strict=True)).get(
        place.edition, ""
    )
