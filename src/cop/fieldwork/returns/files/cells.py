"""The cells of a workbook's sheets: as openpyxl reads them, by a shorter way where a cell is plain
text or a plain number.

Every other cell (a formula, a day, rich text, an error ...) and all that stands around the rows
goes through openpyxl itself. The XML is parsed by Python's own parser in C: the slower one that
openpyxl takes guards against entities, and files that define any are refused here before they are
parsed.
"""

from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.worksheet import _reader as sheets
from openpyxl.worksheet.formula import DataTableFormula
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

STRING_TAG, TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"
COLUMNS = {get_column_letter(i): i for i in range(1, 2001)}
DIGITS = "0123456789"


def defines_entities(part: bytes) -> bool:
    """Say whether a returned file's XML declares entities, which no spreadsheet needs."""
    plain = part.replace(b"\x00", b"")  # the same in UTF-16
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def opened(content: bytes, parts: dict[str, bytes]) -> Workbook:
    """Give the workbook that openpyxl makes of a returned file's bytes; raises what that raises.

    `parts` is {name: bytes} of what was unpacked already.
    """
    reader = _Workbook(BytesIO(content), read_only=True, keep_links=False, keep_vba=False)
    reader.parts = parts
    reader.read()
    return reader.wb


def _parsed(archive, parts, name):
    """Give the iterator over the elements of a part, each when it ends."""
    part = parts[name] if name in parts else archive.read(name)
    if defines_entities(part):
        raise ValueError(f"{name} defines entities")
    return ElementTree.iterparse(BytesIO(part))


class _Workbook(ExcelReader):
    """openpyxl's reader of a workbook, without the sheets, by a shorter way to shared strings."""

    def read_strings(self):
        """Read the table of strings that cells refer to by number."""
        part = self.package.find(SHARED_STRINGS)
        parsed = _parsed(self.archive, self.parts, part.PartName[1:]) if part is not None else ()
        for _, element in parsed:
            if element.tag == STRING_TAG:
                self.shared_strings.append(_string(element).replace("x005F_", ""))
                element.clear()

    def read_worksheets(self):
        """Note each sheet; openpyxl would first read whole those that state no size."""
        self.wb._archive = self
        super().read_worksheets()
        self.wb._archive = self.archive

    def open(self, name):
        """Give an empty sheet to whoever asks for the size of one."""
        return BytesIO(b"<worksheet/>")


class Cells(sheets.WorkSheetParser):
    """openpyxl's reader of a sheet; `formulas` and `merged_cells` are known after all rows."""

    def __init__(self, book, sheet, parts):
        """Take a sheet of a workbook that `opened` gave, with the same `parts`."""
        formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
        super().__init__(None, sheet._shared_strings, epoch=book.epoch, **formats)
        self.parsed = _parsed(book._archive, parts, sheet._worksheet_path)
        self.formulas, self.dated = set(), _Dated(book._date_formats)

    def rows(self) -> Iterator[tuple[int, list[tuple[int, object]]]]:
        """Yield (number of the row, [(column from 1, value), ...]) of cells that have a value."""
        for _, element in self.parsed:
            if element.tag == sheets.ROW_TAG:
                number, cells = self.parse_row(element)
                yield number, [cell for cell in cells if cell]
                element.clear()
        self._read_around(self.parsed.root)

    def _read_around(self, root):
        """Have openpyxl read what is not a row: merged cells, and what else it refuses."""
        for data in list(root.iter(sheets.DATA_TAG)):
            data.clear()
        rest = ElementTree.tostring(root)
        sheets.WorkSheetParser(BytesIO(rest), []).parse_dimensions()
        self.source = BytesIO(rest)
        list(self.parse())

    def parse_cell(self, cell):
        """Give (column, value) of a cell, None of one without a value."""
        place = cell.get("r", "")
        letters = place.rstrip(DIGITS)
        column, dated = COLUMNS.get(letters), self.dated[cell.get("s")]
        if column is None or letters == place or len(cell) > 1:
            return self._any(cell)
        self.col_counter = column  # the next cell may not say where it stands
        for inner in cell:
            kind, text = cell.get("t", "n"), inner.text
            if kind == "inlineStr" and inner.tag == sheets.INLINE_STRING:
                return column, _string(inner)
            if kind == "s" and inner.tag == sheets.VALUE_TAG and text:
                return column, self.shared_strings[int(text)]
            if kind == "n" and inner.tag == sheets.VALUE_TAG and text and not dated:
                return column, sheets._cast_number(text)
            return self._any(cell)

    def _any(self, cell):
        """Give the same of any cell, as openpyxl reads it."""
        parsed = super().parse_cell(cell)
        column, value = parsed["column"], parsed["value"]
        if parsed["data_type"] == "f":
            self.formulas.add((self.row_counter, column))
        table = isinstance(value, DataTableFormula)  # has no text of its own
        return None if value is None else (column, "=" if table else value)


class _Dated(dict):
    """Whether a style, as a cell names it, shows days; ValueError for one that is no number."""

    def __init__(self, formats):
        super().__init__({None: 0 in formats, "": False})
        self.formats = formats

    def __missing__(self, style):
        return self.setdefault(style, int(style) in self.formats)


def _string(node):
    """Give the text of a string, without its looks."""
    if len(node) == 1 and node[0].tag == TEXT_TAG and not node.attrib:
        return node[0].text or ""
    return Text.from_tree(node).content
