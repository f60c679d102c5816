"""Parse and format CSV with any common separator and line ending, and detect formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from sys import intern
from types import SimpleNamespace

from cop.data.errors import DataError, InvalidTable, UserError, count
from cop.data.reads import changed_at

SEPARATORS = ",;\t"
FOLDERS = ("reference", "statistics", "research")
MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")  # git conflict markers
TWO_VERSIONS = ("is a git conflict marker", "Keep one version of the rows and delete the markers")
SAVE = "Save the file in UTF-8 (in Excel, as 'CSV UTF-8') without null characters"
NOT_UTF8 = ("is not encoded in UTF-8, or contains null characters", SAVE)
WIDTH = "Add or remove cells; put a cell that contains a separator in double quotes"
OTHERWISE = "a cell has characters that CSV cannot store, so nothing was written; replace them"
NULL = "contains a null character, so nothing was written; delete the character"
# Text after a leading plus or minus that does not make a formula (see `is_formula`)
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
csv.field_size_limit(2**31 - 1)  # by default, longer cells than 131,072 characters fail


def split(cell: str) -> list[str]:
    """Split a cell at semicolons, and omit empty items: 'E01; E02;' => ['E01', 'E02']."""
    return [part.strip() for part in str(cell).split(";") if part.strip()]


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would evaluate a cell as a formula.

    Cells that begin with `=`, `@` or a control character, possibly after spaces, are formulas. So
    are cells that begin with a plus or minus sign, except mere signs (--), numbers (-3.5), phone
    numbers (+380 44 1234567) and text after a space or number (- an item, +5 percentage points).
    Such text must not begin with a cell reference or contain characters like ( = @ ! $.
    """
    return FORMULA.match(text) is not None


def neutralise(text: str) -> str:
    """Return the text of a cell, prefixed with an apostrophe if it is a formula."""
    return f"'{text}" if is_formula(text) else text


def decoded(path: Path) -> str:
    """Read a file as UTF-8 text. Raises InvalidTable for another encoding or a null character."""
    raw = Path(path).read_bytes()
    with suppress(UnicodeDecodeError):
        if b"\x00" not in raw:  # a sign of UTF-16, which may also be valid UTF-8
            return raw.decode("utf-8-sig")
    raise InvalidTable([_error(path, *NOT_UTF8)])


def rows(
    path: Path, names: list[str], optional: list[str]
) -> tuple[list[str], dict[int, list[str]]]:
    """Return the header of a CSV file, and its rows as {row number in a spreadsheet: cells}.

    Cells are stripped text; empty rows are counted, but left out. `NA` is not a missing value,
    since it is the code of Namibia. Raises FileNotFoundError, or InvalidTable for another encoding
    or layout, a column that is not in `names`, or a missing one that is not in `optional`.
    """
    header, table = table_of(decoded(path), names)
    filled = {i: row for i, row in enumerate(table, 2) if any(row)}
    errors = [*_header_errors(path, header, names, optional), *_width_errors(path, filled, header)]
    if errors:
        raise InvalidTable(errors)
    return header, filled


def records(path: Path, *names: str) -> tuple[dict[str, str], ...]:
    """Read the rows of a small CSV file as dictionaries, which are cached and must not be modified.

    Empty rows and extra cells are left out; missing cells are empty. Raises FileNotFoundError, or
    InvalidTable if a column in `names` is missing or the file is not UTF-8.
    """
    return _records(Path(path), names, changed_at(path))


def by_key(path: Path, column: str) -> dict[str, dict[str, str]]:
    """Read a small CSV file as {value of a column: first row with this value} (see `records`)."""
    return {row[column]: row for row in reversed(records(path, column))}


@lru_cache(maxsize=256)
def _records(path, names, changed):
    header, table = table_of(decoded(path), names)
    if missing := [n for n in names if n not in header]:
        raise InvalidTable(_header_errors(path, header, [*header, *missing]))
    empty = dict.fromkeys(header, "")  # the check reports rows that are too short
    return tuple(empty | dict(zip(header, row, strict=False)) for row in table if any(row))


def table_of(text: str, names: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """Parse CSV text into a header and rows of stripped cells. For `names`, see `separator_of`."""
    table = separated(text, separator_of(text, names))
    header, *table = [[intern(cell.strip()) for cell in row] for row in table] or [[]]
    return header, table


def _header_errors(path, header, names, optional=()):
    if not header:
        yield _error(path, "is empty", f"Begin with the header: {', '.join(names)}", row=1)
        return
    for name in dict.fromkeys([*names, *header]):
        if name not in header and name not in optional:
            fix = "Add the column, or restore its name"
            yield _error(path, "is missing from the header row", fix, 1, name)
        elif name not in names:
            fix = f"Delete this column, or correct its name; the columns are {', '.join(names)}"
            yield _error(path, "is not a column of this table", fix, 1, name or "(no name)")
        elif header.count(name) > 1:
            yield _error(path, "is a duplicate column", "Delete it or correct its name", 1, name)


def _width_errors(path, filled, header):
    for i, row in filled.items():
        if len(row) == 1 and row[0].startswith(MARKS):
            yield _error(path, *TWO_VERSIONS, i)
        elif header and len(row) != len(header):
            yield _error(path, f"has {count(len(row), 'cell')} instead of {len(header)}", WIDTH, i)


def _error(path, rule, fix, row="", column=""):
    parts = Path(path).parts
    start = max((i for i, p in enumerate(parts) if p in FOLDERS), default=len(parts) - 1)
    return DataError("/".join(parts[start:]), row, column, "", rule, fix)


def separated(text: str, separator: str = ",") -> Iterator[list[str]]:
    """Iterate over the rows of CSV text, which are lists of cells; an empty row is []."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def separator_of(text: str, names: Iterable[str] = ()) -> str:
    """Return the separator of a CSV text, determined from its header.

    The separator is the one that finds most of `names` or, without `names`, most columns.
    """
    cells, names = {s: _heading(text, s) for s in SEPARATORS}, {*names}
    return max(cells, key=lambda s: len(names.intersection(cells[s]) if names else cells[s]))


def _heading(text, separator):
    return [name.strip() for name in next(separated(text, separator), [])]


def csv_text(rows: Iterable[Iterable], separator: str = ",", end: str = "\n") -> str:
    """Return rows as CSV text, with None as an empty cell.

    Raises UserError for a null character, or if reading the text would return different cells.
    """
    rows = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for number, row in enumerate(rows, 1):
        for name, cell in zip(rows[0], row, strict=False):
            if "\x00" in cell:
                raise UserError(f"row {number}, column {name}: {cell[:40]!r} {NULL}")
    lines = []
    # With CR LF as line end, every version of csv quotes cells that contain CR or LF.
    csv.writer(SimpleNamespace(write=lines.append), delimiter=separator).writerows(rows)
    text = "".join(line.removesuffix("\r\n") + end for line in lines)
    if list(separated(text, separator)) != rows:
        raise UserError(OTHERWISE)
    return text


def with_rows(
    path: str, raw: bytes, rows: list[dict], key: Iterable[str] = (), optional: Iterable[str] = ()
) -> bytes:
    """Return the bytes `raw` of the CSV file at `path` with rows added or, with `key`, updated.

    Byte order mark and separator are kept. Lines end in CR LF if the file has any, otherwise in LF.
    With `key`, rows of the file with the same values in these columns are updated (other cells are
    kept), and no row is added. Columns in `optional` that the file lacks are added if a row has a
    value for them; values for other missing columns are ignored. Raises UserError for invalid CSV.
    """
    text, end = raw.decode("utf-8-sig"), "\r\n" if b"\r\n" in raw else "\n"
    separator = separator_of(text, key or rows[0])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        _, *table = reader
    except csv.Error as error:
        wrong = f"an invalid quotation mark or line ending in or before line {reader.line_num}"
        raise UserError(f"{path} has {wrong}, so nothing was written; correct it") from error
    names = _heading(text, separator)
    new = [name for name in optional if name not in names and any(row.get(name) for row in rows)]
    changes = {tuple(map(row.get, key)): row for row in rows} if key else {}
    for cells in table:
        if len(cells) == len(names):  # the check reports other rows
            texts = dict(zip(names, map(str.strip, cells), strict=True))
            change = changes.get(tuple(map(texts.get, key)), {})
            cells[:] = [change.get(n, cell) for n, cell in zip(names, cells, strict=True)]
            cells += [change.get(name, "") for name in new]
    names += new
    table += [] if key else [[row.get(name, "") for name in names] for row in rows]
    mark = raw[: len(raw) - len(text.encode())]
    return mark + csv_text([names, *table], separator, end).encode()
