"""Refused rows, kept in a file of their own to be corrected there and taken in again."""

import hashlib
import re
from pathlib import Path

import pandas as pd

from cop.fieldwork import restricted
from cop.fieldwork.questionnaires import CONSENT
from cop.fieldwork.returns.answers import REFUSED
from cop.fieldwork.returns.files.longform import LongForm
from cop.fieldwork.returns.files.workbooks import Book
from cop.fieldwork.returns.judging import declined

AS_WRITTEN = "as_written"  # by which a row that a person changed is told from one as it was written
CARRIED = [
    "refused_because", "refused_from", AS_WRITTEN, "source", "identity", "submitted", "changed",
    "partial",
]  # fmt: skip
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
    """Give (files of refused returns to write, path of the one with this book's rows or "").

    Rows that were corrected leave the file that they stood in; rows that are refused again stand
    there as they are now; rows that a person changed there, and did not give back, stay.
    """
    rows, origins = _rows(longform, coded, problems, out, book), origins_of(longform, book)
    files, left = {}, ""
    for sha in sorted({origin.partition(":")[0] for origin in origins}):
        path = _path(sha)
        there, typed = _there(data, path, book)
        stays = there[~there["refused_from"].isin(origins) | typed]
        of_file = rows[rows["refused_from"].astype(str).str.startswith(sha)]
        again = of_file[~of_file["refused_from"].isin(stays["refused_from"])]
        files[path] = _file(pd.concat([stays, again]))
        left = path if len(of_file) or typed.any() else left
    there = {path for path in files if (restricted.folder(data) / path).exists()}
    return {p: content for p, content in files.items() if content or p in there}, left


def origins_of(longform: LongForm, book: Book) -> pd.Series:
    """Give where each return, refused or not, stood first: its file, sheet and row, by position."""
    returns = longform.returns
    here = f"{book.sha}:" + returns["sheet"] + ":" + returns["row"].astype(str)
    return returns["origin"].where(returns["origin"] != "", here)


def _path(sha):
    return f"{restricted.REFUSED}/{sha}.csv"


def _there(data, path, book):
    """Give (rows that stand in a file, which of them a person changed there); none is of the file
    that is being taken in, since what was typed there comes with it.
    """
    file = restricted.folder(data) / path
    if not file.exists():
        return pd.DataFrame(columns=CARRIED), pd.Series(dtype=bool)
    content = file.read_bytes()
    rows = restricted.table(content)
    stated = rows.get(AS_WRITTEN, pd.Series("", rows.index)).replace("", "unknown")
    changed = (_marks(rows) != stated) & (content != book.content)
    return rows.assign(**{AS_WRITTEN: stated}), changed


def _file(frame):
    """Give the bytes of a file of refused rows, or None where nothing is left to correct."""
    if not len(frame):
        return None
    frame = frame.fillna("").reset_index(drop=True)
    new = frame[AS_WRITTEN] == ""
    return restricted.packed(
        frame.assign(**{AS_WRITTEN: frame[AS_WRITTEN].mask(new, _marks(frame))})
    )


def _marks(rows):
    """Give the mark of each row: a hash of what a person may change in it."""
    names = [name for name in rows if name not in CARRIED]
    cells = [
        [f"{name}={row[name]}" for name in names if row[name]] for row in rows.to_dict("records")
    ]
    texts = ["\x1f".join(sorted(row)) for row in cells]
    marks = ["w" + hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    return pd.Series(marks, rows.index, dtype=object)


def _rows(longform, coded, problems, out, book):
    """Give the refused returns: why, where from, and every answer under its question's id."""
    returns = longform.returns.loc[sorted(out)]
    reasons = problems[problems["n"].isin(out) & (problems["weight"] == REFUSED)]
    frame = returns[FORM + ["identity", "submitted", "changed"]].assign(
        refused_because=_because(reasons).reindex(returns.index).fillna(""),
        refused_from=origins_of(longform, book).loc[returns.index],
        source=returns["tool"].where(returns["tool"] != "", longform.source),
        **{AS_WRITTEN: ""},
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
