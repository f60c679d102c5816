"""The rules of the site: which rows of which reports its pages list, count and put first."""

import re
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import frame_of
from conftest import ZEDLAND

from cop.report import filenames, formats, languages, words
from cop.report.site import pages
from cop.report.site.data import Item, Report, SiteData, report_of


def report(key, name="", file="", **tables):
    """Return a report of a country with saved tables."""
    cover = {"country": name or key.title(), "cut-off": "2026-06-01", "edition": "2026"}
    return Report(key, cover, file or f"cop-assessment-{key}.html", tables=tables)


@pytest.fixture
def site(monkeypatch):
    """Return a function that makes the data of a site of reports and shared tables."""

    def make(*reports, **shared):
        monkeypatch.setattr(SiteData, "shared", lambda self, table: shared.get(table, ()))
        return SiteData(reports, {}, None, date(2026, 7, 1), ZEDLAND)

    return make


LINES = [
    {"service_id": "V1", "kind": "helpline", "operates": "not known", "serves": "children"},
    {"service_id": "V2", "kind": "helpline", "operates": "yes", "serves": ""},
    {"service_id": "V3", "kind": "helpline", "operates": "no", "serves": "children"},
    {"service_id": "V4", "kind": "helpline", "operates": "yes", "serves": "parents"},
    {"service_id": "V5", "kind": "hotline", "operates": "yes", "serves": ""},
    {"service_id": "V6", "kind": "portal", "operates": "yes", "serves": ""},
]


@pytest.mark.parametrize(
    ("rule", "kinds", "served", "ids"),
    [
        ("those at work come first, those that ended are left out", ["helpline"], [],
         ["V2", "V4", "V1"]),
        ("only those that serve the reader", ["helpline"], ["child"], ["V1"]),
        ("those that serve one of several readers", ["helpline"], ["child", "parent"],
         ["V4", "V1"]),
        ("only those of the kind", ["hotline"], [], ["V5"]),
    ],
)  # fmt: skip
def test_services_of_a_report(rule, kinds, served, ids):
    found = report("ZZZ", services_on_record=LINES).services(kinds, *served)
    assert [row["service_id"] for row in found] == ids, rule


def test_help_is_of_lines_that_serve_the_reader_or_state_no_users(site):
    reports = report("ZZZ", services_on_record=LINES), report("AAA")
    made = site(*reports, emergency_numbers=[{"iso3": "ZZZ", "number": "112"}])
    [(of, emergency, lines, hotlines)] = made.help_lines("child")
    only = site(report("BBB", services_on_record=LINES[4:5])).help_lines("child")
    assert [len(rows) for row in only for rows in row[2:]] == [0, 1], "a hotline alone is enough"
    assert of.key == "ZZZ", "a country without a line is left out"
    assert emergency["number"] == "112", "the number is that of the country"
    assert [row["service_id"] for row in lines] == ["V2", "V1"], "parents' lines are left out"
    assert [row["service_id"] for row in hotlines] == ["V5", "V6"], "hotlines and portals"


def test_syntheses_come_first_and_countries_by_name():
    reports = [report("BBB", "Zedland"), report("AAA", "Aland"),
               report("ZED", "Region", "cop-regional-synthesis.html")]  # fmt: skip
    assert [one.key for one in sorted(reports, key=Report.order)] == ["ZED", "AAA", "BBB"]


RATINGS = [
    {"framework": "policy-makers", "area": "law", "status": "in place", "item_id": "PM-1"},
    {"framework": "policy-makers", "area": "help", "status": "planned", "item_id": "PM-2"},
    {"framework": "children", "area": "law", "status": "in place", "item_id": "CH-1"},
]


@pytest.mark.parametrize(
    ("rule", "where", "counts"),
    [
        ("of policy-makers in all countries", {}, {"in place": 2, "planned": 2}),
        ("of an area", {"area": "law"}, {"in place": 2}),
        ("of a country", {"key": "AAA"}, {"in place": 1, "planned": 1}),
        ("of another framework", {"framework": "children"}, {"in place": 2}),
    ],
)
def test_ratings_are_counted(rule, where, counts, site):
    made = site(*(report(key, alignment_by_item=RATINGS) for key in ("AAA", "BBB")))
    assert made.ratings("status", **where) == counts, rule


@pytest.mark.parametrize(
    ("framework", "item_id", "is_of_policy"),
    [("policy-makers", "PM-1", True), ("Model National Response", "MNR-1", True),
     ("industry", "IN-1", False), ("cross-check", "PM-X", True), ("cross-check", "XC-1", False)],
)  # fmt: skip
def test_items_of_policy_are_those_addressed_to_the_state(framework, item_id, is_of_policy):
    assert Item(framework, False, {"item_id": item_id}).is_of_policy == is_of_policy


def test_the_age_of_a_report_is_counted_from_its_cut_off(site):
    assert site().age(report("ZZZ")) == 30


def test_a_country_without_a_row_on_its_strategy_is_not_known_on_the_map(site):
    rows = [{"row": "lanzarote", "value": "party", "confidence": "", "confidence_reason": ""},
            {"row": "national_strategy", "value": "draft", "confidence": "low",
             "confidence_reason": ""}, {"row": "hotline", "value": "yes"}]  # fmt: skip
    tiles = site(report("AAA", table_25_today=rows), report("BBB")).tiles()
    assert tiles[["iso3", "word"]].values.tolist() == [["AAA", "draft"], ["BBB", "not known"]]


def test_steps_for_a_reader_are_led_or_supported_by_bodies_of_its_category(site):
    bodies = [{"name": "Telecom", "category": "industry"}, {"name": "School", "category": "ngo"}]
    plan = [{"lead": "Telecom", "supporting": "School"}, {"lead": "School", "supporting": ""},
            {"lead": "School", "supporting": "Telecom; School"}]  # fmt: skip
    made = site(report("ZZZ", organisations=bodies, action_plan=plan))
    assert [(row["lead"], named) for _, row, named in made.steps(["industry"])] == [
        ("Telecom", ["Telecom"]), ("School", ["Telecom"])]  # fmt: skip


def test_documents_are_of_the_audience_and_the_most_used_first(site):
    rows = [{"audience": audience, "source_url": url, "source_title": url.upper()}
            for audience, url in [("children", "a"), ("children", "b"), ("children", "b"),
                                  ("industry", "c")]]  # fmt: skip
    assert [*site(guidelines=rows).documents("children")] == ["b", "a"]


def test_corrections_are_those_of_the_site_the_latest_first(site):
    rows = [{"iso3": "ZZZ", "day": "2026-01-01"}, {"iso3": "", "day": "2026-03-01"},
            {"iso3": "AAA", "day": "2026-02-01"}]  # fmt: skip
    found = site(report("ZZZ"), corrections=rows).corrections()
    assert {row["iso3"] for row in found} == {"ZZZ", ""}, "also corrections without a country"
    assert [row["day"] for row in found] == ["2026-03-01", "2026-01-01"], "the latest first"


def test_an_example_is_one_for_the_rows_that_it_cites_and_names_each_country(site):
    cells = {"theme": "law", "action": "It works.", "item_ids": "PM-1", "capability_ids": ""}
    plans = [cells | {"action_evidence_id": "AAA-E1; AAA-E2"},
             cells | {"action_evidence_id": "AAA-E2; AAA-E1", "item_ids": "PM-2"},
             cells | {"action_evidence_id": "", "action": "Another."}]  # fmt: skip
    statements = [{"evidence_id": f"AAA-E{n}", "source_id": "S1"} for n in (1, 2)]
    reports = [report("AAA", action_plan=plans[:1], statements=statements),
               report("BBB", action_plan=plans[1:])]  # fmt: skip
    first, second = site(*reports).examples
    assert ([*first["reports"]], sorted(first["item_ids"])) == (["AAA", "BBB"], ["PM-1", "PM-2"])
    assert (second["text"], second["sources"]) == ("Another.", [])


def test_a_source_stands_under_each_subject_that_cites_it_and_else_among_the_others(site):
    sources = [{"source_id": f"S{n}"} for n in (1, 2)]
    statements = [{"section": section, "source_id": "S1"} for section in ("research", "research")]
    topics = site(report("ZZZ", sources_on_record=sources, statements=statements)).topics()
    ids = {name: [row["source_id"] for _, row in rows] for name, rows in topics.items()}
    assert ids == {"research": ["S1"], "": ["S2"]}


def test_items_are_those_of_the_guidelines_and_capabilities_and_no_facts(site):
    rows = [("PM-1", "item", "paraphrase"), ("XC-1", "cross-check", "printed"),
            ("PM-9", "document fact", "printed")]  # fmt: skip
    guide = [{"item_id": i, "kind": k, "wording": w, "audience": "policy-makers", "area": "law"}
             for i, k, w in rows]  # fmt: skip
    able = [{"capability_id": "MNR-1", "wording_checked": word} for word in ("no",)]
    made = site(guidelines=guide, capabilities=able)
    found = [(item.row["item_id"], item.framework, item.paraphrase) for item in made.items]
    assert found == [("PM-1", "policy-makers", True), ("XC-1", "cross-check", False),
                     ("MNR-1", "Model National Response", True)]  # fmt: skip
    assert [*made.by_area("policy-makers")] == ["law"]


def test_a_published_table_has_no_row_that_is_not_verified_and_none_to_verify(site):
    rows = [{"element_id": "A", "verified": "yes"}, {"element_id": "B", "verified": "no"}]
    of_country = report("ZZZ", statements=[{"evidence_id": "E1"}], to_verify=[{"id": "E2"}])
    made = {table["name"]: table["rows"] for table in site(of_country, frameworks=rows).tables}
    assert made == {"frameworks": rows[:1], "statements": [{"evidence_id": "E1"}]}


@pytest.mark.parametrize(
    "name",
    ["guidelines", "capabilities", "frameworks", "mappings", "challenge_library", "checklist",
     "chain", "glossary", "corrections", "table_25_2020", "statistics_sources",
     "indicator_catalogue", "emergency_numbers"],
)  # fmt: skip
def test_a_table_that_countries_are_measured_by_is_published(name, site):
    assert [table["name"] for table in site(**{name: [{"verified": "yes"}]}).tables] == [name]


def test_an_element_is_shown_if_verified_with_what_measures_it(site):
    rows = [("T", "", "yes"), ("I", "T", "yes"), ("J", "T", "no"), ("U", "", "no")]
    rows = [{"element_id": e, "measures": m, "verified": v, "framework": "SDG"} for e, m, v in rows]
    [element] = site(frameworks=rows).elements()["SDG"]
    assert element["row"]["element_id"] == "T", "an element that is not verified is left out"
    assert [row["element_id"] for row in element["measured_by"]] == ["I"]


def test_a_hub_is_who_has_most_of_the_links_that_are_left():
    links = frame_of("a b", ("A", "B"), ("A", "C"), ("D", "E"), ("D", "F"), ("D", "A"))
    pairs, hubs = words.linked_pairs(links)
    assert hubs == ["A", "D"] and set(pairs[pairs.word == "A"].name) == {"B", "C", "D"}
    assert {*pairs.word} == {*hubs}, "a link is listed under its hub only"


@pytest.mark.parametrize(
    ("rule", "codes", "columns", "last"),
    [
        ("a map has four columns at least", ["UKR"], 4, (1, 1)),
        ("a country without a place comes last", ["UKR", "ZZZ"], 4, (1, 2)),
        ("countries without a place begin in the first row", ["ZZZ"], 4, (1, 1)),
    ],
)
def test_each_country_of_a_map_has_a_tile(rule, codes, columns, last):
    places, wide = words.tile_places(codes)
    assert (wide, places[codes[-1]]) == (columns, last), rule


def test_a_strategy_of_low_confidence_is_insufficient_evidence_on_a_map():
    frame = frame_of("word confidence", ("in force", "low"), ("in force", "moderate"),
                     ("draft", "low"))  # fmt: skip
    shown = words.weak_as_unknown(frame, ["in force", "adopted"])
    assert shown.word.tolist() == ["insufficient evidence", "in force", "draft"]


def test_cells_across_keep_the_order_of_rows_and_columns():
    frame = frame_of("row iso3 value", ("z", "B", 1), ("z", "A", 2), ("a", "B", 3), ("a", "A", 4))
    wide = words.across(frame, "row", "iso3", lambda row: row.value)
    assert [[*wide.columns], *wide.values.tolist()] == [["row", "B", "A"], ["z", 1, 2], ["a", 3, 4]]


@pytest.mark.parametrize(
    ("text", "oldest", "is_shown"),
    [("daily (2024)", 2024, True), ("daily (2023)", 2024, False), ("daily", 2024, False),
     ("daily (2026, before 2020)", 2024, False)],
    ids=["of the oldest year", "older", "without a year", "one of two years is older"],
)  # fmt: skip
def test_hours_are_shown_if_all_their_years_are_recent(text, oldest, is_shown):
    assert bool(formats.recent_hours(text, oldest)) == is_shown


def test_of_names_within_names_the_longest_is_found():
    names = ["Guinea", "Guinea-Bissau", "Equatorial Guinea", "Niger"]
    assert formats.names_in("In Equatorial Guinea and Nigeria", names) == ["Equatorial Guinea"]
    assert formats.names_in("In Guinea-Bissau", names) == ["Guinea-Bissau"]


def test_years_of_lines_stand_in_rows_and_series_in_columns():
    frame = pd.DataFrame(
        {"year": [2021, 2020, 2020], "series": ["Z", "Z", "A"], "value": [1, 2, 3]}
    )
    wide = words.by_year(frame, "%")
    assert wide.year.tolist() == [2020, 2021]
    assert [*wide.columns] == ["year", "Z, %", "A, %"], "series stand in the order of the rows"


def test_editions_of_a_report_stand_from_the_newest_to_the_oldest(tmp_path):
    def result(year):
        cover = {"edition": year}
        return SimpleNamespace(key="ZZZ", name="ZZZ", cover=cover, report="r.html", pages={},
                               folder=tmp_path, downloads={})  # fmt: skip

    made = report_of(result("2026"), map(result, ["2024", "2026", "2025"]), {})
    assert [about["cover"]["edition"] for about in made.editions] == ["2026", "2025", "2024"]


def test_an_id_leads_to_the_page_that_has_it_and_else_to_the_report():
    about = Report("ZZZ", {}, "report.html", anchors={"ZZZ-E01": "annex.html"})
    assert about.at("ZZZ-E01") == "annex.html#ZZZ-E01" and about.at("ZZZ-E02") == "report.html"


def test_an_id_of_a_report_and_an_annex_is_that_of_the_annex_and_others_have_no_part(tmp_path):
    page = '<h2 id="laws">Laws</h2>'
    result = SimpleNamespace(
        key="ZZZ", name="ZZZ", cover={"edition": "2026"}, report="report.html", downloads={},
        pages={"2.html": "", "1.html": "", "report.html": ""}, folder=tmp_path,
        text=lambda name: page if name != "1.html" else "",
    )  # fmt: skip
    other = SimpleNamespace(**vars(result) | {"key": "YYY"})
    made = report_of(result, [result, other], {"ZZZ": ["ZZZ", "2026", "6"]})
    assert made.at("laws") == "2.html#laws" and made.annexes == ["1.html", "2.html"]
    assert made.headings == [("2.html#laws", "Laws"), ("report.html#laws", "Laws")]
    assert (len(made.editions), made.failure) == (1, "6"), "editions of its own country only"


def test_the_key_of_a_package_is_in_the_file_beside_it(tmp_path):
    for name in ("a.zip", "a.zip.signer"):
        (tmp_path / name).write_text(f"in {name}")
    result = SimpleNamespace(
        key="ZZZ", name="ZZZ", cover={"edition": "2026"}, report="r.html", pages={},
        folder=tmp_path, downloads={path.name: path for path in sorted(tmp_path.iterdir())},
    )  # fmt: skip
    assert report_of(result, [], {}).signer == "in a.zip.signer"


def test_a_synthesis_is_no_country_and_a_country_no_synthesis(site):
    made = site(report("REG", file="cop-regional-synthesis-REG.html"), report("ZZZ"))
    assert [one.key for one in made.countries] == ["ZZZ"]
    assert [one.key for one in made.syntheses] == ["REG"]


@pytest.mark.parametrize(
    ("rule", "spoken", "language", "shown"),
    [
        ("in the first language that has a catalogue", "Zedish; Ukrainian", "en", "Мова"),
        ("not if none has", "Zedish", "en", ""),
        ("not on a page in that language", "Ukrainian", "uk", ""),
        ("on a page in another", "Ukrainian", "ro", "Мова"),
    ],
)
def test_words_to_children_stand_in_the_national_language_too(rule, spoken, language, shown, site):
    made = site(report("ZZZ"), countries=[{"iso3": "ZZZ", "languages": spoken}])
    say = lambda: {"uk": "Мова"}.get(languages.current(), "Words")  # noqa: E731
    with languages.using_language(language):
        said = made.in_national_language(made.countries[0], say)
    assert said == (f'<b lang="uk">{shown}</b>' if shown else ""), rule


@pytest.mark.parametrize(
    ("rule", "language", "shown"),
    [("in its own language by its local name", "uk", "Рада"),
     ("on an English page by its English name", "en", "Council"),
     ("in another language by its English name", "ro", "Council")],
)  # fmt: skip
def test_how_a_body_is_called(rule, language, shown, site):
    body = {"name": "Council", "name_local": "Рада"}
    made = site(report("ZZZ", organisations=[body]),
                countries=[{"iso3": "ZZZ", "languages": "Ukrainian"}])  # fmt: skip
    with languages.using_language(language):
        assert made.called(made.countries[0], "Council") == shown, rule


def test_the_language_of_a_country_is_the_first_that_is_spoken(site):
    spoken = [{"iso3": "ZZZ", "languages": "Ukrainian; Romanian"}]
    made = site(report("ZZZ"), report("YYY"), countries=spoken)
    assert [made.language(one) for one in made.countries] == ["uk", ""]


def test_ratings_of_items_that_the_guidelines_do_not_have_are_left_out(site):
    row = {"kind": "item", "wording": "printed", "audience": "policy-makers", "area": "law"}
    rated = [{"item_id": item, "status": "planned"} for item in ("PM-1", "PM-9")]
    [item] = site(report("ZZZ", alignment_by_item=rated), guidelines=[row | {"item_id": "PM-1"}]
                  ).items  # fmt: skip
    assert item.statuses == {"planned": 1}


def test_items_for_the_state_serve_by_name_and_others_by_number_and_wishes_by_country(site):
    row = {"kind": "item", "wording": "printed", "area": "law"}
    items = [row | {"item_id": item, "audience": audience}
             for item, audience in [("PM-1", "policy-makers"), ("IN-1", "industry"),
                                    ("IN-2", "industry")]]  # fmt: skip
    served = [{"element_id": "E", "served_by": item["item_id"], "why": ""} for item in items]
    wanted = [{"element_id": "E", "recommendation_id": f"R{n}"} for n in (1, 2)]
    element = {"element_id": "E", "measures": "", "verified": "yes", "framework": "SDG"}
    made = site(report("ZZZ", frameworks_served=wanted), guidelines=items, mappings=served,
                frameworks=[element])  # fmt: skip
    [shown] = made.elements()["SDG"]
    assert [item.row["item_id"] for item in shown["serving"]] == ["PM-1"]
    assert shown["others"] == {"industry": 2}
    assert {key: ids for key, (_, ids) in shown["wanted"].items()} == {"ZZZ": ["R1", "R2"]}


def test_an_example_cites_only_rows_that_the_reports_hold(site):
    cells = {"theme": "law", "action": "It works.", "item_ids": "", "capability_ids": ""}
    plan = [cells | {"action_evidence_id": "AAA-E1; AAA-E9"}]
    statements = [{"evidence_id": "AAA-E1", "source_id": "S1"}]
    [example] = site(report("AAA", action_plan=plan, statements=statements)).examples
    assert [row_id for row_id, _, _ in example["sources"]] == ["AAA-E1"]


def test_a_source_that_is_not_verified_stands_under_no_subject(site):
    statements = [{"section": "research", "source_id": source} for source in ("S1", "S9")]
    sources = [{"source_id": "S1"}]
    topics = site(report("ZZZ", sources_on_record=sources, statements=statements)).topics()
    assert {name: [row["source_id"] for _, row in rows] for name, rows in topics.items()} == {
        "research": ["S1"]
    }


def test_terms_stand_in_alphabetical_order(site):
    made = site(glossary=[{"term": term} for term in ("Zoo", "cut-off", "Édition")])
    assert [row["term"] for _, row in made.glossary()] == ["cut-off", "Édition", "Zoo"]


def test_a_table_of_groups_is_that_of_the_syntheses(site):
    rows = [{"group_id": "REG"}]
    made = site(report("REG", file="cop-regional-synthesis.html", common_challenges=rows),
                report("ZZZ", common_challenges=[{"group_id": "ZZZ"}]))  # fmt: skip
    assert [table["rows"] for table in made.tables] == [rows]


@pytest.mark.parametrize(
    ("rule", "anchor", "name", "home"),
    [
        ("evidence is in the first annex", "ZZZ-E01", "", "cop-annex-ZZZ-1-desktop-research.html"),
        ("a law, too", "ZZZ-L01", "", "cop-annex-ZZZ-1-desktop-research.html"),
        ("a body is in the second", "ZZZ-O01", "", "cop-annex-ZZZ-2-stakeholder-mapping.html"),
        ("a service, too", "ZZZ-V01", "", "cop-annex-ZZZ-2-stakeholder-mapping.html"),
        ("an exercise is in the fourth", "ZZZ-X01", "", "cop-annex-ZZZ-4-ict-statistics.html"),
        ("a source is in the report", "ZZZ-S01", "", "cop-assessment-ZZZ.html"),
        ("an item is in the fifth annex of the country of the page", "PM-LEG-01",
         "cop-assessment-ZZZ.html", "cop-annex-ZZZ-5-guideline-alignment.html"),
        ("a capability, too", "MNR-01", "cop-assessment-ZZZ.html",
         "cop-annex-ZZZ-5-guideline-alignment.html"),
        ("a definition is in the fourth", "definition-IT", "cop-assessment-ZZZ.html",
         "cop-annex-ZZZ-4-ict-statistics.html"),
        ("what is on the page itself has no other home", "ZZZ-S01", "cop-assessment-ZZZ.html", ""),
        ("another id has none", "recommendations", "cop-assessment-ZZZ.html", ""),
        ("an item without a country has none", "PM-LEG-01", "", ""),
    ],
)  # fmt: skip
def test_the_page_of_an_id(rule, anchor, name, home):
    assert filenames.home_of(anchor, name) == home, rule


@pytest.mark.parametrize(
    ("rule", "stage", "name"),
    [("a synthesis", "7-regional-synthesis", "cop-regional-synthesis.html"),
     ("a desk baseline", "0-desk-baseline", "cop-baseline-ZZZ.html"),
     ("an assessment", "6-country-assessment", "cop-assessment-ZZZ.html"),
     ("an annex has its number", "4-ict-statistics", "cop-annex-ZZZ-4-ict-statistics.html")],
)  # fmt: skip
def test_the_file_name_of_a_page(rule, stage, name):
    assert filenames.of_stage(stage, "ZZZ") == name, rule


def test_desk_baselines_stand_in_the_order_of_the_names_of_their_countries():
    rows = [
        {"cover": {"country": name}, "file": f"{name}.html", "failure": ""}
        for name in ("Österreich", "Zedland", "Oman")
    ]
    page = pages.of_baselines(rows, {"NOR": "0"}, date(2026, 6, 30))
    assert re.findall(r'<li><a href="(\w+)\.html', page) == ["Oman", "Österreich", "Zedland"]


def test_english_comes_before_other_languages_in_alphabetical_order():
    page = '<html><head></head><body><main id="main"></main></body></html>'
    others = {"uk": "uk/a.html", "bs": "bs/a.html"}
    page = pages.link_languages(page, "a.html", "en", others)
    assert re.findall(r'alternate" hreflang="([\w-]+)"', page) == ["en", "x-default", "bs", "uk"]
