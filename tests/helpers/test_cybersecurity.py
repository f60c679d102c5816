"""Stage 4: which source of a treaty counts, on a few invented rows."""

import pandas as pd
import pytest

import cop.data
from helpers import cybersecurity

OFFICES = {"COE_LANZAROTE": "2026-11-24"}
REGISTER = {"status": "party", "source_id": "COE_LANZAROTE", "as_of": "", "signed": "",
            "ratified": "", "in_force": "2010-07-01"}  # fmt: skip
OWN = {"status": "party", "source_id": "ZZZ-S01", "as_of": "2012", "signed": "", "note": "",
       "ratified": "2010", "in_force": ""}  # fmt: skip
LATER, SAME = {"status": "no action", "as_of": "2026-11-25"}, {"as_of": "2026-11-24"}


@pytest.mark.parametrize(
    ("rule", "register", "own", "expected"),
    [
        ("the treaty's own office comes first, and days keep their source", {},
         {"status": "signatory"}, REGISTER | {"ratified": "2010", "step_source_id": "ZZZ-S01"}),
        ("a copy is not the treaty's own office", {"source_id": "HRT_STATUS"}, {}, OWN),
        ("a row later than the register comes first", {}, LATER, OWN | LATER),
        ("a row of the register's day does not", {}, LATER | SAME, {"status": "party"}),
        ("a later row of the same status takes the register's day", {}, {"as_of": "2026-11-25"},
         {"as_of": "", "source_id": "COE_LANZAROTE"}),
        ("a row that cites the office itself stays as it is", {},
         {"source_id": "COE_LANZAROTE", "status": "signatory"}, {"status": "signatory"}),
        ("what was not looked up says nothing", {}, {"status": "not looked up"}, REGISTER),
        ("nor does it hide a copy", {"source_id": "HRT_STATUS"}, {"status": "not looked up"},
         {"status": "party", "source_id": "HRT_STATUS"}),
        ("a day of the country counts before the register's", {"ratified": "2009"}, {},
         {"ratified": "2010", "step_source_id": "ZZZ-S01"}),
        ("without a day or a note no source is named for them", {}, {"ratified": ""},
         {"step_source_id": ""}),
        ("a note without a day keeps its source", {}, {"ratified": "", "note": "Said so."},
         {"note": "Said so.", "step_source_id": "ZZZ-S01"}),
    ],
)  # fmt: skip
def test_which_source_of_a_treaty_counts(rule, register, own, expected):
    row = cybersecurity._status_of_office(REGISTER | register, OWN | own, OFFICES)
    assert {name: row[name] for name in expected} == expected, rule


@pytest.mark.parametrize(("hand", "own_comes_first"), [("first", False), ("copy", True)])
def test_only_a_register_of_the_office_itself_comes_before_the_own_table(
    hand, own_comes_first, place, replace_table
):
    act = {"instrument": "LANZAROTE_CETS201", "status": "signatory", "source_id": "ZED_GCI"}
    replace_table("treaty_register", lambda rows: rows.head(1).assign(**act, verified="yes"))
    replace_table("statistics_sources", lambda rows: rows.assign(hand=hand, accessed="2026-11-24"))
    frame = cybersecurity.treaties(place).set_index("instrument")
    assert (frame.status["LANZAROTE_CETS201"] == "party") == own_comes_first


@pytest.mark.parametrize(
    ("what", "step"),
    [("signature", "signed"), ("ratification", "ratified"), ("accession", "ratified"),
     ("entry into force", "in_force")],
)  # fmt: skip
def test_a_date_of_the_treaty_register_is_of_its_own_step(what, step, place, replace_table):
    act = {"iso3": "ZZZ", "instrument": "CRC_OPSC", "date_type": what, "date": "2001-02-03"}
    replace_table("treaty_register", lambda rows: rows.head(1).assign(**act, verified="yes"))
    row = cybersecurity.treaties(place).set_index("instrument").loc["CRC_OPSC"]
    assert [name for name in cybersecurity.STEPS if row[name] == "2001-02-03"] == [step]
    replace_table("treaty_register", lambda rows: rows.assign(**act | {"iso3": "YYY"}))
    row = cybersecurity.treaties(place).set_index("instrument").loc["CRC_OPSC"]
    assert row.source_id == "", "a row on another country says nothing"


@pytest.mark.parametrize(("verified", "status"), [("yes", "party"), ("no", "not looked up")])
@pytest.mark.parametrize("table", ["treaties", "treaty_register"])
def test_a_treaty_whose_row_is_not_verified_is_not_looked_up(
    table, verified, status, place, replace_table
):
    act = {"instrument": "CRC_OPSC", "status": "party", "verified": verified}
    for name in ("treaties", "treaty_register"):
        rows = cop.data.read(name, place.data, "ZZZ").head(int(name == table))
        replace_table(name, rows.assign(iso3="ZZZ", **act))
    assert cybersecurity.treaties(place).set_index("instrument").status["CRC_OPSC"] == status


def test_scores_of_the_index_before_2020_are_times_100_and_of_the_country(place, replace_table):
    rows = [("ZZZ", 2018, 0.5), ("ZZZ", 2019, 0.6), ("ZZZ", 2020, 70.0), ("AAA", 2020, 9.0)]
    index = pd.DataFrame(rows, columns=["iso3", "edition", "score"])
    replace_table("gci", index.assign(global_rank=1, regional_rank=1))
    assert cybersecurity.gci(place).score.tolist() == [50.0, 60.0, 70.0]


def test_a_pillar_without_points_is_left_out(place):
    row = pd.DataFrame([[1.0, 2.0, None, 4.0, 5.0]], columns=cybersecurity.PILLARS)
    assert cybersecurity.pillar_scores(row, place).value.tolist() == [1.0, 2.0, 4.0, 5.0]
