"""Add and change rows of research; every row is checked before it is written.

A row is a dict of text by column.
"""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Fault, Refused, checks, writing
from cop.research import KINDS

PREFIXES = {  # of the ids that are numbered here; other rows are named by their key
    "evidence": "E", "source": "S", "stakeholder": "O", "instrument": "L", "service": "V",
    "challenge": "C", "recommendation": "R", "comment": "M", "action": "A", "exercise": "X",
    "study": "K",
}  # fmt: skip
LIMITS = dict.fromkeys(("challenge", "recommendation", "exercise", "study"), 99)  # else 999
BEGUN = {"edition": "cop new {} --edition YEAR"}  # rows that another command adds
TODAY = ("recorded", "accessed", "received")  # columns filled with the day of adding
# Rules that a row of another table fulfils, which can only be written once this row exists.
LATER = (
    "is a challenge that no recommendation answers",
    "is a gap that no recommendation answers",
    "has neither a milestone nor an indicator",
)
DAYS = ("%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
SPELLINGS = {"y": "yes", "true": "yes", "n": "no", "false": "no"}
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
    """Return the rows of a table as text; raises Refused where it is missing or damaged."""
    path = path_of(kind, iso3, data)
    folder, may_be_absent = (Path(data) / path).parent, cop.data.optional(KINDS[kind], data)
    if not (Path(data) / path).is_file() and not (may_be_absent and folder.is_dir()):
        fix = f"`cop new {iso3}` begins a country" if iso3 in path else "leave --data out"
        raise Refused(f"there is no {path} in {Path(data).name}/; {fix}")
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
    columns = cop.data.columns(KINDS[kind], data)
    values = {"verified": "no", "iso3": iso3, "coder": "A", "is_proposal": "yes"}
    values["edition"] = max(cop.data.editions(data, iso3), default="")
    values |= dict.fromkeys(TODAY, date.today().isoformat())
    row = {name: values.get(name, "") for name in columns}
    return row | ({columns[0]: next_ids(kind, iso3, data)[0]} if kind in PREFIXES else {})


def next_ids(kind: str, iso3: str, data: Path, count: int = 1) -> list[str]:
    """Return the next free ids, such as UKR-E84; raises Refused when the numbers are used up."""
    numbers = present(kind, iso3, data).iloc[:, 0].str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()
    last, limit = max(map(int, numbers), default=0), LIMITS.get(kind, 999)
    if last + count > limit:
        more = cop.data.count(count, "more row")
        raise Refused(f"{more} cannot follow number {last}: ids end at {limit}; add fewer")
    width = 3 if kind == "comment" else 2
    return [f"{iso3}-{PREFIXES[kind]}{last + n:0{width}}" for n in range(1, count + 1)]


def normalise(kind: str, row: Row, data: Path) -> Row:
    """Return a row as its table holds it: ISO days, yes and no, codes instead of labels.

    Text that may mean two things stays as it is, for the check to refuse.
    """
    columns = {field["name"]: field for field in cop.data.fields(KINDS[kind], data)}
    return {n: _normalise(columns.get(n, {}), str(text).strip()) for n, text in row.items()}


def _normalise(field, text):
    if field.get("type") == "date":
        days = possible_days(text)
        return days[0] if len(days) == 1 else text
    words = cop.data.labelled(field)
    by_name = {label.casefold(): word for word, label in words.items()}
    by_name |= {spelling: word for spelling, word in SPELLINGS.items() if word in words}
    by_name |= {word.casefold(): word for word in words}
    return text if text in words else by_name.get(text.casefold(), text)


def possible_days(text: str) -> list[str]:
    """Return the ISO days that a day in another notation may mean, day-first before month-first."""
    days = []
    for form in DAYS:
        with suppress(ValueError):
            days.append(datetime.strptime(text, form).date().isoformat())
    return list(dict.fromkeys(days))


def check(
    kind: str,
    iso3: str,
    rows: list[Row],
    data: Path,
    places: Iterable[tuple[str, int]] = (),
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
        new.index = range(first := max(table.index, default=1) + 1, first + len(new))
    found, result = dict(zip(new.index, places, strict=False)), []
    both = pd.concat([table, new]).sort_index()
    for fault in checks.of_table(KINDS[kind], both, path_of(kind, iso3, data), data):
        if fault.row and int(fault.row) in new.index and fault.rule not in LATER:
            file, row = found.get(int(fault.row), (fault.file, fault.row))
            days = possible_days(str(fault.value))
            fix = f"It may be either day: write {' or '.join(days)}" if days[1:] else fault.fix
            result.append(replace(fault, file=file, row=row, fix=fix))
    return result


def add(
    kind: str, iso3: str, rows: list[Row], data: Path, places: Iterable[tuple[str, int]] = ()
) -> list[Row]:
    """Add rows, all or none, and return them as written; missing cells are filled as in `blank`.

    Raises Refused with every error at once; then nothing was written.
    """
    if kind in BEGUN:
        raise Refused(f"`{BEGUN[kind].format(iso3)}` begins one; `cop edit {kind}` changes it")
    with writing.alone(data):
        new = _complete(kind, iso3, rows, data)
        _refuse(new, check(kind, iso3, new, data, places))
        path = path_of(kind, iso3, data)
        writing.write(data, {path: cop.data.longer(KINDS[kind], new, data, iso3)})
    return new


def edit(kind: str, iso3: str, key: list[str], changes: Row, data: Path) -> Row:
    """Change cells of one row and return the row; all other cells keep their bytes.

    Raises Refused with every error at once, also for a column of the key, since other rows may
    refer to it; then nothing was written.
    """
    with writing.alone(data):
        old, names = row_of(kind, iso3, key, data), keys(kind, data)
        free = [name for name in old if name not in names]
        if wrong := [name for name in changes if name not in free]:
            others = f"the other columns are {', '.join(free)}"
            raise Refused(f"{', '.join(wrong)} cannot be changed; {others}")
        new, path = normalise(kind, old | changes, data), path_of(kind, iso3, data)
        _refuse([new], check(kind, iso3, [new], data, change=True))
        cells = {name: text for name, text in new.items() if text != old[name]}
        raw = cop.data.replaced((Path(data) / path).read_bytes(), {(*key,): cells}, (*names,))
        writing.write(data, {path: raw})
    return new


def _complete(kind, iso3, rows, data):
    """Return rows with an id each and with what `blank` fills in."""
    first = blank(kind, iso3, data)
    if kind in PREFIXES:
        key = keys(kind, data)[0]
        missing = sum(not row.get(key) for row in rows)
        ids = iter(next_ids(kind, iso3, data, missing) if missing else [])
        rows = [row | {key: row.get(key) or next(ids)} for row in rows]
    rows = [normalise(kind, first | row, data) for row in rows]
    for row in rows if kind == "comment" else []:  # one that was sent has a mark of its own
        said = "\n".join(row[name] for name in ("received", "role", "text"))
        mark = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
        row.update({name: row[name] or mark for name in ("origin", "origin_id")})
    return rows


def _refuse(rows, faults):
    """Raise Refused with every error, and for signs that no text file holds."""
    for column, text in (cell for row in rows for cell in row.items()):
        if sign := re.search(r"[\x00\ud800-\udfff]", text):
            raise Refused(f"{column} holds a sign that cannot be written ({sign[0]!r})")
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
    field = next(field for field in schema["fields"] if field["name"] == column)
    targets = [target.split(".") for target in field.get("cop:refersTo", [])]
    for key in schema.get("foreignKeys", []) if column != "iso3" else []:
        target = key["reference"]["resource"], key["reference"]["fields"][0]
        targets += [target] if key["fields"] == [column] else []
    for table, key in targets:
        path = cop.data.locate(data, cop.data.paths(table, data, iso3)[0])
        if not path.exists():
            continue
        rows = cop.data.text_frame(path, cop.data.columns(table, data))
        if kind == "alignment" and table == "guidelines":  # facts about a document are not judged
            rows = rows[rows.kind != "document fact"]
        result |= dict(zip(rows[key], row_labels(rows), strict=True))
    return result


def row_labels(rows: pd.DataFrame) -> pd.Series:
    """Return what describes each row in a list."""
    return rows[next((name for name in LABELS if name in rows.columns), rows.columns[1])]
