"""The language of a page: its catalogue in `locale/`, and English where that has no translation.

English is the source language and has no catalogue. A language is named by its tag (BCP 47): `uk`,
`sr-Latn`. One process makes pages in one language at a time; `use` selects it.
"""

import gettext as standard
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cop.data import UserError
from cop.data.reads import of_bytes

SOURCE = "en"
REFERENCE = "reference"  # the context of words and texts of the tables of all countries
IN_TABLES = ("confidence.j2",)  # its sentences are saved in English and translated by `translate`
FOLDER = Path(__file__).with_name("locale")
PLACE = re.compile(r"%\((\w+)\)s")
NUMBER = re.compile("[0-9]+")
_now = SOURCE
_remembered: dict[str, str] = {}  # what is no message: names of countries and bodies


class Loaded(NamedTuple):
    """A catalogue as pages use it."""

    translations: standard.NullTranslations
    sentences: Mapping[str, tuple] = {}  # see _sentences
    reviewer: str = ""


def available() -> list[str]:
    """Return the tags of all languages, English first."""
    return [SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po"))]


def use(language: str) -> None:
    """Make pages in a language from now on; raise UserError where it has no catalogue."""
    global _now
    if validate_tag(language) != _now:
        _remembered.clear()
    _now = language


def validate_tag(language: str) -> str:
    """Return the tag of a language; raise UserError where it has no catalogue."""
    if language not in available():
        raise UserError(f"there is no language {language!r}; there are: {', '.join(available())}")
    return language


def state(language: str) -> str:
    """Return the hash of a language's catalogue; "" for one without."""
    path = FOLDER / f"{language}.po"
    return of_bytes(path.read_bytes()) if path.exists() else ""


def current() -> str:
    """Return the tag of the page's language."""
    return _now


def translated() -> bool:
    """Return whether the page is in another language than English."""
    return _now != SOURCE


def gettext(words: str) -> str:
    """Return a text in the page's language; in English where it has no translation."""
    return _load(FOLDER, _now).translations.gettext(words) if words else words


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a text for a number, by the plural rule of the language."""
    return _load(FOLDER, _now).translations.ngettext(singular, plural, n)


def pgettext(context: str, words: str) -> str:
    """Return a text in the page's language, as it is translated in a context."""
    return _load(FOLDER, _now).translations.pgettext(context, words)


def translate(words: str) -> str:
    """Return a word, a label or a name of the tables in the page's language.

    The vocabulary of the tables comes before words of pages: an item "Report" is no heading.
    """
    if _now == SOURCE or not words:
        return words
    if words in _remembered:
        return _remembered[words]
    translation = pgettext(REFERENCE, words)
    if translation == words:
        translation = _fill_in(words) or gettext(words)
    return translation if translation != words else _by_label(words)


def _fill_in(words):
    """Return a sentence of a saved table with its numbers; "" for any other text."""
    names, ids = _load(FOLDER, _now).sentences.get(NUMBER.sub("#", words), ((), ()))
    if not ids:
        return ""
    values = defaultdict(lambda: "1", zip(names, NUMBER.findall(words), strict=True))
    return ngettext(ids[0], ids[-1], int(values["n"])) % values  # a singular may leave n out


def translate_heading(heading: str) -> str:
    """Return a heading as pages have it, before the vocabulary of the tables."""
    translation = gettext(heading)
    return translation if translation != heading else translate(heading)


def _by_label(words):
    """Return a word of a table by the label that begins with a capital: 'hotline' by 'Hotline'."""
    label = upper_first(words)
    translation = gettext(label)
    if label == words or translation == label:
        return words
    return lower_first(translation)


def lower_first(name: str) -> str:
    """Return a name within a sentence: 'Legal framework' => 'legal framework', 'NGOs' stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def upper_first(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def remember(texts: Mapping[str, str]) -> None:
    """Let `translate` know texts that are no messages: {in English: in the page's language}."""
    _remembered.update(texts)


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Use a language within the context."""
    global _now
    before, _now = _now, language
    try:
        yield
    finally:
        _now = before


def N_(words: str) -> str:  # noqa: N802, by this name messages are extracted
    """Mark a string for translation."""
    return words


def reviewed() -> str:
    """Return who reviewed the page's language; "" for a draft."""
    return _load(FOLDER, _now).reviewer


def reload() -> None:
    """Read changed catalogues again."""
    _load.cache_clear()


@lru_cache(maxsize=8)
def _load(folder, language):
    """Return a language's translations, its sentences with numbers (see `_fill_in`) and reviewer.

    A translation with errors is left out of what pages say.
    """
    if language == SOURCE:
        return Loaded(standard.NullTranslations())
    from babel.messages.mofile import write_mo  # slow to import

    from cop.report import catalogues

    catalogue = catalogues.read(folder, language)
    reviewer = catalogues.reviewed(catalogue)
    for message in [*catalogue]:
        if any(catalogues.errors(message, catalogue)):
            catalogue.delete(message.id, message.context)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Loaded(standard.GNUTranslations(compiled), _sentences(catalogue), reviewer)


def _sentences(catalogue):
    """Return the sentences with numbers that tables hold in English: {with #: (names, forms)}."""
    return {
        PLACE.sub("#", form): (PLACE.findall(form), message.id)
        for message in catalogue
        if isinstance(message.id, tuple)
        and any(name.endswith(IN_TABLES) for name, _ in message.locations)
        for form in message.id
    }
