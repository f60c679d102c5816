"""Detect and redact e-mail addresses, telephone numbers, handles and stored names in texts.

Detection is not complete; a person must read every text before it is quoted.
"""

import re
import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from cop.data import is_formula
from cop.fieldwork import restricted

SPELLED = {  # ways in which people hide an address from machines
    "@": r"\s*([\[({<]\s*(at|@|ат|собака)\s*[\])}>]|&#64;|&commat;)\s*|\s+at\s+(?=\S+\s+dot\s)",
    ".": r"\s*[\[({<]\s*(dot|punkt|tačka|точка|крапка|\.)\s*[\])}>]\s*|\s+dot\s+",
}
PATTERNS = {
    "e-mail": re.compile(r"[^\s@<>(),;:]{1,64}\s?@\s?[^\s@<>(),;:]{1,200}\.[^\s@<>(),;:]{2,60}"),
    "phone": re.compile(r"(?<![\w-])\+?\(?\d(?:[\s()./-]*\d){6,}(?!\w)"),
    "handle": re.compile(
        r"(?<![\w@.])@\w[\w.]{2,}|\b(t\.me|wa\.me|(instagram|facebook|tiktok|vk|x|twitter)\.com)/\w+"
        r"|\blinkedin\.com/in/\S*|\b(telegram|viber|whatsapp|signal|skype|discord)\s*[:：]\s*\S+",
        re.IGNORECASE,
    ),
}
PERIOD = re.compile(  # years, days and large numbers, which are not telephone numbers
    r"(19|20)\d{2}\s?[-–/]\s?((19|20)?\d{2}|\d{1,2}\s?[-–/]\s?\d{1,2})|[0-9]{1,3}([ .,][0-9]{3})+"
)
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # characters that control a terminal
REFUSED = "organisation that refused to be named"
# Kinds that are never published; a reviewer may decide to publish the others.
HARD = ("e-mail", "phone", "handle", "person", "formula", REFUSED)
# Vowels and case endings with which names are also found in other grammatical cases (Slavic
# languages, Albanian, Romanian and Georgian).
VOWELS = "aeiouyëăâîаеиіоуюяыэєїйьაეიოუ"
ENDINGS = """
    a e i o u y ja je ju em im om am ej oj ou oju eju ov ova ove ovi ovo ovu ovom ev eva eve evi
    in ina ine ini ino inu ljev ljeva ë ën es ës it n t un ut ul ului lui ei ii
    а е и і о у ю я ы ї ь й ем єм ом им ім ой ою ею єю ей ій ої ому ого ых их ими ів їв ев ов
    ова ове ови ово ову ева еві ові еви ин ина ине ини ину
    ა ი ს ის მა მ ით ად ო სთვის თან
"""

LEFT_OUT, NAME = "[left out]", "[name]"
ORGANISATION = ("organisation", "name_national", "abbreviation")  # questions that ask for names


@dataclass(frozen=True)
class Names:
    """Names of persons and organisations to search for, in lower case.

    `written` are names of persons typed into forms; only the full name is matched, since
    respondents can type any word. `refused` are organisations that refused to be named.
    """

    people: frozenset[str]
    organisations: frozenset[str]
    written: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


def stored_names(data: Path, people: Iterable[str] = ()) -> Names:
    """Return the Names in contacts, interviews and answers, and those of the persons in `people`.

    Names of up to two letters are left out, as are single words entered as a person's name in a
    form. Raises UserError if a table is unreadable.
    """
    contacts, interviews, answers, returns = (
        restricted.read(name, data) for name in ("contacts", "interviews", "answers", "returns")
    )
    named = answers.query("question in @ORGANISATION")
    written = _lower(answers.query("question == 'person'").answer)
    refusing = answers.query("question == 'publish_organisation' and answer == 'no'").return_id
    refusing = {*refusing} - {*returns.query("status == 'superseded'").return_id}
    return Names(
        _lower({*contacts.person, *interviews.person, *people}),
        _lower({*contacts.organisation, *named.answer}),
        # Single words are left out: a name given as `children` must not block all texts.
        frozenset(name for name in written if " " in name),
        _lower(named.answer[named.return_id.isin(refusing)]),
    )


def find(text: str, names: Names) -> dict[str, str]:
    """Return {kind: first match} for the personal data, names, URLs and formulas in a text.

    The kinds are those of PATTERNS, "person", "organisation", REFUSED, "address of a page" and
    "formula" (also for control characters). The text is normalised first. Of several names, the
    first in alphabetical order is returned, in lower case. Single words (over three letters) and
    declined forms of `names.people` also match.
    """
    normal, declined = _normalise(text), _declined(names.people)
    words = plain(normal)
    matches = {
        kind: [match[0] for match in pattern.finditer(normal) if not PERIOD.fullmatch(match[0])]
        for kind, pattern in PATTERNS.items()
    } | {
        "address of a page": ADDRESS.findall(normal),
        "person": _within(words, names.people | names.written)
        or [word for word in words.split() if word in declined],
        "organisation": _within(words, names.organisations),
        REFUSED: _within(words, names.refused),
        "formula": CONTROL.findall(text) or [text.strip()[:1]] * is_formula(text),
    }
    return {kind: texts[0] for kind, texts in matches.items() if texts}


def find_hard(text: str, names: Names) -> dict[str, str]:
    """Return the matches of `find` that must never be published."""
    return {kind: match for kind, match in find(text, names).items() if kind in HARD}


def redact(text: str, names: Names, public: Set[str]) -> str:
    """Replace e-mail addresses, telephone numbers, handles and names of persons in a text.

    Names become NAME, other matches LEFT_OUT. A match that consists of `public` words (in lower
    case) is kept, except for a name of several words in `names.people`. If nothing is replaced, the
    text is returned as it is; otherwise, in NFKC, with spelled-out addresses in the usual form.
    """
    declined = _declined(names.people)

    def hide(match, by=NAME):
        is_kept = public.issuperset(plain(match[0]).split()) or PERIOD.fullmatch(match[0])
        return match[0] if is_kept else by

    normal = clean = _normalise(text)
    for pattern in PATTERNS.values():
        clean = pattern.sub(partial(hide, by=LEFT_OUT), clean)
    clean = _full_names(names.people).sub(NAME, clean)
    clean = _full_names(names.written).sub(hide, clean)
    clean = re.sub(r"\w+", lambda m: hide(m) if plain(m[0]) in declined else m[0], clean)
    return text if clean == normal else clean


def names(text: str, organisations: Iterable[str]) -> bool:
    """Return whether a text contains one of the names in `organisations` as whole words.

    Upper and lower case and punctuation are ignored. Inflected forms of a name are not found.
    """
    return bool(_within(plain(text), filter(None, map(plain, organisations))))


def _within(words, names):
    return sorted(name for name in names if f" {name} " in f" {words} ")


def _normalise(text):
    text = unicodedata.normalize("NFKC", text)
    for sign, ways in SPELLED.items():
        text = re.sub(ways, sign, text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=4)
def _declined(people):
    # Parts of up to three letters are left out, since most are ordinary words.
    parts = {part for name in people for part in name.split() if len(part) > 3}
    bare = {max(part.rstrip(VOWELS), part[:-2], key=len) for part in parts}  # endings are short
    stems = {stem for stem in parts | bare if len(stem) > 3}
    return parts | {stem + ending for stem in stems for ending in ENDINGS.split()}


@lru_cache(maxsize=4)
def _full_names(names):
    ways = [r"[\W_]+".join(map(re.escape, name.split())) for name in sorted(names) if " " in name]
    return re.compile(rf"\b(?:{'|'.join(ways) or '(?!)'})\b", re.IGNORECASE)


def _lower(names):
    return frozenset(name for name in map(plain, names) if len(name) > 2)


def plain(text: str) -> str:
    """Return the words of a text in lower case, to compare names."""
    return re.sub(r"\W+", " ", str(text)).strip().casefold()
