"""How far each action is: one word, reckoned from milestones and readings on one day."""

from typing import NamedTuple

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import page
from helpers import countries

WAY = ["action_id", "indicator", "unit", "start", "value", "day", "way", "target", "target_day"]


class Progress(NamedTuple):
    """What is on record of one action on a day: its row, its milestones, its readings by day."""

    action: NamedTuple  # a row of actions.csv
    steps: pd.DataFrame  # `done` is "" where it was not done by that day
    readings: pd.DataFrame  # none later than that day


def state(one: Progress, on: str) -> str:
    """Give, to follow up, the state of an action on a day, by the first definition that holds.

    dropped: it was given up by that day, with its reason.
    reached: its latest reading is at the target or beyond it; where nothing is measured, each of
    its milestones is done. A reading that falls back again is reached no more.
    late: the day of its target is past, or that of a milestone that is not done. On the day itself
    nothing is late.
    on the way: it has begun (see `begun`).
    not begun: nothing of this is on record, which does not say that nothing was done.
    """
    if one.action.dropped and one.action.dropped <= on:
        return "dropped"
    if _reached(one):
        return "reached"
    days = [*one.steps.day[one.steps.done == ""], one.action.target_day]
    if any(day and day < on for day in days):
        return "late"
    return "on the way" if begun(one) else "not begun"


def begun(one: Progress) -> bool:
    """Say whether a step shows: a milestone is done, or the latest reading is nearer to the target.

    Nearer than the baseline, or than the first reading where no baseline is published: one reading
    alone shows no step, unless it reaches the target.
    """
    ways = _ways(one)
    return bool((one.steps.done != "").any()) or bool(ways and ways[-1] > 0)


def actions(place: Country) -> pd.DataFrame:
    """Give, to follow up, the actions on record with their state on the day of the data cut-off.

    Columns: those of `follow_up` in the contract. Numbers are NA, text is "" where none is stated;
    no row where no action is on record.
    """
    on, names = countries.edition(place).cut_off, countries.bodies(place)
    rows = [_row(one, on, names) for one in _on_record(place, on)]
    columns = cop.data.columns("follow_up", place.data)[1:]
    text = {one: ["" if pd.isna(row[one]) else str(row[one]) for row in rows] for one in columns}
    return cop.data.typed(text, cop.data.fields("follow_up", place.data)[1:])


def way(place: Country) -> pd.DataFrame:
    """Give, to follow up, each reading as its part of the way from start to target, in per cent.

    Columns: action_id, indicator, unit, start, value, day, way, target, target_day. The start is
    the baseline, or the first reading where none is published. An action that was dropped, or of
    which nothing was read, has no row.
    """
    on = countries.edition(place).cut_off
    rows = [
        (act.action_id, act.indicator, act.unit, _start(one), value, day, part, act.target,
         act.target_day)
        for one in _on_record(place, on)
        if state(one, on) != "dropped"
        for act in [one.action]
        for value, day, part in zip(one.readings.value, one.readings.day, _ways(one), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=WAY, dtype=object)


def _on_record(place, on):
    """Return the progress of each action by a day; later steps and readings are not known then."""
    read = (cop.data.read(n, place.data, place.iso3) for n in ("actions", "milestones", "readings"))
    plan, steps, readings = read
    steps = steps.assign(done=[day if day <= on else "" for day in steps.done])
    readings = readings[readings.day <= on].sort_values("day")
    return [
        Progress(row, *(f[f.action_id == row.action_id] for f in (steps, readings)))
        for row in page.rows(plan)
    ]


def _reached(one):
    if one.action.indicator:
        return bool(_met(one)[-1:] == [True])
    return bool(len(one.steps)) and bool((one.steps.done != "").all())


def _met(one):
    """Say of each reading whether it is at the target or beyond."""
    values, target = one.readings.value, one.action.target
    return (values >= target if one.action.better == "higher" else values <= target).tolist()


def _ways(one):
    """Return how far each reading is, in per cent: 0 the start, 100 the target."""
    met = _met(one)
    if not met:
        return []
    if pd.isna(one.action.baseline) and met[0]:  # it started there: there is no way to measure
        return [100.0 * there for there in met]
    start = _start(one)
    return ((one.readings.value - start) / (one.action.target - start) * 100).tolist()


def _start(one):
    """Return the baseline, else the first reading; NA without either."""
    if pd.notna(one.action.baseline) or one.readings.empty:
        return one.action.baseline
    return one.readings.value.iloc[0]


def _row(one, on, names):
    """Return what is handed on of an action."""
    done, last = one.steps[one.steps.done != ""], one.readings.tail(1)
    evidence = [*done.evidence_id, *last.evidence_id]
    word = state(one, on)
    return one.action._asdict() | {
        "body": names[one.action.body_id],
        "state": word,
        "begun": "yes" if begun(one) else "no",
        "dropped": one.action.dropped if word == "dropped" else "",
        "dropped_reason": one.action.dropped_reason if word == "dropped" else "",
        "milestones": len(one.steps),
        "done": len(done),
        "reading": next(iter(last.value), None),
        "reading_day": next(iter(last.day), ""),
        "evidence_ids": "; ".join(dict.fromkeys(evidence)),
    }
