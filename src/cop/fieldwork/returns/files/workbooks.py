"""Files from outside, opened without trusting them: limits first, then text; what is a program in
them is never run.

A book is sheets of rows of text. Macros are not read, links are not followed, formulas come as
their own text and are told apart, hidden sheets and merged cells are named.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import cop.data
from cop.data import Broken, Refused
from cop.fieldwork.returns.files import cells, kobodata, limits, outside
from cop.fieldwork.returns.files.limits import MB
from cop.fieldwork.returns.files.outside import OLE, ZIP, Unfit, hold

UTF8_MEND = (
    "save it again as 'CSV UTF-8 (comma delimited)' in Excel, or with character set UTF-8 in "
    "LibreOffice"
)
# Bytes that stand for letters: in windows-1251 most are Cyrillic, in windows-1250 few stand side by
# side.
CYRILLIC = re.compile("[Ѐ-ӿ]{3,}")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
CORE = "docProps/core.xml"
SAVED = re.compile(rb"<dcterms:modified[^>]*>([0-9TZ:.+-]{10,40})<")


@dataclass
class Sheet:
    """One sheet: its rows as (number that the spreadsheet shows, cells), and what stands out."""

    name: str
    rows: list[tuple[int, list[str]]]
    hidden: bool = False
    formulas: set = field(default_factory=set)  # (row, column), both from 1
    merged: list = field(default_factory=list)  # (first row, first column, last row, last column)


@dataclass
class Book:
    """One file: its name, SHA-256, bytes as they came, sheets, remarks for the person.

    `saved` is when a workbook says that it was saved, "" where none says so.
    """

    name: str
    sha: str
    suffix: str
    content: bytes
    sheets: list[Sheet]
    remarks: list[str]
    saved: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether it is one file with sheets, not one table or several that were packed."""
        return self.content.startswith(ZIP) and b"xl/workbook.xml" in self.content


def opened(path: Path) -> Book:
    """Give the Book of a CSV, Excel or zipped-CSV file; raises Refused with what to mend."""
    path = Path(path)
    split = "Split it, or save the sheet with the answers as CSV UTF-8"
    content, made = outside.worked(path, _read, path.stem, split=split)
    suffix = path.suffix.lower()
    return Book(path.name, digest(content), suffix, content, *made)


def _read(content, stem):
    """Give (sheets, remarks, when it was saved) of the bytes of a file."""
    sheets, remarks = _opener(content)(content, stem)
    if not any(sheet.rows for sheet in sheets):
        raise Unfit("is empty: it holds no row of text")
    return sheets, remarks, _saved(content)


def digest(content: bytes) -> str:
    """Give the SHA-256 of the bytes of a workbook or another file of returns, in hex."""
    return hashlib.sha256(content).hexdigest()


def _opener(content):
    """Give the function that opens this content; the bytes decide, not the suffix."""
    if content.startswith(OLE):
        if outside.is_locked(content):
            mend = "Remove it (File, Info, Protect) and save again"
            raise Unfit(f"is protected by a password. {mend}")
        raise Unfit("is in the old Excel format (.xls). Save it again as .xlsx")
    if content.startswith(ZIP):
        return _from_zip
    if kobodata.is_data(content):
        return _from_kobo
    if content.startswith(b"%PDF"):
        raise Unfit("is a PDF. Send the spreadsheet or the export itself")
    if content.lstrip()[:5].lower() in (b"<?xml", b"<html", b"<!doc", b"<tabl"):
        mend = "Save it again as .xlsx or as CSV"
        raise Unfit(f"is a web page or XML, whatever it is called. {mend}")
    return _from_csv


def _from_zip(content, stem):
    """Open a zip within its limits: an Excel workbook, or CSV files as ODK Central packs them."""
    parts = outside.parts(content, _of_interest)
    if b"opendocument" in parts.get("mimetype", b""):
        raise Unfit("is a LibreOffice spreadsheet (.ods). Save it again as .xlsx")
    if "xl/workbook.bin" in parts:
        raise Unfit("is a binary workbook (.xlsb). Save it again as .xlsx")
    if "[Content_Types].xml" in parts and "xl/workbook.xml" in parts:
        return _from_workbook(content, parts)
    tables = [n for n in parts if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    if not tables:
        mend = "Unpack it yourself first"
        raise Unfit(f"is a zip file without a workbook and without a CSV file. {mend}")
    sheets = [_packed(n, parts[n]) for n in sorted(tables, key=lambda n: (len(n), n))]
    other = sorted(n for n in set(parts) - set(tables) if not n.endswith("/"))
    how_many = cop.data.count(len(other), "other file")
    return sheets, [f"{how_many} in the zip not read, such as {other[0]}"] if other else []


def _packed(name, content):
    """Give the Sheet of a CSV file in a zip, which is named itself where it is at fault."""
    path = Path(name)
    try:
        return _from_csv(content, path.stem)[0][0]
    except Unfit as unfit:
        raise Refused(f"{path.name} {unfit}") from unfit


def _of_interest(name):
    """Say whether a part is read at all: pictures, macros and packed files never are."""
    kinds = (".xml", ".rels", ".csv")
    return name in ("mimetype", "xl/workbook.bin") or name.lower().endswith(kinds)


def _saved(content):
    """Give when a workbook says that it was saved last, as it writes it; "" without."""
    parts = outside.parts(content, CORE.__eq__) if content.startswith(ZIP) else {}
    stated = SAVED.search(parts.get(CORE, b""))
    return stated[1].decode("ascii") if stated else ""


def _from_workbook(content, parts):
    for name, part in parts.items():
        if cells.defines_entities(part):
            why = "which no spreadsheet needs, so it was not opened"
            raise Unfit(f"defines entities in {name}, {why}")
    hold(limits.of_workbook(parts))
    try:
        book = cells.opened(content, parts)
        sheets = [_sheet(sheet, cells.Cells(book, sheet, parts)) for sheet in book.worksheets]
    except (Unfit, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever the broken part happens to cause
        mend = "Open it in Excel and save it again as .xlsx"
        raise Unfit(f"cannot be read as a workbook. {mend}") from error
    return sheets, list(_remarks(zipfile.ZipFile(io.BytesIO(content)).namelist(), sheets))


def _remarks(names, sheets):
    """Yield what a person should know of a workbook that is opened all the same."""
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        yield "it holds macros; they were not run"
    if any(n.startswith("xl/externalLinks/") for n in names):
        yield "it links to other files; the links were not followed"
    for sheet in sheets:
        if sheet.hidden and not sheet.name.startswith("_"):
            yield f"sheet {sheet.name} is hidden; it was read like the others"


def _sheet(sheet, parser):
    """Give a Sheet with one pass over its cells, so that far-away empty cells cost nothing."""
    filled, widest, characters, texts = [], 0, 0, _Texts()
    where = f" in sheet {sheet.title}"
    for number, values in parser.rows():
        row = {column: text for column, value in values if (text := texts[value])}
        if row:
            widest, characters = max(widest, *row), characters + sum(map(len, row.values()))
            filled.append((number, row))
            hold(limits.of_table(number, widest, len(filled), where))
            hold(limits.of_text(characters, where))
    rows = [(number, [row.get(c, "") for c in range(1, widest + 1)]) for number, row in filled]
    merged = parser.merged_cells.mergeCell if parser.merged_cells else []
    areas = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in merged]
    return Sheet(sheet.title, rows, sheet.sheet_state != "visible", parser.formulas, areas)


class _Texts(dict):
    """The text of each value; one in many cells is one object, which is quick to compare."""

    def __missing__(self, value):
        return self.setdefault(value, _text(value))


def _text(value):
    """Give a value as a person would write it: dates by year, numbers without a needless point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (date, time, int)):
        return str(value)
    return str(getattr(value, "text", value)).strip()  # array formulas keep their text there


def _from_kobo(content, stem):
    """Open what KoboToolbox's server sent: its answers as the sheets of its own export."""
    try:
        tables = kobodata.tables(content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        mend = "Fetch it again with `cop intake --from kobo`"
        raise Unfit(f"is no data of KoboToolbox, or cut off. {mend}") from error
    for rows in tables.values():
        hold(limits.of_table(len(rows), max(map(len, rows)), len(rows)))
        hold(limits.of_text(sum(len(c) for row in rows for c in row), ""))
    return [Sheet(name, list(enumerate(rows, 1))) for name, rows in tables.items()], []


def _from_csv(content, stem):
    """Open a CSV file: its separator is the one under which the heading has most cells."""
    text = _decoded(content)
    declared = re.match(r'"?sep=(.)"?\r?\n', text)  # Excel's own first line
    text = text[declared.end() :] if declared else text
    if len(text.partition("\n")[0]) > MB:
        raise Unfit("has a first line of more than a million characters. Save it again as CSV")
    try:
        separator = declared[1] if declared else cop.data.separator_of(text[: 4 * MB])
        records = list(cop.data.separated(text, separator))
    except Broken as error:
        raise Unfit(f"cannot be read as CSV ({error}). Save it again as CSV UTF-8") from error
    texts = _Texts()
    rows = [(i, [texts[c] for c in r]) for i, r in enumerate(records, 2 if declared else 1)]
    rows = [(i, r) for i, r in rows if any(r)]
    last, widest = rows[-1][0] if rows else 0, max((len(r) for _, r in rows), default=0)
    hold(limits.of_table(last, widest, len(rows)))
    return [Sheet(stem, rows)], []


def _decoded(content):
    """Give the text, in the encoding that a mark says, else in UTF-8: letters are never guessed."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    if not encoding and b"\x00" in content:
        # Of UTF-16, every other byte of letters that we write is zero.
        utf16 = min(content[:2000:2].count(0), content[1:2000:2].count(0)) == 0
        rule = "is in UTF-16 without saying so" if utf16 else "holds bytes that are not text"
        raise Unfit(f"{rule}: {UTF8_MEND}")
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(f"is not in the encoding UTF-8{_likely(content)}: {UTF8_MEND}") from error
    if "\x00" in text:
        raise Unfit(f"holds characters that are not text: {UTF8_MEND}")
    return text


def _likely(content):
    """Say which encoding it looks like; nothing is read by it: a wrong guess gives wrong names."""
    if b"\x00" in content:
        return ""
    cyrillic = CYRILLIC.search(content[:MB].decode("cp1251", errors="replace"))
    likely = "windows-1251, Cyrillic" if cyrillic else "windows-1250 or 1252, Latin"
    return f" (it looks like {likely})"


def plain(text: str) -> str:
    """Give text of a file's cell for comparing: one form of each letter, no case, single spaces.

    Hidden marks are left out.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())
