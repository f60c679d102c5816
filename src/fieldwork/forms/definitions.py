"""How a questionnaire is written in YAML, and what may be wrong with it: all of it at once, with the line.

`questionnaires` reads definitions; this module knows their grammar.
"""

import re
from functools import lru_cache

import yaml

import contract
from contract import Refused

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
FREE = (
    "text",
    "note_text",
    "url",
    "email",
    "phone",
)  # may hold anything about anybody, so it is restricted
NUMBERS = ("integer", "number", "year")
KINDS = ("form", "survey", "guide")
# What stands outside the questions in every form that is made.
CARRIED = ("questionnaire", "form_version", "form_id", "iso3")
CONSENT, GATE = (
    "consent",
    "taking_part",
)  # the question that opens every form, and the block that holds it
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
    "question": {
        "choices",
        "hint",
        "required",
        "when",
        "restricted",
        "publishes",
        "minimum",
        "maximum",
    },
    "choice": {"alone"},
    "language": set(),
}


class Faults:
    """The faults of one file, told at once."""

    def __init__(self, file):
        """Begin without any; `file` is named in each."""
        self.file, self.found = file, []

    def add(self, at, place, value, rule, mend):
        """Note a fault; `at` is the mapping in which it stands, whose line is told."""
        line = f", line {at.line}" if getattr(at, "line", 0) else ""
        shown = "" if value in ("", None) else f" {value!r}"
        self.found.append(
            f"{self.file}{line}{', ' + place if place else ''}:{shown} {rule}. {mend}"
        )

    def stop(self):
        """Raise Refused with every fault noted so far; nothing happens without one."""
        if self.found:
            raise Refused(
                f"{contract.count(len(self.found), 'fault')} in {self.file}:\n"
                + "\n".join(self.found)
            )


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
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", key_node.start_mark
                )
            made[key] = self.construct_object(value_node, deep=True)
        return made


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def load(path, data, faults):
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


def check(told, shared, name, spoken, faults):
    """Add the faults of everything but the labels' likeness."""
    if not keys(told, "questionnaire", "", faults):
        return
    if told["id"] != name:
        faults.add(
            told,
            "id",
            told["id"],
            "is not the name of the file",
            f"Write {name}, or rename the file",
        )
    if told["kind"] not in KINDS:
        faults.add(told, "kind", told["kind"], "is not known", f"Use one of: {', '.join(KINDS)}")
    if not told["version"].strip():
        faults.add(told, "version", "", "is empty", "Write a version, such as 2026-1")
    listed = told["languages"] if isinstance(told["languages"], list) else [None]
    if (
        not listed
        or listed[0] != "en"
        or any(listed.count(code) > 1 or code not in spoken for code in listed)
    ):
        mend = f"List en first, then each of the others once: {', '.join(spoken)}"
        faults.add(
            told, "languages", told["languages"], "is not a list of languages of the forms", mend
        )
    for key in ("title", "consent"):
        _text(told[key], told, key, faults)
    earlier = told.get("earlier") or []
    if not isinstance(earlier, list) or not all(isinstance(version, str) for version in earlier):
        faults.add(told, "earlier", earlier, "is not a list of versions", 'Write it as ["2025-1"]')
    lists = _check_lists(told, shared, faults)
    _check_blocks(told, lists, faults)


def keys(told, kind, place, faults):
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
            at,
            place,
            text,
            "is not a text",
            "Write the English text, in double quotes where it is Yes, No or 1",
        )


def _check_lists(told, shared, faults):
    """Give the lists of choices at hand as {name: codes}; adds what is wrong with the questionnaire's own."""
    own = told.get("choices") or {}
    if not isinstance(own, dict):
        faults.add(
            told,
            "choices",
            "",
            "is not a set of lists",
            "Write name: and under it one choice a line",
        )
        own = {}
    used = [q.get("choices") for q in _all_questions(told)]
    for name, choices in own.items():
        _check_list(name, choices, faults)
        if name not in used:
            faults.add(
                told,
                f"choices {name}",
                "",
                "is used by no question",
                "Remove it, or name it in a question",
            )
    lists = {**(shared.get("choices") or {}), **own}
    return {
        n: [c.get("code") for c in cs if isinstance(c, dict)]
        for n, cs in lists.items()
        if isinstance(cs, list)
    }


def _check_list(name, choices, faults):
    """Add the faults of one list of choices: codes and labels."""
    codes = set()
    for choice in choices if isinstance(choices, list) else [choices]:
        if keys(choice, "choice", f"choices {name}", faults):
            place = f"choices {name}, {choice['code']}"
            if not re.fullmatch(CODE, choice["code"]):
                mend = "Use small letters, digits and _, in double quotes where it is yes, no or a number"
                faults.add(choice, place, choice["code"], "is not a code", mend)
            elif choice["code"] in codes:
                faults.add(
                    choice,
                    place,
                    choice["code"],
                    "stands twice in the list",
                    "Give each choice its own code",
                )
            codes.add(choice["code"])
            _text(choice["label"], choice, place, faults)


def check_shared(shared, faults):
    """Add the faults of what the questionnaires share; they are told with every questionnaire."""
    other = Faults(f"{FOLDER}/shared.yml")
    for key, kind in SHARED.items():
        if not isinstance(shared.get(key), kind):
            other.add(
                shared,
                key,
                shared.get(key),
                "is not there, or is not what it must be",
                "Restore it",
            )
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
        return faults.add(
            told, "blocks", "", "is not a list of blocks", "Write at least one block with questions"
        )
    taken = {name.replace("_", "") for name in (*CARRIED, CONSENT, GATE)}
    asked = {CONSENT: ("yes_no", GATE, ["yes", "no"])} if told["kind"] != "guide" else {}
    for block in told["blocks"]:
        if not keys(block, "block", "blocks", faults):
            continue
        place = f"block {block['id']}"
        _name(block, place, taken, faults)
        _text(block["title"], block, f"{place}, title", faults)
        if block.get("repeat") not in (None, True, False):
            faults.add(
                block,
                place,
                block["repeat"],
                "is neither true nor false",
                "Write repeat: true or leave it out",
            )
        if block.get("repeat") and block.get("most") not in range(1, 51):
            faults.add(
                block,
                place,
                block.get("most"),
                "is not how many entries there may be",
                "Write most: 1 to 50",
            )
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
        faults.add(
            told, place, told["id"], "is taken", "Give every block and question an id of its own"
        )
    taken.add(plain)


def _check_question(told, block, asked, taken, lists, faults):
    if not keys(told, "question", f"block {block['id']}", faults):
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
            faults.add(
                told,
                f"{place}, {key}",
                told[key],
                "is neither true nor false",
                "Write true or leave it out",
            )
    if kind in FREE and told.get("restricted") is False:
        faults.add(
            told,
            place,
            "",
            f"is {kind} and not restricted",
            "Leave restricted out: open answers always are",
        )
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
        faults.add(
            told,
            f"{place}, choices",
            told["choices"],
            f"does not belong to a {told['type']}",
            "Leave it out",
        )


def _check_when(told, block, asked, place, faults):
    """Add a fault where the condition does not name an earlier closed question within reach and its codes."""
    when = told.get("when")
    if when is None:
        return
    place = f"{place}, when"
    if (
        not isinstance(when, dict)
        or set(when) != {"question", "is"}
        or not isinstance(when["question"], str)
    ):
        return faults.add(
            told, place, when, "is not a condition", "Write when: {question: id, is: code}"
        )
    kind, repeat, codes = asked.get(when["question"], ("", "", []))
    if kind not in CLOSED:
        return faults.add(
            told, place, when["question"], "is not an earlier closed question", "Name one that is"
        )
    if repeat and repeat not in (block["id"], GATE):
        faults.add(
            told,
            place,
            when["question"],
            "belongs to another repeated block",
            "Ask within the same block",
        )
    for code in when["is"] if isinstance(when["is"], list) else [when["is"]]:
        if code not in codes:
            faults.add(
                told,
                place,
                code,
                f"is not an answer of {when['question']}",
                f"Use: {', '.join(map(str, codes))}",
            )


def _check_limits(told, place, faults):
    limits = {key: told[key] for key in ("minimum", "maximum") if key in told}
    for key, value in limits.items():
        if (
            told["type"] not in (*NUMBERS, "date")
            or isinstance(value, bool)
            or not isinstance(value, int | float)
        ):
            faults.add(
                told,
                f"{place}, {key}",
                value,
                "is not a limit here",
                "Write a number for a number, a year for a date",
            )
            return
    if len(limits) == 2 and limits["minimum"] > limits["maximum"]:
        faults.add(told, place, limits["minimum"], "is above the maximum", "Exchange them")
