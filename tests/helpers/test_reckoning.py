"""What is missing, and text from outside, on a page: said in words, and never run."""

import numpy as np
import pandas as pd
import pytest
from lxml import html

from cop.report import citations, page, words

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{0}{x}", "=1+1",
           "مرحبا 🙂 გამარჯობა"]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_outside_text_is_text(hostile):
    frame = pd.DataFrame({"a": [hostile], "b": ["x"]})
    shown = str(words.table(frame, hostile, {"a": hostile, "b": "B"}, note=hostile))
    assert "<script" not in shown and "<img" not in shown


@pytest.mark.parametrize(
    "hostile",
    ["<script>x</script>", "a <img src=x onerror=x>", "[a](javascript:x)",
     "<a href='javascript:x'>a</a>"],
)  # fmt: skip
def test_a_narrative_cannot_carry_html(place, hostile):
    text = citations.with_citations(f"{hostile} and **bold**\n\nText [@ZZZ-S01].", place)
    shown = html.fromstring(str(text))
    assert not shown.xpath("//script | //img | //a[starts-with(@href, 'javascript')]")
    assert shown.xpath("//a[@href='#ZZZ-S01']")


def test_a_narrative_with_an_unknown_citation_is_refused(place):
    with pytest.raises(LookupError, match="ZZZ-S99"):
        citations.with_citations("Text [@ZZZ-S99].", place)


def test_missing_is_said_in_words():
    frame = pd.DataFrame({"a": ["x", "y"], "n": pd.array([None, 0], dtype="Int64"),
                          "f": [np.nan, 0.0], "t": ["", "z"]})  # fmt: skip
    shown = str(words.table(frame, "C", {"a": "A", "n": "N", "f": "F", "t": "T"}))
    assert [shown.count(word) for word in (page.MISSING, "not stated", ">0<")] == [2, 1, 2]
    assert not [word for word in ("nan", "NaN", "None", "&lt;NA&gt;") if word in shown]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(105117.0, "105,117"), (82.44, "82.4"), (91.0, "91.0"), (0.5304, "0.53"), (0.0, "0"),
     (7, "7")],
)  # fmt: skip
def test_numbers_as_they_are_read(value, shown):
    assert page.number(value) == shown
