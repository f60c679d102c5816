"""Countries chosen beside the one looked at: one by one, or the whole region in one click."""

import pytest
from conftest import DATA

from cop.explore.choice import Choice
from cop.explore.economies import MOST
from cop.explore.several import Several
from helpers import countries


@pytest.fixture
def several(tmp_path):
    return Several(Choice(str(DATA), str(tmp_path), "UKR"))


def named(several):
    return [chip.description for chip in several._chips.children]


def test_countries_are_added_and_taken_away_one_by_one(several):
    several._add.value = "MDA"
    several._add.value = "GEO"
    several._add.value = "MDA"
    assert several.value == ("MDA", "GEO") and named(several) == ["Moldova ×", "Georgia ×"]
    assert several._add.value == ""
    several._chips.children[0].click()
    assert several.value == ("GEO",)


def test_the_region_comes_and_goes_in_one_click_and_the_others_wait(several):
    region = set(countries.neighbours(several._place)) - {"UKR"}
    several._add.value = "FRA"
    several._region.value = True
    assert set(several.value) == region and len(several.value) == MOST - 1
    assert "holds 8 countries" in several._said.value and named(several) == []
    several._region.value = False
    assert several.value == ("FRA",) and several._said.value == ""


def test_there_is_room_for_eight_and_the_ninth_is_told(several):
    for iso3 in ("FRA", "DEU", "ITA", "ESP", "POL", "ROU", "BGR"):
        several._add.value = iso3
    assert len(several.value) == MOST - 1 and several._said.value == ""
    several._add.value = "KEN"
    assert "KEN" not in several.value and "take one away first" in several._said.value


def test_a_region_without_room_is_told_and_nobody_of_it_is_chosen_for_the_person(several):
    several._place._countries.value = "KEN"
    several._region.value = True
    assert several.value == () and "Add those that you want." in several._said.value


def test_the_country_looked_at_never_stands_beside_itself(several):
    several._add.value = "SRB"
    several._place._countries.value = "SRB"
    assert several.value == ()
    several._region.value = True
    assert "SRB" not in several.value and "UKR" in several.value
