"""Stage 4: the Global Cybersecurity Index, treaties and the Regional Initiative, on a few
invented rows.
"""

import pandas as pd
import pytest
from conftest import ROOT
from pagetext import said

from helpers import cybersecurity


@pytest.fixture
def editions():
    scores = {"legal": 19.4, "technical": 15.0, "organizational": 17.0, "capacity": 14.6}
    scores["cooperation"] = 18.0
    return pd.DataFrame(
        [
            {"edition": 2018, "score": 66.1, "tier": "", "source_id": ""},
            {"edition": 2024, "score": 83.9, "tier": "T3", "source_id": "", **scores},
        ]
    )  # fmt: skip


def test_the_score_is_told_with_tier_and_the_strong_and_the_low_pillar(editions, place):
    assert said(cybersecurity.gci_line(editions, place)) == (
        "In the edition of 2024 the index gives Zedland a score of 83.9 of 100, which falls in "
        "tier "
        "3 of 5 by the published bounds. The highest pillar is legal (19.4 of 20) and the lowest "
        "capacity (14.6). It measures the existence of structures, not how well they work or "
        "whether they serve children."
    )


def test_an_edition_without_pillars_or_tier_is_told_without_them(editions, place):
    line = said(cybersecurity.gci_line(editions.head(1), place))
    assert line.startswith(
        "In the edition of 2018 the index gives Zedland a score of 66.1 of 100. It"
    )


def test_a_country_without_a_row_has_no_score(editions, place):
    line = said(cybersecurity.gci_line(editions.head(0), place))
    assert line == "The Global Cybersecurity Index has no row for Zedland."
    assert said(cybersecurity.gci_chart(editions.head(0), place)) == "No pillar scores were found."


def test_the_chart_names_the_lowest_pillar_of_the_latest_edition(editions, place):
    told = said(cybersecurity.gci_chart(editions, place))
    assert told.startswith("Lowest pillar of Zedland in the GCI 2024: capacity (14.6 of 20)")


def test_the_table_says_for_which_editions_pillars_were_found(editions, place):
    told = said(cybersecurity.gci_table(editions, place))
    assert "they were found for 2024. Editions differ in method" in told
    assert "none in this edition" in told and "ranks that ITU published are left out" in told


def test_no_rank_of_the_publisher_is_taken_over(place):
    assert not [name for name in cybersecurity.gci(place) if "rank" in name]
    for stage in ("0-desk-baseline", "4-ict-statistics"):
        words = (ROOT / "notebooks" / f"{stage}.ipynb").read_text(encoding="utf-8")
        assert "five pillars" in words and "Ranks are" not in words


def test_exercises_that_are_verified_stand_the_latest_first(place):
    frame = cybersecurity.exercises(place)
    assert frame.exercise_id.tolist() == ["ZZZ-X01", "ZZZ-X02"]
    told = said(cybersecurity.exercise_table(frame, place))
    assert "X01 | Zedland Shield | 2025 | Table-top exercise | Zed City" in told
    assert "X02 | Drill of the regulator | 2022 | Cyberdrill of response teams | not stated" in told
    none = said(cybersecurity.exercise_table(frame.head(0), place))
    assert none == "No cyberdrill or exercise is on record."


def treaty(**cells):
    """Return one row of what stage 4 knows of a treaty."""
    blank = dict.fromkeys([*cybersecurity.STEPS, *cybersecurity.GROUNDS], "")
    return pd.DataFrame([{"title": "Convention", "status": "party"} | blank | cells])


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (
            {"signed": "2007-11-14", "ratified": "2012-08-27", "in_force": "2012-12-01"},
            "| party | signed 2007-11-14; ratified 2012-08-27; in force 2012-12-01 | no date shown",
        ),
        (
            {"status": "signatory", "signed": "2022", "as_of": "2025-11"},
            "Convention | signatory | signed 2022 | 2025-11 | none",
        ),
        (
            {"ratified": "2003", "as_of": "2022-08"},
            "| party | ratified 2003 / no day found: signed; in force | 2022-08 | none",
        ),
        ({"note": "law of 2005"}, "Convention Law of 2005. | party | no day found | no date shown"),
        ({"status": "member", "signed": "2018"}, "Convention | member | joined 2018 |"),
        ({"status": "no action"}, "Convention | no action | none | no date shown | none"),
    ],
)
def test_a_treaty_shows_each_step_with_its_day_and_what_else_is_known(place, cells, row):
    assert row in said(cybersecurity.treaty_table(treaty(**cells), place))


def test_what_nobody_looked_up_is_named_below_the_table_and_is_no_row_of_it(place):
    both = pd.concat([treaty(), treaty(title="Network", status="not looked up")])
    told = said(cybersecurity.treaty_table(both, place))
    assert told.endswith("Not looked up, which says nothing about the country: Network.")
    assert "Network |" not in told and "not looked up" not in said(
        cybersecurity.treaty_table(treaty(), place)
    )


def test_the_country_s_own_table_stands_before_the_register_and_silence_is_not_looked_up(place):
    frame = cybersecurity.treaties(place).set_index("instrument")
    assert frame.status["LANZAROTE_CETS201"] == "party"
    assert (
        frame.status["BUDAPEST_ETS185"] == "signatory" and frame.signed["BUDAPEST_ETS185"] == "2019"
    )
    assert frame.status["ILO_C182"] == "not looked up" and frame.source_id["ILO_C182"] == ""
    assert frame.status["CRC_OPSC"] == "not looked up"  # its row is not verified


OFFICES = {"COE_LANZAROTE": "2026-11-24"}
REGISTER = {"status": "party", "source_id": "COE_LANZAROTE", "as_of": "", "signed": "",
            "ratified": "", "in_force": "2010-07-01"}  # fmt: skip
OWN = {"status": "party", "source_id": "ZZZ-S01", "as_of": "2012", "signed": "", "note": "",
       "ratified": "2010", "in_force": ""}  # fmt: skip


def test_the_treaty_s_own_office_comes_first_and_days_keep_their_source():
    row = cybersecurity._registered_first(REGISTER, OWN, OFFICES)
    assert (row["status"], row["source_id"], row["step_source_id"]) == (
        "party", "COE_LANZAROTE", "ZZZ-S01")  # fmt: skip
    assert (row["ratified"], row["in_force"], row["as_of"]) == ("2010", "2010-07-01", "")
    weaker = cybersecurity._registered_first(REGISTER, OWN | {"status": "signatory"}, OFFICES)
    assert weaker["status"] == "party"


def test_a_copy_of_a_register_and_an_older_list_do_not_come_before_the_country_s_own_row():
    copy = REGISTER | {"source_id": "HRT_STATUS"}
    assert cybersecurity._registered_first(copy, OWN, OFFICES) == OWN
    later = OWN | {"status": "no action", "as_of": "2026-12-01"}
    assert cybersecurity._registered_first(REGISTER, later, OFFICES) == later
    unseen = OWN | {"status": "not looked up"}
    assert cybersecurity._registered_first(REGISTER, unseen, OFFICES) == REGISTER


def test_every_dated_step_is_drawn_in_the_order_of_the_days(place):
    told = said(cybersecurity.treaty_chart(treaty(signed="2007-11-14", in_force="2012"), place))
    assert "Dated treaty actions of Zedland, 2007 to 2012" in told
    assert "Convention: signed 2007-11-14; Convention: in force 2012" in told


def test_the_evidence_speaks_on_those_results_that_are_not_silent(place):
    results = cybersecurity.initiative(place).assign(status="in place")
    assert said(cybersecurity.initiative_line(results, place)) == (
        "The evidence speaks on 5 of the five expected results."
    )
    results.loc[4, "status"] = "not assessed"
    line = said(cybersecurity.initiative_line(results, place))
    assert line.startswith(
        "The evidence speaks on 4 of the five expected results; it is silent on "
    )
