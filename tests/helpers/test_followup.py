"""Follow-up: states and shares of a few invented rows, and two editions."""

import json
from pathlib import Path

import pandas as pd
import pytest
from planting import edit

import cop.data
from cop.data.places import Country
from helpers import followup

ON = "2026-06-30"
BARE = dict.fromkeys(("indicator", "unit", "better", "target_day", "dropped"), "")
BARE |= {"action_id": "A", "dropped_reason": "", "baseline": float("nan"), "target": float("nan")}
MEASURED = {"indicator": "schools with a rule", "unit": "schools", "better": "higher",
            "baseline": 10.0, "target": 20.0, "target_day": "2026-12-31"}  # fmt: skip
KINDS = {
    "": {},
    "measured": MEASURED,
    "fewer": MEASURED | {"better": "lower", "baseline": 40.0, "target": 30.0},
    "unstarted": MEASURED | {"baseline": float("nan")},
}
# A line is: the rule, a kind, steps (day, done), readings (day, value), other cells, the state.
STATES = [*map(json.loads, Path(__file__).with_name("states.jsonl").open(encoding="utf-8"))]


@pytest.mark.parametrize(("rule", "kind", "steps", "readings", "cells", "word"), STATES)
def test_the_state_follows_from_days_and_readings(rule, kind, steps, readings, cells, word):
    milestones = pd.DataFrame(steps, columns=["day", "done"], dtype="str")
    milestones = milestones.assign(action_id="A", evidence_id="ZZZ-E01")
    values = pd.DataFrame(readings, columns=["day", "value"]).astype({"value": float, "day": str})
    values = values.assign(action_id="A", evidence_id="ZZZ-E02")
    actions = pd.DataFrame([BARE | KINDS[kind] | cells])
    assert followup.with_states(actions, milestones, values, ON).state.item() == word, rule


def test_an_action_dropped_after_the_cut_off_shows_neither_day_nor_reason_before_it():
    dropped = {"dropped": "2026-07-01", "dropped_reason": "No longer wanted."}
    steps = pd.DataFrame(columns=["action_id", "evidence_id", "day", "done"], dtype="str")
    values = pd.DataFrame(columns=["action_id", "evidence_id", "day", "value"], dtype="str")
    actions = pd.DataFrame([BARE | dropped])
    before, after = (
        followup.with_states(actions, steps, values, on)[list(dropped)].loc[0].tolist()
        for on in (ON, "2026-07-01")
    )
    assert before == ["", ""] and after == list(dropped.values())


@pytest.mark.parametrize(
    ("day", "when", "days_late"),
    [("2026-06-29", "late", 1), ("2026-06-30", "due", 0), ("2026-12-30", "due", 0),
     ("2026-12-31", "later", 0)],
)  # fmt: skip
def test_a_day_is_late_due_in_six_months_or_later(day, when, days_late, place, replace_table):
    replace_table("milestones", lambda rows: rows.head(1).assign(day=day, done=""))
    days = followup.open_days(followup.actions(place), place).query("kind == 'milestone'")
    assert days[["when", "days_late"]].values.tolist() == [[when, days_late]]


def test_recommendations_of_the_edition_before_are_addressed_dropped_or_carried_on(
    place, zed, monkeypatch
):
    kept = {"2024": place.data, "2026": place.data, "2028": place.data}
    monkeypatch.setattr(cop.data, "editions_kept", lambda data, iso3: kept)
    edit(zed / "research/ZZZ/recommendations.csv", "\nZZZ-R03,", "\nZZZ-R04,")
    plan = followup.actions(place)
    of_r03 = plan.recommendation_id == "ZZZ-R03"
    plan = plan.assign(state=plan.state.mask(of_r03, "dropped"), dropped_reason="No money.")
    rows = followup.addressed(plan, Country("ZZZ", "Zedland", str(zed), "", "2026"))
    assert set(rows.since) == {"2024"}
    columns = ["addressed", "actions", "carried_on", "reason"]
    assert rows.set_index("recommendation_id")[columns].T.to_dict("list") == {
        "ZZZ-R01": ["partly", 2, "yes", ""],
        "ZZZ-R02": ["partly", 3, "yes", ""],
        "ZZZ-R03": ["dropped", 2, "no", "No money. No money."],
        "ZZZ-R07": ["partly", 2, "yes", ""],
    }
