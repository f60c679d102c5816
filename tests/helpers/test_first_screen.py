"""What the first screen of each of the eight reports promises, over data/ as it stands."""

import pandas as pd
import pytest
from conftest import DATA, EIGHT

import cop.data
from cop.data.places import Country
from helpers import alignment, assessment


@pytest.fixture(params=EIGHT)
def screen(request, tmp_path):
    """Return the items, the row on the strategy and the recommendations of a real country."""
    place = Country(request.param, request.param, str(DATA), str(tmp_path), "2026")
    treaties = pd.DataFrame(columns=["instrument", "status", "as_of", "source_id"])
    rows = assessment.table_25(place, treaties, 0)
    plan = assessment.recommendations(place, cop.data.read("challenges", place.data, place.iso3))
    return alignment.adjudicated(place), rows, plan, place


def unserved(items, rows, plan, place):
    """List the gaps of the first screen without a recommendation and without a reason for that."""
    missing = assessment.gaps(items, rows, plan, cop.data.read("chain", DATA))
    explained = cop.data.read("open_gaps", DATA, place.iso3).item_id
    left = missing[(missing.answers == "") & ~missing.item_id.isin(explained)]
    return left["item"].tolist()


def test_every_gap_on_the_first_screen_has_a_recommendation_or_a_reason(screen):
    items, rows, plan, place = screen
    assert not assessment.gaps(items, rows, plan, cop.data.read("chain", DATA)).empty
    assert unserved(items, rows, plan, place) == []
    assert unserved(items, rows, plan.head(0), place), "the test would not see a missing one"
