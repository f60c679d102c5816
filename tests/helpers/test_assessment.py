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
                    "region_year": 2024,
                }
            ]
        ),
        "field_work": pd.DataFrame(
            [{"answered": 12, "organisations": 40, "forms": "counted", "surveys": 1, "people": 1}]
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
        "in place, 1 not in place, 1 no public evidence and 0 not assessed. The wording of 1 of "
        "the 5 is a paraphrase from memory, still to be settled against the printed text. In place "
        "are items on law.",
        "National strategy for child online protection: none. National agency: dedicated. "
        "Cybersecurity regulation that covers it: partly.",
        "16 of 28 organisations on record were active in the last 24 months. "
        "No active one is on record among: NGOs.",
        "82.4% of people used the internet in 2023 (median of 8 countries of the region in 2024: "
        "84.6%).",
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


@pytest.fixture
def plan(place):
    """Give one recommendation that can be followed up and one that is still work."""
    columns = list(contract.titles("action_plan", place.data))[1:]
    blank = dict.fromkeys(columns, "") | {"baseline_year": pd.NA, "is_proposal": "yes"}
    whole = {
        "recommendation_id": "ZZZ-R01",
        "challenge_ids": "ZZZ-C01; ZZZ-C02",
        "what": "The ministry puts a plan to the government.",
        "lead": "Ministry",
        "supporting": "Police; Hotline",
        "due": "2027-06-30",
        "baseline": "no plan",
        "baseline_year": 2024,
        "baseline_evidence_id": "ZZZ-L05",
        "target": "1 plan",
        "target_due": "2027-12-31",
        "seen_in": "gazette",
        "first_step": "A meeting in January 2027.",
        "cost": "to be estimated",
        "cost_by": "Treasury",
        "priority": "first",
        "priority_reason": "others wait for it",
        "item_ids": "PM-STR-01",
        "capability_ids": "MNR-01",
        "sdg_target": "16.2",
    }
    work = {"recommendation_id": "ZZZ-R02", "challenge_ids": "ZZZ-C02", "what": "A procedure."}
    return pd.DataFrame([blank | whole, blank | work]).astype({"baseline_year": "Int64"})


def test_a_recommendation_answers_its_challenges_and_names_who_leads(place):
    challenges = assessment.challenges(place)
    rows = assessment.recommendations(place, challenges).set_index("recommendation_id")
    known = challenges.set_index("challenge_id")
    assert rows.theme["ZZZ-R01"] == known.theme["ZZZ-C01"]
    assert rows.challenge["ZZZ-R01"] == known.challenge["ZZZ-C01"]
    assert rows.action_evidence_id["ZZZ-R01"] == known.action_evidence_id["ZZZ-C01"]
    assert rows.evidence_ids["ZZZ-R01"] == known.evidence_ids["ZZZ-C01"]


def test_a_recommendation_says_all_that_is_needed_to_follow_it_up(plan, place):
    told = said(assessment.recommendation_blocks(plan.head(1), place))
    for words in (
        "R01 The ministry puts a plan to the government.",
        "Lead Ministry with Police and Hotline",
        "By 2027-06-30",
        "Baseline no plan (2024) [L05]",
        "Target 1 plan by 2027-12-31 Our proposal, to be validated.",
        "Seen in gazette",
        "First step A meeting in January 2027.",
        "Cost to be estimated by Treasury",
        "Priority first: others wait for it",
        "Serves PM-STR-01 MNR-01 SDG target 16.2",
        "Challenges C01 C02",
    ):
        assert words in told
    assert "to be worked out" not in told
    published = plan.head(1).assign(is_proposal="no")
    assert "Our proposal" not in said(assessment.recommendation_blocks(published, place))


def test_what_nobody_has_worked_out_is_said_and_not_left_blank(plan, place):
    told = said(assessment.recommendation_blocks(plan.tail(1), place))
    assert told.count("to be worked out") == 8 and "Our proposal" not in told
    table = said(assessment.recommendation_table(plan, place))
    assert "R01 | The ministry puts a plan to the government. | Ministry | 2027-06-30" in table
    assert "R02 | A procedure. | to be worked out | to be worked out" in table


def test_a_challenge_links_to_each_recommendation_that_answers_it(plan, place):
    shown = assessment.challenge_blocks(assessment.challenges(place), plan, place)
    blocks = str(shown).split("<article")
    assert "[R01]" in blocks[1] and "[R02]" not in blocks[1]
    assert "[R01]" in blocks[2] and "[R02]" in blocks[2]
    assert "[R0" not in blocks[3]


def test_table_25_takes_counts_and_treaties_from_what_was_handed_on(place):
    treaties = pd.DataFrame(
        {
            "instrument": ["WEPROTECT"],
            "status": ["member"],
            "as_of": ["2022-08"],
            "source_id": ["UNKNOWN"],
        }
    )
    categories = pd.DataFrame({"active": [3, 4]})
    rows = assessment.table_25(place, treaties, categories).set_index("row")
    assert rows.value[["lanzarote", "weprotect", "active_organisations"]].tolist() == [
        "not looked up",
        "member",
        "7",
    ]
    assert rows.as_of["weprotect"] == "2022-08"
    assert list(rows.index) == list(contract.labels("table_25", "row", place.data))


def test_a_panel_shows_percent_only_for_shares_and_no_region_of_counts(place):
    row = {"median": 1.0, "lowest": 0.5, "highest": 2.0, "n": 3, "region_year": 2023}
    row |= {"source_id": "", "mark": "", "old": "", "value": 5, "year": 2024}
    codes = [(code, "%" if code.startswith("I") else "persons") for code in assessment.LEADING]
    frame = pd.DataFrame([row | {"indicator_code": c, "unit": u} for c, u in codes])
    frame.loc[2, ["n", "mark", "old"]] = [0, "projection", "yes"]
    told = said(assessment.key_figures(frame, place))
    region = "region in 2023: median 1.0, 0.50 to 2.0, 3 countries"
    assert f"5% of people use the internet (2024) {region}" in told
    assert "5 children are under 15 (2024, projection, old) no figure of the region" in told
    assert "a report is neither an offence nor a victim (2024)" in told
