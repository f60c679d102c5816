"""Read untrusted workbooks, CSV files and zips of CSV files as text.

The size is checked first. Formulas are read as text and not run; macros and links are ignored.
"""

import hashlib
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import openpyxl

import cop.data
from cop.data import UserError

MB = 1024 * 1024
MOST_BYTES, MOST_EXPANDED, MOST_RATIO = 40 * MB, 200 * MB, 200
MOST_ENTRIES, MOST_ROWS, MOST_COLUMNS = 5000, 100_000, 2000
MOST_CELLS, MOST_TAGS = 8_000_000, 20_000_000  # cells of a sheet, XML tags of a workbook
SMALL = MB  # smaller parts may have any ratio, since empty tables compress well
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
NOT_TABLES = {  # first bytes of a file: why it is not opened
    OLE: "is in the old Excel format (.xls). Save it again as .xlsx",
    b"%PDF": "is a PDF. Import the spreadsheet or the export itself",
    b"<": "is a web page or XML. Save it again as .xlsx or as CSV",
}
UTF8_FIX = "save it again in Excel as 'CSV UTF-8', or in LibreOffice with character set UTF-8"


class InvalidFile(Exception):
    """Raised if a file cannot or must not be read; callers put its name before the message."""


@dataclass
class Sheet:
    """A sheet with its non-empty rows as (row number in the spreadsheet, cells)."""

    name: str
    rows: list[tuple[int, list[str]]]

    @property
    def headings(self) -> list[str]:
        """The cells of the first row, normalised by `plain`."""
        return [plain(cell) for cell in self.rows[0][1]]

    def column(self, heading: str) -> list[str]:
        """Return the cells below a normalised heading; all are "" if the sheet lacks the column."""
        at = self.headings.index(heading) if heading in self.headings else None
        return ["" if at is None else cells[at] for _, cells in self.rows[1:]]


@dataclass
class Book:
    """A file with its bytes and sheets; `saved` is when a workbook was last saved, or ""."""

    name: str
    content: bytes
    sheets: list[Sheet]
    is_workbook: bool = False
    saved: str = ""

    @property
    def sha(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def read(path: Path) -> Book:
    """Read a CSV, Excel or zipped CSV file; raises UserError if it cannot be read."""
    try:
        return parse(path.name, read_bytes(path))
    except InvalidFile as unfit:
        raise UserError(f"{path.name} {unfit}") from unfit


def parse(name: str, content: bytes) -> Book:
    """Parse a file into a Book by the type of its bytes, not its suffix. Raises InvalidFile."""
    if is_locked(content):
        raise InvalidFile("is protected by a password. Remove the password")
    for start, reason in NOT_TABLES.items():
        if content.lstrip().startswith(start):
            raise InvalidFile(reason)
    if content.startswith(ZIP):
        book = _read_zip(name, content)
    else:
        book = Book(name, content, [_read_csv(content, Path(name).stem)])
    if not any(sheet.rows for sheet in book.sheets):
        raise InvalidFile("is empty")
    return book


def read_bytes(path: Path) -> bytes:
    """Read a file; raises UserError if it is missing, InvalidFile if it is empty or too large."""
    if not path.is_file():
        raise UserError(f"{path} does not exist or is not a file")
    size = path.stat().st_size
    if size > MOST_BYTES:
        most = f"at most {MOST_BYTES // MB} MB are opened"
        raise InvalidFile(f"has {size // MB} MB; {most}. Split the file")
    content = path.read_bytes()
    if not content.strip():
        raise InvalidFile("is empty")
    return content


def unzip(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return {name: bytes} of the wanted parts; raises InvalidFile for a damaged or large zip."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        _check_zip(entries)
        return {e.filename: archive.read(e) for e in entries if wanted(e.filename)}
    except (InvalidFile, MemoryError):
        raise
    except Exception as error:  # zlib, CRC, a password, parts that overlap
        raise InvalidFile("is damaged or cut off, or has a password. Request a new copy") from error


def _check_zip(entries):
    """Raise InvalidFile if a zip exceeds the limits."""
    expanded = sum(entry.file_size for entry in entries)
    ratios = [e.file_size / max(e.compress_size, 1) for e in entries if e.file_size > SMALL]
    if len(entries) > MOST_ENTRIES:
        raise InvalidFile(f"contains {len(entries)} files; at most {MOST_ENTRIES} are opened")
    if expanded > MOST_EXPANDED:
        most = f"at most {MOST_EXPANDED // MB} MB are opened"
        raise InvalidFile(f"would unpack to {expanded // MB} MB; {most}")
    if max(ratios, default=1) > MOST_RATIO:
        raise InvalidFile(f"unpacks to {max(ratios):.0f} times its size and was not opened")


def is_locked(content: bytes) -> bool:
    """Return whether an Office file is protected by a password."""
    return content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in content


def plain(text: str) -> str:
    """Return text for comparison: NFKC, lower case, single spaces, no format characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.casefold().split())


def _read_zip(name, content):
    parts = unzip(content, lambda part: part.lower().endswith((".xml", ".rels", ".csv")))
    if "xl/workbook.xml" in parts:
        return _read_workbook(name, content, parts)
    tables = [n for n in parts if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    if not tables:
        fix = "Save a spreadsheet as .xlsx; unpack any other zip first"
        raise InvalidFile(f"contains neither an Excel workbook nor a CSV file. {fix}")
    return Book(name, content, [_read_csv(parts[n], Path(n).stem) for n in sorted(tables, key=len)])


def _read_workbook(name, content, parts):
    """Return the Book of a workbook, after checking its parts."""
    for part, xml in parts.items():
        text = xml.replace(b"\x00", b"")  # the same in UTF-16
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise InvalidFile(f"defines entities in {part}, which no spreadsheet needs")
        if part.startswith("xl/worksheets/") and b"mergeCell " in xml:
            raise InvalidFile("has merged cells. Unmerge them and fill in each cell")
    if sum(xml.count(b"<") for xml in parts.values()) > MOST_TAGS:
        raise InvalidFile(f"has more than {MOST_TAGS // 1_000_000} million tags. Split the file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # from openpyxl, about dates and extensions
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheets = [_read_sheet(sheet) for sheet in book.worksheets]
            modified = book.properties.modified
    except (InvalidFile, MemoryError):
        raise
    except Exception as error:  # openpyxl raises many kinds of errors for broken parts
        fix = "Open it in Excel and save it again as .xlsx"
        raise InvalidFile(f"cannot be read as a workbook. {fix}") from error
    return Book(name, content, sheets, True, modified.isoformat() if modified else "")


def _read_sheet(sheet):
    """Return the non-empty rows of a sheet, padded to the same width."""
    sheet.reset_dimensions()  # the size stated in the file may be wrong
    rows, widest = [], 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append((number, cells))
            widest = max(widest, len(cells))
            _check_size(rows, widest)
    return Sheet(sheet.title, [(n, cells + [""] * (widest - len(cells))) for n, cells in rows])


def _check_size(rows, columns):
    """Raise InvalidFile if a table has too many rows, columns or cells."""
    numbers = {"rows": (rows[-1][0], MOST_ROWS), "columns": (columns, MOST_COLUMNS)}
    numbers["cells"] = len(rows) * columns, MOST_CELLS
    for what, (number, most) in numbers.items():
        if number > most:
            raise InvalidFile(f"has {number:,} {what}; at most {most:,} are read. Split the file")


def _text(value):
    """Return a cell value as text: ISO dates, and integers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int | float | date | time):
        return "="  # a formula for several cells
    return str(value).strip().removesuffix(" 00:00:00")


def _read_csv(content, name):
    """Return the Sheet of a CSV file; the separator is detected from the heading row."""
    text = _decode(content)
    if len(text.partition("\n")[0]) > MB:
        fix = "Export it again as CSV or Excel"
        raise InvalidFile(f"has more than a million characters in its heading row. {fix}")
    table = cop.data.separated(text, cop.data.separator_of(text[: 4 * MB]))
    rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(table, 1)]
    rows = [(number, row) for number, row in rows if any(row)]
    for number, row in rows:
        if len(row) != len(rows[0][1]):
            cells = f"{cop.data.count(len(row), 'cell')} instead of {len(rows[0][1])}"
            fix = "It may be cut off, or a quotation mark is missing. Export it again"
            raise InvalidFile(f"has {cells} in row {number}. {fix}")
    if rows:
        _check_size(rows, len(rows[0][1]))
    return Sheet(name, rows)


def _decode(content):
    """Return the text of a file in UTF-8, or UTF-16 with a byte order mark."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(f"is not in the encoding UTF-8: {UTF8_FIX}") from error
    if "\x00" in text:
        raise InvalidFile(f"contains characters that are not text: {UTF8_FIX}")
    return text
