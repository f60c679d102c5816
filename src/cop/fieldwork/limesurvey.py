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
    SHAPES,
    Questionnaire,
    answer_code,
    question_code,
    wording,
)

ATTRIBUTES = [  # alike in all languages, so that only the first may contain them
    "hidden", "equation", "exclude_all_others", "num_value_int_only", "min_num_value_n",
    "max_num_value_n",
]  # fmt: skip
TYPES = {
    "text": "S", "url": "S", "email": "S", "phone": "S", "note_text": "T", "integer": "N",
    "number": "N", "year": "N", "date": "D", "one": "L", "likert": "L", "many": "M", "yes_no": "Y",
}  # fmt: skip
ANSWERS = {"many": "SQ", "one": "A", "likert": "A"}  # class of the rows of choices
AGREED = f'{CONSENT}.NAOK == "Y"'


def structure(form: Questionnaire, iso3: str = "") -> str:
    """Return the survey structure as text; with `iso3`, responses state that country."""
    named = form.kind == "form"
    first, *others = [language.tag for language in form.spoken.values()]
    facts = {
        "language": first, "additional_languages": " ".join(others), "format": "G",
        "anonymized": "N" if named else "Y", "datestamp": "Y" if named else "N", "ipaddr": "N",
        "refurl": "N",
    }  # fmt: skip
    rows = [{"class": "S", "name": name, "text": value} for name, value in facts.items()]
    questions = []
    for code, language in form.spoken.items():
        facts = {
            "surveyls_title": _escape(form.titled(code)),
            "surveyls_welcometext": _escape(wording(form.consent, code)),
            "surveyls_endtext": _escape(wording(form.phrases["thanks"], code)),
            "surveyls_dateformat": "6", "surveyls_numberformat": "0",
        }  # fmt: skip
        about = {"class": "SL", "language": language.tag}
        rows += [about | {"name": name, "text": value} for name, value in facts.items()]
        questions += [row | {"language": language.tag} for row in _groups(form, code, iso3)]
    table = pd.DataFrame(rows + questions, dtype=object)
    table.loc[table.language != first, ATTRIBUTES] = None
    return table.to_csv(sep="\t", index=False)


def _groups(form, code, iso3):
    """Yield the rows of all question groups in one language; numbers are alike in all of them."""
    number = 0
    for block in form.blocks:
        is_gate = block is form.blocks[0]
        for entry in block.entries:
            number += 1
            relevance = "1" if is_gate else AGREED
            if entry > 1:
                before = question_code(block.questions[0].id, entry - 1)
                relevance += f" and !is_empty({before}.NAOK)"
            title = f"{_escape(wording(block.title, code))} {entry or ''}".strip()
            yield {"class": "G", "type/scale": number, "name": title, "relevance": relevance}
            if is_gate:
                yield from _carried(form, iso3)
            for question in block.questions:
                yield from _question(form, block, question, entry, code)


def _carried(form, iso3):
    """Yield the hidden questions with metadata; the URL fills those without a value."""
    fixed = {"questionnaire": form.id, "form_version": form.version, "iso3": iso3}
    for name in CARRIED:
        value = fixed.get(name, "")
        yield {
            "class": "Q", "type/scale": "*" if value else "S", "name": question_code(name),
            "relevance": "1", "text": value or name, "mandatory": "N", "other": "N",
            "hidden": "1", "equation": value,
        }  # fmt: skip


def _question(form, block, question, entry, code):
    """Yield the rows of a question and its choices in one language."""
    shape = SHAPES.get(question.type, "").replace("/", r"\/")
    exclusive = [answer_code(question, name) for name in form.exclusive_choices(question)]
    row = {
        "class": "Q",
        "type/scale": TYPES[question.type],
        "name": question_code(question.id, entry),
        "relevance": _relevance(form, block, question, entry),
        "text": _escape(wording(question.label, code)),
        "help": _escape(wording(question.hint, code)),
        "validation": f"/{shape}/" if shape else "",
        # In a repeated block nothing is required, so that people can leave entries empty.
        "mandatory": "Y" if question.required and not entry else "N",
        "other": "N",
        "exclude_all_others": ";".join(exclusive),
        "num_value_int_only": "1" if question.type in ("integer", "year") else "",
    }
    if TYPES[question.type] == "N":
        row |= {"min_num_value_n": question.minimum, "max_num_value_n": question.maximum}
    yield row
    for choice in form.choices_of(question) if question.type in ANSWERS else ():
        name, text = answer_code(question, choice.code), _escape(wording(choice.label, code))
        yield {"class": ANSWERS[question.type], "type/scale": "0", "name": name, "text": text}


def _relevance(form, block, question, entry):
    if question.when is None:
        return "1"
    other = form.question(question.when.question)
    name = question_code(other.id, entry if other in block.questions else 0)
    rule = '{0}_{1}.NAOK == "Y"' if other.type == "many" else '{0}.NAOK == "{1}"'
    codes = [answer_code(other, code) for code in question.when.codes]
    return " or ".join(rule.format(name, code) for code in codes)


def _escape(text):
    """Return text with mark-up and braces escaped, since LimeSurvey evaluates expressions."""
    plain = " ".join(html.escape(text, quote=False).split())
    return plain.replace("{", "&#123;").replace("}", "&#125;")
