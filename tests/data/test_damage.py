"""Marks of damage in text, text that only looks like it, and one definition of a formula."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from conftest import DATA

from cop.data import is_formula, neutralise
from cop.data.checks import damage
from cop.data.checks.narrative import of_marks
from cop.data.checks.rules import Check
from cop.fieldwork import excel_form, restricted
from cop.fieldwork import pii as personal
from cop.report import page

RULES = {"a cell": damage.IN_A_CELL + damage.ANYWHERE, "a text": damage.ANYWHERE}
WORDS = json.loads(Path(__file__).with_name("damage.json").read_text(encoding="utf-8"))
FORMULAS, TEXTS, HARMLESS = (WORDS[name] for name in ("formulas", "texts", "harmless"))
DAMAGED = [(rule, text) for rule, texts in WORDS["damaged"].items() for text in texts]


def rules_broken(text, where="a cell"):
    return [rule for broken, rule, _ in RULES[where] if broken(text)]


@pytest.mark.parametrize(("rule", "text"), DAMAGED)
def test_damage_is_recognised(rule, text):
    assert any(found.startswith(rule) for found in rules_broken(text)), rules_broken(text)


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "cp1250", "cp866"])
@pytest.mark.parametrize(
    "text", ["Міністерство", "школа и дети", "поліція", "đak u školi", "ministère"]
)
def test_text_read_in_the_wrong_encoding(text, encoding):
    """A byte that the encoding has no letter for is kept as it is."""
    letters = (bytes([b]).decode(encoding, errors="ignore") or chr(b) for b in text.encode())
    assert "seems to have been decoded with the wrong encoding" in rules_broken("".join(letters))


@pytest.mark.parametrize("text", HARMLESS)
def test_text_that_only_resembles_damage_is_left_alone(text):
    assert rules_broken(text) == rules_broken(text, "a text") == []


@pytest.mark.parametrize(
    "line", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| " + "x" * 99]
)
def test_marks_of_a_merge_in_a_text(line):
    [error] = damage.of_text("a.md", f"One.\n{line}\r\nTwo.")
    assert (error.row, error.value) == (2, line[:80]), "eighty letters are shown"
    assert error.rule.startswith("contains a git conflict mark")


@pytest.mark.parametrize(("text", "says"), WORDS["narratives"])
def test_links_pictures_and_headings_of_a_narrative(text, says):
    rules = [e.rule for e in of_marks(text, Check("narrative", "a.md", DATA))]
    assert bool(rules) == bool(says) and all(says in rule for rule in rules)


def test_an_error_of_a_narrative_shows_its_line_and_thirty_letters():
    errors = of_marks("\n\n ## " + "x" * 40, Check("narrative", "a.md", DATA))
    assert [(error.row, error.value) for error in errors] == [(3, "## " + "x" * 27)]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_file_holds_a_formula(text):
    assert is_formula(text) and damage.rules_of(f"a\n{text}\nb")
    assert rules_broken(text)[0] == "would be evaluated as a formula by a spreadsheet"
    assert "formula" in personal.find(text, personal.Names(frozenset(), frozenset()))
    out = io.StringIO()
    csv.writer(out).writerows([["a"], [f"'{text}"]])
    assert page.csv(pd.DataFrame({"a": [text]})) == out.getvalue().encode("utf-8-sig")
    assert restricted.guarded(text) == f"'{text}" and restricted.unguarded(f"'{text}") == text
    book = openpyxl.Workbook()
    book.active["A1"] = text
    cell = openpyxl.load_workbook(io.BytesIO(excel_form.packed(book))).active["A1"]
    assert cell.data_type == "s" and cell.value == text


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_telephone_numbers_and_lists_are_no_formulas(text):
    assert not is_formula(text) and not any(rule[0](text) for rule in damage.IN_A_CELL)
    assert neutralise(text) == restricted.guarded(text) == text
    assert restricted.unguarded(restricted.guarded(f"'{text}")) == f"'{text}"


def test_a_cell_that_an_older_version_marked_is_read_without_the_mark():
    assert restricted.unguarded("'+380 44 123 45 67") == "+380 44 123 45 67"
    assert restricted.unguarded("'- one of a list") == "- one of a list"
