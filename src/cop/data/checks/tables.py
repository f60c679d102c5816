"""The tables that a check looks into: the one that is checked, and others of the same country."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cop.data.faults import Broken, Fault
from cop.data.package import COUNTRY, columns, locate, optional, paths
from cop.data.reads import kept
from cop.data.sheets import text_frame

ID = re.compile(r"([A-Z]{3})(?:-[A-Z]+[0-9]+)?")  # or the country itself, if a row has no id


class Unreadable(Exception):
    """Raised when a rule needs a table that is missing or broken, which has errors of its own."""


class Check:
    """One file that is checked, with its errors and the other tables of its country."""

    def __init__(self, name: str, path: str, data: str | Path):
        """Take the table's name, and its path in the data folder."""
        self.name, self.path, self.data = name, path, data
        self.iso3 = country_of(path)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the same country as text; raises Unreadable as `table` does."""
        return table(name, paths(name, self.data, self.iso3 or None)[0], self.data)

    def column(self, name: str, key: str, column: str) -> dict[str, str]:
        """Return a column of such a table by its key; of two rows with one key the first."""
        rows = self.table(name).drop_duplicates(key)
        return dict(zip(rows[key], rows[column], strict=True))

    def error(self, row: int | str, column: str, value: str, rule: str, fix: str) -> Fault:
        """Return an error of this file, with at most 80 characters of the value."""
        return Fault(self.path, row, column, value[:80], rule, fix)

    def errors(self, cells: pd.Series, rule: str, fix: str) -> list[Fault]:
        """Return an error for each cell of a column, whose index is the rows of the spreadsheet."""
        return [self.error(row, cells.name, value, rule, fix) for row, value in cells.items()]

    def foreign(self, one: str) -> str:
        """Return the other country that an id names; "" if it names this one, or none."""
        return foreign(one, self.iso3)

    def ids(self, targets: list[str], named: Iterable[str] = ()) -> tuple[set[str], ...]:
        """Return ids of verified rows, of unverified rows, and countries with unreadable tables.

        Those of `targets` ("table.column"), for the country of this file and those that the ids
        `named` begin with; "" is the country of a shared table.
        """
        verified, unverified, unread = set(), set(), set()
        for iso3 in {*filter(COUNTRY.fullmatch, {self.iso3, *(one[:3] for one in named)})} or [
            None
        ]:
            for name, column in (target.split(".") for target in targets):
                path = paths(name, self.data, iso3)[0]
                if (file := locate(self.data, path)).exists():
                    try:
                        found = _ids(file, name, column, self.data, file.stat().st_mtime_ns)
                        verified |= found[0]
                        unverified |= found[1]
                    except Broken:
                        unread.add(country_of(path))
        return verified, unverified, unread


def foreign(one: str, iso3: str) -> str:
    """Return the country that an id names, if it is another one than `iso3`; else ""."""
    code = ID.fullmatch(one)
    return code[1] if code and iso3 and code[1] != iso3 else ""


def country_of(path: str) -> str:
    """Return the country whose folder a path lies in; "" for a shared table."""
    return path.split("/")[1] if path.startswith("research/") else ""


def table(name: str, path: str, data: str | Path) -> pd.DataFrame:
    """Read a table as text; no rows if it is optional and absent, else raises Unreadable."""
    names, file = columns(name, data), locate(data, path)
    if optional(name, data) and not file.exists():
        return pd.DataFrame(columns=names, dtype="str")
    try:
        return text_frame(file, names)
    except (Broken, FileNotFoundError) as error:
        raise Unreadable(path) from error


@kept(256)
def _ids(file, name, column, data, changed):
    """Return the ids of all rows but those with `verified` = no, and of these."""
    rows = text_frame(file, columns(name, data))
    no = rows["verified"] == "no" if "verified" in rows else pd.Series(False, rows.index)
    return frozenset(rows[column][~no]), frozenset(rows[column][no])
