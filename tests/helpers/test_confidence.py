"""How sure a judgement is to which no coder gave a confidence: by the sources behind it."""

import pandas as pd
import pytest
from cases import cases

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


@pytest.mark.parametrize(
    ("rule", "ids", "status", "word", "reason"), cases("helpers/confidence.csv")
)
def test_a_judgement_is_as_sure_as_the_sources_behind_it(
    rule, ids, status, word, reason, tables, place
):
    found, why = judged(place, ids, status)
    assert found == word and why.startswith(reason), rule


@pytest.mark.parametrize("status", confidence.UNJUDGED)
def test_what_nobody_judged_has_no_confidence(status, tables, place):
    assert judged(place, "ZZZ-L01", status) == ("", "")


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
