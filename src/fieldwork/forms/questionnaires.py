"""The definition of a questionnaire: read from YAML, checked whole, with its translations laid over it.

A definition is written in English. `languages/<code>.yml` gives each English text in another language, so a text that is
changed in English is English again everywhere until somebody translates the new one: no stale draft stands beside it.
"""

from dataclasses import dataclass

import contract
from contract import Refused
from fieldwork.forms import definitions
from fieldwork.forms.definitions import CONSENT, FIRST_YEAR, FOLDER, FREE, GATE, Faults


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


@dataclass(frozen=True)
class Language:
    """A language of the forms: a draft until somebody who speaks it has reviewed it."""

    code: str
    name: str
    english_name: str
    draft: bool
    notice: str
    texts: dict


@dataclass(frozen=True)
class Questionnaire:
    """A whole definition: texts are {language code: text}, always with English; forms and surveys open with consent."""

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

    def questions(self):
        """Give (block, question) pairs in order."""
        return [(block, question) for block in self.blocks for question in block.questions]

    def titled(self, language):
        """Give the title in a language, marked where the language is a draft."""
        title = said(self.title, language)
        return f"{title} ({self.spoken[language].notice})" if self.spoken[language].draft else title


def said(text, language):
    """Give a text in a language, in English where it has not been translated."""
    return text.get(language) or text.get("en", "")


def known(data):
    """Give the ids of the questionnaires of a data folder, sorted."""
    folder = contract.locate(data, FOLDER)
    return sorted(p.stem for p in folder.glob("*.yml") if p.stem != "shared")


def languages(data):
    """Give the codes of the languages that forms can be made in, sorted."""
    return sorted(path.stem for path in (contract.locate(data, FOLDER) / "languages").glob("*.yml"))


def read(name, data):
    """Give one questionnaire; raises Refused with every fault of its definition at once."""
    if name not in known(data):
        raise Refused(f"there is no questionnaire {name!r}; known: {', '.join(known(data))}")
    faults = Faults(f"{FOLDER}/{name}.yml")
    told, shared = (
        definitions.load(f"{FOLDER}/{name}.yml", data, faults),
        definitions.load(f"{FOLDER}/shared.yml", data, faults),
    )
    faults.stop()
    definitions.check_shared(shared, faults)
    faults.stop()
    definitions.check(told, shared, name, languages(data), faults)
    faults.stop()
    spoken = {code: language(code, data) for code in told["languages"]}
    made = _made(told, shared, spoken)
    _check_labels(made, faults)
    faults.stop()
    return made


def phrases(language_code, data):
    """Give the words printed on every form, in a language: {name: text}."""
    faults = Faults(f"{FOLDER}/shared.yml")
    shared = definitions.load(f"{FOLDER}/shared.yml", data, faults)
    faults.stop()
    texts = language(language_code, data).texts
    return {name: texts.get(text, text) for name, text in shared.get("phrases", {}).items()}


def language(code, data):
    """Give one language of the forms; raises Refused when its file is not there or faulty."""
    path = f"{FOLDER}/languages/{code}.yml"
    faults = Faults(path)
    told = definitions.load(path, data, faults)
    faults.stop()
    definitions.keys(told, "language", "", faults)
    faults.stop()
    if not isinstance(told["texts"], dict) or told["language"] != code:
        mend = f'Write language: {code}, and under texts: "English": "translation" on each line'
        faults.add(told, "", "", "does not say its language, or holds no texts", mend)
        faults.stop()
    for text, translated in told["texts"].items():
        if not (isinstance(text, str) and isinstance(translated, str) and translated.strip()):
            faults.add(
                told["texts"],
                "texts",
                text,
                "is not a text with a translation",
                "Put both in double quotes",
            )
    if told["status"] not in ("draft", "reviewed"):
        faults.add(
            told, "status", told["status"], "is neither draft nor reviewed", "Write one of the two"
        )
    if told["status"] == "draft" and not told["notice"]:
        faults.add(told, "notice", "", "is empty", "Say in this language that the text is a draft")
    faults.stop()
    names = told["name"], told["english_name"]
    return Language(code, *names, told["status"] == "draft", told["notice"], dict(told["texts"]))


def _check_labels(made, faults):
    """Add a fault where two choices of a list read the same in a language: a drop-down could not tell them apart."""
    for name, choices in made.choices.items():
        for code in made.languages:
            labels = [said(c.label, code).casefold() for c in choices]
            for label in sorted({one for one in labels if labels.count(one) > 1}):
                faults.add(
                    None,
                    f"choices {name}",
                    label,
                    f"stands for two choices in {code}",
                    "Word them differently",
                )


def _made(told, shared, spoken):
    """Give the definition as it is used, with every text in every language that has it."""

    def texts(text):
        """Give a text as {language: text}, English always with it."""
        stated = dict(text) if isinstance(text, dict) else {"en": text}
        drafts = {
            code: one.texts[stated["en"]]
            for code, one in spoken.items()
            if stated.get("en") in one.texts
        }
        return {**drafts, **stated}

    blocks = tuple(_block(block, texts) for block in told["blocks"])
    if told["kind"] != "guide":
        blocks = (_gate(shared, texts), *blocks)
    used = dict.fromkeys(q.choices for b in blocks for q in b.questions if q.choices)
    lists = {**shared["choices"], **(told.get("choices") or {})}
    choices = {
        n: tuple(Choice(c["code"], texts(c["label"]), bool(c.get("alone"))) for c in lists[n])
        for n in used
    }
    plain = (
        told["id"],
        told["version"],
        told["kind"],
        told.get("category") or "",
        tuple(told["languages"]),
    )
    titles = texts(told["title"]), texts(told["consent"])
    return Questionnaire(*plain, *titles, choices, blocks, tuple(told.get("earlier") or ()), spoken)


def _gate(shared, texts):
    label, hint = texts(shared["consent_question"]), texts(shared["consent_hint"])
    question = Question(CONSENT, "yes_no", label, hint, "yes_no", required=True)
    return Block(GATE, texts(shared["phrases"]["consent_title"]), (question,))


def _block(told, texts):
    # A condition of the block holds for each question; one with its own rests on a question that was asked under it.
    when = {"when": told["when"]} if "when" in told else {}
    questions = tuple(_question({**when, **q}, texts) for q in told["questions"])
    repeat = bool(told.get("repeat"))
    return Block(
        told["id"], texts(told["title"]), questions, repeat, told.get("most", 0) if repeat else 0
    )


def _question(told, texts):
    kind, when = told["type"], told.get("when")
    codes = when and (when["is"] if isinstance(when["is"], list) else [when["is"]])
    least = {"integer": 0, "year": FIRST_YEAR}.get(kind)
    return Question(
        told["id"],
        kind,
        texts(told["label"]),
        texts(told["hint"]) if "hint" in told else {},
        "yes_no" if kind == "yes_no" else told.get("choices", ""),
        bool(told.get("required")),
        When(when["question"], tuple(codes)) if when else None,
        kind in FREE or bool(told.get("restricted")),
        told.get("publishes", ""),
        told.get("minimum", least),
        told.get("maximum"),
    )
