"""Finished pages in a browser: safe, readable on a phone, on paper and by keyboard."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

import clicks
import pytest
import yaml
from conftest import DATA, EIGHT
from kinds import COLOURS, barriers, one_of_each
from lxml import html

import cop.data
from cop.report.render import mentions

DESKTOP, PHONE, PAPER = 1200, 390, 718
WIDTHS = {"desktop": DESKTOP, "phone": PHONE, "paper": PAPER}
SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
INDEX, REPORT, REGION = "index.html", "cop-assessment-UKR.html", "cop-regional-synthesis.html"
ANNEXES = "1-desktop-research 2-stakeholder-mapping 3-surveys-and-interviews"
ANNEXES += " 4-ict-statistics 5-guideline-alignment"
PAGES = [INDEX, REPORT, REGION, *(f"cop-annex-UKR-{a}.html" for a in ANNEXES.split())]
UNREADABLE = re.compile(
    r"\b(?:nan|NaN|NaT|None(?! (?:of|was|were|is|are|has|have|had)\b)|inf|undefined|Traceback)\b"
    "|<NA>"
)
BROKEN_WORDS = Path(__file__).with_name("broken_words.js").read_text(encoding="utf-8")
ATTACK = (
    '<script>window.ran = "script"</script><img src="data:," onerror="window.ran = \'handler\'">'
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("region")]
every_page = pytest.mark.parametrize("name", PAGES)
main_pages = pytest.mark.parametrize("name", [INDEX, REPORT, REGION])


@pytest.fixture
def fresh(browser, site, request):
    """Return a function that opens a page of the site, offline, at a width, for this test alone."""

    def open_page(name, width=DESKTOP, site=site):
        page = browser.new_page(viewport={"width": width, "height": 900}, offline=True)
        request.addfinalizer(page.close)
        if name:
            page.goto((site / name).as_uri())
        return page

    return open_page


@pytest.fixture(scope="module")
def opened(browser, site):
    """Return a function that opens a page once, unfolded or on paper, for tests that only look."""

    @cache
    def open_page(name, width=DESKTOP):
        page = browser.new_page(viewport={"width": width, "height": 900}, offline=True)
        page.goto((site / name).as_uri())
        page.emulate_media(media="print") if width == PAPER else _unfold(page)
        return page

    return open_page


def _unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def _listed(page, selector, test, tell="e.outerHTML.slice(0, 150)"):
    """Return `tell` of each element `e` that the selector and the test (JavaScript) find."""
    return page.evaluate(
        f"[...document.querySelectorAll({selector!r})].filter(e => {test}).map(e => {tell})"
    )


# The first two screens of an assessment

# Less a line that names the languages, where there are several; the words with why each rating is
# as sure as it is.
TWO_SCREENS, MOST_WORDS = 2 * 900 - 29, 1060


@pytest.mark.parametrize("iso3", EIGHT)
def test_what_a_minister_reads_fits_two_screens_and_by_keyboard_150_stops(fresh, site, iso3):
    """Stops are those up to the recommendations; the file is small enough to be sent."""
    assert (site / f"cop-assessment-{iso3}.html").stat().st_size < 1_500_000
    page = fresh(f"cop-assessment-{iso3}.html", 1280)
    before = "e.compareDocumentPosition(document.querySelector('#recommendations')) & 4"
    stops = "a[href], button, summary, [tabindex='0']"
    assert 50 < len(_listed(page, stops, f"e.checkVisibility() && {before}")) < 150
    end = page.query_selector("nav.contents").bounding_box()["y"]
    assert end <= TWO_SCREENS
    before = "e.compareDocumentPosition(document.querySelector('nav.contents')) & 4"
    shown = "main > :is(p, ul, ol, dl, div)"
    words = _listed(page, shown, before, "e.innerText.split(/\\s+/).length")
    assert 200 < sum(words) <= MOST_WORDS


@pytest.mark.parametrize("medium, width, height", [("screen", 1280, 800), ("print", 1062, 710)])
def test_the_heat_map_fits_a_screen_and_a_page_of_paper(fresh, medium, width, height):
    """On paper in landscape, with the heading above it; sizes are in pixels."""
    page = fresh(REGION, width)
    page.emulate_media(media=medium)
    above = "figure:has(.heat)" if medium == "screen" else "h2:has(+ p + figure .heat)"
    top = page.query_selector(above).bounding_box()["y"]
    box = page.query_selector(".heat").bounding_box()
    assert box["y"] + box["height"] - top <= height and box["width"] <= width


# What a page asks for and runs


@every_page
def test_asks_the_network_for_nothing_logs_no_error_and_tab_leads_to_the_skip_link(
    fresh, site, name
):
    address, asked, errors = (site / name).as_uri(), [], []
    page = fresh(None)
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    box = page.evaluate("(b => [b.left, b.top])(document.activeElement.getBoundingClientRect())")
    assert min(box) >= 0
    assert page.evaluate("document.activeElement.hash") == "#content"
    _unfold(page)
    page.wait_for_timeout(100)
    assert address in asked
    assert [url[:100] for url in asked if url != address and not url.startswith("data:")] == []
    assert errors == []


@main_pages
@pytest.mark.parametrize("protected", [True, False])
def test_policy_stops_a_script_smuggled_in(fresh, site, tmp_path, name, protected):
    """Without its policy the same page does run the script, so the test can fail."""
    text = (site / name).read_text(encoding="utf-8")
    if not protected:
        text = re.sub("<meta[^>]*Content-Security-Policy[^>]*>", "", text)
    (tmp_path / name).write_text(text.replace("</body>", f"{ATTACK}</body>"), encoding="utf-8")
    assert (fresh(name, site=tmp_path).evaluate("typeof window.ran") == "undefined") is protected


# Structure


@every_page
def test_names_its_subject_and_its_pictures_and_has_one_heading_one_main_part_and_a_language(
    opened, name
):
    page = opened(name)
    policy = page.get_attribute("head > meta[http-equiv='Content-Security-Policy']", "content")
    assert "default-src 'none'" in policy and "script-src" not in policy
    cover = page.query_selector(".cover")
    subject = cover.get_attribute("data-country") if cover else "Child Online Protection"
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("main").count() == page.locator("h1").count() == 1
    assert subject in page.title() and subject in page.locator("h1").inner_text()
    levels = _listed(page, "h1, h2, h3, h4, h5, h6", "true", "Number(e.tagName[1])")
    assert levels[0] == 1
    assert not [(a, b) for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
    tell = "(e.getAttribute('alt') || e.textContent).trim()"
    alts = _listed(page, "img, figure svg > desc, figure .picture > .unseen", "true", tell)
    assert [alt for alt in alts if len(alt) < 20] == []
    assert sorted({alt for alt in alts if alts.count(alt) > 1}) == []
    text = "\n".join([page.inner_text("body"), page.title(), *alts])
    assert [text[max(0, m.start() - 60) : m.end() + 30] for m in UNREADABLE.finditer(text)] == []


WRONG = yaml.safe_load(Path(__file__).with_name("wrong.yml").read_text(encoding="utf-8"))


@every_page
def test_nothing_of_this_is_on_a_page(opened, name):
    for what, wrong in WRONG.items():
        page = opened(name, WIDTHS[wrong["width"]])
        assert _listed(page, wrong["selector"], wrong["test"])[:5] == [], what


@every_page
def test_links_between_pages_lead_to_a_page_and_a_place_in_it(site, name):
    assert lost_links(site, name) == set()


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5, 6])
def test_links_between_pages_of_field_work_lead_to_a_page_and_a_place_in_it(zedland, stage):
    folder = zedland / "site"
    [page] = folder.glob("cop-assessment-ZZZ.html" if stage == 6 else f"cop-annex-ZZZ-{stage}-*")
    assert lost_links(folder, page.name) == set()


def lost_links(folder, name):
    """Return the links of a page to files or places in them that do not exist."""
    written = html.parse(folder / name).xpath("//a/@href")
    links = {urldefrag(h) for h in written if not re.match("[a-z]+:|#", h)}
    present = {file for file, _ in links if (folder / unquote(file)).is_file()}
    ids = {file: {*html.parse(folder / unquote(file)).xpath("//@id"), ""} for file in present}
    return {(file, place) for file, place in links if place not in ids.get(file, ())}


def test_each_number_of_a_report_leads_to_a_source_in_two_clicks(zedland, site):
    assert clicks.lost(site / REPORT) == []
    assert clicks.lost(zedland / "site" / "cop-assessment-ZZZ.html") == []


def test_every_page_on_which_a_listed_name_stands_bears_the_note_on_it(site):
    notes = cop.data.read("territory_notes", DATA)
    listed = {row.iso3: row.listed for row in notes.itertuples()}
    assert len(listed) >= 4
    bare = []
    for page in site.rglob("*.html"):
        main = html.parse(str(page)).getroot().find(".//main")
        for script in main.xpath(".//script"):
            script.drop_tree()
        said = " ".join(note.text_content() for note in main.find_class("territory"))
        text = main.text_content()
        used = [iso3 for iso3, names in listed.items() if mentions(text, names)]
        told = [(r.names or r.coverage)[:40] for r in notes.itertuples() if r.iso3 in used]
        bare += [(page.name, one) for one in told if one not in said]
    assert bare == []
    assert {p.name for p in site.glob("cop-annex-UKR-*.html")} <= set(PAGES)


# On paper


@every_page
def test_no_word_or_number_breaks_in_the_middle_on_paper(opened, name):
    """A cell that reads 32,0 and below it 07 is misread, and so is a day or the number of an item;
    only what stands in tables is looked at.
    """
    page = opened(name, PAPER)
    assert page.evaluate(BROKEN_WORDS) == []


@every_page
def test_prints_as_fewer_than_60_pages_that_name_the_report_and_their_number(opened, name):
    page = opened(name, PAPER)
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert 0 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 60
    rules = page.evaluate("""[...document.styleSheets[0].cssRules].filter(
        rule => rule instanceof CSSPageRule).map(rule => rule.cssText).join(' ')""")
    assert name == INDEX or (page.title() in rules and "counter(page)" in rules)


@every_page
def test_what_stands_folded_is_on_paper_but_for_data_that_is_printed_already(fresh, name):
    """A grid of words or marks is its own data, and is not printed twice; nor is that of a small
    figure of the first two pages, whose values the chapters print.
    """
    page = fresh(name, PAPER)
    grids = ":is(.close, :has(table.marks, table.signs, ol.chain, ol.steps, .heat))"
    assert page.locator(f"figure{grids} .picture :is(table, ol)").count() or name != REPORT
    seen = f"""[...document.querySelectorAll('figure:not({grids}) details .table')].map(
        e => e.checkVisibility({{contentVisibilityAuto: true}}))"""
    assert not any(page.evaluate(seen))
    page.emulate_media(media="print")
    # Asked anew, for half a minute at most: a page's policy lets nothing wait within it.
    shown = f"({seen}).every(Boolean)"
    assert any(page.evaluate(shown) or page.wait_for_timeout(100) for _ in range(300))
    for selector, wanted in (("main details:not(figure *)", True), ("figure details", False)):
        names = f"document.querySelectorAll('{selector} > summary')"
        seen = page.evaluate(f"[...{names}].map(e => e.checkVisibility())")
        assert set(seen) <= {wanted}  # a card of definitions says of which indicator it is
    assert "4-ict" not in name or page.locator("details.indicator > summary").count() > 5


# For everyone


ROOM = ["target-size", "scrollable-region-focusable"]  # what may differ by width alone
LOOKS = [
    (INDEX, "light", 768, ROOM),
    (INDEX, "forced", 1280, COLOURS),
    (REPORT, "light", 320, None),
    (REGION, "print", 1280, None),
    (REGION, "dark", 1280, COLOURS),
]


@pytest.mark.parametrize(("name", "scheme", "width", "rules"), LOOKS)
def test_axe_finds_no_serious_barrier(fresh, name, scheme, width, rules):
    """Each kind of row is looked at once a table."""
    page = fresh(name, width)
    _unfold(page)
    one_of_each(page)
    page.emulate_media(**SCHEMES.get(scheme, {"media": "print"}))
    found = barriers(page, rules, for_fingers=scheme != "print")
    assert [barrier for barrier in found if barrier[1] in ("serious", "critical")] == []
