"""Every number of a report leads to a source with an address in two clicks."""

import clicks
import pytest

BEFORE = '<html><body><main><h1 id="t">T</h1>'
REGISTER = """<ul class="sources"><li id="S01">A (2020). <a href="https://a.org/x">a</a></li></ul>
<table><tr id="E01"><td>12 said</td><td><a href="#S01">[S01]</a></td></tr></table>
<p id="own">Nothing here.</p>"""


def lost(tmp_path, words):
    path = tmp_path / "page.html"
    path.write_text(f"{BEFORE}{words}{REGISTER}</main></body></html>", encoding="utf-8")
    clicks.page.cache_clear()
    clicks._followed.cache_clear()
    return clicks.lost(path)


@pytest.mark.parametrize(
    "words",
    [
        '<p>In all 5 <a href="#E01">[E01]</a>.</p>',
        '<p>First 5. Then more. <a href="#E01">[E01]</a></p>',
        '<ul><li>5 <b>of</b> <a href="#S01">[S01]</a></li></ul>',
        '<figure><p>5</p><details><a href="#S01">[S01]</a></details></figure>',
        '<p>Of the year 2020:</p><ul><li><a href="#E01">[E01]</a></li></ul>',
        '<h2><span class="number-of-heading">5</span> Heading</h2>',
        '<article class="challenge"><p>5</p><p><a href="#E01">[E01]</a></p></article>',
        "<p>PM-LEG-01, R01, annex 4, ISO 639-1, 24 months</p>",
    ],
)
def test_a_number_that_leads_to_an_address_or_is_none(words, tmp_path):
    assert lost(tmp_path, words) == []


@pytest.mark.parametrize(
    "words",
    [
        "<p>In all 5.</p>",
        '<p>In all 5. Then <a href="#E01">[E01]</a> more.</p>',
        '<p>In all 5 <a href="#own">here</a>.</p>',
        '<ul><li>5</li><li><a href="#S01">[S01]</a></li></ul>',
        '<div id="far"><a href="#E01">[E01]</a></div><p>In all 5 <a href="#far">far</a>.</p>',
        '<ul><li>5 <details><summary>x</summary><a href="#E01">[E01]</a></details></li></ul>',
    ],
)
def test_a_number_that_leads_nowhere_is_found(words, tmp_path):
    assert len(lost(tmp_path, words)) == 1


def test_each_number_of_zedlands_report_leads_to_a_source_in_two_clicks(zedland):
    assert clicks.lost(zedland / "site" / "cop-assessment-ZZZ.html") == []


@pytest.mark.slow
@pytest.mark.xdist_group("region")
def test_each_number_of_ukraines_report_leads_to_a_source_in_two_clicks(site):
    assert clicks.lost(site / "cop-assessment-UKR.html") == []
