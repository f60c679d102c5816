"""What is reckoned, on a few invented rows and against figures published elsewhere."""

import numpy as np
import pandas as pd
import pytest
from lxml import html
from markupsafe import Markup

import cop.data
from cop.report import citations, page
from helpers import alignment, cybersecurity, evidence, indicators, responses, stakeholders, surveys


def test_no_percentage_under_thirty_answers(place):
    frame = surveys.read(place)
    shown = frame["count"].notna()
    assert (
        frame.share[frame.n < 30].isna().all()
        and frame.share[(frame.n >= 30) & shown].notna().all()
    )
    assert (frame.n < 30).any()


def test_response_by_category_adds_up_to_all_that_were_eligible(place):
    forms = responses.read("forms", place)
    frame = responses.response(forms, place)
    total = forms.query("category == 'all'").set_index("outcome")["count"]
    assert frame.eligible.sum() == total["eligible"] and frame.answered.sum() == total["answered"]
    assert (frame.answered + frame.not_answered == frame.eligible).all()
    assert (
        frame.share[frame.eligible < 30].isna().all()
        and frame.share[frame.eligible >= 30].notna().all()
    )


def test_silent_sections_are_named_and_unverified_rows_are_nowhere(place):
    sections = evidence.by_section(evidence.statements(place), place)
    assert evidence.silent(sections, place) == ["Tools, services and settings"]
    assert len(sections) == len(cop.data.labels("evidence", "section", place.data))
    used = (
        set(evidence.statements(place).evidence_id)
        | set(stakeholders.read(place).stakeholder_id)
        | set(citations.register(place).source_id)
    )
    waiting = set(evidence.to_verify(place).id)
    assert waiting and not waiting & used


def test_every_category_stays_even_when_empty(place):
    frame = stakeholders.by_category(stakeholders.organisations(place), place)
    assert list(frame.category) == list(cop.data.labels("stakeholders", "category", place.data))
    assert frame.set_index("category").organisations["children"] == 0


def test_an_item_without_a_coding_is_not_assessed(place):
    frame = alignment.adjudicated(place)
    coded = set(cop.data.read("alignment", place.data, "ZZZ").item_id)
    assert (frame.status[~frame.item_id.isin(coded)] == "not assessed").all()
    assert set(frame.status) == set(page.occurring({})) and frame.item_id.is_unique


def test_a_missing_figure_is_missing_and_a_true_zero_is_zero(place):
    frame = indicators.key_figures(place)
    assert frame.value.isna().any() and (frame.value == 0).any()
    assert len(frame) == len(indicators.names(place.data))


def test_the_regional_figure_is_a_median_over_countries_with_data_of_its_year(place):
    row = indicators.key_figures(place).set_index("indicator_code").loc["IT.NET.USER.ZS"]
    values = indicators.read(place).query("indicator_code == 'IT.NET.USER.ZS'")
    values = values.value[values.year == row.region_year]
    assert row["median"] == values.median() and row.n == len(values) >= 2


def test_a_treaty_that_nobody_looked_up_is_not_a_no(place):
    frame = cybersecurity.treaties(place)
    assert len(frame) == len(cop.data.labels("treaty_status", "instrument", place.data))
    assert (frame.status[frame.source_id == ""] == "not looked up").all() and (
        frame.source_id == ""
    ).any()


def test_expected_results_without_a_row_were_not_assessed(place):
    frame = cybersecurity.initiative(place)
    assert list(frame.result) == list(
        cop.data.labels("expected_results", "result", place.data)
    ) and "not assessed" in set(frame.status)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "{0}{x}",
        "مرحبا 🙂 გამარჯობა",
        "=1+1",
    ],
)
def test_outside_text_is_text(hostile):
    shown = str(
        page.table(
            pd.DataFrame({"a": [hostile], "b": ["x"]}),
            hostile,
            {"a": hostile, "b": "B"},
            note=hostile,
        )
    )
    assert "<script" not in shown and "<img" not in shown
    assert str(page.say("{}", hostile)).count("<") == 2


def test_missing_is_said_in_words():
    frame = pd.DataFrame(
        {
            "a": ["x", "y"],
            "n": pd.array([None, 0], dtype="Int64"),
            "f": [np.nan, 0.0],
            "t": ["", "z"],
        }
    )
    shown = str(page.table(frame, "C", {"a": "A", "n": "N", "f": "F", "t": "T"}))
    assert (
        shown.count(page.MISSING) == 2
        and shown.count("not stated") == 1
        and shown.count(">0<") == 2
    )
    assert not [w for w in ("nan", "NaN", "None", "&lt;NA&gt;") if w in shown]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (105117.0, "105,117"),
        (82.44, "82.4"),
        (91.0, "91.0"),
        (0.5304, "0.53"),
        (0.0, "0"),
        (7, "7"),
    ],
)
def test_numbers_as_they_are_read(value, shown):
    assert page.number(value) == shown


@pytest.mark.parametrize("text", ["<i>{}</i> {}", "{1} {0} {1} {{}}", "<a title='{x}'>{}</a>"])
def test_a_text_is_filled_in_as_markup_does_it(text):
    told, named = ("a & <b>", page.Shown("<u>5</u>")), {"x": 0.5}
    assert page.Shown(text).format(*told, **named) == Markup(text).format(*told, **named)
    with pytest.raises(ValueError, match="format"):
        page.Shown("{:.1f}").format(0.5)


def test_rows_are_those_of_pandas_in_the_types_of_plain_python():
    frame = pd.DataFrame({"a": ["x", ""], "b": pd.array([1, None], "Int64"), "c d": [0.5, np.nan],
                          "e": [1, 2], "f": pd.Categorical(["u", "v"])}, index=[7, 5])  # fmt: skip
    ours, theirs = list(page.rows(frame)), list(frame.itertuples(index=False))
    assert [str(tuple(row)) for row in ours] == [str(tuple(row)).replace("np.int64(1)", "1")
                                                 for row in theirs]  # fmt: skip
    assert [[*row._asdict()] for row in ours] == [[*frame.columns]] * 2
    assert {type(v) for row in ours for v in row} == {str, int, float, type(pd.NA)}
    assert (ours[0].a, ours[0].b, ours[1].e) == ("x", 1, 2)
    assert list(page.rows(frame.iloc[:0])) == [] == list(page.rows(pd.DataFrame()))


def test_a_narrative_with_an_unknown_citation_is_refused(place):
    with pytest.raises(LookupError, match="ZZZ-S99"):
        citations.with_citations("Text [@ZZZ-S99].", place)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>x</script>",
        "a <img src=x onerror=x>",
        "[a](javascript:x)",
        "<a href='javascript:x'>a</a>",
    ],
)
def test_a_narrative_cannot_carry_html(place, hostile):
    shown = html.fromstring(
        str(citations.with_citations(f"{hostile} and **bold**\n\nText [@ZZZ-S01].", place))
    )
    assert not shown.xpath("//script | //img | //a[starts-with(@href, 'javascript')]")
    assert shown.xpath("//a[@href='#ZZZ-S01']")
