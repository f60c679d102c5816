"""Questionnaires: definitions in YAML with translations, validated by pydantic models.

Definitions are written in English. `languages/<code>.yml` maps each English text to its
translation; a text without one is shown in English.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import yaml
from pydantic import BaseModel, BeforeValidator, Field, StrictBool, ValidationInfo, model_validator

import cop.data
from cop.data import UserError

FOLDER = "reference/questionnaires"
CLOSED = ("one", "many", "yes_no", "likert")  # with choices
FREE = ("text", "note_text", "url", "email", "phone")  # restricted, since texts may name people
NUMBERS = ("integer", "number", "year")
SHAPES = {  # question type: regular expression for an answer
    "url": "^https?://[^ ]+$",
    "email": "^[^@ ]+@[^@ ]+[.][^@ ]+$",
    "phone": "^[+]?[0-9 ()/.-]{5,25}$",
}
PHRASES = {  # question type: the phrase that describes the expected answer
    "many": "choose_all", "integer": "whole_number", "number": "any_number", "year": "year_form",
    "date": "date_form", "url": "web_form", "email": "mail_form", "phone": "phone_form",
}  # fmt: skip
CARRIED = ("questionnaire", "form_version", "form_id", "iso3")  # metadata in each form
CONSENT, GATE = "consent", "taking_part"  # the question that opens every form, and its block
FIRST_YEAR, LAST_YEAR = 1900, 2100
NOT_TEXT = "is not a text. Put yes, no and numbers in double quotes"


def _translate(text, info: ValidationInfo):
    if not isinstance(text, str) or not text.strip():
        raise ValueError(NOT_TEXT)
    drafts = {language.code: language.texts.get(text) for language in info.context}
    return {code: draft for code, draft in drafts.items() if draft} | {"en": text}


Line = Annotated[str, Field(pattern=r"\S")]
Text = Annotated[dict[str, str], BeforeValidator(_translate)]  # {language code: text}
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Limit = pydantic.StrictInt | pydantic.StrictFloat | None
Name = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,39}$")]
Codes = Annotated[
    tuple[str, ...], BeforeValidator(lambda codes: [codes] if isinstance(codes, str) else codes)
]


class _Model(BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Choice(_Model):
    """A choice of a closed question; an exclusive one cannot be combined with others."""

    code: Code
    label: Text
    exclusive: StrictBool = Field(False, alias="alone")


class When(_Model):
    """A condition that is met if an earlier question has one of the codes as its answer."""

    question: str
    codes: Codes = Field(alias="is")


class Question(_Model):
    """A question of a form.

    `choices` is the name of a list of choices and empty for an open question, `section` a section
    of the assessment, and `publishes` the column that the answer fills.
    """

    id: Name
    type: Literal[(*CLOSED, *FREE, *NUMBERS, "date")]
    label: Text
    hint: Text = Field(default_factory=dict)
    choices: str = ""
    required: StrictBool = False
    when: When | None = None
    restricted: StrictBool = False
    section: str = ""
    publishes: str = ""
    minimum: Limit = None
    maximum: Limit = None

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, raw):
        if not isinstance(raw, dict):
            return raw
        kind = str(raw.get("type"))
        implied = {"choices": "yes_no"} if kind == "yes_no" else {}
        implied |= {"minimum": {"integer": 0, "year": FIRST_YEAR}.get(kind)}
        return implied | raw | ({"restricted": True} if kind in FREE else {})


class Block(_Model):
    """Questions under a heading; a repeated block has up to `most` entries."""

    id: Name
    title: Text
    most: pydantic.StrictInt = Field(0, ge=0, le=50)
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _hand_down_condition(cls, raw):
        """Apply the condition of the block to its questions without a condition."""
        if not isinstance(raw, dict) or not isinstance(raw.get("questions"), list):
            return raw
        when = {"when": raw["when"]} if "when" in raw else {}
        questions = [when | q if isinstance(q, dict) else q for q in raw["questions"]]
        return {key: raw[key] for key in raw if key != "when"} | {"questions": questions}

    @property
    def repeat(self) -> bool:
        """Whether the block is repeated, so that it has numbered entries."""
        return self.most > 0

    @property
    def entries(self) -> Sequence[int]:
        """The entry numbers from 1; only 0 if the block is not repeated."""
        return range(1, self.most + 1) if self.repeat else [0]


class Language(_Model):
    """A language of the forms; a draft until a speaker of the language has reviewed it."""

    code: str = Field(alias="language")
    name: Line
    english_name: Line
    status: Literal["draft", "reviewed"]
    notice: str
    texts: dict[str, Line]

    @property
    def draft(self) -> bool:
        """Whether the translation has not been reviewed."""
        return self.status == "draft"

    @property
    def tag(self) -> str:
        """The language tag for HTML and LimeSurvey; Serbian is written in Latin letters."""
        return {"sr": "sr-Latn"}.get(self.code, self.code)


class Questionnaire(_Model):
    """A questionnaire; its texts are {language code: text} and include English."""

    id: str
    version: Line
    kind: Literal["form", "survey", "guide"]
    category: str = ""
    languages: tuple[str, ...]
    title: Text
    consent: Text
    choices: dict[str, tuple[Choice, ...]] = Field(default_factory=dict)
    blocks: tuple[Block, ...]
    earlier: tuple[str, ...] = ()
    spoken: dict[str, Language] = Field(default_factory=dict)

    def questions(self) -> list[tuple[Block, Question]]:
        """Return (block, question) pairs in order."""
        return [(block, question) for block in self.blocks for question in block.questions]

    def question(self, name: str) -> Question:
        """Return a question by its id; raises StopIteration if it is unknown."""
        return next(question for _, question in self.questions() if question.id == name)

    def choices_of(self, question: Question) -> tuple[Choice, ...]:
        """Return the choices of a question in order; an open question has none."""
        return self.choices.get(question.choices, ())

    def exclusive_choices(self, question: Question) -> list[str]:
        """Return the codes of the choices that cannot be combined with others."""
        return [choice.code for choice in self.choices_of(question) if choice.exclusive]

    def titled(self, language: str) -> str:
        """Return the title in a language, with a notice if the translation is a draft."""
        title, spoken = wording(self.title, language), self.spoken[language]
        return f"{title} ({spoken.notice})" if spoken.draft else title


class _Shared(_Model):
    choices: dict[str, tuple[Choice, ...]]
    phrases: dict[str, Line]
    consent_question: Line
    consent_hint: Line


def wording(text: dict[str, str], language: str) -> str:
    """Return a text in a language, or in English if it is not translated."""
    return text.get(language) or text.get("en", "")


def question_code(name: str, entry: int = 0) -> str:
    """Return LimeSurvey's code for a question or one of its entries, at most 20 characters."""
    code = _shorten(name, 17)
    return f"{code}x{entry}" if entry else code


def answer_code(question: Question, code: str) -> str:
    """Return LimeSurvey's code for a choice: Y, N or at most five characters."""
    if question.choices == "yes_no":
        return {"yes": "Y", "no": "N"}[code]
    return _shorten(code, 5)


def _shorten(code, most):
    """Shorten a code to letters and digits; a hash keeps shortened codes distinct."""
    plain = code.replace("_", "")
    if len(plain) <= most and plain != "other":  # reserved by LimeSurvey
        return plain
    tail = hashlib.sha256(code.encode()).hexdigest()[: min(4, most - 2)]
    return plain[: most - len(tail)] + tail


def ids(data: Path) -> list[str]:
    """Return the sorted ids of the questionnaires."""
    folder = cop.data.locate(data, FOLDER)
    return sorted(path.stem for path in folder.glob("*.yml") if path.stem != "shared")


def languages(data: Path) -> list[str]:
    """Return the sorted codes of the available languages."""
    return sorted(path.stem for path in (cop.data.locate(data, FOLDER) / "languages").glob("*.yml"))


def language(code: str, data: Path) -> Language:
    """Return a language; raises UserError that lists all errors in its file."""
    raw = _read(f"languages/{code}", data) | {"language": code}  # the file's name takes precedence
    return _validate(Language, f"languages/{code}", raw)


def phrases(code: str, data: Path) -> dict[str, str]:
    """Return {name: text} of the fixed phrases in forms, in a language or else in English."""
    shared, texts = _validate(_Shared, "shared", _read("shared", data)), language(code, data).texts
    return {name: texts.get(text, text) for name, text in shared.phrases.items()}


def load(name: str, data: Path) -> Questionnaire:
    """Return a questionnaire; raises UserError for an unknown name or errors in its definition."""
    if name not in ids(data):
        raise UserError(f"unknown questionnaire {name!r}; use one of: {', '.join(ids(data))}")
    spoken = {code: language(code, data) for code in languages(data)}
    shared = _validate(_Shared, "shared", _read("shared", data), spoken)
    raw = _read(name, data) | {"id": name}  # the file's name takes precedence
    if raw.get("kind") != "guide" and isinstance(raw.get("blocks"), list):
        consent = {"label": shared.consent_question, "hint": shared.consent_hint, "required": True}
        gate = {"id": GATE, "title": shared.phrases["consent_title"]}
        gate["questions"] = [consent | {"id": CONSENT, "type": "yes_no"}]
        raw = raw | {"blocks": [gate, *raw["blocks"]]}
    form = _validate(Questionnaire, name, raw, spoken)
    lists = shared.choices | form.choices
    _refuse(name, list(_errors(form, lists, spoken)))
    changes = {
        "choices": {q.choices: lists[q.choices] for _, q in form.questions() if q.choices},
        "spoken": {code: spoken[code] for code in form.languages},
    }
    return form.model_copy(update=changes)


def _errors(form, lists, spoken):
    """Yield inconsistencies in a well-formed definition."""
    codes = form.languages
    if codes[:1] != ("en",) or len(set(codes)) < len(codes) or set(codes) - set(spoken):
        yield f"languages: list en first and each other language once: {', '.join(spoken)}"
    for listed, choices in form.choices.items():
        for code in codes:
            labels = Counter(wording(choice.label, code).casefold() for choice in choices)
            for label in [label for label, times in labels.items() if times > 1]:
                yield f"choices.{listed}: two choices have the label {label!r} ({code}). Change one"
    names = [item.id for block in form.blocks for item in (block, *block.questions)]
    taken = Counter(name.replace("_", "") for name in [*CARRIED, *names])  # LimeSurvey drops _
    for name in sorted(name for name in {*names} if taken[name.replace("_", "")] > 1):
        yield f"blocks: {name!r} is used twice (without underscores). Use a unique id"
    earlier = {}
    for block, question in form.questions():
        for rule in _question_errors(question, block, earlier, lists):
            yield f"blocks.{block.id}.{question.id}: {rule}"
        earlier.setdefault(question.id, (question, block))


def _question_errors(question, block, earlier, lists):
    when = question.when
    if (question.type in CLOSED or question.choices) and question.choices not in lists:
        yield f"{question.choices!r} is not a list of choices. Use one of: {', '.join(lists)}"
    if when:
        other, its_block = earlier.get(when.question, (None, block))
        codes = {choice.code for choice in lists.get(other.choices, ())} if other else set()
        if not codes or its_block.repeat and its_block is not block:
            yield f"when: {when.question!r} is not an earlier closed question in this form or block"
        elif wrong := set(when.codes) - codes:
            yield f"when: {sorted(wrong)} is not a choice of {other.id}. Use one of its codes"


def _read(name, data):
    """Return the content of a YAML file; raises UserError unless it is a mapping."""
    file = f"{FOLDER}/{name}.yml"
    try:
        raw = _parse(cop.data.text(data, file))
    except yaml.YAMLError as error:
        fix = "Put a text that contains ': ' or begins with a special character in double quotes"
        raise UserError(f"{file} cannot be read: {error}. {fix}") from error
    if not isinstance(raw, dict):
        raise UserError(f"{file} is not a YAML mapping. Write one `key: value` on each line")
    return raw


@lru_cache(maxsize=64)
def _parse(text):
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _validate(model, name, raw, spoken=None):
    """Return the content of a file as a model; raises UserError that lists all errors."""
    try:
        return model.model_validate(raw, context=list((spoken or {}).values()))
    except pydantic.ValidationError as error:
        return _refuse(name, error_lines(error))


def error_lines(error: pydantic.ValidationError) -> list[str]:
    """Return the errors that pydantic found as lines with path, value and message."""
    lines = []
    for each in error.errors():
        path = ".".join(map(str, each["loc"]))
        shown = repr(each["input"])[:60] if isinstance(each["input"], str | int | float) else ""
        lines.append(f"{path}: {shown} {each['msg'].removeprefix('Value error, ')}")
    return lines


def _refuse(name, errors):
    if errors:
        file = f"{FOLDER}/{name}.yml"
        lines = "\n".join(f"{file}, {line}" for line in errors)
        raise UserError(f"{cop.data.count(len(errors), 'error')} in {file}:\n{lines}")
