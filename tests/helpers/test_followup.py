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


def test_the_evidence_of_an_action_is_of_steps_done_and_of_the_latest_reading_each_once():
    steps = pd.DataFrame(
        [("E1", "2026-05-01"), ("E1", "2026-06-01"), ("E2", "")], columns=["evidence_id", "done"]
    ).assign(action_id="A", day="2026-06-30")
    values = pd.DataFrame(
        [("E3", "2026-01-01"), ("E4", "2026-06-30"), ("E5", "2026-07-01")],
        columns=["evidence_id", "day"],
    ).assign(action_id="A", value=11.0)
    row = followup.with_states(pd.DataFrame([BARE | MEASURED]), steps, values, ON).iloc[0]
    assert row.evidence_ids == "E1; E4", "neither open steps nor earlier or later readings"
    assert row.begun == "yes", "an action has begun if a step is done"
    later = steps.assign(done="2026-07-01")
    row = followup.with_states(pd.DataFrame([BARE]), later, values, ON).iloc[0]
    assert row.begun == "no", "not if that is done after the cut-off"


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
    columns = ["addressed", "actions", "reached", "carried_on", "reason"]
    assert rows.set_index("recommendation_id")[columns].T.to_dict("list") == {
        "ZZZ-R01": ["partly", 2, 1, "yes", ""],
        "ZZZ-R02": ["partly", 3, 0, "yes", ""],
        "ZZZ-R03": ["dropped", 2, 0, "no", "No money. No money."],
        "ZZZ-R07": ["partly", 2, 1, "yes", ""],
    }, "actions that are reached are counted; only what was dropped has a reason"


@pytest.mark.parametrize(
    ("word", "states", "begun_of"),
    [
        ("not", [], []),
        ("not", ["not begun", "late"], ["no", "no"]),
        ("partly", ["late"], ["yes"]),
        ("partly", ["reached", "not begun"], ["yes", "no"]),
        ("fully", ["reached", "dropped"], ["yes", "no"]),
        ("partly", ["on the way", "dropped"], ["yes", "no"]),
        ("not", ["not begun", "dropped"], ["no", "yes"]),
        ("dropped", ["dropped", "dropped"], ["yes", "no"]),
    ],
    ids=["not without an action", "not if none has begun", "partly if one has begun",
         "partly if not all are reached", "fully if all that were not dropped are reached",
         "partly if one that was not dropped has begun", "not by one that was dropped",
         "dropped if all are"],
)  # fmt: skip
def test_how_far_a_recommendation_was_addressed_follows_from_its_actions(word, states, begun_of):
    plan = pd.DataFrame({"state": states, "begun": begun_of})
    assert followup.how_addressed(plan) == word


def test_open_days_stand_by_day_and_are_of_actions_neither_reached_nor_dropped(
    place, replace_table
):
    rows = [("A2", "2026-09-01", ""), ("A1", "2026-09-01", ""), ("A1", "2026-07-01", "2026-06-30"),
            ("A3", "2026-08-01", "2026-07-01"), ("A4", "2026-08-01", "")]  # fmt: skip
    steps = pd.DataFrame(rows, columns=["action_id", "day", "done"]).assign(what="Do it")
    replace_table("milestones", steps)
    states = {"A1": "late", "A2": "not begun", "A3": "on the way", "A4": "reached"}
    alive = pd.DataFrame({"action_id": [*states], "state": [*states.values()]})
    alive = alive.assign(indicator="", target_day="", body="Police")
    shown = followup.open_days(alive, place).action_id.tolist()
    assert shown == ["A3", "A1", "A2"], "by day, then by action; A4 is reached, a step done"
    alive.loc[2, "state"] = "dropped"
    assert followup.open_days(alive, place).action_id.tolist() == ["A1", "A2"], "A3 is dropped"


def test_without_a_choice_the_latest_earlier_edition_is_followed_up(place, monkeypatch):
    kept = dict.fromkeys(["2022", "2024", "2026"], place.data)
    monkeypatch.setattr(cop.data, "editions_kept", lambda data, iso3: kept)
    assert set(followup.addressed(followup.actions(place), place).since) == {"2024"}
    assert set(followup.addressed(followup.actions(place), place, "2022").since) == {"2022"}


@pytest.mark.parametrize("start", [20.0, 20.5], ids=["at the target", "beyond the target"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_from_a_start_at_the_target_progress_is_100_as_long_as_it_is_met_and_else_0(better, start):
    sign = 1 if better == "higher" else -1
    days = ["2026-01-01", "2026-02-01", "2026-03-01"]
    values = pd.DataFrame({"day": days, "value": [start * sign, 18.0 * sign, 21.0 * sign]})
    action = BARE | KINDS["unstarted"] | {"better": better, "target": 20.0 * sign}
    ways = followup.progress(pd.DataFrame([action]), values.assign(action_id="A"), ON).way
    assert ways.tolist() == [100.0, 0.0, 100.0]


def test_progress_is_in_per_cent_of_the_way_from_the_baseline_to_the_target():
    readings = pd.DataFrame({"action_id": ["A"], "day": ["2026-01-01"], "value": [12.5]})
    action = pd.DataFrame([BARE | KINDS["measured"]])
    assert followup.progress(action, readings, ON).way.item() == 25.0
    beyond = followup.progress(action.assign(baseline=25.0), readings, ON).way.item()
    assert beyond == 250.0, "a baseline that is stated is a start, even beyond the target"


def test_a_target_day_is_open_if_its_action_has_an_indicator(place, replace_table, monkeypatch):
    replace_table("milestones", pd.DataFrame(columns=["action_id", "day", "done", "what"]))
    monkeypatch.setattr(followup, "render_english", lambda *_: "")
    alive = pd.DataFrame({"action_id": ["A1", "A2"], "indicator": ["schools", ""]})
    alive = alive.assign(state="late", target_day="2026-12-31", body="Police")
    days = followup.open_days(alive, place)
    assert days[["action_id", "kind"]].values.tolist() == [["A1", "target"]]


def test_an_action_without_a_milestone_has_none_and_none_done(place, replace_table):
    replace_table("milestones", lambda rows: rows.head(0))
    numbers = followup.actions(place)[["milestones", "done"]]
    assert (numbers == 0).all(axis=None)
