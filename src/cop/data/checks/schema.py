"""The rules that `datapackage.json` declares for a table, checked on its text.

Types, required, unique, words, patterns, bounds, keys and references, and our own keywords:
`cop:notAfter` (the latest day), `cop:limits` (a maximum that depends on another column) and
`cop:needs` (cells that must, or must not, be filled, depending on others).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from cop.data.cells import split
from cop.data.checks import damage
from cop.data.checks.tables import Check
from cop.data.faults import Fault
from cop.data.package import contents, labelled, resource

TYPES = {  # the pattern of a type, what is wrong with a cell that is not of it, and the fix
    "integer": (
        "-?[0-9]{1,18}",
        "is not a whole number",
        "Write digits only, such as 2024, or leave it empty",
    ),
    "number": (
        r"-?[0-9]{1,18}(\.[0-9]+)?([eE]-?[0-9]{1,2})?",
        "is not a number",
        "Write it with a point and no spaces, such as 12.5, or leave it empty",
    ),
    "date": (
        "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "is not a date",
        "Write it as year-month-day, such as 2026-11-24",
    ),
}
DUPLICATE = ("occurs twice in the column", "Give each row its own key, or remove the repeated row")
TAKEN = (
    "is already taken by a row above",
    "Two rows must not have the same key: remove or change one",
)
UNVERIFIED = ("is not verified and supports nothing", "Verify that row first, or leave it out here")
UNKNOWN = "Add it there or correct it here; separate several with '; '"
YEAR = re.compile("(?:1[0-9]|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")  # up to the maximum of a year
ZONES = timedelta(days=1)  # it may be tomorrow elsewhere
CHECK_DAY = "Check the year and the day; a digit may be wrong"


def check_table(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield what breaks a declared rule in a table of text, indexed by spreadsheet rows."""
    schema, latest = resource(check.name, check.data)["schema"], latest_times(check.data)
    fields = {field["name"]: field for field in schema["fields"]}
    for name, field in fields.items():
        yield from check_column(table[name], field, check)
        if limit := field.get("cop:notAfter"):
            yield from check_time(table[name], limit, latest[limit], check)
        if targets := field.get("cop:refersTo"):
            yield from _references(table, name, targets, check)
    for key in schema.get("foreignKeys", []):
        [column], to = key["fields"], key["reference"]
        target = f"{to['resource']}.{to['fields'][0]}"
        yield from _references(table, column, [target], check, foreign_key=True)
    key = schema["primaryKey"]
    if len(key) > 1 or not fields[key[0]].get("constraints", {}).get("unique"):
        for row, *cells in table.loc[table.duplicated(key), key].itertuples():
            yield check.error(row, " + ".join(key), " / ".join(cells), *TAKEN)
    for need in schema.get("cop:needs", []):
        yield from _need(table, need, fields, check)
    for limit in schema.get("cop:limits", []):
        yield from _limit(table, limit, check)


def check_column(column: pd.Series, field: dict, check: Check) -> Iterator[Fault]:
    """Yield what breaks a rule of the field; a value is reported for the first rule it breaks."""
    constraints, values = field.get("constraints", {}), {*column}
    if constraints.get("required"):
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


def _column_rules(field, values):
    """Yield (whether a value breaks it, what is wrong, fix) for each rule of a field."""
    kind, constraints = field["type"], field.get("constraints", {})
    if kind in TYPES:
        pattern, *words = TYPES[kind]
        yield _unlike(pattern), *words
        if kind == "date":
            yield (lambda value: not _is_day(value)), *words
    if words := labelled(field):
        same = [word for word in words if word.replace("_", " ") == words[word].casefold()]
        shown = ", ".join(word if word in same else f"{word} ({words[word]})" for word in words)
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


def check_time(column: pd.Series, limit: str, latest: str, check: Check) -> list[Fault]:
    """Return the days and years of a column that are later than `latest`."""
    late = column[column.str[: len(latest)] > latest]
    late = late[[bool(YEAR.fullmatch(text)) or _is_day(text) for text in late]]
    return check.errors(late, f"is later than {limit} ({latest})", CHECK_DAY)


def latest_times(data: str | Path) -> dict[str, str]:
    """Return the latest time of each limit of `cop:notAfter`."""
    now = this_day(data)
    return {
        "today": (now + ZONES).isoformat(),
        "this year": str((now + ZONES).year),
        "next year": str(now.year + 1),
    }


def this_day(data: str | Path) -> date:
    """Return today, or the day of the descriptor if the clock is set before it."""
    created = contents(data).get("created", "")[:10]
    return max(date.today(), date.fromisoformat(created) if created else date.min)


def _is_day(text):
    try:
        return bool(date.fromisoformat(text)) and text[4] == "-"
    except ValueError:
        return False


def _references(table, column, targets, check, foreign_key=False):
    """Yield ids, one or a list in a cell, that no verified row of the tables referred to has.

    A foreign key may lead from a row that is itself unverified to another such row. Ids of another
    country in a column for one country's ids are reported elsewhere; an unreadable table as well.
    """
    cells = table[column][table[column] != ""]
    ids = cells if foreign_key else cells.map(split).explode()
    verified, unverified, unread = check.ids(targets, ids.unique())
    wrong = ids[~ids.isin(verified)]
    if column in resource(check.name, check.data)["own"]:
        wrong = wrong[[not check.foreign(one) for one in wrong]]
    draft = table["verified"] == "no" if foreign_key and "verified" in table else None
    rule = f"is not an id of {', '.join(target.split('.')[0] for target in targets)}"
    for row, one in wrong.items():
        if one in unverified:
            if draft is None or not draft[row]:
                yield check.error(row, column, one, *UNVERIFIED)
        elif not unread & {"", check.iso3, one[:3]}:
            yield check.error(row, column, one, rule, UNKNOWN)


def _need(table, need, fields, check):
    """Yield cells that must not be empty (`needs`), or must be (`forbids`), under a condition.

    The condition is `when` or `whenNot`, {column: [words]}, or `whenFilled`, [columns], of the same
    row or (`inTable`) of any row. `at` is a column to name instead of the cells' own; `rule` and
    `fix` are words to use instead of the general ones.
    """
    where, condition = _condition(table, need)
    needed = "needs" in need
    cells = need["needs"] if needed else need["forbids"]
    cells = [cells] if isinstance(cells, str) else cells
    wrong = ((table[cells] == "") == needed) & where.to_numpy()[:, None]
    rule = need.get("rule", f"must {'not ' * needed}be empty where {condition}")
    if "at" in need:
        yield from check.errors(table[need["at"]][wrong.any(axis=1)], rule, need["fix"])
        return
    for column in cells:
        fix = f"Fill in {column}: {fields[column]['description']}"
        fix = fix if needed else f"Empty it, or change {condition.split()[0]}"
        yield from check.errors(table[column][wrong[column]], rule, need.get("fix", fix))


def _condition(table, need):
    """Return the rows to which a condition applies, and its words."""
    if filled := need.get("whenFilled"):
        where = (table[filled] != "").any(axis=1)
        where = where | where.any() if need.get("inTable") else where
        return where, f"{' or '.join(filled)} is filled"
    [(column, words)] = need.get("when", need.get("whenNot")).items()
    no = "whenNot" in need
    return table[column].isin(words) ^ no, f"{column} is {'not ' * no}{' or '.join(words)}"


def _limit(table, limit, check):
    """Yield numbers above a maximum that holds where another column has certain words."""
    [(column, words)] = limit["when"].items()
    values, most = table[limit["limits"]][table[column].isin(map(str, words))], limit["maximum"]
    for row, value in values[pd.to_numeric(values, errors="coerce") > most].items():
        rule = f"is above {most}, the maximum of {table[column][row]}"
        fix = "Check the value; a point may have been lost"
        yield check.error(row, values.name, value, rule, fix)
