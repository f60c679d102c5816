"""A questionnaire as a workbook to send by e-mail: drop-downs, locked but for the answers, without
macros or formulas.

Single questions stand one under the other, a repeated block is a table, and each of several
possible answers has its own cell. Three hidden sheets tell the import which cell answers what:
`_form` (key, value), `_map` (sheet, cell, block, entry, question, choice), `_lists` (list, code,
label).
"""

import io
import re

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.data import is_formula
from cop.fieldwork.questionnaires import LAST_YEAR, Questionnaire, wording

LONGEST, MOST = 8000, 10**9
TOP, BLUE = Alignment("left", "top", wrap_text=True), "1F3864"
FONTS = {  # name of a style -> its font
    "text": Font(), "bold": Font(bold=True), "muted": Font(color="404040"),
    "title": Font(bold=True, size=14, color=BLUE), "band": Font(bold=True, size=12, color=BLUE),
    "heading": Font(bold=True, color="FFFFFF"), "warning": Font(bold=True, color="9C0006"),
    "input": Font(),
}  # fmt: skip
FILLS = {"input": "FFF9DB", "band": "DCE6F1", "heading": BLUE}
BOX = Border(*[Side(style="thin", color="7F7F7F")] * 4)
BLANK = ("", "text")
FORMATS = {"integer": "0", "number": "0.##", "year": "0", "date": "yyyy-mm-dd"}
PHRASES = {  # the phrase that says what a cell takes
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
    """The workbook in the making, its words, and which cell answers what."""

    def __init__(self, form, language, words):
        self.form, self.language, self.words, self.book = form, language, words, Workbook()
        self.book.remove(self.book.active)
        for name, font in FONTS.items():
            style = NamedStyle(name, font, alignment=TOP)
            if name in FILLS:
                style.fill = PatternFill("solid", start_color=FILLS[name])
            self.book.add_named_style(style)
        self.places = [("sheet", "cell", "block", "entry", "question", "choice")]
        self.numbers, self.lists = {}, {}  # of questions, cells of the lists of choices
        self.choices = [("list", "code", "label")]
        yes = [choice for choice in form.choices.get("yes_no", ()) if choice.code == "yes"]
        for name, choices in {**form.choices, "_yes": yes}.items():
            first = len(self.choices) + 1
            self.lists[name] = f"'_lists'!$C${first}:$C${first + len(choices) - 1}"
            self.choices += [(name, c.code, self.translate(c.label)) for c in choices]

    def translate(self, text):
        return wording(text, self.language)

    def add_sheet(self, title, widths, rows, heading_rows=0):
        """Add a sheet with rows of (text, style); its heading rows stay in sight.

        Its name is one that every program accepts.
        """
        plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28].strip() or "Sheet"
        taken = {sheet.title.casefold() for sheet in self.book}
        name = plain if plain.casefold() not in taken else f"{plain} {len(taken)}"
        sheet = self.book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, (text, style) in enumerate(row, 1):
                put(sheet.cell(number, column), text)
                sheet.cell(number, column).style = style
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        if heading_rows:
            sheet.freeze_panes = f"C{heading_rows + 1}"
            sheet.print_title_rows, sheet.page_setup.orientation = f"1:{heading_rows}", "landscape"
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToHeight = 0
        return sheet

    def add_start(self):
        """Add the first sheet: what the form is, how to fill it in, and the consent."""
        form, words, spoken = self.form, self.words, self.form.spoken[self.language]
        gate, question = form.blocks[0], form.blocks[0].questions[0]
        version = f"{words['language_of_form']}: {spoken.name}. {words['version']}: {form.version}"
        lines = [
            (self.translate(form.title), "title"),
            (spoken.notice if spoken.draft else "", "warning"),
            (version, "text"),
            (words["how_title"], "band"),
            *((f"{step}. {words[f'how_{step}']}", "text") for step in range(1, 6)),
            (self.translate(gate.title), "band"),
            (self.translate(form.consent), "text"),
            (f"{self.label(question)} {self.translate(question.hint)}", "bold"),
        ]
        sheet = self.add_sheet(words["start"], (84, 24), [[line] for line in lines])
        self.add_answer(sheet.cell(len(lines), 2), gate, 0, question)

    def add_single_questions(self):
        """Add the sheet of all questions that are asked once."""
        headings = ("number", "question", "answer", "help")
        rows = [[BLANK, (self.form.titled(self.language), "title")]]
        rows.append([(self.words[name], "heading") for name in headings])
        answers = []  # (row, block, question, choice)
        for block in [block for block in self.form.blocks[1:] if not block.repeat]:
            rows.append([BLANK, (self.translate(block.title), "band")])
            for question in block.questions:
                number = self.numbers[question.id] = len(self.numbers) + 1
                label, hint = self.label(question), self.help(question)
                rows.append([(str(number), "text"), (label, "bold"), BLANK, (hint, "muted")])
                choices = self.form.choices_of(question) if question.type == "many" else ()
                answers += [] if choices else [(len(rows), block, question, None)]
                for choice in choices:
                    rows.append([BLANK, (self.translate(choice.label), "text")])
                    answers.append((len(rows), block, question, choice))
        sheet = self.add_sheet(self.words["questions"], (6, 56, 46, 50), rows, 2)
        for row, block, question, choice in answers:
            self.add_answer(sheet.cell(row, 3), block, 0, question, choice)

    def label(self, question):
        """Return the label of a question, with a star where it must be answered."""
        return self.translate(question.label) + (" *" if question.required else "")

    def help(self, question):
        """Return the hint of a question and the condition under which it is asked."""
        default = self.words["choose_all"] if question.type == "many" else ""
        parts = [self.translate(question.hint) or default]
        if when := question.when:
            choices = self.form.choices_of(self.form.question(when.question))
            labels = [self.translate(c.label) for c in choices if c.code in when.codes]
            answers = " / ".join(f"“{label}”" for label in labels)
            number = self.numbers.get(when.question, "")
            parts.append(self.words["only_if"].format(number=number, answers=answers))
        return ". ".join(part.rstrip(".") for part in parts if part)

    def add_table(self, block):
        """Add a repeated block as a table: a line an entry, a column an answer or choice."""
        columns = [
            (question, choice)
            for question in block.questions
            for choice in (self.form.choices_of(question) if question.type == "many" else [None])
        ]
        title, most = self.translate(block.title), self.words["one_row_each"]
        rows = [[BLANK, (title, "title")], [BLANK, (most.format(most=block.most), "muted")]]
        rows += [[BLANK], [(self.words["number"], "heading")]]
        for question, choice in columns:
            label = self.translate(choice.label) if choice else self.label(question)
            rows[2].append((self.label(question) if choice else "", "muted"))
            rows[3].append((label, "heading"))
        rows += [[(str(entry), "text")] for entry in block.entries]
        sheet = self.add_sheet(title, [6, *[20] * len(columns)], rows, 4)
        for cell in (sheet["B1"], sheet["B2"]):
            cell.alignment = Alignment(wrap_text=False)
        for entry in block.entries:
            for at, (question, choice) in enumerate(columns, 2):
                self.add_answer(sheet.cell(4 + entry, at), block, entry, question, choice)

    def add_answer(self, cell, block, entry, question, choice=None):
        """Unlock a cell for an answer, with its drop-down or rule, and note what it answers."""
        code = choice.code if choice else ""
        self.places.append((cell.parent.title, cell.coordinate, block.id, entry, question.id, code))
        cell.style, cell.protection, cell.border = "input", Protection(locked=False), BOX
        # What is typed into a text cell stays text, also when it begins with = or +.
        cell.number_format = FORMATS.get(question.type, "@")
        label = self.translate(question.label)
        format_phrase = self.words[PHRASES.get(question.type, "text_form")]
        if choice:
            label, format_phrase = self.translate(choice.label), self.words["choose_yes"]
        elif question.choices:
            format_phrase = self.words["choose_list"]
        source = self.lists.get("_yes" if choice else question.choices)
        rule = DataValidation("list", formula1=source) if source else _limit(question)
        rule.allow_blank, rule.showInputMessage, rule.showErrorMessage = True, True, True
        rule.prompt = f"{label.rstrip('.')}. {format_phrase}"[:250]  # screen readers speak it
        rule.error = format_phrase[:220]
        cell.parent.add_data_validation(rule)
        rule.add(cell)

    def finish(self, facts):
        """Add the hidden sheets, and lock all but the answers."""
        hidden = {"_form": [("key", "value"), *facts.items()], "_map": self.places}
        for name, rows in (hidden | {"_lists": self.choices}).items():
            sheet = self.book.create_sheet(name)
            sheet.sheet_state = "veryHidden"
            for number, row in enumerate(rows, 1):
                for column, text in enumerate(row, 1):
                    put(sheet.cell(number, column), text)
        for sheet in self.book.worksheets:
            sheet.protection.sheet = True
            sheet.protection.formatColumns = sheet.protection.formatRows = False  # stays allowed
            sheet.sheet_view.showGridLines = False
        self.book.security = WorkbookProtection(lockStructure=True)
        self.book.properties.title = self.form.titled(self.language)
        self.book.properties.language = self.language


def _limit(question):
    """Return the rule of a cell that is typed into: its limits, or how long it may be."""
    kind, least, most = question.type, question.minimum, question.maximum
    if kind == "date":
        last = "TODAY()" if most is None else f"DATE({int(most)},12,31)"
        return DataValidation("date", operator="between", formula1="1", formula2=last)
    if kind in ("integer", "year", "number"):
        least = -MOST if least is None else least
        most = (LAST_YEAR if kind == "year" else MOST) if most is None else most
        rule = "decimal" if kind == "number" else "whole"
        return DataValidation(rule, str(least), str(most), operator="between")
    return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST))
