"""The table of rules of the method: what `datapackage.json` cannot declare, one function a rule.

A rule looks at a table as text and returns a mask of the rows that break it, or their errors.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import pandas as pd

from cop.data.checks.tables import Check, Unreadable
from cop.data.faults import Fault


class Rule(NamedTuple):
    """A rule of some tables, with the column it names, what is wrong with a cell, and the fix."""

    tables: list[str]
    column: str
    wrong: str
    fix: str
    find: Callable


RULES: dict[str, Rule] = {}


def rule(name: str, tables: str, column: str = "", wrong: str = "", fix: str = "") -> Callable:
    """Add the decorated function to the table of rules; `tables` are names separated by blanks."""

    def add(find):
        RULES[name] = Rule(tables.split(), column, wrong, fix, find)
        return find

    return add


def check_rules(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield what breaks a rule of the method; rules that need an unreadable table are skipped."""
    for tables, column, wrong, fix, find in RULES.values():
        if check.name in tables:
            with suppress(Unreadable):
                found = find(table, check)
                if isinstance(found, pd.Series):
                    found = check.errors(table[column][found], wrong, fix)
                yield from list(found)
