"""What is accepted as proof: in the words of the coding guide, reached from each item; and copies
of sources that are kept elsewhere.
"""

import re

import pandas as pd
import pytest
from conftest import DATA, EIGHT
from lxml import html
from pagetext import said

import cop.data
from cop.report import citations
from helpers import alignment


def test_each_status_and_confidence_of_the_data_has_its_proof(place):
    page = html.fromstring(f"<div>{alignment.accepted_proof(place)}</div>")
    words = [" ".join(term.text_content().split()).split(" ", 1)[1] for term in page.xpath("//dt")]
    statuses = list(cop.data.labels("alignment", "status", place.data))
    assert words[: len(statuses)] == statuses and {"high", "moderate", "low"} <= set(words)


def test_the_kinds_of_source_are_those_of_the_register(place):
    shown = said(alignment.accepted_proof(place))
    assert "Kinds of source: law, strategy or other official text; official register" in shown


def test_each_item_leads_to_the_proof_of_its_status(place):
    items = alignment.adjudicated(place)
    page = html.fromstring(str(alignment.item_table(items, place, alignment.POLICY)))
    led = page.xpath("//tbody//a[@class='proof']/@href")
    known = html.fromstring(f"<div>{alignment.accepted_proof(place)}</div>").xpath("//@id")
    assert len(led) == (items.framework == alignment.POLICY).sum()
    assert {one[1:] for one in led} <= set(known) and len(known) == 8


@pytest.mark.parametrize("known", [True, False])
def test_a_source_with_an_archived_copy_says_so_with_day_and_address(place, monkeypatch, known):
    url = "https://example.org/zedland/act" if known else "https://example.org/other"
    copy = {"url": url, "archived": "https://example.org/copy", "archived_on": "2026-01-02"}
    read = cop.data.read
    monkeypatch.setattr(
        cop.data,
        "read",
        lambda name, *a: pd.DataFrame([copy]) if name == "links" else read(name, *a),
    )
    shown = str(citations.bibliography(place))
    link = 'Archived copy of 2026-01-02: <a href="https://example.org/copy">'
    assert shown.count(link) == known


def test_a_route_for_reports_is_in_place_only_where_its_speed_and_advertising_are_shown():
    """The item asks for both: a reason that says they are not shown belongs to a part of it."""
    for iso3 in EIGHT:
        rows = cop.data.read("alignment", DATA, iso3).query("coder == 'adjudicated'")
        row = rows[rows.item_id == "PM-RIC-01"].iloc[0]
        lacks = re.search(r"not (shown|recorded|described|established)|could not", row.rationale)
        assert not (row.status == "in place" and lacks), iso3
