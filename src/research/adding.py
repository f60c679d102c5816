"""Research added without hand-editing: evidence, sources, stakeholders or instruments, row by row.

A row is a dict of text by column. It is checked before it is written, after what is in the file.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

import contract
from contract import Fault, Refused, checks, writing
from research import together

KINDS = {
    "evidence": "evidence",
    "source": "sources",
    "stakeholder": "stakeholders",
    "instrument": "instruments",
}
LETTERS = {"evidence": "E", "source": "S", "stakeholder": "O", "instrument": "L"}
TODAY = ("recorded", "accessed")  # filled with the day on which the row is added
LAST = 999  # of the numbers that an id may have
SHAPES = {"integer": "a whole number", "date": "year-month-day, such as 2026-11-24"}
Row = dict[str, str]


@dataclass(frozen=True)
class Field:
    """One question of a form: what to ask, what may be answered, and what helps to answer."""

    name: str
    label: str
    help: str
    options: list[str] | None  # the allowed words, or None where any text is
    required: bool


def fields(kind: str, data: Path) -> list[Field]:
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


def blank(kind: str, iso3: str, data: Path) -> Row:
    """Give the row to start from: the next free id, today, not verified yet; all else empty."""
    columns = contract.columns(_table(kind), data)
    today = {name: date.today().isoformat() for name in columns if name in TODAY}
    first = {columns[0]: next_ids(kind, iso3, data)[0], "verified": "no"}
    return dict.fromkeys(columns, "") | today | first


def next_ids(kind: str, iso3: str, data: Path, count: int = 1) -> list[str]:
    """Give the next free ids by the country's scheme, such as UKR-E84.

    Of several analysts each has numbers of its own (see `together`). Raises Refused when the scheme
    is used up.
    """
    taken = present(kind, iso3, data).iloc[:, 0]
    numbers = [int(n) for n in taken.str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()]
    last = max(numbers, default=0)
    new = together.numbers(last, count, together.analyst(data))
    if max(new, default=0) > LAST:
        more = contract.count(count, "more row does", "more rows do")
        raise Refused(
            f"{path_of(kind, iso3, data)}: {more} not fit after number {last}, ids end at {LAST};"
            " bring in a smaller selection"
        )
    return [f"{iso3}-{LETTERS[kind]}{number:02d}" for number in new]


def faults_of(kind: str, iso3: str, row: Row, data: Path) -> list[Fault]:
    """Give the faults of one new row exactly as `cop check` would tell them."""
    return faults_of_rows(kind, iso3, [row], data)


def faults_of_rows(kind: str, iso3: str, rows: list[Row], data: Path) -> list[Fault]:
    """Give the faults of rows to be added, beside each other and beside what is there, but none of
    that.

    Raises Refused for a column that the table does not have.
    """
    there = present(kind, iso3, data)
    unknown = sorted({name for row in rows for name in row} - set(there.columns))
    if unknown:
        columns = ", ".join(there.columns)
        raise Refused(
            f"{', '.join(unknown)}: no such column in {_table(kind)}; the columns are {columns}"
        )
    first = max(there.index, default=1) + 1
    new = pd.DataFrame(rows, index=range(first, first + len(rows)))
    new = new.reindex(columns=there.columns).fillna("").map(lambda cell: str(cell).strip())
    both = pd.concat([there, new])
    faults = checks.of_table(_table(kind), both, path_of(kind, iso3, data), data)
    return [f for f in faults if f.row and int(f.row) >= first]


def add(kind: str, iso3: str, row: Row, data: Path) -> Row:
    """Write one row and give it as written; columns left out are filled as `blank` does.

    Raises Refused with every fault in one text; then nothing was written.
    """
    return add_rows(kind, iso3, [row], data)[0]


def add_rows(kind: str, iso3: str, rows: list[Row], data: Path) -> list[Row]:
    """Write several rows, all or none, and give them as written; see `add`.

    Rows without an id get the next free ones.
    """
    with writing.alone(data):
        new = _filled(kind, iso3, rows, data)
        _refuse_unwritable(new)
        if faults := faults_of_rows(kind, iso3, new, data):
            named = "\n".join(map(str, faults))
            raise Refused(f"nothing was written; {contract.count(len(faults), 'fault')}:\n{named}")
        path = path_of(kind, iso3, data)
        writing.write(data, {path: contract.with_rows((Path(data) / path).read_bytes(), new)})
    return new


def has_table(kind: str, iso3: str, data: Path) -> bool:
    """Say whether the country has a file for this kind."""
    return (Path(data) / path_of(kind, iso3, data)).is_file()


def present(kind: str, iso3: str, data: Path) -> pd.DataFrame:
    """Give the rows there are, as text.

    Raises Refused when the country has no such file or it is broken.
    """
    path = path_of(kind, iso3, data)
    if not has_table(kind, iso3, data):
        raise Refused(
            f"there is no {path} in {Path(data).name}/; `cop new {iso3}` begins a country"
        )
    try:
        return contract.text_frame(Path(data) / path, contract.columns(_table(kind), data))
    except contract.Broken as broken:
        raise Refused(f"mend this first, nothing was written:\n{broken}") from broken


def path_of(kind: str, iso3: str, data: Path) -> str:
    """Give the file of a kind of row, as the contract writes it; Refused for what is no code."""
    if not re.fullmatch(r"[A-Z]{3}", str(iso3)):
        raise Refused(
            f"{iso3!r} is not a country code; codes are three capital letters, such as UKR"
        )
    return contract.paths(_table(kind), data, iso3)[0]


def _filled(kind, iso3, rows, data):
    """Give the rows with an id each, and what `blank` fills in."""
    key = contract.columns(_table(kind), data)[0]
    unnamed = sum(not row.get(key) for row in rows)
    ids = iter(next_ids(kind, iso3, data, unnamed) if unnamed else [])
    start = blank(kind, iso3, data) if rows else {}
    whole = [{**start, **row, key: row.get(key) or next(ids)} for row in rows]
    return [{column: str(text).strip() for column, text in row.items()} for row in whole]


def _refuse_unwritable(rows):
    """Raise Refused for signs that no text file holds: it could not be read again."""
    for column, text in (cell for row in rows for cell in row.items()):
        if sign := re.search(r"[\x00\ud800-\udfff]", text):
            raise Refused(
                f"{column} holds a sign that cannot be written ({sign[0]!r}); nothing was written"
            )


def _table(kind):
    if kind not in KINDS:
        raise Refused(f"{kind!r} cannot be added; it is one of {', '.join(KINDS)}")
    return KINDS[kind]


def _help(field):
    """Give what stands behind a question mark: what the column is, and the form it must have."""
    pattern = field.get("constraints", {}).get("pattern")
    form = f"form: {pattern}" if pattern else None
    return "; ".join(filter(None, (field["description"], SHAPES.get(field["type"]), form)))
