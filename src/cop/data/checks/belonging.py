"""Whose rows they are: a country's folder holds its own ids, texts and counts, not another's."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cop.data.cells import Cells, cells, decoded, lines, records, split
from cop.data.faults import Broken, Fault
from cop.data.narrative import without_notes
from cop.data.package import columns, fields, locate, own_ids, paths, tables, words

ID = re.compile(r"([A-Z]{3})(?:-[A-Z]+[0-9]+)?")  # or the country itself, where a row has none
WORD = re.compile(r"\w+")
FEW = 5  # ids of another country that are named one by one
PUT_BACK = "Was a table or folder copied, renamed or swapped? Put it back where it belongs"
NAMES_OTHERS = 3  # rows; fewer are taken for a comparison


def country_of(path: str) -> str:
    """Give the check the country that a file must belong to, by its path; "" for a shared table."""
    return path.split("/")[1] if path.startswith("research/") else ""


def foreign(one: str, iso3: str) -> str:
    """Give, for the check, the other country that an id names, "" where it is this country's or
    names none.
    """
    code = ID.fullmatch(one)
    return code[1] if code and iso3 and code[1] != iso3 else ""


def of_ids(table: Cells, name: str, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield ids of other countries in a table of one country; many in a column are one fault."""
    if not (iso3 := country_of(path)):
        return
    for column in own_ids(name, data):
        ids = ((row, one) for row, cell in lines(table, column) for one in split(cell))
        wrong = [(row, one, other) for row, one in ids if (other := foreign(one, iso3))]
        for other, number in Counter(other for *_, other in wrong).items():
            theirs = [(row, one) for row, one, whose in wrong if whose == other]
            more = f", as are {number - 1} more in this column" if number > FEW else ""
            for row, one in theirs[:1] if more else theirs:
                what = "is another country" if one == other else f"is an id of {other}"
                rule = f"{what} in the folder of {iso3}{more}"
                here = f"here it is {iso3}" if one == other else f"ids here begin {iso3}-"
                yield Fault(path, row, column, one, rule, f"{PUT_BACK}; {here}")


def of_names(data: str | Path, iso3: str) -> Iterator[Fault]:
    """Yield a fault where a country's text names another in over twice as many rows as its own.

    That is the folder as a whole, else each of its tables. Looked at is text that is about the
    country: no words of the contract, and no column that may speak of any country.
    """
    names = _names(data)
    if iso3 not in names.values():
        return
    texts = dict(_texts(data, iso3))
    find = finder(names, "\n".join(text for told in texts.values() for text in told))
    counts = {path: Counter(_named(told, find, names)) for path, told in texts.items()}
    whole = list(_strange(f"research/{iso3}", sum(counts.values(), Counter()), iso3, names))
    yield from whole or (f for path, n in counts.items() for f in _strange(path, n, iso3, names))


def _texts(data, iso3):
    """Yield path and texts, one a row or paragraph, of what a country's folder says about it."""
    for name in tables(data, shared=False):
        texts = [f for f in fields(name, data) if f["type"] == "string" and not words(f)]
        told = [f["name"] for f in texts if not f.get("cop:anyCountry")]
        for path in paths(name, data, iso3):
            try:
                there = cells(locate(data, path), columns(name, data))
            except (Broken, FileNotFoundError):
                continue
            yield path, [" ".join(row) for _, *row in lines(there, *told)]
    for path in paths("narrative", data, iso3):
        if (file := locate(data, path)).exists():
            try:
                yield path, re.split(r"\n\s*\n", without_notes(decoded(file)))
            except Broken:
                continue


def _names(data):
    """Give {English name: code} of all countries; none where the table cannot be read."""
    try:
        rows = records(locate(data, "reference/countries.csv"), "iso3", "name_en")
    except (Broken, FileNotFoundError):
        return {}
    return {row["name_en"]: row["iso3"] for row in rows if row["name_en"]}


def finder(names: Iterable[str], whole: str) -> Callable[[str], list[str]]:
    """Give the check what finds names of countries in a part of a text, all that stand there; few
    of them stand in the whole.
    """
    first = {name: word[0] for name in names if (word := WORD.search(name))}
    letters = re.escape("".join({word[0] for word in first.values()}))
    words = {*re.findall(rf"[_{letters}]\w*", whole)}
    # The longest is found first, as Guinea is part of others; letters stand first, as in damage.
    there = sorted((name for name, word in first.items() if word in words), key=len, reverse=True)
    forms = (rf"{name}(?<=\b{name})" for name in map(re.escape, there))
    return re.compile(rf"(?:{'|'.join(forms) or '(?!)'})\b").findall


def _named(texts, find, names):
    """Give the codes of the countries that are named in each text, once for each."""
    return (code for text in texts for code in {names[name] for name in find(text)})


def _strange(path, counts, iso3, names):
    """Yield a fault where another country is named far more often than the country itself."""
    own, called = counts[iso3], {code: name for name, code in names.items()}
    for other, rows in counts.most_common(2):
        if other != iso3 and rows >= NAMES_OTHERS and rows > 2 * own:
            rule = f"names {called[other]} in {rows} rows and {called[iso3]} in {own}"
            yield Fault(path, "", "", "", rule, f"{PUT_BACK}, or say of which country it speaks")
            return
