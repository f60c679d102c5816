"""Stage 4: figures, their regional median, and what is said of them, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest

import cop.data
from helpers import countries, indicators

SHARE, COUNT = "IT.NET.USER.ZS", "WPP.POP.0014"


def values(*rows, code=SHARE):
    """Return values of countries: (iso3, year, value)."""
    frame = pd.DataFrame(rows, columns=["iso3", "year", "value"])
    return frame.assign(indicator_code=code, source_id="ZED_STAT")


@pytest.fixture
def region_of(monkeypatch):
    """Return a function that makes a region of countries A, B ..."""

    def region(n):
        monkeypatch.setattr(indicators.countries, "neighbours", lambda place: list("ABCDEFGH")[:n])

    return region


@pytest.mark.parametrize(
    ("rule", "n", "rows", "expected"),
    [
        ("of the year that most countries have", 4,
         [("A", 2023, 10.0), ("B", 2023, 20.0), ("C", 2023, 60.0), ("A", 2024, 90.0)],
         (20.0, 10.0, 60.0, 3, 2023)),
        ("of the year that most have, though a later one has enough", 6,
         [(c, 2025, 4.0) for c in "ABCD"] + [(c, 2026, 3.0) for c in "ABC"],
         (4.0, 4.0, 4.0, 4, 2025)),
        ("the latest of such years", 4,
         [(c, y, float(y - 2020)) for c in "ABC" for y in (2023, 2024)], (4.0, 4.0, 4.0, 3, 2024)),
        ("half of eight are enough", 8, [(c, 2024, 1.0) for c in "ABCD"], (1.0, 1.0, 1.0, 4, 2024)),
        ("three of eight are not", 8, [(c, 2024, 1.0) for c in "ABC"], None),
        ("two are too few though they are half", 4, [(c, 2024, 1.0) for c in "AB"], None),
        ("an old year makes none", 4, [(c, 2022, 1.0) for c in "ABCD"], None),
    ],
)  # fmt: skip
def test_the_region_s_figure_is_of_half_of_the_countries_and_at_least_three(
    region_of, place, rule, n, rows, expected
):
    region_of(n)
    region = indicators.region_figures(values(*rows), place, 2023)
    found = [tuple(row) for row in region[indicators.REGION].to_numpy()]
    assert found == ([expected] if expected else []), f"the median is {rule}"
    assert indicators.region_figures(values(*rows, code=COUNT), place, 2023).empty, (
        "never of counts"
    )


def test_a_figure_is_old_after_three_years_and_not_at_three(place, replace_table, monkeypatch):
    assert indicators.oldest_year(place) == 2026 - 3  # the cut-off is 2026-06-30
    assert indicators.oldest_year(place, 2022) == 2022 - 3, "the last year, if it is earlier"
    assert indicators.oldest_year(place, 2027) == 2026 - 3, "the cut-off, if it is earlier"
    replace_table(
        "statistics_sources",
        lambda rows: rows.head(2).assign(accessed=["2020-01-01", "2025-12-31"]),
    )
    assert indicators.oldest_year(replace(place, edition="")) == 2025 - 3  # of a desk baseline
    for oldest, old in ((2024, ""), (2025, "yes")):
        monkeypatch.setattr(indicators, "oldest_year", lambda *_, oldest=oldest: oldest)
        frame = indicators.key_figures(place)
        assert frame.old[frame.year == 2024].unique().tolist() == [old], oldest


def test_a_figure_is_old_by_the_cut_off_and_not_by_the_day_data_were_opened(place, replace_table):
    replace_table("statistics_sources", lambda rows: rows.assign(accessed="2030-01-01"))
    assert indicators.oldest_year(place) == 2026 - 3


@pytest.mark.parametrize("last_year", [2019, 2022])
def test_key_figures_up_to_a_year_are_of_that_year_with_the_median_of_then(place, last_year):
    values = indicators.read(place, [SHARE]).query("year == @last_year")
    figure = indicators.key_figures(place, last_year).set_index("indicator_code").loc[SHARE]
    national = values.value[values.iso3 == place.iso3].item()
    assert [figure.year, figure.value] == [last_year, national], "no later value counts"
    then = [figure.region_year, figure["median"]]
    assert then == [last_year, values.value.median()], "no later median counts"
    assert figure.old == "", "old is what was old then"


def test_a_figure_is_a_projection_from_the_first_projected_year_on(place, replace_table):
    sources = cop.data.read("statistics_sources", place.data)
    for first, nature, mark in (
        (2024, "", "projection"), (2025, "", ""), (2025, "estimate", "estimate"),
        (2024, "estimate", "projection"), (2025, "reported", ""), (pd.NA, "reported", ""),
    ):  # fmt: skip
        years = pd.array([first] * len(sources), dtype="Int64")
        replace_table("statistics_sources", sources.assign(projected_from=years, nature=nature))
        frame = indicators.key_figures(place).query("year == 2024")
        rule = f"a figure of 2024, projected from {first}, {nature}, is marked {mark!r}"
        assert frame.mark.unique().tolist() == [mark], rule


@pytest.mark.parametrize(
    ("rule", "years", "countries_of", "expected"),
    [
        ("stand in order", (2007, 2005), "ABZ", {"Zedland": 2005, indicators.MEDIAN: 2005}),
        ("begin in 2005", (2004, 2005, 2006), "ABZ", {"Zedland": 2005, indicators.MEDIAN: 2005}),
        ("a median of one year is no line", (2004, 2005), "ABZ", {"Zedland": 2005}),
        (
            "a median of two years is a line",
            (2005, 2006),
            "ABZ",
            {"Zedland": 2005, indicators.MEDIAN: 2005},
        ),
        ("a median is of three countries", (2005, 2006), "AZ", {"Zedland": 2005}),
        ("a median is of half of them", (2005, 2006), "ABZ", {"Zedland": 2005}),
    ],
)
def test_lines_over_years_begin_by_rule(rule, years, countries_of, expected, place, monkeypatch):
    codes = [code.replace("Z", "ZZZ") for code in countries_of]
    frame = values(*[(iso3, year, 1.0) for iso3 in codes for year in years])
    others = ["C", "D", "E", "F"] if "half" in rule else []
    monkeypatch.setattr(indicators, "read", lambda place, codes: frame)
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: codes + others)
    lines = indicators.over_years(place, SHARE)
    assert lines.groupby("series").year.min().to_dict() == expected, f"lines over years: {rule}"
    assert lines.groupby("series").year.is_monotonic_increasing.all(), f"lines over years: {rule}"
    assert set(indicators.over_years(place, "NCMEC.REPORTS").series) == {place.name}, "of a count"
    twice = indicators.over_years(place, SHARE, beside=[place.iso3])
    assert len(twice) == len(lines), "the country is not drawn beside itself"
    assert indicators.over_years(replace(place, iso3="XXX"), SHARE, 2100).empty
    with pytest.raises(LookupError, match="unknown country code 'Norway'"):
        indicators.over_years(place, SHARE, 2100, ["Norway"])
    with pytest.raises(LookupError, match="unknown indicator 'XYZ'; see .*catalogue.csv"):
        indicators.over_years(place, "XYZ")


@pytest.fixture
def store(monkeypatch):
    """Return a function that replaces the values in the data by those of some frames."""

    def replace_values(*frames):
        rows = pd.concat(frames).astype({"year": "Int64", "value": float})
        monkeypatch.setattr(cop.data, "read", lambda table, data: rows)
        monkeypatch.setattr(cop.data, "stamp", lambda *_: object())  # nothing kept is of these

    return replace_values


@pytest.mark.parametrize(("value", "held"), [(0.0, False), (0.1, True)])
def test_a_price_of_zero_is_a_gap(value, held, place, store):
    price = indicators.PRICES[0]
    store(values(("ZZZ", 2024, value), code=price), values(code=indicators.REPORTS))
    assert bool(len(indicators.all_values(place, price))) == held


@pytest.mark.parametrize(
    ("first", "second", "region"),
    [("region", "study", "B"), ("region", "region", "A"), ("grouping", "region", "B")],
    ids=["a study comes before a region", "of regions the first", "a grouping is no region"],
)
def test_a_country_is_compared_with_its_study_before_other_groups(
    first, second, region, place, replace_table
):
    rows = [("XXX", "C", "C", "study"), ("ZZZ", "A", "A", first), ("YYY", "A", "A", first),
            ("ZZZ", "B", "B", second), ("XXX", "B", "B", second)]  # fmt: skip
    replace_table("groups", pd.DataFrame(rows, columns=["iso3", "group_id", "title", "role"]))
    other = {"A": "YYY", "B": "XXX"}[region]
    found = countries.comparison_region(place)
    assert found == (region, ["ZZZ", other]), "a study of other countries is no region"


@pytest.fixture
def beside(place, monkeypatch):
    """Return a function: names and values of the countries that are shown beside Zedland."""
    names = {"ZZZ": "Zedland", "AAA": "Aland", "BBB": "Beeland"}
    monkeypatch.setattr(indicators.countries, "names", lambda data: names)
    columns = ["iso3", "year", "value", "indicator_code", "source_id"]
    rows = [("BBB", 2023, 1.0), ("AAA", 2023, 2.0), ("AAA", 2022, 9.0), ("ZZZ", 2023, 5.0)]
    values = pd.DataFrame([(*row, "IT.NET.USER.ZS", "ZED_STAT") for row in rows], columns=columns)
    monkeypatch.setattr(indicators, "read", lambda place, codes, beside: values)

    def rows(old="", median=2.0):
        own = values[values.iso3 == "ZZZ"].drop(columns="iso3").assign(old=old, region_year=2023)
        own = own.assign(median=median, lowest=1.0, highest=5.0, n=3)
        rows = indicators.in_region(own, place, [SHARE])
        return rows[["country", "value"]].to_numpy().tolist()

    return rows


def test_countries_beside_the_region_are_in_alphabetical_order_and_not_ranked(beside):
    assert beside() == [["Aland", 2.0], ["Beeland", 1.0], ["Zedland", 5.0]]


def test_an_old_value_is_not_shown_beside_the_region(beside):
    assert not beside(old="yes")


def test_without_a_median_no_country_is_shown_beside_the_region(beside):
    assert not beside(median=None)


def test_the_region_s_figure_is_the_median_and_not_the_mean(place, monkeypatch):
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: [*"ABC"])
    rows = values(("A", 2024, 1.0), ("B", 2024, 2.0), ("C", 2024, 9.0))
    assert indicators.region_figures(rows, place, 2023)["median"].item() == 2.0


def test_of_several_years_of_a_country_the_latest_value_is_used():
    frame = indicators.latest(values(("A", 2024, 2.0), ("A", 2020, 1.0), ("B", 2021, 3.0)))
    assert frame[["iso3", "year"]].values.tolist() == [["A", 2024], ["B", 2021]]


def test_latest_values_stand_by_indicator_then_by_country():
    rows = [values(("B", 2024, 1.0), ("A", 2024, 1.0), code=code) for code in "ZY"]
    frame = indicators.latest(pd.concat(rows))
    assert (frame.indicator_code + frame.iso3).tolist() == ["YA", "YB", "ZA", "ZB"]


def test_a_rate_is_per_1000_children_of_the_nearest_year(place, store):
    children = values(("ZZZ", 2019, 1000.0), ("ZZZ", 2023, 2000.0), code=indicators.CHILDREN)
    store(values(("ZZZ", 2022, 50.0), code=indicators.REPORTS), children)
    assert indicators.all_values(place, indicators.RATE).value.tolist() == [25.0]


def test_reports_of_a_country_without_a_number_of_children_have_no_rate(place, store):
    reports = values(("ZZZ", 2022, 50.0), ("AAA", 2022, 9.0), code=indicators.REPORTS)
    store(reports, values(("ZZZ", 2022, 1000.0), code=indicators.CHILDREN))
    assert indicators.all_values(place, indicators.RATE).iso3.tolist() == ["ZZZ"]


def figure(place, monkeypatch, *rows, code=SHARE, **cells):
    """Return the key figure of Zedland in a region of four countries."""
    frame = values(*rows, code=code).assign(**{"base_year": pd.NA, "base_source": ""} | cells)
    monkeypatch.setattr(indicators, "read", lambda place: frame)
    monkeypatch.setattr(indicators.countries, "neighbours", lambda place: ["A", "B", "C", "ZZZ"])
    monkeypatch.setattr(indicators, "oldest_year", lambda *_: 2020)
    return indicators.key_figures(place).set_index("indicator_code").loc[code]


@pytest.mark.parametrize(("base", "shown"), [(2023, True), (2024, False)])
def test_the_year_of_the_children_is_shown_if_it_is_not_that_of_the_rate(
    base, shown, place, monkeypatch, replace_table
):
    replace_table("statistics_sources", lambda rows: rows.assign(nature="estimate",
        projected_from=2100))  # fmt: skip
    cells = {"base_year": base, "base_source": "ZED_STAT"}
    row = figure(place, monkeypatch, ("ZZZ", 2024, 1.0), code=indicators.RATE, **cells)
    assert pd.notna(row.base_year) == shown
    assert row.base_mark == ("estimate" if shown else ""), "and its mark with it"
    assert row.n == 0, "without a median no country is counted"


@pytest.mark.parametrize(("latest", "shown"), [(2024, True), (2023, False)])
def test_the_own_value_then_is_shown_if_the_latest_is_of_another_year_than_the_median(
    latest, shown, place, monkeypatch
):
    rows = [(iso3, 2023, 5.0) for iso3 in ("A", "B", "C", "ZZZ")] + [("ZZZ", latest, 6.0)]
    row = figure(place, monkeypatch, *rows[: 4 + (latest > 2023)])
    assert (row.region_year, pd.notna(row.own_then)) == (2023, shown)


def test_charts_of_the_region_stand_in_the_order_asked_for(place, monkeypatch):
    codes = ["ITU.xHH6", SHARE]
    both = ("ZZZ", 2023, 5.0), ("YYY", 2023, 5.0)
    frame = pd.concat([values(*both, code=code) for code in codes[::-1]])
    monkeypatch.setattr(indicators, "read", lambda place, codes, beside: frame)
    own = frame[frame.iso3 == "ZZZ"].drop(columns="iso3")
    own = own.assign(old="", region_year=2023, median=2.0, lowest=1.0, highest=5.0, n=3)
    rows = indicators.in_region(own, place, codes)
    assert rows.indicator_code.tolist() == [codes[0]] * 2 + [codes[1]] * 2, "then by country"


@pytest.mark.parametrize(
    ("rule", "cells", "expected"),
    [
        ("shares are parts of a whole of which more is better", {}, ["B", "A"]),
        ("prices in % can exceed 100, so they are no shares", {"maximum": 1000}, ["B"]),
        ("what has no maximum is no share", {"maximum": None}, ["B"]),
        ("a score of at most 100 is no share", {"unit": "score 0-100"}, ["B"]),
        ("a share of which less is better is left out", {"better": "lower"}, ["B"]),
        ("a share that is no measure of progress is left out", {"better": "none"}, ["B"]),
    ],
)
def test_shares_are_key_figures_in_per_cent_of_which_more_is_better(
    rule, cells, expected, monkeypatch, replace_table
):
    share = {"unit": "% of people", "maximum": 100, "better": "higher"}
    rows = [{"indicator_code": "A"} | share | cells, {"indicator_code": "B"} | share,
            {"indicator_code": "C"} | share]  # fmt: skip
    replace_table("indicator_catalogue", pd.DataFrame(rows))
    monkeypatch.setattr(indicators, "names", lambda data: {"B": "Homes", "A": "People"})
    assert indicators.shares("") == expected, rule  # C is no key figure


def test_a_key_figure_without_a_value_is_not_old(place, monkeypatch):
    row = figure(place, monkeypatch, ("A", 2024, 1.0))
    assert pd.isna(row.year) and row.old == ""


def test_key_figures_are_those_of_the_list_in_its_order(place):
    codes = indicators.key_figures(place).indicator_code.tolist()
    assert codes == [*indicators.names(place.data)]


def test_in_its_region_only_the_row_of_the_country_is_its_own(place):
    rows = indicators.in_region(indicators.key_figures(place), place, [SHARE])
    assert rows.country[rows.own].tolist() == ["Zedland"] and len(rows) > 1


def test_each_line_has_the_values_of_one_country_by_year(place, monkeypatch):
    frame = values(("XXX", 2024, 4.0), ("ZZZ", 2024, 24.0), ("ZZZ", 2023, 23.0), ("XXX", 2023, 3.0))
    monkeypatch.setattr(indicators, "read", lambda *_: frame)
    monkeypatch.setattr(indicators, "all_values", lambda *_: frame)
    lines = indicators.over_years(place, SHARE, beside=["XXX"]).groupby("series").value
    assert lines.agg(list).to_dict() == {"Xanadia": [3.0, 4.0], "Zedland": [23.0, 24.0]}


LINE = pd.DataFrame({"year": [2020, 2021], "series": "Zedland", "value": [1.0, 2.0]})


def test_the_chart_of_a_line_cites_the_sources_of_its_country_and_not_of_the_region(
    place, monkeypatch
):
    frame = values(("ZZZ", 2020, 1.0), ("YYY", 2020, 1.0)).assign(source_id=["ZED_STAT", "ZED_POP"])
    monkeypatch.setattr(indicators, "read", lambda *_: frame)
    cited = str(indicators.trend_texts(LINE, place, SHARE)["at"])
    assert "#ZED_STAT" in cited and "#ZED_POP" not in cited


def test_the_chart_of_an_indicator_that_is_no_key_figure_has_the_name_of_the_catalogue(place):
    name = indicators.catalogue(place.data).name["SP.POP.TOTL"]
    assert indicators.trend_texts(LINE, place, "SP.POP.TOTL")["title"].startswith(name)


def test_a_list_of_data_sets_has_their_licences_and_notes_only_if_it_is_full(place):
    frame = pd.DataFrame({"source_id": ["ZED_STAT"]})
    full, short = (str(indicators.source_list(place, frame, full=full)) for full in (True, False))
    for text in ("no licence needed", "invented for testing"):
        assert text in full and text not in short
