"""Stage 1: statements, sources and instruments, on a few invented rows."""

import pandas as pd
import pytest
from pagetext import said

from helpers import evidence, show

DESK = show.Templates("1-desktop-research")


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


@pytest.mark.parametrize(
    ("title", "detail", "articles"),
    [
        ("Code, Article 301-1", "Kept apart from Article 301.", "Article 301-1"),
        ("Law on media", "Article 42 limits what harms; see Article 42.", "Article 42"),
        ("Codes, Articles 186, 208 and 209", "", "Articles 186, 208 and 209"),
        ("Code, Articles 193-a and 193-b", "", "Articles 193-a and 193-b"),
        ("Law", "Adds part 6 of Article 49 in 2021.", "part 6 of Article 49"),
        ("Treaty", "Age under 16 for Article 18(1)(a).", "Article 18(1)(a)"),
        ("Article 185b (grooming)", "", "Article 185b"),
        ("Strategy 2016-2020", "Has a section on children and 12 articles.", ""),
    ],
)
def test_the_title_names_the_article_or_else_the_detail(title, detail, articles):
    assert evidence.articles(title, detail) == articles


@pytest.mark.parametrize(
    ("kind", "hand", "language", "cells", "words"),
    [
        ("law", "first", "en", {}, "official page, in English"),
        ("law", "first", "zz", {}, "official page (zz); no translation read"),
        ("law", "second", "en", {}, "English text that is not official; official page"),
        ("law", "second", "zz", {}, "copy of the text (zz); official page not read; no"),
        ("news", "first", "zz", {}, "text not read: reported by others, not in English"),
        ("law", "first", "en", {"status": "absent"}, "none |"),
        ("news", "second", "en", {"text_source_id": "S2", "translation_source_id": "S3"},
         "official page (zz); English translation that is not official |"),
        ("news", "second", "en", {"text_source_id": "S2", "translation_source_id": "S4"},
         "official page (zz); official English translation |"),
    ],
)  # fmt: skip
def test_a_law_shows_whether_and_in_which_language_its_text_was_read(
    place, monkeypatch, kind, hand, language, cells, words
):
    rows = [("S1", kind, hand, language), ("S2", "law", "first", "zz"),
            ("S3", "law", "second", "en"), ("S4", "law", "first", "en")]  # fmt: skip
    sources = pd.DataFrame(rows, columns=["source_id", "kind", "hand", "language"]).assign(url="")
    monkeypatch.setattr(evidence, "register", lambda place: sources)
    row = {"instrument_id": "ZZZ-L01", "title": "Act", "kind": "law", "status": "in force",
           "year": 2020, "detail": "Article 7", "remark": "", "source_id": "S1",
           "in_force_since": "", "text_source_id": "", "translation_source_id": ""}  # fmt: skip
    frame = pd.DataFrame([row | cells]).astype({"year": "Int64"})
    table = said(evidence.instrument_table(frame, place, ()))
    assert f"| Article 7 | Article 7 | {words}" in table


def test_rows_to_verify_are_those_of_the_country(place, replace_table):
    assert "treaty_register" in set(evidence.to_verify(place).table)
    replace_table("treaty_register", lambda rows: rows.assign(iso3="YYY"))
    assert "treaty_register" not in set(evidence.to_verify(place).table)


def test_headings_stand_above_their_numbers_and_plurals_follow_their_own_number(place):
    kinds = pd.DataFrame({"kind": ["law"], "sources": [2], "first": [3], "second": [1]})
    shown = said(DESK.kind_table(kinds, place))
    assert "Sources | Statements from primary sources | Statements from secondary sources" in shown
    assert shown.endswith("| 2 | 3 | 1")
    for numbers, text in (
        ((1, 2, 3), "1 of 2 sources carries no year. The sources are in 3 languages."),
        ((2, 1, 1), "2 of 1 source carry no year. The sources are in 1 language."),
    ):
        assert said(DESK.about_years(*numbers)) == text
