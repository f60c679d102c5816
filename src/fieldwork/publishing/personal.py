"""Likely personal data in a text: addresses, numbers, and the names that the restricted store
knows.

It finds much and not all; a person reads every text before it is quoted.
"""

import re
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
# What never passes; an organisation may, when the reviewer says so.
HARD = ("e-mail", "phone", "person")


@dataclass(frozen=True)
class Known:
    """Names that the restricted store holds, in small letters."""

    people: frozenset[str]
    organisations: frozenset[str]


def known(data: Path) -> Known:
    """Give the people and organisations of contacts, interviews and forms."""
    contacts, held, answers = (
        restricted.read(name, data) for name in ("contacts", "interviews", "answers")
    )
    people = {*contacts.person, *held.person, *answers.answer[answers.question == "person"]}
    named = answers.question.isin(["organisation", "name_national", "abbreviation"])
    return Known(_small(people), _small({*contacts.organisation, *answers.answer[named]}))


def flags(text: str, names: Known) -> list[str]:
    """Give what a text seems to hold of: e-mail, phone, address of a page, person, organisation."""
    small = f" {_plain(text)} "
    signs = {
        "e-mail": EMAIL.search(text),
        "phone": any(_is_phone(m[0]) for m in PHONE.finditer(text)),
        "address of a page": ADDRESS.search(text),
        "person": any(
            f" {part} " in small for name in names.people for part in [name, *_long(name)]
        ),
        "organisation": any(f" {name} " in small for name in names.organisations),
    }
    return [what for what, there in signs.items() if there]


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
