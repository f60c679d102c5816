"""Whether rows belong to their country: its folder holds its own ids, texts and counts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd

from cop.data.checks.rules import Check, Unreadable, check_of
from cop.data.csvfiles import decoded, records, split
from cop.data.faults import Broken, Fault
from cop.data.package import fields, labelled, locate, paths, resource, tables
from cop.data.tables import without_notes

FEW = 5  # ids of another country that are named one by one
PUT_BACK = "Was a table or folder copied, renamed or swapped? Put it back where it belongs"
NAMES_OTHERS = 3  # rows; fewer are taken for a comparison


def of_ids(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield ids of other countries in a table of one country; many in a column are one error."""
    for column in resource(check.name, check.data)["own"] if check.iso3 else ():
        ids = table[column].map(split).explode().dropna().rename(column)
        others = ids.map(check.foreign)
        for other in filter(None, others.unique()):
            theirs = ids[others == other]
            more = f", as are {len(theirs) - 1} more in this column" if len(theirs) > FEW else ""
            is_code = other in [*theirs]
            what = "is another country" if is_code else f"is an id of {other}"
            hint = f"here it is {check.iso3}" if is_code else f"ids here begin {check.iso3}-"
            rule = f"{what} in the folder of {check.iso3}{more}"
            yield from check.errors(theirs[:1] if more else theirs, rule, f"{PUT_BACK}; {hint}")


def of_names(data: str | Path, iso3: str) -> Iterator[Fault]:
    """Yield an error if a country's texts name another in over twice as many rows as its own.

    For the folder as a whole, else for each of its tables. Only texts about the country count: no
    words of the method, and no column that may be about any country.
    """
    try:
        rows = records(locate(data, "reference/countries.csv"), "iso3", "name_en")
    except (Broken, FileNotFoundError):
        return
    names = {row["iso3"]: row["name_en"] for row in rows if row["name_en"]}
    if iso3 not in names:
        return
    texts = dict(_texts(data, iso3))
    find = finder(names.values(), "\n".join(text for rows in texts.values() for text in rows))
    counts = {path: Counter(n for t in rows for n in {*find(t)}) for path, rows in texts.items()}
    folder = [*_strange(f"research/{iso3}", sum(counts.values(), Counter()), names[iso3])]
    yield from folder or (f for path, n in counts.items() for f in _strange(path, n, names[iso3]))


def _texts(data, iso3):
    """Yield path and texts, one a row or paragraph, of what a country's folder says about it."""
    for name in tables(data, shared=False):
        prose = [f for f in fields(name, data) if f["type"] == "string" and not labelled(f)]
        prose = [f["name"] for f in prose if not f.get("cop:anyCountry")]
        check = check_of(name, data, iso3)
        with suppress(Unreadable):
            yield check.path, [*map(" ".join, check.table(name)[prose].to_numpy())]
    for path in paths("narrative", data, iso3):
        with suppress(Broken, FileNotFoundError):
            yield path, re.split(r"\n\s*\n", without_notes(decoded(locate(data, path))))


def finder(names: Iterable[str], text: str) -> Callable[[str], list[str]]:
    """Return a function that finds the names of countries in any part of a text."""
    # The longest is found first, as Guinea is part of others.
    present = sorted((name for name in names if name in text), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, present)) or '(?!)'})\b").findall


def _strange(path, counts, name):
    for other, rows in counts.most_common(2):
        if other != name and rows >= NAMES_OTHERS and rows > 2 * counts[name]:
            rule = f"names {other} in {rows} rows and {name} in {counts[name]}"
            yield Fault(path, "", "", "", rule, f"{PUT_BACK}, or say of which country it speaks")
            return
