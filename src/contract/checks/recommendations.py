"""What makes a recommendation one that can be followed up, and a challenge one of the country."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from contract.cells import split
from contract.checks import beside
from contract.checks.values import each
from contract.faults import Fault
from contract.package import paths

ASKED = {  # what every recommendation says, and how to mend what is missing
    "lead_id": "Name the organisation that leads, by its id",
    "supporting_ids": "Name the organisations that support it, by their ids",
    "due": "Fill in the day by which it is done",
    "baseline": 'Fill in the state today, or "none published"',
    "target": "Fill in the value to be reached",
    "target_due": "Fill in the day by which the target is reached",
    "seen_in": "Name the publication or record in which it will be seen",
    "first_step": "Say what happens first, by whom and when",
    "cost": "Choose a class, or to be estimated and by whom",
    "effort": "Choose low, medium or high, by what the recommendation asks",
    "priority": "Choose first, next or later",
    "priority_reason": "Say why in a few words",
    "sdg_target": "Name the target of the SDGs, such as 16.2",
}
NONE_PUBLISHED = "none published"
UNSOURCED = (
    "is a baseline without its year or its source",
    'Fill in baseline_year and baseline_evidence_id, or write "none published"',
)
OTHER_YEAR = (
    "is none of the years that the baseline names",
    "Correct the year, or say in the baseline what was so in it",
)
A_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
SOURCED = ("belongs to a baseline that is not published", "Empty it, or write the baseline")
SERVES_NO_ITEM = (
    "serves no item of the guidelines",
    "Name the item that is nearest in item_ids; a capability may stand beside it",
)
HEDGED = (
    "says what could be done and not what is to be done",
    "Write it as a decision: who does what",
)
TOO_LATE = ("is earlier than the day by which the work is done", "Check due and target_due")
PAST = ("is not after the data cut-off", "Set a day after the cut-off of the edition")
LED_BY_ONE = ("leads and supports at once", "Leave it out of supporting_ids")
UNANSWERED = ("is a challenge that no recommendation answers", "Name it in recommendations.csv")
OFTEN = 2  # challenges of the region that may have one positive action
TOO_OFTEN = (
    "is the positive action of more than two challenges of the region",
    "Choose another action with a result, of this country or another",
)
OF_THE_SEARCH = (
    "speaks of the search and not of the country",
    "Say what the country has or lacks by its sources; silence belongs into the alignment",
)
SEARCH = re.compile(
    r"\b(?:was|were|been) (?:not )?found\b|\bnot found\b|\bno source\b|\bsearch\b"
    r"|\bcould not be confirmed\b",
    re.IGNORECASE,
)


def unfinished(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield each cell that a recommendation needs and does not have."""
    rows = begun(frame)
    for column, mend in ASKED.items():
        yield from each(rows[column][rows[column] == ""], column, path, "must not be empty", mend)


def baseline_without_source(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield baselines without year or source, and years and sources of none."""
    stated = ~frame.baseline.isin(["", NONE_PUBLISHED])
    bare = stated & ((frame.baseline_year == "") | (frame.baseline_evidence_id == ""))
    yield from each(frame.baseline[bare], "baseline", path, *UNSOURCED)
    for column in ("baseline_year", "baseline_evidence_id"):
        cells = frame[column][~stated & (frame[column] != "")]
        yield from each(cells, column, path, *SOURCED)


def year_of_another_state(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years of baselines whose text names years, and others: a reader would meet both."""
    named = [A_YEAR.findall(text) for text in frame.baseline]
    pairs = zip(frame.baseline_year, named, strict=True)
    wrong = [bool(years and year) and year not in years for year, years in pairs]
    yield from each(frame.baseline_year[wrong], "baseline_year", path, *OTHER_YEAR)


def serves_no_item(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations that serve no item, also those that serve a capability."""
    cells = frame.item_ids[frame.item_ids == ""]
    yield from each(cells, "item_ids", path, *SERVES_NO_ITEM)


def hedged(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations in words of what could or might be done."""
    rows = begun(frame)
    wrong = rows.what.str.contains(r"\b(?:could|might|may wish)\b", case=False)
    yield from each(rows.what[wrong], "what", path, *HEDGED)


def days_out_of_order(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations due before the cut-off, and targets of theirs due before the work.

    The cut-off is the latest edition's.
    """
    cut_off = beside.table("editions", path, data).cut_off.max()
    for column in ("due", "target_due"):
        past = (frame[column] != "") & (frame[column] <= str(cut_off))
        yield from each(frame[column][past], column, path, *PAST)
    early = (frame.target_due != "") & (frame.target_due < frame.due)
    yield from each(frame.target_due[early], "target_due", path, *TOO_LATE)


def lead_supports_itself(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations whose lead stands among those who support it."""
    both = [row.lead_id in split(row.supporting_ids) for row in frame.itertuples()]
    yield from each(frame.lead_id[both], "lead_id", path, *LED_BY_ONE)


def unanswered(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that no recommendation answers."""
    recommended = beside.table("recommendations", path, data).challenge_ids
    answered = {one for cell in recommended for one in split(cell)}
    bare = ~frame.challenge_id.isin(answered)
    yield from each(frame.challenge_id[bare], "challenge_id", path, *UNANSWERED)


def of_the_search(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that describe what the search found and not the country."""
    if len(begun(beside.table("recommendations", path, data))):
        wrong = frame.challenge.str.contains(SEARCH)
        yield from each(frame.challenge[wrong], "challenge", path, *OF_THE_SEARCH)


def same_example_again(frame: pd.DataFrame, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield positive actions that stand in more than two challenges of the region."""
    examples: Counter[str] = Counter()
    own = {*frame.action_evidence_id.tolist()} - {""}
    for other in paths("challenges", data):
        told = beside.names_any(own, "challenges", other, data)
        if told and len(begun(beside.table("recommendations", other, data))):
            examples.update(beside.table("challenges", other, data).action_evidence_id)
    often = {one for one, times in examples.items() if times > OFTEN}
    cells = frame.action_evidence_id[frame.action_evidence_id.isin(often)]
    yield from each(cells, "action_evidence_id", path, *TOO_OFTEN)


def begun(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a country once its recommendations are being worked out: then all of them.

    Those of a country of which only `what` is known are work still to be begun.
    """
    return frame if (frame[list(ASKED)] != "").any(axis=None) else frame.head(0)


OF_CHALLENGES = [unanswered, of_the_search, same_example_again]
OF_RECOMMENDATIONS = [
    unfinished,
    baseline_without_source,
    year_of_another_state,
    serves_no_item,
    hedged,
    days_out_of_order,
    lead_supports_itself,
]
