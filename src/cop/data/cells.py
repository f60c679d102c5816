"""The cells of a file as people save it: encoding, shape, and the fault of each row; no pandas."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import nan
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
    "is git's mark: two versions of what follows stand between <<<<<<< and >>>>>>>",
    "Keep one, remove the three marks, and commit",
)
WIDTH = "A separator is missing or one too many; put text that holds one in double quotes"


class Cells(dict[str, Sequence[str]]):
    """A table as text, {column: cells}, with its rows as a spreadsheet shows them in `index`.

    What looks into one can look into a frame of text as well.
    """

    def __init__(self, columns: Mapping[str, Sequence[str]], index: Sequence[int] = ()):
        """Take the columns, and the numbers of the rows."""
        super().__init__(columns)
        self.index = index


def lines(table: Cells, *names: str) -> Iterator[tuple]:
    """Give the rows of a table: (row as the spreadsheet shows it, cell of each column named)."""
    return zip(table.index, *(table[name] for name in names), strict=True)


def cells(path: str | Path, names: Iterable[str]) -> Cells:
    """Give the cells of a CSV file, kept for the next caller, so nobody may change them.

    Raises Broken with the faults of shape, FileNotFoundError where there is no file.
    """
    return _cells(Path(path), tuple(names), Path(path).stat().st_mtime_ns)


def split(cell: str) -> list[str]:
    """Give the parts of a table's list cell: 'UKR-E01; UKR-E02' => ['UKR-E01', 'UKR-E02']."""
    return [part.strip() for part in str(cell).split(";") if part.strip()]


def numbers(cells: Sequence[str], kind: str) -> Sequence | tuple[Sequence, Sequence]:
    """Give cells of a type of fields as numbers: NaN where there is none, or, of whole ones, 0 with
    what says where; text as it is.
    """
    if kind == "integer":
        return array("q", [int(cell or 0) for cell in cells]), array("b", [not c for c in cells])
    return array("d", [float(c) if c else nan for c in cells]) if kind == "number" else cells


def rows(path: Path, names: list[str]) -> tuple[list[str], dict[int, list[str]]]:
    """Give heading and rows of a CSV file as text: {row as the spreadsheet shows it: cells}.

    Rows without text are left out. Accepts UTF-8 with or without a byte order mark, commas,
    semicolons or tabs, any line ends. Nothing counts as missing at this point (`NA` is Namibia).
    Raises Broken with the faults of shape.
    """
    header, table = _table(path, names)
    filled = {i: row for i, row in enumerate(table, 2) if any(row)}
    faults = [*_header_faults(path, header, names), *_width_faults(path, filled, len(header))]
    if faults:
        raise Broken(faults)
    return header, filled


def by_key(path: Path, names: Iterable[str], column: str) -> dict[str, dict[str, str]]:
    """Give the rows of a CSV file as text by their key, a column; of two with one key the first.

    It is faster than a frame for one of them. Raises Broken as `rows` does.
    """
    header, filled = rows(path, list(names))
    at = header.index(column)
    return {row[at]: dict(zip(header, row, strict=True)) for row in reversed(filled.values())}


def records(path: Path, *names: str) -> tuple[dict[str, str], ...]:
    """Give the rows of a small table as {column: text}, with the columns named, at least.

    They are kept until the file changes, so nobody may change them. Raises Broken for a file
    without one of the columns, or that cannot be read, FileNotFoundError where there is none.
    """
    return _records(Path(path), names, Path(path).stat().st_mtime_ns)


def decoded(path: Path) -> str:
    """Give the text of a file as the contract wants it; raises Broken where it is not in UTF-8.

    Zero bytes are a sign of UTF-16, which reads as rubbish without complaint.
    """
    raw = content(path)
    if b"\x00" in raw:
        raise Broken([_fault(path, *NOT_UTF8)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken([_fault(path, *NOT_UTF8)]) from error


@kept(512)
def _cells(path, names, changed):
    header, filled = rows(path, names)
    columns = dict(zip(header, zip(*filled.values(), strict=True), strict=True)) if filled else {}
    return Cells({name: columns.get(name, ()) for name in names}, [*filled])


@kept(256)
def _records(path, names, changed):
    header, table = _table(path, names)
    if missing := [n for n in names if n not in header]:
        raise Broken([*_header_faults(path, header, [*header, *missing])])
    empty = dict.fromkeys(header, "")  # of a row that was cut short the check tells
    return tuple(empty | dict(zip(header, row, strict=False)) for row in table if any(row))


def _table(path, names):
    """Give heading and all other rows, by the separator that shows most of the names expected."""
    text = decoded(path)
    try:
        table = list(separated(text, separator_of(text, names)))
    except Broken as error:
        mend = "Save it again as CSV UTF-8"
        raise Broken([_fault(path, f"cannot be read ({error})", mend)]) from error
    table = [[*map(str.strip, row)] for row in table]
    return (table[0], table[1:]) if table else ([], [])


def _header_faults(path, header, names):
    if not header:
        start = f"Start it with the heading row: {', '.join(names)}"
        yield _fault(path, "is empty", start, row=1)
        return
    for name in [n for n in names if n not in header]:
        mend = "Add the column or restore its heading"
        yield _fault(path, "is missing from the heading row", mend, 1, name)
    for name in dict.fromkeys(header):
        if name not in names:
            mend = f"Remove it; the columns are {', '.join(names)}"
            yield _fault(path, "is not a column of this table", mend, 1, name or "(no heading)")
        elif header.count(name) > 1:
            yield _fault(path, "stands twice in the heading row", "Remove one of them", 1, name)


def _width_faults(path, filled, width):
    for i, row in [(i, row) for i, row in filled.items() if len(row) != width or width == 1]:
        if len(row) == 1 and row[0].startswith(MARKS[0]):
            yield _fault(path, *TWO_VERSIONS, i)
        elif len(row) != width and not (len(row) == 1 and row[0].startswith(MARKS)):
            has = f"has {count(len(row), 'cell')} instead of {width}"
            yield _fault(path, has, WIDTH, i)


def _fault(path, rule, mend, row="", column=""):
    """Give a fault of a file, named from the folder of data/ that it stands in."""
    parts = Path(path).parts
    start = next((i for i, p in enumerate(parts) if p in FOLDERS), len(parts) - 1)
    return Fault("/".join(parts[start:]), row, column, "", rule, mend)
