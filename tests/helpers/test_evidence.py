"""Stage 1: statements, sources and what is said of them, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA, copy_of_zedland
from pagetext import said

import cop.data
from cop.data.places import Country
from helpers import evidence


@pytest.fixture
def statements():
    """Return three statements of two sections: 2023 is the first recent year of the edition
    2026.
    """
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


@pytest.fixture
def register():
    """Return three sources of two types, one without a year and one without an address."""
    return pd.DataFrame(
        {
            "source_id": ["ZZZ-S01", "ZZZ-S02", "ZZZ-S03"],
            "type": ["report", "news", "report"],
            "kind": ["law", "news", "research"],
            "hand": ["first", "second", "first"],
            "language": ["en", "sq", "sq"],
            "year": pd.array([2023, pd.NA, 2022], dtype="Int64"),
            "url": ["https://one.example", "https://two.example", ""],
        }
    )


def links_of(**results):
    """Return what a test of addresses found on one day: {site: result}."""
    rows = [
        {"url": f"https://{site}.example", "checked": "2026-11-20", "result": r, "archived": ""}
        for site, r in results.items()
    ]
    return pd.DataFrame(rows, columns=["url", "checked", "result", "archived"])


def test_the_bottom_line_counts_statements_sources_and_those_of_high_confidence(statements, place):
    line = said(evidence.bottom_line(statements, ["Education", "ICT statistics"], 2, place))
    assert line == (
        "3 verified statements from 2 sources speak about child online protection in Zedland; 1 of "
        "3 of the statements are of high confidence. No verified statement is on record about: "
        "education and ICT statistics."
    )


def test_one_statement_from_one_source_speaks(statements, place):
    line = said(evidence.bottom_line(statements.head(1), [], 1, place))
    assert line == (
        "1 verified statement from 1 source speaks about child online protection in Zedland; 1 of "
        "1 is of high confidence. Every section of the assessment has at least one."
    )


def test_one_event_told_by_two_sources_is_one(statements, place):
    twice = statements.assign(same_as=["", "ZZZ-E01", ""])
    line = said(evidence.bottom_line(twice, [], 2, place))
    assert line.startswith("2 verified statements from 2 sources")
    assert "1 further row tells the same from another source and is not counted." in line
    assert evidence.by_section(twice, place).statements.sum() == 2
    assert "1 of the 1 dated statement is from 2023" in said(evidence.about_age(twice, place))
    assert "Tells the same as [E01]." in said(evidence.evidence_table(twice, place))


def test_weak_sources_are_named_with_their_share(statements, register, place):
    line = said(evidence.about_hands(statements, register, place))
    assert line == (
        "2 of the 3 statements rest on first-hand sources, 1 on weak ones: news and other pages "
        "that tell what another has said. The weak sources are [S02]."
    )
    none = register.assign(hand="first")
    assert "weak sources are" not in said(evidence.about_hands(statements, none, place))
    assert "3 of the 3" in said(evidence.about_hands(statements, none, place))


def test_what_statements_rest_on_is_counted_by_kind_and_hand(statements, register, place):
    kinds = evidence.by_kind(statements, register, place)
    assert kinds[["kind", "first", "second", "sources"]].values.tolist() == [
        ["law", 2, 0, 1],
        ["news", 0, 1, 1],
    ]
    table = said(evidence.kind_table(kinds, place))
    assert "Law, strategy or other official text | 1 | 2 | 0" in table


def test_a_statement_of_three_years_before_the_edition_is_recent(statements, place):
    assert said(evidence.about_age(statements, place)) == (
        "1 of the 2 dated statements are from 2023 or later; 1 carries no year."
    )
    old = statements.tail(2)
    assert said(evidence.about_age(pd.concat([old, old.tail(1)]), place)) == (
        "0 of the 1 dated statement is from 2023 or later; 2 carry no year."
    )


@pytest.mark.parametrize(("n", "words"), [(1, "1 row of the register is still"), (2, "2 rows")])
def test_what_waits_is_used_nowhere(n, words, place):
    line = said(evidence.about_verifying(pd.DataFrame({"id": range(n)}), place))
    assert line.startswith(words)
    assert line.endswith("to be checked against a source and used nowhere in this assessment.")


def test_a_section_on_which_nothing_speaks_stays_and_is_named(statements, place):
    sections = evidence.by_section(statements, place).set_index("section")
    education = sections.loc["education", ["high", "moderate", "low", "statements", "latest"]]
    assert list(education) == [1, 0, 1, 2, 2023]
    assert sections.loc["legal_framework", "latest"] is pd.NA
    silent = evidence.silent(sections.reset_index(), place)
    assert len(silent) == len(sections) - 2 and "Education" not in silent


def test_the_table_of_sections_says_no_year_where_none_is_dated(statements, place):
    table = said(evidence.section_table(evidence.by_section(statements, place), place))
    assert "Education | 2 | 1 | 0 | 1 | 2023" in table
    assert "Legal framework | 1 | 0 | 1 | 0 | no year" in table


def test_page_and_day_of_a_passage_stand_beside_the_source_where_they_are_recorded(
    statements, tmp_path
):
    data = copy_of_zedland(tmp_path)
    path = data / "research" / "ZZZ" / "verifications.csv"
    rows = [
        "ZZZ-E01,ZZZ-S01,12,Said.,2026-02-01,",
        "ZZZ-E01,ZZZ-S01,14,Said.,2026-03-01,",
        "ZZZ-E02,ZZZ-S02,Article 5,Said.,2026-03-02,",
        "ZZZ-L02,ZZZ-S02,,Said.,2026-03-03,",
    ]
    head = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    place = Country("ZZZ", "Zedland", str(data), "", "2026")
    shown = said(evidence.evidence_table(statements, place))
    assert "[S01] example.org page 14, seen 2026-03-01" in shown and "page 12" not in shown
    assert "[S02] example.org Article 5, seen 2026-03-02" in shown and shown.count(", seen ") == 2
    laws = said(evidence.instrument_table(evidence.instruments(place), place))
    assert laws.count("seen 2026-03-03") == 1


def test_a_statement_is_shown_with_links_remark_and_source_as_text(statements, place):
    shown = evidence.evidence_table(statements, place)
    assert "E02 | Education | See [E01]. Remark: <b>seen</b> | 2022 | low | [S02]" in said(shown)
    assert "E03 | Legal framework | A law stands. | no year" in said(shown)
    assert 'id="ZZZ-E02"' in shown


OF_TEXTS = {"in_force_since": "", "text_source_id": "", "translation_source_id": ""}


def test_instruments_are_shown_of_the_kinds_asked_for_with_their_status_in_words(place):
    about = {"detail": "", "remark": "", "source_id": "ZZZ-S01"} | OF_TEXTS
    frame = pd.DataFrame(
        [
            {"instrument_id": "ZZZ-L01", "title": "Act", "kind": "law", "status": "absent"},
            {"instrument_id": "ZZZ-L02", "title": "Plan", "kind": "action plan", "status": ""},
        ]
    ).assign(year=pd.array([2020, pd.NA], dtype="Int64"), **about)
    every = said(evidence.instrument_table(frame, place))
    assert every.startswith("Legal and policy instruments")
    assert "L01 | Act | law | not found (2020) | not in force | none named" in every
    plans = said(evidence.instrument_table(frame, place, ("strategy", "action plan")))
    assert plans.startswith("Instruments: strategy and action plan") and "L01" not in plans
    assert "L02 | Plan | action plan | not stated | not stated | none named" in plans
    body = frame.head(1).assign(kind="agency", title="Ministry", detail="Leads.")
    told = said(evidence.instrument_table(pd.concat([frame.tail(1), body]), place))
    assert "Bodies with a mandate" not in every and "L01 | Ministry | agency | Leads. |" in told
    assert told.index("L02 | Plan") < told.index("Bodies with a mandate") < told.index("Ministry")


def test_neither_a_body_nor_an_alliance_is_filed_as_a_treaty_or_a_law():
    for iso3 in cop.data.begun(DATA):
        frame = cop.data.read("instruments", DATA, iso3)
        assert not frame.title[frame.kind == "international treaty"].str.contains("Alliance").any()


@pytest.mark.parametrize(
    ("title", "detail", "named"),
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
def test_the_article_is_the_one_the_title_names_or_else_the_detail(title, detail, named):
    assert evidence.articles(title, detail) == named


@pytest.mark.parametrize(
    ("kind", "hand", "language", "told"),
    [
        ("law", "first", "en", "official page, in English"),
        ("law", "first", "zz", "official page (zz); no translation read"),
        ("law", "second", "en", "English text that is not official; official page not read"),
        ("law", "second", "zz", "copy of the text (zz); official page not read; no translation"),
        ("news", "first", "en", "text not read: told by another, in English"),
        ("news", "first", "zz", "text not read: told by another, not in English (zz)"),
    ],
)
def test_a_law_says_whether_an_official_page_was_seen_and_in_which_language(
    place, monkeypatch, kind, hand, language, told
):
    one = {"source_id": "ZZZ-S01", "kind": kind, "hand": hand, "language": language, "url": ""}
    monkeypatch.setattr(evidence, "register", lambda place: pd.DataFrame([one]))
    table = said(evidence.instrument_table(pd.DataFrame([law()]), place))
    assert f"in force | 2020 (year on record) | Article 7 | Article 7 | {told}" in table


def test_a_law_that_was_not_found_has_no_text_that_could_have_been_read(place, monkeypatch):
    one = {"source_id": "ZZZ-S01", "kind": "law", "hand": "first", "language": "en", "url": ""}
    monkeypatch.setattr(evidence, "register", lambda place: pd.DataFrame([one]))
    table = said(evidence.instrument_table(pd.DataFrame([law(status="absent")]), place))
    assert "not found (2020) | not in force | Article 7 | Article 7 | none |" in table


def law(**more):
    """Return a law in force that rests on the first source of Zedland."""
    row = {"instrument_id": "ZZZ-L01", "title": "Act", "kind": "law", "status": "in force"}
    row |= {"year": 2020, "detail": "Article 7", "remark": "", "source_id": "ZZZ-S01"}
    return row | OF_TEXTS | more


def test_the_text_that_is_named_stands_before_the_source_of_the_row(place, monkeypatch):
    sources = [("ZZZ-S01", "news", "second", "en"), ("ZZZ-S02", "law", "first", "zz"),
               ("ZZZ-S03", "law", "second", "en"), ("ZZZ-S04", "law", "first", "en")]  # fmt: skip
    known = pd.DataFrame(sources, columns=["source_id", "kind", "hand", "language"])
    known["url"] = "https://example.org/" + known.source_id
    monkeypatch.setattr(evidence, "register", lambda place: known)
    named = {"text_source_id": "ZZZ-S02", "translation_source_id": "ZZZ-S03"}
    row = law(in_force_since="2020-03-01", **named)
    table = evidence.instrument_table(pd.DataFrame([row]), place)
    assert "| 2020-03-01 | Article 7 | Article 7 | official page (zz); English" in said(table)
    assert "English translation that is not official |" in said(table)
    assert 'href="https://example.org/ZZZ-S02">official page (zz)</a>' in table
    row["translation_source_id"] = "ZZZ-S04"
    assert "; official English translation |" in said(
        evidence.instrument_table(pd.DataFrame([row]), place)
    )


def test_types_of_source_are_counted_with_languages_and_years(register, place):
    types = evidence.by_type(register)
    assert types.undated.tolist() == [0, 1]
    table = said(evidence.type_table(types, place))
    assert "Report | 2 | en, sq | 2022 to 2023 | 0" in table
    assert "News | 1 | sq | no data | 1" in table


def test_the_chart_counts_dated_sources_and_those_of_the_last_three_years(register, place):
    years = evidence.by_year(register)
    assert years.to_dict("list") == {"year": [2022, 2023], "sources": [1, 1]}
    texts = evidence.year_texts(years.assign(sources=[1, 2]), place)
    assert texts["title"] == "2 of 3 dated sources on Zedland are from 2023 or later"
    assert texts["alt"].endswith("2022 to 2023; most in 2023 (2)")
    nothing = evidence.year_texts(years.head(0), place)
    assert said(nothing["nothing"]) == "No source carries a year."


def test_sources_without_a_year_and_languages_are_counted(register):
    line = said(evidence.about_years(register))
    assert line == "1 of 3 sources carries no year. They were read in 2 languages."
    line = said(evidence.about_years(register.tail(2).assign(year=pd.NA)))
    assert line == "2 of 2 sources carry no year. They were read in 1 language."


def test_addresses_are_counted_once_and_the_dead_are_looked_up_in_an_archive(register):
    links = links_of(one="gone", two="no answer")
    line = said(evidence.about_links(links, register))
    assert line == (
        "Of 2 addresses 2 were tested on 2026-11-20: 1 is gone and 1 gave no answer. An archived "
        "copy is known of none of the 2 that are gone or silent."
    )
    links["archived"] = ["https://archive.example/one", ""]
    assert "copy is known of 1 of the 2 that" in said(evidence.about_links(links, register))


def test_how_many_sources_have_an_archived_copy_and_rows_a_page_is_said_also_where_none(
    monkeypatch, statements, register, place
):
    laws = pd.DataFrame({"instrument_id": ["ZZZ-L01"]})
    monkeypatch.setattr(evidence, "register", lambda place: register)
    monkeypatch.setattr(evidence, "links", lambda known, place: links_of(one="works"))
    monkeypatch.setattr(evidence, "last_seen", lambda place: {"ZZZ-L01": ("", "2026-03-03")})
    told = said(evidence.about_copies(statements, laws, place))
    assert told == (
        "An archived copy is known of none of the 3 sources. The page or article where it was read "
        "is on record for 0 of the 4 rows that rest on them."
    )
    kept = links_of(one="works").assign(url=register.url.iloc[0], archived="https://old.example")
    monkeypatch.setattr(evidence, "links", lambda known, place: kept)
    monkeypatch.setattr(evidence, "last_seen", lambda place: {"ZZZ-L01": ("14", "2026-03-03")})
    told = said(evidence.about_copies(statements, laws, place))
    assert told.startswith("An archived copy is known of 1 of the 3 sources.")
    assert "is on record for 1 of the 4 rows" in told


def test_one_address_was_tested_and_answers(register):
    line = said(evidence.about_links(links_of(one="works"), register.head(1)))
    assert line == "Of 1 address 1 was tested on 2026-11-20: 1 answers."
    assert said(evidence.about_links(links_of(), register)) == "No address was tested yet."


def test_what_waits_is_every_unverified_row_and_no_statement_shown(place):
    waiting = evidence.to_verify(place)
    assert set(waiting.table) <= set(evidence.KNOWN_BY) and "treaty_register" in set(waiting.table)
    assert waiting.id.str.startswith("ZZZ-")[waiting.table != "treaty_register"].all()
    assert not set(waiting.id) & set(evidence.statements(place).evidence_id)


def test_treaties_of_other_countries_do_not_wait_here(place, monkeypatch):
    read = cop.data.read

    def of_another(name, data, iso3=None):
        frame = read(name, data, iso3)
        return frame.assign(iso3="YYY") if name == "treaty_register" else frame

    monkeypatch.setattr(cop.data, "read", of_another)
    assert "treaty_register" not in set(evidence.to_verify(place).table)


def test_statements_are_chosen_by_section_and_words_and_show_the_sections_label(place):
    every = evidence.statements(place)
    education = evidence.chosen(place, section="education")
    assert len(education) == (every.section == "education").sum() > 0
    assert set(education.section) == {"Education"}
    assert list(evidence.chosen(place, words="PUPILS upset").evidence_id) == ["ZZZ-E01"]


def test_laws_are_drawn_from_the_year_of_their_state_and_expired_ones_are_not(place):
    rows = [
        ("Act", "national law", "in force", 2012),
        ("Plan", "action plan", "expired", 2014),
        ("Bill", "national law", "draft", 2011),
        ("Treaty", "international treaty", "in force", 2013),
        ("Code", "national law", "adopted", None),
    ]
    frame = pd.DataFrame(rows, columns=["title", "kind", "status", "year"])
    ids = [f"ZZZ-L0{n}" for n in range(1, 6)]
    frame = frame.astype({"year": "Int64"}).assign(instrument_id=ids)
    laws = evidence.laws(frame)
    assert laws[["label", "since"]].values.tolist() == [["Bill", 2011], ["Act", 2012]]
    shown = said(evidence.law_chart(laws, place))
    assert shown.startswith("Laws and policies: 1 in force, 0 adopted, 1 in draft")
    assert "register of instruments, 2026. in force: [L01] draft: [L03]" in shown
    assert "Plan" not in shown and "nothing is recorded" in said(
        evidence.law_chart(laws.head(0), place)
    )


def test_types_of_as_many_sources_stand_in_one_order_on_every_machine():
    sources = {f"kind {number:02d}": number % 3 + 1 for number in range(40)}
    kinds = [kind for kind, times in sources.items() for _ in range(times)]
    register = pd.DataFrame({"type": kinds, "year": pd.NA, "language": "en"})
    most_first = sorted(sources, key=lambda kind: -sources[kind])
    assert evidence.by_type(register).type.tolist() == most_first
