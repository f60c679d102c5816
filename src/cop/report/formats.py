"""Format numbers, dates, lists and names with Unicode's locale data (CLDR), and sort text."""

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

NARROW, USUAL = "\u202f", "\u00a0"  # non-breaking spaces; the font of figures has only the second
OTHERWISE = {"ro": "Moldavian"}  # other names of languages in countries.csv
ENGLISH = "en-GB"
NOWHERE = ("", "ZZ", "QO")  # ISO2 codes of invented countries
LATIN = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
ALPHABETS = {  # other languages use the Latin alphabet
    "ro": "a ă â b c d e f g h i î j k l m n o p q r s ș t ț u v w x y z",
    "sq": "a b c ç d dh e ë f g gj h i j k l ll m n nj o p q r rr s sh t th u v w x xh y z zh",
    "sr-Latn": "a b c č ć d dž đ e f g h i j k l lj m n nj o p q r s š t u v w x y z ž",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
}
CYRILLIC = re.compile("[\u0400-\u04ff]")


def localise(english: str) -> str:
    """Convert an English number such as '-1,234.5' to the format of the page's language."""
    return english.translate(_marks(languages.current()))


def percent_sign() -> str:
    """Return '%', after a non-breaking space if the page's language requires one."""
    pattern = _locale(languages.current()).percent_formats[None].pattern
    return f"{USUAL}%" if pattern.replace(NARROW, USUAL).endswith(f"{USUAL}%") else "%"


def day(iso: str) -> str:
    """Format an ISO date in the page's language: '2026-05-03' becomes '3 May 2026'."""
    text = format_date(date.fromisoformat(iso), "long", locale=_locale(languages.current()))
    return text.replace(NARROW, USUAL)


def recent_hours(text: str, oldest: int) -> str:
    """Return opening hours if they contain years and none before `oldest`, otherwise ""."""
    years = re.findall(r"\b(?:19|20)\d\d\b", text)
    return text if years and int(min(years)) >= oldest else ""


def join_words(words: Iterable) -> str:
    """Join words as 'a, b and c' in the page's language. If a word is HTML, escape the others."""
    words = list(words)
    is_html = any(isinstance(word, Markup) for word in words)
    parts = [escape(word) if is_html else str(word) for word in words]
    joined = format_list(parts, "standard", _locale(languages.current()))
    return Markup(joined) if is_html else joined


def tag(language: str) -> str:
    """Return a language tag with the most likely country, such as 'uk-UA'; English is 'en-GB'."""
    if language == languages.SOURCE:
        return ENGLISH
    first, likely = language.partition("-")[0], get_global("likely_subtags")
    return f"{language}-{likely.get(first, first).rpartition('_')[2]}"


def native_name(language: str) -> str:
    """Return the name of a language in that language, such as 'Українська'."""
    name = Locale.parse(language, sep="-").get_display_name()
    return name[:1].upper() + name[1:]


def lang_attribute(text: str, tag: str) -> Markup:
    """Return the attribute ` lang="…"` for a text with letters that are not in ASCII, otherwise "".

    The attribute is also "" if `tag` is empty or is the language of the page.
    """
    is_foreign = any(letter.isalpha() and not letter.isascii() for letter in text)
    shown = is_foreign and tag not in ("", languages.current())
    return Markup(' lang="{}"').format(tag) if shown else Markup()


def in_language(text: str, tag: str) -> str:
    """Wrap a text in `<span lang="…">` and return it as Markup.

    If `lang_attribute` returns "", the text is returned unchanged, and HTML in it is not escaped.
    """
    attribute = lang_attribute(text, tag)
    return Markup("<span{}>{}</span>").format(attribute, text) if attribute else text


@lru_cache
def language_tag(name: str) -> str:
    """Return the tag of a language with an English CLDR name ('ka' for 'Georgian'), or ""."""
    names = _locale(languages.SOURCE).languages
    return next((tag for tag in names if names[tag] == name), "").replace("_", "-")


def language_name(language: str) -> str:
    """Return the name of a language in the page's language ('Ukrainian'), or its tag if unknown."""
    return _locale(languages.current()).languages.get(language, language)


def territory(iso2: str, name: str) -> str:
    """Return a country's name from the page language's catalogue or, if missing there, from CLDR.

    CLDR is searched by `iso2`. If CLDR lacks this code, or NOWHERE contains it, returns `name`.
    """
    translation = languages.pgettext(languages.REFERENCE, name)
    if translation != name or iso2 in NOWHERE:
        return translation
    return _locale(languages.current()).territories.get(iso2, name)


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Return the occurrences of names as whole words in a text, in the order of the text.

    Duplicates are kept. If two names begin at the same position (Guinea, Guinea-Bissau), only the
    longer one is returned.
    """
    words = {*re.findall(r"\w+", text)}
    present = [name for name in names if words.issuperset(re.findall(r"\w+", name))]
    present.sort(key=len, reverse=True)  # so that Guinea-Bissau is found before Guinea
    pattern = "|".join(map(re.escape, present))
    return re.findall(rf"\b(?:{pattern})\b", text) if present else []


def catalogues_of(spoken: Iterable[str]) -> list[str]:
    """Return the sorted tags of the catalogues for languages with the English names `spoken`."""
    locales, spoken = {tag: _locale(tag) for tag in languages.available()[1:]}, set(spoken)
    return [
        tag
        for tag, locale in locales.items()
        if {locale.get_language_name("en"), OTHERWISE.get(locale.language)} & spoken
    ]


def local_names(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return {English: local name} for untranslated names with a local name in the page's script.

    `rows` are pairs of the English and the local name (or ""). Only Cyrillic and non-Cyrillic
    scripts are distinguished.
    """
    is_cyrillic = bool(CYRILLIC.search(native_name(languages.current())))
    return {
        english: local
        for english, local in rows
        if local
        and bool(CYRILLIC.search(local)) == is_cyrillic
        and languages.translate(english) == english
    }


def remember_countries(rows: Iterable[Mapping[str, str]]) -> None:
    """Register translated names of the countries and subregions in `rows` of countries.csv."""
    english = _locale(languages.SOURCE).territories
    codes = {name: code for code, name in english.items() if code.isdigit()}
    for row in rows:
        subregion = row["un_subregion"]
        languages.remember({subregion: territory(codes.get(subregion, ""), subregion)})
        languages.remember({row["name_en"]: territory(row["iso2"], row["name_en"])})


def sort_key(words: str) -> tuple[list[int], str]:
    """Return a key that sorts texts by the alphabet of the page's language, ignoring case.

    A letter with a diacritic that is not in the alphabet is sorted as its base letter. Spaces and
    digits come first and letters of other alphabets last. Punctuation is ignored. Texts that are
    equal by these rules are sorted by case and punctuation.
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
    symbols = _locale(language).number_symbols["latn"]
    group = symbols["group"].replace(NARROW, USUAL)
    return str.maketrans({",": group, ".": symbols["decimal"], "-": symbols["minusSign"]})
