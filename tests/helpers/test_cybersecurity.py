"""Stage 4: the Global Cybersecurity Index, treaties and the Regional Initiative, on a few
invented rows.
"""

import pytest

import cop.data
from helpers import cybersecurity, show

STATISTICS = show.Templates("4-ict-statistics")


def test_no_rank_of_the_publisher_is_taken_over_and_old_scores_are_of_100(place):
    gci = cybersecurity.gci(place)
    assert not [name for name in gci if "rank" in name]
    assert gci.score[gci.edition < 2020].between(1, 100).all()


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
