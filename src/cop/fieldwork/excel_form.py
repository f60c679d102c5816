"""A questionnaire as a workbook to send by e-mail: drop-downs, locked but for the answers, without
macros or formulas.

Single questions stand one under the other, a repeated block is a table, and each of several
possible answers has its own cell. Three hidden sheets tell the import which cell answers what:
`_form` (key, value), `_map` (sheet, cell, block, entry, question, choice), `_lists` (list, code,
label).
"""

import io
import math
import re
from functools import lru_cache, partial

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side
from openpyxl.styles import Font as AnyFont
from openpyxl.utils import absolute_coordinate, get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.data import is_formula
from cop.fieldwork.questionnaires import GATE, Questionnaire, wording

LAST_YEAR, LONGEST, MOST = 2100, 8000, 10**9
Font = lru_cache(partial(AnyFont, name="Calibri"))
Fill = lru_cache(partial(PatternFill, "solid"))
BLUE, MUTED, BOLD = "1F3864", Font(color="404040"), Font(bold=True)
HEAD, TITLE = Font(bold=True, size=12, color=BLUE), Font(bold=True, size=13, color=BLUE)
BOX = Border(*[Side(style="thin", color="7F7F7F")] * 4)
TOP_LEFT = partial(Alignment, "left", "top", wrap_text=True)
FORMATS = {"integer": "0", "number": "0.##", "year": "0", "date": "yyyy-mm-dd"}
ASKS = {  # the phrase that says what a cell takes
    "integer": "whole_number", "number": "any_number", "year": "year_form", "date": "date_form",
    "url": "web_form", "email": "mail_form", "phone": "phone_form",
}  # fmt: skip


def workbook(
    form: Questionnaire, language: str, words: dict[str, str], form_id: str = "", iso3: str = ""
) -> bytes:
    """Return the Excel form in one language as a file; `words` are the phrases of that language."""
    book = _Form(form, language, words)
    book.add_start()
    book.add_single_questions()
    for block in form.blocks:
        if block.repeat:
            book.add_table(block)
    facts = {"questionnaire": form.id, "version": form.version, "language": language}
    book.finish(facts | {"iso3": iso3, "form_id": form_id})
    return packed(book.book)


def packed(book: Workbook) -> bytes:
    """Return a workbook as the bytes of its file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(cell: Cell, text: object, quoted: bool = True) -> None:
    """Put a text into a cell as text, never as a formula."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) if isinstance(text, str) else text
    if isinstance(text, str) and is_formula(text):
        cell.data_type, cell.quotePrefix = "s", quoted


class _Form:
    """The workbook that is being made, its words, and which cell answers what."""

    def __init__(self, form, language, words):
        self.form, self.language, self.words, self.book = form, language, words, Workbook()
        self.book.remove(self.book.active)
        self.places = [("sheet", "cell", "block", "entry", "question", "choice")]
        self.cells, self.numbers, self.lists = {}, {}, {}  # by question
        self.choices = [("list", "code", "label")]
        yes = [choice for choice in form.choices.get("yes_no", ()) if choice.code == "yes"]
        for name, choices in {**form.choices, "_yes": yes}.items():
            first = len(self.choices) + 1
            self.lists[name] = f"'_lists'!$C${first}:$C${first + len(choices) - 1}"
            self.choices += [(name, choice.code, self.say(choice.label)) for choice in choices]

    def say(self, text):
        return wording(text, self.language)

    def add_sheet(self, title, widths, rows, freeze, columns=None):
        """Add a sheet with a name that every program accepts, and its header row in print."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28].strip() or "Sheet"
        taken = {sheet.title.casefold() for sheet in self.book}
        name = plain if plain.casefold() not in taken else f"{plain} {len(taken)}"
        sheet = self.book.create_sheet(name)
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes, sheet.print_title_rows, sheet.print_title_cols = freeze, rows, columns
        sheet.page_setup.orientation = "landscape" if freeze else "portrait"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        # A table that is wider than a page runs over several, with its first columns on each.
        sheet.page_setup.fitToWidth = math.ceil(sum(widths) / 190)
        sheet.page_setup.fitToHeight = 0
        return sheet

    def add_start(self):
        """Add the first sheet: what the form is, how to fill it in, and the consent."""
        form, words, spoken = self.form, self.words, self.form.spoken[self.language]
        gate, question = form.blocks[0], form.blocks[0].questions[0]
        sheet = self.add_sheet(words["start"], (84, 24), None, None)
        lines = {
            1: (self.say(form.title), Font(bold=True, size=16, color=BLUE)),
            2: (spoken.notice if spoken.draft else None, Font(bold=True, color="9C0006")),
            3: (f"{words['language_of_form']}: {spoken.name}. {words['version']}: {form.version}",),
            5: (words["how_title"], HEAD),
            **{5 + step: (f"{step}. {words[f'how_{step}']}",) for step in range(1, 6)},
            12: (self.say(gate.title), HEAD),
            13: (self.say(form.consent),),
            15: (f"{self.say(question.label)} * {self.say(question.hint)}", BOLD),
            17: (words["sheets"], HEAD),
        }
        for row, line in lines.items():
            if line[0]:
                _write(sheet.cell(row, 1), *line)
        self.add_answer(sheet["B15"], gate, 0, question)

    def add_single_questions(self):
        """Add the sheet of all questions that are asked once."""
        sheet = self.add_sheet(self.words["questions"], (6, 56, 46, 50), "1:2", "C3")
        _write(sheet["B1"], self.form.titled(self.language), TITLE)
        for column, name in enumerate(("number", "question", "answer", "help"), 1):
            _heading(sheet.cell(2, column), self.words[name])
        row = 3
        for block in self.form.blocks:
            if block.repeat or block.id == GATE:
                continue
            for column in range(1, 5):
                sheet.cell(row, column).fill = Fill(start_color="DCE6F1")
            _write(sheet.cell(row, 2), self.say(block.title), HEAD)
            row += 1
            for question in block.questions:
                row = self.add_question(sheet, row, block, question)

    def add_question(self, sheet, row, block, question):
        """Add one question, with a line for each of several answers; return the next free row."""
        number = self.numbers[question.id] = len(self.numbers) + 1
        _write(sheet.cell(row, 1), str(number))
        _write(sheet.cell(row, 2), self.label(question), BOLD)
        _write(sheet.cell(row, 4), self.help(question), MUTED, indent=1)
        last = row
        if question.type != "many":
            self.add_answer(sheet.cell(row, 3), block, 0, question)
        else:
            for last, choice in enumerate(self.form.choices_of(question), row + 1):
                _write(sheet.cell(last, 2), self.say(choice.label), indent=2)
                self.add_answer(sheet.cell(last, 3), block, 0, question, choice)
        if question.when:
            self.grey_unless(sheet, f"A{row}:D{last}", question.when)
        return last + 1

    def label(self, question, choice=None):
        """Return the label of a question or choice, with a star where it must be answered."""
        return self.say((choice or question).label) + (" *" if question.required else "")

    def help(self, question):
        """Return the hint of a question and the condition under which it is asked."""
        default = self.words["choose_all"] if question.type == "many" else ""
        parts = [self.say(question.hint) or default]
        if question.when:
            number = self.numbers[question.when.question]
            answers = " / ".join(f"“{label}”" for label in self.leading(question.when))
            parts.append(self.words["only_if"].format(number=number, answers=answers))
        return ". ".join(part.rstrip(".") for part in parts if part)

    def leading(self, when):
        """Return the labels of the answers that a condition names."""
        choices = self.form.choices_of(self.form.question(when.question))
        return [self.say(choice.label) for choice in choices if choice.code in when.codes]

    def grey_unless(self, sheet, area, when):
        """Turn a question grey once the answer that it depends on rules it out."""
        if self.form.question(when.question).type == "many":
            otherwise = [f'{self.cells[when.question, code]}=""' for code in when.codes]
        else:
            cell = self.cells[when.question, ""]
            texts = ["", *(text.replace('"', '""') for text in self.leading(when))]
            otherwise = [f'{cell}<>"{text}"' for text in texts]
        grey, muted = Fill(bgColor="E7E6E6"), Font(color="595959")
        rule = FormulaRule([f"AND({','.join(otherwise)})"], fill=grey, font=muted)
        sheet.conditional_formatting.add(area, rule)

    def add_table(self, block):
        """Add a repeated block as a table: a line an entry, a column an answer or choice."""
        columns, widths = [], [6]
        for question in block.questions:
            many = question.type == "many"
            columns += (
                [(question, c) for c in self.form.choices_of(question)]
                if many
                else [(question, None)]
            )
            wide = 32 if question.type in ("text", "note_text", "url") else 19
            widths += [15] * len(self.form.choices_of(question)) if many else [wide]
        sheet = self.add_sheet(self.say(block.title), widths, "1:4", "C5", "A:B")
        _write(sheet["B1"], self.say(block.title), TITLE, wrap=False)
        _write(sheet["B2"], self.words["one_row_each"].format(most=block.most), MUTED, wrap=False)
        _heading(sheet["A4"], self.words["number"])
        for at, (question, choice) in enumerate(columns, 2):
            if choice and choice == self.form.choices_of(question)[0]:
                _write(sheet.cell(3, at), self.say(question.label), BOLD, wrap=False)
            _heading(sheet.cell(4, at), self.label(question, choice))
            for entry in block.entries:
                self.add_answer(sheet.cell(4 + entry, at), block, entry, question, choice)
        for entry in block.entries:
            _write(sheet.cell(4 + entry, 1), str(entry), wrap=False)
            sheet.row_dimensions[4 + entry].height = 32

    def add_answer(self, cell, block, entry, question, choice=None):
        """Unlock a cell for an answer, with its drop-down or rule, and note what it answers."""
        code = choice.code if choice else ""
        self.places.append((cell.parent.title, cell.coordinate, block.id, entry, question.id, code))
        self.cells[question.id, code] = absolute_coordinate(cell.coordinate)
        cell.protection, cell.border, cell.alignment = Protection(locked=False), BOX, TOP_LEFT()
        cell.fill, cell.font = Fill(start_color="FFF9DB"), Font()
        # What is typed into a text cell stays text, also when it begins with = or +.
        cell.number_format = FORMATS.get(question.type, "@")
        if question.type == "note_text":
            cell.parent.row_dimensions[cell.row].height = 64
        label, asks = self.say(question.label), self.words[ASKS.get(question.type, "text_form")]
        if choice:
            label, asks = f"{label} {self.say(choice.label)}", self.words["choose_yes"]
        elif question.choices:
            asks = self.words["choose_list"]
        source = self.lists.get("_yes" if choice else question.choices)
        rule = DataValidation("list", formula1=source) if source else _limit(question)
        rule.allow_blank, rule.showInputMessage, rule.showErrorMessage = True, True, True
        texts = filter(None, (label, self.say(question.hint), asks))
        prompt = " ".join(f"{text.rstrip('.')}." for text in texts)  # screen readers speak it
        rule.promptTitle, rule.prompt = self.words["answer"][:32], prompt[:250]
        rule.errorTitle, rule.error = self.words["wrong_entry"][:32], asks[:220]
        cell.parent.add_data_validation(rule)
        rule.add(cell)

    def finish(self, facts):
        """Link the sheets from the first, add the hidden ones, and lock all but the answers."""
        first, visible = self.book.worksheets[0], self.book.sheetnames[1:]
        for row, title in enumerate(visible, 18):
            cell = first.cell(row, 1)
            _write(cell, title, Font(underline="single", color="0B4F9E"))
            cell.hyperlink = f"#'{title}'!A1"
            cell.hyperlink.location, cell.hyperlink.target = f"'{title}'!A1", None
        hidden = {"_form": [("key", "value"), *facts.items()], "_map": self.places}
        for name, rows in (hidden | {"_lists": self.choices}).items():
            sheet = self.book.create_sheet(name)
            sheet.sheet_state = "veryHidden"
            for number, row in enumerate(rows, 1):
                for column, text in enumerate(row, 1):
                    put(sheet.cell(number, column), text)
        foot = f"{self.form.id} {self.form.version} {self.language}".replace("&", "&&")
        for sheet in self.book.worksheets:
            sheet.protection.sheet = True
            # Widening a column stays allowed.
            sheet.protection.formatColumns = sheet.protection.formatRows = False
            sheet.sheet_view.showGridLines = False
            sheet.oddFooter.left.text, sheet.oddFooter.right.text = foot, "&P / &N"
        self.book.security, properties = (
            WorkbookProtection(lockStructure=True),
            self.book.properties,
        )
        properties.title, properties.language = self.form.titled(self.language), self.language
        properties.creator = self.form.id


def _limit(question):
    """Return the rule of a cell that is typed into: its limits, or how long it may be."""
    kind, least, most = question.type, question.minimum, question.maximum
    if kind == "date":
        last = "TODAY()" if most is None else f"DATE({int(most)},12,31)"
        return DataValidation("date", operator="between", formula1="1", formula2=last)
    if kind in ("integer", "year", "number"):
        default = LAST_YEAR if kind == "year" else MOST
        limits = {"formula1": -MOST if least is None else least}
        limits["formula2"] = default if most is None else most
        rule = "decimal" if kind == "number" else "whole"
        return DataValidation(rule, operator="between", **{k: str(n) for k, n in limits.items()})
    return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST))


def _heading(cell, text):
    _write(cell, text, Font(bold=True, color="FFFFFF"))
    cell.fill, cell.border = Fill(start_color=BLUE), BOX
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write(cell, text, font=None, indent=0, wrap=True):
    """Put a text into a locked cell; programs make the row high enough for it."""
    put(cell, text)
    cell.font = font or Font()
    if wrap:
        cell.alignment = TOP_LEFT(indent=indent)
