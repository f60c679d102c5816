"""A library of references names no persons in the register, and what is no library is refused.

What is imported from a library, and what is recognised, is in sessions.yml.
"""

import json

import pytest
from conftest import call

import cop.data

REGISTER = "research/ZZZ/sources.csv"


def run(capsys, zed, text, name="library.json"):
    """Import a library with this text, and return (exit status, output, errors)."""
    path = zed.parent / name
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


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("deep.json", "[" * 100_000, "is not CSL JSON"),
        ("null.json", '[NaN, null, 1e999, "words"]', "is not CSL JSON"),
        ("odd.json", '[{"title": 5, "language": 7, "URL": ["x"], "author": "Doe"}]', "not CSL"),
        ("nul.json", '[{"title": "a\\u0000b", "language": "en", "publisher": "p"}]', "written"),
    ],
)
def test_a_file_that_is_no_library_is_refused(zed, capsys, name, text, message):
    before = (zed / REGISTER).read_bytes()
    status, _, error = run(capsys, zed, text, name)
    assert status == 2 and message in error and (zed / REGISTER).read_bytes() == before
