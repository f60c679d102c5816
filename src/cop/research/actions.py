"""Begin an action plan from the recommendations; the bodies complete it."""

from pathlib import Path

import cop.data
from cop.data import writing
from cop.research import rows

NEEDED = ["lead_id", "target", "target_due"]  # of a recommendation, before it is acted upon


def begin(iso3: str, data: Path) -> list[str]:
    """Write an action for each recommendation without one, and its target as a milestone.

    Returns what was done and what is next. Recommendations without lead, target or day are named
    and left out.
    """
    with writing.alone(data):
        plan = rows.present("recommendation", iso3, data)
        answered = rows.present("action", iso3, data).recommendation_id
        left = plan[~plan.recommendation_id.isin(answered)]
        is_complete = (left[NEEDED] != "").all(axis=1)
        ready, waiting = left[is_complete], left.recommendation_id[~is_complete]
        ids = rows.next_ids("action", iso3, data, len(ready))
        actions = ready[["recommendation_id", "what"]].assign(
            action_id=ids, body_id=ready.lead_id, budget=ready.cost.replace("", "to be estimated")
        )
        milestones = ready[[]].assign(action_id=ids, what=ready.target, day=ready.target_due)
        tables = {"actions": actions, "milestones": milestones} if ids else {}
        files = {
            cop.data.paths(name, data, iso3)[0]: cop.data.longer(
                name, table.to_dict("records"), data, iso3
            )
            for name, table in tables.items()
        }
        writing.write(data, files)
    lines = [f"{cop.data.count(len(ids), 'action')} written to research/{iso3}/actions.csv."]
    if len(waiting):
        lines.append(f"Left out, without lead, target or day: {', '.join(waiting)}.")
    return [*lines, "Next: let each body complete its rows, and run `cop check`."]
