"""Rules of challenges, recommendations, the gaps they answer, and what these rest on."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd

from cop.data.checks.rules import Check, Unreadable, check_of, rule
from cop.data.checks.schema import rule_errors
from cop.data.csvfiles import split
from cop.data.faults import Fault, count
from cop.data.package import countries, resource

SEARCH = (
    r"(?i)\b(?:was|were|been) (?:not )?found\b|\bnot found\b|\bno source\b|\bsearch\b"
    r"|\bcould not be confirmed\b"
)
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


def has_begun(check: Check) -> bool:
    """Return whether recommendations are being worked out: any row has more than `what`."""
    rules = resource("recommendations", check.data)["schema"].get("cop:rules", [])
    needed = [r["columns"] for r in rules if r.get("inTable") and r["must"] == "be filled"]
    columns = [column for columns in needed for column in columns]
    return bool((check.table("recommendations")[columns] != "").any(axis=None))


@rule("challenge-of-country")
def _of_the_search(table, check):
    return table.challenge.str.contains(SEARCH) & has_begun(check)


@rule("action-reused")
def _same_example_again(table, check):
    examples, column = Counter(), "action_evidence_id"
    for iso3 in {*countries(check.data), check.iso3}:
        with suppress(Unreadable):
            other = check_of("challenges", check.data, iso3)
            if has_begun(other):
                examples.update(filter(None, other.table("challenges")[column]))
    return table[column].isin([example for example, n in examples.items() if n > OFTEN])


@rule("gap-answered")
def _left_without_a_word(table, check):
    answered = _served(check) | {*check.table("open_gaps").item_id}
    return _gaps(table, check) & ~table.item_id.isin(answered) & has_begun(check)


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
    """Compare `rests_on` with the ratings and rows that are named."""
    ratings, drafts = reported(check), _old_drafts(check)
    stated = {*ratings.item_id[~ratings.status.isin(SILENT)]}
    for row in table.itertuples():
        items, cited = _named(row, check)
        silent = [item if isinstance(item, bool) else item not in stated for item in items]
        old = [name in drafts for name in cited]
        if row.rests_on == "rows" and ((silent and all(silent)) or all(old)):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_ROW)
        elif "silence" in row.rests_on and not any(silent + old):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_SILENCE)


def _named(row, check):
    """Return the ratings that a row names, or whether they are silent, and the rows it cites.

    The items of a recommendation are those that it serves, so the basis of the challenges that it
    answers counts as well, and a baseline that rests on silence says so itself.
    """
    if hasattr(row, "challenge"):
        return split(row.item_ids), split(row.evidence_ids)
    bases = check.column("challenges", "challenge_id", "rests_on")
    answered = [bases.get(name, "").split(" and ") for name in split(row.challenge_ids)]
    ratings = [*split(row.item_ids), *split(row.capability_ids)]
    ratings += [basis == "silence" for pair in answered for basis in pair]
    ratings += [True] * (row.rests_on == "rows and silence")
    return ratings, split(row.baseline_evidence_id)


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
    wrong, fix = (
        "has no row: it serves no framework",
        "Add a row that names what it serves, and why",
    )
    left = [name for name in names if name not in {*table.served_by}]
    yield from (check.error("", "served_by", name, wrong, fix) for name in left)


def waiting(data: str | Path) -> list[str]:
    """Return what is still to be done in each country, and is no error.

    Codings to be compared, and texts that silence may not support.
    """
    lines = []
    for find in (_codings, _doubtful_words):
        for iso3 in countries(data):
            with suppress(Unreadable):
                lines += map(str, find(data, iso3))
    return lines


def _codings(data, iso3) -> Iterator[str]:
    """Yield how many items wait for a second coder, and for a decision between two."""
    check = check_of("alignment", data, iso3)
    rows = check.table("alignment")
    waits = rows[~rows.item_id.isin(rows.item_id[rows.coder == "adjudicated"])]
    words = waits.groupby("item_id").status.agg(["size", "nunique"])
    if single := (words["size"] == 1).sum():
        rest = "judged by one coder alone; a second is missing."
        yield f"{check.path}: {count(single, 'item')} {rest}"
    if differ := (words["nunique"] > 1).sum():
        rest = "on which two coders differ, still to be settled."
        yield f"{check.path}: {count(differ, 'item')} {rest}"


def _doubtful_words(data, iso3) -> Iterator[Fault]:
    """Yield texts that claim more than silence shows."""
    for name in ("challenges", "recommendations"):
        check = check_of(name, data, iso3)
        yield from rule_errors(check.table(name), check, warnings=True)
