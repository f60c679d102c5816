"""Figures as a browser shows them: no label cut, over another, or too small, at any width."""

from dataclasses import replace
from pathlib import Path

import pytest
from kinds import COLOURS, barriers
from report_rows import CAPTION, LONG, frames, show

from cop.report import sheet
from helpers import charts

WIDTHS = (320, 768, 1280)
LEAST = 9  # pixels of a letter's height as it is set
FAULTS = Path(__file__).with_name("faults.js").read_text(encoding="utf-8")
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{}</style></head><body><main><h1>Figures</h1>{}</main></body></html>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def gallery(browser, tmp_path, request):
    """Return a function that shows every kind of figure, with names of so many letters."""

    def opened(letters, width, **media):
        shown = "".join(
            show(kind, *cells, caption=replace(CAPTION, title=f"A finding shown as {kind}"))
            for kind, cells in frames(letters).items()
        )
        path = tmp_path / "figures.html"
        path.write_text(PAGE.format(sheet.font() + sheet.text(), shown), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, offline=True, **media)
        request.addfinalizer(page.close)
        page.goto(path.as_uri())
        return page

    return opened


@pytest.mark.parametrize("letters", [0, LONG])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_label_is_cut_overlaps_or_is_too_small(gallery, letters, width):
    page = gallery(letters, width)
    check = "document.fonts.ready.then(() => document.fonts.check('9px \"DejaVu Sans\"'))"
    assert page.evaluate(check)
    assert page.evaluate(FAULTS, LEAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_text_is_as_wide_as_it_was_measured(gallery):
    page = gallery(LONG, 768)
    measured = page.evaluate("""[...document.querySelectorAll('svg text')].map(t =>
        [t.textContent, t.getComputedTextLength()])""")
    wrong = [
        (text, wide, charts.text_width(text))
        for text, wide in measured
        if abs(wide - charts.text_width(text)) > 0.03 * wide + 1
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("scheme", "rules"),
    [({"color_scheme": "light"}, None), ({"color_scheme": "dark"}, COLOURS),
     ({"forced_colors": "active"}, COLOURS)],
    ids=["light", "dark", "forced"],
)  # fmt: skip
def test_axe_finds_no_barrier_in_any_kind(gallery, scheme, rules):
    page = gallery(LONG, 768, **scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert barriers(page, rules) == []


# The longest name, the most evidence, all eight together.
@pytest.mark.slow
@pytest.mark.xdist_group("region")
@pytest.mark.parametrize("iso3", ["BIH", "UKR", "regional"])
def test_no_label_of_any_page_is_cut_overlaps_or_is_too_small(browser, site, iso3):
    page, faults = browser.new_page(offline=True), []
    for path in sorted(site.glob(f"cop-*{iso3}*.html")):
        page.goto(path.as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{path.name} at {width}: {fault}" for fault in page.evaluate(FAULTS, LEAST)]
    page.close()
    assert faults == []
