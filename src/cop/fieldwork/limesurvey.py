"""Write a questionnaire as a LimeSurvey survey structure (tab-separated), in all its languages.

LimeSurvey codes consist of letters and digits: at most 20 for a question, 5 for an answer. A
repeated block becomes one group of questions for each entry; LimeSurvey shows a group once the
first question of the previous entry is answered.
"""

import html
import re

from cop.data import csv_text
from cop.fieldwork.questionnaires import (
    CONSENT,
    GATE,
    LAST_YEAR,
    NUMBERS,
    SHAPES,
    Questionnaire,
    answer_code,
    question_code,
    wording,
)

COLUMNS = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "other", "hidden", "equation", "exclude_all_others", "num_value_int_only",
    "min_num_value_n", "max_num_value_n",
)  # fmt: skip
TYPES = {
    "text": "S", "url": "S", "email": "S", "phone": "S", "note_text": "T", "integer": "N",
    "number": "N", "year": "N", "date": "D", "one": "L", "likert": "L", "many": "M", "yes_no": "Y",
}  # fmt: skip
AGREED = f'{CONSENT}.NAOK == "Y"'


def structure(form: Questionnaire, words: dict[str, dict[str, str]], iso3: str = "") -> str:
    """Return the survey structure as text; `words` is {language: phrases}, `iso3` may be empty."""
    named = form.kind == "form"
    first, *others = [language.tag for language in form.spoken.values()]
    facts = {
        "language": first, "additional_languages": " ".join(others), "format": "G",
        "anonymized": "N" if named else "Y", "datestamp": "Y" if named else "N", "ipaddr": "N",
        "refurl": "N", "allowsave": "Y", "showwelcome": "Y", "showprogress": "Y",
    }  # fmt: skip
    rows = [{"class": "S", "name": name, "text": value} for name, value in facts.items()]
    for code, language in form.spoken.items():
        facts = {
            "surveyls_title": _text(form.titled(code)),
            "surveyls_welcometext": _text(wording(form.consent, code)),
            "surveyls_endtext": _text(words[code]["thanks"]),
            "surveyls_dateformat": "6", "surveyls_numberformat": "0",
        }  # fmt: skip
        about = {"class": "SL", "language": language.tag}
        rows += [about | {"name": name, "text": value} for name, value in facts.items()]
    for code in form.languages:
        rows += _groups(form, code, iso3)
    return csv_text([COLUMNS, *([row.get(c, "") for c in COLUMNS] for row in rows)], "\t")


def _groups(form, code, iso3):
    """Yield the rows of all question groups in one language; numbers are alike in all of them."""
    number, language = 0, {"language": form.spoken[code].tag}
    for block in form.blocks:
        for entry in block.entries:
            number += 1
            relevance = "1" if block.id == GATE else AGREED
            if entry > 1:
                before = question_code(block.questions[0].id, entry - 1)
                relevance += f" and !is_empty({before}.NAOK)"
            title = _text(wording(block.title, code)) + (f" {entry}" if entry else "")
            row = {"class": "G", "type/scale": str(number), "name": title, "relevance": relevance}
            yield row | language
            if block.id == GATE:
                yield from _carried(form, code == form.languages[0], language, iso3)
            for question in block.questions:
                yield from _question(form, question, entry, code, language)


def _carried(form, first, language, iso3):
    """Yield the hidden questions with metadata; parameters of the URL fill those without a value.

    Attributes that do not depend on the language are set in the first language only.
    """
    hidden = {"hidden": "1"} if first else {}
    fixed = {"questionnaire": form.id, "form_version": form.version, "iso3": iso3}
    for name in ("questionnaire", "form_version", "form_id", "iso3"):
        value = fixed.get(name)
        row = {"class": "Q", "relevance": "1", "mandatory": "N", "other": "N"} | language | hidden
        row |= {"type/scale": "*" if value else "S", "name": question_code(name)}
        row["text"] = value or name
        yield row | ({"equation": value} if first and value else {})


def _question(form, question, entry, code, language):
    """Yield the rows of a question and its choices; attributes are in the first language only."""
    shape = SHAPES.get(question.type, "").replace("/", r"\/")
    row = {
        "class": "Q",
        "type/scale": TYPES[question.type],
        "name": question_code(question.id, entry),
        "relevance": _relevance(form, question, entry),
        "text": _text(wording(question.label, code)),
        "help": _text(wording(question.hint, code)),
        "validation": f"/{shape}/" if shape else "",
        # In a repeated block nothing is required, so that people can leave entries empty.
        "mandatory": "Y" if question.required and not entry else "N",
        "other": "N",
    }
    yield row | language | (_attributes(form, question) if code == form.languages[0] else {})
    kind = {"many": "SQ", "one": "A", "likert": "A"}.get(question.type)
    for choice in form.choices_of(question) if kind else ():
        name, text = answer_code(question, choice.code), _text(wording(choice.label, code))
        yield {"class": kind, "type/scale": "0", "name": name, "text": text} | language


def _relevance(form, question, entry):
    if question.when is None:
        return "1"
    other = form.question(question.when.question)
    repeated = [q.id for block in form.blocks if block.repeat for q in block.questions]
    name = question_code(other.id, entry if other.id in repeated else 0)
    codes = [answer_code(other, code) for code in question.when.codes]
    rule = '{0}_{1}.NAOK == "Y"' if other.type == "many" else '{0}.NAOK == "{1}"'
    return " or ".join(rule.format(name, code) for code in codes)


def _attributes(form, question):
    if question.type == "many":
        codes = [answer_code(question, code) for code in form.exclusive_choices(question)]
        return {"exclude_all_others": ";".join(codes)}
    if question.type not in NUMBERS:
        return {}
    most = question.maximum
    most = LAST_YEAR if question.type == "year" and most is None else most
    limits = {"min_num_value_n": question.minimum, "max_num_value_n": most}
    integer = {} if question.type == "number" else {"num_value_int_only": "1"}
    return integer | {name: str(value) for name, value in limits.items() if value is not None}


def _text(text):
    """Return text with mark-up and braces escaped, since LimeSurvey evaluates expressions."""
    plain = re.sub(r"\s+", " ", html.escape(text, quote=False))
    return plain.replace("{", "&#123;").replace("}", "&#125;")
