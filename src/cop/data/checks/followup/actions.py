"""Actions, their milestones and readings: progress has evidence, a drop has a reason."""

from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines
from cop.data.checks import beside
from cop.data.checks.followup.carried import of_earlier_editions
from cop.data.checks.values import alone, each, holding
from cop.data.faults import Fault

MEASURE = {  # what belongs to an indicator, and how to mend what is missing
    "indicator": "Say what is measured",
    "unit": "Fill in the unit, such as %",
    "better": "Choose higher or lower",
    "target": "Fill in the value to be reached",
    "target_day": "Fill in the day by which it is to be reached",
}
BASELINE = ("baseline", "baseline_year", "baseline_evidence_id")
HALF_A_BASELINE = (
    "must not be empty where a baseline stands, or a part of one",
    "Fill in value, year and source of the baseline, or empty all three: none is published",
)
NO_SUCH = (
    "is no recommendation of this edition or an earlier one",
    "Correct it by recommendations.csv; an earlier one's stand in editions/",
)
NOTHING_TO_SEE = (
    "has neither a milestone nor an indicator",
    "Add a row to milestones.csv, or an indicator with target and day",
)
NO_REASON = ("is given up without a reason", "Say in dropped_reason why, in a sentence")
NOT_DROPPED = ("is a reason without the day of the drop", "Fill in dropped, or empty the reason")
NO_PROGRESS = (
    "is no better than the baseline",
    "Check baseline, target and whether higher or lower is better",
)
BEFORE_BASELINE = ("is before the year of the baseline", "Check the day and baseline_year")
UNSHOWN = (
    "is said to be done and nothing shows it",
    "Name in evidence_id the row that shows it, or empty done",
)
NOT_DONE = ("is evidence of a milestone that is not done", "Fill in done, or empty evidence_id")
AFTER_TARGET = ("is after the day of the action's target", "Check it and target_day in actions.csv")
UNMEASURED = ("is a reading of an action without an indicator", "Name the indicator in actions.csv")


def of_no_recommendation(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions that answer no recommendation of this edition or one that is kept."""
    column = "recommendation_id"
    known = {"", *beside.table("recommendations", path, data)[column]}
    known |= {one for _, rows in of_earlier_editions(path, data) for one in rows[column]}
    yield from each(holding({*table[column]} - known, column, table), column, path, *NO_SUCH)


def half_a_measure(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield what the indicator of an action needs and lacks; a baseline belongs to one too."""
    for column, mend in MEASURE.items():
        rule = "must not be empty where something is measured"
        yield from each(_half(table, column, (*MEASURE, *BASELINE)), column, path, rule, mend)


def half_a_baseline(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield baselines of actions without year or source, and years and sources with no baseline."""
    for column in BASELINE:
        yield from each(_half(table, column, BASELINE), column, path, *HALF_A_BASELINE)


def nothing_to_see(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions of which nobody could ever say how far they are; one dropped need not."""
    stepped = set(beside.table("milestones", path, data)["action_id"])
    there = lines(table, "action_id", "indicator", "dropped")
    bare = [(row, one) for row, one, *seen in there if one not in stepped and not any(seen)]
    yield from each(bare, "action_id", path, *NOTHING_TO_SEE)


def dropped_without_reason(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions dropped without a reason, and reasons of what was not dropped."""
    reason = "dropped_reason"
    yield from each(alone("dropped", reason, table), "dropped", path, *NO_REASON)
    yield from each(alone(reason, "dropped", table), reason, path, *NOT_DROPPED)


def no_progress(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield targets of actions on the wrong side of their baseline; what is no number is told."""
    for row, better, *measured in lines(table, "better", "target", "baseline"):
        target, baseline = map(_number, measured)
        if better == "higher" and target <= baseline or better == "lower" and target >= baseline:
            yield Fault(path, row, "target", measured[0][:80], *NO_PROGRESS)
    there = lines(table, "target_day", "baseline_year")
    early = [(row, day) for row, day, year in there if day and day[:4] < year]
    yield from each(early, "target_day", path, *BEFORE_BASELINE)


def done_without_evidence(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield milestones said to be done that nothing shows, and evidence of what is not done."""
    yield from each(alone("done", "evidence_id", table), "done", path, *UNSHOWN)
    yield from each(alone("evidence_id", "done", table), "evidence_id", path, *NOT_DONE)


def after_the_target(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield milestones of an action that come after the day on which its target is due."""
    last = beside.by_key("actions", "action_id", "target_day", path, data)
    there = lines(table, "day", "action_id")
    late = [(row, day) for row, day, one in there if day > last.get(one, "") != ""]
    yield from each(late, "day", path, *AFTER_TARGET)


def unmeasured(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield readings of an action without an indicator, and those older than its baseline."""
    indicators = beside.by_key("actions", "action_id", "indicator", path, data)
    years = beside.by_key("actions", "action_id", "baseline_year", path, data)
    bare = [cell for cell in lines(table, "action_id") if indicators.get(cell[1]) == ""]
    yield from each(bare, "action_id", path, *UNMEASURED)
    there = lines(table, "day", "action_id")
    early = [(row, day) for row, day, one in there if day and day[:4] < years.get(one, "")]
    yield from each(early, "day", path, *BEFORE_BASELINE)


def _half(table, column, whole):
    """Give (row, cell) of a column where it is empty and another of some is filled."""
    return [(row, one) for row, one, *more in lines(table, column, *whole) if not one and any(more)]


def _number(text):
    """Give the number that a text is; nan for any other, and one grouped as in Python."""
    try:
        return float(text.replace("_", "?"))
    except ValueError:
        return float("nan")


OF_ACTIONS = [
    of_no_recommendation,
    half_a_measure,
    half_a_baseline,
    nothing_to_see,
    dropped_without_reason,
    no_progress,
]
OF_MILESTONES = [done_without_evidence, after_the_target]
OF_READINGS = [unmeasured]
