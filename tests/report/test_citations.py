"""How a source is cited: author, year, title, address, day of access, and the host of a copy."""

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import citations

PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
SEEN = (
    '<a href="https://x.org/?a=1&amp;b=2">https://x.org/?a=1&amp;b=2</a> (Accessed: 9 March 2026).'
)


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, "Press (2024) <i>A title</i>."),
        ({"type": "news"}, "Press (2024) ‘A title’."),
        ({"type": "dataset"}, "Press (2024) ‘A title’."),
        ({"year": ""}, "Press (no date) <i>A title</i>."),
        ({"copy_host": "x.org"}, "Press (2024) <i>A title</i>. Copy at x.org."),
        ({"title": 'On <b> & "it".', "publisher": "Press, Inc."},
         "Press, Inc. (2024) <i>On &lt;b&gt; &amp; &#34;it&#34;.</i>."),
    ],
    ids=["a report", "news", "a data set", "no year", "a copy", "signs"],
)  # fmt: skip
def test_a_source_is_shown_with_author_year_title_address_day_and_host(
    replace_table, place, changes, entry
):
    row = {"title": "A title", "publisher": "Press", "year": "2024", "type": "report"}
    row |= {"url": "https://x.org/?a=1&b=2", "accessed": "2026-03-09"} | changes
    row["year"] = pd.to_numeric(row["year"])
    replace_table("sources", lambda rows: rows.head(1).assign(**row))
    listed = str(citations.bibliography(place)).partition("</span> ")[2].partition("</li>")[0]
    assert listed == f"{entry} Available at: {SEEN}"


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
