"""What `datapackage.json` declares: a broken cell or file is one error, with its place and fix."""

import json
import shutil
from pathlib import Path

import frictionless
import pytest
from cases import by_rule
from conftest import DATA
from planting import rows_of, save

from cop.data import checks

EV, AL, OBS = "evidence.csv", "alignment.csv", "narrative/observations.md"
FILES = Path(__file__).parent / "good"  # an invented country without an error
GOOD = [str(p.relative_to(FILES / "research/ZED")) for p in FILES.rglob("*.*") if p.is_file()]


@pytest.fixture
def data(tmp_path):
    """Return a data folder with one country without errors, with data/ as its base."""
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    shutil.copytree(FILES / "research", tmp_path / "research")
    return tmp_path


def errors_in(data, file):
    if file.startswith("narrative/"):
        part = f"research/ZED/{file}"
        return [e for e in checks.narrative.of_narrative(data, "ZED") if e.file == part]
    return checks.of_file(file.removesuffix(".csv"), f"research/ZED/{file}", data)


def broken(data, file, how):
    """Change the bytes of one of ZED's files, and return its errors as text."""
    path = data / "research" / "ZED" / file
    path.write_bytes(how(path.read_bytes()))
    return [str(error) for error in errors_in(data, file)]


def swap(old, new):
    def change(raw):
        assert old.encode() in raw, f"the corpus is wrong: no {old!r}"
        return raw.replace(old.encode(), new.encode(), 1)

    return change


def recode(encoding, old="Said so", new="Said so"):
    return lambda raw: raw.decode().replace(old, new).encode(encoding)


def on_each_line(change):
    return lambda raw: b"\n".join(map(change, raw.splitlines()))


UTF8 = ["is not encoded in UTF-8", "CSV UTF-8"]
# A line is: a column of evidence, what a person or a spreadsheet writes into it, what is said.
CELLS = [*map(json.loads, Path(__file__).with_name("cells.jsonl").open(encoding="utf-8"))]
# A line is: what is broken, a file, a text in it, what stands in its place, what is said.
with Path(__file__).with_name("files.jsonl").open(encoding="utf-8") as lines:
    FILES_BROKEN = [
        (name, file, swap(old, new), says) for name, file, old, new, *says in map(json.loads, lines)
    ]


def test_the_good_country_has_no_error(data):
    assert [str(e) for file in GOOD for e in errors_in(data, file)] == []


@pytest.mark.parametrize(("column", "text", "says"), CELLS)
def test_a_broken_cell_is_one_error_with_its_place_and_fix(data, column, text, says):
    path, rows = rows_of(data, "evidence", "ZED")
    row = 3 if text == "ZED-E02" else 2  # of two with one key, the second is named
    save(path, [*rows[0]], [rows[0] | {column: text}, rows[1]])
    [error] = errors_in(data, EV)
    assert (error.row, error.column, error.value) == (row, column, text)
    assert f"{error.rule}. {error.fix}".startswith(says)


@by_rule(
    "file, how, says",
    ("UTF-16", EV, recode("utf-16"), UTF8),
    ("UTF-16 without a mark", EV, recode("utf-16-le", new="Закон"), UTF8),
    ("Windows-1251", EV, recode('cp1251', new='Сказано так'), UTF8),
    ("Windows-1252", EV, recode('cp1252', new='Déjà dit'), UTF8),
    ("empty file", "forms.csv", lambda raw: b"", ["row 1: is empty", "category, outcome, count"]),
    ("end of a git conflict", EV, lambda raw: raw + b">>>>>>> theirs\n",
        ["is a git conflict marker. Keep one version"]),
    ("missing column", EV, on_each_line(lambda line: line.rpartition(b",")[0]),
        ["row 1, column remark: is missing from the header row. Add the column"]),
    ("unknown column", EV, on_each_line(lambda line: line + b",odd"),
        ["row 1, column odd: is not a column of this table", "are evidence_id, section"]),
    ("column without heading", EV, on_each_line(lambda line: line + b","),
        ["row 1, column (no name): is not a column of this table. Delete this column"]),
    ("repeated column", EV, on_each_line(lambda line: line + b",remark"),
        ["row 1, column remark: is a duplicate column. Delete it or correct its name"]),
    ("repeated key of three columns", "survey.csv", lambda raw: raw + raw.splitlines()[1],
        ["row 3, column survey + item + answer: 'youth / Q1 / yes' is a duplicate key"]),
    ("narrative not in UTF-8", OBS, recode("cp1251", "Heading", "Заголовок"), UTF8[:1]),
    *FILES_BROKEN,
)  # fmt: skip
def test_a_broken_file_has_one_error_that_says(data, file, how, says):
    [error] = broken(data, file, how)
    assert error.startswith(f"research/ZED/{file}") and all(part in error for part in says), error


@pytest.mark.parametrize(("words", "wrong"), [(199, 1), (200, 0), (500, 0), (501, 1)])
def test_the_length_of_a_narrative_has_bounds(data, words, wrong):
    errors = broken(data, OBS, lambda raw: b"word " * (words - 1) + b"end[@ZED-S01].")
    assert [f"has {words} words. Write a text of 200 to 500" in e for e in errors] == [True] * wrong


def test_a_slip_in_verified_is_one_error_and_what_refers_to_the_row_is_right(data):
    broken(data, EV, swap(",low,,yes,", ",low,,yess,"))
    broken(data, "sources.csv", swap("2026-11-24,yes", "2026-11-24,"))
    errors = {(file, e.row, e.column) for file in GOOD for e in errors_in(data, file)}
    assert errors == {(EV, 2, "verified"), ("sources.csv", 2, "verified")}


def test_an_unreadable_register_is_no_error_of_the_files_that_refer_to_it(data):
    assert broken(data, "sources.csv", recode("cp1251", "First", "Первый"))
    assert errors_in(data, EV) == errors_in(data, OBS) == []


def unlisted_sources(data):
    """Return the shared files that cite data sets missing from sources.csv."""
    missing = "is not an id in statistics_sources"
    return sorted({e.file for e in checks.of_shared(data) if missing in e.rule})


@pytest.mark.slow
def test_only_a_catalogue_of_the_base_may_cite_data_sets_that_a_folder_does_not_list(zed):
    assert unlisted_sources(zed) == []
    own = ["statistics/indicator_catalogue.csv", "statistics/indicators.csv"]
    for path in own:
        shutil.copy(DATA / path, zed / path)
    assert unlisted_sources(zed) == own


@pytest.mark.slow
def test_a_folder_lists_the_data_sets_of_values_that_it_takes_from_its_base(zed):
    values = [f"statistics/{name}.csv" for name in ("gci", "indicators", "treaties")]
    for path in values:
        (zed / path).unlink()
    assert unlisted_sources(zed) == values


# A second opinion: frictionless


def test_frictionless_finds_the_descriptor_valid():
    package = frictionless.Package(str(DATA / "datapackage.json"))
    stated = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    assert list(frictionless.Package.metadata_validate(package.to_descriptor())) == []
    assert [r.name for r in package.resources] == [r["name"] for r in stated["resources"]]
    second = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"}
    schemas = [second | r["schema"] for r in stated["resources"] if "schema" in r]
    assert [e for s in schemas for e in frictionless.Schema.metadata_validate(s)] == []
