"""Editions: one kept beside the next, the study of 2020 beside today, and what must not be
compared.
"""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from cases import by_rule
from conftest import ZEDLAND, call, copy_of_zedland
from lxml import html
from planting import edit

import cop.data
from cop.cli import main
from cop.data import UserError, checks
from cop.data.places import Country
from cop.research import editions as begun
from helpers import editions, indicators

TODAY = date(2027, 3, 1)
NET = "People using the internet (% of population)"


def of_part(data, iso3, old, new, part):
    """Return changes of one part by what changed."""
    frame = editions.changes(iso3, data, old, new)
    return frame[frame.part == part].set_index("what")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Return Zedland's data with an edition of 2028 in which one thing of each kind changed."""
    data = copy_of_zedland(tmp_path_factory.mktemp("two"))
    begun.begin("ZZZ", data, "2028", date(2026, 6, 30))  # the same cut-off: nothing is older
    folder = data / "research" / "ZZZ"
    edit(folder / "table_25.csv", "cyber_regulation,draft,", "cyber_regulation,in force,")
    item = "PM-LEG-02,adjudicated,partly in place,"
    edit(folder / "alignment.csv", item, item.replace("partly ", ""))
    path = folder / "challenges.csv"
    edit(path, "Zedland ended in 2024", "Zedland was renewed in 2027")
    lines = path.read_text(encoding="utf-8").splitlines()
    added = next(line for line in lines if line.startswith("ZZZ-C03"))
    added = added.replace("ZZZ-C03", "ZZZ-C04", 1).replace("a code nor a rule", "a plan")
    kept = [line for line in lines if not line.startswith("ZZZ-C02")]
    path.write_text("\n".join([*kept, added, ""]), encoding="utf-8")
    edit(folder / "recommendations.csv", "ZZZ-R02,ZZZ-C02;", "ZZZ-R02,ZZZ-C04;")
    return data


@pytest.fixture(scope="module")
def changes(two):
    """Return what changed from the one edition to the other. Tests must not change it."""
    return editions.changes("ZZZ", str(two), "2026", "2028")


@pytest.mark.parametrize(("published", "change"), [("yes", "same"), ("no", "different")])
def test_a_yes_of_then_is_compared_with_the_register_of_today(zed, published, change):
    edit(zed / "reference/table_25_2020.csv", "Lanzarote Convention,no",
         f"Lanzarote Convention,{published}")  # fmt: skip
    frame = editions.changes("ZZZ", str(zed), "2020", "2026")
    assert {*frame.part} == {"table_25", "figures"}, "the study has no ratings and no plan"
    row = frame[frame.part == "table_25"].set_index("what").loc["Lanzarote Convention"]
    assert (row.then, row.now, row.change) == (published, "party", change)


# Two editions


@pytest.mark.slow
def test_nothing_restricted_or_hidden_is_kept_and_errors_of_what_is_kept_are_found(zed):
    for name in ("restricted/contacts.csv", "research/ZZZ/.ipynb_checkpoints/evidence.csv"):
        (zed / name).parent.mkdir()
        (zed / name).write_text("not for others", encoding="utf-8")
    begun.begin("ZZZ", zed, "2028", TODAY)
    edition = zed / "editions" / "2026"
    kept = [p.relative_to(edition) for p in (zed / "editions").rglob("*") if p.is_file()]
    assert kept and not [
        p for p in kept if p.parts[0] == "restricted" or any(i[0] == "." for i in p.parts)
    ]
    edit(edition / "research/ZZZ/evidence.csv", ",high,,yes,", ",hgih,,yes,")
    errors = [str(error) for error in checks.of_folder(zed)]
    assert any("editions/2026/research/ZZZ/evidence.csv, row" in error for error in errors)


@pytest.mark.slow
def test_the_earlier_one_is_kept_as_it_stood_and_both_pass_the_check(two):
    source, kept = ZEDLAND / "research" / "ZZZ", two / "editions" / "2026" / "research" / "ZZZ"
    for path in sorted(source.rglob("*.*")):
        assert (kept / path.relative_to(source)).read_bytes() == path.read_bytes()
    assert list(cop.data.read("editions", two, "ZZZ").edition) == ["2026", "2028"]
    assert list(editions.held("ZZZ", two)) == ["2020", "2026", "2028"]
    assert checks.of_folder(two) == []
    with pytest.raises(UserError, match="its latest edition is 2028"):
        begun.begin("ZZZ", two, "2028", TODAY)


def test_a_latest_edition_that_is_no_year_is_named(zed):
    edit(zed / "research/ZZZ/editions.csv", "2026,", "soon,")
    with pytest.raises(UserError, match="its latest edition is soon"):
        begun.begin("ZZZ", zed, "2028", TODAY)


@pytest.mark.slow
def test_what_changed_is_named_and_nothing_else(changes):
    changed = changes[~changes.change.isin(editions.SAME)]
    about = changed.assign(what=changed.what.str[:9])[["part", "what", "then", "now", "change"]]
    assert about.values.tolist()[:2] == [
        ["table_25", "Cybersecu", "draft", "in force", "changed"],
        ["alignment", "PM-LEG-02", "partly in place", "in place", "changed"],
    ]
    titles = about.what[about.part == "recommendations"]
    assert titles.is_unique, "a recommendation of the earlier edition is not listed as new as well"
    names = "each kind of change has its name"
    assert {(part, what[:7]): change for part, what, *_, change in about.values.tolist()[2:]} == {
        ("challenges", "ZZZ-C01"): "reworded",
        ("challenges", "ZZZ-C02"): "no longer named",
        ("challenges", "ZZZ-C04"): "new",
        ("recommendations", "ZZZ-R01"): "addressed partly",  # as the actions of that day stood
        ("recommendations", "ZZZ-R02"): "addressed partly",
        ("recommendations", "ZZZ-R03"): "not addressed",
        ("recommendations", "ZZZ-R07"): "addressed partly",
    }, names


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        ((2023, 80.0), (2025, 80.0), "newer figure"),
        ((2022, 80.0), (2025, 80.0), "other age"),  # more than three years before the cut-off
        ((2022, 80.0), (2025, 81.0, "ZED_TIPS", "in the last month"), "other definition"),
        ((2024, 80.0), (2028, 81.0), "newer figure"),
    ],
    ids=[
        "a figure of the third year before is not old",
        "more than three years: other age", "other definition",
        "a figure of the year of the edition counts",
    ],
)  # fmt: skip
def test_a_figure_is_revised_newer_or_not_comparable(then, now, change, two, monkeypatch):
    usual = (2024, 0.0, "ZED_STAT", "in the last three months")
    then, now = (cells + usual[len(cells) :] for cells in (then, now))
    catalogue = indicators.catalogue

    def read(place):
        year, value, source, _ = then if place.edition == "2026" else now
        rows = [("AAA", year + 1, 10.0), ("ZZZ", year - 1, 1.0), ("ZZZ", year, value)]
        frame = pd.DataFrame(rows, columns=["iso3", "year", "value"])
        return frame.assign(indicator_code="IT.NET.USER.ZS", source_id=source)

    def defined(data):
        return catalogue(data).assign(definition=(then if "editions" in str(data) else now)[3])

    monkeypatch.setattr(indicators, "read", read)
    monkeypatch.setattr(indicators, "catalogue", defined)
    row = of_part(two, "ZZZ", "2026", "2028", "figures").loc[NET]
    assert row.change == change
    cells = row.then.replace(", old", ""), row.now
    assert cells == tuple(f"{value} ({year})" for year, value, *_ in (then, now))


# The command and the chapter


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("UKR 2019 2026", "unknown edition '2019' of UKR; available: 2020, 2026"),
        ("UKR 2026-11-26 2026", "unknown edition '2026-11-26' of UKR"),
        ("UKR 2026 2020", "specify an earlier edition, then a later one"),
        ("UKR 2026 2026", "specify an earlier edition, then a later one"),
        ("DEU 2020 2026", "unknown edition '2020' of DEU; available: none"),
        ("ZZY 2020 2026", "unknown country code 'ZZY'"),
    ],
)
def test_an_edition_that_is_not_held_is_named(capsys, words, message):
    status, _, error = call(capsys, "diff", *words.split())
    assert status == 2 and message in error and "Traceback" not in error


@pytest.mark.parametrize(
    ("rule", "present", "kept", "held"),
    [
        ("the oldest edition comes first", ["2028"], ["2026", "2024"], ["2024", "2026", "2028"]),
        ("so is a later one", ["2026"], ["2028", "2024"], ["2024", "2026"]),
        ("without a present one all are held", [], ["2026", "2024"], ["2024", "2026"]),
    ],
)
def test_which_editions_are_held(rule, present, kept, held, monkeypatch):
    monkeypatch.setattr(cop.data, "editions", lambda data, iso3: present)
    monkeypatch.setattr(cop.data, "editions_kept", lambda data, iso3: dict.fromkeys(kept, "kept"))
    folders = editions.held("YYY", str(ZEDLAND))
    assert list(folders) == held and folders.get(max(present, default="")) in (None, str(ZEDLAND))


def test_an_edition_stands_beside_the_one_before_it_and_a_first_beside_none(zed, two, changes):
    begun.begin("YYY", zed, "2026", date(2026, 6, 1))
    assert editions.since_last(Country("YYY", "Yonderland", str(zed), "", "2026")).empty
    place = Country("ZZZ", "Zedland", str(two), "", "2028")
    assert editions.since_last(place).equals(changes)
    assert not changes.isna().any(axis=None), "missing values are empty"
    assert changes.what[changes.part == "recommendations"].is_unique, "each is listed once"


@pytest.mark.slow
@pytest.mark.xdist_group("editions")
def test_both_editions_have_a_report_of_their_own(two, tmp_path):
    assert main.main(["run", "ZZZ", "--data", str(two), "--outputs", str(tmp_path)]) == 0
    for folder, edition, before in (("", "2028", "2026"), ("editions/2026", "2026", "2020")):
        page = tmp_path / "site" / folder / "cop-assessment-ZZZ.html"
        tree = html.parse(str(page)).getroot()
        assert tree.find_class("cover")[0].get("data-edition") == edition
        assert f"Compared with the edition of {before}:" in tree.text_content()


def test_table_25_of_an_edition_counts_active_organisations_only(place, monkeypatch):
    states = pd.DataFrame({"state": ["active", "earlier", "not shown"]})
    monkeypatch.setattr(editions.stakeholders, "organisations", lambda place: states)
    monkeypatch.setattr(editions.assessment, "table_25", lambda place, treaties, active: active)
    assert editions._table_25(place) == 1


FIGURE = {
    "year": 2024, "value": 80.0, "source_id": "WDI", "unit": "%", "definition": "", "old": False,
    "mark": "", "address": "api",
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "was", "latest", "change"),
    [
        ("an equal figure is no newer one", {}, {}, "no newer figure"),
        ("another value of the year is revised", {}, {"value": 81.0}, "revised"),
        ("another year is a newer figure", {}, {"year": 2025}, "newer figure"),
        ("an old one then is of another age", {"old": True}, {"year": 2025}, "other age"),
        ("an old one now is", {}, {"year": 2025, "old": True}, "other age"),
        ("of the same year it is not", {"old": True}, {"value": 81.0}, "revised"),
        ("another source comes before the age", {"old": True}, {"year": 2025, "address": "file"},
         "other source"),
        ("estimates of one address are no other source", {}, {"year": 2025, "source_id": "WDI_EST"},
         "newer figure"),
        ("another definition before the source", {}, {"definition": "x", "address": "file"},
         "other definition"),
        ("another unit is another definition", {}, {"unit": "people"}, "other definition"),
        ("without an earlier figure", None, {}, "no value then"),
        ("without a figure now", {}, None, "no value now"),
    ],
)  # fmt: skip
def test_the_change_of_a_figure_is_the_first_that_applies(rule, was, latest, change):
    pair = [None if cells is None else FIGURE | cells for cells in (was, latest)]
    assert editions._change_of_figure(*pair) == change, rule


def test_a_challenge_is_reworded_new_or_no_longer_named_and_those_of_today_come_first(
    place, monkeypatch
):
    texts = {"2024": {"C1": "Old.", "C2": "Gone.", "C4": "Same."},
             "2026": {"C1": "New.", "C3": "Added.", "C4": "Same."}}  # fmt: skip

    def read_table(name, at):
        frame = pd.DataFrame({"challenge_id": texts[at.edition].keys(), "theme": "x"})
        return frame.assign(challenge=texts[at.edition].values())

    monkeypatch.setattr(editions, "read_table", read_table)
    changes = editions._challenges(replace(place, edition="2024"), place)
    assert [*zip(changes.what.str[:2], changes.change, strict=True)] == [
        ("C1", "reworded"), ("C3", "new"), ("C4", "same"), ("C2", "no longer named")]  # fmt: skip


def test_a_recommendation_that_no_earlier_edition_has_is_new(place, monkeypatch):
    none = editions.followup.addressed(editions.followup.actions(place), place).head(0)
    monkeypatch.setattr(editions.followup, "addressed", lambda *_: none)
    changes = editions._recommendations(replace(place, edition="2024"), place)
    assert {*changes.change} == {"new"}


def test_a_cell_in_other_words_or_not_comparable_is_of_another_rule_than_in_2020(place):
    words = ["same", "different", "not comparable", "other words"]
    rows = pd.DataFrame({"comparison": words}).assign(
        **dict.fromkeys(["label", "published_2020", "value", "difference"], ""))  # fmt: skip
    changes = editions._cells(replace(place, edition="2020"), place, rows).change
    assert changes.tolist() == ["same", "different", "other rule", "other rule"]


@by_rule(
    "edition, last_year, year",
    ("the study knew figures up to the year before", "2020", pd.NA, 2019),
    ("an edition knows those of its year", "2026", pd.NA, 2026),
    ("an edition whose figures end earlier compares none of later years", "2026", 2022, 2022),
)
def test_the_figures_that_are_compared_end_with(
    edition, last_year, year, place, monkeypatch, replace_table
):
    replace_table("editions", lambda rows: rows.assign(last_year=pd.array([last_year], "Int64")))
    years = [2019, 2020, 2022, 2026, 2027]
    frame = pd.DataFrame({"year": years, "value": 1.0, "iso3": "ZZZ"})
    frame = frame.assign(indicator_code="IT.NET.USER.ZS", source_id="WDI")
    monkeypatch.setattr(indicators, "read", lambda place: frame)
    newest = editions._latest(replace(place, edition=edition))[["year", "value"]]
    assert newest.values.tolist() == [[year, 1.0]]


@pytest.mark.parametrize(
    ("year", "old"), [(2017, False), (2016, True)], ids=["the third year before is not", "older"]
)
def test_a_figure_was_old_for_the_study_more_than_three_years_before_2020(
    year, old, place, monkeypatch
):
    frame = pd.DataFrame({"year": [year], "value": 1.0, "iso3": "ZZZ"})
    frame = frame.assign(indicator_code="IT.NET.USER.ZS", source_id="WDI")
    monkeypatch.setattr(indicators, "read", lambda place: frame)
    assert editions._latest(replace(place, edition="2020")).old.tolist() == [old]


def test_a_figure_has_the_unit_of_the_later_edition_and_the_data_sets_of_both(place, monkeypatch):
    units = {"2024": "people", "2026": "%"}

    def latest(at):
        cells = FIGURE | {"unit": units[at.edition], "source_id": at.edition}
        return pd.DataFrame([cells], index=["IT.NET.USER.ZS"])

    monkeypatch.setattr(editions, "_latest", latest)
    [row] = editions._figures(replace(place, edition="2024"), place).itertuples()
    assert "%" in row.what and "people" not in row.what, "the unit of the later edition"
    assert row.source_id == "2024; 2026", "the data sets of both"


@pytest.mark.parametrize(
    ("parts", "is_study"), [(["table_25", "figures"], True), (["table_25", "alignment"], False)],
    ids=["Table 25 and figures: the study", "ratings too: an edition"],
)  # fmt: skip
def test_what_the_study_of_2020_lacks_is_said_only_beside_the_study(parts, is_study):
    changes = pd.DataFrame({"part": parts, "since": "2020"})
    assert editions.since_study(changes) == is_study
    assert bool(editions.not_held(changes)) == is_study
    assert not editions.since_study(changes.head(0)), "nothing is compared with nothing"
