"""The Excel form that came back: its hidden sheets say which cell answers which question."""

import pandas as pd
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from intake import Refused
from intake.readings import ANSWER, RETURN, Reading, yes_and_no
from intake.workbooks import plain

FORM, MAP = "_form", "_map"
MAPPED = ["sheet", "cell", "block", "entry", "question", "choice"]


def is_form(book):
    """Say whether a Book is an Excel form that the workspace made."""
    return {FORM, MAP} <= {sheet.name for sheet in book.sheets}


def read(book, known):
    """Give the Reading of an Excel form: one return; raises Refused when its structure was changed."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    form = {row[0]: row[1] if len(row) > 1 else "" for _, row in sheets[FORM].rows}
    names = known.named(form.get("questionnaire", ""), f"{book.name} is a form of the questionnaire")
    cells = _mapped(book, sheets[MAP], names)
    answers = _answers(book, sheets, cells, names)
    if not len(answers):
        raise Refused(f"{book.name} is a form without a single answer")
    first = answers.iloc[0]
    stated = {key: form.get(key, "") for key in ("questionnaire", "version", "iso3", "form_id", "language")}
    stated |= {"sheet": first["sheet"], "row": first["row"], "partial": False}
    returns = pd.DataFrame([stated]).reindex(columns=RETURN, fill_value="")
    return Reading("excel", names, returns, answers, [], [], stated["language"])


def _mapped(book, sheet, names):
    """Give the frame of input cells; raises Refused when it is not as the workspace made it."""
    (_, header), *rows = sheet.rows
    frame = pd.DataFrame([r for _, r in rows], columns=header, dtype=object)
    if not set(MAPPED) <= set(header):
        raise Refused(f"{book.name}: its hidden sheet {MAP} was changed. Take the answers over into a new form")
    strange = set(frame["question"]) - set(names.questions)
    if strange:
        raise Refused(f"{book.name} asks {', '.join(sorted(strange)[:3])}, which the questionnaire does not know")
    return frame


def _answers(book, sheets, cells, names):
    """Give the answers in long form, one row a filled input cell."""
    absent = set(cells["sheet"]) - set(sheets)
    if absent:
        raise Refused(f"{book.name} has no sheet {sorted(absent)[0]!r} any more. Give the sheet its name again")
    _, no = yes_and_no(names)
    texts = {name: dict(sheets[name].rows) for name in set(cells["sheet"])}
    out = []
    for sheet, cell, block, entry, question, choice in cells[MAPPED].itertuples(index=False):
        row, at = coordinate_to_tuple(cell.replace("$", ""))
        line = texts[sheet].get(row, [])
        value = line[at - 1] if at <= len(line) else ""
        if value == "" or (choice and plain(value) in no):
            continue
        out.append((0, block, int(entry or 0), question, value, sheet, row, get_column_letter(at), at, choice))
    return pd.DataFrame(out, columns=ANSWER)
