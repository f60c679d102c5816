"""Marks of damage in text, and text that only looks like it."""

import pytest
from conftest import DATA

from cop.data.checks import damage
from cop.data.checks.narrative import of_links
from cop.data.checks.rules import Check

RULES = {"a cell": damage.IN_A_CELL + damage.ANYWHERE, "a text": damage.ANYWHERE}


def told(text, where="a cell"):
    return [rule for broken, rule, _ in RULES[where] if broken(text)]


@pytest.mark.parametrize(
    "text", ["#ИМЯ?", "#ССЫЛКА!", "#NUME?", "#SPILL!", "see #REF!", "#¿NOMBRE?", "(#N/A)", "#Н/Д"]
)
def test_errors_of_spreadsheets_in_many_languages(text):
    assert told(text) == told(text, "a text") == ["is an error of a spreadsheet"]


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "cp1250", "cp866"])
@pytest.mark.parametrize("text", ["Міністерство", "школа и дети", "đak u školi", "ministère"])
def test_text_read_in_the_wrong_encoding(text, encoding):
    try:
        twice = text.encode().decode(encoding)
    except UnicodeDecodeError:  # a byte that the encoding has no letter for is kept as it is
        twice = "".join(
            bytes([b]).decode(encoding, errors="ignore") or chr(b) for b in text.encode()
        )
    assert twice != text and "was read in the wrong encoding" in told(twice)


@pytest.mark.parametrize(
    "text",
    [
        "Ні",
        "Рівненська область, ЗЄС",
        "СІРІ ПРАВИЛА",
        "Їжак і Єва",
        "Ђорђевић, Љубљана",
        "შინაგან საქმეთა სამინისტრო",
        "Gjykata e Lartë – Tiranë",
        "Ștefan cel Mare",
        "„Č“ i „Š“",
        "À la carte",
        "+380 44 123 45 67",
        "- one of a list",
        "5 decisions",
        "3 serious cases",
        "Jan 2026",
        "#StopBullying!",
        "No. #1!",
        "A → B ≥ 5 €",
        "<b>&amp;</b>",
        "1-2",
        "C# and F#",
        "=====",
    ],
)
def test_text_that_only_resembles_damage(text):
    assert told(text, "a text") == []
    assert told(text) == [] or text in ("=====",)  # which begins like a formula


@pytest.mark.parametrize("text", ["=1+1", "-1+2", "+1+cmd|' /C calc'!A0", "@SUM(1)", "＝1", "+A1"])
def test_cells_that_begin_like_a_formula(text):
    assert told(text)[0] == "begins like a formula, which a spreadsheet computes"
    assert told(f"'{text}") == [] and told(text, "a text") == []


@pytest.mark.parametrize("text", ["1-січ", "12-янв", "5-maj", "січ-26", "4-აპრ", "7. iul", "1-Jan"])
def test_what_becomes_of_a_text_that_looks_like_a_day(text):
    assert told(text)[0].startswith("looks like what a spreadsheet makes of a text")


@pytest.mark.parametrize(
    "character", ["\x1b", "\x00", "\x7f", "\x85", "\u202e", "\u2028", "\ufeff"]
)
def test_characters_that_cannot_be_seen(character):
    assert told(f"a{character}b") == ["contains an invisible control character"]


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| base"])
def test_marks_of_a_merge(line):
    [fault] = damage.of_text("a.md", f"One.\n{line}\nTwo.")
    assert fault.row == 2 and fault.rule.startswith("is a git conflict mark")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[x](javascript:alert(1))", "is a link that leads nowhere"),
        ("[x](#summary)", "is a link that leads nowhere"),
        ("[x](law.pdf)", "is a link that leads nowhere"),
        ("[x][y]\n\n[y]: javascript:1", "is a link that leads nowhere"),
        ("<javascript:1>", "is a link that leads nowhere"),
        ("![x](https://example.org/x.png)", "is a picture"),
        ("## A chapter", "is a heading of a chapter"),
        ("A chapter\n===", "is a heading of a chapter"),
        ("[x](https://example.org/x)", None),
        ("<https://example.org/>", None),
        ("### A part", None),
        ("It is said [@ZED-S01].", None),
        ("- one\n- two", None),
    ],
)
def test_links_pictures_and_headings_of_a_narrative(text, says):
    rules = [f.rule for f in of_links(text, Check("narrative", "a.md", DATA))]
    assert bool(rules) == bool(says) and all(says in rule for rule in rules)
