"""Verify a row: keep the passage that was seen in its source, with page, day and analyst."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, writing

TABLE = "verifications"
TABLES = ("evidence", "sources", "instruments", "stakeholders", "services")
PAGE = re.compile(r"(?!0+$)[^\W_].*")  # 12, 12-14, iv, "Annex 2"


def find_row(row_id: str, data: Path) -> tuple[str, dict[str, str]]:
    """Return (table, row) of an id such as UKR-E05; raises Refused where there is none."""
    for table in TABLES:
        key = cop.data.fields(table, data)[0]
        if re.fullmatch(key["constraints"]["pattern"], row_id):
            rows = cop.data.present(table, data, row_id[:3])
            found = rows[rows[key["name"]] == row_id]
            if len(found):
                return table, found.iloc[0].to_dict()
    raise Refused(f"there is no row {row_id} to verify; `cop verify UKR-E05` verifies a row")


def verify_row(
    row_id: str, data: Path, quotation: str, page: str = "", analyst: str = ""
) -> dict[str, str]:
    """Mark a row and its source as verified and keep the passage; return the row that was kept.

    A second look on the same day replaces the first. Raises Refused for a row without a source,
    and with every error that the change would bring; then nothing was written.
    """
    iso3, page = row_id[:3], page.strip()
    if page and not PAGE.fullmatch(page):
        raise Refused(f"{page!r} is not a page: write a number such as 12, 12-14 or iv")
    with writing.alone(data):
        table, row = find_row(row_id, data)
        if not (source := row.get("source_id")):
            raise Refused(f"{row_id} names no source; first fill in source_id")
        seen = {"row_id": row_id, "source_id": source, "page": page, "quotation": quotation.strip()}
        seen |= {"seen_on": date.today().isoformat(), "verified_by": analyst}
        paths = {name: cop.data.paths(name, data, iso3)[0] for name in (*TABLES, TABLE)}
        before = {
            p: (Path(data) / p).read_bytes() for p in paths.values() if (Path(data) / p).exists()
        }
        after = before | {paths[TABLE]: _table_with(seen, iso3, data)}
        for name, key in ({table: row_id} | {"sources": source}).items():
            column, change = cop.data.columns(name, data)[0], {key: {"verified": "yes"}}
            after[paths[name]] = cop.data.replaced(after[paths[name]], change, column)
        earlier = {*writing.faults_if_written(before, data)}
        if new := [f for f in writing.faults_if_written(after, data) if f not in earlier]:
            named = "\n".join(map(str, new))
            raise Refused(f"{row_id} is not verified, nothing was written:\n{named}")
        writing.write(data, {path: raw for path, raw in after.items() if raw != before.get(path)})
    return seen


def quotations(iso3: str, data: Path) -> dict[str, list[str]]:
    """Return {source: distinct passages that were seen in it}."""
    rows = cop.data.present(TABLE, data, iso3)
    return {source: [*texts.unique()] for source, texts in rows.groupby("source_id").quotation}


def _table_with(seen, iso3, data):
    """Return the table of verifications with a row at its end, as bytes."""
    rows = cop.data.present(TABLE, data, iso3)
    key = cop.data.resource(TABLE, data)["schema"]["primaryKey"]
    same = (rows[key] == pd.Series(seen)[key]).all(axis=1)
    return cop.data.csv_of(pd.concat([rows[~same], pd.DataFrame([seen])])).encode()
