"""How far the recommendations of an earlier edition were addressed, by the actions on record."""

import pandas as pd

import cop.data
from cop.data.places import Country

CHANGE = {
    "fully": "addressed fully", "partly": "addressed partly", "not": "not addressed",
    "dropped": "dropped with a reason",
}  # fmt: skip


def addressed(actions: pd.DataFrame, place: Country, since: str = "") -> pd.DataFrame:
    """Return the recommendations of the edition before this one (or of `since`) and what became of
    them, by the actions as `actions` gives them.

    Columns: since, recommendation_id, what, addressed (see `how_addressed`), actions, reached,
    carried_on, reason. No row where no earlier edition is kept; that of 2020 is not.
    """
    columns = cop.data.columns("addressed", place.data)[1:]
    kept = cop.data.editions_kept(place.data, place.iso3)
    since = since or max((edition for edition in kept if edition < place.edition), default="")
    if since not in kept:
        return pd.DataFrame(columns=columns)
    then = cop.data.read("recommendations", kept[since], place.iso3)
    here = set(cop.data.read("recommendations", place.data, place.iso3).recommendation_id)
    rows = [_row(row, actions[actions.recommendation_id == row.recommendation_id])
            for row in then.itertuples()]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).assign(since=since)
    again = frame.recommendation_id.isin(here)
    return frame.assign(carried_on=again.map({True: "yes", False: "no"}))


def how_addressed(actions: pd.DataFrame) -> str:
    """Give, to follow up, how far the actions that answer a recommendation addressed it.

    dropped: there are actions and each was dropped, with its reason. Of those not dropped, then,
    fully: there are some, and each is reached; partly: one is reached or has begun, a late one
    too; not: none of this is on record, whether the recommendation is carried on or not.
    """
    alive = actions[actions.state != "dropped"]
    if len(actions) and alive.empty:
        return "dropped"
    if len(alive) and (alive.state == "reached").all():
        return "fully"
    return "partly" if (alive.begun == "yes").any() else "not"


def carried(actions: pd.DataFrame, place: Country, since: str) -> pd.DataFrame:
    """Return the follow-up of each earlier recommendation, and the new ones, as changes.

    The earlier ones are those of the edition `since`. Columns: recommendation_id, what, change
    (words of `what_changed`), actions, reached; of a new one both are 0.
    """
    then = addressed(actions, place, since)
    now = cop.data.read("recommendations", place.data, place.iso3)
    new = now[~now.recommendation_id.isin(then.recommendation_id)].assign(change="new")
    both = pd.concat([then.assign(change=then.addressed.map(CHANGE)), new])
    columns = ["recommendation_id", "what", "change", "actions", "reached"]
    numbers = both[["actions", "reached"]].fillna(0).astype(int)
    return both.assign(**numbers)[columns].reset_index(drop=True)


def _row(row, theirs):
    how = how_addressed(theirs)
    return {
        "recommendation_id": row.recommendation_id, "what": row.what, "addressed": how,
        "actions": len(theirs), "reached": int((theirs.state == "reached").sum()),
        "reason": " ".join(theirs.dropped_reason) if how == "dropped" else "",
    }  # fmt: skip
