"""Compare a library of references in CSL JSON with a country's register of sources.

Names of persons are used only to take them out of titles; they are never written.
"""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

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


class Comparison(NamedTuple):
    """What a library brings to a register; nothing is written yet."""

    new: list[Row]
    same: list[str]  # ids that are in the register
    conflicts: list[tuple[str, str, str, str]]  # (id, column, ours, theirs)
    unfit: list[str]  # sentences on items that the register cannot hold
    notes: list[str]  # sentences on what was changed or left out


def compare(
    path: Path, iso3: str, data: Path, language: str = "", verified: str = "no"
) -> Comparison:
    """Read a library and compare it with the register; raises Refused where it cannot be read.

    `language` (ISO 639-1) is used for items that state none.
    """
    register, library = _Index(), _Index()
    for row in rows.present("source", iso3, data).to_dict("records"):
        register.add(row)
    new, same, conflicts, notes = {}, [], [], []
    for number, entry in enumerate(_entries(Path(path)), 1):
        if not isinstance(entry, dict):
            notes.append(f"item {number} is not a reference and was left out")
            continue
        row, doi, hints = _row(entry)
        if library.find(row, doi):
            notes.append(f"item {number} is in the library twice: {row['title'][:60]}")
            continue
        library.add(row, doi)
        notes += [f"item {number} {hint}" for hint in hints]
        if there := register.find(row, doi):
            differing = _differences(there, row)
            conflicts += differing
            same += [] if differing else [there["source_id"]]
        else:
            new[number] = row | {"language": row["language"] or language, "verified": verified}
    fit, unfit = _split(new, iso3, data)
    return Comparison(fit, same, conflicts, unfit, notes)


def write(comparison: Comparison, iso3: str, data: Path, take_theirs: bool = False) -> list[Row]:
    """Write the new sources and, if wanted, theirs over ours; return the new rows."""
    for key, column, _, theirs in comparison.conflicts if take_theirs else []:
        rows.edit("source", iso3, [key], {column: theirs}, data)
    return rows.add("source", iso3, comparison.new, data) if comparison.new else []


def report(comparison: Comparison, name: str) -> Iterator[str]:
    """Yield lines that show what a library brings, before anything is written."""
    clashing = len({key for key, *_ in comparison.conflicts})
    yield (
        f"{name}: {len(comparison.new)} new, {len(comparison.same)} already here,"
        f" {clashing} conflicting, {len(comparison.unfit)} that cannot be taken"
    )
    for key, column, ours, theirs in comparison.conflicts:
        yield f"  {key} {column}: ours {ours!r}, theirs {theirs!r}"
    yield from (f"  cannot be taken: {line}" for line in comparison.unfit)
    yield from (f"  note: {line}" for line in comparison.notes)


def duplicates(row: Row, iso3: str, data: Path) -> list[str]:
    """Return the ids of other sources with the row's address, or its title and year."""
    own, others = {*_keys(row)}, rows.present("source", iso3, data).to_dict("records")
    same = [other["source_id"] for other in others if own & {*_keys(other)}]
    return [source_id for source_id in same if source_id != row["source_id"]]


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
    """Return an item as (a row of the register without id, its DOI, what a person should know)."""
    people = [
        (person, role)
        for role in ("author", "editor", "translator")
        for person in (entry.get(role) if isinstance(entry.get(role), list) else [])
        if isinstance(person, dict)
    ]
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", _plain(entry.get("DOI")), flags=re.I)
    url = _plain(entry.get("URL")).replace(" ", "%20")
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        url = f"https://doi.org/{doi}" if doi else ""
    bodies = [person.get("literal") for person, _ in people]
    names = [*map(_plain, [entry.get("publisher"), entry.get("container-title"), *bodies])]
    site = re.sub(r"^https?://(www\.)?([^/:]+).*", r"\2", url) if "doi.org" not in url else ""
    title = stated = _plain(entry.get("title"))
    surnames = {(_plain(person.get("family")), role) for person, role in people}
    for surname, role in sorted(surnames, key=lambda pair: -len(pair[0])):  # decision 5
        if len(surname) > 2:
            title = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", f"[{role}]", title)
    accessed = _day(entry.get("accessed"))
    type, kind = KINDS.get(str(entry.get("type")).lower(), ("report", "report of a body"))
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
    hints = [f"named a person in its title, please read it: {title}"] if title != stated else []
    hints += [] if len(accessed) == 10 else ["states no day of access; today is written"]
    return row, doi.lower(), hints


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
    stated = stated if isinstance(stated, dict) else {"raw": stated}
    parts = stated.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        text = "-".join(str(part).zfill(2) for part in parts[0])
    else:
        text = _plain(stated.get("raw") or stated.get("literal")).replace("/", "-")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
        return year[0] if year else ""


class _Index:
    """Sources by DOI, by address and by title with year."""

    def __init__(self):
        self.rows = {}

    def add(self, row, doi=""):
        for key in _keys(row, doi):
            self.rows.setdefault(key, row)

    def find(self, row, doi):
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


def _differences(ours, theirs):
    """Return (id, column, ours, theirs) where the library states something else."""
    return [
        (ours["source_id"], column, ours[column], theirs[column])
        for column, key in COMPARED.items()
        if theirs[column]
        and key(ours[column]) != key(theirs[column])
        and not (column == "url" and "doi.org/" in theirs["url"] and ours["url"])
    ]


def _split(new, iso3, data):
    """Return (rows that the register can hold, a sentence for each item that it cannot)."""
    ids = rows.next_ids("source", iso3, data, len(new)) if new else []
    numbered = [{"source_id": key} | row for key, row in zip(ids, new.values(), strict=True)]
    errors = {}
    for fault in rows.check("source", iso3, numbered, data, [("", number) for number in new]):
        fix = " (add --language en for all that state none)" if fault.column == "language" else ""
        errors.setdefault(fault.row, []).append(f"{fault.column} {fault.value} {fault.rule}{fix}")
    sentences = [
        f"item {number} ({new[number]['title'][:50] or 'no title'}): {'; '.join(reasons)}"
        for number, reasons in errors.items()
    ]
    return [row for number, row in new.items() if number not in errors], sentences
