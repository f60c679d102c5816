"""Rules on what challenges and recommendations rest on: rows that state it, or silence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cop.data.cells import split
from cop.data.checks.rules import rule
from cop.data.checks.tables import Check, Unreadable
from cop.data.faults import Fault
from cop.data.package import countries, paths

NOT_PUBLISHED = ("none published", "could not be established")  # in the text of a baseline
SILENT = ["no public evidence", "not assessed"]
PLANS = ["strategy", "action plan"]
STRATEGY = "PM-STR-01"
DRAFT_YEARS = 2  # after which a draft is silent, unless a newer source speaks of it
NO_ROW = (
    "claims rows, but each rating behind it, or each row cited, is silent (so is an old draft)",
    "Cite a verified row that states it, or choose silence, or rows and silence",
)
NO_SILENCE = (
    "claims silence, but no rating or row behind it is silent",
    "Choose rows, or rows and silence; name the rating that is no public evidence or not assessed",
)
STRONG = re.compile(
    r"\b(?:not one|no|none|nobody|nothing|never|only|last|lack(?:s|ed|ing)?)\b", re.IGNORECASE
)


@rule("baseline-source", "recommendations")
def _baseline_without_source(table, check):
    """Find baselines without year or source, and years or sources of unpublished baselines."""
    unpublished = table.baseline.str.lower().isin(["", *NOT_PUBLISHED])
    unpublished |= table.rests_on == "silence"
    sources = table[["baseline_year", "baseline_evidence_id"]]
    lacking = table.baseline[~unpublished & (sources == "").any(axis=1)]
    fix = 'Fill in baseline_year and baseline_evidence_id, or write "none published"'
    yield from check.errors(lacking, "is a baseline without its year or its source", fix)
    fix = "Empty it, or write the baseline and choose rows, or rows and silence"
    for name, column in sources.items():
        superfluous = table[name][unpublished & (column != "")]
        yield from check.errors(superfluous, "belongs to a baseline that is not published", fix)


@rule("rests-on", "challenges recommendations")
def _rests_on_other_things(table, check):
    """Compare `rests_on` with the ratings and rows that are named."""
    silent, drafts = _silent_items(check), _old_drafts(check)
    for row in table.itertuples():
        ratings, cited = _named(row, check)
        ratings = [item if isinstance(item, bool) else silent(item) for item in ratings]
        old = [one in drafts for one in cited]
        if row.rests_on == "rows" and ((ratings and all(ratings)) or all(old)):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_ROW)
        elif "silence" in row.rests_on and not any(ratings + old):
            yield check.error(row.Index, "rests_on", row.rests_on, *NO_SILENCE)


@rule("silence-stated", "challenges recommendations")
def _silence_unsaid(table, check):
    """Find texts that rest on silence and do not state what could not be established."""
    column = "challenge" if "challenge" in table else "baseline"
    phrases = NOT_PUBLISHED[column == "challenge" :]
    stated = table[column].str.lower().str.contains("|".join(phrases))
    unsaid = table[column][table.rests_on.str.contains("silence") & ~stated]
    fix = 'Write what "could not be established" (in a baseline also "none published")'
    yield from check.errors(
        unsaid, "rests on silence and does not say so", f"{fix}, or choose rows"
    )


def waiting(data: str | Path) -> list[str]:
    """Return a warning for each text or strategy rating that silence may not support."""
    warnings = []
    for iso3 in countries(data):
        for warn in (_strong_words, _draft_strategy):
            try:
                warnings += map(str, warn(iso3, data))
            except Unreadable:
                continue
    return warnings


def _named(row, check):
    """Return the ratings that a row names, or whether they are silent, and the rows it cites.

    The items of a recommendation are those that it serves, so the basis of the challenges that it
    answers counts as well, and a baseline that rests on silence says so itself.
    """
    if hasattr(row, "challenge"):
        return split(row.item_ids), split(row.evidence_ids)
    bases = check.column("challenges", "challenge_id", "rests_on")
    answered = [
        base for one in split(row.challenge_ids) for base in bases.get(one, "").split(" and ")
    ]
    ratings = [*split(row.item_ids), *split(row.capability_ids)]
    ratings += [base == "silence" for base in answered]
    ratings += [True] * (row.rests_on == "rows and silence")
    return ratings, split(row.baseline_evidence_id)


def _strong_words(iso3, data) -> Iterator[Fault]:
    """Yield words that claim more than silence shows, in texts that rest wholly on silence."""
    for name, *columns in (("challenges", "challenge"), ("recommendations", "what", "baseline")):
        check = Check(name, paths(name, data, iso3)[0], data)
        rows = check.table(name)
        for column in columns:
            for row, text in rows[column][rows.rests_on == "silence"].items():
                text = re.sub("|".join(NOT_PUBLISHED), "", text, flags=re.IGNORECASE)
                for word in dict.fromkeys(STRONG.findall(text)):
                    fix = "Reword it, or cite the row that states it"
                    yield check.error(row, column, word, "may claim more than silence shows", fix)


def _draft_strategy(iso3, data) -> Iterator[Fault]:
    """Yield a strategy that is rated not in place though only drafts are cited."""
    check = Check("alignment", paths("alignment", data, iso3)[0], data)
    ratings, states = reported(check), check.column("instruments", "instrument_id", "status")
    for row in ratings[ratings.item_id == STRATEGY].itertuples():
        cited = {states[one] for one in split(row.evidence_ids) if one in states}
        if row.status == "not in place" and cited == {"draft"}:
            fix = "Rate it no public evidence, or cite a row that says it"
            yield check.error(row.Index, "status", row.status, "rests on drafts alone", fix)


def reported(check: Check) -> pd.DataFrame:
    """Return one rating for each item: the adjudicated one, else that on which coders agree."""
    rows = check.table("alignment")
    final = rows.coder == "adjudicated"
    agreed = rows.groupby("item_id").status.transform("nunique") == 1
    return pd.concat([rows[final], rows[agreed]]).drop_duplicates("item_id")


def _silent_items(check):
    """Return a function that tells whether nothing public was found on an item."""
    ratings = reported(check).set_index("item_id").status
    return lambda item: item not in ratings.index or ratings[item] in SILENT


def _old_drafts(check):
    """Return the ids of draft strategies and plans of which nothing newer is known."""
    cut_off = max(check.table("editions").cut_off, default="")
    if not cut_off:
        return set()
    oldest = str(int(cut_off[:4]) - DRAFT_YEARS)
    rows = check.table("instruments")
    source_years = rows.source_id.map(check.column("sources", "source_id", "year")).fillna("")
    newest = source_years.where(source_years > rows.year, rows.year)
    old = (rows.status == "draft") & rows.kind.isin(PLANS) & (newest < oldest)
    return {*rows.instrument_id[old]}
