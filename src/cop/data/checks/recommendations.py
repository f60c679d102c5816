"""Rules of challenges, recommendations and the gaps that they answer."""

from collections import Counter

import pandas as pd

from cop.data.cells import split
from cop.data.checks import tables
from cop.data.checks.basis import reported
from cop.data.checks.rules import rule
from cop.data.checks.tables import Check, Unreadable
from cop.data.package import locate, paths, resource
from cop.data.reads import content

A_YEAR = r"\b(?:19|20)[0-9]{2}\b"
HEDGE = r"(?i)\b(?:could|might|may wish)\b"
SEARCH = (
    r"(?i)\b(?:was|were|been) (?:not )?found\b|\bnot found\b|\bno source\b|\bsearch\b"
    r"|\bcould not be confirmed\b"
)
OFTEN = 2  # challenges of the region that may have the same positive action
MISSING = ["not in place", "no public evidence"]


def begun(recommendations: pd.DataFrame, check: Check) -> bool:
    """Return whether recommendations are being worked out: any row has more than `what`."""
    needs = resource("recommendations", check.data)["schema"].get("cop:needs", [])
    asked = [column for need in needs if need.get("inTable") for column in need["needs"]]
    return bool((recommendations[asked] != "").any(axis=None))


def in_lists(cells: pd.Series) -> set[str]:
    """Return all ids in a column of lists."""
    return {one for cell in cells for one in split(cell)}


@rule("baseline-year", "recommendations", "baseline_year",
      "is none of the years that the baseline names",
      "Correct the year, or say in the baseline what was so in it")  # fmt: skip
def _year_of_another_state(table, check):
    pairs = zip(table.baseline_year, table.baseline.str.findall(A_YEAR), strict=True)
    return pd.Series(
        [bool(year and years) and year not in years for year, years in pairs], table.index
    )


@rule("decision", "recommendations", "what", "says what could be done and not what is to be done",
      "Write it as a decision: who does what")  # fmt: skip
def _hedged(table, check):
    return table.what.str.contains(HEDGE) & begun(table, check)


@rule("due-order", "recommendations")
def _days_out_of_order(table, check):
    cut_off = max(check.table("editions").cut_off, default="")
    for column in ("due", "target_due"):
        past = (table[column] != "") & (table[column] <= cut_off)
        fix = "Set a day after the cut-off of the edition"
        yield from check.errors(table[column][past], "is not after the data cut-off", fix)
    early = table.target_due[(table.target_due != "") & (table.target_due < table.due)]
    wrong = "is earlier than the day by which the work is done"
    yield from check.errors(early, wrong, "Check due and target_due")


@rule("lead-supports", "recommendations", "lead_id", "leads and supports at once",
      "Leave it out of supporting_ids")  # fmt: skip
def _lead_supports_itself(table, check):
    pairs = zip(table.lead_id, table.supporting_ids, strict=True)
    return pd.Series([lead in split(supporting) for lead, supporting in pairs], table.index)


@rule("challenge-answered", "challenges", "challenge_id",
      "is a challenge that no recommendation answers",
      "Name it in recommendations.csv")  # fmt: skip
def _unanswered(table, check):
    return ~table.challenge_id.isin(in_lists(check.table("recommendations").challenge_ids))


@rule("challenge-of-country", "challenges", "challenge", "describes the search and not the country",
      'State what the sources show, or write what "could not be established"')  # fmt: skip
def _of_the_search(table, check):
    return table.challenge.str.contains(SEARCH) & begun(check.table("recommendations"), check)


@rule("action-reused", "challenges", "action_evidence_id",
      "is the positive action of more than two challenges of the region",
      "Choose another action with a result, of this country or another")  # fmt: skip
def _same_example_again(table, check):
    examples, column = Counter(), "action_evidence_id"
    named = [one.encode() for one in table[column].unique() if one]
    for path in paths("challenges", check.data):
        file, beside = locate(check.data, path), path.replace("challenges", "recommendations")
        if file.exists() and any(map(content(file).__contains__, named)):
            try:
                if begun(tables.table("recommendations", beside, check.data), check):
                    examples.update(tables.table("challenges", path, check.data)[column])
            except Unreadable:
                continue
    return table[column].isin([one for one, n in examples.items() if one and n > OFTEN])


@rule("gap-answered", "alignment", "item_id", "is a gap that no recommendation answers",
      "Name it in a recommendation, or say in open_gaps.csv why not")  # fmt: skip
def _left_without_a_word(table, check):
    answered = _served(check) | {*check.table("open_gaps").item_id}
    found = _gaps(table, check) & ~table.item_id.isin(answered)
    return found & begun(check.table("recommendations"), check)


@rule("open-gap", "open_gaps")
def _explained_in_vain(table, check):
    served = table.item_id.isin(_served(check))
    alignment = check.table("alignment")
    gap = table.item_id.isin(alignment.item_id[_gaps(alignment, check)])
    fix = "Remove the row, or the item from the recommendation"
    yield from check.errors(table.item_id[served], "is answered by a recommendation", fix)
    wrong = "is no gap: it is not missing with more than low confidence"
    fix = "Remove the row, or correct the alignment"
    yield from check.errors(table.item_id[~served & ~gap], wrong, fix)


def _served(check):
    """Return the items and capabilities that recommendations of the country serve."""
    rows = check.table("recommendations")
    return in_lists(rows.item_ids) | in_lists(rows.capability_ids)


def _gaps(rows, check):
    """Mark the ratings by which ITU's items for policy-makers, and capabilities, are missing.

    Of the ratings that are reported, without those of low confidence.
    """
    items = check.table("guidelines")
    items = items.item_id[(items.audience == "policy-makers") & (items.kind == "item")]
    asked = rows.item_id.isin({*items, *check.table("capabilities").capability_id})
    gap = rows.status.isin(MISSING) & (rows.confidence != "low")
    return asked & gap & rows.index.isin(reported(check).index)
