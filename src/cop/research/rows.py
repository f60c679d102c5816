"""Add and change rows of research; every row is checked before it is written.

A row is a dict of text by column.
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
from cop.data import Fault, Refused, checks, writing
from cop.research import KINDS

PREFIXES = {  # of the ids that are numbered here; other rows are named by their key
    "evidence": "E", "source": "S", "stakeholder": "O", "instrument": "L", "service": "V",
    "challenge": "C", "recommendation": "R", "comment": "M", "action": "A", "exercise": "X",
    "study": "K",
}  # fmt: skip
BEGUN = {"edition": "cop new {} --edition YEAR"}  # rows that another command adds
# Rules that a row of another table fulfils, which can only be written once this row exists.
LATER = (
    "is a challenge that no recommendation answers",
    "is a gap that no recommendation answers",
    "has neither a milestone nor an indicator",
)
DAYS = ("%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
LABELS = (  # columns that describe a row, the first that a table has; else its second column
    "statement", "title", "name", "name_en", "challenge", "what", "item", "capability", "indicator",
)  # fmt: skip
Row = dict[str, str]


def keys(kind: str, data: Path) -> list[str]:
    """Return the columns that identify a row."""
    return cop.data.resource(KINDS[kind], data)["schema"]["primaryKey"]


def path_of(kind: str, iso3: str, data: Path) -> str:
    """Return the file of a kind of row in the data folder; raises Refused for a bad code."""
    if not re.fullmatch(r"[A-Z]{3}", str(iso3)):
        raise Refused(f"{iso3!r} is not a country code: write three capital letters, such as UKR")
    return cop.data.paths(KINDS[kind], data, iso3)[0]


def present(kind: str, iso3: str, data: Path) -> pd.DataFrame:
    """Return the rows of a table as text; raises Refused where the country has no folder."""
    if not (Path(data) / path_of(kind, iso3, data)).parent.is_dir():
        raise Refused(f"there is no research/{iso3} in {data}; `cop new {iso3}` begins a country")
    return cop.data.present(KINDS[kind], data, iso3)


def row_of(kind: str, iso3: str, key: list[str], data: Path) -> Row:
    """Return the row with these values in its key columns; raises Refused where there is none."""
    names, table = keys(kind, data), present(kind, iso3, data)
    if len(key) != len(names):
        raise Refused(f"a row of {KINDS[kind]} is named by {' and '.join(names)}")
    rows = table[(table[names] == key).all(axis=1)]
    if rows.empty:
        raise Refused(f"{path_of(kind, iso3, data)} has no row {' '.join(key)}")
    return rows.iloc[0].to_dict()


def blank(kind: str, iso3: str, data: Path) -> Row:
    """Return the row to start from: next free id, today, not verified; all else empty."""
    table, today = present(kind, iso3, data), date.today().isoformat()
    row = dict.fromkeys(table.columns, "")
    values = {
        "verified": "no", "iso3": iso3, "coder": "A", "is_proposal": "yes",
        "recorded": today, "accessed": today, "received": today,
        "edition": max(cop.data.editions(data, iso3), default=""),
        "origin": (mark := uuid4().hex[:16]), "origin_id": mark,
    }  # fmt: skip
    if kind in PREFIXES:
        values[table.columns[0]] = next_ids(kind, iso3, data)[0]
    return row | {name: text for name, text in values.items() if name in row}


def next_ids(kind: str, iso3: str, data: Path, count: int = 1) -> list[str]:
    """Return the next free ids, such as UKR-E84."""
    numbers = present(kind, iso3, data).iloc[:, 0].str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()
    first = max(map(int, numbers), default=0) + 1
    width = 3 if kind == "comment" else 2
    return [f"{iso3}-{PREFIXES[kind]}{n:0{width}}" for n in range(first, first + count)]


def normalise(kind: str, row: Row, data: Path) -> Row:
    """Return a row as its table holds it: ISO days, and codes in their own case.

    Text that may mean two things stays as it is, for the check to refuse.
    """
    fields = {field["name"]: field for field in cop.data.fields(KINDS[kind], data)}
    return {name: _normalise(fields.get(name, {}), text.strip()) for name, text in row.items()}


def _normalise(field, text):
    if field.get("type") == "date":
        days = set()
        for form in DAYS:
            with suppress(ValueError):
                days.add(datetime.strptime(text, form).date().isoformat())
        return days.pop() if len(days) == 1 else text
    codes = {code.casefold(): code for code in cop.data.labelled(field)}
    return codes.get(text.casefold(), text)


def check(
    kind: str,
    iso3: str,
    rows: list[Row],
    data: Path,
    places: Sequence[tuple[str, int]] = (),
    change: bool = False,
) -> list[Fault]:
    """Return the errors of new rows, or (`change`) of one that replaces the row with its key.

    They are those that `cop check` would report, but for those that a row of another table fixes
    afterwards. `places` are (file, row) of rows from a file, where the person will correct them.
    """
    table, names = present(kind, iso3, data), keys(kind, data)
    if unknown := sorted({name for row in rows for name in row} - set(table.columns)):
        columns = f"its columns are {', '.join(table.columns)}"
        raise Refused(f"{', '.join(unknown)}: no such column in {KINDS[kind]}; {columns}")
    new = pd.DataFrame([normalise(kind, row, data) for row in rows], columns=table.columns)
    new = new.fillna("")
    if change:
        new.index = table.index[(table[names] == [*new[names].iloc[0]]).all(axis=1)]
        table = table.drop(new.index)
    else:
        new.index += max(table.index, default=1) + 1
    path, result = path_of(kind, iso3, data), []
    places = dict(zip(new.index, places or [(path, number) for number in new.index], strict=True))
    every = pd.concat([table, new]).sort_index()
    for fault in checks.of_table(KINDS[kind], every, path, data):
        if fault.row in places and fault.rule not in LATER:
            file, number = places[fault.row]
            result.append(replace(fault, file=file, row=number))
    return result


def add(
    kind: str, iso3: str, rows: list[Row], data: Path, places: Sequence[tuple[str, int]] = ()
) -> list[Row]:
    """Add rows, all or none, and return them as written; missing cells are filled as in `blank`.

    Raises Refused with every error at once; then nothing was written.
    """
    if kind in BEGUN:
        raise Refused(f"`{BEGUN[kind].format(iso3)}` begins one; `cop edit {kind}` changes it")
    with writing.alone(data):
        start, key = blank(kind, iso3, data), keys(kind, data)[0]
        if kind in PREFIXES:
            ids = iter(next_ids(kind, iso3, data, len(rows)))
            rows = [row | {key: row.get(key) or next(ids)} for row in rows]
        new = [normalise(kind, start | row, data) for row in rows]
        _refuse(check(kind, iso3, new, data, places))
        added = cop.data.longer(KINDS[kind], new, data, iso3)
        writing.write(data, {path_of(kind, iso3, data): added})
    return new


def edit(kind: str, iso3: str, key: list[str], changes: Row, data: Path) -> Row:
    """Change cells of one row and return the row; all other cells keep their bytes.

    Raises Refused with every error at once, also for a column of the key, since other rows may
    refer to it; then nothing was written.
    """
    with writing.alone(data):
        old, names = row_of(kind, iso3, key, data), keys(kind, data)
        free = [name for name in old if name not in names]
        if wrong := sorted(changes.keys() - free):
            others = f"the other columns are {', '.join(free)}"
            raise Refused(f"{', '.join(wrong)} cannot be changed; {others}")
        new, path = normalise(kind, old | changes, data), path_of(kind, iso3, data)
        _refuse(check(kind, iso3, [new], data, change=True))
        optional = cop.data.optional_columns(KINDS[kind], data)
        old = (Path(data) / path).read_bytes()
        raw = cop.data.with_rows(old, [new], names, optional)
        writing.write(data, {path: raw})
    return new


def _refuse(faults):
    """Raise Refused with every error."""
    if faults:
        errors = cop.data.count(len(faults), "error")
        raise Refused("\n".join([f"nothing was written; {errors}:", *map(str, faults)]))


def still_to_do(iso3: str, rows: list[Row], data: Path) -> list[str]:
    """Return the errors in the country's other tables that concern written rows, or its cut-off."""
    values = {text for row in rows for text in row.values() if text}
    faults = checks.of_country(data, iso3)
    return [str(fault) for fault in faults if fault.value in values or fault.column == "cut_off"]


def choices(kind: str, column: str, iso3: str, data: Path) -> Row:
    """Return {id: label} of the rows that a column may name; empty where it names none."""
    schema, result = cop.data.resource(KINDS[kind], data)["schema"], {}
    fields = {field["name"]: field for field in schema["fields"]}
    targets = [target.split(".") for target in fields[column].get("cop:refersTo", [])]
    for key in schema.get("foreignKeys", []):
        if key["fields"] == [column] != ["iso3"]:
            targets.append((key["reference"]["resource"], *key["reference"]["fields"]))
    for table, key in targets:
        file = cop.data.locate(data, cop.data.paths(table, data, iso3)[0])
        if file.exists():
            rows = cop.data.text_frame(file, cop.data.columns(table, data))
            result |= dict(zip(rows[key], row_labels(rows), strict=True))
    return result


def row_labels(rows: pd.DataFrame) -> pd.Series:
    """Return what describes each row in a list."""
    return rows[next((name for name in LABELS if name in rows.columns), rows.columns[1])]
