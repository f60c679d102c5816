"""Render the site's own pages and tables, link reports to files, and link pages to translations."""

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import unescape
from pathlib import Path

from markupsafe import Markup

from cop.data import csv_text, neutralise
from cop.report import formats, languages, sheet, words
from cop.report.languages import gettext, translate
from cop.report.render import mentions
from cop.report.site.data import SiteData

HERE = Path(__file__).parent
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)  # but not data blocks, which have a type
PAGES = {  # template of each page except those of items and of the search
    "index.html": "home", "countries.html": "countries", "region.html": "region",
    "policy-makers.html": "audience", "industry.html": "audience",
    "parents-and-educators.html": "audience", "children.html": "children", "items.html": "items",
    "what-serves-what.html": "serves",
    "case-studies.html": "studies", "resources.html": "resources", "glossary.html": "glossary",
    "method.html": "method", "corrections.html": "corrections", "data.html": "data",
    "codebook.html": "codebook",
}  # fmt: skip
SEARCHED = {  # {saved table: (column of the id, column of the title, kind, column of the subject)}
    "sources_on_record": ("source_id", "title", "source", "publisher"),
    "organisations": ("stakeholder_id", "name", "organisation", "name_local"),
    "services_on_record": ("service_id", "name", "service", "name_local"),
    "action_plan": ("recommendation_id", "what", "recommendation", "lead"),
}
CITATION = "citation-licence-and-corrections"  # id of the last chapter of every report
OF_A_COLUMN = "name", "title", "description", "type"  # kept in the published datapackage.json


def pages(site: SiteData) -> dict[str, str]:
    """Return {address: content} of the site's own pages and tables, in the current language.

    Reports and the start page of the desk baselines are not included.
    """
    if languages.translated():
        formats.remember_countries(site.shared("countries"))
    built = dict(_page(f"site/{template}", at, site) for at, template in PAGES.items())
    titles = [(at, _title(page)) for at, page in built.items()]
    built |= dict(_page("site/item", item.address, site, item) for item in site.items)
    parts = entries(site, titles), Markup(script()), Markup(permitted())
    built |= [_page("site/search", "search.html", site, titles, *parts)]
    built |= dict(files(site))
    return built


def of_baselines(pages: Sequence[Mapping], lost: Mapping[str, str], today: date) -> str:
    """Render the start page of the desk baselines, which are sorted by the name of the country.

    `pages` contains results of `site.data.about`, and `lost` is {ISO3: cause} of failed baselines.
    """
    rows = sorted(pages, key=lambda page: formats.sort_key(page["cover"]["country"]))
    style = Markup(sheet.of_site())
    return words.render("site/baselines", "page", rows, dict(lost), style, today.isoformat())


def entries(site: SiteData, pages: Iterable[tuple[str, str]]) -> list[tuple]:
    """Return (address, title, kind, country or group, subject) for each entry of the search.

    The first entry is the help box. The last two texts may be empty. `pages` contains (address,
    title) for each of the site's own pages.
    """
    help_box = "children.html#help", gettext("Who listens and helps"), "page", ""
    sought = gettext("help, call, number, photo, picture, video, threat, blackmail, police, afraid")
    result = [(*help_box, sought)]
    result += [(at, title, "page", "", "") for at, title in pages]
    for item in site.items:
        about = f"{item.row['item_id']} {item.row['guidance']}"
        result.append((item.address, translate(item.row["item"]), "item", "", about))
    for anchor, row in site.glossary():
        result.append(
            (f"glossary.html#{anchor}", translate(row["term"]), "term", "", row["abbreviation"])
        )
    for report in site.reports:
        kind = "synthesis" if report.regional else "report"
        result.append((report.file, report.name, kind, report.name, ""))
        result += [(at, title, "chapter", report.name, "") for at, title in report.headings]
        for table, (key, title, kind, about) in SEARCHED.items():
            for row in report.rows(table):
                name = site.called(report, row[title])
                both = f"{row[title]} {row[about]}" if name != row[title] else row[about]
                result.append((report.at(row[key]), name, kind, report.name, both))
    return result


def files(site: SiteData) -> Iterator[tuple[str, str]]:
    """Yield (address, text) for each published table, then for their descriptor datapackage.json.

    Yields nothing if there are no tables. The tables are CSV for Excel, with byte order mark, CRLF
    line ends and neutralised formulas.
    """
    about = {name: site.contract[name] for name in ("$schema", "name", "licenses")}
    about |= {"title": gettext("The tables behind these pages"), "resources": []}
    for table in site.tables:
        columns = [field["name"] for field in table["fields"]]
        rows = ([neutralise(row.get(name, "")) for name in columns] for row in table["rows"])
        yield table["address"], "\ufeff" + csv_text([columns, *rows], end="\r\n")
        fields = [{k: f[k] for k in OF_A_COLUMN if k in f} for f in table["fields"]]
        described = {name: table[name] for name in ("name", "description")}
        described |= {"licenses": table["licenses"]} if table["licenses"] else {}
        described |= {"path": f"{table['name']}.csv", "type": "table", "format": "csv"}
        described |= {"encoding": "utf-8-sig", "schema": {"fields": fields, "missingValues": [""]}}
        about["resources"].append(described)
    if site.tables:
        yield "data/datapackage.json", json.dumps(about, ensure_ascii=False, indent=1)


def _page(template, at, site, *values):
    """Render a page with notes on the territories it mentions, and return (address, content)."""
    page = str(words.render(template, "page", site, at, *values))
    shown = SCRIPT.sub("", page[page.find("</head>") :])
    rows = site.shared("territory_notes")
    if notes := [row for row in rows if mentions(shown, row["listed"])]:
        text = words.render("site/layout", "notes", notes)
        page = page.replace("</main>", f"{text}\n</main>", 1)
    return at, page


def _title(page):
    return unescape(re.search(r"<h1>(.*?)</h1>", page)[1])


@lru_cache(maxsize=1)
def script() -> str:
    """Return the JavaScript of the search: MiniSearch and the code that calls it."""
    library = (HERE / "minisearch" / "minisearch.js").read_text(encoding="utf-8")
    return f"{library}\n{(HERE / 'search.js').read_text(encoding='utf-8')}"


def permitted() -> str:
    """Return the directive of the content security policy that allows the script of the search."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return f"script-src 'sha256-{digest}'; "


def offer(page: str, at: str, files: Mapping[str, Path], report: str) -> str:
    """Add links to downloadable files and to the citation, on the cover of a report or annex.

    `at` is the address of the page, `files` is {address: path}, and `report` the file name of the
    report, which offers all files. An annex offers only its own files; if it has none, the page is
    returned unchanged.
    """
    folder, name = posixpath.split(at)
    if name != report:
        own = name.removesuffix(".html") + "-"
        files = {address: file for address, file in files.items() if file.name.startswith(own)}
        if not files:
            return page
    sizes = {posixpath.relpath(at, folder or "."): f.stat().st_size for at, f in files.items()}
    citation = CITATION if f'"{CITATION}"' in page else ""
    links = words.render("site/layout", "offered", sizes, citation)
    return page.replace("</dl></section>", f"{links}</dl></section>", 1)


def link_languages(
    page: str, at: str, language: str, others: Mapping[str, str], behind: bool = False
) -> str:
    """Link a page of the site to the same page in other languages.

    `at` is the address of the page, `language` its language, and `others` is {language: address}.
    If `behind` is True, a note states that the English page is based on other data. Without
    `others`, the page is returned unchanged.
    """
    if not others:
        return page
    start, pages = posixpath.dirname(at) or ".", []
    addresses = {**others, language: at}
    for tag in sorted(addresses, key=lambda tag: (tag != languages.SOURCE, tag)):
        way = posixpath.relpath(addresses[tag], start)
        pages.append((tag, formats.native_name(tag), way))
    head = words.render("site/layout", "alternates", pages)
    switch = words.render("site/layout", "switch", pages, language, behind)
    page = page.replace("</head>", f"{head}\n</head>", 1)
    return page.replace("<main", f"{switch}\n<main", 1)
