"""Stage 4: figures, their regional median, and what is said of them, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.report import citations
from helpers import charts, indicators, show

STATISTICS = show.Templates("4-ict-statistics")
SHARE, COUNT = "IT.NET.USER.ZS", "WPP.POP.0014"
CODES = [SHARE, COUNT, "NCMEC.RATE"]


@pytest.fixture
def figures():
    return pd.DataFrame({
        "indicator_code": CODES, "name": ["Users", "Children", "Reports"],
        "unit": ["% of population", "persons", "per 1,000 children under 15"],
        "year": pd.array([2023, 2025, pd.NA], dtype="Int64"), "value": [82.4, 5338124.0, None],
        "old": "", "mark": ["", "projection", ""], "median": [84.6, None, 25.0],
        "lowest": [78.0, None, 19.2], "highest": [91.0, None, 75.0], "n": [8, 0, 3],
        "region_year": pd.array([2023, pd.NA, 2023], dtype="Int64"), "source_id": "",
        "base_year": pd.array([pd.NA] * 3, dtype="Int64"), "base_mark": "", "own_then": None,
    })  # fmt: skip


def values(*rows, code=SHARE):
    """Return values of a region: (iso3, year, value)."""
    frame = pd.DataFrame(rows, columns=["iso3", "year", "value"])
    return frame.assign(indicator_code=code, source_id="ZED_STAT")


@pytest.fixture
def region_of(monkeypatch):
    """Return a function that makes a region of so many countries with an age limit of 2023."""
    monkeypatch.setattr(indicators, "oldest_year", lambda place: 2023)

    def region(n):
        monkeypatch.setattr(indicators.countries, "neighbours", lambda place: list("ABCDEFGH")[:n])

    return region


@pytest.mark.parametrize(
    ("n", "rows", "expected"),
    [
        # The latest of the years that most countries have.
        (4, [("A", 2023, 10.0), ("B", 2023, 20.0), ("C", 2023, 60.0), ("A", 2024, 90.0)],
         (20.0, 10.0, 60.0, 3, 2023)),
        (4, [(c, y, float(y - 2020)) for c in "ABC" for y in (2023, 2024)],
         (4.0, 4.0, 4.0, 3, 2024)),
        # Half of eight are enough, three of eight are not, nor are two though they are half.
        (8, [(c, 2024, 1.0) for c in "ABCD"], (1.0, 1.0, 1.0, 4, 2024)),
        (8, [(c, 2024, 1.0) for c in "ABC"], None),
        (4, [(c, 2024, 1.0) for c in "AB"], None),
        # An old year makes no median.
        (4, [(c, 2022, 1.0) for c in "ABCD"], None),
    ],
)  # fmt: skip
def test_the_region_s_figure_is_of_half_of_the_countries_and_at_least_three(
    region_of, place, n, rows, expected
):
    region_of(n)
    region = indicators.region_figures(values(*rows), place)
    found = [tuple(row) for row in region[indicators.REGION].to_numpy()]
    assert found == ([expected] if expected else [])
    assert indicators.region_figures(values(*rows, code=COUNT), place).empty  # never of counts


def test_the_others_are_shown_at_the_year_of_the_median_and_the_country_at_its_own(
    figures, place, monkeypatch
):
    rows = values(("YYY", 2023, 91.0), ("YYY", 2024, 99.0), ("ZZZ", 2023, 82.0))
    monkeypatch.setattr(indicators, "read", lambda place, codes: rows)
    shares = indicators.in_region(figures.assign(year=2024, source_id="ZED_STAT"), place)
    drawn = {own: part[["year", "value"]].values.tolist() for own, part in shares.groupby("own")}
    assert drawn == {False: [[2023, 91.0]], True: [[2024, 82.4]]}
    assert indicators.in_region(figures.assign(old="yes"), place).empty


def test_a_rate_is_of_the_children_of_the_nearest_year_which_is_named(place):
    frame = indicators.read(place, [indicators.RATE, indicators.REPORTS, COUNT])
    value = frame[frame.iso3 == "ZZZ"].set_index(["indicator_code", "year"])["value"]
    for year, base in ((2023, 2024), (2019, 2020)):
        rate = 1000 * value[indicators.REPORTS, year] / value[COUNT, base]
        assert value[indicators.RATE, year] == pytest.approx(rate)
    row = indicators.key_figures(place).set_index("indicator_code").loc[indicators.RATE]
    assert pd.isna(row.base_year) or row.base_year != row.year


def test_missing_is_no_zero_and_a_value_of_the_range_s_year_is_the_country_s_own(place):
    frame = indicators.key_figures(place)
    assert frame.value.isna().any() and (frame.value == 0).any()
    assert list(frame.indicator_code) == list(indicators.names(place.data))
    counts = frame[frame.unit.isin(indicators.COUNTS)]
    assert len(counts) == 2 and counts["median"].isna().all() and not counts.n.any()
    other, values = frame[frame.own_then.notna()], indicators.read(place)
    assert (other.year != other.region_year).all()
    then = values[values.iso3 == "ZZZ"].set_index(["indicator_code", "year"])["value"]
    for row in other.itertuples():
        assert then[row.indicator_code, row.region_year] == row.own_then


def test_the_median_is_drawn_only_for_years_with_enough_countries(place):
    frame = indicators.over_years(place, SHARE)
    counts = indicators.read(place, [SHARE]).groupby("year").size()
    members = len(indicators.countries.neighbours(place))
    drawn = set(frame.year[frame.series == indicators.MEDIAN])
    enough = counts[(counts >= 3) & (2 * counts >= members)].index
    assert drawn == {year for year in enough if year >= 2005}
    assert set(indicators.over_years(place, "NCMEC.REPORTS").series) == {place.name}
    assert indicators.over_years(replace(place, iso3="XXX"), SHARE, 2100).empty


def test_every_indicator_has_a_licence_or_a_word_that_none_was_seen(place):
    none = pd.DataFrame({"terms": ["none seen", "licence"], "licence": ["", "MIT"]})
    silent = "no licence of the publisher was seen: figures quoted with their source"
    assert citations.licences(none, place.data).tolist() == [silent, "MIT"]
    catalogue, sources = (
        cop.data.read(name, DATA) for name in ("indicator_catalogue", "statistics_sources")
    )
    licences = citations.licences(sources, DATA).set_axis(sources.source_id)
    assert len(catalogue) > 50 and (licences.loc[catalogue.source_id] != "").all()
    assert not sources.licence.str.contains("not stated|see package|not analysed").any()


def test_the_strips_of_each_unit_have_their_own_scale(place):
    about = {"source_id": "ZED_STAT", "n": 3, "region_year": 2024, "year": 2024}
    frame = pd.DataFrame(
        [
            {"label": label, "unit": unit, "own": own, "value": value, "median": 30.0}
            | {"country": "Zedland" if own else "Yonderland", "lowest": 20.0, "highest": 41.0}
            for label, unit in (("Lines", "per 100 people"), ("Price", "% of GNI per capita"))
            for own, value in ((True, 24.94), (False, 41.0))
        ]
    ).assign(**about)
    shown = STATISTICS.rate_strips(charts, frame, place)
    assert str(shown).count("<figure") == 2
    assert "Lines: 24.9 in Zedland (2024); regional median 30.0" in said(shown)
    assert "Price: 24.9% in Zedland (2024); regional median 30.0%" in said(shown)
    assert "Per 100 people, Zedland beside the countries of its region, 2024" in said(shown)
    assert "No other rate" in said(STATISTICS.rate_strips(charts, frame[:0], place))


def test_a_card_quotes_the_publisher_where_its_service_was_read(place):
    card = {"indicator_code": SHARE, "made": "", "short": "WDI", "title": "Indicators", "note": ""}
    card |= {"name": "Users", "definition": "Ours", "unit": "%", "publisher": "ITU", "last": 2023}
    card |= {"economies": 9, "first": 2020, "accessed": "2026-11-24", "copy_host": "", "nature": ""}
    card |= {"better": "higher", "service": "world_bank", "series": SHARE, "licence": "CC BY 4.0"}
    card |= {"projected_from": None, "name_there": "Individuals", "unit_there": None}
    card |= {"definition_there": "Used it in 3 months", "read_at": None}
    shown = said(STATISTICS.card_list(pd.DataFrame([card]), place))
    assert "not recorded yet; the definition is in our words" in shown and "3 months" not in shown
    assert f"World Bank, {SHARE}" in shown and "higher is better" in shown
    card |= {"read_at": "2026-11-29T10:00:00Z", "projected_from": 2025, "nature": "estimate"}
    shown = said(STATISTICS.card_list(pd.DataFrame([card]), place))
    assert "Individuals. Used it in 3 months (read on 2026-11-29)" in shown
    assert "estimates of the publisher; projections from 2025 on" in shown
