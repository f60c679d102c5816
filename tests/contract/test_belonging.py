"""No wrong country: a folder copied, swapped, renamed or filled with another's rows is refused."""

import shutil

import pytest
from conftest import call, copy_of_zedland, with_countries

from contract import checks

REAL = ("GEO", "MKD", "MNE", "UKR")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Give a copy of the data with four countries, to be copied again by each test."""
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
        file.write_bytes(file.read_bytes().replace(b"UKR-", b"NOR-"))


def one_table(name):
    def change(research):
        shutil.copy(research / "GEO" / name, research / "UKR" / name)

    return change


@pytest.mark.parametrize(
    ("how", "iso3", "says"),
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
)
def test_another_countrys_rows_are_refused(data, how, iso3, says):
    how(data / "research")
    faults = [str(f) for f in checks.of_country(data, iso3)]
    assert any(says in fault for fault in faults)


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
    assert "ids here begin NOR-" in fault.mend


def test_a_folder_of_no_country_of_the_register_is_named(tmp_path):
    data = copy_of_zedland(tmp_path)
    (data / "research" / "ZZZ").rename(data / "research" / "QQQ")
    assert "research/QQQ: is not a country of reference/countries.csv" in str(
        checks.of_country(data, "QQQ")[0]
    )


def test_a_table_without_ids_that_is_another_countrys_byte_for_byte_is_named(tmp_path):
    """Counts of a survey name no country: that they were copied is all that can be seen."""
    data = copy_of_zedland(tmp_path)
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")
    for file in (data / "research" / "YYY").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("ZZZ-", "YYY-").replace("Zedland", "Yonderland")
        file.write_text(text, encoding="utf-8")
    for file in (data / "research" / "YYY" / "narrative").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("ZZZ-", "YYY-").replace("Zedland", "Yonderland")
        file.write_text(text, encoding="utf-8")
    told = {f.file.split("/")[-1] for f in checks.of_country(data, "YYY")}
    assert {"survey.csv", "survey_items.csv", "forms.csv"} <= told and "editions.csv" not in told


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
