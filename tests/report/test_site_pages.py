"""The site of invented countries: what its pages say, where they lead, and what is kept out."""

import base64
import csv
import dataclasses
import hashlib
import io
import json
import re
from collections import Counter
from urllib.parse import unquote, urldefrag

import frictionless
import pytest
from lxml import etree, html
from site_told import TABLES, country, judged, service, told, two, written

import cop.data
from cop.data import records
from cop.report.site import items, resources, search
from cop.report.site import pages as site
from helpers import fieldwork, indicators

KINDS = [
    "index.html",
    "countries.html",
    "region.html",
    "policy-makers.html",
    "industry.html",
    "parents-and-educators.html",
    "children.html",
    "case-studies.html",
    "resources.html",
    "items.html",
    "what-serves-what.html",
    "items/PM-LEG-01.html",
    "glossary.html",
    "method.html",
    "corrections.html",
    "data.html",
    "codebook.html",
    "search.html",
]

BLOCK = re.compile(r"(<br>|</(?:li|dt|dd|p|h[1-6])>)")  # what ends a line


@pytest.fixture(scope="module")
def made():
    return site.pages(two())


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Let the sites that a test makes itself have a page for the first items only: the other 150
    are made the same way, and are all in the one above.
    """
    every = items.items
    monkeypatch.setattr(items, "items", lambda told, examples: every(told, examples)[:9])


def text(page, selector="//main"):
    """Return what a page says in a part, on one line."""
    tree = html.document_fromstring(BLOCK.sub(r"\1 ", page))
    return " ".join(" ".join(part.text_content() for part in tree.xpath(selector)).split())


def row(page, start):
    """Return the cells of the row of a table that begins so."""
    for one in html.document_fromstring(BLOCK.sub(r"\1 ", page)).xpath("//tbody/tr"):
        cells = [" ".join(cell.text_content().split()) for cell in one]
        if cells[0].startswith(start):
            return cells
    raise AssertionError(f"no row {start}")


class TestWhole:
    def test_every_kind_of_page_is_there(self, made):
        assert set(KINDS) <= made.keys()

    def test_every_link_leads_somewhere(self, made, tmp_path):
        folder = written(tmp_path, made, two().reports)
        broken, ids = [], {}
        for path in folder.rglob("*.html"):
            tree = html.document_fromstring(path.read_text(encoding="utf-8"))
            ids[path] = set(tree.xpath("//@id"))
        for at in (at for at in made if at.endswith(".html")):
            for link in html.document_fromstring(made[at]).xpath("//a/@href | //form/@action"):
                address, anchor = urldefrag(link)
                target = ((folder / at).parent / unquote(address)).resolve() if address else ""
                target = target or folder / at
                if not link.startswith(("http", "data:", "tel:")) and (
                    not target.exists() or anchor and anchor not in ids.get(target, {anchor})
                ):
                    broken.append((at, link))
        assert not broken

    def test_all_pages_can_be_reached_from_home(self, made):
        reached, todo = set(), ["index.html"]
        while todo:
            at = todo.pop()
            if at in made and at not in reached:
                reached.add(at)
                folder = at.rpartition("/")[0]
                for link in html.document_fromstring(made[at]).xpath("//a/@href"):
                    address = urldefrag(link)[0]
                    up = address.startswith("../")
                    todo.append(address[3:] if up else f"{folder}/{address}".lstrip("/"))
        assert {at for at in made if at.endswith(".html")} <= reached

    def test_the_same_is_told_the_same_way(self, made, monkeypatch):
        monkeypatch.undo()  # all items, as above
        assert site.pages(two()) == made

    def test_scripts_stand_in_the_search_alone_and_its_policy_names_them(self, made):
        with_script = [at for at, page in made.items() if "<script" in page]
        assert with_script == ["search.html"]
        page = made["search.html"]
        [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in page.split("<title>")[0]
        others = [at for at in made if at.endswith(".html") and at != "search.html"]
        assert not [at for at in others if "script-src" in made[at].split("<title>")[0]]

    def test_text_from_outside_is_text(self):
        attack = "<script>alert(1)</script>"
        tables = dict(country().tables)
        tables["services_on_record"] = [service("ZZZ-V01", attack, description=attack)]
        tables["alignment_by_item"] = [judged("PM-LEG-01", "in place", rationale=attack)]
        made = site.pages(told([country(name=attack, tables=tables)], {attack: attack}))
        assert not [a for a, page in made.items() if attack in page and a.endswith(".html")]
        assert "&lt;script&gt;alert(1)" in made["children.html"]

    def test_a_page_on_which_a_listed_name_stands_bears_the_note_and_no_other_does(self, made):
        assert all('class="note territory"' not in page for page in made.values())
        rows = [judged("PM-LEG-01", "in place", rationale="It holds on the Outer Isles.")]
        others = site.pages(told([country(tables={"alignment_by_item": rows})]))
        noted = [at for at, page in others.items() if 'class="note territory"' in page]
        assert noted == ["items/PM-LEG-01.html"]
        assert "SYNTHETIC: the isles are named as" in text(others[noted[0]])

    def test_without_a_report_every_page_says_so(self):
        made = site.pages(told(lost={"ZZZ": "stage 3 failed"}))
        assert "ZZZ: no report; the last run failed (stage 3 failed)." in text(made["index.html"])
        assert "No country has a report yet." in text(made["countries.html"])
        assert "No helpline is on record here yet." in text(made["children.html"])
        assert "No report names a positive action yet." in text(made["case-studies.html"])
        assert "No country has been judged on it yet." in text(made["items/PM-LEG-01.html"])
        assert "No regional synthesis stands in this site." in text(made["region.html"])
        assert "no country yet" in row(made["policy-makers.html"], "Review legal powers")[2]


class TestHome:
    def test_what_the_table_says_of_a_report(self):
        late = dataclasses.replace(country(), failure="stage 3 failed")
        made = site.pages(told([late], baselines=4))
        cells = row(made["index.html"], "Zedland")
        assert cells[2] == "draft stale: the last run failed (stage 3 failed)"
        assert cells[3:5] == ["2026-06-30", "under a month"]
        assert cells[5] == "1 desktop research 5 guideline alignment"
        assert "Desk baselines of 4 countries: statistics only" in text(made["index.html"])

    def test_the_map_has_each_country_once_with_sign_and_word(self, made):
        tiles = html.document_fromstring(made["index.html"]).xpath("//ul[@class='tiles']/li")
        assert [" ".join(t.text_content().split()) for t in tiles] == [
            "YYY Yonderland ? not known",
            "ZZZ Zedland ◐ draft",
        ]
        assert tiles[1].xpath(".//a/@href") == ["cop-assessment-ZZZ.html"]
        strategy = (
            "A national strategy for child online protection is reported as in force or adopted"
        )
        told = f"{strategy} in none of the 2 countries: in 1 it is a draft and 1 was not assessed."
        assert told in text(made["index.html"])

    def test_what_is_of_low_confidence_is_counted_and_marked_in_a_title(self):
        row = {"row": "national_strategy", "iso3": "ZZZ", "value": "adopted", "confidence": "low"}
        one = country(tables=TABLES | {"table_25_today": [row | {"confidence_reason": "hearsay"}]})
        said = text(site.pages(told([one]))["index.html"])
        assert "adopted in 1 of the 1 country (1 with low confidence). State" in said
        assert "● adopted confidence low" in said and "hearsay" in said

    def test_judgements_are_counted_over_all_countries(self, made):
        said = text(made["index.html"])
        assert "3 ratings of 2 countries, one for each country and item" in said
        assert "● 1 in place ○ 1 not in place ? 1 no public evidence" in said
        assert "moderate for 3 and low for 0. Judged: 3 of 3." in said

    def test_ratings_of_low_confidence_are_in_the_counts_of_home_as_on_the_other_pages(self):
        rows = [judged("PM-LEG-01", "in place"), judged("PM-LEG-02", "in place")]
        rows[1]["confidence"] = "low"
        made = site.pages(told([country(tables={"alignment_by_item": rows})]))
        said = text(made["index.html"])
        assert "2 ratings of 1 country" in said and "● 2 in place" in said
        assert "moderate for 1 and low for 1. Judged: 2 of 2." in said
        assert "● 2 in place" in row(made["countries.html"], "Zedland")[2]

    def test_countries_and_region(self, made):
        assert row(made["countries.html"], "Zedland")[3:] == ["2", "3", "3", "3"]
        cells = row(made["region.html"], "1 Legal framework")[1:]
        assert cells == ["1", "0", "1", "1", "0", "3 of 3", "0"]
        assert "Industry: named in the report of 1 of 2 countries." in text(made["region.html"])


class TestAudiences:
    def test_items_are_counted_and_not_ranked(self, made):
        assert row(made["policy-makers.html"], "Review legal powers")[1:] == [
            "1 Legal framework",
            "● 1 in place ○ 1 not in place",
        ]

    @pytest.mark.parametrize(
        ("page", "steps"),
        [
            ("policy-makers.html", ["Step 1 of ZZZ"]),
            ("industry.html", ["Step 1 of ZZZ", "Step 2 of ZZZ"]),
            ("parents-and-educators.html", []),
        ],
    )
    def test_steps_are_those_that_such_an_organisation_leads_or_supports(self, made, page, steps):
        found = html.document_fromstring(made[page]).xpath("//tbody/tr/th/a/text()")
        assert [one for one in found if one.startswith("Step")] == steps
        nobody = "No report names a school or an organisation of parents in a recommendation yet."
        assert (nobody in text(made[page])) is not steps

    def test_children_meet_help_first_and_what_is_not_shown_at_work_says_so(self, made):
        said = text(made["children.html"])
        silent = "Free talks. We could not check whether it answers today."
        assert said.index("Child line") < said.index(f"Silent line {silent}")
        assert said.count(silent) == 1
        assert said.index("Zedland In danger, call 555.") < said.index("Child line")
        assert "Child line 116 111 · example.org/line Free talks." in said
        assert said.index("Child line") < said.index("What you can do")
        assert said.index("To report bad pictures") < said.index("Report line")

    def test_a_helpline_stands_with_its_number_and_parents_have_theirs(self):
        known = service("V1", "Child line", phone="116 111", name_local="Línea", serves="children")
        rows = [known, service("V2", "Parent line", phone="080 888 888", serves="parents")]
        made = site.pages(told([country(tables=country().tables | {"services_on_record": rows})]))
        children = html.document_fromstring(made["children.html"])
        assert children.xpath("//a[@class='phone']/@href") == ["tel:555", "tel:116111"]
        assert "116 111 (Línea)" in text(made["children.html"])
        assert "Parent line" not in text(made["children.html"])
        assert "For parents: Zedland: 080 888 888 (Parent line)" in text(
            made["parents-and-educators.html"]
        )

    def test_a_line_that_has_ended_is_shown_to_no_child(self):
        tables = country().tables | {"services_on_record": [service("V", "Old", operates="no")]}
        said = text(site.pages(told([country(tables=tables)]))["children.html"])
        assert "No helpline is on record here yet." in said and "Old" not in said

    def test_a_number_that_the_data_does_not_give_stands_nowhere(self, made):
        help_lines = text(made["children.html"], "//section[@class='help']")
        assert re.findall(r"[0-9]+", help_lines) == ["555", "116", "111"]


class TestItems:
    def test_a_page_says_what_is_asked_and_how_each_country_stands(self, made):
        page = made["items/PM-LEG-01.html"]
        assert "Check whether police and other agencies hold every power" in text(page)
        assert row(page, "Zedland") == ["Zedland", "● in place", "moderate", "A law says so."]
        assert row(page, "Yonderland")[1] == "○ not in place"
        links = html.document_fromstring(page).xpath("//tbody//a/@href")
        assert "../cop-annex-ZZZ-5-guideline-alignment.html#PM-LEG-01" in links

    def test_what_nobody_judged_is_said_in_words(self):
        tables = {"alignment_by_item": [judged("PM-LEG-01", "not assessed", rationale="")]}
        made = site.pages(told([country(tables=tables)]))
        assert row(made["items/PM-LEG-01.html"], "Zedland")[3] == "not stated"

    def test_every_item_and_capability_has_its_address(self, made):
        ids = [r["item_id"] for r in two().shared("guidelines") if r["kind"] != "document fact"]
        ids += [r["capability_id"] for r in two().shared("capabilities")]
        pages = {at for at in made if at.startswith("items/")}
        assert pages == {f"items/{one}.html" for one in ids}

    def test_examples_are_those_of_the_challenges_that_name_the_item(self, made):
        assert "A code works." in text(made["items/PM-LEG-01.html"])
        assert "A code works." in text(made["items/MNR-01.html"])
        assert "A code works." not in text(made["items/PM-LEG-02.html"])


class TestStudies:
    def test_an_action_bears_its_evidence_and_source(self, made):
        said = text(made["case-studies.html"])
        assert "A code works. Named as an answer to a challenge of Zedland." in said
        assert "ZZZ-E01: Act ZZZ-S01 (Gazette, 2023)" in said

    def test_what_two_countries_name_from_the_same_evidence_is_told_once(self):
        plan = {"action_plan": country().tables["action_plan"][:1]}
        two = [country("YYY", "Yonderland", plan), country()]
        said = text(site.pages(told(two))["case-studies.html"])
        assert said.count("A code works.") == 1
        assert "a challenge of Yonderland and Zedland." in said

    def test_the_whole_library_is_shown_with_its_sources(self, made):
        library = two().shared("challenge_library")
        tree = html.document_fromstring(made["case-studies.html"])
        for lesson in library:
            [part] = tree.xpath(f"//div[@id='{lesson['challenge_id']}']")
            assert lesson["suggested_improvement"] in part.text_content()
            assert part.xpath(".//p[@class='from']/a/@href")


class TestReference:
    def test_sources_stand_under_their_topics_and_uncited_ones_last(self):
        topics = resources.by_topic(two())
        ids = {topic: [row["source_id"] for _, row in rows] for topic, rows in topics.items()}
        assert ids == {"legal_framework": ["ZZZ-S01"], "education": ["ZZZ-S02"], "": ["ZZZ-S03"]}

    def test_a_source_has_address_language_kind_and_hand(self, made):
        page = made["resources.html"]
        assert row(page, "Act ZZZ-S02")[1:] == [
            "ZZZ-S02",
            "Gazette",
            "2023",
            "fr; en",
            "Law, strategy or other official text",
            "first hand",
        ]
        assert '<a href="https://example.org/ZZZ-S02" lang="fr">' in page

    def test_the_glossary_explains_what_the_pages_abbreviate(self, made):
        wanted = "COP ITU CSEA CSAM INHOPE CSIRT MNR GCI SDG WSIS NCMEC CETS ETS AAPOR alpha Likert"
        known = {row["abbreviation"] for row in two().shared("glossary")}
        assert set(wanted.split()) <= known
        assert "Adjudicated" in text(made["glossary.html"])

    def test_numbers_of_the_method_are_those_of_the_code(self, made):
        said = text(made["method.html"])
        assert f"fewer than {fieldwork.SMALLEST} answers" in said
        assert f"fewer than {fieldwork.FLAGGED} bears a mark" in said
        assert "older than three years" in said and indicators.AGE == 3
        assert "A count under 5 is hidden" in said

    def test_corrections(self, made, monkeypatch):
        assert "None so far." in text(made["corrections.html"])
        fixed = {"day": "2026-07-10", "page": "§2", "wrong": "12", "now": "21", "edition": "2026"}
        fixed |= {"version": "0.2.0"}
        rows = [fixed | {"iso3": "ZZZ"}, fixed | {"iso3": "QQQ", "now": "33"}]
        shared = type(two()).shared
        kept = lambda self, name: rows if name == "corrections" else shared(self, name)  # noqa: E731
        monkeypatch.setattr(type(two()), "shared", kept)
        page = site.pages(two())["corrections.html"]
        assert row(page, "2026-07-10")[-2:] == ["2026", "0.2.0"]
        assert row(page, "2026-07-10")[:5] == ["2026-07-10", "Zedland", "§2", "12", "21"]
        assert "33" not in text(page)

    def test_a_mistake_goes_to_the_address_that_is_recorded_and_else_it_is_said_that_none_is(
        self, made, monkeypatch
    ):
        assert "A correction goes to the office that passed this site on." in text(
            made["corrections.html"]
        )
        package = json.loads(json.dumps(cop.data.contents(two().data)))
        package["contributors"][0]["email"] = "cop@example.org"
        monkeypatch.setattr(cop.data, "contents", lambda _: package)
        assert "Write to cop@example.org" in text(site.pages(two())["corrections.html"])


class TestData:
    def test_the_tables_are_described_as_a_data_package_that_a_reader_can_open(
        self, made, tmp_path
    ):
        for at in (at for at in made if at.startswith("data/")):
            file = tmp_path / at
            file.parent.mkdir(exist_ok=True)
            file.write_text(made[at], encoding="utf-8", newline="")
        package = frictionless.Package(str(tmp_path / "data" / "datapackage.json"))
        described = {one.path: one for one in package.resources}
        assert {*described} == {at[5:] for at in made if at.endswith(".csv")}
        own = described["glossary.csv"]
        assert own.read_rows()[0]["term"] and [f.title for f in own.schema.fields][0] == "Term"
        assert (
            package.licenses[0]["name"] == "CC-BY-4.0" and len(made["data/datapackage.json"]) < 2e5
        )
        assert 'href="data/datapackage.json"' in made["data.html"]

    def test_tables_of_all_countries_stand_in_one_file(self, made):
        rows = list(csv.DictReader(io.StringIO(made["data/alignment_by_item.csv"][1:])))
        assert len(rows) == 4 and rows[0]["status"] == "not in place"
        assert row(made["data.html"], "alignment_by_item")[2] == "4"

    def test_the_page_says_how_everything_comes_in_one_file_and_is_made_again(self, made):
        commands = html.document_fromstring(made["data.html"]).xpath("//pre/text()")
        assert commands == ["cop pack YYY", "make reports"]

    def test_what_nobody_verified_leaves_in_no_file(self):
        waiting = {"to_verify": [{"iso3": "ZZZ", "text": "hearsay"}]}
        made = site.pages(told([country(tables=waiting)]))
        assert "data/to_verify.csv" not in made
        assert not [at for at, page in made.items() if "hearsay" in page]

    def test_no_cell_begins_a_formula(self):
        tables = {"sources_on_record": [country().tables["sources_on_record"][0]]}
        tables["sources_on_record"] = [tables["sources_on_record"][0] | {"title": "=1+1"}]
        made = site.pages(told([country(tables=tables)]))
        [line] = csv.DictReader(io.StringIO(made["data/sources_on_record.csv"][1:]))
        assert line["title"] == "'=1+1"

    def test_the_codebook_describes_each_table_that_is_there(self, made):
        ids = set(html.document_fromstring(made["codebook.html"]).xpath("//h2/@id"))
        assert ids == {at[5:-4] for at in made if at.endswith(".csv")}


class TestSearch:
    def test_the_index_is_in_the_form_of_minisearch(self):
        entries = [
            search.Entry("a.html", "Child helpline, child", "service", "Zedland", "Été"),
            search.Entry("b.html", "Law", "source", "", "<b>"),
        ]
        made = json.loads(search.index(entries))
        assert made["documentCount"] == 2 and made["serializationVersion"] == 2
        terms = dict(made["index"])
        assert terms["child"] == {"0": {"0": 2}} and terms["ete"] == {"1": {"0": 1}}
        assert made["fieldLength"] == {"0": [2, 2], "1": [1, 1]}
        assert made["averageFieldLength"] == [1.5, 1.5]
        assert "<" not in search.index(entries)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Națională 116-111", ["nationala", "116", "111"]),
            ("Ало Бушавко", ["ало", "бушавко"]),
            ("snake_case, d'État", ["snake", "case", "d", "etat"]),
            ("", []),
        ],
    )
    def test_words_are_found_without_their_marks(self, text, words):
        assert search.words(text) == words

    def test_what_can_be_found(self):
        kinds = Counter(e.kind for e in search.entries(two(), [], [("index.html", "Home")]))
        assert kinds == {
            "page": 1,
            "term": len(two().shared("glossary")),
            "report": 2,
            "synthesis": 1,
            "chapter": 2,
            "source": 3,
            "organisation": 3,
            "service": 3,
            "recommendation": 2,
        }

    def test_without_a_script_the_page_says_so_and_lists_all_pages(self, made):
        page = made["search.html"]
        assert "scripts are off in this browser" in page.split("<noscript>")[1]
        links = html.document_fromstring(page).xpath("//section[@class='instead']//a/@href")
        assert {at for at in KINDS if "/" not in at and at != "search.html"} <= set(links)
        assert "cop-assessment-ZZZ.html" in links


class TestForMachines:
    def test_without_an_address_there_is_neither_feed_nor_map(self, made):
        assert not [at for at in made if at.endswith(".xml")]

    def test_with_one_both_name_what_stands(self):
        made = site.pages(two(address="https://example.org/cop/"))
        feed = etree.fromstring(made["feed.xml"].encode())
        atom = "{http://www.w3.org/2005/Atom}"
        titles = [e.findtext(f"{atom}title") for e in feed.iter(f"{atom}entry")]
        assert titles == ["Yonderland, 2026 (draft)", "Zedland, 2026 (draft)"]
        assert feed.findtext(f"{atom}updated") == "2026-07-01T10:00:00.000+00:00"
        listed = etree.fromstring(made["sitemap.xml"].encode()).xpath("//*[local-name()='loc']")
        addresses = {one.text for one in listed}
        assert "https://example.org/cop/items/PM-LEG-01.html" in addresses
        assert "https://example.org/cop/cop-assessment-ZZZ.html" in addresses
        assert len(addresses) == sum(at.endswith(".html") for at in made) + 3


def test_the_library_is_as_it_was_published():
    """The file is the package's without its last line; a newer one is put in on purpose."""
    folder = search.HERE / "minisearch"
    digest = hashlib.sha256((folder / "minisearch.js").read_bytes()).hexdigest()
    assert digest == "4e02b9fa52f244c377d737c7d06cda6bce967d137254e8532d6c79f68469bef3"
    assert "Luca Ongaro" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "7.2.0" in (folder / "README.md").read_text(encoding="utf-8")


def test_terms_of_the_glossary_have_an_address_each():
    anchors = [
        search.anchor(r["term"])
        for r in records(two().data.parents[1] / "data/reference/glossary.csv")
    ]
    assert len(set(anchors)) == len(anchors) > 60 and all(anchors)
