"""A library of references beside a country's register of sources: what is new, what is the same, what disagrees."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import contract
from contract import writing
from research import adding, libraries

COMPARED = ("title", "publisher", "year", "language", "url")
PASSING = re.compile(
    r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid)="
)  # parts of an address that only count visitors


@dataclass(frozen=True)
class Comparison:
    """What a library brings to a register; nothing is written yet."""

    new: list  # rows without an id
    same: list  # ids already there
    conflicts: list  # (id, column, ours, theirs)
    repeated: list  # sentences on items that stand twice in the library
    unfit: list  # sentences on items that lack what the register needs
    notes: list  # sentences on what was changed or passed over while reading


def compare(path, iso3, data, language="", verified="no"):
    """Read a library and lay it beside the register; raises Refused when either cannot be read.

    `language` (ISO 639-1) is taken for items that state none.
    """
    items, lost = libraries.read(Path(path))
    register = adding.present("source", iso3, data)
    known = _index(register.to_dict("records"))
    met, new, same, conflicts, repeated, notes = {}, [], [], [], [], list(lost)
    for item in items:
        item, said = _without_names(item)
        row = _row(item, language, verified)
        there = _found(item, known)
        if (twin := _found(item, met)) is not None:
            repeated.append(
                f"{item.where} ({item.title[:50]}) stands in the library already as {twin['where']}"
            )
            continue
        _note(met, row | {"where": item.where}, item.doi)
        if there is None:
            new.append((item, row))
            notes += said
        elif differs := _differences(there, row, item):
            conflicts += [(there["source_id"], *one) for one in differs]
        else:
            same.append(there["source_id"])
    fit, unfit = _fit(new, iso3, data)
    return Comparison(fit, same, conflicts, repeated, unfit, notes + _undated(new))


def write(found, iso3, data, take_theirs=False):
    """Write what is new, and theirs over ours where asked; give (rows written, cells changed)."""
    written = adding.add_rows("source", iso3, found.new, data) if found.new else []
    changed = _take(found.conflicts, iso3, data) if take_theirs and found.conflicts else 0
    return written, changed


def report(found, name, take_theirs=False):
    """Give the comparison as lines a person reads before saying yes."""
    clashes = len({one[0] for one in found.conflicts})
    yield (
        f"{name}: {len(found.new)} new, {len(found.same)} already here, {clashes} conflicting,"
        f" {len(found.repeated)} twice in the library, {len(found.unfit)} that cannot be taken"
    )
    if found.conflicts:
        yield "Conflicting; " + (
            "theirs will be taken:" if take_theirs else "ours stays (--take-theirs takes theirs):"
        )
        yield from (
            f"  {key} {column}: ours {ours!r}, theirs {theirs!r}"
            for key, column, ours, theirs in found.conflicts
        )
    for title, lines in (
        ("Twice in the library", found.repeated),
        ("Cannot be taken", found.unfit),
        ("To know", found.notes),
    ):
        yield from _some(title, lines)


def _some(title, lines, most=8):
    """Give a title and lines, and how many more there are."""
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:most])
        if len(lines) > most:
            yield f"  … and {len(lines) - most} more"


def namesakes(row, iso3, data):
    """Give the ids of sources of the register that have the row's address, or its title and year; its own id left out."""
    keys = set(_keys(row["title"], row["year"], row["url"], _doi_in(row["url"])))
    others = adding.present("source", iso3, data).to_dict("records")
    same = [
        o for o in others if keys & set(_keys(o["title"], o["year"], o["url"], _doi_in(o["url"])))
    ]
    return [o["source_id"] for o in same if o["source_id"] != row["source_id"]]


def address_key(url):
    """Give an address without what does not change the page: scheme, www, end slash, fragment, counting of visitors."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    query = "&".join(p for p in parts.query.split("&") if p and not PASSING.match(p))
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    return f"{host}{unquote(parts.path).rstrip('/')}{'?' + query if query else ''}"


def text_key(text):
    """Give a title as it is compared: letters and digits only, without case, width or accents written in two signs."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _index(rows):
    """Give the rows by address, DOI, and title with year."""
    index = {}
    for row in rows:
        _note(index, row, _doi_in(row["url"]))
    return index


def _note(index, row, doi):
    for key in _keys(row["title"], row["year"], row["url"], doi):
        index.setdefault(key, row)


def _keys(title, year, url, doi):
    if doi:
        yield ("doi", doi.lower())
    if url:
        yield ("url", address_key(url))
    if text_key(title):
        yield ("title", text_key(title), year)


def _doi_in(url):
    found = re.search(r"doi\.org/(10\.\S+)", url, re.IGNORECASE)
    return unquote(found[1]).lower() if found else ""


def _found(item, index):
    """Give the row that is the same source, or None.

    Title and year alone do not make it so where both publisher and address differ ("Annual report" of 2020).
    """
    for key in _keys(item.title, item.year, item.url, item.doi or _doi_in(item.url)):
        row = index.get(key)
        if row is None:
            continue
        elsewhere = item.url and row["url"] and address_key(item.url) != address_key(row["url"])
        if (
            key[0] != "title"
            or not elsewhere
            or text_key(item.publisher) == text_key(row["publisher"])
        ):
            return row
    return None


def _differences(ours, theirs, item):
    """Yield (column, ours, theirs) where the library says something else; what it does not say is no difference."""
    said = theirs | {"language": item.language}
    same = {"url": address_key, "title": text_key, "publisher": text_key}
    return [
        (column, ours[column], said[column])
        for column in COMPARED
        if said[column]
        and same.get(column, str)(ours[column]) != same.get(column, str)(said[column])
        and not (column == "url" and _doi_in(said[column]) and ours[column])
    ]


def _row(item, language, verified):
    return {
        "title": item.title,
        "publisher": item.publisher,
        "year": item.year,
        "language": item.language or language,
        "type": item.type,
        "url": item.url,
        "accessed": item.accessed or date.today().isoformat(),
        "verified": verified,
    }


def _without_names(item):
    """Give the item with the surnames of its own authors out of its title, and a sentence for each; the rule is decision 5."""
    title = item.title
    for surname, role in sorted(set(item.persons), key=lambda p: -len(p[0])):
        title = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", f"[{role}]", title)
    said = [f"{item.where}: a name was taken out of the title, please read it: {title[:90]}"]
    return replace(item, title=title), said if title != item.title else []


def _fit(new, iso3, data):
    """Give the rows that the register can hold, and a sentence for each item that it cannot."""
    key = contract.fields("sources", data)[0]["name"]
    ids = adding.next_ids("source", iso3, data, len(new)) if new else []
    rows = [{key: one} | row for one, (_, row) in zip(ids, new, strict=True)]
    first = max(adding.present("source", iso3, data).index, default=1) + 1
    wrong = {}
    for fault in adding.faults_of_rows("source", iso3, rows, data) if rows else []:
        wrong.setdefault(int(fault.row) - first, []).append(_said(fault))
    fit = [row for number, (_, row) in enumerate(new) if number not in wrong]
    return fit, [
        f"{new[n][0].where} ({new[n][0].title[:50] or 'no title'}): {'; '.join(s)}"
        for n, s in wrong.items()
    ]


def _said(fault):
    if fault.column == "language" and not fault.value:
        return "states no language: write it in the library, or say --language en for all that state none"
    return (
        f"{fault.column} {fault.value!r} {fault.rule}"
        if fault.value
        else f"{fault.column} {fault.rule}"
    )


def _undated(new):
    n = sum(not item.accessed for item, _ in new)
    said = contract.count(n, "item does", "items do")
    return [f"{said} not say the day it was seen on; today is written"] if n else []


def _take(conflicts, iso3, data):
    """Write theirs over ours, cell by cell; give how many cells changed."""
    changes = {}
    for key, column, _, theirs in conflicts:
        changes.setdefault(key, {}).setdefault(column, theirs)
    path = adding.path_of("source", iso3, data)
    with writing.alone(data):
        raw = contract.replaced((Path(data) / path).read_bytes(), changes, "source_id")
        writing.refuse_faults({path: raw}, data, "theirs cannot be taken")
        writing.write(data, {path: raw})
    return sum(map(len, changes.values()))
