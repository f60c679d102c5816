"""Compare what challenges and recommendations say that they rest on with their ratings and rows."""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import Cells, lines, split
from cop.data.checks import beside
from cop.data.checks.followup.gaps import reported
from cop.data.checks.recommendations import A_YEAR, NONE_PUBLISHED
from cop.data.faults import Fault
from cop.data.package import countries, paths

SILENT = ("no public evidence", "not assessed")
PLANS = ("strategy", "action plan")
STRATEGY = "PM-STR-01"
YEARS = 2  # after which a draft is silent, unless something newer is known of it
NO_ROW = (
    "claims rows, but each rating behind it, or each row cited, is silent (so is an old draft)",
    "Cite a verified row that states it, or choose silence, or rows and silence",
)
NO_SILENCE = (
    "claims silence, but no rating or row behind it is silent",
    "Choose rows, or rows and silence; name the rating that is no public evidence or not assessed",
)
UNSAID = (
    "rests on silence and does not say so",
    'Write what "could not be established" (in a baseline also "none published"), or choose rows',
)
STRONG = re.compile(
    r"\b(?:not one|no|none|nobody|nothing|never|only|last|lack(?:s|ed|ing)?)\b", re.IGNORECASE
)
TOO_STRONG = ("may claim more than silence shows", "Reword it, or cite the row that states it")
DRAFTS = ("rests on drafts alone", "Rate it no public evidence, or cite a row that says it")


def unlike_its_ratings(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield challenges and recommendations that rest on something else than they say."""
    of = _of_challenges if "challenge" in table else _of_recommendations
    for row, basis, ratings, cited in of(table, path, data):
        if basis == "rows" and (ratings and all(ratings) or all(cited)):
            yield Fault(path, row, "rests_on", basis, *NO_ROW)
        elif "silence" in basis and not any(ratings + cited):
            yield Fault(path, row, "rests_on", basis, *NO_SILENCE)


def _of_challenges(table, path, data):
    """Yield (row, rests_on, which ratings are silent, which cited rows are silent)."""
    silent, drafts = _silent(path, data), _old_drafts(path, data)
    for row, basis, items, cited in lines(table, "rests_on", "item_ids", "evidence_ids"):
        yield row, basis, [*map(silent, split(items))], [one in drafts for one in split(cited)]


def _of_recommendations(table, path, data):
    """Yield the same of recommendations.

    Their items are those that they serve, so the basis of the challenges answered counts as well,
    and a baseline that rests on silence says so itself.
    """
    silent, drafts = _silent(path, data), _old_drafts(path, data)
    bases = beside.by_key("challenges", "challenge_id", "rests_on", path, data)
    names = ("rests_on", "challenge_ids", "item_ids", "capability_ids", "baseline_evidence_id")
    for row, basis, answered, items, capabilities, cited in lines(table, *names):
        behind = " and ".join(bases.get(one, "") for one in split(answered)).split(" and ")
        ratings = [*map(silent, split(items) + split(capabilities))]
        ratings += [one == "silence" for one in behind] + [True] * (basis == "rows and silence")
        yield row, basis, ratings, [one in drafts for one in split(cited)]


def unsaid(table: Cells, path: str, data: str | Path) -> Iterator[Fault]:
    """Yield texts that rest on silence and do not say what could not be established."""
    column = "challenge" if "challenge" in table else "baseline"
    phrases = NONE_PUBLISHED[column == "challenge" :]
    for row, basis, text in lines(table, "rests_on", column):
        if "silence" in basis and not any(one in text.casefold() for one in phrases):
            yield Fault(path, row, column, text[:80], *UNSAID)


def waiting(data: str | Path) -> list[str]:
    """Return a warning for each text, and rating of a strategy, that silence may not support."""
    kinds = _too_strong, _draft_strategy
    return [str(fault) for iso3 in countries(data) for of in kinds for fault in of(iso3, data)]


def _too_strong(iso3, data):
    for name, *columns in (("challenges", "challenge"), ("recommendations", "what", "baseline")):
        path = paths(name, data, iso3)[0]
        for row, basis, *texts in lines(beside.table(name, path, data), "rests_on", *columns):
            for column, text in zip(columns, texts, strict=True) if basis == "silence" else ():
                text = re.sub("|".join(NONE_PUBLISHED), "", text, flags=re.IGNORECASE)
                for word in dict.fromkeys(STRONG.findall(text)):
                    yield Fault(path, row, column, word, *TOO_STRONG)


def _draft_strategy(iso3, data):
    path = paths("alignment", data, iso3)[0]
    table = beside.table("alignment", path, data)
    row, status, _ = reported(table).get(STRATEGY, ("", "", ""))
    states = beside.by_key("instruments", "instrument_id", "status", path, data)
    cited = split(dict(lines(table, "evidence_ids")).get(row, ""))
    if status == "not in place" and {states[i] for i in cited if i in states} == {"draft"}:
        yield Fault(path, row, "status", status, *DRAFTS)


def _silent(path, data):
    """Return the function that tells whether the rating of an item, if any, is silent."""
    ratings = reported(beside.table("alignment", path, data))
    return lambda item: item not in ratings or ratings[item][1] in SILENT


def _old_drafts(path, data):
    """Return the ids of draft strategies and plans of which nothing newer than YEARS is known."""
    cut_off = A_YEAR.findall(max(beside.table("editions", path, data)["cut_off"], default=""))
    oldest = str(int(cut_off[0]) - YEARS) if cut_off else ""
    known = beside.by_key("sources", "source_id", "year", path, data)
    names = ("instrument_id", "status", "kind", "year", "source_id")
    return {
        one
        for _, one, status, kind, *newest in lines(beside.table("instruments", path, data), *names)
        if status == "draft" and kind in PLANS and max(newest[0], known.get(newest[1], "")) < oldest
    }


RULES = [unlike_its_ratings, unsaid]
