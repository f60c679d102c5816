"""A library of references beside a country's register of sources.

What is new, what is the same, what disagrees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cop.data
from cop.data import writing
from cop.research import adding, libraries, matching
from cop.research.items import Item
from cop.research.matching import address_key, text_key

# How ours and theirs are compared, by column.
KIND_OF = {  # what a type of the library is as evidence, until somebody says more
    "law": "law",
    "dataset": "statistics",
    "report": "report of a body",
    "website": "other web page",
    "news": "news",
}
COMPARED = {
    "title": text_key,
    "publisher": text_key,
    "year": str,
    "language": str,
    "url": address_key,
}


@dataclass(frozen=True)
class Comparison:
    """What a library brings to a register; nothing is written yet."""

    new: list[dict]  # rows of the register
    same: list[str]  # ids already there
    conflicts: list[tuple[str, str, str, str]]  # (id, column, ours, theirs)
    repeated: list[str]  # sentences on items that stand twice in the library
    unfit: list[str]  # sentences on items that lack what the register needs
    notes: list[str]  # sentences on what was changed or passed over while reading


def compare(
    path: Path, iso3: str, data: Path, language: str = "", verified: str = "no"
) -> Comparison:
    """Read a library and lay it beside the register; raises Refused when either cannot be read.

    `language` (ISO 639-1) is taken for items that state none.
    """
    items, notes = libraries.read(Path(path))
    known = matching.index(adding.present("source", iso3, data).to_dict("records"))
    met, new, same, conflicts, repeated = {}, [], [], [], []
    for item in map(_without_names, items):
        row = _row(item, language, verified)
        if twin := matching.same(row, item.doi, met):
            first = f"({item.title[:50]}) stands in the library already as {twin['where']}"
            repeated.append(f"{item.where} {first}")
            continue
        matching.note(met, row | {"where": item.where}, item.doi)
        there = matching.same(row, item.doi, known)
        if there is None:
            new.append((item, row))
        elif differing := _differences(there, row | {"language": item.language}):
            conflicts += differing
        else:
            same.append(there["source_id"])
    fit, unfit = _fit(new, iso3, data)
    return Comparison(fit, same, conflicts, repeated, unfit, [*notes, *_notes(new)])


def write(
    comparison: Comparison, iso3: str, data: Path, take_theirs: bool = False
) -> tuple[list[dict], int]:
    """Write a library's new sources, and theirs over ours if asked; give (rows, cells changed)."""
    new, conflicts = comparison.new, comparison.conflicts if take_theirs else []
    written = adding.add_rows("source", iso3, new, data) if new else []
    return written, _take(conflicts, iso3, data) if conflicts else 0


def report(comparison: Comparison, name: str, take_theirs: bool = False) -> Iterator[str]:
    """Yield a library laid beside the register, as lines that a person reads before saying yes."""
    clashing = len({key for key, *_ in comparison.conflicts})
    yield (
        f"{name}: {len(comparison.new)} new, {len(comparison.same)} already here,"
        f" {clashing} conflicting, {len(comparison.repeated)} twice in the library,"
        f" {len(comparison.unfit)} that cannot be taken"
    )
    if comparison.conflicts:
        ours = "ours stays (--take-theirs takes theirs):"
        yield f"Conflicting; {'theirs will be taken:' if take_theirs else ours}"
    for key, column, ours, theirs in comparison.conflicts:
        yield f"  {key} {column}: ours {ours!r}, theirs {theirs!r}"
    yield from _some("Twice in the library", comparison.repeated)
    yield from _some("Cannot be taken", comparison.unfit)
    yield from _some("To know", comparison.notes)


def _some(title, lines, most=8):
    """Yield a title and lines, and how many more there are."""
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:most])
        if len(lines) > most:
            yield f"  … and {len(lines) - most} more"


def namesakes(row: dict, iso3: str, data: Path) -> list[str]:
    """Give the ids of other sources that have the row's address, or its title and year."""
    keys = set(matching.keys(row))
    others = adding.present("source", iso3, data).to_dict("records")
    same = [other["source_id"] for other in others if keys & set(matching.keys(other))]
    return [source_id for source_id in same if source_id != row["source_id"]]


def _differences(ours, theirs):
    """Give (id, column, ours, theirs) where the library says something else.

    What it does not say is no difference.
    """
    return [
        (ours["source_id"], column, ours[column], theirs[column])
        for column, key in COMPARED.items()
        if theirs[column]
        and key(ours[column]) != key(theirs[column])
        and not (column == "url" and matching.doi_in(theirs[column]) and ours[column])
    ]


def _row(item: Item, language, verified):
    """Give an item as a row of the register, without an id."""
    return {
        "title": item.title,
        "publisher": item.publisher,
        "year": item.year,
        "language": item.language or language,
        "type": item.type,
        "kind": KIND_OF[item.type],
        "hand": "second",  # until whoever reads it knows better
        "url": item.url,
        "accessed": item.accessed or date.today().isoformat(),
        "verified": verified,
    }


def _without_names(item):
    """Give the item with its own authors' surnames out of its title; the rule is decision 5."""
    title = item.title
    for surname, role in sorted(set(item.persons), key=lambda p: -len(p[0])):
        title = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", f"[{role}]", title)
    return replace(item, title=title, renamed=title != item.title)


def _fit(new, iso3, data):
    """Give the rows that the register can hold, and a sentence for each item that it cannot."""
    key = cop.data.fields("sources", data)[0]["name"]
    ids = adding.next_ids("source", iso3, data, len(new)) if new else []
    rows = [{key: one} | row for one, (_, row) in zip(ids, new, strict=True)]
    first = max(adding.present("source", iso3, data).index, default=1) + 1
    wrong = {}
    for fault in adding.faults_of_rows("source", iso3, rows, data) if rows else []:
        wrong.setdefault(int(fault.row) - first, []).append(_wrong(fault))
    fit = [row for number, (_, row) in enumerate(new) if number not in wrong]
    items = [new[number][0] for number in wrong]
    return fit, [
        f"{item.where} ({item.title[:50] or 'no title'}): {'; '.join(sentences)}"
        for item, sentences in zip(items, wrong.values(), strict=True)
    ]


def _wrong(fault):
    """Say what an item lacks, or has that the register cannot hold."""
    if fault.column == "language" and not fault.value:
        mend = "write it in the library, or say --language en for all that state none"
        return f"states no language: {mend}"
    value = f" {fault.value!r}" if fault.value else ""
    return f"{fault.column}{value} {fault.rule}"


def _notes(new):
    """Yield what was changed in the items that are new, or filled in."""
    for item, _ in new:
        if item.renamed:
            taken = "a name was taken out of the title, please read it"
            yield f"{item.where}: {taken}: {item.title[:90]}"
    if undated := sum(not item.accessed for item, _ in new):
        items = cop.data.count(undated, "item does", "items do")
        yield f"{items} not say the day it was seen on; today is written"


def _take(conflicts, iso3, data):
    """Write theirs over ours, cell by cell; give how many cells changed."""
    changes = {}
    for key, column, _, theirs in conflicts:
        changes.setdefault(key, {}).setdefault(column, theirs)
    path = adding.path_of("source", iso3, data)
    with writing.alone(data):
        raw = cop.data.replaced((Path(data) / path).read_bytes(), changes, "source_id")
        writing.refuse_writing({path: raw}, data, "theirs cannot be taken")
        writing.write(data, {path: raw})
    return sum(map(len, changes.values()))
