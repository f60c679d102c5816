"""A page of the site leads to itself in other languages, in the words of its own."""

import re

import pytest
from jinja2 import Environment, nodes

from cop.report import words
from cop.report.site import speaking

PAGE = "<head><style></style></head><body><main id='content'><h1>X</h1></main></body>"


def said(at="uk/items/A.html", language="uk", **others):
    """Return the page as it is spoken, where the same page stands in other languages."""
    return speaking.spoken(PAGE, at, language, others or {"en": "items/A.html"})


def test_without_another_language_a_page_is_the_same():
    assert speaking.spoken(PAGE, "index.html", "en", {}) is PAGE


def test_the_ways_stand_before_the_content_and_in_the_head():
    head, body = said().split("</head>")
    assert head.count("hreflang=") == 3 and ".languages" in head
    assert body.index('<nav class="languages"') < body.index("<main")


def test_english_stands_first_and_languages_are_called_as_they_call_themselves():
    ways = {"en": "a.html", "fr": "fr/a.html", "ro": "ro/a.html", "sq": "sq/a.html"}
    text = said("sr-Latn/a.html", "sr-Latn", **ways)
    names = re.findall(r"<li><\w+[^>]*>([^<]+)<", text)
    assert names == ["English", "Français", "Română", "Shqip", "Srpski (latinica)"]


def test_where_the_site_stands_is_told_to_search_engines_alone():
    text = speaking.spoken(PAGE, "a.html", "en", {"uk": "uk/a.html"}, "https://example.org/")
    assert 'hreflang="uk" href="https://example.org/uk/a.html"' in text
    assert 'hreflang="x-default" href="https://example.org/a.html"' in text
    assert '<a href="uk/a.html" lang="uk"' in text


def test_english_says_that_it_is_authentic_and_another_where_it_differs():
    english = speaking.spoken(PAGE, "a.html", "en", {"uk": "uk/a.html"})
    assert "This English text is the authentic one" in english
    assert "<p>" not in said().split("</nav>")[0].split("<nav")[1]
    behind = speaking.spoken(PAGE, "uk/a.html", "uk", {"en": "a.html"}, behind=True)
    assert "where they differ, the English one counts" in behind


@pytest.mark.parametrize("path", sorted(words.FOLDER.rglob("*.j2")), ids=lambda path: path.stem)
def test_words_are_said_by_macros_alone(path):
    """What stands outside of them is said once, in the language that was spoken then."""
    parsed = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(
        path.read_text(encoding="utf-8")
    )
    outside = [node for node in parsed.body if not isinstance(node, nodes.Macro)]
    calls = [call for node in outside for call in node.find_all(nodes.Call)]
    named = {call.node.name for call in calls if isinstance(call.node, nodes.Name)}
    assert not named & {"_", "gettext", "ngettext", "pgettext"}
