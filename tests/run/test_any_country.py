"""Any country: a desk baseline at once, a synthesis of any group."""

import re

import pytest
from conftest import DATA, ROOT, beside_its_base, call, copy_of_zedland, laid_out
from lxml import html

import cop.data
from cop.cli import main, run
from cop.data import places
from cop.data.places import Country
from cop.run import plan
from helpers import baseline, countries, cybersecurity

AWKWARD = [
    "VAT",
    "TUV",
    "XKX",
    "PSE",
]  # almost no data, tiny, no M49 code and no GCI row, no UN member


@pytest.fixture
def zed(tmp_path):
    """Give a copy of Zedland's data that may be changed."""
    return copy_of_zedland(tmp_path)


def chosen(*words):
    arguments = main._parser().parse_args([str(w) for w in words])
    return [job for choice in run._choices(arguments) for job in plan.jobs(choice)]


def text(page):
    return html.parse(str(page)).getroot().text_content()


class TestWhatIsRun:
    def test_a_country_without_research_gets_a_baseline(self, tmp_path):
        assert [job.stages for job in chosen("run", "DEU", "UKR", "--outputs", tmp_path)] == [
            (plan.BASELINE,),
            tuple(plan.STAGES),
        ]

    def test_one_that_was_only_begun_too_and_an_assessment_from_the_first_row_on(self, zed, capsys):
        call(capsys, "new", "YYY", "--data", zed)
        assert chosen("run", "YYY", "--data", zed)[0].stages == (plan.BASELINE,)
        with (zed / "research" / "YYY" / "sources.csv").open("a", encoding="utf-8") as sources:
            sources.write("a row, whatever is wrong with it\n")
        assert chosen("run", "YYY", "--data", zed)[0].stages == tuple(plan.STAGES)

    def test_a_baseline_shares_no_file_with_an_assessment(self, tmp_path):
        report = chosen("run", "UKR", "--outputs", tmp_path)[0]
        baseline = chosen("run", "--baseline", "UKR", "--outputs", tmp_path)[0]
        assert not {report.making, report.ready} & {baseline.making, baseline.ready}
        assert not {*report.pages().values()} & {*baseline.pages().values()}

    def test_all_members_of_the_index_are_those_with_a_row_in_its_latest_edition(self):
        gci = cop.data.read("gci", DATA)
        members = sorted(gci.iso3[gci.edition == gci.edition.max()])
        assert [job.key for job in chosen("run", "--baseline", "all")] == members and len(
            members
        ) == 194

    def test_its_parameters_are_those_that_the_notebook_asks_for(self):
        plan.check_parameters(chosen("run", "--baseline", "TUV")[0])

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--baseline", "TUVV"], "TUVV is not a country code"),
            (["--group", "NATO"], "there is no group NATO"),
            (["--group", "EU"], "no country of EU has an assessment"),
            (["--group", "EAP", "--all"], "say which countries"),
            (["UKR", "--baseline", "GEO"], "say which countries"),
        ],
    )
    def test_a_wrong_choice_is_refused(self, capsys, words, said):
        status, _, error = call(capsys, "run", *words)
        assert status == 2 and said in error and "Traceback" not in error


class TestRegions:
    @pytest.mark.parametrize(
        ("iso3", "name"),
        [
            ("UKR", "South Eastern Europe (ITU study of 2020)"),
            ("NOR", "Europe (ITU region)"),
            ("TJK", "Commonwealth of Independent States (ITU region)"),
            ("IND", "Southern Asia (subregion)"),
            ("XKX", "Southeast Europe (subregion)"),
            ("ATA", "Antarctica"),
        ],
    )
    def test_each_country_stands_beside_its_study_its_region_or_its_subregion(self, iso3, name):
        known = countries.names(DATA)[iso3]
        shown, members = countries.beside(Country(iso3, known, str(DATA), "", "2026"))
        assert shown == name and iso3 in members and (len(members) > 4 or members == [iso3])

    def test_a_group_has_one_title_and_one_role(self):
        frame = cop.data.read("groups", DATA)
        assert (frame.groupby("group_id")[["title", "role"]].nunique() == 1).all(axis=None)

    def test_members_are_those_that_the_countries_table_states(self):
        known = cop.data.read("countries", DATA).set_index("iso3")
        groups = plan.groups(DATA)
        assert (
            set(groups["EU"]) == set(known.index[known.eu27 == "yes"]) and len(groups["EAP"]) == 6
        )
        stated = {g: set(groups[g]) for g in plan.groups(DATA, "region")}
        assert len(set.union(*stated.values())) == sum(map(len, stated.values()))
        assert set.union(*stated.values()) == set(known.index[known.itu_region != ""]) | {
            "TJK",
            "TKM",
        }

    def test_only_the_study_is_made_with_all_and_keeps_the_fixed_name(self, tmp_path):
        assert list(plan.groups(DATA, "study")) == ["SEE-2020"]
        pages = {
            group: plan.of_region(group, DATA, tmp_path, "2026", [], 60).pages()[plan.REGION]
            for group in ("SEE-2020", "EAP", "EUR")
        }
        assert pages["SEE-2020"] == "cop-regional-synthesis.html" and len(set(pages.values())) == 3
        assert pages["EAP"] == "cop-regional-synthesis-EAP.html"


@pytest.fixture(scope="module")
def baselines(tmp_path_factory):
    """Give exit status and outputs of baselines of four awkward countries."""
    outputs = tmp_path_factory.mktemp("baselines")
    return main.main(["run", "--baseline", *AWKWARD, "--outputs", str(outputs)]), outputs


class TestNamesInSentences:
    @pytest.mark.parametrize(
        ("iso3", "said"),
        [
            ("USA", "the United States"),
            ("NLD", "the Netherlands"),
            ("GMB", "the Gambia"),
            ("PHL", "the Philippines"),
            ("CAF", "the Central African Republic"),
            ("NOR", "Norway"),
            ("UKR", "Ukraine"),
            ("MDV", "Maldives"),
        ],
    )
    def test_the_article_is_that_of_iso_3166(self, iso3, said):
        assert countries.economy(iso3, DATA).called == said

    def test_every_code_with_an_article_is_a_country(self):
        assert not set(places.WITH_ARTICLE.pattern.split("|")) - set(countries.names(DATA))

    @pytest.mark.parametrize("iso3", ["USA", "NLD", "COK"])
    def test_no_sentence_of_a_baseline_leaves_it_out(self, iso3):
        place = countries.economy(iso3, DATA, "")
        shown = [
            baseline.about_region(place),
            cybersecurity.gci_line(cybersecurity.gci(place), place),
            cybersecurity.gci_chart(cybersecurity.gci(place), place),
        ]
        words = " ".join(html.fromstring(f"<div>{one}</div>").text_content() for one in shown)
        assert f"the {place.name}" in words
        assert not re.findall(rf"\b(?:in|of|for|on|with|gives|put|from) {place.name}", words)


@pytest.mark.slow
@pytest.mark.xdist_group("baselines")
class TestBaselines:
    def test_all_are_made_on_pages_of_their_own(self, baselines):
        status, outputs = baselines
        assert status == 0
        made = sorted(p.name for p in (outputs / "site" / "baselines").glob("cop-*.html"))
        assert made == sorted(f"cop-baseline-{i}.html" for i in AWKWARD)
        assert not list((outputs / "site").glob("cop-*.html"))

    @pytest.mark.parametrize("iso3", AWKWARD)
    def test_the_cover_says_that_it_is_no_assessment(self, baselines, iso3):
        page = baselines[1] / "site" / "baselines" / f"cop-baseline-{iso3}.html"
        tree = html.parse(str(page)).getroot()
        assert tree.find_class("cover")[0].get("data-status") == "desk baseline"
        assert "not an assessment" in tree.find_class("cover")[0].text_content()

    @pytest.mark.parametrize("iso3", AWKWARD)
    def test_what_is_missing_is_said_and_nothing_empty_is_drawn(self, baselines, iso3):
        tree = html.parse(
            str(baselines[1] / "site" / "baselines" / f"cop-baseline-{iso3}.html")
        ).getroot()
        words = tree.find(".//main").text_content()
        assert not [
            w
            for w in ("nan", "<NA>", "None", "NaT", " ()")
            if w in words.split() or w in ("<NA>",) and w in words
        ]
        assert not [f for f in tree.iter("figure") if len(f.findall(".//tbody/tr")) == 0]

    def test_the_holy_see_has_almost_nothing_and_the_page_says_so(self, baselines):
        words = text(baselines[1] / "site" / "baselines" / "cop-baseline-VAT.html")
        assert words.count("no data") > 10 and "That is a gap in the sources, not a zero." in words
        assert "CyberTipline reports by country" in words

    def test_one_outside_the_index_says_so(self, baselines):
        words = text(baselines[1] / "site" / "baselines" / "cop-baseline-XKX.html")
        assert "The Global Cybersecurity Index has no row for Kosovo." in words

    def test_the_checklist_is_whole(self, baselines):
        words = text(baselines[1] / "site" / "baselines" / "cop-baseline-TUV.html")
        assert not [w for w in cop.data.read("checklist", DATA).what if w not in words]

    def test_the_first_page_does_not_mix_them_with_assessments(self, baselines):
        index = (baselines[1] / "site" / "index.html").read_text(encoding="utf-8")
        assert "cop-baseline" not in index and "Desk baselines</a> of 4 countries" in index
        listed = (baselines[1] / "site" / "baselines" / "index.html").read_text(encoding="utf-8")
        assert all(f"cop-baseline-{i}.html" in listed for i in AWKWARD)

    def test_a_second_run_runs_nothing(self, baselines, capsys):
        assert main.main(["run", "--baseline", *AWKWARD, "--outputs", str(baselines[1])]) == 0
        assert capsys.readouterr().out.count("unchanged") == len(AWKWARD)


@pytest.fixture(scope="module")
def grouped(zedland, tmp_path_factory):
    """Give outputs of Zedland with a country just begun, run as a whole and then by a second
    group; what holds of Zedland alone is not made again.
    """
    folder = tmp_path_factory.mktemp("grouped")
    data, outputs = beside_its_base(folder), folder / "out"
    laid_out(zedland, outputs)
    with (data / "reference" / "groups.csv").open("a", encoding="utf-8") as groups:
        groups.write("ZED-2,Invented pair (SYNTHETIC),grouping,ZZZ,ZED_STAT\n")
        groups.write("ZED-2,Invented pair (SYNTHETIC),grouping,YYY,ZED_STAT\n")
        groups.write("ZED-3,Invented newcomers (SYNTHETIC),grouping,YYY,ZED_STAT\n")
    assert main.main(["new", "YYY", "--data", str(data)]) == 0
    with (data / "research" / "YYY" / "sources.csv").open("a", encoding="utf-8") as sources:
        sources.write(
            "YYY-S01,Invented report,Invented office,2024,en,report,report of a body,first,,"
            "2026-11-24,yes\n"
        )
    first = main.main(["run", "--all", "--data", str(data), "--outputs", str(outputs)])
    pages = sorted(p.name for p in (outputs / "site").glob("*.html"))
    second = main.main(["run", "--group", "ZED-2", "--data", str(data), "--outputs", str(outputs)])
    second += main.main(["run", "--group", "ZED-3", "--data", str(data), "--outputs", str(outputs)])
    return first, second, pages, outputs / "site"


@pytest.mark.slow
@pytest.mark.xdist_group("grouped")
class TestGroups:
    def test_all_makes_the_study_only(self, grouped):
        assert grouped[0] == 0 and [p for p in grouped[2] if "synthesis" in p] == [
            "cop-regional-synthesis.html"
        ]

    def test_a_group_that_is_asked_for_has_a_page_of_its_own_and_stands_in_the_index(self, grouped):
        first, second, _, site = grouped
        assert second == 0 and (site / "cop-regional-synthesis.html").exists()
        assert "Invented pair" in text(site / "cop-regional-synthesis-ZED-2.html")
        assert "Regional synthesis: Invented pair" in text(site / "index.html")

    def test_a_group_of_countries_just_begun_claims_nothing(self, grouped):
        words = text(grouped[3] / "cop-regional-synthesis-ZED-3.html")
        assert (
            "No item was assessed yet in any of the countries." in words
            and "most often in place:" not in words.lower()
        )

    def test_a_country_just_begun_makes_whole_pages(self, grouped):
        words = text(grouped[3] / "cop-assessment-YYY.html")
        assert (
            "This chapter is still to be written." in words
            and "No challenge is recorded yet." in words
        )
        assert "no item was assessed yet, so nothing is drawn" in words


def test_the_notebook_of_the_baseline_is_like_the_others():
    import nbformat

    notebook = nbformat.read(ROOT / "notebooks" / f"{plan.BASELINE}.ipynb", 4)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert not [c for c in code if c.outputs or c.execution_count]
    said = [c for c in code if "parameters" not in c.metadata.get("tags", [])]
    assert not [c for c in said if len(c.source.splitlines()) > 3]
    assert "**Reads**" in notebook.cells[0].source and "**Hands on**" in notebook.cells[0].source
