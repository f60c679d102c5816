"""The definition of a questionnaire: read from YAML, checked whole, with its translations laid over it.

A definition is written in English. `languages/<code>.yml` gives each English text in another language, so a text that is
changed in English is English again everywhere until somebody translates the new one: no stale draft stands beside it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from helpers import contract
from intake import Refused

FOLDER = "reference/questionnaires"
TYPES = (
    "text",
    "note_text",
    "integer",
    "number",
    "date",
    "year",
    "one",
    "many",
    "yes_no",
    "likert",
    "url",
    "email",
    "phone",
)
CLOSED = ("one", "many", "yes_no", "likert")  # answered by choosing
FREE = ("text", "note_text", "url", "email", "phone")  # may hold anything about anybody, so it is restricted
NUMBERS = ("integer", "number", "year")
KINDS = ("form", "survey", "guide")
# What stands outside the questions in every form that is made.
CARRIED = ("questionnaire", "form_version", "form_id", "iso3")
CONSENT, GATE = "consent", "taking_part"  # the question that opens every form, and the block that holds it
FIRST_YEAR = 1900
CODE, NAME = r"[a-z0-9_]{1,40}", r"[a-z_][a-z0-9_]{0,39}"
KEYS = {
    "questionnaire": {"id", "version", "kind", "languages", "title", "consent", "blocks"},
    "block": {"id", "title", "questions"},
    "question": {"id", "type", "label"},
    "choice": {"code", "label"},
    "language": {"language", "name", "english_name", "status", "notice", "texts"},
}
# What must be a text, since other things stand for it.
WORDED = {
    "questionnaire": ("id", "version", "kind", "category"),
    "block": ("id",),
    "question": ("id", "type", "choices", "publishes"),
    "choice": ("code",),
    "language": ("name", "english_name", "status", "notice"),
}
TEXT = "Write a text, in double quotes where it is yes, no or a number"
SHARED = {"choices": dict, "phrases": dict, "consent_question": str, "consent_hint": str}
MAY = {
    "questionnaire": {"category", "choices", "earlier"},
    "block": {"repeat", "most", "when"},
    "question": {"choices", "hint", "required", "when", "restricted", "publishes", "minimum", "maximum"},
    "choice": {"alone"},
    "language": set(),
}


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
    faults = _Faults(f"{FOLDER}/{name}.yml")
    told, shared = _load(f"{FOLDER}/{name}.yml", data, faults), _load(f"{FOLDER}/shared.yml", data, faults)
    faults.stop()
    _check_shared(shared, faults)
    faults.stop()
    _check(told, shared, name, languages(data), faults)
    faults.stop()
    spoken = {code: language(code, data) for code in told["languages"]}
    made = _made(told, shared, spoken)
    _check_labels(made, faults)
    faults.stop()
    return made


def phrases(language_code, data):
    """Give the words printed on every form, in a language: {name: text}."""
    faults = _Faults(f"{FOLDER}/shared.yml")
    shared = _load(f"{FOLDER}/shared.yml", data, faults)
    faults.stop()
    texts = language(language_code, data).texts
    return {name: texts.get(text, text) for name, text in shared.get("phrases", {}).items()}


def language(code, data):
    """Give one language of the forms; raises Refused when its file is not there or faulty."""
    path = f"{FOLDER}/languages/{code}.yml"
    faults = _Faults(path)
    told = _load(path, data, faults)
    faults.stop()
    _keys(told, "language", "", faults)
    faults.stop()
    if not isinstance(told["texts"], dict) or told["language"] != code:
        mend = f'Write language: {code}, and under texts: "English": "translation" on each line'
        faults.add(told, "", "", "does not say its language, or holds no texts", mend)
        faults.stop()
    for text, translated in told["texts"].items():
        if not (isinstance(text, str) and isinstance(translated, str) and translated.strip()):
            faults.add(told["texts"], "texts", text, "is not a text with a translation", "Put both in double quotes")
    if told["status"] not in ("draft", "reviewed"):
        faults.add(told, "status", told["status"], "is neither draft nor reviewed", "Write one of the two")
    if told["status"] == "draft" and not told["notice"]:
        faults.add(told, "notice", "", "is empty", "Say in this language that the text is a draft")
    faults.stop()
    names = told["name"], told["english_name"]
    return Language(code, *names, told["status"] == "draft", told["notice"], dict(told["texts"]))


class _Faults:
    """The faults of one file, told at once."""

    def __init__(self, file):
        self.file, self.found = file, []

    def add(self, at, place, value, rule, mend):
        """Note a fault; `at` is the mapping in which it stands, whose line is told."""
        line = f", line {at.line}" if getattr(at, "line", 0) else ""
        shown = "" if value in ("", None) else f" {value!r}"
        self.found.append(f"{self.file}{line}{', ' + place if place else ''}:{shown} {rule}. {mend}")

    def stop(self):
        """Raise Refused with every fault noted so far; nothing happens without one."""
        if self.found:
            raise Refused(f"{len(self.found)} faults in {self.file}:\n" + "\n".join(self.found))


class _Mapping(dict):
    line = 0


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML that remembers lines and refuses a key that stands twice, where YAML would silently keep the last."""

    def mapping(self, node):
        """Give a mapping with its line; raises an error of YAML for a key that stands twice."""
        made = _Mapping()
        made.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in made:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            made[key] = self.construct_object(value_node, deep=True)
        return made


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def _load(path, data, faults):
    """Give the mapping that a YAML file holds; adds a fault when there is none."""
    mend = "Correct it there; a text that holds ': ' or begins with a sign stands in double quotes"
    try:
        told = _parsed(contract.text(data, path))
    except (yaml.YAMLError, contract.Broken, FileNotFoundError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        return faults.add(None, where, "", f"cannot be read: {what}", mend)
    if not isinstance(told, dict):
        return faults.add(None, "", "", "is not a list of 'key: value'", mend)
    return told


@lru_cache(maxsize=64)
def _parsed(text):
    """Give what a text of YAML holds; nobody may change it, since the next caller gets the same."""
    return yaml.load(text, Loader=_Loader)


def _check(told, shared, name, spoken, faults):
    """Add the faults of everything but the labels' likeness."""
    if not _keys(told, "questionnaire", "", faults):
        return
    if told["id"] != name:
        faults.add(told, "id", told["id"], "is not the name of the file", f"Write {name}, or rename the file")
    if told["kind"] not in KINDS:
        faults.add(told, "kind", told["kind"], "is not known", f"Use one of: {', '.join(KINDS)}")
    if not told["version"].strip():
        faults.add(told, "version", "", "is empty", "Write a version, such as 2026-1")
    listed = told["languages"] if isinstance(told["languages"], list) else [None]
    if not listed or listed[0] != "en" or any(listed.count(code) > 1 or code not in spoken for code in listed):
        mend = f"List en first, then each of the others once: {', '.join(spoken)}"
        faults.add(told, "languages", told["languages"], "is not a list of languages of the forms", mend)
    for key in ("title", "consent"):
        _text(told[key], told, key, faults)
    earlier = told.get("earlier") or []
    if not isinstance(earlier, list) or not all(isinstance(version, str) for version in earlier):
        faults.add(told, "earlier", earlier, "is not a list of versions", 'Write it as ["2025-1"]')
    lists = _check_lists(told, shared, faults)
    _check_blocks(told, lists, faults)


def _keys(told, kind, place, faults):
    """Say whether a mapping has what it must and nothing unknown; adds a fault for each key that is wrong."""
    if not isinstance(told, dict):
        faults.add(None, place, str(told)[:40], f"is not a {kind}", "Write it as {key: value, …}")
        return False
    absent, strange = KEYS[kind] - set(told), set(told) - KEYS[kind] - MAY[kind]
    for key in sorted(absent):
        faults.add(told, place, "", f"has no {key}", f"Add {key}")
    for key in sorted(map(str, strange)):
        allowed = ", ".join(sorted(KEYS[kind] | MAY[kind]))
        faults.add(told, place, key, f"is not known in a {kind}", f"Known are: {allowed}")
    worded = [key for key in WORDED[kind] if not isinstance(told.get(key, ""), str)]
    for key in worded:
        faults.add(told, f"{place}, {key}".lstrip(", "), told[key], "is not a text", TEXT)
    return not absent and not worded


def _text(text, at, place, faults):
    """Add a fault unless it is an English text, alone or as {en: …, uk: …}."""
    texts = text if isinstance(text, dict) else {"en": text}
    if "en" not in texts or not all(isinstance(t, str) and t.strip() for t in texts.values()):
        faults.add(
            at, place, text, "is not a text", "Write the English text, in double quotes where it is Yes, No or 1"
        )


def _check_lists(told, shared, faults):
    """Give the lists of choices at hand as {name: codes}; adds what is wrong with the questionnaire's own."""
    own = told.get("choices") or {}
    if not isinstance(own, dict):
        faults.add(told, "choices", "", "is not a set of lists", "Write name: and under it one choice a line")
        own = {}
    used = [q.get("choices") for q in _all_questions(told)]
    for name, choices in own.items():
        _check_list(name, choices, faults)
        if name not in used:
            faults.add(told, f"choices {name}", "", "is used by no question", "Remove it, or name it in a question")
    lists = {**(shared.get("choices") or {}), **own}
    return {n: [c.get("code") for c in cs if isinstance(c, dict)] for n, cs in lists.items() if isinstance(cs, list)}


def _check_list(name, choices, faults):
    """Add the faults of one list of choices: codes and labels."""
    codes = set()
    for choice in choices if isinstance(choices, list) else [choices]:
        if _keys(choice, "choice", f"choices {name}", faults):
            place = f"choices {name}, {choice['code']}"
            if not re.fullmatch(CODE, choice["code"]):
                mend = "Use small letters, digits and _, in double quotes where it is yes, no or a number"
                faults.add(choice, place, choice["code"], "is not a code", mend)
            elif choice["code"] in codes:
                faults.add(choice, place, choice["code"], "stands twice in the list", "Give each choice its own code")
            codes.add(choice["code"])
            _text(choice["label"], choice, place, faults)


def _check_shared(shared, faults):
    """Add the faults of what the questionnaires share; they are told with every questionnaire."""
    other = _Faults(f"{FOLDER}/shared.yml")
    for key, kind in SHARED.items():
        if not isinstance(shared.get(key), kind):
            other.add(shared, key, shared.get(key), "is not there, or is not what it must be", "Restore it")
    for name, choices in (shared.get("choices") or {}).items() if not other.found else []:
        _check_list(name, choices, other)
    for name, text in shared["phrases"].items() if not other.found else []:
        _text(text, shared, f"phrases {name}", other)
    faults.found += other.found


def _all_questions(told):
    """Give all that are questions, whatever else stands among them."""
    blocks = [b for b in _as_list(told["blocks"]) if isinstance(b, dict)]
    return [q for block in blocks for q in _as_list(block.get("questions")) if isinstance(q, dict)]


def _as_list(value):
    return value if isinstance(value, list) else []


def _check_blocks(told, lists, faults):
    if not isinstance(told["blocks"], list) or not told["blocks"]:
        return faults.add(told, "blocks", "", "is not a list of blocks", "Write at least one block with questions")
    taken = {name.replace("_", "") for name in (*CARRIED, CONSENT, GATE)}
    asked = {CONSENT: ("yes_no", GATE, ["yes", "no"])} if told["kind"] != "guide" else {}
    for block in told["blocks"]:
        if not _keys(block, "block", "blocks", faults):
            continue
        place = f"block {block['id']}"
        _name(block, place, taken, faults)
        _text(block["title"], block, f"{place}, title", faults)
        if block.get("repeat") not in (None, True, False):
            faults.add(block, place, block["repeat"], "is neither true nor false", "Write repeat: true or leave it out")
        if block.get("repeat") and block.get("most") not in range(1, 51):
            faults.add(block, place, block.get("most"), "is not how many entries there may be", "Write most: 1 to 50")
        if not isinstance(block["questions"], list) or not block["questions"]:
            faults.add(block, place, "", "has no questions", "Write at least one")
            continue
        _check_when(block, block, asked, place, faults)
        for question in block["questions"]:
            _check_question(question, block, asked, taken, lists, faults)


def _name(told, place, taken, faults):
    """Add a fault for an id of the wrong form, or one that is taken; blocks and questions share one name space."""
    if not re.fullmatch(NAME, told["id"]):
        mend = "Use small letters, digits and _, beginning with a letter"
        return faults.add(told, place, told["id"], "is not an id", mend)
    plain = told["id"].replace("_", "")  # LimeSurvey takes codes without it
    if plain in taken:
        faults.add(told, place, told["id"], "is taken", "Give every block and question an id of its own")
    taken.add(plain)


def _check_question(told, block, asked, taken, lists, faults):
    if not _keys(told, "question", f"block {block['id']}", faults):
        return
    place, kind = f"question {told['id']}", told["type"]
    _name(told, place, taken, faults)
    _text(told["label"], told, f"{place}, label", faults)
    if "hint" in told:
        _text(told["hint"], told, f"{place}, hint", faults)
    if kind not in TYPES:
        return faults.add(told, place, kind, "is not a type", f"Use one of: {', '.join(TYPES)}")
    for key in ("required", "restricted"):
        if told.get(key) not in (None, True, False):
            faults.add(told, f"{place}, {key}", told[key], "is neither true nor false", "Write true or leave it out")
    if kind in FREE and told.get("restricted") is False:
        faults.add(told, place, "", f"is {kind} and not restricted", "Leave restricted out: open answers always are")
    _check_list_of(told, place, lists, faults)
    _check_when(told, block, asked, place, faults)
    _check_limits(told, place, faults)
    codes = lists.get("yes_no" if kind == "yes_no" else told.get("choices"), [])
    asked[told["id"]] = (kind, block["id"] if block.get("repeat") else "", codes)


def _check_list_of(told, place, lists, faults):
    wants = told["type"] in CLOSED and told["type"] != "yes_no"
    if wants and told.get("choices") not in lists:
        mend = f"Known are: {', '.join(sorted(lists))}"
        faults.add(told, f"{place}, choices", told.get("choices"), "is not a list of choices", mend)
    if not wants and told.get("choices"):
        faults.add(told, f"{place}, choices", told["choices"], f"does not belong to a {told['type']}", "Leave it out")


def _check_when(told, block, asked, place, faults):
    """Add a fault where the condition does not name an earlier closed question within reach and its codes."""
    when = told.get("when")
    if when is None:
        return
    place = f"{place}, when"
    if not isinstance(when, dict) or set(when) != {"question", "is"} or not isinstance(when["question"], str):
        return faults.add(told, place, when, "is not a condition", "Write when: {question: id, is: code}")
    kind, repeat, codes = asked.get(when["question"], ("", "", []))
    if kind not in CLOSED:
        return faults.add(told, place, when["question"], "is not an earlier closed question", "Name one that is")
    if repeat and repeat not in (block["id"], GATE):
        faults.add(told, place, when["question"], "belongs to another repeated block", "Ask within the same block")
    for code in when["is"] if isinstance(when["is"], list) else [when["is"]]:
        if code not in codes:
            faults.add(
                told, place, code, f"is not an answer of {when['question']}", f"Use: {', '.join(map(str, codes))}"
            )


def _check_limits(told, place, faults):
    limits = {key: told[key] for key in ("minimum", "maximum") if key in told}
    for key, value in limits.items():
        if told["type"] not in (*NUMBERS, "date") or isinstance(value, bool) or not isinstance(value, int | float):
            faults.add(
                told, f"{place}, {key}", value, "is not a limit here", "Write a number for a number, a year for a date"
            )
            return
    if len(limits) == 2 and limits["minimum"] > limits["maximum"]:
        faults.add(told, place, limits["minimum"], "is above the maximum", "Exchange them")


def _check_labels(made, faults):
    """Add a fault where two choices of a list read the same in a language: a drop-down could not tell them apart."""
    for name, choices in made.choices.items():
        for code in made.languages:
            labels = [said(c.label, code).casefold() for c in choices]
            for label in sorted({one for one in labels if labels.count(one) > 1}):
                faults.add(None, f"choices {name}", label, f"stands for two choices in {code}", "Word them differently")


def _made(told, shared, spoken):
    """Give the definition as it is used, with every text in every language that has it."""

    def texts(text):
        """Give a text as {language: text}, English always with it."""
        stated = dict(text) if isinstance(text, dict) else {"en": text}
        drafts = {code: one.texts[stated["en"]] for code, one in spoken.items() if stated.get("en") in one.texts}
        return {**drafts, **stated}

    blocks = tuple(_block(block, texts) for block in told["blocks"])
    if told["kind"] != "guide":
        blocks = (_gate(shared, texts), *blocks)
    used = dict.fromkeys(q.choices for b in blocks for q in b.questions if q.choices)
    lists = {**shared["choices"], **(told.get("choices") or {})}
    choices = {n: tuple(Choice(c["code"], texts(c["label"]), bool(c.get("alone"))) for c in lists[n]) for n in used}
    plain = (told["id"], told["version"], told["kind"], told.get("category") or "", tuple(told["languages"]))
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
    return Block(told["id"], texts(told["title"]), questions, repeat, told.get("most", 0) if repeat else 0)


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
