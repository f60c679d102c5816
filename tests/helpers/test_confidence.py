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


# L01 to L05 are of S1 to S5, and E01 to E03 of S3, with high, moderate and low confidence.
@pytest.mark.parametrize(("ids", "status", "word", "reason"), cases("helpers/confidence.csv"))
def test_a_judgement_is_as_sure_as_the_sources_behind_it(ids, status, word, reason, tables, place):
    found, why = judged(place, ids, status)
    assert found == word and why.startswith(reason) and bool(why) == bool(reason)
    assert {"withheld", "not applicable", "not known"} < {*confidence.UNJUDGED}


def test_a_row_that_is_not_verified_makes_nothing_sure(tables, place):
    tables["evidence"]["verified"] = "no"
    assert judged(place, "ZZZ-E01")[0] == "low"
