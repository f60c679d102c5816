"""Stage 4: figures, their regional median, and what is said of them, on a few invented rows."""

from collections import namedtuple
from dataclasses import replace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.report import citations, page
from helpers import indicators

CODES = ["IT.NET.USER.ZS", "WPP.POP.0014", "NCMEC.RATE"]


@pytest.fixture
def figures():
    return pd.DataFrame(
        {
            "indicator_code": CODES,
            "name": ["Users", "Children", "Reports"],
            "unit": ["% of population", "persons", "per 1,000 children under 15"],
            "year": pd.array([2023, 2025, pd.NA], dtype="Int64"),
            "value": [82.4, 5338124.0, None],
            "old": ["", "", ""],
            "mark": ["", "projection", ""],
            "median": [84.6, None, 25.0],
            "lowest": [78.0, None, 19.2],
            "highest": [91.0, None, 75.0],
            "n": [8, 0, 3],
            "region_year": pd.array([2023, pd.NA, 2023], dtype="Int64"),
            "source_id": ["", "", ""],
            "base_year": pd.array([pd.NA, pd.NA, pd.NA], dtype="Int64"),
            "base_mark": "",
            "own_then": [None, None, None],
        }
    )


def test_the_bottom_line_gives_each_figure_with_its_year_and_leaves_out_what_is_missing(
    figures, place
):
    assert said(indicators.bottom_line(figures, place)) == (
        "In Zedland, 82.4% of people used the internet (2023) and "
        "5,338,124 children were under 15 (2025)."
    )


def test_one_is_told_in_the_singular_and_a_report_is_no_offence(figures, place):
    figures["value"] = [82.4, 1.0, 19.7]
    figures["year"] = 2024
    line = said(indicators.bottom_line(figures, place))
    assert "1 child was under 15 (2024)" in line
    assert (
        "19.7 reports to the CyberTipline of NCMEC were resolved to the country for every" in line
    )
    assert line.endswith("a report is neither an offence nor a victim.")


def test_without_any_figure_the_bottom_line_says_so(figures, place):
    line = said(indicators.bottom_line(figures.assign(value=float("nan")), place))
    assert line == "In Zedland, none of the leading figures is available."


def test_the_table_gives_median_range_countries_and_their_year_and_none_of_counts(figures, place):
    table = said(indicators.figure_table(figures, place))
    assert "82.4 | 2023 | 84.6 (78.0 to 91.0; 8) | 2023" in table
    assert "5,338,124 (projection) | 2025 | none | none" in table


def test_an_old_figure_is_marked_named_and_in_no_chart(figures, place):
    old = figures.assign(indicator_code=["ITU.i271G5", *CODES[1:]], old=["yes", "", ""], year=2021)
    assert "82.4 | 2021 old" in said(indicators.figure_table(old, place))
    assert said(indicators.about_age(old, place)) == (
        "Older than 3 years before the data cut-off, and not today's state: covered by 5G (2021)."
    )
    line = "No figure is older than 3 years before the data cut-off."
    assert said(indicators.about_age(figures, place)) == line
    assert indicators.in_region(figures.assign(old="yes"), place).empty


def test_the_others_stand_at_the_year_of_the_median_and_the_country_at_its_own(
    figures, place, monkeypatch
):
    rows = [
        ("YYY", CODES[0], 2023, 91.0),
        ("YYY", CODES[0], 2024, 99.0),
        ("ZZZ", CODES[0], 2023, 82),
    ]
    others = values(*rows).assign(source_id="ZED_STAT")
    monkeypatch.setattr(indicators, "rows", lambda place, codes: [*page.rows(others)])
    shares = indicators.in_region(figures.assign(year=2024, source_id="ZED_STAT"), place)
    drawn = {own: rows[["year", "value"]].values.tolist() for own, rows in shares.groupby("own")}
    assert drawn == {False: [[2023, 91.0]], True: [[2024, 82.4]]}
    shown = said(indicators.dot_chart(shares, place))
    assert shown.startswith(
        "People using the internet: 82.4% in Zedland (2024); regional median 84.6%"
    )
    assert said(indicators.dot_chart(shares.head(0), place)).startswith("No figure here has")


def values(*rows, unit="% of population"):
    columns = ["iso3", "indicator_code", "year", "value"]
    return pd.DataFrame([("X", "S", 0, 0.0), *rows], columns=columns)[1:].assign(unit=unit)


def of_region(frame, place):
    known = {row.indicator_code: row for row in page.rows(frame)}
    return indicators.of_region(page.rows(frame), known, place)


@pytest.fixture
def four(monkeypatch):
    """Return a region of four countries and an age limit of 2023."""
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: list("ABCD"))
    monkeypatch.setattr(indicators, "oldest", lambda place: 2023)


def test_the_region_is_of_the_latest_year_that_half_of_the_countries_have(four, place):
    rows = [("A", "S", 2023, 10.0), ("B", "S", 2023, 20.0), ("C", "S", 2023, 60.0)]
    frame = values(*rows, ("A", "S", 2024, 90.0), ("A", "S", 2022, 1.0))
    assert of_region(frame, place)["S"] == (2023, 20.0, 10.0, 60.0, 3)
    two = ("A", "S", 2024, 90.0), ("B", "S", 2024, 30.0)
    assert of_region(values(*rows, *two), place)["S"][0] == 2023
    three = values(*rows, *two, ("D", "S", 2024, 40.0))
    assert of_region(three, place)["S"] == (2024, 40.0, 30.0, 90.0, 3)


def test_two_countries_make_no_median_though_they_are_half_of_the_region(four, place):
    pair = values(("A", "S", 2024, 90.0), ("B", "S", 2024, 30.0))
    assert not of_region(pair, place)


def test_a_region_has_no_figure_of_few_of_old_years_and_of_counts(four, place):
    few = values(("A", "S", 2024, 1.0))
    old = values(("A", "S", 2022, 1.0), ("B", "S", 2022, 2.0), ("C", "S", 2022, 2.0))
    many = values(("A", "S", 2024, 1.0), ("B", "S", 2024, 2.0), unit="persons")
    for frame in (few, old, many):
        assert not of_region(frame, place)


def test_a_rate_is_of_the_children_of_the_nearest_year(place):
    frame = (
        indicators.read(place).query("iso3 == 'ZZZ'").set_index(["indicator_code", "year"]).value
    )
    assert frame["NCMEC.RATE", 2023] == pytest.approx(
        1000 * frame["NCMEC.REPORTS", 2023] / frame["WPP.POP.0014", 2024]
    )
    assert frame["NCMEC.RATE", 2019] == pytest.approx(
        1000 * frame["NCMEC.REPORTS", 2019] / frame["WPP.POP.0014", 2020]
    )


def test_no_figure_of_counts_stands_beside_a_region(place):
    figures = indicators.key_figures(place)
    counts = figures[figures.unit.isin(indicators.COUNTS)]
    assert len(counts) == 2 and counts["median"].isna().all() and (counts.n == 0).all()
    drawn = indicators.over_years(place, "NCMEC.REPORTS").series
    assert set(drawn) == {place.name}


def test_a_missing_value_has_no_year_but_the_region_is_shown(figures, place):
    row = said(indicators.figure_table(figures.tail(1), place))
    assert "no data | none | 25.0 (19.2 to 75.0; 3) | 2023 | none" in row


def test_what_is_missing_is_named_and_is_not_a_zero(figures, place):
    assert said(indicators.about_missing(figures, place)) == (
        "No value was found for: cyberTipline reports per 1,000 children. That is a gap in the "
        "sources, not a zero."
    )
    known = figures.assign(value=1.0)
    assert (
        said(indicators.about_missing(known, place)) == "Every figure of the chapter has a value."
    )


def test_a_line_says_where_it_begins_and_ends(place):
    series = pd.DataFrame({"year": [2005, 2024], "series": "Zedland", "value": [10.0, 80.5]})
    told = said(indicators.trend_chart(series, place, "IT.NET.USER.ZS"))
    assert "10.0 in 2005, 80.5 in 2024" in told and "2 years with a value" in told
    assert "median" not in told


def test_one_year_makes_no_line(place):
    series = pd.DataFrame({"year": [2024], "series": ["Zedland"], "value": [80.5]})
    told = said(indicators.trend_chart(series, place, "IT.NET.USER.ZS"))
    assert told.endswith("fewer than two years with a value, so no line is drawn.")


@pytest.mark.parametrize(
    ("apart", "sentence"),
    [([0.2, 0.5, 0.51], "1 of 3 pairs by more than half a point"), ([], "for the same year")],
)
def test_publishers_differ_by_more_than_half_a_point(apart, sentence):
    told = said(
        indicators.about_disagreement(pd.DataFrame({"apart": pd.Series(apart, dtype=float)}))
    )
    assert sentence in told


def test_the_median_is_drawn_only_where_half_of_the_region_and_three_have_a_value(place):
    frame = indicators.over_years(place, "IT.NET.USER.ZS")
    region = indicators.read(place, ("IT.NET.USER.ZS",))
    counts = region.groupby("year").size()
    drawn = set(frame.year[frame.series == indicators.MEDIAN])
    members = len(indicators.countries.neighbours(place))
    assert drawn == {
        year for year, n in counts.items() if n >= 3 and 2 * n >= members and year >= 2005
    }
    assert indicators.over_years(replace(place, iso3="XXX"), "IT.NET.USER.ZS", 2100).empty


def test_what_figures_cover_is_said_where_a_note_stands_and_nowhere_else(place):
    told = said(indicators.about_territory(place))
    assert told.startswith(
        "What figures cover (since 2001): SYNTHETIC: figures of Zedland leave out"
    )
    assert "as their invented council names them. Sources: Council of the Outer Isles" in told
    assert told.endswith("note of 2026-06-15. Statistics and treaties")
    assert said(indicators.about_territory(replace(place, iso3="XXX"))) == ""


def test_figures_that_disagree_stand_side_by_side_with_what_each_counts(place, monkeypatch):
    figures, read = indicators.key_figures(place), cop.data.read
    assert said(indicators.beside_table(indicators.beside(place, figures), place)) == (
        "No other figure of the same things is on record."
    )
    other = {"indicator_code": "IT.NET.USER.ZS", "value": 97.0, "year": 2025}
    rows = pd.DataFrame([other | {"counts": "people with access", "evidence_id": "ZZZ-E03"}])
    own = {"other_figures": rows.astype({"year": "Int64"})}
    monkeypatch.setattr(cop.data, "read", lambda name, *rest: own.get(name, read(name, *rest)))
    beside = indicators.beside(place, figures)
    assert beside.refs.tolist() == ["ZED_STAT", "ZZZ-E03"] and set(beside.unit) == {
        "% of population"
    }
    table = said(indicators.beside_table(beside, place))
    assert "97.0% | 2025 | people with access | [E03]" in table
    assert "Share of the population who used the Internet" in table


def test_each_indicator_has_a_card_with_what_another_user_needs(place):
    figures = indicators.key_figures(place)
    cards = indicators.cards(figures, place).set_index("indicator_code")
    assert list(cards.index) == list(figures.indicator_code)
    assert (cards[["definition", "unit", "publisher"]] != "").all(axis=None)
    assert cards.made[indicators.RATE] == "rate" and (cards["last"] >= cards["first"]).all()
    shown = said(indicators.card_list(cards.reset_index()))
    for words in ("Definition", "Coverage", "read on", "Licence", "Reckoned by us: the reports"):
        assert words in shown
    assert shown.count("The region's median, range and number") == len(cards)
    assert shown.count("Publisher's own words") == len(cards) - 1  # none of the rate, which is ours


def test_a_card_says_the_licence_or_that_none_was_seen_and_never_nothing(place):
    figures = indicators.key_figures(place)
    cards = indicators.cards(figures, place)
    assert (cards.licence.dropna() != "").all() and "SYNTHETIC, no licence needed" in set(
        cards.licence
    )
    none = pd.DataFrame({"terms": ["none seen", "licence"], "licence": ["", "MIT"]})
    silent = "no licence of the publisher was seen: figures quoted with their source"
    told = citations.licences(none, place.data)
    assert told.tolist() == [silent, "MIT"]
    shown = said(indicators.card_list(cards.head(1).assign(licence=told[0])))
    assert f"Licence {silent}" in shown


def test_every_indicator_of_the_catalogue_has_a_licence_to_show():
    catalogue, sources = (
        cop.data.read(t, DATA) for t in ("indicator_catalogue", "statistics_sources")
    )
    told = citations.licences(sources, DATA).set_axis(sources.source_id)
    assert len(catalogue) > 50 and (told.loc[catalogue.source_id] != "").all()
    assert not sources.licence.str.contains("not stated|see package|not analysed").any()


Value = namedtuple("Value", ["iso3", "indicator_code", "year", "value", "source_id"])


def test_the_children_of_a_rate_are_of_the_nearest_year_which_is_named():
    rows = [Value("ZZZ", indicators.CHILDREN, year, 1.0, "S") for year in (2020, 2025)]
    rows = [*rows, Value("YYY", indicators.CHILDREN, 2023, 1.0, "S")]
    base = [indicators._base_year(rows, "ZZZ", year) for year in (2019, 2023, 2025)]
    assert base[:2] == [2020, 2025] and pd.isna(base[2])  # its own year needs no word
    assert pd.isna(indicators._base_year(rows, "ZZZ", pd.NA))


def test_a_figure_of_a_later_year_names_its_own_value_in_the_year_of_the_range(place):
    frame = indicators.key_figures(place)
    other = frame[frame.own_then.notna()]
    assert (other.year != other.region_year).all()
    values = indicators.read(place).query("iso3 == 'ZZZ'")
    for row in other.itertuples():
        then = values[
            (values.indicator_code == row.indicator_code) & (values.year == row.region_year)
        ]
        assert then.value.tolist() == [row.own_then]
