"""Register the functions that implement rules in `datapackage.json`, and define their context.

A rule is a function of a text table and its Check. It returns a mask of the rows that violate the
rule, whose column and message are in `cop:rules`, or yields errors with messages of its own.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import pandas as pd

from cop.data.errors import DataError, InvalidTable
from cop.data.package import COUNTRY, locate, paths
from cop.data.reads import StrPath, changed_at
from cop.data.tables import text_of

ID = re.compile(r"([A-Z]{3})(?:-[A-Z]+[0-9]+)?")  # an id, or only a country code
RULES: dict[str, Callable] = {}


def rule(name: str) -> Callable:
    """Register the decorated function as the rule with the id `name` in `cop:rules`."""

    def add(find):
        RULES[name] = find
        return find

    return add


class Unreadable(Exception):
    """Exception raised if a rule requires a table that is missing or invalid."""


class Check:
    """Context of a rule: the file being checked, and the other tables of its country."""

    def __init__(self, name: str, path: str, data: StrPath):
        """Initialise with a table's name and path. `iso3` is the country in the path, or ""."""
        self.name, self.path, self.data = name, path, data
        self.iso3 = country_of(path)

    def table(self, name: str) -> pd.DataFrame:
        """Read a shared table or a country table as text. Raises Unreadable on failure."""
        try:
            return text_of(name, self.data, self.iso3)
        except (InvalidTable, FileNotFoundError) as error:
            raise Unreadable(name) from error

    def column(self, name: str, key: str, column: str) -> dict[str, str]:
        """Return {key: value} for a column of the table `name`; the first row with a key wins."""
        return self.table(name).drop_duplicates(key).set_index(key, drop=False)[column].to_dict()

    def error(self, row: int | str, column: str, value: str, rule: str, fix: str) -> DataError:
        """Return an error in this file, with the value cut to 80 characters."""
        return DataError(self.path, row, column, value[:80], rule, fix)

    def errors(self, cells: pd.Series, rule: str, fix: str) -> list[DataError]:
        """Return an error for each of `cells`, a column indexed by spreadsheet row numbers."""
        return [self.error(row, cells.name, value, rule, fix) for row, value in cells.items()]

    def ids(self, targets: list[str], named: Iterable[str] = ()) -> tuple[set[str], ...]:
        """Return the ids of verified and of unverified rows, and countries with unreadable tables.

        `targets` lists "table.column". The tables of this file's country and of the countries in
        the ids `named` are read; missing files are skipped. In tables without a column `verified`,
        all rows count as verified. Unreadable shared tables add "" to the countries.
        """
        codes = {code for code in (self.iso3, *(n[:3] for n in named)) if COUNTRY.fullmatch(code)}
        ids = set(), set(), set()
        for target in targets:
            for path in {paths(target.split(".")[0], self.data, code)[0] for code in codes or [""]}:
                if changed := changed_at(locate(self.data, path)):
                    for kind, more in zip(ids, _ids(target, self.data, path, changed), strict=True):
                        kind |= more
        return ids


@lru_cache(maxsize=512)
def _ids(target, data, path, changed):
    name, column = target.split(".")
    try:
        rows = text_of(name, data, path=path)
    except InvalidTable:
        return set(), set(), {country_of(path)}
    ids = rows[column]
    drafts = rows["verified"] == "no" if "verified" in rows else ids == ""
    return {*ids[~drafts]}, {*ids[drafts]}, set()


def check_of(name: str, data: StrPath, iso3: str) -> Check:
    """Return the Check for a table of a country."""
    return Check(name, paths(name, data, iso3)[0], data)


def foreign(name: str, iso3: str) -> str:
    """Return the country code in an id, or "" if it equals `iso3` or if either is missing."""
    code = ID.fullmatch(name)
    return code[1] if code and iso3 and code[1] != iso3 else ""


def country_of(path: str) -> str:
    """Return the name of the country folder in a path, or "" for a path outside research/."""
    return path.split("/")[1] if path.startswith("research/") else ""
