"""How a questionnaire is written in YAML, and what may be wrong with it: all of it at once, with
the line.

`questionnaires` reads definitions; this module knows their grammar.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import yaml

import cop.data
from cop.data import Refused

FOLDER = "reference/questionnaires"
TYPES = (
    "text", "note_text", "integer", "number", "date", "year", "one", "many", "yes_no", "likert",
    "url", "email", "phone",
)  # fmt: skip
CLOSED = ("one", "many", "yes_no", "likert")  # answered by choosing
# May hold anything about anybody, so it is restricted.
FREE = ("text", "note_text", "url", "email", "phone")
NUMBERS = ("integer", "number", "year")
KINDS = ("form", "survey", "guide")
# What stands outside the questions in every form that is made.
CARRIED = ("questionnaire", "form_version", "form_id", "iso3")
# The question that opens every form, and the block that holds it.
CONSENT, GATE = "consent", "taking_part"
FIRST_YEAR = 1900
CODE, NAME = r"[a-z0-9_]{1,40}", r"[a-z_][a-z0-9_]{0,39}"
GRAMMAR = {  # the keys that each must have, those that it may have, those that must be a text
    "questionnaire": (
        "id version kind languages title consent blocks",
        "category choices earlier",
        "id version kind category",
    ),
    "block": ("id title questions", "repeat most when", "id"),
    "question": (
        "id type label",
        "choices hint required when restricted publishes minimum maximum",
        "id type choices publishes",
    ),
    "choice": ("code label", "alone", "code"),
    "language": (
        "language name english_name status notice texts",
        "",
        "name english_name status notice",
    ),
}
SHARED = {"choices": dict, "phrases": dict, "consent_question": str, "consent_hint": str}
OWN = object()  # the value under the key itself


class Faults:
    """The faults of one file, told at once."""

    def __init__(self, file: str):
        """Begin without any; `file` is named in each."""
        self.file, self.lines = file, []

    def stop(self) -> None:
        """Raise Refused with every fault noted so far; nothing happens without one."""
        if self.lines:
            how_many = cop.data.count(len(self.lines), "fault")
            raise Refused(f"{how_many} in {self.file}:\n" + "\n".join(self.lines))


@dataclass(frozen=True)
class Place:
    """What is stated somewhere in a file, what that place is called, and the faults that gather."""

    faults: Faults
    stated: object = None
    name: str = ""

    def wrong(self, rule: str, key: str = "", value: object = OWN) -> None:
        """Note a fault; `rule` says also how to mend it, `key` where it stands here."""
        if value is OWN:
            value = self.stated.get(key) if key else ""
        line = f"line {self.stated.line}" if getattr(self.stated, "line", 0) else ""
        where = ", ".join(filter(None, [self.faults.file, line, self.name, key]))
        shown = "" if value in ("", None) else f" {value!r}"
        self.faults.lines.append(f"{where}:{shown} {rule}")


class _Mapping(dict):
    line = 0


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML that remembers lines and refuses a key that stands twice; else the last is kept."""

    def mapping(self, node):
        """Give a mapping with its line; raises an error of YAML for a key that stands twice."""
        made = _Mapping()
        made.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in made:
                twice = f"{key!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, twice, key_node.start_mark)
            made[key] = self.construct_object(value_node, deep=True)
        return made


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def load(path: str, data: Path) -> tuple[dict, Faults]:
    """Give the mapping of a YAML file that defines forms, and its Faults, none yet.

    Raises Refused where it cannot be read.
    """
    faults, stated = Faults(path), {}
    try:
        stated = _parsed(cop.data.text(data, path))
        if not isinstance(stated, dict):
            raise TypeError("is not a list of 'key: value'")
    except (yaml.YAMLError, cop.data.Broken, FileNotFoundError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        mend = "a text that holds ': ' or begins with a sign stands in double quotes"
        rule = what if what.startswith("is not a list of") else f"cannot be read: {what}"
        place = Place(faults, name=f"line {mark.line + 1}" if mark else "")
        place.wrong(f"{rule}. Correct it there; {mend}")
    faults.stop()
    return stated, faults


@lru_cache(maxsize=64)
def _parsed(text):
    """Give what a text of YAML holds; nobody may change it, since the next caller gets the same."""
    return yaml.load(text, Loader=_Loader)


def check(stated: dict, shared: dict, name: str, spoken: Iterable[str], faults: Faults) -> None:
    """Add all faults of a form's definition but labels' likeness; `spoken` are languages known."""
    place = Place(faults, stated)
    if has_keys(place, "questionnaire"):
        _check_head(place, stated, name, spoken)
        lists = _check_lists(place, stated, shared)
        _check_blocks(place, stated, lists)


def has_keys(place: Place, kind: str) -> bool:
    """Say whether a form's mapping has what it must; adds a fault for each key that is wrong."""
    stated = place.stated
    if not isinstance(stated, dict):
        place.wrong(f"is not a {kind}. Write it as {{key: value, …}}", value=str(stated)[:40])
        return False
    must, may, words = (part.split() for part in GRAMMAR[kind])
    absent = set(must) - set(stated)
    for key in sorted(absent):
        place.wrong(f"has no {key}. Add {key}")
    for key in sorted(map(str, set(stated) - {*must, *may})):
        allowed = ", ".join(sorted([*must, *may]))
        place.wrong(f"is not known in a {kind}. Known are: {allowed}", value=key)
    unworded = [key for key in words if not isinstance(stated.get(key, ""), str)]
    for key in unworded:  # other things stand for it: YAML reads yes, no and 1 as such
        mend = "Write a text, in double quotes where it is yes, no or a number"
        place.wrong(f"is not a text. {mend}", key)
    return not absent and not unworded


def check_shared(shared: dict, faults: Faults) -> None:
    """Add the faults of what the questionnaires share; they are told with every questionnaire."""
    place = Place(Faults(f"{FOLDER}/shared.yml"), shared)
    for key, kind in SHARED.items():
        if not isinstance(shared.get(key), kind):
            place.wrong("is not there, or is not what it must be. Restore it", key)
    if not place.faults.lines:
        for name, choices in shared["choices"].items():
            _check_list(replace(place, name=f"choices {name}"), choices)
        for name, text in shared["phrases"].items():
            _check_text(place, f"phrases {name}", text)
    faults.lines += place.faults.lines


def _check_head(place, stated, name, spoken):
    """Add the faults of what stands above the blocks."""
    if stated["id"] != name:
        place.wrong(f"is not the name of the file. Write {name}, or rename the file", "id")
    if stated["kind"] not in KINDS:
        place.wrong(f"is not known. Use one of: {', '.join(KINDS)}", "kind")
    if not stated["version"].strip():
        place.wrong("is empty. Write a version, such as 2026-1", "version", "")
    listed = stated["languages"] if isinstance(stated["languages"], list) else []
    if listed[:1] != ["en"] or any(listed.count(c) > 1 or c not in spoken for c in listed):
        mend = f"List en first, then each of the others once: {', '.join(spoken)}"
        place.wrong(f"is not a list of languages of the forms. {mend}", "languages")
    for key in ("title", "consent"):
        _check_text(place, key, stated[key])
    earlier = stated.get("earlier") or []
    if not isinstance(earlier, list) or not all(isinstance(version, str) for version in earlier):
        place.wrong('is not a list of versions. Write it as ["2025-1"]', "earlier")


def _check_text(place, key, text):
    """Add a fault unless it is an English text, alone or as {en: …, uk: …}."""
    texts = text if isinstance(text, dict) else {"en": text}
    if "en" not in texts or not all(isinstance(t, str) and t.strip() for t in texts.values()):
        mend = "Write the English text, in double quotes where it is Yes, No or 1"
        place.wrong(f"is not a text. {mend}", key, text)


def _check_lists(place, stated, shared):
    """Give the lists of choices at hand as {name: codes}; adds the faults of its own."""
    own = stated.get("choices") or {}
    if not isinstance(own, dict):
        place.wrong(
            "is not a set of lists. Write name: and under it one choice a line", "choices", ""
        )
        own = {}
    used = [question.get("choices") for question in _all_questions(stated)]
    for name, choices in own.items():
        of_list = replace(place, name=f"choices {name}")
        _check_list(of_list, choices)
        if name not in used:
            of_list.wrong("is used by no question. Remove it, or name it in a question")
    lists = {**(shared.get("choices") or {}), **own}
    return {
        name: [choice.get("code") for choice in choices if isinstance(choice, dict)]
        for name, choices in lists.items()
        if isinstance(choices, list)
    }


def _check_list(place, choices):
    """Add the faults of one list of choices: codes and labels."""
    codes = set()
    for choice in choices if isinstance(choices, list) else [choices]:
        at = replace(place, stated=choice)
        if not has_keys(at, "choice"):
            continue
        code = choice["code"]
        at = replace(at, name=f"{place.name}, {code}")
        if not re.fullmatch(CODE, code):
            mend = (
                "Use small letters, digits and _, in double quotes where it is yes, no or a number"
            )
            at.wrong(f"is not a code. {mend}", value=code)
        elif code in codes:
            at.wrong("stands twice in the list. Give each choice its own code", value=code)
        codes.add(code)
        _check_text(at, "", choice["label"])


def _all_questions(stated):
    """Give all that are questions, whatever else stands among them."""
    blocks = [block for block in _as_list(stated["blocks"]) if isinstance(block, dict)]
    listed = [question for block in blocks for question in _as_list(block.get("questions"))]
    return [question for question in listed if isinstance(question, dict)]


def _as_list(value):
    return value if isinstance(value, list) else []


@dataclass
class _Before:
    """What stands before a question: lists of choices, ids that are taken, and what a condition may
    look at.

    `questions` are {id: (type, repeated block or "", codes)}.
    """

    lists: dict
    taken: set = field(default_factory=set)
    questions: dict = field(default_factory=dict)


def _check_blocks(place, stated, lists):
    if not _as_list(stated["blocks"]):
        mend = "Write at least one block with questions"
        return place.wrong(f"is not a list of blocks. {mend}", "blocks", "")
    before = _Before(lists, {name.replace("_", "") for name in (*CARRIED, CONSENT, GATE)})
    if stated["kind"] != "guide":
        before.questions[CONSENT] = ("yes_no", GATE, ["yes", "no"])
    for block in stated["blocks"]:
        at = replace(place, stated=block, name="blocks")
        if has_keys(at, "block"):
            _check_block(replace(at, name=f"block {block['id']}"), block, before)


def _check_block(place, block, before):
    _check_name(place, block["id"], before.taken)
    _check_text(place, "title", block["title"])
    repeat = block.get("repeat")
    if repeat not in (None, True, False):
        rule = "is neither true nor false. Write repeat: true or leave it out"
        place.wrong(rule, value=repeat)
    if repeat and block.get("most") not in range(1, 51):
        rule = "is not how many entries there may be. Write most: 1 to 50"
        place.wrong(rule, value=block.get("most"))
    if not _as_list(block["questions"]):
        return place.wrong("has no questions. Write at least one")
    _check_when(place, block, block, before)
    for question in block["questions"]:
        at = replace(place, stated=question)
        if has_keys(at, "question"):
            at = replace(at, name=f"question {question['id']}")
            _check_question(at, question, block, before)


def _check_name(place, name, taken):
    """Add a fault for an id of the wrong form, or one that a block or question has already."""
    if not re.fullmatch(NAME, name):
        mend = "Use small letters, digits and _, beginning with a letter"
        return place.wrong(f"is not an id. {mend}", value=name)
    plain = name.replace("_", "")  # LimeSurvey takes codes without it
    if plain in taken:
        place.wrong("is taken. Give every block and question an id of its own", value=name)
    taken.add(plain)


def _check_question(place, question, block, before):
    kind = question["type"]
    _check_name(place, question["id"], before.taken)
    for key in ("label", "hint"):
        if key in question:
            _check_text(place, key, question[key])
    if kind not in TYPES:
        return place.wrong(f"is not a type. Use one of: {', '.join(TYPES)}", value=kind)
    for key in ("required", "restricted"):
        if question.get(key) not in (None, True, False):
            place.wrong("is neither true nor false. Write true or leave it out", key)
    if kind in FREE and question.get("restricted") is False:
        mend = "Leave restricted out: open answers always are"
        place.wrong(f"is {kind} and not restricted. {mend}")
    _check_list_of(place, question, before.lists)
    _check_when(place, question, block, before)
    _check_limits(place, question)
    codes = before.lists.get("yes_no" if kind == "yes_no" else question.get("choices"), [])
    repeated = block["id"] if block.get("repeat") else ""
    before.questions[question["id"]] = (kind, repeated, codes)


def _check_list_of(place, question, lists):
    kind = question["type"]
    wants = kind in CLOSED and kind != "yes_no"
    if wants and question.get("choices") not in lists:
        known = ", ".join(sorted(lists))
        place.wrong(f"is not a list of choices. Known are: {known}", "choices")
    if not wants and question.get("choices"):
        place.wrong(f"does not belong to a {kind}. Leave it out", "choices")


def _check_when(place, stated, block, before):
    """Add a fault unless a condition names an earlier closed question and its codes."""
    when = stated.get("when")
    if when is None:
        return
    if not (
        isinstance(when, dict)
        and set(when) == {"question", "is"}
        and isinstance(when["question"], str)
    ):
        return place.wrong("is not a condition. Write when: {question: id, is: code}", "when")
    other = when["question"]
    kind, repeated, codes = before.questions.get(other, ("", "", []))
    if kind not in CLOSED:
        return place.wrong("is not an earlier closed question. Name one that is", "when", other)
    if repeated and repeated not in (block["id"], GATE):
        mend = "Ask within the same block"
        place.wrong(f"belongs to another repeated block. {mend}", "when", other)
    for code in when["is"] if isinstance(when["is"], list) else [when["is"]]:
        if code not in codes:
            mend = f"Use: {', '.join(map(str, codes))}"
            place.wrong(f"is not an answer of {other}. {mend}", "when", code)


def _check_limits(place, question):
    limits = {key: question[key] for key in ("minimum", "maximum") if key in question}
    takes_limits = question["type"] in (*NUMBERS, "date")
    for key, value in limits.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (takes_limits and is_number):
            mend = "Write a number for a number, a year for a date"
            return place.wrong(f"is not a limit here. {mend}", key)
    if len(limits) == 2 and limits["minimum"] > limits["maximum"]:
        place.wrong("is above the maximum. Exchange them", value=limits["minimum"])
