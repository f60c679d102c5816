"""Define exceptions and records of errors that users can fix, and format lists and numbers."""

from collections.abc import Iterable
from dataclasses import dataclass


class UserError(Exception):
    """Exception for an error that users can fix. Commands print its message, but no traceback."""


class InvalidTable(UserError):
    """Exception for files with errors. `errors` is a list of DataError."""

    def __init__(self, errors: "Iterable[DataError]"):
        """Initialise the exception with its errors and a message with one line per error."""
        self.errors = list(errors)
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(frozen=True)
class DataError:
    """Error in the data, located by file, row and column."""

    file: str
    row: int | str  # in a spreadsheet, with header as row 1; line of a text; "" for the whole file
    column: str  # "" for a whole row, text or file
    value: str  # invalid text, possibly shortened; "" if there is none
    rule: str
    fix: str

    def __str__(self) -> str:
        """Return the error as one line with its location, value, rule and fix."""
        location = self.file + (f", row {self.row}" if self.row else "")
        location += f", column {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        return f"{location}:{value} {self.rule}. {self.fix}"


def first_of(items: list[str]) -> str:
    """Join the first five items with commas, and append the number of further items, if any."""
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    return ", ".join(items[:5]) + more


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Format a number with a noun: '1 source', '1,200 sources'. `plural` is for irregular nouns."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
