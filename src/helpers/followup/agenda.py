"""What is due, what is late, and by whom; the days as a calendar."""

from datetime import date

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import page
from helpers import countries
from helpers.followup.saying import recorded, text

MONTHS = 6  # for which what is due is named


def open_days(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the follow-up's days that are still to be met, of its actions, the first first.

    Columns: action_id, body, kind (milestone or target), what, day, when (late, due within six
    months of the data cut-off, later), days_late. An action that is reached or dropped has none.
    """
    on = countries.edition(place).cut_off
    alive = {r.action_id: r for r in page.rows(actions) if r.state not in ("reached", "dropped")}
    steps = page.rows(cop.data.read("milestones", place.data, place.iso3))
    rows = [(one.day, one.action_id, "milestone", one.what) for one in steps
            if one.action_id in alive and not "" < one.done <= on]  # fmt: skip
    rows += [(one.target_day, one.action_id, "target", recorded("to_reach", one))
             for one in alive.values() if one.indicator]  # fmt: skip
    until = (pd.Timestamp(on) + pd.DateOffset(months=MONTHS)).date().isoformat()
    rows = [
        (action, alive[action].body, kind, what, day, _when(day, on, until))
        for day, action, kind, what in sorted(rows, key=lambda row: row[:2])
    ]
    columns = ["action_id", "body", "kind", "what", "day", "when"]
    late = [(date.fromisoformat(on) - date.fromisoformat(day)).days for *_, day, _ in rows]
    late = pd.Series(late, dtype="int64").clip(lower=0)
    return pd.DataFrame(rows, columns=columns, dtype="str").assign(days_late=late)


def by_body(actions: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give, to follow up, how many actions each body has: body, actions, and one column a state."""
    words, rows = cop.data.labels("follow_up", "state", place.data), []
    told = list(zip(actions.body, actions.state, strict=True))
    for body in sorted({body for body, _ in told}):
        states = [state for one, state in told if one == body]
        rows.append((body, len(states), *map(states.count, words)))
    return pd.DataFrame(rows, columns=["body", "actions", *words])


def calendar(days: pd.DataFrame, place: Country) -> bytes:
    """Give, for the follow-up, its agenda of open days as an iCalendar file; bodies, no people.

    It keeps RFC 5545.
    """
    from cop.report import ics  # seldom needed: few countries have actions

    events = [
        ics.Event(f"{row.action_id}-{row.kind}-{row.what}", date.fromisoformat(row.day),
                  text("event", row), text("about_event", row, place))
        for row in page.rows(days)
    ]  # fmt: skip
    made = date.fromisoformat(countries.edition(place).cut_off)
    return ics.calendar(text("calendar", place), events, made)


def _when(day, on, until):
    """Return whether a day is late, due within the months that are named, or later."""
    return "late" if day < on else "due" if day <= until else "later"
