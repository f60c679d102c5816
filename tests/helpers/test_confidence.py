"""How sure a judgement is to which no coder gave a confidence: by the sources behind it."""

import pandas as pd
import pytest

import cop.data
from helpers import confidence

KINDS = {"S1": ("law", "second"), "S2": ("report of a body", "first"), "S3": ("news", "second"),
         "S4": ("other web page", "first"), "S5": ("news", "second")}  # fmt: skip


@pytest.fixture
def tables(monkeypatch):
    """Return registers with one row for each kind of source, and three statements of one source."""
    kind, hand = zip(*KINDS.values(), strict=True)
    sources = pd.DataFrame({"source_id": list(KINDS), "kind": kind, "hand": hand})
    ids = [f"ZZZ-L0{n}" for n in range(1, 6)]
    instruments = pd.DataFrame({"instrument_id": ids, "source_id": list(KINDS), "verified": "yes"})
    levels = ["high", "moderate", "low"]
    statements = {"evidence_id": ["ZZZ-E01", "ZZZ-E02", "ZZZ-E03"], "confidence": levels}
    tables = {
        "sources": sources,
        "instruments": instruments,
        "evidence": pd.DataFrame(statements | {"source_id": "S3", "verified": "yes"}),
        "statistics_sources": pd.DataFrame(
            {"source_id": ["SET", "COPY"], "hand": ["first", "copy"]}
        ),
    }
    for name in ("stakeholders", "services", "exercises"):
        tables[name] = pd.DataFrame(columns=["key", "source_id", "verified"])
    monkeypatch.setattr(cop.data, "read", lambda name, *_, **__: tables[name])
    return tables


def judged(place, ids, status="in place"):
    frame = pd.DataFrame({"status": [status], "evidence_ids": [ids]})
    row = confidence.rate(frame.status, frame.evidence_ids, place).iloc[0]
    return row.confidence, row.confidence_reason


OFFICIAL, GOOD = "official text or of high confidence", "of at least moderate confidence"
WEAK = "secondary news or a secondary web page"


@pytest.mark.parametrize(
    ("ids", "status", "word", "reason"),
    [
        ("ZZZ-L01", "in place", "high", f"the source is an {OFFICIAL}"),
        ("SET", "in place", "high", f"the source is an {OFFICIAL}"),
        ("COPY", "in place", "moderate", f"1 source {GOOD}"),
        ("ZZZ-L01; ZZZ-E01", "in place", "high", "all 2 sources are official texts or of high c"),
        ("ZZZ-L01; ZZZ-L03", "in place", "moderate", f"2 sources, 1 {GOOD}"),
        ("ZZZ-L02", "in place", "moderate", f"1 source {GOOD}"),
        ("ZZZ-L04; ZZZ-L02", "in place", "moderate", f"2 sources, 2 {GOOD}"),
        ("ZZZ-L03; ZZZ-E02", "in place", "moderate", f"1 source {GOOD}"),  # of one source
        ("ZZZ-L03", "in place", "low", f"1 weak source: {WEAK}"),
        ("ZZZ-L03; ZZZ-L05", "in place", "low", "all 2 sources weak: secondary news or web pages"),
        ("", "in place", "low", "no source named"),
        ("ZZZ-L99", "in place", "low", "no source named"),
        # that nothing was found is never more than moderate
        ("ZZZ-L01", "no public evidence", "moderate", "1 source read, not confirming it"),
        ("ZZZ-L03", "no public evidence", "low", "no reliable source reviewed"),
        # what nobody judged has none
        *[("ZZZ-L01", status, "", "") for status in confidence.UNJUDGED],
    ],
    ids=[
        "an official text is high", "a data set of its publisher is high",
        "a copy of a data set is moderate", "high if all are high",
        "moderate if not all are", "a report of a body is moderate",
        "a web page at first hand is moderate", "of one source the highest level counts",
        "news at second hand is low", "low if all are low", "low if nothing is cited",
        "low if no such row is there", "no public evidence is at most moderate",
        "no public evidence by a weak source is low",
        *[f"what is {status or 'empty'!r} has no confidence" for status in confidence.UNJUDGED],
    ],
)  # fmt: skip
def test_a_judgement_is_as_sure_as_the_sources_behind_it(ids, status, word, reason, tables, place):
    found, why = judged(place, ids, status)
    assert found == word and why.startswith(reason) and bool(why) == bool(reason)
    assert {"withheld", "not applicable", "not known"} < {*confidence.UNJUDGED}


@pytest.mark.parametrize(("table", "row"), [("evidence", "ZZZ-E01"), ("instruments", "ZZZ-L01")])
def test_a_row_that_is_not_verified_makes_nothing_sure(table, row, tables, place):
    tables[table]["verified"] = "no"
    assert judged(place, row)[0] == "low"


@pytest.mark.parametrize(
    ("words", "least"),
    [(["high", "low", "moderate"], "low"), (["high", "", "moderate"], "moderate"),
     (["high"], "high"), ([""], ""), ([], "")],
)  # fmt: skip
def test_several_are_as_sure_as_the_least_sure_of_them(words, least):
    rows = pd.DataFrame({"confidence": words, "confidence_reason": words}, dtype=str)
    assert confidence.weakest(rows) == (least, least)
