"""Excel forms to send by e-mail: drop-down lists, locked cells, no macros or formulas.

Questions asked once are listed on one sheet, each repeated block is a table on its own sheet, and
each choice of a multiple-choice question has its own cell. `cop intake` reads two hidden sheets:
`_form` (key, value) and `_map` (sheet, cell, block, entry, question, choice). The drop-down lists
refer to a third one, `_lists` (list, code, label).
"""

import io
import re

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cop.data import is_formula
from cop.fieldwork.questionnaires import PHRASES, Questionnaire, wording

YELLOW = PatternFill("solid", start_color="FFF9DB")


def workbook(
    form: Questionnaire, language: str, words: dict[str, str], form_id: str = "", iso3: str = ""
) -> bytes:
    """Return the Excel form in one language as bytes; `words` are its fixed phrases."""
    book = _Form(form, language, words)
    book.add_start()
    book.add_single_questions()
    for block in form.blocks:
        if block.repeat:
            book.add_table(block)
    facts = {"questionnaire": form.id, "version": form.version, "language": language}
    facts |= {"iso3": iso3, "form_id": form_id}
    book.add_hidden("_form", [("key", "value"), *facts.items()])
    book.add_hidden("_map", book.places)
    book.add_hidden("_lists", book.choices)
    return packed(book.book)


def packed(book: Workbook) -> bytes:
    """Return a workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(cell: Cell, text: object, quoted: bool = True) -> None:
    """Write a value into a cell; text is never written as a formula."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) if isinstance(text, str) else text
    if isinstance(text, str) and is_formula(text):
        cell.data_type, cell.quotePrefix = "s", quoted


class _Form:
    """The workbook under construction, with its phrases and the map of answer cells."""

    def __init__(self, form, language, words):
        self.form, self.language, self.words, self.book = form, language, words, Workbook()
        self.book.remove(self.book.active)
        self.places = [("sheet", "cell", "block", "entry", "question", "choice")]
        self.numbers, self.lists = {}, {}  # of questions; ranges of the lists of choices
        self.choices = [("list", "code", "label")]
        yes = [choice for choice in form.choices.get("yes_no", ()) if choice.code == "yes"]
        for name, choices in {**form.choices, "_yes": yes}.items():
            first = len(self.choices) + 1
            self.lists[name] = f"'_lists'!$C${first}:$C${first + len(choices) - 1}"
            self.choices += [(name, c.code, self.translate(c.label)) for c in choices]

    def translate(self, text):
        return wording(text, self.language)

    def add_sheet(self, name, title, *widths):
        """Add a sheet with a title, under a name that all spreadsheet programs accept."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:28].strip() or "Sheet"
        taken = {sheet.title.casefold() for sheet in self.book}
        name = plain if plain.casefold() not in taken else f"{plain} {len(taken)}"
        sheet = self.book.create_sheet(name)
        sheet.protection.sheet = True
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToHeight = 0
        put(sheet["A1"], title)
        sheet["A1"].font = Font(bold=True, size=14)
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        return sheet

    def add_row(self, sheet, *texts, bold=False):
        """Append a row of texts, and return its number."""
        row = sheet.max_row + 1
        for column, text in enumerate(texts, 1):
            cell = sheet.cell(row, column)
            put(cell, text)
            cell.font, cell.alignment = Font(bold=bold), Alignment(vertical="top", wrap_text=True)
        return row

    def add_start(self):
        """Add the first sheet: purpose, instructions and consent."""
        form, words, spoken = self.form, self.words, self.form.spoken[self.language]
        gate, question = form.blocks[0], form.blocks[0].questions[0]
        sheet = self.add_sheet(words["start"], self.translate(form.title), 84, 24)
        self.add_row(sheet, spoken.notice if spoken.draft else "", bold=True)
        version = f"{words['version']}: {form.version}"
        self.add_row(sheet, f"{words['language_of_form']}: {spoken.name}. {version}")
        self.add_row(sheet, words["how_title"], bold=True)
        for step in range(1, 6):
            self.add_row(sheet, f"{step}. {words[f'how_{step}']}")
        self.add_row(sheet, self.translate(gate.title), bold=True)
        self.add_row(sheet, self.translate(form.consent))
        text = f"{self.label(question)} {self.translate(question.hint)}"
        self.add_answer(sheet, self.add_row(sheet, text, bold=True), 2, gate, 0, question)

    def add_single_questions(self):
        """Add the sheet of questions outside repeated blocks."""
        title, words = self.form.titled(self.language), self.words
        sheet = self.add_sheet(words["questions"], title, 60, 46, 50)
        self.add_row(sheet, words["question"], words["answer"], words["help"], bold=True)
        for block in self.form.blocks[1:]:
            if block.repeat:
                continue
            self.add_row(sheet, self.translate(block.title), bold=True)
            for question in block.questions:
                number = self.numbers[question.id] = len(self.numbers) + 1
                label = f"{number}. {self.label(question)}"
                row = self.add_row(sheet, label, "", self.help(question))
                choices = self.form.choices_of(question) if question.type == "many" else ()
                if not choices:
                    self.add_answer(sheet, row, 2, block, 0, question)
                for choice in choices:
                    row = self.add_row(sheet, f"• {self.translate(choice.label)}")
                    self.add_answer(sheet, row, 2, block, 0, question, choice)

    def label(self, question):
        """Return the label of a question, with an asterisk if it is required."""
        return self.translate(question.label) + (" *" if question.required else "")

    def help(self, question):
        """Return the hint of a question, its expected format and its condition."""
        parts = [self.translate(question.hint), self.words.get(PHRASES.get(question.type), "")]
        if when := question.when:
            choices = self.form.choices_of(self.form.question(when.question))
            labels = [self.translate(c.label) for c in choices if c.code in when.codes]
            answers = " / ".join(f"“{label}”" for label in labels)
            number = self.numbers.get(when.question, "")
            parts.append(self.words["only_if"].format(number=number, answers=answers))
        return ". ".join(dict.fromkeys(part.rstrip(".") for part in parts if part))

    def add_table(self, block):
        """Add a repeated block as a table with a row for each entry."""
        columns = [
            (question, choice)
            for question in block.questions
            for choice in (self.form.choices_of(question) if question.type == "many" else [None])
        ]
        title, most = self.translate(block.title), self.words["one_row_each"]
        sheet = self.add_sheet(title, title, 30, *[24] * len(columns))
        self.add_row(sheet, most.format(most=block.most))
        above = [self.label(q) if choice else self.help(q) for q, choice in columns]
        labels = [self.translate(c.label) if c else self.label(q) for q, c in columns]
        self.add_row(sheet, "", *above)
        self.add_row(sheet, self.words["number"], *labels, bold=True)
        for entry in block.entries:
            row = self.add_row(sheet, str(entry))
            for at, (question, choice) in enumerate(columns, 2):
                self.add_answer(sheet, row, at, block, entry, question, choice)

    def add_answer(self, sheet, row, column, block, entry, question, choice=None):
        """Unlock an answer cell, add its drop-down list, and add it to the map."""
        cell, code = sheet.cell(row, column), choice.code if choice else ""
        self.places.append((sheet.title, cell.coordinate, block.id, entry, question.id, code))
        cell.fill, cell.protection = YELLOW, Protection(locked=False)
        # In a cell with the format for text, answers that begin with = or + remain text.
        cell.number_format = "@"
        if question.choices:
            name = "_yes" if choice else question.choices
            rule = DataValidation("list", formula1=self.lists[name])
            sheet.add_data_validation(rule)
            rule.add(cell)

    def add_hidden(self, name, rows):
        """Add a hidden sheet."""
        sheet = self.book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                put(sheet.cell(number, column), text)
