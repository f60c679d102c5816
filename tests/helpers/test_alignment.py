"""Stage 5: how items are rated, counted and shown, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA

import cop.data
from cop.data import agreement
from cop.report import page
from cop.report.palette import STATUSES
from helpers import alignment

POLICY = alignment.POLICY
STATES = list(cop.data.labels("alignment", "status", DATA))
SILENT = [word for word in STATES if word not in agreement.SCALE]


def codings(*rows):
    """Return the codings of a country: (item, coder, status, reason of confidence)."""
    frame = pd.DataFrame(rows, columns=["item_id", "coder", "status", "confidence_reason"])
    return frame.assign(rationale="Why.", confidence="", evidence_ids="", note="")


@pytest.fixture
def judge(replace_table, place):
    """Return a function that returns the item PM-LEG-01 with these ratings by coder."""

    def item(**ratings):
        rows = [("PM-LEG-01", coder, rating, f"of {coder}") for coder, rating in ratings.items()]
        replace_table("alignment", codings(*[row for row in rows if row[2]]))
        return alignment.adjudicated(place).set_index("item_id").loc["PM-LEG-01"]

    return item


@pytest.mark.parametrize(
    ("rule", "first", "second", "adjudicated", "final"),
    [
        ("not rated", "", "", "", ("not assessed", "")),
        ("one coder alone is valid", "planned", "", "", ("planned", "one")),
        ("coder B alone is valid too", "", "planned", "", ("planned", "one")),
        ("adjudicated alone", "", "", "planned", ("planned", "one")),
        ("two who agree", "planned", "planned", "", ("planned", "alike")),
        ("two who differ are not valid", "planned", "in place", "", ("not assessed", "unsettled")),
        ("two who agree, confirmed", "planned", "planned", "planned", ("planned", "adjudicated")),
        ("two who agree, changed", "planned", "planned", "in place", ("in place", "changed")),
        ("two who differ, settled", "in place", "planned", "planned", ("planned", "adjudicated")),
    ],
)
def test_an_item_has_a_final_rating(rule, first, second, adjudicated, final, judge):
    item = judge(A=first, B=second, adjudicated=adjudicated)
    assert (item.status, item.judged_by) == final, rule
    assert (item.coder_a, item.coder_b) == (first, second), "each coder under its own heading"
    assert item.rationale == ("" if item.status == "not assessed" else "Why."), rule


def test_of_two_coders_who_agree_the_reasons_of_coder_a_are_given(judge):
    assert judge(B="planned", A="planned").confidence_reason == "of A"


def test_only_what_both_coders_rated_is_compared():
    items = pd.DataFrame({
        "item_id": list("abcd"), "framework": POLICY, "judged_by": "adjudicated",
        "coder_a": ["in place", "partly in place", "planned", "not in place"],
        "coder_b": ["in place", "not in place", "planned", ""],
    })  # fmt: skip
    alone = items.tail(1).assign(framework="industry")
    rows = alignment.agreement_of_coders(pd.concat([items, alone]))
    assert rows.framework.tolist() == [POLICY], "a framework that one coder rated is left out"
    [row] = rows.itertuples()
    counts = row.items, row.same, row.compared
    assert counts == (3, 2, 2), "an item of one coder is not compared, nor one off the scale"
    assert row.no_alpha == "few" and pd.isna(row.alpha), "of too few items there is no alpha"
    other = items.head(3).assign(framework="cross-check", item_id=list("xyz"))
    order = alignment.agreement_of_coders(pd.concat([other, items])).framework.tolist()
    assert order == [POLICY, "cross-check"], "frameworks are in the order of their first item"


def test_alpha_of_many_ratings_stands_between_the_limits_of_its_interval():
    ratings = ["in place", "partly in place", "not in place", "in place"] * 6
    other = ["partly in place", *ratings[1:]]
    items = pd.DataFrame({"item_id": range(24), "framework": "F", "coder_a": ratings,
                          "coder_b": other})  # fmt: skip
    [row] = alignment.agreement_of_coders(items).itertuples()
    assert row.no_alpha == "" and 0 < row.low <= row.alpha <= row.high <= 1


def test_every_state_has_a_sign_and_a_look_and_only_no_is_lowest():
    assert list(STATUSES) == STATES and len(set(page.SIGNS.values())) == len(STATES)
    assert agreement.SCALE[0] == "not in place"
    assert set(SILENT) == {"planned", "no public evidence", "not assessed", "not applicable",
                           "withheld"}  # fmt: skip


def test_a_search_is_of_an_item_that_is_silent_and_of_coders_who_found_nothing(
    replace_table, place
):
    silent = alignment.SILENT
    rows = codings(("PM-1", "A", silent, "Read S1."), ("PM-1", "B", silent, "Read S2."),
                   ("PM-2", "A", silent, "Read S3."), ("PM-1", "adjudicated", "planned",
                       "x"))  # fmt: skip
    replace_table("alignment", rows)
    items = pd.DataFrame({"item_id": ["PM-1", "PM-2"], "status": [silent, "in place"]})
    assert alignment.searches(items, place) == {"PM-1": [["A", "Read S1."], ["B", "Read S2."]]}


def test_the_record_that_coders_searched_is_verified_and_from_the_first_to_the_last_day(
    place, replace_table
):
    days = ["2026-05-02", "2026-05-01", "2026-05-03", "2026-04-01"]
    replace_table("sources", lambda rows: rows.head(4).assign(accessed=days,
        verified=["yes"] * 3 + ["no"]))  # fmt: skip
    record = alignment.record(place)
    found = record["sources"], record["first"], record["last"]
    assert found == (3, "2026-05-01", "2026-05-03"), "of verified sources, first and last day"
    assert {*alignment.REGISTERS} < {*record}
    replace_table("sources", lambda rows: rows.assign(verified="no"))
    record = alignment.record(place)
    found = record["sources"], record["first"], record["last"]
    assert found == (0, "", ""), "without a verified source there is no day"


def test_facts_on_a_document_are_no_items_and_cross_checks_are_a_framework_of_their_own(place):
    items, guide = alignment.adjudicated(place), cop.data.read("guidelines", place.data)
    facts = guide.item_id[guide.kind == "document fact"]
    assert not items.item_id.isin(facts).any(), "a fact on a document is no item"
    checks = guide.item_id[guide.kind == "cross-check"]
    assert set(items.framework[items.item_id.isin(checks)]) == {"cross-check"}


def test_a_capability_is_printed_if_its_wording_was_checked_and_else_a_paraphrase(
    place, replace_table
):
    replace_table("capabilities", lambda rows: rows.head(2).assign(wording_checked=["yes", "no"]))
    items = alignment.adjudicated(place)
    found = items.wording[items.framework == alignment.RESPONSE]
    assert found.tolist() == ["printed", "paraphrase"]


def test_a_table_of_items_is_of_one_framework(place, monkeypatch):
    monkeypatch.setattr(alignment, "render", lambda name, frame, *_: frame.framework.unique())
    disputed = pd.DataFrame(columns=["item_id"])
    frameworks = alignment.item_table(alignment.adjudicated(place), place, POLICY, disputed)
    assert [*frameworks] == [POLICY]
