"""What makes a recommendation one that can be followed up, and a challenge one of the country."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines, split
from cop.data.checks import beside
from cop.data.checks.values import each, holding
from cop.data.faults import Fault
from cop.data.package import paths

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
    "rests_on": "Choose rows, silence, or rows and silence",
}
NONE_PUBLISHED = ("none published", "could not be established")
UNSOURCED = (
    "is a baseline without its year or its source",
    'Fill in baseline_year and baseline_evidence_id, or write "none published"',
)
OTHER_YEAR = (
    "is none of the years that the baseline names",
    "Correct the year, or say in the baseline what was so in it",
)
SOURCE = ("baseline_year", "baseline_evidence_id")
A_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
SOURCED = (
    "belongs to a baseline that is not published",
    "Empty it, or write the baseline and choose rows, or rows and silence",
)
SERVES_NO_ITEM = (
    "serves no item of the guidelines",
    "Name the item that is nearest in item_ids; a capability may stand beside it",
)
HEDGE = re.compile(r"\b(?:could|might|may wish)\b", re.IGNORECASE)
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
    'State what the sources show; for a gap without a source write "could not be established"',
)
SEARCH = re.compile(
    r"\b(?:was|were|been) (?:not )?found\b|\bnot found\b|\bno source\b|\bsearch\b"
    r"|\bcould not be confirmed\b",
    re.IGNORECASE,
)


def unfinished(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield each cell that a recommendation needs and does not have."""
    for column, mend in ASKED.items() if begun(table) else ():
        empty = holding({""}, column, table)
        yield from each(empty, column, path, "must not be empty", mend)


def baseline_without_source(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield baselines without year or source, and years and sources of none.

    One that rests wholly on silence states nothing.
    """
    for row, baseline, rests_on, *source in lines(table, "baseline", "rests_on", *SOURCE):
        unpublished = rests_on == "silence" or baseline.casefold() in NONE_PUBLISHED
        stated = baseline and not unpublished
        if stated and not all(source):
            yield Fault(path, row, "baseline", baseline[:80], *UNSOURCED)
        for column, cell in zip(SOURCE, source, strict=True):
            if cell and not stated:
                yield Fault(path, row, column, cell[:80], *SOURCED)


def year_of_another_state(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield years of baselines whose text names years, and others: a reader would meet both."""
    for row, year, baseline in lines(table, "baseline_year", "baseline"):
        years = A_YEAR.findall(baseline)
        if years and year and year not in years:
            yield Fault(path, row, "baseline_year", year[:80], *OTHER_YEAR)


def serves_no_item(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations that serve no item, also those that serve a capability."""
    yield from each(holding({""}, "item_ids", table), "item_ids", path, *SERVES_NO_ITEM)


def hedged(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations in words of what could or might be done."""
    there = lines(table, "what") if begun(table) else ()
    yield from each([cell for cell in there if HEDGE.search(cell[1])], "what", path, *HEDGED)


def days_out_of_order(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations due before the cut-off, and targets of theirs due before the work.

    The cut-off is the latest edition's.
    """
    cut_offs = beside.table("editions", path, data)["cut_off"]
    cut_off = max(cut_offs, default="nan")  # no day is after it where there is none
    for column in ("due", "target_due"):
        past = [cell for cell in lines(table, column) if "" < cell[1] <= cut_off]
        yield from each(past, column, path, *PAST)
    there = lines(table, "target_due", "due")
    early = [(row, target) for row, target, due in there if "" < target < due]
    yield from each(early, "target_due", path, *TOO_LATE)


def lead_supports_itself(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield recommendations whose lead stands among those who support it."""
    there = lines(table, "lead_id", "supporting_ids")
    both = [(row, lead) for row, lead, supporting in there if lead in split(supporting)]
    yield from each(both, "lead_id", path, *LED_BY_ONE)


def unanswered(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that no recommendation answers."""
    recommended = beside.table("recommendations", path, data)["challenge_ids"]
    answered = {one for cell in recommended for one in split(cell)}
    bare = [cell for cell in lines(table, "challenge_id") if cell[1] not in answered]
    yield from each(bare, "challenge_id", path, *UNANSWERED)


def of_the_search(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges that describe what the search found and not the country."""
    if begun(beside.table("recommendations", path, data)):
        wrong = [cell for cell in lines(table, "challenge") if SEARCH.search(cell[1])]
        yield from each(wrong, "challenge", path, *OF_THE_SEARCH)


def same_example_again(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield positive actions that stand in more than two challenges of the region."""
    examples, column = Counter(), "action_evidence_id"
    own = {*table[column]} - {""}
    for other in paths("challenges", data):
        told = beside.names_any(own, "challenges", other, data)
        if told and begun(beside.table("recommendations", other, data)):
            examples.update(beside.table("challenges", other, data)[column])
    often = {one for one, times in examples.items() if times > OFTEN}
    yield from each(holding(often, column, table), column, path, *TOO_OFTEN)


def begun(table: Cells) -> bool:
    """Say, for the check, whether the recommendations of a country are being worked out.

    Those of a country of which only `what` is known are work still to be begun.
    """
    return any(map(any, map(table.__getitem__, ASKED)))


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
