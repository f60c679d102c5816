"""Refused rows, kept in a file of their own to be corrected there and taken in again."""

import re
from pathlib import Path

import pandas as pd

from fieldwork import restricted
from fieldwork.forms.definitions import CONSENT
from fieldwork.returns.answers import REFUSED
from fieldwork.returns.files.longform import LongForm
from fieldwork.returns.files.workbooks import Book
from fieldwork.returns.judging import declined

CARRIED = ["refused_because", "refused_from", "source", "identity", "submitted", "partial"]
FORM = ["questionnaire", "version", "iso3", "language", "form_id"]
BETWEEN = " | "  # between several choices; any separator is read


def kept(
    longform: LongForm,
    coded: pd.DataFrame,
    problems: pd.DataFrame,
    out: set[int],
    book: Book,
    data: Path,
) -> tuple[dict[str, bytes | None], str]:
    """Give (files to write, path of the file that holds this book's refused rows or "").

    Rows that were corrected leave the file that they stood in; rows that are refused again stand
    there as they are now.
    """
    rows = _rows(longform, coded, problems, out, book)
    came = set(longform.returns["origin"]) - {""}
    files = {}
    for sha in sorted({origin.partition(":")[0] for origin in came}):
        path = _path(sha)
        there = _there(data, path)
        again = rows[rows["refused_from"].astype(str).str.startswith(sha)]
        files[path] = _file(pd.concat([there[~there["refused_from"].isin(came)], again]))
    fresh = rows[~rows["refused_from"].isin(came)]
    if len(fresh):
        files[_path(book.sha)] = _file(fresh)
    left = [path for path, content in files.items() if content is not None]
    return files, left[-1] if left and len(rows) else ""


def _path(sha):
    return f"{restricted.REFUSED}/{sha}.csv"


def _there(data, path):
    file = restricted.folder(data) / path
    return restricted.table(file.read_bytes()) if file.exists() else pd.DataFrame(columns=CARRIED)


def _file(frame):
    """Give the bytes of a file of refused rows, or None where nothing is left to correct."""
    return restricted.packed(frame.fillna("")) if len(frame) else None


def _rows(longform, coded, problems, out, book):
    """Give the refused returns: why, where from, and every answer under its question's id."""
    returns = longform.returns.loc[sorted(out)]
    reasons = problems[problems["n"].isin(out) & (problems["weight"] == REFUSED)]
    here = f"{book.sha}:" + returns["sheet"] + ":" + returns["row"].astype(str)
    frame = returns[FORM + ["identity", "submitted"]].assign(
        refused_because=_because(reasons).reindex(returns.index).fillna(""),
        refused_from=returns["origin"].where(returns["origin"] != "", here),
        source=returns["tool"].where(returns["tool"] != "", longform.source),
        partial=returns["partial"].map({True: "yes", False: ""}),
    )[CARRIED + FORM]
    answers = _wide(longform, coded, out, declined(problems))
    answers = _with_missing(answers, set(reasons["question"]) - {""}, longform)
    return frame.join(answers).fillna("")


def _because(reasons):
    """Give, by position, all that a return was refused for, under the headings of the file."""
    where = reasons["question"].where(reasons["question"] != "", reasons["column"])
    texts = where.where(where == "", where + ": ") + reasons["rule"] + ". " + reasons["mend"]
    return texts.groupby(reasons["n"]).agg("; ".join)


def _wide(longform, coded, out, declining):
    """Give the answers, one column a question (`block[entry]/question` in repeated blocks): codes,
    or what is wrong as it came.

    Of people who do not take part only that is copied.
    """
    wrong = longform.answers[~longform.answers["understood"]]
    rows = pd.concat([coded, wrong.assign(answer=wrong["value"])])
    rows = rows[rows["n"].isin(out) & (~rows["n"].isin(declining) | (rows["question"] == CONSENT))]
    if not len(rows):
        return pd.DataFrame(index=[])
    entry = rows["entry"].astype(int)
    of_entry = rows["block"] + "[" + entry.astype(str) + "]/" + rows["question"]
    name = rows["question"].where(entry == 0, of_entry).rename("name")
    cells = rows["answer"].groupby([rows["n"].astype(int), name], sort=False).agg(BETWEEN.join)
    return cells.unstack("name", fill_value="")


def _with_missing(cells, wanted, longform):
    """Give the answers with a column, in order, for all that is wrong, also where it is empty."""
    blocks, questionnaire = longform.names.blocks, longform.names.questionnaire
    order = {question.id: i for i, (_, question) in enumerate(questionnaire.questions())}
    place = {block.id: i for i, block in enumerate(questionnaire.blocks)}
    begun = {name.partition("/")[0] for name in cells if "/" in name}
    for question in wanted & set(order):
        block = blocks[question]
        entries = [f"{one}/" for one in begun if one.startswith(f"{block.id}[")]
        for front in entries if block.repeat else [""]:
            if front + question not in cells:
                cells = cells.assign(**{front + question: ""})

    def _place(name):
        entry, question = re.search(r"\[(\d+)\]", name), name.rpartition("/")[2]
        return place[blocks[question].id], int(entry[1]) if entry else 0, order[question]

    return cells[sorted(cells, key=_place)]
