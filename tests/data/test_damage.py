"""Marks of damage in text, text that only looks like it, and one definition of a formula."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
from conftest import DATA, call, copy_of_zedland
from planting import rows_of, save

from cop.data import is_formula, neutralise
from cop.data.checks import damage
from cop.data.checks.narrative import of_marks
from cop.data.checks.rules import Check
from cop.fieldwork import excel_form, restricted
from cop.fieldwork import pii as personal
from cop.report import downloads

RULES = {"a cell": damage.IN_A_CELL + damage.ANYWHERE, "a text": damage.ANYWHERE}
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
HARMLESS = [
    "Ні", "Рівненська область, ЗЄС", "СІРІ ПРАВИЛА", "Їжак і Єва", "Ђорђевић, Љубљана",
    "შინაგან საქმეთა სამინისტრო", "Gjykata e Lartë – Tiranë", "Ștefan cel Mare", "„Č“ i „Š“",
    "À la carte", "5 decisions", "3 serious cases", "Jan 2026", "#StopBullying!", "No. #1!",
    "A → B ≥ 5 €", "<b>&amp;</b>", "C# and F#", "How many? Nobody knows.", "Really?!", "12:30",
    "50%", "2020/21", "Año de la niñez", "Român în străinătate", "3.5", "'=1+1", "ÐÑ", "Ða Nẵng",
]  # fmt: skip
DAMAGED = {
    "is an error of a spreadsheet": [
        "#ИМЯ?", "#ССЫЛКА!", "#NUME?", "#SPILL!", "see #REF!", "#¿NOMBRE?", "(#N/A)", "Err:508"],
    "looks like what a spreadsheet makes of a text": [
        "1-січ", "12-янв", "5-maj", "січ-26", "4-აპრ", "7. iul", "1-Jan", "03/04/26",
        "12:30:00 PM", "50.00%"],
    "is a number that a spreadsheet has shortened": ["1.23457E+19", "1,23E+11"],
    "was read in the wrong encoding": [
        "РњС–РЅС–СЃС‚РµСЂСЃС‚РІРѕ", "MinistÃ¨re", "JavnoÅ¡Ä‡u", "javnoĹˇÄ‡u", "╨Ь╤Ц╨╜╤Ц╤Б",
        "the ministryâ€™s plan", "the â€œlawâ€\x9d"],
    "contains an invisible control character": [
        f"a{sign}b" for sign in "\x1b\x00\x7f\x85\u202e\u2028\ufeff"],
    "contains question marks where letters were lost": ["the ???????? of", "Dj\ufffdca"],
    "is what a program writes where nothing is known": ["NaN", "[object Object]"],
}  # fmt: skip


def rules_broken(text, where="a cell"):
    return [rule for broken, rule, _ in RULES[where] if broken(text)]


@pytest.mark.parametrize(("rule", "text"), [(r, t) for r, texts in DAMAGED.items() for t in texts])
def test_damage_is_recognised(rule, text):
    assert any(found.startswith(rule) for found in rules_broken(text)), rules_broken(text)


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "cp1250", "cp866"])
@pytest.mark.parametrize("text", ["Міністерство", "школа и дети", "đak u školi", "ministère"])
def test_text_read_in_the_wrong_encoding(text, encoding):
    """A byte that the encoding has no letter for is kept as it is."""
    letters = (bytes([b]).decode(encoding, errors="ignore") or chr(b) for b in text.encode())
    assert "was read in the wrong encoding" in rules_broken("".join(letters))


@pytest.mark.parametrize("text", HARMLESS)
def test_text_that_only_resembles_damage_is_left_alone(text):
    assert rules_broken(text) == rules_broken(text, "a text") == []


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base"])
def test_marks_of_a_merge_in_a_text(line):
    [error] = damage.of_text("a.md", f"One.\n{line}\nTwo.")
    assert error.row == 2 and error.rule.startswith("is a git conflict mark")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[x](javascript:alert(1))", "is a link that leads nowhere"),
        ("[x](data:text/html,x)", "is a link that leads nowhere"),
        ("[x](#summary)", "is a link that leads nowhere"),
        ("[x](law.pdf)", "is a link that leads nowhere"),
        ("[x][y]\n\n[y]: javascript:1", "is a link that leads nowhere"),
        ("<javascript:1>", "is a link that leads nowhere"),
        ("![x](https://example.org/x.png)", "is a picture"),
        ("## A chapter", "is a heading of a chapter"),
        ("A chapter\n===", "is a heading of a chapter"),
        ("[x](https://example.org/x) <https://example.org/>", None),
        ("### A part\n\nIt is said [@ZED-S01].\n\n- one\n- two", None),
    ],
)
def test_links_pictures_and_headings_of_a_narrative(text, says):
    rules = [e.rule for e in of_marks(text, Check("narrative", "a.md", DATA))]
    assert bool(rules) == bool(says) and all(says in rule for rule in rules)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_file_holds_a_formula(text):
    assert is_formula(text) and damage.rules_of(f"a\n{text}\nb")
    assert rules_broken(text)[0] == "begins like a formula, which a spreadsheet computes"
    assert "formula" in personal.flags(text, personal.Names(frozenset(), frozenset()))
    out = io.StringIO()
    csv.writer(out).writerows([["a"], [f"'{text}"]])
    assert downloads.csv(pd.DataFrame({"a": [text]})) == out.getvalue().encode("utf-8-sig")
    assert restricted.guarded(text) == f"'{text}" and restricted.unguarded(f"'{text}") == text
    cell = openpyxl.Workbook().active["A1"]
    excel_form.put(cell, text)
    assert cell.data_type == "s" and cell.quotePrefix


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_telephone_numbers_and_lists_are_no_formulas(text):
    assert not is_formula(text) and not any(rule[0](text) for rule in damage.IN_A_CELL)
    assert neutralise(text) == restricted.guarded(text) == text
    assert restricted.unguarded(restricted.guarded(f"'{text}")) == f"'{text}"


def test_a_cell_that_an_older_version_marked_is_read_without_the_mark():
    assert restricted.unguarded("'+380 44 123 45 67") == "+380 44 123 45 67"
    assert restricted.unguarded("'- one of a list") == "- one of a list"


@pytest.mark.parametrize("text", FORMULAS[:2])
def test_a_formula_is_refused_by_edit_and_named_by_check(tmp_path, capsys, text):
    zed = copy_of_zedland(tmp_path)
    path, rows = rows_of(zed, "evidence")
    before = path.read_bytes()
    edit = ("edit", "evidence", "ZZZ", "ZZZ-E01", "--set", f"statement={text}", "--data", zed)
    assert call(capsys, *edit)[0] == 2 and path.read_bytes() == before
    save(path, [*rows[0]], [rows[0] | {"statement": text}, *rows[1:]])
    status, out, _ = call(capsys, "check", "--data", zed)
    [line] = [line for line in out.splitlines() if "begins like a formula" in line]
    assert status == 2 and "evidence.csv, row 2, column statement" in line
