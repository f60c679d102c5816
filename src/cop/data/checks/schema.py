"""The rules that `datapackage.json` declares for a table, checked on its text with pandas.

Types, required, unique, words, patterns, bounds, keys and references, and our own keywords:
`cop:notAfter` (the latest day), `cop:limits` (a maximum that depends on another column) and
`cop:needs` (cells that must, or must not, be filled, depending on others).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import starmap
from pathlib import Path

import pandas as pd

from cop.data.cells import split
from cop.data.checks import damage
from cop.data.checks.tables import Check
from cop.data.faults import Fault
from cop.data.package import contents, labelled, own_ids, resource, with_label

SHAPES = {
    "integer": r"-?[0-9]{1,18}",
    "number": r"-?[0-9]{1,18}(\.[0-9]+)?([eE]-?[0-9]{1,2})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
TYPES = {  # what is wrong with a cell that is not of a type, and the fix
    "integer": ("is not a whole number", "Write digits only, such as 2024, or leave it empty"),
    "number": (
        "is not a number",
        "Write it with a point and no spaces, such as 12.5, or leave it empty",
    ),
    "date": ("is not a date", "Write it as year-month-day, such as 2026-11-24"),
}
DUPLICATE = ("occurs twice in the column", "Give each row its own key, or remove the repeated row")
TAKEN = (
    "is already taken by a row above",
    "Two rows must not have the same key: remove or change one",
)
UNVERIFIED = ("is not verified and supports nothing", "Verify that row first, or leave it out here")
YEAR = re.compile("(?:1[0-9]|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")  # up to the maximum of a year
ZONES = timedelta(days=1)  # it may be tomorrow elsewhere
CHECK_DAY = "Check the year and the day; a digit may be wrong"


def check_table(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield what breaks a declared rule in a table of text, indexed by spreadsheet rows."""
    schema = resource(check.name, check.data)["schema"]
    latest, fields = latest_times(check.data), {field["name"]: field for field in schema["fields"]}
    for field in schema["fields"]:
        yield from check_column(table[field["name"]], field, check)
        if limit := field.get("cop:notAfter"):
            yield from check_time(table[field["name"]], limit, latest[limit], check)
        if targets := field.get("cop:refersTo"):
            yield from _references(table, field["name"], targets, check, schema["fields"])
    yield from _key(table, schema["primaryKey"], fields, check)
    for key in schema.get("foreignKeys", []):
        [column], to = key["fields"], key["reference"]
        targets = [f"{to['resource']}.{to['fields'][0]}"]
        yield from _references(table, column, targets, check, ())
    for need in schema.get("cop:needs", []):
        yield from _need(table, need, fields, check)
    for limit in schema.get("cop:limits", []):
        yield from _limit(table, limit, check)


def check_column(column: pd.Series, field: dict, check: Check) -> Iterator[Fault]:
    """Yield what breaks a rule of the field; each value is reported for the first rule it breaks."""
    constraints, values = field.get("constraints", {}), {*column}
    if constraints.get("required") and "" in values:
        fix = f"Fill in: {field['description']}"
        yield from check.errors(column[column == ""], "must not be empty", fix)
    left = values - {""}
    for wrong, rule, fix in _column_rules(field, left):
        if broken := {value for value in left if wrong(value)}:
            left -= broken
            yield from check.errors(column[column.isin(broken)], rule, fix)
    if constraints.get("unique") and len(values) < len(column):
        filled = column[column != ""]
        yield from check.errors(filled[filled.duplicated()], *DUPLICATE)


def check_time(column: pd.Series, limit: str, latest: str, check: Check) -> list[Fault]:
    """Return the days and years of a column that are later than `latest`."""
    late = column[column.str[: len(latest)] > latest]
    late = late[[bool(YEAR.fullmatch(text)) or _is_day(text) for text in late]]
    return check.errors(late, f"is later than {limit} ({latest})", CHECK_DAY)


def this_day(data: str | Path) -> date:
    """Return today, or the day of the descriptor if the clock is set before it."""
    created = contents(data).get("created", "")[:10]
    return max(date.today(), date.fromisoformat(created) if created else date.min)


def latest_times(data: str | Path) -> dict[str, str]:
    """Return the latest time of each limit of `cop:notAfter`."""
    now = this_day(data)
    return {
        "today": (now + ZONES).isoformat(),
        "this year": str((now + ZONES).year),
        "next year": str(now.year + 1),
    }


def _column_rules(field: dict, values: set[str]) -> Iterator[damage.Rule]:
    """Yield (whether a value breaks it, what is wrong, fix) for each rule of a field."""
    kind, constraints = field["type"], field.get("constraints", {})
    if kind in SHAPES:
        yield _unlike(SHAPES[kind]), *TYPES[kind]
    if kind == "date":
        yield (lambda value: not _is_day(value)), *TYPES[kind]
    if words := labelled(field):
        shown = ", ".join(starmap(with_label, words.items()))
        if "cop:list" in field:
            rule, fix = (
                "contains a word that is not allowed",
                f"Separate with '; ' and use: {shown}",
            )
            yield (lambda value: not words.keys() >= {*split(value)}), rule, fix
        else:
            rule, fix = "is not one of the allowed words", f"Use one of: {shown}"
            yield (lambda value: value not in words), rule, fix
    if pattern := constraints.get("pattern"):
        fix = f"{field['description']} (form: {pattern})"
        yield _unlike(pattern), "does not have the right form", fix
    fix = f"Check the value {field.get('unit', '')}".rstrip()
    if (least := constraints.get("minimum")) is not None:
        yield (lambda value: float(value) < least), f"is below the minimum of {least}", fix
    if (most := constraints.get("maximum")) is not None:
        yield (lambda value: float(value) > most), f"is above the maximum of {most}", fix
    if kind == "string":
        yield from damage.rules_of("\n".join(values))


def _unlike(pattern):
    right = re.compile(pattern).fullmatch
    return lambda value: not right(value)


def _is_day(text):
    try:
        return bool(date.fromisoformat(text)) and text[4] == "-"
    except ValueError:
        return False


def _key(table, key, fields, check):
    """Yield rows that repeat the key, unless the field itself is declared unique."""
    if len(key) > 1 or not fields[key[0]].get("constraints", {}).get("unique"):
        again = table[key][table.duplicated(key)]
        cells = pd.Series([*map(" / ".join, again.to_numpy())], again.index, dtype="str")
        yield from check.errors(cells, *TAKEN, " + ".join(key))


def _references(table, column, targets, check, fields):
    """Yield ids, one or a list in a cell, that no verified row of the tables referred to has.

    A foreign key may lead from a row that is itself unverified to another such row. Ids of another
    country in a column for one country's ids are reported as such; an unreadable table as well.
    """
    cells = table[column][table[column] != ""]
    parts = {cell: split(cell) if fields else [cell] for cell in cells.unique()}
    ids = {one for found in parts.values() for one in found}
    verified, unverified, unread = check.ids(targets, ids)
    wrong = ids - verified
    if column in own_ids(check.name, check.data):
        wrong = {one for one in wrong if not check.foreign(one)}
    draft = table["verified"] == "no" if not fields and "verified" in table else None
    for row, cell in cells[[not wrong.isdisjoint(parts[cell]) for cell in cells]].items():
        for one in (one for one in parts[cell] if one in wrong):
            if one in unverified:
                if draft is None or not draft[row]:
                    yield check.error(row, column, one, *UNVERIFIED)
            elif not unread & {"", check.iso3, one[:3]}:
                rule = f"is not an id of {', '.join(t.split('.')[0] for t in targets)}"
                yield check.error(row, column, one, rule, _home(one, fields, check))


def _home(one, fields, check):
    """Return the fix for an id: another column that may hold it, if any."""
    targets = {field["name"]: field.get("cop:refersTo", []) for field in fields}
    homes = [name for name, to in targets.items() if to and one in check.ids(to, [one])[0]]
    if homes:
        return f"It belongs in the column {' or '.join(homes)}"
    return "Add it there or correct it here; separate several with '; '"


def _need(table, need, fields, check):
    """Yield cells that must not be empty (`needs`), or must be (`forbids`), under a condition.

    The condition is `when` or `whenNot`, {column: [words]}, or `whenFilled`, [columns], of the same
    row or (`inTable`) of any row. `at` is a column to name instead of the cells' own; `rule` and
    `fix` are words to use instead of the general ones.
    """
    where, condition = _condition(table, need)
    cells = need["needs"] if "needs" in need else need["forbids"]
    cells = [cells] if isinstance(cells, str) else cells
    wrong = (table[cells] == "").eq("needs" in need).loc[where]
    rule = f"must {'not ' * ('needs' in need)}be empty where {condition}"
    rule = need.get("rule", rule)
    if "at" in need:
        yield from check.errors(
            table.loc[wrong.index, need["at"]][wrong.any(axis=1)], rule, need["fix"]
        )
        return
    for column in cells:
        fix = f"Fill in {column}: {fields[column]['description']}"
        fix = fix if "needs" in need else f"Empty it, or change {condition.split()[0]}"
        yield from check.errors(
            table.loc[wrong.index, column][wrong[column]], rule, need.get("fix", fix)
        )


def _condition(table, need):
    """Return the rows to which a condition applies, and its words."""
    if filled := need.get("whenFilled"):
        where, condition = (table[filled] != "").any(axis=1), f"{' or '.join(filled)} is filled"
        return (where | where.any() if need.get("inTable") else where), condition
    [(column, words)] = need.get("when", need.get("whenNot")).items()
    where, condition = table[column].isin(words), " or ".join(words)
    if "when" in need:
        return where, f"{column} is {condition}"
    return ~where, f"{column} is not {condition}"


def _limit(table, limit, check):
    """Yield numbers above a maximum that holds where another column has certain words."""
    [(column, words)] = limit["when"].items()
    values, most = table[limit["limits"]][table[column].isin(map(str, words))], limit["maximum"]
    for row, value in values[pd.to_numeric(values, errors="coerce") > most].items():
        rule = f"is above {most}, the maximum of {table[column][row]}"
        fix = "Check the value; a point may have been lost"
        yield check.error(row, values.name, value, rule, fix)
