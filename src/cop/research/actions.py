"""Create an action plan from the recommendations, for organisations to complete."""

from pathlib import Path

import cop.data
from cop.data import writing
from cop.research import rows

NEEDED = ["lead_id", "target", "target_due"]  # columns of a recommendation that an action requires


def begin(iso3: str, data: Path) -> list[str]:
    """Add an action with a milestone for each recommendation that has none.

    The milestone is the target of the recommendation. Recommendations in which a column of NEEDED
    is empty are skipped. The country's actions.csv and milestones.csv are written if there are new
    actions. Returns messages on the number of actions, skipped recommendations and the next step.
    Raises UserError, without writing, if a table is unreadable or the country has no folder.
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
        files = {}
        for name, table in {"actions": actions, "milestones": milestones}.items():
            path = cop.data.paths(name, data, iso3)[0]
            files[path] = cop.data.longer(name, table.to_dict("records"), data, iso3)
        if ids:
            writing.write(data, files)
    lines = [f"{cop.data.count(len(ids), 'action')} written to research/{iso3}/actions.csv."]
    if len(waiting):
        lines.append(
            "Skipped, since `lead_id`, `target` or `target_due` is empty in recommendations.csv: "
            f"{', '.join(waiting)}. Fill in these cells, then repeat the command."
        )
    return [*lines, "Next: ask each organisation to complete its rows, then run `cop check`."]
