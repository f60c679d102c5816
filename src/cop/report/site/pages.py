"""All pages of the site by their addresses: each a template of words/site/ with its values."""

import base64
import hashlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from html import unescape
from pathlib import Path

from markupsafe import Markup

import cop.data
from cop.data.tables import listed
from cop.report import formats, languages, sheet, words
from cop.report.languages import gettext, said
from cop.report.site import content, resources
from cop.report.site.content import CHECKS, POLICY, RESPONSE
from cop.report.site.data import SiteData

HERE = Path(__file__).parent
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
IN_FORCE = ("in force", "adopted")  # words of a strategy


def pages(site: SiteData) -> dict[str, str]:
    """Return every page and file of the site but those of desk baselines, by its address."""
    if languages.translated():
        formats.remember_countries(site.shared("countries"))
    examples = content.examples(site)
    items = content.items(site, examples)
    tables = resources.tables(site)
    built = dict(_overview(site)) | dict(_audiences(site, items)) | dict(_items(site, items))
    built |= dict(_reference(site, examples, tables))
    titles = [(at, _title(page)) for at, page in built.items() if "/" not in at]
    entries = content.entries(site, items, titles)
    parts = Markup(_json(entries)), Markup(script()), Markup(permitted())
    built |= [_page("search", "search.html", site, titles, *parts)]
    built |= dict(resources.files(tables)) | resources.package(site, tables)
    return built | dict(_for_machines(site, built))


def of_baselines(pages: Sequence[Mapping], lost: Mapping[str, str], today: date) -> str:
    """Return the first page of desk baselines, which are not listed among the assessments."""
    rows = [{"country": page["cover"]["country"], **page} for page in pages]
    rows.sort(key=lambda page: formats.placed(page["country"]))
    style = Markup(sheet.of_site())
    return words.show("site/baselines", "page", rows, dict(lost), style, today.isoformat())


def _overview(site) -> Iterator[tuple[str, str]]:
    """Yield home, the countries and the region."""
    ratings, reports = site.ratings(POLICY), content.reports(site)
    counts, sure = (Counter(row[c] for row in ratings) for c in ("status", "confidence"))
    shown = content.tiles(site), reports, counts, sure, IN_FORCE
    yield _page("home", "index.html", site, *shown)
    yield _page("countries", "countries.html", site, reports, POLICY)
    areas = listed((row["area"], row["status"]) for row in ratings)
    areas = {area: Counter(statuses) for area, statuses in areas.items()}
    low = Counter(row["area"] for row in ratings if row["confidence"] == "low")
    themes = [row for report in site.syntheses[:1] for row in report.rows("common_challenges")]
    yield _page("region", "region.html", site, areas, low, themes)


def _audiences(site, items):
    """Yield the pages for the four audiences; that for children has its own words."""
    titles, topics = site.labels("guidelines", "audience"), site.labels("evidence", "section")
    for name, (address, categories, sections) in content.AUDIENCES.items():
        areas = content.by_area(items, name)
        steps, sheets = content.steps(site, categories), content.documents(site, name)
        topics_of = {section: topics[section] for section in sections if section in topics}
        shown = areas, steps, topics_of, sheets
        if name == "children":
            counts = Counter(row["status"] for row in site.ratings(name))
            yield _page("children", address, site, content.help_lines(site), counts, *shown)
        else:
            lines = None
            if name == "parents and educators":
                helps = ((r, content.services(r, [content.HELP], "parent")) for r in site.countries)
                lines = [(report, rows) for report, rows in helps if rows]
            yield _page("audience", address, site, name, titles[name], lines, *shown)


def _items(site, items):
    """Yield the list of items, what they serve, and a page for each."""
    names = site.labels("guidelines", "audience")
    names |= {RESPONSE: gettext("Model National Response"), CHECKS: gettext("Cross-checks")}
    frameworks = [(label, content.by_area(items, name)) for name, label in names.items()]
    yield _page("items", "items.html", site, frameworks)
    unread = [row["cycle"] for row in site.shared("frameworks") if row["verified"] == "no"]
    shown = content.elements(site, items), items, site.labels("frameworks", "framework"), names
    yield _page("serves", "what-serves-what.html", site, *shown, unread)
    for item in items:
        yield _page("items", item.address, site, item, names[item.framework], macro="item")


def _reference(site, examples, tables):
    """Yield case studies, resources, glossary, method, corrections, data and codebook."""
    themes = listed((example["theme"], example) for example in examples)
    library = [(row, list(content.sources(row))) for row in site.shared("challenge_library")]
    shown = themes, site.labels("challenges", "theme"), library
    yield _page("studies", "case-studies.html", site, *shown)
    columns = ("evidence", "section"), ("sources", "kind"), ("sources", "hand")
    shown = resources.by_topic(site), *(site.labels(*column) for column in columns)
    yield _page("resources", "resources.html", site, *shown)
    rows = sorted(site.shared("glossary"), key=lambda row: formats.placed(said(row["term"])))
    terms = [(content.anchor(row["term"]), row) for row in rows]
    yield _page("glossary", "glossary.html", site, terms)
    contract = cop.data.contents(site.data)
    yield _page("method", "method.html", site, contract["cop:threshold"])
    corrections = resources.corrections(site), contract["contributors"]
    yield _page("corrections", "corrections.html", site, *corrections)
    licences = dict.fromkeys(terms["title"] for table in tables for terms in table["licenses"])
    yield _page("data", "data.html", site, tables, list(licences))
    yield _page("data", "codebook.html", site, tables, macro="codebook")


def _for_machines(site, built):
    """Yield the feed and the map of the site, where its address is known."""
    if site.address:
        corrected = resources.corrections(site)
        times = [report.made for report in site.reports if report.made]
        times += [f"{row['day']}T00:00:00Z" for row in corrected]
        updated = max(times, default=f"{site.today}T00:00:00Z")
        pages = {at for at in built if at.endswith(".html")}
        addresses = sorted(pages | {report.file for report in site.reports})
        yield "feed.xml", str(words.show("site/feed", "feed", site, updated, corrected))
        yield "sitemap.xml", str(words.show("site/feed", "sitemap", site.address, addresses))


def _page(template, at, site, *values, macro="page"):
    """Return address and text of a page; notes on names of territories that it uses are added."""
    page = str(words.show(f"site/{template}", macro, site, at, *values))
    shown = SCRIPT.sub("", page[page.find("</head>") :])
    notes = [row for row in site.shared("territory_notes")
             if any(name in shown for name in cop.data.split(row["listed"]))]  # fmt: skip
    if notes := [row for row in notes if named(row["listed"]).search(shown)]:
        text = words.show("site/layout", "notes", notes)
        page = page.replace("</main>", f"{text}\n</main>", 1)
    return at, page


def named(names: str) -> re.Pattern:
    """Return the pattern of whole names, separated by ;."""
    names = map(re.escape, cop.data.split(names))
    return re.compile("|".join(rf"{name}(?<!\w{name})\b" for name in names))  # letters first: fast


def _title(page):
    return unescape(re.search(r"<h1>(.*?)</h1>", page)[1])


def _json(entries):
    """Return the entries of the search as JSON, safe within a page."""
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")


@lru_cache(maxsize=1)
def script() -> str:
    """Return the only script of the site: MiniSearch, and what asks it."""
    library = (HERE / "minisearch" / "minisearch.js").read_text(encoding="utf-8")
    return f"{library}\n{(HERE / 'search.js').read_text(encoding='utf-8')}"


def permitted() -> str:
    """Return the policy of the site that lets this script run and no other."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return f"script-src 'sha256-{digest}'; "


def link_languages(
    page: str,
    at: str,
    language: str,
    others: Mapping[str, str],
    address: str = "",
    behind: bool = False,
) -> str:
    """Return a page of the site with links to the same page in other languages.

    `others` are {language: address in the site}. `address` is where the site will be: search
    engines want whole addresses. `behind` says that the English page rests on other data.
    """
    if not others:
        return page
    source = languages.SOURCE
    tags = sorted({*others, language}, key=lambda tag: (tag != source, tag))
    addresses = {tag: {**others, language: at}[tag] for tag in tags}
    ways = {
        tag: posixpath.relpath(to, posixpath.dirname(at) or ".") for tag, to in addresses.items()
    }
    full = {tag: address + to for tag, to in addresses.items()} if address else ways
    head = words.show("site/layout", "alternates", full, source)
    names = [(tag, formats.own_name(tag), way) for tag, way in ways.items()]
    switch = words.show("site/layout", "switch", names, language, source, behind)
    page = page.replace("</head>", f"{head}\n</head>", 1)
    return page.replace("<main", f"{switch}\n<main", 1)
