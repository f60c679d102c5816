"""One definition of a formula, for what is written, published, handed over or checked."""

import csv
import io

import openpyxl
import pytest
from conftest import call, copy_of_zedland

from cop.data import csv_text, is_formula, neutralise
from cop.data.checks import damage
from cop.fieldwork import excel_form, restricted
from cop.fieldwork import pii as personal
from cop.report import downloads

FORMULAS = [
    "-1-cmd|' /C calc'!A0", '+1-HYPERLINK("http://x";"y")', '+"a"&"b"', "+$A$1", "-A1", "=1+1",
    "=", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1", "＝1", "＋A1", "＠SUM(1)", "+1+cmd|' /C calc'!A0",
    "- A1", "-1+2", "+(1)", "-'a'!B1", "- SUM (A1)", "-5 years (x)", "-children", "-1-2",
    "+1 cmd|x", "- a\n- HYPERLINK(1)",
]  # fmt: skip
TEXTS = [
    "", "a=b", "1-2", "-3", "-3.5", "-1,250.75", "-1e-05", "+3", "- 12 %", "-12%", "-", "--", "—",
    "– a", "+380 44 123 45 67", "+380441234567", "+1 (555) 123-4567", "- one of a list", "13+",
    "- a\n- second", "-5 years", "+5 percentage points", "- 3 of 5 courts", "Ministry @ home",
    "- школи; дитячі садки", "- «Діти»",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_file_holds_a_formula(text):
    assert is_formula(text)
    assert damage.rules_of(f"a\n{text}\nb") and any(rule[0](text) for rule in damage.IN_A_CELL)
    assert "formula" in personal.flags(text, personal.Known(frozenset(), frozenset()))
    assert downloads.table(["a"], [{"a": text}]) == downloads.BOM + _csv(f"'{text}")
    assert restricted.guarded(text) == f"'{text}" and restricted.unguarded(f"'{text}") == text
    cell = openpyxl.Workbook().active["A1"]
    excel_form.put(cell, text)
    assert cell.data_type == "s" and cell.quotePrefix


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_telephone_numbers_and_lists_are_no_formulas(text):
    assert not is_formula(text) and not any(rule[0](text) for rule in damage.IN_A_CELL)
    assert neutralise(text) == restricted.guarded(text) == text
    assert restricted.unguarded(restricted.guarded(f"'{text}")) == f"'{text}"


def test_a_cell_of_the_store_that_an_older_version_marked_is_read_without_the_mark():
    assert restricted.unguarded("'+380 44 123 45 67") == "+380 44 123 45 67"
    assert restricted.unguarded("'- one of a list") == "- one of a list"


@pytest.mark.parametrize("text", FORMULAS[:5])
def test_a_formula_is_refused_by_edit_and_named_by_check(tmp_path, capsys, text):
    zed = copy_of_zedland(tmp_path)
    edit = ("edit", "evidence", "ZZZ", "ZZZ-E01", "--set", f"statement={text}", "--data", zed)
    table = zed / "research/ZZZ/evidence.csv"
    before = table.read_text("utf-8")
    assert call(capsys, *edit)[0] == 2 and table.read_text("utf-8") == before
    rows = list(csv.DictReader(io.StringIO(before)))
    rows[0]["statement"] = text
    table.write_text(csv_text([rows[0], *(r.values() for r in rows)]), "utf-8")
    status, out, err = call(capsys, "check", "--data", zed)
    assert status == 2
    line = next(line for line in (out + err).splitlines() if "begins like a formula" in line)
    assert "evidence.csv, row 2, column statement" in line and "apostrophe in front" in line


def _csv(text):
    stream = io.StringIO()
    csv.writer(stream).writerows([["a"], [text]])
    return stream.getvalue()
