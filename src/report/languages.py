"""The language that a page speaks: a catalogue of `locale/`, and English where that is silent.

English is what the words are written in and has no catalogue. A language is named by its tag
(BCP 47): `uk`, `sr-Latn`. One process makes pages in one language at a time; `use` says in which.
"""

import gettext as standard
import io
from functools import lru_cache
from pathlib import Path

from contract import Refused
from contract.reads import of_bytes

SOURCE = "en"
FOLDER = Path(__file__).with_name("locale")
_now = SOURCE


def known() -> list[str]:
    """Give the tags of all languages, English first."""
    return [SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po"))]


def use(language: str) -> None:
    """Let everything that is said from now on be said in a language.

    Raises Refused where there is no catalogue of it.
    """
    global _now
    _now = checked(language)


def checked(language: str) -> str:
    """Give the tag of a language as it is; raises Refused where there is no catalogue of it."""
    if language not in known():
        raise Refused(f"there is no language {language!r}; there are: {', '.join(known())}")
    return language


def state(language: str) -> str:
    """Give the state of the bytes of a language's catalogue; "" where it has none, as English."""
    path = FOLDER / f"{language}.po"
    return of_bytes(path.read_bytes()) if path.exists() else ""


def current() -> str:
    """Give the tag of the language that is spoken."""
    return _now


def gettext(words: str) -> str:
    """Give words in the language spoken; as they are where its catalogue has none for them."""
    return _catalogue(_now).gettext(words) if words else words


def ngettext(one: str, others: str, n: int) -> str:
    """Give the form of words that goes with a number, by the plural rule of the language."""
    return _catalogue(_now).ngettext(one, others, n)


def pgettext(context: str, words: str) -> str:
    """Give words in the language spoken where they stand in a place that `context` names."""
    return _catalogue(_now).pgettext(context, words)


@lru_cache(maxsize=8)
def _catalogue(language):
    if language == SOURCE:
        return standard.NullTranslations()
    from babel.messages.mofile import write_mo  # seldom needed, and slow to come
    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return standard.GNUTranslations(compiled)
