"""A page of the site that would be drawn the same stays as it stands, and no other."""

import re
from dataclasses import replace
from datetime import date

import pytest
from site_told import TABLES, country, region, told, two

from cop.report import words
from cop.report.site import items, pages
from cop.report.site.before import Before

CHANGES = {
    "cover": {"status": "validated"},
    "failure": "it broke",
    "anchors": {},
    "headings": [("cop-assessment-ZZZ.html#laws", "Laws that will be")],
    "annexes": ["cop-annex-ZZZ-1-desktop-research.html"],
    "editions": [
        {"file": "e.html", "failure": "", "cover": {"edition": "2025", "status": "draft"}}
    ],
}


@pytest.fixture(scope="module", autouse=True)
def few():
    every = items.items
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(items, "items", lambda told, examples: every(told, examples)[:3])
        yield


@pytest.fixture(scope="module")
def stands(tmp_path_factory, few):
    """A site that stands, by the states of its pages."""
    folder, before = tmp_path_factory.mktemp("site"), Before()
    for at, text in pages.pages(replace(two(), before=before)).items():
        (folder / at).parent.mkdir(exist_ok=True)
        (folder / at).write_text(text, encoding="utf-8", newline="")
    return folder, before.now


def made(stands, site):
    """Make a site anew where another stands; give {address: text}, and what was drawn."""
    folder, states = stands
    found = pages.pages(replace(site, before=Before(folder, states)))
    drawn = {at for at, page in found.items() if isinstance(page, str)}
    read = {at: (folder / at).read_bytes().decode() for at in found.keys() - drawn}
    return read | {at: found[at] for at in drawn}, drawn


def other(**more):
    """Give the site of two countries with something else about Zedland."""
    site = two()
    reports = [replace(r, **more) if r.key == "ZZZ" else r for r in site.reports]
    return replace(site, reports=reports)


def changed(table):
    """Give tables with other words in the text of one of them."""
    rows = [
        {
            c: f"{v} anew" if v and c in ("title", "name", "what", "rationale") else v
            for c, v in row.items()
        }
        for row in TABLES[table]
    ]
    return TABLES | {table: rows[:-1]}


def test_nothing_changed_nothing_is_drawn(stands):
    assert not made(stands, two())[1]


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_table_changes_what_is_made_of_it(stands, table):
    site = other(tables=changed(table))
    texts, drawn = made(stands, site)
    assert texts == pages.pages(site)
    assert 0 < len(drawn) < len(texts)


@pytest.mark.parametrize("what", CHANGES)
def test_so_does_what_is_known_of_a_report(stands, what):
    cover = country().cover if what == "cover" else {}
    site = other(**{what: {**cover, **CHANGES[what]} if cover else CHANGES[what]})
    assert made(stands, site)[0] == pages.pages(site)


@pytest.mark.parametrize(
    "site",
    [
        told([region(), country()]),
        two(lost={"XXX": "it broke"}),
        two(baselines=2),
        replace(two(), today=date(2026, 7, 16)),
    ],
    ids=["a country gone", "one lost", "baselines", "another day"],
)
def test_so_does_what_stands_beside_it(stands, site):
    assert made(stands, site)[0] == pages.pages(site)


def test_templates_ask_no_report_for_its_tables():
    """They are given the rows: of what they would ask for, the state of a page says nothing."""
    asked = re.compile(r"\.(rows|tables|each|shared|made|known|headings|data)\b[^=]")
    folder = words.FOLDER / "site"
    texts = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.j2") if p.stem != "feed"}
    assert {name: found for name, text in texts.items() if (found := asked.findall(text))} == {
        "data.j2": ["rows"]  # how many a table has
    }
