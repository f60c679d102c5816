"""Rows of research are added and changed: by command, from a file, and by the form's functions."""

import csv
import io
import shlex

import pytest
from conftest import DATA, call, copy_of_zedland
from newrows import FULL, NEW

import cop.data
from cop.data import UserError, checks
from cop.research import KINDS, rows

EVIDENCE = "research/ZZZ/evidence.csv"
GOOD = {
    "section": "research",
    "statement": "The helpline opened.",
    "source_id": "ZZZ-S01",
    "confidence": "low",
    "verified": "yes",
}
PAGE = {"title": "New page", "publisher": "Zed Press", "language": "en", "type": "website"}
PAGE |= {"hand": "first", "kind": "other web page", "url": "https://example.org/new"}
CHANGES = {  # (kind, key): cells to change
    ("alignment", "PM-LEG-02 A"): {"note": "Looked at again."},
    ("recommendation", "ZZZ-R01"): {"due": "30.9.2027"},
    ("partnership", "ZZZ-O06 ZZZ-O02"): {"link": "They pass reports on."},
    ("action", "ZZZ-A01"): {"dropped": "11/25/2026", "dropped_reason": "merged with another"},
    ("evidence", "ZZZ-E05"): {"confidence": "low"},
    ("reading", "ZZZ-A02 2026-05-20"): {"value": "22"},
    ("table-25", "weprotect"): {"difference": "None."},
    ("territory-note", "ZZZ"): {"coverage": "All of it (invented)."},
    ("edition", "2026"): {"cut_off": "1.7.2026"},
}
# Tables that a command of their own writes: no person fills them.
OF_A_COMMAND = {
    "responses", "sign_offs", "verifications", "forms", "interviews", "coding", "quotes",
    "returned", "returned_links",
}  # fmt: skip


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland that stands on the real shared tables."""
    return copy_of_zedland(tmp_path)


def table(folder, path=EVIDENCE):
    text = (folder / path).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells(row):
    return [f"{column}={text}" for column, text in row.items()]


def test_every_table_of_a_country_is_filled_by_a_person_or_by_a_command():
    resources = [r for r in cop.data.contents(DATA)["resources"] if isinstance(r["path"], list)]
    names = {resource["name"] for resource in resources if resource.get("type") == "table"}
    assert len(names) > 25 and names - set(KINDS.values()) == OF_A_COMMAND
    assert set(KINDS) == {*NEW, *FULL}


def test_a_row_is_added_after_those_there_and_passes_the_check(zed):
    for kind, new in NEW.items():
        path = rows.path_of(kind, "ZZZ", zed)
        before = (zed / path).read_bytes() if (zed / path).exists() else b""
        written = rows.add(kind, "ZZZ", [new], zed)
        assert table(zed, path)[-1:] == written, kind
        assert (zed / path).read_bytes().startswith(before), kind
        faults = [f.rule for f in checks.of_file(KINDS[kind], path, zed)]
        assert faults == ([rows.LATER[0]] if kind == "challenge" else []), kind


def test_only_the_cells_of_one_row_are_changed(zed):
    for (kind, key), cells_of_row in CHANGES.items():
        path = rows.path_of(kind, "ZZZ", zed)
        before = (zed / path).read_bytes().splitlines()
        row = rows.edit(kind, "ZZZ", key.split(" "), cells_of_row, zed)
        after = (zed / path).read_bytes().splitlines()
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1, kind
        assert row in table(zed, path) and not checks.of_file(KINDS[kind], path, zed), kind


def rewrite(raw, turn=False, delimiter=","):
    out = io.StringIO()
    lines = csv.reader(io.StringIO(raw.decode(), newline=""))
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows(line[::-1] if turn else line for line in lines)
    return out.getvalue().encode()


@pytest.mark.parametrize(
    "save",
    [
        lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: rewrite(raw, turn=True, delimiter=";"),
    ],
    ids=["BOM and CRLF", "no end of line", "semicolons and columns turned"],
)
def test_the_file_keeps_its_bytes_and_its_format(zed, save):
    file, names = zed / EVIDENCE, cop.data.columns("evidence", zed)
    file.write_bytes(save(file.read_bytes()))
    before, number = file.read_bytes(), len(cop.data.text_frame(file, names))
    rows.add("evidence", "ZZZ", [GOOD | {"statement": 'A "quoted"; part, and more'}], zed)
    assert file.read_bytes().startswith(before) and not checks.of_file("evidence", EVIDENCE, zed)
    frame = cop.data.text_frame(file, names)
    assert len(frame) == number + 1 and frame.statement.iloc[-1] == 'A "quoted"; part, and more'
    if b"\r\n" in before:
        assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")


def test_the_errors_are_those_of_the_check_and_a_refused_id_stays_free(zed):
    wrong = {"section": "nowhere", "year": "20x4", "source_id": "ZZZ-S99", "verified": "perhaps"}
    before, start = (zed / EVIDENCE).read_bytes(), rows.blank("evidence", "ZZZ", zed)
    with pytest.raises(UserError) as refused:
        rows.add("evidence", "ZZZ", [wrong], zed)
    assert (zed / EVIDENCE).read_bytes() == before
    assert rows.add("evidence", "ZZZ", [GOOD], zed)[0]["evidence_id"] == start["evidence_id"]
    (zed / EVIDENCE).write_bytes(cop.data.with_rows(before, [start | wrong]))
    faults = checks.of_file("evidence", EVIDENCE, zed)
    assert str(refused.value).splitlines()[1:] == [*map(str, faults)]
    assert {f.column for f in faults} >= {"section", "year", "source_id", "verified", "statement"}


def test_errors_in_other_rows_do_not_matter_and_ids_end_at_999(zed):
    with (zed / EVIDENCE).open("a") as file:
        file.write("ZZZ-E90,nowhere,x,,,ZZZ-S01,low,,yes,2026-11-24,\n")
    assert rows.add("evidence", "ZZZ", [GOOD], zed)[0]["evidence_id"] == "ZZZ-E91"
    rows.add("evidence", "ZZZ", [GOOD | {"evidence_id": "ZZZ-E999"}], zed)
    with pytest.raises(UserError, match="'ZZZ-E1000'"):
        rows.add("evidence", "ZZZ", [GOOD], zed)


def test_the_call_is_repeated_so_that_it_can_be_corrected(zed, capsys):
    typed = ["section=research", 'statement=It\'s "so"', "source_id=ZZZ-S99", "confidence=sure"]
    _, _, error = call(capsys, "add", "evidence", "ZZZ", "--data", zed, "--set", *typed)
    assert "'ZZZ-S99' is not an id of sources" in error and "'sure'" in error
    assert shlex.split(error.splitlines()[-1])[-len(typed) :] == typed


def test_cells_of_the_command_line_are_a_row_and_a_second_same_source_is_named(zed, capsys):
    words = ("add", "evidence", "ZZZ", "--data", zed, "--set", *cells(GOOD), "remark=a=b")
    status, out, _ = call(capsys, *words)
    assert status == 0 and table(zed)[-1]["remark"] == "a=b"
    assert table(zed)[-1]["evidence_id"] in out
    there = next(r for r in table(zed, "research/ZZZ/sources.csv") if r["url"])
    same = PAGE | {"url": there["url"].replace("https", "http") + "/"}
    _, out, _ = call(capsys, "add", "source", "ZZZ", "--data", zed, "--set", *cells(same))
    assert f"may be the same source as {there['source_id']}" in out


def test_rows_of_a_file_are_added_all_or_none_and_errors_name_its_rows(zed, tmp_path, capsys):
    file, number = tmp_path / "rows.csv", len(table(zed))
    head, good = "statement;section;source_id;confidence;verified", "research;ZZZ-S01;low;yes"
    words = ("add", "evidence", "ZZZ", "--from", file, "--data", zed)
    file.write_text(f'{head}\n"One\nline";{good}\n\n;;;;\nTwo;research;ZZZ-S99;low;yes\n')
    status, _, error = call(capsys, *words)
    assert status == 2 and len(table(zed)) == number and EVIDENCE not in error
    assert "rows.csv, row 5, column source_id: 'ZZZ-S99' is not an id of sources" in error
    file.write_text(file.read_text().replace("ZZZ-S99", "ZZZ-S02"))
    assert call(capsys, *words)[0] == 0
    assert [row["statement"] for row in table(zed)[number:]] == ["One\nline", "Two"]
    for text in ("", "section\n", f"{head}\n\nOne;{good}\nTwo\n"):
        file.write_text(text)
        assert call(capsys, *words)[0] == 2 and len(table(zed)) == number + 2


def test_days_are_converted_where_they_have_one_meaning():
    days = {
        "25.11.2026": "2026-11-25", "5.6.2026": "2026-06-05", "11/25/2026": "2026-11-25",
        "6/6/2026": "2026-06-06", "31.2.2026": "31.2.2026",
        "05/06/2026": "05/06/2026",  # 5 June or 6 May
    }  # fmt: skip
    assert {typed: rows.normalise({"due": f" {typed}"})["due"] for typed in days} == days
