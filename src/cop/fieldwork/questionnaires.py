"""Load questionnaires: definitions in YAML with translations, validated by pydantic models.

Definitions are written in English. `shared.yml` contains what all forms use, and
`languages/<code>.yml` maps English texts to translations; untranslated texts stay in English.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import yaml
from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, model_validator

import cop.data
from cop.data import UserError

FOLDER = "reference/questionnaires"
FREE = ("text", "note_text", "url", "email", "phone")  # restricted, since texts may name people
CARRIED = ("questionnaire", "form_version", "form_id", "iso3")  # metadata in each form
CONSENT, GATE = "consent", "taking_part"  # the question that opens every form, and its block
FIRST_YEAR = 1900
QUOTE = "Put yes, no and numbers in double quotes"
NOT_YAML = (
    "not valid YAML. Check indentation and brackets, and put texts with ': ' in double quotes"
)
NOT_ENTRIES = "{value} must consist of entries such as `name: value`"
WRONG = {  # first word of the type of a pydantic error: what is wrong, and the fix
    "missing": "is missing. Add it", "value": "{value} {error}", "tuple": "{value} must be a list",
    "extra": "is not a known field. Correct its name, or delete it",
    "string": "{value} must be text and not empty; ids may have only a-z, 0-9 and _. " + QUOTE,
    "literal": "{value} must be {expected}", "int": "{value} must be a whole number",
    "bool": "{value} must be true or false", "too": "must contain at least one valid item",
    "greater": "{value} must be at least {ge}", "less": "{value} must be at most {le}",
}  # fmt: skip
IMPLIED = {  # question type: fields that are set unless the definition states them
    "yes_no": {"choices": "yes_no"}, "integer": {"minimum": 0}, "year": {"minimum": FIRST_YEAR},
}  # fmt: skip


def _translate(text, info: ValidationInfo):
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"must be text and not empty. {QUOTE}")
    return {code: spoken.texts.get(text, text) for code, spoken in info.context.items()}


Text = Annotated[dict[str, str], BeforeValidator(_translate)]  # {language code: text}
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class _Model(BaseModel, extra="forbid", frozen=True):
    pass


class Choice(_Model):
    """A choice of a closed question; an exclusive one cannot be combined with others."""

    code: Code
    label: Text
    exclusive: bool = False


class When(_Model):
    """A condition that is met if an earlier question has one of the codes as its answer."""

    question: str
    codes: tuple[str, ...] = Field(alias="is")


class Question(_Model):
    """A question of a form.

    `choices` names a list of choices ("" for an open question), `section` a section of the
    assessment, and `publishes` the column, as "table.column", that the answer fills.
    """

    id: Code
    type: Literal["one", "many", "yes_no", "likert", "integer", "number", "year", "date", *FREE]
    label: Text
    hint: Text = {}
    choices: str = ""
    required: bool = False
    when: When | None = None
    section: str = ""
    publishes: str = ""
    minimum: int | None = None
    maximum: int | None = None  # of a date, the last year

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, raw):
        return IMPLIED.get(str(raw.get("type")), {}) | raw if isinstance(raw, dict) else raw

    @property
    def restricted(self) -> bool:
        """Return whether the answers are texts, which may name people."""
        return self.type in FREE


class Block(_Model):
    """Questions under a heading, asked once if `most` is 0, otherwise for up to `most` entries."""

    id: Code
    title: Text
    most: int = Field(0, ge=0, le=50)
    questions: tuple[Question, ...] = Field(min_length=1)

    @property
    def repeat(self) -> bool:
        """Return whether the block is repeated, so that it has numbered entries."""
        return self.most > 0

    @property
    def entries(self) -> Sequence[int]:
        """Return the entry numbers from 1, or only 0 if the block is not repeated."""
        return range(1, self.most + 1) if self.repeat else [0]


class Language(_Model):
    """A language of the forms; `notice` marks draft translations, and is otherwise empty."""

    tag: str  # for HTML and LimeSurvey, such as sr-Latn
    name: str
    notice: str
    texts: dict[str, str]  # {English text: translation}


class Questionnaire(_Model):
    """A questionnaire; its texts are {language code: text} and include English."""

    id: str
    version: str
    kind: Literal["form", "survey", "guide"]
    category: str = ""  # of all respondents, if the form has no question on their category
    title: Text
    consent: Text
    choices: dict[str, tuple[Choice, ...]] = {}
    blocks: tuple[Block, ...]
    earlier: tuple[str, ...] = ()  # versions with responses that are still accepted
    phrases: dict[str, Text] = {}  # fixed texts of all forms
    spoken: dict[str, Language] = {}  # by code, English first

    def questions(self) -> list[tuple[Block, Question]]:
        """Return (block, question) pairs in the order of the form."""
        return [(block, question) for block in self.blocks for question in block.questions]

    def untranslated(self, code: str) -> set[str]:
        """Return the English texts that have no translation into a language; none for English."""
        texts = [self.title, self.consent, *self.phrases.values(), *(b.title for b in self.blocks)]
        texts += [text for _, q in self.questions() for text in (q.label, q.hint) if text]
        texts += [choice.label for choices in self.choices.values() for choice in choices]
        english = set() if code == "en" else {text["en"] for text in texts}
        return english - self.spoken[code].texts.keys()

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
        """Return the title (see `wording`), with a notice if the translations are drafts."""
        title, notice = wording(self.title, language), self.spoken[language].notice
        return f"{title} ({notice})" if notice else title


class _Shared(_Model):
    choices: dict[str, tuple[Choice, ...]]
    consent_block: Block
    phrases: dict[str, Text]


def wording(text: dict[str, str], language: str) -> str:
    """Return a text in a language or, without a translation, in English; "" if there is neither."""
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
    plain = code.replace("_", "")
    if len(plain) <= most and plain != "other":  # "other" is reserved by LimeSurvey
        return plain
    tail = hashlib.sha256(code.encode()).hexdigest()[: min(4, most - 2)]
    return plain[: most - len(tail)] + tail


def ids(data: Path) -> list[str]:
    """Return the sorted ids of the questionnaires."""
    folder = cop.data.locate(data, FOLDER)
    return sorted(path.stem for path in folder.glob("*.yml") if path.stem != "shared")


def load(name: str, data: Path) -> Questionnaire:
    """Return a questionnaire in all languages.

    A form or survey begins with the block of `shared.yml` that asks for consent. Lists of choices
    that no question uses are left out. Raises UserError for an unknown name, or with a list of all
    errors in the first invalid file.
    """
    if name not in ids(data):
        raise UserError(f"unknown questionnaire {name!r}; use one of: {', '.join(ids(data))}")
    folder = cop.data.locate(data, FOLDER) / "languages"
    codes = ["en", *sorted(path.stem for path in folder.glob("*.yml") if path.stem != "en")]
    spoken = {code: _read(Language, f"languages/{code}", data) for code in codes}
    shared = _read(_Shared, "shared", data, spoken)
    form = _read(Questionnaire, name, data, spoken)
    blocks = form.blocks if form.kind == "guide" else (shared.consent_block, *form.blocks)
    used = {question.choices for block in blocks for question in block.questions}
    lists = {key: each for key, each in (shared.choices | form.choices).items() if key in used}
    update = {"id": name, "blocks": blocks, "choices": lists, "phrases": shared.phrases}
    form = form.model_copy(update=update | {"spoken": spoken})
    if errors := list(_errors(form)):
        raise _invalid(f"{FOLDER}/{name}.yml", errors)
    return form


def _read(model, name, data, spoken=None):
    path = f"{FOLDER}/{name}.yml"
    return parse(model, cop.data.text(data, path), path, spoken)


def parse(model, text, name, context=None):
    """Parse YAML as a model. Raises UserError with all errors, each preceded by the file `name`."""
    try:
        raw = _parse(text)
        return model.model_validate(raw, context=context)
    except pydantic.ValidationError as error:
        errors = _error_lines(error, raw)
    except (yaml.YAMLError, ValueError, AttributeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        errors = [f"line {mark.line + 1}: {NOT_YAML}" if mark else NOT_YAML]
    raise _invalid(name, errors)


@lru_cache(maxsize=64)
def _parse(text):
    return yaml.load(text, yaml.CSafeLoader)


def _invalid(path, errors):
    return UserError("\n".join(f"{path}, {error}" for error in errors))


def _errors(form):
    for name, choices in form.choices.items():
        for code in form.spoken:
            labels = [wording(choice.label, code).casefold() for choice in choices]
            for label in _repeated(labels):
                yield f"choices.{name}: two choices have the label {label!r} in {code}. Change one"
    names = [item.id for block in form.blocks for item in (block, *block.questions)]
    for name in _repeated([name.replace("_", "") for name in [*CARRIED, *names]]):  # LimeSurvey
        yield f"blocks: the id {name!r} is not unique (underscores are ignored). Change one"
    codes = {q.id: [choice.code for choice in form.choices_of(q)] for _, q in form.questions()}
    for block, question in form.questions():
        when = question.when
        path = f"blocks.{block.id}.{question.id}.when"
        if when and when.question not in codes:
            yield f"{path}.question: no question has the id {when.question!r}. Correct it"
        elif when and (wrong := sorted({*when.codes}.difference(codes[when.question]))):
            rule = f"not choices of the question {when.question!r}: {', '.join(wrong)}"
            yield f"{path}.is: {rule}. Its choices are: {', '.join(codes[when.question]) or 'none'}"


def _repeated(values):
    return sorted({value for value in values if values.count(value) > 1})


def _error_lines(error, raw):
    for each in error.errors():
        names, item = [], raw
        for name in each["loc"]:
            with suppress(LookupError, TypeError, AttributeError):  # a missing field, or a text
                item = item[name]
                if isinstance(name, int):  # position of a block, question or choice
                    name = item.get("id") or item["code"]
            names.append(str(name))
        wrong = WRONG.get(each["type"].split("_")[0], NOT_ENTRIES)
        facts = {"value": f"{each['input']!r:.60}"} | each.get("ctx", {})
        yield f"{'.'.join(names) or 'the file'}: {wrong.format(**facts)}"
