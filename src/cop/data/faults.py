"""What is said when something is wrong: a refusal, and each fault of a file in one line."""

from collections.abc import Iterable
from dataclasses import dataclass


class Refused(Exception):
    """Raised when a call, or what it brings, is wrong and nothing was done.

    The text is for the person who called.
    """


class Broken(Refused):
    """Raised when a file breaks the contract; its text lists every fault, `faults` holds them."""

    def __init__(self, faults: "str | Iterable[Fault]"):
        """Take the faults, or a sentence where there is no row to name."""
        self.faults = [] if isinstance(faults, str) else list(faults)
        super().__init__(faults if isinstance(faults, str) else "\n".join(map(str, faults)))


class NoTable(Refused, KeyError):
    """Raised where the contract does not know a table; the text names those that it knows."""

    def __str__(self) -> str:
        """Give the sentence as it is; a KeyError would give it in quotation marks."""
        return str(self.args[0])


@dataclass(frozen=True)
class Fault:
    """One fault, as the person at the spreadsheet needs to hear it."""

    file: str
    row: int | str  # as a spreadsheet shows it: the heading is row 1; "" when it is the whole file
    column: str
    value: str
    rule: str
    mend: str

    def __str__(self) -> str:
        """Give one line: file, row, column, value, rule, mend."""
        place = ", ".join([self.file, *([f"row {self.row}"] if self.row else [])])
        place += f", column {self.column}" if self.column else ""
        shown = f" {self.value!r}" if self.value else ""
        end = "" if self.rule.endswith("?") else "."
        return f"{place}:{shown} {self.rule}{end} {self.mend}"


def count(n: int, one: str, many: str | None = None) -> str:
    """Give a number of faults or rows with its noun: (1, 'source') => '1 source', (3, 'source') =>
    '3 sources'.
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
