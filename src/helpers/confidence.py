"""Compute the confidence of values that coders do not rate, such as those of Table 25.

The confidence is derived from that of the statements cited for a value, and from the sources of
other cited rows. See docs/method.md.
"""

from functools import lru_cache

import pandas as pd

import cop.data
from cop.data.checks.evidence import OFFICIAL
from cop.data.places import Country
from cop.report import words
from helpers import alignment, countries
from helpers.countries import read_table
from helpers.evidence import WEAK

REGISTERS = ["instruments", "stakeholders", "services", "exercises"]
CITABLE = [*REGISTERS, "evidence", "sources", "statistics_sources"]
SURE = ["confidence", "confidence_reason"]
ORDER = ["low", "moderate", "high"]
UNJUDGED = ["", "not assessed", "not applicable", "withheld", "not looked up", "not known"]


def rate(status: pd.Series, evidence_ids: pd.Series, place: Country) -> pd.DataFrame:
    """Compute confidence and confidence_reason for each status.

    `evidence_ids` contains ids of rows, sources or data sets, separated by semicolons. Each id has
    a level. The level of a statement is its confidence. That of any other id depends on its source:
    `high` for an official text or a data set from its publisher, `low` for second-hand news or web
    pages, and otherwise `moderate`. If ids share a source, only the highest level counts. Unknown
    ids, and those of unverified rows other than sources, are ignored.

    The confidence is `high` if all levels are high, `low` if all are low or nothing is cited, and
    otherwise `moderate`. That of `no public evidence` is at most `moderate`. Both columns are empty
    strings for statuses in UNJUDGED. The index is that of `status`.
    """
    stamps = [cop.data.stamp(name, place.data, place.iso3) for name in CITABLE]
    levels, rows = _levels(place, *stamps), []
    for word, ids in zip(status, evidence_ids, strict=True):
        cited = sorted(levels[name] for name in cop.data.split(ids) if name in levels)
        best = dict(cited)  # keeps the last, and so the highest, level of each source
        good, silent = sum(map(bool, best.values())), word == alignment.SILENT
        certain = "moderate" if silent or min(best.values(), default=0) < 2 else "high"
        level = certain if good else "low"
        reason = words.render_english("confidence", "reason", level, good, len(best), silent)
        rows.append(("", "") if word in UNJUDGED else (level, reason))
    return pd.DataFrame(rows, status.index, SURE, dtype=str)


def weakest(*frames: pd.DataFrame) -> tuple[str, str]:
    """Return (confidence, reason) of the least certain rated row, or ("", "") if there is none."""
    rated = [row for frame in frames for row in frame[SURE].to_numpy().tolist() if row[0]]
    return tuple(min(rated, key=lambda row: ORDER.index(row[0]), default=("", "")))


@lru_cache
def _levels(place, *_):
    """Return {id: (source_id, level)} for the tables in CITABLE. Levels are positions in ORDER."""
    sources = read_table("sources", place)
    weak = sources.kind.isin(WEAK) & (sources.hand == "second")
    level = (1 + sources.kind.isin(OFFICIAL)).mask(weak, 0)
    sets = read_table("statistics_sources", place)
    of_source = dict(zip(sources.source_id, level, strict=True))
    of_source |= sets.set_index("source_id").hand.map({"first": 2, "copy": 1}).to_dict()
    source_of = {source: source for source in of_source}
    for name in REGISTERS:
        table = countries.verified(name, place)
        source_of |= table.set_index(table.columns[0]).source_id.to_dict()
    levels = {name: (s, of_source[s]) for name, s in source_of.items() if s in of_source}
    for row in countries.verified("evidence", place).itertuples():
        levels[row.evidence_id] = row.source_id, ORDER.index(row.confidence)
    return levels
