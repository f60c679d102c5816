"""The switch of languages as a browser shows it: no barrier, nothing cut, not on paper."""

import pytest
from site_told import two
from test_site_browser import LOOKS, Axe

from cop.report.site import pages as site
from cop.report.site import speaking

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
OTHERS = {tag: f"{tag}/index.html" for tag in ("fr", "ro", "sq", "sr-Latn", "uk")}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    page = tmp_path_factory.mktemp("switch") / "index.html"
    text = speaking.spoken(site.pages(two())["index.html"], "index.html", "en", OTHERS)
    page.write_text(text, encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("width", LOOKS)
def test_no_barrier_and_nothing_cut(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    assert page.locator(".languages a").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for look, options in LOOKS[width]:
        page.emulate_media(**look)
        found = Axe().run(page, options=options).response["violations"]
        assert not [v["id"] for v in found if v["impact"] != "minor"]
    page.close()


def test_on_paper_it_is_left_out(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.emulate_media(media="print")
    assert not page.locator(".languages").is_visible()
    page.close()
