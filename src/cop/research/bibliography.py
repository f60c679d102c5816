"""Compare a library of references in CSL JSON with a country's register of sources.

Names of persons are used only to take them out of titles; they are never written.
"""

import html
import json
import re
import shutil
import subprocess
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from babel import Locale
from babel.core import get_global

from cop.data import Refused
from cop.research import rows
from cop.research.matching import address_key, text_key

LARGEST = 50_000_000  # bytes; 10,000 items have about 20 million
PANDOC = {".bib": "bibtex", ".ris": "ris"}  # formats that pandoc converts
TYPES = {  # CSL types by our type and kind of evidence; anything else is a report
    ("law", "law"): "bill legislation legal_case treaty regulation hearing",
    ("dataset", "statistics"): "dataset",
    ("website", "other web page"): "webpage post post-weblog",
    ("news", "news"): "article-newspaper article-magazine broadcast",
}
KINDS = {word: pair for pair, words in TYPES.items() for word in words.split()}
LANGUAGES = {name.lower(): code for code, name in Locale("en").languages.items()}
MARKUP = re.compile(r"</?(i|b|em|strong|sub|sup|span|u|sc|p|br|nocase)\b[^>]*>", re.IGNORECASE)
COMPARED = {
    "title": text_key, "publisher": text_key, "year": str, "language": str, "url": address_key,
}  # fmt: skip
Row = dict[str, str]


def compare(path: Path, iso3: str, data: Path, **given: str) -> tuple[dict[int, Row], list[str]]:
    """Return ({item: new row of the register}, lines on all other items); nothing is written.

    `given` are cells, such as the language, of items that state none. An item that the register
    describes otherwise is named with both texts; ours stays. Raises Refused for no library.
    """
    register, library = _Index(rows.present("source", iso3, data)), _Index()
    new, lines = {}, []
    for number, entry in enumerate(_entries(Path(path)), 1):
        if not isinstance(entry, dict):
            lines.append(f"item {number} is not a reference and was left out")
            continue
        row, doi = _row(entry)
        there, twin = register.find(row, doi), library.find(row, doi)
        library.add(row, doi)
        if twin:
            lines.append(f"item {number} is in the library twice: {row['title'][:60]}")
        elif there:
            lines += _differences(number, there, row)
        else:
            new[number] = row | {name: row.get(name) or text for name, text in given.items()}
            if row["title"] != _plain(entry.get("title")):
                lines.append(f"item {number}: a name was taken out of its title: {row['title']}")
    return new, lines


def duplicate(row: Row, iso3: str, data: Path) -> str:
    """Return the id of another source that seems to be the same, or nothing."""
    register = rows.present("source", iso3, data)
    others = register[register.source_id != row["source_id"]]
    return (_Index(others).find(row) or {"source_id": ""})["source_id"]


def _entries(path):
    """Return the items of a library; raises Refused for a file that is none."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise Refused(f"{path.name} is larger than {LARGEST:,} bytes; export a smaller collection")
    raw = path.read_bytes()
    if form := PANDOC.get(path.suffix.lower()):
        raw = _converted(path, form)
    try:
        entries = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        fix = "export it again as CSL JSON in UTF-8"
        raise Refused(f"{path.name} is not CSL JSON ({str(error)[:120]}); {fix}") from error
    if isinstance(entries, dict):
        entries = entries.get("items") or [entries]
    return entries if isinstance(entries, list) else [entries]


def _converted(path, form):
    """Return a library in another format as CSL JSON, converted by pandoc."""
    if not (pandoc := shutil.which("pandoc")):
        fix = "export it as CSL JSON (Zotero: Export Library), or install pandoc, which converts it"
        raise Refused(f"{path.name} is not CSL JSON; {fix}")
    call = [pandoc, "--sandbox", "-f", form, "-t", "csljson", str(path.resolve())]
    try:
        return subprocess.run(call, capture_output=True, check=True, timeout=120).stdout
    except subprocess.TimeoutExpired as error:
        raise Refused(f"pandoc takes longer than 120 s to convert {path.name}") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()[:300]
        raise Refused(f"pandoc cannot convert {path.name}: {said}") from error


def _row(entry):
    """Return an item as (a row of the register without id, its DOI)."""
    people = [
        (person, role)
        for role in ("author", "editor")
        for person in (entry.get(role) if isinstance(entry.get(role), list) else [])
        if isinstance(person, dict)
    ]
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", _plain(entry.get("DOI")), flags=re.I)
    url = _plain(entry.get("URL")).replace(" ", "%20")
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        url = f"https://doi.org/{doi}" if doi else ""
    bodies = [person.get("literal") for person, _ in people]
    names = [*map(_plain, [entry.get("publisher"), entry.get("container-title"), *bodies])]
    site = "" if doi else (urlsplit(url).hostname or "").removeprefix("www.")
    title = _plain(entry.get("title"))
    surnames = {(_plain(person.get("family")), role) for person, role in people}
    for surname, role in sorted(surnames, key=lambda pair: -len(pair[0])):  # decision 5
        if len(surname) > 2:
            title = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", f"[{role}]", title)
    type, kind = KINDS.get(str(entry.get("type")).lower(), ("report", "report of a body"))
    accessed = _day(entry.get("accessed"))
    row = {
        "title": title,
        "publisher": next(filter(None, names), site),
        "year": _day(entry.get("issued"))[:4],
        "language": _language(_plain(entry.get("language")).lower()),
        "type": type,
        "kind": kind,
        "hand": "second",  # until somebody reads it
        "url": url,
        "accessed": accessed if len(accessed) == 10 else date.today().isoformat(),
    }
    return row, doi.lower()


def _plain(text):
    """Return text on one line, without mark-up, entities and control characters."""
    text = html.unescape(MARKUP.sub("", str(text or "")))
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _language(stated):
    """Return the two-letter code of a language given by name or by code, such as en-GB or eng."""
    code = LANGUAGES.get(stated) or re.split("[-_]", stated)[0]
    code = get_global("language_aliases").get(code, code)
    return code if re.fullmatch("[a-z]{2}", code) else ""


def _day(stated):
    """Return a CSL date as year-month-day, the year alone where there is no full date, or ""."""
    text = stated
    if isinstance(stated, dict):
        text = stated.get("raw") or stated.get("literal")
        with suppress(LookupError, TypeError):
            text = "-".join(str(part).zfill(2) for part in stated["date-parts"][0])
    with suppress(ValueError):
        return date.fromisoformat(str(text).replace("/", "-")).isoformat()
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", str(text))
    return year[0] if year else ""


class _Index:
    """Sources by DOI, by address and by title with year."""

    def __init__(self, table=None):
        self.rows = {}
        for row in [] if table is None else table.to_dict("records"):
            self.add(row)

    def add(self, row, doi=""):
        for key in _keys(row, doi):
            self.rows.setdefault(key, row)

    def find(self, row, doi=""):
        """Return the same source, or None; one title at two addresses of two publishers is two."""
        for key in _keys(row, doi):
            if other := self.rows.get(key):
                urls = {address_key(one["url"]) for one in (row, other) if one["url"]}
                publishers = {text_key(one["publisher"]) for one in (row, other)}
                if key[0] != "title" or len(urls) < 2 or len(publishers) < 2:
                    return other
        return None


def _keys(row, doi=""):
    """Yield what identifies a source: DOI, address, title with year."""
    if found := re.search(r"doi\.org/(10\.\S+)", row["url"], re.IGNORECASE):
        doi = doi or unquote(found[1]).lower()
    if doi:
        yield ("doi", doi)
    if row["url"]:
        yield ("url", address_key(row["url"]))
    if title := text_key(row["title"]):
        yield ("title", title, row["year"])


def _differences(number, ours, theirs):
    """Yield that an item is in the register, or what it states otherwise, column by column."""
    source_id, same = ours["source_id"], True
    for column, key in COMPARED.items():
        is_doi = column == "url" and "doi.org/" in theirs["url"] and ours["url"]
        if theirs[column] and key(ours[column]) != key(theirs[column]) and not is_doi:
            same, texts = False, f"ours {ours[column]!r} stays, theirs is {theirs[column]!r}"
            yield f"item {number} is {source_id}, {column}: {texts}"
    if same:
        yield f"item {number} is {source_id}"
