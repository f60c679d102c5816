"""Stage 5: how items are rated, counted and shown, on a few invented rows."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import DATA, EIGHT
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pagetext import said

import cop.data
from cop.data import agreement
from cop.data.places import Country
from cop.report import page, words
from cop.report.palette import STATUSES
from helpers import alignment, assessment, show

POLICY = alignment.POLICY
PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
STATES = list(cop.data.labels("alignment", "status", DATA))
SILENT = [word for word in STATES if word not in agreement.SCALE]
GUIDELINES = show.Templates("5-guideline-alignment")


def rated(*statuses, framework=POLICY, **others):
    """Return one item for each status, both coders of one mind."""
    row = {"framework": framework, "area": "1 Law", "item": "Item", "guidance": "What it asks.",
           "status": statuses, "confidence": "high", "evidence_ids": "",
           "judged_by": "adjudicated", "coder_a": statuses, "coder_b": statuses}  # fmt: skip
    return pd.DataFrame({"item_id": [f"PM-{n:02}" for n in range(len(statuses))]} | row | others)


@pytest.fixture
def codings(monkeypatch):
    """Replace the codings of a country by rows of (item, coder, status)."""
    read = cop.data.read

    def replace(*rows):
        frame = pd.DataFrame(rows, columns=["item_id", "coder", "status"])
        more = dict.fromkeys(["confidence", "confidence_reason", "evidence_ids", "note"], "")
        frame = frame.assign(rationale="Why.", **more)
        monkeypatch.setattr(
            cop.data, "read", lambda name, *a: frame if name == "alignment" else read(name, *a)
        )
        return frame

    return replace


def test_one_coder_is_a_valid_state_and_two_who_differ_are_not(codings, place):
    first, second, third, fourth = "PM-LEG-01", "PM-LEG-02", "PM-LEG-03", "PM-LEG-04"
    codings(
        (first, "A", "in place"),
        (second, "A", "in place"), (second, "B", "in place"),
        (third, "A", "in place"), (third, "B", "not in place"),
        (fourth, "A", "in place"), (fourth, "B", "planned"), (fourth, "adjudicated", "planned"),
    )  # fmt: skip
    items = alignment.adjudicated(place).set_index("item_id")
    columns = ["status", "judged_by", "rationale", "coder_a", "coder_b"]
    assert items.loc[[first, second, third, fourth], columns].values.tolist() == [
        ["in place", "one", "Why.", "in place", ""],
        ["in place", "alike", "Why.", "in place", "in place"],
        ["not assessed", "unsettled", "", "in place", "not in place"],
        ["planned", "adjudicated", "Why.", "in place", "planned"],
    ]
    others = items.drop([first, second, third, fourth])
    assert set(others.status) == {"not assessed"} and set(others.judged_by) == {""}


def test_only_what_both_coders_rated_is_compared():
    items = rated("in place", "partly in place", "planned", "not in place")
    items = items.assign(coder_b=["in place", "not in place", "planned", ""])
    [row] = alignment.agreement_of_coders(items).itertuples()
    assert (row.framework, row.items, row.same, row.compared) == (POLICY, 3, 2, 2)


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0.8, "good"),
        (0.799, "enough for tentative conclusions"),
        (0.667, "enough for tentative conclusions"),
        (0.666, "not secured"),
        (None, "No measure that takes chance into account is given"),
    ],
)
def test_agreement_is_judged_by_the_lower_end_of_alpha(low, word, place):
    worst = low and pd.Series(
        {"framework": "children", "alpha": 0.91, "low": low, "high": 0.98, "compared": 25}
    )
    counts = pd.Series({"items": 60, "same": 56})
    line = said(GUIDELINES.about_agreement(counts, worst, *alignment.BOUNDS, place))
    assert word in line and "the same word for 56 of 60 items" in line


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=12))
def test_each_state_is_counted_by_itself_and_the_parts_add_up(states):
    items = rated(*states)
    numbers = items.status.value_counts(sort=False).to_dict()
    line = said(GUIDELINES.bottom_line(numbers, 0, 0, PLACE, "PM-00"))
    total, *parts = [int(n) for n in re.findall(r"\b\d+\b", line)]
    assert total == sum(parts) == len(states)
    assert [w for w in STATES if states.count(w) and f"{states.count(w)} {w}" not in line] == []


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.sampled_from(STATES)] * 2), min_size=2, max_size=20), st.data())
def test_agreement_takes_no_silent_state_for_a_no(rows, data):
    """Whichever word of silence stands there, alpha is the same: none is a point of the scale."""
    other = data.draw(st.sampled_from(SILENT))
    frame = pd.DataFrame(rows, columns=["A", "B"])
    swapped = frame.replace(dict.fromkeys(SILENT, other))
    before, after = agreement.ordinal_alpha(frame), agreement.ordinal_alpha(swapped)
    assert (np.isnan(before) and np.isnan(after)) or before == after


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=12))
def test_a_link_is_not_in_place_only_where_a_source_says_so(states):
    word = assessment.link_status(pd.Series(states), pd.Series("high", range(len(states))))
    assert word in STATES
    assert word != "not in place" or "not in place" in states
    others = [state for state in states if state != "not applicable"]
    assert word != "in place" or set(others) == {"in place"}


def test_every_state_has_a_sign_a_look_and_a_meaning_and_only_no_is_lowest():
    assert list(STATUSES) == STATES and len(set(page.SIGNS.values())) == len(STATES)
    assert agreement.SCALE[0] == "not in place"
    assert set(SILENT) == {"planned", "no public evidence", "not assessed", "not applicable",
                           "withheld"}  # fmt: skip
    shown = said(words.render("site/method", "meanings"))
    assert [word for word in STATES if f"{page.SIGNS[word]} {word}" not in shown] == []


def test_silence_shows_who_read_what_and_the_record_that_was_searched(codings, place):
    items = rated("no public evidence", "in place")
    coded = codings(
        ("PM-00", "A", "no public evidence"), ("PM-00", "B", "partly in place"),
        ("PM-00", "adjudicated", "no public evidence"),
    )  # fmt: skip
    coded["confidence_reason"] = ["laws read", "one law", "all read"]
    assert alignment.searches(items, place) == {
        "PM-00": [("A", "laws read"), ("adjudicated", "all read")]  # B found something
    }
    assert alignment.record(place)["first"] <= alignment.record(place)["last"]


@pytest.mark.parametrize("iso3", EIGHT)
def test_every_rating_of_a_real_country_leads_to_evidence_or_to_its_search(iso3):
    place = Country(iso3, iso3, str(DATA), "", "2026")
    items = alignment.adjudicated(place)
    ratings = items[~items.status.isin(["not assessed", "not applicable"])]
    searched = alignment.searches(ratings, place)
    bare = ratings[(ratings.evidence_ids == "") & ~ratings.item_id.isin(searched)]
    assert len(ratings) > 40 and bare.item_id.tolist() == []
    assert alignment.record(place)["first"] < alignment.record(place)["last"]


def test_each_item_leads_to_the_proof_of_its_status(place):
    proofs = html.fromstring(f"<div>{GUIDELINES.accepted_proof(place)}</div>")
    words = [" ".join(term.text_content().split()) for term in proofs.xpath("//dt")]
    words = [word.split(" ", 1)[1] for word in words]
    assert words[: len(STATES)] == STATES and {"high", "moderate", "low"} <= set(words)
    items = alignment.adjudicated(place)
    table = html.fromstring(str(alignment.item_table(items, place, POLICY)))
    links = table.xpath("//tbody//a[@class='proof']/@href")
    assert len(links) == (items.framework == POLICY).sum()
    assert {link[1:] for link in links} <= set(proofs.xpath("//@id"))


def test_a_route_for_reports_is_in_place_only_where_its_speed_and_advertising_are_shown():
    """The item asks for both: a reason that says they are not shown belongs to a part of it."""
    for iso3 in EIGHT:
        rows = cop.data.read("alignment", DATA, iso3).query("coder == 'adjudicated'")
        row = rows[rows.item_id == "PM-RIC-01"].iloc[0]
        lacks = re.search(r"not (shown|recorded|described|established)|could not", row.rationale)
        assert not (row.status == "in place" and lacks), iso3
