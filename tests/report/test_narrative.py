"""What of an analyst's Markdown gets into a page."""

import pytest

from cop.report import citations


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("### Part", "<h3>Part</h3>"),
        ("<img src=https://example.org/map.png>", "&lt;img"),
        ("It stands [@ZZZ-S01].", '<a class="ref" href="#ZZZ-S01">'),
    ],
)  # fmt: skip
def test_a_narrative_is_escaped_and_its_citations_are_links(place, written, shown):
    """Its pictures and chapters are refused by the check: see tests/data/test_damage.py."""
    page = str(citations.with_citations(written, place))
    assert shown in page and "<img" not in page
