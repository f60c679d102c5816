"""Check evidence, instruments, ratings, differences, challenges and recommendations."""

import re
from collections import Counter
from contextlib import suppress

import pandas as pd

from cop.data.checks.rules import Check, Unreadable, check_of, rule
from cop.data.csvfiles import split
from cop.data.errors import DataError
from cop.data.package import countries

OFFICIAL = ("law", "official register", "statistics")  # kinds of official sources
ID = re.compile(r"\b[A-Z]{3}-[SELOV][0-9]{2,3}\b")
LINKED = ("statement", "detail", "rationale", "difference", "remark", "note")  # ids become links
UNLINKED = (
    "is not the id of a verified row of this country, so it cannot be linked",
    "Correct the id, verify the row, or replace the id with the name or content of the row",
)
NO_LINKS = "is an id, but pages do not link ids in this column", "Describe the row in words"
HEADLINES = 3  # maximum number of figures on children among the key figures
LINKABLE = ["sources.source_id", "evidence.evidence_id", "instruments.instrument_id"]
LINKABLE += ["stakeholders.stakeholder_id", "services.service_id"]
UNEXPLAINED = (
    "is an area with contradictory sources but no explanation",
    "Add a row with the area in `section` and the reason in `explanation`",
)
NEEDLESS = ("is an area without contradictory sources", "Delete the row, or correct the area")
_WHEN = (  # such as: on 1 March 2019, 01-03-2019, from March 2019, in 2019
    r" (?:on |from |since |in )?(?:[0-9]{1,2}[-. ](?:[0-9]{1,2}|[A-Z][a-z]+)[-. ]|[A-Z][a-z]+ )?"
    r"((?:19|20)[0-9]{2})\b"
)
YEAR_OF = {  # patterns of the year of a status in title and detail
    "in force": "(?i:in force)(?: in stages)?" + _WHEN,
    "ratified": "(?i:ratified|ratification|acceded)" + _WHEN,
    "adopted": "(?i:adopted|approved)" + _WHEN,
    "signed": "(?i:signed)" + _WHEN,
    "expired": r"(?i:ended|lapsed|repealed|replaced|lifted)\b[^.;,]{0,40}?\b((?:19|20)[0-9]{2})\b",
}
PERIOD = re.compile(r"\b(?:19|20)[0-9]{2}-((?:19|20)[0-9]{2})\b")
NOT_ITS_YEAR = (
    "differs from the year of `status` in `title` or `detail`",
    "Enter the year in which the instrument reached its status, or correct `title` or `detail`",
)
NO_END = (
    "is not confirmed as the year of expiry by `title` or `detail`",
    "Write 'ended', 'repealed' or 'replaced' before the year in `detail`, or clear `year`",
)
OFTEN = 2  # maximum number of challenges, in all countries, with the same positive action
MISSING = ["not in place", "no public evidence"]
SILENT = ["no public evidence", "not assessed"]
PLANS = ["strategy", "action plan"]
DRAFT_YEARS = 2  # age at which a draft no longer counts, unless its source is newer
COLUMNS = {  # {0}: columns that cite rows; {1}: columns of ids; {2}: ids without evidence
    "challenges": ("`evidence_ids`", "`item_ids`", "rated 'no public evidence' or 'not assessed'"),
    "recommendations": (
        "`baseline_evidence_id`",
        "`item_ids`, `capability_ids` and `challenge_ids`",
        "rated 'no public evidence' or 'not assessed', or a challenge that rests on silence",
    ),
}
NO_ROW = (
    "contradicts {0}, which cites no row, or only draft strategies and action plans that are "
    "undated or over 2 years older than the cut-off",
    "Cite another row, or enter 'silence' or 'rows and silence' if there is no evidence",
)
ONLY_SILENCE = (
    "requires an id that has evidence, but every id in {1} is {2}",
    "Add an id that has evidence, or enter 'silence' or 'rows and silence'",
)
NO_SILENCE = (
    "requires an id in {1} that is {2}, or a draft strategy or action plan in {0} that is undated "
    "or over 2 years older than the cut-off",
    "Add such an id, or enter 'rows' and cite a row",
)


@rule("evidence-high")
def _high_on_one_page(table, check):
    sources = check.table("sources").drop_duplicates("source_id").set_index("source_id")
    rows = table[(table.verified == "yes") & table.source_id.isin(sources.index)]
    event = rows.same_as.where(rows.same_as != "", rows.evidence_id)
    publishers = rows.source_id.map(sources.publisher).groupby(event).transform("nunique")
    official = rows.source_id.map(sources.kind).isin(OFFICIAL).groupby(event).transform("any")
    weak = rows.index[(publishers == 1) & ~official]
    return (table.confidence == "high") & table.index.isin(weak)


@rule("headline")
def _headline_of_low_confidence(table, check):
    confidence = table.evidence_id.map(check.column("evidence", "evidence_id", "confidence"))
    headlines = table.headline == "yes"
    return headlines & ((confidence == "low") | (headlines.cumsum() > HEADLINES))


@rule("linked-ids")
def _id_without_link(table, check):
    linked, _, unread = check.ids(LINKABLE)
    if unread:
        raise Unreadable(check.path)
    shown = table[table.verified == "yes"] if "verified" in table else table
    for column in [name for name in (*LINKED, "description") if name in shown]:
        ids = shown[column].map(ID.findall).explode().dropna()
        is_linked = column != "description"
        bare = ids[~ids.isin(linked)] if is_linked else ids
        cells = bare[~bare.index.duplicated()]
        yield from check.errors(cells, *(UNLINKED if is_linked else NO_LINKS))


@rule("instrument-year")
def _year_of_another_status(table, check):
    for row in table[(table.verified == "yes") & table.status.isin(YEAR_OF)].itertuples():
        years = re.findall(YEAR_OF[row.status], f"{row.title}. {row.detail}")
        years += PERIOD.findall(row.title) if row.status == "expired" else []
        if row.year and row.year not in years and (years or row.status == "expired"):
            yield check.error(row.Index, "year", row.year, *(NOT_ITS_YEAR if years else NO_END))


def of_differences(differing: list[str], explained: pd.Series, path: str) -> list[DataError]:
    """Return the errors in a country's differences.csv, whose path is `path`.

    `explained` is its column `section`, by row number. `differing` lists the areas to explain.
    """
    bare = [("", area, *UNEXPLAINED) for area in differing if area not in explained.array]
    needless = [(row, area, *NEEDLESS) for row, area in explained.items() if area not in differing]
    return [DataError(path, row, "section", *error) for row, *error in bare + needless]


@rule("action-reused")
def _same_example_again(table, check):
    examples = Counter()
    for iso3 in {*countries(check.data), check.iso3}:
        with suppress(Unreadable):
            other = check_of("challenges", check.data, iso3).table("challenges")
            examples.update(filter(None, other.action_evidence_id))
    return table.action_evidence_id.map(examples) > OFTEN


@rule("gap-answered")
def _left_without_a_word(table, check):
    answered = _served(check) | {*check.table("open_gaps").item_id}
    has_begun = (check.table("recommendations").due != "").any()
    return _gaps(table, check) & ~table.item_id.isin(answered) & has_begun


@rule("open-gap")
def _explained_in_vain(table, check):
    alignment = check.table("alignment")
    gaps = alignment.item_id[_gaps(alignment, check)]
    return ~table.item_id.isin({*gaps, *_served(check)})


def _served(check):
    rows = check.table("recommendations")
    return {name for cell in [*rows.item_ids, *rows.capability_ids] for name in split(cell)}


def _gaps(rows, check):
    items = check.table("guidelines").query("audience == 'policy-makers' and kind == 'item'")
    names = {*items.item_id, *check.table("capabilities").capability_id}
    gap = rows.item_id.isin(names) & rows.status.isin(MISSING) & (rows.confidence != "low")
    return gap & rows.index.isin(reported(check).index)


def reported(check: Check) -> pd.DataFrame:
    """Return one row for each item: the adjudicated row, or any row if all statuses are equal.

    Items with different statuses that were not adjudicated are left out.
    """
    rows = check.table("alignment")
    final = rows.coder == "adjudicated"
    agreed = rows.groupby("item_id").status.transform("nunique") == 1
    return pd.concat([rows[final], rows[agreed]]).drop_duplicates("item_id")


@rule("rests-on")
def _rests_on_other_things(table, check):
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
            if row.rests_on == "rows and silence":  # allowed, since a baseline may lack evidence
                silent.append(True)
        old = [name in drafts for name in cited]
        if row.rests_on == "rows" and (all(old) or (silent and all(silent))):
            wrong, fix = NO_ROW if all(old) else ONLY_SILENCE
        elif "silence" in row.rests_on and not any(silent + old):
            wrong, fix = NO_SILENCE
        else:
            continue
        wrong = wrong.format(*COLUMNS[check.name])
        yield check.error(row.Index, "rests_on", row.rests_on, wrong, fix)


def _old_drafts(check):
    cut_off = max(check.table("editions").cut_off, default="")
    if not cut_off[:4].isdecimal():
        return set()
    oldest, years = int(cut_off[:4]) - DRAFT_YEARS, check.column("sources", "source_id", "year")
    rows = check.table("instruments")
    plans = rows[(rows.status == "draft") & rows.kind.isin(PLANS)]
    newest = [max(row.year, years.get(row.source_id, "")) for row in plans.itertuples()]
    return {*plans.instrument_id[[year < str(oldest) for year in newest]]}


@rule("item-mapped")
def _item_without_mapping(table, check):
    items = check.table("guidelines").query("kind != 'document fact'")
    names = [*items.item_id, *check.table("capabilities").capability_id]
    fix = "Add a row with this id in `served_by` and an element of the framework in `element_id`"
    for name in names:
        if name not in table.served_by.array:
            yield check.error("", "served_by", name, "must be mapped to a framework element", fix)
