"""Compute the confidence of values that coders do not rate, from the sources of each value.

Coders rate the confidence of items. For other values, such as rows of Table 25,
this module computes the confidence from the sources of the cited rows. See docs/method.md.
"""

import pandas as pd

import cop.data
from cop.data.checks.evidence import OFFICIAL
from cop.data.places import Country
from cop.report import words
from helpers import alignment, countries
from helpers.countries import read_table
from helpers.evidence import WEAK

REGISTERS = ["instruments", "stakeholders", "services", "exercises"]
SURE = ["confidence", "confidence_reason"]
ORDER = ["low", "moderate", "high"]
UNJUDGED = ["", "not assessed", "not applicable", "withheld", "not looked up", "not known"]


def rate(status: pd.Series, evidence_ids: pd.Series, place: Country) -> pd.DataFrame:
    """Compute confidence and confidence_reason for each status.

    `evidence_ids` contains ids of rows, sources or data sets. The level of a statement is its
    confidence; that of any other id depends on the source: `high` for an official text or a data
    set from its publisher, `low` for second-hand news or web pages, otherwise `moderate`. If ids
    share a source, the highest level counts. The confidence is `high` if all levels are high,
    `low` if all are low or nothing is cited, and otherwise `moderate`, which is also the maximum
    for `no public evidence`. Both columns are empty strings for statuses in UNJUDGED.
    """
    levels, rows = _levels(place), []
    for word, ids in zip(status, evidence_ids, strict=True):
        cited = levels[levels.index.isin(cop.data.split(ids))]
        best, silent = cited.groupby("source_id")["level"].max(), word == alignment.SILENT
        good = int((best > 0).sum())
        level = "low" if not good else "high" if best.min() == 2 and not silent else "moderate"
        reason = words.render_english("confidence", "reason", level, good, len(best), silent)
        rows.append(("", "") if word in UNJUDGED else (level, reason))
    return pd.DataFrame(rows, status.index, SURE, dtype=str)


def weakest(*frames: pd.DataFrame) -> tuple[str, str]:
    """Return confidence and reason of the row with the lowest confidence.

    Returns two empty strings if no row has a confidence.
    """
    rows = pd.concat(frames, ignore_index=True)
    rated = rows[rows.confidence.isin(ORDER)]
    if rated.empty:
        return "", ""
    return tuple(rated.loc[rated.confidence.map(ORDER.index).idxmin(), SURE])


def _levels(place):
    """Return source_id and level (position in ORDER) of each row that can be cited, by id."""
    sources = read_table("sources", place)
    weak = sources.kind.isin(WEAK) & (sources.hand == "second")
    level = sources.kind.isin(OFFICIAL).map({True: 2, False: 1}).mask(weak, 0)
    sets = read_table("statistics_sources", place)
    sets = sets.assign(level=sets.hand.map({"first": 2, "copy": 1}))
    sources = pd.concat([sources.assign(level=level), sets])[["source_id", "level"]]
    tables = [sources.assign(id=sources.source_id)]
    for name in REGISTERS:
        table = countries.verified(name, place)
        table = table.rename(columns={table.columns[0]: "id"})
        tables.append(table[["id", "source_id"]].merge(sources))
    statements = countries.verified("evidence", place).rename(columns={"evidence_id": "id"})
    tables.append(statements.assign(level=statements.confidence.map(ORDER.index)))
    return pd.concat(tables).set_index("id")[["source_id", "level"]]
