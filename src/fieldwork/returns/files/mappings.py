"""A plain table in somebody's own words, read by a mapping: which column answers which question, which word is which choice."""

import pandas as pd

from contract import Refused
from fieldwork.returns.files.headings import Target
from fieldwork.returns.files.longform import RETURN, LongForm
from fieldwork.returns.files.sheets import laid, melted, unknown
from fieldwork.returns.files.workbooks import plain


def read(book, known, mapping):
    """Give the LongForm of a plain table by a mapping: column => question, value => code."""
    names = known.named(mapping["questionnaire"], "the mapping names the questionnaire")
    sheet = next((s for s in book.sheets if s.name == mapping.get("sheet", s.name)), None)
    if sheet is None:
        raise Refused(
            f"{book.name} has no sheet {mapping['sheet']}; it has: {', '.join(s.name for s in book.sheets)}"
        )
    table = laid(sheet, mapping.get("heading_row"))
    _check_mapping(mapping, names)
    columns = {plain(k): v for k, v in mapping["columns"].items()}
    absent = [k for k in mapping["columns"] if plain(k) not in table.places]
    if absent:
        raise Refused(
            f"{book.name} has no column {', '.join(map(repr, absent))}, which the mapping names"
        )
    targets = [_mapped(columns.get(plain(cell))) for cell in table.header]
    table.cells = _translated(table, targets, mapping.get("values") or {})
    returns = _plain_returns(table, mapping)
    answers = melted(
        table, targets, pd.Series(range(len(returns)), index=table.cells.index), None, names
    )
    stated = set(mapping.get("notes", {}).values())
    table.header = ["_" if cell in stated else cell for cell in table.header]
    return LongForm("plain", names, returns, answers, [], list(unknown(table, targets)))


def _check_mapping(mapping, names):
    """Raise Refused naming the questions of a mapping that the questionnaire does not have."""
    asked = {_mapped(w).question for w in mapping["columns"].values()} | set(
        mapping.get("values") or {}
    )
    strange = sorted(str(q) for q in asked - set(names.questions))
    if strange:
        raise Refused(
            f"the mapping names questions that {names.questionnaire.id} does not have: {', '.join(strange)}"
        )


def _mapped(wanted):
    """Give the Target that a mapping states as `question` or as {question, code, entry}."""
    if wanted is None:
        return None
    wanted = wanted if isinstance(wanted, dict) else {"question": str(wanted)}
    if (
        not set(wanted) <= {"question", "code", "entry"}
        or not str(wanted.get("entry", 0)).isdigit()
    ):
        raise Refused(
            "the mapping gives a column as `question id`, or as {question: id, code: choice, entry: number}"
        )
    return Target(
        str(wanted.get("question", "")), str(wanted.get("code", "")), int(wanted.get("entry", 0))
    )


def _translated(table, targets, values):
    """Give the cells with the values that a mapping translates; others stay."""
    out = table.cells.copy()
    for j, target in enumerate(targets):
        if target and target.question in values:
            words = {plain(str(k)): str(v) for k, v in values[target.question].items()}
            out[j] = out[j].map(lambda v, words=words: words.get(plain(v), v))
    return out


def _plain_returns(table, mapping):
    out = pd.DataFrame("", index=range(len(table.cells)), columns=RETURN, dtype=object)
    out["sheet"], out["row"], out["partial"] = table.name, table.cells.index, False
    for what, column in mapping.get("notes", {}).items():
        out["identity" if what == "key" else what] = table.column(plain(column)).to_numpy()
    if "key" in mapping.get("notes", {}):
        out["identity"] = out["identity"].where(out["identity"] == "", "plain " + out["identity"])
    return out
