"""The site in another language: bodies by their own names, and English marked where it is left."""

from types import SimpleNamespace

import pytest
from conftest import DATA
from lxml import html
from site_told import country, judged, organisation, service, step, told

from cop.report import languages, page, words
from cop.report.site import pages as site
from cop.report.site import search


def tables(key, own):
    line = service(f"{key}-V01", "Child line", name_local=own, description="Free talks for all.")
    body = organisation("02", "Operator", "industry", key) | {"name_local": own}
    return {
        "alignment_by_item": [judged("PM-LEG-01", "in place", rationale="A law says so.")],
        "services_on_record": [line],
        "organisations": [body],
        "action_plan": [step(1, "Operator", key=key)],
    }


@pytest.fixture(scope="module")
def told_of():
    languages.use("uk")
    lands = [("UKR", "Україна", "Дитяча лінія"), ("MDA", "Молдова", "Linia copilului")]
    yield told([country(key, name, tables(key, own)) for key, name, own in lands], data=DATA)
    languages.use("en")


@pytest.fixture(scope="module")
def made(told_of):
    return {at: html.fromstring(text) for at, text in site.pages(told_of).items()
            if at.endswith(".html")}  # fmt: skip


def english(element):
    return [one.text_content() for one in element.xpath(".//*[@lang='en']")]


class TestOwnNames:
    def test_a_line_has_its_own_name_where_the_language_is_its_country_s(self, made):
        names = made["children.html"].xpath("//section[@class='help']//li")
        assert names[0].text_content().startswith("Дитяча лінія · Child line")
        assert names[1].text_content().startswith("Child line · Linia copilului")

    def test_who_leads_has_too_and_another_country_s_body_of_that_name_has_not(self, made):
        rows = made["industry.html"].xpath("//*[@id='steps']/following::table[1]/tbody/tr")
        assert [row.xpath("td[2]")[0].text_content() for row in rows] == [
            "Дитяча лінія",
            "Operator",
        ]

    def test_the_search_finds_it_by_both_names(self, told_of):
        found = [e for e in search.entries(told_of, [], []) if e.kind == "service"]
        assert [(e.title, e.about.split()[:2]) for e in found] == [
            ("Дитяча лінія", ["Child", "line"]), ("Child line", ["Linia", "copilului"]),
        ]  # fmt: skip


class TestEnglishIsMarked:
    def test_on_the_page_for_children(self, made):
        found = english(made["children.html"])
        assert found.count("Free talks for all.") == 2

    @pytest.mark.parametrize(
        ("at", "text"),
        [
            ("industry.html", "Step 1 of UKR"),
            ("items/PM-LEG-01.html", "A law says so."),
            ("codebook.html", "Which of the four guidelines"),
        ],
    )
    def test_what_somebody_wrote_and_what_a_column_means(self, made, at, text):
        assert text in english(made[at])

    def test_why_one_is_so_sure_however_short(self):
        row = SimpleNamespace(
            item_id="PM-LEG-01", item="x", status="in place", guidance="", judged_by="two",
            rationale="A law.", confidence="high", confidence_reason="read twice",
            coder_a="", coder_b="", note="",
        )  # fmt: skip
        with languages.speaking("uk"):
            shown = html.fragment_fromstring(
                words.show("5-guideline-alignment", "about_item", row), create_parent=True
            )
        assert english(shown) == ["A law.", "read twice"]

    def test_what_is_no_english_and_what_is_no_text_is_not(self):
        with languages.speaking("uk"):
            assert page.quoted("Стаття 42") == "Стаття 42" and page.quoted("301-1") == "301-1"
            assert page.quoted("in place") == languages.said("in place")
            assert page.text("Ministry of Justice") == "Ministry of Justice"  # a name
        with languages.speaking("en"):
            assert page.quoted("A law.") == "A law."
