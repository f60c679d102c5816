"""Numbers, days, lists and names of countries as another language writes them, by Babel's tables
of Unicode's Common Locale Data Repository. English is written where it is asked for and not here.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from unicodedata import name as named

from cop.report import languages
from cop.report.languages import PSEUDO

NARROW, USUAL = "\u202f", "\u00a0"  # spaces that break no line; fonts of figures have the second
OTHERWISE = {"ro": "Moldavian"}  # what countries.csv calls a language by beside its usual name
ENGLISH = "en-GB"  # that of the pages, as spelling goes
NOWHERE = ("", "ZZ", "QO")  # codes that name no country: a folder of invented ones has such


def number(written: str) -> str:
    """Return a number, '1,234.5' in English, in the format of the tongue spoken."""
    return written.translate(_marks(languages.current()))


def sign_of_percent() -> str:
    """Return a tongue's format of a percentage: the sign, after a space where one is usual."""
    pattern = _locale(languages.current()).percent_formats[None].pattern
    return f"{USUAL}%" if pattern.replace(NARROW, USUAL).endswith(f"{USUAL}%") else "%"


def day(one: date) -> str:
    """Return a day in the format of the tongue spoken: '3 травня 2026 р.'."""
    from babel.dates import format_date

    written = format_date(one, "long", locale=_locale(languages.current()))
    return written.replace(NARROW, USUAL)


def listed(words: Iterable[str]) -> str:
    """Return words as a series in the format of the tongue spoken, its 'and' before the last."""
    from babel.lists import format_list

    return format_list(list(words), "standard", _locale(languages.current()))


def tag(language: str) -> str:
    """Give, of a tongue's formats, the tag with its land that programs know: 'uk' => 'uk-UA'."""
    if language in (languages.SOURCE, PSEUDO):
        return ENGLISH
    from babel.core import get_global

    first, likely = language.partition("-")[0], get_global("likely_subtags")
    return f"{language}-{likely.get(first, first).rpartition('_')[2]}"


def territory(iso2: str, name: str) -> str:
    """Return a country's name as the catalogue has it, which may follow the United Nations; else by
    its code of ISO 3166-1 alpha-2, as Unicode's tables have it; else the name that is given.
    """
    if own := languages.held(languages.REFERENCE, name):
        return own
    nowhere = iso2 in NOWHERE or languages.current() == PSEUDO
    known = {} if nowhere else _locale(languages.current()).territories
    return known.get(iso2, name)


def is_own(spoken: Iterable[str]) -> bool:
    """Say whether the tongue with these formats is a country's own, by their English names.

    It is the one that is spoken now; `spoken` are the country's.
    """
    locale = _locale(languages.current())
    ours = {locale.get_language_name("en"), OTHERWISE.get(locale.language)}
    return languages.current() != PSEUDO and not ours.isdisjoint(spoken)


def own_names(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return {name in English: name in the tongue} where it is written in the script of that
    tongue.

    One that pages say already, and one without a name of its own, is left out.
    """
    known = set(_locale(languages.current()).get_display_name() or "")
    script = "CYRILLIC" if any("CYRILLIC" in named(c, "") for c in known) else "LATIN"
    return {english: own for english, own in rows
            if own and languages.said(english) == english and _of(script, own)}  # fmt: skip


def _of(script, text):
    """Say whether the letters of a text are mostly of a script: a name may hold 'CERT-UA'."""
    letters = [named(c, "").startswith(script) for c in text if c.isalpha()]
    return 2 * sum(letters) > len(letters)


def remember_countries(rows: Iterable[Mapping[str, str]]) -> None:
    """Let countries be named in another tongue, as Unicode's tables have their names.

    Named are those of countries.csv, which has them in English, and the subregions of the United
    Nations.
    """
    rows, english = list(rows), _locale(languages.SOURCE).territories
    regions = {name: code for code, name in english.items() if code.isdigit()}
    named = {row["un_subregion"]: regions.get(row["un_subregion"], "") for row in rows}
    named = {row["name_en"]: row["iso2"] for row in rows} | named
    languages.remember({name: territory(code, name) for name, code in named.items() if name})


@lru_cache(maxsize=8)
def _locale(language):
    from babel import Locale

    return Locale.parse("en" if language == PSEUDO else language, sep="-")


@lru_cache(maxsize=8)
def _marks(language):
    """Return what stands for the comma and the point of an English number."""
    symbols = _locale(language).number_symbols["latn"]
    return str.maketrans({",": symbols["group"].replace(NARROW, USUAL), ".": symbols["decimal"],
                          "-": symbols["minusSign"]})  # fmt: skip
