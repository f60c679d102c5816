"""What is said of a file: where, which rule, how to mend it; never what is restricted."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from cop.data import Fault
from cop.fieldwork.returns.answers import PROBLEM, REFUSED
from cop.fieldwork.returns.files.headings import ColumnNames

MOST = 30  # lines for one file; the rest stands in its file of refused rows and in returns.csv
LINE = ["weight", "sheet", "column", "shown", "rule", "mend"]


@dataclass
class Outcome:
    """What came of one file; `path` is where the refused rows are, "" without any."""

    name: str
    sentence: str
    problems: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=[*PROBLEM, "shown"])
    )
    remarks: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    path: str = ""
    sheets: int = 1


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the report on one file of returns that was taken in."""
    yield f"{outcome.name}: {outcome.sentence}."
    for remark in outcome.remarks:
        yield f"  note: {remark}."
    yield from map(str, outcome.faults[:MOST])
    kinds = _grouped(outcome.problems)
    for row in kinds.head(MOST).itertuples():
        yield _line(row, outcome.sheets > 1)
    if len(kinds) > MOST:
        because = "refused_because of the file below"
        where = because if outcome.path else "returns.csv, column remark"
        yield f"  and {len(kinds) - MOST} kinds more; all are in {where}"
    if outcome.path:
        again = "and take that file in again with `cop intake`"
        yield f"  Correct the refused rows in {outcome.path} {again}."


def _line(row, several):
    """Give what is wrong, and in which rows; the sheet only where there are several."""
    weight = "refused" if row.weight == REFUSED else "remark"
    sheet = f"sheet {row.sheet}, " if several else ""
    column = f", column {row.column}" if row.column else ""
    shown = f" {row.shown}" if row.shown else ""
    return f"  {weight}: {sheet}{_rows(row.rows)}{column}:{shown} {row.rule}. {row.mend}"


def without_restricted_values(problems: pd.DataFrame, names: ColumnNames) -> pd.DataFrame:
    """Give the problems as a message may say them, with `shown`: the value, or its length where
    the question is restricted.
    """
    restricted = {q.id for q in names.questions.values() if q.restricted}
    value, question = problems["value"].astype(str), problems["question"]
    short = value.map(repr).where(value.str.len() <= 40, value.str[:40].map(repr) + "…")
    length = "(" + value.str.len().astype(str) + " characters)"
    # A question that is not known may be one: nothing of it is shown either.
    open_ = (question == "") | question.isin(set(names.questions) - restricted)
    return problems.assign(shown=short.where(open_, length).mask(value == "", ""))


def _grouped(problems):
    """Give one row for all rows that have the same said of them, refusals first."""
    if not len(problems):
        return pd.DataFrame(columns=[*LINE, "rows"])
    kinds = problems.groupby(LINE, sort=False, dropna=False)["row"].agg(rows=list, first="min")
    kinds = kinds.reset_index()
    return kinds.assign(late=kinds["weight"] != REFUSED).sort_values(
        ["late", "first"], kind="stable"
    )


def _rows(numbers):
    numbers = sorted(set(map(int, numbers)))
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    return f"rows {', '.join(map(str, numbers[:6]))}{more}"
