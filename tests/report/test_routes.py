"""Where each reader begins, and where the contents stand."""

import pytest
from conftest import EIGHT
from lxml import html

from cop.report import render


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
