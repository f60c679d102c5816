"""What speaks another language stands beside what speaks English; neither disturbs the other."""

import json
import re

import pytest
import stub
from conftest import copy_of_zedland

from cop.report import languages
from cop.run import fingerprints, plan


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


run = stub.complete


def edit(data):
    path = data / "research" / "ZZZ" / "evidence.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def bytes_of(folder, without=()):
    """Return {name: bytes} of all files of a folder but those below some others."""
    paths = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {n: p.read_bytes() for n, p in paths.items() if not n.startswith(tuple(without))}


def addresses(site, way=""):
    names = (p.relative_to(site / way).as_posix() for p in (site / way).rglob("*.html"))
    return {n for n in names if way or not n.startswith(tuple(f"{tag}/" for tag in stub.SPOKEN))}


def without_the_switch(text):
    """Return a page as it is where no other language stands."""
    head = r'<link rel="alternate".*?</style>\n(?=</head>)'
    return re.sub(rf'(?s){head}|<nav class="languages".*?</nav>\n', "", text)


def texts_of(folder):
    """Return {name: text} of all pages of a folder, each without its switch."""
    pages = folder.rglob("*.html")
    return {page.name: without_the_switch(page.read_text(encoding="utf-8")) for page in pages}


class TestBeside:
    @pytest.mark.slow
    def test_another_language_is_complete_and_adds_only_a_switch_to_the_english_pages(
        self, data, outputs, site
    ):
        run(data, outputs)
        results = bytes_of(outputs / "ZZZ") | bytes_of(outputs / "ZED")
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

    def test_one_alone_stands_alone(self, data, outputs, site):
        said = run(data, outputs, "ZZZ", "--language", "uk")
        assert "ZZZ uk  ok" in said and "site/uk/index.html" in said
        rows = map(json.loads, (outputs / "ledger.jsonl").read_text().splitlines())
        assert {(row["country"], row["language"]) for row in rows} == {("ZZZ", "uk")}
        assert not (site / "index.html").exists()
        assert "hreflang" not in (site / "uk/index.html").read_text(encoding="utf-8")

    @pytest.mark.slow
    def test_one_whose_results_or_catalogue_are_gone_leaves_the_site(
        self, data, outputs, site, catalogues
    ):
        run(data, outputs)
        before = bytes_of(site, ["contents.json"])
        run(data, outputs, "--all", "--language", "uk")
        (catalogues / "uk.po").unlink()
        run(data, outputs)
        assert bytes_of(site, ["contents.json"]) == before

    @pytest.mark.slow
    def test_what_fails_is_told_in_its_own_part(self, data, outputs, site, monkeypatch):
        run(data, outputs, "--all", "--language", "en", "uk")
        edit(data)
        with monkeypatch.context() as patched:
            patched.setattr(stub, "page", lambda job, stage: 1 / 0)
            assert stub.run(data, outputs, "ZZZ", "--language", "uk")[0] == 1
        stale = "the last run failed"
        assert stale in (site / "uk/index.html").read_text(encoding="utf-8")
        assert stale not in (site / "index.html").read_text(encoding="utf-8")
        run(data, outputs, "ZZZ", "--language", "uk")
        assert stale not in (site / "uk/index.html").read_text(encoding="utf-8")


class TestWhatIsRun:
    @pytest.mark.slow
    def test_a_changed_catalogue_runs_its_language_alone(self, data, outputs, catalogues):
        every = ["--all", "--language", "en", "uk", "fr"]
        run(data, outputs, *every)
        path = catalogues / "uk.po"
        path.write_text(path.read_text(encoding="utf-8").replace("Країни", "Держави"))
        choice = plan.Choice(every=True, data=data, outputs=outputs)
        [ours] = plan.jobs(choice)
        assert not fingerprints.reasons(ours)
        [theirs] = plan.jobs(
            plan.Choice(("ZZZ",), data=data, outputs=outputs, language="uk").of_edition()
        )
        why = fingerprints.reasons(theirs)
        assert set(why) == {*plan.STAGES}
        assert {tuple(reasons) for reasons in why.values()} == {("the catalogue of its language",)}
        said = run(data, outputs, *every)
        assert re.findall(r"^(\S+(?: \w+)?) +ok ", said, re.M) == ["ZED uk", "ZZZ uk"]

    def test_an_unknown_language_is_refused_before_the_first_is_run(self, data, outputs):
        status, said = stub.run(data, outputs, "ZZZ", "--language", "uk", "xx")
        assert status == 2 and "there is no language 'xx'; there are: en, fr, uk" in said
        assert not outputs.exists()


class TestSamePage:
    def test_a_page_leads_to_itself_in_the_others(self, data, outputs, site):
        run(data, outputs, "--all", "--language", "en", "uk", "fr")
        text = (site / "uk/items/PM-LEG-01.html").read_text(encoding="utf-8")
        assert '<span lang="uk" aria-current="page">Українська</span>' in text
        assert re.findall(r'href="([^"]+)" lang="(\w+)" hreflang', text) == [
            ("../../items/PM-LEG-01.html", "en"),
            ("../../fr/items/PM-LEG-01.html", "fr"),
        ]
        for page in site.rglob("*.html"):
            ways = re.findall(r'href="([^"]+)" lang="\w+" hreflang', page.read_text("utf-8"))
            assert len(ways) == 2 and all((page.parent / way).exists() for way in ways), page

    @pytest.mark.slow
    def test_never_to_another_edition(self, data, outputs, site):
        run(data, outputs, "ZZZ", "--language", "en", "uk")
        assert stub.main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"]) == 0
        edit(data)
        run(data, outputs, "ZZZ")  # the English report is of 2028, the Ukrainian one of 2026
        name = "cop-assessment-ZZZ.html"
        ukrainian = (site / "uk" / name).read_text(encoding="utf-8")
        assert 'data-edition="2026"' in ukrainian
        assert f'href="../editions/2026/{name}" lang="en"' in ukrainian
        assert "hreflang" not in (site / name).read_text(encoding="utf-8")

    @pytest.mark.slow
    def test_one_that_is_behind_the_english_page_says_so(self, data, outputs, site):
        run(data, outputs, "ZZZ", "--language", "en", "uk")
        name, behind = "cop-assessment-ZZZ.html", "same state of data and code"
        says = lambda way="": behind in (site / way / name).read_text(encoding="utf-8")  # noqa: E731
        assert not says() and not says("uk")
        edit(data)
        run(data, outputs, "ZZZ")
        assert says("uk") and says("uk/editions/2026") and not says()
        run(data, outputs, "ZZZ", "--language", "uk")
        assert not says("uk") and not says()
