"""Libraries of references as other programs write them, read into plain items.

They are CSL JSON (Zotero), BibTeX and RIS.
Names of persons are kept only so that they can be found in titles and taken out; they are never written.
"""

import html
import json
import logging
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contract import Refused

LARGEST = 50_000_000  # bytes; a library of 10,000 items has about 20 million
# What each program calls a kind of source, in the words of the register; anything else is a report.
TYPES = {
    "law": "bill legislation legal_case treaty regulation hearing stat case statute jurisdiction",
    "dataset": "dataset data",
    "website": "webpage post post-weblog online electronic elec www blog web icomm misc",
    "news": "article-newspaper article-magazine broadcast news mgzn newspaper",
}
KINDS = {word: kind for kind, words in TYPES.items() for word in words.split()}
SPOKEN = {
    "en": "english eng",
    "fr": "french fre fra",
    "de": "german ger deu",
    "es": "spanish spa",
    "it": "italian ita",
    "sq": "albanian alb sqi",
    "bs": "bosnian bos",
    "hr": "croatian hrv",
    "sr": "serbian srp",
    "mk": "macedonian mac mkd",
    "ro": "romanian moldovan rum ron",
    "uk": "ukrainian ukr",
    "ru": "russian rus",
    "ka": "georgian geo kat",
}
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


def read(path: Path) -> tuple[list[Item], list[str]]:
    """Give (items, sentences on what could not be read).

    Raises Refused when the file is none of the three formats.
    """
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        largest = f"{LARGEST // 1_000_000} MB"
        raise Refused(f"{path.name} is larger than {largest}; export a smaller collection")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mend = "export it again with UTF-8"
        raise Refused(f"{path.name} is not in the UTF-8 encoding; {mend}") from error
    if text.lstrip()[:1] in ("[", "{"):
        return _csl(text, path.name)
    return (_bibtex if re.search(r"^\s*@\w+\s*\{", text, re.M) else _ris)(text, path.name)


def plain(text: object) -> str:
    """Give text without the mark-up of reference managers, without entities, on one line."""
    text = html.unescape(MARKUP.sub("", str(text or "")))
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _csl(text, name):
    try:
        entries = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        mend = "export it again as CSL JSON"
        raise Refused(f"{name} is broken JSON ({str(error)[:120]}); {mend}") from error
    if isinstance(entries, dict):
        entries = entries.get("items") or [entries]
    entries = entries if isinstance(entries, list) else [entries]
    items, odd = [], []
    for n, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            items.append(_of_csl(entry, f"item {n}"))
        else:
            odd.append(f"item {n} is not a reference and was passed over")
    return items, odd


def _of_csl(entry, where):
    people = [
        (person, role)
        for role in ("author", "editor", "translator")
        for person in entry.get(role) or []
        if isinstance(person, dict)
    ]
    bodies = (person.get("literal") for person, _ in people)
    return _item(
        where=where,
        title=entry.get("title"),
        publishers=[entry.get("publisher"), entry.get("container-title"), *bodies],
        year=_csl_date(entry.get("issued")),
        language=entry.get("language"),
        kind=entry.get("type"),
        url=entry.get("URL"),
        accessed=_csl_date(entry.get("accessed")),
        doi=entry.get("DOI"),
        persons=[(person.get("family"), role) for person, role in people],
    )


def _csl_date(stated):
    """Give a CSL date as year-month-day, or as much of it as there is."""
    stated = stated if isinstance(stated, dict) else {"raw": stated}
    parts = stated.get("date-parts") or [[]]
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [str(p) for p in first if re.fullmatch(r"-?\d{1,4}", str(p))]
    whole = "-".join(n.zfill(2) for n in numbers)
    return whole or _date(stated.get("raw") or stated.get("literal"))


def _bibtex(text, name):
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware

    # What fails is named below, with its line.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    text = _with_own_keys(text)
    decoded = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    exact = bibtexparser.parse_string(text)  # addresses are not LaTeX: a % there begins no comment
    items, lost = [], []
    for entry, as_written in zip(decoded.blocks, exact.blocks, strict=True):
        if hasattr(entry, "fields_dict"):
            items.append(_of_bibtex(entry, as_written))
        elif entry in decoded.failed_blocks:
            lost.append(f"line {(entry.start_line or 0) + 1} could not be read and was passed over")
    if not items and not lost:
        raise Refused(f"{name} holds no entry that can be read as BibTeX")
    return items, lost


def _with_own_keys(text):
    """Give BibTeX in which no key stands twice; the parser would pass the second one over."""
    met = Counter()

    def _own(entry):
        start, key = entry.groups()
        met[key] += 1
        return entry[0] if met[key] == 1 else f"{start}{key}-{met[key]},"

    return re.sub(r"(@\w+\s*\{\s*)([^\s,{}]+)\s*,", _own, text)


def _of_bibtex(entry, as_written):
    shown = {k.lower(): re.sub(r"[{}]", "", str(f.value)) for k, f in entry.fields_dict.items()}
    exact = {k.lower(): str(f.value) for k, f in as_written.fields_dict.items()}
    # An address stands without the backslashes that LaTeX asks for.
    url, address, doi = (
        re.sub(r"\\([_%&#~])", r"\1", exact.get(name, ""))
        for name in ("url", "howpublished", "doi")
    )
    persons, bodies = _names_in_bibtex(shown, exact)
    names = ("publisher", "institution", "organization", "journal", "journaltitle")
    return _item(
        where=entry.key,
        title=shown.get("title"),
        publishers=[*map(shown.get, names), *bodies],
        year=_date(shown.get("date") or shown.get("year")),
        language=shown.get("langid") or shown.get("language"),
        kind=entry.entry_type,
        url=url or "".join(re.findall(r"https?://[^\s{}]+", address)[:1]),
        accessed=_date(shown.get("urldate")),
        doi=doi,
        persons=persons,
    )


def _names_in_bibtex(shown, exact):
    """Give (persons, bodies): a name in braces of its own is a body, such as {{Zedland Office}}."""
    persons, bodies = [], []
    for role in ("author", "editor"):
        written, decoded = (re.split(r"\s+and\s+", each.get(role, "")) for each in (exact, shown))
        decoded = decoded if len(decoded) == len(written) else written
        for name, readable in zip(written, decoded, strict=True):
            if name.startswith("{") and name.endswith("}"):
                bodies.append(readable)
            elif name:
                persons.append((_surname(readable), role))
    return persons, bodies


def _ris(text, name):
    import rispy

    begun = len(re.findall(r"^TY  ?- ", text, re.M))
    if not begun:
        formats = "a library in CSL JSON, BibTeX or RIS; export it again in one of them"
        raise Refused(f"{name} is not {formats}")
    try:
        entries = rispy.loads(text)
    except Exception as error:  # the library raises what it likes on odd input
        raise Refused(f"{name} is broken RIS ({str(error)[:120]}); export it again") from error
    lost = begun - len(entries)
    odd = [f"{lost} references have no end (ER  -) and were passed over"] if lost > 0 else []
    return [_of_ris(entry, f"reference {n}") for n, entry in enumerate(entries, 1)], odd


def _of_ris(entry, where):
    names = [*entry.get("authors", []), *entry.get("first_authors", [])]
    publishers = ("publisher", "secondary_title", "journal_name", "alternate_title1")
    return _item(
        where=where,
        title=entry.get("title") or entry.get("primary_title") or entry.get("short_title"),
        publishers=[*map(entry.get, publishers), *(name for name in names if "," not in name)],
        year=_date(entry.get("year") or entry.get("publication_year") or entry.get("date")),
        language=entry.get("language"),
        kind=entry.get("type_of_reference"),
        url=(entry.get("urls") or [entry.get("url")])[0],
        accessed=_date(entry.get("access_date")),
        doi=entry.get("doi"),
        persons=[(_surname(name), "author") for name in names if "," in name],
    )


def _item(where, title, publishers, year, language, kind, url, accessed, doi, persons):
    """Give an Item from what a format says; what is not there is empty."""
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", plain(doi), flags=re.IGNORECASE)
    url = _address(url) or (f"https://doi.org/{doi}" if doi else "")
    host = re.sub(r"^https?://(www\.)?([^/:]+).*", r"\2", url)
    named = [plain(publisher) for publisher in publishers if plain(publisher)]
    return Item(
        where=where,
        title=plain(title),
        publisher=named[0] if named else "" if "doi.org" in host else host,
        year=year[:4] if re.fullmatch(r"(19|20)\d\d", year[:4]) else "",
        language=_language(language),
        type=KINDS.get(str(kind or "").lower(), "report"),
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


def _date(stated):
    """Give the date in a text as year-month-day, or the year alone, or nothing."""
    text = plain(stated).replace("/", "-")
    day = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
    return "-".join(p.zfill(2) for p in day.groups()) if day else year[0] if year else ""


def _is_day(text):
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _surname(name):
    """Give the surname of 'Surname, First' or of 'First Surname'."""
    return name.split(",")[0].strip() if "," in name else (name.split() or [""])[-1]
