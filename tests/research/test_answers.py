"""What helps to answer: rows that may be named, sheets to fill in, and who codes here."""

import csv
import io

import pytest
from conftest import DATA, call, copy_of_zedland

import cop.data
from cop.data import Refused
from cop.research import adding, asking
from cop.research.answers import named, sheets


@pytest.fixture
def zed(tmp_path):
    return copy_of_zedland(tmp_path)


def without(zed, table, first):
    """Take the rows that begin so out of a table."""
    path = zed / cop.data.paths(table, zed, "ZZZ")[0]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith(first)), encoding="utf-8")


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_column_offers_the_rows_it_may_name_and_what_each_says(zed):
    sources = named.of("evidence", "source_id", "ZZZ", zed)
    assert sources["ZZZ-S01"] == cop.data.present("sources", zed, "ZZZ").title.iloc[0]
    ids = named.of("challenges", "evidence_ids", "ZZZ", zed)
    assert {"ZZZ-E01", "ZZZ-L01", "ZZZ-O01", "ZZZ-V01"} <= set(ids)
    assert named.several("challenges", "evidence_ids", zed)
    assert not named.several("evidence", "source_id", zed)
    assert named.of("evidence", "statement", "ZZZ", zed) == {}
    assert "IT.NET.USER.ZS" in named.of("other_figures", "indicator_code", "ZZZ", zed)


def test_items_that_are_judged_are_the_policy_makers_and_all_capabilities():
    items = named.judged("UKR", DATA)
    rows = cop.data.read("alignment", DATA, "UKR")
    assert (
        set(items) == set(rows.item_id[rows.coder == "A"]) == set(rows.item_id[rows.coder == "B"])
    )
    every = named.of("alignment", "item_id", "UKR", DATA)
    assert [*every][: len(items)] == [*items] and set(rows.item_id) <= set(every)
    assert not any("-DOC-" in one for one in every)


def test_a_question_mark_lists_them_the_latest_of_many(zed):
    said, answers = [], iter(["?"])
    asking.from_questions("alignment", "ZZZ", zed, lambda _: _next(answers), said.append)
    assert any("    PM-LEG-01  " in one for one in said)
    said, answers = [], iter(["ZZZ-C09", "industry", "x", "?"])
    asking.from_questions("challenge", "ZZZ", zed, lambda _: _next(answers), said.append)
    assert any("it may be, or several with '; ' between:" in one for one in said)


def _next(answers):
    try:
        return next(answers)
    except StopIteration:
        raise KeyboardInterrupt from None


def test_a_sheet_has_a_row_for_each_item_that_the_coder_has_not_judged(zed):
    without(zed, "alignment", "PM-LEG-03,B")
    content, count = sheets.sheet("alignment", "ZZZ", zed, {"coder": "B"})
    have = cop.data.present("alignment", zed, "ZZZ").query("coder == 'B'").item_id
    items = named.judged("ZZZ", zed)
    rows = rows_of(content)
    assert count == len(rows) == len(set(items) - set(have)) and count > 0
    assert {row["coder"] for row in rows} == {"B"}
    assert rows[0]["# what it is"] == items[rows[0]["item_id"]]


def test_what_is_filled_in_is_taken_and_the_rest_is_asked_for_again(zed, tmp_path, capsys):
    without(zed, "expected_results", "human capacity")
    without(zed, "expected_results", "simulation exercises")
    path = tmp_path / "sheet.csv"
    where = ["result", "ZZZ", "--data", str(zed)]
    status, out, _ = call(capsys, "add", *where, "--sheet", str(path))
    assert status == 0 and "2 rows to fill in" in out
    status, _, error = call(capsys, "add", *where, "--from", str(path))
    assert status == 2 and "no row is filled in; nothing was written" in error
    status, _, error = call(capsys, "add", *where, "--sheet", str(path))
    assert status == 2 and "is there already" in error
    text = path.read_text(encoding="utf-8-sig")
    filled = text.replace("human capacity,,,,", "human capacity,no public evidence,Nothing.,,")
    path.write_text(filled, encoding="utf-8-sig")
    status, out, error = call(capsys, "add", *where, "--from", str(path))
    assert status == 0 and "1 row without an answer left out" in out, error
    assert "1 written to research/ZZZ/expected_results.csv: human capacity" in out
    content, count = sheets.sheet("result", "ZZZ", zed, {})
    assert [row["result"] for row in rows_of(content)] == ["simulation exercises"]


def test_a_sheet_of_rows_with_ids_is_its_heading(zed):
    content, count = sheets.sheet("evidence", "ZZZ", zed, {})
    assert count == 0 and content.decode("utf-8-sig").startswith("evidence_id,section,statement")


def test_the_second_analyst_codes_as_b(zed, monkeypatch):
    assert adding.blank("alignment", "ZZZ", zed)["coder"] == "A"
    for stated, coder in (("B/2", "B"), ("C/3", "A")):
        monkeypatch.setenv("COP_ANALYST", stated)
        assert adding.blank("alignment", "ZZZ", zed)["coder"] == coder


def test_a_row_that_was_written_is_named_by_its_whole_key(zed, capsys):
    link = [
        "stakeholder_id=ZZZ-O01",
        "partner_id=ZZZ-O06",
        "link=They meet.",
        "evidence_id=ZZZ-E11",
    ]
    status, out, _ = call(capsys, "add", "partnership", "ZZZ", "--data", str(zed), "--set", *link)
    assert status == 0 and "partnerships.csv: ZZZ-O01 ZZZ-O06" in out


def test_an_action_plan_without_recommendations_says_what_begins_it(zed, capsys):
    without(zed, "recommendations", "ZZZ-R")
    for table in ("actions", "milestones", "readings"):
        without(zed, table, "ZZZ-A")
    status, out, _ = call(capsys, "actions", "ZZZ", "--data", str(zed))
    adds = f"`cop add recommendation ZZZ --data {zed}`"
    assert status == 0 and f"no recommendation yet: {adds}" in out


def test_a_folder_without_the_shared_table_says_so(zed):
    (zed / "reference" / "territory_notes.csv").unlink()
    with pytest.raises(Refused, match="of its own: leave --data out"):
        adding.blank("territory-note", "ZZZ", zed) and adding.present("territory-note", "ZZZ", zed)
