"""Stage 5: how items are rated, counted and shown, on a few invented rows."""

import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data import agreement
from cop.report import page
from cop.report.palette import STATUSES
from helpers import alignment, show

POLICY = alignment.POLICY
STATES = list(cop.data.labels("alignment", "status", DATA))
SILENT = [word for word in STATES if word not in agreement.SCALE]
GUIDELINES = show.Templates("5-guideline-alignment")


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
    names = ["one coder", "two who differ", "two who agree, changed", "adjudicated alone"]
    found = items.loc[coded, ["status", "judged_by", "rationale"]].set_axis(names)
    assert found.T.to_dict("list") == {
        "one coder": ["in place", "one", "Why."],
        "two who differ": ["not assessed", "unsettled", ""],
        "two who agree, changed": ["partly in place", "changed", "Why."],
        "adjudicated alone": ["in place", "one", "Why."],
    }
    others = items.drop(coded)
    assert set(others.status) == {"not assessed"} and set(others.judged_by) == {""}


@pytest.mark.parametrize(
    ("settled", "judged_by"), [("in place", "adjudicated"), ("planned", "changed"), ("", "alike")]
)
def test_an_agreed_rating_is_changed_only_if_it_was_adjudicated_otherwise(
    settled, judged_by, replace_table, place
):
    rows = [("PM-LEG-01", coder, "in place", "") for coder in "AB"]
    rows += [("PM-LEG-01", "adjudicated", settled, "")] if settled else []
    replace_table("alignment", codings(*rows))
    items = alignment.adjudicated(place).set_index("item_id")
    assert items.judged_by["PM-LEG-01"] == judged_by


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


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0.8, "good"),
        (0.799, "enough for tentative conclusions"),
        (0.667, "enough for tentative conclusions"),
        (0.666, "not secured"),
        (None, "Corrected for chance (AC1), agreement is at least 0.90 in each framework."),
    ],
)
def test_agreement_is_judged_by_the_lower_end_of_alpha(low, word, place):
    worst = low and pd.Series(
        {"framework": "children", "alpha": 0.91, "low": low, "high": 0.98, "compared": 25}
    )
    counts = {"items": 60, "same": 56, "ac1": 0.9}
    changed = pd.DataFrame({"coder_a": ["in place"], "status": ["partly in place"]})
    line = said(GUIDELINES.about_agreement(counts, worst, changed, *alignment.BOUNDS, place))
    assert word in line and "the same rating for 56 of 60 items" in line


@pytest.mark.parametrize(
    ("low", "text"), [(1, "1 of the 8 ratings is of low"), (2, "2 of the 8 ratings are of low")]
)
def test_each_state_is_counted_by_itself_and_those_of_low_confidence_in_all(low, text, place):
    line = said(GUIDELINES.bottom_line(dict.fromkeys(STATES, 1), low, 0, place, "PM-00"))
    assert text in line and [word for word in STATES if f"1 {word}" not in line] == []


def test_every_state_has_a_sign_and_a_look_and_only_no_is_lowest():
    assert list(STATUSES) == STATES and len(set(page.SIGNS.values())) == len(STATES)
    assert agreement.SCALE[0] == "not in place"
    assert set(SILENT) == {"planned", "no public evidence", "not assessed", "not applicable",
                           "withheld"}  # fmt: skip


def test_each_confidence_has_its_own_number():
    text = said(GUIDELINES.about_confidence({"high": 1, "moderate": 2, "low": 3}, "PM-LEG-01"))
    assert text == "Confidence is high for 1 of these ratings, moderate for 2 and low for 3."


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


def test_facts_on_a_document_are_no_items_and_cross_checks_are_a_framework_of_their_own(place):
    items, guide = alignment.adjudicated(place), cop.data.read("guidelines", place.data)
    facts = guide.item_id[guide.kind == "document fact"]
    assert not items.item_id.isin(facts).any(), "a fact on a document is no item"
    checks = guide.item_id[guide.kind == "cross-check"]
    assert set(items.framework[items.item_id.isin(checks)]) == {"cross-check"}


def test_of_two_coders_who_agree_the_reasons_of_coder_a_are_given(replace_table, place):
    rows = [("PM-LEG-01", coder, "planned", f"of {coder}") for coder in "BA"]
    replace_table("alignment", codings(*rows))
    items = alignment.adjudicated(place).set_index("item_id")
    assert items.confidence_reason["PM-LEG-01"] == "of A"


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


def test_a_rating_on_which_the_coders_differed_is_adjudicated_and_not_changed(replace_table, place):
    rows = [("A", "in place"), ("B", "planned"), ("adjudicated", "planned")]
    replace_table("alignment", codings(*[("PM-LEG-01", *row, "") for row in rows]))
    items = alignment.adjudicated(place).set_index("item_id")
    assert items.judged_by["PM-LEG-01"] == "adjudicated"
