"""Whether rows belong to their country: its folder holds its own ids, texts and counts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd

from cop.data.cells import decoded, records, split
from cop.data.checks import tables as readable
from cop.data.checks.tables import Check, Unreadable
from cop.data.faults import Broken, Fault
from cop.data.narrative import without_notes
from cop.data.package import fields, locate, paths, resource, tables, words

WORD = re.compile(r"\w+")
FEW = 5  # ids of another country that are named one by one
PUT_BACK = "Was a table or folder copied, renamed or swapped? Put it back where it belongs"
NAMES_OTHERS = 3  # rows; fewer are taken for a comparison


def of_ids(table: pd.DataFrame, check: Check) -> Iterator[Fault]:
    """Yield ids of other countries in a table of one country; many in a column are one error."""
    for column in resource(check.name, check.data)["own"] if check.iso3 else ():
        ids = ((row, one) for row, cell in table[column].items() for one in split(cell))
        wrong = [(row, one, other) for row, one in ids if (other := check.foreign(one))]
        for other, number in Counter(other for *_, other in wrong).items():
            theirs = [(row, one) for row, one, whose in wrong if whose == other]
            more = f", as are {number - 1} more in this column" if number > FEW else ""
            for row, one in theirs[:1] if more else theirs:
                what = "is another country" if one == other else f"is an id of {other}"
                here = (
                    f"here it is {check.iso3}" if one == other else f"ids here begin {check.iso3}-"
                )
                rule = f"{what} in the folder of {check.iso3}{more}"
                yield check.error(row, column, one, rule, f"{PUT_BACK}; {here}")


def of_names(data: str | Path, iso3: str) -> Iterator[Fault]:
    """Yield an error if a country's texts name another in over twice as many rows as its own.

    For the folder as a whole, else for each of its tables. Only texts about the country count: no
    words of the method, and no column that may be about any country.
    """
    try:
        rows = records(locate(data, "reference/countries.csv"), "iso3", "name_en")
    except (Broken, FileNotFoundError):
        return
    names = {row["name_en"]: row["iso3"] for row in rows if row["name_en"]}
    if iso3 not in names.values():
        return
    texts = dict(_texts(data, iso3))
    find = finder(names, "\n".join(text for rows in texts.values() for text in rows))
    counts = {
        path: Counter(code for text in rows for code in {names[name] for name in find(text)})
        for path, rows in texts.items()
    }
    folder = [*_strange(f"research/{iso3}", sum(counts.values(), Counter()), iso3, names)]
    yield from folder or (f for path, n in counts.items() for f in _strange(path, n, iso3, names))


def _texts(data, iso3):
    """Yield path and texts, one a row or paragraph, of what a country's folder says about it."""
    for name in tables(data, shared=False):
        prose = [f for f in fields(name, data) if f["type"] == "string" and not words(f)]
        prose = [f["name"] for f in prose if not f.get("cop:anyCountry")]
        path = paths(name, data, iso3)[0]
        with suppress(Unreadable):
            yield path, [*map(" ".join, readable.table(name, path, data)[prose].to_numpy())]
    for path in paths("narrative", data, iso3):
        with suppress(Broken, FileNotFoundError):
            yield path, re.split(r"\n\s*\n", without_notes(decoded(locate(data, path))))


def finder(names: Iterable[str], text: str) -> Callable[[str], list[str]]:
    """Return a function that finds the names of countries in any part of a text."""
    first = {name: word[0] for name in names if (word := WORD.search(name))}
    letters = re.escape("".join({word[0] for word in first.values()}))
    words = {*re.findall(rf"[_{letters}]\w*", text)}  # few names occur, so few are searched for
    # The longest is found first, as Guinea is part of others; letters first, as in damage.py.
    there = sorted((name for name, word in first.items() if word in words), key=len, reverse=True)
    forms = (rf"{name}(?<=\b{name})" for name in map(re.escape, there))
    return re.compile(rf"(?:{'|'.join(forms) or '(?!)'})\b").findall


def _strange(path, counts, iso3, names):
    own, name_of = counts[iso3], {code: name for name, code in names.items()}
    for other, rows in counts.most_common(2):
        if other != iso3 and rows >= NAMES_OTHERS and rows > 2 * own:
            rule = f"names {name_of[other]} in {rows} rows and {name_of[iso3]} in {own}"
            yield Fault(path, "", "", "", rule, f"{PUT_BACK}, or say of which country it speaks")
            return
