"""The annex counts the addresses of its country's sources and how they were found."""

import csv

import pytest
from conftest import copy_of_zedland
from lxml import html

import cop.data
from helpers import countries, evidence

FOUND = [
    ("https://example.org/zedland/act", "2026-11-20", "works", "200", "", "", "", ""),
    ("https://example.org/zedland/risks", "2026-11-20", "works", "200", "", "", "", ""),
    (
        "https://example.org/zedland/linea",
        "2026-11-20",
        "moved",
        "200",
        "https://example.org/",
        "",
        "",
        "",
    ),
    (
        "https://example.org/zedland/academy",
        "2026-11-23",
        "gone",
        "404",
        "",
        "https://archive.org/a",
        "2025-01-01",
        "",
    ),
    (
        "https://example.org/zedland/market",
        "2026-11-23",
        "no answer",
        "",
        "",
        "",
        "",
        "no answer in time",
    ),
    ("https://example.org/of-another-country", "2026-11-24", "gone", "404", "", "", "", ""),
]


def with_links(tmp_path, rows):
    """Return a copy of Zedland whose addresses were found like this."""
    data = copy_of_zedland(tmp_path)
    with (data / "reference" / "links.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([[f["name"] for f in cop.data.fields("links", data)], *rows])
    return data


def told_of(data):
    place = countries.find("ZZZ", str(data), "", "2026")
    register = evidence.register(place)
    return html.fromstring(str(evidence.about_links(evidence.links(register, place), register)))


def test_the_annex_counts_the_addresses_of_its_country(tmp_path):
    told = told_of(with_links(tmp_path, FOUND))
    assert " ".join(told.text_content().split()) == (
        "Of 13 addresses 5 were tested between 2026-11-20 and 2026-11-23: 2 answer, 1 answers from "
        "another place, 1 is gone and 1 gave no answer. An archived copy is known of 1 of the 2 "
        "that are gone or silent."
    )


def test_where_all_answer_no_archive_is_spoken_of(tmp_path):
    told = told_of(with_links(tmp_path, FOUND[:1]))
    assert told.text_content().strip() == "Of 13 addresses 1 was tested on 2026-11-20: 1 answers."


@pytest.mark.parametrize("rows", [[], FOUND[-1:]], ids=["none tested", "only another country's"])
def test_where_none_was_tested_the_annex_says_so(tmp_path, rows):
    assert told_of(with_links(tmp_path, rows)).text_content() == "No address was tested yet."
