"""Libraries of references as other programs write them: CSL JSON (Zotero), BibTeX and RIS."""

import json
import logging
import re
from collections import Counter
from pathlib import Path

from cop.data import Refused
from cop.research.items import Item, as_item, day_in, surname

LARGEST = 50_000_000  # bytes; a library of 10,000 items has about 20 million


def read(path: Path) -> tuple[list[Item], list[str]]:
    """Give (items of a library, sentences on what could not be read).

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
    return as_item(
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
    return whole or day_in(stated.get("raw") or stated.get("literal"))


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
    return as_item(
        where=entry.key,
        title=shown.get("title"),
        publishers=[*map(shown.get, names), *bodies],
        year=day_in(shown.get("date") or shown.get("year")),
        language=shown.get("langid") or shown.get("language"),
        kind=entry.entry_type,
        url=url or "".join(re.findall(r"https?://[^\s{}]+", address)[:1]),
        accessed=day_in(shown.get("urldate")),
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
                persons.append((surname(readable), role))
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
    return as_item(
        where=where,
        title=entry.get("title") or entry.get("primary_title") or entry.get("short_title"),
        publishers=[*map(entry.get, publishers), *(name for name in names if "," not in name)],
        year=day_in(entry.get("year") or entry.get("publication_year") or entry.get("date")),
        language=entry.get("language"),
        kind=entry.get("type_of_reference"),
        url=(entry.get("urls") or [entry.get("url")])[0],
        accessed=day_in(entry.get("access_date")),
        doi=entry.get("doi"),
        persons=[(surname(name), "author") for name in names if "," in name],
    )
