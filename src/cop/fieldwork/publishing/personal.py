"""Likely personal data in a text: addresses, numbers, and the names that the restricted store
knows.

It finds much and not all; a person reads every text before it is quoted.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cop.data import is_formula
from cop.fieldwork import restricted

EMAIL = re.compile(r"[^\s@<>(),;:]+\s?@\s?[^\s@<>(),;:]+\.[^\s@<>(),;:]{2,}")
# Ways in which an address is written so that machines do not see it.
SPELLED = {
    "@": r"\s*([\[({<]\s*(at|@|ат|собака)\s*[\])}>]|&#64;|&commat;)\s*|\s+at\s+(?=\S+\s+dot\s)",
    ".": r"\s*[\[({<]\s*(dot|punkt|tačka|точка|крапка|\.)\s*[\])}>]\s*|\s+dot\s+",
}
HANDLE = re.compile(
    r"(?<![\w@.])@\w[\w.]{2,}|\b(t\.me|wa\.me|(instagram|facebook|tiktok|vk|x|twitter)\.com)/\w"
    r"|\blinkedin\.com/in/|\b(telegram|viber|whatsapp|signal|skype|discord)\s*[:：]\s*\S",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w-])\+?\(?\d[\d\s()./-]{5,}\d(?!\w)")
PERIOD = re.compile(
    r"(19|20)\d{2}\s?[-–/]\s?((19|20)?\d{2}|\d{1,2}\s?[-–/]\s?\d{1,2})|[0-9]{1,3}([ .,][0-9]{3})+"
)
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # what a terminal would obey
# What never passes; an organisation may, when the reviewer says so.
HARD = ("e-mail", "phone", "handle", "person", "formula")
# What a name may end in when it is declined: Slavic, Albanian, Romanian and Georgian.
VOWELS = "aeiouyëăâîаеиіоуюяыэєїйьაეიოუ"
DECLINED = """
    a e i o u y ja je ju em im om am ej oj ou oju eju ov ova ove ovi ovo ovu ovom ev eva eve evi
    in ina ine ini ino inu ljev ljeva ë ën es ës it n t un ut ul ului lui ei ii
    а е и і о у ю я ы ї ь й ем єм ом им ім ой ою ею єю ей ій ої ому ого ых их ими ів їв ев ов
    ова ове ови ово ову ева еві ові еви ин ина ине ини ину
    ა ი ს ის მა მ ით ად ო სთვის თან
"""
ENDINGS = frozenset(DECLINED.split())


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
    """Give the persons and organisations of contacts, interviews and forms, not to be published."""
    contacts, held = restricted.read("contacts", data), restricted.read("interviews", data)
    answers = restricted.read("answers", data)
    people, written = {*contacts.person, *held.person}, answers[answers.question == "person"]
    named = answers.question.isin(["organisation", "name_national", "abbreviation"])
    organisations = _small({*contacts.organisation, *answers.answer[named]})
    # One word may be any word: whoever writes `children` for a name shall not silence all texts.
    whole = frozenset(name for name in _small(written.answer) if " " in name)
    return Known(_small(people), organisations, whole)


def flags(text: str, names: Known) -> list[str]:
    """Give what a text not yet published seems to hold, in the order of the signs in `found`."""
    return [kind for kind, _ in found(text, names)]


def found(text: str, names: Known) -> list[tuple[str, str]]:
    """Give (what a text not yet published seems to hold, the first words that look like it).

    Its signs are those of `flags`. Names are found declined too, addresses also where they are
    spelled out.
    """
    plain = _spelled_plainly(text)
    words = _plain(plain).split()
    small = f" {' '.join(words)} "
    phones = (m[0] for m in PHONE.finditer(plain) if _is_phone(m[0]))
    whole = [*sorted(names.people), *sorted(names.written)]
    signs = {
        "e-mail": _first(EMAIL, plain),
        "phone": next(phones, None),
        "handle": _first(HANDLE, plain),
        "address of a page": _first(ADDRESS, plain),
        "person": _within(small, whole) or _part_in(words, names.people),
        "organisation": _within(small, sorted(names.organisations)),
        "formula": _first(CONTROL, text) or (text.strip()[:1] if is_formula(text) else None),
    }
    return [(kind, words) for kind, words in signs.items() if words is not None]


def names(text: str, of: Iterable[str]) -> bool:
    """Say whether a text that may be published holds one of these names."""
    return _within(f" {_plain(text)} ", [_plain(name) for name in of if _plain(name)]) is not None


def _first(pattern, text):
    match = pattern.search(text)
    return match[0] if match else None


def _within(small, names):
    return next((name for name in names if f" {name} " in small), None)


def _part_in(words, people):
    """Give the first word that is a part of somebody's name, in any case of it."""
    declined = _declined(people)
    return next((word for word in words if word in declined), None)


def _spelled_plainly(text):
    """Give a text with one sign for each that looks the same, and addresses as they are sent."""
    text = unicodedata.normalize("NFKC", str(text))
    for sign, ways in SPELLED.items():
        text = re.sub(ways, sign, text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=4)
def _declined(people):
    """Give each part of the names as it stands and with each other ending."""
    parts = _parts(people)
    bare = {max(part.rstrip(VOWELS), part[:-2], key=len) for part in parts}  # endings are short
    stems = {stem for stem in parts | bare if len(stem) > 3}
    return parts | {stem + ending for stem in stems for ending in ENDINGS}


def _is_phone(text):
    """Say whether digits look like a telephone number, not like a period or a large number."""
    return sum(c.isdigit() for c in text) >= 7 and not PERIOD.fullmatch(text.strip(" .,"))


def _parts(people):
    """Give the parts of names that are not likely to be a word by themselves."""
    return {part for name in people for part in name.split() if len(part) > 3}


def _small(names):
    return frozenset(name for name in map(_plain, names) if len(name) > 2)


def _plain(text):
    return re.sub(r"[^\w]+", " ", str(text)).strip().casefold()
