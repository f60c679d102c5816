"""Define the errors of invalid calls and invalid data."""

from collections.abc import Iterable
from dataclasses import dataclass


class UserError(Exception):
    """Raised for an invalid call or input, before anything is changed; shown to the user."""


class InvalidTable(UserError):
    """Raised when a file is invalid; the message lists all `errors`."""

    def __init__(self, errors: "Iterable[DataError]"):
        """Take the errors."""
        self.errors = list(errors)
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(frozen=True)
class DataError:
    """One error in the data, located by file, row and column as a spreadsheet shows them."""

    file: str
    row: int | str  # as a spreadsheet shows it: the heading is row 1; "" for the whole file
    column: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        """Return one line: file, row, column, value, rule, fix."""
        place = self.file + (f", row {self.row}" if self.row else "")
        place += f", column {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        end = "" if self.rule.endswith("?") else "."
        return f"{place}:{value} {self.rule}{end} {self.fix}"


def first_of(items: list[str]) -> str:
    """Return the first five items, separated by commas, and the number of further items."""
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    return ", ".join(items[:5]) + more


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: (1, 'source') => '1 source', (3, 'source') => '3 sources'."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
