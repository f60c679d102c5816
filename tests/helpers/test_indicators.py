"""Stage 4: figures, their regional median, and what is said of them, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest
from pagetext import said

from helpers import indicators

CODES = ["IT.NET.USER.ZS", "WPP.POP.0014", "NCMEC.REPORTS"]


@pytest.fixture
def figures():
    return pd.DataFrame(
        {
            "indicator_code": CODES,
            "name": ["Users", "Children", "Reports"],
            "unit": ["% of population", "persons", "reports per year"],
            "year": pd.array([2023, 2025, pd.NA], dtype="Int64"),
            "value": [82.4, 5338124.0, None],
            "median": [84.6, 417000.0, 15408.0],
            "lowest": [78.0, 103000.0, 8490.0],
            "highest": [91.0, 5338124.0, 20000.0],
            "n": [8, 8, 3],
            "first_year": pd.array([2021, 2025, 2023], dtype="Int64"),
            "last_year": pd.array([2024, 2025, 2023], dtype="Int64"),
            "source_id": ["", "", ""],
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
    figures["value"] = [82.4, 1.0, 1.0]
    figures["year"] = 2024
    line = said(indicators.bottom_line(figures, place))
    assert "1 child was under 15 (2024)" in line
    assert "1 report to the CyberTipline of NCMEC was resolved to the country (2024)" in line
    assert line.endswith("which counts reports and not offences or victims.")


def test_without_any_figure_the_bottom_line_says_so(figures, place):
    line = said(indicators.bottom_line(figures.assign(value=float("nan")), place))
    assert line == "In Zedland, none of the leading figures is available."


def test_the_table_gives_median_range_and_countries_in_this_order(figures, place):
    table = said(indicators.figure_table(figures, place))
    assert "82.4 | 2023 | 84.6 (78.0 to 91.0; 8) | 2021 to 2024" in table
    assert "5,338,124 | 2025 | 417,000 (103,000 to 5,338,124; 8) | 2025" in table


def test_a_missing_value_has_no_year_but_the_region_is_shown(figures, place):
    row = said(indicators.figure_table(figures.tail(1), place))
    assert "no data | none | 15,408 (8,490 to 20,000; 3) | 2023 | none" in row


def test_what_is_missing_is_named_and_is_not_a_zero(figures, place):
    assert said(indicators.about_missing(figures, place)) == (
        "No value was found for: cyberTipline reports. That is a gap in the sources, not a zero."
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


def test_the_median_is_drawn_only_where_half_of_the_region_has_a_value(place):
    frame = indicators.over_years(place, "IT.NET.USER.ZS")
    region = indicators.read(place, ("IT.NET.USER.ZS",))
    counts = region.groupby("year").size()
    drawn = set(frame.year[frame.series == indicators.MEDIAN])
    members = len(indicators.countries.neighbours(place))
    assert drawn == {year for year, n in counts.items() if 2 * n >= members and year >= 2005}
    assert indicators.over_years(replace(place, iso3="XXX"), "IT.NET.USER.ZS", 2100).empty
