"""Begin an action plan from the recommendations; the bodies complete it."""

from pathlib import Path

import cop.data
from cop.data import writing
from cop.research import rows


def begin(iso3: str, data: Path) -> list[str]:
    """Write an action for each recommendation without one, and its target as a milestone.

    Returns what was done and what is next. Recommendations without lead, target or day are named
    and left out.
    """
    with writing.alone(data):
        plan = rows.present("recommendation", iso3, data)
        answered = rows.present("action", iso3, data).recommendation_id
        left = plan[~plan.recommendation_id.isin(answered)]
        complete = (left[["lead_id", "target", "target_due"]] != "").all(axis=1)
        ready = left[complete]
        actions = ready[["recommendation_id", "what"]].assign(
            action_id=rows.next_ids("action", iso3, data, len(ready)),
            body_id=ready.lead_id,
            budget=ready.cost.replace("", "to be estimated"),
        )
        milestones = ready[["target", "target_due"]].assign(action_id=actions.action_id)
        milestones = milestones.rename(columns={"target": "what", "target_due": "day"})
        tables = {"actions": actions, "milestones": milestones, "readings": ready[:0]}
        files = {
            cop.data.paths(name, data, iso3)[0]: cop.data.longer(
                name, table.to_dict("records"), data, iso3
            )
            for name, table in tables.items()
        }
        if len(ready):
            writing.write(data, files)
    if plan.empty:
        return [f"There is no recommendation yet: `cop add recommendation {iso3}` adds one."]
    number = cop.data.count(len(actions), "action")
    written = f": {', '.join(actions.action_id)}" if len(actions) else ""
    lines = [f"{number} written to research/{iso3}/actions.csv{written}."]
    if len(waiting := left.recommendation_id[~complete]):
        lines.append(f"Left out, without lead, target or day: {', '.join(waiting)}.")
    if len(actions):
        lines.append("Next: let each body complete its rows, in milestones.csv and readings.csv")
        lines.append("too, and run `cop check`.")
    return lines
