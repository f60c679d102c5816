"""An action plan is begun from recommendations, adds what is new and repeats nothing."""

import pytest
from conftest import call, copy_of_zedland

import cop.data

PLAN = ("actions", "milestones", "readings")


@pytest.fixture
def zed(tmp_path):
    """Give a copy of Zedland without a plan."""
    data = copy_of_zedland(tmp_path)
    for table in PLAN:
        (data / "research" / "ZZZ" / f"{table}.csv").unlink()
    return data


@pytest.mark.slow
def test_each_recommendation_has_an_action_with_its_lead_and_its_target(zed, capsys):
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 0 and out.startswith(
        "3 actions written to research/ZZZ/actions.csv: ZZZ-A01, ZZZ-A02, ZZZ-A03.\nNext: "
    )
    asked = cop.data.read("recommendations", zed, "ZZZ")
    actions, steps = (cop.data.read(name, zed, "ZZZ") for name in ("actions", "milestones"))
    assert actions.recommendation_id.tolist() == asked.recommendation_id.tolist()
    assert actions.body_id.tolist() == asked.lead_id.tolist()
    assert steps.day.tolist() == asked.target_due.tolist() and set(steps.done) == {""}
    assert call(capsys, "check", "--data", zed)[0] == 0


def test_a_second_call_changes_nothing_and_a_plan_keeps_its_rows(zed, capsys):
    call(capsys, "actions", "ZZZ", "--data", zed)
    files = [zed / "research" / "ZZZ" / f"{table}.csv" for table in PLAN]
    before = [file.read_bytes() for file in files]
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 0 and out == "0 actions written to research/ZZZ/actions.csv.\n"
    assert [file.read_bytes() for file in files] == before


def test_a_new_recommendation_gets_the_next_number(zed, capsys):
    call(capsys, "actions", "ZZZ", "--data", zed)
    for name in ("actions", "milestones"):
        path = zed / "research" / "ZZZ" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(x for x in lines if not x.startswith("ZZZ-A01")), "utf-8")
    out = call(capsys, "actions", "ZZZ", "--data", zed)[1]
    assert "1 action written" in out and "ZZZ-A04" in out  # a number is not given twice
    assert len(cop.data.read("actions", zed, "ZZZ")) == 3


def test_each_of_several_analysts_has_numbers_of_its_own(zed, capsys, monkeypatch):
    monkeypatch.setenv("COP_ANALYST", "B/2")
    out = call(capsys, "actions", "ZZZ", "--data", zed)[1]
    assert "actions.csv: ZZZ-A02, ZZZ-A04, ZZZ-A06." in out


def test_what_is_not_worked_out_is_named_and_left_out(zed, capsys):
    path = zed / "research" / "ZZZ" / "recommendations.csv"
    text = path.read_text(encoding="utf-8").splitlines()
    columns = text[0].split(",")
    bare = dict.fromkeys(columns, "") | {
        "recommendation_id": "ZZZ-R01",
        "challenge_ids": "ZZZ-C01; ZZZ-C02; ZZZ-C03",
        "what": "A plan is written.",
        "item_ids": "PM-STR-01",
        "is_proposal": "yes",
    }
    path.write_text(f"{text[0]}\n{','.join(bare.values())}\n", encoding="utf-8")
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 0 and "Without lead, target or its day, so left out: ZZZ-R01." in out
    assert not (zed / "research" / "ZZZ" / "actions.csv").exists()


def test_a_country_that_is_not_begun_is_refused(zed, capsys):
    status, _, error = call(capsys, "actions", "YYY", "--data", zed)
    assert status == 2 and f"`cop new YYY --data {zed}` begins one" in error
