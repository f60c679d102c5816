"""What a file may hold at most, measured on its bytes before anything of it is opened."""

import zipfile
from collections.abc import Iterator

MB = 1024 * 1024
MOST_BYTES, MOST_EXPANDED, MOST_RATIO = 40 * MB, 200 * MB, 200
MOST_ENTRIES, MOST_ROWS, MOST_COLUMNS = 5000, 100_000, 2000
MOST_CELLS, MOST_PLACES, MOST_TEXT = 4_000_000, 8_000_000, 64 * MB
MOST_MERGED, MOST_STYLES, MOST_RULES, MOST_SHEETS, MOST_AROUND = 1000, 5000, 20_000, 100, 2 * MB
SMALL = MB  # a part below this may shrink as much as it likes: an empty table does
# What stands in the XML of a sheet or of styles, and how many of it there may be in one workbook.
COUNTED = {
    "cells": ("xl/worksheets/", (b"<c ", b"<c>", b"<c/", b":c ", b":c>"), MOST_CELLS),
    "rows": ("xl/worksheets/", (b"<row ", b"<row>", b"<row/", b":row "), 4 * MOST_ROWS),
    "rules and formats around the cells": (
        "xl/worksheets/",
        (b"<dataValidation ", b"<cfRule ", b"<conditionalFormatting", b"<hyperlink ", b"<col "),
        MOST_RULES,
    ),
    "merged areas": ("xl/worksheets/", (b"mergeCell ",), MOST_MERGED),
    "styles": ("xl/styles", (b"<xf", b":xf"), MOST_STYLES),
    "sheets": ("xl/workbook.xml", (b"sheetId=",), MOST_SHEETS),
}
# Parts that are counted above, or that nobody reads.
LARGE = ("xl/worksheets/", "xl/sharedStrings", "xl/pivot", "xl/drawings/", "xl/charts/", "custom")


def of_zip(entries: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    """Yield what is too much in a zip by what it says of its parts; `size` is its own."""
    expanded, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    ratios = [e.file_size / max(e.compress_size, 1) for e in entries if e.file_size > SMALL]
    if len(entries) > MOST_ENTRIES:
        yield f"holds {len(entries)} files; at most {MOST_ENTRIES} are opened"
    if expanded > MOST_EXPANDED:
        most = f"at most {MOST_EXPANDED // MB} MB are opened"
        yield f"would unpack to {expanded // MB} MB; {most}"
    if max(ratios, default=1) > MOST_RATIO:
        why = "no form or export does, so it was not opened"
        yield f"unpacks to {max(ratios):.0f} times its size: {why}"
    if packed > size or len({e.header_offset for e in entries}) < len(entries):
        yield "is a zip file whose parts overlap, so it was not opened"
    if any(e.flag_bits & 1 for e in entries):
        yield "is a zip file with a password. Unpack it and give the files in it"


def of_workbook(parts: dict[str, bytes]) -> Iterator[str]:
    """Yield what is too much in the unpacked parts of a workbook, counted without parsing them."""
    for what, (where, marks, most) in COUNTED.items():
        texts = [part for name, part in parts.items() if name.startswith(where)]
        number = sum(text.count(mark) for text in texts for mark in marks)
        if number > most:
            yield f"holds {number:,} {what}; at most {most:,} are read"
    for name, part in parts.items():
        if len(part) > MOST_AROUND and not name.startswith(LARGE):
            size = f"{len(part) / MB:.0f} MB in {name}"
            yield f"holds {size}, where at most {MOST_AROUND // MB} MB are read"


def of_table(last: int, columns: int, rows: int, where: str = "") -> Iterator[str]:
    """Yield what is too much in a file's table: the `last` row with text, columns, rows in use."""
    if last > MOST_ROWS:
        yield f"has text in row {last}{where}; at most {MOST_ROWS} rows are read. Split it"
    if columns > MOST_COLUMNS:
        yield f"has {columns} columns{where}; at most {MOST_COLUMNS} are read"
    if rows * columns > MOST_PLACES:
        most = f"a table of more than {MOST_PLACES:,} places is not read"
        yield f"has {rows:,} rows of {columns:,} columns{where}; {most}. Split it"


def of_text(characters: int, where: str = "") -> Iterator[str]:
    """Yield what is too much in the text of a file's sheet, each repetition of a string counted."""
    if characters > MOST_TEXT:
        yield f"holds more than {MOST_TEXT // MB} million characters{where}. Split it"
