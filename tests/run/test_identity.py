"""A report is about the country it names: the identity check of finished pages and tables."""

import shutil

import pytest
from conftest import ZEDLAND

from cop.report import languages, render
from cop.run import identity, plan

REPORT = "cop-assessment-ZZZ.html"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]


@pytest.fixture
def made(zedland, tmp_path):
    """Return job and pages of Zedland as they stand before they are moved into place."""
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path, edition="2026"))
    shutil.copytree(zedland / "ZZZ", job.making)
    pages = {n: (zedland / "site" / n).read_text(encoding="utf-8") for n in job.pages().values()}
    return job, pages


def after(page, text):
    """Return a page with something at the end of its body."""
    return page.replace("</main>", f"<p>{text}</p></main>", 1)


def test_its_own_pages_are_fit(made):
    identity.check(*made)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('data-iso3="ZZZ"', 'data-iso3="YYY"'),
        ('data-country="Zedland"', 'data-country="Yonderland"'),
    ],
)
def test_another_country_on_the_cover_is_refused(made, old, new):
    job, pages = made
    assert old in pages[REPORT]
    with pytest.raises(render.Unfit, match="identity check"):
        identity.check(job, pages | {REPORT: pages[REPORT].replace(old, new)})


def test_rows_of_another_country_in_a_table_are_refused(made):
    job, pages = made
    table = job.making / "tables" / "key_figures.csv"
    table.write_text(table.read_text().replace("ZZZ,", "YYY,", 1))
    with pytest.raises(render.Unfit, match="key_figures.csv has rows of YYY"):
        identity.check(job, pages)


@pytest.mark.parametrize(
    "text", ["[YYY-E07]", '<a href="#YYY-E07">[E07]</a>', '<a id="YYY-E07">Said so</a>']
)
def test_another_countrys_id_that_nothing_cites_is_refused(made, text):
    job, pages = made
    with pytest.raises(render.Unfit, match=f"{REPORT} holds ids of other countries: YYY-E07"):
        identity.check(job, pages | {REPORT: after(pages[REPORT], text)})


def changed(job, old, new):
    table = job.making / "tables" / "action_plan.csv"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_id_that_is_cited_as_another_countrys_may_stand_in_the_page(made):
    job, pages = made
    rows = (job.making / "tables" / "action_plan.csv").read_text(encoding="utf-8")
    action_evidence_id = rows.splitlines()[1].rsplit(",", 1)[1]
    changed(job, f",{action_evidence_id}\n", ",YYY-E07\n")
    identity.check(job, pages | {REPORT: after(pages[REPORT], "[YYY-E07]")})


def test_an_id_of_another_country_in_a_column_of_its_own_ids_is_refused(made):
    job, pages = made
    changed(job, ",ZZZ-E07,", ",YYY-E07,")
    with pytest.raises(render.Unfit, match=r"action_plan.csv holds ids .*: YYY-E07"):
        identity.check(job, pages)


def test_a_page_in_another_language_than_the_jobs_is_refused(made):
    job, pages = made
    other = pages | {REPORT: pages[REPORT].replace('<html lang="en"', '<html lang="uk"', 1)}
    with pytest.raises(render.Unfit, match=f"{REPORT} speaks uk, expected en"):
        identity.check(job, other)


def test_pages_that_name_another_country_as_often_as_their_own_are_refused(made):
    job, pages = made
    named = "".join(pages.values()).count("Zedland")
    few = pages | {REPORT: after(pages[REPORT], "Yonderland " * 5)}
    identity.check(job, few)
    with pytest.raises(render.Unfit, match="the pages name YYY"):
        identity.check(job, pages | {REPORT: after(pages[REPORT], "Yonderland " * named)})


@pytest.fixture
def ukrainian(tmp_path, monkeypatch):
    (tmp_path / "uk.po").write_text('msgid ""\nmsgstr "Language: uk\\n"\n')
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.use("uk")
    yield
    languages.use("en")


def test_a_country_named_in_the_language_of_the_page_counts(tmp_path, ukrainian):
    countries = "iso3,iso2,name_en\nUKR,UA,Ukraine\nMDA,MD,Moldova\n"
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "countries.csv").write_text(countries)
    (tmp_path / "datapackage.json").write_text('{"resources": []}')
    job = plan.of_country(
        "UKR", plan.Choice(data=tmp_path, outputs=tmp_path, edition="2026", language="uk")
    )
    names = lambda text: list(identity._foreign_names(job, text))  # noqa: E731
    assert names(f"{'Молдова. ' * 20}{'Україна. ' * 20}") == [
        "the pages name MDA 20 times and UKR 20 times"
    ]
    assert not names(f"{'Молдова. ' * 20}{'Ukraine. Україна. ' * 21}")
