"""Stage 7: countries side by side and what is concluded of them, on a few invented rows."""

import re

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Region
from cop.report import citations, words
from helpers import indicators, region, show

SYNTHESIS = show.Templates("7-regional-synthesis")
STATUSES = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
SELDOM = ["planned", "not applicable", "withheld"]  # shown only where they occur
OTHERS = ["shared", "low", "planned", "expired", "absent", "silent", "silent_low", "unjudged"]
NAMES = {"MDA": "Moldova", "UKR": "Ukraine"}


@pytest.fixture
def place(tmp_path):
    """Return three countries of which the last is left out."""
    members, folder = ("UKR", "MDA", "GEO"), str(tmp_path)
    return Region("TRY", "Three", members, ("GEO",), str(DATA), folder, folder, "2026")


@pytest.fixture
def saved(monkeypatch):
    """Return what the countries saved, to be filled by a test: {(table, iso3): frame}."""
    tables = {}

    def load(name, place, folders):
        return pd.concat([tables[name, folder[-10:-7]] for folder in folders], ignore_index=True)

    monkeypatch.setattr(cop.data, "handed_on", load)
    return tables


@pytest.fixture
def table(saved, place):
    """Return Table 25 of the three, Moldova with a strategy that Ukraine does not have."""
    values = {
        "UKR": ["party", "no public evidence", "7", "expired", "partial", "shared mandate"],
        "MDA": ["party", "member", "5", "adopted", "partial", "dedicated"],
    }
    for iso3, today in values.items():
        saved["table_25_today", iso3] = pd.DataFrame({
            "row": list(cop.data.labels("table_25", "row", place.data)), "iso3": iso3, "label": "",
            "value": today, "as_of": "2026-11-01", "published_2020": "", "detail": "",
            "difference": f"See {iso3}-L01.", "confidence_reason": "said so",
            "refs": ["COE_LANZAROTE", "", f"{iso3}-organisations", f"{iso3}-E01; {iso3}-L02", "",
                     ""],
            "comparison": ["same", "not comparable", "not comparable", "different", "different",
                           "same"],
            "confidence": ["high", "high", "", "moderate", "low", "moderate"],
        })  # fmt: skip
    return region.table_25(place)


def counts(low=0, **statuses):
    """Return items with their number of countries by status: {item: [in place, partly, ...]}, and
    how many ratings of each are of low confidence, those in place and the silent ones too.
    """
    frame = pd.DataFrame.from_dict(statuses, orient="index", columns=STATUSES)
    frame = frame.assign(**dict.fromkeys(SELDOM, 0), low=low, low_in=low, low_silent=low)
    return frame.rename_axis("item").reset_index()


def rows_of_table_25(*pairs, **others):
    """Return a column for each row of Table 25: yes in 2020, in place today and other words."""
    then, today = zip(*pairs, strict=True)
    rows = pd.DataFrame({"row": list(region.STANDS), "then": then, "today": today})
    return rows.assign(**dict.fromkeys(OTHERS, 0) | others).set_index("row").T


def test_a_cell_says_in_words_what_a_country_left_out_does_not_have(table):
    frame = table.set_index(["row", "iso3"])
    assert len(frame) == 18 and frame.index[:3].tolist() == [
        ("lanzarote", "GEO"), ("lanzarote", "MDA"), ("lanzarote", "UKR")]  # fmt: skip
    left_out = frame.loc["lanzarote", "GEO"]
    assert left_out[["value", "as_of", "difference", "refs"]].tolist() == [
        "left out of this run", "not run", "", ""]  # fmt: skip
    assert left_out.published_2020 in ("yes", "no")
    assert frame.loc["weprotect", "MDA"].label == "Signed We Protect"


def test_a_row_is_counted_by_its_own_words_and_not_in_a_country_left_out(table):
    table["published_2020"] = "yes"
    rows = region.count_rows(table).set_index("row")
    assert rows.today.to_dict() == {
        "lanzarote": 2, "weprotect": 1, "national_strategy": 1, "national_agency": 2}  # fmt: skip
    assert set(rows.then) == {2}
    assert rows.low.sum() == 0 and rows.expired["national_strategy"] == 1
    table["confidence"] = table.confidence.mask(table.row == "national_strategy", "low")
    strategy = region.count_rows(table).set_index("row").loc["national_strategy"]
    assert (strategy.today, strategy.low) == (1, 1)  # counted, and marked
    table["value"] = table.value.replace({"adopted": "not assessed", "expired": "withheld"})
    rows = region.count_rows(table).set_index("row")
    assert rows.unjudged["national_strategy"] == 2 and rows.silent["national_strategy"] == 0
    assert rows.silent["weprotect"] == 1  # nothing public found is no "not in place"
    parts = rows[["today", "planned", "expired", "absent", "silent", "unjudged"]].sum(axis=1)
    assert set(parts.drop("national_agency")) == {2}  # the words of a row add up


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"today": 1, "low": 1, "expired": 2}, "in 1 of the 3 countries, with low confidence; in"
         " 2 the last known one has expired and no newer one was found."),
        ({"absent": 1, "silent": 2, "silent_low": 1}, "in none of the 3 countries; in 1 a source "
         "says that there is none and for 2 no source read shows one in force (1 of them with low "
         "confidence)."),
        ({"planned": 1, "unjudged": 2}, "none of the 3 countries; in 1 it is a draft and 2 were"),
    ],
)  # fmt: skip
def test_strategies_are_worded_no_stronger_than_their_rows(row, sentence):
    zero = dict.fromkeys(["today", *OTHERS], 0)
    assert sentence in said(words.render("strategies", "known", zero | row, 3))


def test_the_bottom_line_states_treaties_agencies_and_ratings_with_those_of_low_confidence(place):
    ratings = pd.Series({"in place": 5, "partly in place": 4}).reindex(STATUSES, fill_value=0)
    rows = rows_of_table_25((5, 8), (6, 7), (3, 2), (2, 1), low=[2, 0, 0, 0])
    line = said(SYNTHESIS.bottom_line(rows, ratings, 2, 9, place))
    for sentence in (
        "are party to the Lanzarote Convention (5 in 2020) (2 of them with low confidence) and 7 "
        "are on record as members of the WeProtect Global Alliance (the 2020 study named 6 as",
        "is on record in 1 of the 9 countries.",
        "for each item and country: 9 (5 in place, 4 partly in place, 0 not in place,",
        "2 of them with low confidence.",
    ):
        assert sentence in line


def test_the_tables_of_2020_and_today_are_in_the_order_of_names_with_links(table, place):
    names = {"GEO": "Georgia"} | NAMES
    published = table.assign(published_2020=["yes", "no", "yes"] * 6)
    shown = said(SYNTHESIS.published_table(published, names, place))
    assert "Row | Georgia | Moldova | Ukraine" in shown
    assert "National COP agency | yes | no | yes" in shown
    assert shown.endswith("Source of 2020: [ITU webinar 2020]")
    today = SYNTHESIS.today_table(table, names, place)
    assert "| adopted confidence moderate / 2026-11-01 [E01] [L02] |" in said(today)
    assert "| left out of this run / not run" in said(today)
    assert 'href="cop-annex-MDA-1-desktop-research.html#MDA-E01">[E01]</a>' in str(today)
    shown = said(SYNTHESIS.about_cells({"same": 4, "different": 4, "not comparable": 4}))
    assert "Compared with 2020, of 12 cells: same answer 4, different answer 4" in shown


def test_an_old_figure_is_marked_and_a_region_without_median_says_so(place):
    figures = pd.DataFrame({
        "iso3": ["GEO", "MDA", "UKR"], "indicator_code": "ITU.xHH6", "unit": "% of households",
        "year": pd.array([pd.NA, 2021, 2023], dtype="Int64"), "value": [None, 71.5, 80.0],
        "old": ["", "yes", ""], "base_year": pd.array([pd.NA, pd.NA, 2025], dtype="Int64"),
        "base_mark": ["", "", "projection"],
    })  # fmt: skip
    spread = pd.DataFrame({"indicator_code": ["ITU.xHH6"], "median": 75.8, "lowest": 71.5,
                           "highest": 80.0, "n": 2, "region_year": 2023, "unit": "%",
                           "source_id": "ITU_DATAHUB"})  # fmt: skip
    names = {"GEO": "Georgia"} | NAMES
    shown = said(SYNTHESIS.indicator_table(figures, spread, names, place))
    row = "| no data | 71.5 / 2021, old | 80.0 / 2023; children of 2025, projec"
    assert row in shown and "| 75.8 (71.5 to 80.0; 2) in 2023 | [ITU DataHub]" in shown
    none = spread.assign(n=0, median=None)
    assert "projected | none |" in said(SYNTHESIS.indicator_table(figures, none, names, place))


def test_each_cell_of_the_heat_map_says_sign_and_word_and_leads_to_the_reason(place):
    rows = [("1 Law", "PM-1", "Powers", "in place", "high"),
            ("1 Law", "PM-2", "Terms", "partly in place", "low"),
            ("2 Work", "PM-3", "Line", "no public evidence", "moderate")]  # fmt: skip
    columns = ["area", "item_id", "item", "status", "confidence"]
    frame = pd.DataFrame(rows, columns=columns).assign(confidence_reason="a summary only")
    both = pd.concat([frame.assign(iso3=iso3) for iso3 in NAMES], ignore_index=True)
    coverage = pd.DataFrame({"iso3": list(NAMES), "judged": 3, "items": 4, "low": 1})
    chapters = {"PM-1": "1 Law", "PM-3": "2 Work"}
    page = SYNTHESIS.heat_map(both, chapters, coverage, NAMES, place)
    shown = said(page)
    assert "Item | Moldova | Ukraine 1 Law" in shown and shown.count("1 LawPowers") == 1
    assert shown.startswith("2 of 6 ratings in place, 2 partly in place; 2 of the 6 of low conf")
    assert "Terms | ◐ partly in place, confidence low | ◐ partly in place, confidence low" in shown
    assert "Coverage, items judged of all: Moldova: 3 of 4; Ukraine: 3 of 4." in shown
    assert str(page).count('href="cop-assessment-UKR.html#PM-2"') == 1


def test_findings_and_actions_of_a_theme_lead_to_their_cards(place):
    rows = pd.DataFrame({"theme": "industry", "iso3": [*NAMES], "ids": ["", "UKR-C03; UKR-R03"]})
    shown = SYNTHESIS.challenge_table(rows, NAMES, place)
    assert "C03 R03" in said(shown) and 'href="cop-assessment-UKR.html#UKR-R03"' in str(shown)


def test_rates_without_a_median_are_not_drawn(place):
    rates = pd.DataFrame({"country": ["Georgia", "Ukraine"], "value": [None, 80.0], "own": False,
                          "year": pd.array([pd.NA, 2023], dtype="Int64"), "median": 75.0,
                          "base_year": pd.array([pd.NA, 2025], dtype="Int64"),
                          "base_mark": "projection", "source_id": "ITU_DATAHUB"})  # fmt: skip
    statistics = show.Templates("4-ict-statistics")
    shown = said(statistics.rate_chart("picture", rates, place, place.titled))
    assert shown.startswith("80.0 CyberTipline reports per 1,000 children under 15; regional")
    assert "Georgia no data" in shown and "Based on 1 country with a value" in shown
    assert "Reports of the year shown, per 1,000 children of 2025, projected." in shown
    none = said(statistics.rate_chart("picture", rates.assign(median=None), place, place.titled))
    assert none.startswith("Fewer than half of the countries, or fewer than three, have a rate")


def test_a_tile_says_how_the_strategy_is_and_leads_to_the_report_of_who_takes_part(place):
    tiles = pd.DataFrame({"iso3": ["GEO", "MDA", "UKR"], "country": ["Georgia", *NAMES.values()],
                          "word": ["left out of this run", "adopted", "expired"],
                          "confidence": ["", "low", ""], "confidence_reason": ["", "seldom", ""],
                          "address": ["", "cop-assessment-MDA.html", ""]})  # fmt: skip
    shown = SYNTHESIS.tile_map(tiles, place, region.STANDS["national_strategy"])
    assert said(shown).startswith(
        "A national strategy or action plan for child online protection is reported as adopted in "
        "1 of the 2 countries, with low confidence; in 1 the last known one has expired"
    )
    assert 'href="cop-assessment-MDA.html"' in str(shown) and "assessment-GEO" not in str(shown)


@pytest.mark.parametrize(
    ("numbers", "n", "line"),
    [
        ([2, 1], 2, "Common to all 2 countries: industry. Research and data: 1 of 2."),
        ([1, 1], 2, "No theme is named by all 2 countries. Industry: 1 of 2; research and data: 1"),
        ([1, 1], 1, "Named by the 1 country: industry and research and data."),
        ([], 1, "No theme is named by the 1 country."),
    ],
)
def test_a_theme_is_common_only_where_all_name_it(numbers, n, line):
    themes = ["industry", "research and data"][: len(numbers)]
    shown = said(SYNTHESIS.about_themes(pd.DataFrame({"theme": themes, "countries": numbers}), n))
    assert shown.startswith(line)


def concluded(items, place, n=2, capabilities=None, rows=None, returned=0):
    """Return the conclusions as text; capabilities that nobody looked at unless given."""
    capabilities = counts(Z=[0, 0, 0, 0, 2]) if capabilities is None else capabilities
    rows = rows_of_table_25(*[(0, 0)] * 4) if rows is None else rows
    return said(SYNTHESIS.conclusions(rows, items, capabilities, returned, n, place))


def test_conclusions_count_each_framework_and_half_of_the_countries_is_enough_for_silence(place):
    items = counts(A=[2, 0, 0, 0, 0], B=[1, 0, 0, 1, 0], C=[2, 0, 0, 0, 0], D=[0, 1, 1, 0, 0])
    capabilities = counts(X=[1, 1, 0, 0, 0], Y=[0, 2, 0, 0, 0])
    rows = rows_of_table_25((0, 0), (0, 0), (0, 1), (0, 0))
    shown = concluded(items, place, capabilities=capabilities, rows=rows)
    for sentence in (
        "Of the ITU items for policy-makers, most often in place: A (2 of 2); C (2 of 2).",
        "No public evidence was found in at least half of the countries for 1 of the 4 ITU items "
        "for policy-makers: B (1 of 2). Publishing whether anything exists",
        "Counted are all 8 ratings on the ITU items for policy-makers, 0 of them with low",
        "Of the capabilities of the Model National Response, most often in place: X (1 of 2).",
        "adopted in 1 of the 2 countries.",
        "is on record in none of the 2 countries.",
        "No stakeholder forms, surveys or interviews are part of this edition;",
    ):
        assert sentence in shown
    assert shown.count("No public evidence was found") == 1  # a framework without one says nothing


@pytest.mark.parametrize(
    ("items", "n", "sentence"),
    [
        (counts(A=[1, 0, 1, 0, 0], B=[1, 0, 1, 0, 0]), 2,
         "none is in place in more than one country; in one country each: A (1 of 2); B (1 of 2)."),
        (counts(1, A=[1, 1, 0, 0, 0], B=[0, 1, 0, 1, 0]), 2,
         "most often in place: A (1 of 2, 1 with low confidence)."),
        (counts(A=[2, 0, 0, 1, 0], B=[1, 0, 0, 2, 0]), 3,
         "least half of the countries for 1 of the 2 ITU items for policy-makers: B (2 of"),
        (counts(A=[0, 2, 0, 0, 0]), 2, "By the evidence found none of the ITU items for"),
        (counts(A=[0, 0, 0, 0, 2]), 2,
         "Of the ITU items for policy-makers none was assessed yet in any of the countries."),
    ],
)  # fmt: skip
def test_a_conclusion_says_no_more_than_its_counts(place, items, n, sentence):
    assert sentence in concluded(items, place, n)


@pytest.mark.parametrize(("returned", "text"), [(1, "from 1 country."), (2, "from 2 countries.")])
def test_forms_are_counted_by_country(place, returned, text):
    shown = concluded(counts(A=[0, 2, 0, 0, 0]), place, returned=returned)
    assert f"Mapping forms came back {text}" in shown


def test_a_data_set_has_the_address_where_it_was_read(place):
    shown = citations.of_statistics(place, ["ITU_DATAHUB", "COE_BUDAPEST_PARTIES", "UN_M49"])
    links = re.findall(r'<a href="([^"]+)">', shown)
    assert links[0].startswith("https://github.com/") and "/tree/" in links[0]
    assert links[1:] == ["https://www.coe.int/en/web/cybercrime/the-budapest-convention"]
    assert said(shown).count("Available at:") == 2  # the third is a package, without an address


def test_sources_are_each_named_once_and_countries_by_name(place):
    frames = [pd.DataFrame({"source_id": ["ITU_DATAHUB", ""], "step_source_id": ["", "UN_M49"]})]
    assert said(indicators.source_list(place, *frames * 2)).count("Seen on") == 2
    assert region.names(["UKR", "MDA"], place) == NAMES
    assert list(region.names(["UKR", "MDA"], place)) == ["MDA", "UKR"]
