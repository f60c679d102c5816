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
import pagetext
import pytest
import site_rows
from conftest import DATA, ROOT
from lxml import html
from site_rows import TABLES, country, judged, service, site_data, two, written

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
LONG = ("items.html", "glossary.html", "codebook.html", "data.html", "search.html")  # of the data
BLOCK = re.compile(r"(<br>|</(?:li|dt|dd|p|h[1-6])>)")  # what ends a line
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made():
    return site.pages(two())


def of(*reports, **tables):
    """Return the pages of a site of Zedland with other tables, or of these reports."""
    return site.pages(site_data(reports or [country(tables=TABLES | tables)]))


def tree_of(page):
    return html.document_fromstring(BLOCK.sub(r"\1 ", page))


def text(page, selector="//main"):
    """Return the text of a part of a page on one line."""
    return " ".join(" ".join(e.text_content() for e in tree_of(page).xpath(selector)).split())


def row(page, start):
    """Return the cells of the row of a table that begins so."""
    for line in tree_of(page).xpath("//tbody/tr"):
        cells = [" ".join(cell.text_content().split()) for cell in line]
        if cells[0].startswith(start):
            return cells
    raise AssertionError(f"no row {start}")


def test_every_link_leads_somewhere_and_every_page_is_reached_from_home(made, tmp_path):
    assert set(KINDS) <= made.keys()
    folder, broken, links = written(tmp_path, made, two().reports), [], {}
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    ids = {path: {*tree_of(text).xpath("//@id")} for path, text in texts.items()}
    for at in (at for at in made if at.endswith(".html")):
        links[at] = set()
        for link in tree_of(made[at]).xpath("//a/@href | //form/@action"):
            address, anchor = urldefrag(link)
            target = ((folder / at).parent / unquote(address)).resolve() if address else folder / at
            if not link.startswith(("http", "data:", "tel:", "mailto:")):
                links[at].add(target.relative_to(folder).as_posix())
                if not target.exists() or anchor and anchor not in ids.get(target, {anchor}):
                    broken.append((at, link))
    assert not broken
    reached, todo = set(), ["index.html"]
    while todo:
        at = todo.pop()
        todo += links.get(at, set()) - reached - {at}
        reached.add(at)
    assert links.keys() <= reached


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
    page = html.document_fromstring(others[noted[0]])
    assert page.xpath("//main//*[@class='note territory']"), "the note is within the page"


def pages_to_compare():
    """Return the pages of a site with what may differ in a row, and of one without a report."""
    weak = {"row": "national_strategy", "iso3": "ZZZ", "value": "adopted", "confidence": "low"}
    services = [*TABLES["services_on_record"], service("ZZZ-V04", "Old line", operates="no")]
    more = {"phone": "116 000", "name_local": "Línea", "serves": "parents"}
    services.append(service("ZZZ-V05", "Parent line", **more))
    hours = ["all day (2024)", "till 20:00 (2023)", "9:00 in 2026; 8:00 in May 2020", "noon"]
    services += [service(f"ZZZ-V1{n}", f"Line {n}", hours=h) for n, h in enumerate(hours)]
    rows = {
        "table_25_today": [weak | {"confidence_reason": "hearsay"}],
        "services_on_record": services,
        "alignment_by_item": [
            judged("PM-LEG-01", "not assessed", rationale=""),
            judged("PM-LEG-02", "in place", confidence="low"),
            judged("PM-LEG-03", "in place"),
        ],
    }
    late = replace(country(tables=TABLES | rows), failure="stage 3 failed")
    few = {"action_plan": TABLES["action_plan"][:1], "table_25_today": []}
    other = country("YYY", "Yonderland", TABLES | few)
    full = site_data([site_rows.region(), other, late], baselines=4)
    empty = site_data(lost={"ZZZ": "stage 3 failed"})
    for name, data in (("full", full), ("empty", empty)):
        for at, page in site.pages(data).items():
            if at in KINDS and at not in LONG:
                yield f"{name}-{at[:-5].replace('/', '-')}", page


def test_the_pages_say_what_was_agreed(request, tmp_path):
    texts = {}
    for name, page in pages_to_compare():
        (tmp_path / "page.html").write_text(page, encoding="utf-8")
        texts[name] = pagetext.of_page(tmp_path / "page.html")
    pagetext.compare(request, ROOT / "tests/expected/site", texts)


def test_each_item_has_a_page_with_links_to_its_ratings(made):
    ids = [r["item_id"] for r in two().shared("guidelines") if r["kind"] != "document fact"]
    ids += [r["capability_id"] for r in two().shared("capabilities")]
    assert [item.address for item in two(few=False).items] == [f"items/{i}.html" for i in ids]
    links = tree_of(made["items/PM-LEG-01.html"]).xpath("//tbody//a/@href")
    assert "../cop-annex-ZZZ-5-guideline-alignment.html#PM-LEG-01" in links


def test_what_no_row_says_of_a_line_is_named_and_what_one_says_has_its_date():
    line = service("V1", "Child line", phone="116 111", languages="uk; ru", source_id="ZZZ-S01")
    statement = {"evidence_id": "ZZZ-E09", "section": "", "source_id": "ZZZ-S01", "year": "2023"}
    line |= {"languages_evidence_id": "ZZZ-E09", "description": "A line of INHOPE."}
    shown = text(of(services_on_record=[line], statements=[statement])["children.html"])
    assert "Languages on record: Ukrainian and Russian (2023, older than 24 months)." in shown
    assert "Not recorded: whom it is for. Source of the number: Gazette, 2023, older" in shown
    assert "INHOPE: The network of hotlines" in shown


def test_a_parent_reads_four_lines_each_with_the_items_on_which_it_rests():
    cited = [["PE-COM-02", "CH-09-09"], ["CH-09-08", "CH-09-15"], ["CH-09-08"]]
    cited.append(["PE-REP-01", "CH-09-10"])
    data = site_data([country(tables=TABLES)], data=DATA, few=False)
    vars(data)["items"] = [i for i in data.items if i.row["item_id"] in sum(cited, [])]
    made = site.pages(data)
    lines = tree_of(made["parents-and-educators.html"]).xpath("//ol[@class='points']/li")
    assert "not their fault" in lines[0].text_content()
    assert cited == [[link.text for link in line.xpath("a[@class='ref']")] for line in lines]


def test_a_helpline_has_a_link_to_its_number():
    made = of(services_on_record=[service("V1", "Child line", phone="116 111", serves="children")])
    links = tree_of(made["children.html"]).xpath("//a[@class='phone']/@href")
    assert links == ["tel:555", "tel:116111"]


@pytest.mark.parametrize("kind", ["victim support", "awareness"])
def test_a_centre_or_activity_is_no_line_to_call(kind):
    other = service("V2", "Centre of Zedland", kind=kind, serves="children; parents")
    made = of(services_on_record=[service("V1", "Child line", serves="children"), other])
    for page in ("index", "children", "parents-and-educators", "policy-makers", "industry"):
        assert "Centre of Zedland" not in text(made[f"{page}.html"])


def test_numbers_of_the_method_are_those_of_the_code(made):
    shown = text(made["method.html"])
    assert f"fewer than {fieldwork.SMALLEST} answers" in shown
    assert f"fewer than {fieldwork.FLAGGED} is marked" in shown
    assert "more than three years older" in shown and indicators.MAX_AGE == 3
    assert "A count under 5 is hidden" in shown


def test_corrections_are_those_of_countries_of_the_site(monkeypatch):
    fixed = {"day": "2026-07-10", "page": "§2", "wrong": "12", "edition": "2026"}
    fixed |= {"version": "0.2.0"}
    rows = [fixed | {"iso3": "ZZZ", "now": "21"}, fixed | {"iso3": "QQQ", "now": "33"}]
    shared, tables = SiteData.shared, {"corrections": rows}
    monkeypatch.setattr(SiteData, "shared", lambda self, n: tables.get(n) or shared(self, n))
    page = site.pages(two())["corrections.html"]
    cells = ["2026-07-10", "Zedland", "§2", "12", "21", "2026", "0.2.0"]
    assert row(page, "2026-07-10") == cells and "33" not in text(page)


def test_the_tables_are_a_data_package_that_a_reader_can_open(made, tmp_path):
    written(tmp_path, {at: page for at, page in made.items() if at.startswith("data/")}, [])
    package = frictionless.Package(str(tmp_path / "data" / "datapackage.json"))
    described = {resource.path: resource for resource in package.resources}
    assert {*described} == {at[5:] for at in made if at.endswith(".csv")}
    assert described["glossary.csv"].read_rows()[0]["term"]
    assert package.licenses[0]["name"] == "CC-BY-4.0"
    rows = list(csv.DictReader(io.StringIO(made["data/alignment_by_item.csv"][1:])))
    assert len(rows) == 4 and row(made["data.html"], "alignment_by_item")[2] == "4"
    ids = set(tree_of(made["codebook.html"]).xpath("//h2/@id"))
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
    assert kinds == {
        "page": 2, "item": 9, "term": len(two().shared("glossary")), "report": 2, "synthesis": 1,
        "chapter": 2, "source": 3, "organisation": 3, "service": 3, "recommendation": 2,
    }  # fmt: skip
    assert all(anchor for anchor, _ in two().glossary())
    [rows] = re.findall(r'id="entries">(.*?)</script>', made["search.html"])
    assert "<" not in rows and [row[0] for row in json.loads(rows)][:2] == [
        "children.html#help",
        "index.html",
    ]
    links = tree_of(made["search.html"]).xpath("//section[@class='instead']//@href")
    assert {at for at in KINDS if "/" not in at and at != "search.html"} <= set(links)


# What serves what


def test_what_serves_what_lists_recommendations_by_country_and_other_items_by_number():
    served = [{"element_id": "GCA-LEGAL", "recommendation_id": "ZZZ-R01", "through": "MNR-03"}]
    tables = TABLES | {"frameworks_served": served}
    page = site.pages(site_data([country(tables=tables)], few=False))["what-serves-what.html"]
    assert row(page, "Legal measures")[-1] == "Zedland: R01"
    assert "Other items: industry" in text(page) and "GCA-LEGAL" in row(page, "MNR-03")[-1]


# Languages

PAGE = "<head><style></style></head><body><main id='content'><h1>X</h1></main></body>"


def test_in_another_language_bodies_have_their_local_names_and_no_step_is_in_english():
    reports = []
    for key, name, local in (
        ("UKR", "Україна", "Дитяча лінія"), ("MDA", "Молдова", "Linia copilului"),
    ):  # fmt: skip
        operator = site_rows.organisation("02", "Operator", "industry", key) | {"name_local": local}
        tables = {
            "services_on_record": [service(f"{key}-V01", "Child line", name_local=local)],
            "organisations": [operator],
            "action_plan": [site_rows.step(1, "Operator", key=key)],
        }
        reports.append(country(key, name, tables))
    with languages.using_language("uk"):
        made = site.pages(site_data(reports, data=DATA))
    children, industry = (html.fromstring(made[at]) for at in ("children.html", "industry.html"))
    names = [li.text_content() for li in children.xpath("//*[@class='help']//li")]
    assert names[2].startswith("Дитяча лінія · Child line")  # behind the list of countries
    assert names[3].startswith("Linia copilului · Child line")
    steps = industry.xpath("//*[@id='steps']/following::table[1]/tbody/tr/td[2]")
    assert [cell.text_content() for cell in steps] == ["Дитяча лінія", "Operator"]
    assert "Free talks." in [e.text_content() for e in children.xpath(".//*[@lang='en']")]
    # A recommendation without a translation is named by its subject: no sentence is in English
    steps = industry.xpath("//*[@id='steps']/following::table[1]/tbody/tr/th//a")
    assert [a.text for a in steps] == ["Індустрія (UKR-R01)", "Індустрія (MDA-R01)"]


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
    behind = link(PAGE, "uk/a.html", "uk", {"en": "a.html"}, behind=True)
    assert "where they differ, the English one counts" in behind
