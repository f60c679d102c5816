"""Stage 4: the Global Cybersecurity Index, treaties and the Regional Initiative, on a few
invented rows.
"""

import pandas as pd
import pytest
from pagetext import said

import cop.data
from helpers import cybersecurity, show

STATISTICS = show.Templates("4-ict-statistics")


@pytest.fixture
def gci():
    scores = dict(zip(cybersecurity.PILLARS, (19.4, 15.0, 17.0, 14.6, 18.0), strict=True))
    rows = [{"edition": 2018, "score": 66.1, "tier": ""},
            {"edition": 2024, "score": 83.9, "tier": "T3", **scores}]  # fmt: skip
    return pd.DataFrame(rows).assign(source_id="")


@pytest.mark.parametrize(
    ("n", "line", "title"),
    [
        (2, "a score of 83.9 of 100, which falls in tier 3 of 5 by the published bounds. The "
         "highest pillar is legal (19.4 of 20) and the lowest capacity (14.6).",
         "Lowest pillar of Zedland in the GCI 2024: capacity (14.6 of 20)"),
        (1, "gives Zedland a score of 66.1 of 100. It measures", "No pillar scores were found."),
        (0, "The Global Cybersecurity Index has no row", "No pillar scores were found."),
    ],
)  # fmt: skip
def test_the_score_is_stated_with_tier_and_pillars_where_there_are_any(gci, place, n, line, title):
    assert line in said(cybersecurity.gci_line(gci.head(n), place))
    assert said(cybersecurity.gci_chart(gci.head(n), place)).startswith(title)


def test_no_rank_of_the_publisher_is_taken_over_and_old_scores_are_of_100(place):
    gci = cybersecurity.gci(place)
    assert not [name for name in gci if "rank" in name]
    assert gci.score[gci.edition < 2020].between(1, 100).all()


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
            {"ratified": "2003", "as_of": "2022-08"},
            "| party | ratified 2003 / no day found: signed; in force | 2022-08 | none",
        ),
        ({"note": "law of 2005"}, "Convention Law of 2005. | party | no day found | no date shown"),
        ({"status": "member", "signed": "2018"}, "Convention | member | joined 2018 |"),
        ({"status": "no action"}, "Convention | no action | none | no date shown | none"),
        ({"status": "not looked up"}, "Not looked up, which says nothing about the country: Conv"),
    ],
)
def test_a_treaty_shows_each_step_with_its_day_and_what_else_is_known(place, cells, row):
    assert row in said(STATISTICS.treaty_table(treaty(**cells), place))


def test_silence_about_a_treaty_is_not_looked_up_and_no_no(place):
    frame = cybersecurity.treaties(place).set_index("instrument")
    assert list(frame.index) == list(cop.data.labels("treaty_status", "instrument", place.data))
    assert frame.status["LANZAROTE_CETS201"] == "party"
    assert frame.loc["BUDAPEST_ETS185", ["status", "signed"]].tolist() == ["signatory", "2019"]
    assert frame.status["CRC_OPSC"] == "not looked up"  # its row is not verified
    assert set(frame.status[frame.source_id == ""]) == {"not looked up"}


OFFICES = {"COE_LANZAROTE": "2026-11-24"}
REGISTER = {"status": "party", "source_id": "COE_LANZAROTE", "as_of": "", "signed": "",
            "ratified": "", "in_force": "2010-07-01"}  # fmt: skip
OWN = {"status": "party", "source_id": "ZZZ-S01", "as_of": "2012", "signed": "", "note": "",
       "ratified": "2010", "in_force": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("register", "own", "expected"),
    [
        ({}, {"status": "signatory"}, REGISTER | {"ratified": "2010", "step_source_id": "ZZZ-S01"}),
        ({"source_id": "HRT_STATUS"}, {}, OWN),  # a copy is not the treaty's own office
        ({}, {"status": "no action", "as_of": "2026-12-01"},
         OWN | {"status": "no action", "as_of": "2026-12-01"}),  # later than the register
        ({}, {"status": "not looked up"}, REGISTER),
    ],
)  # fmt: skip
def test_the_treaty_s_own_office_comes_first_and_days_keep_their_source(register, own, expected):
    row = cybersecurity._status_of_office(REGISTER | register, OWN | own, OFFICES)
    assert {name: row[name] for name in expected} == expected


def test_expected_results_without_a_row_were_not_assessed(place):
    results = cybersecurity.initiative(place)
    order = list(cop.data.labels("expected_results", "result", place.data))
    assert list(results.result) == order and "not assessed" in set(results.status)
    line = said(STATISTICS.initiative_line(4, order[:1], place))
    assert line.startswith("The evidence speaks on 4 of the five expected results; it is silent on")
