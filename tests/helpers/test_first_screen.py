"""What the first screen of each of the eight reports promises, over data/ as it stands."""

import pandas as pd
import pytest
from conftest import DATA, EIGHT

from cop.data.places import Country
from helpers import alignment, assessment


@pytest.fixture(params=EIGHT)
def screen(request, tmp_path):
    """Give the items, the row on the strategy and the recommendations of a real country."""
    place = Country(request.param, request.param, str(DATA), str(tmp_path), "2026")
    treaties = pd.DataFrame(columns=["instrument", "status", "as_of", "source_id"])
    rows = assessment.table_25(place, treaties, pd.DataFrame({"active": [0]}))
    plan = assessment.recommendations(place, assessment.challenges(place))
    return alignment.adjudicated(place), rows, plan


def unserved(items, rows, plan):
    """Give the gaps that the first screen shows and no recommendation serves."""
    missing = assessment.gaps(items, rows, plan)
    return missing["item"][missing.answers == ""].tolist()


def test_every_gap_on_the_first_screen_has_a_recommendation(screen):
    items, rows, plan = screen
    assert not assessment.gaps(items, rows, plan).empty
    assert unserved(items, rows, plan) == []
    assert unserved(items, rows, plan.head(0)), "the test would not see a missing one"
