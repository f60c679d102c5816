"""What a view shows as a file: CSV, XLSX, SVG and PNG.

It is handed over inside the page, so that no server keeps a copy.
"""

import io
import re

import pandas as pd

from report import page
from report.charts import drawing
from report.downloads import csv, link

DRAWN = re.compile(r'<svg class="drawn".*?</svg>', re.DOTALL)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of_table(frame: pd.DataFrame, name: str) -> page.Shown:
    """Give, below a view, links that save a frame as CSV and XLSX."""
    sheet = link("XLSX", f"{name}.xlsx", SHEET, xlsx(frame))
    return link("CSV", f"{name}.csv", "text/csv", csv(frame)) + sheet


def of_chart(html: page.Shown, name: str) -> page.Shown:
    """Give, below a view, what saves the first figure of some HTML as SVG and PNG; nothing where
    there is none.
    """
    drawn = DRAWN.search(str(html))
    if not drawn:
        return page.Shown("")
    png = page.Shown(
        '<button type="button" onclick="copDesk.png(this)" data-name="{}.png">PNG</button>'
    ).format(name)
    return link("SVG", f"{name}.svg", "image/svg+xml", drawing.alone(drawn[0])) + png


def xlsx(frame: pd.DataFrame) -> bytes:
    """Give the frame of a view as a workbook; text stays text, whatever it begins with."""
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
