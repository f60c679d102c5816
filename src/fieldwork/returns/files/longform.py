"""The one shape into which every kind of file is read: returns, and answers in long form, as they came."""

from dataclasses import dataclass, field

import pandas as pd

from fieldwork.forms.questionnaires import wording
from fieldwork.returns.files.workbooks import plain

# One row a return: where it stands, what names it, what its tool says of it (`verdict`; one that begins with ? is a
# remark only), and for refused rows that come back, from which row and which tool they were.
RETURN = [
    "sheet",
    "row",
    "identity",
    "questionnaire",
    "version",
    "iso3",
    "language",
    "form_id",
    "submitted",
    "partial",
    "verdict",
    "origin",
    "tool",
]
# One row a filled cell: `n` is the return's position, `at` the column from 1, `chosen` the code of a choice's own column.
ANSWER = ["n", "block", "entry", "question", "value", "sheet", "row", "column", "at", "chosen"]
YES, NO = {"1", "1.0", "y", "yes", "true", "x", "✓"}, {"0", "0.0", "n", "no", "false", "n/a"}


@dataclass
class LongForm:
    """What was read of a file: returns and answers as frames, faults that belong to no return, remarks for the person."""

    source: str
    names: object
    returns: pd.DataFrame
    answers: pd.DataFrame
    faults: list
    remarks: list
    language: str = ""
    headings: dict = field(default_factory=dict)  # question -> heading of its column
    places: pd.DataFrame | None = (
        None  # where each question stands, by (entry, question), when it is not a column
    )


def yes_and_no(names):
    """Give (words for yes, words for no) in a choice's own column, in every language of the questionnaire."""
    listed = names.questionnaire.choices.get("yes_no", ())
    words = {
        c.code: {plain(wording(c.label, lang)) for lang in names.questionnaire.languages}
        for c in listed
    }
    return YES | words.get("yes", set()), NO | words.get("no", set())
