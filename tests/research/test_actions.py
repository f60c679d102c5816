"""An action plan is begun from the recommendations of Zedland."""

import pytest
from conftest import call, copy_of_zedland

import cop.data

TABLES = ("actions", "milestones")


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland whose action plan is not begun."""
    data = copy_of_zedland(tmp_path)
    for name in (*TABLES, "readings"):
        (data / "research" / "ZZZ" / f"{name}.csv").unlink()
    return data


def test_each_recommendation_gets_an_action_and_a_milestone_once(zed, capsys):
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 0 and "3 actions written to research/ZZZ/actions.csv." in out
    assert cop.data.read("actions", zed, "ZZZ").action_id.tolist()[0] == "ZZZ-A01"
    plans = cop.data.read("recommendations", zed, "ZZZ")
    actions = cop.data.read("actions", zed, "ZZZ")
    assert actions.recommendation_id.tolist() == plans.recommendation_id.tolist()
    milestones = cop.data.read("milestones", zed, "ZZZ")
    assert milestones.day.tolist() == plans.target_due.tolist()
    before = [(zed / "research" / "ZZZ" / f"{name}.csv").read_bytes() for name in TABLES]
    out = call(capsys, "actions", "ZZZ", "--data", zed)[1]
    assert out.startswith("0 actions written to research/ZZZ/actions.csv.\n")
    assert [(zed / "research" / "ZZZ" / f"{n}.csv").read_bytes() for n in TABLES] == before


def test_an_incomplete_recommendation_is_named_and_left_out(zed, capsys):
    path = zed / "research" / "ZZZ" / "recommendations.csv"
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = {"recommendation_id": "ZZZ-R01", "challenge_ids": "ZZZ-C01; ZZZ-C02; ZZZ-C03"}
    row |= {"what": "A plan is written.", "item_ids": "PM-STR-01", "is_proposal": "yes"}
    path.write_text(cop.data.csv_text([columns, [row.get(c, "") for c in columns]]), "utf-8")
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", zed)
    assert status == 0 and "Skipped, without `lead_id`, `target` or `target_due`: ZZZ-R01." in out
    assert not (zed / "research" / "ZZZ" / "actions.csv").exists()
