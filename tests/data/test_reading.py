"""Files as people save them are read, written and changed without loss, or refused with words."""

import copy
import json
import math
import os
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, frame_of
from conftest import DATA, ZEDLAND, call, with_countries
from hypothesis import example, given, settings
from hypothesis import strategies as st
from planting import plant, save

import cop.data
from cop.data import InvalidTable, UserError, csvfiles, package
from cop.run import fingerprints, plan

PLAIN = [["1", "x"], ["2", "y"]]


@by_rule(
    "raw, rows, values",
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
    ("everything quoted", b'"a";"b"\n"1";"x"\n"2";"y"\n', [2, 3], PLAIN),
    ("separators and quotes inside quotes", 'a,b\n1,"Київ, ""é""; z"\n'.encode(), [2],
                                            [["1", 'Київ, "é"; z']]),
    ("line breaks inside quotes", b'a,b\n1,"x\nx\n\nx"\n2,y\n', [2, 3],
                                  [["1", "x\nx\n\nx"], ["2", "y"]]),
    ("semicolons and a comma in the text", b"a;b\n1;x, y\n", [2], [["1", "x, y"]]),
    ("words that look like missing values", b"a,b\nNA,nan\nNULL,None\n", [2, 3],
                                            [["NA", "nan"], ["NULL", "None"]]),
    ("a very long cell", b"a,b\n1," + b"x" * 140_000, [2], [["1", "x" * 140_000]]),
    ("only a heading", b"a,b\n", [], []),
)  # fmt: skip
def test_ways_of_saving_that_lose_nothing_are_read(tmp_path, raw, rows, values):
    (tmp_path / "table.csv").write_bytes(raw)
    frame = cop.data.text_frame(tmp_path / "table.csv", ["a", "b"])
    assert list(frame.columns) == ["a", "b"] and list(frame.index) == rows
    assert frame.to_numpy().tolist() == values


LINES = st.text('ab1,;\t"\n\r é', max_size=60).map(str.encode)
HEADS = st.sampled_from([b"a,b\n", b"a;b\r\n", b"b\ta\r"])


@given(st.binary(max_size=200) | st.builds(bytes.__add__, HEADS, LINES))
@example(b"a,b\n1,x\n")
@example(b"a,b\n1\n")
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_bytes_give_a_table_or_errors_with_their_fix(tmp_path_factory, raw):
    file = tmp_path_factory.getbasetemp() / "table.csv"
    file.write_bytes(raw)
    try:
        frame = cop.data.text_frame(file, ["a", "b"])
    except InvalidTable as refused:
        assert refused.errors
        assert all(e.rule and e.fix and e.file == file.name for e in refused.errors)
    else:
        assert list(frame.columns) == ["a", "b"] and all(row >= 2 for row in frame.index)
        assert all(cell == cell.strip() for cell in frame.to_numpy().ravel())


FIELDS = [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}]
INTEGERS = st.none() | st.integers(-(2**53), 2**53)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(INTEGERS, NUMBERS).filter(lambda row: row != (None, None)), max_size=8))
@example([(0, None), (None, 0.0), (-1, 1e-5), (9007199254740993, None)])
@settings(max_examples=80, deadline=None, derandomize=True)
def test_numbers_come_back_as_they_were_written(rows):
    cells = [["" if v is None else repr(v) for v in row] for row in rows]
    frame = cop.data.typed(pd.DataFrame(cells, columns=["a", "b"], dtype="str"), FIELDS)
    assert [None if pd.isna(v) else int(v) for v in frame.a] == [a for a, _ in rows]
    pairs = zip(frame.b, rows, strict=True)
    assert all(
        pd.isna(v) if b is None else math.isclose(v, b, rel_tol=1e-14) for v, (_, b) in pairs
    )


CELLS = st.text(st.sampled_from('ab ,;\t"\n\r\u2028é='), max_size=6)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(TABLES, st.sampled_from(csvfiles.SEPARATORS), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_rows_that_are_written_read_back_the_same(table, separator, end):
    text = csvfiles.csv_text(table, separator, end)
    assert list(csvfiles.separated(text, separator)) == table and text.endswith(end)


def test_a_null_character_anywhere_in_a_cell_is_refused():
    wrong = r"row 2, column text: 'a\\x00b' contains a null character, so nothing was written"
    with pytest.raises(UserError, match=wrong):
        csvfiles.csv_text([["id", "text"], ["1", "a\x00b"]])


def test_what_would_not_read_back_is_not_written(monkeypatch):
    """As csv wrote a bare carriage return before Python 3.13."""
    careless = lambda out, delimiter: SimpleNamespace(  # noqa: E731
        writerows=lambda rows: [out.write(delimiter.join(row) + "\r\n") for row in rows]
    )
    with monkeypatch.context() as patch:
        patch.setattr(csvfiles.csv, "writer", careless)
        with pytest.raises(UserError, match="that CSV cannot store, so nothing was written"):
            csvfiles.csv_text([["1", "one\rtwo"]])
    assert csvfiles.csv_text([["a", None]]) == "a,\n", "no value is an empty cell"
    with pytest.raises(UserError, match="^x.csv has an invalid .* in or before line 2"):
        csvfiles.with_rows("x.csv", b'id,text\n1,"x\n', [{"id": "2", "text": "y"}])


def test_cells_that_change_leave_all_other_rows_as_they_are():
    raw = b'\xef\xbb\xbfid;a;b\r\n1;"x; ""y""";z\r\n2;"two\r\nlines";z\r\n3;5" disk;z\r\n4;short'
    changes = [{"id": "2", "b": "new; text"}, {"id": "3", "b": ""}, {"id": "4", "a": "x"}]
    changed = csvfiles.with_rows("x.csv", raw, changes, ["id"])
    kept = b'\xef\xbb\xbfid;a;b\r\n1;"x; ""y""";z\r\n2;"two\r\nlines";'
    assert changed == kept + b'"new; text"\r\n3;"5"" disk";\r\n4;short\r\n'


@by_rule(
    "notes, added",
    ("an optional column is added if one of several rows fills it", ["", "seen"],
     b"id,note\n1,\n2,\n3,seen\n"),
    ("an optional column that no row fills is not added", ["", ""], b"id\n1\n2\n3\n"),
)  # fmt: skip
def test_rows_are_added_to_a_file(notes, added):
    rows = [{"id": number, "note": note} for number, note in zip("23", notes, strict=True)]
    assert csvfiles.with_rows("x.csv", b"id\n1\n", rows, optional=["note"]) == added


def test_the_separator_is_the_one_that_shows_the_names_expected():
    assert csvfiles.separator_of("a;b,c;d\n", ["a", "d"]) == ";"
    assert csvfiles.separator_of("a\tb\tc,d\n") == "\t"
    assert csvfiles.separator_of("") == ","


def test_a_row_that_was_cut_short_has_every_column(tmp_path):
    (tmp_path / "groups.csv").write_text("group_id,iso3,role\nSEE,UKR,study\nSEE,MD")
    rows = csvfiles.records(tmp_path / "groups.csv", "group_id", "role")
    assert rows[1] == {"group_id": "SEE", "iso3": "MD", "role": ""}


def test_empty_cells_are_empty_text_and_missing_numbers_and_namibia_is_a_code(zed):
    plant(zed, "evidence", "ZZZ-E05", year="", year_basis="", remark="")
    row = cop.data.read("evidence", zed, "ZZZ").set_index("evidence_id").loc["ZZZ-E05"]
    assert row.remark == "" and pd.isna(row.year)
    assert cop.data.read("countries", DATA).set_index("iso3").iso2["NAM"] == "NA"


def test_read_refuses_with_all_errors_one_a_line_and_sees_a_change_of_what_is_referred_to(zed):
    assert len(cop.data.read("evidence", zed, "ZZZ"))
    sources = zed / "research/ZZZ/sources.csv"
    before = sources.read_bytes()
    save(sources, cop.data.columns("sources", zed), [])
    with pytest.raises(InvalidTable):
        cop.data.read("evidence", zed, "ZZZ")
    sources.write_bytes(before)
    plant(zed, "evidence", "ZZZ-E05", year="1850")
    plant(zed, "evidence", "ZZZ-E06", year="soon")
    with pytest.raises(InvalidTable) as refused:
        cop.data.read("evidence", zed, "ZZZ")
    assert str(refused.value).splitlines() == [str(e) for e in refused.value.errors]
    assert [e.value for e in refused.value.errors] == ["1850", "soon"]
    (zed / "research/ZZZ/evidence.csv").unlink()
    with pytest.raises(FileNotFoundError, match="file research/ZZZ/evidence.csv not found"):
        cop.data.read("evidence", zed, "ZZZ")
    with pytest.raises(UserError, match="unknown table 'evidences'; available: .*evidence"):
        cop.data.read("evidences", DATA)


def test_a_country_is_described_by_its_folder(zed):
    folder = zed / "research/ZZZ"
    assert cop.data.countries(zed) == cop.data.begun(zed) == ["ZZZ"]
    assert cop.data.editions(zed, "ZZZ") == ["2026"] and cop.data.editions(zed, "YYY") == []
    assert cop.data.assessed(zed, "ZZZ") and not cop.data.assessed(zed, "YYY")
    for file in {*folder.glob("*.csv")} - {folder / "editions.csv"}:
        file.write_bytes(file.read_bytes().partition(b"\n")[0] + b"\n")
    assert not cop.data.assessed(zed, "ZZZ"), "editions.csv and headings are no assessment"
    assert cop.data.begun(zed) == ["ZZZ"]
    (folder / "editions.csv").write_bytes(b"edition,status\n2026,draft\n,draft\n")
    assert cop.data.editions(zed, "ZZZ") == ["2026"], "a row without a year is no edition"
    (folder / "editions.csv").write_bytes(b"edition\n\xff\xfe\n")
    assert cop.data.editions(zed, "ZZZ") == []
    (folder / "editions.csv").unlink()
    assert cop.data.countries(zed) == ["ZZZ"] and cop.data.begun(zed) == []


def test_a_run_reads_what_the_check_accepts_however_it_was_saved(tmp_path):
    data = with_countries(tmp_path, "UKR")
    row = ("research/MDA/sources.csv", "source_id", "MDA-S08")
    job = plan.of_country("UKR", plan.Choice(data=data, outputs=tmp_path))
    before = fingerprints.read_state(job, tmp_path, "row", *row)
    names = ("reference/countries", "reference/groups", "statistics/gci", "research/UKR/editions")
    for separator in ";\t":
        for path in (*(data / f"{name}.csv" for name in names), data / row[0]):
            text = path.read_text(encoding="utf-8-sig")
            heading, *rows = csvfiles.separated(text, csvfiles.separator_of(text))
            later = path.stat().st_mtime_ns + 10**9
            path.write_text(csvfiles.csv_text([heading, *rows], separator, "\r\n"), newline="")
            os.utime(path, ns=(later, later))
        assert fingerprints.read_state(job, tmp_path, "row", *row) == before
        assert plan.edition(data, "UKR") == "2026" and plan.groups(data) == plan.groups(DATA)
        assert plan.members_of_gci(data) == plan.members_of_gci(DATA)
        assert package.codes(data) == package.codes(DATA)


def test_an_error_names_the_file_in_the_data_folder_and_every_column(tmp_path):
    file = tmp_path / "research" / "project" / "reference" / "terms.csv"
    file.parent.mkdir(parents=True)
    file.write_text("term,sorce\na,b\n")
    with pytest.raises(InvalidTable) as caught:
        cop.data.text_frame(file, ["term", "source"], ["source"])
    assert str(caught.value).startswith("reference/terms.csv, row 1, column sorce: is not a column")
    assert str(caught.value).endswith("correct its name; the columns are term, source")


@pytest.mark.parametrize("missing", ["name", "path"])
def test_a_resource_without_name_or_path_is_refused(tmp_path, missing):
    resource = {"name": "terms", "path": "reference/terms.csv", "schema": {"fields": []}}
    del resource[missing]
    stated = {"resources": [resource], "cop:handedOn": []}
    (tmp_path / "datapackage.json").write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(InvalidTable, match="has a resource without name, path or fields"):
        package.contents(tmp_path)


def test_what_is_invented_is_marked_once_and_for_what_rests_on_it(tmp_path):
    assert cop.data.synthetic(ZEDLAND) and not cop.data.synthetic(DATA)
    stated = {"name": "on it", "cop:base": str(ZEDLAND)}
    (tmp_path / "datapackage.json").write_text(json.dumps(stated), encoding="utf-8")
    assert cop.data.synthetic(tmp_path)


def test_every_column_and_word_has_a_label_and_is_described_once():
    stated = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    tables = {t["name"]: t.get("schema", t) for t in stated["resources"] + stated["cop:handedOn"]}
    pairs = [(name, f) for name, table in tables.items() for f in table.get("fields", [])]
    assert [(n, f["name"]) for n, f in pairs if not (f.get("title") and f["description"])] == []
    assert all(all(cop.data.labels(n, f["name"], DATA).values()) for n, f in pairs)
    lists = [json.dumps(f["categories"]) for _, f in pairs if "categories" in f]
    assert len(lists) == len(set(lists)), "a list of words that cop:categoriesOf could name"


def test_labels_are_those_of_the_field_that_is_named_and_its_own_after_them():
    categories = cop.data.labels("stakeholders", "category", DATA)
    groups = cop.data.labels("response", "category", DATA)
    assert groups == categories | {"other": "Other categories together"}
    assert list(cop.data.labels("forms", "category", DATA)) == [*groups, "all"]
    leanings = cop.data.labels("interviews", "leaning", DATA)
    assert list(leanings) == ["strength", "gap", "both", ""] and leanings[""] == "neither"
    with pytest.raises(KeyError):
        cop.data.labels("evidence", "colour", DATA)


@pytest.fixture
def wider(zed, monkeypatch):
    """Return Zedland with another, optional column in evidence.csv that its descriptor states."""
    stated = copy.deepcopy(package.contents(zed))
    [table] = [table for table in stated["resources"] if table["name"] == "evidence"]
    about = {"name": "pages", "title": "Pages", "description": "Pages", "type": "string"}
    table["schema"]["fields"].append(about | {"cop:optional": True})
    monkeypatch.setattr(package, "contents", lambda data: stated)
    return zed


ROW = ("section=research", "statement=New", "source_id=ZZZ-S01", "confidence=low", "verified=yes")


@by_rule(
    "words", ("add", ("add", "evidence", "ZZZ")), ("edit", ("edit", "evidence", "ZZZ", "ZZZ-E01"))
)
def test_an_optional_column_is_read_as_empty_and_added_where_a_row_fills_it(wider, capsys, words):
    file, row = wider / "research/ZZZ/evidence.csv", ROW if words[0] == "add" else ()
    before = file.read_text("utf-8")
    assert (cop.data.read("evidence", wider, "ZZZ").pages == "").all()
    assert call(capsys, *words, "--data", wider, "--set", *row, "remark=seen")[0] == 0
    assert file.read_text("utf-8").splitlines()[0] == before.splitlines()[0]
    assert call(capsys, *words, "--data", wider, "--set", *row, "pages=12-14")[0] == 0
    assert file.read_text("utf-8").splitlines()[0] == f"{before.splitlines()[0]},pages"
    assert [*cop.data.read("evidence", wider, "ZZZ").pages].count("12-14") == 1


SECTIONS = frame_of("section statements high moderate low latest", ("education", 3, 1, 2, 0, 2021))


def test_a_saved_table_has_the_columns_stated_with_the_country_in_front(place):
    with pytest.raises(FileNotFoundError, match="not found; first run notebook 1"):
        cop.data.handed_on("evidence_by_section", place)
    twice = pd.concat([SECTIONS, SECTIONS[["section"]]], axis=1)
    stated = (
        "evidence_by_section and `cop:handedOn` .* columns (extra|latest|repeated); correct one"
    )
    for frame in (SECTIONS.assign(extra=1), SECTIONS.iloc[:, :5], twice):
        with pytest.raises(UserError, match=stated):
            cop.data.hand_on(frame, "evidence_by_section", place)
    assert not Path(place.tables).exists()
    out = cop.data.hand_on(SECTIONS[SECTIONS.columns[::-1]], "evidence_by_section", place)
    text = (Path(place.tables) / "evidence_by_section.csv").read_text("utf-8")
    assert text == "iso3,section,statements,high,moderate,low,latest\nZZZ,education,3,1,2,0,2021\n"
    assert cop.data.handed_on("evidence_by_section", place).to_dict("list") == out.to_dict("list")
