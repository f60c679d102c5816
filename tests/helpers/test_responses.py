"""Stage 3, field work: outcome rates, small numbers and their sentences, on a few invented rows."""

import numpy as np
import pandas as pd
import pytest
from pagetext import said

from cop.report import words
from helpers import responses


@pytest.fixture
def forms():
    total = {"eligible": 40, "answered": 30, "complete": 24, "partial": 6, "refused": 4}
    total["not reached"] = 6
    parts = {"ngo": (8, 7), "government": (32, 23)}
    rows = [("all", outcome, count) for outcome, count in total.items()]
    for category, (eligible, answered) in parts.items():
        counts = {"eligible": eligible, "answered": answered, "not answered": eligible - answered}
        rows += [(category, outcome, count) for outcome, count in counts.items()]
    frame = pd.DataFrame(rows, columns=["category", "outcome", "count"])
    return frame.astype({"count": "Int64"})


@pytest.fixture
def answers():
    return pd.DataFrame({"survey": ["parents_survey", "parents_survey", "pupils", responses.FORM]})


@pytest.fixture
def findings():
    return pd.DataFrame({"interview_id": ["P-1", "P-1", "P-2"]})


@pytest.fixture
def made():
    """Return how the surveys of `answers` were made: of two that were published, and the form."""
    surveys = ["parents_survey", responses.FORM, "pupils"]
    return pd.DataFrame({"survey": surveys, "by": ["data", "data", "analyst"]})


def without(forms, outcome):
    frame = forms.copy()
    frame.loc[(frame.category == "all") & (frame.outcome == outcome), "count"] = pd.NA
    return frame


def test_rates_are_those_of_aapor(forms):
    rates = responses.rates(forms).set_index("rate")
    assert rates.numerator.to_dict() == {"RR1": 24, "RR2": 30, "COOP1": 24, "REF1": 4, "CON1": 34}
    among = {"RR1": 40, "RR2": 40, "COOP1": 34, "REF1": 40, "CON1": 40}
    assert rates.denominator.to_dict() == among
    assert rates.value.RR1 == 24 / 40 and rates.value.COOP1 == 24 / 34


@pytest.mark.parametrize(("eligible", "known"), [(29, False), (30, True)])
def test_no_rate_is_given_among_fewer_than_thirty(eligible, known, forms):
    counts = {"eligible": eligible, "answered": 20, "refused": 4}
    few = forms.assign(count=forms.outcome.map(counts).astype("Int64"))
    value = responses.rates(few).set_index("rate").value
    assert value[["RR2", "REF1"]].notna().tolist() == [known, known]


def test_there_is_no_rate_where_no_form_was_sent(forms):
    assert responses.rates(forms.head(0)).empty


def test_a_suppressed_count_makes_the_rate_suppressed_and_never_zero(forms, place):
    rates = responses.rates(without(forms, "partial"))
    told = said(responses.rate_table(rates, place))
    assert "(RR1) | Complete forms among all eligible organisations | suppressed" in told
    assert "Response rate 2 (RR2) | Complete and partial forms among all eligible" in told
    assert "organisations | 30 of 40 | 75%" in told
    assert " 0 of" not in told


def test_response_by_category_stands_in_the_order_of_the_categories(forms, place):
    frame = responses.response(forms, place)
    assert frame.category.tolist() == ["government", "ngo"]
    assert (frame.answered + frame.not_answered == frame.eligible).all()
    assert frame.share.notna().tolist() == [True, False]


def test_the_table_of_response_says_who_answered_most_and_least_often(forms, place):
    told = said(responses.response_table(responses.response(forms, place), place))
    assert "Government bodies | 32 | 23 | 9 | 72% (55 to 84, few answers)" in told
    assert "NGOs | 8 | 7 | 1 | 7 of 8" in told
    assert (
        "NGOs answered most often (7 of 8), government bodies least often (23 of 32); "
        "what the second group would have said is missing here." in told
    )


def test_one_category_answers_neither_most_nor_least_often(forms, place):
    response = responses.response(forms, place).head(1)
    assert "most often" not in said(responses.response_table(response, place))


@pytest.mark.parametrize(
    ("count", "n", "text", "narrow"),
    [
        (12, 20, "12 of 20", "12 of 20"),
        (0, 20, "0 of 20", "0 of 20"),
        (5, 9, "5 of 9", "5 of 9"),
        (5, 10, "5 of 10", "5 of 10"),
        (10, 29, "10 of 29", "10 of 29"),
        (15, 30, "50% (33 to 67, few answers)", "50% (33 to 67; few)"),
        (30, 59, "51% (38 to 63, few answers)", "51% (38 to 63; few)"),
        (30, 60, "50% (38 to 62)", "50% (38 to 62)"),
        (pd.NA, 100, "suppressed", "suppressed"),
        (3, pd.NA, "suppressed", "suppressed"),
    ],
)
def test_shares_obey_the_rules_for_small_numbers(count, n, text, narrow):
    frame = pd.DataFrame({"count": [count], "n": [n]}, dtype="Int64")
    [row] = frame.join(responses.interval(frame["count"], frame.n)).itertuples()
    share, narrow_share = (
        words.show("3-surveys-and-interviews", macro, row, responses.FLAGGED)
        for macro in ("share", "narrow_share")
    )
    assert (said(share), said(narrow_share)) == (text, narrow)
    assert "%" not in text or " " not in share  # a share stands on one line


def test_wilson_interval_of_a_published_example():
    low, high = responses.wilson(pd.Series([15.0]), pd.Series([148.0]))
    assert (round(low[0], 4), round(high[0], 4)) == (0.0624, 0.1605)  # Newcombe 1998, Table I


def test_wilson_interval_of_nobody_is_missing_and_of_none_starts_at_zero():
    low, high = responses.wilson(pd.Series([0.0, 0.0]), pd.Series([0.0, 20.0]))
    assert np.isnan(low[0]) and low[1] == 0 and 0.1 < high[1] < 0.2


def test_the_bottom_line_says_what_came_back(forms, answers, findings, made, place):
    row = responses.field_work(responses.rates(forms), answers, findings, made)
    assert row.values.tolist() == [[40, 30, 2, 0, 2, "counted"]]
    assert said(responses.bottom_line(row, place)) == (
        "30 of 40 organisations that were sent a mapping form answered; 2 surveys are reported "
        "here, and 2 people were interviewed."
    )
    one = row.assign(surveys=1, people=1)
    assert "1 survey is reported here, and 1 person was interviewed." in said(
        responses.bottom_line(one, place)
    )


FEW = "Mapping forms came back, too few to publish their number or any count"


def test_what_came_of_the_forms_is_said_without_a_number_that_is_suppressed(
    forms, answers, findings, made, place
):
    hidden, none = without(without(forms, "answered"), "eligible"), forms.head(0)
    others = answers[answers.survey != responses.FORM]
    unasked = made[made.survey != responses.FORM]
    starts = {
        FEW: [(hidden, others, made), (none, others, made)],
        "Mapping forms came back; how many did not is not published": [(hidden, answers, made)],
        "Mapping forms were sent, and none came back": [(hidden, others, unasked)],
        "No mapping form was sent": [(none, others, unasked)],
    }
    for sentence, cases in starts.items():
        for frame, told, about in cases:
            row = responses.field_work(responses.rates(frame), told, findings, about)
            assert said(responses.bottom_line(row, place)).startswith(f"{sentence}; 2 surveys")


def test_where_a_few_forms_are_all_that_came_back_the_chapter_says_so(
    forms, answers, findings, made, place
):
    about = made[made.survey == responses.FORM]
    nothing = responses.rates(forms.head(0)), answers.head(0), findings.head(0)
    told = said(responses.bottom_line(responses.field_work(*nothing, about), place))
    assert told.startswith(f"{FEW}; 0 surveys") and "desk research alone" not in told
    assert "No mapping form was sent" not in said(responses.rate_table(nothing[0], place))
    parents = made[made.survey == "parents_survey"]
    row = responses.field_work(*nothing, pd.concat([about, parents]))
    assert said(responses.bottom_line(row, place)).endswith(
        "Answers to 1 more survey came back; they are too few to publish."
    )


def test_where_nothing_came_back_silence_is_no_finding(forms, answers, findings, made, place):
    rates = responses.rates(forms.head(0))
    row = responses.field_work(rates, answers.head(0), findings.head(0), made.head(0))
    assert row.empty and said(responses.bottom_line(row, place)).endswith(
        "for this edition: the assessment of Zedland rests on desk research alone."
    )
    assert "This is no finding about the country." in said(responses.about_absence(row, place))
    assert 'class="silent"' in responses.rate_table(rates, place)
    response = responses.response(forms.head(0), place)
    assert 'class="silent"' in responses.response_table(response, place)


def test_small_numbers_are_reported_with_the_bounds_that_hold(
    forms, answers, findings, made, place
):
    row = responses.field_work(responses.rates(forms), answers, findings, made)
    told = said(responses.about_absence(row, place))
    assert "A count under 5 is suppressed" in told
    assert "Under 30 answers counts are given and no percentages; under 60 a percentage" in told
