"""The cells of a file as people save it, without pandas: encoding, separator, shape, and the fault of each row."""

import csv
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEPARATORS = ",;\t"
csv.field_size_limit(2**31 - 1)  # a cell may be as long as a person makes it


class Refused(Exception):
    """Raised when a call, or what it brings, is wrong and nothing was done; the text is for the person who called."""


class Broken(Refused):
    """Raised when a file breaks the contract; its text lists every fault at once, and `faults` holds them."""

    def __init__(self, faults):
        """Take the faults, or a sentence where there is no row to name."""
        self.faults = [] if isinstance(faults, str) else list(faults)
        super().__init__(faults if isinstance(faults, str) else "\n".join(map(str, faults)))


@dataclass(frozen=True)
class Fault:
    """One fault, as the person at the spreadsheet needs to hear it."""

    file: str
    row: int | str  # as a spreadsheet shows it: the heading is row 1; "" when it is the whole file
    column: str
    value: str
    rule: str
    mend: str

    def __str__(self):
        """Give one line: file, row, column, value, rule, mend."""
        place = ", ".join([self.file, *([f"row {self.row}"] if self.row else [])])
        place += f", column {self.column}" if self.column else ""
        shown = f" {self.value!r}" if self.value else ""
        return f"{place}:{shown} {self.rule}. {self.mend}"


def count(n, one, many=None):
    """Give a number with its noun: (1, 'source') => '1 source', (3, 'source') => '3 sources'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def split(cell):
    """Give the parts of a list cell: 'UKR-E01; UKR-E02' => ['UKR-E01', 'UKR-E02']."""
    return [part.strip() for part in str(cell).split(";") if part.strip()]


def rows(path, names):
    """Give heading and rows of a CSV file as text: {row as the spreadsheet shows it: cells}, empty rows left out.

    Accepts UTF-8 with or without a byte order mark, commas, semicolons or tabs, any line ends. Nothing counts as
    missing at this point (`NA` is Namibia). Raises Broken with the faults of shape.
    """
    table = [list(map(str.strip, row)) for row in _separated(path, names)]
    header = table[0] if table else []
    filled = {i: row for i, row in enumerate(table[1:], 2) if any(row)}
    faults = [*_header_faults(path, header, names), *_width_faults(path, filled, len(header))]
    if faults:
        raise Broken(faults)
    return header, filled


def records(path, *names):
    """Give the rows of a small table as {column: text}, with the columns named, at least; kept until the file changes.

    Nobody may change what is given. A file without one of the columns, or that cannot be read, raises Broken.
    """
    return _records(Path(path), names, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _records(path, names, changed):
    table = [list(map(str.strip, row)) for row in _separated(path, names)]
    header = table[0] if table else []
    if missing := [n for n in names if n not in header]:
        raise Broken([*_header_faults(path, header, [*header, *missing])])
    return tuple(dict(zip(header, row, strict=False)) for row in table[1:] if any(row))


def _separated(path, names):
    """Give the rows of a file by the separator under which its heading shows most of the names expected."""
    text = decoded(path)
    first = (text.splitlines() or [""])[0]
    try:
        headings = {
            s: {h.strip() for h in next(csv.reader([first], delimiter=s), [])} for s in SEPARATORS
        }
        separator = max(SEPARATORS, key=lambda s: len(headings[s] & set(names)))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Broken(
            [
                Fault(
                    _name(path),
                    "",
                    "",
                    "",
                    f"cannot be read ({error})",
                    "Save it again as CSV UTF-8",
                )
            ]
        ) from error


def _header_faults(path, header, names):
    if not header:
        yield Fault(
            _name(path), 1, "", "", "is empty", f"Start it with the heading row: {', '.join(names)}"
        )
        return
    for name in [n for n in names if n not in header]:
        yield Fault(
            _name(path),
            1,
            name,
            "",
            "is missing from the heading row",
            "Add the column or restore its heading",
        )
    for name in dict.fromkeys(header):
        mend = f"Remove it; the columns are {', '.join(names)}"
        if name not in names:
            yield Fault(
                _name(path), 1, name or "(no heading)", "", "is not a column of this table", mend
            )
        elif header.count(name) > 1:
            yield Fault(
                _name(path), 1, name, "", "stands twice in the heading row", "Remove one of them"
            )


def _width_faults(path, filled, width):
    mend = "A separator is missing or one too many; put text that holds one in double quotes"
    for i, row in filled.items():
        if len(row) != width:
            yield Fault(
                _name(path), i, "", "", f"has {count(len(row), 'cell')} instead of {width}", mend
            )


def decoded(path):
    """Give the text of a file; zero bytes are a sign of UTF-16, which reads as rubbish without complaint."""
    raw = Path(path).read_bytes()
    mend = "Save it again as 'CSV UTF-8 (comma delimited)' in Excel, or choose character set UTF-8 in LibreOffice"
    fault = Fault(_name(path), "", "", "", "is not in the UTF-8 encoding", mend)
    if b"\x00" in raw:
        raise Broken([fault])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken([fault]) from error


def _name(path):
    parts = Path(path).parts
    anchor = next(
        (i for i, p in enumerate(parts) if p in ("reference", "statistics", "research")),
        len(parts) - 1,
    )
    return "/".join(parts[anchor:])
