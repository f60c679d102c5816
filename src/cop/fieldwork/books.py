"""Workbooks, CSV files and zips of CSV files as sheets of text; nothing in them is run.

Formulas are not computed: a cell's last result is read, and its formula where there is none.
Macros are not read, links are not followed.
"""

import io
import json
import posixpath
import re
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime, time
from html import unescape
from pathlib import Path

import openpyxl
from defusedxml.ElementTree import fromstring
from openpyxl.utils import column_index_from_string, range_boundaries

import cop.data
from cop.data import Broken, Refused
from cop.fieldwork import incoming
from cop.fieldwork.incoming import MB, OLE, ZIP, Unfit, check, table_errors

# What may stand in a workbook's parts, counted before they are parsed.
COUNTED = {
    "cells": ("xl/worksheets/", (b"<c ", b"<c>", b"<c/", b":c ", b":c>"), 4_000_000),
    "rows": ("xl/worksheets/", (b"<row ", b"<row>", b"<row/", b":row "), 400_000),
    "rules and formats around the cells": (
        "xl/worksheets/",
        (b"<dataValidation ", b"<cfRule ", b"<conditionalFormatting", b"<hyperlink ", b"<col "),
        20_000,
    ),
    "merged areas": ("xl/worksheets/", (b"mergeCell ",), 1000),
    "styles": ("xl/styles", (b"<xf", b":xf"), 5000),
    "sheets": ("xl/workbook.xml", (b"sheetId=",), 100),
}
LARGE = ("xl/worksheets/", "xl/sharedStrings", "xl/pivot", "xl/drawings/", "xl/charts/", "custom")
MOST_AROUND = 2 * MB  # of any other part
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^<>]{0,200}?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]{0,200}>\s*"
    rb"<(?:\w+:)?f(?:\s[^<>]{0,200})?(?:/>|>([^<]*)<)"
)
MERGED = re.compile(rb"mergeCell\s[^<>]{0,200}?\bref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]{0,200}?\br=[\"'](\d+)[\"']")
SAVED = re.compile(rb"<dcterms:modified[^>]*>([0-9TZ:.+-]{10,40})<")


@dataclass
class Sheet:
    """One sheet: its rows as (number that the spreadsheet shows, cells)."""

    name: str
    rows: list[tuple[int, list[str]]]
    hidden: bool = False
    formulas: dict = field(default_factory=dict)  # (row, column), both from 1 -> formula
    merged: list = field(default_factory=list)  # (first column, first row, last column, last row)


@dataclass
class Book:
    """One file: its bytes as they came and its sheets; `saved` is when a workbook was saved."""

    name: str
    sha: str
    suffix: str
    content: bytes
    sheets: list[Sheet]
    remarks: list[str]
    saved: str = ""
    kind: str = "csv"  # or workbook, zip, json


def read(path: Path) -> Book:
    """Read a CSV, Excel, zipped CSV or fetched JSON file; raises Refused with what to fix."""
    path = Path(path)
    try:
        content = incoming.read_bytes(path)
        kind, sheets, remarks, saved = _sheets(content, path.stem)
        if not any(sheet.rows for sheet in sheets):
            raise Unfit("is empty: it holds no row of text")
    except Unfit as unfit:
        raise Refused(f"{path.name} {unfit}") from unfit
    except MemoryError as error:
        raise Refused(f"{path.name} needs more memory than there is. Split it") from error
    sha = incoming.digest(content)
    return Book(path.name, sha, path.suffix.lower(), content, sheets, remarks, saved, kind)


def _sheets(content, stem):
    """Return (kind, sheets, remarks, time of saving); the bytes decide the kind, not the suffix."""
    if incoming.is_locked(content):
        raise Unfit("is protected by a password. Remove it (File, Info, Protect) and save again")
    if content.startswith(OLE):
        raise Unfit("is in the old Excel format (.xls). Save it again as .xlsx")
    if content.startswith(ZIP):
        return _zipped(content)
    if content.startswith(b'{"kobo":'):
        return "json", _kobo_json(content), [], ""
    if content.startswith(b"%PDF"):
        raise Unfit("is a PDF. Send the spreadsheet or the export itself")
    if content.lstrip()[:5].lower() in (b"<?xml", b"<html", b"<!doc", b"<tabl"):
        raise Unfit("is a web page or XML. Save it again as .xlsx or as CSV")
    return "csv", [_csv(content, stem)], [], ""


def _zipped(content):
    kinds = (".xml", ".rels", ".csv")  # pictures, macros and packed files are never unpacked
    parts = incoming.unzip(
        content,
        lambda name: name in ("mimetype", "xl/workbook.bin") or name.lower().endswith(kinds),
    )
    if b"opendocument" in parts.get("mimetype", b""):
        raise Unfit("is a LibreOffice spreadsheet (.ods). Save it again as .xlsx")
    if "xl/workbook.bin" in parts:
        raise Unfit("is a binary workbook (.xlsb). Save it again as .xlsx")
    if {"[Content_Types].xml", "xl/workbook.xml"} <= set(parts):
        saved = SAVED.search(parts.get("docProps/core.xml", b""))
        sheets, remarks = _workbook(content, parts)
        return "workbook", sheets, remarks, saved[1].decode() if saved else ""
    tables = [n for n in parts if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    if not tables:
        raise Unfit("is a zip file without a workbook and without a CSV file. Unpack it first")
    return "zip", [_packed(n, parts[n]) for n in sorted(tables, key=lambda n: (len(n), n))], [], ""


def _packed(name, content):
    try:
        return _csv(content, Path(name).stem)
    except Unfit as unfit:
        raise Refused(f"{Path(name).name} {unfit}") from unfit


def _workbook(content, parts):
    check(_workbook_errors(parts))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's on dates and extensions
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sources = _sources(parts)
            sheets = [_sheet(sheet, sources[sheet.title]) for sheet in book.worksheets]
    except (Unfit, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever the broken part happens to cause
        fix = "Open it in Excel and save it again as .xlsx"
        raise Unfit(f"cannot be read as a workbook. {fix}") from error
    hidden = [s.name for s in sheets if s.hidden and not s.name.startswith("_")]
    return sheets, [f"sheet {name} is hidden; it was read like the others" for name in hidden]


def _workbook_errors(parts):
    for name, part in parts.items():
        if incoming.defines_entities(part):
            yield f"defines entities in {name}, which no spreadsheet needs, so it was not opened"
    for what, (where, marks, most) in COUNTED.items():
        texts = [part for name, part in parts.items() if name.startswith(where)]
        number = sum(text.count(mark) for text in texts for mark in marks)
        if number > most:
            yield f"holds {number:,} {what}; at most {most:,} are read"
    for name, part in parts.items():
        if len(part) > MOST_AROUND and not name.startswith(LARGE):
            size = f"{len(part) / MB:.0f} MB in {name}"
            yield f"holds {size}, where at most {MOST_AROUND // MB} MB are read"


def _sources(parts):
    """Return {sheet: XML of its part}."""
    relations = fromstring(parts["xl/_rels/workbook.xml.rels"])
    targets = {r.get("Id"): posixpath.join("/xl", r.get("Target", "")) for r in relations}
    sheets = [e for e in fromstring(parts["xl/workbook.xml"]).iter() if e.tag.endswith("}sheet")]
    names = {s.get("name"): posixpath.normpath(targets[s.get(RELATION)])[1:] for s in sheets}
    return {sheet: parts.get(name, b"") for sheet, name in names.items()}


def _sheet(sheet, source):
    """Return a Sheet: its text, and from its XML the formulas and merged cells."""
    numbers = [int(n) for n in ROW.findall(source)]
    if any(a >= b for a, b in zip(numbers, numbers[1:], strict=False)):
        raise Unfit(f"has rows out of order in sheet {sheet.title}. Save it again in Excel")
    formulas = {
        (int(row), column_index_from_string(column.decode())): _formula(text)
        for column, row, text in FORMULA.findall(source)
    }
    merged = [range_boundaries(area.decode()) for area in MERGED.findall(source)]
    rows = _rows(sheet, formulas)
    return Sheet(sheet.title, rows, sheet.sheet_state != "visible", formulas, merged)


def _formula(text):
    return "=" + unescape(text.decode("utf-8", "replace")).strip()


def _rows(sheet, formulas):
    """Return the rows with text, each as wide as the widest; raises Unfit beyond the limits."""
    sheet.reset_dimensions()  # what a file says of its size need not be true
    rows, widest, characters, where = [], 0, 0, f" in sheet {sheet.title}"
    texts, lacking = {}, {}
    for (row, column), formula in formulas.items():
        lacking.setdefault(row, []).append((column, formula))
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(v) if v.__class__ is not str else v.strip() for v in values]
        for column, formula in lacking.get(number, ()):
            cells += [""] * (column - len(cells))
            cells[column - 1] = cells[column - 1] or formula
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append((number, [texts.setdefault(c, c) for c in cells]))
            widest, characters = max(widest, len(cells)), characters + sum(map(len, cells))
            check(table_errors(number, widest, len(rows), where))
            if characters > incoming.MOST_TEXT:
                most = incoming.MOST_TEXT // MB
                raise Unfit(f"holds more than {most} million characters{where}. Split it")
    return [(number, cells + [""] * (widest - len(cells))) for number, cells in rows]


def _text(value):
    """Return a value as a person writes it: dates by year, numbers without a needless point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip() if not isinstance(value, date) else value.isoformat()


def _csv(content, name):
    """Read a CSV file with the separator under which its heading has most cells."""
    text = incoming.decode(content)
    declared = re.match(r'"?sep=(.)"?\r?\n', text)  # Excel's own first line
    text = text[declared.end() :] if declared else text
    if len(text.partition("\n")[0]) > MB:
        raise Unfit("has a first line of more than a million characters. Save it again as CSV")
    try:
        separator = declared[1] if declared else cop.data.separator_of(text[: 4 * MB])
        records = enumerate(cop.data.separated(text, separator), 2 if declared else 1)
        rows = [(number, [c.strip() for c in row]) for number, row in records if any(row)]
    except Broken as error:
        raise Unfit(f"cannot be read as CSV ({error}). Save it again as CSV UTF-8") from error
    rows = [(number, row) for number, row in rows if any(row)]
    widest = max((len(row) for _, row in rows), default=0)
    check(table_errors(rows[-1][0] if rows else 0, widest, len(rows)))
    return Sheet(name, rows)


def _kobo_json(content):
    """Return the submissions that KoboToolbox's server sent as the sheets of its XLSX export."""
    try:
        submissions = json.loads(content, parse_float=str, parse_int=str)["kobo"]
        tables = {"submissions": [_kobo_row(one) for one in submissions]}
        for one in submissions:
            for path, entries in one.items():
                if isinstance(entries, list) and entries and isinstance(entries[0], dict):
                    rows = tables.setdefault(path.rpartition("/")[2], [])
                    rows += [_kobo_row(e) | {"_submission__uuid": one["_uuid"]} for e in entries]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        fix = "Fetch it again with `cop intake --from kobo`"
        raise Unfit(f"is no data of KoboToolbox, or cut off. {fix}") from error
    return [_sheet_of(name, rows) for name, rows in tables.items() if not name.startswith("_")]


def _sheet_of(name, records):
    heading = list(dict.fromkeys(key for record in records for key in record))
    rows = [heading, *([record.get(key, "") for key in heading] for record in records)]
    check(table_errors(len(rows), len(heading), len(rows)))
    return Sheet(name, list(enumerate(rows, 1)))


def _kobo_row(submission):
    """Return {name: text} of a submission or an entry, without its entries."""
    cells = {}
    for key, value in submission.items():
        if isinstance(value, dict):
            value = value.get("uid") or ""
        if not isinstance(value, list):
            cells[key] = "" if value is None else str(value).strip()
    return cells
