"""A questionnaire as a workbook to send by e-mail: drop-downs, locked but for the answers, no macro
and no formula.

Single questions stand one under the other; a repeated block is a table with a fixed number of
lines; where several answers may be chosen each has a cell of its own. Three hidden sheets say to
the way back which cell answers what: `_form` (key, value), `_map` (sheet, cell, block, entry,
question, choice) and `_lists` (list, code, label).
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
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.data import is_formula
from cop.fieldwork.forms.definitions import FIRST_YEAR, GATE
from cop.fieldwork.forms.questionnaires import Questionnaire, wording

LAST_YEAR, LONGEST, MOST = 2100, 8000, 10**9
DARK, PALE, INPUT, MUTED = "1F3864", "DCE6F1", "FFF9DB", "404040"
Font = lru_cache(partial(AnyFont, name="Calibri"))
Fill = lru_cache(partial(PatternFill, "solid"))
HEAD, TITLE, BOLD = (
    Font(bold=True, size=12, color=DARK),
    Font(bold=True, size=13, color=DARK),
    Font(bold=True),
)
SIDE = Side(style="thin", color="7F7F7F")
BOX = Border(left=SIDE, right=SIDE, top=SIDE, bottom=SIDE)
TOP_LEFT = partial(Alignment, wrap_text=True, vertical="top", horizontal="left")
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
    """Give the bytes of the Excel form in one language; `words` are the phrases of that language.

    Draft languages say so on the first sheet. Texts are stored as texts, whatever sign they begin
    with.
    """
    book = Workbook()
    book.remove(book.active)
    form = _Form(book, questionnaire, language, words)
    _start(form)
    _single_blocks(form)
    for block in questionnaire.blocks:
        if block.repeat:
            _repeated(form, block)
    _hidden(form, form_id, iso3)
    _link(form)
    _lock(form)
    return packed(book)


def packed(book: Workbook) -> bytes:
    """Give the workbook of an Excel form as the bytes of its file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(cell: Cell, text: object, quoted: bool = True) -> None:
    """Put a text into a cell of an Excel form as text, never as a formula."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) if isinstance(text, str) else text
    if isinstance(text, str) and is_formula(text):
        cell.data_type, cell.quotePrefix = "s", quoted


class _Form:
    """What is being made: the book, its words, and where each answer goes."""

    def __init__(self, book, questionnaire, language, words):
        self.book, self.language, self.words = book, language, words
        self.questionnaire = questionnaire
        self.places, self.cells, self.lists, self.numbers = [], {}, {}, {}
        rows = 2
        yes = [c for c in questionnaire.choices.get("yes_no", ()) if c.code == "yes"]
        for name, choices in {**questionnaire.choices, "_yes": yes}.items():
            self.lists[name] = (f"'_lists'!$C${rows}:$C${rows + len(choices) - 1}", choices)
            rows += len(choices)

    def say(self, text):
        """Give a text in the language of this form."""
        return wording(text, self.language)

    def place(self, cell, block, entry, question, choice=""):
        """Remember that a cell answers a question, and where, for conditions that look at it."""
        where = cell.parent.title, cell.coordinate
        self.places.append((*where, block.id, entry, question.id, choice))
        self.cells[question.id, choice, entry] = cell


def _sheet(form, title):
    """Give a new sheet named so that every program takes it."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28].strip() or "Sheet"
    taken = {s.title.casefold() for s in form.book}
    name = plain if plain.casefold() not in taken else f"{plain} {len(taken)}"
    return form.book.create_sheet(name)


def _start(form):
    """Draw the first sheet: what this is, how it is filled in, and the question of consent."""
    sheet, words = _sheet(form, form.words["start"]), form.words
    spoken = form.questionnaire.spoken[form.language]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 84, 24
    _write(
        sheet["A1"],
        form.say(form.questionnaire.title),
        Font(bold=True, size=16, color=DARK),
        54,
        1.5,
    )
    if spoken.draft:
        _write(sheet["A2"], spoken.notice, Font(bold=True, color="9C0006"), 84)
    version = f"{words['version']}: {form.questionnaire.version}"
    _write(sheet["A3"], f"{words['language_of_form']}: {spoken.name}. {version}", None, 84)
    row = _section(sheet, 5, words["how_title"])
    for step in range(1, 6):
        _write(sheet.cell(row + step - 1, 1), f"{step}. {words[f'how_{step}']}", None, 84)
    form.after_consent = _consent(form, sheet, row + 6)


def _consent(form, sheet, row):
    """Draw what a person agrees to, and where; give the row after it."""
    gate = form.questionnaire.blocks[0]
    question = gate.questions[0]
    row = _section(sheet, row, form.say(gate.title))
    _write(sheet.cell(row, 1), form.say(form.questionnaire.consent), None, 84)
    text = f"{form.say(question.label)} * {form.say(question.hint)}"
    _write(sheet.cell(row + 2, 1), text, BOLD, 84)
    _answer(form, sheet.cell(row + 2, 2), gate, 0, question)
    return row + 4


def _section(sheet, row, text):
    _write(sheet.cell(row, 1), text, HEAD, 84)
    return row + 1


def _single_blocks(form):
    """Draw the sheet of all questions that are asked once."""
    sheet = _sheet(form, form.words["questions"])
    for letter, width in zip("ABCD", (6, 56, 46, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    _write(sheet["A1"], "", None, 6)
    _write(sheet["B1"], form.questionnaire.titled(form.language), TITLE, 56, 1.2)
    _heading(sheet, 2, [form.words[w] for w in ("number", "question", "answer", "help")])
    row, number = 3, 0
    for block in [b for b in form.questionnaire.blocks if not b.repeat and b.id != GATE]:
        for column in range(1, 5):
            sheet.cell(row, column).fill = Fill(start_color=PALE)
        _write(sheet.cell(row, 2), form.say(block.title), HEAD, 56)
        row += 1
        for question in block.questions:
            number += 1
            row = _asked_once(form, sheet, row, number, block, question)
    sheet.freeze_panes = "C3"
    _to_print(sheet, "1:2", None, "landscape")


def _asked_once(form, sheet, row, number, block, question):
    """Draw one question, with a line for each choice where several may be chosen; give the next
    row."""
    form.numbers[question.id] = number
    _write(sheet.cell(row, 1), str(number), None, 6)
    _write(sheet.cell(row, 2), _label(form, question), BOLD, 56)
    _write(sheet.cell(row, 4), _help(form, question), Font(color=MUTED), 50, indent=1)
    last = row
    if question.type != "many":
        _answer(form, sheet.cell(row, 3), block, 0, question)
    else:
        for last, choice in enumerate(form.questionnaire.choices_of(question), row + 1):
            _write(sheet.cell(last, 2), form.say(choice.label), None, 46, indent=2)
            _answer(form, sheet.cell(last, 3), block, 0, question, choice)
    _grey_unless(form, sheet, f"A{row}:D{last}", question)
    return last + 1


def _label(form, question, choice=None):
    """Give the label of a question or choice, with a star where it must be answered."""
    return form.say((choice or question).label) + (" *" if question.required else "")


def _repeated(form, block):
    """Draw a repeated block as a table: a line an entry, a column an answer or choice."""
    sheet = _sheet(form, form.say(block.title))
    _write(sheet["B1"], form.say(block.title), TITLE)
    _write(sheet["B2"], form.words["one_row_each"].format(most=block.most), Font(color=MUTED))
    _heading(sheet, 4, [form.words["number"]])
    columns = [
        (question, choice)
        for question in block.questions
        for choice in (
            form.questionnaire.choices_of(question) if question.type == "many" else [None]
        )
    ]
    lines = [_column(form, sheet, block, at, *column) for at, column in enumerate(columns, 2)]
    sheet.row_dimensions[4].height = 15.5 * max(lines) + 4
    sheet.column_dimensions["A"].width = 6
    for entry in block.entries:
        _write(sheet.cell(4 + entry, 1), str(entry))
        sheet.row_dimensions[4 + entry].height = 32
    sheet.freeze_panes = "C5"
    wide = sum(d.width for d in sheet.column_dimensions.values())
    _to_print(sheet, "1:4", "A:B", "landscape", math.ceil(wide / 190))


def _column(form, sheet, block, at, question, choice):
    """Draw one column of a table with a cell for each entry; give how many lines its heading takes.

    Above the first choice of a question stands the question itself.
    """
    if choice and choice == form.questionnaire.choices_of(question)[0]:
        _write(sheet.cell(3, at), form.say(question.label), BOLD)
    text = _label(form, question, choice)
    width = 15 if choice else 32 if question.type in ("text", "note_text", "url") else 19
    sheet.column_dimensions[get_column_letter(at)].width = width
    _heading(sheet, 4, [text], at)
    for entry in block.entries:
        _answer(form, sheet.cell(4 + entry, at), block, entry, question, choice)
    return _lines(text, width - 2)


def _answer(form, cell, block, entry, question, choice=None):
    """Make a cell one to be filled in, with its list or rule, and remember what it answers."""
    cell.protection, cell.border = Protection(locked=False), BOX
    cell.fill, cell.font = Fill(start_color=INPUT), Font()
    cell.alignment = TOP_LEFT()
    # What is typed into a text cell stays text, also when it begins with = or +.
    cell.number_format = FORMATS.get(question.type, "@")
    if question.type == "note_text":
        cell.parent.row_dimensions[cell.row].height = 64
    form.place(cell, block, entry, question, choice.code if choice else "")
    _rule(form, cell, question, choice)


def _rule(form, cell, question, choice):
    """Add the drop-down or the rule of a cell, with help that a screen reader speaks there."""
    words, label = form.words, form.say(question.label)
    if choice:
        label, asks = f"{label} {form.say(choice.label)}", words["choose_yes"]
        rule = DataValidation("list", formula1=form.lists["_yes"][0])
    elif question.choices:
        asks = words["choose_list"]
        rule = DataValidation("list", formula1=form.lists[question.choices][0])
    else:
        asks, rule = words[ASKS.get(question.type, "text_form")], _limit(question)
    rule.allow_blank, rule.showInputMessage, rule.showErrorMessage = True, True, True
    help_texts = filter(None, (label, form.say(question.hint), asks))
    prompt = " ".join(f"{text.rstrip('.')}." for text in help_texts)
    rule.promptTitle, rule.prompt = words["answer"][:32], _short(prompt, 250)
    rule.errorTitle, rule.error = words["wrong_entry"][:32], _short(asks, 220)
    cell.parent.add_data_validation(rule)
    rule.add(cell)


def _limit(question):
    """Give the rule of a cell that is typed into: its limits, or how long it may be."""
    kind, least, most = question.type, question.minimum, question.maximum
    between = partial(DataValidation, operator="between")
    if kind == "date":
        last = "TODAY()" if most is None else f"DATE({int(most)},12,31)"
        return between("date", formula1="1", formula2=last)
    if kind in ("integer", "year"):
        most = {"year": LAST_YEAR}.get(kind, MOST) if most is None else int(most)
        least = FIRST_YEAR if least is None else int(least)
        return between("whole", formula1=str(least), formula2=str(most))
    if kind == "number":
        least, most = (-MOST if least is None else least), (MOST if most is None else most)
        return between("decimal", formula1=str(least), formula2=str(most))
    return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST))


def _grey_unless(form, sheet, area, question):
    """Let questions that do not apply turn grey once the answer that they depend on says so."""
    if question.when is None:
        return
    other = form.questionnaire.question(question.when.question)
    if other.type == "many":
        cells = [form.cells[other.id, code, 0].coordinate for code in question.when.codes]
        otherwise = [f'${_apart(cell)}=""' for cell in cells]
    else:
        at = _apart(form.cells[other.id, "", 0].coordinate)
        texts = [text.replace('"', '""') for text in _leading(form, question)]
        otherwise = [f'${at}<>""', *(f'${at}<>"{text}"' for text in texts)]
    grey, muted = Fill(bgColor="E7E6E6"), Font(color="595959")
    rule = FormulaRule([f"AND({','.join(otherwise)})"], fill=grey, font=muted)
    sheet.conditional_formatting.add(area, rule)


def _leading(form, question):
    """Give the labels of the answers that lead to a question."""
    other = form.questionnaire.question(question.when.question)
    listed = form.questionnaire.choices_of(other)
    return [form.say(c.label) for c in listed if c.code in question.when.codes]


def _apart(coordinate):
    return re.sub(r"(\d+)", r"$\1", coordinate)


def _help(form, question):
    """Give the hint of a question and the condition under which it is asked."""
    parts = [form.say(question.hint)]
    if question.type == "many" and not parts[0]:
        parts = [form.words["choose_all"]]
    if question.when:
        number = form.numbers[question.when.question]
        answers = " / ".join(f"“{label}”" for label in _leading(form, question))
        parts.append(form.words["only_if"].format(number=number, answers=answers))
    return ". ".join(p.rstrip(".") for p in parts if p)


def _hidden(form, form_id, iso3):
    """Add the sheets by which the way back finds its way."""
    questionnaire = form.questionnaire
    facts = {
        "questionnaire": questionnaire.id,
        "version": questionnaire.version,
        "language": form.language,
        "iso3": iso3,
        "form_id": form_id,
    }
    lists = [
        (name, choice.code, form.say(choice.label))
        for name, (_, choices) in form.lists.items()
        for choice in choices
    ]
    _hide(form, "_form", [("key", "value"), *facts.items()])
    head = ("sheet", "cell", "block", "entry", "question", "choice")
    _hide(form, "_map", [head, *form.places])
    _hide(form, "_lists", [("list", "code", "label"), *lists])


def _hide(form, name, rows):
    """Add one sheet that programs do not show."""
    sheet = form.book.create_sheet(name)
    sheet.sheet_state = "veryHidden"
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            put(sheet.cell(number, column), text)


def _link(form):
    """Link the sheets from the first one."""
    first = form.book.worksheets[0]
    row = _section(first, form.after_consent, form.words["sheets"])
    visible = [s.title for s in form.book.worksheets[1:] if s.sheet_state == "visible"]
    for number, title in enumerate(visible, row):
        cell = first.cell(number, 1)
        _write(cell, title, Font(underline="single", color="0B4F9E"), 84)
        cell.hyperlink = f"#'{title}'!A1"
        cell.hyperlink.location, cell.hyperlink.target = f"'{title}'!A1", None
    _to_print(first, None, None, "portrait")


def _lock(form):
    """Lock everything but the answers, and say at the foot of each page which form it is."""
    questionnaire = form.questionnaire
    foot = f"{questionnaire.id} {questionnaire.version} {form.language}".replace("&", "&&")
    for sheet in form.book.worksheets:
        sheet.protection.sheet = True
        # Widening a column stays allowed.
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.sheet_view.showGridLines = False
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = foot, "&P / &N"
    form.book.security = WorkbookProtection(lockStructure=True)
    properties = form.book.properties
    properties.title, properties.language = questionnaire.titled(form.language), form.language
    properties.creator = questionnaire.id


def _heading(sheet, row, texts, column=1):
    for offset, text in enumerate(texts):
        cell = sheet.cell(row, column + offset)
        _write(cell, text, Font(bold=True, color="FFFFFF"))
        cell.fill, cell.border = Fill(start_color=DARK), BOX
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write(cell, text, font=None, width=None, scale=1.0, indent=0):
    """Put a text into a locked cell; with a width, make the row high enough for it."""
    put(cell, text)
    cell.font = font or Font()
    if width:
        cell.alignment = TOP_LEFT(indent=indent)
        height = (15.5 * _lines(text, width) + 3) * scale
        rows = cell.parent.row_dimensions
        rows[cell.row].height = max(rows[cell.row].height or 0, height)


def _lines(text, width):
    """Give how many lines a text takes in a column; letters of other scripts are a little wider."""
    broad = 1 if text.isascii() else 1.15
    return max(1, sum(math.ceil(len(line) * broad / width) for line in (text or " ").split("\n")))


def _short(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def _to_print(sheet, rows, columns, orientation, pages=1):
    sheet.page_setup.orientation, sheet.page_setup.paperSize = orientation, sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # A table that is wider than a page runs over several, with its first columns on each.
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    if rows:
        sheet.print_title_rows = rows
    if columns:
        sheet.print_title_cols = columns
