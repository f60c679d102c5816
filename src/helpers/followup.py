"""Follow-up: the state of each action, what is due, and how far recommendations were addressed.

States follow from milestones and readings on the day of the edition's data cut-off; they are never
typed in.
"""

from functools import partial

import numpy as np
import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import page, words
from helpers import countries
from helpers.countries import read_table

render_english = partial(words.render_english, "follow-up")

MONTHS = 6  # after the cut-off, in which a day is due
CLOSED = ["reached", "dropped"]  # states in which no day is to be met
CHANGE = {
    "fully": "addressed fully", "partly": "addressed partly", "not": "not addressed",
    "dropped": "dropped with a reason",
}  # fmt: skip


def with_states(
    actions: pd.DataFrame, milestones: pd.DataFrame, readings: pd.DataFrame, on: str
) -> pd.DataFrame:
    """Return actions with their state on a day, by the first definition that holds.

    dropped: it was given up by that day, with a reason.
    reached: its latest reading is at the target or beyond; without an indicator, each of its
    milestones is done.
    late: the day of its target, or of an open milestone, is past.
    on the way: it has begun: a milestone is done, or the latest reading is nearer to the target
    than the start (see `progress`).
    not begun: none of this is on record, which does not show that nothing was done.
    Adds state, begun (yes or no), milestones, done (their number), reading, reading_day,
    evidence_ids. What happened after that day is left out.
    """
    frame = actions.set_index("action_id")
    is_done = _until(milestones.done, on)
    done, still_open = milestones[is_done], milestones[~is_done]
    ways = progress(actions, readings, on)
    last = ways.drop_duplicates("action_id", keep="last").set_index("action_id")
    last = last.reindex(frame.index)
    evidence = pd.concat([done, last.reset_index()]).dropna(subset="evidence_id")
    evidence = evidence.groupby("action_id").evidence_id.agg(lambda ids: "; ".join(ids.unique()))
    frame = frame.assign(
        milestones=milestones.groupby("action_id").size(),
        done=done.groupby("action_id").size(),
        reading=last.value,
        reading_day=last.day,
        evidence_ids=evidence,
    ).fillna({"milestones": 0, "done": 0, "reading_day": "", "evidence_ids": ""})
    frame = frame.astype({"milestones": int, "done": int})
    all_done = (frame.milestones > 0) & (frame.done == frame.milestones)
    late = _until(frame.target_day, on) & (frame.target_day != on)
    late |= frame.index.isin(still_open.action_id[still_open.day < on])
    begun = (frame.done > 0) | (last.way > 0)
    reached = last.met.eq(True).where(frame.indicator != "", all_done)
    cases = [_until(frame.dropped, on), reached, late, begun]
    state = np.select(cases, ["dropped", "reached", "late", "on the way"], "not begun")
    frame = frame.assign(state=state, begun=begun.map({True: "yes", False: "no"}))
    frame.loc[frame.state != "dropped", ["dropped", "dropped_reason"]] = ""
    return frame.reset_index()


def progress(actions: pd.DataFrame, readings: pd.DataFrame, on: str) -> pd.DataFrame:
    """Return each reading until a day, with its share of the way from start to target in per cent.

    Adds to the readings those of the actions, start (the baseline, else the first reading), met
    (at the target or beyond) and way. Where the first reading without a baseline is at the target
    already, way is 100 while it is met and else 0.
    """
    frame = readings[readings.day <= on].sort_values("day").merge(actions, on="action_id")
    order = frame.action_id.map(list(actions.action_id).index).sort_values(kind="stable").index
    frame = frame.loc[order]
    first = frame.groupby("action_id").value.transform("first")
    start = frame.baseline.fillna(first)
    higher = frame.better == "higher"
    met = (frame.value >= frame.target).where(higher, frame.value <= frame.target)
    started_there = (start >= frame.target).where(higher, start <= frame.target)
    way = (frame.value - start) / (frame.target - start) * 100
    way = way.mask(frame.baseline.isna() & started_there, met * 100.0)
    return frame.assign(start=start, met=met, way=way)


def actions(place: Country) -> pd.DataFrame:
    """Return the actions on record with their state at the data cut-off (see `with_states`)."""
    tables = [read_table(name, place) for name in
              ("actions", "milestones", "readings")]  # fmt: skip
    frame = with_states(*tables, countries.edition(place).cut_off)
    frame = frame.assign(body=frame.body_id.map(countries.bodies(place)))
    return frame[cop.data.columns("follow_up", place.data)[1:]]


def open_days(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the days that are still to be met, of actions as `actions` returns them.

    Columns: action_id, body, kind (milestone or target), what, day, when (late, due within six
    months of the data cut-off, later), days_late.
    """
    on = countries.edition(place).cut_off
    alive = actions[~actions.state.isin(CLOSED)]
    steps = read_table("milestones", place)
    steps = steps[~_until(steps.done, on)].assign(kind="milestone")
    targets = alive[alive.indicator != ""].assign(kind="target")
    targets = targets.assign(
        day=targets.target_day, what=[render_english("to_reach", row) for row in page.rows(targets)]
    )
    days = pd.concat([steps, targets])[["action_id", "kind", "what", "day"]]
    days = days.merge(alive[["action_id", "body"]]).sort_values(["day", "action_id"], kind="stable")
    until = pd.Timestamp(on) + pd.DateOffset(months=MONTHS)
    when = np.select([days.day < on, days.day <= f"{until:%Y-%m-%d}"], ["late", "due"], "later")
    late = (pd.Timestamp(on) - pd.to_datetime(days.day)).dt.days.clip(lower=0)
    return days.assign(when=when, days_late=late).reset_index(drop=True)


def how_addressed(actions: pd.DataFrame) -> str:
    """Return how far the actions that answer a recommendation addressed it.

    dropped: each was dropped, with a reason. Of the others, fully: each is reached; partly: one is
    reached or has begun, late ones included; not: none of this is on record.
    """
    alive = actions[actions.state != "dropped"]
    if alive.empty:
        return "dropped" if len(actions) else "not"
    if (alive.state == "reached").all():
        return "fully"
    return "partly" if (alive.begun == "yes").any() else "not"


def addressed(actions: pd.DataFrame, place: Country, since: str = "") -> pd.DataFrame:
    """Return what became of the recommendations of the edition before (or of `since`).

    Columns: since, recommendation_id, what, addressed (see `how_addressed`), actions, reached,
    carried_on, reason. No row where no earlier edition is kept.
    """
    columns = cop.data.columns("addressed", place.data)[1:]
    kept = cop.data.editions_kept(place.data, place.iso3)
    since = since or max((edition for edition in kept if edition < place.edition), default="")
    if since not in kept:
        return pd.DataFrame(columns=columns)
    rows = []
    for row in cop.data.read("recommendations", kept[since], place.iso3).itertuples():
        answers = actions[actions.recommendation_id == row.recommendation_id]
        how, reached = how_addressed(answers), (answers.state == "reached").sum()
        reason = " ".join(answers.dropped_reason) if how == "dropped" else ""
        rows.append((since, row.recommendation_id, row.what, how, len(answers), reached, reason))
    now = read_table("recommendations", place).recommendation_id
    frame = pd.DataFrame(rows, columns=[name for name in columns if name != "carried_on"])
    again = frame.recommendation_id.isin(now).map({True: "yes", False: "no"})
    return frame.assign(carried_on=again)[columns]


def changes(actions: pd.DataFrame, place: Country, since: str) -> pd.DataFrame:
    """Return what became of the recommendations of the edition `since`, then the new ones.

    Columns: recommendation_id, what, change (a code of `what_changed`), actions, reached.
    """
    old = addressed(actions, place, since)
    new = read_table("recommendations", place)
    new = new[~new.recommendation_id.isin(old.recommendation_id)]
    frames = [old.assign(change=old.addressed.map(CHANGE)),
              new.assign(change="new", actions=0, reached=0)]  # fmt: skip
    columns = ["recommendation_id", "what", "change", "actions", "reached"]
    return pd.concat(frames, ignore_index=True)[columns]


def _until(days, on):
    """Return which days are stated and not later than a day."""
    return (days != "") & (days <= on)
