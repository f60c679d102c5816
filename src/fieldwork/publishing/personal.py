"""Likely personal data in a text: addresses, numbers, and the names that the restricted store
knows.

It finds much and not all; a person reads every text before it is quoted.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fieldwork import restricted

EMAIL = re.compile(
    r"[^\s@<>(),;:]+\s?(@|\(at\)|\[at\])\s?[^\s@<>(),;:]+\.[^\s@<>(),;:]{2,}", re.IGNORECASE
)
PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d\s()./-]{5,}\d(?!\w)")
PERIOD = re.compile(
    r"(19|20)\d{2}\s?[-–/]\s?((19|20)?\d{2}|\d{1,2}\s?[-–/]\s?\d{1,2})|[0-9]{1,3}([ .,][0-9]{3})+"
)
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
# What a spreadsheet would run, or a terminal would obey.
FORMULA = re.compile(r"^\s*[=+\-@\t\r]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What never passes; an organisation may, when the reviewer says so.
HARD = ("e-mail", "phone", "person", "formula")


@dataclass(frozen=True)
class Known:
    """Names that the restricted store holds, in small letters.

    `written` are people's names as they stand in forms, where anybody may write anything: they
    are looked for as a whole only.
    """

    people: frozenset[str]
    organisations: frozenset[str]
    written: frozenset[str] = frozenset()


def known(data: Path) -> Known:
    """Give the people and organisations of contacts, interviews and forms."""
    contacts, held, answers = (
        restricted.read(name, data) for name in ("contacts", "interviews", "answers")
    )
    people, written = {*contacts.person, *held.person}, answers[answers.question == "person"]
    named = answers.question.isin(["organisation", "name_national", "abbreviation"])
    organisations = _small({*contacts.organisation, *answers.answer[named]})
    # One word may be any word: whoever writes `children` for a name shall not silence all texts.
    whole = frozenset(name for name in _small(written.answer) if " " in name)
    return Known(_small(people), organisations, whole)


def flags(text: str, names: Known) -> list[str]:
    """Give what a text seems to hold of: e-mail, phone, address of a page, person, organisation,
    formula.
    """
    return [kind for kind, _ in found(text, names)]


def found(text: str, names: Known) -> list[tuple[str, str]]:
    """Give (what a text seems to hold, the first words that look like it), as flags do."""
    small = f" {_plain(text)} "
    parts = (p for name in sorted(names.people) for p in [name, *_long(name)])
    phones = (m[0] for m in PHONE.finditer(text) if _is_phone(m[0]))
    signs = {
        "e-mail": _first(EMAIL, text),
        "phone": next(phones, None),
        "address of a page": _first(ADDRESS, text),
        "person": _within(small, [*parts, *sorted(names.written)]),
        "organisation": _within(small, sorted(names.organisations)),
        "formula": _first(FORMULA, text),
    }
    return [(kind, words) for kind, words in signs.items() if words is not None]


def names(text: str, of: Iterable[str]) -> bool:
    """Say whether a text holds one of these names."""
    return _within(f" {_plain(text)} ", [_plain(name) for name in of if _plain(name)]) is not None


def _first(pattern, text):
    match = pattern.search(text)
    return match[0] if match else None


def _within(small, names):
    return next((name for name in names if f" {name} " in small), None)


def _is_phone(text):
    """Say whether digits look like a telephone number, not like a period or a large number."""
    return sum(c.isdigit() for c in text) >= 7 and not PERIOD.fullmatch(text.strip(" .,"))


def _long(name):
    """Give the parts of a name that are not likely to be a word by themselves."""
    return [part for part in name.split() if len(part) > 3]


def _small(names):
    return frozenset(name for name in map(_plain, names) if len(name) > 2)


def _plain(text):
    return re.sub(r"[^\w]+", " ", str(text)).strip().casefold()
