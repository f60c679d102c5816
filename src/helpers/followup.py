"""Compute action states, pending deadlines and how far recommendations were addressed.

States are computed as of the edition's data cut-off, from milestones and readings of indicators.
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

MONTHS = 6  # dates up to this many months after the cut-off are due
CLOSED = ["reached", "dropped"]  # final states; later dates are not due


def with_states(
    actions: pd.DataFrame, milestones: pd.DataFrame, readings: pd.DataFrame, on: str
) -> pd.DataFrame:
    """Add the state of each action on the ISO date `on`, ignoring later events.

    The other arguments are the tables of these names. The state is the first that applies:

    - dropped: the organisation abandoned the action
    - reached: the latest reading meets the target; without an indicator, all milestones (at least
      one) are done
    - late: the date of the target or of an open milestone has passed
    - on the way: a milestone is done, or `progress` to the latest reading is more than 0 per cent
    - not begun: none of these

    Also adds begun (yes or no, by the rule of `on the way`), milestones and done (counts), reading
    (the latest, or NA), reading_day, and evidence_ids (of done milestones and the latest reading).
    Clears dropped and dropped_reason if the action was not dropped by the date `on`.
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
    """Return the readings of each action up to the date `on`, with the progress to its target.

    Rows are in the order of `actions`, then by day. The columns are those of both frames, and:

    - start: the baseline, or the first reading if there is no baseline
    - met: whether the reading is at the target or beyond
    - way: progress from start to target, in per cent (may be negative or above 100)

    If there is no baseline and the first reading is already at the target or beyond, way is 100 for
    readings that meet the target and 0 for others.
    """
    frame = actions.merge(readings.query("day <= @on").sort_values("day"), on="action_id")
    first = frame.groupby("action_id").value.transform("first")
    start = frame.baseline.fillna(first)
    higher = frame.better == "higher"
    met = (frame.value >= frame.target).where(higher, frame.value <= frame.target)
    started_there = (start >= frame.target).where(higher, start <= frame.target)
    way = (frame.value - start) / (frame.target - start) * 100
    way = way.mask(frame.baseline.isna() & started_there, met * 100.0)
    return frame.assign(start=start, met=met, way=way)


def actions(place: Country) -> pd.DataFrame:
    """Return a country's actions with their states at the data cut-off (see `with_states`).

    The columns are those of the saved table `follow_up` except iso3.
    """
    tables = [read_table(name, place) for name in ("actions", "milestones", "readings")]
    frame = with_states(*tables, countries.edition(place).cut_off)
    frame = frame.assign(body=frame.body_id.map(countries.bodies(place)))
    return frame[cop.data.columns("follow_up", place.data)[1:]]


def open_days(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return open milestones and target dates of actions that are neither reached nor dropped.

    `actions` is the result of the function `actions`. Actions without an indicator have no target.
    The columns are action_id, body, kind (milestone or target), what, day, when and days_late (0 if
    not late). `when` is `late` (before the data cut-off), `due` (within MONTHS months from it) or
    `later`. Rows are sorted by day and action_id.
    """
    on = countries.edition(place).cut_off
    alive = actions.query("state not in @CLOSED")
    steps = read_table("milestones", place)
    steps = steps[~_until(steps.done, on)].assign(kind="milestone")
    targets = alive.query("indicator != ''").assign(kind="target")
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
    """Return how far the actions for a recommendation address it.

    The result is `not` if there are no actions, and `dropped` if all were dropped. Otherwise
    dropped actions are ignored, and the result is `fully` if all are reached, `partly` if at least
    one has begun, and otherwise `not`.
    """
    alive = actions.query("state != 'dropped'")
    if alive.empty:
        return "dropped" if len(actions) else "not"
    if (alive.state == "reached").all():
        return "fully"
    return "partly" if (alive.begun == "yes").any() else "not"


def addressed(actions: pd.DataFrame, place: Country, since: str = "") -> pd.DataFrame:
    """Return how far each recommendation of an earlier edition was addressed.

    `actions` is the result of the function `actions`. The earlier edition is `since` (default: the
    previous one); the result is empty if editions/ has no copy of it. The columns are since,
    recommendation_id, what, addressed (see `how_addressed`), actions and reached (numbers of
    actions), carried_on (yes or no: is still recommended) and reason (why actions were dropped).
    """
    columns = cop.data.columns("addressed", place.data)[1:]
    kept = cop.data.editions_kept(place.data, place.iso3)
    since = since or max((edition for edition in kept if edition < place.edition), default="")
    if since not in kept:
        return pd.DataFrame(columns=columns)
    now, rows = set(read_table("recommendations", place).recommendation_id), []
    for row in cop.data.read("recommendations", kept[since], place.iso3).itertuples():
        taken = actions[actions.recommendation_id == row.recommendation_id]
        how, reached = how_addressed(taken), (taken.state == "reached").sum()
        again = "yes" if row.recommendation_id in now else "no"
        why = " ".join(taken.dropped_reason) if how == "dropped" else ""
        rows.append((since, row.recommendation_id, row.what, how, len(taken), reached, again, why))
    return pd.DataFrame(rows, columns=columns)


def _until(days, on):
    return (days != "") & (days <= on)
