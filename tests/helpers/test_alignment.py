"""Stage 5: the items and how they are judged, in sentences and tables, on a few invented rows."""

import numpy as np
import pandas as pd
import pytest
from pagetext import said

from helpers import alignment

STATUSES = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
POLICY = "policy-makers"


def judged(*statuses, framework=POLICY, **others):
    """Give one item for each status."""
    return pd.DataFrame(
        {
            "item_id": [f"PM-{n:02}" for n in range(len(statuses))],
            "framework": framework,
            "area": "1 Law",
            "item": "Item",
            "guidance": "What it asks.",
            "wording_checked": "yes",
            "status": statuses,
            "confidence": "high",
            "confidence_reason": "official text",
            "evidence_ids": "",
            "rationale": "A law says so.",
            "note": "",
            "coder_a": statuses,
            "coder_b": statuses,
        }
        | others
    )


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        (
            (5, 4, 3, 2, 0),
            "Of the 14 items of the guidelines for policy-makers, 5 are in place in Zedland, 4 "
            "partly in place and "
            "3 not in place; on 2 no public evidence was found, and 0 were not assessed.",
        ),
        (
            (1, 0, 0, 0, 1),
            "Of the 2 items of the guidelines for policy-makers, 1 is in place in Zedland, 0 "
            "partly in place and "
            "0 not in place; on 0 no public evidence was found, and 1 was not assessed.",
        ),
    ],
)
def test_the_bottom_line_keeps_the_words_apart_and_counts_policy_makers_only(counts, line, place):
    words = [word for word, n in zip(STATUSES, counts, strict=True) for _ in range(n)]
    frame = pd.concat([judged(*words), judged("in place", framework="industry")])
    assert said(alignment.bottom_line(frame, place)) == line


def test_confidence_is_counted_by_its_word_and_an_item_without_one_by_none():
    frame = judged(*["in place"] * 7).assign(
        confidence=["high"] * 3 + ["low"] * 2 + ["moderate", ""]
    )
    line = "Confidence is high for 3 of these codings, moderate for 1 and low for 2."
    assert said(alignment.about_confidence(frame)) == line


def test_the_other_guidelines_are_counted_without_the_model_national_response():
    others = judged("in place", "not assessed", "no public evidence", framework="children")
    frame = pd.concat(
        [judged("in place"), judged("in place", framework=alignment.RESPONSE), others]
    )
    line = said(alignment.about_others(frame))
    assert line.startswith("The evidence speaks on 2 of the 3 items for industry, parents,")


def coders(*rows):
    columns = ["framework", "items", "same", "compared", "alpha", "low", "high"]
    return pd.DataFrame([(name, 30, 28, 25, *figures) for name, *figures in rows], columns=columns)


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0.8, "good"),
        (0.799, "enough for tentative conclusions"),
        (0.667, "enough for tentative conclusions"),
        (0.666, "not secured"),
    ],
)
def test_agreement_is_judged_by_the_lower_end_of_the_lowest(low, word, place):
    frame = coders((POLICY, 0.95, 0.9, 1.0), ("children", 0.91, low, 0.98))
    line = said(alignment.about_agreement(frame, place))
    assert (
        f"agreement before adjudication is {word} (lowest for the Guidelines for children: " in line
    )
    assert f"Krippendorff's alpha 0.91, 95% interval {low:.2f} to 0.98)" in line


def test_agreement_without_an_interval_cannot_be_computed(place):
    alone = coders((POLICY, 0.0, np.nan, np.nan))
    for frame in (alone, alone.head(0)):
        line = said(alignment.about_agreement(frame, place))
        assert line.startswith("Agreement of two coders cannot be computed")
    table = said(alignment.agreement_table(coders((POLICY, np.nan, np.nan, np.nan)), place))
    row = "Guidelines for policy-makers | 30 | 28 | 25 | cannot be computed | cannot be computed"
    assert row in table and "2,000 draws" in table and "95% interval" in table


def test_only_what_both_coders_judged_is_compared():
    frame = judged("in place", "partly in place", "not in place")
    frame = frame.assign(coder_b=["in place", "not in place", ""])
    row = next(alignment.agreement_of_coders(frame).itertuples())
    assert (row.framework, row.items, row.same, row.compared) == (POLICY, 2, 1, 2)


def test_the_table_of_differences_shows_what_each_said_and_how_it_was_settled(place):
    frame = judged("in place", "partly in place").assign(
        coder_a=["in place", "not in place"], note=["", "B read the law."]
    )
    table = said(alignment.difference_table(frame, place))
    assert "Item | Coder A | Coder B | Settled as | Why" in table
    assert "○ not in place | ◐ partly in place | ◐ partly in place | B read the law." in table
    assert table.count("partly in place") == 2 and "● in place" not in table


def test_areas_stand_in_their_order_with_a_zero_for_a_status_that_none_has(place):
    frame = judged("in place", "in place").assign(area=["2 Reporting", "1 Law"])
    counts = alignment.by_area(frame, place)
    assert list(counts.area) == ["2 Reporting", "1 Law"]
    assert list(counts.columns[2:]) == STATUSES and counts[STATUSES].sum().tolist() == [
        2,
        0,
        0,
        0,
        0,
    ]


def test_the_chart_says_how_many_are_in_place_and_names_each_area(place):
    frame = judged("in place", "partly in place", "no public evidence")
    frame.loc[2, "area"] = "2 Reporting to those who can act, by whoever sees it"
    shown = said(alignment.area_chart(alignment.by_area(frame, place), place, POLICY))
    assert "Zedland: 1 of 3 items in place and 1 partly (Guidelines for policy-makers)" in shown
    assert "1 Law: 1 in place, 1 partly in place; 2 Reporting to those who can act, by" in shown
    assert "2 Reporting to those who can act, by … | 0 | 0 | 0 | 1 | 0" in shown


def test_nothing_is_drawn_where_nothing_was_assessed(place):
    counts = alignment.by_area(judged("not assessed"), place)
    shown = said(alignment.area_chart(counts, place, POLICY))
    line = "Guidelines for policy-makers: no item was assessed yet, so nothing is drawn."
    assert shown == line


def test_an_item_says_how_sure_why_and_whether_its_wording_was_checked(place):
    frame = judged("in place", "not assessed").assign(
        wording_checked=["no", "yes"], confidence=["high", ""], rationale=["A law says so.", ""]
    )
    table = said(alignment.item_table(frame, place, POLICY))
    assert "Guidelines for policy-makers, item by item" in table
    row = "PM-00 Item * | ● in place | high / official text | A law says so. | none found"
    assert row in table
    assert "PM-01 Item | – not assessed | none given | Not looked at in this edition." in table


def test_one_item_is_shown_with_what_the_coders_said():
    frame = judged("in place").assign(coder_b="partly in place", note="Settled by the law.")
    assert said(alignment.about_item(frame, "PM-00")) == (
        "PM-00 Item ● in place What it asks. A law says so. Confidence high: official text. "
        "coder A: in place; coder B: partly in place. Settled by the law."
    )
    blank = dict.fromkeys(["guidance", "confidence", "rationale", "coder_a", "coder_b"], "")
    line = said(alignment.about_item(judged("not assessed").assign(**blank), "PM-00"))
    assert line == "PM-00 Item – not assessed Not looked at in this edition."
