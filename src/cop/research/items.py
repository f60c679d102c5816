"""One reference as the readers of libraries give it: plain text, the words of the register.

Names of persons are kept only so that they can be found in titles and taken out; they are never
written.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# What programs call a kind of source, by the word of the register; anything else is a report.
TYPES = {
    "law": "bill legislation legal_case treaty regulation hearing stat case statute jurisdiction",
    "dataset": "dataset data",
    "website": "webpage post post-weblog online electronic elec www blog web icomm misc",
    "news": "article-newspaper article-magazine broadcast news mgzn newspaper",
}
KINDS = {word: kind for kind, words in TYPES.items() for word in words.split()}
SPOKEN = {
    "en": "english eng", "fr": "french fre fra", "de": "german ger deu", "es": "spanish spa",
    "it": "italian ita", "sq": "albanian alb sqi", "bs": "bosnian bos", "hr": "croatian hrv",
    "sr": "serbian srp", "mk": "macedonian mac mkd", "ro": "romanian moldovan rum ron",
    "uk": "ukrainian ukr", "ru": "russian rus", "ka": "georgian geo kat",
}  # fmt: skip
LANGUAGES = {word: code for code, words in SPOKEN.items() for word in words.split()}
MARKUP = re.compile(r"</?(i|b|em|strong|sub|sup|span|u|sc|p|br|nocase)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One reference: what the register can hold, and what finds it again and keeps names out."""

    where: str  # how to find it in the library
    title: str
    publisher: str
    year: str
    language: str
    type: str
    url: str
    accessed: str
    doi: str
    persons: tuple[tuple[str, str], ...]  # (surname, part in the work)
    renamed: bool = False  # whether a name was taken out of the title


def as_item(
    where: str, publishers: Iterable, persons: Iterable[tuple], year: str, accessed: str, **stated
) -> Item:
    """Give an Item of a library from what its format says; what is not as it should be is empty.

    `stated` holds title, language, kind, url and doi.
    """
    doi = re.sub(
        r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", plain(stated["doi"]), flags=re.IGNORECASE
    )
    url = _address(stated["url"]) or (f"https://doi.org/{doi}" if doi else "")
    host = re.sub(r"^https?://(www\.)?([^/:]+).*", r"\2", url)
    named = [plain(publisher) for publisher in publishers if plain(publisher)]
    return Item(
        where=where,
        title=plain(stated["title"]),
        publisher=named[0] if named else "" if "doi.org" in host else host,
        year=year[:4] if re.fullmatch(r"(19|20)\d\d", year[:4]) else "",
        language=_language(stated["language"]),
        type=KINDS.get(str(stated["kind"] or "").lower(), "report"),
        url=url,
        accessed=accessed if _is_day(accessed) else "",
        doi=doi.lower(),
        persons=tuple((plain(n), role) for n, role in persons if n and len(plain(n)) > 2),
    )


def _language(stated):
    """Give the code of a language that is stated as a word or as a code such as en-GB."""
    word = plain(stated).lower()
    return LANGUAGES.get(word) or (word[:2] if re.fullmatch(r"[a-z]{2}([-_].*)?", word) else "")


def _address(stated):
    """Give a web address without spaces, or nothing where there is none."""
    url = plain(stated).replace(" ", "%20")
    if re.match(r"(www\.|[\w-]+\.(org|com|net|int|eu|gov)/)", url):
        url = f"https://{url}"
    return url if re.fullmatch(r"https?://[^\s/]+\S*", url, re.IGNORECASE) else ""


def day_in(stated: object) -> str:
    """Give the date in the text of a library's item as year-month-day, the year alone, or ""."""
    text = plain(stated).replace("/", "-")
    day = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
    return "-".join(p.zfill(2) for p in day.groups()) if day else year[0] if year else ""


def _is_day(text):
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def surname(name: str) -> str:
    """Give the surname of a library item's author, from 'Surname, First' or 'First Surname'."""
    return name.split(",")[0].strip() if "," in name else (name.split() or [""])[-1]


def plain(text: object) -> str:
    """Give a library's text without mark-up of reference managers and entities, on one line."""
    text = html.unescape(MARKUP.sub("", str(text or "")))
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", text)
    return re.sub(r"\s+", " ", text).strip()
