"""The page of what serves what: from the frameworks down, from the item up, on invented rows."""

import dataclasses

import pytest
from lxml import html
from site_told import country, told

from cop.report.site import items, pages, serves

FRAMEWORKS = [
    {"element_id": "SDG-16.2", "framework": "SDG", "title": "End abuse", "verified": "yes"},
    {"element_id": "GCA-LEGAL", "framework": "GCA", "title": "Law", "verified": "yes"},
    {"element_id": "GCI-LEGAL", "framework": "GCI", "title": "Law", "verified": "yes",
     "measures": "GCA-LEGAL"},
    {"element_id": "RI23", "framework": "Regional Initiative", "title": "Not seen",
     "verified": "no", "cycle": "2023–2025"},
]  # fmt: skip
BLANK = {"cycle": "2024", "code": "", "measures": "", "wording": "read"}
BLANK |= {"source_url": "https://example.org/", "source_title": "Example"}
MAPPINGS = [
    {"served_by": "PM-LEG-01", "element_id": "GCA-LEGAL", "basis": "part of it", "why": "laws"},
    {"served_by": "MNR-03", "element_id": "GCA-LEGAL", "basis": "part of it", "why": "laws"},
    {"served_by": "IN-POL-01", "element_id": "GCA-LEGAL", "basis": "part of it", "why": "rules"},
]
SERVED = [{"element_id": "GCA-LEGAL", "recommendation_id": "ZZZ-R01", "through": "MNR-03"}]


@pytest.fixture
def seen(monkeypatch):
    """Return one country whose one recommendation serves one pillar, and invented frameworks."""
    made = {"frameworks": [BLANK | row for row in FRAMEWORKS], "mappings": MAPPINGS}
    one = country()
    one = dataclasses.replace(one, tables=dict(one.tables) | {"frameworks_served": SERVED})
    it = told([one])
    real = type(it).shared
    monkeypatch.setattr(
        type(it), "shared", lambda self, name: made[name] if name in made else real(self, name)
    )
    return it


def rows(page):
    """Return the first cell of each row and what stands beside it, on one line each."""
    tree = html.document_fromstring(page)
    cells = ([" ".join(c.text_content().split()) for c in row] for row in tree.xpath("//tbody/tr"))
    return {first: rest for first, *rest in cells}


def test_a_pillar_that_measures_another_stands_with_it(seen):
    found = serves.elements(seen, items.items(seen, []))
    assert [e.row["element_id"] for e in found["GCA"]] == ["GCA-LEGAL"] and "GCI" not in found
    assert [row["element_id"] for row in found["GCA"][0].measured_by] == ["GCI-LEGAL"]


def test_items_for_policy_makers_and_capabilities_are_named_and_the_others_counted(seen):
    [one] = serves.elements(seen, items.items(seen, []))["GCA"]
    assert [item.id for item in one.items] == ["PM-LEG-01", "MNR-03"]
    assert one.others == {"industry": 1}


def test_what_nothing_serves_is_there_and_what_was_not_seen_is_not(seen):
    page = pages.pages(seen)["what-serves-what.html"]
    told = rows(page)
    first = next(cell for cell in told if cell.startswith("End abuse"))
    assert told[first] == ["none", "none"]
    assert "Not seen" not in page and "of the cycle 2023–2025 were not seen" in page


def test_the_page_leads_down_to_the_recommendation_and_up_from_the_item(seen):
    page = pages.pages(seen)["what-serves-what.html"]
    told = rows(page)
    law = next(cell for cell in told if cell.startswith("Law"))
    assert "measured by GCI-LEGAL (Global Cybersecurity Index: pillars, 2024)" in law
    assert told[law] == ["PM-LEG-01 MNR-03 Other items: industry 1", "Zedland: R01"]
    assert told["PM-LEG-01"] == ["Review legal powers", "GCA-LEGAL laws"]
    assert 'href="#GCA-LEGAL"' in page and 'id="GCA-LEGAL"' in page


def test_the_page_of_an_item_says_what_it_serves(seen):
    page = pages.pages(seen)["items/PM-LEG-01.html"]
    assert 'href="../what-serves-what.html#GCA-LEGAL"' in page
    assert "That it serves them is our judgement." in page
