"""Write Excel forms to send by e-mail: drop-down lists, locked cells, no macros or formulas.

The first sheet contains the instructions and the questions that are asked once, and each repeated
block has a sheet with a column for each entry. Each choice of a multiple-choice question has its
own cell. `cop intake` reads two hidden sheets: `_form` (key, value) and `_map` (sheet, cell, block,
entry, question, choice). The drop-down lists refer to a third hidden sheet, `_lists` (list, label).
"""

import io
import itertools
import re
from functools import partial

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.fieldwork.questionnaires import Questionnaire, wording

YELLOW = PatternFill("solid", start_color="FFF9DB")
WRAPPED = Alignment(vertical="top", wrap_text=True)


def workbook(form: Questionnaire, language: str, form_id: str = "", iso3: str = "") -> bytes:
    """Return the Excel form in one language as bytes; it records `form_id` and `iso3` if given."""
    book = Workbook()
    say = partial(wording, language=language)
    words = {name: say(text) for name, text in form.phrases.items()}
    cells = [("sheet", "cell", "block", "entry", "question", "choice")]
    labels, lists = [("list", "label")], {"": ""}  # {list: range of its labels}
    for name, choices in form.choices.items():
        first = len(labels) + 1
        labels += [(name, say(choice.label)) for choice in choices]
        lists[name] = f"'_lists'!$B${first}:$B${len(labels)}"
    _name(book.active, words["questions"])
    about = f"{words['language_of_form']}: {form.spoken[language].name}. "
    about += f"{words['version']}: {form.version}"
    steps = [f"{number}. {words[f'how_{number}']}" for number in range(1, 6)]
    for text in [form.titled(language), about, words["how_title"], *steps, say(form.consent)]:
        _append(book.active, text)
    labelled = _labels(form, say, words["only_if"])
    for block in form.blocks:
        sheet = book.active
        if block.repeat:
            sheet = _name(book.create_sheet(), say(block.title))
            _append(sheet, words["column_each"].format(most=block.most))
        _append(sheet, say(block.title), *filter(None, block.entries), bold=True)
        for question in block.questions:
            _append(sheet, labelled[question.id])
            choices = form.choices_of(question) if question.type == "many" else ()
            if not choices:
                cells += _unlock(sheet, block, question, lists[question.choices])
            for choice in choices:
                _append(sheet, f"• {say(choice.label)}")
                cells += _unlock(sheet, block, question, lists["yes_no"], choice.code)
    facts = {"key": "value", "questionnaire": form.id, "version": form.version}
    facts |= {"language": language, "iso3": iso3, "form_id": form_id}
    for name, rows in {"_form": facts.items(), "_map": cells, "_lists": labels}.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for row in rows:
            sheet.append(row)
    return packed(book)


def packed(book: Workbook) -> bytes:
    """Change the formulas in a workbook to texts, and return the workbook as bytes."""
    for sheet in book:
        for cell in itertools.chain(*sheet):
            if cell.data_type == "f":
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _name(sheet, title):
    sheet.title = re.sub(r"[^\w -]", " ", title)[:28].strip() or "Sheet"
    sheet.protection.sheet = True
    sheet.column_dimensions["A"].width, sheet.sheet_format.defaultColWidth = 80, 36
    return sheet


def _append(sheet, *texts, bold=False):
    sheet.append(texts)
    cell = sheet.cell(sheet.max_row, 1)
    cell.alignment, cell.font = WRAPPED, Font(bold=bold)


def _unlock(sheet, block, question, labels, code=""):
    rule = DataValidation("list", formula1=labels)
    for column, entry in enumerate(block.entries, 2):
        cell = sheet.cell(sheet.max_row, column)
        cell.fill, cell.protection, cell.alignment = YELLOW, Protection(locked=False), WRAPPED
        cell.number_format = "@"  # text: answers that begin with = or + are not formulas
        rule.add(cell)
        yield sheet.title, cell.coordinate, block.id, entry, question.id, code
    if labels:
        sheet.add_data_validation(rule)


def _labels(form, say, only_if):
    """Return {question id: text with the number, label, hint and condition of the question}."""
    questions = [question for _, question in form.questions()]
    numbers = {question.id: number for number, question in enumerate(questions, 1)}
    labels = {}
    for question in questions:
        required = " *" if question.required else ""
        parts = [f"{numbers[question.id]}. {say(question.label)}{required}", say(question.hint)]
        if when := question.when:
            choices = form.choices_of(form.question(when.question))
            answers = " / ".join(f"“{say(c.label)}”" for c in choices if c.code in when.codes)
            parts.append(only_if.format(number=numbers[when.question], answers=answers))
        labels[question.id] = "\n".join(filter(None, parts))
    return labels
