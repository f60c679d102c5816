"""The rules in the templates: which sentence is said of which rows, at the edge of each rule."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from pagetext import said

from cop.report import words

# A line of sentences.jsonl: rule, template, macro, its arguments, and what it says. "PLACE" is the
# country of the test, "DRAW" draws a strip, null in a row or frame is unknown, "a|b" a key of two
# parts; "..." in what is said is any text, "!" before it that it is not said, "<" that it is HTML.
SENTENCES = Path(__file__).with_name("sentences.jsonl").read_text(encoding="utf-8").splitlines()
SENTENCES = [json.loads(line) for line in SENTENCES]


def known(cells):
    return [pd.NA if cell is None else cell for cell in cells]


def argument(value, place):
    """Return an argument of a macro: a place, row, frame, series, or what stands there."""
    match value:
        case "PLACE":
            return place
        case "DRAW":
            return lambda frame, most: f"a scale up to {most}"
        case {"row": cells}:
            return SimpleNamespace(**dict(zip(cells, known(cells.values()), strict=True)))
        case {"columns": names, "rows": rows}:
            names = names.split() if isinstance(names, str) else names
            return pd.DataFrame([known(row) for row in rows], columns=names)
        case {"series": cells}:
            return pd.Series(known(cells))
        case list():
            return [argument(one, place) for one in value]
        case dict():
            keys = [tuple(name.split("|")) if "|" in name else name for name in value]
            return dict(zip(keys, argument([*value.values()], place), strict=True))
    return value


@pytest.mark.parametrize(
    ("rule", "template", "macro", "arguments", "expected"),
    SENTENCES,
    ids=[f"{template}: {rule}" for rule, template, *_ in SENTENCES],
)
def test_a_sentence_is_said_by_its_rule(rule, template, macro, arguments, expected, place):
    shown = words.render(template, macro, *argument(arguments, place))
    text = " ".join(shown.split()) if expected[:1] == "<" else said(shown)
    if expected.startswith("!"):
        assert expected[1:] not in text, rule
        return
    at = 0
    for piece in map(str.strip, expected.split("...")):
        at = text.find(piece, at) + len(piece)
        assert at >= len(piece), f"{rule}: {piece!r} is not said, or not in this order, in {text!r}"
    assert "..." in expected or text == expected, f"{rule}: {text!r}"
