"""A library of references comes in: what is new is written, what is there is recognised."""

import csv
import json
import time

import pytest
from conftest import call, copy_of_zedland

from cop.data import checks
from cop.research import bibliography

REGISTER = "research/ZZZ/sources.csv"


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland that stands on the real shared tables."""
    return copy_of_zedland(tmp_path)


def csl(number, **more):
    return {
        "id": f"http://zotero.org/users/1/items/{number}",
        "type": "webpage",
        "title": f"Invented page {number} on children online",
        "publisher": "Zedland Press",
        "issued": {"date-parts": [["2024", 5, 1]]},
        "accessed": {"date-parts": [["2026", 11, 3]]},
        "language": "en-GB",
        "URL": f"https://example.org/pages/{number}",
    } | more


def library(zed, *items, name="library.json"):
    path = zed.parent / name
    text = items[0] if isinstance(items[0], str) else json.dumps(items)
    path.write_text(text, encoding="utf-8")
    return path


def compared(zed, *items, **given):
    """Return the rows that are new, and the lines on all other items."""
    new, lines = bibliography.compare(library(zed, *items), "ZZZ", zed, **given)
    return [*new.values()], lines


def rows(zed):
    with (zed / REGISTER).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def run(capsys, zed, path, *more):
    return call(capsys, "import-sources", path, "ZZZ", "--data", zed, *more)


def test_a_library_of_300_comes_in_and_a_second_import_changes_nothing(zed, capsys):
    before, path = (zed / REGISTER).read_bytes(), library(zed, *map(csl, range(300)))
    started = time.monotonic()
    status, out, _ = run(capsys, zed, path, "--yes")
    assert status == 0 and time.monotonic() - started < 5
    after = (zed / REGISTER).read_bytes()
    assert after.startswith(before) and len(rows(zed)) == len(before.splitlines()) - 1 + 300
    assert not checks.of_file("sources", REGISTER, zed)
    assert "library.json: 300 new sources." in out and f"300 written to {REGISTER}: ZZZ-S" in out
    out = run(capsys, zed, path, "--yes")[1]
    assert (zed / REGISTER).read_bytes() == after
    assert out.count(" is ZZZ-S") == 300 and "Nothing to write." in out


def test_what_is_written_follows_the_register(zed, capsys):
    last = max(int(r["source_id"][-2:]) for r in rows(zed))
    run(capsys, zed, library(zed, csl(1)), "--yes")
    written = {name: text for name, text in rows(zed)[-1].items() if text}
    assert written == {
        "source_id": f"ZZZ-S{last + 1:02d}",
        "title": "Invented page 1 on children online",
        "publisher": "Zedland Press",
        "year": "2024",
        "language": "en",
        "type": "website",
        "kind": "other web page",
        "hand": "second",
        "url": "https://example.org/pages/1",
        "accessed": "2026-11-03",
        "verified": "no",
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"URL": "http://www.example.org/pages/1/?utm_source=mail#top"}),
        ({}, {"URL": "", "title": "INVENTED page 1, on children online"}),
        ({}, {"title": "Invented <i>page</i> 1 on&#32;children\nonline"}),
        ({"DOI": "10.1000/ABC", "URL": ""}, {"DOI": "https://doi.org/10.1000/abc", "URL": ""}),
    ],
    ids=["address", "title and year", "mark-up", "DOI"],
)
def test_the_same_source_is_recognised(zed, capsys, first, second):
    run(capsys, zed, library(zed, csl(1, **first)), "--yes")
    assert compared(zed, csl(1, **second)) == ([], [f"item 1 is {rows(zed)[-1]['source_id']}"])
    new, lines = compared(zed, csl(2), csl(2))
    assert len(new) == len(lines) == 1 and "item 2 is in the library twice" in lines[0]


def test_two_annual_reports_of_one_year_are_two_sources(zed):
    two = [csl(n, title="Annual report", publisher=publisher) for n, publisher in enumerate("AB")]
    assert len(compared(zed, *two)[0]) == 2


def test_conflicts_are_shown_by_column_and_ours_stays(zed, capsys):
    run(capsys, zed, library(zed, csl(1), csl(2)), "--yes")
    before, key = rows(zed), rows(zed)[-2]["source_id"]
    other = csl(1, publisher="Other Press", issued={"date-parts": [[2023]]})
    path = library(zed, other, csl(2))
    status, out, _ = run(capsys, zed, path, "--yes")
    assert status == 0 and rows(zed) == before
    assert f"{key}, publisher: ours 'Zedland Press' stays, theirs is 'Other Press'" in out
    assert f"{key}, year: ours '2024' stays, theirs is '2023'" in out


def test_nobody_is_named(zed, capsys):
    title = "What Quillfeather said of Quillfeatherstown"
    people = [{"family": "Quillfeather", "given": "Ann"}, {"literal": "Zedland Office"}]
    named = csl(1, publisher="", title=title, author=people)
    [row], [line] = compared(zed, named)
    assert row["title"] == "What [author] said of Quillfeatherstown" and row["title"] in line
    assert row["publisher"] == "Zedland Office"
    run(capsys, zed, library(zed, named), "--yes")
    assert b"Ann" not in (zed / REGISTER).read_bytes().split(b"\n")[-2]
    assert not compared(zed, named)[0]
    assert compared(zed, csl(2, publisher=""))[0][0]["publisher"] == "example.org"


def test_all_items_that_lack_something_are_named_and_nothing_is_written(zed, capsys):
    before = (zed / REGISTER).read_bytes()
    path = library(zed, csl(1), csl(2, title=""), csl(3, language=""), {"type": "webpage"})
    status, _, error = run(capsys, zed, path, "--yes")
    assert status == 2 and (zed / REGISTER).read_bytes() == before
    assert "items of library.json, row 2, column title: must not be empty" in error
    assert "row 3, column language" in error and "row 4, column publisher" in error
    path = library(zed, csl(3, language=""))
    assert run(capsys, zed, path, "--yes", "--language", "en")[0] == 0


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2021]]}, "2021"),
        ({"raw": "12 May 2019"}, "2019"),
        ({"literal": "n.d."}, ""),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": "2020"}, ""),
        ("2018-03", "2018"),
        ({"date-parts": [[202]]}, ""),
        (None, ""),
    ],
)
def test_years_as_programs_write_them(zed, issued, year):
    assert compared(zed, csl(1, issued=issued))[0][0]["year"] == year


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("en-GB", "en"),
        ("Ukrainian", "uk"),
        ("sqi", "sq"),
        ("alb", "sq"),
        ("Klingon!", ""),
        ("", ""),
    ],
)
def test_languages_as_programs_write_them(zed, stated, code):
    assert compared(zed, csl(1, language=stated))[0][0]["language"] == code


@pytest.mark.parametrize(
    "title",
    ["Діти в інтернеті", "ბავშვები ონლაინ", "<script>alert(1)</script>", 'A, "b"; c', "=1+1"],
)
def test_titles_of_any_kind_come_in_as_text_or_are_refused(zed, capsys, title):
    status, _, error = run(capsys, zed, library(zed, csl(1, title=title)), "--yes")
    assert (status == 2 and "column title" in error) or rows(zed)[-1]["title"] == title


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "a\\u0000b\\ud800c", "language": "en", "publisher": "p"}]',
        '[{"title": 5, "language": 7, "URL": ["x"], "author": "Doe", "issued": {"raw": 5}}]',
        '{"items": null}',
        '[NaN, null, 1e999, "words"]',
        '{"items": 7}',
        '[{"title": "first", "title": "abc", "language": "en", "publisher": "p"}]',
    ],
)
def test_odd_json_gives_sound_rows_or_none(zed, capsys, text):
    known = len(rows(zed))
    assert run(capsys, zed, library(zed, text), "--yes")[0] in (0, 2)
    assert not checks.of_file("sources", REGISTER, zed)
    assert [r["title"] for r in rows(zed)[known:]] in ([], ["abc"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.json", '[{"title": "x"', "is not CSL JSON"),
        ("deep.json", "[" * 100_000, "is not CSL JSON"),
        ("words.txt", "only words", "is not CSL JSON"),
        ("library.ris", "TY  - RPRT\nER  -\n", "or install pandoc"),
        ("library.bib", "@misc{a, title={x}}", "or install pandoc"),
    ],
)
def test_what_is_no_library_is_refused(zed, capsys, monkeypatch, name, text, said):
    monkeypatch.setenv("PATH", "")
    before = (zed / REGISTER).read_bytes()
    status, _, error = run(capsys, zed, library(zed, text, name=name), "--yes")
    assert status == 2 and name in error and said in error
    assert (zed / REGISTER).read_bytes() == before


@pytest.mark.parametrize(("ends", "said"), [("", ""), ("exit 3", "pandoc cannot convert")])
def test_other_formats_come_in_by_pandoc(zed, capsys, monkeypatch, ends, said):
    pandoc = zed.parent / "pandoc"
    pandoc.write_text(f"#!/bin/sh\necho '{json.dumps([csl(1)])}'\n{ends}\n")
    pandoc.chmod(0o755)
    monkeypatch.setenv("PATH", f"{zed.parent}:/bin:/usr/bin")
    path = library(zed, "@misc{a}", name="library.bib")
    status, out, error = run(capsys, zed, path, "--yes")
    assert (status, said in error) == ((2, True) if ends else (0, True)), error


@pytest.mark.slow
def test_10_000_items_are_refused_in_one_sentence(zed, capsys):
    before, path = (zed / REGISTER).read_bytes(), library(zed, *map(csl, range(10_000)))
    started = time.monotonic()
    status, _, error = run(capsys, zed, path, "--yes")
    assert status == 2 and time.monotonic() - started < 10 and "ids end at 999" in error
    assert (zed / REGISTER).read_bytes() == before


def test_no_answer_is_no(zed, capsys, monkeypatch):
    before = (zed / REGISTER).read_bytes()
    monkeypatch.setattr("builtins.input", lambda question: "")
    status, out, _ = run(capsys, zed, library(zed, csl(1)))
    assert status == 1 and (zed / REGISTER).read_bytes() == before and "Nothing was written" in out
