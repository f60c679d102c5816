"""The rules in the templates: which sentence is said of which rows, at the edge of each rule."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from cop.report import words

# A line of sentences.jsonl: rule, template, macro, its arguments, and what it says. "PLACE" is the
# country of the test, "DRAW" draws a strip, null in a row or frame is unknown, "a|b" a key of two
# parts; "..." in what is said is any text, "!" before it that it is not said, "<" that it is HTML.
SENTENCES = Path(__file__).with_name("sentences.jsonl").read_text(encoding="utf-8").splitlines()
SENTENCES = [json.loads(line) for line in sorted(SENTENCES, key=len)]  # the plainest fails first


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
        case {"saved": tables}:  # a report by the rows that it saved
            return SimpleNamespace(rows=tables.get)
        case {"series": dict() as cells}:
            return pd.Series(cells)
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
    at, pieces = 0, [piece.strip() for piece in expected.split("...")]
    for piece in pieces:
        at = text.find(piece, at) + len(piece)
        assert at >= len(piece), f"{rule}: {piece!r} is not said, or not in this order, in {text!r}"
    is_whole = text.startswith(pieces[0]) and text.endswith(pieces[-1])
    assert is_whole and ("..." in expected or text == expected), f"{rule}: {text!r}"


@pytest.mark.parametrize(
    ("neighbours", "told"),
    [(["ZZZ", "YYY"], "of the 5 ratings of 2 countries, 4 are “in place”."), (["ZZZ"], "")],
)
def test_few_items_in_place_are_seen_beside_those_of_all_countries(
    neighbours, told, place, monkeypatch
):
    others = ["in place low", "planned high", "in place moderate", "in place low"]
    rated = {"ZZZ": ["in place high"], "YYY": others}
    rows = {
        iso3: [
            {"item_id": f"PM-{n}", "coder": "adjudicated", "status": s[0], "confidence": s[2]}
            for n, s in enumerate(word.rpartition(" ") for word in words)
        ]
        for iso3, words in rated.items()
    }
    drafts = ("PM-0", "A", "planned"), ("PM-1", "B", "not in place"), ("PM-1", "A", "planned")
    for item, coder, status in drafts:  # PM-0 was decided since, and on PM-1 the coders differ
        rows["ZZZ"][:0] = [{"item_id": item, "coder": coder, "status": status, "confidence": "low"}]
    monkeypatch.setattr(cop.data, "stamp", lambda _, __, iso3: [(iso3, "")])
    monkeypatch.setattr(cop.data, "locate", lambda _, iso3: iso3)
    monkeypatch.setattr(cop.data, "records", lambda iso3, *_: rows[iso3])
    items = pd.DataFrame([[f"PM-{n}", "Law", "A", "planned", "high"] for n in range(4)])
    items.columns = ["item_id", "area", "item", "status", "confidence"]
    counts = {"planned": 4}
    shown = words.render(
        "6-country-assessment", "item_strip", items, {}, counts, {}, neighbours, place
    )
    assert told in said(shown) and ("ministry has failed" in said(shown)) == bool(told)


@pytest.mark.parametrize(
    ("languages", "is_missed"),
    [("ru; en", True), ("yuk; en", True), ("uk; ru", False), ("", False)],
    ids=["only others", "one whose tag contains its own", "it is on record", "none is on record"],
)
def test_the_language_of_a_country_is_missed_where_only_others_are_on_record(languages, is_missed):
    names = "staff budget referral serves figure languages_evidence_id figure_evidence_id"
    row = SimpleNamespace(**dict.fromkeys(names.split(), ""), languages=languages, figure_year=None)
    ukraine = Country("UKR", "Ukraine", str(DATA), "", "2026")
    shown = said(words.render("2-stakeholder-mapping", "on_record", row, "2026-06-30", ukraine))
    assert ("whether Ukrainian is spoken" in shown) == is_missed
