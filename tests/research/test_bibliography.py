"""A library of references names no persons in the register, and what is no library is refused.

What is imported from a library, and what is recognised, is in sessions.yml.
"""

import json

import pandas as pd
from cases import by_rule
from conftest import call

import cop.data
from cop.research import bibliography, matching

REGISTER = "research/ZZZ/sources.csv"


def run(capsys, zed, text):
    path = zed.parent / "library.json"
    path.write_text(text, encoding="utf-8")
    return call(capsys, "import-sources", path, "ZZZ", "--data", zed, "--yes")


def test_names_of_persons_are_not_written(zed, capsys):
    people = [{"family": "Quillfeather", "given": "Ann"}, {"literal": "Zedland Office"}]
    page = {"type": "webpage", "title": "Invented page", "language": "en"}
    named = page | {"URL": "https://zed.example/1", "author": people, "editor": people[:1]}
    other = page | {"URL": "https://example.org/pages/2", "title": "Another page"}
    assert run(capsys, zed, json.dumps([named, other]))[0] == 0
    assert b"Ann" not in (raw := (zed / REGISTER).read_bytes()) and b"Quillfeather" not in raw
    publishers = cop.data.present("sources", zed, "ZZZ").publisher.tolist()
    assert publishers[-2:] == ["Zedland Office", "example.org"]
    assert "0 new sources" in run(capsys, zed, json.dumps([named]))[1]


def test_an_item_without_a_language_has_the_one_of_the_call(zed):
    library = zed.parent / "library.json"
    library.write_text('[{"title": "One"}, {"title": "Two", "language": "fr"}]', "utf-8")
    new, _ = bibliography.compare(library, "ZZZ", zed, "en")
    assert new.language.tolist() == ["en", "fr"], "a language that is stated is kept"


@by_rule(
    "text, message",
    ("nested too deeply", "[" * 100_000, "is not CSL JSON"),
    ("no items", '[NaN, null, 1e999, "words"]', "is not CSL JSON"),
    ("other types", '[{"title": 5, "language": 7, "URL": ["x"], "author": "Doe"}]', "not CSL"),
    ("a null sign", '[{"title": "a\\u0000b", "language": "en", "publisher": "p"}]', "written"),
)
def test_a_file_that_is_no_library_is_refused(zed, capsys, text, message):
    before = (zed / REGISTER).read_bytes()
    status, _, error = run(capsys, zed, text)
    assert status == 2 and message in error and (zed / REGISTER).read_bytes() == before


@by_rule(
    "cells, column, value",
    ("imported at second hand", {}, "hand", "second"),
    ("a DOI comes before an address", {"DOI": "10.1/A", "URL": "https://x.org"}, "url",
     "https://doi.org/10.1/a"),
    ("the publisher comes before the journal", {"publisher": "P", "container-title": "J"},
     "publisher", "P"),
    ("the journal comes before the site", {"container-title": "J", "URL": "https://x.org"},
     "publisher", "J"),
    ("without any the site", {"URL": "https://x.org/1"}, "publisher", "x.org"),
    ("a blank in an address is written as %20", {"URL": "https://x.org/a b"}, "url",
     "https://x.org/a%20b"),
    ("a year of the last century is a year", {"issued": {"raw": "May 1999"}}, "year", "1999"),
    ("a part of a longer number is no year", {"issued": {"raw": "120245"}}, "year", ""),
    ("a language is read without its country", {"language": "en-GB"}, "language", "en"),
    ("a language is read without its country and case", {"language": "EN_gb"}, "language", "en"),
    ("an organisation that wrote it is its publisher", {"author": [{"literal": "A"}]},
     "publisher", "A"),
    ("or one that edited it", {"editor": [{"literal": "E"}]}, "publisher", "E"),
    ("it was read on the day that it states", {"accessed": {"date-parts": [[2026, 2, 3]]}},
     "accessed", "2026-02-03"),
    ("a treaty is a law", {"type": "treaty"}, "kind", "law"),
    ("another type is a report", {"type": "book"}, "kind", "report of a body"),
    ("a type may be in capitals", {"type": "Treaty"}, "kind", "law"),
    ("the site of a DOI is no publisher", {"DOI": "10.1/A", "URL": "https://x.org"}, "publisher",
     ""),
    ("a person is no publisher", {"author": [{"family": "F"}]}, "publisher", ""),
)  # fmt: skip
def test_an_item_becomes_a_source(cells, column, value):
    assert bibliography.source_row(cells)[column] == value


@by_rule(
    "other, is_same",
    ("the same address, without www, final slash and case",
     {"url": "http://www.X.org/a/", "title": "T2"}, True),
    ("an address between blanks", {"url": " https://x.org/a "}, True),
    ("an address with another query", {"url": "https://x.org/a?b"}, False),
    ("an address with a sign written as %", {"url": "https://x.org/%61"}, True),
    ("an address with a place on the page", {"url": "https://x.org/a#b"}, True),
    ("another address", {"url": "https://x.org/b2"}, False),
    ("an address that is not valid", {"url": "https://[x.org/a"}, False),
    ("another digit", {"url": "", "title": "T 2"}, False),
    ("without an address the same title, publisher and year", {"url": "", "title": "t 1!"},
     True),
    ("a title in other signs for the same letters", {"url": "", "title": "\uff34 1"}, True),
    ("of another year", {"url": "", "year": "2025"}, False),
    ("of another publisher", {"url": "", "publisher": "Q"}, False),
    ("of another title", {"url": "", "title": "T 3"}, False),
)  # fmt: skip
def test_sources_are_the_same_by_address_or_else_by_title_publisher_and_year(other, is_same):
    first = {"source_id": "S1", "url": "https://x.org/a", "title": "T 1", "publisher": "P",
             "year": "2024"}  # fmt: skip
    if not other.get("url"):
        first["url"] = ""
    rows = pd.DataFrame([first, first | {"source_id": "S2"} | other])
    assert bibliography.first_alike(rows).tolist() == ["S1", "S1" if is_same else "S2"]


def test_addresses_that_are_not_valid_are_the_same_in_capitals():
    assert matching.address_key("HTTPS://[X.org/A") == matching.address_key("https://[x.org/a")
