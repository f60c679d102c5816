"""Write a questionnaire as a LimeSurvey survey structure (tab-separated), in all its languages.

LimeSurvey codes consist of letters and digits: at most 20 for a question, 5 for an answer. A
repeated block becomes one group of questions for each entry; LimeSurvey shows a group once the
first question of the previous entry is answered.
"""

import html

import pandas as pd

from cop.fieldwork.questionnaires import (
    CARRIED,
    CONSENT,
    Questionnaire,
    answer_code,
    question_code,
    wording,
)

TYPES = {  # all others are short texts
    "note_text": "T", "integer": "N", "number": "N", "year": "N", "date": "D", "one": "L",
    "likert": "L", "many": "M", "yes_no": "Y",
}  # fmt: skip
ANSWERS = {"M": "SQ", "L": "A"}  # type of a question: class of the rows with its choices
ATTRIBUTES = "hidden|equation|exclude_all_others|num_value"
AGREED = f'{CONSENT}.NAOK == "Y"'


def structure(form: Questionnaire, iso3: str = "") -> str:
    """Return the survey structure as text; with `iso3`, responses state that country."""
    is_named = form.kind == "form"
    first, *others = [language.tag for language in form.spoken.values()]
    settings = {
        "language": first, "additional_languages": " ".join(others), "format": "G",
        "anonymized": "N" if is_named else "Y", "datestamp": "Y" if is_named else "N",
        "ipaddr": "N", "refurl": "N",
    }  # fmt: skip
    texts = {
        "surveyls_title": {code: form.titled(code) for code in form.spoken},
        "surveyls_welcometext": form.consent,
        "surveyls_endtext": form.phrases["thanks"],
        "surveyls_dateformat": "6",
        "surveyls_numberformat": "0",
    }
    about = [{"class": "SL", "name": name, "text": text} for name, text in texts.items()]
    rows = pd.DataFrame([*about, *_rows(form, iso3)], dtype=object)
    tables = [pd.DataFrame({"class": "S", "name": settings.keys(), "text": settings.values()})]
    for code, language in form.spoken.items():
        tables.append(rows.map(_translate, code=code).assign(language=language.tag))
        rows = rows.drop(columns=rows.filter(regex=ATTRIBUTES))  # only in the first language
    return pd.concat(tables).to_csv(sep="\t", index=False, float_format="%.0f")


def _translate(cell, code):
    if not isinstance(cell, dict):
        return cell
    plain = " ".join(html.escape(wording(cell, code), quote=False).split())
    return plain.replace("{", "&#123;").replace("}", "&#125;")


def _rows(form, iso3):
    groups = [(block, entry) for block in form.blocks for entry in block.entries]
    for number, (block, entry) in enumerate(groups, 1):
        relevance = AGREED if number > 1 else "1"
        if entry > 1:
            before = question_code(block.questions[0].id, entry - 1)
            relevance += f" and !is_empty({before}.NAOK)"
        name = {code: f"{title} {entry or ''}" for code, title in block.title.items()}
        yield {"class": "G", "type/scale": number, "name": name, "relevance": relevance}
        yield from _carried(form, iso3) if number == 1 else ()
        for question in block.questions:
            yield from _question(form, block, question, entry)


def _carried(form, iso3):
    # The URL of a response fills the hidden questions without a value.
    fixed = {"questionnaire": form.id, "form_version": form.version, "iso3": iso3}
    for name in CARRIED:
        value = fixed.get(name, "")
        yield {
            "class": "Q", "type/scale": "*" if value else "S", "name": question_code(name),
            "relevance": "1", "text": value or name, "mandatory": "N", "other": "N",
            "hidden": "1", "equation": value,
        }  # fmt: skip


def _question(form, block, question, entry):
    kind = TYPES.get(question.type, "S")
    exclusive = [answer_code(question, name) for name in form.exclusive_choices(question)]
    row = {
        "class": "Q",
        "type/scale": kind,
        "name": question_code(question.id, entry),
        "relevance": _relevance(form, block, question, entry),
        "text": question.label,
        "help": question.hint,
        # In a repeated block nothing is required, so that people can leave entries empty.
        "mandatory": "Y" if question.required and not entry else "N",
        "other": "N",
        "exclude_all_others": ";".join(exclusive),
    }
    if kind == "N":
        row |= {"min_num_value_n": question.minimum, "max_num_value_n": question.maximum}
        row["num_value_int_only"] = "" if question.type == "number" else "1"
    yield row
    for choice in form.choices_of(question) if kind in ANSWERS else ():
        name = answer_code(question, choice.code)
        yield {"class": ANSWERS[kind], "type/scale": "0", "name": name, "text": choice.label}


def _relevance(form, block, question, entry):
    if question.when is None:
        return "1"
    other = form.question(question.when.question)
    name = question_code(other.id, entry if other in block.questions else 0)
    rule = '{0}_{1}.NAOK == "Y"' if other.type == "many" else '{0}.NAOK == "{1}"'
    codes = [answer_code(other, code) for code in question.when.codes]
    return " or ".join(rule.format(name, code) for code in codes)
