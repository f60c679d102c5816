"""A row verified: the passage that was seen is kept with page, day and the analyst's letter."""

import builtins
from datetime import date

import pytest
from conftest import call, copy_of_zedland

import cop.data
from cop.data import checks
from cop.research import seeing

PASSAGE = "Die Helpline nahm 4.120 Anrufe entgegen."
ROWS = {"evidence": "ZZZ-E02", "sources": "ZZZ-S14"}


@pytest.fixture
def zed(tmp_path, monkeypatch):
    """Give Zedland on the desk of the second of two analysts."""
    monkeypatch.setenv("COP_ANALYST", "B/2")
    zed = copy_of_zedland(tmp_path)
    for table, row in ROWS.items():
        path, key = cop.data.paths(table, zed, "ZZZ")[0], cop.data.columns(table, zed)[0]
        raw = (zed / path).read_bytes()
        (zed / path).write_bytes(cop.data.replaced(raw, {row: {"verified": "no"}}, key))
    return zed


def unverified(zed, table="evidence"):
    rows = cop.data.text_frame(
        zed / cop.data.paths(table, zed, "ZZZ")[0], cop.data.columns(table, zed)
    )
    return rows.set_index(rows.columns[0], drop=False).loc[ROWS[table]]


def kept(zed):
    path = cop.data.paths("verifications", zed, "ZZZ")[0]
    return cop.data.text_frame(zed / path, cop.data.columns("verifications", zed))


@pytest.mark.parametrize("table", ["evidence", "sources"])
def test_a_row_is_verified_by_the_passage_that_says_it(zed, capsys, table):
    row = unverified(zed, table)
    told = call(
        capsys, "verify", row.iloc[0], "--page", "12", "--quotation", PASSAGE, "--data", zed
    )
    today = date.today().isoformat()
    assert told[0] == 0, told
    assert f"{row.iloc[0]}: verified by B on {today}, in {row.source_id}." in told[1]
    assert kept(zed).iloc[0].tolist() == [
        row.iloc[0], row.source_id, "12", PASSAGE, today, "B"
    ]  # fmt: skip
    assert seeing.row_of(row.iloc[0], zed)[1]["verified"] == "yes"
    assert seeing.passages("ZZZ", zed) == {row.source_id: [PASSAGE]}
    assert not checks.of_file("verifications", "research/ZZZ/verifications.csv", zed)


def test_seen_again_on_the_same_day_takes_the_place_of_what_was_noted(zed):
    row = unverified(zed).iloc[0]
    for passage in ("First", "Second"):
        seeing.note(row, zed, passage)
    assert kept(zed).quotation.tolist() == ["Second"]


def test_without_a_passage_it_is_asked_for(zed, capsys, monkeypatch):
    monkeypatch.setattr(builtins, "input", lambda question: PASSAGE)
    row = unverified(zed)
    status, out, _ = call(capsys, "verify", row.iloc[0], "--data", zed)
    assert status == 0 and row.statement in out and kept(zed).quotation.tolist() == [PASSAGE]


@pytest.mark.parametrize(
    "words, said",
    [
        (("ZZZ-E99", "--quotation", "x"), "there is no row ZZZ-E99 to verify"),
        (("ZZZ-E18", "--quotation", "x"), "'2020' is a year that rests on nothing"),
        (("guideline",), "there is no row guideline to verify"),
        (("ZZZ-E01", "--quotation", " "), "column quotation: must not be empty"),
        (("ZZZ-E01", "--wording", "x"), "a row takes --page and --quotation"),
    ],
)
def test_what_cannot_be_verified_is_refused_and_nothing_is_written(zed, capsys, words, said):
    before = {p: p.read_bytes() for p in zed.rglob("*.csv")}
    status, _, err = call(capsys, "verify", *words, "--data", zed)
    assert status == 2 and said in err
    assert before == {p: p.read_bytes() for p in zed.rglob("*.csv")}
