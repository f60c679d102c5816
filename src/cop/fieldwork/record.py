"""The record of what was published of a country: which returns, in which edition.

A survey is published once in an edition and then frozen; later answers count in the next edition,
which does not count earlier returns again. Two publications therefore never share a person, and
nobody can subtract one from the other. The record is kept in the restricted store and only grows.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cop.data import Refused
from cop.fieldwork import restricted

COLUMNS = ["when", "edition", "survey", "state", "returns", "sha256"]
PUBLISHED, WITHDRAWN = "published", "withdrawn"


def path(data: Path, iso3: str) -> Path:
    """Return where the record of a country is kept."""
    return restricted.folder(data) / f"publications-{iso3}.csv"


def read(data: Path, iso3: str, edition: str) -> pd.DataFrame:
    """Read the record, oldest first, `returns` as sets of return_ids.

    A record of an earlier version of the program counts as of this edition. Raises Refused where
    such a record was changed after it was written.
    """
    there = path(data, iso3)
    if not there.exists():
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    rows = restricted.table(there.read_bytes())
    if "numbers" in rows:
        rows = _earlier_version(rows, there, edition)
    return rows.assign(returns=rows.returns.map(lambda ids: frozenset(ids.split())))


def add(rows: list[list], data: Path, iso3: str, edition: str) -> None:
    """Add [survey, state, returns, sha256] of what was published or withdrawn."""
    if rows:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        new = pd.DataFrame([[now, edition, *row] for row in rows], columns=COLUMNS)
        record = pd.concat([read(data, iso3, edition), new])
        record = record.assign(returns=[" ".join(sorted(ids)) for ids in record.returns])
        restricted.write(data, {path(data, iso3).name: restricted.packed(record)})


def _earlier_version(rows, there, edition):
    """Convert the ledger of numbers that the program kept before surveys were frozen."""
    intact = [hashlib.sha256(r.numbers.encode()).hexdigest() == r.sha256 for r in rows.itertuples()]
    for number, (row, same) in enumerate(zip(rows.itertuples(), intact, strict=True), 2):
        if row.numbers and not same:
            raise Refused(
                f"{there}, row {number}: was changed after it was written. Put back the file as it "
                "was: it says what readers can compare with"
            )
    surveys = rows[rows.table == "returns"].groupby("survey")
    ids = surveys.question.agg(" ".join).reset_index(name="returns")
    return ids.assign(when=rows.when.max(), edition=edition, state=PUBLISHED, sha256="")[COLUMNS]
