"""The pages of the site as a browser shows them: no barrier, nothing cut, a search that answers."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from kinds import one_of_each
from site_rows import two, written
from test_site_content import KINDS

from cop.report.site import pages as site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
OPTIONS = {"rules": {"target-size": {"enabled": True}}, "preload": False}
OPTIONS["resultTypes"] = ["violations"]
LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}
FORCED = {"color_scheme": "light", "forced_colors": "active"}
COLOURS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LOOKS = {1280: [], 320: [LIGHT]}  # in the dark, one page is looked at below
EVERY = {320: [LIGHT, DARK, FORCED], 1280: [LIGHT, DARK]}
OTHERS = {tag: f"{tag}/index.html" for tag in ("fr", "ro", "sq", "sr-Latn", "uk")}
SWITCH = "languages.html"
TIMED = """([words]) => {
    const field = document.getElementById("q"), list = document.querySelector("ul.results");
    const start = performance.now();
    field.value = words;
    field.dispatchEvent(new Event("input"));
    return [performance.now() - start, [...list.querySelectorAll("a")].map(a => a.textContent)];
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a site, with a page that leads to other languages."""
    data = two()
    pages = site.pages(data)
    pages[SWITCH] = site.link_languages(pages["index.html"], "index.html", "en", OTHERS)
    return written(tmp_path_factory.mktemp("site"), pages, data.reports)


@pytest.fixture
def opened(browser, folder):
    contexts = []

    def open_page(at, width=1280, **more):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, offline=True, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        address, mark, words = at.partition("?")
        page.goto(f"{(folder / address).as_uri()}{mark}{words}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("at", [*KINDS, SWITCH])
@pytest.mark.parametrize(
    "looks", [LOOKS, pytest.param(EVERY, marks=pytest.mark.simulation)], ids=["some", "every"]
)
def test_no_barrier_and_nothing_cut(opened, at, looks):
    for width in looks:
        page = opened(at, width)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if looks is LOOKS:  # every row of every table is under `simulation`
            one_of_each(page)
        for look in looks[width]:
            page.emulate_media(**look)
            found = Axe().run(page, options=OPTIONS).response["violations"]
            errors = [
                (v["id"], v["nodes"][0]["html"][:99]) for v in found if v["impact"] != "minor"
            ]
            assert not errors, (at, width, look, errors)


def test_the_switch_of_languages_is_not_printed(opened):
    page = opened(SWITCH)
    assert page.locator(".languages a").count() == 5
    page.emulate_media(media="print")
    assert not page.locator(".languages").is_visible()


def test_no_colour_is_too_weak_in_the_dark(opened):
    page = opened("index.html", 320, **DARK)
    found = Axe().run(page, options=COLOURS).response
    assert found["passes"] and not found["violations"]


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


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("youth council", "Youth Council"),
        ("yonth", "Youth Council"),  # a wrong letter
        ("ÝOUTH", "Youth Council"),  # a mark
        ("PM-LEG-01", "Review legal powers"),
        ("CSAM", "Child sexual abuse material"),
        ("laws in force", "Laws in force"),
        ("qqqqqq", None),
        ('<img src=x onerror="window.ran = 1">', None),
    ],
)
def test_what_is_looked_for_is_found(opened, words, first):
    page = opened("search.html")
    page.fill("#q", words)
    titles = page.locator("ul.results a").all_inner_texts()
    assert page.evaluate("typeof window.ran") == "undefined"
    assert (titles[0] == first) if first else not titles or "Nothing found" not in titles


def test_as_many_entries_as_eight_countries_have_are_searched_within_100_ms(
    browser, folder, tmp_path
):
    words = "law child online protection ministry report safety school police net"
    words = words.split()
    rows = [
        ["a.html", " ".join(words[(i * k) % 10] for k in (1, 3, 7)) + f" n{i}", "source", "", ""]
        for i in range(4000)
    ]
    text = (folder / "search.html").read_text(encoding="utf-8")
    text = re.sub(r'(id="entries">).*?(</script>)', rf"\g<1>{json.dumps(rows)}\2", text, flags=re.S)
    (tmp_path / "search.html").write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "search.html").as_uri())
    taken = [page.evaluate(TIMED, [one]) for one in ("child law", "polise", "n3999", "sch") * 3]
    page.close()
    assert taken[2][1][0].endswith("n3999")
    assert sorted(ms for ms, _ in taken)[len(taken) // 2] < 100
