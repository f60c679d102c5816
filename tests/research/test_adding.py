"""A row is added without touching a file by hand: asked for, given in words, brought in a file,
or by a form.
"""

import csv
import io
from types import SimpleNamespace

import pytest
from conftest import copy_of_zedland
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cop.data
from cop.cli import main
from cop.data import Refused, checks
from cop.research import adding

EVIDENCE = "research/ZZZ/evidence.csv"
GOOD = {
    "section": "research",
    "statement": "Said so",
    "source_id": "ZZZ-S01",
    "confidence": "low",
    "verified": "yes",
}
ROWS = {
    "evidence": GOOD,
    "source": {"title": "New page", "publisher": "Zed Press", "language": "en", "type": "website"},
    "stakeholder": {
        "name": "New body",
        "category": "ngo",
        "role": "hotline",
        "description": "Answers",
        "active": "yes",
    },
    "instrument": {"title": "New law", "kind": "national law", "detail": "Forbids it"},
}


@pytest.fixture
def zed(tmp_path):
    """Give a copy of Zedland that stands on the real shared tables."""
    return copy_of_zedland(tmp_path)


def rows(folder, path=EVIDENCE):
    return list(
        csv.DictReader(io.StringIO((folder / path).read_text(encoding="utf-8-sig"), newline=""))
    )


def add(zed, *more):
    return main.main(["add", *more, "--data", str(zed)])


@pytest.mark.parametrize("kind", ROWS)
def test_each_kind_is_written_after_what_is_there_and_keeps_the_contract(zed, kind):
    path = adding.path_of(kind, "ZZZ", zed)
    before = (zed / path).read_bytes()
    written = adding.add(kind, "ZZZ", ROWS[kind], zed)
    after = (zed / path).read_bytes()
    assert after.startswith(before) and after.count(b"\n") == before.count(b"\n") + 1
    assert rows(zed, path)[-1] == written and written["verified"] == ROWS[kind].get(
        "verified", "no"
    )
    assert not checks.of_file(adding.KINDS[kind], path, zed)


@pytest.mark.parametrize("kind", ROWS)
def test_a_form_has_a_question_for_each_column_with_what_may_be_answered(zed, kind):
    questions, start = adding.fields(kind, zed), adding.blank(kind, "ZZZ", zed)
    assert (
        [q.name for q in questions]
        == list(start)
        == list(rows(zed, adding.path_of(kind, "ZZZ", zed))[0])
    )
    assert all(q.label and q.help for q in questions)
    assert {q.name for q in questions if q.options} >= {"verified"}
    assert start[questions[0].name] == adding.next_ids(kind, "ZZZ", zed)[0]


@pytest.mark.parametrize(
    "save",
    [
        lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: semicolons(raw),
        lambda raw: raw + b",,,,,,,,\n",
        lambda raw: turned(raw),
    ],
    ids=[
        "byte order mark and CRLF",
        "no end of line",
        "semicolons",
        "an empty row",
        "columns in another order",
    ],
)
def test_the_file_keeps_its_every_byte_and_its_way_of_writing(zed, save):
    file = zed / EVIDENCE
    file.write_bytes(save(file.read_bytes()))
    before, known = (
        file.read_bytes(),
        len(cop.data.text_frame(file, [f["name"] for f in cop.data.fields("evidence", zed)])),
    )
    adding.add("evidence", "ZZZ", GOOD | {"statement": 'A "quoted"; part, and more'}, zed)
    assert file.read_bytes().startswith(before) and not checks.of_file("evidence", EVIDENCE, zed)
    frame = cop.data.text_frame(file, [f["name"] for f in cop.data.fields("evidence", zed)])
    assert len(frame) == known + 1 and frame.statement.iloc[-1] == 'A "quoted"; part, and more'
    if b"\r\n" in before:
        assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")


def semicolons(raw):
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(
        csv.reader(io.StringIO(raw.decode(), newline=""))
    )
    return out.getvalue().encode()


def turned(raw):
    out = io.StringIO()
    read = csv.reader(io.StringIO(raw.decode(), newline=""))
    csv.writer(out, lineterminator="\n").writerows(line[::-1] for line in read)
    return out.getvalue().encode()


def test_the_faults_are_those_that_the_check_tells(zed):
    wrong = {
        "section": "nowhere",
        "year": "20x4",
        "source_id": "ZZZ-S99",
        "confidence": "low",
        "verified": "perhaps",
    }
    before = (zed / EVIDENCE).read_bytes()
    said = adding.faults_of("evidence", "ZZZ", adding.blank("evidence", "ZZZ", zed) | wrong, zed)
    with pytest.raises(Refused) as refused:
        adding.add("evidence", "ZZZ", wrong, zed)
    assert (zed / EVIDENCE).read_bytes() == before
    line = cop.data.with_rows(before, [adding.blank("evidence", "ZZZ", zed) | wrong])
    (zed / EVIDENCE).write_bytes(line)
    assert said == checks.of_file("evidence", EVIDENCE, zed)
    assert {f.column for f in said} == {"section", "year", "source_id", "verified", "statement"}
    assert all(str(f) in str(refused.value) for f in said)


def test_a_row_that_is_refused_leaves_its_id_to_the_next(zed):
    meant = adding.next_ids("evidence", "ZZZ", zed)[0]
    with pytest.raises(Refused):
        adding.add_rows("evidence", "ZZZ", [GOOD, GOOD | {"confidence": "sure"}], zed)
    assert adding.add("evidence", "ZZZ", GOOD, zed)["evidence_id"] == meant


def test_an_id_that_is_taken_is_told(zed):
    (fault,) = adding.faults_of(
        "evidence", "ZZZ", GOOD | {"evidence_id": "ZZZ-E01", "recorded": "2026-11-24"}, zed
    )
    assert fault.column == "evidence_id" and "twice" in fault.rule


def test_faults_in_other_rows_do_not_stand_in_the_way(zed):
    (zed / EVIDENCE).write_bytes(
        (zed / EVIDENCE).read_bytes() + b"ZZZ-E90,nowhere,x,,,ZZZ-S01,low,,yes,2026-11-24,\n"
    )
    assert adding.add("evidence", "ZZZ", GOOD, zed)["evidence_id"] == "ZZZ-E91"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("evidence", "FRA", "--set", "section=research"), "`cop new FRA --data "),
        (("evidence", "zzz", "--set", "section=research"), "three capital letters"),
        (("evidence", "../", "--set", "section=research"), "three capital letters"),
        (("evidence", "ZZZ", "--set", "section"), "is not column=value"),
        (("evidence", "ZZZ", "--set", "colour=red"), "no such column"),
        (("law", "ZZZ", "--set", "title=x"), "invalid choice"),
        (("evidence", "ZZZ", "--from", "nowhere.csv"), "there is no file"),
        (("evidence", "ZZZ", "--from", "a.csv", "--set", "title=x"), "not both"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(zed, capsys, call, said):
    before = (zed / EVIDENCE).read_bytes()
    assert add(zed, *call) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told and (zed / EVIDENCE).read_bytes() == before


def test_a_broken_file_is_named_and_left_alone(zed, capsys):
    (zed / EVIDENCE).write_bytes((zed / EVIDENCE).read_bytes() + b"one,cell,too,few\n")
    before = (zed / EVIDENCE).read_bytes()
    assert add(zed, "evidence", "ZZZ", "--set", "section=research") == 2
    assert (
        "cells instead of 11" in capsys.readouterr().err and (zed / EVIDENCE).read_bytes() == before
    )


def test_words_on_the_command_line_are_a_row(zed, capsys):
    assert (
        add(zed, "evidence", "ZZZ", "--set", *[f"{c}={v}" for c, v in GOOD.items()], "remark=a=b")
        == 0
    )
    assert rows(zed)[-1] | GOOD == rows(zed)[-1] and rows(zed)[-1]["remark"] == "a=b"
    assert rows(zed)[-1]["evidence_id"] in capsys.readouterr().out


def test_rows_of_a_file_are_added_all_or_none(zed, tmp_path, capsys):
    file = tmp_path / "rows.csv"
    file.write_text(
        "statement;section;source_id;confidence;verified\nOne;research;ZZZ-S01;low;yes\nTwo;research;ZZZ-S02;high;no\n"
    )
    known = len(rows(zed))
    assert add(zed, "evidence", "ZZZ", "--from", str(file)) == 0
    assert [r["statement"] for r in rows(zed)[known:]] == ["One", "Two"]
    before = (zed / EVIDENCE).read_bytes()
    file.write_text(file.read_text().replace("high", "sure"))
    assert add(zed, "evidence", "ZZZ", "--from", str(file)) == 2
    assert (
        zed / EVIDENCE
    ).read_bytes() == before and "column confidence: 'sure'" in capsys.readouterr().err


def test_a_refused_sheet_is_mended_where_the_spreadsheet_shows_the_fault(zed, tmp_path, capsys):
    file, known = tmp_path / "sheet.csv", len(rows(zed))
    head, good = "statement,section,source_id,confidence,verified", "research,ZZZ-S01,low,yes"
    wrong = "Two,research,ZZZ-S99,low,yes"
    file.write_text(f'{head}\n"One\nline",{good}\n\n,,,,\n{wrong}\n')
    assert add(zed, "evidence", "ZZZ", "--from", str(file)) == 2
    told = capsys.readouterr().err
    assert "sheet.csv, row 5, column source_id: 'ZZZ-S99' is not an id of sources" in told
    assert EVIDENCE not in told and len(rows(zed)) == known
    file.write_text(f"{head}\n\nOne,{good}\nTwo\n")
    assert add(zed, "evidence", "ZZZ", "--from", str(file)) == 2
    assert "row 4 has another number of cells" in capsys.readouterr().err


def test_rows_without_an_answer_are_counted_in_a_refused_sheet(zed, tmp_path, capsys):
    file = tmp_path / "sheet.csv"
    judged = "PM-LEG-03,B,present,ZZZ-E99,high"
    head = "item_id,coder,status,evidence_ids,confidence,# what it is"
    file.write_text(f"{head}\nPM-LEG-01,B,,,,Law\nPM-LEG-02,B,,,,Law\n{judged},Law\n")
    assert add(zed, "alignment", "ZZZ", "--from", str(file)) == 2
    assert "sheet.csv, row 4, column evidence_ids: 'ZZZ-E99'" in capsys.readouterr().err


def test_the_words_that_are_allowed_are_shown_with_labels_that_say_more(zed, capsys):
    cells = [f"{c}={v}" for c, v in (ROWS["source"] | {"kind": "strategy"}).items()]
    assert add(zed, "source", "ZZZ", "--set", *cells) == 2
    shown = "Use one of: law (Law, strategy or other official text), official register, statistics"
    assert shown in capsys.readouterr().err


def test_an_id_in_the_wrong_column_is_told_the_right_one(zed, capsys):
    answer = ["item_ids=MNR-12", "what=Do it."]
    assert add(zed, "recommendation", "ZZZ", "--set", *answer) == 2
    told = capsys.readouterr().err
    assert "is not an id of guidelines. Add it there or correct it here" in told


def test_a_source_that_is_there_already_is_named(zed, capsys):
    there = next(r for r in rows(zed, "research/ZZZ/sources.csv") if r["url"])
    same = [
        f"{c}={v}"
        for c, v in (ROWS["source"] | {"url": there["url"].replace("https", "http") + "/"}).items()
    ]
    assert add(zed, "source", "ZZZ", "--set", *same) == 0
    assert f"as {there['source_id']}: is it the same source?" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "section\n", "section,statement\nresearch\n"])
def test_a_file_without_rows_or_with_uneven_ones_is_refused(zed, tmp_path, text):
    (tmp_path / "rows.csv").write_text(text)
    assert add(zed, "evidence", "ZZZ", "--from", str(tmp_path / "rows.csv")) == 2


def test_the_ids_end_at_999(zed):
    adding.add("evidence", "ZZZ", GOOD | {"evidence_id": "ZZZ-E999"}, zed)
    with pytest.raises(Refused, match="ids end at 999"):
        adding.add("evidence", "ZZZ", GOOD, zed)


def answered(zed, monkeypatch, *answers):
    """Run `cop add evidence ZZZ` with these answers; give (status, the questions that were put)."""
    left, put = list(answers), []

    def hear(question):
        put.append(question)
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("builtins.input", hear)
    return add(zed, "evidence", "ZZZ"), put


def test_it_asks_column_by_column_explains_and_writes_when_agreed(zed, monkeypatch, capsys):
    answers = ["", "?", "3", "Said so", "", "", "?", "ZZZ-S01", "low", "", "1"]
    answers += ["", "a remark", "y"]
    status, put = answered(zed, monkeypatch, *answers)
    out = capsys.readouterr().out
    assert status == 0 and put[0].startswith("No. (Enter for ZZZ-E")
    assert put[-1].startswith("Write this row?")
    assert (
        rows(zed)[-1]
        | {"section": "research", "confidence": "low", "verified": "yes", "remark": "a remark"}
        == rows(zed)[-1]
    )
    assert (
        "Section of the assessment that it speaks to" in out
        and "3 research" in out
        and "it may be:" in out
    )


def test_a_wrong_answer_is_asked_again_at_once(zed, monkeypatch, capsys):
    answers = [
        "",
        "77",
        "research",
        "Said so",
        "last year",
        "2023",
        "source",
        "ZZZ-S99",
        "ZZZ-S01",
        "low",
        "",
        "1",
        "",
        "",
        "y",
    ]
    status, _ = answered(zed, monkeypatch, *answers)
    out = capsys.readouterr().out
    assert status == 0 and rows(zed)[-1]["year"] == "2023"
    assert (
        "'last year'" not in out
        and "! last year is not a whole number" in out
        and "! ZZZ-S99 is not an id of" in out
    )


def test_who_stops_gets_back_what_was_typed(zed, monkeypatch, capsys):
    before = (zed / EVIDENCE).read_bytes()
    status, _ = answered(zed, monkeypatch, "", "research", "It's said")
    assert status == 1 and (zed / EVIDENCE).read_bytes() == before
    out = capsys.readouterr().out
    assert (
        "Nothing was written" in out
        and "cop add evidence ZZZ --set" in out
        and "It'\"'\"'s said" in out
    )


def test_no_is_no(zed, monkeypatch, capsys):
    before = (zed / EVIDENCE).read_bytes()
    status, _ = answered(
        zed, monkeypatch, "", "research", "Said so", "", "ZZZ-S01", "low", "1", "", "", "n"
    )
    assert status == 1 and (zed / EVIDENCE).read_bytes() == before
    assert "cop add evidence ZZZ --set" in capsys.readouterr().out


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    copy = copy_of_zedland(tmp_path_factory.mktemp("scratch"))
    return copy, (copy / EVIDENCE).read_bytes()


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40))
def test_any_text_comes_back_as_it_was_typed_or_is_refused(scratch, text):
    folder, before = scratch
    (folder / EVIDENCE).write_bytes(before)
    try:
        written = adding.add("evidence", "ZZZ", GOOD | {"statement": text}, folder)
    except Refused:
        assert (folder / EVIDENCE).read_bytes() == before
    else:
        read = cop.data.text_frame(
            folder / EVIDENCE, [f["name"] for f in cop.data.fields("evidence", folder)]
        )
        assert read.statement.iloc[-1] == written["statement"] == text.strip()
        assert (folder / EVIDENCE).read_bytes().startswith(before)


def test_a_register_is_left_alone_where_a_new_row_would_not_read_back(zed, monkeypatch, capsys):
    file = zed / "research/ZZZ/sources.csv"
    spoken = ["title=One\rTwo", "publisher=Zed Press", "language=en", "type=website"]
    assert add(zed, "source", "ZZZ", "--set", *spoken) == 0
    names = [f["name"] for f in cop.data.fields("sources", zed)]
    assert cop.data.text_frame(file, names).title.iloc[-1] == "One\rTwo"
    before = file.read_bytes()
    writer = csv.writer  # as on Python 3.11 and 3.12: a bare carriage return is not quoted

    def unquoted(out, delimiter):
        bare = SimpleNamespace(write=lambda line: out.write(line.replace('"', "")))
        return writer(bare, delimiter=delimiter)

    monkeypatch.setattr("cop.data.rows.csv.writer", unquoted)
    assert add(zed, "source", "ZZZ", "--set", *spoken) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert file.read_bytes() == before
