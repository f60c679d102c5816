"""A source is shown with author, year, title, address and day of access."""

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
    rows = cop.data.present("sources", zed, "ZZZ")
    rows.loc[rows.index[0], [*changes]] = [*changes.values()]
    rows.to_csv(zed / REGISTER, columns=cop.data.columns("sources", zed), index=False)
    place = countries.find("ZZZ", str(zed), "", "2026")
    return str(citations.bibliography(place)).partition("</span> ")[2].partition("</li>")[0]


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
