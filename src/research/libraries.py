"""Libraries of references as other programs write them: CSL JSON (Zotero), BibTeX and RIS, read into plain items.

Names of persons are kept only so that they can be found in titles and taken out; they are never written.
"""

import html
import json
import logging
import re
from dataclasses import dataclass
from datetime import date

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
    """One reference: what the register of sources can hold, and what is needed to match it and to keep names out."""

    where: str  # how to find it in the library
    title: str
    publisher: str
    year: str
    language: str
    type: str
    url: str
    accessed: str
    doi: str
    persons: tuple  # (surname, part in the work)


def read(path):
    """Give (items, sentences on what could not be read); raises Refused when the file is none of the three formats."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise Refused(
            f"{path.name} is larger than {LARGEST // 1_000_000} MB; export a smaller collection"
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path.name} is not in the UTF-8 encoding; export it again with UTF-8"
        ) from error
    reader = (
        _csl
        if text.lstrip()[:1] in ("[", "{")
        else _bibtex
        if re.search(r"^\s*@\w+\s*\{", text, re.M)
        else _ris
    )
    return reader(text, path.name)


def plain(text):
    """Give text without the mark-up of reference managers, without entities, on one line."""
    text = re.sub(
        r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", html.unescape(MARKUP.sub("", str(text or "")))
    )
    return re.sub(r"\s+", " ", text).strip()


def _csl(text, name):
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Refused(
            f"{name} is broken JSON ({str(error)[:120]}); export it again as CSL JSON"
        ) from error
    found = (found.get("items") or [found]) if isinstance(found, dict) else found
    found = found if isinstance(found, list) else [found]
    odd = [n for n, one in enumerate(found, 1) if not isinstance(one, dict)]
    items = [_of_csl(one, f"item {n}") for n, one in enumerate(found, 1) if isinstance(one, dict)]
    return items, [f"item {n} is not a reference and was passed over" for n in odd]


def _of_csl(one, where):
    people = [
        (p, role)
        for role in ("author", "editor", "translator")
        for p in one.get(role) or []
        if isinstance(p, dict)
    ]
    return _item(
        where=where,
        title=one.get("title"),
        publishers=[
            one.get("publisher"),
            one.get("container-title"),
            *(p.get("literal") for p, _ in people),
        ],
        year=_csl_date(one.get("issued"))[:4],
        language=one.get("language"),
        kind=one.get("type"),
        url=one.get("URL"),
        accessed=_csl_date(one.get("accessed")),
        doi=one.get("DOI"),
        persons=[(p.get("family"), role) for p, role in people],
    )


def _csl_date(stated):
    """Give a CSL date as year-month-day, or as much of it as there is."""
    stated = stated if isinstance(stated, dict) else {"raw": stated}
    parts = stated.get("date-parts") or [[]]
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [str(p) for p in first if re.fullmatch(r"-?\d{1,4}", str(p))]
    return "-".join(n.zfill(2) for n in numbers) or _date(
        stated.get("raw") or stated.get("literal")
    )


def _bibtex(text, name):
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware

    logging.getLogger("bibtexparser").setLevel(
        logging.CRITICAL
    )  # what fails is told below, with its line
    text = _with_own_keys(text)
    decoded = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    raw = bibtexparser.parse_string(text)  # addresses are not LaTeX: a % there begins no comment
    items, lost = [], []
    for entry, exact in zip(decoded.blocks, raw.blocks, strict=True):
        if hasattr(entry, "fields_dict"):
            items.append(_of_bibtex(entry, exact))
        elif entry in decoded.failed_blocks:
            lost.append(f"line {(entry.start_line or 0) + 1} could not be read and was passed over")
    if not items and not lost:
        raise Refused(f"{name} holds no entry that can be read as BibTeX")
    return items, lost


def _with_own_keys(text):
    """Give BibTeX in which no key stands twice; the parser would pass the second one over."""
    met = {}

    def _own(found):
        met[found[2]] = met.get(found[2], 0) + 1
        return found[0] if met[found[2]] == 1 else f"{found[1]}{found[2]}-{met[found[2]]},"

    return re.sub(r"(@\w+\s*\{\s*)([^\s,{}]+)\s*,", _own, text)


def _of_bibtex(entry, exact):
    said = {k.lower(): re.sub(r"[{}]", "", str(f.value)) for k, f in entry.fields_dict.items()}
    as_it_is = {k.lower(): str(f.value) for k, f in exact.fields_dict.items()}
    persons, bodies = _names_in_bibtex(said, as_it_is)
    return _item(
        where=entry.key,
        title=said.get("title"),
        publishers=[
            said.get(k)
            for k in ("publisher", "institution", "organization", "journal", "journaltitle")
        ]
        + bodies,
        year=_date(said.get("date") or said.get("year"))[:4],
        language=said.get("langid") or said.get("language"),
        kind=entry.entry_type,
        url=_verbatim(as_it_is.get("url", ""))
        or _address_in(_verbatim(as_it_is.get("howpublished", ""))),
        accessed=_date(said.get("urldate")),
        doi=_verbatim(as_it_is.get("doi", "")),
        persons=persons,
    )


def _names_in_bibtex(said, as_it_is):
    """Give (persons, bodies): a name in braces of its own is a body, such as {{Zedland Office}}."""
    persons, bodies = [], []
    for role in ("author", "editor"):
        exact = re.split(r"\s+and\s+", as_it_is.get(role, ""))
        decoded = re.split(r"\s+and\s+", said.get(role, ""))
        for name, shown in zip(
            exact, decoded if len(decoded) == len(exact) else exact, strict=True
        ):
            if name.startswith("{") and name.endswith("}"):
                bodies.append(shown)
            elif name:
                persons.append((_surname(shown), role))
    return persons, bodies


def _verbatim(text):
    """Give an address without the backslashes that LaTeX asks for."""
    return re.sub(r"\\([_%&#~])", r"\1", text)


def _ris(text, name):
    import rispy

    begun = len(re.findall(r"^TY  ?- ", text, re.M))
    if not begun:
        raise Refused(
            f"{name} is not a library in CSL JSON, BibTeX or RIS; export it again in one of them"
        )
    try:
        found = rispy.loads(text)
    except Exception as error:  # the library raises what it likes on odd input
        raise Refused(f"{name} is broken RIS ({str(error)[:120]}); export it again") from error
    lost = begun - len(found)
    said = [f"{lost} references have no end (ER  -) and were passed over"] if lost > 0 else []
    return [_of_ris(one, f"reference {n}") for n, one in enumerate(found, 1)], said


def _of_ris(one, where):
    names = [
        (n, role)
        for field, role in (("authors", "author"), ("first_authors", "author"))
        for n in one.get(field, [])
    ]
    return _item(
        where=where,
        title=one.get("title") or one.get("primary_title") or one.get("short_title"),
        publishers=[
            one.get(k) for k in ("publisher", "secondary_title", "journal_name", "alternate_title1")
        ]
        + [n for n, _ in names if "," not in n],
        year=_date(one.get("year") or one.get("publication_year") or one.get("date"))[:4],
        language=one.get("language"),
        kind=one.get("type_of_reference"),
        url=(one.get("urls") or [one.get("url")])[0],
        accessed=_date(one.get("access_date")),
        doi=one.get("doi"),
        persons=[(_surname(n), role) for n, role in names if "," in n],
    )


def _item(where, title, publishers, year, language, kind, url, accessed, doi, persons):
    """Give an Item from what a format says; what is not there is empty."""
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", plain(doi), flags=re.IGNORECASE)
    url = _address(url) or (f"https://doi.org/{doi}" if doi else "")
    host = re.sub(r"^https?://(www\.)?([^/:]+).*", r"\2", url)
    return Item(
        where,
        plain(title),
        next((plain(p) for p in publishers if plain(p)), "" if "doi.org" in host else host),
        year if re.fullmatch(r"(19|20)\d\d", year) else "",
        _language(language),
        KINDS.get(str(kind or "").lower(), "report"),
        url,
        accessed if _is_day(accessed) else "",
        doi.lower(),
        tuple((plain(n), role) for n, role in persons if n and len(plain(n)) > 2),
    )


def _language(said):
    said = plain(said).lower()
    return LANGUAGES.get(said) or (said[:2] if re.fullmatch(r"[a-z]{2}([-_].*)?", said) else "")


def _address(said):
    """Give a web address without spaces, or nothing where there is none."""
    said = plain(said).replace(" ", "%20")
    said = (
        f"https://{said}" if re.match(r"(www\.|[\w-]+\.(org|com|net|int|eu|gov)/)", said) else said
    )
    return said if re.fullmatch(r"https?://[^\s/]+\S*", said, re.IGNORECASE) else ""


def _address_in(text):
    found = re.search(r"https?://[^\s{}]+", text or "")
    return found[0] if found else ""


def _date(said):
    """Give the date in a text as year-month-day, or the year alone, or nothing."""
    said = plain(said).replace("/", "-")
    day = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", said)
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", said)
    return "-".join(p.zfill(2) for p in day.groups()) if day else year[0] if year else ""


def _is_day(said):
    try:
        return len(said) == 10 and bool(date.fromisoformat(said))
    except ValueError:
        return False


def _surname(name):
    """Give the surname of 'Surname, First' or of 'First Surname'."""
    return name.split(",")[0].strip() if "," in name else (name.split() or [""])[-1]
