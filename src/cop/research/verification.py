"""Verify rows, and record the supporting passage with page, date and analyst."""

from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, writing
from cop.research import rows

TABLE = "verifications"
KINDS = {  # {letter in an id: kind of row}
    "E": "evidence", "S": "source", "L": "instrument", "O": "stakeholder", "V": "service"
}  # fmt: skip


def find_row(row_id: str, data: Path) -> tuple[str, dict[str, str]]:
    """Return (kind, row) for an id such as UKR-E05.

    Raises UserError if the letter in the id is not in KINDS, or if `rows.row_of` raises it.
    """
    if not (kind := KINDS.get(row_id[4:5])):
        raise UserError(f"{row_id!r} is not the id of a row to verify; enter an id such as UKR-E05")
    return kind, rows.row_of(kind, row_id[:3], [row_id], data)


def verify_row(
    row_id: str, data: Path, quotation: str, page: str = "", analyst: str = ""
) -> dict[str, str]:
    """Mark a row and its source as verified, and return the new row of verifications.csv.

    `quotation` is the passage on `page` of the source, and `analyst` a letter such as B. A second
    record of the same row and source on one day replaces the first. Raises UserError, without
    writing anything, if the row does not exist or has no source, or the change would cause errors.
    """
    iso3 = row_id[:3]
    with writing.alone(data):
        kind, row = find_row(row_id, data)
        if not (source := row.get("source_id")):
            raise UserError(f"{row_id} has no source; fill in its `source_id` with `cop edit`")
        look = {
            "row_id": row_id, "source_id": source, "page": page, "quotation": quotation.strip(),
            "seen_on": date.today().isoformat(), "verified_by": analyst,
        }  # fmt: skip
        paths = [rows.path_of(name, iso3, data) for name in KINDS.values()]
        files = {p: Path(data, p).read_bytes() for p in paths if Path(data, p).exists()}
        for name, key in ((kind, row_id), ("source", source)):
            path, [column] = rows.path_of(name, iso3, data), rows.keys(name, data)
            change = {column: key, "verified": "yes"}
            if path in files:  # otherwise the check reports that the source is missing
                files[path] = cop.data.with_rows(path, files[path], [change], [column])
        files[cop.data.paths(TABLE, data, iso3)[0]] = table_with(look, iso3, data)
        writing.refuse_writing(files, data, f"{row_id} cannot be verified")
        writing.write(data, files)
    return look


def quotations(iso3: str, data: Path) -> dict[str, list[str]]:
    """Return {source_id: distinct quotations} from a country's verifications.csv.

    Sources without quotations are left out. Raises UserError if the file is unreadable.
    """
    table = cop.data.present(TABLE, data, iso3)
    return table.groupby("source_id").quotation.unique().map(list).to_dict()


def table_with(verification, iso3, data):
    """Return verifications.csv as bytes, with a row added or, if its key exists, replaced."""
    table = pd.concat([cop.data.present(TABLE, data, iso3), pd.DataFrame([verification])])
    key = cop.data.resource(TABLE, data)["schema"]["primaryKey"]
    return cop.data.csv_of(table.drop_duplicates(key, keep="last")).encode()
