"""Read responses from exports of survey tools, from Excel forms and from plain tables.

Each tool has one supported export: XLSX with XML values and headers (KoboToolbox), all data as a
zip of CSV files (ODK Central), CSV with question and answer codes (LimeSurvey). For other settings
the error names the setting to change. Plain tables need a mapping.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pydantic
import yaml
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from cop.data import UserError
from cop.fieldwork import questionnaires
from cop.fieldwork.incoming import Book, plain
from cop.fieldwork.questionnaires import CONSENT, Questionnaire, answer_code, question_code

FIELDS = {  # tool: its columns -> field of a response; the last that is filled counts
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
CARRIED = {  # LimeSurvey's codes have no _
    "questionnaire": "questionnaire", "form_version": "version", "formversion": "version",
    "form_id": "form_id", "formid": "form_id", "iso3": "iso3",
}  # fmt: skip
MARKS = {  # columns by which an export is recognised
    "kobo": {"_uuid", "_submission_time"},
    "odk": {"key", "submissiondate"},
    "limesurvey": {"submitdate", "startlanguage"},
}
LINKS = {"kobo": ("_submission__uuid", "_uuid"), "odk": ("parent_key", "key")}  # of an entry, to
SEPARATORS = {"kobo": "/", "odk": "[/-]"}  # of groups, question and choice
FACTS = ("iso3", "form_id", "identity", "language", "submitted", "version")  # in a mapping
SETTINGS = {
    "kobo": "Export again as XLSX, with 'XML values and headers', '/' as the group separator, "
    "select-many questions in a single column, all questions and data of all versions",
    "odk": "Export 'All data and attachments' as a zip, with the form's groups and all fields",
    "limesurvey": "Export again with all columns, headings as 'Question code' and responses as "
    "'Answer codes'",
}


class Target(NamedTuple):
    """The question, entry (0 outside repeated blocks) and choice that a column answers."""

    question: str
    entry: int = 0
    code: str = ""


class Cell(NamedTuple):
    """A non-empty cell: what it answers, and where it is."""

    question: str
    entry: int
    value: str
    sheet: str
    row: int
    column: str


class Problem(NamedTuple):
    """An error or remark with its place and fix; `shown` is the value unless it is restricted."""

    rejects: bool
    sheet: str
    row: int
    column: str
    shown: str
    rule: str
    fix: str


@dataclass
class Response:
    """A response: its place in the file, its metadata and its cells.

    Validation adds `answers` as (block, entry, question, answer), and `problems`.
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
    verdict: str = ""  # of the tool, such as "not approved"
    partial: bool = False
    cells: list[Cell] = field(default_factory=list)
    answers: list[tuple[str, int, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: dict = field(default_factory=dict)  # (question, entry): first cell, of an Excel form

    @property
    def rejected(self) -> bool:
        """Whether the response must not be stored."""
        return any(problem.rejects for problem in self.problems)

    def add(self, rule: str, fix: str, rejects: bool, cell: Cell | None = None) -> None:
        """Add a problem of the response or of one of its cells."""
        cell = cell or Cell("", 0, "", self.sheet, self.row, "")
        self.problems.append(Problem(rejects, *cell[3:], cell.value, rule, fix))


@dataclass
class Export:
    """The responses in a file; `remarks` are notes for the person who imports it."""

    tool: str
    form: Questionnaire
    responses: list[Response]
    targets: dict[str, Target] = field(default_factory=dict)  # by the name of a column
    remarks: list[str] = field(default_factory=list)
    words: dict = field(default_factory=dict)  # of a mapping: question -> {word: code}

    def __post_init__(self):
        """Collect the words for yes and no in every language of the form."""
        self.yes, self.no = ({"1", "y", "yes", "true", "x"}, {"0", "n", "no", "false", "n/a"})
        for choice in self.form.choices.get("yes_no", ()):
            words = self.yes if choice.code == "yes" else self.no
            words |= {plain(label) for label in choice.label.values()}

    def add(self, response: Response, target: Target, value: str, *place: str | int) -> None:
        """Add a non-empty cell to a response.

        In the column of a single choice, yes becomes the code of the choice and no is
        dropped; any other value is kept, so that validation rejects it.
        """
        value = self.words.get(target.question, {}).get(plain(value), value)
        if target.code and plain(value) in self.yes:
            value = target.code
        elif target.code and plain(value) in self.no:
            value = ""
        if value:
            response.cells.append(Cell(target.question, target.entry, value, *place))


class Mapping(pydantic.BaseModel, extra="forbid", coerce_numbers_to_str=True):
    """A mapping from columns of a plain table to questions or FACTS."""

    questionnaire: str = pydantic.Field(pattern=r"\S")
    columns: dict[str, str | Target]
    values: dict[str, dict[str, str]] = {}


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises UserError that lists all errors."""
    try:
        raw = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        return Mapping.model_validate(raw)
    except pydantic.ValidationError as error:
        reason = "; ".join(questionnaires.error_lines(error))
    except (OSError, ValueError, AttributeError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
    raise UserError(f"the mapping {Path(path).name} cannot be used: {reason}")


def read(book: Book, data: Path, questionnaire: str = "", mapping: Mapping | None = None) -> Export:
    """Return the responses in a file; raises UserError if its format is not supported."""
    tables = {sheet.name: sheet.rows for sheet in book.sheets if sheet.rows}
    if {"_form", "_map"} <= set(tables):
        return _read_excel_form(book, tables, data)
    if mapping:
        return _read_mapped(book, tables, data, mapping)
    tool, main = _recognise(book, tables)
    (_, heading), *rows = tables.pop(main)
    names = [re.split(SEPARATORS.get(tool, r"\n"), plain(title))[-1] for title in heading]
    fields = _positions(list(map(plain, heading)), FIELDS[tool]) + _positions(names, CARRIED)
    keys = [names.index(name) for name in ("id", "seed", "startdate") if name in names]
    responses = _responses(tool, main, rows, fields, keys)
    stated = {response.questionnaire for response in responses} - {""} or {questionnaire} - {""}
    if len(stated) != 1:
        fix = "Split it" if stated else "Name it with --questionnaire ID"
        raise UserError(f"{book.name} states {len(stated)} questionnaires instead of one. {fix}")
    form = questionnaires.load(stated.pop(), data)
    export = Export(tool, form, responses, _targets(form, tool))
    columns = _read_rows(
        export, main, heading, [(r, 0, row) for r, row in zip(responses, rows, strict=True)]
    )
    if tool in LINKS:
        keys = _column(heading, rows, LINKS[tool][1])
        for name, table in tables.items():
            columns |= _read_entries(book, export, name, table, keys)
    _refuse_other_settings(book, export, columns)
    return export


def _recognise(book, tables):
    """Return (tool, name of the main table); raises UserError for an unknown format."""
    headings = {name: {plain(h) for h in rows[0][1]} for name, rows in tables.items()}
    for tool, marks in MARKS.items():
        link, *_ = LINKS.get(tool, (None,))
        for name, heading in headings.items():
            if marks <= heading and link not in heading and tables[name][1:]:
                return tool, name
        if any(link in heading or marks <= heading for heading in headings.values()):
            raise UserError(f"{book.name} holds no responses. {SETTINGS[tool]}")
    titles = {title.partition(".")[0] for heading in headings.values() for title in heading}
    if titles & {"date submitted", "submitdate"}:
        raise UserError(f"{book.name} has texts as headings. {SETTINGS['limesurvey']}")
    raise UserError(
        f"{book.name} is neither an Excel form of this project nor an export of KoboToolbox, "
        "ODK Central or LimeSurvey: their columns (_uuid, KEY, submitdate) are missing. For a "
        "plain table, state with --mapping FILE.yml which column answers which question"
    )


def _positions(titles, fields):
    """Return (position, field) of the columns with metadata of a response."""
    return [(titles.index(title), name) for title, name in fields.items() if title in titles]


def _column(heading, rows, title):
    """Return the cells of a column, "" in each row if the column does not exist."""
    titles = [plain(h) for h in heading]
    return [cells[titles.index(title)] if title in titles else "" for _, cells in rows]


def _responses(tool, sheet, rows, fields, keys=()):
    """Return a response without answers for each row; `keys` identify those of LimeSurvey."""
    responses = []
    for number, cells in rows:
        response = Response(sheet, number)
        for position, target in fields:
            if cells[position]:
                setattr(response, target, cells[position])
        response.identity = response.identity.removeprefix("uuid:")
        if tool == "limesurvey":  # without `submitdate` nothing was completed
            response.partial = not response.submitted
            response.submitted = response.submitted or response.changed
            response.identity = " ".join(cells[position] for position in keys)
            response.language = response.language.partition("-")[0]  # it writes sr-Latn
        responses.append(response)
    return responses


def _targets(form, tool):
    """Return {column: Target}; in LimeSurvey each entry and choice has a column."""
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


def _read_rows(export, sheet, heading, rows):
    """Add the answers in (response, entry, row) triples, and return the targets that have a column.

    Columns for single choices, such as areas/police, are skipped: the column of the question
    has the same content.
    """
    columns = {}
    for at, title in enumerate(map(plain, heading)):
        *groups, name = re.split(SEPARATORS.get(export.tool, r"\n"), title)
        if name in export.targets and not set(groups) & set(export.targets):
            columns[at] = export.targets[name]
    for response, entry, (number, cells) in rows:
        for at, target in columns.items():
            target = target._replace(entry=entry or target.entry)
            export.add(response, target, cells[at], sheet, number, heading[at])
    return set(columns.values())


def _read_entries(book, export, name, table, keys):
    """Add the entries of a repeated block to their responses; return targets with a column."""
    (_, heading), *rows = table
    by_key, times = dict(zip(keys, export.responses, strict=True)), Counter(keys)
    parents = _column(heading, rows, LINKS[export.tool][0])
    entries, triples = Counter(), []
    for parent, row in zip(parents, rows, strict=True):
        if times[parent] != 1:
            fix = "Export again with all sheets, or correct the id of its parent"
            where = f"{book.name}, sheet {name}, row {row[0]}"
            raise UserError(f"{where}: belongs to no single response of this file. {fix}")
        entries[parent] += 1
        triples.append((by_key[parent], entries[parent], row))
    return _read_rows(export, name, heading, triples)


def _refuse_other_settings(book, export, columns):
    """Raise UserError for an export with missing columns, or with labels instead of codes.

    A missing column must not be taken for unanswered questions. KoboToolbox, however, exports
    no sheet for a repeated block without entries.
    """
    missing = {target.question for target in export.targets.values() if target not in columns}
    for block in export.form.blocks if export.tool == "kobo" and book.is_workbook else ():
        ids = {question.id for question in block.questions}
        missing -= ids if block.repeat and ids <= missing else set()
    names = ", ".join(sorted(missing)[:6]) + (" and others" if len(missing) > 6 else "")
    if missing and {response.version for response in export.responses} <= set(export.form.earlier):
        reason = "perhaps since an earlier version of the form did not ask it"
        export.remarks.append(f"no column for {names}, {reason}")
    elif missing:
        raise UserError(f"{book.name} has no column for {names}. {SETTINGS[export.tool]}")
    codes = ("Y", "N") if export.tool == "limesurvey" else ("yes", "no")
    for response in export.responses:
        for answer in response.cells:
            word = answer.value.casefold()
            if answer.question == CONSENT and answer.value not in codes and word in export.yes:
                raise UserError(f"{book.name} has labels as answers. {SETTINGS[export.tool]}")


def _read_excel_form(book, tables, data):
    """Return the response in an Excel form; raises UserError if its hidden sheets changed."""
    facts = {row[0]: row[1] if len(row) > 1 else "" for _, row in tables["_form"]}
    form = questionnaires.load(facts.get("questionnaire", ""), data)
    sheets = {name: dict(rows) for name, rows in tables.items()}
    response = Response("", 0, submitted=book.saved)
    for name in ("version", "iso3", "form_id", "language"):
        setattr(response, name, facts.get(name, ""))
    export = Export("excel", form, [response])
    try:
        for _, (sheet, cell, _, entry, question, *code) in tables["_map"][1:]:
            row, at = coordinate_to_tuple(cell)
            cells = sheets[sheet].get(row, [])
            target = Target(form.question(question).id, int(entry), "".join(code))
            place = sheet, row, get_column_letter(at)
            response.places.setdefault(target[:2], place)
            export.add(response, target, cells[at - 1] if at <= len(cells) else "", *place)
    except (KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
        fix = "Copy the answers into a new form"
        raise UserError(
            f"{book.name}: a sheet was renamed or a hidden one changed. {fix}"
        ) from error
    if not response.cells:
        raise UserError(f"{book.name} is a form without answers")
    response.sheet, response.row = response.cells[0].sheet, response.cells[0].row
    return export


def _read_mapped(book, tables, data, mapping):
    """Return the responses in a plain table, by its mapping."""
    form = questionnaires.load(mapping.questionnaire, data)
    name, ((_, heading), *rows) = next(iter(tables.items()))
    names = list(map(plain, heading))
    ids = {question.id for _, question in form.questions()}
    targets = {
        plain(title): Target(target) if isinstance(target, str) else target
        for title, target in mapping.columns.items()
    }
    absent = [title for title in mapping.columns if plain(title) not in names]
    stated = {target.question for target in targets.values()} | set(mapping.values)
    if absent := absent + sorted(stated.difference(ids, FACTS)):
        listed = ", ".join(map(repr, absent))
        raise UserError(
            f"the mapping names columns or questions that {book.name} or {form.id} lacks: {listed}"
        )
    facts = {title: t.question for title, t in targets.items() if t.question not in ids}
    targets = {title: target for title, target in targets.items() if title not in facts}
    responses = _responses("plain", name, rows, _positions(names, facts))
    export = Export("plain", form, responses, targets)
    export.words = {
        question: {plain(word): code for word, code in codes.items()}
        for question, codes in mapping.values.items()
    }
    _read_rows(export, name, heading, [(r, 0, row) for r, row in zip(responses, rows, strict=True)])
    return export
