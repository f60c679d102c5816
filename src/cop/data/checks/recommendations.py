"""Rules of challenges, recommendations, the gaps they answer, and what these rest on."""

from collections import Counter
from contextlib import suppress

import pandas as pd

from cop.data.checks.rules import Check, Unreadable, check_of, rule
from cop.data.csvfiles import split
from cop.data.package import countries

OFTEN = 2  # challenges of the region that may have the same positive action
MISSING = ["not in place", "no public evidence"]
SILENT = ["no public evidence", "not assessed"]
PLANS = ["strategy", "action plan"]
DRAFT_YEARS = 2  # after which a draft is silent, unless a newer source speaks of it
NO_ROW = (
    "claims rows, but each rating behind it, or each row cited, is silent (so is an old draft)",
    "Cite a verified row that states it, or choose silence, or rows and silence",
)
NO_SILENCE = (
    "claims silence, but no rating or row behind it is silent",
    "Choose rows, or rows and silence; name the rating that is no public evidence or not assessed",
)


@rule("action-reused")
def _same_example_again(table, check):
    examples = Counter()
    for iso3 in {*countries(check.data), check.iso3}:
        with suppress(Unreadable):
            other = check_of("challenges", check.data, iso3).table("challenges")
            examples.update(filter(None, other.action_evidence_id))
    often = [example for example, number in examples.items() if number > OFTEN]
    return table.action_evidence_id.isin(often)


@rule("gap-answered")
def _left_without_a_word(table, check):
    """Find gaps without an answer, once recommendations are being worked out and have a day."""
    answered = _served(check) | {*check.table("open_gaps").item_id}
    has_begun = (check.table("recommendations").due != "").any()
    return _gaps(table, check) & ~table.item_id.isin(answered) & has_begun


@rule("open-gap")
def _explained_in_vain(table, check):
    alignment = check.table("alignment")
    gaps = alignment.item_id[_gaps(alignment, check)]
    return ~table.item_id.isin({*gaps, *_served(check)})


def _served(check):
    """Return the items and capabilities that recommendations of the country serve."""
    rows = check.table("recommendations")
    return {name for cell in [*rows.item_ids, *rows.capability_ids] for name in split(cell)}


def _gaps(rows, check):
    """Mark the ratings by which ITU's items for policy-makers, and capabilities, are missing.

    Of the ratings that are reported, without those of low confidence.
    """
    items = check.table("guidelines").query("audience == 'policy-makers' and kind == 'item'")
    names = {*items.item_id, *check.table("capabilities").capability_id}
    gap = rows.item_id.isin(names) & rows.status.isin(MISSING) & (rows.confidence != "low")
    return gap & rows.index.isin(reported(check).index)


def reported(check: Check) -> pd.DataFrame:
    """Return one rating for each item: the adjudicated one, else that on which coders agree."""
    rows = check.table("alignment")
    final = rows.coder == "adjudicated"
    agreed = rows.groupby("item_id").status.transform("nunique") == 1
    return pd.concat([rows[final], rows[agreed]]).drop_duplicates("item_id")


@rule("rests-on")
def _rests_on_other_things(table, check):
    """Compare `rests_on` with the ratings and rows that are named.

    The items of a recommendation are those that it serves, so the basis of the challenges that it
    answers counts as well, and a baseline that rests on silence says so itself.
    """
    ratings, drafts = reported(check), _old_drafts(check)
    stated = {*ratings.item_id[~ratings.status.isin(SILENT)]}
    bases = check.column("challenges", "challenge_id", "rests_on")
    for row in table.itertuples():
        silent = [item not in stated for item in split(row.item_ids)]
        if check.name == "challenges":
            cited = split(row.evidence_ids)
        else:
            cited = split(row.baseline_evidence_id)
            silent += [name not in stated for name in split(row.capability_ids)]
            answered = [bases.get(name, "") for name in split(row.challenge_ids)]
            silent += [part == "silence" for basis in answered for part in basis.split(" and ")]
            silent += [True] * (row.rests_on == "rows and silence")
        old = [name in drafts for name in cited]
        if row.rests_on == "rows" and ((silent and all(silent)) or all(old)):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_ROW)
        elif "silence" in row.rests_on and not any(silent + old):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_SILENCE)


def _old_drafts(check):
    """Return the ids of draft strategies and plans of which nothing newer is known."""
    cut_off = max(check.table("editions").cut_off, default="")
    if not cut_off[:4].isdecimal():
        return set()
    rows = check.table("instruments")
    source_years = rows.source_id.map(check.column("sources", "source_id", "year"))
    source_years = source_years.fillna("").astype("str")  # of no rows, pandas makes numbers
    newest = source_years.where(source_years > rows.year, rows.year)
    old = newest < str(int(cut_off[:4]) - DRAFT_YEARS)
    return {*rows.instrument_id[old & (rows.status == "draft") & rows.kind.isin(PLANS)]}


@rule("item-mapped")
def _item_without_mapping(table, check):
    items = check.table("guidelines")
    names = [*items.item_id[items.kind != "document fact"]]
    names += [*check.table("capabilities").capability_id]
    fix = "Add a row that names what it serves, and why"
    for name in names:
        if name not in {*table.served_by}:
            yield check.error("", "served_by", name, "has no row: it serves no framework", fix)
