"""The site shows what the data holds, by edition and country, and is written only when needed."""

import shutil

import pytest
import stub
from conftest import copy_of_zedland

from cop.cli import main
from cop.run import plan

REPORT = "cop-assessment-ZZZ.html"
STALE = "stale: the last run failed"
run = stub.complete


@pytest.fixture
def data(tmp_path, monkeypatch):
    stub.stubbed(monkeypatch)
    stub.small(monkeypatch)
    return copy_of_zedland(tmp_path)


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def site(outputs):
    return outputs / "site"


def second_country(data):
    """Begin Yonderland with Zedland's research."""
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")


def pages(site):
    """Return the pages of results, and the first page; not the site's own pages beside it."""
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


def shown(site, name=REPORT):
    """Return the edition and status on the cover of a page."""
    text = (site / name).read_text(encoding="utf-8")
    return [text.split(f'data-{what}="')[1].split('"')[0] for what in ("edition", "status")]


def test_each_page_has_an_address_and_one_of_its_edition(data, outputs, site):
    run(data, outputs)
    names = [plan.filenames.of_stage(stage, "ZZZ") for stage in plan.STAGES]
    names += ["cop-regional-synthesis.html"]
    assert pages(site) == sorted([*names, *(f"editions/2026/{n}" for n in names), "index.html"])


def test_a_country_that_is_removed_leaves_with_the_next_run(data, outputs, site):
    second_country(data)
    run(data, outputs)
    assert "cop-assessment-YYY.html" in pages(site)
    shutil.rmtree(data / "research" / "YYY")
    assert "unchanged" in run(data, outputs, "ZZZ")
    assert not [name for name in pages(site) if "YYY" in name]
    assert "YYY" not in (site / "index.html").read_text().split("</style>")[1]


def test_files_of_other_people_stay_but_no_page_of_other_data(data, outputs, site):
    run(data, outputs)
    (site / "letter.pdf").write_text("kept")
    (site / "cop-assessment-QQQ.html").write_text("not of this data")
    stub.edit(data)
    run(data, outputs)
    assert (site / "letter.pdf").read_text() == "kept"
    assert "cop-assessment-QQQ.html" not in pages(site)


def test_results_of_other_data_are_not_mixed_in(data, outputs, site, tmp_path):
    run(data, outputs)
    before = {n: (site / n).read_bytes() for n in pages(site)}
    shutil.copytree(data, tmp_path / "other")
    status, text = stub.run(tmp_path / "other", outputs, "--all")
    assert status == 2 and f"holds results of {data}" in text and "--outputs" in text
    assert {n: (site / n).read_bytes() for n in pages(site)} == before


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


@pytest.mark.slow
def test_a_failure_stays_shown_until_the_country_is_renewed(data, outputs, site, monkeypatch):
    second_country(data)
    run(data, outputs)
    stub.edit(data, "YYY")
    with monkeypatch.context() as patched:
        patched.setattr(stub, "page", lambda job, stage: 1 / 0)
        assert stub.run(data, outputs, "YYY")[0] == 1
    run(data, outputs, "ZZZ")
    assert STALE in (site / "index.html").read_text()
    run(data, outputs, "YYY")
    assert STALE not in (site / "index.html").read_text()


@pytest.mark.slow
def test_shared_tables_with_errors_are_shown_nowhere(data, outputs, site):
    table, page = data / "reference" / "corrections.csv", site / "corrections.html"
    rows = "day,iso3,page,wrong,now,edition,version\n{},ZZZ,1,a,b,2026,0.1.0\n"
    for day, status in (("2026-07-01", 0), ("yesterday", 2), ("2026-07-02", 0)):
        table.write_text(rows.format(day))
        result, text = stub.run(data, outputs, "--all")
        assert result == status
        if status:
            assert "in the shared tables, so nothing was run" in text
            assert day not in page.read_text() and "2026-07-01" in page.read_text()
        else:
            assert day in page.read_text()


def test_a_next_edition_leaves_the_one_before_at_its_address(data, outputs, site):
    run(data, outputs)
    before = (site / REPORT).read_bytes()
    new_edition(data)
    run(data, outputs, "ZZZ")
    assert (site / "editions/2026" / REPORT).read_bytes() == before
    assert shown(site) == ["2028", "draft"]  # all are drafts: the newest
    assert shown(site, f"editions/2028/{REPORT}") == ["2028", "draft"]


@pytest.mark.slow
def test_a_draft_takes_no_published_editions_place(data, outputs, site):
    with_status(data, "validated")
    run(data, outputs)
    new_edition(data)
    run(data, outputs, "ZZZ")
    assert shown(site) == ["2026", "validated"]
    assert shown(site, f"editions/2028/{REPORT}") == ["2028", "draft"]
    assert f'href="editions/2028/{REPORT}">2028</a> (draft)' in (site / "index.html").read_text()
    with_status(data, "validated", "2028")
    stub.edit(data)
    run(data, outputs, "ZZZ")
    assert shown(site) == ["2028", "validated"]


def test_an_earlier_edition_without_a_result_is_made_once(data, outputs, site):
    with_status(data, "validated")
    new_edition(data)
    assert "ZZZ 2026" in run(data, outputs) and shown(site) == ["2026", "validated"]
    assert "ZZZ 2026" not in run(data, outputs)


@pytest.mark.slow
def test_an_edition_that_the_data_no_longer_names_leaves(data, outputs, site):
    run(data, outputs)
    new_edition(data)
    run(data, outputs, "ZZZ")
    table = data / "research" / "ZZZ" / "editions.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text("".join(r for r in rows if r[:4] != "2026"))
    run(data, outputs, "ZZZ")
    assert not [n for n in pages(site) if n.startswith("editions/2026/cop-a")]


@pytest.mark.slow
def test_links_of_an_edition_lead_to_pages_that_are_there(data, outputs, site, monkeypatch):
    linked = '<a href="items/PM-LEG-01.html#x">1</a><a href="gone.html">2</a></main>'
    monkeypatch.setattr(stub, "PAGE", stub.PAGE.replace("</main>", linked))
    second_country(data)
    run(data, outputs)
    new_edition(data)
    run(data, outputs, "ZZZ")
    earlier, later = ((site / f"editions/{year}" / REPORT).read_text() for year in (2026, 2028))
    assert 'href="cop-assessment-YYY.html#YYY-E01"' in earlier
    assert 'href="../../cop-assessment-YYY.html#YYY-E01"' in later
    assert f'href="{REPORT}"' in later
    assert 'href="../../items/PM-LEG-01.html#x"' in earlier and 'href="gone.html"' in earlier
    assert 'href="items/PM-LEG-01.html#x"' in (site / REPORT).read_text()


def test_without_a_change_nothing_is_written(data, outputs):
    run(data, outputs)
    before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"}
    assert "unchanged" in run(data, outputs)
    assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"} == before
