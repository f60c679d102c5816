"""What the report shows of the follow-up; where no action is on record, one sentence."""

from collections import Counter

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report.page import Shown
from helpers import charts, countries
from helpers.followup.agenda import by_body, calendar
from helpers.followup.saying import say


def bottom_line(actions: pd.DataFrame, addressed: pd.DataFrame, place: Country) -> Shown:
    """Say how far the follow-up is: actions by state, and how recommendations were addressed."""
    counts = [_counts(frame, column, place) for frame, column in
              ((actions, "state"), (addressed, "addressed"))]  # fmt: skip
    since = next(iter(addressed.since), "")
    return say("bottom_line", *counts, since, countries.edition(place).cut_off, place)


def addressed_table(addressed: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, what became of each recommendation of the edition before."""
    return say("addressed_table", addressed, place)


def due_table(days: pd.DataFrame, actions: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, what is due in the six months after the data cut-off."""
    return say("due_table", _answering(days, "due", actions, place), len(actions), place)


def late_table(days: pd.DataFrame, actions: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, what is late on the day of the data cut-off."""
    return say("late_table", _answering(days, "late", actions, place), len(actions), place)


def body_table(actions: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, how many actions of each body have each state."""
    return say("body_table", by_body(actions, place), place)


def action_table(actions: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, each action with its state and what this rests on."""
    here = set(cop.data.read("recommendations", place.data, place.iso3).recommendation_id)
    return say("action_table", actions, here, place)


def target_chart(way: pd.DataFrame, actions: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, each reading from start to target, drawn; names what cannot be."""
    measured = actions[(actions.indicator != "") & (actions.state != "dropped")]
    unread = measured.action_id[~measured.action_id.isin(way.action_id)].tolist()
    return say("target_chart", charts, way, unread, place)


def calendar_link(days: pd.DataFrame, place: Country) -> Shown:
    """Show, of the follow-up, a link that saves the days still to be met as a calendar."""
    return say("calendar_link", calendar(days, place) if len(days) else b"", len(days), place)


def _answering(days, when, actions, place):
    """Return the days that are late, or due, with the recommendation of this edition that their
    action answers, "" where it is one of an earlier edition.
    """
    here = set(cop.data.read("recommendations", place.data, place.iso3).recommendation_id)
    pairs = zip(actions.action_id, actions.recommendation_id, strict=True)
    of, days = {one: of for one, of in pairs if of in here}, days[days.when == when]
    return days.assign(answers=[of.get(one, "") for one in days.action_id])


def _counts(frame, column, place):
    """Return {word: how many} of all words of a column, in their order; {} where there is no
    row.
    """
    table = "follow_up" if column == "state" else "addressed"
    known, words = Counter(frame[column]), cop.data.labels(table, column, place.data)
    return {word: known[word] for word in words} if len(frame) else {}
