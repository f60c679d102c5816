"""A row verified: what was seen in its source, on which page and day, and by whom, is kept."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, writing
from cop.research import together

TABLE = "verifications"
TABLES = ("evidence", "sources", "instruments", "stakeholders", "services")


def row_of(row_id: str, data: Path) -> tuple[str, dict[str, str]]:
    """Give (table, row) of an id such as UKR-E05; Refused where there is no such row."""
    for table in TABLES:
        key = cop.data.fields(table, data)[0]
        if re.fullmatch(key["constraints"]["pattern"], row_id):
            rows = cop.data.present(table, data, row_id[:3])
            found = rows[rows[key["name"]] == row_id]
            if len(found):
                return table, found.iloc[0].to_dict()
    raise Refused(f"there is no row {row_id} to verify; `cop verify UKR-E05` verifies a row")


def note(row_id: str, data: Path, quotation: str, page: str = "") -> dict[str, str]:
    """Write that a row was seen to be so, with the passage that says it; give what was kept.

    The row is verified from then on. Raises Refused for a row without a source, or without a
    passage; then nothing was written.
    """
    iso3 = row_id[:3]
    with writing.alone(data):
        table, row = row_of(row_id, data)
        seen = _seen(row_id, row, data) | {"page": page.strip(), "quotation": quotation.strip()}
        files = _verified({table: row_id, "sources": seen["source_id"]}, iso3, data)
        looks = cop.data.paths(TABLE, data, iso3)[0]
        files[looks], last = _with(seen, iso3, data)
        _refuse(row_id, files, {row_id, seen["source_id"]}, (looks, last), data)
        writing.write(data, files)
    return seen


def passages(iso3: str, data: Path) -> dict[str, list[str]]:
    """Give {source: the passages that somebody saw in it}, each once, in the table's order."""
    rows = cop.data.present(TABLE, data, iso3)
    return {source: [*dict.fromkeys(q)] for source, q in rows.groupby("source_id").quotation}


def _seen(row_id, row, data):
    """Give a row of verifications without page and passage."""
    source = row.get("source_id")
    if not source:
        raise Refused(f"{row_id} names no source; say first which source says it")
    who, columns = together.analyst(data), cop.data.columns(TABLE, data)
    by = {"seen_on": date.today().isoformat(), "verified_by": who.letter if who else ""}
    return dict.fromkeys(columns, "") | {"row_id": row_id, "source_id": source} | by


def _verified(rows, iso3, data):
    """Give {path: bytes} of tables in which a row of each, by its id, is verified."""
    files = {}
    for table, row_id in rows.items():
        path, key = cop.data.paths(table, data, iso3)[0], cop.data.columns(table, data)[0]
        raw = (Path(data) / path).read_bytes()
        files[path] = cop.data.replaced(raw, {row_id: {"verified": "yes"}}, key)
    return files


def _refuse(row_id, files, ids, last, data):
    """Raise Refused with the faults of the rows that change, none of others."""
    paths = [cop.data.paths(table, data, row_id[:3])[0] for table in TABLES]
    there = {p: (Path(data) / p).read_bytes() for p in paths if (Path(data) / p).exists()}
    faults = [
        fault
        for fault in writing.faults_if_written(there | files, data)
        if (fault.file, fault.row) == last or _of_rows(fault, files, ids)
    ]
    if faults:
        named = "\n".join(map(str, faults))
        raise Refused(f"{row_id} is not verified, nothing was written:\n{named}")


def _of_rows(fault, files, ids):
    """Say whether a fault is of a row with one of these ids, in a table that changes."""
    if fault.file not in files or not fault.row:
        return False
    text = files[fault.file].decode("utf-8-sig")
    lines = [*cop.data.separated(text, cop.data.separator_of(text))]
    return bool(ids & set(lines[int(fault.row) - 1][:1]))


def _with(seen, iso3, data):
    """Give the table with a row at its end, as bytes, and that row's place.

    It takes the place of one of the same day.
    """
    rows = cop.data.present(TABLE, data, iso3)
    key = cop.data.resource(TABLE, data)["schema"]["primaryKey"]
    same = (rows[key] == pd.Series(seen)[key]).all(axis=1)
    every = pd.concat([rows[~same], pd.DataFrame([seen])])
    return cop.data.csv_of(every).encode(), len(every) + 1
