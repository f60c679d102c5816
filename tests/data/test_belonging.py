"""No wrong country: rows of another country in a folder are refused, whatever they hold."""

import pytest
from conftest import ZEDLAND, call, with_countries
from planting import plant, rows_of, save

from cop.data import checks

TABLES = [p.stem for p in sorted((ZEDLAND / "research/ZZZ").glob("*.csv"))]
WITH_ROWS = [name for name in TABLES if name != "editions" and rows_of(ZEDLAND, name)[1]]


@pytest.mark.parametrize("name", WITH_ROWS)
def test_every_table_of_another_country_is_refused_though_it_was_edited(zed, name):
    path, rows = rows_of(zed, name)
    theirs = zed / "research" / "YYY" / path.name
    theirs.parent.mkdir()
    last = [*rows[0]][-1]
    save(theirs, [*rows[0]], [row | {last: f"{row[last]}1"} for row in rows])
    errors = checks.of_file(name, f"research/YYY/{name}.csv", zed)
    whose = [e for e in errors if " in the folder of YYY" in e.rule]
    assert whose and "ZZZ" in whose[0].rule + whose[0].value


def test_many_ids_of_one_country_in_a_column_are_one_error(zed):
    (zed / "research/ZZZ").rename(zed / "research/YYY")
    errors = checks.of_country(zed, "YYY")
    [error] = [e for e in errors if (e.file[-12:], e.column) == ("evidence.csv", "evidence_id")]
    assert error.row == 2 and error.value == "ZZZ-E01" and "more in this column" in error.rule
    (zed / "research/YYY").rename(zed / "research/QQQ")
    first, *_ = checks.of_country(zed, "QQQ")
    unlisted = "research/QQQ: the folder's name is not a country code in reference/countries.csv"
    assert unlisted in str(first)


def test_counts_without_a_country_or_swapped_in_two_folders_are_refused(zed):
    path, rows = rows_of(zed, "survey")
    save(path, [*rows[0]], [rows[0] | {"iso3": ""}, *rows[1:]])
    [error] = checks.of_file("survey", "research/ZZZ/survey.csv", zed)
    assert (error.row, error.column) == (2, "iso3")
    other = zed / "research/YYY/survey.csv"
    other.parent.mkdir()
    save(other, [*rows[0]], rows)
    save(path, [*rows[0]], [row | {"iso3": "YYY"} for row in rows])
    for iso3, its in (("ZZZ", "YYY"), ("YYY", "ZZZ")):
        [error] = checks.of_file("survey", f"research/{iso3}/survey.csv", zed)
        assert error.value == its and f"is an id of {its} in the folder of {iso3}" in error.rule


def test_an_example_from_another_country_is_allowed_and_no_other_id(zed):
    plant(zed, "challenges", "ZZZ-C01", action_evidence_id="GEO-E34")
    path = "research/ZZZ/challenges.csv"
    assert not [e for e in checks.of_file("challenges", path, zed) if "in the folder" in e.rule]
    plant(zed, "challenges", "ZZZ-C01", evidence_ids="MDA-E14")
    assert "is an id of MDA in the folder of ZZZ" in str(checks.of_file("challenges", path, zed))


@pytest.mark.parametrize(("abroad", "is_known"), [("YYY-E01", True), ("YYY-E02", False)])
def test_an_example_abroad_is_looked_up_in_the_table_of_its_country(zed, abroad, is_known):
    theirs = zed / "research" / "YYY" / "evidence.csv"
    theirs.parent.mkdir()
    first = rows_of(zed, "evidence")[1][0] | {"evidence_id": "YYY-E01", "verified": "yes"}
    save(theirs, [*first], [first])
    plant(zed, "challenges", "ZZZ-C01", action_evidence_id=abroad)
    errors = checks.of_file("challenges", "research/ZZZ/challenges.csv", zed)
    assert ("is not an id in evidence" not in str(errors)) == is_known


def test_an_id_of_another_country_is_one_error_and_not_an_unknown_id_too(zed):
    plant(zed, "actions", "ZZZ-A01", body_id="UKR-O01")
    [error] = checks.of_file("actions", "research/ZZZ/actions.csv", zed)
    assert "is an id of UKR in the folder of ZZZ" in error.rule


@pytest.mark.slow
@pytest.mark.parametrize("words", [["UKR"], ["--all"]])
def test_a_folder_in_small_letters_is_no_baseline(tmp_path, capsys, words):
    """Its assessment would not be found, and a desk baseline be made in its place."""
    data = with_countries(tmp_path, "UKR")
    (data / "research/UKR").rename(data / "research/ukr")
    where = ["--data", data, "--outputs", tmp_path / "out"]
    status, out, err = call(capsys, "run", *words, *where)
    assert status and "UKR" in out + err and not [*tmp_path.rglob("cop-baseline-UKR.html")]
