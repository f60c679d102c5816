"""How a source is cited: author, year, title, address, day of access, and the host of a copy."""

import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import citations
from helpers import countries

REGISTER = "research/ZZZ/sources.csv"
PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
SEEN = (
    '<a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a> (Accessed: 9 March 2026).'
)


def shown(zed, **changes):
    """Return the entry of one source of Zedland in its bibliography, with some cells changed."""
    rows = cop.data.present("sources", zed, "ZZZ")
    rows.loc[rows.index[0], [*changes]] = [*changes.values()]
    rows.to_csv(zed / REGISTER, columns=cop.data.columns("sources", zed), index=False)
    place = countries.find("ZZZ", str(zed), "", "2026")
    return str(citations.bibliography(place)).partition("</span> ")[2].partition("</li>")[0]


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, f"Press (2024) <i>A title</i>. Available at: {SEEN}"),
        ({"type": "news"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"type": "dataset"}, f"Press (2024) ‘A title’. Available at: {SEEN}"),
        ({"year": ""}, f"Press (no date) <i>A title</i>. Available at: {SEEN}"),
        (
            {"copy_host": "x.org"},
            f"Press (2024) <i>A title</i>. Copy at x.org. Available at: {SEEN}",
        ),
        (
            {"title": 'On <b> & "it".', "publisher": "Press, Inc."},
            "Press, Inc. (2024) <i>On &lt;b&gt; &amp; &#34;it&#34;.</i>. Available at: " + SEEN,
        ),
    ],
    ids=["a report", "news", "a data set", "no year", "a copy", "signs"],
)
def test_a_source_is_shown_with_author_year_title_address_day_and_host(zed, changes, entry):
    row = {"title": "A title", "publisher": "Press", "year": "2024", "type": "report"}
    row |= {"url": "https://x.org/?a=1&b=2", "accessed": "2026-03-09", "verified": "yes"}
    assert shown(zed, **(row | changes)) == entry
    place = Country("ZZZ", "Zedland", str(zed), "", "2026")
    site = "copy at x.org" if "copy_host" in changes else "x.org"
    assert said(citations.sourced("ZZZ-S01", place)).endswith(site)


def test_a_data_set_says_at_whose_address_its_copy_was_read():
    frame = cop.data.read("statistics_sources", str(DATA))
    assert (frame.hand == "copy").equals(frame.copy_host != "")
    link = str(citations.data_ref("ITU_DATAHUB", PLACE))
    assert '<abbr title="copy at GitHub">' in link
    assert "†" not in str(citations.data_ref("COE_LANZAROTE", PLACE))
    listed = said(citations.of_statistics(PLACE, ["ITU_DATAHUB", "COE_LANZAROTE"]))
    assert listed.count("Copy at GitHub. Available at:") == 1 and "third party" not in listed
    names = citations.publishers(["ITU_DATAHUB", "COE_LANZAROTE", "ITU_IDI2024"], PLACE)
    assert names == "ITU (copy at GitHub); Council of Europe"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("### Part", "<h3>Part</h3>"),
        ("<img src=https://example.org/map.png>", "&lt;img"),
        ("It stands [@ZZZ-S01].", '<a class="ref" href="#ZZZ-S01">'),
    ],
)
def test_a_narrative_is_escaped_and_its_citations_are_links(place, written, shown):
    """Its pictures and chapters are refused by the check: see tests/data/test_damage.py."""
    page = str(citations.with_citations(written, place))
    assert shown in page and "<img" not in page
