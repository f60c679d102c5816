"""Results in another language lie beside the English ones; neither disturbs the other."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import stub
from babel.messages import Catalog, pofile
from conftest import ROOT, beside_its_base, copy_of_zedland, laid_out
from lxml import html

from cop.report import languages
from cop.run import fingerprints, plan

REPORT = "cop-assessment-ZZZ.html"
STALE, BEHIND = "the last run failed", "same state of data and code"
run = stub.complete


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """A folder of two short catalogues, in place of the project's."""
    yield stub.spoken(monkeypatch, tmp_path / "locale")
    languages.use(languages.SOURCE)


@pytest.fixture
def data(tmp_path, monkeypatch, catalogues):
    stub.stubbed(monkeypatch)
    stub.small(monkeypatch)
    return copy_of_zedland(tmp_path)


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def site(outputs):
    return outputs / "site"


def bytes_of(folder):
    """Return {name: bytes} of all files of a folder but contents.json."""
    paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: p.read_bytes() for name, p in paths.items() if name != "contents.json"}


def addresses(site, way=""):
    names = (p.relative_to(site / way).as_posix() for p in (site / way).rglob("*.html"))
    return {n for n in names if way or not n.startswith(tuple(f"{tag}/" for tag in stub.SPOKEN))}


def without_the_switch(text):
    """Return a page as it is where there is no other language."""
    head = r'<link rel="alternate".*?</style>\n(?=</head>)'
    report = r'<br><a href="[^"]*" lang="[^"]*" hreflang="[^"]*">[^<]*</a>'  # of the table at home
    return re.sub(rf'(?s){head}|<nav class="languages".*?</nav>\n|{report}', "", text)


@pytest.mark.slow
def test_another_language_is_complete_and_adds_only_a_switch_to_the_english_pages(
    data, outputs, site, catalogues
):
    run(data, outputs)
    results = bytes_of(outputs / "ZZZ") | bytes_of(outputs / "ZED")
    english = bytes_of(site)
    before = {at: (site / at).read_text(encoding="utf-8") for at in addresses(site)}
    assert not [at for at, text in before.items() if "languages" in text and "hreflang" in text]
    run(data, outputs, "--all", "--language", "uk", "fr")
    assert bytes_of(outputs / "ZZZ") | bytes_of(outputs / "ZED") == results
    assert (outputs / "languages/uk/ZZZ/tables/key_figures.csv").exists()
    assert addresses(site) == addresses(site, "uk/") == before.keys()
    assert ">Країни</a>" in (site / "uk/index.html").read_text(encoding="utf-8")
    for at, text in before.items():
        after = (site / at).read_text(encoding="utf-8")
        assert after != text and without_the_switch(after) == text, at
    for tag in stub.SPOKEN:  # without their catalogues they leave the site
        (catalogues / f"{tag}.po").unlink()
    run(data, outputs)
    assert bytes_of(site) == english


def test_a_single_other_language_has_no_switch(data, outputs, site):
    text = run(data, outputs, "ZZZ", "--language", "uk")
    assert "ZZZ uk  ok" in text and "site/uk/index.html" in text
    assert not (site / "index.html").exists()
    assert "hreflang" not in (site / "uk/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_failure_is_shown_in_its_language_only(data, outputs, site, monkeypatch):
    run(data, outputs, "--all", "--language", "en", "uk")
    stub.edit(data)
    with monkeypatch.context() as patched:
        patched.setattr(stub, "page", lambda job, stage: 1 / 0)
        assert stub.run(data, outputs, "ZZZ", "--language", "uk")[0] == 1
    assert STALE in (site / "uk/index.html").read_text(encoding="utf-8")
    assert STALE not in (site / "index.html").read_text(encoding="utf-8")
    run(data, outputs, "ZZZ", "--language", "uk")
    assert STALE not in (site / "uk/index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_changed_catalogue_runs_its_language_only(data, outputs, catalogues):
    every = ["--all", "--language", "en", "uk", "fr"]
    run(data, outputs, *every)
    path = catalogues / "uk.po"
    path.write_text(path.read_text(encoding="utf-8").replace("Країни", "Держави"))
    [english] = plan.jobs(plan.Choice(every=True, data=data, outputs=outputs))
    assert not fingerprints.reasons(english)
    [other] = plan.jobs(plan.Choice(("ZZZ",), data=data, outputs=outputs, language="uk"))
    why = fingerprints.reasons(other)
    assert set(why) == {*plan.STAGES}
    assert {tuple(reasons) for reasons in why.values()} == {("the catalogue of its language",)}
    text = run(data, outputs, *every)
    assert re.findall(r"^(\S+(?: \w+)?) +ok ", text, re.M) == ["ZED uk", "ZZZ uk"]


def test_an_unknown_language_is_refused_before_the_first_is_run(data, outputs):
    status, text = stub.run(data, outputs, "ZZZ", "--language", "uk", "xx")
    assert status == 2 and "there is no language 'xx'; there are: en, fr, uk" in text
    assert not outputs.exists()


def test_a_page_leads_to_itself_in_the_others(data, outputs, site):
    run(data, outputs, "--all", "--language", "en", "uk", "fr")
    text = (site / "uk/items/PM-LEG-01.html").read_text(encoding="utf-8")
    assert '<span lang="uk" aria-current="page">Українська</span>' in text
    assert re.findall(r'href="([^"]+)" lang="(\w+)" hreflang', text) == [
        ("../../items/PM-LEG-01.html", "en"),
        ("../../fr/items/PM-LEG-01.html", "fr"),
    ]
    for page in site.rglob("*.html"):
        [switch] = re.findall(r'(?s)<nav class="languages".*?</nav>', page.read_text("utf-8"))
        ways = re.findall(r'href="([^"]+)" lang="\w+" hreflang', switch)
        assert len(ways) == 2 and all((page.parent / way).exists() for way in ways), page


@pytest.mark.slow
def test_a_page_never_leads_to_another_edition(data, outputs, site):
    run(data, outputs, "ZZZ", "--language", "en", "uk")
    assert stub.main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"]) == 0
    stub.edit(data)
    run(data, outputs, "ZZZ")  # the English report is of 2028, the Ukrainian one of 2026
    ukrainian = (site / "uk" / REPORT).read_text(encoding="utf-8")
    assert 'data-edition="2026"' in ukrainian
    assert f'href="../editions/2026/{REPORT}" lang="en"' in ukrainian
    assert "hreflang" not in (site / REPORT).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_page_that_is_behind_the_english_one_says_so(data, outputs, site):
    run(data, outputs, "ZZZ", "--language", "en", "uk")
    behind = lambda way="": BEHIND in (site / way / REPORT).read_text(encoding="utf-8")  # noqa: E731
    assert not behind() and not behind("uk")
    stub.edit(data)
    run(data, outputs, "ZZZ")
    assert behind("uk") and behind("uk/editions/2026") and not behind()
    run(data, outputs, "ZZZ", "--language", "uk")
    assert not behind("uk") and not behind()


@pytest.mark.slow
@pytest.mark.xdist_group("language")
def test_zedland_in_two_languages_has_the_same_tables_addresses_and_ids(zedland, tmp_path):
    """By a copy of the workspace whose Ukrainian catalogue has two messages."""
    for folder in ("src", "notebooks"):
        ignored = shutil.ignore_patterns("*.po")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    catalogue = Catalog(locale="uk")
    catalogue.add("Countries", "Країни")
    catalogue.add("## Summary", "## Стислий виклад", context="6-country-assessment/b3e1cf34")
    with (tmp_path / "src/cop/report/locale/uk.po").open("wb") as file:
        pofile.write_po(file, catalogue)
    data, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    call = ["run", "--all", "--data", data, "--outputs", outputs, "--language", "en", "uk"]
    done = subprocess.run(
        [sys.executable, "-m", "cop", *call],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    other = outputs / "languages" / "uk"
    english = {p.relative_to(outputs): p.read_bytes() for p in outputs.glob("Z*/tables/*.csv")}
    assert len(english) > 20
    assert english == {p.relative_to(other): p.read_bytes() for p in other.glob("Z*/tables/*.csv")}
    site, ids = outputs / "site", "//main//*[not(ancestor-or-self::figure)]/@id"
    assert addresses(site) == addresses(site, "uk/")
    for at in addresses(site):
        ours, theirs = (html.parse(site / way / at).getroot() for way in ("", "uk"))
        assert (ours.get("lang"), theirs.get("lang")) == ("en", "uk"), at
        assert not {"Країни", "Стислий виклад"} & set(ours.itertext()), at
        assert theirs.xpath(ids) == ours.xpath(ids), at
        assert len(theirs.xpath("//figure")) == len(ours.xpath("//figure")), at
    assert "Країни" in (site / "uk/index.html").read_text("utf-8")
    assert "Стислий виклад" in html.parse(site / "uk" / REPORT).find(".//h2").text_content()
    pages = {page: page.read_text("utf-8") for page in site.rglob("*.html")}
    assert not [page for page, text in pages.items() if BEHIND in text]
    assert not [
        (page, way)
        for page, text in pages.items()
        for way in set(re.findall(r'href="([^"#:]+)[#"]', text))
        if not (page.parent / way.split("?")[0]).exists()
    ]
