"""Figures of any economy and years: what each frame holds, and what is said of it as text."""

from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

from cop.explore import economies
from helpers import countries, indicators

NET, GDP, PRICE = "IT.NET.USER.ZS", "NY.GDP.PCAP.PP.KD", "ITU.i271mb_5GB_GNI"


@pytest.fixture(scope="module")
def ukraine():
    return countries.find("UKR", str(DATA), "", "2026")


@pytest.fixture
def few(monkeypatch):
    """A handful of invented values: Ukraine, Moldova, Georgia and Kenya, two indicators."""
    rows = [
        ("UKR", NET, 2014, 40.0), ("UKR", NET, 2016, 50.0), ("UKR", NET, 2024, 80.0),
        ("MDA", NET, 2016, 60.0), ("GEO", NET, 2018, 70.0), ("KEN", NET, 2016, 20.0),
        ("UKR", GDP, 2016, 9000.0), ("MDA", GDP, 2016, 8000.0), ("MDA", GDP, 2020, 8500.0),
        ("KEN", GDP, 2012, 3000.0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["iso3", "indicator_code", "year", "value"])
    frame = frame.assign(source_id="SG_WDI")
    monkeypatch.setattr(
        indicators, "all_values", lambda _, code: frame[frame.indicator_code == code].reset_index()
    )


def test_years_are_kept_from_the_first_to_the_last_that_is_asked_for(ukraine):
    frame = economies.over_years(ukraine, NET, 2015, 2020, ("MDA", "GEO"))
    assert (frame.year.min(), frame.year.max()) == (2015, 2020)
    names = ["Ukraine", indicators.MEDIAN, "Moldova", "Georgia"]
    assert list(dict.fromkeys(frame.series)) == names
    whole = economies.over_years(ukraine, NET)
    assert whole.year.min() < 2005 and whole.year.max() > 2020


def test_country_by_year_has_own_and_chosen_first_and_no_zero_for_a_gap(few, ukraine):
    frame = economies.by_year(ukraine, NET, 2016, 2018, ("GEO",))
    assert list(frame.columns) == ["iso3", "country", "2016", "2018"]
    assert list(frame.iso3) == ["UKR", "GEO", "KEN", "MDA"]
    assert frame.set_index("iso3").loc["GEO"].isna().to_dict()["2016"]


def test_the_whole_series_has_every_value_of_every_economy(ukraine):
    frame = economies.whole(ukraine, NET)
    assert len(frame) == len(indicators.all_values(ukraine, NET)) > 4000
    assert set(frame.unit) == {"% of population"} and frame.source_id.ne("").all()
    assert not frame.duplicated(["iso3", "year"]).any()


def test_a_pair_is_of_the_latest_year_that_has_both(few, ukraine):
    frame = economies.pairs(ukraine, NET, GDP, 2018, ("MDA",)).set_index("iso3")
    assert frame.year.to_dict() == {"UKR": 2016, "MDA": 2016}  # Kenya has both in no year
    assert frame.loc["MDA", ["across", "up", "role"]].tolist() == [60.0, 8000.0, "beside"]
    assert frame.role["UKR"] == "own"
    assert economies.pairs(ukraine, NET, GDP, until=2015).empty
    assert economies.pairs(ukraine, NET, GDP).empty  # too old for the cut-off


def test_the_map_is_of_europe_and_says_what_is_old_and_what_is_missing(few, ukraine):
    frame = economies.on_map(ukraine, NET).set_index("iso3")
    assert {"UKR", "FRA", "GEO"} <= set(frame.index) and "KEN" not in frame.index
    assert not frame.old["UKR"] and frame.old["GEO"] and pd.isna(frame.value["FRA"])
    assert frame.own[frame.own].index.tolist() == ["UKR"]
    earlier = economies.on_map(ukraine, NET, until=2018).set_index("iso3")
    assert earlier.value["UKR"] == 50.0 and not earlier.old[["UKR", "GEO"]].any()


def test_the_map_of_a_country_elsewhere_is_its_region(few):
    kenya = countries.economy("KEN", str(DATA))
    frame = economies.on_map(kenya, NET)
    assert set(frame.iso3) == set(countries.neighbours(kenya)) and "FRA" not in set(frame.iso3)


def test_the_price_of_nothing_is_no_value_of_any_economy(ukraine):
    assert (indicators.all_values(ukraine, PRICE).value > 0).all()
    assert (indicators.latest_of_all(ukraine, PRICE).value > 0).all()


def test_the_years_of_a_frame_are_those_of_its_rows_or_its_columns():
    assert economies.period(pd.DataFrame({"year": [2016, None, 2015]})) == "2015-2016"
    assert economies.period(pd.DataFrame({"edition": [2024]})) == "2024"
    assert economies.period(pd.DataFrame({"iso3": ["A"], "2003": 1, "2001": 2})) == "2001-2003"
    assert economies.period(pd.DataFrame({"text": ["x"]})) == ""


# What is said


def message(shown):
    """Return title, subtitle and the lines below a figure."""
    return said(shown).split("Data of this figure")[0]


def lines(*rows):
    return pd.DataFrame(rows, columns=["year", "series", "value"])


def test_the_title_of_lines_gives_the_last_value_of_each_with_its_year(ukraine):
    series = lines((2015, "Ukraine", 48.9), (2023, "Ukraine", 82.4), (2024, "Georgia", 81.9))
    told = message(economies.line_chart(series, ukraine, NET))
    assert "(% of population): Ukraine 82.4 (2023) and Georgia 81.9 (2024)" in told
    assert "Based on 3 values of 2 countries." in told
    assert "The first value is of 2015." in told
    assert "median" not in told


def test_the_median_is_no_country_and_is_explained(ukraine):
    series = lines((2023, "Ukraine", 82.4), (2023, indicators.MEDIAN, 83.3))
    told = message(economies.line_chart(series, ukraine, NET))
    assert "Ukraine 82.4 (2023)" in told and "Based on 1 value of 1 country." in told
    assert "at least half of the region has a value" in told


def test_many_countries_are_counted_and_not_listed(ukraine):
    series = lines(*((2023, name, 50.0) for name in ("Ukraine", "A", "B", "C", "D")))
    told = message(economies.line_chart(series, ukraine, NET))
    assert "Ukraine 50.0 (2023) and 4 countries beside it" in told


def test_a_country_without_a_value_is_said_to_have_none(ukraine):
    told = message(economies.line_chart(lines((2023, "Georgia", 81.9)), ukraine, NET))
    assert "(% of population): no value of Ukraine" in told
    none = economies.line_chart(lines((2023, indicators.MEDIAN, 83.3)), ukraine, NET)
    assert said(none).endswith("nobody of those chosen has a value in these years.")


def test_the_whole_series_is_counted_in_words(few, ukraine):
    told = said(economies.whole_line(economies.whole(ukraine, NET), ukraine, NET))
    assert told == (
        "The whole series of people using the internet has 6 values of 4 economies, 2014 to 2024. "
        "Export saves it all, a row an economy and year."
    )


def test_a_pair_says_both_values_of_the_country_and_that_it_is_no_cause(few, ukraine):
    told = message(
        economies.pair_chart(economies.pairs(ukraine, NET, GDP, 2018), ukraine, NET, GDP)
    )
    assert "Ukraine in 2016: people using the internet (% of population) 50.0" in told
    assert "9,000" in told and "need not be cause and effect" in told
    same = economies.pair_chart(economies.pairs(ukraine, NET, NET), ukraine, NET, NET)
    assert "stands against itself" in said(same)
    other = SimpleNamespace(**vars(ukraine) | {"iso3": "GEO", "called": "Georgia"})
    rows = economies.pairs(other, NET, GDP, 2018)
    assert "No year of Georgia has both" in message(economies.pair_chart(rows, other, NET, GDP))


def test_the_map_says_the_value_of_the_country_and_how_many_have_one(few, ukraine):
    told = message(economies.value_map(economies.on_map(ukraine, NET), ukraine, NET))
    assert "Ukraine 80.0 (2024)" in told and "Based on 3 of " in told
    assert "are not ranked" in told


def test_pillars_name_the_countries_and_who_has_none(ukraine):
    pillars = dict.fromkeys(
        ["legal", "technical", "organizational", "capacity", "cooperation"], 12.0
    )
    one = {"country": "Ukraine", "edition": 2024, **pillars}
    rows = pd.DataFrame([one, one | {"edition": 2020}, {"country": "Nauru", "edition": 2024}])
    told = message(economies.pillar_chart(rows, ukraine))
    assert "Pillars of the Global Cybersecurity Index 2024: Ukraine " in told
    assert "five pillars of 1 country" in told and "Without pillars in this edition: Nauru." in told
