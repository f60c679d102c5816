"""Add and change rows of research tables, and check every row before it is written.

A row is a dictionary {column: text}.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pandas as pd

import cop.data
from cop.data import UserError, checks, writing

NUMBERED = re.compile(r"\[A-Z]\{3}-([A-Z])\[0-9]\{([0-9])")  # patterns for ids like UKR-E84
BEGUN = ("edition",)  # kinds of rows that `cop new` adds
# Rules that require a row of another table, which can only be added later.
LATER = (
    "is a challenge that no recommendation addresses",
    "is a gap that no recommendation addresses",
    "must have a milestone or an indicator, unless dropped",
)
DAYS = ("%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
# Columns that describe a row; a table without any uses its second column.
LABELS = ("statement", "title", "name", "challenge", "what")
Row = dict[str, str]


def tables(data: Path) -> dict[str, str]:
    """Return {kind of row: table} for `cop edit` and `cop add`, which cannot add BEGUN kinds."""
    resources = cop.data.contents(data)["resources"]
    return {table["cop:kind"]: table["name"] for table in resources if "cop:kind" in table}


def table_of(kind: str, data: Path) -> str:
    """Return the name of the table for a kind of row. Raises UserError for an unknown kind."""
    if not (name := tables(data).get(kind)):
        raise UserError(f"unknown kind of row {kind!r}; use one of: {', '.join(tables(data))}")
    return name


def keys(kind: str, data: Path) -> list[str]:
    """Return the primary key columns for a kind of row. Raises UserError for an unknown kind."""
    return cop.data.resource(table_of(kind, data), data)["schema"]["primaryKey"]


def _id_form(kind, data):  # match with letter and number of digits, or None
    first = cop.data.fields(table_of(kind, data), data)[0]
    return NUMBERED.match(first.get("constraints", {}).get("pattern", ""))


def path_of(kind: str, iso3: str, data: Path) -> str:
    """Return the path of a country's table or a shared table, relative to the data folder.

    The country and the file need not exist. Raises UserError for an unknown kind, and for a country
    code that is not three capital letters.
    """
    if not re.fullmatch(r"[A-Z]{3}", iso3):
        raise UserError(f"invalid country code {iso3!r}; use three capital letters, such as UKR")
    return cop.data.paths(table_of(kind, data), data, iso3)[0]


def present(kind: str, iso3: str, data: Path) -> pd.DataFrame:
    """Read a table as text with `cop.data.present`, to add or change rows of a `kind`.

    Also raises UserError for an unknown kind or invalid country code and, unless the table is
    shared, for a country without a folder.
    """
    if not cop.data.locate(data, path_of(kind, iso3, data)).parent.is_dir():
        raise UserError(f"research/{iso3} not found in {data}; create it with `cop new {iso3}`")
    return cop.data.present(table_of(kind, data), data, iso3)


def row_of(kind: str, iso3: str, key: list[str], data: Path) -> Row:
    """Return the first row whose columns `keys` contain the values in `key`.

    Raises UserError if there is no such row, `key` has too few or too many values, or the table
    cannot be read (see `present`).
    """
    return _find(kind, iso3, key, data).iloc[0].to_dict()


def _find(kind, iso3, key, data):
    names, table = keys(kind, data), present(kind, iso3, data)
    if len(key) != len(names):
        raise UserError(
            f"the key of {table_of(kind, data)} consists of {' and '.join(names)}; enter one value "
            f"for each instead of {' '.join(key)}"
        )
    rows = table[(table[names] == key).all(axis=1)]
    if rows.empty:
        raise UserError(
            f"row {' '.join(key)} not found in {path_of(kind, iso3, data)}; correct the id or key"
        )
    return rows


def blank(kind: str, iso3: str, data: Path) -> Row:
    """Return a new row with default values and all columns of the table.

    The defaults are the next id, the country, its latest edition, today's date, a random `origin`,
    verified "no", coder "A" and is_proposal "yes"; other columns are empty. Raises errors like
    `present`.
    """
    table, today = present(kind, iso3, data), date.today().isoformat()
    row = dict.fromkeys(table.columns, "")
    values = {
        "verified": "no", "iso3": iso3, "coder": "A", "is_proposal": "yes",
        "recorded": today, "accessed": today, "received": today,
        "edition": max(cop.data.editions(data, iso3), default=""),
        "origin": (mark := uuid4().hex[:16]), "origin_id": mark,
    }  # fmt: skip
    if _id_form(kind, data):
        values[table.columns[0]] = next_ids(kind, iso3, data)[0]
    return row | {name: text for name, text in values.items() if name in row}


def next_ids(kind: str, iso3: str, data: Path, count: int = 1) -> list[str]:
    """Return the next `count` ids, such as UKR-E84, after the highest number in use.

    The ids of this kind of row must be numbered. Raises UserError like `present`.
    """
    numbers = present(kind, iso3, data).iloc[:, 0].str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()
    first = max(map(int, numbers), default=0) + 1
    letter, width = _id_form(kind, data).groups()
    return [f"{iso3}-{letter}{n:0{width}}" for n in range(first, first + count)]


def normalise(row: Row) -> Row:
    """Strip whitespace from all cells, and convert dates in a format of DAYS to ISO 8601.

    Dates in text are converted too. Ambiguous dates (01/02/2026) are left unchanged; `cop check`
    reports them in date columns.
    """
    return {name: _iso_day(text.strip()) for name, text in row.items()}


def _iso_day(text):
    days = set()
    for form in DAYS:
        with suppress(ValueError):
            days.add(datetime.strptime(text, form).date().isoformat())
    return days.pop() if len(days) == 1 else text


def add(
    kind: str, iso3: str, rows: list[Row], data: Path, places: Sequence[tuple[str, int]] = ()
) -> list[Row]:
    """Add all rows, or none, and return them as written, with all columns of the table.

    Missing cells and empty ids are filled in as in `blank`, and all texts are normalised.
    `places` is the (file, row number) of each row for error messages. Raises UserError, without
    writing anything, for editions (see BEGUN), an invalid kind or country, an unreadable table,
    unknown columns, and invalid rows (with all their errors, except those in LATER).
    """
    if kind in BEGUN:
        raise UserError(
            f"`cop add` cannot add editions; use `cop new {iso3} --edition YEAR`, or change an "
            f"edition with `cop edit edition {iso3} YEAR --set COLUMN=VALUE`"
        )
    with writing.alone(data):
        start, key = blank(kind, iso3, data), keys(kind, data)[0]
        if unknown := sorted({name for row in rows for name in row} - start.keys()):
            raise UserError(
                f"{table_of(kind, data)} has no column {', '.join(unknown)}; its columns are "
                f"{', '.join(start)}"
            )
        if _id_form(kind, data):
            ids = iter(next_ids(kind, iso3, data, len(rows)))
            rows = [row | {key: row.get(key) or next(ids)} for row in rows]
        rows = [normalise(start | row) for row in rows]
        table, new = present(kind, iso3, data), pd.DataFrame(rows)
        new.index += max(table.index, default=1) + 1
        _check(kind, iso3, pd.concat([table, new]), new.index, data, places)
        added = cop.data.longer(table_of(kind, data), rows, data, iso3)
        writing.write(data, {path_of(kind, iso3, data): added})
    return rows


def edit(kind: str, iso3: str, key: list[str], changes: Row, data: Path) -> Row:
    """Change cells of one row, and return the row with all its columns; other cells are kept.

    `key` lists the values of the columns `keys`, which cannot be changed, since other rows may
    refer to them. `changes` is {column: text}, converted by `normalise`. Raises UserError, without
    writing, for an unknown key or column, an unreadable table, and any error in the changed row.
    """
    with writing.alone(data):
        row, names = _find(kind, iso3, key, data), keys(kind, data)
        free = row.columns.drop(names)
        if wrong := sorted(changes.keys() - {*free}):
            raise UserError(
                f"the row has no column {', '.join(wrong)} that can be changed; use one of: "
                f"{', '.join(free)}"
            )
        changes, path = normalise(changes), path_of(kind, iso3, data)
        row, table = row.assign(**changes), present(kind, iso3, data)
        table.loc[row.index] = row
        _check(kind, iso3, table, row.index, data)
        changed = dict(zip(names, key, strict=True)) | changes
        optional = cop.data.optional_columns(table_of(kind, data), data)
        old = cop.data.locate(data, path).read_bytes()
        writing.write(data, {path: cop.data.with_rows(path, old, [changed], names, optional)})
    return row.iloc[0].to_dict()


def _check(kind, iso3, table, numbers, data, places=()):
    path = path_of(kind, iso3, data)
    by_number = dict(zip(numbers, places or [(path, number) for number in numbers], strict=True))
    lines = []
    for error in checks.of_table(table_of(kind, data), table, path, data):
        if error.row in by_number and error.rule not in LATER:
            file, number = by_number[error.row]
            lines.append(str(replace(error, file=file, row=number)))
    if lines:
        raise UserError("\n".join(["nothing was written, because of these errors:", *lines]))


def row_labels(rows: pd.DataFrame) -> pd.Series:
    """Return the column that describes each row: the first in LABELS, or else the second column."""
    return rows[next((name for name in LABELS if name in rows.columns), rows.columns[1])]
