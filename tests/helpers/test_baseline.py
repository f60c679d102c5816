"""The desk baseline: indices and what stands beside a country, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest
from pagetext import said

from helpers import baseline, countries, indicators


def test_the_region_is_named_with_the_number_of_its_economies(place, monkeypatch):
    monkeypatch.setattr(countries, "beside", lambda place: ("Middle Earth", ["ZZZ", "YYY"]))
    assert said(baseline.about_region(place)) == (
        "The region is Middle Earth, 2 economies with Zedland among them; for most figures only "
        "some of them have a value."
    )


def test_a_country_of_no_region_stands_alone(place):
    line = said(baseline.about_region(replace(place, iso3="QQQ", name="Exland")))
    assert line == ("The reference tables put Exland in no region, so nothing is shown beside it.")


def test_an_index_is_the_countrys_own_beside_the_median_of_those_with_a_value(place, monkeypatch):
    values = [
        ("ZZZ", 2023, 50.0),
        ("ZZZ", 2024, 60.0),
        ("YYY", 2024, 80.0),
        ("XXX", 2020, 80.0),
        ("WWW", 2024, 90.0),
    ]
    frame = pd.DataFrame(values, columns=["iso3", "year", "value"])
    frame = frame.assign(indicator_code=baseline.INDICES[0], source_id="ITU_DATAHUB")
    monkeypatch.setattr(indicators, "read", lambda place, codes: frame)
    made = baseline.indices(place)
    assert list(made.indicator_code) == baseline.INDICES
    first, others = made.iloc[0], made.iloc[1:]
    assert list(first[["year", "value", "median", "n"]]) == [2024, 60.0, 80.0, 4]
    assert others.value.isna().all() and others.year.isna().all() and not others.n.any()


@pytest.fixture
def indices():
    return pd.DataFrame(
        {
            "name": ["Index A", "Index B"],
            "unit": "0 to 100",
            "year": pd.array([2024, pd.NA], dtype="Int64"),
            "value": [71.5, None],
            "median": [68.0, None],
            "n": [7, 0],
            "source_id": ["ITU_DATAHUB", ""],
        }
    )


def test_an_index_stands_beside_the_median_and_a_missing_one_is_no_zero(indices, place):
    table = said(baseline.index_table(indices, place))
    assert table.startswith("Published indices, Zedland")
    assert "Index A | 0 to 100 | 71.5 | 2024 | 68.0 (7) | [" in table
    assert "Index B | 0 to 100 | no data | none | no data | none" in table


def test_the_checklist_says_which_items_a_thing_serves(place):
    frame = pd.DataFrame(
        {"what": ["Law", "Users"], "area": "Law", "usually_in": "Gazette", "ask": "Ministry",
         "item_ids": ["PM-01; PM-02", ""]}
    )  # fmt: skip
    table = said(baseline.checklist_table(frame, place))
    assert table.startswith("What to collect for an assessment of Zedland")
    assert "Law | Law | Gazette | Ministry | PM-01 PM-02" in table
    assert "Users | Law | Gazette | Ministry | figures only" in table
