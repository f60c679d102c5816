"""Write a questionnaire as an XLSForm for KoboToolbox and ODK, checked by pyxform."""

import io

import pandas as pd
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from cop.data import UserError
from cop.fieldwork.excel_form import packed
from cop.fieldwork.questionnaires import CONSENT, GATE, Questionnaire, wording

TYPES = {  # all others are text
    "integer": "integer", "number": "decimal", "year": "integer", "date": "date",
    "one": "select_one", "likert": "select_one", "yes_no": "select_one", "many": "select_multiple",
}  # fmt: skip


def workbook(form: Questionnaire, iso3: str = "") -> bytes:
    """Return the XLSForm in all languages; responses state `iso3`. Raises errors like `check`."""
    names = {code: f"{spoken.name} ({code})" for code, spoken in form.spoken.items()}

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
        rows = [_question(form, question, every) for question in block.questions]
        if block.id != GATE:
            kind, appearance = ("repeat", "") if block.repeat else ("group", "field-list")
            opening = {"type": f"begin_{kind}", "name": block.id, "appearance": appearance}
            opening |= {"relevant": f"${{{CONSENT}}} = 'yes'"} | every("label", block.title)
            rows = [opening, *rows, {"type": f"end_{kind}"}]
        survey += rows
    choices = [
        {"list_name": name, "name": choice.code, **every("label", choice.label)}
        for name, listed in form.choices.items()
        for choice in listed
    ]
    settings = {
        "form_title": form.title["en"], "form_id": form.id, "version": form.version,
        "default_language": names["en"], "style": "pages",
    }  # fmt: skip
    with pd.ExcelWriter(io.BytesIO(), engine="openpyxl") as writer:
        for name, rows in {"survey": survey, "choices": choices, "settings": [settings]}.items():
            pd.DataFrame(rows).replace("", None).to_excel(writer, sheet_name=name, index=False)
        content = packed(writer.book)
    check(content, form.id)
    return content


def check(content: bytes, name: str) -> str:
    """Return the XForm (XML) of an XLSForm; raises UserError for errors or warnings of pyxform."""
    file = f"reference/questionnaires/{name}.yml"
    fix = "Correct the question or choice in this message"
    try:
        result = convert(io.BytesIO(content), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        reason = str(error).rstrip(". ")
        raise UserError(f"pyxform rejects the XLSForm of {file}: {reason}. {fix}") from error
    if result.warnings:
        lines = "\n".join(result.warnings)
        raise UserError(f"pyxform warns about the XLSForm of {file}:\n{lines}\n{fix}")
    return result.xform


def _question(form, question, every):
    most, kind = question.maximum, TYPES.get(question.type, "text")
    if question.type == "date":
        most = f"date('{most}-12-31')" if most else "today()"
    rules = [
        f". {sign} {n}" for sign, n in ((">=", question.minimum), ("<=", most)) if n is not None
    ]
    for code in form.exclusive_choices(question):
        rules.append(f"not(selected(., '{code}') and count-selected(.) > 1)")
    row = {
        "type": f"{kind} {question.choices}".strip(),
        "name": question.id,
        "required": "yes" if question.required else "",
        "constraint": " and ".join(rules),
        "appearance": "multiline" if question.type == "note_text" else "",
        **every("label", question.label),
        **every("hint", question.hint),
    }
    if when := question.when:
        rules = [f"selected(${{{when.question}}}, '{code}')" for code in when.codes]
        row["relevant"] = " or ".join(rules)
    return row
