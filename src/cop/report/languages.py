"""Translate pages with the catalogues in `locale/`; untranslated texts stay in English.

English is the source language and has no catalogue. Languages are identified by BCP 47 tags, such
as `uk` or `sr-Latn`. A process renders pages in one language at a time (see `current`).
"""

import base64
import gettext as standard
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cop.data import UserError, writing
from cop.data.reads import of_bytes

SOURCE = "en"
REFERENCE = "reference"  # the context of messages that come from tables of the data folder
IN_TABLES = ("confidence.j2",)  # its sentences are saved in English and translated by `translate`
FOLDER = Path(__file__).with_name("locale")
CODE = Path(__file__).with_name("catalogues.py")  # its rules decide which translations are used
PLACE = re.compile(r"%\((\w+)\)s")
NUMBER = re.compile("[0-9]+")
_now = SOURCE
_remembered: dict[str, str] = {}  # texts that are not messages: names of countries and bodies


class Loaded(NamedTuple):
    """Translations of a language, prepared for `translate`."""

    translations: standard.NullTranslations
    sentences: Mapping[str, tuple] = {}  # see _sentences
    reviewer: str = ""


def available() -> list[str]:
    """Return the tags of all available languages, with English first."""
    return [SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po"))]


def use(language: str) -> None:
    """Select the language of pages. A change clears the texts registered with `remember`.

    Raises UserError, without a change, if the language is not available.
    """
    global _now
    if validate_tag(language) != _now:
        _remembered.clear()
    _now = language


def validate_tag(language: str) -> str:
    """Return the tag of a language unchanged. Raises UserError if it is not available."""
    if language not in available():
        raise UserError(f"unknown language {language!r}; available: {', '.join(available())}")
    return language


def state(language: str) -> str:
    """Return the hash of a language's catalogue, or "" if it has no catalogue."""
    path = FOLDER / f"{language}.po"
    return of_bytes(path.read_bytes()) if path.exists() else ""


def current() -> str:
    """Return the tag of the language selected with `use` or `using_language` (default: English)."""
    return _now


def translated() -> bool:
    """Return whether pages are rendered in a language other than English."""
    return _now != SOURCE


def gettext(words: str) -> str:
    """Translate a text of a page, or return it unchanged if it is empty or has no translation."""
    return _load(FOLDER, _now).translations.gettext(words) if words else words


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a text in the plural form that `n` requires, or return the English form for `n`."""
    return _load(FOLDER, _now).translations.ngettext(singular, plural, n)


def pgettext(context: str, words: str) -> str:
    """Translate a text in a context, or return it unchanged if it has no translation there."""
    return _load(FOLDER, _now).translations.pgettext(context, words)


def translate(words: str) -> str:
    """Translate a code, label, name or sentence from a table, or return it unchanged.

    Translations registered with `remember` come first, then those for tables, then those for pages,
    since the same text can have another meaning as a heading ("Report"). If only the text with a
    capital first letter has a translation, `lower_first` is applied to it.
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
    """Translate a saved sentence with numbers, or return "" for other texts."""
    names, ids = _load(FOLDER, _now).sentences.get(NUMBER.sub("#", words), ((), ()))
    if not ids:
        return ""
    values = defaultdict(lambda: "1", zip(names, NUMBER.findall(words), strict=True))
    return ngettext(ids[0], ids[-1], int(values["n"])) % values  # the singular may not contain n


def translate_heading(heading: str) -> str:
    """Translate a heading with the translations for pages or, if missing, with `translate`."""
    translation = gettext(heading)
    return translation if translation != heading else translate(heading)


def _by_label(words):
    label = upper_first(words)
    translation = gettext(label)
    return words if translation == label else lower_first(translation)


def lower_first(name: str) -> str:
    """Convert the first letter to lower case, unless the first word has further capitals (ICT)."""
    rest = name.partition(" ")[0][1:]
    return name if rest != rest.lower() else name[:1].lower() + name[1:]


def upper_first(text: str) -> str:
    """Convert the first letter of a text to upper case."""
    return text[:1].upper() + text[1:]


def remember(texts: Mapping[str, str]) -> None:
    """Register {English text: translation} for `translate`, until `use` changes the language."""
    _remembered.update(texts)


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Select a language, without checking its tag, until the end of a `with` block."""
    global _now
    before, _now = _now, language
    try:
        yield
    finally:
        _now = before


def N_(words: str) -> str:  # noqa: N802, Babel extracts messages by this name
    """Mark a string for translation, and return it unchanged."""
    return words


def reviewed() -> str:
    """Return the reviewer of the current language's catalogue, or "" for a draft or English."""
    return _load(FOLDER, _now).reviewer


def reload() -> None:
    """Clear the cache, so that changed catalogues are read again."""
    _load.cache_clear()


@lru_cache(maxsize=8)
def _load(folder, language):
    if language == SOURCE:
        return Loaded(standard.NullTranslations())
    path = folder / "__pycache__" / f"{language}.json"
    key = of_bytes((folder / f"{language}.po").read_bytes() + CODE.read_bytes())
    compiled = None
    with suppress(OSError, ValueError):  # missing before the first compilation, or damaged
        compiled = json.loads(path.read_bytes())
    if not compiled or compiled.get("key") != key:
        compiled = {"key": key} | _compile(folder, language)
        with suppress(OSError, UserError):  # compiled again next time if it cannot be written
            writing.whole(path, json.dumps(compiled).encode())
    messages = io.BytesIO(base64.b64decode(compiled["messages"]))
    translations = standard.GNUTranslations(messages)
    return Loaded(translations, compiled["sentences"], compiled["reviewer"])


def _compile(folder, language):
    from babel.messages.mofile import write_mo  # slow to import

    from cop.report import catalogues

    catalogue = catalogues.read(folder, language)
    reviewer = catalogues.reviewed(catalogue)
    for message in [*catalogue]:
        if any(catalogues.errors(message, catalogue)):
            catalogue.delete(message.id, message.context)
    file = io.BytesIO()
    write_mo(file, catalogue)
    messages = base64.b64encode(file.getvalue()).decode()
    return {"messages": messages, "sentences": _sentences(catalogue), "reviewer": reviewer}


def _sentences(catalogue):
    """Return {English sentence with # for each number: (names of placeholders, forms)}."""
    return {
        PLACE.sub("#", form): (PLACE.findall(form), message.id)
        for message in catalogue
        if isinstance(message.id, tuple)
        and any(name.endswith(IN_TABLES) for name, _ in message.locations)
        for form in message.id
    }
