"""What a view shows as a file that says what it is: CSV with its description, XLSX, SVG and PNG.

Title, unit, source, data cut-off and licence travel with it. It is handed over inside the page, so
that no server keeps a copy.
"""

import io
import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd
from lxml import etree, html

import cop.data
from cop.explore import economies
from cop.explore.choice import Choice
from cop.report import figures, page, words
from cop.report.downloads import csv, link
from helpers import countries

DRAWN = re.compile(r'<svg [^>]*class="drawn".*?</svg>', re.DOTALL)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL = "all-economies"
NAME = 48  # letters of what is shown, in the name of a file
LINE, LETTERS = 10, 66  # height of a line below a picture, and how many letters it holds


@dataclass(frozen=True)
class About:
    """What a file says of itself."""

    measure: str
    unit: str  # "" where rows are texts
    data_source: str
    cut_off: str
    licence: str


def about(place: Choice, title: str, frame: pd.DataFrame, codes: Iterable[str] = ()) -> About:
    """Return what a file exported from a view says of itself.

    Of indicators by their data sets, else by those that its rows name, else of the country's
    research, whose rows name their own sources.
    """
    told = [economies.about(place, code) for code in codes]
    ids = list(frame.source_id) if "source_id" in frame else [i for t in told for i in t.source_ids]
    sets = economies.sources(place, ids)
    known = cop.data.contents(place.data)["licenses"][0]["title"]
    return About(
        measure="; ".join(t.title for t in told) or title,
        unit="; ".join(dict.fromkeys(t.unit for t in told)),
        data_source=words.text("explore", "export_source", sets, place),
        cut_off=cut_off(place),
        licence="; ".join(dict.fromkeys(sets.licence)) or known,
    )


def cut_off(place: Choice) -> str:
    """Give, for a file saved from a view, the day up to which the data go.

    It is that of the edition, else the last on which a data set was read.
    """
    if place.edition:
        return countries.edition(place).cut_off
    return cop.data.read("statistics_sources", place.data).accessed.max()


def named(iso3s: Sequence[str], what: str, years: str) -> str:
    """Return the name of an exported file: 'UKR-MDA_price-of-mobile-data_2023-2025'.

    Its ending is not in it.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")
    slug = slug[:NAME].rpartition("-")[0] if len(slug) > NAME else slug
    return "_".join(part for part in ("-".join(iso3s) or ALL, slug, years) if part)


def of_table(
    frame: pd.DataFrame, name: str, told: About, titles: dict[str, str] | None = None
) -> page.Shown:
    """Give, below a view of explore, links that save a frame as CSV, what describes that, and as
    XLSX.
    """
    rows = frame.assign(**{k: v for k, v in asdict(told).items() if k not in frame})
    described = json.dumps(description(frame, name, told, titles or {}), indent=1)
    return (
        link("CSV", f"{name}.csv", "text/csv", csv(rows))
        + link("Description", f"{name}.datapackage.json", "application/json", described.encode())
        + link("XLSX", f"{name}.xlsx", SHEET, xlsx(frame, told))
    )


def of_chart(shown: page.Shown, name: str, told: About) -> page.Shown:
    """Return what saves the first figure of some HTML as SVG and PNG, with its texts.

    Nothing where there is none.
    """
    drawn = DRAWN.search(str(shown))
    if not drawn:
        return page.Shown("")
    png = page.Shown(
        '<button type="button" onclick="copDesk.png(this)" data-name="{}.png">PNG</button>'
    ).format(name)
    (message,) = html.fromstring(str(shown)).xpath("(//*[@class='message'])[1]") or [None]
    title = "" if message is None else message.text_content()
    picture = _with_texts(figures.standalone(drawn[0]), title, told)
    return link("SVG", f"{name}.svg", "image/svg+xml", picture) + png


def _with_texts(picture, title, told):
    """Add to a drawing its title, above it, and source, cut-off and licence, below it."""
    root = etree.fromstring(picture)
    left, top, width, height = map(float, root.get("viewBox").split())
    notes = f"Source: {told.data_source}.", f"Data cut-off: {told.cut_off}."
    above = textwrap.wrap(title, LETTERS)
    below = textwrap.wrap(" ".join([*notes, f"Licence of the data: {told.licence}."]), LETTERS)
    room = LINE * (len(above) + 1)
    lines = [(top - room + LINE * (n + 1), "bold", line) for n, line in enumerate(above)]
    lines += [(top + height + LINE * (n + 1), "normal", line) for n, line in enumerate(below)]
    for y, weight, line in lines:
        about = {"x": str(left + 4), "y": str(y), "font-size": "7.5", "font-weight": weight}
        about["font-family"] = "DejaVu Sans, sans-serif"
        etree.SubElement(root, "{http://www.w3.org/2000/svg}text", about).text = line
    whole = height + room + LINE * (len(below) + 1)
    root.set("viewBox", f"{left:g} {top - room:g} {width:g} {whole:g}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def description(frame: pd.DataFrame, name: str, told: About, titles: dict[str, str]) -> dict:
    """Return a data package that describes an exported CSV, in the terms of datapackage.json."""
    about = asdict(told)
    columns = {**{c: titles.get(c, c) for c in frame}, **{c: c for c in about if c not in frame}}
    fields = [{"name": c, "title": t, "type": _type(frame, c)} for c, t in columns.items()]
    resource = {"name": name.lower(), "path": f"{name}.csv", "format": "csv", "encoding": "utf-8"}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name.lower(),
        "title": told.measure,
        "description": f"Unit: {told.unit}" if told.unit else "",
        "sources": [{"title": told.data_source}],
        "licenses": [{"name": "other", "title": told.licence}],
        "cop:cutOff": told.cut_off,
        "resources": [{**resource, "type": "table", "schema": {"fields": fields}}],
    }


def xlsx(frame: pd.DataFrame, told: About) -> bytes:
    """Return the frame of a view as a workbook, with a sheet that says what it is; text stays text,
    whatever it begins with.
    """
    made = io.BytesIO()
    sheets = {"view": frame, "about": pd.DataFrame(asdict(told).items(), columns=["what", "is"])}
    with pd.ExcelWriter(made, engine="openpyxl") as book:
        for name, rows in sheets.items():
            rows = rows.astype(object).where(rows.notna(), None)
            rows.to_excel(book, index=False, sheet_name=name)
            for cell in (cell for row in book.sheets[name].iter_rows(min_row=2) for cell in row):
                if isinstance(cell.value, str):
                    cell.data_type, cell.quotePrefix = "s", cop.data.is_formula(cell.value)
            book.sheets[name].freeze_panes = "A2"
    return made.getvalue()


def _type(frame, column):
    if column not in frame or not pd.api.types.is_numeric_dtype(frame[column]):
        return "string"
    return "integer" if pd.api.types.is_integer_dtype(frame[column]) else "number"
