"""Files from outside, opened without trusting them: limits first, then text; what is a program in them is never run.

A book is sheets of rows of text. Macros are not read, links are not followed, formulas come as their own text and are
told apart, hidden sheets and merged cells are named.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import contract
from contract import Broken, Refused

MB = 1024 * 1024
MOST = {
    "bytes": 40 * MB,
    "entries": 5000,
    "expanded": 300 * MB,
    "ratio": 200,
    "rows": 100_000,
    "columns": 2000,
}
MOST_CELLS = 20_000_000
SMALL = MB  # a part below this may shrink as much as it likes: an empty table does
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
UTF8_MEND = "save it again as 'CSV UTF-8 (comma delimited)' in Excel, or with character set UTF-8 in LibreOffice"
# Bytes that stand for letters: in windows-1251 most are Cyrillic, in windows-1250 few stand side by side.
CYRILLIC = re.compile("[Ѐ-ӿ]{3,}")
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass
class Sheet:
    """One sheet: its rows as (number that the spreadsheet shows, list of text), and what stands out in it."""

    name: str
    rows: list
    hidden: bool = False
    formulas: set = field(default_factory=set)  # (row, column), both from 1
    merged: list = field(default_factory=list)  # (first row, first column, last row, last column)


@dataclass
class Book:
    """One file: what it is called, its SHA-256, its bytes as they came, its sheets, and remarks for the person."""

    name: str
    sha: str
    suffix: str
    content: bytes
    sheets: list
    remarks: list


def read(path):
    """Give the Book of a CSV, Excel or zipped-CSV file; raises Refused saying what is wrong and how to mend it."""
    path = Path(path)
    content = _bytes(path)
    opener = _opener(content, path)
    sheets, remarks = opener(content, path)
    if not any(sheet.rows for sheet in sheets):
        raise Refused(f"{path.name} is empty: it holds no row of text")
    return Book(path.name, digest(content), path.suffix.lower(), content, sheets, remarks)


def digest(content):
    """Give the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _bytes(path):
    if not path.is_file():
        raise Refused(f"there is no file {path.name} at {path.parent}")
    size = path.stat().st_size
    if size > MOST["bytes"]:
        raise Refused(
            f"{path.name} has {size // MB} MB; at most {MOST['bytes'] // MB} MB are opened. Split it"
        )
    content = path.read_bytes()
    if not content.strip():
        raise Refused(f"{path.name} is empty")
    return content


def _opener(content, path):
    """Give the function that opens this kind of content; the suffix decides nothing, the bytes do."""
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused(
                f"{path.name} is protected by a password. Remove it (File, Info, Protect) and save again"
            )
        raise Refused(f"{path.name} is in the old Excel format (.xls). Save it again as .xlsx")
    if content.startswith(ZIP):
        return _from_zip
    if content.startswith(b"%PDF"):
        raise Refused(f"{path.name} is a PDF. Send the spreadsheet or the export itself")
    if content.lstrip()[:5].lower() in (b"<?xml", b"<html", b"<!doc", b"<tabl"):
        raise Refused(
            f"{path.name} is a web page or XML, whatever it is called. Save it again as .xlsx or as CSV"
        )
    return _from_csv


def _from_zip(content, path):
    """Open a zip after its limits hold: an Excel workbook, or the CSV files that ODK Central packs."""
    parts = _parts(content, path)
    names = set(parts)
    if any(n.startswith("mimetype") for n in names) and b"opendocument" in parts.get(
        "mimetype", b""
    ):
        raise Refused(f"{path.name} is a LibreOffice spreadsheet (.ods). Save it again as .xlsx")
    if "xl/workbook.bin" in names:
        raise Refused(f"{path.name} is a binary workbook (.xlsb). Save it again as .xlsx")
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return _from_workbook(content, parts, path)
    tables = [n for n in names if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    if not tables:
        raise Refused(
            f"{path.name} is a zip file without a workbook and without a CSV file. Unpack it yourself first"
        )
    sheets = [_from_csv(parts[n], Path(n))[0][0] for n in sorted(tables, key=lambda n: (len(n), n))]
    other = sorted(n for n in names - set(tables) if not n.endswith("/"))
    said = (
        [f"{contract.count(len(other), 'other file')} in the zip not read, such as {other[0]}"]
        if other
        else []
    )
    return sheets, said


def _parts(content, path):
    """Give {name: bytes} of a zip; raises Refused before anything is expanded beyond the limits."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED as error:
        raise Refused(
            f"{path.name} is damaged or cut off: it cannot be opened. Send it again"
        ) from error
    entries = archive.infolist()
    _within_limits(entries, len(content), path)
    try:
        return {e.filename: archive.read(e) for e in entries if _of_interest(e.filename)}
    except Exception as error:  # zlib, CRC, unknown methods, wrong offsets: for the person all of it is a damaged file
        raise Refused(f"{path.name} is damaged or cut off inside. Send it again") from error


def _within_limits(entries, size, path):
    expanded, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    worst = max(
        (e.file_size / max(e.compress_size, 1) for e in entries if e.file_size > SMALL), default=1
    )
    if len(entries) > MOST["entries"]:
        raise Refused(
            f"{path.name} holds {len(entries)} files; at most {MOST['entries']} are opened"
        )
    if expanded > MOST["expanded"]:
        raise Refused(
            f"{path.name} would unpack to {expanded // MB} MB; at most {MOST['expanded'] // MB} MB are opened"
        )
    if worst > MOST["ratio"]:
        raise Refused(
            f"{path.name} unpacks to {worst:.0f} times its size: no form or export does, so it was not opened"
        )
    if packed > size or len({e.header_offset for e in entries}) < len(entries):
        raise Refused(f"{path.name} is a zip file whose parts overlap, so it was not opened")
    if any(e.flag_bits & 1 for e in entries):
        raise Refused(
            f"{path.name} is a zip file with a password. Unpack it and give the files in it"
        )


def _of_interest(name):
    """Say whether a part is read at all: pictures, macros and packed files never are."""
    return (
        name == "mimetype"
        or name.lower().endswith((".xml", ".rels", ".csv"))
        or name == "xl/workbook.bin"
    )


def _from_workbook(content, parts, path):
    from fieldwork.returns.files import cells

    for name, part in parts.items():
        if cells.defines_entities(part):
            raise Refused(
                f"{path.name} defines entities in {name}, which no spreadsheet needs, so it was not opened"
            )
    try:
        book = cells.opened(content, parts)
        sheets = [_sheet(sheet, cells.Cells(book, sheet, parts), path) for sheet in book.worksheets]
    except Refused:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part happens to cause
        raise Refused(
            f"{path.name} cannot be read as a workbook. Open it in Excel and save it again as .xlsx"
        ) from error
    return sheets, list(_said_of(zipfile.ZipFile(io.BytesIO(content)).namelist(), sheets))


def _said_of(names, sheets):
    """Yield what a person should know of a workbook that is opened all the same."""
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        yield "it holds macros; they were not run"
    if any(n.startswith("xl/externalLinks/") for n in names):
        yield "it links to other files; the links were not followed"
    for sheet in sheets:
        if sheet.hidden and not sheet.name.startswith("_"):
            yield f"sheet {sheet.name} is hidden; it was read like the others"


def _sheet(sheet, cells, path):
    """Give a Sheet with one pass over its cells, so that far-away empty cells cost nothing."""
    out, widest, texts = Sheet(sheet.title, [], sheet.sheet_state != "visible"), 0, _Texts()
    for number, found in cells.rows():
        row = {column: text for column, value in found if (text := texts[value])}
        if row:
            widest = max(widest, *row)
            _fits(path, f" in sheet {out.name}", number, widest)
            out.rows.append((number, row))
    if len(out.rows) * widest > MOST_CELLS:
        raise Refused(f"{path.name} has too many cells in sheet {out.name}. Split it")
    out.rows = [
        (number, [row.get(c, "") for c in range(1, widest + 1)]) for number, row in out.rows
    ]
    out.formulas = cells.formulas
    merged = cells.merged_cells.mergeCell if cells.merged_cells else []
    out.merged = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in merged]
    return out


def _fits(path, where, rows, columns):
    if rows > MOST["rows"]:
        raise Refused(
            f"{path.name} has text in row {rows}{where}; at most {MOST['rows']} rows are read. Split it"
        )
    if columns > MOST["columns"]:
        raise Refused(
            f"{path.name} has {columns} columns{where}; at most {MOST['columns']} are read"
        )


class _Texts(dict):
    """The text of each value: one that stands in many cells is one object, which is quick to compare."""

    def __missing__(self, value):
        return self.setdefault(value, _text(value))


def _text(value):
    """Give a cell's value as the text that a person would write: dates by year, numbers without a needless point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time(0)
            else value.isoformat(sep=" ", timespec="seconds")
        )
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (date, time, int)):
        return str(value)
    return str(getattr(value, "text", value)).strip()  # array formulas keep their text there


def _from_csv(content, path):
    """Open a CSV file: its separator is the one under which the heading has most cells."""
    text = _decoded(content, path)
    declared = re.match(r'"?sep=(.)"?\r?\n', text)  # Excel's own first line
    text = text[declared.end() :] if declared else text
    if len(text.partition("\n")[0]) > MB:
        raise Refused(
            f"{path.name} has a first line of more than a million characters. Save it again as CSV"
        )
    try:
        separator = declared[1] if declared else contract.separator_of(text[: 4 * MB])
        records = list(contract.separated(text, separator))
    except Broken as error:
        raise Refused(
            f"{path.name} cannot be read as CSV ({error}). Save it again as CSV UTF-8"
        ) from error
    texts = _Texts()
    rows = [(i, [texts[c] for c in r]) for i, r in enumerate(records, 2 if declared else 1)]
    rows = [(i, r) for i, r in rows if any(r)]
    _fits(path, "", max((i for i, _ in rows), default=0), max((len(r) for _, r in rows), default=0))
    return [Sheet(path.stem, rows)], []


def _decoded(content, path):
    """Give the text; a mark at the start says the encoding, else it must be UTF-8: letters are never guessed."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _as(encoding, content, path)
    if b"\x00" in content:
        told = (
            "is in UTF-16 without saying so"
            if _every_other_is_zero(content)
            else "holds bytes that are not text"
        )
        raise Refused(f"{path.name} {told}: {UTF8_MEND}")
    return _as("utf-8", content, path)


def _as(encoding, content, path):
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path.name} is not in the encoding UTF-8{_likely(content)}: {UTF8_MEND}"
        ) from error
    if "\x00" in text:
        raise Refused(f"{path.name} holds characters that are not text: {UTF8_MEND}")
    return text


def _likely(content):
    """Say which encoding it looks like; nothing is read by it, since a wrong guess gives wrong names in silence."""
    if b"\x00" in content:
        return ""
    cyrillic = CYRILLIC.search(content[:MB].decode("cp1251", errors="replace"))
    return f" (it looks like {'windows-1251, Cyrillic' if cyrillic else 'windows-1250 or 1252, Latin'})"


def _every_other_is_zero(content):
    return min(content[:2000:2].count(0), content[1:2000:2].count(0)) == 0


def plain(text):
    """Give text for comparing labels: one form of each letter, no case, no invisible marks, single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())
