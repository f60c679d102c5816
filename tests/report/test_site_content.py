"""The site of invented countries: what its pages say, where they lead, and what is kept out."""

import base64
import csv
import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import replace
from urllib.parse import unquote, urldefrag

import frictionless
import pytest
from conftest import DATA
from lxml import html
from site_rows import TABLES, country, judged, organisation, service, site_data, step, two, written

import cop.data
from cop.report import languages
from cop.report.site import pages as site
from cop.report.site.data import SiteData
from helpers import fieldwork, indicators

KINDS = [
    "index.html", "countries.html", "region.html", "policy-makers.html", "industry.html",
    "parents-and-educators.html", "children.html", "case-studies.html", "resources.html",
    "items.html", "what-serves-what.html", "items/PM-LEG-01.html", "glossary.html", "method.html",
    "corrections.html", "data.html", "codebook.html", "search.html",
]  # fmt: skip
BLOCK = re.compile(r"(<br>|</(?:li|dt|dd|p|h[1-6])>)")  # what ends a line
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made():
    return site.pages(two())


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Make pages for the first items only: the other 150 are made the same way."""
    every = SiteData.items.func
    monkeypatch.setattr(SiteData, "items", property(lambda data: every(data)[:9]))


def of(*reports, **tables):
    """Return the pages of a site of Zedland with other tables, or of these reports."""
    reports = reports or [country(tables=TABLES | tables)]
    return site.pages(site_data(reports))


def text(page, selector="//main"):
    """Return the text of a part of a page on one line."""
    tree = html.document_fromstring(BLOCK.sub(r"\1 ", page))
    return " ".join(" ".join(part.text_content() for part in tree.xpath(selector)).split())


def row(page, start):
    """Return the cells of the row of a table that begins so."""
    for line in html.document_fromstring(BLOCK.sub(r"\1 ", page)).xpath("//tbody/tr"):
        cells = [" ".join(cell.text_content().split()) for cell in line]
        if cells[0].startswith(start):
            return cells
    raise AssertionError(f"no row {start}")


def test_every_link_leads_somewhere_and_every_page_is_reached_from_home(made, tmp_path):
    assert set(KINDS) <= made.keys()
    folder, broken, ids = written(tmp_path, made, two().reports), [], {}
    for path in folder.rglob("*.html"):
        ids[path] = set(html.document_fromstring(path.read_text(encoding="utf-8")).xpath("//@id"))
    links, elsewhere = {}, ("http", "data:", "tel:", "mailto:")
    for at in (at for at in made if at.endswith(".html")):
        found = html.document_fromstring(made[at]).xpath("//a/@href | //form/@action")
        for link in (link for link in found if not link.startswith(elsewhere)):
            address, anchor = urldefrag(link)
            path = folder / at
            target = (path.parent / unquote(address)).resolve() if address else path
            links.setdefault(at, set()).add(target.relative_to(folder).as_posix())
            if not target.exists() or anchor and anchor not in ids.get(target, {anchor}):
                broken.append((at, link))
    assert not broken
    reached, todo = set(), ["index.html"]
    while todo:
        at = todo.pop()
        todo += links.get(at, set()) - reached - {at}
        reached.add(at)
    assert {at for at in made if at.endswith(".html")} <= reached


def test_scripts_are_in_the_search_only_and_its_policy_names_them(made):
    assert [at for at, page in made.items() if "<script" in page] == ["search.html"]
    [script] = re.findall(r"<script>(.*?)</script>", made["search.html"], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    heads = {at: page.split("<title>")[0] for at, page in made.items() if at.endswith(".html")}
    assert f"script-src 'sha256-{digest}'" in heads.pop("search.html")
    assert not [at for at, head in heads.items() if "script-src" in head]
    library = (site.HERE / "minisearch" / "minisearch.js").read_bytes()  # as it was published
    digest = "4e02b9fa52f244c377d737c7d06cda6bce967d137254e8532d6c79f68469bef3"
    assert hashlib.sha256(library).hexdigest() == digest


def test_external_text_is_escaped():
    rated = [judged("PM-LEG-01", "in place", rationale=ATTACK)]
    tables = {"services_on_record": [service("ZZZ-V01", ATTACK, description=ATTACK)]}
    tables |= {"alignment_by_item": rated}
    made = site.pages(site_data([country(name=ATTACK, tables=TABLES | tables)], {ATTACK: ATTACK}))
    assert not [at for at, page in made.items() if ATTACK in page and at.endswith(".html")]
    assert "&lt;script&gt;alert(1)" in made["children.html"]


def test_a_page_with_a_listed_name_bears_the_note_and_no_other_does(made):
    assert all('class="note territory"' not in page for page in made.values())
    rows = [judged("PM-LEG-01", "in place", rationale="It holds on the Outer Isles.")]
    others = of(alignment_by_item=rows)
    noted = [at for at, page in others.items() if 'class="note territory"' in page]
    assert noted == ["items/PM-LEG-01.html"]


def test_without_a_report_every_page_says_so():
    made = site.pages(site_data(lost={"ZZZ": "stage 3 failed"}))
    for at, sentence in {
        "index.html": "ZZZ: no report; the last run failed (stage 3 failed).",
        "countries.html": "No country has a report yet.",
        "children.html": "No helpline is on record here yet.",
        "case-studies.html": "No report names a positive action yet.",
        "items/PM-LEG-01.html": "No country has been judged on it yet.",
        "region.html": "No regional synthesis stands in this site.",
    }.items():
        assert sentence in text(made[at]), at
    assert "no country yet" in row(made["policy-makers.html"], "Review legal powers")[2]


def test_the_table_of_reports():
    late = replace(country(), failure="stage 3 failed")
    page = site.pages(site_data([late], baselines=4))["index.html"]
    cells = row(page, "Zedland")
    assert cells[2] == "draft stale: the last run failed (stage 3 failed)"
    assert cells[3:] == ["2026-06-30", "under a month", "1 desktop research 5 guideline alignment"]
    assert "Desk baselines of 4 countries: statistics only" in text(page)


def test_the_map_has_each_country_once_with_sign_and_word(made):
    tiles = html.document_fromstring(made["index.html"]).xpath("//ul[@class='tiles']/li")
    words = [" ".join(tile.text_content().split()) for tile in tiles]
    assert words == ["YYY Yonderland ? not known", "ZZZ Zedland ◐ draft"]
    assert tiles[1].xpath(".//a/@href") == ["cop-assessment-ZZZ.html"]
    title = "as adopted in none of the 2 countries; in 1 it is a draft and 1 was not assessed."
    assert title in text(made["index.html"])
    weak = {"row": "national_strategy", "iso3": "ZZZ", "value": "adopted", "confidence": "low"}
    shown = text(of(table_25_today=[weak | {"confidence_reason": "hearsay"}])["index.html"])
    assert "adopted in 1 of the 1 country, with low confidence. State" in shown
    assert "● adopted confidence low" in shown and "hearsay" in shown


def test_ratings_are_counted_over_all_countries_those_of_low_confidence_too(made):
    shown = text(made["index.html"])
    assert "3 ratings of 2 countries, one for each country and item" in shown
    assert "● 1 in place ○ 1 not in place ? 1 no public evidence" in shown
    assert "moderate for 3 and low for 0. Judged: 3 of 3." in shown
    assert row(made["countries.html"], "Zedland")[3:] == ["2", "3", "3", "3"]
    cells = ["1", "0", "1", "1", "0", "3 of 3", "0"]
    assert row(made["region.html"], "1 Legal framework")[1:] == cells
    assert "Industry: named in the report of 1 of 2 countries." in text(made["region.html"])
    rows = [judged("PM-LEG-01", "in place"), judged("PM-LEG-02", "in place", confidence="low")]
    low = of(alignment_by_item=rows)
    assert "● 2 in place" in text(low["index.html"])
    assert "moderate for 1 and low for 1. Judged: 2 of 2." in text(low["index.html"])
    assert row(low["region.html"], "1 Legal framework")[-1] == "1"


@pytest.mark.parametrize(
    ("page", "steps"),
    [
        ("policy-makers.html", ["Step 1 of ZZZ"]),
        ("industry.html", ["Step 1 of ZZZ", "Step 2 of ZZZ"]),
        ("parents-and-educators.html", []),
    ],
)
def test_steps_are_those_that_such_an_organisation_leads_or_supports(made, page, steps):
    found = html.document_fromstring(made[page]).xpath("//tbody/tr/th/a/text()")
    assert [link for link in found if link.startswith("Step")] == steps
    nobody = "No report names a school or an organisation of parents in a recommendation yet."
    assert (nobody in text(made[page])) is not steps


def test_children_meet_help_first_and_no_line_that_has_ended(made):
    shown = text(made["children.html"])
    old = "Free talks. Source: Gazette, 2023, older than 24 months."
    silent = f"{old} We could not check whether it answers today."
    order = ["In danger, call 555.", "Child line 116 111 · example.org/line Free talks."]
    order += [f"Silent line {silent}", "To report bad pictures", "Report line", "What you can do"]
    assert sorted(order, key=shown.index) == order and shown.count(silent) == 1
    help_lines = text(made["children.html"], "//section[@class='help']")
    numbers = re.findall(r"[0-9]+", help_lines.replace(old, ""))
    assert numbers == ["555", "116", "111"]  # and no other number
    shown = text(of(services_on_record=[service("V", "Old", operates="no")])["children.html"])
    assert "No helpline is on record here yet." in shown and "Old" not in shown


def test_a_helpline_has_its_number_and_parents_have_theirs():
    line = service("V1", "Child line", phone="116 111", name_local="Línea", serves="children")
    rows = [line, service("V2", "Parent line", phone="080 888 888", serves="parents")]
    made = of(services_on_record=rows)
    children = html.document_fromstring(made["children.html"])
    assert children.xpath("//a[@class='phone']/@href") == ["tel:555", "tel:116111"]
    assert "116 111 · Línea · Child line" in text(made["children.html"])
    assert "Parent line" not in text(made["children.html"])
    for_families = text(made["parents-and-educators.html"])
    assert "080 888 888 · Parent line" in for_families and "116 111 · Línea" in for_families


def test_the_page_of_an_item(made):
    page = made["items/PM-LEG-01.html"]
    assert "Check whether police and other agencies hold every power" in text(page)
    assert row(page, "Zedland") == ["Zedland", "● in place", "moderate", "A law says so."]
    links = html.document_fromstring(page).xpath("//tbody//a/@href")
    assert "../cop-annex-ZZZ-5-guideline-alignment.html#PM-LEG-01" in links
    assert "A code works." in text(page) and "A code works." in text(made["items/MNR-01.html"])
    assert "A code works." not in text(made["items/PM-LEG-02.html"])
    ids = [r["item_id"] for r in two().shared("guidelines") if r["kind"] != "document fact"]
    ids += [r["capability_id"] for r in two().shared("capabilities")]
    pages = {at for at in made if at.startswith("items/")}
    assert pages == {f"items/{item_id}.html" for item_id in ids}
    rated = [judged("PM-LEG-01", "not assessed", rationale="")]
    assert row(of(alignment_by_item=rated)["items/PM-LEG-01.html"], "Zedland")[3] == "not stated"


def test_an_example_bears_its_evidence_and_is_shown_once_for_two_countries(made):
    shown = text(made["case-studies.html"])
    assert "A code works. Named as an answer to a challenge of Zedland." in shown
    assert "ZZZ-E01: Act ZZZ-S01 (Gazette, 2023)" in shown
    plan = {"action_plan": TABLES["action_plan"][:1]}
    shown = text(of(country("YYY", "Yonderland", plan), country())["case-studies.html"])
    assert shown.count("A code works.") == 1 and "of Yonderland and Zedland." in shown
    tree = html.document_fromstring(made["case-studies.html"])
    for lesson in two().shared("challenge_library"):
        [part] = tree.xpath(f"//div[@id='{lesson['challenge_id']}']")
        assert lesson["suggested_improvement"] in part.text_content()
        assert part.xpath(".//p[@class='from']/a/@href")


def test_sources_are_listed_by_topic_and_uncited_ones_last(made):
    topics = two().topics()
    ids = {topic: [source["source_id"] for _, source in rows] for topic, rows in topics.items()}
    assert ids == {"legal_framework": ["ZZZ-S01"], "education": ["ZZZ-S02"], "": ["ZZZ-S03"]}
    kind = "Law, strategy or other official text"
    cells = ["ZZZ-S02", "Gazette", "2023", "fr; en", kind, "first hand"]
    assert row(made["resources.html"], "Act ZZZ-S02")[1:] == cells
    assert '<a href="https://example.org/ZZZ-S02" lang="fr">' in made["resources.html"]


def test_numbers_of_the_method_are_those_of_the_code(made):
    shown = text(made["method.html"])
    assert f"fewer than {fieldwork.SMALLEST} answers" in shown
    assert f"fewer than {fieldwork.FLAGGED} bears a mark" in shown
    assert "older than three years" in shown and indicators.MAX_AGE == 3
    assert "A count under 5 is hidden" in shown


def test_corrections_and_where_mistakes_are_reported(made, monkeypatch):
    shown = text(made["corrections.html"])
    assert "None so far." in shown
    assert "Write to comments@zedland.example" in shown
    fixed = {"day": "2026-07-10", "page": "§2", "wrong": "12", "now": "21", "edition": "2026"}
    rows = [fixed | {"version": "0.2.0", "iso3": key, "now": now}
            for key, now in (("ZZZ", "21"), ("QQQ", "33"))]  # fmt: skip
    shared = type(two()).shared
    kept = lambda self, name: rows if name == "corrections" else shared(self, name)  # noqa: E731
    monkeypatch.setattr(type(two()), "shared", kept)
    package = json.loads(json.dumps(cop.data.contents(two().data)))
    del package["contributors"][0]["email"]
    monkeypatch.setattr(cop.data, "contents", lambda _: package)
    changed = site.pages(two())
    page = changed["corrections.html"]
    for at in ("index.html", "region.html", "policy-makers.html", "industry.html"):
        assert 'comments: <a href="mailto:comments@zedland.example">' in made[at]
        assert "Corrections and comments" not in changed[at]
    cells = ["2026-07-10", "Zedland", "§2", "12", "21", "2026", "0.2.0"]
    assert row(page, "2026-07-10") == cells and "33" not in text(page)
    assert "A correction goes to the office that passed this site on." in text(page)


def test_the_tables_are_a_data_package_that_a_reader_can_open(made, tmp_path):
    written(tmp_path, {at: page for at, page in made.items() if at.startswith("data/")}, [])
    package = frictionless.Package(str(tmp_path / "data" / "datapackage.json"))
    described = {resource.path: resource for resource in package.resources}
    assert {*described} == {at[5:] for at in made if at.endswith(".csv")}
    assert described["glossary.csv"].read_rows()[0]["term"]
    assert package.licenses[0]["name"] == "CC-BY-4.0"
    rows = list(csv.DictReader(io.StringIO(made["data/alignment_by_item.csv"][1:])))
    assert len(rows) == 4 and row(made["data.html"], "alignment_by_item")[2] == "4"
    ids = set(html.document_fromstring(made["codebook.html"]).xpath("//h2/@id"))
    assert ids == {at[5:-4] for at in made if at.endswith(".csv")}


def test_what_nobody_verified_is_in_no_file_and_no_cell_begins_a_formula():
    bad = TABLES["sources_on_record"][0] | {"title": "=1+1"}
    made = of(to_verify=[{"iso3": "ZZZ", "text": "hearsay"}], sources_on_record=[bad])
    assert "data/to_verify.csv" not in made
    assert not [at for at, page in made.items() if "hearsay" in page]
    [line] = csv.DictReader(io.StringIO(made["data/sources_on_record.csv"][1:]))
    assert line["title"] == "'=1+1"


def test_what_the_search_finds(made):
    kinds = Counter(kind for _, _, kind, *_ in site.entries(two(), [("index.html", "Home")]))
    terms = len(two().shared("glossary"))
    assert kinds == {
        "page": 1, "item": 9, "term": terms, "report": 2, "synthesis": 1, "chapter": 2, "source": 3,
        "organisation": 3, "service": 3, "recommendation": 2,
    }  # fmt: skip
    anchors = {anchor for anchor, _ in two().glossary()}
    assert len(anchors) == terms > 60 and all(anchors)
    [rows] = re.findall(r'id="entries">(.*?)</script>', made["search.html"])
    assert "<" not in rows and json.loads(rows)[0][0] == "index.html"
    assert "scripts are off in this browser" in made["search.html"].split("<noscript>")[1]
    links = html.document_fromstring(made["search.html"]).xpath(
        "//section[@class='instead']//@href"
    )
    assert {at for at in KINDS if "/" not in at and at != "search.html"} <= set(links)


# What serves what

FRAMEWORKS = [
    {"element_id": "SDG-16.2", "framework": "SDG", "title": "End abuse", "verified": "yes"},
    {"element_id": "GCA-LEGAL", "framework": "GCA", "title": "Law", "verified": "yes"},
    {"element_id": "GCI-LEGAL", "framework": "GCI", "title": "Law", "verified": "yes",
     "measures": "GCA-LEGAL"},
    {"element_id": "RI23", "framework": "Regional Initiative", "title": "Not seen",
     "verified": "no", "cycle": "2023–2025"},
]  # fmt: skip
BLANK = {"cycle": "2024", "code": "", "measures": "", "wording": "read"}
BLANK |= {"source_url": "https://example.org/", "source_title": "Example"}


def test_what_serves_what(monkeypatch):
    mappings = [{"served_by": served, "element_id": "GCA-LEGAL", "basis": "part", "why": "laws"}
                for served in ("PM-LEG-01", "MNR-03", "IN-POL-01")]  # fmt: skip
    tables = {"frameworks": [BLANK | row for row in FRAMEWORKS], "mappings": mappings}
    served = [{"element_id": "GCA-LEGAL", "recommendation_id": "ZZZ-R01", "through": "MNR-03"}]
    data = site_data([country(tables=TABLES | {"frameworks_served": served})])
    shared = type(data).shared
    read = lambda self, name: tables.get(name) or shared(self, name)  # noqa: E731
    monkeypatch.undo()  # all items
    monkeypatch.setattr(type(data), "shared", read)
    made = site.pages(data)
    page = made["what-serves-what.html"]
    assert row(page, "End abuse")[1:] == ["none", "none"]
    law = row(page, "Law")
    assert "measured by GCI-LEGAL (Global Cybersecurity Index: pillars, 2024)" in law[0]
    assert law[1:] == ["PM-LEG-01 MNR-03 Other items: industry 1", "Zedland: R01"]
    assert row(page, "PM-LEG-01")[1:] == ["Review legal powers", "GCA-LEGAL laws"]
    assert "Not seen" not in page and "of the cycle 2023–2025 were not seen" in page
    assert 'href="../what-serves-what.html#GCA-LEGAL"' in made["items/PM-LEG-01.html"]


# Languages

PAGE = "<head><style></style></head><body><main id='content'><h1>X</h1></main></body>"


def test_in_another_language_bodies_have_their_local_names_and_english_is_marked():
    def tables(key, local):
        return {
            "alignment_by_item": [judged("PM-LEG-01", "in place", rationale="A law says so.")],
            "services_on_record": [service(f"{key}-V01", "Child line", name_local=local)],
            "organisations": [
                organisation("02", "Operator", "industry", key) | {"name_local": local}
            ],
            "action_plan": [step(1, "Operator", key=key)],
        }

    lands = [("UKR", "Україна", "Дитяча лінія"), ("MDA", "Молдова", "Linia copilului")]
    reports = [country(key, name, tables(key, local)) for key, name, local in lands]
    languages.use("uk")
    try:
        data = site_data(reports, data=DATA)
        made, entries = site.pages(data), site.entries(data, [])
    finally:
        languages.use("en")
    trees = {at: html.fromstring(page) for at, page in made.items() if at.endswith(".html")}
    names = [li.text_content() for li in trees["children.html"].xpath("//*[@class='help']//li")]
    assert names[2].startswith("Дитяча лінія · Child line")  # behind the list of countries
    assert names[3].startswith("Linia copilului · Child line")
    steps = trees["industry.html"].xpath("//*[@id='steps']/following::table[1]/tbody/tr/td[2]")
    assert [cell.text_content() for cell in steps] == ["Дитяча лінія", "Operator"]
    found = [(title, about) for _, title, kind, _, about in entries if kind == "service"]
    assert found == [("Дитяча лінія", "Child line Дитяча лінія"), ("Child line", "Linia copilului")]
    for at, english in {
        "children.html": "Free talks.",
        "industry.html": "Step 1 of UKR",
        "items/PM-LEG-01.html": "A law says so.",
        "codebook.html": "Which of the four guidelines",
    }.items():
        assert english in [e.text_content() for e in trees[at].xpath(".//*[@lang='en']")], at


def test_a_page_leads_to_itself_in_other_languages():
    link = site.link_languages
    assert link(PAGE, "index.html", "en", {}) is PAGE
    ways = {"en": "a.html", "fr": "fr/a.html", "ro": "ro/a.html", "sq": "sq/a.html"}
    head, body = link(PAGE, "sr-Latn/a.html", "sr-Latn", ways).split("</head>")
    assert head.count("hreflang=") == 6 and body.index("<nav") < body.index("<main")
    names = re.findall(r"<li><\w+[^>]*>([^<]+)<", body)
    assert names == ["English", "Français", "Română", "Shqip", "Srpski (latinica)"]
    english = link(PAGE, "a.html", "en", {"uk": "uk/a.html"})
    assert 'hreflang="uk" href="uk/a.html"' in english  # for search engines
    assert '<a href="uk/a.html" lang="uk"' in english
    assert "This English text is the authentic one" in english
    behind = link(PAGE, "uk/a.html", "uk", {"en": "a.html"}, behind=True)
    assert "where they differ, the English one counts" in behind
