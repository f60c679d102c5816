"""How long each reader's way takes is said beside it; none begins with more than five minutes."""

import re

import pytest
from conftest import EIGHT
from lxml import html

from cop.report import page, render

PAGE = """<main><h2 id="first">First</h2><p>{words}</p><div>{words}</div><h2 id="next">Next</h2>
<h3 id="one">One</h3><p>{words}</p><details><summary>More</summary><p>{words}</p></details>
<figure><svg><text>{words}</text></svg><span class="unseen">{words}</span></figure>
<h3 id="two">Two</h3><article id="C01">{words}</article>
<ul class="routes"><li><b>Reader</b>: <a href="#first">First</a>, <a href="#C01">A challenge</a>
<span class="minutes">(about {{}} min)</span>; then <a href="#one">One</a>
<span class="minutes">(about {{}} min)</span>, <a href="annex.html#one">Annex</a>
<span class="minutes">(about 7 min)</span></li></ul>
<nav>{words}</nav></main>"""


@pytest.mark.parametrize(("words", "first", "then"), [(10, 1, 1), (200, 4, 2), (333, 5, 2)])
def test_a_route_says_the_minutes_of_its_first_steps_and_of_each_that_follows(words, first, then):
    """Of a section its own, as far as the next; what is folded, drawn or unseen takes no time of
    words, and a figure takes a quarter of a minute; a step that leads elsewhere brings its own.
    """
    tree = html.fromstring(PAGE.format(words="word " * words))
    render._time_routes(tree)
    told = [mark.text for mark in tree.find_class("minutes")]
    assert told == [f"(about {first} min)", f"(about {then} min)", "(about 7 min)"]


@pytest.mark.parametrize(("words", "figures", "minutes"), [(0, 0, 1), (200, 0, 1), (201, 0, 2)])
def test_minutes_are_of_words_and_figures_to_the_next_minute(words, figures, minutes):
    assert page.minutes("word " * words, figures) == minutes
    assert page.minutes("word " * words, figures + 4) >= minutes + (words > 0)


@pytest.fixture(scope="module")
def routes(site):
    """Return a function that gives the page of a country and the ways of its readers."""

    def of(iso3):
        tree = html.parse(str(site / f"cop-assessment-{iso3}.html")).getroot()
        return tree, tree.xpath("//ul[@class='routes']/li")

    return of


@pytest.mark.slow
@pytest.mark.xdist_group("region")
@pytest.mark.parametrize("iso3", EIGHT)
def test_no_way_of_a_real_report_begins_with_more_than_five_minutes(routes, iso3):
    _, ways = routes(iso3)
    assert len(ways) == 6
    for way in ways:
        told = [int(re.search(r"\d+", mark.text)[0]) for mark in way.find_class("minutes")]
        steps = way.xpath("a[not(preceding-sibling::span)]")
        assert 1 <= told[0] <= 5 and steps, way.text_content()
        assert len(told) - 1 == len(way.xpath("a")) - len(steps) > 0


@pytest.mark.slow
@pytest.mark.xdist_group("region")
@pytest.mark.parametrize("iso3", EIGHT)
def test_each_step_of_a_way_leads_to_what_is_there(routes, site, iso3):
    tree, ways = routes(iso3)
    at = [step for way in ways for step in way.xpath("a/@href")]
    ids = {"": {*tree.xpath("//@id")}}
    for file, _, anchor in (one.partition("#") for one in at):
        if file not in ids:
            ids[file] = {*html.parse(str(site / file)).xpath("//@id")}
        assert anchor in ids[file], f"{file}#{anchor}"
    assert len(at) > 6


@pytest.mark.parametrize(
    "first, follows",
    [("<p class='bottom-line'>Said.</p><p>More.</p>", "B"), ("<p>Nothing.</p>", "A")],
)
def test_the_contents_follow_the_bottom_line_where_a_page_has_one(first, follows):
    page = f"<div class='cover'></div><h2>A</h2>{first}<h2>B</h2><p>Rest.</p>"
    tree = html.document_fromstring(f"<main>{page}</main>")
    render._number(tree)
    after = tree.find_class("contents")[0].getnext()
    assert after.tag == "h2" and after.text_content().endswith(follows)
