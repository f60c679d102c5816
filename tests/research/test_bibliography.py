"""A library of references is imported: new items are written, sources of the register found."""

import json

import pytest
from conftest import call

import cop.data
from cop.research import bibliography

REGISTER = "research/ZZZ/sources.csv"


def csl(number, **more):
    return {
        "type": "webpage", "title": f"Invented page {number} on children online",
        "publisher": "Zedland Press", "issued": {"date-parts": [["2024", 5, 1]]},
        "accessed": {"date-parts": [["2026", 11, 3]]}, "language": "en-GB",
        "URL": f"https://example.org/pages/{number}",
    } | more  # fmt: skip


def library(zed, *items, name="library.json"):
    path = zed.parent / name
    text = items[0] if isinstance(items[0], str) else json.dumps(items)
    path.write_text(text, encoding="utf-8")
    return path


def compare(zed, *items):
    """Return the new rows as dictionaries, and the messages about all other items."""
    new, lines = bibliography.compare(library(zed, *items), "ZZZ", zed)
    return new.to_dict("records"), lines


def register(zed):
    return cop.data.present("sources", zed, "ZZZ").to_dict("records")


def run(capsys, zed, path, *more):
    return call(capsys, "import-sources", path, "ZZZ", "--data", zed, *more)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"URL": "http://www.example.org/pages/1/#top", "title": "Other"}),
        ({}, {"URL": "", "title": "INVENTED page 1, on children online"}),
        ({}, {"URL": "", "title": "Invented <i>page</i> 1 on&#32;children\nonline"}),
        ({"DOI": "10.1000/ABC"}, {"DOI": "https://doi.org/10.1000/abc", "title": "Other"}),
    ],
    ids=["address", "title and year", "mark-up", "DOI"],
)
def test_the_same_source_is_recognised(zed, capsys, first, second):
    run(capsys, zed, library(zed, csl(1, **first)), "--yes")
    new, [line] = compare(zed, csl(1, **second))
    assert not new and f"item 1 is a duplicate of {register(zed)[-1]['source_id']}: " in line
    new, [line] = compare(zed, csl(2), csl(2))
    assert len(new) == 1 and "item 2 is a duplicate of item 1: " in line
    two = [csl(n, title="Annual report", publisher=body) for n, body in enumerate("AB", 2)]
    assert len(compare(zed, *two)[0]) == 2


def test_names_of_persons_are_not_written(zed, capsys):
    people = [{"family": "Quillfeather", "given": "Ann"}, {"literal": "Zedland Office"}]
    named = csl(1, publisher="", author=people, editor=people[:1])
    run(capsys, zed, library(zed, named), "--yes")
    assert b"Ann" not in (raw := (zed / REGISTER).read_bytes()) and b"Quillfeather" not in raw
    assert register(zed)[-1]["publisher"] == "Zedland Office"
    assert not compare(zed, named)[0]
    assert compare(zed, csl(2, publisher=""))[0][0]["publisher"] == "example.org"


def test_cells_as_programs_write_them(zed):
    written = [
        ("issued", {"date-parts": [[2021]]}, "year", "2021"),
        ("issued", {"raw": "12 May 2019"}, "year", "2019"),
        ("issued", {"date-parts": [[202]]}, "year", ""),
        ("issued", None, "year", ""),
        ("language", "de_AT", "language", "de"),
        ("title", "Діти & <script>alert(1)</script>", "title", "Діти & <script>alert(1)</script>"),
    ]
    items = [csl(number, **{field: cell}) for number, (field, cell, *_) in enumerate(written)]
    new, _ = compare(zed, *items)
    for row, (*_, column, expected) in zip(new, written, strict=True):
        assert row[column] == expected


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("deep.json", "[" * 100_000, "is not CSL JSON"),
        ("null.json", '[NaN, null, 1e999, "words"]', "is not CSL JSON"),
        ("odd.json", '[{"title": 5, "language": 7, "URL": ["x"], "author": "Doe"}]', "not CSL"),
        ("nul.json", '[{"title": "a\\u0000b", "language": "en", "publisher": "p"}]', "written"),
        ("library.ris", "TY  - RPRT\nER  -\n", "export the library as CSL JSON"),
    ],
)
def test_a_file_that_is_no_library_is_refused(zed, capsys, name, text, message):
    before = (zed / REGISTER).read_bytes()
    status, _, error = run(capsys, zed, library(zed, text, name=name), "--yes")
    assert status == 2 and message in error and (zed / REGISTER).read_bytes() == before
