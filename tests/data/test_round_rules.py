"""The validation round in the contract: what an edition needs before it may be called validated."""

import pytest
from conftest import copy_of_zedland

import cop.data
from cop.data import checks
from cop.data.csvfiles import csv_text

COMMENT = {
    "comment_id": "ZZZ-M001", "iso3": "ZZZ", "edition": "2026", "received": "2026-09-01",
    "role": "ministry", "organisation": "", "about": "PM-LEG-01", "kind": "rating",
    "text": "The law is in force", "around": "Review legal powers", "proposed": "in place",
    "origin": "0" * 16, "origin_id": "1" * 16,
}  # fmt: skip
ANSWER = {
    "comment_id": "ZZZ-M001", "decision": "not", "why": "No text was shown", "changed": "",
    "day": "2026-09-10",
}  # fmt: skip
SIGNED = {
    "body": "Ministry of Zedland", "day": "2026-10-01", "scope": "whole report", "edition": "2026"
}  # fmt: skip


def written(data, name, *rows):
    columns = cop.data.columns(name, data)
    lines = [[row[column] for column in columns] for row in rows]
    path = data / cop.data.paths(name, data, "ZZZ")[0]
    path.write_text(csv_text([columns, *lines]), encoding="utf-8")


def with_status(data, status):
    path = data / "research" / "ZZZ" / "editions.csv"
    path.write_text(path.read_text("utf-8").replace(",draft,", f",{status},"), encoding="utf-8")


@pytest.fixture
def zed(tmp_path):
    return copy_of_zedland(tmp_path)


def told(zed):
    return [str(fault) for fault in checks.of_country(zed, "ZZZ")]


def test_no_file_is_no_round_and_no_fault(zed):
    assert told(zed) == []
    empty = cop.data.read("comments", zed, "ZZZ")
    assert len(empty) == 0 and "about" in empty


def test_a_round_as_it_should_be_is_without_fault(zed):
    for name, row in {"comments": COMMENT, "responses": ANSWER, "sign_offs": SIGNED}.items():
        written(zed, name, row)
    with_status(zed, "validated")
    assert told(zed) == []


def test_validated_needs_a_sign_off_and_an_answer_to_each_comment(zed):
    written(zed, "comments", COMMENT)
    with_status(zed, "validated")
    unsigned, unanswered = told(zed)
    assert "editions.csv, row 2, column status: 'validated' needs a sign-off" in unsigned
    assert "Add a row to research/ZZZ/sign_offs.csv" in unsigned
    assert "has 1 comment without an answer: ZZZ-M001." in unanswered


def test_a_sign_off_of_an_earlier_edition_does_not_count(zed):
    path = zed / "research" / "ZZZ" / "editions.csv"
    row = "2027,2026-09-30,validated,SYNTHETIC data for testing; not about a real country"
    path.write_text(f"{path.read_text('utf-8')}{row}\n", encoding="utf-8")
    written(zed, "sign_offs", SIGNED)
    [fault] = told(zed)
    assert "row 3" in fault and "needs a sign-off of this edition" in fault


@pytest.mark.parametrize(
    "name, change, rule",
    [
        ("comments", {"iso3": "UKR"}, "is another country in the folder of ZZZ"),
        ("comments", {"organisation": "ZZZ-O99"}, "is not an id of stakeholders"),
        ("comments", {"kind": "fact"}, "must be empty where kind is fact"),
        ("comments", {"kind": "praise"}, "is not one of the allowed words"),
        ("responses", {"why": ""}, "must not be empty where decision is partly or not"),
        ("responses", {"decision": "accepted"}, "where decision is accepted or partly"),
        ("responses", {"day": "2026-08-01"}, "is earlier than the comment was received"),
        ("responses", {"comment_id": "ZZZ-M002"}, "is not an id of comments"),
        ("sign_offs", {"body": "ZZZ-O99"}, "is not an id of stakeholders"),
        ("sign_offs", {"edition": "2024"}, "is not an id of editions"),
    ],
)
def test_each_rule_is_told(zed, name, change, rule):
    rows = {"comments": COMMENT, "responses": ANSWER, "sign_offs": SIGNED}
    for table, row in rows.items():
        written(zed, table, row | change if table == name else row)
    own = [str(f) for f in checks.of_file(name, f"research/ZZZ/{name}.csv", zed)]
    assert any(rule in fault for fault in own), told(zed)
