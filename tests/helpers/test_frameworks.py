"""What serves what, both ways, and the expected results country by country, on a few invented
rows.
"""

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Region
from helpers import frameworks

FRAMEWORKS = pd.DataFrame(
    [
        ("SDG-16.2", "SDG", "2016–2030", "16.2", "End abuse", "", "read", "yes"),
        ("SDG-9.c", "SDG", "2016–2030", "9.c", "Access", "", "read", "yes"),
        ("GCA-LEGAL", "GCA", "2007", "legal", "Law", "", "read", "yes"),
        ("GCI-LEGAL", "GCI", "2024", "legal", "Law", "GCA-LEGAL", "read", "yes"),
        ("RI18-5", "Regional Initiative", "2018–2021", "simulation exercises", "Exercises", "",
         "paraphrase", "yes"),
        ("RI23", "Regional Initiative", "2023–2025", "", "Not seen", "", "paraphrase", "no"),
    ],
    columns=["element_id", "framework", "cycle", "code", "title", "measures", "wording",
             "verified"],
).assign(source_url="https://zed.example/aims")  # fmt: skip
MAPPINGS = pd.DataFrame(
    [
        ("MNR-03", "GCA-LEGAL", "part of it", "laws"),
        ("MNR-03", "SDG-16.2", "means to it", "offences"),
        ("PM-LEG-01", "GCA-LEGAL", "part of it", "laws"),
        ("IN-POL-01", "SDG-16.2", "means to it", "companies"),
    ],
    columns=["served_by", "element_id", "basis", "why"],
)
RECOMMENDATIONS = pd.DataFrame(
    [
        ("UKR-R01", "PM-LEG-01", "MNR-03", "16.2"),
        ("MDA-R02", "", "", "9.c"),
        ("MDA-R03", "", "", ""),
    ],
    columns=["recommendation_id", "item_ids", "capability_ids", "sdg_target"],
)


@pytest.fixture
def tables(monkeypatch):
    """Return invented frameworks and mappings beside the real guidelines and capabilities."""
    real, made = cop.data.read, {"frameworks": FRAMEWORKS, "mappings": MAPPINGS}
    monkeypatch.setattr(
        cop.data, "read", lambda name, *where: made[name] if name in made else real(name, *where)
    )


@pytest.fixture
def served(tables):
    """Return the elements with what serves them."""
    elements, pairs = frameworks.elements(str(DATA)), frameworks.serving(str(DATA))
    wanted = frameworks.recommended(RECOMMENDATIONS, pairs, elements)
    return frameworks.by_element(elements, pairs, wanted)


@pytest.fixture
def place(tmp_path):
    """Return two countries and one that is left out."""
    members = ("UKR", "MDA", "GEO")
    return Region(
        "TRY", "Three", members, ("GEO",), str(DATA), str(tmp_path), str(tmp_path), "2026"
    )


def test_what_was_not_seen_is_no_element(tables):
    assert "RI23" not in set(frameworks.elements(str(DATA)).element_id)


def test_what_serves_a_pillar_serves_the_pillar_that_measures_it(tables):
    pairs = frameworks.serving(str(DATA))
    assert pairs[["element_id", "served_by"]].values.tolist() == [
        ["SDG-16.2", "MNR-03"],
        ["SDG-16.2", "IN-POL-01"],
        ["GCA-LEGAL", "MNR-03"],
        ["GCA-LEGAL", "PM-LEG-01"],
        ["GCI-LEGAL", "MNR-03"],
        ["GCI-LEGAL", "PM-LEG-01"],
    ]
    assert pairs.set_index("served_by").audience.to_dict() == {
        "MNR-03": "", "PM-LEG-01": "policy-makers", "IN-POL-01": "industry"}  # fmt: skip


def test_a_recommendation_serves_by_items_capabilities_and_its_own_target(tables):
    elements, pairs = frameworks.elements(str(DATA)), frameworks.serving(str(DATA))
    frame = frameworks.recommended(RECOMMENDATIONS, pairs, elements)
    assert frame.values.tolist() == [
        ["GCA-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["GCI-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["SDG-16.2", "UKR-R01", "MNR-03; 16.2"],
        ["SDG-9.c", "MDA-R02", "9.c"],
    ]


def test_an_element_that_nothing_serves_is_there_and_counts_nothing(served):
    rows = served.set_index("element_id")
    assert rows.loc["RI18-5", ["served_by", "recommendations"]].tolist() == ["", ""]
    assert rows.served_by["SDG-16.2"] == "MNR-03; IN-POL-01"
    assert rows.recommendations["SDG-9.c"] == "MDA-R02"


def test_no_recommendation_at_all_leaves_every_element_without(tables):
    elements, pairs = frameworks.elements(str(DATA)), frameworks.serving(str(DATA))
    none = frameworks.recommended(RECOMMENDATIONS.head(0), pairs, elements)
    assert set(frameworks.by_element(elements, pairs, none).recommendations) == {""}


def test_a_report_shows_what_is_served_and_names_what_is_not(served, place):
    told = said(frameworks.small_table(served, place))
    assert "Sustainable Development Goals: targets 2016–2030" in told and "R01" in told
    assert "GCI-LEGAL" not in told
    assert told.endswith("No recommendation of this edition serves 1 element: Exercises.")


def test_a_report_without_recommendations_says_so(served, place):
    told = said(frameworks.small_table(served.assign(recommendations=""), place))
    assert told == "No recommendation names an item, a capability or a target yet."


RESULTS = list(cop.data.labels("expected_results", "result", str(DATA)))


@pytest.fixture
def handed_on(monkeypatch):
    """Return what two countries handed on; a test may change it: {(table, iso3): frame}."""
    made = {}
    drills = ["iso3", "exercise_id", "name", "kind", "year", "place", "host", "first_day"]
    for iso3, teams in (("UKR", "in place"), ("MDA", "not in place")):
        rows = pd.DataFrame({"iso3": iso3, "result": RESULTS, "status": "no public evidence"})
        rows = rows.assign(
            finding="", evidence_ids="", confidence="moderate", confidence_reason="two papers"
        )
        rows.loc[3, ["status", "evidence_ids"]] = teams, f"{iso3}-L01; {iso3}-O01"
        made["results_of_initiative", iso3] = rows
        made["organisations", iso3] = pd.DataFrame(
            {"stakeholder_id": [f"{iso3}-O01"], "name": [f"Team of {iso3}"]}
        )
        made["exercises_on_record", iso3] = pd.DataFrame(
            [
                (iso3, f"{iso3}-X0{n}", f"Drill {n}", "cyberdrill", 2020 + n, "", "", "")
                for n in (1, 2)
                if iso3 == "UKR"
            ],
            columns=drills,
        ).assign(children="not stated", took_part="")
    of = lambda name, folders: [made[name, one[-10:-7]] for one in folders]  # noqa: E731
    joined = lambda name, _, folders: pd.concat(of(name, folders), ignore_index=True)  # noqa: E731
    monkeypatch.setattr(cop.data, "handed_on", joined)
    return made


def test_a_team_is_named_only_where_the_result_stands(handed_on, place):
    rows = frameworks.by_country(place).set_index(["result", "iso3"]).sort_index()
    assert rows.teams[RESULTS[3]].to_dict() == {"UKR": "Team of UKR", "MDA": ""}
    assert set(rows.teams.drop(RESULTS[3])) == {""}


def test_exercises_are_counted_with_the_latest_year_and_none_is_no_zero(handed_on, place):
    rows = frameworks.by_country(place).set_index(["result", "iso3"]).sort_index()
    assert rows.loc[(RESULTS[4], "UKR"), ["exercises", "latest"]].tolist() == [2, 2022]
    assert rows.loc[(RESULTS[4], "MDA"), ["exercises", "latest"]].isna().all()
    assert rows.exercises.drop(RESULTS[4]).isna().all()


def test_countries_without_any_exercise_still_have_their_results(handed_on, place):
    for iso3 in ("UKR", "MDA"):
        handed_on["exercises_on_record", iso3] = handed_on["exercises_on_record", "MDA"]
    rows = frameworks.by_country(place)
    assert len(rows) == 10 and rows.exercises.isna().all()
    told = said(frameworks.exercise_table(frameworks.exercises(place), place))
    assert told == "Cyberdrills and exercises on record: nothing is recorded."


def test_the_latest_exercise_of_a_country_comes_first(handed_on, place):
    frame = frameworks.exercises(place)
    assert frame.exercise_id.tolist() == ["UKR-X02", "UKR-X01"]
    told = said(frameworks.exercise_table(frame, place))
    assert "Drill 2 [X02] | Ukraine | 2022 | Cyberdrill of response teams" in told
    assert told.startswith("2 exercises on record ") and "rows:" not in told


def test_a_joint_exercise_counts_once(handed_on, place):
    joint = handed_on["exercises_on_record", "UKR"].assign(iso3="MDA", exercise_id="MDA-X01")
    handed_on["exercises_on_record", "MDA"] = joint.head(1)
    frame = frameworks.exercises(place)
    assert (len(frame), frameworks.distinct(frame)) == (3, 2)
    told = said(frameworks.exercise_table(frame, place))
    assert told.startswith("2 exercises on record (3 rows: a joint exercise has a row for each")


def test_the_line_counts_the_countries_of_each_result(handed_on, place):
    rows = frameworks.standing(frameworks.by_country(place))
    assert rows.countries.tolist() == [0, 0, 0, 1, 0]
    assert said(frameworks.result_line(rows, place)) == (
        "Of 2 countries, at least in part: building human capacity in 0, sharing best practice, "
        "surveys in 0, national strategies in 0, "
        "CSIRTs and their networks in 1 and simulation exercises in 0."
    )
    handed_on["results_of_initiative", "UKR"]["confidence"] = "low"
    rows = frameworks.standing(frameworks.by_country(place))
    assert rows.countries.tolist() == rows.low.tolist() == [0, 0, 0, 1, 0]  # counted, and marked
    assert "networks in 1 (1 with low confidence)" in said(frameworks.result_line(rows, place))


def test_the_table_says_sign_word_team_and_exercises(handed_on, place):
    told = said(frameworks.result_table(frameworks.by_country(place), place))
    assert "by country" in told and "cycle 2018–2021" in told
    assert (
        "● in place / Confidence moderate: two papers. / Team of UKR" in told
        and "○ not in place" in told
    )
    assert "2 on record, the latest of 2022" in told
