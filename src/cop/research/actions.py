"""Begin an action plan from the recommendations; the bodies complete it."""

from pathlib import Path

import cop.data
from cop.data import Refused, writing
from cop.research import rows


def begin(iso3: str, data: Path) -> list[str]:
    """Write an action for each recommendation without one, and its target as a milestone.

    Returns what was done and what is next. Recommendations without lead, target or day are named
    and left out.
    """
    if not (Path(data) / "research" / iso3).is_dir():
        raise Refused(f"there is no folder research/{iso3} in {data}; `cop new {iso3}` begins one")
    with writing.alone(data):
        planned = cop.data.read("actions", data, iso3).recommendation_id
        every = cop.data.read("recommendations", data, iso3)
        left = every[~every.recommendation_id.isin(planned)]
        complete = (left[["lead_id", "target", "target_due"]] != "").all(axis=1)
        ready = left[complete].to_dict("records")
        ids, actions, milestones = rows.next_ids("action", iso3, data, len(ready)), [], []
        for action_id, row in zip(ids, ready, strict=True):
            action = {name: row[name] for name in ("recommendation_id", "what")}
            action |= {"body_id": row["lead_id"], "budget": row["cost"] or "to be estimated"}
            actions.append({"action_id": action_id} | action)
            step = {"action_id": action_id, "what": row["target"], "day": row["target_due"]}
            milestones.append(step)
        tables = {"actions": actions, "milestones": milestones, "readings": []}
        if ready:
            paths = {name: cop.data.paths(name, data, iso3)[0] for name in tables}
            new = {paths[n]: cop.data.longer(n, r, data, iso3) for n, r in tables.items()}
            writing.write(data, new)
    if every.empty:
        return [f"There is no recommendation yet: `cop add recommendation {iso3}` adds one."]
    written = f": {', '.join(ids)}" if ids else ""
    lines = [
        f"{cop.data.count(len(ids), 'action')} written to research/{iso3}/actions.csv{written}."
    ]
    if waiting := [*left.recommendation_id[~complete]]:
        lines.append(f"Left out, without lead, target or day: {', '.join(waiting)}.")
    if ids:
        lines.append(
            "Next: let each body complete its rows, in milestones.csv and readings.csv too, and"
            " run `cop check`."
        )
    return lines
