"""A questionnaire as an XLSForm for KoboToolbox and ODK, checked by pyxform without a warning."""

import io

from openpyxl import Workbook
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from cop.data import Refused
from cop.fieldwork.forms.definitions import CONSENT, FIRST_YEAR, FREE, GATE
from cop.fieldwork.forms.excelform import packed, put
from cop.fieldwork.forms.questionnaires import Questionnaire, wording

TYPES = dict.fromkeys(FREE, "text") | {
    "integer": "integer", "number": "decimal", "year": "integer", "date": "date",
    "one": "select_one", "likert": "select_one", "yes_no": "select_one", "many": "select_multiple",
}  # fmt: skip
APPEARANCE = {"note_text": "multiline", "phone": "numbers"}
AGREED = f"${{{CONSENT}}} = 'yes'"
THIS_YEAR = "int(format-date(today(), '%Y'))"
SHAPES = {
    "url": ("regex(., '^https?://[^ ]+$')", "web_form"),
    "email": ("regex(., '^[^@ ]+@[^@ ]+[.][^@ ]+$')", "mail_form"),
    "phone": ("regex(., '^[+]?[0-9 ()/.-]{5,25}$')", "phone_form"),
}


def workbook(questionnaire: Questionnaire, words: dict[str, dict[str, str]]) -> bytes:
    """Give the bytes of the XLSForm with all languages; `words` is {language: phrases}.

    Raises Refused with what pyxform says where it warns or fails: such a form is not given out.
    """
    sheets = {
        "survey": _survey(questionnaire, words),
        "choices": _choices(questionnaire),
        "settings": [_settings(questionnaire)],
    }
    made = _bytes(sheets)
    check(made, questionnaire.id)
    return made


def check(made: bytes, name: str) -> str:
    """Give the XForm that pyxform makes; raises Refused with its warnings and errors."""
    try:
        result = convert(io.BytesIO(made), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        raise Refused(f"the XLSForm of {name} is not taken by pyxform: {error}") from error
    if result.warnings:
        warnings = "\n".join(result.warnings)
        raise Refused(f"the XLSForm of {name} has warnings of pyxform:\n{warnings}")
    return result.xform


def _survey(questionnaire, words):
    """Give the rows of the survey sheet as dicts; texts are {language: text} there."""
    gate = questionnaire.blocks[0]
    rows = [
        {"type": "hidden", "name": "form_id"},
        {"type": "hidden", "name": "iso3"},
        {"type": "calculate", "name": "questionnaire", "calculation": f"'{questionnaire.id}'"},
        {"type": "calculate", "name": "form_version", "calculation": f"'{questionnaire.version}'"},
        {"type": "note", "name": "consent_text", "label": _opening(questionnaire)},
        _question(questionnaire, gate.questions[0], words),
    ]
    for block in questionnaire.blocks:
        if block.id != GATE:
            rows += _block(questionnaire, block, words)
    return rows


def _opening(questionnaire):
    """Give title and consent in each language, with the notice that a draft is one."""
    return {
        _language(
            questionnaire, c
        ): f"{questionnaire.titled(c)}\n\n{wording(questionnaire.consent, c)}"
        for c in questionnaire.languages
    }


def _block(questionnaire, block, words):
    kind = "repeat" if block.repeat else "group"
    opening = {
        "type": f"begin_{kind}",
        "name": block.id,
        "label": _every(questionnaire, block.title),
        "relevant": AGREED,
    }
    opening |= {} if block.repeat else {"appearance": "field-list"}
    return [
        opening,
        *(_question(questionnaire, q, words) for q in block.questions),
        {"type": f"end_{kind}", "name": ""},
    ]


def _question(questionnaire, question, words):
    """Give the row of one question, with the conditions on asking it and on its answer."""
    kind = TYPES[question.type]
    constraint, message = _constraint(questionnaire, question)
    row = {
        "type": f"{kind} {question.choices}" if question.choices else kind,
        "name": question.id,
        "label": _every(questionnaire, question.label),
        "hint": _every(questionnaire, question.hint) if question.hint else {},
        "relevant": _relevant(questionnaire, question),
        "constraint": constraint,
        "constraint_message": _phrase(questionnaire, words, message) if message else {},
        "appearance": APPEARANCE.get(question.type, ""),
    }
    if question.required:
        row |= {
            "required": "yes",
            "required_message": _phrase(questionnaire, words, "required_message"),
        }
    return row


def _phrase(questionnaire, words, name):
    return {_language(questionnaire, code): words[code][name] for code in questionnaire.languages}


def _relevant(questionnaire, question):
    if question.when is None:
        return ""
    other = questionnaire.question(question.when.question)
    form = "selected(${{{0}}}, '{1}')" if other.type == "many" else "${{{0}}} = '{1}'"
    return " or ".join(form.format(other.id, code) for code in question.when.codes)


def _constraint(questionnaire, question):
    """Give the constraint of a question and the phrase shown when it is not met, "" if none."""
    if question.type in SHAPES:
        return SHAPES[question.type]
    if question.type == "many":
        alone = [c.code for c in questionnaire.choices_of(question) if c.alone]
        rules = [f"not(selected(., '{code}') and count-selected(.) > 1)" for code in alone]
        return " and ".join(rules), "none_stops" if rules else ""
    if question.type == "year":
        most = THIS_YEAR if question.maximum is None else int(question.maximum)
        return f". >= {int(question.minimum or FIRST_YEAR)} and . <= {most}", "year_form"
    if question.type == "date":
        last = "today()" if question.maximum is None else f"date('{int(question.maximum)}-12-31')"
        return f". <= {last}", "not_future" if question.maximum is None else "date_form"
    limits = [f". >= {question.minimum}"] if question.minimum is not None else []
    limits += [f". <= {question.maximum}"] if question.maximum is not None else []
    form = "whole_number" if question.type == "integer" else "any_number"
    return " and ".join(limits), form if limits else ""


def _choices(questionnaire):
    return [
        {"list_name": name, "name": choice.code, "label": _every(questionnaire, choice.label)}
        for name, choices in questionnaire.choices.items()
        for choice in choices
    ]


def _settings(questionnaire):
    return {
        "form_title": questionnaire.title["en"],
        "form_id": questionnaire.id,
        "version": questionnaire.version,
        "default_language": _language(questionnaire, "en"),
        "style": "pages",
        "instance_name": f"concat('{questionnaire.id} ', ${{form_id}})",
    }


def _every(questionnaire, text):
    """Give a text under the heading of each language; a draft that is missing reads English."""
    return {_language(questionnaire, code): wording(text, code) for code in questionnaire.languages}


def _language(questionnaire, code):
    """Give the heading of a language, by which the person chooses it; a draft is called one."""
    spoken = questionnaire.spoken[code]
    return f"{spoken.english_name}{', draft' if spoken.draft else ''} ({code})"


def _bytes(sheets):
    """Give the workbook, each language of a text in a column of its own, nothing a formula."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        flat = [_flat(row) for row in rows]
        headings = list(dict.fromkeys(key for row in flat for key in row))
        sheet = book.create_sheet(name)
        for number, row in enumerate([dict(zip(headings, headings, strict=True)), *flat], 1):
            for column, heading in enumerate(headings, 1):
                put(sheet.cell(number, column), row.get(heading) or None, quoted=False)
    return packed(book)


def _flat(row):
    """Give a row with its texts spread over columns such as `label::English (en)`."""
    out = {}
    for key, value in row.items():
        if isinstance(value, dict):
            out |= {f"{key}::{language}": text for language, text in value.items()}
        else:
            out[key] = value
    return out
