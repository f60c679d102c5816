"""In another language nothing is said past the catalogue, and longer words break no layout."""

import re
from pathlib import Path

import pytest
from lxml import html
from site_rows import two, written

from cop.report import catalogues, languages
from cop.report.site import pages as site

WIDTHS, PAPER = (320, 1280), 718
CYRILLIC = re.compile("[А-яІіЇїЄєҐґ]")
# what a page itself says wherever it stands, and nobody's narrative or name
OURS = (
    "//h1 | //h2 | //summary | //caption/span[@class='numbered'] | //figcaption/span[1]/self::"
    "span[@class='numbered'] | //nav//a | //button | //label | //p[@class='basis'] | //footer/p"
    " | //dl[@class='facts']/div/dt[not(starts-with(., 'PM-'))] | //p[@class='note']"
    " | //a[@download]"
)
STATUSES = "//*[contains(concat(' ', @class, ' '), ' status ')]"
OUTSIDE = Path(__file__).with_name("outside.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["uk", "fr"])
def site_pages(request, tmp_path_factory):
    data = two()
    with languages.using_language(request.param):
        return written(tmp_path_factory.mktemp("site"), site.pages(data), data.reports)


def of_folder(folder):
    """Return the pages in a folder, but a page headed by names of tables."""
    found = sorted(folder.rglob("*.html"))
    return [p for p in found if p.name != "codebook.html" and "<main" in p.read_text("utf-8")]


def english(folder, messages):
    """Return what stands in places that are ours without a Cyrillic letter and is not waiting to
    be translated.
    """
    catalogue = catalogues.read(languages.FOLDER, "uk")
    translated = {(m.id, m.context) for m in catalogue if any(catalogues.forms_of(m.string))}
    waiting = "\n".join(str(m.id) for m in messages if (m.id, m.context) not in translated)
    found = set()
    for path in of_folder(folder):
        text = path.read_text(encoding="utf-8")
        assert '<html lang="uk">' in text and "Machine draft, not reviewed.</span>" in text
        tree = html.document_fromstring(text)
        found |= {" ".join(e.text_content().split()) for e in tree.xpath(f"{OURS} | {STATUSES}")}
    words = {re.sub(r"^[0-9.]+ ", "", t) for t in found if re.search(r"[a-z]{3}", t)}
    return {w for w in words if not CYRILLIC.search(w) and w not in waiting and w != "English"}


@pytest.mark.slow
def test_addresses_are_those_of_the_english_site_and_nothing_of_ours_is_english(
    site_pages, messages
):
    pages = site.pages(two())
    made = {p.relative_to(site_pages).as_posix() for p in site_pages.rglob("*") if p.is_file()}
    assert set(pages) <= made
    ids = re.compile(r'(?:id|href)="((?!data:)[^"]+)"')
    for at in ("index.html", "items.html", "method.html"):
        text = (site_pages / at).read_text(encoding="utf-8")
        assert ids.findall(text) == ids.findall(str(pages[at])), at
    if 'lang="uk"' in text:
        assert english(site_pages, messages) == set()


@pytest.mark.browser
def test_longer_words_break_no_page(site_pages, browser):
    opened = browser.new_context(offline=True).new_page()
    for path in of_folder(site_pages):
        assert not broken(opened, path), path.name


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("translated")
def test_a_report_is_translated_and_its_tables_addresses_and_ids_are_the_english_ones(
    translated, messages
):
    other, site = translated / "languages" / "uk", translated / "site"
    assert english(other, messages) == set()
    tables = {p.relative_to(translated): p.read_bytes() for p in translated.glob("Z*/tables/*.csv")}
    assert len(tables) > 20
    assert tables == {p.relative_to(other): p.read_bytes() for p in other.glob("Z*/tables/*.csv")}
    ids = re.compile(r' id="(?!f[0-9a-f]{8})([^"]+)"')  # but of figures: made of what they say
    for path in other.glob("*/pages/*.html"):
        page = (translated / path.relative_to(other)).read_text(encoding="utf-8")
        assert ids.findall(path.read_text(encoding="utf-8")) == ids.findall(page), path.name
    pages = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    assert {f"uk/{at}" for at in pages if not at.startswith("uk/")} <= pages
    for at in pages:
        text = (site / at).read_text(encoding="utf-8")
        assert "same state of data and code" not in text, f"{at} is said to be behind"
        ways = {way.split("?")[0] for way in re.findall(r'href="([^"#:]+)[#"]', text)}
        assert not [way for way in ways if not ((site / at).parent / way).exists()], at


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("translated")
def test_longer_words_break_no_report(translated, browser):
    opened = browser.new_context(offline=True).new_page()
    for path in of_folder(translated / "languages" / "uk"):
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
        found += page.evaluate(OUTSIDE, width)
    return found
