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


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return the results of Zedland and its region in disguise."""
    outputs = tmp_path_factory.mktemp("disguised")
    call = ["run", *PLACES, "--data", ZEDLAND, "--outputs", outputs, "--language", PSEUDO]
    assert main.main(list(map(str, call))) == 0
    return outputs / "languages" / PSEUDO


@pytest.fixture(scope="module")
def site_pages(tmp_path_factory):
    data = two()
    with languages.using_language(PSEUDO):
        return written(tmp_path_factory.mktemp("site"), site.pages(data), data.reports)


LONG = [pytest.mark.long, pytest.mark.slow, pytest.mark.xdist_group("disguised")]


@pytest.fixture(params=["site_pages", pytest.param("reports", marks=LONG)])
def paths(request):
    """Return the pages of the site, or those of reports, but a page headed by names of tables."""
    found = sorted(request.getfixturevalue(request.param).rglob("*.html"))
    return [p for p in found if p.name != "codebook.html" and "<main" in p.read_text("utf-8")]


def plain(tree, paths=OURS):
    """Return what stands in places that are ours without a letter in disguise."""
    texts = {" ".join(e.text_content().split()) for e in tree.xpath(paths)}
    words = {text for text in texts if re.search(r"[a-z]{3}", text)}
    return {text for text in words if pseudo.DISGUISE.isdisjoint(text)}


def test_places_tags_code_and_addresses_stay_and_a_text_is_longer_once():
    text = "See %(n)s of <b>the</b> `code` &amp; [it](page.html), 5%% or %(share).0f%%"
    disguised = pseudo.disguised(text)
    kept = "%(n)s", "<b>", "</b>", "`code`", "&amp;", "](page.html)", "5%%", "%(share).0f%%"
    assert all(part in disguised for part in kept)
    assert "See" not in disguised and "the" not in disguised
    assert pseudo.disguised(disguised) == disguised
    text = "What nobody has found is said to be unknown, never absent."
    assert 1.3 <= len(pseudo.disguised(text)) / len(text) <= 1.5


def test_nothing_of_ours_is_plain_english(paths):
    for path in paths:
        text = path.read_text(encoding="utf-8")
        tree = html.document_fromstring(text)
        assert not plain(tree) and not plain(tree, STATUSES), path.name
        assert '<span lang="en">Machine draft, not reviewed.</span>' in text, path.name
        assert f'<html lang="{PSEUDO}">' in text


@pytest.mark.browser
def test_longer_words_break_no_page(paths, browser):
    opened = browser.new_context(offline=True).new_page()
    for path in paths:
        assert not broken(opened, path), path.name


def test_addresses_are_those_of_the_english_site(site_pages):
    english = site.pages(two())
    made = {p.relative_to(site_pages).as_posix() for p in site_pages.rglob("*") if p.is_file()}
    assert set(english) <= made
    for at in ("index.html", "items.html", "glossary.html", "method.html"):
        ids = re.compile(r'(?:id|href)="((?!data:)[^"]+)"')
        text = (site_pages / at).read_text(encoding="utf-8")
        assert ids.findall(text) == ids.findall(str(english[at])), at


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("disguised")
def test_tables_handed_on_and_ids_are_those_of_the_english_run(reports, zedland):
    for key in PLACES:
        tables = {p.name: p.read_bytes() for p in (zedland / key / "tables").glob("*.csv")}
        made = {p.name: p.read_bytes() for p in (reports / key / "tables").glob("*.csv")}
        assert tables and made == tables, key
    ids = re.compile(r' id="(?!f[0-9a-f]{8})([^"]+)"')  # but of figures: made of what they say
    for path in reports.glob("*/pages/*.html"):
        english = (zedland / path.relative_to(reports)).read_text(encoding="utf-8")
        assert ids.findall(path.read_text(encoding="utf-8")) == ids.findall(english), path.name


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
