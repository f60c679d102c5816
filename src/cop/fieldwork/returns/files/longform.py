"""The one shape into which every file is read: returns, and answers in long form, as they came."""

from dataclasses import dataclass, field

import pandas as pd

from cop.data import Fault
from cop.fieldwork.questionnaires import wording
from cop.fieldwork.returns.files.headings import ColumnNames
from cop.fieldwork.returns.files.workbooks import plain

# One row a return: where it stands, what names it, what its tool says of it (`verdict`; one that
# begins with ? is a remark only), and for refused rows that come back, from which row and which
# tool they were.
RETURN = [
    "sheet", "row", "identity", "questionnaire", "version", "iso3", "language", "form_id",
    "submitted", "changed", "partial", "verdict", "origin", "tool",
]  # fmt: skip
# One row a filled cell: `n` is the return's position, `at` the column from 1, `chosen` the code of
# a choice's own column.
ANSWER = ["n", "block", "entry", "question", "value", "sheet", "row", "column", "at", "chosen"]
YES, NO = {"1", "1.0", "y", "yes", "true", "x", "✓"}, {"0", "0.0", "n", "no", "false", "n/a"}


@dataclass
class LongForm:
    """What was read of a file; `faults` belong to no return, `remarks` are for the person."""

    source: str
    names: ColumnNames
    returns: pd.DataFrame
    answers: pd.DataFrame
    faults: list[Fault]
    remarks: list[str]
    language: str = ""
    headings: dict = field(default_factory=dict)  # question -> heading of its column
    # Where each question stands, by (entry, question), when it is not a column.
    places: pd.DataFrame | None = None


def blank_returns(sheet: str, rows: pd.Index) -> pd.DataFrame:
    """Give a frame of RETURN for the rows of a sheet, with nothing but where they stand."""
    out = pd.DataFrame("", index=range(len(rows)), columns=RETURN, dtype=object)
    out["sheet"], out["row"], out["partial"] = sheet, rows, False
    return out


def yes_and_no(names: ColumnNames) -> tuple[set[str], set[str]]:
    """Give (words for yes, words for no) in a file's column of one choice, in every language."""
    form = names.questionnaire
    words = {
        choice.code: {plain(wording(choice.label, language)) for language in form.languages}
        for choice in form.choices.get("yes_no", ())
    }
    return YES | words.get("yes", set()), NO | words.get("no", set())
