"""What one cell must be: its type, its words, its form and bounds, and no mark of damage."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import starmap

from cop.data.cells import NUMBERS, Cells, lines, split
from cop.data.checks import damage
from cop.data.checks.damage import Rule
from cop.data.faults import Fault
from cop.data.package import labelled, with_label

SHAPES = {
    "integer": r"-?[0-9]{1,18}",
    "number": r"-?[0-9]{1,18}(\.[0-9]+)?([eE]-?[0-9]{1,2})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
KINDS = {  # of a type: what is wrong with a cell that is not of it, and how to mend it
    "integer": ("is not a whole number", "Write digits only, such as 2024, or leave it empty"),
    "number": (
        "is not a number",
        "Write it with a point and no spaces, such as 12.5, or leave it empty",
    ),
    "date": ("is not a date", "Write it as year-month-day, such as 2026-11-24"),
}
TWICE = ("stands twice in the column", "Give each row its own key, or remove the repeated row")


def of_column(table: Cells, field: dict, path: str) -> Iterator[Fault]:
    """Yield what breaks a rule of the field in its column of a table.

    Each different value is looked at once, until it breaks a rule.
    """
    name, limits = field["name"], field.get("constraints", {})
    values = set(table[name])
    if limits.get("required") and "" in values:
        fill = f"Fill in: {field['description']}"
        yield from each(holding({""}, name, table), name, path, "must not be empty", fill)
    left = values - {""}
    for wrong, rule, mend in _rules(field, left):
        if broken := {value for value in left if wrong(value)}:
            left -= broken
            yield from each(holding(broken, name, table), name, path, rule, mend)
    if limits.get("unique") and len(values) < len(table[name]):
        filled = (cell for cell in lines(table, name) if cell[1])
        yield from each(repeated(filled), name, path, *TWICE)


def each(cells: Iterable[tuple], column: str, path: str, rule: str, mend: str) -> list[Fault]:
    """Give the check one fault for each (row, cell), with the first 80 letters of the cell."""
    return [Fault(path, row, column, value[:80], rule, mend) for row, value in cells]


def holding(values: set[str], column: str, table: Cells) -> list[tuple[int, str]]:
    """Give the check the (row, cell) of a column that hold one of some values."""
    return [cell for cell in lines(table, column) if cell[1] in values] if values else []


def alone(column: str, other: str, table: Cells) -> list[tuple[int, str]]:
    """Give the check the (row, cell) of a column that are filled where another is empty."""
    return [(row, cell) for row, cell, beside in lines(table, column, other) if cell and not beside]


def repeated(cells: Iterable[tuple]) -> Iterator[tuple]:
    """Yield, for the check, the (row, cell) that hold what a row above holds."""
    seen = set()
    for row, value in cells:
        if value in seen:
            yield row, value
        seen.add(value)


def _rules(field: dict, values: set[str]) -> Iterator[Rule]:
    """Yield the rules of a field that its values may break, the plainest first."""
    kind = field["type"]
    if kind in SHAPES:
        yield _unlike(SHAPES[kind]), *KINDS[kind]
    if kind == "date":
        yield _no_day, *KINDS[kind]
    yield from _of_words(field)
    if pattern := field.get("constraints", {}).get("pattern"):
        mend = f"{field['description']} (form: {pattern})"
        yield _unlike(pattern), "does not have the right form", mend
    if kind in NUMBERS:
        yield from _of_bounds(field)
    if kind == "string":
        yield from damage.rules_of("\n".join(values))


def _of_words(field):
    """Yield the rule of a field that may hold certain words only, one or (`cop:list`) several."""
    allowed = set(known := labelled(field))
    shown = ", ".join(starmap(with_label, known.items()))
    if allowed and "cop:list" in field:
        rule, mend = "holds a word that is not allowed", f"Separate with '; ' and use: {shown}"
        yield (lambda v: not allowed.issuperset(split(v))), rule, mend
    elif allowed:
        rule, mend = "is not one of the allowed words", f"Use one of: {shown}"
        yield (lambda v: v not in allowed), rule, mend


def _of_bounds(field):
    limits = field.get("constraints", {})
    mend = f"Check the value {field.get('unit', '')}".rstrip()
    if (least := limits.get("minimum")) is not None:
        yield (lambda v: float(v) < least), f"is below the minimum of {least}", mend
    if (most := limits.get("maximum")) is not None:
        yield (lambda v: float(v) > most), f"is above the maximum of {most}", mend


def _unlike(pattern):
    right = re.compile(pattern).fullmatch
    return lambda value: not right(value)


def _no_day(text):
    try:
        return not date.fromisoformat(text)
    except ValueError:
        return True
