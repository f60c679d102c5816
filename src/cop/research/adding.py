"""Research added and changed without hand-editing, row by row, in every table that a person fills.

A row is a dict of text by column. It is checked before it is written, after what is in the file.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Fault, Refused, checks, writing
from cop.data.checks import editions
from cop.research import spoken, together

KINDS = {
    "evidence": "evidence",
    "source": "sources",
    "stakeholder": "stakeholders",
    "instrument": "instruments",
    "alignment": "alignment",
    "challenge": "challenges",
    "recommendation": "recommendations",
    "partnership": "partnerships",
    "result": "expected_results",
    "comment": "comments",
    "action": "actions",
    "milestone": "milestones",
    "reading": "readings",
    "service": "services",
    "treaty": "treaties",
    "exercise": "exercises",
    "study": "child_studies",
    "difference": "differences",
    "open-gap": "open_gaps",
    "other-figure": "other_figures",
    "table-25": "table_25",
    "survey-question": "survey_items",
    "survey-answer": "survey",
    "survey-group": "survey_groups",
    "survey-about": "survey_about",
    "territory-note": "territory_notes",
    "edition": "editions",
}
LETTERS = {  # of the ids that are numbered here; other rows are named by what they are about
    "evidence": "E", "source": "S", "stakeholder": "O", "instrument": "L", "service": "V",
    "challenge": "C", "recommendation": "R", "comment": "M", "action": "A", "exercise": "X",
    "study": "K",
}  # fmt: skip
BEGUN = {"edition": "cop new {} --edition YEAR"}  # rows that a command of their own begins
TODAY = ("recorded", "accessed", "received")  # filled with the day on which the row is added
LAST = dict.fromkeys(("challenge", "recommendation", "exercise", "study"), 99)  # of its numbers
# Rules that a row of another table fulfils, which can only be written once this one is there.
LATER = (
    "is a challenge that no recommendation answers",
    "is a gap that no recommendation answers",
    "has neither a milestone nor an indicator",
)
MARKS = ("origin", "origin_id")  # of a comment: what tells one that was sent from another
SHAPES = {"integer": "a whole number", "date": "year-month-day, such as 2026-11-24"}
Row = dict[str, str]
Places = Iterable[tuple[str, int]]  # a file and a row, as a spreadsheet shows it


@dataclass(frozen=True)
class Field:
    """One question of a form: what to ask, what may be answered, and what helps to answer."""

    name: str
    label: str
    help: str
    options: list[str] | None  # the allowed words, or None where any text is
    required: bool
    labels: tuple[str, ...] = ()  # how the words are shown in a page, in their order


def fields(kind: str, data: Path) -> list[Field]:
    """Give what a row of one kind consists of, as questions, in its table's order, the id first."""
    return [
        Field(
            f["name"],
            f["title"],
            _help(f),
            [*(words := cop.data.labelled(f))] or None,
            bool(f.get("constraints", {}).get("required")),
            tuple(words.values()),
        )
        for f in cop.data.fields(_table(kind), data)
    ]


def blank(kind: str, iso3: str, data: Path) -> Row:
    """Give the row to start from: the next free id, today, not verified yet; all else empty."""
    columns = cop.data.columns(_table(kind), data)
    today = {name: date.today().isoformat() for name in columns if name in TODAY}
    known = {"verified": "no", "iso3": iso3, "coder": _coder(data), "is_proposal": "yes"}
    known |= {"edition": max(cop.data.editions(data, iso3), default="")}
    first = {name: text for name, text in known.items() if name in columns} | today
    if kind in LETTERS:
        first |= {columns[0]: next_ids(kind, iso3, data)[0]}
    return dict.fromkeys(columns, "") | first


def next_ids(kind: str, iso3: str, data: Path, count: int = 1) -> list[str]:
    """Give the next free ids by the country's scheme, such as UKR-E84.

    Of several analysts each has numbers of its own (see `together`). Raises Refused when the scheme
    is used up.
    """
    taken = present(kind, iso3, data).iloc[:, 0]
    numbers = [int(n) for n in taken.str.extract(r"-[A-Z]([0-9]+)$")[0].dropna()]
    last = max(numbers, default=0)
    new = together.numbers(last, count, together.analyst(data))
    most = LAST.get(kind, 999)
    if max(new, default=0) > most:
        more = cop.data.count(count, "more row does", "more rows do")
        raise Refused(
            f"{path_of(kind, iso3, data)}: {more} not fit after number {last}, ids end at {most};"
            " bring in a smaller selection"
        )
    width = 3 if kind == "comment" else 2
    return [f"{iso3}-{LETTERS[kind]}{number:0{width}}" for number in new]


def faults_of(kind: str, iso3: str, row: Row, data: Path) -> list[Fault]:
    """Give the faults of one new row exactly as `cop check` would tell them."""
    return faults_of_rows(kind, iso3, [row], data)


def faults_of_rows(
    kind: str, iso3: str, rows: list[Row], data: Path, places: Places = ()
) -> list[Fault]:
    """Try rows that a person adds to research: give their faults, beside each other and what is
    there.

    `places` are where rows of a sheet stand in it: whoever mends it looks for them there. Raises
    Refused for a column that the table does not have.
    """
    there = present(kind, iso3, data)
    unknown = sorted({name for row in rows for name in row} - set(there.columns))
    if unknown:
        columns = ", ".join(there.columns)
        raise Refused(
            f"{', '.join(unknown)}: no such column in {_table(kind)}; the columns are {columns}"
        )
    first = max(there.index, default=1) + 1
    rows = [understood(kind, row, data) for row in rows]
    new = pd.DataFrame(rows, index=range(first, first + len(rows)))
    new = new.reindex(columns=there.columns).fillna("").map(lambda cell: str(cell).strip())
    both = pd.concat([there, new])
    faults = checks.of_table(_table(kind), both, path_of(kind, iso3, data), data)
    at = dict(enumerate(places, first))
    return [_told(f, at.get(int(f.row))) for f in faults if f.row and int(f.row) >= first]


def understood(kind: str, row: Row, data: Path) -> Row:
    """Give a row as its table holds it: days, yes and no, and labels of words (see `spoken`)."""
    return spoken.row(_table(kind), row, data)


def row_of(kind: str, iso3: str, named: list[str], data: Path) -> Row:
    """Give the row that these words name, one for each column of the key; Refused without one."""
    key, there = keys(kind, data), present(kind, iso3, data)
    if len(named) != len(key):
        raise Refused(f"a row of {_table(kind)} is named by {' and '.join(key)}")
    rows = there[(there[key] == named).all(axis=1)]
    if rows.empty:
        raise Refused(f"{path_of(kind, iso3, data)} has no row {' '.join(named)}")
    return rows.iloc[0].to_dict()


def keys(kind: str, data: Path) -> list[str]:
    """Give the columns that name a row to be added."""
    return cop.data.resource(_table(kind), data)["schema"]["primaryKey"]


def faults_of_change(kind: str, iso3: str, row: Row, data: Path) -> list[Fault]:
    """Try what a person changes in a row of research: give the faults that it would have."""
    table, key, there = _table(kind), keys(kind, data), present(kind, iso3, data)
    row = understood(kind, row, data)
    mine = (there[key] == [row[name] for name in key]).all(axis=1)
    there.loc[mine, list(row)] = list(row.values())
    at = set(map(str, there.index[mine]))
    faults = checks.of_table(table, there, path_of(kind, iso3, data), data)
    return [_told(f) for f in faults if str(f.row) in at]


def edit(kind: str, iso3: str, named: list[str], changes: Row, data: Path) -> Row:
    """Edit cells of one row of research, all others keep their bytes; give the row as it is then.

    Raises Refused for what names a row, as others may refer to it, for a column that there is
    not, and with every fault; then nothing was written.
    """
    with writing.alone(data):
        old, key = row_of(kind, iso3, named, data), keys(kind, data)
        if wrong := [name for name in changes if name in key or name not in old]:
            others = ", ".join(name for name in old if name not in key)
            raise Refused(f"{', '.join(wrong)} cannot be changed; the other columns are {others}")
        new = understood(kind, old | changes, data)
        _refuse_unwritable([new])
        _refuse(faults_of_change(kind, iso3, new, data))
        path = path_of(kind, iso3, data)
        raw = (Path(data) / path).read_bytes()
        cells = {name: text for name, text in new.items() if text != old[name]}
        writing.write(data, {path: cop.data.replaced(raw, {tuple(named): cells}, tuple(key))})
    return new


def add(kind: str, iso3: str, row: Row, data: Path) -> Row:
    """Write one row and give it as written; columns left out are filled as `blank` does.

    Raises Refused with every fault in one text; then nothing was written.
    """
    return add_rows(kind, iso3, [row], data)[0]


def add_rows(kind: str, iso3: str, rows: list[Row], data: Path, places: Places = ()) -> list[Row]:
    """Write several rows, all or none, and give them as written; see `add`, `faults_of_rows`.

    Rows without an id get the next free ones.
    """
    if kind in BEGUN:
        raise Refused(f"`{BEGUN[kind].format(iso3)}` begins one; `cop edit {kind}` changes it")
    with writing.alone(data):
        new = _filled(kind, iso3, rows, data)
        _refuse_unwritable(new)
        _refuse(faults_of_rows(kind, iso3, new, data, places))
        path = path_of(kind, iso3, data)
        writing.write(data, {path: cop.data.longer(_table(kind), new, data, iso3)})
    return new


def named(kind: str, row: Row, data: Path) -> str:
    """Give what names a row that is edited, as `cop edit` is told it."""
    return " ".join(row[key] for key in keys(kind, data))


def still_to_do(kind: str, iso3: str, rows: list[Row], data: Path) -> list[str]:
    """Give what rows that were written or changed still need in another table, a sentence each."""
    key = keys(kind, data)[0]
    ids = {row[key] for row in rows}
    path = path_of(kind, iso3, data)
    faults = checks.of_table(_table(kind), present(kind, iso3, data), path, data)
    left = [f"{f.value} {f.rule}. {f.fix}" for f in faults if f.rule in LATER and f.value in ids]
    if kind == "service":
        left += _named_as_bodies(iso3, rows, data)
    return left + (_cut_off(iso3, rows, data) if kind == "source" else [])


def _named_as_bodies(iso3, rows, data):
    """Give the faults of organisations that have the name of one of these services."""
    names, table = {row["name"] for row in rows}, _table("stakeholder")
    there, path = present("stakeholder", iso3, data), path_of("stakeholder", iso3, data)
    faults = checks.of_table(table, there, path, data)
    return [str(fault) for fault in faults if fault.column == "name" and fault.value in names]


def _cut_off(iso3, rows, data):
    """Give the fault of the data cut-off where one of these sources was seen after it."""
    days = [row["accessed"] for row in rows if row["verified"] == "yes"]
    faults = editions.of_cut_off(data, iso3)
    return [str(fault) for fault in faults if max(days, default="") > fault.value]


def has_table(kind: str, iso3: str, data: Path) -> bool:
    """Say whether a country has a file to which this kind of row can be added."""
    return (Path(data) / path_of(kind, iso3, data)).is_file()


def present(kind: str, iso3: str, data: Path) -> pd.DataFrame:
    """Give the rows of the table of research to be added to, as text.

    Raises Refused when the country has no such file or it is broken.
    """
    path = path_of(kind, iso3, data)
    begun = (Path(data) / path).parent.is_dir()
    if not has_table(kind, iso3, data) and not (begun and cop.data.optional(_table(kind), data)):
        if iso3 not in path:
            raise Refused(f"{Path(data).name}/ has no {path} of its own: leave --data out")
        raise Refused(
            f"there is no {path} in {Path(data).name}/; `cop new {iso3}` begins a country"
        )
    return cop.data.present(_table(kind), data, iso3)


def path_of(kind: str, iso3: str, data: Path) -> str:
    """Give the file of a kind of research row, by the contract; Refused for what is no code."""
    if not re.fullmatch(r"[A-Z]{3}", str(iso3)):
        raise Refused(
            f"{iso3!r} is not a country code; codes are three capital letters, such as UKR"
        )
    return cop.data.paths(_table(kind), data, iso3)[0]


def _coder(data):
    """Give the coder who works here: A, or B where this copy is the second analyst's."""
    one = together.analyst(data)
    return one.letter if one and one.letter in "AB" else "A"


def _refuse(faults):
    """Raise Refused with every fault but those that a row of another table mends afterwards."""
    if faults := [fault for fault in faults if fault.rule not in LATER]:
        named = "\n".join(map(str, faults))
        raise Refused(f"nothing was written; {cop.data.count(len(faults), 'error')}:\n{named}")


def _told(fault, place=None):
    """Give a fault at its place; of a day that may be either it says which two it may be."""
    file, row = place or (fault.file, fault.row)
    mend = spoken.told(str(fault.value)) or fault.fix
    return replace(fault, file=file, row=row, fix=mend)


def _filled(kind, iso3, rows, data):
    """Give the rows with an id each, and what `blank` fills in."""
    start = blank(kind, iso3, data) if rows else {}
    whole = [_marked(start | row) for row in _numbered(kind, iso3, rows, data)]
    clean = [{column: str(text).strip() for column, text in row.items()} for row in whole]
    return [understood(kind, row, data) for row in clean]


def _numbered(kind, iso3, rows, data):
    """Give the rows with an id each, where the table numbers its rows."""
    if kind not in LETTERS:
        return rows
    key = cop.data.columns(_table(kind), data)[0]
    unnamed = sum(not row.get(key) for row in rows)
    ids = iter(next_ids(kind, iso3, data, unnamed) if unnamed else [])
    return [{**row, key: row.get(key) or next(ids)} for row in rows]


def _marked(row):
    """Give a comment that came by word of mouth a mark of its own, as one that was sent has."""
    said = "\n".join(str(row.get(name, "")) for name in ("received", "role", "text"))
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    return row | {name: row[name] or mark for name in MARKS if name in row}


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
