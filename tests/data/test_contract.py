"""The data contract, met with files as people save them: what is taken, what is refused, in
which words.
"""

import csv
import io
import itertools
import json
import math
import os
import shutil
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cop.data
from cop.cli import main
from cop.data import Broken, checks, package
from cop.data.places import Country

DATA = Path(__file__).resolve().parents[2] / "data"
WORDS = "word " * 210  # a narrative of the right length
GOOD = {  # an invented country without a fault
    "editions.csv": "edition,cut_off,status,basis\n2026,2026-11-24,draft,desk research\n",
    "sources.csv": "source_id,title,publisher,year,language,type,kind,hand,url,accessed,"
    "verified,copy_host\n"
    "ZED-S01,First,Press,2024,en,law,law,first,https://example.org/1,2026-11-24,yes,\n"
    "ZED-S02,Second,Press,2024,en,news,news,second,,2026-11-24,no,\n",
    "evidence.csv": "evidence_id,section,statement,year,year_basis,source_id,confidence,"
    "same_as,verified,"
    "recorded,remark\n"
    "ZED-E01,research,Said so,2024,source,ZED-S01,low,,yes,2026-11-24,\n"
    "ZED-E02,research,Said more,2023,none,ZED-S01,low,,no,2026-11-24,second\n",
    "instruments.csv": "instrument_id,title,kind,status,year,in_force_since,detail,source_id,"
    "text_source_id,translation_source_id,verified,recorded,remark\n"
    "ZED-L01,Law,national law,in force,2020,,Whole,ZED-S01,,,yes,2026-11-24,\n",
    "alignment.csv": "item_id,coder,status,confidence,confidence_reason,evidence_ids,rationale,"
    "note\n"
    "PM-LEG-01,A,in place,low,why,ZED-E01; ZED-L01,because,\n"
    "PM-LEG-01,B,not assessed,low,why,,because,\n",
    "partnerships.csv": "stakeholder_id,partner_id,link,evidence_id\nZED-O01,ZED-O02,Both,"
    "ZED-E01\n",
    "stakeholders.csv": "stakeholder_id,name,name_local,category,role,description,website,"
    "active,source_id,"
    "verified,recorded\n"
    "ZED-O01,One,,ngo,hotline,Answers,,yes,ZED-S01,yes,2026-11-24\n"
    "ZED-O02,Two,,government,policy,Leads,,yes,ZED-S01,yes,2026-11-24\n",
    "survey.csv": "iso3,survey,population,mode,item,answer,order,count\n"
    "ZED,youth,all,telephone,Q1,yes,1,12\n",
    "challenges.csv": "challenge_id,theme,challenge,evidence_ids,improvement,action,"
    "action_evidence_id,rests_on,item_ids\n"
    "ZED-C01,industry,Hard,ZED-E01,Better,Good,ZED-L01,rows,\n",
    "recommendations.csv": "recommendation_id,challenge_ids,what,lead_id,supporting_ids,due,"
    "baseline,"
    "baseline_year,baseline_evidence_id,target,target_due,seen_in,first_step,cost,cost_by_id,"
    "effort,"
    "priority,priority_reason,item_ids,capability_ids,sdg_target,is_proposal,rests_on\n"
    "ZED-R01,ZED-C01,Do it,,,,,,,,,,,,,,,,PM-LEG-01,MNR-01,,yes,\n",
    "forms.csv": "iso3,category,outcome,count\n",
    "returned.csv": "returned_id,name,stakeholder_id,category,roles,latest\n"
    "ZED-M01,One,ZED-O01,ngo,policy; education,2026-06-01\n",
    "narrative/observations.md": f"### Heading\n\n{WORDS}[@ZED-S01].\n",
    "narrative/analysis.md": f"{WORDS}[@ZED-S01].\n",
}


@pytest.fixture
def zed(tmp_path):
    """Return a data folder with one country without faults, standing on the real shared tables."""
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    for name, text in GOOD.items():
        file = tmp_path / "research" / "ZED" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return tmp_path


@pytest.fixture
def small_copy(tmp_path):
    """Return a copy of the data with few indicator values, so that checking it is quick."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    long = copy / "statistics" / "indicators.csv"
    long.write_bytes(b"".join(long.read_bytes().splitlines(keepends=True)[:20]))
    (copy / "counts.json").unlink()  # which would say that it was cut
    return copy


def swap(old, new):
    """Return a change of the file's bytes that must find what it changes."""

    def change(raw):
        assert old.encode() in raw, f"the corpus is wrong: no {old!r}"
        return raw.replace(old.encode(), new.encode(), 1)

    return change


def recode(encoding, old="Said so", new="Said so"):
    return lambda raw: raw.decode().replace(old, new).encode(encoding)


def found_in(data, file):
    """Return the faults of one of ZED's files."""
    if file.startswith("narrative/"):
        return checks.narrative.of_narrative(data, "ZED")
    return checks.of_file(file.removesuffix(".csv"), f"research/ZED/{file}", data)


def break_file(data, file, how):
    path = data / "research" / "ZED" / file
    later = (
        path.stat().st_mtime_ns + 10**9
    )  # what is read is kept by this time; the clock may be coarse
    path.write_bytes(how(path.read_bytes()))
    os.utime(path, ns=(later, later))


def own_copy(data, file):
    """Copy a shared table into the folder; gives its path in the contract."""
    (data / file).parent.mkdir(exist_ok=True)
    shutil.copy(DATA / file, data / file)
    return file


# 1. What is taken


PLAIN = [["1", "x"], ["2", "y"]]
# fmt: off
ACCEPTED = [
    ("UTF-8", b"a,b\n1,x\n2,y\n", [2, 3], PLAIN),
    ("UTF-8 with byte order mark", b"\xef\xbb\xbfa,b\n1,x\n2,y\n", [2, 3], PLAIN),
    ("semicolons", b"a;b\n1;x\n2;y\n", [2, 3], PLAIN),
    ("tabs", b"a\tb\n1\tx\n2\ty\n", [2, 3], PLAIN),
    ("Windows line ends", b"a,b\r\n1,x\r\n2,y\r\n", [2, 3], PLAIN),
    ("old Mac line ends", b"a,b\r1,x\r2,y\r", [2, 3], PLAIN),
    ("no line end at the end", b"a,b\n1,x\n2,y", [2, 3], PLAIN),
    ("trailing empty lines", b"a,b\n1,x\n2,y\n\n\n", [2, 3], PLAIN),
    ("blank lines in between", b"a,b\n\n1,x\n\n\n2,y\n", [3, 6], PLAIN),
    ("rows of separators only", b"a,b\n,\n1,x\n , \n2,y\n", [3, 5], PLAIN),
    ("another order of columns", b"b,a\nx,1\ny,2\n", [2, 3], PLAIN),
    ("blanks around cells and headings", b" a , b\n 1 ,x \n2,\ty\n", [2, 3], PLAIN),
    ("no-break spaces around cells", 'a,b\n\xa01,x\xa0\n2,y\n'.encode(), [2, 3], PLAIN),
    ("everything quoted", b'"a","b"\n"1","x"\n"2","y"\n', [2, 3], PLAIN),
    ("separators inside quotes", b'a,b\n1,"x, y; z"\n', [2], [["1", "x, y; z"]]),
    ("quotes inside quotes", b'a,b\n1,"so ""called"""\n', [2], [["1", 'so "called"']]),
    ("line breaks inside quotes", b'a,b\n1,"x\nx\n\nx"\n2,y\n', [2, 3],
     [["1", "x\nx\n\nx"], ["2", "y"]]),
    ("semicolons and a comma in the text", b"a;b\n1;x, y\n", [2], [["1", "x, y"]]),
    ("words that look like missing values", b"a,b\nNA,nan\nNULL,None\n", [2, 3],
     [["NA", "nan"], ["NULL", "None"]]),
    ("letters of all scripts", 'a,b\n1,Київ é ქ\n'.encode(), [2], [["1", "Київ é ქ"]]),
    ("only a heading", b"a,b\n", [], []),
]
# fmt: on


@pytest.mark.parametrize(
    ("raw", "rows", "values"), [c[1:] for c in ACCEPTED], ids=[c[0] for c in ACCEPTED]
)
def test_cells_takes(tmp_path, raw, rows, values):
    file = tmp_path / "table.csv"
    file.write_bytes(raw)
    frame = cop.data.text_frame(file, ["a", "b"])
    assert list(frame.columns) == ["a", "b"]
    assert list(frame.index) == rows
    assert frame.to_numpy().tolist() == values


def test_the_good_country_has_no_fault(zed):
    assert [str(f) for file in GOOD for f in found_in(zed, file)] == []


def test_a_table_with_only_a_heading_reads_as_no_rows(zed):
    forms = cop.data.read("forms", zed, "ZED")
    assert list(forms.columns) == ["iso3", "category", "outcome", "count"]
    assert len(forms) == 0


def test_namibia_keeps_its_code():
    countries = cop.data.read("countries", DATA).set_index("iso3")
    assert countries.iso2["NAM"] == "NA"


def test_empty_cells_are_empty_text_and_missing_numbers(zed):
    break_file(zed, "evidence.csv", swap("2024,source", ","))
    evidence = cop.data.read("evidence", zed, "ZED")
    assert list(evidence.remark) == ["", "second"]
    assert evidence.year.isna().tolist() == [True, False]
    assert evidence.year[1] == 2023


def test_html_and_script_are_kept_as_text(zed):
    nasty = "<script>alert('x')</script><b>&amp;"
    break_file(zed, "evidence.csv", swap("Said so", nasty))
    assert found_in(zed, "evidence.csv") == []
    assert cop.data.read("evidence", zed, "ZED").statement[0] == nasty


# 2. What is refused, and in which words


EV, AL, OBS = "evidence.csv", "alignment.csv", "narrative/observations.md"
UTF8 = ["is not in the UTF-8 encoding", "CSV UTF-8"]
TAKEN = ["is already taken by a row above", "remove or change one"]
# fmt: off
REFUSED = [
    ("UTF-16", EV, recode("utf-16"), UTF8),
    ("Windows-1251", EV, recode('cp1251', new='Сказано так'), UTF8),
    ("Windows-1252 with accents", EV, recode('cp1252', new='Déjà dit'), UTF8),
    ("missing column", EV,
     lambda raw: b'\n'.join(r.rpartition(b',')[0] for r in raw.splitlines()),
     ["row 1", "column remark", "is missing from the heading row", "Add the column"]),
    ("unknown column", EV, lambda raw: b'\n'.join(r + b',odd' for r in raw.splitlines()),
     ["row 1", "column odd", "is not a column of this table",
     "the columns are evidence_id, section"]),
    ("a column without heading", EV, lambda raw: b'\n'.join(r + b',' for r in raw.splitlines()),
     ["row 1", "column (no heading)", "is not a column of this table", "Remove it"]),
    ("too many cells", EV, swap("Said so", "Said, so"),
     ["row 2", "has 12 cells instead of 11", "double quotes"]),
    ("too few cells", EV, swap("Said more,", ""),
     ["row 3", "has 10 cells instead of 11", "separator is missing"]),
    ("too few cells after blank lines", EV, swap("ZED-E02,research,", "\n\nZED-E02,"),
     ["row 5", "has 10 cells"]),
    ("wrong word", EV, swap(",low,,no", ",sure,,no"), ["row 3", "column confidence", "'sure'",
     "is not one of the allowed words", "Use one of: high"]),
    ("word in capitals", EV, swap(",yes,", ",YES,"),
     ["row 2", "column verified", "'YES'", "Use one of: yes, no"]),
    ("empty required cell", EV, swap("Said so", " "), ["row 2", "column statement",
     "must not be empty", "Fill in: What the source says"]),
    ("decimal comma", EV, swap(",2024,", ',"2024,5",'),
     ["row 2", "column year", "'2024,5'", "is not a whole number", "digits only"]),
    ("text in a number", EV, swap("2023", "about 2023"), ["row 3", "column year", "'about 2023'",
     "is not a whole number", "leave it empty"]),
    ("year too early", EV, swap("2024", "1850"), ["row 2", "column year", "'1850'",
     "below the minimum of 1980", "Check the value"]),
    ("year too late", EV, swap("2024", "20244"),
     ["row 2", "column year", "'20244'", "above the maximum of 2100"]),
    ("thirteenth month", EV, swap("2026-11-24", "2026-13-01"),
     ["row 2", "column recorded", "'2026-13-01'", "is not a date", "year-month-day"]),
    ("date with points", EV, swap("2026-11-24", "24.11.2026"), ["row 2", "column recorded",
     "'24.11.2026'", "is not a date", "such as 2026-11-24"]),
    ("wrong form of an id", "sources.csv", swap("ZED-S02", "ZED-2"), ["row 3", "column source_id",
     "'ZED-2'", "does not have the right form", "[A-Z]{3}-S"]),
    ("repeated key", EV, swap("ZED-E02", "ZED-E01"), ["row 3", "column evidence_id", "'ZED-E01'",
     "occurs twice in the column", "its own key"]),
    ("repeated key of two columns", AL, swap("PM-LEG-01,B", "PM-LEG-01,A"),
     ["row 3", "column item_id + coder", "'PM-LEG-01 / A'", *TAKEN]),
    ("repeated key of three columns", "survey.csv", lambda raw: raw + raw.splitlines()[1],
     ["row 3", "column survey + item + answer", "'youth / Q1 / yes'", *TAKEN]),
    ("unknown foreign key", EV, swap("ZED-S01", "ZED-S77"), ["row 2", "column source_id",
     "'ZED-S77'", "is not an id of sources", "correct it here"]),
    ("unknown id in a list", AL, swap("; ZED-L01", "; ZED-L77"), ["row 2", "column evidence_ids",
     "'ZED-L77'", "is not an id of evidence, instr", "correct it here"]),
    ("list with a comma", AL, swap("ZED-E01; ZED-L01", '"ZED-E01, ZED-L01"'), ["row 2",
     "column evidence_ids", "'ZED-E01, ZED-L01'", "is not an id of", "separate several with '; '"]),
    ("wrong word in a list", "returned.csv", swap("policy; education", "policy; dancing"), ["row 2",
     "column roles", "'policy; dancing'", "contains a word that is not allowed", "Separate"]),
    ("unknown guideline item", AL, swap("PM-LEG-01,B", "PM-LEG-77,B"), ["row 3", "column item_id",
     "'PM-LEG-77'", "is not an id of guidelines, capabilities"]),
    ("reference to an unverified row", AL, swap("ZED-E01;", "ZED-E02;"), ["row 2",
     "column evidence_ids", "'ZED-E02'", "is not verified and supports nothing", "Verify that"]),
    ("verified without source", "instruments.csv", swap("Whole,ZED-S01", "Whole,"), ["row 2",
     "column source_id", "must not be empty where verified is yes", "Fill in source_id"]),
    ("not assessed with evidence", AL, swap("why,,", "why,ZED-E01,"), ["row 3",
     "column evidence_ids", "'ZED-E01'", "must be empty where status is not assessed", "change"]),
    ("in place without evidence", AL, swap("ZED-E01; ZED-L01", ""), ["row 2", "column evidence_ids",
     "must not be empty where status is in place", "Fill in evidence_ids"]),
    ("narrative too short", OBS, swap(WORDS, "Too few words "),
     [" words", "between 200 and 500 words"]),
    ("narrative too long", OBS, swap(WORDS, WORDS * 3), [" words", "between 200 and 500 words"]),
    ("narrative paragraph without citation", OBS, swap("[@ZED-S01].", "[@ZED-S01].\n\nJust so."),
     ["'Just so.…'", "is a paragraph without a source", "End the statement with a citation"]),
    ("narrative with an unknown citation", OBS, swap("[@ZED-S01]", "[@ZED-S01; @ZED-S77]"),
     ["row 3", "'ZED-S77'", "is not a verified source of the register", "Correct the citation"]),
    ("narrative with an unverified source", OBS, swap("@ZED-S01", "@ZED-S02"),
     ["row 3", "'ZED-S02'", "is not a verified source"]),
    ("narrative not in UTF-8", OBS, recode("cp1251", "Heading", "Заголовок"), UTF8[:1]),
    ("narrative missing", OBS, None, ["is not there", "Write it: 200 to 500 words"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("file", "how", "says"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_broken_file_gives_one_fault_that_says(zed, file, how, says):
    if how:
        break_file(zed, file, how)
    else:
        (zed / "research" / "ZED" / file).unlink()
    found = [str(f) for f in found_in(zed, file)]
    assert len(found) == 1, found
    assert [part for part in [f"research/ZED/{file}", *says] if part not in found[0]] == [], found[
        0
    ]


@pytest.mark.parametrize(
    ("words", "faulty"), [(199, True), (200, False), (500, False), (501, True)]
)
def test_the_length_of_a_narrative_has_bounds(zed, words, faulty):
    break_file(zed, "narrative/analysis.md", lambda raw: b"word " * (words - 1) + b"end[@ZED-S01].")
    told = [str(f) for f in checks.narrative.of_narrative(zed, "ZED")]
    assert [f"analysis.md: has {words} words" in line for line in told] == [True] * faulty


def test_an_empty_file_says_so_and_names_its_columns(zed):
    break_file(zed, "forms.csv", lambda raw: b"")
    [fault] = found_in(zed, "forms.csv")
    assert (fault.row, fault.rule) == (1, "is empty")
    assert fault.fix.endswith("category, outcome, count")


def test_a_repeated_column_is_named(zed):
    break_file(zed, EV, lambda raw: b"\n".join(r + b",remark" for r in raw.splitlines()))
    found = {str(f) for f in found_in(zed, EV)}
    assert len(found) == 1
    assert "row 1, column remark: occurs twice in the heading row. Remove one" in found.pop()


def test_all_faults_of_one_file_come_at_once_in_the_order_of_rows(zed):
    break_file(zed, EV, swap("2024", "1850"))
    break_file(zed, EV, swap("2023", "soon"))
    break_file(zed, EV, swap("Said so", ""))
    assert [(f.row, f.column) for f in found_in(zed, EV)] == [
        (2, "statement"),
        (2, "year"),
        (3, "year"),
    ]


def test_read_refuses_with_the_same_faults(zed):
    break_file(zed, EV, swap("2024", "1850"))
    with pytest.raises(Broken) as refused:
        cop.data.read("evidence", zed, "ZED")
    assert refused.value.faults == found_in(zed, EV)
    assert "row 2, column year: '1850' is below the minimum of 1980" in str(refused.value)


def test_the_text_of_a_refusal_is_its_faults_one_a_line(zed):
    break_file(zed, EV, swap("2024", "1850"))
    break_file(zed, EV, swap("2023", "soon"))
    with pytest.raises(Broken) as refused:
        cop.data.read("evidence", zed, "ZED")
    assert str(refused.value).splitlines() == [str(f) for f in found_in(zed, EV)]
    assert len(refused.value.faults) == 2


def test_read_of_a_missing_file_names_it(zed):
    (zed / "research" / "ZED" / EV).unlink()
    with pytest.raises(
        FileNotFoundError, match="research/ZED/evidence.csv is not in .*the contract asks for it"
    ):
        cop.data.read("evidence", zed, "ZED")


def test_read_of_an_unknown_table_names_the_known_ones():
    with pytest.raises(KeyError, match="no table 'evidences' in the contract; known: .*evidence"):
        cop.data.read("evidences", DATA)


@pytest.mark.slow
def test_a_file_that_nobody_described_is_named(small_copy):
    (small_copy / "research" / "ALB" / "notes.csv").write_text("a,b\n")
    (found,) = checks.of_folder(small_copy)
    assert str(found).startswith(
        "research/ALB/notes.csv: is not a table of the data package. Describe it in datapackage"
    )


@pytest.mark.slow
def test_a_folder_that_is_not_named_as_a_country_is_named_once(small_copy):
    known = cop.data.countries(small_copy)
    shutil.copytree(small_copy / "research" / "MKD", small_copy / "research" / "nor")
    (small_copy / "research" / ".hidden").mkdir()
    assert cop.data.countries(small_copy) == known and len(known) >= 8
    assert [str(f) for f in checks.of_folder(small_copy)] == [
        "research/nor: is not the code of a country. Name the folder by the code of the country in "
        "capitals, such as UKR"
    ]


def test_what_a_country_is_is_said_in_one_place(zed):
    assert cop.data.countries(zed) == cop.data.begun(zed) == ["ZED"]
    assert cop.data.editions(zed, "ZED") == ["2026"] and cop.data.editions(zed, "YYY") == []
    assert cop.data.assessed(zed, "ZED") and not cop.data.assessed(zed, "YYY")
    for file in (zed / "research" / "ZED").glob("*.csv"):
        file.write_bytes(file.read_bytes().partition(b"\n")[0] + b"\n")
    assert not cop.data.assessed(zed, "ZED") and cop.data.begun(zed) == ["ZED"]
    (zed / "research" / "ZED" / "editions.csv").write_bytes(b"edition\n\xff\xfe\n")
    assert cop.data.editions(zed, "ZED") == []
    (zed / "research" / "ZED" / "editions.csv").unlink()
    assert cop.data.countries(zed) == ["ZED"] and cop.data.begun(zed) == []


@pytest.mark.slow
def test_a_missing_file_is_named(small_copy):
    (small_copy / "research" / "MKD" / "survey.csv").unlink()
    (found,) = checks.of_folder(small_copy)
    assert str(found).startswith("research/MKD/survey.csv: is not there. Restore the file")


# 3. Ten faults in five files, all told at once


def plant(data, file, row, column, value):
    """Change one cell, counted as a spreadsheet counts; `value` may be made from the old cell."""
    path = data / file
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    place = rows[0].index(column)
    new = value(rows[row - 1][place]) if callable(value) else value
    rows[row - 1][place] = new
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return file, row, column


def row_where(data, file, column, value):
    rows = list(csv.reader(io.StringIO((data / file).read_text("utf-8-sig"), newline="")))
    return next(i for i, r in enumerate(rows, 1) if i > 1 and r[rows[0].index(column)] == value)


@pytest.mark.slow
def test_ten_faults_in_five_files_are_all_told_at_once(tmp_path, capsys):
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    in_place = row_where(copy, "research/MDA/alignment.csv", "status", "in place")
    planted = {
        plant(
            copy, "reference/countries.csv", 2, "un_member", "maybe"
        ): "'maybe' is not one of the allowed",
        plant(copy, "reference/countries.csv", 3, "lat", "33,0"): "'33,0' is not a number",
        plant(copy, "reference/groups.csv", 2, "iso3", "QQQ"): "'QQQ' is not an id of countries",
        plant(copy, "reference/groups.csv", 3, "title", ""): "must not be empty",
        plant(
            copy, "research/ALB/evidence.csv", 2, "year", "1850"
        ): "'1850' is below the minimum of 1980",
        plant(
            copy, "research/ALB/evidence.csv", 3, "recorded", "24.11.2026"
        ): "'24.11.2026' is not a date",
        plant(
            copy, "research/GEO/challenges.csv", 2, "evidence_ids", lambda v: v + "; X"
        ): "'X' is not an",
        plant(
            copy, "research/GEO/challenges.csv", 3, "theme", "soon"
        ): "'soon' is not one of the allowed",
        plant(
            copy, "research/MDA/alignment.csv", in_place, "evidence_ids", ""
        ): "must not be empty where",
        plant(
            copy, "research/MDA/alignment.csv", in_place, "coder", "C"
        ): "'C' is not one of the allowed",
    }
    assert len(planted) == 10
    assert len({file for file, _, _ in planted}) == 5

    found = checks.of_folder(copy)
    assert sorted((f.file, f.row, f.column) for f in found) == sorted(planted)

    assert main.main(["check", "--data", str(copy)]) == 2
    *lines, last = capsys.readouterr().out.splitlines()
    for (file, row, column), words in planted.items():
        start = f"{file}, row {row}, column {column}:"
        assert [words in line for line in lines if line.startswith(start)] == [True], (start, lines)
    assert len(lines) == 10
    assert last.startswith("10 errors found in")


@pytest.mark.slow
def test_one_slip_is_one_fault(small_copy, capsys):
    """The row is cited by others, which are right."""
    path = small_copy / "research" / "UKR" / EV
    path.write_bytes(swap(",high,,yes,", ",high,,yess,")(path.read_bytes()))
    assert main.main(["check", "--data", str(small_copy)]) == 2
    line, last = capsys.readouterr().out.splitlines()
    assert "column verified: 'yess' is not one of the allowed words" in line
    assert last == f"1 error found in {small_copy}."


@pytest.mark.slow
def test_the_data_as_it_stands_has_no_fault(capsys):
    status = main.main(["check", "--data", str(DATA)])
    *work, told = capsys.readouterr().out.splitlines()
    assert (status, told) == (0, f"{DATA}: no errors found.")
    assert all(line.startswith("To be done: ") for line in work)


def test_check_of_a_folder_without_contract_is_refused_in_one_sentence(tmp_path, capsys):
    assert main.main(["check", "--data", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "there is no data folder at" in told.err


# 4. A second opinion: frictionless


def test_frictionless_finds_the_descriptor_valid():
    package = frictionless.Package(str(DATA / "datapackage.json"))
    stated = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    assert list(frictionless.Package.metadata_validate(package.to_descriptor())) == []
    assert [r.name for r in package.resources] == [r["name"] for r in stated["resources"]]
    second = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"}
    schemas = {r["name"]: second | r["schema"] for r in stated["resources"] if "schema" in r}
    assert {
        name: e for name, s in schemas.items() for e in frictionless.Schema.metadata_validate(s)
    } == {}


@pytest.mark.parametrize("table", ["countries", "groups", "guidelines"])
def test_frictionless_agrees_that_a_table_is_without_errors(table):
    resource = frictionless.Package(str(DATA / "datapackage.json")).get_resource(table)
    report = frictionless.validate(resource)
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    assert report.tasks[0].stats["rows"] == len(cop.data.read(table, DATA))


def test_frictionless_and_the_contract_find_the_same_wrong_word(tmp_path):
    own_copy(tmp_path, "reference/guidelines.csv")
    stated = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    for field in next(r for r in stated["resources"] if r["name"] == "guidelines")["schema"][
        "fields"
    ]:
        if words := [*cop.data.labelled(field)]:  # frictionless knows no categories, so it is told
            field.setdefault("constraints", {})["enum"] = words
    (tmp_path / "datapackage.json").write_text(json.dumps(stated), encoding="utf-8")
    plant(tmp_path, "reference/guidelines.csv", 4, "audience", "nobody")
    ours = checks.of_file("guidelines", "reference/guidelines.csv", tmp_path)
    resource = frictionless.Package(str(tmp_path / "datapackage.json")).get_resource("guidelines")
    theirs = frictionless.validate(resource).flatten(["rowNumber", "fieldName", "type"])
    assert [(f.row, f.column, f.value) for f in ours] == [(4, "audience", "nobody")]
    assert theirs == [[4, "audience", "constraint-error"]]


# 5. Generated files and numbers


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """Return what writes bytes to a file of their own: what is read is kept by path and time."""
    folder, number = tmp_path_factory.mktemp("scratch"), itertools.count()

    def write(raw):
        file = folder / f"{next(number)}.csv"
        file.write_bytes(raw)
        return file

    return write


@given(
    st.binary(max_size=200)
    | st.builds(
        bytes.__add__,
        st.sampled_from([b"a,b\n", b"a;b\r\n", b"b\ta\r"]),
        st.text('ab1,;\t"\n\r é', max_size=60).map(str.encode),
    )
)
@example(b"a,b\n1,x\n")
@example(b"a,b\n1\n")
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_bytes_give_a_table_or_a_refusal(scratch, raw):
    file = scratch(raw)
    try:
        frame = cop.data.text_frame(file, ["a", "b"])
    except Broken as refused:
        assert refused.faults
        assert all(f.rule and f.fix and f.file == file.name for f in refused.faults)
    else:
        assert list(frame.columns) == ["a", "b"]
        assert all(row >= 2 for row in frame.index)
        assert frame.index.is_monotonic_increasing
        assert all(cell == cell.strip() for cell in frame.to_numpy().ravel())


FIELDS = [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}]
INTEGERS = st.none() | st.integers(-(2**53), 2**53)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(INTEGERS, NUMBERS).filter(lambda row: row != (None, None)), max_size=8))
@example([(0, None), (None, 0.0), (-1, 1e-5)])
@settings(max_examples=80, deadline=None, derandomize=True)
def test_numbers_come_back_as_they_were_written(scratch, rows):
    shown = [["" if v is None else repr(v) for v in row] for row in rows]
    lines = ["a;b", *(";".join(row) for row in shown)]
    frame = cop.data.typed(
        cop.data.text_frame(scratch("\n".join(lines).encode()), ["a", "b"]), FIELDS
    )
    assert (str(frame.a.dtype), str(frame.b.dtype)) == ("Int64", "float64")
    assert [None if pd.isna(v) else int(v) for v in frame.a] == [a for a, _ in rows]
    assert all(
        pd.isna(v) if b is None else math.isclose(v, b, rel_tol=1e-14)
        for v, (_, b) in zip(frame.b, rows, strict=True)
    )


# 6. What the stages hand on


SECTIONS = pd.DataFrame(
    [["education", 3, 1, 2, 0, 2021]],
    columns=["section", "statements", "high", "moderate", "low", "latest"],
)


@pytest.fixture
def place(tmp_path):
    return Country("ZED", "Zedland", str(DATA), str(tmp_path / "tables"), "2026")


def test_hand_on_writes_the_columns_stated_with_the_country_in_front(place):
    out = cop.data.hand_on(SECTIONS[SECTIONS.columns[::-1]], "evidence_by_section", place)
    written = (Path(place.tables) / "evidence_by_section.csv").read_text("utf-8")
    assert (
        written == "iso3,section,statements,high,moderate,low,latest\nZED,education,3,1,2,0,2021\n"
    )
    assert cop.data.handed_on("evidence_by_section", place).to_dict("list") == out.to_dict("list")


@pytest.mark.parametrize(
    "frame", [SECTIONS.assign(extra=1), SECTIONS.drop(columns="latest")], ids=["extra", "lacking"]
)
def test_hand_on_refuses_other_columns_and_writes_nothing(place, frame):
    with pytest.raises(
        Broken,
        match=r"^evidence_by_section: has .*; cop:handedOn in datapackage.json states .*'latest'",
    ):
        cop.data.hand_on(frame, "evidence_by_section", place)
    assert not Path(place.tables).exists()


def test_a_table_not_yet_handed_on_says_which_notebook_makes_it(place):
    with pytest.raises(
        FileNotFoundError, match="evidence_by_section.csv is not there yet: notebook 1 hands it on"
    ):
        cop.data.handed_on("evidence_by_section", place)


def test_every_column_handed_on_is_described():
    stated = cop.data.contents(DATA)["cop:handedOn"]
    assert len(stated) >= 20
    assert {t["fields"][0]["name"] for t in stated} == {"iso3", "group_id"}


def all_fields():
    """Yield (table, field) as datapackage.json has them, those handed on included."""
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    for table in package["resources"] + package["cop:handedOn"]:
        for field in table.get("schema", table).get("fields", []):
            yield table["name"], field


def test_every_column_has_a_heading_and_a_description():
    bare = [(t, f["name"]) for t, f in all_fields() if not (f.get("title") and f["description"])]
    assert not bare
    assert cop.data.titles("evidence_by_section", DATA)["latest"] == "Latest year"
    assert cop.data.titles("evidence", DATA)["statement"] == "What the source says, in our words"


def test_every_word_of_the_method_has_a_label_and_stands_once():
    stated = [(f"{t}.{f['name']}", f) for t, f in all_fields()]
    for name, field in stated:
        words = cop.data.labels(*name.split(".", 1), DATA)
        assert all(words.values()), name
        assert not (set([*cop.data.labelled(field)]) & {""}), name
        if "categories" in field:
            assert field["type"] == "string" and "enum" not in field.get("constraints", {}), name
            assert len(words) >= len(field["categories"]), f"{name}: a word stands twice"
    lists = [json.dumps(f["categories"]) for _, f in stated if "categories" in f]
    assert len(lists) == len(set(lists)), "a list of words that cop:categoriesOf could name"


def test_labels_are_those_of_the_field_that_is_named_and_its_own_after_them():
    sections = cop.data.labels("evidence", "section", DATA)
    assert cop.data.labels("quotes", "section", DATA) == sections
    assert sections["legal_framework"] == "Legal framework" and len(sections) == 15
    categories = cop.data.labels("stakeholders", "category", DATA)
    assert list(categories)[0] == "government" and len(categories) == 7
    groups = cop.data.labels("response", "category", DATA)
    assert groups == categories | {"other": "Other categories together"}
    assert list(cop.data.labels("forms", "category", DATA)) == [*groups, "all"]
    leanings = cop.data.labels("interviews", "leaning", DATA)
    assert list(leanings) == ["strength", "gap", "both", ""] and leanings[""] == "neither"
    assert cop.data.labels("sources", "title", DATA) == {}
    with pytest.raises(KeyError):
        cop.data.labels("evidence", "colour", DATA)


@pytest.mark.parametrize("base", [".", "../{name}", "./."])
def test_a_folder_that_stands_on_itself_is_refused_in_a_sentence(tmp_path, base):
    own = {"name": "round", "cop:base": base.format(name=tmp_path.name)}
    (tmp_path / "datapackage.json").write_text(json.dumps(own))
    for ask in (package.contents, package.synthetic, lambda data: package.locate(data, "a.csv")):
        with pytest.raises(Broken, match="cop:base.*leads back to itself"):
            ask(tmp_path)


def test_a_contract_of_an_earlier_version_is_refused_by_the_columns_it_lacks(tmp_path):
    earlier = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    for table in earlier["resources"]:
        if table["name"] == "recommendations":
            fields = table["schema"]["fields"]
            fields[:] = [one for one in fields if one["name"] != "effort"]
    (tmp_path / "datapackage.json").write_text(json.dumps(earlier), encoding="utf-8")
    with pytest.raises(Broken) as refused:
        package.contents(tmp_path)
    [fault] = refused.value.faults
    assert (fault.value, fault.rule) == ("recommendations.effort", package.OLDER[0])
    earlier["resources"].append({"name": "own", "path": "own.csv", "schema": {"fields": []}})
    fields.insert(0, {"name": "effort", "type": "string"})
    (tmp_path / "datapackage.json").write_text(json.dumps(earlier), encoding="utf-8")
    assert package.resource("own", tmp_path)  # what is its own besides is nobody's fault


def test_what_is_invented_is_stated_once_and_holds_for_what_stands_on_it(tmp_path):
    zedland = Path(__file__).parents[1] / "zedland"
    assert cop.data.synthetic(zedland) and not cop.data.synthetic(DATA)
    own = {"name": "on it", "cop:base": str(zedland)}
    (tmp_path / "datapackage.json").write_text(json.dumps(own), encoding="utf-8")
    assert cop.data.synthetic(tmp_path)


# 7. What was once missed


def test_a_foreign_key_to_an_unverified_source_says_so(zed):
    break_file(zed, EV, swap("ZED-S01", "ZED-S02"))
    assert [f.rule for f in found_in(zed, EV)] == ["is not verified and supports nothing"]


@pytest.mark.parametrize("slip", ["yess", "", "YES"])
def test_a_slip_in_verified_is_told_once_and_what_refers_to_the_row_is_not_blamed(zed, slip):
    break_file(zed, EV, swap(",low,,yes,", f",low,,{slip},"))
    break_file(zed, "sources.csv", swap("2026-11-24,yes", f"2026-11-24,{slip}"))
    told = {(file, f.row, f.column) for file in GOOD for f in found_in(zed, file)}
    assert told == {(EV, 2, "verified"), ("sources.csv", 2, "verified")}


def test_an_unreadable_register_does_not_blame_the_files_that_refer_to_it(zed):
    break_file(zed, "sources.csv", recode("cp1251", "First", "Первый"))
    assert [str(f) for f in found_in(zed, EV)] == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_quoted_headings_may_stand_between_semicolons_or_tabs(tmp_path, separator):
    file = tmp_path / "table.csv"
    file.write_text(f'"a"{separator}"b"\n"1"{separator}"x"\n')
    try:
        values = cop.data.text_frame(file, ["a", "b"]).to_numpy().tolist()
    except Broken as refused:
        values = str(refused)
    assert values == [["1", "x"]]


def test_utf_16_without_byte_order_mark_is_refused(zed):
    break_file(zed, EV, recode("utf-16-le", new="Закон"))
    assert [f.rule for f in found_in(zed, EV)] == ["is not in the UTF-8 encoding"]


def test_a_very_long_cell_is_taken_or_refused(zed):
    break_file(zed, EV, swap("Said so", "x" * 140_000))
    before = csv.field_size_limit(131_072)  # Python's own; importing frictionless raises it
    try:
        found_in(zed, EV)
    finally:
        csv.field_size_limit(before)


def test_digits_of_another_script_are_not_a_number(zed):
    break_file(zed, EV, swap("2024", "٢٠٢٤"))
    assert [(f.row, f.column) for f in found_in(zed, EV)] == [(2, "year")]


def test_a_number_too_large_to_hold_is_a_fault(zed):
    break_file(zed, "survey.csv", swap(",12\n", ",99999999999999999999999\n"))
    with pytest.raises(Broken):
        cop.data.read("survey", zed, "ZED")


def test_a_number_beyond_all_bounds_is_a_fault(zed):
    file = own_copy(zed, "reference/countries.csv")
    plant(zed, file, 2, "lat", "1e999")
    assert [f.column for f in checks.of_file("countries", file, zed)] == ["lat"]


def test_a_key_of_one_column_is_checked_without_unique(zed):
    file = own_copy(zed, "reference/gci_2018_webinar.csv")
    plant(zed, file, 3, "iso3", "GBR")
    assert [(f.row, f.column) for f in checks.of_file("gci_2018_webinar", file, zed)] == [
        (3, "iso3")
    ]


def test_a_repeated_column_is_told_once(zed):
    break_file(zed, EV, lambda raw: b"\n".join(r + b",remark" for r in raw.splitlines()))
    assert len(found_in(zed, EV)) == 1


@pytest.mark.parametrize(
    "tail",
    [
        "\n\n### Gaps\nNo source here.",
        "\n\nText [@ZED-S01;\n@ZED-S77].",
        "\n\nText [@ZED-S77.",
        "\n\nText [@].",
    ],
    ids=[
        "text right under a heading",
        "citation over two lines",
        "citation not closed",
        "citation of nothing",
    ],
)
def test_a_narrative_without_a_real_source_is_a_fault(zed, tail):
    break_file(zed, OBS, lambda raw: raw.rstrip() + tail.encode())
    assert len(found_in(zed, OBS)) == 1


def test_only_words_count_as_words(zed):
    break_file(zed, OBS, swap(WORDS, "word " * 198))
    assert ["has 199 words" in str(f) for f in found_in(zed, OBS)] == [True]


def test_hand_on_refuses_a_column_that_stands_twice(place):
    twice = pd.concat([SECTIONS, SECTIONS[["section"]]], axis=1)
    try:
        cop.data.hand_on(twice, "evidence_by_section", place)
    except Broken:
        return
    heading = (
        (Path(place.tables) / "evidence_by_section.csv")
        .read_text("utf-8")
        .splitlines()[0]
        .split(",")
    )
    assert len(heading) == len(set(heading))


def test_large_whole_numbers_stay_exact_beside_an_empty_cell():
    frame = pd.DataFrame({"a": ["9007199254740993", ""], "b": ["1", ""]}, dtype="str")
    assert cop.data.typed(frame, FIELDS).a[0] == 9007199254740993


def test_read_sees_that_a_table_referred_to_has_changed(zed):
    assert len(cop.data.read("evidence", zed, "ZED")) == 2
    break_file(zed, "sources.csv", lambda raw: raw.splitlines(keepends=True)[0])
    try:
        cop.data.read("evidence", zed, "ZED")
        refused = False
    except Broken:
        refused = True
    assert refused


def test_a_missing_file_is_named_in_a_folder_that_stands_on_another(zed):
    def absent():
        return {f.file for f in checks.of_country(zed, "ZED") if f.rule == "is not there"}

    before = absent()
    (zed / "research" / "ZED" / "survey.csv").unlink()
    assert absent() - before == {"research/ZED/survey.csv"}
