"""What is said of a file that was taken in: where, which rule, how to mend it; never what a person wrote in confidence."""

import pandas as pd

from fieldwork.returns.answers import REFUSED

MOST = 30  # lines for one file; the rest stands in its file of refused rows and in returns.csv
LINE = ["weight", "sheet", "column", "shown", "rule", "mend"]


def lines(outcome, several):
    """Yield the lines of the report on one file; `several` says whether the sheet must be named."""
    yield f"{outcome.name}: {outcome.said}."
    for remark in outcome.remarks:
        yield f"  note: {remark}."
    yield from map(str, outcome.faults[:MOST])
    told = _grouped(outcome.problems)
    for row in told.head(MOST).itertuples():
        sheet = f"sheet {row.sheet}, " if several else ""
        column = f", column {row.column}" if row.column else ""
        shown = f" {row.shown}" if row.shown else ""
        yield f"  {'refused' if row.weight == REFUSED else 'remark'}: {sheet}{_rows(row.rows)}{column}:{shown} {row.rule}. {row.mend}"
    if len(told) > MOST:
        where = (
            "refused_because of the file below" if outcome.path else "returns.csv, column remark"
        )
        yield f"  and {len(told) - MOST} kinds more; all are in {where}"
    if outcome.path:
        yield f"  Correct the refused rows in {outcome.path} and take that file in again with `cop intake`."


def masked(problems, names):
    """Give the problems with `shown` for `value`: as it is, or only how long it is where the question is restricted."""
    secret = problems["question"].map({q.id: q.restricted for q in names.questions.values()})
    value = problems["value"].astype(str)
    short = value.map(repr).where(value.str.len() <= 40, value.str[:40].map(repr) + "…")
    length = "(" + value.str.len().astype(str) + " characters)"
    shown = short.where(secret.notna() & ~secret.fillna(True).astype(bool), length)
    shown = shown.mask(problems["question"] == "", short)
    return problems.assign(shown=shown.mask(value == "", ""))


def _grouped(problems):
    """Give one row for all rows that have the same said of them, refusals first."""
    if not len(problems):
        return pd.DataFrame(columns=[*LINE, "rows"])
    by = (
        problems.groupby(LINE, sort=False, dropna=False)["row"]
        .agg(list)
        .rename("rows")
        .reset_index()
    )
    by["first"] = by["rows"].map(min)
    return by.assign(late=by["weight"] != REFUSED).sort_values(["late", "first"], kind="stable")


def _rows(numbers):
    numbers = sorted(set(int(n) for n in numbers))
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    shown = ", ".join(map(str, numbers[:6])) + (
        f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    )
    return f"rows {shown}"
