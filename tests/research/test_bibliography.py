"""A library of references names no persons in the register, and what is no library is refused.

What is imported from a library, and what is recognised, is in sessions.yml.
"""

import json

import pandas as pd
from cases import by_rule, cases
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


@by_rule("cells, column, value", *cases("research/items.csv"))
def test_an_item_becomes_a_source(cells, column, value):
    assert bibliography.source_row(json.loads(cells))[column] == value


@by_rule("other, is_same", *cases("research/same_sources.csv"))
def test_sources_are_the_same_by_address_or_else_by_title_publisher_and_year(other, is_same):
    first = {"source_id": "S1", "url": "https://x.org/a", "title": "T 1", "publisher": "P",
             "year": "2024"}  # fmt: skip
    other = json.loads(other)
    if not other.get("url"):
        first["url"] = ""
    rows = pd.DataFrame([first, first | {"source_id": "S2"} | other])
    assert bibliography.first_alike(rows).tolist() == ["S1", "S1" if is_same == "yes" else "S2"]


def test_addresses_that_are_not_valid_are_the_same_in_capitals():
    assert matching.address_key("HTTPS://[X.org/A") == matching.address_key("https://[x.org/a")
