"""A source is shown with author, year, title, address and day of access."""

import csv

import pytest
from conftest import copy_of_zedland

import cop.data
from cop.report import citations
from helpers import countries

REGISTER = "research/ZZZ/sources.csv"


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland that may be changed."""
    return copy_of_zedland(tmp_path)


def shown(zed, **changes):
    """Return the entry of one source of Zedland in its bibliography, with some cells changed."""
    columns = cop.data.columns("sources", zed)
    row = cop.data.present("sources", zed, "ZZZ").iloc[0].to_dict() | changes
    with (zed / REGISTER).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([columns, [row[column] for column in columns]])
    place = countries.find("ZZZ", str(zed), "", "2026")
    return str(citations.bibliography(place)).partition("</span> ")[2].removesuffix("</li></ul>")


SEEN = (
    '<a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a> (Accessed: 9 March 2026).'
)


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, f"Press (2024) <i>A title</i>. Available at: {SEEN}"),
        ({"type": "news"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"type": "dataset"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"year": ""}, f"Press (no date) <i>A title</i>. Available at: {SEEN}"),
        (
            {"title": 'On <b> & "it".', "publisher": "Press, Inc."},
            "Press, Inc. (2024) <i>On &lt;b&gt; &amp; &#34;it&#34;.</i>. Available at: " + SEEN,
        ),
    ],
    ids=["a report", "news", "a data set", "no year", "signs"],
)
def test_a_source_is_shown_with_author_year_title_address_and_day(zed, changes, entry):
    row = {"title": "A title", "publisher": "Press", "year": "2024", "type": "report"}
    row |= {"url": "https://x.org/?a=1&b=2", "accessed": "2026-03-09", "verified": "yes"}
    assert shown(zed, **(row | changes)) == entry
