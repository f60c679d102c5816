"""English in disguise: nothing is said past the catalogue, and longer words break no layout."""

import re

import pytest
from conftest import ZEDLAND
from lxml import html
from site_rows import two, written

from cop.cli import main
from cop.report import languages, pseudo
from cop.report.languages import PSEUDO
from cop.report.site import pages as site

PLACES = ("ZZZ", "ZED")
WIDTHS, PAPER = (320, 1280), 718
# what a page itself says wherever it stands, and nobody's narrative or name
OURS = (
    "//h1 | //h2 | //summary | //caption/span[@class='numbered'] | //figcaption/span[1]/self::"
    "span[@class='numbered'] | //nav//a | //button | //label | //p[@class='basis'] | //footer/p"
    " | //dl[@class='facts']/div/dt[not(starts-with(., 'PM-'))] | //p[@class='note']"
    " | //a[@download]"
)
STATUSES = "//*[contains(concat(' ', @class, ' '), ' status ')]"
WIDE = """width => [...document.querySelectorAll("main *, header *, footer *")].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > width + 1 && !e.closest(".table, svg, .unseen");
}).map(e => e.outerHTML.slice(0, 120))"""
OUTSIDE = """() => [...document.querySelectorAll("svg.drawn text")].filter(e => {
    const text = e.getBoundingClientRect(), svg = e.closest("svg").getBoundingClientRect();
    return text.right > svg.right + 2 || text.left < svg.left - 2;
}).map(e => e.textContent)"""


@pytest.fixture
def disguised():
    """English in disguise, spoken for the length of a test."""
    languages.use(PSEUDO)
    yield
    languages.use(languages.SOURCE)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return the results of Zedland and its region in disguise."""
    outputs = tmp_path_factory.mktemp("disguised")
    call = ["run", *PLACES, "--data", ZEDLAND, "--outputs", outputs, "--language", PSEUDO]
    assert main.main(list(map(str, call))) == 0
    return outputs / "languages" / PSEUDO


@pytest.fixture(scope="module")
def site_pages(tmp_path_factory):
    languages.use(PSEUDO)
    data = two()
    try:
        return written(tmp_path_factory.mktemp("site"), site.pages(data), data.reports)
    finally:
        languages.use(languages.SOURCE)


def plain(tree, paths=OURS):
    """Return what stands in places that are ours without a letter in disguise."""
    said = {" ".join(e.text_content().split()) for e in tree.xpath(paths)}
    words = {text for text in said if re.search(r"[a-z]{3}", text)}
    return {text for text in words if pseudo.DISGUISE.isdisjoint(text)}


class TestDisguise:
    def test_places_tags_code_and_addresses_stay(self):
        text = "See %(n)s of <b>the</b> `code` &amp; [it](page.html), 5%% or %(share).0f%%"
        told = pseudo.disguised(text)
        for kept in (
            "%(n)s",
            "<b>",
            "</b>",
            "`code`",
            "&amp;",
            "](page.html)",
            "5%%",
            "%(share).0f%%",
        ):
            assert kept in told
        assert "See" not in told and "the" not in told

    def test_a_text_is_two_fifths_longer(self):
        text = "What nobody has found is said to be unknown, never absent."
        assert 1.3 <= len(pseudo.disguised(text)) / len(text) <= 1.5

    def test_what_is_in_disguise_is_not_disguised_again(self):
        assert pseudo.disguised(told := pseudo.disguised("Statement")) == told

    def test_both_forms_of_a_plural_are(self, disguised):
        assert languages.ngettext("%(n)s row", "%(n)s rows", 1) == pseudo.disguised("%(n)s row")
        assert languages.ngettext("%(n)s row", "%(n)s rows", 2) == pseudo.disguised("%(n)s rows")


class TestSite:
    def test_nothing_of_ours_is_plain_english(self, site_pages):
        names = {"codebook.html"}  # its headings are names of tables
        for path in sorted(site_pages.glob("*.html")):
            text = path.read_text(encoding="utf-8")
            if "<main" in text and path.name not in names:
                tree = html.document_fromstring(text)
                assert not plain(tree), path.name
                assert not plain(tree, STATUSES), path.name

    def test_every_page_says_that_it_is_a_draft(self, site_pages):
        for path in site_pages.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            if "<main" in text:
                assert '<span lang="en">Machine draft, not reviewed.</span>' in text, path.name
                assert f'<html lang="{PSEUDO}">' in text

    def test_addresses_are_those_of_the_english_site(self, site_pages):
        english = site.pages(two())
        made = {p.relative_to(site_pages).as_posix() for p in site_pages.rglob("*") if p.is_file()}
        assert set(english) <= made
        for at in ("index.html", "items.html", "glossary.html", "method.html"):
            ids = re.compile(r'(?:id|href)="((?!data:)[^"]+)"')
            text = (site_pages / at).read_text(encoding="utf-8")
            assert ids.findall(text) == ids.findall(str(english[at])), at

    @pytest.mark.browser
    def test_longer_words_break_no_page(self, site_pages, browser):
        opened = browser.new_context(offline=True).new_page()
        for path in sorted(site_pages.glob("*.html")):
            assert not broken(opened, path), path.name


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("disguised")
class TestReports:
    def test_nothing_of_ours_is_plain_english(self, reports):
        for path in sorted(reports.glob("*/pages/*.html")):
            tree = html.document_fromstring(path.read_text(encoding="utf-8"))
            assert not plain(tree) and not plain(tree, STATUSES), path.name

    def test_tables_handed_on_are_those_of_the_english_run(self, reports, zedland):
        for key in PLACES:
            tables = {p.name: p.read_bytes() for p in (zedland / key / "tables").glob("*.csv")}
            made = {p.name: p.read_bytes() for p in (reports / key / "tables").glob("*.csv")}
            assert tables and made == tables, key

    def test_ids_are_those_of_the_english_pages(self, reports, zedland):
        ids = re.compile(r' id="([^"]+)"')
        for path in reports.glob("*/pages/*.html"):
            ours = ids.findall(path.read_text(encoding="utf-8"))
            english = ids.findall((zedland / path.relative_to(reports)).read_text(encoding="utf-8"))
            drawn = re.compile("f[0-9a-f]{8}")  # of figures: made of what they say
            assert [i for i in ours if not drawn.match(i)] == [
                i for i in english if not drawn.match(i)
            ], path.name

    @pytest.mark.browser
    def test_longer_words_break_no_page(self, reports, browser):
        opened = browser.new_context(offline=True).new_page()
        for path in sorted(reports.glob("*/pages/*.html")):
            assert not broken(opened, path), path.name


def broken(page, path):
    """Return what runs out of a page on a telephone, a desktop and paper."""
    found = []
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width in (*WIDTHS, PAPER):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media="print" if width == PAPER else "screen")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than {width}")
        found += page.evaluate(WIDE, width) + page.evaluate(OUTSIDE)
    return found
