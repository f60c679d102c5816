"""Stage 7: countries side by side and what is concluded of them, on a few invented rows."""

import re

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Region
from cop.report import citations, words
from helpers import region

STATUSES = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
SELDOM = ["planned", "not applicable", "withheld"]  # shown only where they occur


@pytest.fixture
def place(tmp_path):
    """Return three countries of which the last is left out."""
    members = ("UKR", "MDA", "GEO")
    return Region(
        "TRY", "Three", members, ("GEO",), str(DATA), str(tmp_path), str(tmp_path), "2026"
    )


@pytest.fixture
def handed_on(monkeypatch):
    """Return what the countries handed on, to be filled by a test: {(table, iso3): frame}."""
    tables = {}
    of = lambda name, folders: [tables[name, one[-10:-7]] for one in folders]  # noqa: E731
    joined = lambda name, _, folders: pd.concat(of(name, folders), ignore_index=True)  # noqa: E731
    monkeypatch.setattr(cop.data, "handed_on", joined)
    return tables


@pytest.fixture
def table(handed_on, place):
    """Return Table 25 of the three, Moldova with a strategy that Ukraine does not have."""
    rows = list(cop.data.labels("table_25", "row", place.data))
    values = {
        "UKR": ["party", "no public evidence", "7", "expired", "partial", "shared mandate"],
        "MDA": ["party", "member", "5", "adopted", "partial", "dedicated"],
    }
    for iso3, today in values.items():
        handed_on["table_25_today", iso3] = pd.DataFrame(
            {
                "row": rows,
                "iso3": iso3,
                "label": "",
                "value": today,
                "as_of": "2026-11-01",
                "published_2020": "",
                "detail": "",
                "difference": f"See {iso3}-L01.",
                "refs": [
                    "COE_LANZAROTE",
                    "",
                    f"{iso3}-organisations",
                    f"{iso3}-E01; {iso3}-L02",
                    "",
                    "",
                ],
                "comparison": [
                    "same",
                    "not comparable",
                    "not comparable",
                    "different",
                    "different",
                    "same",
                ],
                "confidence": ["high", "high", "", "moderate", "low", "moderate"],
                "confidence_reason": "said so",
            }
        )
    return region.table_25(place)


@pytest.fixture
def figures():
    """Return one indicator of three countries, of which one has no value."""
    return pd.DataFrame(
        {
            "iso3": ["UKR", "MDA", "GEO"],
            "indicator_code": "ITU.xHH6",
            "name": "Households",
            "unit": "% of households",
            "year": pd.array([2023, 2021, pd.NA], dtype="Int64"),
            "value": [80.0, 71.5, None],
            "old": ["", "yes", ""],
            "source_id": ["", "ITU_DATAHUB", ""],
            "base_year": pd.array([2025, pd.NA, pd.NA], dtype="Int64"),
            "base_mark": ["projection", "", ""],
        }
    )


def counts(low=0, **statuses):
    """Return items with their number of countries by status: {item: [in place, partly, ...]}, and
    how many ratings of each are of low confidence, those in place and the silent ones too.
    """
    frame = pd.DataFrame.from_dict(statuses, orient="index", columns=STATUSES)
    frame = frame.assign(**dict.fromkeys(SELDOM, 0), low=low, low_in=low, low_silent=low)
    return frame.rename_axis("item").reset_index()


OTHERS = ["shared", "low", "planned", "expired", "absent", "silent", "silent_low", "unjudged"]


def standing(*pairs, **others):
    then, today = zip(*pairs, strict=True)
    rows = {"row": list(region.STANDS), "then": then, "today": today}
    return pd.DataFrame(rows).assign(**dict.fromkeys(OTHERS, 0) | others)


def test_a_cell_says_in_words_what_a_country_left_out_does_not_have(table):
    frame = table.set_index(["row", "iso3"])
    assert len(frame) == 18 and frame.index[:3].tolist() == [
        ("lanzarote", "GEO"), ("lanzarote", "MDA"), ("lanzarote", "UKR")]  # fmt: skip
    left_out = frame.loc["lanzarote", "GEO"]
    assert left_out[["value", "as_of", "difference", "refs"]].tolist() == [
        "left out of this run", "not run", "", ""]  # fmt: skip
    assert left_out.published_2020 in ("yes", "no")
    assert frame.loc["weprotect", "MDA"].label == "Signed We Protect"


def test_a_row_stands_by_its_own_words_and_not_in_a_country_left_out(table):
    table["published_2020"] = "yes"
    rows = region.standing(table).set_index("row")
    assert rows.today.to_dict() == {
        "lanzarote": 2, "weprotect": 1, "national_strategy": 1, "national_agency": 2}  # fmt: skip
    assert set(rows.then) == {2}
    assert rows.low.sum() == 0 and rows.expired["national_strategy"] == 1
    table["confidence"] = table.confidence.mask(table.row == "national_strategy", "low")
    strategy = region.standing(table).set_index("row").loc["national_strategy"]
    assert (strategy.today, strategy.low) == (1, 1)  # counted, and marked
    table["value"] = table.value.replace({"adopted": "not assessed", "expired": "withheld"})
    rows = region.standing(table).set_index("row")
    assert rows.unjudged["national_strategy"] == 2 and rows.silent["national_strategy"] == 0
    assert rows.silent["weprotect"] == 1  # nothing public found is no "not in place"
    words = rows[["today", "planned", "expired", "absent", "silent", "unjudged"]].sum(axis=1)
    assert set(words.drop("national_agency")) == {2}  # the words of a row add up


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"today": 1, "low": 1, "expired": 2}, "in 1 of the 3 countries (1 with low confidence): in"
         " 2 the last known one has expired and no newer one was found."),
        ({"absent": 1, "silent": 2, "silent_low": 1}, "in none of the 3 countries: in 1 a source "
         "says that there is none and for 2 no source read shows one in force (1 with low "
         "confidence)."),
        ({"planned": 1, "unjudged": 2}, "none of the 3 countries: in 1 it is a draft and 2 were"),
    ],
)  # fmt: skip
def test_strategies_are_worded_no_stronger_than_their_rows(row, sentence):
    zero = dict.fromkeys(["today", *OTHERS], 0)
    assert sentence in said(words.show("strategies", "known", zero | row, 3))


def judged(*words, low=()):
    """Return judgements with these words, and others that are of low confidence."""
    rows = [(word, "moderate") for word in words] + [(word, "low") for word in low]
    return pd.DataFrame(rows, columns=["status", "confidence"])


def test_the_bottom_line_says_the_strategy_and_the_treaties_and_below_it_counts_the_items(place):
    rows = standing((5, 8), (6, 7), (3, 2), (2, 1))
    each = [word for word, n in zip(STATUSES, (4, 3, 1, 2, 0), strict=True) for _ in range(n)]
    line = said(region.bottom_line(rows, judged(*each, low=["in place", "partly in place"]), place))
    assert line == (
        "A national strategy or action plan for child online protection is reported as adopted "
        "in 2 of the 2 countries. Of 2 countries, 8 are party to the Lanzarote Convention (5 in "
        "2020) and 7 are on record as members of the WeProtect Global Alliance (the "
        "2020 study named 6 as having signed). A "
        "dedicated agency or a shared mandate for child online protection is on record in 1 of the "
        "2 countries. Ratings on items of the ITU guidelines for policy-makers, worded by us and "
        "still to be compared with the printed text, one for each item and country: 12 (5 in "
        "place, 4 partly in place, 1 not in place, 2 no public evidence and 0 not assessed); 2 of "
        "them with low confidence."
    )
    weak = rows.assign(low=(rows.row == "lanzarote") * 2)
    line = said(region.bottom_line(weak, judged(*each), place))
    assert "8 are party to the Lanzarote Convention (5 in 2020) (2 with low confidence)" in line


def test_one_country_is_party_and_a_member(place):
    alone = Region(**vars(place) | {"left_out": ("MDA", "GEO")})
    rows = standing((0, 1), (1, 1), (0, 0), (0, 0))
    line = said(region.bottom_line(rows, judged(*["in place"] * 3), alone))
    assert "Of 1 country, 1 is party to the Lanzarote Convention (0 in 2020) and 1 is on" in line
    assert "one for each item and country: 3 (3 in place" in line


def test_a_strategy_of_its_own_and_a_wider_one_are_told_apart_where_both_are_counted(place):
    results = pd.DataFrame({"result": "national strategies", "iso3": ["UKR", "MDA"],
                            "status": ["partly in place", "in place"],
                            "confidence": "moderate"})  # fmt: skip
    told = said(region.about_strategies(standing(*[(0, 0)] * 4), results, place))
    assert "of its own: reported as adopted in none of the 2 countries." in told
    assert told.endswith("stands at least in part in 2 of the 2 countries.")
    low = results.assign(confidence=["low", "moderate"])
    told = said(region.about_strategies(standing(*[(0, 0)] * 4), low, place))
    assert told.endswith("at least in part in 2 of the 2 countries (1 with low confidence).")


def test_only_the_cells_that_differ_are_shown_one_by_one(table, place):
    table = table[table.iso3 != "GEO"].assign(published_2020="yes").reset_index(drop=True)
    assert region.compared(table) == {"same": 4, "different": 4, "not comparable": 4}
    shown = said(region.difference_table(table, place))
    start = "Compared with 2020, of 12 cells: same answer 4, different answer 4, not comparable 4"
    assert shown.startswith(start) and "Lanzarote Convention |" not in shown
    assert "different answer | See [L01]. |" in shown


def test_each_strip_has_one_scale_and_an_old_value_is_no_dot(figures, place):
    known = {"indicator_code": ["ITU.xHH6", "ITU.i911mw"], "median": [75.8, 90.0]}
    spread = pd.DataFrame(known).assign(lowest=71.5, highest=80.0, n=3, region_year=2023, unit="",
                                        source_id="ITU_DATAHUB")  # fmt: skip
    everyone = Region(**vars(place) | {"left_out": ()})
    strips = region.strips(figures, spread, everyone)
    assert list(strips) == ["%"] and list(strips["%"].country) == ["Ukraine"]  # Moldova's is old
    shown = said(region.strip_chart(strips, everyone))
    assert shown.startswith(
        "Households with internet: 71.5 to 80.0 from country to country, median"
    )
    assert "a country" in shown and "this country" not in shown and "not ranked" in shown
    assert region.strips(figures, spread.assign(median=None), everyone) == {}


def test_the_tables_of_2020_and_today_stand_by_row_and_country_in_the_order_of_names(table, place):
    table["published_2020"] = ["yes", "no", "yes"] * 6
    assert "Row | Georgia | Moldova | Ukraine" in said(region.published_table(table, place))
    assert "National COP agency | yes | no | yes" in said(region.published_table(table, place))
    assert said(region.published_table(table, place)).endswith("Source of 2020: [ITU webinar 2020]")
    outside = table.assign(source_id="")  # of a region that the study of 2020 did not look at
    assert "Source of 2020" not in said(region.published_table(outside, place))
    today = said(region.today_table(table, place))
    assert (
        "| adopted / Confidence moderate: said so. / 2026-11-01 [E01] [L02] | expired / Confidence "
        "moderate: said so. / 2026-11-01 [E01] [L02]" in today
    )
    assert "| left out of this run / not run" in today and "5 / 2026-11-01 [organisations]" in today
    links = str(region.today_table(table, place))
    assert 'href="cop-assessment-MDA.html#MDA-E01">[E01]</a>' in links
    assert 'href="cop-assessment-UKR.html#UKR-organisations"' in links


def test_a_country_that_neither_takes_part_nor_was_published_has_no_column(table, place):
    table.loc[table.iso3 == "GEO", "published_2020"] = "not in the table"
    for shown in (region.published_table, region.today_table, region.difference_table):
        assert "Georgia" not in said(shown(table, place))
    table["published_2020"] = "not in the table"
    assert "Row | Moldova | Ukraine" in said(region.published_table(table, place))


def test_a_difference_links_into_the_country_s_report_and_one_left_out_says_so(table, place):
    shown = region.difference_table(table, place)
    assert "| different answer | See [L01]. |" in said(
        shown
    ) and "cop-assessment-UKR.html#UKR-L01" in str(shown)
    assert "| left out of this run | not run | not run | Left out of this run. |" in said(shown)


def test_the_region_s_figure_is_that_of_stage_4_and_an_old_one_is_marked(figures, handed_on, place):
    for iso3, rows in figures.groupby("iso3"):
        known = {"median": 75.8, "lowest": 71.5, "highest": 80.0, "n": 2, "region_year": 2023}
        handed_on["key_figures", iso3] = rows.assign(**known)
    everyone = Region(**vars(place) | {"left_out": ()})
    spread = region.spread(place)
    assert spread.loc[0, ["median", "lowest", "highest", "n"]].tolist() == [75.8, 71.5, 80.0, 2]
    shown = said(region.indicator_table(figures, spread, everyone))
    row = "Households with internet (% of households) | no data | 71.5 / 2021, old | 80.0 / 2023;"
    assert row in shown and "| 75.8 (71.5 to 80.0; 2) in 2023 | [ITU DataHub]" in shown
    assert "values of that year, also where a row shows a country's newer one" in shown
    for n, figure in ((1, "80.0 (1 country) in 2023"), (2, "80.0 (the same in 2) in 2023")):
        alike = spread.assign(median=80.0, lowest=80.0, n=n)
        assert f"| {figure} |" in said(region.indicator_table(figures, alike, everyone))
    none = spread.assign(n=0, median=None)
    assert "children of 2025, projected | none |" in said(
        region.indicator_table(figures, none, everyone)
    )


def test_an_area_counts_the_items_of_every_status(handed_on, place):
    rows = [("1 Law", 3, 1, 1, 0, 0), ("2 Reporting", 2, 0, 0, 2, 1)]
    frame = pd.DataFrame(rows, columns=["area", *STATUSES]).assign(framework="policy-makers")
    frame = frame.assign(**dict.fromkeys(SELDOM, 0))
    others = [frame.assign(framework=name, area="9 Other") for name in ("industry", "cross-check")]
    for iso3 in place.assessed:
        handed_on["alignment_by_area", iso3] = pd.concat([frame, *others]).assign(iso3=iso3)
    areas = region.areas(place)
    assert areas[STATUSES].sum(axis=1).tolist() == [5, 5] * 2
    assert set(areas.area) == {"1 Law", "2 Reporting"}


def test_each_cell_of_the_heat_map_says_sign_and_word_by_chapter_and_country(handed_on, place):
    rows = [("1 Law", "PM-1", "Powers", "in place", "high", "a law"),
            ("1 Law", "PM-2", "Terms", "partly in place", "low", "a summary only"),
            ("2 Work", "PM-3", "Line", "no public evidence", "moderate", "all read"),
            ("2 Work", "PM-4", "Team", "not assessed", "", "")]  # fmt: skip
    columns = ["area", "item_id", "item", "status", "confidence", "confidence_reason"]
    for iso3 in place.assessed:
        frame = pd.DataFrame(rows, columns=columns).assign(iso3=iso3, framework="policy-makers")
        other = frame.assign(framework="industry", item="Elsewhere")
        handed_on["alignment_by_item", iso3] = pd.concat([frame, other])
    shown = said(region.heat_map(region.judgements(place), place))
    assert "Item | Moldova | Ukraine 1 Law" in shown and "Elsewhere" not in shown
    assert "Powers | ● in place | ● in place" in shown and shown.count("1 LawPowers") == 1
    assert shown.startswith(
        "2 of 8 ratings in place, 2 partly in place; 2 of the 8 of low confidence ITU"
    )
    assert "Based on 4 items in each of 2 countries." in shown
    assert "PM-1 | 1 Law | Powers | Moldova | in place | high" in shown
    assert "Terms | ◐ partly in place, confidence low | ◐ partly in place, confidence low" in shown
    assert "Line | ? no public evidence | ? no public evidence" in shown
    assert "Coverage, items judged of all: Moldova: 3 of 4; Ukraine: 3 of 4." in shown
    assert "2 judgements of low confidence, each with its reason" in shown
    assert "PM-2 Terms | Moldova | ◐ partly in place | a summary only" in shown
    links = str(region.heat_map(region.judgements(place), place))
    assert links.count('href="#low-') == 2 and '<tr role="row" id="low-UKR-PM-2">' in links
    assert 'href="cop-assessment-UKR.html#PM-2"' in links


def test_a_region_without_a_judgement_of_low_confidence_has_no_table_of_them(handed_on, place):
    row = {"area": "1 Law", "item_id": "PM-1", "item": "Powers", "status": "in place"}
    row |= {"confidence": "high", "confidence_reason": "a law", "framework": "policy-makers"}
    for iso3 in place.assessed:
        handed_on["alignment_by_item", iso3] = pd.DataFrame([row | {"iso3": iso3}])
    shown = said(region.heat_map(region.judgements(place), place))
    assert (
        "Judgements of low confidence" not in shown and "Moldova: 1 of 1; Ukraine: 1 of 1" in shown
    )


def test_items_are_counted_by_status_never_in_per_cent_and_countries_stand_by_name(place):
    ratings = ["in place", "in place", "no public evidence", "not assessed"]
    ratings = [("UKR", word) for word in ratings] + [("MDA", "partly in place")] * 4
    judged = pd.DataFrame(ratings, columns=["iso3", "status"])
    judged["confidence"] = ["moderate", "low", "high", "", "low", "high", "high", "high"]
    shares = region.shares(judged, place)
    assert not shares[shares.status.isin(SELDOM)]["items"].any()
    shares = shares[~shares.status.isin(SELDOM)]
    assert list(shares.country) == ["Moldova"] * 5 + ["Ukraine"] * 5
    assert shares["items"].tolist() == [0, 4, 0, 0, 0, 2, 0, 0, 1, 1]
    assert shares.low.tolist() == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    shown = said(region.share_chart(shares, place))
    assert shown.startswith(
        "0 to 2 of ITU's 4 items are in place from country to country; on 0 to 1 nothing public was"
    )
    assert "Moldova: 4 partly in place, 1 of them with low confidence; Ukraine: 2 in" in shown
    assert "%" not in shown
    assert "Based on 4 items in each of 2 countries; judged: 7 of 8." in shown


def test_rates_stand_by_name_and_an_old_one_is_not_drawn(figures, place):
    figures = figures.assign(indicator_code="NCMEC.RATE", source_id="ITU_DATAHUB")
    spread = pd.DataFrame({"indicator_code": ["NCMEC.RATE"], "median": [75.0]})
    rates = region.rates(figures, spread, place)
    assert list(rates.country) == ["Georgia", "Ukraine"] and list(rates["median"]) == [75.0] * 2
    shown = said(region.rate_chart(rates, place))
    assert shown.startswith("80.0 CyberTipline reports per 1,000 children under 15; regional")
    assert "Georgia no data" in shown and "Based on 1 country with a value" in shown
    assert "Reports of the year shown, per 1,000 children of 2025, projected." in shown
    none = said(region.rate_chart(rates.assign(median=None), place))
    assert none.startswith("Fewer than half of the countries, or fewer than three, have a rate")


def test_a_tile_says_how_the_strategy_stands_and_leads_to_the_report_of_who_takes_part(
    table, place
):
    tiles = region.tiles(table, place)
    assert tiles[["iso3", "word"]].values.tolist() == [
        ["GEO", "left out of this run"], ["MDA", "adopted"], ["UKR", "expired"]]  # fmt: skip
    shown = region.tile_map(tiles, place)
    assert said(shown).startswith(
        "A national strategy or action plan for child online protection is reported as "
        "adopted in 1 of the 2 countries: in 1 the last known one has expired"
    )
    assert 'href="cop-assessment-MDA.html"' in str(shown) and "assessment-GEO" not in str(shown)
    low = tiles.assign(confidence=["", "low", "moderate"], confidence_reason=["", "seldom", "good"])
    weak = said(region.tile_map(low, place))
    assert weak.startswith(
        "A national strategy or action plan for child online protection is reported as "
        "adopted in 1 of the 2 countries (1 with low confidence): in 1 the last known"
    )
    assert "Moldova: adopted, confidence low" in weak and "| adopted | low | seldom" in weak
    tiles["word"] = ["left out of this run", "not assessed", "no public evidence"]
    silent = said(region.tile_map(tiles, place))
    assert (
        "none of the 2 countries: for 1 no source read shows one in force and 1 was not ass"
        in silent
    )


def test_an_item_is_counted_by_country_and_policy_makers_items_only(handed_on, place):
    for iso3, status in {"UKR": "in place", "MDA": "not assessed"}.items():
        handed_on["alignment_by_item", iso3] = pd.DataFrame(
            {
                "framework": ["policy-makers", "industry"],
                "item": ["Hotline", "Code"],
                "status": status,
                "confidence": "high" if status == "in place" else "",
            }
        )
    columns = ["item", *STATUSES, "low"]
    assert region.items(place)[columns].values.tolist() == [["Hotline", 1, 0, 0, 0, 1, 0]]
    handed_on["alignment_by_item", "UKR"]["confidence"] = "low"
    columns += ["low_in", "low_silent"]
    assert region.items(place)[columns].values.tolist() == [["Hotline", 1, 0, 0, 0, 1, 1, 1, 0]]


def test_a_theme_counts_once_for_a_country_and_those_common_to_most_come_first(place):
    recommendations = pd.DataFrame(
        {
            "iso3": ["UKR", "UKR", "MDA", "MDA"],
            "theme": ["industry", "industry", "research and data", "industry"],
            "challenge": ["no code", "no rule", "no survey", "no hotline"],
            "what": "write one",
            "lead": "Ministry",
            "due": ["2027-01-01", "", "2027-01-01", "2027-01-01"],
        }
    )
    themes = region.themes(recommendations)
    assert themes.values.tolist() == [["industry", 2, "UKR; MDA"], ["research and data", 1, "MDA"]]
    assert said(region.about_themes(themes, place)) == (
        "Common to all 2 countries: industry. Research and data: 1 of 2."
    )
    shown = said(region.challenge_table(recommendations, themes, place))
    assert shown.index("no rule") < shown.index("no hotline") < shown.index("no survey")
    assert "Industry | Moldova | no hotline | write one | Ministry | 2027-01-01" in shown
    assert "no rule | write one | Ministry | to be worked out" in shown


def test_no_theme_may_be_common_and_one_country_is_not_all(place):
    themes = pd.DataFrame({"theme": ["industry", "research and data"], "countries": 1})
    assert said(region.about_themes(themes, place)) == (
        "No theme is named by all 2 countries. Industry: 1 of 2; research and data: 1 of 2."
    )
    alone = Region(**vars(place) | {"left_out": ("MDA", "GEO")})
    line = said(region.about_themes(themes, alone))
    assert line == "Named by the 1 country: industry and research and data."
    line = said(region.about_themes(themes.head(0), alone))
    assert line == "No theme is named by the 1 country."


def concluded(items, place, capabilities=None, rows=None, returned=()):
    """Return the conclusions as text; capabilities that nobody looked at unless given."""
    capabilities = counts(Z=[0, 0, 0, 0, 2]) if capabilities is None else capabilities
    rows = standing(*[(0, 0)] * 4) if rows is None else rows
    rates = pd.DataFrame({"iso3": list(returned)})
    return said(region.conclusions(rows, items, capabilities, rates, place))


def test_conclusions_count_each_framework_and_half_of_the_countries_is_enough_for_silence(place):
    items = counts(A=[2, 0, 0, 0, 0], B=[1, 0, 0, 1, 0], C=[2, 0, 0, 0, 0], D=[0, 1, 1, 0, 0])
    capabilities = counts(X=[1, 1, 0, 0, 0], Y=[0, 2, 0, 0, 0])
    rows = standing((0, 0), (0, 0), (0, 1), (0, 0))
    shown = concluded(items, place, capabilities, rows)
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


def test_what_one_country_alone_has_is_not_said_to_be_most_often_in_place(place):
    each = concluded(counts(A=[1, 0, 1, 0, 0], B=[1, 0, 1, 0, 0]), place)
    assert (
        "none is in place in more than one country; in one country each: A (1 of 2); B (1 of 2)."
        in each
    )
    assert "most often in place" not in each
    alone = concluded(counts(A=[1, 0, 1, 0, 0]), place)
    assert "most often in place: A (1 of 2)." in alone


def test_ratings_of_low_confidence_count_in_conclusions_and_are_marked(place):
    shown = concluded(counts(1, A=[1, 1, 0, 0, 0], B=[0, 1, 0, 1, 0]), place)
    assert "most often in place: A (1 of 2, 1 with low confidence)." in shown
    assert "for policy-makers: B (1 of 2, 1 with low confidence). Publishing" in shown
    assert "Counted are all 4 ratings on the ITU items for policy-makers, 2 of them" in shown


def test_one_of_three_countries_is_less_than_half(place):
    everyone = Region(**vars(place) | {"left_out": ()})
    shown = concluded(counts(A=[2, 0, 0, 1, 0], B=[1, 0, 0, 2, 0]), everyone)
    assert "at least half of the countries for 1 of the 2 ITU items for policy-makers: B (2 of" in (
        shown
    )


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (["UKR", "UKR"], "Mapping forms came back from 1 country."),
        (["UKR", "MDA"], "Mapping forms came back from 2 countries."),
    ],
)
def test_forms_are_counted_by_country_and_nothing_in_place_is_said(place, returned, sentence):
    shown = concluded(counts(A=[0, 2, 0, 0, 0]), place, returned=returned)
    assert sentence in shown
    line = "By the evidence found none of the ITU items for policy-makers is in place in any of"
    assert line in shown


def test_where_nobody_looked_nothing_is_concluded_of_items(place):
    shown = concluded(counts(A=[0, 0, 0, 0, 2]), place)
    line = "Of the ITU items for policy-makers none was assessed yet in any of the countries."
    assert shown.startswith(line) and "at least half" not in shown


def test_a_data_set_has_the_address_where_it_was_read(place):
    shown = citations.of_statistics(place, ["ITU_DATAHUB", "COE_BUDAPEST_PARTIES", "UN_M49"])
    links = re.findall(r'<a href="([^"]+)">', shown)
    assert links[0].startswith("https://github.com/") and "/tree/" in links[0]
    assert links[1:] == ["https://www.coe.int/en/web/cybercrime/the-budapest-convention"]
    assert said(shown).count("Available at:") == 2  # the third is a package, without an address


def test_sources_are_data_sets_and_reports_those_that_take_part(table, figures, place):
    assert said(region.source_list(table, figures, place)).count("Seen on") == 3
    assert said(region.report_list(place)) == "Moldova Ukraine"
