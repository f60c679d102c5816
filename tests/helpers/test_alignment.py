"""Stage 5: the items and how they are judged, in sentences and tables, on a few invented rows."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import DATA
from pagetext import said

import cop.data
from cop.data.places import Country
from helpers import alignment

STATUSES = ["in place", "partly in place", "not in place", "no public evidence", "not assessed"]
SELDOM = ["planned", "not applicable", "withheld"]  # shown only where they occur
POLICY = "policy-makers"


def judged(*statuses, framework=POLICY, **others):
    """Return one item for each status."""
    return pd.DataFrame(
        {
            "item_id": [f"PM-{n:02}" for n in range(len(statuses))],
            "framework": framework,
            "area": "1 Law",
            "item": "Item",
            "guidance": "What it asks.",
            "document": "policy-makers 2020",
            "wording": "printed",
            "status": statuses,
            "confidence": "high",
            "confidence_reason": "official text",
            "evidence_ids": "",
            "rationale": "A law says so.",
            "note": "",
            "judged_by": "adjudicated",
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
            "Of the 14 items of the ITU guidelines for policy-makers, Zedland has 5 in place, "
            "4 partly in place, 3 not in place, 2 no public evidence and 0 not assessed.",
        ),
        (
            (1, 0, 0, 0, 1),
            "Of the 2 items of the ITU guidelines for policy-makers, Zedland has 1 in place, "
            "0 partly in place, 0 not in place, 0 no public evidence and 1 not assessed.",
        ),
    ],
)
def test_the_bottom_line_adds_up_to_the_items_of_itu_and_of_nobody_else(counts, line, place):
    words = [word for word, n in zip(STATUSES, counts, strict=True) for _ in range(n)]
    others = [judged("in place", framework=name) for name in ("industry", "cross-check")]
    shown = said(alignment.bottom_line(pd.concat([judged(*words), *others]), place))
    assert shown == line
    whole, *parts = [int(n) for n in re.findall(r"\b\d+\b", shown)]
    assert sum(parts) == whole


def test_the_headline_counts_all_ratings_and_says_how_many_are_of_low_confidence(place):
    frame = judged("in place", "not in place", "not in place", confidence=["low", "low", "high"])
    shown = said(alignment.bottom_line(frame, place))
    assert shown.startswith(
        "Of the 3 items of the ITU guidelines for policy-makers, Zedland has 1 in"
    )
    assert "2 not in place, 0 no public evidence and 0 not assessed." in shown
    assert "2 of the 3 ratings are of low confidence." in shown


def test_the_headline_says_how_many_items_are_paraphrases(place):
    frame = judged("in place", "not in place", "not in place").assign(
        wording=["paraphrase", "paraphrase", "printed"]
    )
    line = "The wording of 2 of the 3 is our paraphrase, still to be compared with"
    assert line in said(alignment.bottom_line(frame, place))


def test_fifteen_of_the_twenty_items_of_itu_are_paraphrases_today(place):
    items = alignment.adjudicated(place)
    counts, low, paraphrases = alignment.standing(items, POLICY)
    assert (sum(counts.values()), paraphrases) == (20, 15) and low <= 20
    assert set(items.document[items.framework == POLICY]) == {"policy-makers 2020"}
    checks = items[items.framework == alignment.CHECKS]
    assert len(checks) == 15 and not checks.document.str.contains("2020").any()


def codings(*rows):
    columns = ["item_id", "coder", "status"]
    frame = pd.DataFrame([(f"PM-{n}", *rest) for n, *rest in rows], columns=columns)
    return frame.assign(rationale="Why.")


def test_one_coder_alone_is_a_valid_state_and_two_who_differ_are_not():
    settled = alignment._settled(
        codings(
            *[(1, "A", "in place")],
            *[(2, "A", "in place"), (2, "B", "in place")],
            *[(3, "A", "in place"), (3, "B", "not in place")],
            *[(4, "A", "in place"), (4, "B", "not in place"), (4, "adjudicated", "not in place")],
        )
    )
    frame = pd.DataFrame.from_dict(settled, orient="index")
    assert frame.judged_by.to_dict() == {
        "PM-1": "one", "PM-2": "alike", "PM-3": "unsettled", "PM-4": "adjudicated",
    }  # fmt: skip
    words = ["in place", "in place", "not assessed", "not in place"]
    assert frame.sort_index().status.tolist() == words
    assert frame.rationale["PM-1"] == "Why." and frame.rationale["PM-3"] == ""


@pytest.mark.parametrize(
    ("states", "line"),
    [
        (["one", "alike"], "1 item was judged by one coder alone and is not yet checked "
         "by a second."),
        (["alike", ""], "Every item that was judged was judged by two coders."),
        (["one", "one", "unsettled"], "2 items were judged by one coder alone and are not yet "
         "checked by a second. On 1 item two coders differ and nobody has settled it; it counts "
         "as not assessed."),
    ],
)  # fmt: skip
def test_it_is_said_by_how_many_coders(states, line):
    assert said(alignment.about_coders(judged(*states).assign(judged_by=states))) == line


def test_an_item_that_one_coder_judged_says_so_in_its_row(place):
    frame = judged("in place").assign(judged_by="one")
    assert "Judged by one coder, not yet checked." in said(
        alignment.item_table(frame, place, POLICY)
    )


def test_the_cross_checks_stand_in_a_table_of_their_own_each_with_its_document(place):
    frame = judged("in place", "in place", framework="cross-check").assign(
        document=["Model National Response", "5Rights toolkit"]
    )
    table = said(alignment.item_table(frame, place, "cross-check"))
    assert "Cross-checks from other frameworks, item by item" in table
    assert "Item | Document | Status" in table and "5Rights Foundation" in table


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
    columns = ["framework", "alpha", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(items=30, same=28, ac1=0.9, compared=25, no_alpha="")


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0.8, "good"),
        (0.799, "enough for tentative conclusions"),
        (0.667, "enough for tentative conclusions"),
        (0.666, "not secured"),
    ],
)
def test_raw_agreement_comes_first_and_alpha_is_judged_by_its_lower_end(low, word, place):
    frame = coders((POLICY, 0.95, 0.9, 1.0), ("children", 0.91, low, 0.98))
    line = said(alignment.about_agreement(frame, place))
    assert line.startswith("Two coders who worked apart used the same word for 56 of 60 items.")
    assert f"is {word} (lowest for the ITU guidelines for children, 25 items: " in line
    assert f"Krippendorff's alpha 0.91, 95% interval {low:.2f} to 0.98)" in line


def test_a_handful_is_never_good(place):
    frame = judged(*["in place"] * 12, "not in place", "partly in place")
    row = alignment.agreement_of_coders(frame)
    assert (row["items"][0], row.same[0], row.no_alpha[0]) == (14, 14, "few")
    line = said(alignment.about_agreement(row, place))
    assert "for 14 of 14 items. No measure that takes chance into account is given" in line
    assert "good" not in line
    table = said(alignment.agreement_table(row, place))
    assert "14 of 14 | 1.00 | 14 | not given: fewer than 20 items on the scale" in table


def test_where_nearly_all_items_have_one_word_alpha_says_nothing_and_ac1_does():
    frame = judged(*["partly in place"] * 19, "in place", "in place")
    frame = frame.assign(coder_b=["partly in place"] * 20 + ["in place"])
    row = next(alignment.agreement_of_coders(frame).itertuples())
    assert (row.same, row.compared, row.no_alpha) == (20, 21, "alike") and np.isnan(row.alpha)
    assert row.ac1 > 0.9


def test_without_two_coders_there_is_nothing_to_agree_on(place):
    line = said(alignment.about_agreement(coders().astype({"items": int, "same": int}), place))
    assert line == "No item was judged by two coders, so their agreement cannot be told."


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
    assert sorted(counts.columns[2:]) == sorted([*STATUSES, *SELDOM])
    assert counts[[*STATUSES, *SELDOM]].sum().tolist() == [2, *[0] * 7]


def test_the_chart_says_how_many_are_in_place_and_names_each_area(place):
    frame = judged("in place", "partly in place", "no public evidence")
    frame.loc[2, "area"] = "2 Reporting to those who can act, by whoever sees it"
    shown = said(alignment.area_chart(alignment.by_area(frame, place), place, POLICY, frame))
    title = (
        "Zedland: 1 of 3 items in place and 1 partly; {} of all ratings of low confidence "
        "(ITU guidelines for policy-makers)"
    )
    assert title.format(0) in shown
    weak = frame.assign(confidence=["high", "low", "high"])
    shown = said(alignment.area_chart(alignment.by_area(weak, place), place, POLICY, weak))
    assert title.format(1) in shown and "1 Law: 1 in place, 1 partly in place" in shown
    assert "Based on 3 items, judged: 3." in shown
    assert "1 Law: 1 in place, 1 partly in place; 2 Reporting to those who can act, by" in shown
    assert "2 Reporting to those who can act, by whoever sees it | 0 | 0 | 0 | 1 | 0" in shown


def test_the_evidence_behind_the_numbers_of_an_area_stands_once_below_them(place):
    frame = judged("in place", "partly in place").assign(
        evidence_ids=["ZZZ-E01; ZZZ-E02", "ZZZ-E02"]
    )
    counts = alignment.by_area(frame, place)
    shown = said(alignment.area_chart(counts, place, POLICY, frame, behind=True))
    assert shown.endswith("area by area 1 Law: [E01] [E02]")
    assert "Evidence behind" not in said(alignment.area_chart(counts, place, POLICY, frame))


def test_a_search_that_found_nothing_says_who_read_what_and_in_which_record(place, monkeypatch):
    frame = judged("no public evidence", "in place").assign(evidence_ids=["", "ZZZ-E01"])
    coded = pd.DataFrame({"item_id": "PM-00", "coder": ["A", "B", "adjudicated"],
                          "status": ["no public evidence", "partly in place", "no public evidence"],
                          "confidence_reason": ["laws read", "one law", "all read"]})  # fmt: skip
    read = cop.data.read
    monkeypatch.setattr(
        cop.data, "read", lambda name, *a: coded if name == "alignment" else read(name, *a)
    )
    assert alignment.searches(frame, place) == {
        "PM-00": [("A", "laws read"), ("adjudicated", "all read")]  # B found something
    }
    shown = alignment.item_table(frame, place, POLICY)
    row = "Searched without a finding. Coder A: laws read; Settled as: all read. [search]"
    assert row in said(shown) and said(shown).count("Searched without") == 1
    held = alignment.record(place)
    line = "in the verified record of Zedland, which in this edition holds statements: "
    assert f"{line}{held['evidence']}; laws and policies: {held['instruments']};" in said(shown)
    assert 'href="#searched-policy-makers"' in str(shown)
    assert 'id="searched-policy-makers"' in str(shown) and held["first"] <= held["last"]
    found = said(alignment.item_table(frame.tail(1), place, POLICY))
    assert "Where was searched" not in found


@pytest.mark.parametrize("iso3", ["ALB", "BIH", "GEO", "MDA", "MKD", "MNE", "SRB", "UKR"])
def test_every_rating_of_a_real_country_leads_to_evidence_or_to_its_search(iso3):
    place = Country(iso3, iso3, str(DATA), "", "2026")
    items = alignment.adjudicated(place)
    rated = items[~items.status.isin(["not assessed", "not applicable"])]
    searched = alignment.searches(rated, place)
    bare = rated[(rated.evidence_ids == "") & ~rated.item_id.map(lambda i: bool(searched.get(i)))]
    assert len(rated) > 40 and bare.item_id.tolist() == []
    assert alignment.record(place)["first"] != ""


def test_nothing_is_drawn_where_nothing_was_assessed(place):
    frame = judged("not assessed")
    shown = said(alignment.area_chart(alignment.by_area(frame, place), place, POLICY, frame))
    line = "ITU guidelines for policy-makers: no item was assessed yet, so nothing is drawn."
    assert shown == line


def test_an_item_says_how_sure_why_and_whether_its_wording_was_checked(place):
    frame = judged("in place", "not assessed").assign(
        wording=["paraphrase", "printed"], confidence=["high", ""], rationale=["A law says so.", ""]
    )
    table = said(alignment.item_table(frame, place, POLICY))
    assert "ITU guidelines for policy-makers, item by item" in table
    row = "PM-00 Item * / Asks: What it asks. | ● in place / confidence high | A law says so."
    assert f"{row} Confidence high: official text. | none found" in table
    assert "| – not assessed / no confidence given | Not looked at in this edition." in table


def test_an_item_leads_to_its_page_and_what_children_are_told_is_no_risk_that_is_there(place):
    frame = judged("in place", framework="children")
    shown = alignment.item_table(frame, place, "children")
    assert 'href="items/PM-00.html"' in str(shown)
    assert "whether the country tells them, not whether the risk is there" in said(shown)
    assert "the risk" not in said(alignment.item_table(judged("in place"), place, POLICY))


def test_every_item_of_the_codebook_is_counted_and_what_nobody_assessed_is_named(place):
    others = judged("not assessed", "in place", framework="industry", item=["Ban", "Code"])
    items = pd.concat([judged("in place", "not in place"), others])
    frame = alignment.by_framework(items, place)
    assert frame["items"].tolist() == [2, 2, 4] and frame["in place"].tolist() == [1, 1, 2]
    told = said(alignment.framework_table(frame, place))
    assert "All items of the codebook | 4 | 2 | 0 | 1 | 0 | 1" in told
    told = said(alignment.unassessed_list(items, place))
    assert told.startswith("1 item that was not assessed") and told.endswith("PM-00 Ban")
    every = alignment.adjudicated(place)
    listed = str(alignment.unassessed_list(every, place))
    known = set(re.findall(r'class="id">([^<]+)<', listed))
    assert known == set(every.item_id[every.status == "not assessed"]) and len(known) > 50


def test_one_item_is_shown_with_what_the_coders_said():
    frame = judged("in place").assign(coder_b="partly in place", note="Settled by the law.")
    assert said(alignment.about_item(frame, "PM-00")) == (
        "PM-00 Item ● in place What it asks. A law says so. Confidence high: official text. "
        "coder A: in place; coder B: partly in place. Settled by the law."
    )
    blank = dict.fromkeys(["guidance", "confidence", "rationale", "coder_a", "coder_b"], "")
    line = said(alignment.about_item(judged("not assessed").assign(**blank), "PM-00"))
    assert line == "PM-00 Item – not assessed Not looked at in this edition."
