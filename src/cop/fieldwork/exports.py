"""Read responses from exports of survey tools, from Excel forms and from plain tables.

Each tool has one supported export: XLSX with XML values and headers (KoboToolbox), all data as a
zip of CSV files (ODK Central), CSV with question and answer codes (LimeSurvey). If an export has
other settings, the error lists the required ones. Plain tables need a mapping.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pydantic
import yaml
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from cop.data import DataError, UserError
from cop.data.errors import first_of
from cop.fieldwork import questionnaires
from cop.fieldwork.incoming import Book, Sheet, plain
from cop.fieldwork.questionnaires import CONSENT, Questionnaire, answer_code, question_code

FIELDS = {  # tool: {heading: field of a response}; the last column with a value counts
    "kobo": {
        "_uuid": "identity", "_submission_time": "submitted", "meta/rootuuid": "identity",
        "end": "changed", "_validation_status": "verdict",
    },
    "odk": {
        "key": "identity", "submissiondate": "submitted", "edits": "changed",
        "reviewstate": "verdict", "status": "verdict",
    },
    "limesurvey": {
        "submitdate": "submitted", "startlanguage": "language", "datestamp": "changed",
    },
}  # fmt: skip
CARRIED = {  # the codes of LimeSurvey contain no underscore
    "questionnaire": "questionnaire", "form_version": "version", "formversion": "version",
    "form_id": "form_id", "formid": "form_id", "iso3": "iso3",
}  # fmt: skip
MARKS = {  # headings by which the main table of an export is recognised
    "kobo": {"_uuid", "_submission_time"},
    "odk": {"key", "submissiondate"},
    "limesurvey": {"submitdate", "startlanguage"},
}
HINTS = {  # headings by which an unsupported export of a tool is recognised
    "kobo": {"_submission_time"},
    "odk": {"parent_key", "submissiondate"},
    "limesurvey": {"submitdate", "date submitted"},
}
LINKS = {"kobo": ("_submission__uuid", "_uuid"), "odk": ("parent_key", "key")}  # entry -> response
SEPARATORS = {"kobo": "/", "odk": "[/-]"}  # between group, question and choice
FACTS = ("iso3", "form_id", "identity", "language", "submitted", "version")  # in a mapping
SETTINGS = {
    "kobo": "Export again as XLSX, with 'XML values and headers', '/' as the group separator, "
    "select-many questions in a single column, all questions and data of all versions",
    "odk": "Export 'All data and attachments' as a zip, with the form's groups and all fields",
    "limesurvey": "Export again with all columns, headings as 'Question code' and responses as "
    "'Answer codes'",
}
UNKNOWN = (
    "Supported are the Excel forms of this project and exports of KoboToolbox, ODK Central and "
    "LimeSurvey. For another table, add --mapping FILE.yml"
)


class Target(NamedTuple):
    """The question, or one of FACTS, that a column contains; entry and choice if it has its own."""

    question: str
    entry: int = 0
    code: str = ""


class Cell(NamedTuple):
    """A cell of a response with its position; the question is "" if it only locates an error."""

    question: str
    entry: int
    value: str
    sheet: str
    row: int
    column: str


@dataclass
class Response:
    """A response: its position in the file, its metadata and its cells.

    `validate` adds `answers` as (block, entry, question, answer), the `errors` that reject the
    response, and `remarks`; importing it may add further remarks.
    """

    sheet: str
    row: int
    identity: str = ""
    questionnaire: str = ""
    version: str = ""
    iso3: str = ""
    language: str = ""
    form_id: str = ""
    submitted: str = ""
    changed: str = ""
    verdict: str = ""  # the decision of a reviewer in the tool, such as "not approved"
    partial: bool = False
    cells: list[Cell] = field(default_factory=list)
    answers: list[tuple[str, int, str, str]] = field(default_factory=list)
    errors: list[DataError] = field(default_factory=list)
    remarks: list[DataError] = field(default_factory=list)
    positions: dict = field(default_factory=dict)  # in Excel forms: (question, entry) -> cell

    def problem(self, rule: str, fix: str, cell: Cell | None = None) -> DataError:
        """Return an error or remark on the response or one of its cells; long values are cut."""
        sheet, row, column = cell[3:] if cell else (self.sheet, self.row, "")
        value = cell.value if cell else ""
        value = value if len(value) <= 40 else f"{value[:40]}…"
        return DataError(f"sheet {sheet}", row, column, value, rule, fix)


@dataclass
class Export:
    """The responses in a file; `remarks` are notes for the person who imports it."""

    tool: str
    form: Questionnaire
    responses: list[Response]
    targets: dict[str, Target] = field(default_factory=dict)  # by heading
    remarks: list[str] = field(default_factory=list)
    words: dict = field(default_factory=dict)  # of a mapping: question -> {word: code}

    def __post_init__(self):
        """Collect words for yes and no: 1, y, x and the like, and labels in every language."""
        self.yes, self.no = ({"1", "y", "yes", "true", "x"}, {"0", "n", "no", "false", "n/a"})
        for choice in self.form.choices.get("yes_no", ()):
            words = self.yes if choice.code == "yes" else self.no
            words |= {plain(label) for label in choice.label.values()}

    def add(self, response: Response, target: Target, value: str, *position: str | int) -> None:
        """Add a value to a response, unless it is empty.

        Words of the mapping become codes. In the column of a single choice, yes becomes the code of
        the choice and no is dropped; `validate` checks any other value.
        """
        value = self.words.get(target.question, {}).get(plain(value), value)
        if target.code and plain(value) in self.yes:
            value = target.code
        elif target.code and plain(value) in self.no:
            value = ""
        if value:
            response.cells.append(Cell(target.question, target.entry, value, *position))

    def add_rows(self, sheet: Sheet, owners: list[tuple[Response, int]]) -> set[Target]:
        """Add the answers in a sheet, and return the targets that have a column.

        `owners` are the response and entry of each row. Columns below a question, such as
        areas/police, are skipped: the column of the question has the same content.
        """
        columns = {}
        for at, heading in enumerate(sheet.headings):
            *groups, name = re.split(SEPARATORS.get(self.tool, r"\n"), heading)
            if name in self.targets and not set(groups) & set(self.targets):
                columns[at] = self.targets[name]
        (_, headings), *rows = sheet.rows
        for (response, entry), (number, cells) in zip(owners, rows, strict=True):
            for at, target in columns.items():
                target = target._replace(entry=entry or target.entry)
                self.add(response, target, cells[at], sheet.name, number, headings[at])
        return set(columns.values())


class Mapping(pydantic.BaseModel, extra="forbid", coerce_numbers_to_str=True):
    """A mapping of a plain table: {heading: question or fact}, {question: {word: code}}."""

    questionnaire: str = pydantic.Field(pattern=r"\S")
    columns: dict[str, str | Target]
    values: dict[str, dict[str, str]] = {}


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file in YAML; raises UserError if it is unreadable or has errors."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Mapping.model_validate(raw)
    except pydantic.ValidationError as error:
        reason = "; ".join(questionnaires.error_lines(error))
    except (OSError, ValueError, AttributeError, yaml.YAMLError, RecursionError) as error:
        reason = str(error)
    raise UserError(f"the mapping {path.name} cannot be used: {reason}")


def read(book: Book, data: Path, mapping: Mapping | None = None) -> Export:
    """Return the responses in a file; plain tables need a `mapping`. Raises UserError on errors."""
    sheets = {sheet.name: sheet for sheet in book.sheets if sheet.rows}
    if {"_form", "_map"} <= set(sheets):
        return _read_excel_form(book, sheets, data)
    if mapping:
        return _read_mapped(book, next(iter(sheets.values())), data, mapping)
    tool, main = _recognise(book, sheets)
    responses = _responses(main, FIELDS[tool] | CARRIED, tool)
    stated = sorted({response.questionnaire for response in responses} - {""})
    if len(stated) != 1:
        fix = "Import one form at a time" if stated else SETTINGS[tool]
        names = ", ".join(stated) or "nothing"
        raise UserError(f"{book.name}, column questionnaire: {names} instead of one id. {fix}")
    form = questionnaires.load(stated[0], data)
    export = Export(tool, form, responses, _targets(form, tool))
    columns = export.add_rows(main, [(response, 0) for response in responses])
    for sheet in sheets.values() if tool in LINKS else ():
        if sheet is not main:
            columns |= _add_entries(book, export, sheet, main.column(LINKS[tool][1]))
    _refuse_other_settings(book, export, columns)
    return export


def _recognise(book, sheets):
    """Return (tool, main sheet); raises UserError for an unknown format or without responses."""
    headings = {name: set(sheet.headings) for name, sheet in sheets.items()}
    for tool, marks in MARKS.items():
        link, *_ = LINKS.get(tool, (None,))
        for name, titles in headings.items():
            if marks <= titles and link not in titles and sheets[name].rows[1:]:
                return tool, sheets[name]
    titles = {title.partition(".")[0] for titles in headings.values() for title in titles}
    fix = next((SETTINGS[tool] for tool, hints in HINTS.items() if hints & titles), UNKNOWN)
    raise UserError(f"{book.name} has no responses that can be read. {fix}")


def _responses(sheet, fields, tool="plain"):
    """Return a response without answers for each row of a sheet; `fields` is {heading: field}."""
    responses = [Response(sheet.name, number) for number, _ in sheet.rows[1:]]
    for heading, name in fields.items():
        for response, cell in zip(responses, sheet.column(heading), strict=True):
            if cell:
                setattr(response, name, cell)
    keys = zip(*(sheet.column(name) for name in ("id", "seed", "startdate")), strict=True)
    for response, key in zip(responses, keys, strict=True):
        response.identity = response.identity.removeprefix("uuid:")
        response.language = response.language.partition("-")[0]  # LimeSurvey writes sr-Latn
        if tool == "limesurvey":  # without `submitdate` a response was not completed
            response.partial = not response.submitted
            response.submitted = response.submitted or response.changed
            response.identity = " ".join(filter(None, key))
    return responses


def _targets(form, tool):
    """Return {heading: Target}; in LimeSurvey, entries and choices of `many` have their own."""
    if tool != "limesurvey":
        return {question.id: Target(question.id) for _, question in form.questions()}
    targets = {}
    for block, question in form.questions():
        for entry in block.entries:
            name = question_code(question.id, entry)
            if question.type != "many":
                targets[name] = Target(question.id, entry)
                continue
            for choice in form.choices_of(question):
                code = plain(answer_code(question, choice.code))
                targets[f"{name}[{code}]"] = Target(question.id, entry, choice.code)
    return targets


def _add_entries(book, export, sheet, keys):
    """Add a sheet's entries to the responses with these ids, and return targets with a column."""
    by_key, times = dict(zip(keys, export.responses, strict=True)), Counter(keys)
    entries, owners = Counter(), []
    parents = sheet.column(LINKS[export.tool][0])
    for parent, (number, _) in zip(parents, sheet.rows[1:], strict=True):
        if times[parent] != 1:
            where = f"{book.name}, sheet {sheet.name}, row {number}: {parent!r}"
            fix = "Export again with all sheets, or correct the id"
            raise UserError(f"{where} is not the id of exactly one response. {fix}")
        entries[parent] += 1
        owners.append((by_key[parent], entries[parent]))
    return export.add_rows(sheet, owners)


def _refuse_other_settings(book, export, columns):
    """Raise UserError for an export with missing columns, or with labels instead of codes.

    Missing columns are only a remark if all responses have earlier versions. KoboToolbox exports no
    sheet for a repeated block without entries.
    """
    missing = {target.question for target in export.targets.values() if target not in columns}
    for block in export.form.blocks if export.tool == "kobo" and book.is_workbook else ():
        ids = {question.id for question in block.questions}
        missing -= ids if block.repeat and ids <= missing else set()
    names = first_of(sorted(missing))
    if missing and {response.version for response in export.responses} <= set(export.form.earlier):
        export.remarks.append(f"no column for {names}; an earlier version may not contain them")
    elif missing:
        raise UserError(f"{book.name} has no column for {names}. {SETTINGS[export.tool]}")
    codes = ("Y", "N") if export.tool == "limesurvey" else ("yes", "no")
    given = {c.value for r in export.responses for c in r.cells if c.question == CONSENT}
    if export.yes & {value.casefold() for value in given.difference(codes)}:
        raise UserError(f"{book.name} has labels as answers. {SETTINGS[export.tool]}")


def _read_excel_form(book, sheets, data):
    """Return the answers in an Excel form; raises UserError if it is empty or was changed."""
    facts = {row[0]: row[1] if len(row) > 1 else "" for _, row in sheets["_form"].rows}
    form = questionnaires.load(facts.get("questionnaire", ""), data)
    grids = {name: dict(sheet.rows) for name, sheet in sheets.items()}
    response = Response("", 0, submitted=book.saved)
    for name in ("version", "iso3", "form_id", "language"):
        setattr(response, name, facts.get(name, ""))
    export = Export("excel", form, [response])
    try:
        for _, (sheet, cell, _, entry, question, *code) in sheets["_map"].rows[1:]:
            row, at = coordinate_to_tuple(cell)
            cells = grids[sheet].get(row, [])
            target = Target(form.question(question).id, int(entry), "".join(code))
            position = sheet, row, get_column_letter(at)
            response.positions.setdefault(target[:2], position)
            export.add(response, target, cells[at - 1] if at <= len(cells) else "", *position)
    except (KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
        reason = f"a sheet was renamed, or the form is not of the present {form.id}"
        raise UserError(f"{book.name}: {reason}. Copy the answers into a new form") from error
    if not response.cells:
        raise UserError(f"{book.name} is a form without answers. Request a completed form")
    response.sheet, response.row = response.cells[0].sheet, response.cells[0].row
    return export


def _read_mapped(book, sheet, data, mapping):
    """Return the responses in a plain table; raises UserError if the mapping does not match it."""
    form = questionnaires.load(mapping.questionnaire, data)
    ids = {question.id for _, question in form.questions()}
    targets = {
        plain(heading): Target(target) if isinstance(target, str) else target
        for heading, target in mapping.columns.items()
    }
    absent = [heading for heading in mapping.columns if plain(heading) not in sheet.headings]
    named = {target.question for target in targets.values()}.difference(FACTS)
    if absent:
        raise UserError(f"{book.name} lacks {', '.join(map(repr, absent))}. Correct the mapping")
    if unknown := sorted(named.union(mapping.values) - ids):
        raise UserError(f"{form.id} lacks {', '.join(map(repr, unknown))}. Correct the mapping")
    if not sheet.rows[1:]:
        raise UserError(f"{book.name} has no rows below its headings")
    facts = {title: t.question for title, t in targets.items() if t.question not in ids}
    targets = {title: target for title, target in targets.items() if title not in facts}
    words = {
        question: {plain(word): code for word, code in codes.items()}
        for question, codes in mapping.values.items()
    }
    export = Export("plain", form, _responses(sheet, facts), targets, words=words)
    export.add_rows(sheet, [(response, 0) for response in export.responses])
    return export
