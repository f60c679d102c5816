"""Sheets to fill in: a CSV file with a row for each thing that a table has no row of yet.

What has its place in a table by name (an item and a coder, a row of Table 25, an expected result)
is listed, with what it asks beside it. Any other table gives its heading alone.
"""

from pathlib import Path

import cop.data
from cop.research import adding
from cop.research.answers import named

READ_ONLY = "#"  # begins the heading of a column that is there to be read, and is not taken in
Row = dict[str, str]


def sheet(kind: str, iso3: str, data: Path, said: Row) -> tuple[bytes, int]:
    """Give a sheet of research to fill in with answers, as CSV for a spreadsheet, and its rows.

    `said` are cells of every row. Raises Refused for a kind that there is not, or a country that is
    not begun.
    """
    keys, columns = adding.keys(kind, data), cop.data.columns(adding.KINDS[kind], data)
    first = _first(kind, iso3, data) | said
    listed = _named_by(kind, iso3, data)
    there = adding.present(kind, iso3, data)
    have = set(map(tuple, there[keys].values))
    rows = [{**first, keys[0]: word} for word in listed]
    rows = [row for row in rows if tuple(row.get(key, "") for key in keys) not in have]
    lines = [[*(row.get(c, "") for c in columns), listed[row[keys[0]]]] for row in rows]
    heading = [*columns, f"{READ_ONLY} what it is"]
    return cop.data.csv_text([heading, *lines]).encode("utf-8-sig"), len(rows)


def answered(kind: str, rows: dict[int, Row], data: Path) -> dict[int, Row]:
    """Give the rows of research in which an answer was filled in, without what was only to be read.

    They stay under their rows of the sheet. A table whose rows have ids, or nothing but a key, has
    no such rows left out.
    """
    given = set() if kind in adding.LETTERS else {*adding.keys(kind, data), "iso3"}
    clean = {n: {c: t for c, t in row.items() if c[:1] != READ_ONLY} for n, row in rows.items()}
    return {number: row for number, row in clean.items() if set(row) - given}


def _named_by(kind: str, iso3: str, data: Path) -> Row:
    """Give {word: what it is} of all that may have a row by its name; none where rows have ids."""
    if kind in adding.LETTERS:
        return {}
    key = adding.keys(kind, data)[0]
    question = next(one for one in adding.fields(kind, data) if one.name == key)
    if question.options:
        return dict(zip(question.options, question.labels, strict=True))
    return named.judged(iso3, data) if kind == "alignment" else {}


def _first(kind, iso3, data):
    """Give what a row of the table begins with, of the columns that name it."""
    blank, keys = adding.blank(kind, iso3, data), adding.keys(kind, data)
    return {name: text for name, text in blank.items() if name in (*keys, "iso3") and text}
