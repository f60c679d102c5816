"""Missing is never zero: each state of an item is a word of its own, counted by itself."""

import numpy as np
import pandas as pd
from conftest import DATA
from hypothesis import given, settings
from hypothesis import strategies as st
from pagetext import said

import cop.data
from cop.data import agreement
from cop.data.places import Country
from cop.report import page, words
from cop.report.palette import STATUSES
from helpers import alignment, assessment

PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
STATES = list(cop.data.labels("alignment", "status", DATA))
SILENT = [word for word in STATES if word not in agreement.SCALE]
SOME = st.lists(st.sampled_from(STATES), min_size=1, max_size=12)


def items(states):
    frame = pd.DataFrame({"status": states, "framework": alignment.POLICY, "area": "1 Law"})
    return frame.assign(item="Item", item_id="PM-LEG-01", confidence="high")


def test_every_state_has_a_sign_a_look_and_a_definition_of_its_own():
    assert list(STATUSES) == STATES and len(set(page.SIGNS.values())) == len(STATES)
    proofs = str(alignment.accepted_proof(PLACE))
    assert [word for word in STATES if f'id="proof-{word.replace(" ", "-")}"' not in proofs] == []


def test_only_not_in_place_is_the_lowest_point_of_a_scale():
    points = {word: agreement.SCALE.index(word) for word in agreement.SCALE}
    assert [word for word, point in points.items() if point == 0] == ["not in place"]
    assert set(SILENT) == {"planned", "no public evidence", "not assessed", "not applicable",
                           "withheld"}  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.sampled_from(STATES)] * 2), min_size=2, max_size=20), st.data())
def test_agreement_takes_no_silent_state_for_a_no(rows, data):
    """Whichever word of silence stands there, alpha is the same: none is a point of the scale."""
    other = data.draw(st.sampled_from(SILENT))
    frame = pd.DataFrame(rows, columns=["A", "B"])
    swapped = frame.replace(dict.fromkeys(SILENT, other))
    one, two = agreement.ordinal_alpha(frame), agreement.ordinal_alpha(swapped)
    assert (np.isnan(one) and np.isnan(two)) or one == two


@settings(deadline=None, max_examples=50)
@given(SOME)
def test_each_state_is_counted_by_itself_and_the_parts_add_up(states):
    counts = alignment.by_area(items(states), PLACE).iloc[0]
    assert {word: counts[word] for word in STATES} == {word: states.count(word) for word in STATES}
    whole = alignment.by_framework(items(states), PLACE).iloc[-1]
    assert whole["items"] == len(states) == sum(whole[word] for word in STATES)
    told = said(alignment.bottom_line(items(states).assign(wording="printed"), PLACE))
    assert [w for w in STATES if states.count(w) and f"{states.count(w)} {w}" not in told] == []


@settings(deadline=None, max_examples=50)
@given(SOME)
def test_a_link_is_said_not_to_be_in_place_only_where_a_source_says_so(states):
    word = assessment.link_status(pd.Series(states), pd.Series("high", range(len(states))))
    assert word in STATES
    assert word != "not in place" or "not in place" in states
    others = [state for state in states if state != "not applicable"]
    assert word != "in place" or set(others) == {"in place"}


def test_a_state_that_seldom_occurs_is_shown_only_where_it_does():
    always = [word for word, look in STATUSES.items() if not look.seldom]
    assert page.occurring({}) == always
    assert page.occurring({"withheld": 1, "planned": 0}) == [*always, "withheld"]
    both = items(["in place", "planned"])
    counts = alignment.by_area(both, PLACE)
    shown = said(alignment.area_chart(counts, PLACE, alignment.POLICY, both))
    assert "1 planned" in shown and "withheld" not in shown
    assert "withheld" not in said(alignment.framework_table(alignment.by_framework(
        items(["planned"]), PLACE), PLACE))  # fmt: skip


def test_a_plan_is_a_gap_and_no_strength():
    plan = items(["planned"]).assign(rationale="It is to come.", evidence_ids="",
                                     confidence_reason="said so")  # fmt: skip
    empty = pd.DataFrame(columns=["recommendation_id", "item_ids", "capability_ids"], dtype=str)
    rows = pd.DataFrame(columns=["row", "value", "label", "detail", "refs", *assessment.SURE])
    assert assessment.gaps(plan, rows.astype(str), empty).status.tolist() == ["planned"]
    lines = pd.DataFrame(columns=["kind", "operates", "confidence"])
    assert assessment.strengths(plan, lines).empty


def test_the_method_says_what_each_state_means():
    shown = said(words.show("site/method", "meanings"))
    assert [word for word in STATES if f"{page.SIGNS[word]} {word}" not in shown] == []
