"""What the reports of the eight real countries promise, over data/ as it stands."""

import pandas as pd
import pytest
from conftest import DATA, EIGHT
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import words
from helpers import alignment, assessment, indicators, show

NO_TREATY = pd.DataFrame(columns=["instrument", "status", "as_of", "source_id"])
SPEED_UNKNOWN = r"not (?:shown|recorded|described|established)|could not"


def test_the_ratings_beside_those_of_a_country_are_the_final_ones_of_each():
    place = Country("UKR", "Ukraine", str(DATA), "", "2026")
    rows = words.final_ratings([*EIGHT, "NOR"], place, alignment.adjudicated(place).item_id)
    assert {*rows.iso3} == {*EIGHT}, "a country without ratings is left out"
    for iso3, own in rows.groupby("iso3"):
        final = alignment.adjudicated(Country(iso3, iso3, str(DATA), "", "2026"))
        final = final[final.judged_by != ""].set_index("item_id")[["status", "confidence"]]
        own = own.set_index("item_id")[["status", "confidence"]]
        assert own.loc[final.index].equals(final) and len(own) == len(final)
    items = pd.DataFrame({"item_id": ["PM-RIC-01"], "area": "a", "item": "i", "status": "planned",
                          "confidence": "high"})  # fmt: skip
    report = show.Templates("6-country-assessment")
    shown = said(report.item_strip(items, items.groupby("area"), {"planned": 1}, {}, EIGHT, place))
    assert "of the 8 ratings of 8 countries, 1 are “in place”." in shown


def test_an_indicator_is_in_the_table_of_annex_4_or_has_a_reason():
    catalogue = indicators.catalogue(str(DATA))
    assert [*catalogue.index[catalogue.left_out != ""].sort_values()] == sorted(
        {*catalogue.index} - {*indicators.names(str(DATA))}
    )


@pytest.mark.parametrize("iso3", EIGHT)
def test_ratings_are_sure_and_proven_and_gaps_of_the_first_screen_are_answered(iso3):
    place = Country(iso3, iso3, str(DATA), "", "2026")
    items = alignment.adjudicated(place)
    rated = items[~items.status.isin(["not assessed", "not applicable"])]
    sure = rated[rated.status != "withheld"]
    assert len(sure) > 40 and sure.confidence.isin(["high", "moderate", "low"]).all()
    assert (sure.confidence_reason != "").all()
    searched = alignment.searches(rated, place)
    bare = rated[(rated.evidence_ids == "") & ~rated.item_id.isin(searched)]
    assert bare.item_id.tolist() == [], "every rating leads to evidence or to its search"
    assert alignment.record(place)["first"] < alignment.record(place)["last"]
    # The item asks for speed and advertising: where they are not shown, it is in place in part.
    route = rated[(rated.item_id == "PM-RIC-01") & (rated.status == "in place")]
    assert not route.rationale.str.contains(SPEED_UNKNOWN).any()
    laws = cop.data.read("instruments", DATA, iso3)
    treaties = laws.title[laws.kind == "international treaty"]
    assert not treaties.str.contains("Alliance").any(), "an alliance is no treaty"

    rows = assessment.table_25(place, NO_TREATY, 0)
    table_25 = cop.data.read("table_25", DATA, iso3)
    reworded = table_25.row[table_25.other_words == "yes"].tolist()
    assert {*rows.comparison[rows.row.isin(reworded)]} <= {"other words"}, "of a different answer"
    plan = assessment.recommendations(place, cop.data.read("challenges", DATA, iso3))
    explained = cop.data.read("open_gaps", DATA, iso3).item_id
    for recommended, all_answered in ((plan, True), (plan.head(0), False)):
        gaps = assessment.gaps(items, rows, recommended, cop.data.read("chain", DATA))
        left = gaps[(gaps.answers == "") & ~gaps.item_id.isin(explained)]
        assert len(gaps) and left.empty == all_answered, "each gap: a recommendation or a reason"
