"""Read responses from exports of survey tools, from Excel forms and from plain tables.

Each tool has one supported export: XLSX with XML values and headers (KoboToolbox), all data as a
zip of CSV files (ODK Central), CSV with question and answer codes (LimeSurvey). The error for a
missing column lists the required settings. Plain tables need a mapping.
"""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NamedTuple

import pandas as pd
import pydantic
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from cop.data import UserError
from cop.data.csvfiles import decoded
from cop.data.errors import first_of
from cop.fieldwork import questionnaires
from cop.fieldwork.incoming import ZIP, Book, plain
from cop.fieldwork.questionnaires import Questionnaire, answer_code, question_code

FACTS = ("iso3", "form_id", "identity", "language", "submitted", "version")  # allowed in mappings
OTHER_FACTS = ("questionnaire", "changed", "verdict", "seed", "partial")
CELLS = ["response", "entry", "question", "code", "value", "sheet", "row", "column"]
MARKS = {  # tool: headings that each export contains; the tool is recognised by the first
    "kobo": ("_submission_time", "_uuid"),
    "odk": ("submissiondate", "key"),
    "limesurvey": ("startlanguage", "submitdate"),
}
FIELDS = {  # tool: {heading: fact about a response}; the last column with a value counts
    "kobo": {
        "_uuid": "identity", "_submission_time": "submitted", "meta/rootuuid": "identity",
        "end": "changed", "_validation_status": "verdict",
    },
    "odk": {
        "key": "identity", "submissiondate": "submitted", "edits": "changed",
        "reviewstate": "verdict",
    },
    "limesurvey": {
        "id": "identity", "seed": "seed", "datestamp": "changed", "submitdate": "submitted",
        "startlanguage": "language",
    },
}  # fmt: skip
CARRIED = {  # the codes of LimeSurvey contain no underscore
    "questionnaire": "questionnaire", "form_version": "version", "formversion": "version",
    "form_id": "form_id", "formid": "form_id", "iso3": "iso3",
}  # fmt: skip
LINKS = {"kobo": ("_submission__uuid", "_uuid"), "odk": ("parent_key", "key")}  # entry -> response
SETTINGS = {
    "kobo": "Export again as XLSX, with 'XML values and headers', '/' as the group separator, "
    "select-many questions in a single column, all questions and data of all versions",
    "odk": "Export 'All data and attachments' again, with 'Include fields not in the published "
    "Form', and import the zip file as it is",
    "limesurvey": "Export again with all columns, headings as 'Question code' and responses as "
    "'Answer codes'",
    "": "Use an Excel form of this project, or an export of KoboToolbox, ODK Central or "
    "LimeSurvey. For another table, add --mapping FILE.yml",
}


class Target(NamedTuple):
    """The question or fact in a column; `entry` and `code` limit it to one entry or choice."""

    question: str
    entry: int = 0
    code: str = ""


@dataclass
class Export:
    """The responses in a file.

    `facts` has a row for each response, with the columns FACTS, OTHER_FACTS, sheet and row. `cells`
    has a row for each cell, even an empty one, with the columns CELLS, where `response` is the
    index of the response in `facts`. `note` is for the person who imports the file, or "".
    """

    tool: str  # a key of MARKS, "excel" or "plain"
    form: Questionnaire
    facts: pd.DataFrame
    cells: pd.DataFrame
    words: dict[str, dict[str, str]] = field(default_factory=dict)  # question -> {word: code}
    note: str = ""


def _target(raw):
    return raw if isinstance(raw, dict | list) else Target(str(raw))


class Mapping(pydantic.BaseModel, extra="forbid", coerce_numbers_to_str=True):
    """A mapping file for a plain table.

    `columns` is {heading: question, Target or fact in FACTS}, `values` {question: {word: code}}.
    """

    questionnaire: str = pydantic.Field(min_length=1)
    columns: dict[str, Annotated[Target, pydantic.BeforeValidator(_target)]]
    values: dict[str, dict[str, str]] = {}


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file in YAML; raises UserError if it is unreadable or has errors."""
    if not path.is_file():
        raise UserError(f"mapping file {path} not found; correct --mapping")
    return questionnaires.parse(Mapping, decoded(path), path.name)


def read(book: Book, data: Path, mapping: Mapping | None = None) -> Export:
    """Return the responses in an Excel form, an export of a survey tool, or a table with `mapping`.

    With `mapping`, only the first sheet is read; Excel forms ignore the mapping. If all responses
    are from earlier versions of the form, missing columns of questions are reported in `note`;
    otherwise they raise UserError, like other errors in the file.
    """
    if {"_form", "_map"} <= {*book.sheets}:
        return _read_excel_form(book, data)
    name, main = next(iter(book.sheets.items()))
    if mapping:
        return _read_mapped(book, name, data, mapping)
    titles = {title.partition(".")[0].replace(" ", "") for title in _headings(main)}
    tool = next((tool for tool, (mark, _) in MARKS.items() if mark in titles), "")
    if not tool:
        raise UserError(f"{book.name} is not in a supported format. {SETTINGS['']}")
    facts = _facts(name, main, FIELDS[tool] | CARRIED)
    questionnaire = max(facts.questionnaire, default="")
    if facts.empty:
        raise UserError(f"{book.name} contains no responses. Export it again when there are some")
    if not questionnaire:
        fix = f"{SETTINGS[tool]}, or add --mapping FILE.yml if this project did not make the form"
        raise UserError(f"{book.name} has no column `questionnaire`, or the column is empty. {fix}")
    if tool == "limesurvey":  # without `submitdate` a response was not completed
        facts["partial"] = facts.submitted == ""
        facts["submitted"] = facts.submitted.mask(facts.partial, facts.changed)
    form = questionnaires.load(questionnaire, data)
    targets = _targets(form, tool, book)
    cells = [_cells(name, main, targets)]
    for other, sheet in [*book.sheets.items()][1:] if tool in LINKS else ():
        cells.append(_entries(other, sheet, targets, main, tool, book))
    present = {heading for sheet in book.sheets.values() for heading in _headings(sheet)}
    unread = set(targets.values()) - {targets.get(heading) for heading in present}
    absent = set(MARKS[tool]) - present
    missing = first_of(sorted(absent | {target.question for target in unread}))
    if absent or (missing and not set(facts.version) <= {*form.earlier}):
        raise UserError(f"{book.name} has no column for {missing}. {SETTINGS[tool]}")
    note = missing and f"no column for {missing}; perhaps an earlier version of the form was used"
    return Export(tool, form, facts, pd.concat(cells), note=note)


def _headings(sheet):
    return [*map(plain, sheet.iloc[0])]


def _column(sheet, heading):
    headings, rows = _headings(sheet), sheet.iloc[1:]
    return rows[headings.index(heading)] if heading in headings else pd.Series("", rows.index)


def _facts(name, sheet, fields):
    facts = pd.DataFrame("", sheet.index[1:], [*FACTS, *OTHER_FACTS], dtype=object)
    for heading, fact in fields.items():
        cells = _column(sheet, heading)
        facts[fact] = cells.where(cells != "", facts[fact])
    facts["identity"] = (facts.identity.str.removeprefix("uuid:") + " " + facts.seed).str.strip()
    facts["language"] = facts.language.str.replace("-.*", "", regex=True)  # sr for sr-Latn
    return facts.assign(sheet=name, row=facts.index)


def _cells(name, sheet, targets):
    parts = [pd.DataFrame(columns=CELLS)]
    for at, heading in enumerate(_headings(sheet)):
        if heading in targets:
            part = sheet[at].iloc[1:].to_frame("value").assign(**targets[heading]._asdict())
            parts.append(part.assign(column=sheet[at].iloc[0]))
    cells = pd.concat(parts)
    return cells.assign(sheet=name, row=cells.index, response=cells.index)


def _targets(form, tool, book):
    # A workbook of KoboToolbox has no sheet for a repeated block without entries.
    targets, is_workbook = {}, book.content.startswith(ZIP)
    for block, question in form.questions():
        if tool == "limesurvey":
            codes = [c.code for c in form.choices_of(question) if question.type == "many"]
            for entry, code in itertools.product(block.entries, codes or [""]):
                name = question_code(question.id, entry)
                name += f"[{answer_code(question, code)}]" if code else ""
                targets[name] = Target(question.id, entry, code)
        elif not (tool == "kobo" and is_workbook and block.repeat and block.id not in book.sheets):
            for group in ("", f"{block.id}/", f"{block.id}-"):
                targets[group + question.id] = Target(question.id)
    return targets


def _entries(name, sheet, targets, main, tool, book):
    """Return the cells of a repeated block from its sheet, which has a row for each entry."""
    parent, key = LINKS[tool]
    parents, keys = _column(sheet, parent), _column(main, key)
    for row, cell in parents[~parents.isin(keys)].items():
        wrong = f"{book.name}, sheet {name}, row {row}, column {parent}: {cell!r}"
        raise UserError(f"{wrong} is not the id of a response. {SETTINGS[tool]}")
    responses = parents.map(dict(zip(keys, keys.index, strict=True)))
    numbers = parents.groupby(parents).cumcount() + 1
    return _cells(name, sheet, targets).assign(response=responses, entry=numbers)


def _read_excel_form(book, data):
    stated = book.sheets["_form"].reindex(columns=[0, 1], fill_value="").set_index(0)[1].to_dict()
    form, cells = questionnaires.load(stated.get("questionnaire", ""), data), []
    try:
        for name, position, _, entry, question, code in book.sheets["_map"].iloc[1:].to_numpy():
            row, at = coordinate_to_tuple(position)
            form.question(question)  # raises StopIteration if the form has no such question
            value = book.sheets[name].get(at - 1, {}).get(row, "")
            cells.append([0, entry, question, code, value, name, row, get_column_letter(at)])
    except (KeyError, ValueError, TypeError, StopIteration) as error:
        reason = "a sheet was renamed, or the hidden sheet `_map` was changed"
        if isinstance(error, StopIteration):
            reason = f"the questionnaire {form.id} has no question {question!r}"
        raise UserError(f"{book.name}: {reason}. Copy the answers into a new form") from error
    stated |= {"submitted": book.saved, "sheet": next(iter(book.sheets)), "row": 1}
    facts = pd.DataFrame([stated], columns=[*FACTS, *OTHER_FACTS, "sheet", "row"]).fillna("")
    return Export("excel", form, facts, pd.DataFrame(cells, columns=CELLS))


def _read_mapped(book, name, data, mapping):
    form, sheet = questionnaires.load(mapping.questionnaire, data), book.sheets[name]
    headings, errors = _headings(sheet), []
    fields, targets = {}, {}
    for heading, target in mapping.columns.items():
        if plain(heading) not in headings:
            errors.append(f"{book.name} has no column {heading!r}")
        if target.question in FACTS:
            fields[plain(heading)] = target.question
        else:
            targets[plain(heading)] = target
    named = {target.question for target in targets.values()} | mapping.values.keys()
    unknown = named - {question.id for _, question in form.questions()}
    errors += [f"{form.id} has no question {name!r}" for name in sorted(unknown)]
    if errors:
        raise UserError(f"the mapping has errors: {first_of(errors)}. Correct the mapping")
    if len(sheet) < 2:
        raise UserError(f"{book.name} has no rows below its header row. Add the responses")
    facts = _facts(name, sheet, fields)
    return Export("plain", form, facts, _cells(name, sheet, targets), mapping.values)
