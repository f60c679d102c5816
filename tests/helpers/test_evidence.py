"""Stage 1: statements, sources and instruments, on a few invented rows."""

import pandas as pd
import pytest
from cases import cases

from helpers import evidence, read


def test_what_two_sources_report_counts_once():
    twice = pd.DataFrame({"evidence_id": ["ZZZ-E01", "ZZZ-E02"], "same_as": ["", "ZZZ-E01"]})
    assert evidence.distinct_statements(twice).evidence_id.tolist() == ["ZZZ-E01"]


def test_shares_of_children_are_old_before_a_year_or_without_one_and_say_who_was_asked():
    columns = ["label", "value", "year", "asked", "who"]
    rows = [("Told nobody", 90.0, 2022, pd.NA, ""), ("Were bullied", 12.5, 2023, 1204, "pupils"),
            ("Met a stranger", 4.0, pd.NA, pd.NA, "")]  # fmt: skip
    figures = pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
    shares = evidence.shares_of_children(figures.assign(kind="risk", period="first half"), 2023)
    assert shares[["title", "old"]].values.tolist() == [
        ["Told nobody (2022, first half)", True],
        ["Were bullied (2023, first half; 1,204 pupils)", False],
        ["Met a stranger (no year)", True],
    ]


@pytest.mark.parametrize(("rule", "title", "detail", "articles"), cases("helpers/articles.csv"))
def test_the_title_names_the_article_or_else_the_detail(rule, title, detail, articles):
    assert evidence.articles(title, detail) == articles, rule


@pytest.mark.parametrize(
    ("table", "key", "text"),
    [
        ("evidence", "evidence_id", "statement"), ("instruments", "instrument_id", "title"),
        ("stakeholders", "stakeholder_id", "name"), ("services", "service_id", "name"),
        ("exercises", "exercise_id", "name"), ("sources", "source_id", "title"),
        ("treaty_register", "instrument", "note"),
    ],
)  # fmt: skip
def test_a_row_to_verify_is_known_by_its_id_and_its_text(table, key, text, place, replace_table):
    row = {"iso3": "ZZZ", "verified": "no", key: "X1", text: "Words"}
    replace_table(table, lambda rows: rows.head(1).assign(**row))
    rows = evidence.to_verify(place)
    assert rows[rows.table == table][["id", "text"]].values.tolist() == [["X1", "Words"]]


def test_rows_to_verify_are_those_of_the_country(place, replace_table):
    assert "treaty_register" in set(evidence.to_verify(place).table)
    replace_table("treaty_register", lambda rows: rows.assign(iso3="YYY"))
    assert "treaty_register" not in set(evidence.to_verify(place).table)


def test_rows_to_verify_are_not_verified(place, replace_table):
    replace_table("evidence", lambda rows: rows.head(2).assign(verified=["yes", "no"]))
    rows = evidence.to_verify(place)
    assert rows.id[rows.table == "evidence"].tolist() == ["ZZZ-E02"]


def test_a_table_is_read_without_rows_that_are_not_verified(place, replace_table):
    replace_table("evidence", lambda rows: rows.head(2).assign(verified=["yes", "no"]))
    assert read("evidence", place.data, "ZZZ").evidence_id.tolist() == ["ZZZ-E01"]


def test_a_table_without_a_column_on_verification_is_read_as_it_is(place):
    assert read("editions", place.data, "ZZZ").edition.tolist() == ["2026"]


def of_sources(*rows):
    """Return the register of sources: (id, kind, hand, language)."""
    frame = pd.DataFrame(rows, columns=["source_id", "kind", "hand", "language"])
    return frame.assign(url="u-" + frame.source_id)


@pytest.mark.parametrize(
    ("rule", "cells", "expected"),
    [
        ("the text counts before the source of the row", {"text_source_id": "S1"},
         ("S1", True, True)),
        ("without a text the source of the row counts", {}, ("S2", False, False)),
        ("a copy of a law is a text that is not official", {"text_source_id": "S3"},
         ("S3", True, False)),
        ("a register at first hand is no law", {"text_source_id": "S2"}, ("S2", False, False)),
    ],
)  # fmt: skip
def test_the_text_of_an_instrument_is_a_law_and_official_at_first_hand(
    rule, cells, expected, place, monkeypatch
):
    sources = of_sources(("S1", "law", "first", "uk"), ("S2", "statistics", "first", "en"),
                         ("S3", "law", "second", "uk"))  # fmt: skip
    monkeypatch.setattr(evidence, "register", lambda place: sources)
    row = {"source_id": "S2", "text_source_id": "", "translation_source_id": "S1"} | cells
    [found] = evidence.with_texts(pd.DataFrame([row]), place).itertuples()
    assert (found.text_id, found.is_text, found.official) == expected, rule
    assert found.translation_official, "the translation is that of its own source"


def test_a_passage_is_where_a_row_was_last_seen(place, replace_table):
    rows = [("E1", "3", "2026-05-02"), ("E1", "2", "2026-05-01"), ("E2", "", "2026-05-01")]
    replace_table("verifications", pd.DataFrame(rows, columns=["row_id", "page", "seen_on"]))
    assert evidence.last_seen(place) == {"E1": ("3", "2026-05-02"), "E2": ("", "2026-05-01")}
    rows = [("E1", str(n), f"2026-05-0{1 + 7 * n % 3}") for n in range(40)]
    replace_table("verifications", pd.DataFrame(rows, columns=["row_id", "page", "seen_on"]))
    assert evidence.last_seen(place) == {"E1": ("38", "2026-05-03")}, "of one day, the last row"


def test_only_figures_of_risk_and_silence_are_shares_the_largest_of_a_kind_first():
    rows = [("case", 99.0), ("silence", 5.0), ("risk", 2.0), ("risk", 8.0)]
    figures = pd.DataFrame(rows, columns=["kind", "value"])
    figures = figures.assign(label="L", year=pd.array([2024] * 4, "Int64"), asked=pd.NA, who="",
                             period="")  # fmt: skip
    shares = evidence.shares_of_children(figures, 2023)
    assert shares[["kind", "value"]].values.tolist() == [["risk", 8.0], ["risk", 2.0],
        ["silence", 5.0]]  # fmt: skip


def test_bodies_are_shown_apart_from_instruments_and_kinds_alone_if_named(place, monkeypatch):
    kinds = ["national law", "agency", "strategy", "alliance"]
    rows = pd.DataFrame({"kind": kinds, "title": "", "detail": "", "instrument_id": kinds})
    monkeypatch.setattr(evidence, "with_texts", lambda rows, place: rows)
    monkeypatch.setattr(evidence, "render", lambda name, laws, bodies,
                        *_: ([*laws.kind], [*bodies.kind]))  # fmt: skip
    shown = evidence.instrument_table(rows, place)
    assert shown == (["national law", "strategy"], ["agency", "alliance"]), "two tables"
    assert evidence.instrument_table(rows, place, ("strategy",)) == (["strategy"], [])


def test_the_glossary_stands_by_abbreviation_or_else_by_term(place, replace_table, monkeypatch):
    rows = {"term": ["Alpha", "Middle", "Ångström"], "abbreviation": ["ZED", "", ""]}
    replace_table("glossary", pd.DataFrame(rows))
    monkeypatch.setattr(evidence, "render", lambda name, frame: frame.key.tolist())
    assert evidence.glossary(place) == ["Ångström", "Middle", "ZED"], "by the alphabet"
