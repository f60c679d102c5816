"""A report is about the country it names: the identity check of finished pages and tables."""

import shutil

import pytest
from conftest import ZEDLAND

from cop.report import languages, render
from cop.run import identity, plan

REPORT = "cop-assessment-ZZZ.html"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]


@pytest.fixture
def job(zedland, tmp_path):
    """Return the job of Zedland, with its result in the working folder."""
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path))
    shutil.copytree(zedland / "ZZZ", job.making)
    return job


@pytest.fixture
def pages(job):
    return {p.name: p.read_text("utf-8") for p in (job.making / "pages").iterdir()}


def after(page, text):
    """Return a page with a paragraph added at the end of `main`."""
    return page.replace("</main>", f"<p>{text}</p></main>", 1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('data-iso3="ZZZ"', 'data-iso3="YYY"', "cover for YYY, expected ZZZ"),
        ('data-country="Zedland"', 'data-country="Yonderland"', "does not mention Yonderland"),
        ('<html lang="en"', '<html lang="uk"', f"{REPORT}: language uk, expected en"),
        ("</main>", "[YYY-E07]</main>", f"{REPORT} contains ids of other countries: YYY-E07"),
        ("</main>", '<a href="#YYY-E07">[E07]</a></main>', "ids of other countries: YYY-E07"),
        ("</main>", '<a id="YYY-E07">Claimed</a></main>', "ids of other countries: YYY-E07"),
    ],
)
def test_a_page_about_another_country_or_in_another_language_is_refused(
    job, pages, old, new, reason
):
    identity.check(job, pages)  # as they are, they are fit
    assert old in pages[REPORT]
    with pytest.raises(render.InvalidFile, match=f"identity check: .*{reason}"):
        identity.check(job, pages | {REPORT: pages[REPORT].replace(old, new)})


def changed(job, name, old, new):
    table = job.making / "tables" / name
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_rows_of_another_country_in_a_table_are_refused(job, pages):
    changed(job, "key_figures.csv", "ZZZ,", "YYY,")
    with pytest.raises(render.InvalidFile, match="key_figures.csv contains rows of YYY"):
        identity.check(job, pages)


def test_an_id_that_is_cited_as_another_countrys_may_be_in_the_page(job, pages):
    rows = (job.making / "tables" / "action_plan.csv").read_text(encoding="utf-8")
    action_evidence_id = rows.splitlines()[1].rsplit(",", 1)[1]
    changed(job, "action_plan.csv", f",{action_evidence_id}\n", ",YYY-E07\n")
    identity.check(job, pages | {REPORT: after(pages[REPORT], "[YYY-E07]")})


def test_an_id_of_another_country_in_a_column_of_its_own_ids_is_refused(job, pages):
    changed(job, "action_plan.csv", ",ZZZ-E07,", ",YYY-E07,")
    with pytest.raises(render.InvalidFile, match=r"action_plan.csv contains ids .*: YYY-E07"):
        identity.check(job, pages)


def test_pages_that_name_another_country_as_often_as_their_own_are_refused(job, pages):
    number = "".join(pages.values()).count("Zedland")
    identity.check(job, pages | {REPORT: after(pages[REPORT], "Yonderland " * 5)})
    with pytest.raises(render.InvalidFile, match="the pages mention YYY"):
        identity.check(job, pages | {REPORT: after(pages[REPORT], "Yonderland " * number)})


@pytest.fixture
def ukrainian(tmp_path, monkeypatch):
    (tmp_path / "uk.po").write_text('msgid ""\nmsgstr "Language: uk\\n"\n')
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.use("uk")
    yield
    languages.use("en")


def test_a_country_named_in_the_language_of_the_page_counts(zedland, tmp_path, ukrainian):
    data = tmp_path / "data"
    for name, text in (
        ("datapackage.json", '{"resources": []}'),
        ("reference/countries.csv", "iso3,iso2,name_en\nUKR,UA,Ukraine\nMDA,MD,Moldova\n"),
        ("research/UKR/editions.csv", "edition\n2026\n"),
    ):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text)
    job = plan.of_country("UKR", plan.Choice(data=data, outputs=tmp_path, language="uk"))
    names = lambda text: list(identity._foreign_names(job, text))  # noqa: E731
    assert names(f"{'Молдова. ' * 20}{'Україна. ' * 20}") == [
        "the pages mention MDA 20 times and UKR 20 times"
    ]
    assert not names(f"{'Молдова. ' * 20}{'Ukraine. Україна. ' * 21}")
