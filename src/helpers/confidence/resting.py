"""How sure a judgement is: reckoned from the sources behind it, by the words of the coding guide.

Items are given their confidence by coders. A row of Table 25, an expected result and a measure have
none of their own; theirs follows from what they rest on. See docs/method.md.
"""

from functools import partial

import pandas as pd

import cop.data
from cop.data.checks.evidence import OFFICIAL
from cop.data.places import Country
from cop.report import page, words
from helpers import countries

text = partial(words.recorded, "confidence")

REGISTERS = ("instruments", "stakeholders", "services", "exercises")
WEAKEST = ["news", "other web page"]  # kinds of source, where they are at second hand
OF_SETS = {"first": "high", "second": "moderate"}  # how sure a data set is, by its hand
SURE = ["confidence", "confidence_reason"]
ORDER = ["low", "moderate", "high"]
SILENT = "no public evidence"
UNJUDGED = ["", "not assessed", "not applicable", "withheld", "not looked up", "not known"]


def of(status: pd.Series, evidence_ids: pd.Series, place: Country) -> pd.DataFrame:
    """Return confidence and confidence_reason of judgements, "" where nobody judged.

    `evidence_ids` name rows of the country, or sources. *High* where every source behind it is an
    official text or as sure; *low* where none is more than weak, or none is named; else *moderate*.
    That nothing was found is never more than moderate.
    """
    known = _sources(place)
    told = [
        _judged(word, [known[one] for one in cop.data.split(ids) if one in known])
        for word, ids in zip(status, evidence_ids, strict=True)
    ]
    return pd.DataFrame(told, status.index, SURE, dtype=str)


def weakest(*frames: pd.DataFrame) -> tuple[str, str]:
    """Return confidence and reason of the least sure of some rows; "" and "" where there is none.

    Reads the columns confidence and confidence_reason; a row without confidence is passed over.
    """
    told = (one for rows in frames for one in zip(*(rows[c] for c in SURE), strict=True))
    known = (one for one in told if one[0] in ORDER)
    return min(known, key=lambda one: ORDER.index(one[0]), default=("", ""))


def _judged(status, behind):
    """Return confidence and reason of a judgement on what is behind it: (source, confidence)."""
    if status in UNJUDGED:
        return "", ""
    best: dict[str, int] = {}
    for source, word in behind:
        best[source] = max(best.get(source, 0), ORDER.index(word))
    good, sure = sum(map(bool, best.values())), {*best.values()} == {ORDER.index("high")}
    silent = status == SILENT
    word = "low" if not good else "high" if sure and not silent else "moderate"
    return word, text("reason", word, good, len(best), silent)


def _sources(place):
    """Return {id: (source, confidence)} of all rows and sources that a judgement may name; the id
    of a row stands in the first column of its table.
    """
    own = cop.data.read("sources", place.data, place.iso3)
    sets = cop.data.read("statistics_sources", place.data)
    sure = {row.source_id: _sure(row.kind, row.hand) for row in page.rows(own)}
    sure |= {row.source_id: OF_SETS[row.hand] for row in page.rows(sets) if row.hand in OF_SETS}
    named = dict(zip(sure, sure, strict=True))
    for name in REGISTERS:
        column = cop.data.columns(name, place.data)[0]
        rows = countries.verified_rows(name, place, column, "source_id", "verified")
        named |= {row[0]: row.source_id for row in rows}
    known = {one: (source, sure[source]) for one, source in named.items() if source in sure}
    names = "evidence_id", "source_id", "confidence", "verified"
    said = countries.verified_rows("evidence", place, *names)
    return known | {row.evidence_id: (row.source_id, row.confidence) for row in said}


def _sure(kind, hand):
    """Return how sure a source makes what rests on it."""
    if kind in WEAKEST and hand == "second":
        return "low"
    return "high" if kind in OFFICIAL else "moderate"
