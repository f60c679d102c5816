"""The Excel form that came back: its hidden sheets say which cell answers which question."""

import pandas as pd
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from contract import Refused
from fieldwork.returns.files.longform import ANSWER, RETURN, LongForm, yes_and_no
from fieldwork.returns.files.workbooks import plain

FORM, MAP = "_form", "_map"
MAPPED = ["sheet", "cell", "block", "entry", "question", "choice"]


def is_form(book):
    """Say whether a Book is an Excel form that the workspace made."""
    return {FORM, MAP} <= {sheet.name for sheet in book.sheets}


def read(book, known):
    """Give the LongForm of an Excel form: one return; raises Refused when its structure was changed."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    form = {row[0]: row[1] if len(row) > 1 else "" for _, row in sheets[FORM].rows}
    names = known.named(
        form.get("questionnaire", ""), f"{book.name} is a form of the questionnaire"
    )
    cells = _cells(book, sheets, names)
    answers = _answers(sheets, cells, names)
    if not len(answers):
        raise Refused(f"{book.name} is a form without a single answer")
    first = cells.iloc[0]
    stated = {
        key: form.get(key, "")
        for key in ("questionnaire", "version", "iso3", "form_id", "language")
    }
    stated |= {"sheet": first["sheet"], "row": first["row"], "partial": False}
    returns = pd.DataFrame([stated]).reindex(columns=RETURN, fill_value="")
    places = cells.drop_duplicates(["entry", "question"]).set_index(["entry", "question"])[
        ["sheet", "row", "column"]
    ]
    return LongForm("excel", names, returns, answers, [], [], stated["language"], places=places)


def _cells(book, sheets, names):
    """Give the frame of input cells with their places; raises Refused when it is not as the workspace made it."""
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
        raise Refused(
            f"{book.name}: its hidden sheet {MAP} was changed. Take the answers over into a new form"
        ) from error
    strange = sorted(set(frame["question"]) - set(names.questions))
    absent = sorted(set(frame["sheet"]) - set(sheets))
    if strange or not len(frame):
        raise Refused(
            f"{book.name} asks what the questionnaire does not know: {', '.join(strange[:3]) or 'nothing'}"
        )
    if absent:
        raise Refused(
            f"{book.name} has no sheet {absent[0]!r} any more. Give the sheet its name again"
        )
    blocks = frame["question"].map({question: block.id for question, block in names.blocks.items()})
    return frame.assign(column=frame["at"].map(get_column_letter), block=blocks)


def _answers(sheets, cells, names):
    """Give the answers in long form, one row a filled input cell."""
    _, no = yes_and_no(names)
    texts = {name: dict(sheets[name].rows) for name in set(cells["sheet"])}
    lines = [
        texts[sheet].get(row, []) for sheet, row in zip(cells["sheet"], cells["row"], strict=True)
    ]
    value = [
        line[at - 1] if at <= len(line) else "" for line, at in zip(lines, cells["at"], strict=True)
    ]
    out = cells.assign(n=0, value=value).rename(columns={"choice": "chosen"})
    left = (out["value"] == "") | ((out["chosen"] != "") & out["value"].map(plain).isin(no))
    return out.loc[~left, ANSWER].reset_index(drop=True)
