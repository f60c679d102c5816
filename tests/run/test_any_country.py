"""Any country: a desk baseline at once, a synthesis of any group."""

import re

import pytest
from cases import cases
from conftest import DATA, beside_its_base, call, copy_of_zedland, laid_out
from lxml import html

import cop.data
from cop.cli import main, run
from cop.data.places import Country
from cop.run import plan
from helpers import countries

AWKWARD = ["VAT", "TUV", "XKX", "PSE"]  # almost no data, tiny, no M49 code and GCI row, no member
GROUPS = """ZED-2,Invented pair (SYNTHETIC),grouping,ZZZ,ZED_STAT
ZED-2,Invented pair (SYNTHETIC),grouping,YYY,ZED_STAT
ZED-3,Invented newcomers (SYNTHETIC),grouping,YYY,ZED_STAT
"""
SOURCE = "YYY-S01,Invented,Invented office,2024,en,report,report of a body,first,,,2026-11-24,yes\n"


def chosen(*words):
    arguments = main.parser().parse_args([str(w) for w in words])
    return [job for choice in run.choices_of(arguments) for job in plan.jobs(choice)]


def text(page):
    return html.parse(str(page)).getroot().text_content()


def append(path, lines):
    path.write_text(path.read_text("utf-8") + lines, "utf-8")


def test_a_country_has_a_baseline_until_its_first_row(tmp_path, capsys):
    zed = copy_of_zedland(tmp_path)
    for words, stages in ((["DEU"], (plan.BASELINE,)), (["UKR"], tuple(plan.STAGES))):
        assert [job.stages for job in chosen("run", *words)] == [stages]
    call(capsys, "new", "YYY", "--data", zed)
    assert chosen("run", "YYY", "--data", zed)[0].stages == (plan.BASELINE,)
    append(zed / "research" / "YYY" / "sources.csv", "a row, whatever is wrong with it\n")
    assert chosen("run", "YYY", "--data", zed)[0].stages == tuple(plan.STAGES)


def test_a_baseline_shares_no_file_with_an_assessment_and_all_are_members_of_the_index(tmp_path):
    [report] = chosen("run", "UKR", "--outputs", tmp_path)
    [baseline] = chosen("run", "--baseline", "UKR", "--outputs", tmp_path)
    assert not {report.making, report.ready} & {baseline.making, baseline.ready}
    assert not {*report.pages().values()} & {*baseline.pages().values()}
    gci = cop.data.read("gci", DATA)  # the members have a row in its latest edition
    members = sorted(gci.iso3[gci.edition == gci.edition.max()])
    assert [job.key for job in chosen("run", "--baseline", "all")] == members
    assert len(members) == 194
    [french] = chosen("run", "--baseline", "FRA", "--language", "national")
    assert (french.language, french.stages) == ("fr", (plan.BASELINE,))


@pytest.mark.parametrize(("iso3", "name"), cases("run/regions.csv"))
def test_each_country_is_compared_with_its_study_its_region_or_its_subregion(iso3, name):
    place = Country(iso3, countries.names(DATA)[iso3], str(DATA), "", "2026")
    shown, members = countries.comparison_region(place)
    assert iso3 in members, "a country is one of its own region or subregion"
    assert shown == name and (len(members) > 4 or members == [iso3])


def test_groups_are_what_the_countries_table_states_and_the_study_keeps_the_fixed_name(tmp_path):
    frame = cop.data.read("groups", DATA)
    assert (frame.groupby("group_id")[["title", "role"]].nunique() == 1).all(axis=None)
    table, groups = cop.data.read("countries", DATA).set_index("iso3"), plan.groups(DATA)
    assert set(groups["EU"]) == set(table.index[table.eu27 == "yes"]) and len(groups["EAP"]) == 6
    regions = [iso3 for members in plan.groups(DATA, "region").values() for iso3 in members]
    assert sorted(regions) == sorted({*table.index[table.itu_region != ""], "TJK", "TKM"})
    assert list(plan.groups(DATA, "study")) == ["SEE-2020"]
    for group, name in (("SEE-2020", ""), ("EAP", "-EAP")):
        job = plan.of_region(group, plan.Choice(outputs=tmp_path), "2026", [])
        assert job.pages() == {plan.REGION: f"cop-regional-synthesis{name}.html"}


@pytest.fixture(scope="module")
def baselines(tmp_path_factory):
    """Return the site with baselines of four countries that are special cases."""
    outputs = tmp_path_factory.mktemp("baselines")
    assert main.main(["run", "--baseline", *AWKWARD, "--outputs", str(outputs)]) == 0
    return outputs / "site"


@pytest.mark.slow
@pytest.mark.xdist_group("baselines")
@pytest.mark.parametrize("iso3", AWKWARD)
def test_a_baseline_is_no_assessment_says_what_is_missing_and_draws_nothing_empty(baselines, iso3):
    tree = html.parse(str(baselines / "baselines" / f"cop-baseline-{iso3}.html")).getroot()
    [cover] = tree.find_class("cover")
    assert cover.get("data-status") == "desk baseline"
    assert "not an assessment" in cover.text_content()
    words = tree.find(".//main").text_content()
    assert not re.findall(r"\b(?:nan|NaT|None(?! of))\b|<NA>|\(\)", words)
    assert not [f for f in tree.iter("figure") if len(f.findall(".//tbody/tr")) == 0]
    assert words.count("no data") > 10 or iso3 != "VAT"
    assert "Index has no row for Kosovo." in words or iso3 != "XKX"
    assert not [w for w in cop.data.read("checklist", DATA).what if w not in words]


@pytest.mark.slow
@pytest.mark.xdist_group("baselines")
def test_baselines_stand_apart_and_are_not_run_again(baselines, capsys):
    assert not list(baselines.glob("cop-*.html"))
    index = (baselines / "index.html").read_text("utf-8")
    page = (baselines / "baselines" / "index.html").read_text("utf-8")
    assert "cop-baseline" not in index and "Desk baselines</a> of 4 countries" in index
    assert all(f"cop-baseline-{i}.html" in page for i in AWKWARD)
    status, out, _ = call(capsys, "run", "--baseline", *AWKWARD, "--outputs", baselines.parent)
    assert status == 0 and out.count("unchanged") == len(AWKWARD)


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_a_group_has_a_page_of_its_own_and_countries_just_begun_claim_nothing(zedland, tmp_path):
    data, outputs = beside_its_base(tmp_path), tmp_path / "out"
    laid_out(zedland, outputs)
    append(data / "reference" / "groups.csv", GROUPS)
    assert main.main(["new", "YYY", "--data", str(data)]) == 0
    append(data / "research" / "YYY" / "sources.csv", SOURCE)
    site, where = outputs / "site", ["--data", str(data), "--outputs", str(outputs)]
    assert main.main(["run", "--all", *where]) == 0
    [page] = site.glob("*synthesis*.html")  # of the study only
    assert page.name == "cop-regional-synthesis.html"
    annex = text(site / "cop-annex-YYY-5-guideline-alignment.html")
    assert "no item has been assessed yet" in annex
    for group in ("ZED-2", "ZED-3"):
        assert main.main(["run", "--group", group, *where]) == 0
    assert page.exists()
    assert "Invented pair" in text(site / "cop-regional-synthesis-ZED-2.html")
    assert "Regional synthesis: Invented pair" in text(site / "index.html")
    words = text(site / "cop-regional-synthesis-ZED-3.html")
    assert "items for policy-makers has been assessed yet in any of the countries." in words
    assert "most often in place:" not in words.lower()
