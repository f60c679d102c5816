"""Ways in which data gets broken, by accident mostly: none comes silently into a report.

A break takes the folder of one country's copy and changes it as a spreadsheet, a merge or a hurried
person would. Damage of a cell or file is tested in test_damage.py and test_schema.py.
"""

import shutil

import pytest
from conftest import one_in, with_countries
from planting import edit, plant

from cop.data import UserError, checks
from cop.data.checks import losses
from cop.run import plan

ISO3, OTHER = "UKR", "MDA"
EVIDENCE, NARRATIVE = f"research/{ISO3}/evidence.csv", f"research/{ISO3}/narrative/analysis.md"


def cut(path, rows):
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:rows]))


def swap(path, *pairs):
    def change(data):
        for old, new in pairs:
            edit(data / path, old, new)

    return change


def move(*pairs):
    def change(data):
        for old, new in pairs:
            (data / "research" / old).rename(data / "research" / new)

    return change


def copied_over(data):
    shutil.rmtree(data / "research" / ISO3)
    shutil.copytree(data / "research" / OTHER, data / "research" / ISO3)


FIGURES = ("\nUKR,IT.NET", "\nXXX,IT.NET"), ("\nGEO,IT.NET", "\nUKR,IT.NET"), ("\nXXX,", "\nGEO,")
FOREIGN = f"of {OTHER} in the folder of {ISO3}"
GUIDELINES, CAPABILITIES = "reference/guidelines.csv", "reference/capabilities.csv"
COUNTRIES = "reference/countries.csv"
BREAKS = [  # (what is said of it, how it is broken)
    (
        "not a verified source",
        move((f"{OTHER}/narrative/analysis.md", f"{ISO3}/narrative/analysis.md")),
    ),
    (f"{NARRATIVE}: file not found", lambda data: (data / NARRATIVE).unlink()),
    (f"{EVIDENCE}: file not found", lambda data: (data / EVIDENCE).unlink()),
    ("is not an id", swap(GUIDELINES, ("\nPM-LEG-01,", "\nPM-LEG-08,"))),
    ("is not an id", swap(CAPABILITIES, ("\nMNR-21,", "\nMNR-28,"))),
    ("unknown country code 'UKR'", lambda data: cut(data / COUNTRIES, 1)),
    ("UKR", swap(COUNTRIES, ("\nUKR,", "\nUKQ,"))),
    ("`cop refresh` did not write", swap("statistics/indicators.csv", *FIGURES)),
    ("UKR", move((ISO3, ISO3.lower()))),
    ("UKR", move((ISO3, "NOR"))),
    (FOREIGN, move((ISO3, "aside"), (OTHER, ISO3), ("aside", OTHER))),
    (FOREIGN, copied_over),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a copy of the data with three countries, counted as it is, and without git."""
    copy = with_countries(tmp_path_factory.mktemp("sound"), ISO3, OTHER, "GEO")
    (copy / losses.FILE).write_text(losses.counted(copy), encoding="utf-8")
    return copy


@pytest.fixture
def data(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "data")


def refusals(data):
    """Return the errors that stop `cop run`: of the selection, or of shared and country tables."""
    try:
        jobs = plan.jobs(plan.Choice((ISO3,), data=data))
    except UserError as refused:
        return [str(refused)]
    return checks.of_shared(data) + [e for job in jobs for e in checks.of_country(data, job.key)]


def assert_readable(errors):
    """Check that each error is a sentence without control characters."""
    assert [e for e in map(str, errors) if not e.isprintable() or len(e) <= 40] == []


@pytest.mark.slow
def test_without_a_break_nothing_is_refused(sound):
    assert refusals(sound) == []


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, -1], ids=["all rows", "the last row"])
def test_every_table_that_lost_rows_is_named(data, rows):
    stops = {"editions.csv"} | ({"countries.csv"} if rows == 1 else set())  # all checks, see BREAKS
    cut_paths = set()
    for folder in ("reference", "statistics", f"research/{ISO3}"):
        for path in (data / folder).glob("*.csv"):
            if path.name not in stops and path.read_bytes().count(b"\n") > 1:
                cut(path, rows)
                cut_paths.add(f"{folder}/{path.name}")
    errors = checks.of_shared(data) + checks.of_country(data, ISO3)
    assert cut_paths == {error.file for error in errors if "has lost" in error.rule}
    assert_readable(errors)


@pytest.mark.parametrize(("says", "how"), one_in(6, BREAKS))
def test_a_break_is_reported_with_its_fix(data, says, how):
    how(data)
    errors = [str(error) for error in refusals(data)]
    assert any(says in error for error in errors), errors[:9]
    assert_readable(errors)


def test_errors_in_several_files_are_all_reported_at_once_in_the_order_of_rows(zed):
    edit(zed / "reference" / "countries.csv", ",0.5,", ",0;5,")
    plant(zed, "challenges", "ZZZ-C01", harm_evidence_id="X")
    plant(zed, "evidence", "ZZZ-E02", statement="")
    plant(zed, "evidence", "ZZZ-E01", year="1850", recorded="24.11.2026")
    shared, of_country = checks.of_shared(zed), checks.of_country(zed, "ZZZ")
    files = [error.file for error in shared]
    assert files == ["reference/countries.csv"], "errors of shared tables are those of no country"
    errors = shared + of_country
    assert [(error.row, error.column, error.rule) for error in errors] == [
        (2, "lat", "is not a number"),
        (2, "recorded", "is not a date"),
        (2, "year", "is below the minimum of 1980"),
        (3, "statement", "must not be empty"),
        (2, "harm_evidence_id", "is not an id in evidence"),
    ]


def test_what_nobody_described_and_a_folder_of_no_country_are_named_once(zed):
    shutil.copytree(zed / "research" / "ZZZ", zed / "research" / "nor")
    (zed / "research" / "ZZZ" / ".ipynb_checkpoints").mkdir()  # JupyterLab's copies
    (zed / "research" / "ZZZ" / ".ipynb_checkpoints" / "sources-checkpoint.csv").write_text("a\n")
    (zed / "research" / ".hidden").mkdir()
    for folder in ("restricted", "editions"):  # neither is a folder of described tables
        (zed / folder).mkdir(exist_ok=True)
        (zed / folder / "more.csv").write_text("a\n")
    (zed / "research" / "ZZZ" / "notes.csv").write_text("a,b\n")
    errors = [f"{e.file} {e.rule}" for e in checks.of_folder(zed)]
    assert errors == ["research/nor the folder's name is not a country code in "
                      "reference/countries.csv",
                      "research/ZZZ/notes.csv is not described in datapackage.json"], (
        "those of restricted/ and editions/ need no description")  # fmt: skip
