"""What is missing, and text from outside, on a page: said in words, and never run."""

import numpy as np
import pandas as pd
import pytest
from lxml import html

from cop.report import citations, formats, languages, page, words

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


def test_missing_is_said_in_words():
    frame = pd.DataFrame({"a": ["x", "y"], "n": pd.array([None, 0], dtype="Int64"),
                          "f": [np.nan, 0.0], "t": ["", "z"]})  # fmt: skip
    shown = str(words.table(frame, "C", {"a": "A", "n": "N", "f": "F", "t": "T"}))
    assert [shown.count(word) for word in (page.MISSING, "not stated", ">0<")] == [2, 1, 2]
    assert not [word for word in ("nan", "NaN", "None", "&lt;NA&gt;") if word in shown]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (page.number(105117.0), "105,117"),
        (page.number(1000.0), "1,000"),  # no decimals from a thousand on
        (page.number(999.96), "1,000.0"),
        (page.number(82.44), "82.4"),
        (page.number(1.0), "1.0"),  # one decimal from one on
        (page.number(0.9951), "1.00"),
        (page.number(0.5304), "0.53"),
        (page.number(0.0), "0"),
        (page.number(7), "7"),
        (page.percent(12.6), "13%"),
        (page.measured(62.54, "% of people"), "62.5%"),
        (page.measured(2.6, "persons"), "3"),  # what is counted has no decimals
        (page.counted(2.6, "reports per year"), "3"),
        (page.plain(62.0), "62"),
        (page.period(2021, 2023), "2021 to 2023"),
        (page.period(2023, 2023), "2023"),
        (formats.join_words(["a"]), "a"),
        (formats.join_words(["a", "b"]), "a and b"),
        (formats.join_words(["a", "b", "c"]), "a, b and c"),
        (languages.lower_first("Legal framework"), "legal framework"),
        (languages.lower_first("NGOs"), "NGOs"),
    ],
)
def test_numbers_periods_and_lists_as_they_are_read(shown, text):
    assert shown == text
