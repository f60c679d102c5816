"""No wrong country: a folder copied, swapped, renamed or filled with another's rows is refused."""

import csv
import io
import shutil

import pytest
from conftest import ZEDLAND, call, copy_of_zedland, one_in, with_countries

import cop.data
from cop.data import checks

REAL = ("GEO", "MKD", "MNE", "UKR")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return a copy of the data with four countries, to be copied again by each test."""
    return with_countries(tmp_path_factory.mktemp("kept"), *REAL)


@pytest.fixture
def data(kept, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(kept, copy)
    return copy


def copied(research):
    shutil.copytree(research / "UKR", research / "NOR")


def renamed(research):
    (research / "UKR").rename(research / "NOR")


def swapped(research):
    for old, new in (("MKD", "aside"), ("MNE", "MKD"), ("aside", "MNE")):
        (research / old).rename(research / new)


def relabelled(research):
    """Copy a country and change its ids, as who knows the rule might."""
    copied(research)
    for file in [*(research / "NOR").glob("*.csv"), *(research / "NOR").glob("*/*.md")]:
        raw = file.read_bytes().replace(b"UKR-", b"NOR-")
        file.write_bytes(raw.replace(b"\nUKR,", b"\nNOR,"))


def one_table(name):
    def change(research):
        shutil.copy(research / "GEO" / name, research / "UKR" / name)

    return change


@pytest.mark.parametrize(
    ("how", "iso3", "says"),
    one_in(
        4,
        [
            (copied, "NOR", "is an id of UKR in the folder of NOR"),
            (renamed, "NOR", "is an id of UKR in the folder of NOR"),
            (swapped, "MKD", "is an id of MNE in the folder of MKD"),
            (swapped, "MNE", "is an id of MKD in the folder of MNE"),
            (relabelled, "NOR", "research/NOR: names Ukraine in"),
            *(
                (one_table(f"{name}.csv"), "UKR", "is an id of GEO in the folder of UKR")
                for name in ("sources", "evidence", "stakeholders", "partnerships", "instruments")
            ),
            *(
                (one_table(f"{name}.csv"), "UKR", "is an id of GEO in the folder of UKR")
                for name in ("alignment", "challenges", "expected_results", "table_25")
            ),
            (one_table("narrative/analysis.md"), "UKR", "is not a verified source of the register"),
        ],
    ),
)
def test_another_countrys_rows_are_refused(data, how, iso3, says):
    how(data / "research")
    faults = [str(f) for f in checks.of_country(data, iso3)]
    assert any(says in fault for fault in faults)


@pytest.mark.slow
def test_each_folder_as_it_stands_has_no_fault(kept):
    assert not [f for iso3 in REAL for f in checks.of_country(kept, iso3)]


def test_many_ids_of_one_country_in_a_column_are_one_fault(data):
    copied(data / "research")
    [fault] = [
        f
        for f in checks.of_country(data, "NOR")
        if (f.file, f.column) == ("research/NOR/evidence.csv", "evidence_id")
    ]
    assert fault.row == 2 and fault.value == "UKR-E01" and "more in this column" in fault.rule
    assert "ids here begin NOR-" in fault.fix


def test_a_folder_of_no_country_of_the_register_is_named(tmp_path):
    data = copy_of_zedland(tmp_path)
    (data / "research" / "ZZZ").rename(data / "research" / "QQQ")
    assert "research/QQQ: is not a country of reference/countries.csv" in str(
        checks.of_country(data, "QQQ")[0]
    )


def has_rows(file):
    return len(file.read_text(encoding="utf-8").splitlines()) > 1


@pytest.mark.parametrize(
    "name",
    sorted(
        p.stem
        for p in (ZEDLAND / "research" / "ZZZ").glob("*.csv")
        if p.stem != "editions" and has_rows(p)  # two countries may well have the same editions
    ),
)
def test_every_table_of_another_country_is_refused_though_it_was_edited(tmp_path, name):
    """Whatever a table holds, its rows say whose they are, also where nothing else is as it was."""
    data = copy_of_zedland(tmp_path)
    theirs = data / "research" / "YYY" / f"{name}.csv"
    theirs.parent.mkdir()
    ours = (data / "research" / "ZZZ" / theirs.name).read_text(encoding="utf-8")
    heading, *rows = csv.reader(io.StringIO(ours))
    edited = [[*row[:-1], f"{row[-1]}1"] for row in rows]
    theirs.write_text(cop.data.csv_text([heading, *edited]), encoding="utf-8")
    faults = checks.of_file(name, f"research/YYY/{name}.csv", data)
    whose = [f for f in faults if " in the folder of YYY" in f.rule]
    assert whose and "ZZZ" in whose[0].rule + whose[0].value


def test_a_row_of_counts_that_does_not_say_whose_it_is_is_refused(tmp_path):
    data = copy_of_zedland(tmp_path)
    file = data / "research" / "ZZZ" / "survey.csv"
    file.write_text(file.read_text().replace("\nZZZ,", "\n,", 1), encoding="utf-8")
    [fault] = checks.of_file("survey", "research/ZZZ/survey.csv", data)
    assert (fault.row, fault.column) == (2, "iso3")


def test_counts_of_another_country_are_named_with_row_and_mend(tmp_path):
    data = copy_of_zedland(tmp_path)
    file = data / "research" / "ZZZ" / "survey.csv"
    file.write_text(file.read_text().replace("\nZZZ,", "\nYYY,", 1), encoding="utf-8")
    [fault] = checks.of_file("survey", "research/ZZZ/survey.csv", data)
    assert str(fault).startswith("research/ZZZ/survey.csv, row 2, column iso3: 'YYY' is another")
    assert "in the folder of ZZZ" in fault.rule and fault.fix.endswith("here it is ZZZ")


def test_an_example_from_another_country_is_allowed_and_nothing_else(data):
    """The action of a challenge may be another country's; its evidence may not."""
    file = data / "research" / "UKR" / "challenges.csv"
    text = file.read_text(encoding="utf-8")
    assert "GEO-E34" in text and not checks.of_country(data, "UKR")
    file.write_text(text.replace("UKR-L08; UKR-L09", "MDA-E14; UKR-L09", 1), encoding="utf-8")
    [fault] = checks.of_country(data, "UKR")
    assert "'MDA-E14' is an id of MDA in the folder of UKR" in str(fault)


@pytest.mark.parametrize("words", [["UKR"], ["--all"]])
def test_a_folder_in_small_letters_is_no_baseline(data, capsys, words, tmp_path):
    """Its assessment would not be found, and a desk baseline be made in its place."""
    (data / "research" / "UKR").rename(data / "research" / "ukr")
    where = ["--data", data, "--outputs", tmp_path / "out"]
    status, _, said = call(capsys, "run", *words, *where)
    assert status == 2 and "ukr" in said and "UKR" in said and not (tmp_path / "out").exists()
