"""Small rules of pages: what is marked as English, offered and searched, and what a list names."""

import json

from cases import by_rule
from conftest import DATA
from markupsafe import Markup
from site_rows import country, site_data

import cop.data
from cop.data.places import Country
from cop.report import citations, formats, languages, page, words
from cop.report.site import pages

UKRAINE = Country("UKR", "Ukraine", str(DATA), "", "2026")
COVER = '<dl></dl></section><section class="x"><dl></dl></section>'


@by_rule(
    "language, begins",
    ("an analyst's text on an English page has no mark", "en", "<p>One.</p>"),
    ("and on a page in another language is marked as English", "ro", '<div lang="en"><p>One.</p>'),
)
def test_the_language_of_an_analyst_s_text(language, begins, place):
    with languages.using_language(language):
        assert citations.with_citations("One.", place).startswith(begins)


@by_rule(
    "language, sentence, is_marked",
    ("a sentence in Latin letters that nobody translated", "ro", "Five words of no table.", True),
    ("not one with a letter of another alphabet", "ro", "Five words of no table: Я.", False),
    ("nor one without a letter", "ro", "1 2 3 4", False),
    ("nor any on an English page", "en", "Five words of no table.", False),
)
def test_a_sentence_is_marked_as_english(language, sentence, is_marked):
    with languages.using_language(language):
        assert ('lang="en"' in page.text(sentence)) is is_marked


def test_further_sources_of_a_list_stand_in_the_order_of_their_ids():
    others = [f"GEO-S{number:02}" for number in (14, 2, 9, 5, 11, 3)]
    shown = str(citations.bibliography(UKRAINE, others))
    assert sorted(others, key=lambda name: shown.index(f'id="{name}"')) == sorted(others)


def test_a_source_names_the_rows_that_rest_on_it_and_not_itself(place):
    shown = str(citations.bibliography(place))
    assert "ZZZ-E01" in "".join(part.split('"')[0] for part in shown.split('data-rows="')[1:])
    assert not [part for part in shown.split('data-rows="')[1:] if "-S" in part.split('"')[0]]


@by_rule(
    "text, shown",
    ("a cover offers the citation if the page has this chapter",
     f'{COVER}<h2 id="{pages.CITATION}">', True),
    ("a cover offers no citation that the page does not have", COVER, False),
)  # fmt: skip
def test_a_cover_offers(text, shown):
    made = pages.offer(text, "r.html", {}, "r.html")
    assert (f"#{pages.CITATION}" in made) is shown
    assert made.count('class="offered"') == shown, "links stand in the first list only"


@by_rule(
    "language, found",
    ("a body is found by its name and its local name", "en", ("Council", "Рада")),
    ("in another language by its English name, too", "uk", ("Рада", "Council Рада")),
)
def test_what_a_search_finds_of_a_body(language, found):
    body = {"stakeholder_id": "UKR-O01", "name": "Council", "name_local": "Рада"}
    with languages.using_language(language):
        site = site_data([country("UKR", "Ukraine", tables={"organisations": [body]})], data=DATA)
        rows = [row for row in pages.entries(site, []) if row[2] == "organisation"]
    assert [(name, more) for _, name, _, _, more in rows] == [found]


def test_only_a_published_table_with_terms_of_its_own_states_its_licence():
    site = site_data([country(tables={"organisations": [{"iso3": "ZZZ"}]})])
    described = json.loads(dict(pages.files(site))["data/datapackage.json"])["resources"]
    stated = {table["name"]: "licenses" in table for table in described}
    assert stated == {table["name"]: bool(table["licenses"]) for table in site.tables}
    assert {*stated.values()} == {True, False}


def test_without_a_table_columns_have_only_the_headings_that_are_given(place):
    assert words.columns(place, "", "a", a="A") == {"a": "A"}
    assert words.columns(place, "evidence", "year")["year"] == "Year"


@by_rule(
    "words, joined",
    ("words are joined as text", ["a<", "b"], "a< and b"),
    ("if one of them is HTML, the others are escaped", ["a<", Markup("<b>b</b>")],
     "a&lt; and <b>b</b>"),
)  # fmt: skip
def test_joined_words(words, joined):
    assert formats.join_words(words) == joined


def test_the_link_to_the_site_of_a_source_has_its_host_without_www():
    sources = cop.data.read("sources", str(DATA), "UKR")
    [source] = sources[sources.url.str.startswith("https://www.")].head(1).itertuples()
    shown = citations.sourced(source.source_id, UKRAINE)
    host = source.url.split("/")[2].removeprefix("www.")
    assert f">{host.replace('.', '<wbr>.')}</a>" in shown and f'href="{source.url}"' in shown


@by_rule("translate", ("of a page", languages.gettext), ("of a table", languages.translate))
def test_an_empty_text_stays_empty_in_another_language(translate):
    with languages.using_language("uk"):
        assert translate("") == ""


@by_rule("name", ("a name of small and capital letters", "eZedland"), ("a name", "Zedland"))
def test_without_a_translation_stays(name):
    with languages.using_language("uk"):
        assert languages.translate(name) == name


def test_a_language_with_a_catalogue_has_a_state_and_english_has_none():
    assert languages.state("uk") and languages.state("uk") != languages.state("ro")
    assert languages.state("en") == ""
