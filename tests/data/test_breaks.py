"""Ways in which data gets broken, by accident mostly: none comes silently into a report.

A break takes the folder of one country's copy and changes it as a spreadsheet, an editor, a merge
or a hurried person would. Damage within a cell is tested in test_damage.py.
"""

import json
import os
import shutil

import pytest
from conftest import one_in, with_countries
from planting import rows_of, save

import cop.data
from cop.data import Refused, checks
from cop.run import plan

ISO3, OTHER = "UKR", "MDA"
WITH_ROWS = ("sources", "evidence", "stakeholders", "instruments", "alignment", "challenges",
             "partnerships", "expected_results", "table_25", "recommendations",
             "services")  # fmt: skip
SHARED = ("reference/guidelines", "reference/capabilities", "reference/countries",
          "statistics/indicators", "statistics/gci", "statistics/indicator_catalogue",
          "statistics/treaties", "statistics/sources")  # fmt: skip
TABLES = (*SHARED, *(f"research/{ISO3}/{name}" for name in WITH_ROWS))
NARRATIVE = {  # what is added to a narrative, and what is said of it
    "See [this](javascript:alert(1)).": "leads nowhere on the web",
    "![a map](https://example.org/map.png)": "is a picture",
    "## Annex": "is a heading of a chapter",
    "Everybody says so and nobody asks who said it first.": "is a paragraph without a source",
    "It is said [@UKR-S999].": "is not a verified source",
    "It is said [@MDA-S01].": "is not a verified source",
    "It is said [@UKR-S01": "is a citation without an end",
    "This is #REF! [@UKR-S01].": "is an error of a spreadsheet",
}


def ours(name):
    return f"research/{ISO3}/{name}"


def write(data, path, raw):
    """Put a new file in the place of one, which may be linked to what others read."""
    (data / path).unlink()
    (data / path).write_bytes(raw)


def cut(path, rows):
    def change(data):
        lines = (data / path).read_bytes().splitlines(keepends=True)
        write(data, path, b"".join(lines[: rows if rows > 0 else len(lines) + rows]))

    return change


def cell(table, column, text):
    def change(data):
        path, rows = rows_of(data, table, ISO3)
        path.unlink()
        save(path, [*rows[0]], [rows[0] | {column: text}, *rows[1:]])

    return change


def added(text):
    path = ours("narrative/analysis.md")
    return lambda data: write(data, path, (data / path).read_bytes() + f"\n\n{text}\n".encode())


def of_another(name):
    path = f"research/{OTHER}/{name}"
    return lambda data: write(data, ours(name), (data / path).read_bytes())


def conflict(name):
    def change(data):
        lines = (data / ours(name)).read_text("utf-8").splitlines(keepends=True)
        mark = ["<<<<<<< HEAD\n", lines[4], "=======\n", lines[4], ">>>>>>> theirs\n"]
        write(data, ours(name), "".join([*lines[:4], *mark, *lines[5:]]).encode())

    return change


def renamed(table, old, new):
    def change(data):
        path = f"reference/{table}.csv"
        text = (data / path).read_text("utf-8")
        assert f"\n{old}," in text, f"the breaks are wrong: no {old} in {path}"
        write(data, path, text.replace(f"\n{old},", f"\n{new},", 1).encode())

    return change


def move(*pairs):
    def change(data):
        for old, new in pairs:
            (data / "research" / old).rename(data / "research" / new)

    return change


def copied_over(data):
    shutil.rmtree(data / "research" / ISO3)
    shutil.copytree(data / "research" / OTHER, data / "research" / ISO3)


def swapped_figures(data):
    path = "statistics/indicators.csv"
    text = (data / path).read_text("utf-8").replace("\nUKR,IT.NET", "\nXXX,IT.NET")
    text = text.replace("\nGEO,IT.NET", "\nUKR,IT.NET").replace("\nXXX,", "\nGEO,")
    write(data, path, text.encode())


MIXED = (ISO3, "aside"), (OTHER, ISO3), ("aside", OTHER)
FOREIGN = f"of {OTHER} in the folder of {ISO3}"
BREAKS = {  # what is broken: (how, what is said of it)
    **{f"{t} cut to {r}": (cut(f"{t}.csv", r), "fewer than") for t in TABLES for r in (1, -1)},
    **{f"{t} of another country": (of_another(f"{t}.csv"), FOREIGN) for t in WITH_ROWS},
    **{f"narrative: {text}": (added(text), says) for text, says in NARRATIVE.items()},
    "narrative of another country": (of_another("narrative/analysis.md"), "not a verified source"),
    "narrative gone": (lambda data: (data / ours("narrative/analysis.md")).unlink(), "not there"),
    "table gone": (lambda data: (data / ours("evidence.csv")).unlink(), "is not there"),
    "table emptied": (lambda data: write(data, ours("evidence.csv"), b""), "is empty"),
    "a merge not finished": (conflict("sources.csv"), "is a git conflict mark"),
    "a merge of texts not finished": (conflict("narrative/analysis.md"), "is a git conflict mark"),
    "a source seen in the future": (cell("sources", "accessed", "2062-11-24"), "later than today"),
    "a year to come": (cell("evidence", "year", "2062"), "is later than next year"),
    "a year long past": (cell("sources", "year", "1925"), "is below the minimum"),
    "an edition of the past": (cell("editions", "edition", "2025"), "does not go with"),
    "a cut-off of the past": (cell("editions", "cut_off", "2024-11-24"), "were seen"),
    "an item renamed": (renamed("guidelines", "PM-LEG-01", "PM-LEG-08"), "is not an id"),
    "a capability renamed": (renamed("capabilities", "MNR-21", "MNR-28"), "is not an id"),
    "reference/countries cut to 1": (cut("reference/countries.csv", 1), "UKR is not a country"),
    "a country renamed": (renamed("countries", "UKR", "UKQ"), "UKR"),
    "figures of two countries swapped": (swapped_figures, "`cop refresh` wrote"),
    "folder in small letters": (move((ISO3, ISO3.lower())), "UKR"),
    "folder renamed": (move((ISO3, "NOR")), "UKR"),
    "folders swapped": (move(*MIXED), FOREIGN),
    "folder copied over another": (copied_over, FOREIGN),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a copy of the data with three countries, and without git beside it."""
    return with_countries(tmp_path_factory.mktemp("sound"), ISO3, OTHER, "GEO")


@pytest.fixture
def data(sound, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(sound, copy, copy_function=os.link)
    return copy


def refusals(data):
    """Return what `cop run` says before it makes a page: of the call, shared tables, a country."""
    try:
        jobs = plan.jobs(plan.Choice((ISO3,), data=data))
    except Refused as refused:
        return [str(refused)]
    return checks.of_shared(data) + [e for job in jobs for e in checks.of_country(data, job.key)]


def test_without_a_break_nothing_is_refused(data):
    assert refusals(data) == []


@pytest.mark.parametrize("name", one_in(6, BREAKS))
def test_a_break_is_reported_with_its_fix(data, name):
    how, says = BREAKS[name]
    how(data)
    errors = [str(error) for error in refusals(data)]
    assert any(says in error for error in errors), errors[:9]
    assert all(error.isprintable() and len(error) > 40 for error in errors)


def test_ten_errors_in_five_files_are_all_reported_at_once(data, capsys):
    from cop.cli import main

    planted = [
        ("reference/countries.csv", 2, "un_member", "maybe", "is not one of the allowed"),
        ("reference/countries.csv", 3, "lat", "33,0", "is not a number"),
        ("reference/groups.csv", 2, "iso3", "QQQ", "is not an id of countries"),
        ("reference/groups.csv", 3, "title", "", "must not be empty"),
        (ours("evidence.csv"), 2, "year", "1850", "is below the minimum of 1980"),
        (ours("evidence.csv"), 3, "recorded", "24.11.2026", "is not a date"),
        (ours("challenges.csv"), 2, "evidence_ids", "X", "is not an id of evidence"),
        (ours("challenges.csv"), 3, "theme", "soon", "is not one of the allowed"),
        (ours("stakeholders.csv"), 2, "active", "perhaps", "is not one of the allowed"),
        (ours("stakeholders.csv"), 3, "name", "", "must not be empty"),
    ]
    for path, row, column, text, _ in planted:
        frame = cop.data.text_frame(
            data / path, next((data / path).open("rb")).decode().strip().split(",")
        )
        frame.loc[row, column] = text
        write(data, path, frame.to_csv(index=False).encode())
    assert main.main(["check", "--data", str(data)]) == 2
    *lines, last = capsys.readouterr().out.splitlines()
    for path, row, column, _, words in planted:
        start = f"{path}, row {row}, column {column}:"
        assert [words in line for line in lines if line.startswith(start)] == [True], (start, lines)
    assert last.startswith(f"{len(lines)} errors found in")
    others = [line for line in lines if "/editions.csv: is not there" not in line]  # not copied
    assert len(others) == len(planted)


def test_the_data_as_it_is_has_no_error(capsys):
    from cop.cli import main

    data = json.dumps(str(plan.SOURCE.parent / "data"))[1:-1]
    status = main.main(["check", "--data", data])
    *work, last = capsys.readouterr().out.splitlines()
    assert (status, last) == (0, f"{data}: no errors found.")
    assert all(line.startswith("To be done: ") for line in work)


def test_what_nobody_described_and_a_folder_of_no_country_are_named_once(data):
    known = checks.package.countries(data)
    shutil.copytree(data / "research" / OTHER, data / "research" / "nor")
    (data / "research" / ".hidden").mkdir()
    (data / "research" / ISO3 / "notes.csv").write_text("a,b\n")
    assert checks.package.countries(data) == known and len(known) >= 8
    errors = [f"{e.file} {e.rule}" for e in checks.of_folder(data) if "editions.csv" not in e.file]
    assert errors == ["research/nor is not the code of a country",
                      "research/UKR/notes.csv is not a table of the data package"]  # fmt: skip
