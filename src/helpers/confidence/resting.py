"""How sure a judgement is: reckoned from the sources behind it, by the words of the coding guide.

Items are given their confidence by coders. A row of Table 25, an expected result and a measure have
none of their own; theirs follows from what they rest on. See docs/coding-guide.md.
"""

from functools import partial

import pandas as pd

import contract
from contract.checks.evidence import OFFICIAL
from contract.places import Country
from report import words

text = partial(words.recorded, "confidence")

REGISTERS = ("instruments", "stakeholders", "services", "exercises")
WEAKEST = ["news", "other web page"]  # kinds of source, where they are at second hand
SURE = ["confidence", "confidence_reason"]
ORDER = ["low", "moderate", "high"]
SILENT = "no public evidence"
UNJUDGED = ["", "not assessed", "not applicable", "withheld", "not looked up", "not known"]


def of(status: pd.Series, evidence_ids: pd.Series, place: Country) -> pd.DataFrame:
    """Give confidence and confidence_reason of judgements, "" where nobody judged.

    `evidence_ids` name rows of the country, or sources. *High* where every source behind it is an
    official text or as sure; *low* where none is more than weak, or none is named; else *moderate*.
    That nothing was found is never more than moderate.
    """
    known = _sources(place)
    told = [
        _judged(word, known.reindex(contract.split(ids)).dropna())
        for word, ids in zip(status, evidence_ids, strict=True)
    ]
    return pd.DataFrame(told, status.index, SURE, dtype=str)


def weakest(rows: pd.DataFrame) -> tuple[str, str]:
    """Give confidence and reason of the least sure of some rows; "" and "" where there is none.

    Reads the columns confidence and confidence_reason; a row without confidence is passed over.
    """
    known = rows[rows.confidence.isin(ORDER)]
    order = known.confidence.map(ORDER.index).sort_values(kind="stable")
    first = known.loc[order.index].head(1)
    return next(zip(first.confidence, first.confidence_reason, strict=True), ("", ""))


def _judged(status, behind):
    """Give confidence and reason of a judgement on the rows behind it: source_id, confidence."""
    if status in UNJUDGED:
        return "", ""
    sources = behind.assign(rank=behind.confidence.map(ORDER.index))
    best = sources.groupby("source_id")["rank"].max()
    good, sure = int((best > 0).sum()), bool(len(best) and (best == 2).all())
    silent = status == SILENT
    word = "low" if not good else "high" if sure and not silent else "moderate"
    return word, text("reason", word, good, len(best), silent)


def _sources(place):
    """Give source and confidence of all rows and sources that a judgement may name, by id."""
    own = _read("sources", place).set_index("source_id")
    weak = own.kind.isin(WEAKEST) & (own.hand == "second")
    sure = own.kind.isin(OFFICIAL).map({True: "high", False: "moderate"}).mask(weak, "low")
    sets = contract.read("statistics_sources", place.data).set_index("source_id")
    sure = pd.concat([sure, sets.hand.map({"first": "high", "second": "moderate"})])
    rows = [_by_id(_read(name, place))[["source_id"]] for name in REGISTERS]
    rows = pd.concat([*rows, pd.DataFrame({"source_id": sure.index}, sure.index)])
    rows = rows.assign(confidence=rows.source_id.map(sure))
    return pd.concat([rows, _by_id(_read("evidence", place))[["source_id", "confidence"]]])


def _read(name, place):
    return contract.read(name, place.data, place.iso3)


def _by_id(frame):
    """Give the rows that were verified, by their id, which stands in the first column."""
    return frame[frame.verified == "yes"].set_index(frame.columns[0])
