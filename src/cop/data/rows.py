"""Rows of text and the text of a CSV file: read, written, added to, changed in place.

Nothing is returned that would not read back as meant: some versions of `csv` leave a bare carriage
return unquoted (Python 3.11 and 3.12), which cuts a row in two.
What counts as a formula is defined here once, for all that is written or checked.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from cop.data.faults import Broken, Refused

SEPARATORS = ",;\t"
OTHERWISE = (
    "what would be written does not read back as it was meant (an unexpected quotation mark or "
    "line end); nothing was written"
)
# What may follow a plus or minus sign: more signs, a number, a telephone number, or words. Words
# come after a space or a number, begin with no reference to a cell, and hold no character by which
# a formula calls a function, a program or another sheet.
_NUMBER = r"\d+([.,]\d+)*(e[+-]?\d+)? ?%?"
_PHONE = r"(?=.*\d)[\d ()/.-]{5,25}"
_WORDS = (
    rf"( ?{_NUMBER})? (?![A-Z]{{1,3}}[0-9])[«“„]?[^\W\d_]"
    r"[^()\[\]{}|!$=@\\\"\x00-\x09\x0b-\x1f]*"
)
FORMULA = re.compile(
    r"^[ \xa0]*(?:[=＝@＠\x00-\x1f]"
    rf"|[+＋\-－−](?!(?:[+\-]*| ?{_NUMBER}|(?<=\+){_PHONE}|{_WORDS})\Z))",
    re.IGNORECASE | re.MULTILINE,
)
csv.field_size_limit(2**31 - 1)  # a cell may be as long as a person makes it


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would take a cell for a formula.

    A cell is a formula if it begins with `=`, `@`, a tab or another control character, or with a
    plus or minus sign that starts neither a number (-3.5), a telephone number (+380 44 1234567)
    nor words (- one of a list, +5 percentage points). Signs directly before a letter count as
    formulas (-children), since a spreadsheet shows an error in their place, and so do words with
    brackets, quotation marks or other characters that a formula needs.
    """
    return FORMULA.match(text) is not None


def neutralise(text: str) -> str:
    """Return a cell's text with an apostrophe in front where it is a formula."""
    return f"'{text}" if is_formula(text) else text


def separated(text: str, separator: str = ",") -> Iterator[list[str]]:
    """Yield the rows of a CSV text, empty ones too; raises Broken if csv cannot read it."""
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise Broken(str(error)) from error


def heading(text: str, separator: str) -> list[str]:
    """Return the column names in the first row of a CSV text; none if it is empty."""
    return [name.strip() for name in next(separated(text, separator), [])]


def separator_of(text: str, names: Iterable[str] = ()) -> str:
    """Return the separator under which the first row has most of `names`, or most cells."""
    names = set(names)
    if names and names.issubset(heading(text, SEPARATORS[0])):
        return SEPARATORS[0]  # no other can show more of them
    cells = {s: heading(text, s) for s in SEPARATORS}
    return max(cells, key=lambda s: len(names.intersection(cells[s]) if names else cells[s]))


def csv_text(rows: Iterable[Iterable], separator: str = ",", end: str = "\n") -> str:
    """Return rows as CSV text, None as an empty cell; raises Refused if it reads differently."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in rows]
    lines = []
    # With CR LF as its line end, each version of csv quotes either of them within a cell.
    csv.writer(SimpleNamespace(write=lines.append), delimiter=separator).writerows(rows)
    text = "".join(line.removesuffix("\r\n") + end for line in lines)
    return _reading_back(text, separator, rows)


def with_rows(raw: bytes, rows: list[dict]) -> bytes:
    """Return a CSV file's bytes with rows after them, in its order of columns and its format.

    What was there keeps its every byte. Raises Refused if they would read differently.
    """
    if not rows:
        return raw
    text = raw.decode("utf-8-sig")
    separator, end = separator_of(text, rows[0]), "\r\n" if "\r\n" in text else "\n"
    names = heading(text, separator)
    new = [[row.get(name, "") for name in names] for row in rows]
    added = ("" if text.endswith(("\n", "\r")) else end) + csv_text(new, separator, end)
    _reading_back(text + added, separator, [*separated(text, separator), *new])
    return raw + added.encode()


def replaced(raw: bytes, changes: dict, key: str | tuple[str, ...]) -> bytes:
    """Return a CSV file's bytes with some cells changed; all other rows keep their bytes.

    `changes` is {key value: {column: text}}, or {(value, value): …} for a key of several columns.
    Raises Refused if it would read differently.
    """
    text = raw.decode("utf-8-sig")
    mark = raw[: len(raw) - len(text.encode())]
    columns = [key] if isinstance(key, str) else key
    separator = separator_of(text, columns)
    names = heading(text, separator)
    expected, out = [], []
    for cells, record in as_written(text, separator):
        complete = len(cells) == len(names)
        values = tuple(cells[names.index(name)].strip() for name in columns) if complete else ()
        change = changes.get(values[0] if complete and isinstance(key, str) else values)
        if change:
            cells = [change.get(name, cell) for name, cell in zip(names, cells, strict=True)]
            record = csv_text([cells], separator, record[len(record.rstrip("\r\n")) :])
        expected.append(cells)
        out.append(record)
    return mark + _reading_back("".join(out), separator, expected).encode()


def as_written(text: str, separator: str) -> Iterator[tuple[list[str], str]]:
    """Yield each row with its lines; a quoted cell may contain line ends."""
    lines, start = list(io.StringIO(text, newline="")), 0
    reader = csv.reader(lines, delimiter=separator)
    for cells in reader:
        yield cells, "".join(lines[start : reader.line_num])
        start = reader.line_num


def _reading_back(text, separator, rows):
    """Return the text if it reads as these rows, else raise Refused."""
    if "\x00" in text or list(separated(text, separator)) != rows:
        raise Refused(OTHERWISE)
    return text
