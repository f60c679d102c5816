"""Write a questionnaire as an XLSForm for KoboToolbox and ODK, checked by pyxform."""

import io

from openpyxl import Workbook
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from cop.data import UserError
from cop.fieldwork.excel_form import packed, put
from cop.fieldwork.questionnaires import (
    CONSENT,
    FREE,
    GATE,
    PHRASES,
    SHAPES,
    Questionnaire,
    wording,
)

TYPES = dict.fromkeys(FREE, "text") | {
    "integer": "integer", "number": "decimal", "year": "integer", "date": "date",
    "one": "select_one", "likert": "select_one", "yes_no": "select_one", "many": "select_multiple",
}  # fmt: skip
APPEARANCE = {"note_text": "multiline", "phone": "numbers"}
THIS_YEAR = "int(format-date(today(), '%Y'))"


def workbook(form: Questionnaire, words: dict[str, dict[str, str]], iso3: str = "") -> bytes:
    """Return the XLSForm in all languages as bytes; `words` is {language: phrases}.

    With `iso3`, that country is its default. Raises UserError for warnings or errors of pyxform.
    """
    names = {
        code: f"{spoken.english_name}{', draft' if spoken.draft else ''} ({code})"
        for code, spoken in form.spoken.items()
    }

    def every(heading, text):
        return {f"{heading}::{names[code]}": wording(text, code) for code in names}

    survey = [
        {"type": "hidden", "name": "form_id"},
        {"type": "hidden", "name": "iso3", "default": iso3},
        {"type": "calculate", "name": "questionnaire", "calculation": f"'{form.id}'"},
        {"type": "calculate", "name": "form_version", "calculation": f"'{form.version}'"},
        {"type": "note", "name": "consent_text"} | every("label", {
            code: f"{form.titled(code)}\n\n{wording(form.consent, code)}" for code in names
        }),
    ]  # fmt: skip
    for block in form.blocks:
        rows = [_question(form, question, words, every) for question in block.questions]
        if block.id != GATE:
            kind = "repeat" if block.repeat else "group"
            opening = {"type": f"begin_{kind}", "name": block.id, **every("label", block.title)}
            opening["relevant"] = f"${{{CONSENT}}} = 'yes'"
            opening |= {} if block.repeat else {"appearance": "field-list"}
            rows = [opening, *rows, {"type": f"end_{kind}", "name": ""}]
        survey += rows
    choices = [
        {"list_name": name, "name": choice.code, **every("label", choice.label)}
        for name, listed in form.choices.items()
        for choice in listed
    ]
    settings = {
        "form_title": form.title["en"], "form_id": form.id, "version": form.version,
        "default_language": names["en"], "style": "pages",
        "instance_name": f"concat('{form.id} ', ${{form_id}})",
    }  # fmt: skip
    content = _workbook({"survey": survey, "choices": choices, "settings": [settings]})
    check(content, form.id)
    return content


def check(content: bytes, name: str) -> str:
    """Return the XForm (XML) of an XLSForm; raises UserError for warnings or errors of pyxform."""
    try:
        result = convert(io.BytesIO(content), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        raise UserError(f"pyxform does not accept the XLSForm of {name}: {error}") from error
    if result.warnings:
        lines = "\n".join(result.warnings)
        raise UserError(f"pyxform has warnings about {name}; correct its YAML file:\n{lines}")
    return result.xform


def _question(form, question, words, every):
    """Return the row that describes a question, with its conditions and constraints."""
    kind = TYPES[question.type]
    rule, message = _constraint(form, question)
    row = {"type": f"{kind} {question.choices}" if question.choices else kind, "name": question.id}
    row |= every("label", question.label)
    row |= every("hint", question.hint) if question.hint else {}
    row |= {"relevant": _relevant(form, question), "constraint": rule}
    if message:
        row |= every("constraint_message", {code: words[code][message] for code in words})
    row["appearance"] = APPEARANCE.get(question.type, "")
    if question.required:
        texts = {code: words[code]["required_message"] for code in words}
        row |= {"required": "yes", **every("required_message", texts)}
    return row


def _relevant(form, question):
    if question.when is None:
        return ""
    other = form.question(question.when.question)
    rule = "selected(${{{0}}}, '{1}')" if other.type == "many" else "${{{0}}} = '{1}'"
    return " or ".join(rule.format(other.id, code) for code in question.when.codes)


def _constraint(form, question):
    """Return a question's constraint and the name of its message; both may be empty."""
    least, most, phrase = question.minimum, question.maximum, PHRASES.get(question.type, "")
    if question.type in SHAPES:
        return f"regex(., '{SHAPES[question.type]}')", phrase
    if question.type == "many":
        rule, exclusive = "not(selected(., '{}') and count-selected(.) > 1)", "none_stops"
        rules = [rule.format(code) for code in form.exclusive_choices(question)]
        return " and ".join(rules), exclusive if rules else ""
    if question.type == "date":
        last = f"date('{int(most)}-12-31')" if most else "today()"
        return f". <= {last}", phrase if most else "not_future"
    if question.type == "year" and most is None:
        most = THIS_YEAR
    limits = [f". {sign} {n}" for sign, n in ((">=", least), ("<=", most)) if n is not None]
    return " and ".join(limits), phrase if limits else ""


def _workbook(sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        headings = list(dict.fromkeys(key for row in rows for key in row))
        sheet = book.create_sheet(name)
        for number, row in enumerate([dict(zip(headings, headings, strict=True)), *rows], 1):
            for column, heading in enumerate(headings, 1):
                put(sheet.cell(number, column), row.get(heading) or None, quoted=False)
    return packed(book)
