"""A questionnaire as LimeSurvey's tab-separated survey structure, in all its languages.

LimeSurvey lets codes hold letters and digits only: 20 for a question, 5 for an answer. A repeated
block is a group of questions for each entry, the next of which appears once the one before has been
begun.
"""

import hashlib
import html
import re

from cop.data import csv_text
from cop.fieldwork.forms.definitions import CONSENT, GATE, NUMBERS
from cop.fieldwork.forms.questionnaires import Questionnaire, wording

COLUMNS = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "other", "hidden", "equation", "exclude_all_others", "num_value_int_only",
    "min_num_value_n", "max_num_value_n",
)  # fmt: skip
TYPES = {
    "text": "S", "url": "S", "email": "S", "phone": "S", "note_text": "T", "integer": "N",
    "number": "N", "year": "N", "date": "D", "one": "L", "likert": "L", "many": "M", "yes_no": "Y",
}  # fmt: skip
SHAPES = {
    "url": r"/^https?:\/\/\S+$/",
    "email": r"/^[^@\s]+@[^@\s]+\.[^@\s]+$/",
    "phone": r"/^\+?[0-9 ()\/.-]{5,25}$/",
}
LONGEST_QUESTION, LONGEST_ANSWER, LAST_YEAR = 17, 5, 2100
AGREED = f'{CONSENT}.NAOK == "Y"'


def structure(questionnaire: Questionnaire, words: dict[str, dict[str, str]]) -> str:
    """Give the text of a form to import into LimeSurvey; `words` is {language: phrases}."""
    rows = [*_survey(questionnaire), *_about(questionnaire, words)]
    for language in questionnaire.languages:
        rows += _groups(questionnaire, language)
    cells = [[row.get(column, "") for column in COLUMNS] for row in rows]
    return csv_text([COLUMNS, *cells], "\t")


def question_code(name: str, entry: int = 0) -> str:
    """Give LimeSurvey's code of a form's question, or of one entry of a repeated block."""
    code = _fitting(name, LONGEST_QUESTION)
    return f"{code}x{entry}" if entry else code


def answer_code(list_name: str, code: str) -> str:
    """Give LimeSurvey's code of a form's choice: Y and N, or at most five letters and digits."""
    if list_name == "yes_no":
        return {"yes": "Y", "no": "N"}[code]
    return _fitting(code, LONGEST_ANSWER)


def _fitting(code, most):
    """Shorten a code to letters and digits, the last of which depend on all that is cut off."""
    plain = code.replace("_", "")
    if len(plain) <= most and plain != "other":  # LimeSurvey keeps `other` for itself
        return plain
    tail = hashlib.sha256(code.encode()).hexdigest()[: min(4, most - 2)]
    return plain[: most - len(tail)] + tail


def _survey(questionnaire):
    """Yield what holds for the survey whatever the language: no address of a computer is stored."""
    first, *others = [language.tag for language in questionnaire.spoken.values()]
    facts = {
        "language": first,
        "additional_languages": " ".join(others),
        "format": "G",
        "anonymized": "N" if questionnaire.kind == "form" else "Y",
        "datestamp": "Y" if questionnaire.kind == "form" else "N",
        "ipaddr": "N",
        "refurl": "N",
        "allowsave": "Y",
        "showwelcome": "Y",
        "showprogress": "Y",
    }
    for name, value in facts.items():
        yield {"class": "S", "name": name, "text": value}


def _about(questionnaire, words):
    """Yield title, consent and thanks in each language; a draft says so in its title."""
    for code in questionnaire.languages:
        facts = {
            "surveyls_title": _text(questionnaire.titled(code)),
            "surveyls_welcometext": _text(wording(questionnaire.consent, code)),
            "surveyls_endtext": _text(words[code]["thanks"]),
            "surveyls_dateformat": "6",
            "surveyls_numberformat": "0",
        }
        for name, value in facts.items():
            yield {
                "class": "SL",
                "name": name,
                "text": value,
                "language": questionnaire.spoken[code].tag,
            }


def _groups(questionnaire, language):
    """Yield all groups with their questions in one language; their numbers are the same in each."""
    number = 0
    for block in questionnaire.blocks:
        for entry in block.entries:
            number += 1
            yield {
                "class": "G",
                "type/scale": str(number),
                "name": _text(wording(block.title, language)) + (f" {entry}" if entry else ""),
                "relevance": _group_relevance(block, entry),
                "language": questionnaire.spoken[language].tag,
            }
            if block.id == GATE:
                yield from _carried(questionnaire, language)
            for question in block.questions:
                yield from _question(questionnaire, question, entry, language)


def _group_relevance(block, entry):
    if block.id == GATE:
        return "1"
    if entry > 1:
        return f"{AGREED} and !is_empty({question_code(block.questions[0].id, entry - 1)}.NAOK)"
    return AGREED


def _carried(questionnaire, language):
    """Yield the hidden questions on the form itself; the address of an invitation fills two."""
    base = {"class": "Q", "relevance": "1", "language": questionnaire.spoken[language].tag}
    base |= {"mandatory": "N", "other": "N"}
    first = language == questionnaire.languages[0]  # the others take over what it sets
    hidden = {"hidden": "1"} if first else {}
    for name, value in (
        ("questionnaire", questionnaire.id),
        ("form_version", questionnaire.version),
    ):
        equation = {"type/scale": "*", "text": value} | ({"equation": value} if first else {})
        yield {**base, **hidden, **equation, "name": question_code(name)}
    for name in ("form_id", "iso3"):
        yield {**base, **hidden, "type/scale": "S", "name": question_code(name), "text": name}


def _question(questionnaire, question, entry, language):
    """Yield a question with its answers; what no language changes is set in the first one only."""
    at = questionnaire.spoken[language].tag
    yield {
        "class": "Q",
        "type/scale": TYPES[question.type],
        "name": question_code(question.id, entry),
        "relevance": _relevance(questionnaire, question, entry),
        "text": _text(wording(question.label, language)),
        "help": _text(wording(question.hint, language)),
        "language": at,
        "validation": SHAPES.get(question.type, ""),
        # In a repeated block nothing is required: an entry that is not needed stays empty.
        "mandatory": "Y" if question.required and not entry else "N",
        "other": "N",
        **(_attributes(questionnaire, question) if language == questionnaire.languages[0] else {}),
    }
    row = {"many": "SQ", "one": "A", "likert": "A"}.get(question.type)
    for choice in questionnaire.choices_of(question) if row else []:
        code = answer_code(question.choices, choice.code)
        text = _text(wording(choice.label, language))
        yield {"class": row, "type/scale": "0", "name": code, "text": text, "language": at}


def _relevance(questionnaire, question, entry):
    if question.when is None:
        return "1"
    other = questionnaire.question(question.when.question)
    inside = any(other in b.questions and b.repeat for b in questionnaire.blocks)
    name = question_code(other.id, entry if inside else 0)
    codes = [answer_code(other.choices, code) for code in question.when.codes]
    form = '{0}_{1}.NAOK == "Y"' if other.type == "many" else '{0}.NAOK == "{1}"'
    return " or ".join(form.format(name, code) for code in codes)


def _attributes(questionnaire, question):
    if question.type == "many":
        alone = [c.code for c in questionnaire.choices_of(question) if c.alone]
        codes = [answer_code(question.choices, code) for code in alone]
        return {"exclude_all_others": ";".join(codes)}
    if question.type not in NUMBERS:
        return {}
    most = LAST_YEAR if question.type == "year" and question.maximum is None else question.maximum
    limits = {"min_num_value_n": question.minimum, "max_num_value_n": most}
    whole = {} if question.type == "number" else {"num_value_int_only": "1"}
    return whole | {name: str(value) for name, value in limits.items() if value is not None}


def _text(text):
    """Give a text without mark-up or braces, in which LimeSurvey would look for an expression."""
    plain = re.sub(r"\s+", " ", html.escape(text, quote=False))
    return plain.replace("{", "&#123;").replace("}", "&#125;")
