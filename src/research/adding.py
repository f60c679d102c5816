"""Research added without hand-editing: one row of evidence, source, stakeholder or instrument, checked, then written whole.

A row is a dict of text by column. What is already in the file keeps its every byte: the row is put after it.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

import contract
from contract import Refused, checks, writing

KINDS = {
    "evidence": "evidence",
    "source": "sources",
    "stakeholder": "stakeholders",
    "instrument": "instruments",
}
LETTERS = {"evidence": "E", "source": "S", "stakeholder": "O", "instrument": "L"}
TODAY = ("recorded", "accessed")  # filled with the day on which the row is added


@dataclass(frozen=True)
class Field:
    """One question of a form: what to ask, what may be answered, and what helps to answer."""

    name: str
    label: str
    help: str
    options: list | None  # the allowed words, or None where any text is
    required: bool


def fields(kind, data):
    """Give the questions for one kind of row, in the order of its table, the id first."""
    return [
        Field(
            f["name"],
            f["title"],
            _help(f),
            contract.words(f) or None,
            bool(f.get("constraints", {}).get("required")),
        )
        for f in contract.fields(_table(kind), data)
    ]


def blank(kind, iso3, data):
    """Give {column: text} to start from: the next free id, today, not verified yet; all else empty."""
    names = [f["name"] for f in contract.fields(_table(kind), data)]
    start = dict.fromkeys(names, "") | {
        name: date.today().isoformat() for name in names if name in TODAY
    }
    return start | {names[0]: next_ids(kind, iso3, data)[0], "verified": "no"}


def next_ids(kind, iso3, data, count=1):
    """Give the next free ids by the country's scheme, such as UKR-E84; raises Refused when the scheme is used up."""
    taken = present(kind, iso3, data).iloc[:, 0]
    numbers = [int(n) for n in taken.str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()]
    last = max(numbers, default=0)
    if last + count > 999:
        raise Refused(
            f"{path_of(kind, iso3, data)}: {contract.count(count, 'more row does', 'more rows do')} not fit after number {last}, ids end at 999;"
            " bring in a smaller selection"
        )
    return [f"{iso3}-{LETTERS[kind]}{last + i:02d}" for i in range(1, count + 1)]


def faults_of(kind, iso3, row, data):
    """Give the faults of one new row exactly as `cop check` would tell them; none when it may be written."""
    return faults_of_rows(kind, iso3, [row], data)


def faults_of_rows(kind, iso3, rows, data):
    """Give the faults of several new rows, beside each other and beside what is there; other rows' faults are not told."""
    there = present(kind, iso3, data)
    unknown = sorted({name for row in rows for name in row} - set(there.columns))
    if unknown:
        columns = ", ".join(there.columns)
        raise Refused(
            f"{', '.join(unknown)}: no such column in {_table(kind)}; the columns are {columns}"
        )
    first = max(there.index, default=1) + 1
    new = (
        pd.DataFrame(rows, index=range(first, first + len(rows)))
        .reindex(columns=there.columns)
        .fillna("")
    )
    both = pd.concat([there, new.map(lambda cell: str(cell).strip())])
    found = checks.of_table(_table(kind), both, path_of(kind, iso3, data), data)
    return [f for f in found if f.row and int(f.row) >= first]


def add(kind, iso3, row, data):
    """Write one row and give it as written; columns left out are filled as `blank` does.

    Raises Refused with every fault in one text; then nothing was written.
    """
    return add_rows(kind, iso3, [row], data)[0]


def add_rows(kind, iso3, rows, data):
    """Write several rows, all or none, and give them as written; rows without an id get the next free ones."""
    with writing.alone(data):
        key = contract.fields(_table(kind), data)[0]["name"]
        unnamed = [row for row in rows if not row.get(key)]
        ids = iter(next_ids(kind, iso3, data, len(unnamed)) if unnamed else [])
        start = blank(kind, iso3, data) if rows else {}
        written = [{**start, **row, key: row.get(key) or next(ids)} for row in rows]
        written = [{column: str(text).strip() for column, text in row.items()} for row in written]
        _refuse_unwritable(written)
        found = faults_of_rows(kind, iso3, written, data)
        if found:
            raise Refused(
                f"nothing was written; {contract.count(len(found), 'fault')}:\n"
                + "\n".join(map(str, found))
            )
        path = path_of(kind, iso3, data)
        writing.write(data, {path: contract.with_rows((Path(data) / path).read_bytes(), written)})
    return written


def _refuse_unwritable(rows):
    """Raise Refused for signs that no text file holds: it could not be read again."""
    for row in rows:
        for column, text in row.items():
            if found := re.search(r"[\x00\ud800-\udfff]", text):
                raise Refused(
                    f"{column} holds a sign that cannot be written ({found[0]!r}); nothing was written"
                )


def has_table(kind, iso3, data):
    """Say whether the country has a file for this kind."""
    return (Path(data) / path_of(kind, iso3, data)).is_file()


def present(kind, iso3, data):
    """Give the rows there are, as text; raises Refused when the country has no such file or it is broken."""
    path = Path(data) / path_of(kind, iso3, data)
    if not path.is_file():
        raise Refused(
            f"there is no {path_of(kind, iso3, data)} in {Path(data).name}/; `cop new {iso3}` begins a country"
        )
    try:
        return contract.text_frame(path, [f["name"] for f in contract.fields(_table(kind), data)])
    except contract.Broken as broken:
        raise Refused(f"mend this first, nothing was written:\n{broken}") from broken


def path_of(kind, iso3, data):
    """Give the file of a kind of row, as the contract writes it."""
    if not re.fullmatch(r"[A-Z]{3}", str(iso3)):
        raise Refused(
            f"{iso3!r} is not a country code; codes are three capital letters, such as UKR"
        )
    return contract.paths(_table(kind), data, iso3)[0]


def _table(kind):
    if kind not in KINDS:
        raise Refused(f"{kind!r} cannot be added; it is one of {', '.join(KINDS)}")
    return KINDS[kind]


def _help(field):
    """Give what stands behind a question mark: what the column is, and the form it must have."""
    shape = {"integer": "a whole number", "date": "year-month-day, such as 2026-11-24"}.get(
        field["type"]
    )
    pattern = field.get("constraints", {}).get("pattern")
    return "; ".join(
        part
        for part in (field["description"], shape, f"form: {pattern}" if pattern else None)
        if part
    )
