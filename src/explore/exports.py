"""What a view shows as a file: CSV, XLSX, SVG and PNG.

It is handed over inside the page, so that no server keeps a copy.
"""

import base64
import io
import re

import pandas as pd

from report import page

DRAWN = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"')
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula


def of_table(frame: pd.DataFrame, name: str) -> page.Shown:
    """Give links that save a frame as CSV and XLSX."""
    sheet = _link("XLSX", f"{name}.xlsx", SHEET, xlsx(frame))
    return _link("CSV", f"{name}.csv", "text/csv", csv(frame)) + sheet


def of_chart(html: page.Shown, name: str) -> page.Shown:
    """Give what saves the first figure of some HTML as SVG and PNG; nothing where there is none."""
    drawn = DRAWN.search(str(html))
    if not drawn:
        return page.Shown("")
    png = page.Shown(
        '<button type="button" onclick="copDesk.png(this)" data-name="{}.png">PNG</button>'
    ).format(name)
    return _link("SVG", f"{name}.svg", "image/svg+xml", base64.b64decode(drawn[1])) + png


def csv(frame: pd.DataFrame) -> bytes:
    """Give a frame as CSV in UTF-8 with the byte order mark of Excel; no cell begins a formula."""
    return frame.map(_harmless).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx(frame: pd.DataFrame) -> bytes:
    """Give a frame as a workbook; text stays text, whatever it begins with."""
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine="openpyxl") as book:
        frame.astype(object).where(frame.notna(), None).to_excel(
            book, index=False, sheet_name="view"
        )
        for row in book.sheets["view"].iter_rows(min_row=2):
            for cell in row:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        book.sheets["view"].freeze_panes = "A2"
    return made.getvalue()


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _link(label, name, kind, content):
    data = base64.b64encode(content).decode()
    return page.Shown('<a download="{}" href="data:{};base64,{}">{}</a> ').format(
        name, kind, data, label
    )
