"""How sure a judgement is to which no coder gave a confidence: by the sources behind it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        "statistics_sources": pd.DataFrame({"source_id": ["SET"], "hand": ["first"]}),
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
    ("ids", "word", "reason"),
    [
        ("ZZZ-L01", "high", "1 source, an official text or as sure"),
        ("SET", "high", "1 source, an official text or as sure"),
        ("ZZZ-L01; ZZZ-E01", "high", "all 2 sources official texts, or as sure"),
        ("ZZZ-L01; ZZZ-L03", "moderate", "2 sources, 1 of at least moderate confidence"),
        ("ZZZ-L02", "moderate", "1 source of at least moderate confidence"),
        ("ZZZ-L04; ZZZ-L02", "moderate", "2 sources, 2 of at least moderate confidence"),
        (
            "ZZZ-L03; ZZZ-E02",
            "moderate",
            "1 source of at least moderate confidence",
        ),  # of one source
        ("ZZZ-L03", "low", "1 weak source: news or a web page at second hand"),
        ("ZZZ-L03; ZZZ-L05", "low", "all 2 sources weak: news or web pages at second hand"),
        ("", "low", "no source named for it"),
        ("ZZZ-L99", "low", "no source named for it"),
    ],
)
def test_a_judgement_is_as_sure_as_the_sources_behind_it(ids, word, reason, tables, place):
    assert judged(place, ids) == (word, reason)


def test_that_nothing_was_found_is_never_more_than_moderate(tables, place):
    assert judged(place, "ZZZ-L01", "no public evidence") == (
        "moderate", "1 source read, which does not show it")  # fmt: skip
    assert judged(place, "ZZZ-L03", "no public evidence") == ("low", "no good source read for it")


@pytest.mark.parametrize("word", confidence.UNJUDGED)
def test_what_nobody_judged_has_no_confidence(word, tables, place):
    assert judged(place, "ZZZ-L01", word) == ("", "")
    assert {"withheld", "not applicable", "not known"} < {*confidence.UNJUDGED}


def test_a_row_that_is_not_verified_makes_nothing_sure(tables, place):
    tables["evidence"]["verified"] = "no"
    assert judged(place, "ZZZ-E01")[0] == "low"


@given(st.lists(st.sampled_from(["high", "moderate", "low", ""]), max_size=5))
def test_several_are_as_sure_as_the_least_sure_of_them(words):
    rows = pd.DataFrame({"confidence": words, "confidence_reason": words}, dtype=str)
    least = next((w for w in ("low", "moderate", "high") if w in words), "")
    assert confidence.weakest(rows) == (least, least)


@pytest.mark.parametrize("iso3", ["ALB", "BIH", "GEO", "MDA", "MKD", "MNE", "SRB", "UKR"])
def test_every_judgement_of_a_real_country_has_confidence_and_reason(iso3):
    """Those that coders gave, and those that follow: no rating without both."""
    from conftest import DATA

    from cop.data.places import Country
    from helpers import alignment

    place = Country(iso3, iso3, str(DATA), "", "2026")
    rows = alignment.adjudicated(place)
    rated = rows[~rows.status.isin(["not assessed", "not applicable", "withheld"])]
    assert len(rated) and rated.confidence.isin(["high", "moderate", "low"]).all()
    assert (rated.confidence_reason != "").all()
