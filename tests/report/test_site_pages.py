"""The rules in the pages of the site: what each page says of which rows, at the edge of each."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pagetext
import pytest
import yaml
from cases import UniqueKeys, by_rule
from lxml import html
from site_rows import TABLES, country, judged, organisation, region, service, site_data, step

from cop.report import languages, words
from cop.report.site.data import Item

RATED = country(tables=TABLES | {"alignment_by_item": [
    judged("PM-LEG-01", "in place", confidence="high"),
    judged("PM-LEG-02", "planned", confidence="low"),
    judged("PM-LEG-03", "not assessed", confidence=""),
    judged("PM-LEG-04", "planned", confidence="low"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
]})  # fmt: skip
OTHER = country("YYY", "Yonderland")
DISPUTED = replace(RATED, cover=RATED.cover | {"disputes": "PM-1: planned\nPM-2: planned"})
EARLIER = replace(RATED, cover=RATED.cover | {"edition": "2024"})


def with_rows(key="ZZZ", name="Zedland", **tables):
    """Return a site of a country with these tables and, of Zedland, its others."""
    others = TABLES if key == "ZZZ" else {}
    return site_data([country(key, name, others | tables)])


def with_services(*services, **of_country):
    return with_rows(services_on_record=[*services], **of_country)


def signed(*keys):
    """Return a site of two countries with packages that are signed with these keys."""
    return site_data(
        [
            replace(made, signer=key, downloads=[f"{made.key}/verify.py"])
            for made, key in zip((RATED, OTHER), keys, strict=True)
        ]
    )


FOR_PARENTS = {"serves": "parents", "languages": "uk"}
LONE = site_data([RATED], {"QQQ": "stage 3"}, 4)
SITES = {
    "no country": site_data(baselines=1),
    "one country": site_data([RATED]),
    "one country, another lost": LONE,
    "two countries": site_data([DISPUTED, OTHER]),
    "all items": site_data([RATED], few=False),
    "a synthesis only": site_data([region()]),
    "a region of one country": site_data([region(), RATED]),
    "a region of two countries": site_data([region(), RATED, OTHER]),
    "a stale report": site_data(
        [replace(RATED, failure="stage 3", downloads=["a/r.docx"], editions=[RATED, EARLIER])]
    ),
    "one source": with_rows(sources_on_record=TABLES["sources_on_record"][:1]),
    "one key": signed("K1", "K1"),
    "two keys": signed("K1", "K2"),
    "bodies of families": with_rows(
        organisations=[
            organisation(1, "Parents' League", "parents", "ZZZ"),
            organisation(2, "School Board", "education", "ZZZ"),
        ],
        action_plan=[step(1, "Parents' League", "ZZZ"), step(2, "School Board", "ZZZ")],
    ),
    "lines of help": with_services(
        service("V1", "Parent line", phone="116 000", name_local="Línea", **FOR_PARENTS),
        service("V2", "Young line", serves="young people"),
        service("V3", "Web", name_local="Web", phone="1", serves="children", hours="daily (2024)"),
    ),
    "numbers to call": with_services(
        service("V1", "Parent line", phone="116 000", serves="parents", operates="not known"),
        service("V2", "Child line", phone="116 111", serves="children"),
        service("V3", "Young line", phone="9", serves="young people"),
        service("V4", "Tell", kind="hotline", website="https://tell.example", operates="not known"),
        service("V5", "Portal", kind="portal", website="http://portal.example"),
    ),
    "stated hours": with_services(
        service("V1", "Line", hours="daily (2025)", hours_evidence_id="ZZZ-E01"),
        service("V2", "Tell us", kind="hotline", phone="7"),
    ),
    "lines of a country of Ukrainian": with_services(
        service("V1", "Parent line", serves="parents", languages="English"),
        service("V2", "Other line", serves="parents", languages="uk; ru"),
    ),
    "a helpline only": with_services(service("V1", "Talk"), key="YYY", name="Yonderland"),
    "a hotline only": with_services(
        service("V1", "Tell us", kind="hotline"), key="YYY", name="Yonderland"
    ),
    "corrections": site_data([RATED]),
    "tips of two guidelines": site_data([RATED]),
}
CORRECTION = {"day": "2026-07-10", "iso3": "ZZZ", "page": "p", "wrong": "12", "now": "21"}
CORRECTION |= {"edition": "2026", "version": "1"}
OF_ALL = CORRECTION | {"day": "2026-07-09", "iso3": "", "edition": ""}
OF_ALL |= {"page": "q", "wrong": "a", "now": "b"}
SPOKEN = SITES["lines of a country of Ukrainian"]
vars(SPOKEN)["language"] = lambda report: "uk"
vars(SITES["corrections"])["corrections"] = lambda: [CORRECTION, OF_ALL]
TIPS = {"children": "A tip for children.", "industry": "A tip for companies."}
vars(SITES["tips of two guidelines"])["items"] = [
    Item(framework, False, {"item_id": "", "advice": tip}) for framework, tip in TIPS.items()
]

PAGES = yaml.load(Path(__file__).with_name("pages.yml").read_text(encoding="utf-8"), UniqueKeys)
PAGES = [
    (rule, page, site, text)
    for page, sites in PAGES.items()
    for site, rules in sites.items()
    for rule, text in rules.items()
]


def main_text(template, *arguments):
    page = str(words.render(f"site/{template}", "page", *arguments))
    return " ".join(pagetext.lines(html.document_fromstring(page).find(".//main")))


@pytest.mark.parametrize(
    ("rule", "page", "site", "expected"), PAGES, ids=[f"{row[0]} ({row[1]})" for row in PAGES]
)
def test_a_page_of_the_site_says_what_its_rule_asks(rule, page, site, expected):
    template, at, *numbers = page.split()
    items = [SITES[site].items[int(number)] for number in numbers]
    text, place = main_text(template, SITES[site], at, *items), 0
    for piece in map(str.strip, expected.split("...")):
        place = text.find(piece, place) + len(piece)
        assert place >= len(piece), (
            f"{rule}: {piece!r} is not said, or not in this order, in {text!r}"
        )


def test_desk_baselines_are_counted_and_those_that_failed_say_so():
    listed = [RATED, replace(OTHER, failure="x")]
    text = main_text("baselines", listed, {"QQQ": "stage 3"}, "", date(2026, 7, 1))
    assert "2 countries. A desk baseline is not an assessment" in text
    assert "Zedland Yonderland stale: the last run failed (x) QQQ: no page; the last run" in text
    assert "1 country. A desk" in main_text("baselines", listed[:1], {}, "", date(2026, 7, 1))


@by_rule(
    "template, at, site, shown",
    ("a number in the line of a country is a link to call", "audience",
     "parents-and-educators.html", "numbers to call",
     '<a href="#help-ZZZ">Zedland</a>: <a class="phone" href="tel:116111">116 111</a>'),
    ("the address for comments ends each page", "data", "data.html", "one country",
     '<p>Corrections and comments: <a href="mailto:comments@zedland.example">'),
    ("each topic has an address, sources that no statement cites, too", "resources",
     "resources.html", "one country", '<h2 id="uncited">Other sources</h2>'),
)  # fmt: skip
def test_a_page_of_the_site_has(template, at, site, shown):
    assert shown in str(words.render(f"site/{template}", "page", SITES[site], at))


@pytest.mark.parametrize(
    ("rule", "template", "at", "title", "form"),
    [
        ("the first page sends its form to the search", "home", "index.html",
         "Child Online Protection assessments", "'self' file:"),
        ("no other page sends one, and its title names the site, too", "data", "data.html",
         "Data · Child Online Protection assessments", "'none'"),
    ],
)  # fmt: skip
def test_the_head_of_a_page(rule, template, at, title, form):
    page = str(words.render(f"site/{template}", "page", LONE, at))
    assert f"<title>{title}</title>" in page and f'form-action {form}">' in page, rule


@pytest.mark.parametrize(
    ("template", "at"),
    [("home", "index.html"), ("children", "children.html"), ("items", "items.html"),
     ("audience", "parents-and-educators.html"), ("audience", "industry.html")],
)  # fmt: skip
def test_a_translated_page_says_once_whether_anybody_has_read_the_translation(template, at):
    with languages.using_language("uk"):
        page = str(words.render(f"site/{template}", "page", LONE, at))
    assert page.count('<aside class="language">') == 1, "below the help, or else below the title"
