"""The record of what was published of a country: which returns, in which edition.

A survey is published once in an edition and then frozen; later answers count in the next edition,
which does not count earlier returns again. Two publications therefore never share a person, and
nobody can subtract one from the other. The record is in the restricted store and only grows.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cop.data import Refused
from cop.fieldwork import restricted

COLUMNS = ["when", "edition", "survey", "state", "returns"]


def path(data: Path, iso3: str) -> Path:
    """Return where the record of a country is kept."""
    return restricted.folder(data) / f"publications-{iso3}.csv"


def read(data: Path, iso3: str, edition: str) -> pd.DataFrame:
    """Read the record, oldest first, `returns` as sets of return_ids.

    What an earlier version of the program published counts as of this edition.
    """
    there = path(data, iso3)
    if not there.exists():
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    rows = restricted.table(there.read_bytes())
    if "numbers" in rows:
        rows = _earlier_version(rows, there, edition)
    return rows.assign(returns=rows.returns.map(lambda ids: frozenset(ids.split())))


def add(states: dict[str, frozenset[str] | None], data: Path, iso3: str, edition: str) -> None:
    """Add {survey: returns counted} of what was published, None of what was withdrawn."""
    if states:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [
            [now, edition, survey, "withdrawn" if ids is None else "published", ids or frozenset()]
            for survey, ids in states.items()
        ]
        record = pd.concat([read(data, iso3, edition), pd.DataFrame(rows, columns=COLUMNS)])
        record = record.assign(returns=[" ".join(sorted(ids)) for ids in record.returns])
        restricted.write(data, {path(data, iso3).name: restricted.packed(record)})


def _earlier_version(rows, there, edition):
    """Convert the ledger kept before surveys were frozen; raises Refused where it was changed."""
    for number, row in enumerate(rows.itertuples(), 2):
        if row.numbers and hashlib.sha256(row.numbers.encode()).hexdigest() != row.sha256:
            raise Refused(
                f"{there}, row {number}: was changed after it was written. Put back the file as it "
                "was: it says what readers can compare with"
            )
    counted = rows[rows.table == "returns"].groupby("survey").question.agg(" ".join)
    new = counted.reset_index(name="returns").assign(when=rows.when.max(), edition=edition)
    return new.assign(state="published")[COLUMNS]
