"""A plain table in somebody's own words, read by a mapping to questions and choices."""

from pathlib import Path

import pandas as pd
import yaml

from cop.data import Refused
from cop.fieldwork.returns.files.headings import Candidates, Target
from cop.fieldwork.returns.files.longform import LongForm, blank_returns
from cop.fieldwork.returns.files.sheets import laid, melted, unknown
from cop.fieldwork.returns.files.workbooks import Book, plain

FORMS = {
    "questionnaire": (str, "`questionnaire: id`"),
    "columns": (dict, "`columns:` with `heading: question id`"),
    "values": (dict, "`values:` with a question id, and under it `value: code`"),
    "notes": (dict, "`notes:` with `key: heading`"),
    "sheet": (str, "`sheet: name`"),
    "heading_row": (int, "`heading_row: number`"),
}


def read(path: Path) -> dict:
    """Give a mapping file as a dict, all its names as text; raises Refused when it is not one."""
    name = Path(path).name
    try:
        mapping = _named(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise Refused(f"the mapping {name} cannot be read: {reason}") from error
    stated = mapping if isinstance(mapping, dict) else {}
    stated = {key: one for key, one in stated.items() if one not in (None, "")}
    needed = {"questionnaire", "columns"} | set(stated)
    wrong = [how for key, (kind, how) in FORMS.items()
             if key in needed and not isinstance(stated.get(key), kind)]  # fmt: skip
    values = stated.get("values")
    if isinstance(values, dict) and not all(isinstance(one, dict) for one in values.values()):
        wrong.append(FORMS["values"][1])
    if wrong:
        raise Refused(f"the mapping {name} needs {' and '.join(dict.fromkeys(wrong))}")
    return stated


def _named(stated):
    """Give what a YAML file says with the names of all its parts as text."""
    if not isinstance(stated, dict):
        return stated
    return {"" if key is None else str(key): _named(one) for key, one in stated.items()}


def longform(book: Book, candidates: Candidates, mapping: dict) -> LongForm:
    """Give the LongForm of a plain table by a mapping: column => question, value => code."""
    names = candidates.named(mapping["questionnaire"], "the mapping names the questionnaire")
    sheet = next((s for s in book.sheets if s.name == mapping.get("sheet", s.name)), None)
    if sheet is None:
        there = ", ".join(s.name for s in book.sheets)
        raise Refused(f"{book.name} has no sheet {mapping['sheet']}; it has: {there}")
    table = laid(sheet, mapping.get("heading_row"))
    columns, values = mapping["columns"], mapping.get("values") or {}
    _check_mapping(columns, values, names)
    absent = [column for column in columns if plain(column) not in table.places]
    if absent:
        which = ", ".join(map(repr, absent))
        raise Refused(f"{book.name} has no column {which}, which the mapping names")
    wanted = {plain(column): _target(stated) for column, stated in columns.items()}
    targets = [wanted.get(plain(cell)) for cell in table.header]
    table.cells = _translated(table, targets, values)
    returns = _returns(table, mapping.get("notes", {}))
    n = pd.Series(range(len(returns)), index=table.cells.index)
    answers = melted(table, targets, n, None, names)
    stated = set(mapping.get("notes", {}).values())
    table.header = ["_" if cell in stated else cell for cell in table.header]
    return LongForm("plain", names, returns, answers, [], list(unknown(table, targets)))


def _check_mapping(columns, values, names):
    """Raise Refused naming the questions of a mapping that the questionnaire does not have."""
    questions = {_target(stated).question for stated in columns.values()} | set(values)
    strange = ", ".join(sorted(str(q) for q in questions - set(names.questions)))
    if strange:
        form = names.questionnaire.id
        raise Refused(f"the mapping names questions that {form} does not have: {strange}")


def _target(stated):
    """Give the Target that a mapping states as `question` or as {question, code, entry}."""
    stated = stated if isinstance(stated, dict) else {"question": str(stated)}
    entry = str(stated.get("entry", 0))
    if not set(stated) <= {"question", "code", "entry"} or not entry.isdigit():
        raise Refused(
            "the mapping gives a column as `question id`, or as "
            "{question: id, code: choice, entry: number}"
        )
    return Target(str(stated.get("question", "")), str(stated.get("code", "")), int(entry))


def _translated(table, targets, values):
    """Give the cells with the values that a mapping translates; others stay."""
    out = table.cells.copy()
    for j, target in enumerate(targets):
        if target and target.question in values:
            words = {plain(str(k)): str(v) for k, v in values[target.question].items()}
            out[j] = out[j].map(lambda v, words=words: words.get(plain(v), v))
    return out


def _returns(table, notes):
    out = blank_returns(table.name, table.cells.index)
    for what, column in notes.items():
        out["identity" if what == "key" else what] = table.column(plain(str(column))).to_numpy()
    if "key" in notes:
        out["identity"] = out["identity"].where(out["identity"] == "", "plain " + out["identity"])
    return out
