"""The Excel form that came back: its hidden sheets say which cell answers which question."""

import pandas as pd
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from cop.data import Refused
from cop.fieldwork.returns.files.headings import Candidates
from cop.fieldwork.returns.files.longform import ANSWER, LongForm, blank_returns, yes_and_no
from cop.fieldwork.returns.files.workbooks import Book, plain

FORM, MAP = "_form", "_map"
MAPPED = ["sheet", "cell", "block", "entry", "question", "choice"]


def is_form(book: Book) -> bool:
    """Say whether a Book is an Excel form that the workspace made."""
    return {FORM, MAP} <= {sheet.name for sheet in book.sheets}


def longform(book: Book, candidates: Candidates) -> LongForm:
    """Give the LongForm of an Excel form, one return; raises Refused when it was changed."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    form = {row[0]: row[1] if len(row) > 1 else "" for _, row in sheets[FORM].rows}
    stated = form.get("questionnaire", "")
    names = candidates.named(stated, f"{book.name} is a form of the questionnaire")
    cells = _cells(book, sheets, names)
    answers = _answers(sheets, cells, names)
    if not len(answers):
        raise Refused(f"{book.name} is a form without a single answer")
    returns = blank_returns(cells["sheet"].iloc[0], cells["row"].iloc[:1])
    for key in ("questionnaire", "version", "iso3", "form_id", "language"):
        returns[key] = form.get(key, "")
    returns["submitted"] = book.saved
    places = cells.drop_duplicates(["entry", "question"]).set_index(["entry", "question"])
    places = places[["sheet", "row", "column"]]
    language = form.get("language", "")
    return LongForm("excel", names, returns, answers, [], [], language, places=places)


def _cells(book, sheets, names):
    """Give the frame of input cells with their places; raises Refused when they were changed."""
    (_, header), *rows = sheets[MAP].rows
    frame = pd.DataFrame([r for _, r in rows], columns=header, dtype=object)
    try:
        cells = [coordinate_to_tuple(cell) for cell in frame["cell"]]
        frame = frame[MAPPED].assign(
            row=[r for r, _ in cells], at=[c for _, c in cells], entry=frame["entry"].astype(int)
        )
        if frame["row"].min() < 1:
            raise ValueError("a row below 1")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        mend = "Take the answers over into a new form"
        raise Refused(f"{book.name}: its hidden sheet {MAP} was changed. {mend}") from error
    strange = sorted(set(frame["question"]) - set(names.questions))
    absent = sorted(set(frame["sheet"]) - set(sheets))
    if strange or not len(frame):
        which = ", ".join(strange[:3]) or "nothing"
        raise Refused(f"{book.name} asks what the questionnaire does not know: {which}")
    if absent:
        mend = "Give the sheet its name again"
        raise Refused(f"{book.name} has no sheet {absent[0]!r} any more. {mend}")
    blocks = frame["question"].map({question: block.id for question, block in names.blocks.items()})
    return frame.assign(column=frame["at"].map(get_column_letter), block=blocks)


def _answers(sheets, cells, names):
    """Give the answers in long form, one row a filled input cell."""
    _, no = yes_and_no(names)
    lines = {name: dict(sheets[name].rows) for name in set(cells["sheet"])}
    value = []
    for cell in cells.itertuples():
        line = lines[cell.sheet].get(cell.row, [])
        value.append(line[cell.at - 1] if cell.at <= len(line) else "")
    out = cells.assign(n=0, value=value).rename(columns={"choice": "chosen"})
    left = (out["value"] == "") | ((out["chosen"] != "") & out["value"].map(plain).isin(no))
    return out.loc[~left, ANSWER].reset_index(drop=True)
