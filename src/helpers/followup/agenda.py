"""What is due, what is late, and by whom; the days as a calendar."""

from datetime import date

import pandas as pd

import contract
from contract.places import Country
from helpers import countries
from helpers.followup.saying import recorded, text
from report import ics, page

MONTHS = 6  # for which what is due is named


def open_days(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the follow-up's days that are still to be met, of its actions, the first first.

    Columns: action_id, body, kind (milestone or target), what, day, when (late, due within six
    months of the data cut-off, later), days_late. An action that is reached or dropped has none.
    """
    on = countries.edition(place).cut_off
    alive = actions[~actions.state.isin(["reached", "dropped"])]
    steps = contract.read("milestones", place.data, place.iso3)
    steps = steps[(steps.done == "") | (steps.done > on)]
    steps = steps.merge(alive[["action_id", "body"]]).assign(kind="milestone")
    targets = alive[alive.indicator != ""].assign(kind="target", day=lambda f: f.target_day)
    targets = targets.assign(what=[recorded("to_reach", row) for row in page.rows(targets)])
    frame = pd.concat([steps, targets])[["action_id", "body", "kind", "what", "day"]]
    frame = frame.sort_values(["day", "action_id"], ignore_index=True)
    until = (pd.Timestamp(on) + pd.DateOffset(months=MONTHS)).date().isoformat()
    when = frame.day.map(lambda day: "late" if day < on else "due" if day <= until else "later")
    late = (pd.Timestamp(on) - pd.to_datetime(frame.day)).dt.days.clip(lower=0)
    return frame.assign(when=when.astype("str"), days_late=late.astype("int64"))


def by_body(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give, to follow up, how many actions each body has: body, actions, and one column a state."""
    words = list(contract.labels("follow_up", "state", place.data))
    counts = pd.crosstab(actions.body, actions.state).reindex(columns=words, fill_value=0)
    counts.insert(0, "actions", counts.sum(axis=1))
    return counts.rename_axis(columns=None).reset_index()


def calendar(days: pd.DataFrame, place: Country) -> bytes:
    """Give, for the follow-up, its agenda of open days as an iCalendar file; bodies, no people.

    It keeps RFC 5545.
    """
    events = [
        ics.Event(
            f"{row.action_id}-{row.kind}-{row.what}",
            date.fromisoformat(row.day),
            text("event", row),
            text("about_event", row, place),
        )
        for row in page.rows(days)
    ]
    made = date.fromisoformat(countries.edition(place).cut_off)
    return ics.calendar(text("calendar", place), events, made)
