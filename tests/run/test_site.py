"""The site shows what the data holds, by edition, country and language; it is written if needed."""

import re
import shutil

import pytest
import stub
from conftest import copy_of_zedland
from planting import contents

from cop.cli import main
from cop.report import languages
from cop.run import fingerprints, plan

REPORT = "cop-assessment-ZZZ.html"
STALE, BEHIND = "stale: the last run failed", "same state of data and code"
THREE = ["--language", "en", "uk", "fr"]
run = stub.complete
pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path, monkeypatch):
    stub.stubbed(monkeypatch)
    stub.small(monkeypatch)
    return copy_of_zedland(tmp_path)


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """Yield a folder with two short catalogues, which replace the project's."""
    yield stub.spoken(monkeypatch, tmp_path / "locale")
    languages.use(languages.SOURCE)


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def site(outputs):
    return outputs / "site"


def text(site, name):
    return (site / name).read_text(encoding="utf-8")


def second_country(data):
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")


def pages(site):
    """Return the sorted paths of the pages of results and of the home page."""
    names = (p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    return sorted(n for n in names if "cop-" in n or n == "index.html")


def with_status(data, word, edition="2026"):
    table = data / "research" / "ZZZ" / "editions.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [r.replace(",draft,", f",{word},") if r[:4] == edition else r for r in rows]
    table.write_text("".join(rows), encoding="utf-8")
    signed = table.with_name("sign_offs.csv")  # a sign-off alone makes it validated
    head = "" if signed.exists() else "body,day,scope,edition,text\n"
    with signed.open("a", encoding="utf-8") as rows:
        rows.write(f"{head}Ministry of Zedland,2026-07-01,the whole report,{edition},\n")


def new_edition(data):
    assert main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"]) == 0
    stub.edit(data)


def cover(site, name=REPORT):
    return [text(site, name).split(f'data-{w}="')[1].split('"')[0] for w in ("edition", "status")]


def fail(monkeypatch, data, outputs, *words):
    with monkeypatch.context() as patched:
        patched.setattr(stub, "page", lambda job, stage: 1 / 0)
        assert stub.run(data, outputs, *words)[0] == 1


def test_each_page_has_an_address_and_one_of_its_edition(data, outputs, site):
    run(data, outputs)
    names = [plan.filenames.of_stage(stage, "ZZZ") for stage in plan.STAGES]
    names += ["cop-regional-synthesis.html"]
    assert pages(site) == sorted([*names, *(f"editions/2026/{n}" for n in names), "index.html"])
    before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"}
    assert "unchanged" in run(data, outputs)
    assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"} == before
    page = (site / REPORT).read_bytes()
    (site / "index.html").unlink()
    (site / REPORT).write_bytes(b"")
    run(data, outputs)
    assert (site / "index.html").exists() and (site / REPORT).read_bytes() == page


def test_files_of_other_people_stay_but_no_page_of_other_data(data, outputs, site, tmp_path):
    run(data, outputs)
    (site / "letter.pdf").write_text("kept")
    (site / "cop-assessment-QQQ.html").write_text("not of this data")
    stub.edit(data)
    run(data, outputs)
    assert text(site, "letter.pdf") == "kept" and "cop-assessment-QQQ.html" not in pages(site)
    stub.edit(data)
    run(data, outputs)
    assert text(site, "letter.pdf") == "kept"
    before = contents(site, "contents.json")
    shutil.copytree(data, tmp_path / "other")
    status, said = stub.run(tmp_path / "other", outputs, "--all")
    assert status == 2 and f"contains results for {data}" in said and "--outputs" in said
    assert contents(site, "contents.json") == before


def test_files_of_a_report_are_offered_until_the_report_changes(data, outputs, site):
    run(data, outputs)
    name = "cop-assessment-ZZZ-2026.docx"
    (outputs / "ZZZ" / "downloads").mkdir()
    (outputs / "ZZZ" / "downloads" / name).write_bytes(b"Word")
    assert "unchanged" in run(data, outputs)
    assert (site / "editions" / "2026" / name).read_bytes() == b"Word"
    ways = {REPORT: f"editions/2026/{name}", f"editions/2026/{REPORT}": name}
    for page, way in (ways | {"countries.html": f"editions/2026/{name}"}).items():
        assert f'<a href="{way}">Word</a>' in (site / page).read_text()
    assert name not in (site / "cop-annex-ZZZ-1-desktop-research.html").read_text()
    stub.edit(data)
    run(data, outputs)
    assert not [path for path in outputs.rglob(name)]
    assert not [page for page in site.rglob("*.html") if name in page.read_text()]


def test_a_failure_is_shown_until_it_is_over(data, outputs, site, monkeypatch):
    second_country(data)
    run(data, outputs)
    stub.edit(data, "YYY")
    fail(monkeypatch, data, outputs, "YYY")
    run(data, outputs, "ZZZ")
    assert STALE in text(site, "index.html")
    assert "division by zero" not in text(site, "index.html")  # an error may quote data
    run(data, outputs, "YYY")
    assert STALE not in text(site, "index.html") and "cop-assessment-YYY.html" in pages(site)
    shutil.rmtree(data / "research" / "YYY")
    assert "unchanged" in run(data, outputs, "ZZZ")
    assert not [name for name in pages(site) if "YYY" in name]
    assert "YYY" not in text(site, "index.html").split("</style>")[1]


def test_shared_tables_with_errors_are_shown_nowhere(data, outputs, site):
    table = data / "reference" / "corrections.csv"
    rows = "day,iso3,page,wrong,now,edition,version\n{},ZZZ,1,a,b,2026,0.1.0\n"
    shown = "2026-07-01"
    for day, status in ((shown, 0), ("yesterday", 2), ("2026-07-02", 0)):
        table.write_text(rows.format(day))
        result, said = stub.run(data, outputs, "--all")
        assert result == status
        assert ("found in the shared tables; nothing was run" in said) == (status == 2)
        shown = shown if status else day
        assert shown in text(site, "corrections.html")
        assert "yesterday" not in text(site, "corrections.html")


def test_a_draft_takes_no_published_editions_place(data, outputs, site):
    with_status(data, "validated")
    new_edition(data)
    assert "ZZZ 2026" in run(data, outputs)  # an earlier edition without a result is made once
    assert "ZZZ 2026" not in run(data, outputs)
    assert cover(site) == ["2026", "validated"]
    assert cover(site, f"editions/2028/{REPORT}") == ["2028", "draft"]
    assert f'href="editions/2028/{REPORT}">2028</a> (draft)' in text(site, "index.html")
    with_status(data, "validated", "2028")
    stub.edit(data)
    run(data, outputs, "ZZZ")
    assert cover(site) == ["2028", "validated"]
    table = data / "research" / "ZZZ" / "editions.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text("".join(r for r in rows if r[:4] != "2026"))
    run(data, outputs, "ZZZ")
    assert not [n for n in pages(site) if n.startswith("editions/2026/cop-a")]


def test_a_next_edition_leaves_the_one_before_at_its_address(data, outputs, site):
    run(data, outputs)
    new_edition(data)
    assert "ZZZ 2026" not in run(data, outputs, "ZZZ")  # it was kept, and is not made again
    assert cover(site) == cover(site, f"editions/2028/{REPORT}") == ["2028", "draft"]  # the newest
    assert cover(site, f"editions/2026/{REPORT}") == ["2026", "draft"]


def addresses(site, way=""):
    names = (p.relative_to(site / way).as_posix() for p in (site / way).rglob("*.html"))
    return {n for n in names if way or not n.startswith(tuple(f"{tag}/" for tag in stub.SPOKEN))}


def without_the_switch(page):
    """Return a page without its links to other languages."""
    head = r'<link rel="alternate".*?</style>\n(?=</head>)'
    report = r'<br><a href="[^"]*" lang="[^"]*" hreflang="[^"]*">[^<]*</a>'  # of the table at home
    return re.sub(rf'(?s){head}|<nav class="languages".*?</nav>\n|{report}', "", page)


def test_another_language_adds_a_switch_only(data, outputs, site, catalogues):
    run(data, outputs)
    results = contents(outputs / "ZZZ") | contents(outputs / "ZED")
    english = contents(site, "contents.json")
    before = {at: text(site, at) for at in addresses(site)}
    assert not [at for at, page in before.items() if "languages" in page and "hreflang" in page]
    run(data, outputs, "--all", *THREE)
    assert contents(outputs / "ZZZ") | contents(outputs / "ZED") == results
    assert (outputs / "languages/uk/ZZZ/tables/key_figures.csv").exists()
    assert addresses(site) == addresses(site, "uk/") == before.keys()
    assert ">Країни</a>" in text(site, "uk/index.html")
    for at, page in before.items():
        assert text(site, at) != page and without_the_switch(text(site, at)) == page, at
    for page in site.rglob("*.html"):
        [switch] = re.findall(r'(?s)<nav class="languages".*?</nav>', page.read_text("utf-8"))
        ways = re.findall(r'href="([^"]+)" lang="\w+" hreflang', switch)
        assert len(ways) == 2 and all((page.parent / way).exists() for way in ways), page
    for tag in stub.SPOKEN:  # without their catalogues they leave the site
        (catalogues / f"{tag}.po").unlink()
    run(data, outputs)
    assert contents(site, "contents.json") == english


def test_a_single_other_language_has_no_switch(data, outputs, site, catalogues):
    status, said = stub.run(data, outputs, "ZZZ", "--language", "uk", "xx")
    assert status == 2 and "unknown language 'xx'; available: en, fr, uk" in said
    assert not outputs.exists()
    said = run(data, outputs, "ZZZ", "--language", "uk")
    assert "ZZZ uk  ok" in said and "site/uk/index.html" in said
    assert not (site / "index.html").exists() and "hreflang" not in text(site, "uk/index.html")


def test_a_failure_is_of_its_language(data, outputs, site, monkeypatch, catalogues):
    run(data, outputs, "--all", *THREE)
    path = catalogues / "uk.po"
    path.write_text(path.read_text(encoding="utf-8").replace("Країни", "Держави"))
    [english] = plan.jobs(plan.Choice(every=True, data=data, outputs=outputs))
    assert not fingerprints.reasons(english)
    [other] = plan.jobs(plan.Choice(("ZZZ",), data=data, outputs=outputs, language="uk"))
    why = fingerprints.reasons(other)
    assert set(why) == {*plan.STAGES}
    assert {tuple(reasons) for reasons in why.values()} == {("the translation catalogue",)}
    said = run(data, outputs, "--all", *THREE)
    assert re.findall(r"^(\S+(?: \w+)?) +ok ", said, re.M) == ["ZED uk", "ZZZ uk"]
    stub.edit(data)
    fail(monkeypatch, data, outputs, "ZZZ", "--language", "uk")
    assert "the last run failed" in text(site, "uk/index.html")
    assert "the last run failed" not in text(site, "index.html")
    run(data, outputs, "ZZZ", "--language", "uk")
    assert "the last run failed" not in text(site, "uk/index.html")


def test_a_page_says_that_it_is_behind_the_english_one(data, outputs, site, catalogues):
    run(data, outputs, "ZZZ", "--language", "en", "uk")
    assert BEHIND not in text(site, REPORT) + text(site, f"uk/{REPORT}")
    stub.edit(data)
    run(data, outputs, "ZZZ")
    behind = {way for way in ("", "uk/", "uk/editions/2026/") if BEHIND in text(site, way + REPORT)}
    assert behind == {"uk/", "uk/editions/2026/"}
    run(data, outputs, "ZZZ", "--language", "uk")
    assert BEHIND not in text(site, REPORT) + text(site, f"uk/{REPORT}")
    new_edition(data)
    run(data, outputs, "ZZZ")  # the English report is of 2028, the Ukrainian one of 2026
    ukrainian = text(site, f"uk/{REPORT}")
    assert 'data-edition="2026"' in ukrainian
    assert f'href="../editions/2026/{REPORT}" lang="en"' in ukrainian
    assert "hreflang" not in text(site, REPORT)
