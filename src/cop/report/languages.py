"""The language that a page speaks: a catalogue of `locale/`, and English where that is silent.

English is what the words are written in and has no catalogue. A language is named by its tag
(BCP 47): `uk`, `sr-Latn`. One process makes pages in one language at a time; `use` says in which.
"""

import copy
import gettext as standard
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cop.data import Refused
from cop.data.reads import of_bytes

SOURCE = "en"
REFERENCE = "reference"  # the context of words and texts of the tables of all countries
PSEUDO = "qps-ploc"  # English in disguise, for tests: it has no catalogue
IN_TABLES = ("confidence.j2",)  # whose sentences are handed on in English, and shown by `said`
FOLDER = Path(__file__).with_name("locale")
_now = SOURCE
_remembered: dict[str, str] = {}  # what is no message: names of countries, texts handed on


def known() -> list[str]:
    """Return the tags of all languages, English first."""
    return [SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po"))]


def use(language: str) -> None:
    """Let everything that is said from now on be said in a language.

    Raises Refused where there is no catalogue of it.
    """
    global _now
    if checked(language) != _now:
        _remembered.clear()
    _now = language


def checked(language: str) -> str:
    """Return the tag of a language as it is; raises Refused where there is no catalogue of it."""
    if language != SOURCE and language not in (*known(), PSEUDO):
        raise Refused(f"there is no language {language!r}; there are: {', '.join(known())}")
    return language


def state(language: str) -> str:
    """Return the state of the catalogue from which a language is spoken; "" for one without."""
    path = FOLDER / f"{language}.po"
    return of_bytes(path.read_bytes()) if path.exists() else ""


def current() -> str:
    """Return the tag of the language that is spoken."""
    return _now


def translated() -> bool:
    """Say whether another language than English is spoken."""
    return _now != SOURCE


def gettext(words: str) -> str:
    """Return words in the language spoken; as they are where its catalogue has none for them."""
    return _catalogue(FOLDER, _now).gettext(words) if words and _now != SOURCE else words


def ngettext(one: str, others: str, n: int) -> str:
    """Return the form of words that goes with a number, by the plural rule of the language.

    English words that are the same for every number were a message without forms once: what the
    catalogue had for that stands until it has forms.
    """
    found = _catalogue(FOLDER, _now).ngettext(one, others, n)
    return gettext(one) if one == others == found else found


def pgettext(context: str, words: str) -> str:
    """Return words in the language spoken where they stand in a place that `context` names."""
    return _catalogue(FOLDER, _now).pgettext(context, words)


def held(context: str, words: str) -> str:
    """Return what the catalogue of the language spoken has for words, also where it is the same
    as in English; "" where it has nothing.
    """
    if _now in (SOURCE, PSEUDO):
        return ""
    message = _read(FOLDER, _now).get(words, context)
    return message.string if message and not message.fuzzy else ""


def said(words: str) -> str:
    """Return a word, a label or a name of the tables as the language spoken has it, else as it is.

    What the tables of reference say comes before words of pages: an item "Report" is no heading.
    """
    if _now == SOURCE or not words:
        return words
    if words in _remembered:
        return _remembered[words]
    found = pgettext(REFERENCE, words)
    found = _refilled(words) or gettext(words) if found == words else found
    return found if found != words else _within(words)


def _refilled(words):
    """Return a sentence that a table holds with its numbers filled in; "" for any other text."""
    for pattern, ids in _sentences(FOLDER, _now):
        if filled := pattern.fullmatch(words):
            values = defaultdict(lambda: "1", filled.groupdict())  # which a singular may leave out
            return ngettext(ids[0], ids[-1], int(values["n"])) % values
    return ""


def titled(heading: str) -> str:
    """Return a heading as pages have it, before what the tables of reference say by the same
    word.
    """
    found = gettext(heading)
    return found if found != heading else said(heading)


def _within(words):
    """Return a word of a table by the label that begins with a capital: 'hotline' by 'Hotline'."""
    label = words[:1].upper() + words[1:]
    found = gettext(label)
    if label == words or found == label:
        return words
    return found if found[1:2].isupper() else found[:1].lower() + found[1:]


def remember(texts: Mapping[str, str]) -> None:
    """Let `said` know texts that are no messages: {in English: in the language spoken}."""
    _remembered.update(texts)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is said within the context be said in a language; nothing is forgotten meanwhile."""
    global _now
    before, _now = _now, language
    try:
        yield
    finally:
        _now = before


def N_(words: str) -> str:  # noqa: N802, by this name messages are found
    """Return words as they are: a message that is said elsewhere, by `gettext` of what holds it."""
    return words


def reviewed() -> str:
    """Return who reviewed the language that pages are spoken in now, and when; "" for a draft.

    One that was changed since it was signed is a draft again (see `report.tongue.signing`).
    """
    return "" if _now in (SOURCE, PSEUDO) else _reviewed(FOLDER, _now)


def look_again() -> None:
    """Let catalogues of the languages spoken that changed since they were read be read anew."""
    _catalogue.cache_clear()
    _read.cache_clear()
    _reviewed.cache_clear()
    _sentences.cache_clear()


@lru_cache(maxsize=8)  # every page of a site says it, and it takes all words of the catalogue
def _reviewed(folder, language):
    from cop.report.tongue import signing

    return signing.signed(_read(folder, language))


@lru_cache(maxsize=8)
def _catalogue(folder, language):
    if language == SOURCE:
        return standard.NullTranslations()
    if language == PSEUDO:
        from cop.report.tongue.pseudo import Pseudo

        return Pseudo()
    from babel.messages.mofile import write_mo  # seldom needed, and slow to come

    compiled = io.BytesIO()
    write_mo(compiled, _sound(_read(folder, language)))
    compiled.seek(0)
    return standard.GNUTranslations(compiled)


def _sound(catalogue):
    """Return a catalogue without the translations that have faults: English is said there."""
    from cop.report.tongue import faults

    whole = (m for m in catalogue if m.id and all(faults.forms_of(m)))
    several = faults.several(catalogue)
    unsound = [m for m in whole if any(faults.of(m, several))]
    sound = copy.deepcopy(catalogue) if unsound else catalogue
    for message in unsound:
        sound.delete(message.id, message.context)
    return sound


@lru_cache(maxsize=8)
def _sentences(folder, language):
    """Return (what finds it, its forms) of each sentence with numbers that tables hold in
    English.
    """
    if language == PSEUDO:
        return []
    forms = [
        (message.id, form)
        for message in _read(folder, language)
        if isinstance(message.id, tuple) and any(name in IN_TABLES for name, _ in message.locations)
        for form in message.id
    ]
    place = re.compile(r"%\\\((\w+)\\\)s")
    return [(re.compile(place.sub(r"(?P<\1>[0-9]+)", re.escape(one))), ids) for ids, one in forms]


@lru_cache(maxsize=8)
def _read(folder, language):
    from babel.messages.pofile import read_po

    with (folder / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))
