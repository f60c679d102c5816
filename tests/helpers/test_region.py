"""Stage 7: countries side by side and what is concluded of them, on a few invented rows."""

from dataclasses import replace

import pandas as pd
import pytest
from cases import by_rule
from conftest import DATA

from cop.data.places import Region
from helpers import region


@pytest.fixture
def place():
    """Return a region of three countries."""
    return Region("TRY", "Three", ("UKR", "MDA", "GEO"), (), str(DATA), "", "", "2026")


def test_countries_stand_by_name_and_not_by_code(place):
    assert region.by_name(["CHE", "DNK", "AUT"], place) == ["AUT", "DNK", "CHE"]
    assert [*region.names(["CHE", "DNK"], place)] == ["DNK", "CHE"]


def test_each_word_of_table_25_is_counted_in_one_column():
    frame = pd.DataFrame([
        ("lanzarote", "party", "high"), ("lanzarote", "signatory", "high"),
        ("lanzarote", "no action", "low"), ("weprotect", "member", "low"),
        ("weprotect", "no public evidence", "low"), ("weprotect", "no public evidence", "moderate"),
        ("national_strategy", "in force", "high"), ("national_strategy", "adopted", "low"),
        ("national_strategy", "draft", "high"), ("national_strategy", "draft", "low"),
        ("national_strategy", "expired", "high"),
        ("national_strategy", "withheld", ""), ("national_strategy", region.LEFT_OUT, ""),
        ("national_agency", "dedicated", "high"), ("national_agency", "shared mandate", "high"),
        ("national_agency", "shared mandate", "high"),
        ("active_organisations", "12", ""),
        ("national_agency", "not in place", "high"), ("national_agency", "not looked up", ""),
    ], columns=["row", "value", "confidence"]).assign(published_2020="yes")  # fmt: skip
    frame.loc[[0, 1], "published_2020"] = ["no", "not in the table"]
    rows = region.count_rows(frame).set_index("row")
    expected = {  # then, today, low, shared, planned, expired, absent, silent, silent_low, unjudged
        "lanzarote": [1, 1, 0, 0, 0, 0, 2, 0, 0, 0],
        "weprotect": [3, 1, 1, 0, 0, 0, 0, 2, 1, 0],
        "national_strategy": [6, 2, 1, 0, 2, 1, 0, 0, 0, 1],
        "national_agency": [5, 3, 0, 2, 0, 0, 1, 0, 0, 1],
    }
    assert rows.index.tolist() == [*expected]
    meanings = {
        "then": "in place in 2020", "today": "in place", "low": "in place, of low confidence",
        "shared": "a shared mandate", "planned": "a draft", "expired": "expired",
        "absent": "not in place by a source", "silent": "no public evidence",
        "silent_low": "no public evidence, of low confidence", "unjudged": "not rated",
    }  # fmt: skip
    counted = pd.DataFrame.from_dict(expected, orient="index", columns=[*meanings])
    for column, meaning in meanings.items():
        assert rows[column].tolist() == counted[column].tolist(), f"{column!r} counts: {meaning}"


@by_rule(
    "value, unjudged",
    ("what is not assessed has no rating", "not assessed", 1),
    ("what is withheld has none", "withheld", 1),
    ("what was not looked up has none", "not looked up", 1),
    ("no public evidence is a rating", "no public evidence", 0),
    ("what is not in place is a rating", "not a member", 0),
)
def test_which_values_of_table_25_have_no_rating(value, unjudged):
    cell = {"row": "weprotect", "value": value, "confidence": "", "published_2020": "yes"}
    assert region.count_rows(pd.DataFrame([cell])).unjudged.tolist() == [unjudged]


def test_a_country_that_is_left_out_is_counted_nowhere():
    left_out = {"row": "lanzarote", "value": region.LEFT_OUT, "confidence": ""}
    frame = pd.DataFrame([left_out | {"published_2020": "yes"}])
    assert region.count_rows(frame).empty, "a country that is left out is not even counted for 2020"


def test_a_member_that_is_not_in_the_run_is_left_out_but_has_its_cell(monkeypatch):
    three = Region("TRY", "Three", ("UKR", "MDA", "GEO"), ("GEO", "MDA"), str(DATA), "", "", "2026")
    cells = dict.fromkeys(["detail", "comparison", "difference", "refs", "confidence"], "")
    today = pd.DataFrame([cells | {"row": "lanzarote", "iso3": "UKR", "value": "party"}])
    monkeypatch.setattr(region, "gather", lambda place, name: today.assign(as_of="2026"))
    rows = region.table_25(three).query("label == 'Lanzarote Convention'").set_index("iso3")
    assert rows["value"].to_dict() == {
        "GEO": region.LEFT_OUT, "MDA": region.LEFT_OUT, "UKR": "party"}  # fmt: skip
    assert rows.as_of.tolist() == [region.NOT_RUN, region.NOT_RUN, "2026"]
    studied = replace(three, members=("UKR", "NOR"), left_out=("NOR",))
    rows = region.table_25(studied).query("label == 'Lanzarote Convention'").set_index("iso3")
    assert rows.published_2020["NOR"] == region.UNPUBLISHED, "no value of 2020 is none, not “no”"


def test_tables_of_countries_are_gathered_in_the_order_of_their_names(place, monkeypatch):
    monkeypatch.setattr(region.cop.data, "handed_on", lambda name, place, folders: folders)
    countries = [folder.split("/")[1] for folder in region.gather(place, "table_25_today")]
    assert countries == ["GEO", "MDA", "UKR"], "Georgia, Moldova, Ukraine"
    names = [*region.names(["UKR", "GEO", "MDA"], place)]
    assert names == ["GEO", "MDA", "UKR"], "names of countries are sorted by name"
