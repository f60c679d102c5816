"""How long each reader's first chapters take is said beside them."""

import pytest
from lxml import html

from report import render

PAGE = """<main><h2 id="first">First</h2><p>{words}</p><div>{words}</div><h2 id="next">Next</h2>
<ul class="routes"><li><b>Reader</b>: <a href="#first">First</a>
<span class="minutes">(about {{}} min)</span>; then <a href="#next">Next</a></li></ul>
<nav>{words}</nav></main>"""


@pytest.mark.parametrize(("words", "minutes"), [(10, 1), (300, 3), (500, 5)])
def test_a_route_says_the_minutes_of_its_first_chapters_alone(words, minutes):
    tree = html.fromstring(PAGE.format(words="word " * words))
    render._time_routes(tree)
    assert tree.find_class("minutes")[0].text == f"(about {minutes} min)"
