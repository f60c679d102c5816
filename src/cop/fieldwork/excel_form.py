"""Write Excel forms to send by e-mail: drop-down lists, locked cells, no macros or formulas.

The first sheet contains the instructions and the questions that are asked once, and each repeated
block has a sheet with a column for each entry. Each choice of a multiple-choice question has its
own cell. `cop intake` reads two hidden sheets: `_form` (key, value) and `_map` (sheet, cell, block,
entry, question, choice). The drop-down lists refer to a third hidden sheet, `_lists` (list, label).
"""

import io
import re

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from cop.fieldwork.questionnaires import Questionnaire, wording

YELLOW = PatternFill("solid", start_color="FFF9DB")
WRAPPED = Alignment(vertical="top", wrap_text=True)


def workbook(form: Questionnaire, language: str, form_id: str = "", iso3: str = "") -> bytes:
    """Return the Excel form in one language as bytes; it records `form_id` and `iso3` if given."""
    book, cells = Workbook(), [("sheet", "cell", "block", "entry", "question", "choice")]
    book.remove(book.active)
    labels, lists = [("list", "label")], {}  # {list: range of its labels}
    for name, choices in form.choices.items():
        first = len(labels) + 1
        labels += [(name, wording(choice.label, language)) for choice in choices]
        lists[name] = f"'_lists'!$B${first}:$B${len(labels)}"
    words = {name: wording(text, language) for name, text in form.phrases.items()}
    _add_sheet(book, words["questions"], _introduction(form, language, words))
    for block in form.blocks:
        if block.repeat:
            rule = words["column_each"].format(most=block.most)
            _add_sheet(book, wording(block.title, language), [rule])
        sheet = book.worksheets[-1 if block.repeat else 0]
        cells += _add_questions(sheet, form, block, language, lists)
    facts = {"questionnaire": form.id, "version": form.version, "language": language}
    facts |= {"iso3": iso3, "form_id": form_id}
    hidden = {"_form": [("key", "value"), *facts.items()], "_map": cells, "_lists": labels}
    for name, rows in hidden.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for row in rows:
            sheet.append(row)
    return packed(book)


def packed(book: Workbook) -> bytes:
    """Change the formulas in a workbook to texts, and return the workbook as bytes."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _add_sheet(book, title, texts):
    sheet = book.create_sheet(re.sub(r"[^\w -]", " ", title)[:28].strip() or "Sheet")
    sheet.protection.sheet = True
    sheet.column_dimensions["A"].width, sheet.sheet_format.defaultColWidth = 80, 36
    for text in texts:
        _append(sheet, text)


def _append(sheet, *texts, bold=False):
    sheet.append(texts)
    cell = sheet.cell(sheet.max_row, 1)
    cell.alignment, cell.font = WRAPPED, Font(bold=bold)


def _introduction(form, language, words):
    about = f"{words['language_of_form']}: {form.spoken[language].name}. "
    about += f"{words['version']}: {form.version}"
    steps = [f"{number}. {words[f'how_{number}']}" for number in range(1, 6)]
    title, consent = form.titled(language), wording(form.consent, language)
    return [title, about, words["how_title"], *steps, consent]


def _add_questions(sheet, form, block, language, lists):
    _append(sheet, wording(block.title, language), *filter(None, block.entries), bold=True)
    for question in block.questions:
        _append(sheet, _label(form, question, language))
        choices = form.choices_of(question) if question.type == "many" else ()
        if not choices:
            yield from _unlock(sheet, block, question, lists.get(question.choices))
        for choice in choices:
            _append(sheet, f"• {wording(choice.label, language)}")
            yield from _unlock(sheet, block, question, lists["yes_no"], choice.code)


def _unlock(sheet, block, question, labels, code=""):
    rule = DataValidation("list", formula1=labels)
    for column, entry in enumerate(block.entries, 2):
        cell = sheet.cell(sheet.max_row, column)
        cell.fill, cell.protection, cell.alignment = YELLOW, Protection(locked=False), WRAPPED
        # In a cell with the format for text, answers that begin with = or + remain text.
        cell.number_format = "@"
        rule.add(cell)
        yield sheet.title, cell.coordinate, block.id, entry, question.id, code
    if labels:
        sheet.add_data_validation(rule)


def _label(form, question, language):
    numbers = {each.id: number for number, (_, each) in enumerate(form.questions(), 1)}
    required = " *" if question.required else ""
    label = f"{numbers[question.id]}. {wording(question.label, language)}{required}"
    parts = [label, wording(question.hint, language)]
    if when := question.when:
        choices = form.choices_of(form.question(when.question))
        labels = [f"“{wording(c.label, language)}”" for c in choices if c.code in when.codes]
        rule, number = wording(form.phrases["only_if"], language), numbers[when.question]
        parts.append(rule.format(number=number, answers=" / ".join(labels)))
    return "\n".join(filter(None, parts))
