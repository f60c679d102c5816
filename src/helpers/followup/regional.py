"""The follow-up of all countries of a region side by side, as counts and never ranked."""

import pandas as pd

import cop.data
from cop.data.places import Region
from cop.report.page import Shown
from helpers import countries, region
from helpers.followup.saying import say


def by_country(place: Region) -> pd.DataFrame:
    """Return the follow-up of each country that takes part, in the order of the region.

    Columns: those of `followed_up` in the contract: actions and their states, days that are due,
    recommendations of the edition before and how far they were addressed. NA where a country has
    no action, or no earlier edition, on record: that is not none.
    """
    actions, days, then = (region.gather(place, n) for n in ("follow_up", "open_days", "addressed"))
    states = _counts(actions, "state", "follow_up", place)
    due = days[days.when == "due"].iso3.value_counts().rename("due")
    shares = _counts(then, "addressed", "addressed", place)
    shares = shares.rename(columns={"dropped": "given_up"})
    frame = pd.DataFrame(index=pd.Index(place.assessed, name="iso3"))
    frame["actions"] = actions.iso3.value_counts()
    frame = frame.join(states).join(due)
    frame["due"] = frame.due.fillna(0).where(frame.actions.notna())
    frame["recommended"] = then.iso3.value_counts()
    return frame.join(shares).astype("Int64").reset_index()


def country_table(followed: pd.DataFrame, place: Region) -> Shown:
    """Show the follow-up country by country; one sentence where none has anything on record."""
    names = followed.iso3.map(countries.names(place.data))
    return say("country_table", followed.assign(country=names), place)


def _counts(frame, column, table, place):
    """Return how many rows of each country have each word: a column a word, a row a country."""
    words = list(cop.data.labels(table, column, place.data))
    return pd.crosstab(frame.iso3, frame[column]).reindex(columns=words, fill_value=0)
