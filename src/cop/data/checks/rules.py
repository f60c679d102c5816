"""The table of rules of the method: what `datapackage.json` cannot declare, one function a rule.

A rule looks at a table as text and returns a mask of the rows that break it, or their errors.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd

from cop.data.checks.tables import Check, Unreadable
from cop.data.faults import Fault

Find = Callable[[pd.DataFrame, Check], pd.Series | Iterable[Fault]]


@dataclass(frozen=True)
class Rule:
    """A rule of some tables, with the column it names, what is wrong with a cell, and the fix."""

    id: str
    tables: tuple[str, ...]
    column: str
    wrong: str
    fix: str
    find: Find


RULES: dict[str, Rule] = {}


def rule(
    name: str, tables: str, column: str = "", wrong: str = "", fix: str = ""
) -> Callable[[Find], Find]:
    """Add a function to the table of rules; `tables` are names separated by blanks."""

    def add(find: Find) -> Find:
        RULES[name] = Rule(name, tuple(tables.split()), column, wrong, fix, find)
        return find

    return add


def check_rules(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield what breaks a rule of the method; rules that need an unreadable table are skipped."""
    for one in [one for one in RULES.values() if check.name in one.tables and len(table)]:
        with suppress(Unreadable):
            found = one.find(table, check)
            if isinstance(found, pd.Series):
                found = check.errors(table[one.column][found], one.wrong, one.fix)
            yield from list(found)
