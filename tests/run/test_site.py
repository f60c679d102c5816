"""The site is what the data says, by edition and country, and what stands in it is looked at."""

import json
import shutil

import pytest
import stub
from conftest import copy_of_zedland

from cop.cli import main
from cop.run import plan


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


run = stub.complete


def pages(site):
    """Return the pages that results left, and the first page; not the site's own beside it."""
    names = (p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    return sorted(n for n in names if "cop-" in n or n == "index.html")


def edit(data, iso3="ZZZ"):
    path = data / "research" / iso3 / "evidence.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def with_status(data, word, edition="2026"):
    table = data / "research" / "ZZZ" / "editions.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [r.replace(",draft,", f",{word},") if r[:4] == edition else r for r in rows]
    table.write_text("".join(rows), encoding="utf-8")
    if word == "validated":  # which a sign-off alone makes it
        signed = table.with_name("sign_offs.csv")
        head = "" if signed.exists() else "body,day,scope,edition,text\n"
        with signed.open("a", encoding="utf-8") as rows:
            rows.write(f"{head}Ministry of Zedland,2026-07-01,the whole report,{edition},\n")


def new_edition(data):
    assert main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"]) == 0
    edit(data)


def shown(site, name="cop-assessment-ZZZ.html"):
    """Return the edition and status on the cover of a page."""
    text = (site / name).read_text(encoding="utf-8")
    return [text.split(f'data-{what}="')[1].split('"')[0] for what in ("edition", "status")]


class TestWhatStands:
    def test_each_page_has_an_address_and_one_of_its_edition(self, data, outputs, site):
        run(data, outputs)
        names = [plan.filenames.of_stage(stage, "ZZZ") for stage in plan.STAGES]
        names += ["cop-regional-synthesis.html"]
        assert pages(site) == sorted([*names, *(f"editions/2026/{n}" for n in names), "index.html"])

    def test_a_country_that_is_removed_leaves_with_the_next_run(self, data, outputs, site):
        second_country(data)
        run(data, outputs)
        assert "cop-assessment-YYY.html" in pages(site)
        shutil.rmtree(data / "research" / "YYY")
        assert "unchanged" in run(data, outputs, "ZZZ")
        assert not [name for name in pages(site) if "YYY" in name]
        assert "YYY" not in (site / "index.html").read_text().split("</style>")[1]

    def test_what_somebody_else_put_there_stays(self, data, outputs, site):
        run(data, outputs)
        (site / "letter.pdf").write_text("kept")
        (site / "cop-assessment-QQQ.html").write_text("not of this data")
        edit(data)
        run(data, outputs)
        assert (site / "letter.pdf").read_text() == "kept"
        assert "cop-assessment-QQQ.html" not in pages(site)

    def test_results_of_other_data_are_not_mixed_in(self, data, outputs, site, tmp_path):
        run(data, outputs)
        before = {n: (site / n).read_bytes() for n in pages(site)}
        shutil.copytree(data, tmp_path / "other")
        status, text = stub.run(tmp_path / "other", outputs, "--all")
        assert status == 2 and f"holds results of {data}" in text and "--outputs" in text
        assert {n: (site / n).read_bytes() for n in pages(site)} == before

    @pytest.mark.slow
    def test_a_failure_stays_told_until_the_country_is_renewed(
        self, data, outputs, site, monkeypatch
    ):
        second_country(data)
        run(data, outputs)
        edit(data, "YYY")
        with monkeypatch.context() as patched:
            patched.setattr(stub, "page", lambda job, stage: 1 / 0)
            assert stub.run(data, outputs, "YYY")[0] == 1
        run(data, outputs, "ZZZ")
        assert "stale: the last run failed" in (site / "index.html").read_text()
        run(data, outputs, "YYY")
        assert "stale: the last run failed" not in (site / "index.html").read_text()


class TestOwnPages:
    def own(self, site):
        """Return the addresses of what the site has beside the pages of results."""
        files = (p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file())
        return {at for at in files if "cop-" not in at}

    @pytest.mark.slow
    def test_a_page_that_is_no_longer_made_leaves(self, data, outputs, site):
        run(data, outputs, "--all", "--base-address", "https://example.org/cop")
        assert "sitemap.xml" in self.own(site)
        assert "<loc>https://example.org/cop/index.html" in (site / "sitemap.xml").read_text()
        run(data, outputs)
        assert "sitemap.xml" not in self.own(site)

    def test_the_contract_may_say_where_the_site_stands(self, data, outputs, site):
        stated = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        stated["cop:baseAddress"] = "https://example.org/"
        (data / "datapackage.json").write_text(json.dumps(stated), encoding="utf-8")
        run(data, outputs)
        assert "sitemap.xml" in self.own(site)

    @pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "https://", "x"])
    def test_what_is_no_address_is_refused(self, data, outputs, address):
        status, said = stub.run(data, outputs, "--all", "--base-address", address)
        assert status == 2 and "is not an address such as https://example.org/" in said

    @pytest.mark.slow
    def test_shared_tables_with_faults_are_shown_nowhere(self, data, outputs, site):
        table = data / "reference" / "corrections.csv"
        table.write_text(
            "day,iso3,page,wrong,now,edition,version\n2026-07-01,ZZZ,1,a,b,2026,0.1.0\n"
        )
        run(data, outputs)
        page = site / "corrections.html"
        assert "2026-07-01" in page.read_text()
        table.write_text(
            "day,iso3,page,wrong,now,edition,version\nyesterday,ZZZ,1,a,b,2026,0.1.0\n"
        )
        status, said = stub.run(data, outputs, "--all")
        assert status == 2 and "in the shared tables, so nothing was run" in said
        assert "yesterday" not in page.read_text() and "2026-07-01" in page.read_text()
        table.write_text(
            "day,iso3,page,wrong,now,edition,version\n2026-07-02,ZZZ,1,a,b,2026,0.1.0\n"
        )
        run(data, outputs)
        assert "2026-07-02" in page.read_text()


class TestEditions:
    def test_a_next_edition_leaves_the_one_before_at_its_address(self, data, outputs, site):
        run(data, outputs)
        before = (site / "cop-assessment-ZZZ.html").read_bytes()
        new_edition(data)
        run(data, outputs, "ZZZ")
        assert (site / "editions/2026/cop-assessment-ZZZ.html").read_bytes() == before
        assert shown(site) == ["2028", "draft"]  # all are drafts: the newest
        assert shown(site, "editions/2028/cop-assessment-ZZZ.html") == ["2028", "draft"]

    @pytest.mark.slow
    def test_a_draft_takes_no_published_editions_place(self, data, outputs, site):
        with_status(data, "validated")
        run(data, outputs)
        new_edition(data)
        run(data, outputs, "ZZZ")
        assert shown(site) == ["2026", "validated"]
        assert shown(site, "editions/2028/cop-assessment-ZZZ.html") == ["2028", "draft"]
        index = (site / "index.html").read_text()
        assert 'href="editions/2028/cop-assessment-ZZZ.html">2028</a> (draft)' in index
        with_status(data, "validated", "2028")
        edit(data)
        run(data, outputs, "ZZZ")
        assert shown(site) == ["2028", "validated"]

    def test_an_earlier_edition_without_a_result_is_made_once(self, data, outputs, site):
        with_status(data, "validated")
        new_edition(data)
        assert "ZZZ 2026" in run(data, outputs) and shown(site) == ["2026", "validated"]
        assert "ZZZ 2026" not in run(data, outputs)

    @pytest.mark.slow
    def test_an_edition_that_the_data_no_longer_names_leaves(self, data, outputs, site):
        run(data, outputs)
        new_edition(data)
        run(data, outputs, "ZZZ")
        table = data / "research" / "ZZZ" / "editions.csv"
        rows = table.read_text().splitlines(keepends=True)
        table.write_text("".join(r for r in rows if r[:4] != "2026"))
        run(data, outputs, "ZZZ")
        assert not [n for n in pages(site) if n.startswith("editions/2026/cop-a")]

    @pytest.mark.slow
    def test_links_of_an_edition_lead_to_pages_that_are_there(self, data, outputs, site):
        second_country(data)
        run(data, outputs)
        new_edition(data)
        run(data, outputs, "ZZZ")
        here = (site / "editions/2026/cop-assessment-ZZZ.html").read_text()
        later = (site / "editions/2028/cop-assessment-ZZZ.html").read_text()
        assert 'href="cop-assessment-YYY.html#YYY-E01"' in here
        assert 'href="../../cop-assessment-YYY.html#YYY-E01"' in later
        assert 'href="cop-assessment-ZZZ.html"' in later

    def test_links_to_pages_of_the_site_lead_out_of_the_edition(
        self, data, outputs, site, monkeypatch
    ):
        linked = '<a href="items/PM-LEG-01.html#x">1</a><a href="gone.html">2</a></main>'
        monkeypatch.setattr(stub, "PAGE", stub.PAGE.replace("</main>", linked))
        run(data, outputs)
        text = (site / "editions/2026/cop-assessment-ZZZ.html").read_text()
        assert 'href="../../items/PM-LEG-01.html#x"' in text and 'href="gone.html"' in text
        assert 'href="items/PM-LEG-01.html#x"' in (site / "cop-assessment-ZZZ.html").read_text()


class TestUnchanged:
    def test_without_a_change_nothing_is_written(self, data, outputs, site):
        run(data, outputs)
        before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"}
        assert "unchanged" in run(data, outputs)
        assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*") if p.name != ".lock"} == before
