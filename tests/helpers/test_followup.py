"""Follow-up: states and shares of a few invented rows, and two editions."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from lxml import html
from pagetext import lines, said
from planting import edit

import cop.data
from cop.data.places import Country
from cop.report import words
from cop.research import editions as begun
from helpers import editions, followup, show

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


def country(data, edition="2026"):
    return Country("ZZZ", "Zedland", str(data), "", edition)


def change(data, table, old, new):
    edit(data / f"research/ZZZ/{table}.csv", old, new)


def test_what_happened_after_the_cut_off_is_not_known_at_it(zed, place):
    change(zed, "milestones", "2026-03-31,,", "2026-03-31,2026-07-02,ZZZ-E16")
    change(zed, "readings", "ZZZ-A07,2025-09-01,4,", "ZZZ-A07,2026-07-01,7,")
    edit(
        zed / "research/ZZZ/actions.csv", "2029-06-30,,", "2029-06-30,2026-07-01,No longer wanted."
    )
    after = followup.actions(country(zed))
    assert after.state.tolist() == followup.actions(place).state.tolist()
    assert after.dropped_reason[4] == "" and pd.isna(after.reading[6])


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


def test_days_are_late_due_in_six_months_or_later(zed):
    edit(
        zed / "research/ZZZ/milestones.csv", "2026-11-30,,", "2026-12-30,,"
    )  # the last day of the six months
    change(zed, "milestones", "2026-12-15,,", "2026-12-31,,")
    days = followup.open_days(followup.actions(country(zed)), country(zed))
    assert days.day.is_monotonic_increasing
    steps = days[days.kind == "milestone"].set_index("day")
    assert steps.when.to_dict() == {
        "2026-03-31": "late", "2026-06-30": "due", "2026-09-01": "due", "2026-10-31": "due",
        "2026-12-30": "due",
        "2026-12-31": "later", "2027-03-31": "later", "2027-06-30": "later",
    }  # fmt: skip
    assert steps.days_late["2026-03-31"] == 91 and steps.days_late.sum() == 91
    assert not days.action_id.isin(["ZZZ-A02", "ZZZ-A06"]).any()  # reached, dropped


def test_a_country_without_a_plan_has_no_rows(zed):
    for table in ("actions", "milestones", "readings"):
        (zed / "research" / "ZZZ" / f"{table}.csv").unlink()
    plan = followup.actions(country(zed))
    assert plan.empty and followup.addressed(plan, country(zed)).empty
    assert followup.open_days(plan, country(zed)).empty


FOURTH = (
    "ZZZ-R04,ZZZ-C03,The regulator checks each year how operators keep the act.,ZZZ-O03,ZZZ-O04,"
    "2028-06-30,none found,,,one yearly check,2028-12-31,yearly report of the regulator,"
    "The regulator names a lead in March 2027.,running budget,,low,next,the act obliges operators,"
    "PM-REG-01,,16.2,yes,rows and silence\n"
)


def test_a_next_edition_says_what_became_of_each_recommendation(zed, place):
    begun.begin("ZZZ", zed, "2027", date(2026, 11, 20))
    for day, done in (("2026-10-31", "2026-10-20"), ("2027-06-30", "2026-11-01")):
        change(zed, "milestones", f"{day},,", f"{day},{done},ZZZ-L05")
    edit(
        zed / "research/ZZZ/actions.csv",
        "2029-06-30,,",
        "2029-06-30,2026-10-01,The act obliges operators.",
    )
    path = zed / "research" / "ZZZ" / "recommendations.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("ZZZ-R03")]
    path.write_text("".join([*kept, FOURTH]), encoding="utf-8")
    later = country(zed, "2027")
    then = followup.addressed(followup.actions(later), later)
    rows = then.set_index("recommendation_id")
    expected = {"ZZZ-R01": "fully", "ZZZ-R02": "partly", "ZZZ-R03": "dropped", "ZZZ-R07": "partly"}
    assert rows.addressed.to_dict() == expected
    assert set(then.since) == {"2026"}
    assert rows.actions.tolist() == [2, 3, 2, 2] and rows.reached.tolist() == [2, 0, 0, 1]
    assert rows.carried_on.tolist() == ["yes", "yes", "no", "yes"]
    assert rows.reason["ZZZ-R03"].startswith("The act obliges operators. The operators found")
    changes = editions.changes("ZZZ", later.data, "2026", "2027")
    changes = changes[changes.part == "recommendations"]
    assert dict(zip(changes.what.str[:7], changes.change, strict=True)) == {
        "ZZZ-R01": "addressed fully", "ZZZ-R02": "addressed partly",
        "ZZZ-R03": "dropped with a reason", "ZZZ-R07": "addressed partly", "ZZZ-R04": "new",
    }  # fmt: skip
    earlier = country(zed / "editions" / "2026")  # by what was known then
    assert followup.addressed(followup.actions(earlier), earlier).empty
    assert followup.actions(earlier).equals(followup.actions(place))


def test_recommendations_are_those_of_the_edition_before(place, monkeypatch):
    kept = {"2024": place.data, "2026": place.data, "2028": place.data}
    monkeypatch.setattr(cop.data, "editions_kept", lambda data, iso3: kept)
    rows = followup.addressed(followup.actions(place), place)
    assert set(rows.since) == {"2024"}


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
)
def test_how_far_a_recommendation_was_addressed_follows_from_its_actions(word, states, begun_of):
    plan = pd.DataFrame({"state": states, "begun": begun_of})
    assert followup.how_addressed(plan) == word


@pytest.mark.parametrize(
    ("reached", "actions", "text"),
    [
        (0, 0, "no action recorded"),
        (0, 2, "0 of 2 actions reached"),
        (2, 2, "2 of 2 actions reached"),
    ],
)
def test_actions_are_recorded_even_if_none_is_reached(reached, actions, text):
    row = SimpleNamespace(reached=reached, actions=actions)
    assert words.render_text("follow-up", "reached_of", row) == text


@pytest.mark.parametrize(
    ("due", "text"),
    [
        ("2026-06-29", "was due on 2026-06-29"),
        ("2026-06-30", "was due on 2026-06-30"),  # the cut-off
        ("2026-07-01", "2026-07-01"),
        ("", "to be worked out"),
    ],
)
def test_a_recommendation_was_due_until_the_cut_off(due, text, place):
    row, report = SimpleNamespace(due=due, lead="Police"), "6-country-assessment"
    assert said(words.render(report, "day_due", row, place)) == text
    first_action = said(words.render(report, "who_and_when", row, place))
    assert ("was due by" in first_action) == text.startswith("was due")


def test_the_reason_of_an_action_is_shown_if_it_was_dropped_and_only_then(place):
    plan = followup.actions(place)
    states = show.Templates("follow-up").action_table(plan, set(), place)
    page = html.fragment_fromstring(str(states), create_parent=True)
    _, *cells = (" ".join(lines(row)) for row in page.iter("tr"))
    reasons = ["(2026-05-15): The operators found" in cell for cell in cells]
    assert reasons == (plan.state == "dropped").tolist() and sum(reasons) == 1
