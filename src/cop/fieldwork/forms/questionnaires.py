"""The definition of a questionnaire: read from YAML, checked whole, with its translations laid over
it.

A definition is written in English. `languages/<code>.yml` gives each English text in another
language, so a text that is changed in English is English again everywhere until somebody translates
the new one: no stale draft stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cop.data
from cop.data import Refused
from cop.fieldwork.forms import definitions
from cop.fieldwork.forms.definitions import CONSENT, FIRST_YEAR, FOLDER, FREE, GATE, Place


@dataclass(frozen=True)
class Choice:
    """One answer that may be chosen; `alone` excludes all others (as 'none of these' does)."""

    code: str
    label: dict
    alone: bool = False


@dataclass(frozen=True)
class When:
    """A question is asked only when an earlier one was answered with one of these codes."""

    question: str
    codes: tuple


@dataclass(frozen=True)
class Question:
    """One question; `choices` names a list of the questionnaire, "" for open questions."""

    id: str
    type: str
    label: dict
    hint: dict
    choices: str = ""
    required: bool = False
    when: When | None = None
    restricted: bool = False
    publishes: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Block:
    """Questions under one heading; with `repeat` there are up to `most` entries of them."""

    id: str
    title: dict
    questions: tuple
    repeat: bool = False
    most: int = 0

    @property
    def entries(self) -> Sequence[int]:
        """The numbers of its entries, from 1; of a block that is asked once only 0."""
        return range(1, self.most + 1) if self.repeat else [0]


@dataclass(frozen=True)
class Language:
    """A language of the forms: a draft until somebody who speaks it has reviewed it."""

    code: str
    name: str
    english_name: str
    draft: bool
    notice: str
    texts: dict

    @property
    def tag(self) -> str:
        """Its tag on the web and in LimeSurvey; Serbian is written in Latin letters here."""
        return {"sr": "sr-Latn"}.get(self.code, self.code)


@dataclass(frozen=True)
class Questionnaire:
    """A whole definition: texts are {language code: text}, always with English."""

    id: str
    version: str
    kind: str
    category: str
    languages: tuple
    title: dict
    consent: dict
    choices: dict
    blocks: tuple
    earlier: tuple = ()
    spoken: dict | None = None  # language code -> Language
    sections: tuple = ()  # of an assessment, on which questions may speak

    def questions(self) -> list[tuple[Block, Question]]:
        """Give (block, question) pairs in order."""
        return [(block, question) for block in self.blocks for question in block.questions]

    def question(self, name: str) -> Question:
        """Give one question by its id."""
        return next(question for _, question in self.questions() if question.id == name)

    def choices_of(self, question: Question) -> tuple[Choice, ...]:
        """Give the choices of a question, in order; none when it has no list."""
        return self.choices.get(question.choices, ())

    def titled(self, language: str) -> str:
        """Give the title in a language, marked where the language is a draft."""
        title, spoken = wording(self.title, language), self.spoken[language]
        return f"{title} ({spoken.notice})" if spoken.draft else title


def wording(text: dict[str, str], language: str) -> str:
    """Give a text of a form in a language, in English where it has not been translated."""
    return text.get(language) or text.get("en", "")


def ids(data: Path) -> list[str]:
    """Give the ids of the questionnaires of a data folder, sorted."""
    folder = cop.data.locate(data, FOLDER)
    return sorted(path.stem for path in folder.glob("*.yml") if path.stem != "shared")


def languages(data: Path) -> list[str]:
    """Give the codes of the languages that forms can be made in, sorted."""
    return sorted(path.stem for path in (cop.data.locate(data, FOLDER) / "languages").glob("*.yml"))


def load(name: str, data: Path) -> Questionnaire:
    """Give one questionnaire; raises Refused with every fault of its definition at once."""
    if name not in ids(data):
        raise Refused(f"there is no questionnaire {name!r}; known: {', '.join(ids(data))}")
    stated, faults = definitions.load(f"{FOLDER}/{name}.yml", data)
    shared, _ = definitions.load(f"{FOLDER}/shared.yml", data)
    definitions.check_shared(shared, faults)
    faults.stop()
    definitions.check(stated, shared, name, languages(data), faults)
    faults.stop()
    spoken = {code: language(code, data) for code in stated["languages"]}
    sections = cop.data.labels("triangulation", "section", data)
    made = _questionnaire(stated, shared, spoken, tuple(sections))
    _check_labels(made, faults)
    faults.stop()
    return made


def phrases(code: str, data: Path) -> dict[str, str]:
    """Give the words printed on every form, in a language: {name: text}."""
    shared, _ = definitions.load(f"{FOLDER}/shared.yml", data)
    texts = language(code, data).texts
    return {name: texts.get(text, text) for name, text in shared.get("phrases", {}).items()}


def language(code: str, data: Path) -> Language:
    """Give one language of the forms; raises Refused when its file is not there or faulty."""
    stated, faults = definitions.load(f"{FOLDER}/languages/{code}.yml", data)
    place = Place(faults, stated)
    definitions.has_keys(place, "language")
    faults.stop()
    if not isinstance(stated["texts"], dict) or stated["language"] != code:
        mend = f'Write language: {code}, and under texts: "English": "translation" on each line'
        place.wrong(f"does not say its language, or holds no texts. {mend}")
        faults.stop()
    _check_language(place, stated)
    faults.stop()
    draft, texts = stated["status"] == "draft", dict(stated["texts"])
    return Language(code, stated["name"], stated["english_name"], draft, stated["notice"], texts)


def _check_language(place, stated):
    """Add the faults of a language's texts, and of what says whether they are a draft."""
    texts = Place(place.faults, stated["texts"])
    for text, translated in stated["texts"].items():
        if not (isinstance(text, str) and isinstance(translated, str) and translated.strip()):
            mend = "Put both in double quotes"
            texts.wrong(f"is not a text with a translation. {mend}", "texts", text)
    if stated["status"] not in ("draft", "reviewed"):
        place.wrong("is neither draft nor reviewed. Write one of the two", "status")
    if stated["status"] == "draft" and not stated["notice"]:
        place.wrong("is empty. Say in this language that the text is a draft", "notice")


def _check_labels(made, faults):
    """Add a fault where a drop-down could not tell two choices apart in a language."""
    for name, choices in made.choices.items():
        for code in made.languages:
            labels = [wording(c.label, code).casefold() for c in choices]
            for label in sorted({one for one in labels if labels.count(one) > 1}):
                rule = f"stands for two choices in {code}. Word them differently"
                Place(faults, name=f"choices {name}").wrong(rule, value=label)


def _questionnaire(stated, shared, spoken, sections):
    """Give the definition as it is used, with every text in every language that has it."""

    def texts(text):
        """Give a text as {language: text}, English always with it."""
        own = dict(text) if isinstance(text, dict) else {"en": text}
        english = own.get("en")
        drafts = {c: one.texts[english] for c, one in spoken.items() if english in one.texts}
        return {**drafts, **own}

    blocks = tuple(_block(block, texts) for block in stated["blocks"])
    if stated["kind"] != "guide":
        blocks = (_gate(shared, texts), *blocks)
    used = dict.fromkeys(q.choices for b in blocks for q in b.questions if q.choices)
    lists = {**shared["choices"], **(stated.get("choices") or {})}
    return Questionnaire(
        id=stated["id"],
        version=stated["version"],
        kind=stated["kind"],
        category=stated.get("category") or "",
        languages=tuple(stated["languages"]),
        title=texts(stated["title"]),
        consent=texts(stated["consent"]),
        choices={name: _choices(lists[name], texts) for name in used},
        blocks=blocks,
        earlier=tuple(stated.get("earlier") or ()),
        spoken=spoken,
        sections=sections,
    )


def _choices(listed, texts):
    return tuple(Choice(c["code"], texts(c["label"]), bool(c.get("alone"))) for c in listed)


def _gate(shared, texts):
    label, hint = texts(shared["consent_question"]), texts(shared["consent_hint"])
    question = Question(CONSENT, "yes_no", label, hint, "yes_no", required=True)
    return Block(GATE, texts(shared["phrases"]["consent_title"]), (question,))


def _block(stated, texts):
    # A condition of the block holds for each question; one with its own rests on a question that
    # was asked under it.
    when = {"when": stated["when"]} if "when" in stated else {}
    questions = tuple(_question({**when, **q}, texts) for q in stated["questions"])
    repeat = bool(stated.get("repeat"))
    most = stated.get("most", 0) if repeat else 0
    return Block(stated["id"], texts(stated["title"]), questions, repeat, most)


def _question(stated, texts):
    kind, when = stated["type"], stated.get("when")
    codes = when and (when["is"] if isinstance(when["is"], list) else [when["is"]])
    least = {"integer": 0, "year": FIRST_YEAR}.get(kind)
    return Question(
        id=stated["id"],
        type=kind,
        label=texts(stated["label"]),
        hint=texts(stated["hint"]) if "hint" in stated else {},
        choices="yes_no" if kind == "yes_no" else stated.get("choices", ""),
        required=bool(stated.get("required")),
        when=When(when["question"], tuple(codes)) if when else None,
        restricted=kind in FREE or bool(stated.get("restricted")),
        publishes=stated.get("publishes", ""),
        minimum=stated.get("minimum", least),
        maximum=stated.get("maximum"),
    )
