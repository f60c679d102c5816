"""Small rules of the data package at their boundaries: plurals, lists, keys, bases and statuses."""

import json
import shutil

import pandas as pd
import pytest
from cases import by_rule
from conftest import DATA, ZEDLAND

import cop.data
from cop.data import UserError, checks, csvfiles, errors, http, package, tables, writing
from cop.data.checks.rules import Check, foreign
from cop.data.errors import InvalidTable
from cop.data.places import Country, Region


@pytest.mark.parametrize(("n", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_only_one_is_singular(n, text):
    assert errors.count(n, "row") == text


@pytest.mark.parametrize(
    ("items", "text"), [("abcde", "a, b, c, d, e"), ("abcdef", "a, b, c, d, e and 1 more")]
)
def test_the_first_five_are_named_and_the_others_counted(items, text):
    assert errors.first_of([*items]) == text


@pytest.mark.parametrize(
    ("iso3", "spoken", "called"),
    [("NLD", "", "the Zed"), ("ZZZ", "", "Zed"), ("NLD", "Зед", "Зед"), ("ZZZ", "Зед", "Зед")],
)
def test_a_country_has_an_article_in_english_only(iso3, spoken, called):
    country = Country(iso3, "Zed", "", "", "", spoken)
    assert country.called == called
    assert country.titled == (spoken or "Zed"), "a title has none"
    members = Region("ZED", "Zed", ("ZZZ", "YYY"), ("YYY",), "", "", "", "").assessed
    assert members == ["ZZZ"], "members that are left out are not assessed"


def test_the_separator_is_the_one_that_finds_most_columns():
    assert csvfiles.separator_of("id ; name\n", ["id", "name"]) == ";", "but for blanks"
    assert csvfiles.separator_of("a;b\n", ["c"]) == ",", "the comma if none finds any"
    assert csvfiles.separator_of("a\tb\tc;d\n") == "\t", "without names, most cells"


@pytest.mark.parametrize(
    ("table", "column", "is_own"),
    [
        ("evidence", "evidence_id", True), ("evidence", "source_id", True),
        ("treaties", "source_id", True), ("evidence", "year", False),
        ("challenges", "action_evidence_id", False),
    ],
)  # fmt: skip
def test_ids_of_a_country_and_those_that_refer_to_one_belong_to_it(table, column, is_own):
    own = package.resource(table, DATA)["own"]
    assert (column in own) == is_own, "except where ids of any country are allowed"


def test_a_small_table_is_read_without_empty_rows_and_extra_cells(tmp_path):
    (tmp_path / "a.csv").write_text("id,name\n,\n1\n2, b ,c\n", encoding="utf-8")
    rows = [{"id": "1", "name": ""}, {"id": "2", "name": "b"}]
    assert [*csvfiles.records(tmp_path / "a.csv", "id")] == rows, "and missing cells are empty"


def test_up_to_three_similar_codes_are_suggested():
    assert cop.data.no_country("COO", DATA).count(" or ") == 2
    assert "mean SRB?" in cop.data.no_country("SERBIA", DATA), "a name in any case has one code"
    assert "mean UKR?" in cop.data.no_country("uk", DATA), "so has the beginning of a code"
    assert "mean" not in cop.data.no_country("QQQ", DATA), "none is like it"


@pytest.mark.parametrize(
    ("text", "left"), [("a<!-- b\n -->c", "a\nc"), ("a<!--\nb", "a\n"), ("<!--a-->b<!--c-->", "b")]
)
def test_a_comment_that_is_not_closed_extends_to_the_end_of_the_text(text, left):
    assert tables.without_notes(text) == left


@pytest.mark.parametrize(("number", "more"), [(20, False), (21, True)])
def test_twenty_errors_are_listed_and_the_others_counted(number, more, zed, monkeypatch):
    monkeypatch.setattr(checks, "of_file", lambda *_: ["error"] * number)
    with pytest.raises(UserError) as refused:
        writing.refuse_writing({"research/ZZZ/evidence.csv": b""}, zed, "No")
    assert str(refused.value).count("error") == 20 and ("…" in str(refused.value)) == more


def test_data_stand_on_nine_bases_at_most(tmp_path):
    for number in range(11):
        base = {"cop:base": f"../{number + 1}"} if number < 10 else {}
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "datapackage.json").write_text(json.dumps(base))
    assert len(package.standing_on(tmp_path / "1")) == 10
    with pytest.raises(InvalidTable, match="over 9 bases"):
        package.standing_on(tmp_path / "0")


def test_a_value_without_a_label_is_its_own():
    codes = {"categories": [{"value": "a"}, {"value": "b", "label": "B"}]}
    assert package.labelled(codes) == {"a": "a", "b": "B"}
    listed = {"constraints": {"enum": ["c"]}}
    assert package.labelled(listed) == {"c": "c"}
    assert package.labelled(codes | listed) == {"a": "a", "b": "B"}, "categories come first"


def test_a_file_of_several_bases_is_that_of_the_nearest(tmp_path):
    for folder, base in (("own", "../near"), ("near", "../far"), ("far", "")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "datapackage.json").write_text(json.dumps({"cop:base": base}))
    for folder in ("near", "far"):
        (tmp_path / folder / "a.csv").write_text(folder)
    assert package.locate(tmp_path / "own", "a.csv").read_text() == "near"
    (tmp_path / "near" / "a.csv").unlink()
    assert package.locate(tmp_path / "own", "a.csv").read_text() == "far"
    path = "research/ZZZ/a.csv"
    (tmp_path / "near" / path).parent.mkdir(parents=True)
    (tmp_path / "near" / path).touch()
    own = tmp_path / "own" / path
    assert package.locate(tmp_path / "own", path) == own, "countries are in their own folder only"


@by_rule(
    "own, names",
    ("contributors of the base stand unless the folder names its own", [], ["ITU"]),
    ("contributors of the folder replace those of the base", [{"title": "Office"}], ["Office"]),
)
def test_who_contributed(own, names, tmp_path):
    for folder, more in (("base", {"contributors": [{"title": "ITU"}]}),
                         ("own", {"cop:base": "../base", "contributors": own})):  # fmt: skip
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "datapackage.json").write_text(json.dumps(more))
    stated = package.contents(tmp_path / "own")["contributors"]
    assert [contributor["title"] for contributor in stated] == names


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_service_that_is_busy_or_broken_is_asked_again(status):
    assert status in http.TRANSIENT


def test_an_error_shows_eighty_letters_of_a_value():
    check = Check("evidence", "research/ZZZ/evidence.csv", ZEDLAND)
    assert check.error(2, "statement", "x" * 81, "", "").value == "x" * 80


def test_of_rows_with_one_key_the_first_is_looked_up(monkeypatch):
    twice = pd.DataFrame({"key": ["A", "A"], "value": ["1", "2"]})
    monkeypatch.setattr(Check, "table", lambda self, name: twice)
    assert Check("", "", ZEDLAND).column("", "key", "value") == {"A": "1"}


def test_ids_of_rows_that_are_not_verified_are_kept_apart():
    check = Check("evidence", "research/ZZZ/evidence.csv", ZEDLAND)
    verified, unverified, _ = check.ids(["evidence.evidence_id"])
    assert "ZZZ-E01" in verified and "ZZZ-E18" in unverified and not verified & unverified
    shared = Check("mappings", "reference/mappings.csv", DATA).ids(["guidelines.item_id"])[0]
    assert "PM-LEG-01" in shared, "ids of a shared table are of no country"


@pytest.mark.parametrize(
    ("name", "code"), [("UKR-E01", "UKR"), ("UKR", "UKR"), ("ZZZ-E01", ""), ("PM-LEG-01", "")]
)
def test_an_id_of_another_country_is_foreign(name, code):
    assert foreign(name, "ZZZ") == code


def test_a_key_may_not_be_repeated_though_a_part_of_it_is_empty():
    cells = dict.fromkeys(cop.data.columns("corrections", DATA), "")
    row = cells | {"day": "2026-06-30", "page": "a", "wrong": "b", "now": "c", "version": "0.1.0"}
    table = pd.DataFrame([row, row], index=[2, 3])
    found = checks.of_table("corrections", table, "reference/corrections.csv", DATA)
    assert [(error.row, error.rule) for error in found] == [(3, "is a duplicate key")]


def test_a_column_that_the_file_of_a_row_lacks_is_empty(zed):
    (zed / "research/ZZZ/sources.csv").write_text("source_id,title\nZZZ-S01,T\n", "utf-8")
    row = cop.data.row("sources", zed, "source_id", "ZZZ-S01")
    assert (row["title"], row["publisher"]) == ("T", "")


def test_a_csv_file_that_no_table_has_is_named_in_each_folder(tmp_path):
    shutil.copy(DATA / "datapackage.json", tmp_path)
    (tmp_path / "reference").mkdir()
    for name in ("treatys", "lawes", "policys"):
        (tmp_path / "reference" / f"{name}.csv").write_text("a\n", "utf-8")
    stray = [e.file for e in checks.of_folder(tmp_path) if e.rule.startswith("is not described")]
    in_order = ["reference/lawes.csv", "reference/policys.csv", "reference/treatys.csv"]
    assert stray == in_order, "in alphabetical order"


def test_a_table_of_a_country_has_the_path_of_this_country_though_it_is_not_begun():
    assert package.paths("evidence", ZEDLAND, "QQQ") == ["research/QQQ/evidence.csv"]


def test_countries_that_were_begun_are_in_alphabetical_order(tmp_path):
    for iso3 in ("UKR", "GEO", "MDA", "ALB", "SRB"):
        (tmp_path / "research" / iso3).mkdir(parents=True)
        (tmp_path / "research" / iso3 / "editions.csv").touch()
    assert package.begun(tmp_path) == ["ALB", "GEO", "MDA", "SRB", "UKR"]


def test_kept_editions_are_those_beside_an_edition_without_it_and_the_oldest_first(tmp_path):
    for year in ("2024", "2020", "2026", "2022", "2018"):
        (tmp_path / "editions" / year / "research/ZZZ").mkdir(parents=True)
        (tmp_path / "editions" / year / "research/ZZZ/editions.csv").touch()
    every = ["2018", "2020", "2022", "2024", "2026"]
    assert [*package.editions_kept(tmp_path, "ZZZ")] == every
    assert [*package.editions_kept(tmp_path / "editions/2026", "ZZZ")] == every[:-1]


def test_a_country_without_a_table_has_no_rows_in_that_of_all_countries(zed):
    (zed / "research/YYY").mkdir()
    assert {*cop.data.read("evidence", zed).evidence_id.str[:3]} == {"ZZZ"}
