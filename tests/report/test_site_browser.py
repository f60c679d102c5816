"""The pages of the site as a browser shows them: no barrier, nothing cut, a search that answers."""

import pytest
from cases import cases
from kinds import COLOURS, barriers, one_of_each
from site_rows import two, written
from test_site_content import KINDS

from cop.report.site import pages as site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
OTHERS = {tag: f"{tag}/index.html" for tag in ("fr", "ro", "sq", "sr-Latn", "uk")}
SWITCH = "languages.html"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a site, with a page that leads to other languages."""
    data = two()
    pages = site.pages(data)
    pages[SWITCH] = site.link_languages(pages["index.html"], "index.html", "en", OTHERS)
    return written(tmp_path_factory.mktemp("site"), pages, data.reports)


def new_page(browser, path, width=1280, **more):
    page = browser.new_page(viewport={"width": width, "height": 800}, offline=True, **more)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(path.as_uri())
    return page


@pytest.fixture
def opened(browser, folder, request):
    def open_page(at, *width, **more):
        page = new_page(browser, folder / at, *width, **more)
        request.addfinalizer(page.close)
        return page

    return open_page


@pytest.fixture(scope="module")
def search(browser, folder):
    return new_page(browser, folder / "search.html")


@pytest.mark.parametrize("at", [*KINDS, SWITCH])
def test_no_barrier_and_nothing_cut(opened, at):
    page = opened(at)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    one_of_each(page)
    assert [barrier for barrier in barriers(page) if barrier[1] != "minor"] == []


def test_no_colour_is_too_weak_in_the_dark_and_the_switch_of_languages_is_not_printed(opened):
    assert barriers(opened("index.html", 320, color_scheme="dark"), COLOURS) == []
    page = opened(SWITCH)
    assert page.locator(".languages a").count() == 5
    page.emulate_media(media="print")
    assert not page.locator(".languages").is_visible()


def test_the_menu_of_a_telephone_opens_by_keyboard(opened):
    page = opened("index.html", 320)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Glossary").first.click()
    assert page.locator("h1").inner_text() == "Glossary"


def test_a_search_from_home_answers_from_a_file(opened):
    page = opened("index.html")
    page.fill("#q", "helpline zedland")
    page.press("#q", "Enter")
    page.wait_for_url("**/search.html?q=*")
    page.wait_for_selector("ul.results a")
    page.fill("#q", "child lin zedland")
    assert page.locator("ul.results a").first.inner_text() == "Child line 116 111"
    assert page.locator("#said").inner_text().startswith("Found: ")


@pytest.mark.parametrize(("words", "first"), cases("report/searched.csv"))
def test_what_is_looked_for_is_found(search, words, first):
    search.fill("#q", "")
    assert not search.locator("ul.results a").count()  # of the words before
    search.fill("#q", words)
    titles = search.locator("ul.results a").all_inner_texts()
    assert search.evaluate("typeof window.ran") == "undefined"
    assert (titles[0] == first) if first else not titles or "Nothing found" not in titles
