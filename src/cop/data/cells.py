"""CSV files as people save them: encoding, separator and shape, with the errors of each row."""

from collections.abc import Iterable
from pathlib import Path

from cop.data.faults import Broken, Fault, count
from cop.data.reads import content, kept
from cop.data.rows import separated, separator_of

NUMBERS = ("integer", "number")  # types of fields
FOLDERS = ("reference", "statistics", "research")
NOT_UTF8 = (
    "is not in the UTF-8 encoding",
    "Save it again as 'CSV UTF-8 (comma delimited)' in Excel, or choose character set UTF-8 in "
    "LibreOffice",
)
MARKS = ("<<<<<<<", "=======", ">>>>>>>")  # of git, around what two people wrote differently
TWO_VERSIONS = (
    "is a git conflict mark: two versions of the following rows are between <<<<<<< and >>>>>>>",
    "Keep one version, remove the three marks, and commit",
)
WIDTH = "A separator is missing or one too many; put text that contains one in double quotes"


def split(cell: str) -> list[str]:
    """Return the parts of a list cell: 'UKR-E01; UKR-E02' => ['UKR-E01', 'UKR-E02']."""
    return [part.strip() for part in str(cell).split(";") if part.strip()]


def rows(path: Path, names: list[str]) -> tuple[list[str], dict[int, list[str]]]:
    """Read heading and rows of a CSV file as text: {row as the spreadsheet shows it: cells}.

    Rows without text are left out; nothing else counts as missing (`NA` is Namibia). Accepts UTF-8
    with or without a byte order mark, commas, semicolons or tabs, any line ends. Raises Broken.
    """
    header, table = _table(path, names)
    filled = {i: row for i, row in enumerate(table, 2) if any(row)}
    errors = [*_header_errors(path, header, names), *_width_errors(path, filled, len(header))]
    if errors:
        raise Broken(errors)
    return header, filled


def by_key(path: Path, names: Iterable[str], column: str) -> dict[str, dict[str, str]]:
    """Read the rows of a CSV file as text, by a key column; the first of two with the same key."""
    return {row[column]: row for row in reversed(records(path, *names))}


def records(path: Path, *names: str) -> tuple[dict[str, str], ...]:
    """Read the rows of a small table as {column: text}, with at least the columns named.

    Cached until the file changes, so callers must not modify them. Raises Broken if it lacks a
    column or cannot be read, FileNotFoundError if it does not exist.
    """
    return _records(Path(path), names, Path(path).stat().st_mtime_ns)


def decoded(path: Path) -> str:
    """Return the text of a file; raises Broken if it is not in UTF-8.

    Zero bytes are a sign of UTF-16, which otherwise decodes to rubbish.
    """
    raw = content(path)
    try:
        if b"\x00" not in raw:
            return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise Broken([_error(path, *NOT_UTF8)])


@kept(256)
def _records(path, names, changed):
    header, table = _table(path, names)
    if missing := [n for n in names if n not in header]:
        raise Broken([*_header_errors(path, header, [*header, *missing])])
    empty = dict.fromkeys(header, "")  # a row that is too short is an error of the check
    return tuple(empty | dict(zip(header, row, strict=False)) for row in table if any(row))


def _table(path, names):
    text = decoded(path)
    try:
        table = list(separated(text, separator_of(text, names)))
    except Broken as error:
        fix = "Save it again as CSV UTF-8"
        raise Broken([_error(path, f"cannot be read ({error})", fix)]) from error
    table = [[*map(str.strip, row)] for row in table]
    return (table[0], table[1:]) if table else ([], [])


def _header_errors(path, header, names):
    if not header:
        start = f"Start it with the heading row: {', '.join(names)}"
        yield _error(path, "is empty", start, row=1)
        return
    for name in [n for n in names if n not in header]:
        fix = "Add the column or restore its heading"
        yield _error(path, "is missing from the heading row", fix, 1, name)
    for name in dict.fromkeys(header):
        if name not in names:
            fix = f"Remove it; the columns are {', '.join(names)}"
            yield _error(path, "is not a column of this table", fix, 1, name or "(no heading)")
        elif header.count(name) > 1:
            yield _error(path, "occurs twice in the heading row", "Remove one of them", 1, name)


def _width_errors(path, filled, width):
    for i, row in filled.items():
        if len(row) == 1 and row[0].startswith(MARKS):
            if row[0].startswith(MARKS[0]):  # the first of three
                yield _error(path, *TWO_VERSIONS, i)
        elif len(row) != width:
            yield _error(path, f"has {count(len(row), 'cell')} instead of {width}", WIDTH, i)


def _error(path, rule, fix, row="", column=""):
    """Return an error of a file, named by its path in the data folder."""
    parts = Path(path).parts
    start = next((i for i, p in enumerate(parts) if p in FOLDERS), len(parts) - 1)
    return Fault("/".join(parts[start:]), row, column, "", rule, fix)
