"""An action plan begun from the recommendations: who leads, until when; the bodies complete it."""

from pathlib import Path

import cop.data
from cop.data import Refused, writing
from cop.research import adding

TABLES = ("actions", "milestones", "readings")
NO_CLASS = "to be estimated"


def begin(iso3: str, data: Path) -> list[str]:
    """Write an action for each recommendation that has none, its target as a milestone.

    Gives what was done and what is next. What is not worked out yet, lead or day, is named and has
    no action. Raises Refused for a country that is not begun, Broken for tables with faults.
    """
    if not (Path(data) / "research" / iso3).is_dir():
        raise Refused(f"there is no folder research/{iso3} in {data}; `cop new {iso3}` begins one")
    with writing.alone(data):
        actions = cop.data.read("actions", data, iso3)
        every = cop.data.read("recommendations", data, iso3)
        left = every[~every.recommendation_id.isin(actions.recommendation_id)]
        ready = left[(left.lead_id != "") & (left.target != "") & (left.target_due != "")]
        ids = adding.next_ids("action", iso3, data, len(ready))
        new = _actions(ready, ids), _milestones(ready, ids), []
        rows = dict(zip(TABLES, new, strict=True))
        if len(ready):
            writing.write(data, _files(rows, iso3, data))
    if every.empty:
        return [f"There is no recommendation yet: `cop add recommendation {iso3}` adds one."]
    return _lines(iso3, ids, left.recommendation_id[~left.index.isin(ready.index)])


def _actions(ready, ids):
    return [
        {
            "action_id": one,
            "recommendation_id": row.recommendation_id,
            "body_id": row.lead_id,
            "what": row.what,
            "budget": row.cost or NO_CLASS,
        }
        for one, row in zip(ids, ready.itertuples(), strict=True)
    ]


def _milestones(ready, ids):
    return [
        {"action_id": one, "what": row.target, "day": row.target_due}
        for one, row in zip(ids, ready.itertuples(), strict=True)
    ]


def _files(rows, iso3, data):
    """Give {path: bytes} of the plan's tables, new rows after those that are there."""
    return {
        cop.data.paths(table, data, iso3)[0]: cop.data.longer(table, new, data, iso3)
        for table, new in rows.items()
    }


def _lines(iso3, ids, waiting):
    """Give what was written, and which recommendations wait for a lead, a target or its day."""
    folder = f"research/{iso3}"
    written = f": {', '.join(ids)}" if ids else ""
    lines = [f"{cop.data.count(len(ids), 'action')} written to {folder}/actions.csv{written}."]
    if len(waiting):
        lines.append(f"Without lead, target or its day, so left out: {', '.join(waiting)}.")
    if ids:
        lines.append(
            f"Next: let each body complete its rows, {folder}/milestones.csv and "
            f"{folder}/readings.csv too, and run `cop check`."
        )
    return lines
