"""The rules of the site: which rows of which reports its pages list, count and put first."""

from dataclasses import replace
from datetime import date

import pagetext
import pandas as pd
import pytest
from cases import frame_of
from conftest import ZEDLAND
from lxml import html
from site_rows import TABLES, country, judged, region, service, site_data

from cop.report import formats, words
from cop.report.site.data import Item, Report, SiteData


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
    only = site(report("BBB", services_on_record=LINES[4:])).help_lines("child")
    assert [len(rows) for rows in only[0][2:]] == [0, 1], "a hotline alone is enough"
    assert of.key == "ZZZ", "a country without a line is left out"
    assert emergency["number"] == "112", "the number is that of the country"
    assert [row["service_id"] for row in lines] == ["V2", "V1"], "parents' lines are left out"
    assert [row["service_id"] for row in hotlines] == ["V5"]


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
             "confidence_reason": ""}]  # fmt: skip
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
    assert [row["day"] for row in found] == ["2026-03-01", "2026-01-01"]


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
    assert {name: len(found) for name, found in made.items()} == {"frameworks": 1, "statements": 1}


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


@pytest.mark.parametrize(
    ("rule", "codes", "columns", "last"),
    [
        ("a map has four columns at least", ["UKR"], 4, (1, 1)),
        ("a country without a place comes last", ["UKR", "ZZZ"], 4, (1, 2)),
    ],
)
def test_each_country_of_a_map_has_a_tile(rule, codes, columns, last):
    places, wide = words.tile_places(codes)
    assert (wide, places[codes[-1]]) == (columns, last), rule


def test_a_strategy_of_low_confidence_is_insufficient_evidence_on_a_map():
    frame = frame_of("word confidence", ("in force", "low"), ("in force", "high"), ("draft", "low"))
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
)  # fmt: skip
def test_hours_are_shown_if_all_their_years_are_recent(text, oldest, is_shown):
    assert bool(formats.recent_hours(text, oldest)) == is_shown


def test_of_names_within_names_the_longest_is_found():
    names = ["Guinea", "Equatorial Guinea", "Niger"]
    assert formats.names_in("In Equatorial Guinea and Nigeria", names) == ["Equatorial Guinea"]


def test_years_of_lines_stand_in_rows_and_series_in_columns():
    frame = pd.DataFrame(
        {"year": [2021, 2020, 2020], "series": ["Z", "Z", "A"], "value": [1, 2, 3]}
    )
    wide = words.by_year(frame, "%")
    assert [*wide.columns] == ["year", "Z, %", "A, %"] and wide.year.tolist() == [2020, 2021]


RATED = country(tables=TABLES | {"alignment_by_item": [
    judged("PM-LEG-01", "in place", confidence="high"),
    judged("PM-LEG-02", "planned", confidence="low"),
    judged("PM-LEG-03", "not assessed", confidence=""),
    judged("PM-LEG-04", "planned", confidence="low"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
]})  # fmt: skip
OTHER = country("YYY", "Yonderland")
LONE = site_data([RATED], {"QQQ": "stage 3"}, 4)
NONE = site_data(baselines=1)
ITEMS = site_data([RATED], few=False)
EARLIER = replace(RATED, cover=RATED.cover | {"edition": "2024"})
STALE = site_data([replace(RATED, failure="stage 3", downloads=["a/r.docx"],
                           editions=[RATED, EARLIER])])  # fmt: skip
LINED = site_data([country(tables=TABLES | {"services_on_record": [
    service("V1", "Parent line", phone="116 000", name_local="Línea", serves="parents",
            languages="uk"),
    service("V2", "Young line", serves="young people"),
    service("V3", "Web", name_local="Web", phone="1", serves="children", hours="daily (2024)"),
]})])  # fmt: skip
PAGES = [  # rule, template, address, site, what its page says
    ("ratings are counted in all, by confidence, and those rated apart", "home", "index", LONE,
     "6 ratings of 1 country, one for each item...Confidence is high for 1 of them, moderate for 2 "
     "and low for 2. Rated: 5 of 6."),
    ("a report that was lost is named with its failure", "home", "index", LONE,
     "QQQ: no report; the last run failed (stage 3)."),
    ("desk baselines are counted", "home", "index", LONE, "Desk baselines of 4 countries:"),
    ("one desk baseline is singular, and nothing is rated", "home", "index", NONE,
     "Desk baselines of 1 country:...nothing is recorded. For whom?"),
    ("a report has its status, cut-off, age and annexes", "countries", "countries", LONE,
     "Report | Edition | Status | Data cut-off | Age | Annexes Zedland |...| draft | 2026-06-30 | "
     "under a month | 1 desktop research / 5 guideline alignment"),
    ("a stale report says so; its files and editions stand with it", "countries", "countries",
     STALE, "Zedland | draft stale: the last run failed |...Zedland / Word | 2026 / 2024 (draft) | "
     "draft / stale: the last run failed (stage 3) |"),
    ("a report without annexes has none", "countries", "countries", site_data([region()]),
     "Regional synthesis: Both lands |...| none"),
    ("one country is singular; what its report holds is counted", "countries", "countries", LONE,
     "1 country, in one frame...Country | Status | Items for policy-makers | Recommendations | "
     "Services | Organisations | Sources Zedland | draft | ● 1 in place / → 4 planned / "
     "– 1 not assessed | 2 | 3 | 3 | 3"),
    ("no country has a report yet", "countries", "countries", NONE, "No country has a report yet."),
    ("ratings of an area are counted by status, those rated of all, and low confidence apart",
     "region", "region", site_data([region(), RATED]),
     "What is in place in 1 country, counted...| Rated | Of low confidence 1 Legal framework | 1 | "
     "0 | 2 | 0 | 0 | 1 | 3 of 4 | 2 2 Strategy | 0 | 0 | 2 | 0 | 0 | 0 | 2 of 2 | 0"),
    ("a common challenge is named in so many reports of all", "region", "region",
     site_data([region(), RATED, OTHER]), "Industry: named in the report of 1 of 2 countries."),
    ("nothing is rated yet, and no synthesis is there", "region", "region", NONE,
     "This site contains no regional synthesis...Nothing is rated yet."),
    ("sources are counted, and stand under their subject; a subject without any says so",
     "resources", "resources", LONE, "The reports rest on 3 sources...Other sources Title | No. | "
     "Publisher | Year | Language | Kind | Primary or secondary Act ZZZ-S03 | ZZZ-S03 |...Research "
     "on children online: no verified source covers it."),
    ("one source is singular", "resources", "resources", site_data([country(tables={
     "sources_on_record": TABLES["sources_on_record"][:1]})]), "The reports rest on 1 source,"),
    ("tables of countries stand before those they are measured by, with their rows", "data", "data",
     LONE, "Tables of the countries and the region Table (CSV) | What it holds | Rows | Codebook..."
     "alignment_by_item |...| 6 | columns...Shared "
     "tables...guidelines |"),
    ("keys of packages are plural, each once; the script is there once", "data", "data", site_data([
     replace(RATED, signer="K1", downloads=["a/verify.py"]),
     replace(OTHER, signer="K2", downloads=["b/verify.py"])]),
     "signed with the keys K1, K2...The script verify.py compares"),
    ("one key of packages is singular", "data", "data", site_data([replace(RATED, signer="K1"),
     replace(OTHER, signer="K1")]), "signed with the key K1."),
    ("one recommendation is singular; readers with lines of their own are families", "audience",
     "policy-makers", LONE, "What is asked Next steps...What is asked, and how the countries stand"
     "...Next steps that name you 1 recommendation in the country reports is led or supported"),
    ("recommendations that name companies are plural", "audience", "industry", LONE,
     "2 recommendations in the country reports are led or supported by such organisations...What | "
     "Country | Who is named | By | Priority Step 1 of ZZZ | Zedland | Zednet | 2027-06-30 |"),
    ("items of a reader are those of its guidelines", "audience", "industry", ITEMS,
     "Item | Area | Countries by status Responsible person or team |"),
    ("at school is what the checklist of educators advises, at home the rest", "audience",
     "parents-and-educators", ITEMS, "so that you can do it together: If something upsets you...At "
     "home Keep talking with your child...At school Protect the school's devices"),
    ("lines for parents help families; a line has its own name, users and languages", "audience",
     "parents-and-educators", LINED, "116 000 · Línea · Parent line Hours:...For parents. Spoken: "
     "Ukrainian. Source of the number:...1 · Web Hours: daily (2024). Free talks. For children. "
     "Not recorded: languages."),
    ("lines for young people help children, and what is not on record of them is named", "children",
     "children", LINED, "To talk to somebody: Young line Hours:...For young people. Not recorded: "
     "languages...1 · Web"),
    ("advice for children is that of their guidelines", "children", "children", ITEMS,
     "in our words...If something upsets you"),
    ("items stand under their framework", "items", "items", ITEMS, "No. | Item | Area | Countries "
     "by status PM-LEG-01 | Review legal powers | 1 Legal framework | ● 1 in place...Industry No. |"
     "...MNR-01"),
    ("an element has what serves it, an item what it serves; cycles that were not seen are named",
     "serves", "what-serves-what", LONE, "of the cycles 2023–2025 and 2026–2029 were not seen..."
     "Element | Served by items and capabilities | Recommendations by country Confidence and "
     "security...No. | Item | It serves, and why PM-LEG-01 |"),
    ("examples stand under their theme, before those of the literature", "studies", "case-studies",
     LONE, "Industry A code works. Cited in response to a challenge in...In the literature"),
    ("no report names a positive action yet", "studies", "case-studies", NONE,
     "No report names a positive action yet."),
    ("a column of a table has its heading, meaning, type and words", "codebook", "codebook", LONE,
     "Column | Heading | What it means | Type | Words it may hold item_id | No. | Id, such as "
     "PM-LEG-01 | string | any"),
    ("families read who helps and what to do; no recommendation names them yet", "audience",
     "parents-and-educators", LONE, "Who helps What you can do...At home...At school...Steps that "
     "involve schools and parents No recommendation names such an organisation yet."),
    ("a line that is not confirmed has a star, which is explained", "children", "children", LONE,
     "Silent line * Hours:...* We could not confirm that this service is active today."),
    ("organisations of children are named with their country", "children", "children", LONE,
     "asked to take part: Youth Council (Zedland): Step 1 of ZZZ"),
    ("without a line children are sent to an adult they trust", "children", "children", NONE,
     "No helpline has been identified here yet. Talk to an adult you trust. Names,"),
    ("without corrections none is listed", "corrections", "corrections", LONE, "None so far."),
    ("a correction has its country and edition, or is of all", "corrections", "corrections",
     site_data([RATED]), "Day | Country | Page | What was wrong | What it says now | Edition | "
     "Right since version 2026-07-10 | Zedland | p | 12 | 21 | 2026 | 1 2026-07-09 | all | q | a | "
     "b | all | 1"),
]  # fmt: skip
CORRECTIONS = [
    {"day": "2026-07-10", "iso3": "ZZZ", "page": "p", "wrong": "12", "now": "21",
     "edition": "2026", "version": "1"},
    {"day": "2026-07-09", "iso3": "", "page": "q", "wrong": "a", "now": "b", "edition": "",
     "version": "1"},
]  # fmt: skip
vars(PAGES[-1][3])["corrections"] = lambda: CORRECTIONS


def main_text(template, *arguments):
    page = str(words.render(f"site/{template}", "page", *arguments))
    return " ".join(pagetext.lines(html.document_fromstring(page).find(".//main")))


@pytest.mark.parametrize(
    ("rule", "template", "at", "made", "expected"),
    PAGES,
    ids=[f"{row[0]} ({row[1]})" for row in PAGES],
)
def test_a_page_of_the_site_says_what_its_rule_asks(rule, template, at, made, expected):
    text, place = main_text(template, made, f"{at}.html"), 0
    for piece in map(str.strip, expected.split("...")):
        place = text.find(piece, place) + len(piece)
        assert place >= len(piece), (
            f"{rule}: {piece!r} is not said, or not in this order, in {text!r}"
        )


def test_an_item_page_has_its_source_proof_paraphrase_and_ratings_or_none():
    rated, unrated = LONE.items[0], LONE.items[-1]
    text = main_text("item", LONE, "items/x.html", rated)
    for part in ("Source the printed guidelines, not read yet", "Proof is usually in The criminal",
                 "is a paraphrase that has not yet", "Country | Status | Confidence | Why Zedland "
                 "| ● in place | high | A law says so.",
                 "These links are our own assessment."):  # fmt: skip
        assert part in text
    assert "No country has been rated on it yet." in main_text(
        "item", LONE, "items/x.html", unrated
    )


def test_desk_baselines_are_counted_and_those_that_failed_say_so():
    listed = [RATED, replace(OTHER, failure="x")]
    text = main_text("baselines", listed, {"QQQ": "stage 3"}, "", date(2026, 7, 1))
    assert "2 countries. A desk baseline is not an assessment" in text
    assert "Zedland Yonderland stale: the last run failed (x) QQQ: no page; the last run" in text
    assert "1 country. A desk" in main_text("baselines", listed[:1], {}, "", date(2026, 7, 1))
