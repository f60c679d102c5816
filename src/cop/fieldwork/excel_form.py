"""Excel forms to send by e-mail: drop-down lists, locked cells, no macros or formulas.

The first sheet contains the instructions and the questions that are asked once, and each repeated
block has a sheet with a column for each entry. Each choice of a multiple-choice question has its
own cell. `cop intake` reads two hidden sheets: `_form` (key, value) and `_map` (sheet, cell, block,
entry, question, choice). The drop-down lists refer to a third one, `_lists` (list, label).
"""

import io
import re

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.fieldwork.questionnaires import Questionnaire, wording

YELLOW = PatternFill("solid", start_color="FFF9DB")


def workbook(form: Questionnaire, language: str, form_id: str = "", iso3: str = "") -> bytes:
    """Return the Excel form in one language as bytes."""
    book = _Form(form, language)
    sheet = book.add_sheet(book.text(form.phrases["questions"]), form.titled(language))
    book.add_instructions(sheet)
    for block in form.blocks:
        if not block.repeat:
            book.add_questions(sheet, block)
    for block in form.blocks:
        if block.repeat:
            title, rule = book.text(block.title), book.text(form.phrases["one_column_each"])
            sheet = book.add_sheet(title, rule.format(most=block.most))
            book.add_questions(sheet, block)
    facts = {"questionnaire": form.id, "version": form.version, "language": language}
    facts |= {"iso3": iso3, "form_id": form_id}
    book.add_hidden("_form", [("key", "value"), *facts.items()])
    book.add_hidden("_map", book.cells)
    book.add_hidden("_lists", book.labels)
    return packed(book.book)


def packed(book: Workbook) -> bytes:
    """Return a workbook as bytes; texts that begin with = become texts instead of formulas."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Form:
    """The workbook under construction, with its map of answer cells and its drop-down lists."""

    def __init__(self, form, language):
        self.form, self.language, self.book = form, language, Workbook()
        self.book.remove(self.book.active)
        self.cells = [("sheet", "cell", "block", "entry", "question", "choice")]
        self.labels, self.lists = [("list", "label")], {}  # {list: range of its labels}
        self.numbers = {q.id: number for number, (_, q) in enumerate(form.questions(), 1)}
        for name, choices in form.choices.items():
            first = len(self.labels) + 1
            self.labels += [(name, self.text(choice.label)) for choice in choices]
            self.lists[name] = f"'_lists'!$B${first}:$B${len(self.labels)}"

    def text(self, text):
        return wording(text, self.language)

    def add_sheet(self, name, title):
        """Add a locked sheet with a title, under a name that all spreadsheet programs accept."""
        plain = re.sub(r"[^\w -]", " ", name)[:28].strip()
        sheet = self.book.create_sheet(plain or "Sheet")
        sheet.protection.sheet = True
        sheet.column_dimensions["A"].width, sheet.sheet_format.defaultColWidth = 80, 36
        self.add_row(sheet, title, bold=True)
        return sheet

    def add_hidden(self, name, rows):
        sheet = self.book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for row in rows:
            sheet.append(row)

    def add_row(self, sheet, *texts, bold=False):
        """Append a row of texts, and return its number."""
        sheet.append(texts)
        for cell in sheet[sheet.max_row]:
            cell.font, cell.alignment = Font(bold=bold), Alignment(vertical="top", wrap_text=True)
        return sheet.max_row

    def add_instructions(self, sheet):
        """Add language, version, instructions and the text on consent."""
        phrases, spoken = self.form.phrases, self.form.spoken[self.language]
        version = f"{self.text(phrases['version'])}: {self.form.version}"
        language = f"{self.text(phrases['language_of_form'])}: {spoken.name}"
        self.add_row(sheet, f"{language}. {version}")
        self.add_row(sheet, self.text(phrases["how_title"]), bold=True)
        for number in range(1, 6):
            self.add_row(sheet, f"{number}. {self.text(phrases[f'how_{number}'])}")
        self.add_row(sheet, self.text(self.form.consent))

    def add_questions(self, sheet, block):
        """Add a heading and the questions of a block, with a column of answers for each entry."""
        self.add_row(sheet, self.text(block.title), *filter(None, block.entries), bold=True)
        for question in block.questions:
            choices = self.form.choices_of(question) if question.type == "many" else ()
            row = self.add_row(sheet, self.label(question))
            if not choices:
                self.add_answers(sheet, row, block, question, self.lists.get(question.choices))
            for choice in choices:
                row = self.add_row(sheet, f"• {self.text(choice.label)}")
                self.add_answers(sheet, row, block, question, self.lists["yes_no"], choice.code)

    def label(self, question):
        """Return the number and label of a question, its hint and its condition."""
        required = " *" if question.required else ""
        label = f"{self.numbers[question.id]}. {self.text(question.label)}{required}"
        notes = [label, self.text(question.hint)]
        if when := question.when:
            choices = self.form.choices_of(self.form.question(when.question))
            labels = [f"“{self.text(c.label)}”" for c in choices if c.code in when.codes]
            rule, number = self.text(self.form.phrases["only_if"]), self.numbers[when.question]
            notes.append(rule.format(number=number, answers=" / ".join(labels)))
        return "\n".join(filter(None, notes))

    def add_answers(self, sheet, row, block, question, labels, choice=""):
        """Unlock the answer cells of a row, add their drop-down list, and add them to the map."""
        rule = DataValidation("list", formula1=labels)
        for column, entry in enumerate(block.entries, 2):
            cell = sheet.cell(row, column)
            cell.fill, cell.protection = YELLOW, Protection(locked=False)
            # In a cell with the format for text, answers that begin with = or + remain text.
            cell.number_format = "@"
            self.cells.append((sheet.title, cell.coordinate, block.id, entry, question.id, choice))
            rule.add(cell)
        if labels:
            sheet.add_data_validation(rule)
