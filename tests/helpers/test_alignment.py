"""Stage 5: how items are rated, counted and shown, on a few invented rows."""

import pandas as pd

from helpers import alignment

POLICY = alignment.POLICY


def codings(*rows):
    """Return the codings of a country: (item, coder, status, reason of confidence)."""
    frame = pd.DataFrame(rows, columns=["item_id", "coder", "status", "confidence_reason"])
    return frame.assign(rationale="Why.", confidence="", evidence_ids="", note="")


def test_one_coder_is_a_valid_state_and_two_who_differ_are_not(replace_table, place):
    coded = [f"PM-LEG-0{n}" for n in range(1, 4)] + ["PE-COM-01"]
    first, second, third, fourth = coded
    rows = codings(
        (first, "A", "in place", ""),
        (second, "A", "in place", ""), (second, "B", "not in place", ""),
        (third, "A", "in place", ""), (third, "B", "in place", ""),
        (third, "adjudicated", "partly in place", ""),
        (fourth, "adjudicated", "in place", ""),
    )  # fmt: skip
    replace_table("alignment", rows)
    items = alignment.adjudicated(place).set_index("item_id")
    assert items.loc[coded, ["status", "judged_by", "rationale"]].values.tolist() == [
        ["in place", "one", "Why."],
        ["not assessed", "unsettled", ""],
        ["partly in place", "changed", "Why."],
        ["in place", "one", "Why."],
    ]
    others = items.drop(coded)
    assert set(others.status) == {"not assessed"} and set(others.judged_by) == {""}


def test_only_what_both_coders_rated_is_compared():
    items = pd.DataFrame({
        "item_id": list("abcd"), "framework": POLICY, "judged_by": "adjudicated",
        "coder_a": ["in place", "partly in place", "planned", "not in place"],
        "coder_b": ["in place", "not in place", "planned", ""],
    })  # fmt: skip
    [row] = alignment.agreement_of_coders(items).itertuples()
    assert (row.framework, row.items, row.same, row.compared) == (POLICY, 3, 2, 2)
