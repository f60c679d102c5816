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
BLUE, MUTED = "1F3864", Font(color="404040")
HEAD, TITLE, BOLD = (
    Font(bold=True, size=12, color=BLUE),
    Font(bold=True, size=13, color=BLUE),
    Font(bold=True),
)
BOX = Border(*[Side(style="thin", color="7F7F7F")] * 4)
FORMATS = {"integer": "0", "number": "0.##", "year": "0", "date": "yyyy-mm-dd"}
ASKS = {  # the phrase that says what a cell takes
    "integer": "whole_number", "number": "any_number", "year": "year_form", "date": "date_form",
    "url": "web_form", "email": "mail_form", "phone": "phone_form",
}  # fmt: skip


def workbook(
    questionnaire: Questionnaire,
    language: str,
    words: dict[str, str],
    form_id: str = "",
    iso3: str = "",
) -> bytes:
    """Return the Excel form in one language as a file; `words` are the phrases of that language.

    A draft translation says so on the first sheet; a text is stored as text, whatever its sign.
    """
    form = _Form(questionnaire, language, words)
    form.add_start()
    form.add_single_questions()
    for block in questionnaire.blocks:
        if block.repeat:
            form.add_table(block)
    form.add_hidden({
        "questionnaire": questionnaire.id, "version": questionnaire.version, "language": language,
        "iso3": iso3, "form_id": form_id,
    })  # fmt: skip
    form.finish()
    return packed(form.book)


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

    def __init__(self, questionnaire, language, words):
        self.questionnaire, self.language, self.words = questionnaire, language, words
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.places, self.cells, self.numbers = [], {}, {}
        yes = [c for c in questionnaire.choices.get("yes_no", ()) if c.code == "yes"]
        self.lists, self.rows = {}, [("list", "code", "label")]
        for name, choices in {**questionnaire.choices, "_yes": yes}.items():
            first = len(self.rows) + 1
            self.lists[name] = f"'_lists'!$C${first}:$C${first + len(choices) - 1}"
            self.rows += [(name, choice.code, self.say(choice.label)) for choice in choices]

    def say(self, text):
        """Return a text in the language of this form."""
        return wording(text, self.language)

    def add_sheet(self, title):
        """Add a sheet with a name that every program accepts."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28].strip() or "Sheet"
        taken = {sheet.title.casefold() for sheet in self.book}
        name = plain if plain.casefold() not in taken else f"{plain} {len(taken)}"
        return self.book.create_sheet(name)

    def add_start(self):
        """Add the first sheet: what the form is, how to fill it in, and the consent."""
        form, words, spoken = (
            self.questionnaire,
            self.words,
            self.questionnaire.spoken[self.language],
        )
        sheet = self.add_sheet(words["start"])
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 84, 24
        _write(sheet["A1"], self.say(form.title), Font(bold=True, size=16, color=BLUE), 54, 1.5)
        if spoken.draft:
            _write(sheet["A2"], spoken.notice, Font(bold=True, color="9C0006"), 84)
        version = f"{words['version']}: {form.version}"
        _write(sheet["A3"], f"{words['language_of_form']}: {spoken.name}. {version}", None, 84)
        gate, question = form.blocks[0], form.blocks[0].questions[0]
        agree = f"{self.say(question.label)} * {self.say(question.hint)}"
        lines = [(words["how_title"], HEAD)]
        lines += [(f"{step}. {words[f'how_{step}']}", None) for step in range(1, 6)]
        lines += [("", None), (self.say(gate.title), HEAD), (self.say(form.consent), None)]
        lines += [("", None), (agree, BOLD), ("", None), (words["sheets"], HEAD)]
        for row, (text, font) in enumerate(lines, 5):
            if text:
                _write(sheet.cell(row, 1), text, font, 84)
            if text == agree:
                self.add_answer(sheet.cell(row, 2), gate, 0, question)

    def add_single_questions(self):
        """Add the sheet of all questions that are asked once."""
        sheet = self.add_sheet(self.words["questions"])
        for letter, width in zip("ABCD", (6, 56, 46, 50), strict=True):
            sheet.column_dimensions[letter].width = width
        _write(sheet["A1"], "", None, 6)
        _write(sheet["B1"], self.questionnaire.titled(self.language), TITLE, 56, 1.2)
        for column, name in enumerate(("number", "question", "answer", "help"), 1):
            _heading(sheet.cell(2, column), self.words[name])
        row = 3
        for block in self.questionnaire.blocks:
            if block.repeat or block.id == GATE:
                continue
            for column in range(1, 5):
                sheet.cell(row, column).fill = Fill(start_color="DCE6F1")
            _write(sheet.cell(row, 2), self.say(block.title), HEAD, 56)
            row += 1
            for question in block.questions:
                row = self.add_question(sheet, row, block, question)
        sheet.freeze_panes = "C3"
        _to_print(sheet, "landscape", rows="1:2")

    def add_question(self, sheet, row, block, question):
        """Add one question, with a line for each of several answers; return the next free row."""
        number = self.numbers[question.id] = len(self.numbers) + 1
        _write(sheet.cell(row, 1), str(number), None, 6)
        _write(sheet.cell(row, 2), self.label(question), BOLD, 56)
        _write(sheet.cell(row, 4), self.help(question), MUTED, 50, indent=1)
        last = row
        if question.type != "many":
            self.add_answer(sheet.cell(row, 3), block, 0, question)
        else:
            for last, choice in enumerate(self.questionnaire.choices_of(question), row + 1):
                _write(sheet.cell(last, 2), self.say(choice.label), None, 46, indent=2)
                self.add_answer(sheet.cell(last, 3), block, 0, question, choice)
        if question.when:
            self.grey_unless(sheet, f"A{row}:D{last}", question.when)
        return last + 1

    def label(self, question, choice=None):
        """Return the label of a question or choice, with a star where it must be answered."""
        return self.say((choice or question).label) + (" *" if question.required else "")

    def help(self, question):
        """Return the hint of a question and the condition under which it is asked."""
        parts = [self.say(question.hint)]
        if question.type == "many" and not parts[0]:
            parts = [self.words["choose_all"]]
        if question.when:
            number = self.numbers[question.when.question]
            answers = " / ".join(f"“{label}”" for label in self.leading(question.when))
            parts.append(self.words["only_if"].format(number=number, answers=answers))
        return ". ".join(part.rstrip(".") for part in parts if part)

    def leading(self, when):
        """Return the labels of the answers that a condition names."""
        choices = self.questionnaire.choices_of(self.questionnaire.question(when.question))
        return [self.say(choice.label) for choice in choices if choice.code in when.codes]

    def grey_unless(self, sheet, area, when):
        """Turn a question grey once the answer that it depends on rules it out."""
        if self.questionnaire.question(when.question).type == "many":
            cells = [self.cells[when.question, code] for code in when.codes]
            otherwise = [f'{cell}=""' for cell in cells]
        else:
            cell = self.cells[when.question, ""]
            texts = [text.replace('"', '""') for text in self.leading(when)]
            otherwise = [f'{cell}<>""', *(f'{cell}<>"{text}"' for text in texts)]
        grey, muted = Fill(bgColor="E7E6E6"), Font(color="595959")
        rule = FormulaRule([f"AND({','.join(otherwise)})"], fill=grey, font=muted)
        sheet.conditional_formatting.add(area, rule)

    def add_table(self, block):
        """Add a repeated block as a table: a line an entry, a column an answer or choice."""
        sheet = self.add_sheet(self.say(block.title))
        _write(sheet["B1"], self.say(block.title), TITLE)
        _write(sheet["B2"], self.words["one_row_each"].format(most=block.most), MUTED)
        _heading(sheet["A4"], self.words["number"])
        at, lines = 2, []
        for question in block.questions:
            many = question.type == "many"
            if many:
                _write(sheet.cell(3, at), self.say(question.label), BOLD)
            for choice in self.questionnaire.choices_of(question) if many else [None]:
                text = self.label(question, choice)
                wide = 32 if question.type in ("text", "note_text", "url") else 19
                sheet.column_dimensions[get_column_letter(at)].width = 15 if choice else wide
                _heading(sheet.cell(4, at), text)
                for entry in block.entries:
                    self.add_answer(sheet.cell(4 + entry, at), block, entry, question, choice)
                lines.append(_lines(text, (15 if choice else wide) - 2))
                at += 1
        sheet.row_dimensions[4].height = 15.5 * max(lines) + 4
        sheet.column_dimensions["A"].width = 6
        for entry in block.entries:
            _write(sheet.cell(4 + entry, 1), str(entry))
            sheet.row_dimensions[4 + entry].height = 32
        sheet.freeze_panes = "C5"
        wide = sum(dimension.width for dimension in sheet.column_dimensions.values())
        # A table that is wider than a page runs over several, with its first columns on each.
        _to_print(sheet, "landscape", "1:4", "A:B", math.ceil(wide / 190))

    def add_answer(self, cell, block, entry, question, choice=None):
        """Unlock a cell for an answer, with its drop-down or rule, and note what it answers."""
        code = choice.code if choice else ""
        where = cell.parent.title, cell.coordinate
        self.places.append((*where, block.id, entry, question.id, code))
        self.cells[question.id, code] = absolute_coordinate(cell.coordinate)
        cell.protection, cell.border = Protection(locked=False), BOX
        cell.fill, cell.font = Fill(start_color="FFF9DB"), Font()
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
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
        rule.promptTitle, rule.prompt = self.words["answer"][:32], _short(prompt, 250)
        rule.errorTitle, rule.error = self.words["wrong_entry"][:32], _short(asks, 220)
        cell.parent.add_data_validation(rule)
        rule.add(cell)

    def add_hidden(self, facts):
        """Add the sheets by which an import reads the form."""
        head = ("sheet", "cell", "block", "entry", "question", "choice")
        sheets = {"_form": [("key", "value"), *facts.items()], "_map": [head, *self.places]}
        for name, rows in (sheets | {"_lists": self.rows}).items():
            sheet = self.book.create_sheet(name)
            sheet.sheet_state = "veryHidden"
            for number, row in enumerate(rows, 1):
                for column, text in enumerate(row, 1):
                    put(sheet.cell(number, column), text)

    def finish(self):
        """Link the sheets from the first, lock all but the answers, and name the form below."""
        form, first = self.questionnaire, self.book.worksheets[0]
        visible = [s.title for s in self.book.worksheets[1:] if s.sheet_state == "visible"]
        for row, title in enumerate(visible, 18):
            cell = first.cell(row, 1)
            _write(cell, title, Font(underline="single", color="0B4F9E"), 84)
            cell.hyperlink = f"#'{title}'!A1"
            cell.hyperlink.location, cell.hyperlink.target = f"'{title}'!A1", None
        _to_print(first, "portrait")
        foot = f"{form.id} {form.version} {self.language}".replace("&", "&&")
        for sheet in self.book.worksheets:
            sheet.protection.sheet = True
            # Widening a column stays allowed.
            sheet.protection.formatColumns = sheet.protection.formatRows = False
            sheet.sheet_view.showGridLines = False
            sheet.oddFooter.left.text, sheet.oddFooter.right.text = foot, "&P / &N"
        self.book.security = WorkbookProtection(lockStructure=True)
        properties = self.book.properties
        properties.title, properties.language = form.titled(self.language), self.language
        properties.creator = form.id


def _limit(question):
    """Return the rule of a cell that is typed into: its limits, or how long it may be."""
    kind, least, most = question.type, question.minimum, question.maximum
    between = partial(DataValidation, operator="between")
    if kind == "date":
        last = "TODAY()" if most is None else f"DATE({int(most)},12,31)"
        return between("date", formula1="1", formula2=last)
    if kind in ("integer", "year"):
        most = {"year": LAST_YEAR}.get(kind, MOST) if most is None else int(most)
        return between("whole", formula1=str(int(least or 0)), formula2=str(most))
    if kind == "number":
        least, most = (-MOST if least is None else least), (MOST if most is None else most)
        return between("decimal", formula1=str(least), formula2=str(most))
    return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST))


def _heading(cell, text):
    _write(cell, text, Font(bold=True, color="FFFFFF"))
    cell.fill, cell.border = Fill(start_color=BLUE), BOX
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write(cell, text, font=None, width=None, scale=1.0, indent=0):
    """Put a text into a locked cell; with a width, make the row high enough for it."""
    put(cell, text)
    cell.font = font or Font()
    if width:
        cell.alignment = Alignment("left", "top", wrap_text=True, indent=indent)
        height = (15.5 * _lines(text, width) + 3) * scale
        rows = cell.parent.row_dimensions
        rows[cell.row].height = max(rows[cell.row].height or 0, height)


def _lines(text, width):
    """Return how many lines a text takes in a column; other scripts are a little wider."""
    broad = 1 if text.isascii() else 1.15
    return max(1, sum(math.ceil(len(line) * broad / width) for line in (text or " ").split("\n")))


def _short(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def _to_print(sheet, orientation, rows=None, columns=None, pages=1):
    sheet.page_setup.orientation, sheet.page_setup.paperSize = orientation, sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.print_title_rows, sheet.print_title_cols = rows, columns
