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
from typing import Any

import openpyxl
import pandas as pd

import cop.data
from cop.data import UserError

MB = 1024 * 1024
MOST_BYTES, MOST_EXPANDED, MOST_RATIO = 40 * MB, 200 * MB, 200
MOST_CELLS, MOST_TAGS = 2_000_000, 20_000_000  # cells of a sheet, XML tags of a workbook
SMALL = MB  # smaller parts may have any ratio, since empty tables compress well
ZIP = b"PK"  # first bytes of a zip file
EMPTY = "is empty. Export it again, or request a new copy"
TOO_LARGE = f"is larger than {MOST_BYTES // MB} MB. Split it"
EXPANDED = f"unpacks to over {MOST_EXPANDED // MB} MB. Split it"
SAVE_AGAIN = "Open the file in Excel or LibreOffice and save it as a new .xlsx file"
UNREADABLE = (
    "cannot be read: it is damaged, has a password, or is neither a workbook (.xlsx), a zip of CSV "
    "files nor CSV in UTF-8. Save it again without a password as .xlsx or as 'CSV UTF-8'"
)


class InvalidFile(Exception):
    """Raised if a file cannot or must not be read; callers put its name before the message."""


@dataclass
class Book:
    """The bytes of a file, and its sheets by name as DataFrames of text without empty rows.

    The index of a sheet contains row numbers as in a spreadsheet, and its first row the headings.
    `saved` is the ISO time at which a workbook was last saved, or "" if unknown.
    """

    name: str
    content: bytes
    sheets: dict[str, pd.DataFrame]
    saved: str = ""

    @property
    def sha(self) -> str:
        """Return the SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def parse(name: str, content: bytes) -> Book:
    """Return the Book of a file, whose type is recognised by content, not by suffix.

    Raises InvalidFile. Sheets without rows are left out. CSV files in a zip: shortest name first.
    """
    is_zip = content.startswith(ZIP)
    sheets, saved = _read_zip(content) if is_zip else ({name: _read_csv(content)}, "")
    sheets = {title: sheet for title, sheet in sheets.items() if len(sheet)}
    if not sheets:
        raise InvalidFile(EMPTY)
    return Book(name, content, sheets, saved)


def read(path: Path, parse: Callable[[str, bytes], Any] = parse) -> Any:
    """Return `parse(name, bytes)` of a file (default: its Book). Raises UserError if invalid."""
    if not path.is_file():
        raise UserError(f"{path} does not exist or is not a file: correct the path")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidFile(TOO_LARGE)
        content = path.read_bytes()
        if not content.strip():
            raise InvalidFile(EMPTY)
        return parse(path.name, content)
    except InvalidFile as error:
        raise UserError(f"{path.name} {error}") from error


def unzip(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return {name: bytes} for the files in a zip whose names `wanted` accepts.

    Raises InvalidFile if one of the files or all of them together are too large, or if the zip is
    damaged or has a password.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_EXPANDED:
            raise InvalidFile(EXPANDED)
        for entry in entries:
            if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
                raise InvalidFile(
                    f"contains {entry.filename!r}, which unpacks to over {MOST_RATIO} times its "
                    "size. Save the file again, or request a new copy"
                )
        return {e.filename: archive.read(e) for e in entries if wanted(e.filename)}
    except (InvalidFile, MemoryError):
        raise
    except Exception as error:  # such as a wrong CRC, a password or overlapping parts
        raise InvalidFile("is damaged, truncated or has a password. Request a new copy") from error


def plain(text: str) -> str:
    """Normalise a text for comparison: NFKC, casefolded, single spaces, no format characters."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.casefold().split())


def _read_zip(content):
    parts = unzip(content, lambda part: part.lower().endswith((".xml", ".rels", ".csv")))
    if "xl/workbook.xml" in parts:
        return _read_workbook(content, parts)
    tables = [n for n in parts if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    if not tables:
        raise InvalidFile("is a zip without a workbook or CSV files. Save the table as .xlsx")
    sheets = {}
    for name in sorted(tables, key=len):
        try:
            sheets[name] = _read_csv(parts[name])
        except InvalidFile as error:
            raise InvalidFile(f"contains {name}, which {error}") from error
    return sheets, ""


def _read_workbook(content, parts):
    for part, xml in parts.items():
        text = xml.replace(b"\x00", b"")  # so that tags in UTF-16 are found
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise InvalidFile(f"has a DOCTYPE or entities in {part}, which is unsafe. {SAVE_AGAIN}")
        if part.startswith("xl/worksheets/") and b"mergeCell " in xml:
            raise InvalidFile(f"has merged cells in {part!r}. Unmerge them and fill in each cell")
    if sum(xml.count(b"<") for xml in parts.values()) > MOST_TAGS:
        raise InvalidFile(f"has over {MOST_TAGS:,} XML tags. Split it")
    try:
        with warnings.catch_warnings(action="ignore"):  # about dates and extensions
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheets = {}
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # the size stated in the file may be wrong
                sheets[sheet.title] = _table(
                    sheet.iter_rows(values_only=True), f" in sheet {sheet.title!r}"
                )
    except (InvalidFile, MemoryError):
        raise
    except Exception as error:  # openpyxl raises many kinds of errors for broken parts
        raise InvalidFile(UNREADABLE) from error
    modified = book.properties.modified
    return sheets, modified.isoformat() if modified else ""


def _read_csv(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(UNREADABLE) from error
    if "\x00" in text:
        raise InvalidFile(UNREADABLE)
    rows = cop.data.separated(text, cop.data.separator_of(text[:MB]))
    return _table(rows, "", is_even=True)


def _table(rows, place, is_even=False):
    # With `is_even`, all rows with text must have the same number of cells.
    filled, widest = {}, 0
    for number, values in enumerate(rows, 1):
        cells = [_text(value) for value in values]
        if not any(cells):
            continue
        while not (cells[-1] or is_even):  # formatted cells without content
            cells.pop()
        if is_even and filled and len(cells) != widest:
            raise InvalidFile(
                f"has {len(cells)} instead of {widest} cells in row {number}. It may be cut off, "
                "or a quotation mark is missing. Export it again"
            )
        filled[number], widest = cells, max(widest, len(cells))
        if len(filled) * widest > MOST_CELLS:
            raise InvalidFile(f"has over {MOST_CELLS:,} cells{place}. Split it into several files")
    return pd.DataFrame([*filled.values()], [*filled], dtype=object).fillna("")


def _text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int | float | date | time):
        return "="  # a formula for several cells, such as an array formula
    return str(value).strip().removesuffix(" 00:00:00")
