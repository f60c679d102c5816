"""Coder A against coder B: which items, by number, and what each gave as why."""

from collections import Counter

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.explore import coding
from helpers import alignment, countries


@pytest.fixture(scope="module")
def serbia():
    return countries.find("SRB", str(DATA), "", "2026")


def pairs(*words):
    """Return items that were judged with these words by A and B."""
    rows = [(f"PM-LEG-{i:02}", a, b) for i, (a, b) in enumerate(words, 1)]
    return pd.DataFrame(rows, columns=["item_id", "coder_a", "coder_b"])


def test_the_items_that_differ_are_those_whose_rows_differ(serbia):
    rows = cop.data.read("alignment", serbia.data, "SRB").pivot(
        index="item_id", columns="coder", values="status"
    )
    differ = rows.dropna(subset=["A", "B"]).query("A != B")
    frame = coding.compared(serbia).set_index("item_id")
    assert set(frame.index) == set(differ.index) and len(frame)
    assert frame.coder_a.to_dict() == differ.A.to_dict()
    both = coding.compared(serbia, which="both")
    assert len(both) == rows.dropna(subset=["A", "B"]).shape[0] > len(frame)


def test_each_coders_reason_and_evidence_are_their_own(serbia):
    rows = cop.data.read("alignment", serbia.data, "SRB").set_index(["item_id", "coder"])
    for item in coding.compared(serbia).itertuples():
        assert item.why_a == rows.rationale[item.item_id, "A"]
        assert item.why_b == rows.rationale[item.item_id, "B"]
        assert item.stands_on_b == rows.evidence_ids[item.item_id, "B"]


def test_a_framework_is_compared_by_itself(serbia):
    every = Counter(coding.compared(serbia, which="both").framework)
    one = coding.compared(serbia, alignment.POLICY, "both")
    assert len(one) == every[alignment.POLICY] < sum(every.values())


def test_the_sentence_names_every_item_that_differs(serbia):
    words = ("in place", "in place"), ("in place", "not in place"), ("not assessed", "in place")
    assert said(coding.about(pairs(*words), serbia)) == (
        "Coders A and B see 2 of the 3 items of Serbia that both judged differently: "
        "PM-LEG-02 and PM-LEG-03."
    )
    assert said(coding.about(pairs(*words[:1]), serbia)) == (
        "Coders A and B used the same word on the 1 item of Serbia that both judged."
    )
    assert said(coding.about(pairs(*words[:1] * 2), serbia)) == (
        "Coders A and B used the same word on all 2 items of Serbia that both judged."
    )
    assert said(coding.about(pairs(), serbia)) == (
        "No item of Serbia was judged by two coders, so there is nothing to compare."
    )


def test_the_grid_holds_each_item_once_where_both_words_meet(serbia):
    items = pairs(("in place", "not in place"), ("in place", "in place"), ("in place", "in place"))
    grid = coding.grid(items, serbia).set_index("coder_a")
    assert grid.loc["in place"].to_dict() == {
        "in place": "PM-LEG-02; PM-LEG-03",
        "not in place": "PM-LEG-01",
    }
    shown = said(coding.grid_table(grid.reset_index(), serbia))
    assert "PM-LEG-01" in shown and "coder A (down) and of coder B (across)" in shown
    assert "was judged by two coders" in said(
        coding.grid_table(coding.grid(pairs(), serbia), serbia)
    )
