"""The rules of following up: `cop check` refuses a planted example of each, with row and mend."""

from datetime import date

import pytest
from conftest import call, copy_of_zedland
from test_rules_of_method import plant, rows_of, told

from cop.data import checks
from cop.research import editions as begun


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland, which has a plan without a fault."""
    return copy_of_zedland(tmp_path)


# table, key, cells, column that is named, words of the rule or of the mend
# fmt: off
PLANTED = {
    "a reading without evidence": (("readings", "ZZZ-A03", {"evidence_id": ""}),
        ("evidence_id", "no reading without one")),
    "a reading whose evidence is not on record": (
        ("readings", "ZZZ-A03", {"evidence_id": "ZZZ-E77"}),
        ("evidence_id", "is not an id of evidence")),
    "a reading whose evidence is not verified": (
        ("readings", "ZZZ-A03", {"evidence_id": "ZZZ-E18"}), ("evidence_id", "is not verified")),
    "a reading of tomorrow": (("readings", "ZZZ-A03", {"day": "2999-01-01"}),
        ("day", "is later than today")),
    "a reading older than the baseline": (("readings", "ZZZ-A04", {"day": "2020-12-31"}),
        ("day", "before the year of the baseline")),
    "a reading of an action that measures nothing": (
        ("readings", "ZZZ-A03", {"action_id": "ZZZ-A01"}), ("action_id", "without an indicator")),
    "a reading of no action": (("readings", "ZZZ-A03", {"action_id": "ZZZ-A77"}),
        ("action_id", "is not an id of actions")),
    "a milestone done without evidence": (("milestones", "ZZZ-A01", {"evidence_id": ""}),
        ("done", "done without evidence")),
    "evidence of a milestone that is not done": (("milestones", "ZZZ-A01", {"done": ""}),
        ("evidence_id", "not done")),
    "a milestone done tomorrow": (("milestones", "ZZZ-A01", {"done": "2999-01-01"}),
        ("done", "is later than today")),
    "a milestone after the target": (("milestones", "ZZZ-A07", {"day": "2027-09-02"}),
        ("day", "after the day of the action's target")),
    "a drop without a reason": (("actions", "ZZZ-A06", {"dropped_reason": ""}),
        ("dropped", "a drop without a reason")),
    "a reason without a drop": (("actions", "ZZZ-A06", {"dropped": ""}),
        ("dropped_reason", "without the day of the drop")),
    "an action of no recommendation": (("actions", "ZZZ-A01", {"recommendation_id": "ZZZ-R77"}),
        ("recommendation_id", "no recommendation of this edition")),
    "an action of nobody on record": (("actions", "ZZZ-A01", {"body_id": "ZZZ-O77"}),
        ("body_id", "is not an id of stakeholders")),
    "an action of a body that is not verified": (("actions", "ZZZ-A01", {"body_id": "ZZZ-O12"}),
        ("body_id", "is not verified")),
    "an action of another country's body": (("actions", "ZZZ-A01", {"body_id": "UKR-O01"}),
        ("body_id", "is an id of UKR")),
    "an action that nobody could ever see": (
        ("actions", "ZZZ-A02", dict.fromkeys(("indicator", "unit", "better", "target"), "")),
        ("action_id", "neither a milestone nor an indicator")),
    **{
        f"an indicator without {column}": (
            ("actions", "ZZZ-A04", {column: ""}),
            (column, "where something is measured"),
        )
        for column in ("unit", "better", "target", "target_day")
    },
    **{
        f"a baseline without {column}": (
            ("actions", "ZZZ-A04", {column: ""}),
            (column, "where a part of a baseline"),
        )
        for column in ("baseline", "baseline_year", "baseline_evidence_id")
    },
    "a target on the wrong side of its baseline": (("actions", "ZZZ-A04", {"better": "higher"}),
        ("target", "no better than the baseline")),
    "a target before its baseline": (("actions", "ZZZ-A04", {"target_day": "2020-09-01"}),
        ("target_day", "before the year of the baseline")),
}
# fmt: on


@pytest.mark.parametrize("name", PLANTED)
def test_the_check_refuses(zed, name):
    (table, key, cells), named = PLANTED[name]
    row = plant(zed, table, key, **cells)
    fault = told(zed, table, *named)
    assert fault.file.endswith(f"{table}.csv") and int(fault.row) == row


def test_a_plan_without_fault_passes_and_so_does_none_at_all(zed):
    assert checks.of_country(zed, "ZZZ") == []
    for table in ("actions", "milestones", "readings"):
        (zed / "research" / "ZZZ" / f"{table}.csv").unlink()
    assert checks.of_folder(zed) == []


def without(folder, recommendation):
    """Leave a recommendation out of the next edition."""
    path, rows = rows_of(folder, "recommendations")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert recommendation in {row["recommendation_id"] for row in rows}
    path.write_text("".join(x for x in lines if not x.startswith(recommendation)), "utf-8")
    for other in ("ZZZ-R01", "ZZZ-R02"):  # the challenge is answered by another now
        plant(folder, "recommendations", other, challenge_ids="ZZZ-C01; ZZZ-C02; ZZZ-C03")


@pytest.fixture
def later(zed):
    """Return Zedland with a next edition in which one recommendation is left out."""
    begun.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    without(zed, "ZZZ-R03")
    return zed


def no_action_of(folder, recommendation):
    """Take the actions that answer a recommendation out of the plan, with all that is theirs."""
    theirs = {r["action_id"] for r in rows_of(folder, "actions")[1]
              if r["recommendation_id"] == recommendation}  # fmt: skip
    for table in ("actions", "milestones", "readings"):
        path, _ = rows_of(folder, table)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(x for x in lines if x[:7] not in theirs), "utf-8")


def test_one_answered_by_actions_or_dropped_may_be_left_out(later):
    assert checks.of_country(later, "ZZZ") == []


@pytest.mark.slow
def test_one_left_without_a_word_is_named_with_its_edition_and_the_mend(later, capsys):
    no_action_of(later, "ZZZ-R03")
    status, out, _ = call(capsys, "check", "--data", later)
    [line] = [line for line in out.splitlines() if "recommended in the edition of 2026" in line]
    assert status == 2 and "recommendations.csv" in line and "ZZZ-R03" in line
    assert "Carry it on under its number, or add a row to actions.csv" in line


def test_one_dropped_without_a_reason_is_refused(later):
    for action in ("ZZZ-A05", "ZZZ-A06"):
        plant(later, "actions", action, dropped="2026-10-01", dropped_reason="")
    rules = [f.rule for f in checks.of_country(later, "ZZZ")]
    assert rules == ["is the day of a drop without a reason"] * 2


def test_one_that_is_carried_on_needs_no_action(zed):
    begun.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    no_action_of(zed, "ZZZ-R03")
    assert checks.of_country(zed, "ZZZ") == []


def test_the_kept_edition_is_not_asked_about_the_next(later):
    assert checks.of_folder(later / "editions" / "2026") == []
