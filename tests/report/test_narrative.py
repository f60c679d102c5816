"""What of an analyst's Markdown gets into a page."""

import pytest

from cop.report import citations


@pytest.mark.parametrize(
    "written, shown",
    [
        ("![a map](https://example.org/map.png)", "<p>a map</p>"),
        ("![a map][m]\n\n[m]: https://example.org/map.png", "<p>a map</p>"),
        ("[![a map](//a.org/m.png)](https://a.org)", '<a href="https://a.org">a map</a>'),
        ("# Chapter", "<h3>Chapter</h3>"),
        ("## Chapter", "<h3>Chapter</h3>"),
        ("Chapter\n---", "<h3>Chapter</h3>"),
        ("#### Part", "<h4>Part</h4>"),
        ("<img src=https://example.org/map.png>", "&lt;img"),
        ("It stands [@ZZZ-S01].", '<a class="ref" href="#ZZZ-S01">'),
    ],
)  # fmt: skip
def test_no_picture_and_no_chapter_gets_through(place, written, shown):
    page = str(citations.with_citations(written, place))
    assert shown in page and "<img" not in page and "<h2" not in page and "<h1" not in page
