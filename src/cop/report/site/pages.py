"""All pages of the site by their addresses: each a template of words/site/ and what it is given."""

import re
from collections.abc import Iterator
from html import unescape

from markupsafe import Markup

import cop.data
from cop.report import formats, languages, words
from cop.report.languages import gettext, said
from cop.report.site import audiences, home, items, resources, search, serves, studies, table
from cop.report.site.told import Told

SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)


def pages(told: Told) -> dict[str, str]:
    """Return every page and file of the site but those of desk baselines, by its address."""
    _name_countries(told)
    examples = studies.of_countries(told)
    known = items.items(told, examples)
    files = resources.files(told)
    tables = resources.tables(told, files)
    made = dict(_leading(told)) | dict(_audiences(told, known)) | dict(_items(told, known))
    made |= dict(_studies(told, examples)) | dict(_reference(told)) | dict(_data(told, tables))
    listed = [(at, _title(page)) for at, page in made.items() if "/" not in at]
    made |= dict([_search(told, known, listed)])
    data = dict(resources.texts(told, files)) | resources.package(told, tables)
    return made | data | dict(_for_machines(told, made))


def _name_countries(told):
    """Let names of countries be said in the language spoken, where that is not English."""
    if languages.translated():
        formats.remember_countries(told.shared("countries"))


def _leading(told) -> Iterator[tuple[str, str]]:
    """Yield home, the countries and the region."""
    statuses = _statuses(told)
    shown = home.tiles(told), table.rows(told), home.standing(told), statuses
    yield _page("home", "index.html", told, *shown, home.sureness(told), home.STANDS)
    yield _page("countries", "countries.html", told, home.countries(told), statuses, shown[1])
    themes = [row for report in told.syntheses[:1] for row in report.rows("common_challenges")]
    shown = home.by_area(told), statuses, home.unsure(told), themes, told.syntheses
    yield _page("region", "region.html", told, *shown)


def _audiences(told, known):
    """Yield the pages for the four audiences; that for children is made in words of its own."""
    titles = told.labels("guidelines", "audience")
    sections = told.labels("evidence", "section")
    for one in audiences.AUDIENCES:
        areas, found = items.by_area(known, one.name), audiences.steps(told, one)
        sheets = audiences.documents(told, one)
        if one.name == "children":
            standing = home.standing(told, one.name), _statuses(told)
            shown = audiences.help_lines(told), areas, *standing, found, sections, sheets
            yield _page("children", one.address, told, one, *shown)
        else:
            lines = audiences.for_adults(told) if one.name == "parents and educators" else None
            shown = titles[one.name], areas, _statuses(told), found, sections, sheets, lines
            yield _page("audience", one.address, told, one, *shown)


def _items(told, known):
    """Yield the list of items, and a page for each."""
    names = told.labels("guidelines", "audience")
    names[home.RESPONSE] = gettext("Model National Response")
    names[items.CHECKS] = gettext("Cross-checks")
    frameworks = [(name, label, items.by_area(known, name)) for name, label in names.items()]
    statuses = _statuses(told)
    yield _page("items", "items.html", told, frameworks, statuses)
    shown = serves.elements(told, known), known, told.labels("frameworks", "framework"), names
    yield _page("serves", "what-serves-what.html", told, *shown, serves.unseen(told))
    for one in known:
        shown = one, names[one.framework], statuses
        yield _page("items", one.address, told, *shown, macro="item")


def _studies(told, examples):
    themes, labels = studies.by_theme(examples), told.labels("challenges", "theme")
    shown = themes, labels, studies.of_library(told)
    yield _page("studies", "case-studies.html", told, *shown)


def _reference(told):
    """Yield resources, glossary, method and corrections."""
    columns = ("evidence", "section"), ("sources", "kind"), ("sources", "hand")
    shown = resources.by_topic(told), *(told.labels(*column) for column in columns)
    yield _page("resources", "resources.html", told, *shown)
    rows = sorted(told.shared("glossary"), key=lambda row: formats.placed(said(row["term"])))
    terms = [(search.anchor(row["term"]), row) for row in rows]
    yield _page("glossary", "glossary.html", told, terms)
    threshold = cop.data.contents(told.data)["cop:threshold"]
    yield _page("method", "method.html", told, threshold)
    makers = cop.data.contents(told.data)["contributors"]
    yield _page("corrections", "corrections.html", told, resources.corrections(told), makers)


def _data(told, shown):
    """Yield the page of tables and the codebook."""
    licences = dict.fromkeys(one["title"] for table in shown for one in table["licenses"])
    yield _page("data", "data.html", told, shown, list(licences))
    yield _page("data", "codebook.html", told, shown, macro="codebook")


def _search(told, known, listed):
    found = search.entries(told, known, listed)

    parts = map(Markup, (search.index(found), search.script(), search.permitted()))
    shown = _shown("search", "page", told, "search.html", told.style, listed, *parts)
    return "search.html", shown


def _for_machines(told, made):
    """Yield the feed and the map of the site, where it is known where it will stand."""
    if told.address:
        listed = sorted({*made, *(report.file for report in told.reports)})
        corrected = resources.corrections(told)
        times = [report.made for report in told.reports if report.made]
        times += [f"{row['day']}T00:00:00Z" for row in corrected]
        updated = max(times, default=f"{told.today}T00:00:00Z")
        yield "feed.xml", str(words.show("site/feed", "feed", told, updated, corrected))
        yield "sitemap.xml", str(words.show("site/feed", "sitemap", told.address, listed))


def _shown(template, macro, told, *given):
    """Return a page as text: where a name stands on it that calls for a note, with the note at its
    end.
    """
    page = str(words.show(f"site/{template}", macro, told, *given))
    shown = SCRIPT.sub("", page[page.find("</head>") :])
    called = lambda row: any(one in shown for one in cop.data.split(row["listed"]))  # noqa: E731
    rows = [row for row in told.shared("territory_notes") if called(row)]  # most stand nowhere
    if rows := [row for row in rows if named(row["listed"]).search(shown)]:
        said = words.show("site/names", "notes", rows)
        return page.replace("</main>", f"{said}\n</main>", 1)
    return page


def named(listed: str) -> re.Pattern:
    """Give, for the site, what finds one of the names in a text.

    Their letters stand first and what may not be before them after: a text is searched by letters.
    """
    names = map(re.escape, cop.data.split(listed))
    return re.compile("|".join(rf"{name}(?<!\w{name})\b" for name in names))


def _page(template, at, told, *shown, macro="page"):
    return at, _shown(template, macro, told, at, told.style, *shown)


def _statuses(told):
    return list(told.labels("alignment", "status"))


def _title(page):
    return unescape(re.search(r"<h1>(.*?)</h1>", page)[1])
