"""What recommendations serve, and the expected results country by country, on invented rows."""

import pandas as pd
import pytest
from conftest import DATA

import cop.data
from cop.data.places import Country, Region
from helpers import frameworks

PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
ELEMENTS = pd.DataFrame(
    [
        ("SDG-16.2", "SDG", "16.2", ""),
        ("SDG-9.c", "SDG", "9.c", ""),
        ("GCA-LEGAL", "GCA", "legal", ""),
        ("GCI-LEGAL", "GCI", "legal", "GCA-LEGAL"),
        ("RI18-5", "Regional Initiative", "simulation exercises", ""),
    ],
    columns=["element_id", "framework", "code", "measures"],
)
MAPPINGS = pd.DataFrame(
    [
        ("MNR-03", "GCA-LEGAL"),
        ("MNR-03", "SDG-16.2"),
        ("PM-LEG-01", "GCA-LEGAL"),
        ("IN-POL-01", "SDG-16.2"),
        ("IN-POL-01", "RI23"),
    ],
    columns=["served_by", "element_id"],
)
RECOMMENDATIONS = pd.DataFrame(
    [("UKR-R01", "PM-LEG-01", "MNR-03", "16.2"), ("MDA-R02", "", "", "9.c"),
     ("MDA-R03", "", "", ""), ("MDA-R04", "IN-POL-01", "", "")],
    columns=["recommendation_id", "item_ids", "capability_ids", "sdg_target"],
)  # fmt: skip


def test_a_recommendation_serves_by_items_capabilities_and_its_own_target(monkeypatch):
    """What serves an element serves what measures it; an element that was not seen is none."""
    monkeypatch.setattr(cop.data, "read", lambda *_: MAPPINGS)
    frame = frameworks.recommended(RECOMMENDATIONS, ELEMENTS, PLACE)
    assert frame.values.tolist() == [
        ["GCA-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["GCI-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["SDG-16.2", "MDA-R04", "IN-POL-01"],
        ["SDG-16.2", "UKR-R01", "MNR-03; 16.2"],
        ["SDG-9.c", "MDA-R02", "9.c"],
    ]
    none = frameworks.recommended(RECOMMENDATIONS.head(0), ELEMENTS, PLACE)
    assert none.empty and list(none) == list(frame)


@pytest.fixture
def results(monkeypatch, tmp_path):
    """Return a function: the results of two countries, of which one has exercises (or none)."""
    names = list(cop.data.labels("expected_results", "result", DATA))

    def build(drills=2):
        tables = {"results_of_initiative": [], "organisations": [], "exercises_on_record": []}
        for iso3, status in (("UKR", "in place"), ("MDA", "not in place")):
            rows = pd.DataFrame({"iso3": iso3, "result": names, "status": "no public evidence"})
            rows["evidence_ids"] = ""
            rows.loc[3, ["status", "evidence_ids"]] = status, f"{iso3}-L01; {iso3}-O01"
            tables["results_of_initiative"].append(rows)
            organisation = {"stakeholder_id": [f"{iso3}-O01"], "name": [f"Team of {iso3}"]}
            tables["organisations"].append(pd.DataFrame(organisation))
        years = pd.DataFrame({"iso3": "UKR", "year": range(2022, 2022 - drills, -1)})
        tables["exercises_on_record"].append(years)
        monkeypatch.setattr(
            cop.data, "handed_on", lambda name, *_: pd.concat(tables[name], ignore_index=True)
        )
        region = Region("TRY", "Two", ("UKR", "MDA"), (), str(DATA), "", "", "2026")
        return frameworks.by_country(region).set_index(["result", "iso3"]).sort_index()

    return build


def test_a_team_is_named_only_where_the_result_is_reached(results):
    teams = results().teams
    assert teams[frameworks.TEAMS].to_dict() == {"UKR": "Team of UKR", "MDA": ""}
    assert set(teams.drop(frameworks.TEAMS)) == {""}


def test_exercises_are_counted_with_the_latest_year_and_none_is_no_zero(results):
    rows = results()
    columns = ["exercises", "latest"]
    assert rows.loc[(frameworks.EXERCISES, "UKR"), columns].tolist() == [2, 2022]
    assert rows.loc[(frameworks.EXERCISES, "MDA"), columns].isna().all()
    assert rows.drop(frameworks.EXERCISES).exercises.isna().all()
    assert len(results(drills=0)) == 10 and results(drills=0).exercises.isna().all()
