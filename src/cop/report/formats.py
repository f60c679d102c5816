"""Format numbers, dates, lists and names, and sort text, by Unicode's locale data (CLDR)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.lists import format_list
from markupsafe import Markup, escape

from cop.report import languages

NARROW, USUAL = "\u202f", "\u00a0"  # non-breaking spaces; the fonts of figures have the second
OTHERWISE = {"ro": "Moldavian"}  # other names of languages in countries.csv
ENGLISH = "en-GB"
NOWHERE = ("", "ZZ", "QO")  # codes of invented countries
LATIN = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
ALPHABETS = {  # other languages use the Latin alphabet
    "ro": "a ă â b c d e f g h i î j k l m n o p q r s ș t ț u v w x y z",
    "sq": "a b c ç d dh e ë f g gj h i j k l ll m n nj o p q r rr s sh t th u v w x xh y z zh",
    "sr-Latn": "a b c č ć d dž đ e f g h i j k l lj m n nj o p q r s š t u v w x y z ž",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
}
CYRILLIC = re.compile("[\u0400-\u04ff]")


def localise(english: str) -> str:
    """Return a number, '1,234.5' in English, in the format of the page's language."""
    return english.translate(_marks(languages.current()))


def percent_sign() -> str:
    """Return the per cent sign after a number, with a space in some languages."""
    pattern = _locale(languages.current()).percent_formats[None].pattern
    return f"{USUAL}%" if pattern.replace(NARROW, USUAL).endswith(f"{USUAL}%") else "%"


def day(iso: str) -> str:
    """Return a date in the format of the page's language: '2026-05-03' => '3 May 2026'."""
    text = format_date(date.fromisoformat(iso), "long", locale=_locale(languages.current()))
    return text.replace(NARROW, USUAL)


def recent_hours(text: str, oldest: int) -> str:
    """Return opening hours if they name a year and none before `oldest`, otherwise ""."""
    years = re.findall(r"\b(?:19|20)\d\d\b", text)
    return text if years and int(min(years)) >= oldest else ""


def join_words(words: Iterable) -> str:
    """Return words as a list with 'and' in the page's language: 'a, b and c'."""
    words = list(words)
    is_html = any(isinstance(word, Markup) for word in words)
    parts = [escape(word) if is_html else str(word) for word in words]
    joined = format_list(parts, "standard", _locale(languages.current()))
    return Markup(joined) if is_html else joined


def tag(language: str) -> str:
    """Return the tag of a language with a country, for word processors: 'uk' => 'uk-UA'."""
    if language == languages.SOURCE:
        return ENGLISH
    first, likely = language.partition("-")[0], get_global("likely_subtags")
    return f"{language}-{likely.get(first, first).rpartition('_')[2]}"


def native_name(language: str) -> str:
    """Return the name of a language in that language: 'Українська'."""
    name = Locale.parse(language, sep="-").get_display_name()
    return name[:1].upper() + name[1:]


def in_language(text: str, tag: str) -> str:
    """Return text marked with its language, if it has letters that are not of the page's text."""
    is_foreign = any(letter.isalpha() and not letter.isascii() for letter in text)
    if not is_foreign or tag in ("", languages.current()):
        return text
    return Markup('<span lang="{}">{}</span>').format(tag, text)


@lru_cache
def language_tag(name: str) -> str:
    """Return the tag of a language by its English name, "" if unknown: 'Georgian' => 'ka'."""
    names = _locale(languages.SOURCE).languages
    return next((tag for tag in names if names[tag] == name), "").replace("_", "-")


def language_name(language: str) -> str:
    """Return the name of a language in the page's language: 'uk' => 'Ukrainian'."""
    return _locale(languages.current()).languages.get(language, language)


def territory(iso2: str, name: str) -> str:
    """Return a country's name from the catalogue, or from Unicode by code, or in English."""
    translation = languages.pgettext(languages.REFERENCE, name)
    if translation != name or iso2 in NOWHERE:
        return translation
    return _locale(languages.current()).territories.get(iso2, name)


def catalogues_of(spoken: Iterable[str]) -> list[str]:
    """Return the tags of the catalogues for languages given by their English names."""
    locales = {tag: _locale(tag) for tag in languages.available() if tag != languages.SOURCE}
    return [
        tag
        for tag, locale in locales.items()
        if {locale.get_language_name("en"), OTHERWISE.get(locale.language)} & set(spoken)
    ]


def local_names(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return {English name: local name} of names without translation in the page's script."""
    is_cyrillic = bool(CYRILLIC.search(native_name(languages.current())))
    return {
        english: local
        for english, local in rows
        if local
        and bool(CYRILLIC.search(local)) == is_cyrillic
        and languages.translate(english) == english
    }


def remember_countries(rows: Iterable[Mapping[str, str]]) -> None:
    """Register names of countries and subregions (rows of countries.csv) for `translate`."""
    english = _locale(languages.SOURCE).territories
    codes = {name: code for code, name in english.items() if code.isdigit()}
    for row in rows:
        subregion = row["un_subregion"]
        languages.remember({subregion: territory(codes.get(subregion, ""), subregion)})
        languages.remember({row["name_en"]: territory(row["iso2"], row["name_en"])})


def sort_key(words: str) -> tuple[list[int], str]:
    """Return the key for sorting text in the page's language.

    A letter with a diacritic that the alphabet lacks counts as the plain letter. Spaces and digits
    come before letters, letters of other alphabets last; punctuation is ignored.
    """
    letters, key = ALPHABETS.get(languages.current(), LATIN).split(), []
    pattern = "|".join([*sorted(letters, key=len, reverse=True), "."])
    for letter in re.findall(pattern, unicodedata.normalize("NFC", words).casefold()):
        base = letter if letter in letters else unicodedata.normalize("NFKD", letter)[0]
        if base in letters:
            key.append(letters.index(base))
        elif base.isalnum() or base.isspace():
            key.append(ord(base) if base.isalpha() else ord(base) - 100)
    return key, words


@lru_cache(maxsize=8)
def _locale(language):
    return Locale.parse(ENGLISH if language == languages.SOURCE else language, sep="-")


@lru_cache(maxsize=8)
def _marks(language):
    """Return the replacements for comma, point and minus of an English number."""
    symbols = _locale(language).number_symbols["latn"]
    group = symbols["group"].replace(NARROW, USUAL)
    return str.maketrans({",": group, ".": symbols["decimal"], "-": symbols["minusSign"]})
