"""Stage 1: statements, sources and instruments, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland
from pagetext import said

import cop.data
from cop.data.places import Country
from helpers import countries, evidence, show

DESK = show.Templates("1-desktop-research")


@pytest.fixture
def statements():
    """Return three statements of two sections, one of them undated."""
    return pd.DataFrame(
        {
            "evidence_id": ["ZZZ-E01", "ZZZ-E02", "ZZZ-E03"],
            "section": ["education", "education", "legal_framework"],
            "statement": ["Schools teach it.", "See ZZZ-E01.", "A law stands."],
            "year": pd.array([2023, 2022, pd.NA], dtype="Int64"),
            "confidence": ["high", "low", "moderate"],
            "source_id": ["ZZZ-S01", "ZZZ-S02", "ZZZ-S01"],
            "same_as": ["", "", ""],
            "remark": ["", "<b>seen</b>", ""],
        }
    )


def test_what_two_sources_report_counts_once(statements):
    twice = statements.assign(same_as=["", "ZZZ-E01", ""])
    assert len(evidence.distinct_statements(twice)) == 2


def figure(kind, label, value, year, asked=pd.NA, who=""):
    return {
        "kind": kind, "label": label, "value": value, "unit": "percent", "year": year,
        "period": "first half", "asked": asked, "who": who, "headline": "",
        "evidence_id": "ZZZ-E01", "source_id": "ZZZ-S03", "publisher": "Academy",
    }  # fmt: skip


def test_shares_of_children_are_by_kind_and_say_who_was_asked_and_which_are_old():
    rows = [
        figure("silence", "Told nobody", 90.0, 2022),
        figure("risk", "Were bullied", 12.5, 2023, 1204, "pupils"),
        figure("risk", "Met a stranger", 40.0, pd.NA),
        figure("case", "Cases", 7.0, 2024),
    ]
    shares = evidence.shares_of_children(pd.DataFrame(rows).astype({"year": "Int64"}), 2023)
    assert shares.title.tolist() == [
        "Met a stranger (no year)",
        "Were bullied (2023, first half; 1,204 pupils)",
        "Told nobody (2022, first half)",
    ]
    assert shares.old.tolist() == [True, False, True]


def test_a_step_from_report_to_rescue_without_a_figure_is_missing_and_not_zero():
    tipline = pd.DataFrame(
        {"year": [2023], "value": [105.0], "source_id": ["NCMEC"], "publisher": ["NCMEC"]}
    )
    rows = [figure("help", "Children helped", 3.0, 2024), figure("risk", "Risk", 1.0, 2024)]
    rescue = evidence.from_report_to_rescue(pd.DataFrame(rows), tipline)
    assert rescue.kind.tolist() == ["report", "case", "child", "help"]
    assert rescue.value.isna().tolist() == [False, True, True, False]
    assert rescue.label.tolist() == [evidence.REPORTS, "", "", "Children helped"]


def test_the_latest_passage_of_a_row_stands_beside_its_source(statements, tmp_path):
    data = copy_of_zedland(tmp_path)
    path = data / "research" / "ZZZ" / "verifications.csv"
    rows = [
        "ZZZ-E01,ZZZ-S01,14,Said.,2026-03-01,",
        "ZZZ-E01,ZZZ-S01,12,Said.,2026-02-01,",
        "ZZZ-E02,ZZZ-S02,Article 5,Said.,2026-03-02,",
    ]
    head = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    place = Country("ZZZ", "Zedland", str(data), "", "2026")
    shown = said(DESK.evidence_table(statements, evidence.last_seen(place), place))
    assert "[S01] example.org page 14, seen 2026-03-01" in shown and "page 12" not in shown
    assert "[S02] example.org Article 5, seen 2026-03-02" in shown


def test_remarks_are_escaped_and_ids_in_a_statement_lead_to_their_rows(statements, place):
    shown = DESK.evidence_table(statements.assign(anchor=statements.evidence_id), {}, place)
    assert "E02 | Education | See [E01]. Remark: <b>seen</b> | 2022 | low | [S02]" in said(shown)
    assert 'id="ZZZ-E02"' in shown and "<b>seen" not in shown


def law(**more):
    """Return a law in force that rests on the first source of Zedland."""
    row = {"instrument_id": "ZZZ-L01", "title": "Act", "kind": "law", "status": "in force"}
    row |= {"year": 2020, "detail": "Article 7", "remark": "", "source_id": "ZZZ-S01"}
    return row | {"in_force_since": "", "text_source_id": "", "translation_source_id": ""} | more


def instrument_table(*rows, place, kinds=()):
    frame = pd.DataFrame(rows).astype({"year": "Int64"})
    return evidence.instrument_table(frame, place, kinds)


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
    ("kind", "hand", "language", "status", "words"),
    [
        ("law", "first", "en", "in force", "official page, in English"),
        ("law", "first", "zz", "in force", "official page (zz); no translation read"),
        ("law", "second", "en", "in force", "English text that is not official; official page"),
        ("law", "second", "zz", "in force", "copy of the text (zz); official page not read; no"),
        ("news", "first", "en", "in force", "text not read: told by another, in English"),
        ("news", "first", "zz", "in force", "text not read: told by another, not in English"),
        ("law", "first", "en", "absent", "none |"),
    ],
)
def test_a_law_shows_whether_and_in_which_language_its_text_was_read(
    place, monkeypatch, kind, hand, language, status, words
):
    source = {"source_id": "ZZZ-S01", "kind": kind, "hand": hand, "language": language, "url": ""}
    monkeypatch.setattr(evidence, "register", lambda place: pd.DataFrame([source]))
    table = said(instrument_table(law(status=status), place=place))
    assert f"| Article 7 | Article 7 | {words}" in table


def test_the_text_and_translation_that_are_named_come_before_the_source(place, monkeypatch):
    columns = ["source_id", "kind", "hand", "language"]
    rows = [("ZZZ-S01", "news", "second", "en"), ("ZZZ-S02", "law", "first", "zz"),
            ("ZZZ-S03", "law", "second", "en"), ("ZZZ-S04", "law", "first", "en")]  # fmt: skip
    sources = pd.DataFrame(rows, columns=columns)
    sources["url"] = "https://example.org/" + sources.source_id
    monkeypatch.setattr(evidence, "register", lambda place: sources)
    act = law(text_source_id="ZZZ-S02", translation_source_id="ZZZ-S03")
    table = instrument_table(act, place=place)
    assert 'href="https://example.org/ZZZ-S02">official page (zz)</a>' in table
    assert "English translation that is not official |" in said(table)
    table = instrument_table(act | {"translation_source_id": "ZZZ-S04"}, place=place)
    assert "; official English translation |" in said(table)


def test_all_unverified_rows_of_the_country_wait_and_are_no_content(place, monkeypatch):
    waiting = evidence.to_verify(place)
    assert "treaty_register" in set(waiting.table) <= set(evidence.KEY_AND_TEXT)
    assert waiting.id.str.startswith("ZZZ-")[waiting.table != "treaty_register"].all()
    assert not set(waiting.id) & set(countries.verified("evidence", place).evidence_id)
    read = cop.data.read

    def of_another(name, data, iso3=None):
        frame = read(name, data, iso3)
        return frame.assign(iso3="YYY") if name == "treaty_register" else frame

    monkeypatch.setattr(cop.data, "read", of_another)
    assert "treaty_register" not in set(evidence.to_verify(place).table)


def test_no_treaty_of_a_country_is_an_alliance():
    for iso3 in cop.data.begun(DATA):
        frame = cop.data.read("instruments", DATA, iso3)
        treaties = frame.title[frame.kind == "international treaty"]
        assert not treaties.str.contains("Alliance").any()
