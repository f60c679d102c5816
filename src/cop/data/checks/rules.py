"""The table of rules of the method: what `datapackage.json` only names, one function a rule.

A rule looks at a table as text. It returns a mask of the rows that break it, whose column and words
are in `cop:rules`, or yields errors with words of its own.
"""

import re
from collections.abc import Callable, Iterable

import pandas as pd

from cop.data.errors import DataError, InvalidTable
from cop.data.package import COUNTRY, paths
from cop.data.reads import StrPath
from cop.data.tables import text_of

ID = re.compile(r"([A-Z]{3})(?:-[A-Z]+[0-9]+)?")  # or the country itself, if a row has no id


RULES: dict[str, Callable] = {}


def rule(name: str) -> Callable:
    """Add the decorated function to the table of rules under its id in `cop:rules`."""

    def add(find):
        RULES[name] = find
        return find

    return add


class Unreadable(Exception):
    """Raised when a rule needs a table that is missing or broken, which has errors of its own."""


class Check:
    """One file that is checked, with its errors and the other tables of its country."""

    def __init__(self, name: str, path: str, data: StrPath):
        """Take the table's name, and its path in the data folder."""
        self.name, self.path, self.data = name, path, data
        self.iso3 = country_of(path)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the same country as text; raises Unreadable."""
        try:
            return text_of(name, self.data, self.iso3 or None)
        except (InvalidTable, FileNotFoundError) as error:
            raise Unreadable(name) from error

    def column(self, name: str, key: str, column: str) -> dict[str, str]:
        """Return a column of such a table by its key; of two rows with one key the first."""
        return self.table(name).drop_duplicates(key).set_index(key, drop=False)[column].to_dict()

    def error(self, row: int | str, column: str, value: str, rule: str, fix: str) -> DataError:
        """Return an error of this file, with at most 80 characters of the value."""
        return DataError(self.path, row, column, value[:80], rule, fix)

    def errors(self, cells: pd.Series, rule: str, fix: str) -> list[DataError]:
        """Return an error for each cell of a column, whose index is the rows of the spreadsheet."""
        return [self.error(row, cells.name, value, rule, fix) for row, value in cells.items()]

    def ids(self, targets: list[str], named: Iterable[str] = ()) -> tuple[set[str], ...]:
        """Return ids of verified rows, of unverified rows, and countries with unreadable tables.

        Those of `targets` ("table.column"), for the country of this file and those that the ids
        `named` begin with; "" is the country of a shared table.
        """
        verified, unverified, unread = set(), set(), set()
        codes = {code for code in (self.iso3, *(n[:3] for n in named)) if COUNTRY.fullmatch(code)}
        for name, column in (target.split(".") for target in targets):
            for path in {paths(name, self.data, iso3)[0] for iso3 in codes or [None]}:
                try:
                    rows = text_of(name, self.data, path=path)
                except FileNotFoundError:
                    continue
                except InvalidTable:
                    unread.add(country_of(path))
                    continue
                ids = rows[column]
                drafts = rows["verified"] == "no" if "verified" in rows else ids == ""
                verified |= {*ids[~drafts].tolist()}
                unverified |= {*ids[drafts].tolist()}
        return verified, unverified, unread


def check_of(name: str, data: StrPath, iso3: str) -> Check:
    """Return the check of a country's file of a table."""
    return Check(name, paths(name, data, iso3)[0], data)


def foreign(name: str, iso3: str) -> str:
    """Return the country that an id names, if it is another one than `iso3`; else ""."""
    code = ID.fullmatch(name)
    return code[1] if code and iso3 and code[1] != iso3 else ""


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Return the names of countries in a text, once for each time."""
    # The longest is found first, as Guinea is part of others.
    present = sorted((name for name in names if name in text), key=len, reverse=True)
    pattern = "|".join(map(re.escape, present))
    return re.findall(rf"\b(?:{pattern})\b", text) if present else []


def country_of(path: str) -> str:
    """Return the country whose folder a path lies in; "" for a shared table."""
    return path.split("/")[1] if path.startswith("research/") else ""
