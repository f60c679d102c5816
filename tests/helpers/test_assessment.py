"""Stage 6: the synthesis and its sentences, on a few invented rows."""

import pandas as pd
import pytest
from pagetext import said

import contract
from helpers import assessment


@pytest.fixture
def handed_on():
    statuses = [
        "in place",
        "partly in place",
        "partly in place",
        "not in place",
        "no public evidence",
    ]
    return {
        "items": pd.DataFrame(
            {
                "framework": "policy-makers",
                "area": ["1 Law", *["2 Reporting"] * 4],
                "status": statuses,
                "wording": ["paraphrase", *["printed"] * 4],
            }
        ),
        "rows": pd.DataFrame({"row": assessment.JUDGED, "value": ["none", "dedicated", "partly"]}),
        "categories": pd.DataFrame(
            {"category": ["government", "ngo"], "organisations": [20, 8], "active": [16, 0]}
        ),
        "figures": pd.DataFrame(
            [
                {
                    "indicator_code": "IT.NET.USER.ZS",
                    "value": 82.4,
                    "year": 2023,
                    "n": 8,
                    "median": 84.6,
                }
            ]
        ),
        "field_work": pd.DataFrame(
            [{"answered": 12, "organisations": 40, "surveys": 1, "people": 1}]
        ),
        "areas": pd.DataFrame(
            {
                "section": ["research", "education", "awareness"],
                "survey": ["gap", "", ""],
                "interviews": "",
                "verdict": ["agree", "agree in part", "differ"],
            }
        ),
        "sections": pd.DataFrame({"section": ["education", "awareness"], "statements": [3, 0]}),
    }


def test_the_summary_counts_each_thing_in_its_own_place(handed_on, place):
    told = said(assessment.summary(place, **handed_on))
    for sentence in (
        "Of the 5 items of the ITU guidelines for policy-makers, Zedland has 1 in place, 2 partly "
        "in place, 1 not in place, 1 no public evidence and 0 not assessed. The wording of 1 of the 5 "
        "is a paraphrase from memory, still to be settled against the printed text. In place are "
        "items on law.",
        "National strategy for child online protection: none. National agency: dedicated. "
        "Cybersecurity regulation that covers it: partly.",
        "16 of 28 organisations on record were active in the last 24 months. "
        "No active one is on record among: NGOs.",
        "82.4% of people used the internet in 2023 (median of 8 countries of the region: 84.6%).",
        "12 of 40 organisations answered the mapping form, 1 survey is reported and 1 person was "
        "interviewed.",
        "agrees, wholly or in part, on 2 of 3 areas. It differs on: national awareness.",
        "No source was found on awareness campaigns.",
    ):
        assert sentence in told


def test_without_field_work_nothing_is_said_to_agree(handed_on, place):
    none = {"field_work": handed_on["field_work"].head(0)}
    areas = handed_on["areas"].assign(survey="")
    told = said(assessment.summary(place, **handed_on | none | {"areas": areas}))
    assert "No stakeholder form, survey or interview is part of this edition." in told
    assert "agrees" not in told


def test_a_suppressed_count_of_answers_is_left_out(handed_on, place):
    field_work = handed_on["field_work"].assign(answered=pd.NA)
    told = said(assessment.summary(place, **handed_on | {"field_work": field_work}))
    assert "organisations answered" not in told and "1 survey is reported and 1 person" in told


def test_a_recommendation_carries_the_number_of_its_challenge(place):
    challenges = assessment.challenges(place)
    ids = list(assessment.recommendations(challenges).recommendation_id)
    assert ids == [i.replace("-C", "-R") for i in challenges.challenge_id]


def test_table_25_takes_counts_and_treaties_from_what_was_handed_on(place):
    treaties = pd.DataFrame(
        {"instrument": ["WEPROTECT"], "status": ["member"], "source_id": ["UNKNOWN"]}
    )
    categories = pd.DataFrame({"active": [3, 4]})
    rows = assessment.table_25(place, treaties, categories).set_index("row")
    assert rows.value[["lanzarote", "weprotect", "active_organisations"]].tolist() == [
        "no public evidence",
        "member",
        "7",
    ]
    assert list(rows.index) == list(contract.labels("table_25", "row", place.data))


def test_a_panel_shows_percent_only_for_shares(place):
    row = {"median": 1.0, "lowest": 0.5, "highest": 2.0, "n": 3, "source_id": ""}
    codes = [(code, "%" if code.startswith("I") else "persons") for code in assessment.LEADING]
    frame = pd.DataFrame(
        [row | {"indicator_code": c, "unit": u, "value": 5, "year": 2024} for c, u in codes]
    )
    told = said(assessment.key_figures(frame, place))
    assert (
        "5% of people use the internet (2024) region: median 1.0, 0.50 to 2.0, 3 countries" in told
    )
    assert "5 children are under 15 (2024)" in told
