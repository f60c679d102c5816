"""Likely personal data in a text: addresses, numbers, and names in the restricted store.

It finds much but not all; a person reads every text before it is quoted.
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
    """Names in the restricted store, in lower case.

    `written` are people's names as entered in forms, where anybody may write anything: they are
    looked for as a whole only.
    """

    people: frozenset[str]
    organisations: frozenset[str]
    written: frozenset[str] = frozenset()


def known(data: Path) -> Known:
    """Read the persons and organisations of contacts, interviews and forms."""
    contacts, held, answers = (
        restricted.read(name, data) for name in ("contacts", "interviews", "answers")
    )
    people, written = {*contacts.person, *held.person}, answers[answers.question == "person"]
    named = answers.question.isin(["organisation", "name_national", "abbreviation"])
    organisations = _lower({*contacts.organisation, *answers.answer[named]})
    # One word may be any word: whoever writes `children` for a name shall not silence all texts.
    full = frozenset(name for name in _lower(written.answer) if " " in name)
    return Known(_lower(people), organisations, full)


def flags(text: str, names: Known) -> list[str]:
    """Return the kinds of personal data that a text seems to hold, in the order of `found`."""
    return [kind for kind, _ in found(text, names)]


def hard_flags(text: str, names: Known) -> list[str]:
    """Return the kinds among `flags` that must never be published."""
    return [kind for kind in flags(text, names) if kind in HARD]


def found(text: str, names: Known) -> list[tuple[str, str]]:
    """Return (kind, the first words that look like it) of personal data in a text.

    Names are found declined too, and addresses also where they are spelled out.
    """
    plain = _spelled_plainly(text)
    words = _plain(plain).split()
    padded = f" {' '.join(words)} "
    phones = (m[0] for m in PHONE.finditer(plain) if _is_phone(m[0]))
    whole, declined = [*sorted(names.people), *sorted(names.written)], _declined(names.people)
    signs = {
        "e-mail": _first(EMAIL, plain),
        "phone": next(phones, None),
        "handle": _first(HANDLE, plain),
        "address of a page": _first(ADDRESS, plain),
        "person": _within(padded, whole) or next((w for w in words if w in declined), None),
        "organisation": _within(padded, sorted(names.organisations)),
        "formula": _first(CONTROL, text) or (text.strip()[:1] if is_formula(text) else None),
    }
    return [(kind, match) for kind, match in signs.items() if match is not None]


def names(text: str, organisations: Iterable[str]) -> bool:
    """Return whether a text holds one of these names."""
    plain = [_plain(name) for name in organisations if _plain(name)]
    return _within(f" {_plain(text)} ", plain) is not None


def _first(pattern, text):
    match = pattern.search(text)
    return match[0] if match else None


def _within(padded, names):
    return next((name for name in names if f" {name} " in padded), None)


def _spelled_plainly(text):
    """Return a text with one character for each that looks the same, and addresses as sent."""
    text = unicodedata.normalize("NFKC", str(text))
    for sign, ways in SPELLED.items():
        text = re.sub(ways, sign, text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=4)
def _declined(people):
    """Return each part of the names as it is and with each other ending."""
    # Shorter parts are likely to be a word by themselves.
    parts = {part for name in people for part in name.split() if len(part) > 3}
    bare = {max(part.rstrip(VOWELS), part[:-2], key=len) for part in parts}  # endings are short
    stems = {stem for stem in parts | bare if len(stem) > 3}
    return parts | {stem + ending for stem in stems for ending in ENDINGS}


def _is_phone(text):
    """Return whether digits look like a telephone number, not like a period or a large number."""
    return sum(c.isdigit() for c in text) >= 7 and not PERIOD.fullmatch(text.strip(" .,"))


def _lower(names):
    return frozenset(name for name in map(_plain, names) if len(name) > 2)


def _plain(text):
    return re.sub(r"[^\w]+", " ", str(text)).strip().casefold()
