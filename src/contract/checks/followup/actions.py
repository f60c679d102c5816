"""Actions, their milestones and readings: progress has evidence, a drop has a reason."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.checks import beside
from contract.checks.followup.carried import of_earlier_editions
from contract.checks.values import each
from contract.faults import Fault

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


def of_no_recommendation(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions that answer no recommendation of this edition or one that is kept."""
    known = set(beside.table("recommendations", path, data).recommendation_id)
    known |= {row for _, rows in of_earlier_editions(path, data) for row in rows.recommendation_id}
    cells = frame.recommendation_id[~frame.recommendation_id.isin({*known, ""})]
    yield from each(cells, "recommendation_id", path, *NO_SUCH)


def half_a_measure(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield what the indicator of an action needs and lacks; a baseline belongs to one too."""
    begun = (frame[[*MEASURE, *BASELINE]] != "").any(axis=1)
    for column, mend in MEASURE.items():
        rule = "must not be empty where something is measured"
        yield from each(frame[column][begun & (frame[column] == "")], column, path, rule, mend)


def half_a_baseline(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield baselines of actions without year or source, and years and sources with no baseline."""
    begun = (frame[[*BASELINE]] != "").any(axis=1)
    for column in BASELINE:
        cells = frame[column][begun & (frame[column] == "")]
        yield from each(cells, column, path, *HALF_A_BASELINE)


def nothing_to_see(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions of which nobody could ever say how far they are; one dropped need not."""
    stepped = frame.action_id.isin(beside.table("milestones", path, data).action_id)
    bare = ~stepped & (frame.indicator == "") & (frame.dropped == "")
    yield from each(frame.action_id[bare], "action_id", path, *NOTHING_TO_SEE)


def dropped_without_reason(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield actions dropped without a reason, and reasons of what was not dropped."""
    given_up, told = frame.dropped != "", frame.dropped_reason != ""
    yield from each(frame.dropped[given_up & ~told], "dropped", path, *NO_REASON)
    yield from each(frame.dropped_reason[told & ~given_up], "dropped_reason", path, *NOT_DROPPED)


def no_progress(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield targets of actions on the wrong side of their baseline; what is no number is told."""
    target, baseline = (pd.to_numeric(frame[c], "coerce") for c in ("target", "baseline"))
    wrong = (frame.better == "higher") & (target <= baseline)
    wrong |= (frame.better == "lower") & (target >= baseline)
    yield from each(frame.target[wrong], "target", path, *NO_PROGRESS)
    early = (frame.target_day != "") & (frame.target_day.str[:4] < frame.baseline_year)
    yield from each(frame.target_day[early], "target_day", path, *BEFORE_BASELINE)


def done_without_evidence(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield milestones said to be done that nothing shows, and evidence of what is not done."""
    done, shown = frame.done != "", frame.evidence_id != ""
    yield from each(frame.done[done & ~shown], "done", path, *UNSHOWN)
    yield from each(frame.evidence_id[shown & ~done], "evidence_id", path, *NOT_DONE)


def after_the_target(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield milestones of an action that come after the day on which its target is due."""
    last = frame.action_id.map(_of_actions("target_day", path, data)).fillna("")
    yield from each(frame.day[(last != "") & (frame.day > last)], "day", path, *AFTER_TARGET)


def unmeasured(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield readings of an action without an indicator, and those older than its baseline."""
    indicator = frame.action_id.map(_of_actions("indicator", path, data))
    yield from each(frame.action_id[indicator == ""], "action_id", path, *UNMEASURED)
    year = frame.action_id.map(_of_actions("baseline_year", path, data)).fillna("")
    early = (frame.day != "") & (frame.day.str[:4] < year)
    yield from each(frame.day[early], "day", path, *BEFORE_BASELINE)


def _of_actions(column, path, data):
    actions = beside.table("actions", path, data).drop_duplicates("action_id")
    return actions.set_index("action_id")[column]


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
