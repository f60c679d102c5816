"""A row is verified: the passage that was seen is kept with page, day and the analyst's letter."""

from datetime import date

import pytest
from conftest import call, copy_of_zedland

import cop.data
from cop.data import checks
from cop.research import verification

PASSAGE = "Die Helpline nahm 4.120 Anrufe entgegen."
ROWS = {"evidence": "ZZZ-E02", "sources": "ZZZ-S14"}


@pytest.fixture
def zed(tmp_path):
    """Return Zedland with two rows that are not verified."""
    zed = copy_of_zedland(tmp_path)
    for table, row in ROWS.items():
        path, key = cop.data.paths(table, zed, "ZZZ")[0], cop.data.columns(table, zed)[0]
        raw = (zed / path).read_bytes()
        (zed / path).write_bytes(cop.data.with_rows(raw, [{key: row, "verified": "no"}], [key]))
    return zed


def kept(zed):
    return cop.data.present("verifications", zed, "ZZZ")


@pytest.mark.parametrize("row_id", ROWS.values())
def test_a_row_is_verified_by_the_passage_that_says_it(zed, capsys, row_id):
    source, today = verification.find_row(row_id, zed)[1]["source_id"], date.today().isoformat()
    words = ("verify", row_id, "--page", "12", "--quotation", PASSAGE, "--by", "B")
    status, out, error = call(capsys, *words, "--data", zed)
    assert status == 0 and f"{row_id}: verified by B on {today}, in {source}." in out, error
    assert kept(zed).iloc[-1].tolist() == [row_id, source, "12", PASSAGE, today, "B"]
    assert verification.find_row(row_id, zed)[1]["verified"] == "yes"
    assert PASSAGE in verification.quotations("ZZZ", zed)[source]
    assert not checks.of_file("verifications", "research/ZZZ/verifications.csv", zed)


def test_a_second_look_on_the_same_day_replaces_the_first(zed):
    for passage in ("First", "Second"):
        verification.verify_row("ZZZ-E02", zed, passage)
    assert "Second" in kept(zed).quotation.tolist() and "First" not in kept(zed).quotation.tolist()
