"""Refused rows, kept in a file of their own to be corrected there and taken in again."""

import re

import pandas as pd

from fieldwork import restricted
from fieldwork.returns.answers import REFUSED
from fieldwork.returns.judging import CONSENT, declined

CARRIED = ["refused_because", "refused_from", "source", "identity", "submitted", "partial"]
FORM = ["questionnaire", "version", "iso3", "language", "form_id"]
BETWEEN = " | "  # between several choices; any separator is read


def kept(longform, made, problems, out, book, data):
    """Give (files to write, path of the file that holds this book's refused rows or "").

    Rows that were corrected leave the file that they stood in; rows that are refused again stand there as they are now.
    """
    rows = _rows(longform, made, problems, out, book)
    origins = longform.returns["origin"].str.partition(":")[0]
    files = {}
    for sha in sorted(set(origins[origins != ""])):
        path = f"{restricted.REFUSED}/{sha}.csv"
        there = _there(data, path)
        came = set(longform.returns["origin"])
        rest = there[~there["refused_from"].isin(came)] if len(there) else there
        again = rows[rows["refused_from"].astype(str).str.startswith(sha)]
        files[path] = _file(pd.concat([rest, again]))
    fresh = rows[~rows["refused_from"].isin(set(longform.returns["origin"]) - {""})]
    if len(fresh):
        files[f"{restricted.REFUSED}/{book.sha}.csv"] = _file(fresh)
    left = [path for path, content in files.items() if content is not None]
    return files, left[-1] if left and len(rows) else ""


def _there(data, path):
    file = restricted.folder(data) / path
    return restricted.table(file.read_bytes()) if file.exists() else pd.DataFrame(columns=CARRIED)


def _file(frame):
    """Give the bytes of a file of refused rows, or None where nothing is left to correct."""
    return restricted.packed(frame.fillna("")) if len(frame) else None


def _rows(longform, made, problems, out, book):
    """Give the refused returns, one row each: why, where from, and every answer, under its question's id."""
    returns = longform.returns.loc[sorted(out)]
    told = problems[problems["n"].isin(out) & (problems["weight"] == REFUSED)]
    where = told["question"].where(
        told["question"] != "", told["column"]
    )  # the heading that it has in this file
    lines = where.where(where == "", where + ": ") + told["rule"] + ". " + told["mend"]
    because = lines.groupby(told["n"]).agg("; ".join)
    origin = [
        o or f"{book.sha}:{s}:{r}"
        for o, s, r in zip(returns["origin"], returns["sheet"], returns["row"], strict=True)
    ]
    frame = returns[FORM + ["identity", "submitted"]].assign(
        refused_because=because.reindex(returns.index).fillna(""),
        refused_from=origin,
        source=returns["tool"].where(returns["tool"] != "", longform.source),
        partial=returns["partial"].map({True: "yes", False: ""}),
    )[CARRIED + FORM]
    answers = _wide(longform, made, set(out), declined(problems))
    answers = _with_missing(answers, set(told["question"]) - {""}, longform)
    return frame.join(answers).fillna("")


def _wide(longform, made, out, declining):
    """Give the answers, one column a question (`block[entry]/question` in repeated blocks): codes, or what is wrong as it came.

    Of people who do not take part only that is copied.
    """
    rows = pd.concat(
        [
            made,
            longform.answers[~longform.answers["understood"]].assign(answer=lambda r: r["value"]),
        ]
    )
    rows = rows[rows["n"].isin(out) & (~rows["n"].isin(declining) | (rows["question"] == CONSENT))]
    if not len(rows):
        return pd.DataFrame(index=[])
    entry = rows["entry"].astype(int)
    name = rows["question"].where(
        entry == 0, rows["block"] + "[" + entry.astype(str) + "]/" + rows["question"]
    )
    cells = pd.DataFrame({"n": rows["n"].astype(int), "name": name, "value": rows["answer"]})
    cells = (
        cells.groupby(["n", "name"], sort=False)["value"]
        .agg(BETWEEN.join)
        .unstack("name", fill_value="")
    )
    return cells


def _with_missing(cells, wanted, longform):
    """Give the answers with a column, in order, for every question that something is wrong with, also where it is empty."""
    blocks, place = longform.names.blocks, {}
    for i, (block, question) in enumerate(longform.names.questionnaire.questions()):
        place[question.id] = (list(longform.names.questionnaire.blocks).index(block), i)
    begun = {name.partition("/")[0] for name in cells if "/" in name}
    for question in wanted & set(place):
        fronts = (
            [f"{one}/" for one in begun if one.startswith(f"{blocks[question].id}[")]
            if blocks[question].repeat
            else [""]
        )
        cells = cells.assign(
            **{front + question: "" for front in fronts if front + question not in cells}
        )

    def _place(name):
        entry = re.search(r"\[(\d+)\]", name)
        block, i = place[name.rpartition("/")[2]]
        return block, int(entry[1]) if entry else 0, i

    return cells[sorted(cells, key=_place)]
