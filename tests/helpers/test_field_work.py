"""Stage 3: outcome rates, small numbers, answers and the agreement of sources, on invented rows."""

import numpy as np
import pandas as pd
import pytest
from cases import by_rule
from conftest import DATA
from pagetext import said
from planting import edit

import cop.data
from cop.data.places import Country
from helpers import fieldwork, show
from helpers.cybersecurity import PILLARS

INTERVIEWS, VALIDATION = show.Templates("3-surveys-and-interviews"), show.Templates("validation")
FORM = fieldwork.FORM
IN_PLACE, PARTLY, NOT = fieldwork.RATED
STATUSES = cop.data.labels("alignment", "status", DATA)
SILENT = [status for status in STATUSES if status not in fieldwork.RATED]


@pytest.fixture
def forms():
    """Return the outcomes of forty mapping forms, in all and of one category."""
    total = {"eligible": 40, "answered": 30, "complete": 24, "partial": 6, "refused": 4}
    total["not reached"] = 6
    rows = [("all", outcome, count) for outcome, count in total.items()]
    rows += [("ngo", "eligible", 8), ("ngo", "answered", 7), ("ngo", "not answered", 1)]
    frame = pd.DataFrame(rows, columns=["category", "outcome", "count"])
    return frame.astype({"count": "Int64"})


def without(forms, *outcomes):
    hidden = (forms.category == "all") & forms.outcome.isin(outcomes)
    return forms.assign(count=forms["count"].mask(hidden))


# Small numbers and rates


@pytest.mark.parametrize(
    ("count", "n", "text"),
    [
        (0, 20, "0 of 20"),
        (10, 29, "10 of 29"),
        (15, 30, "50% (33 to 67, few answers)"),
        (30, 59, "51% (38 to 63, few answers)"),
        (30, 60, "50% (38 to 62)"),
        (pd.NA, 100, "suppressed"),
        (3, pd.NA, "suppressed"),
    ],
)
def test_no_percentage_under_thirty_a_mark_under_sixty_and_none_that_is_hidden(count, n, text):
    frame = pd.DataFrame({"count": [count], "n": [n]}, dtype="Int64")
    [row] = frame.join(fieldwork.interval(frame["count"], frame.n)).itertuples()
    assert said(INTERVIEWS.share(row, fieldwork.FLAGGED)) == text
    narrow = said(INTERVIEWS.narrow_share(row, fieldwork.FLAGGED))
    assert narrow == text.replace(", few answers", "; few")


def test_wilson_interval_of_a_published_example_and_at_its_ends():
    low, high = fieldwork.wilson(pd.Series([15.0]), pd.Series([148.0]))
    assert (round(low[0], 4), round(high[0], 4)) == (0.0624, 0.1605)  # Newcombe 1998, Table I
    low, high = fieldwork.wilson(pd.Series([0.0, 0.0]), pd.Series([np.nan, 20.0]))
    assert np.isnan(low[0]) and low[1] == 0 and 0.1 < high[1] < 0.2


def test_rates_are_those_of_aapor_from_thirty_on_and_never_of_a_suppressed_count(forms):
    rates = fieldwork.rates(forms).set_index("rate")
    fractions = rates[["numerator", "denominator"]].T.to_dict("list")
    assert fractions == {"RR1": [24, 40], "RR2": [30, 40], "COOP1": [24, 34], "REF1": [4, 40],
                         "CON1": [34, 40]}  # fmt: skip
    assert rates.value.COOP1 == 24 / 34
    for eligible, has_rate in ((29, False), (30, True)):
        counts = {"eligible": eligible, "answered": 20}
        few = forms.assign(count=forms.outcome.map(counts).astype("Int64"))
        assert pd.notna(fieldwork.rates(few).set_index("rate").value.RR2) == has_rate, eligible
    rates = fieldwork.rates(without(forms, "complete")).set_index("rate")
    assert rates.loc["RR1", ["numerator", "value"]].isna().all()


def test_without_a_form_that_was_sent_there_are_no_rates(forms):
    assert fieldwork.rates(forms.head(0)).empty


@by_rule(
    "hidden, published, small, state",
    ("a published number is counted", (), ["parents", FORM], [], "counted"),
    (
        "answers are back, their number is hidden",
        ("answered", "eligible"),
        ["parents", FORM],
        [],
        "back",
    ),
    ("too few answers", ("answered", "eligible"), ["parents"], [FORM], "few"),
    ("only sent", ("answered", "eligible"), ["parents"], [], "sent"),
    ("too few though none is known to be sent", None, ["parents"], [FORM], "few"),
    ("no form", None, ["parents"], ["educators"], ""),
    ("nothing but too few", None, [], [FORM], "few"),
)
def test_what_came_of_the_forms_is_told_without_a_suppressed_number(
    hidden, published, small, state, forms, place, monkeypatch
):
    rates = fieldwork.rates(forms.head(0) if hidden is None else without(forms, *hidden))
    about = pd.DataFrame({"survey": [*published, *small, "pupils"]})
    about["by"] = about.survey.map({"pupils": "analyst"}).fillna("data")
    people = pd.DataFrame({"interview_id": ["P-1", "P-1", "P-2"]})
    tables = {"survey_about": about, "interviews": people, "returned": pd.DataFrame()}
    monkeypatch.setattr(fieldwork, "read_table", lambda name, _: tables[name])
    frame = fieldwork.field_work(rates, pd.DataFrame({"survey": published}), place)
    [row] = frame.itertuples(index=False)
    assert row.forms == state
    assert row.people == 2, "a person of two findings is one"
    surveys = published != [] and 1, "educators" in small
    assert (row.surveys, row.small) == surveys, "neither the form nor a study by others counts"
    number = pd.NA if hidden else 0 if hidden is None else 30
    assert row.answered is number or row.answered == number, "a hidden number is no zero"
    line = said(INTERVIEWS.bottom_line(frame, place))
    assert ("30 of 40" in line) == (state == "counted")


@by_rule(
    "answered, state",
    ("forms that nobody answered were sent and are not counted", 0, "sent"),
    ("one answer that is published is counted", 1, "counted"),
)
def test_forms_are_counted_if_an_organisation_answered(answered, state, place, monkeypatch):
    tables = {name: pd.DataFrame(columns=["survey", "by", "interview_id"])
              for name in ("survey_about", "interviews", "returned")}  # fmt: skip
    monkeypatch.setattr(fieldwork, "read_table", lambda name, _: tables[name])
    rates = pd.DataFrame({"rate": ["RR2"], "numerator": [answered], "denominator": [40]})
    [row] = fieldwork.field_work(rates, pd.DataFrame({"survey": []}), place).itertuples()
    assert row.forms == state


def test_a_hidden_number_of_organisations_is_no_zero(forms, place):
    rates = fieldwork.rates(without(forms, "eligible"))
    frame = fieldwork.field_work(rates, pd.DataFrame({"survey": []}), place)
    assert frame.organisations.isna().all()


def test_forms_came_back_if_only_organisations_that_returned_one_are_published(place, monkeypatch):
    none = {"survey_about": pd.DataFrame(columns=["survey", "by"]),
            "interviews": pd.DataFrame(columns=["interview_id"])}  # fmt: skip
    nothing = pd.DataFrame(columns=["rate", "numerator", "denominator", "survey"])
    for returned, states in ([], []), (["ZZZ-M01"], ["back"]):
        tables = none | {"returned": pd.DataFrame({"returned_id": returned})}
        monkeypatch.setattr(fieldwork, "read_table", lambda name, _, tables=tables: tables[name])
        assert fieldwork.field_work(nothing, nothing, place).forms.tolist() == states


# Answers


def scale(counts, n, item="Q"):
    """Return the answers to a question with four steps, as `survey_answers` does."""
    steps = {"answer": ["Never", "Seldom", "Often", "Always"], "order": range(1, 5)}
    frame = pd.DataFrame(steps | {"count": pd.array(counts, "Int64")})
    about = {"survey": "parents_survey", "name": "Parents", "section": "", "kind": "scale"}
    return frame.assign(item=item, n=n, **about).astype({"n": "Int64"})


@by_rule(
    "counts, upper, lower",
    ("two steps at each end", [10, 20, 30, 40], 70, 30),
    ("two hidden steps are what the others leave", [10, 20, None, None], 70, 30),
    ("one hidden step is what the others leave", [10, 20, None, 40], 70, 30),
    ("hidden steps at both ends hide both", [10, None, None, 40], None, None),
)
def test_both_ends_of_a_scale_are_what_the_published_steps_leave(counts, upper, lower):
    frame = fieldwork.scales(pd.concat([scale(counts, 100), scale([1, 2, 3, 4], 10, "R")]))
    row = frame.set_index("item").loc["Q"]
    ends = [None if pd.isna(end) else end for end in (row.upper, row.lower)]
    assert ends == [upper, lower]
    assert row.hidden == (None in counts), "a suppressed step is told, even a single one"
    assert (row.least, row.most) == ("Never", "Always")
    assert frame.set_index("item").loc["R", ["upper", "lower"]].tolist() == [7, 3]
    other = scale(counts, 100, "O").assign(kind="one")
    frame = fieldwork.scales(pd.concat([scale(counts, 100, "Z"), other, scale(counts, 100, "A")]))
    assert frame["item"].tolist() == ["Z", "A"], "those on a scale stand as in the survey"


def test_the_ends_of_a_scale_are_its_first_and_last_step_in_any_order_of_rows():
    [row] = fieldwork.scales(scale([1, 2, 3, 4], 10).iloc[[3, 1, 0, 2]]).itertuples()
    assert (row.least, row.most, row.upper, row.lower) == ("Never", "Always", 7, 3)


# Triangulation


def items(*statuses):
    return pd.DataFrame(
        {"framework": "policy-makers", "area": "2 Legal framework", "status": list(statuses)}
    )


def ends(*pairs):
    """Return scales with these counts at their upper and lower end, of a hundred answers."""
    frame = pd.DataFrame(pairs, columns=["upper", "lower"], dtype="Int64")
    frame = frame.assign(section="research", name="Parents", item="Q", n=100).astype({"n": "Int64"})
    for end in ("upper", "lower"):
        frame = frame.join(fieldwork.interval(frame[end], frame.n, f"{end}_"))
    return frame


def findings(*leanings):
    rows = [(f"P-{n // 2}", "education", leaning) for n, leaning in enumerate(leanings)]
    return pd.DataFrame(rows, columns=["interview_id", "theme", "leaning"])


def gci(*points):
    """Return editions of the index (edition, points of every pillar)."""
    return pd.DataFrame([{"edition": year} | dict.fromkeys(PILLARS, n) for year, n in points])


def triangulated(section, desk=items(), survey=ends(), people=findings(), index=gci((2024, None))):  # noqa: B008
    frame = fieldwork.triangulate(desk, survey, people, index, str(DATA))
    return frame.set_index("section").loc[section]


@pytest.mark.parametrize(
    ("rule", "section", "rows", "reading", "basis"),
    [
        ("items: a strength if more than half are in place", "legal_framework",
         {"desk": items(IN_PLACE, IN_PLACE, NOT)}, "strength", "2 in place, 1 not in place"),
        ("items: six of eleven are more than half", "legal_framework",
         {"desk": items(*[IN_PLACE] * 6, *[NOT] * 5)}, "strength", "6 in place, 5 not in place"),
        ("items: six of eleven missing are more than half", "legal_framework",
         {"desk": items(*[IN_PLACE] * 5, *[NOT] * 6)}, "gap", "5 in place, 6 not in place"),
        ("items: a gap if more than half are missing", "legal_framework",
         {"desk": items(NOT, NOT, PARTLY)}, "gap", "1 partly in place, 2 not in place"),
        ("items: exactly half in place is no strength, and half missing no gap, but both",
         "legal_framework", {"desk": items(NOT, IN_PLACE)}, "both",
         "1 in place, 1 not in place"),
        ("items: silence is no part", "legal_framework",
         {"desk": items(IN_PLACE, *SILENT)}, "strength", "1 in place"),
        ("items: those of other guidelines are no part", "legal_framework",
         {"desk": pd.concat([items(IN_PLACE), items(NOT, NOT).assign(framework="industry")])},
         "strength", "1 in place"),
        ("items: all silent", "legal_framework", {"desk": items(*SILENT)}, "", ""),
        ("a scale: half at the upper end", "research", {"survey": ends((50, 50))}, "strength",
         "upper 50%, lower 50%, n = 100"),
        ("a scale: half at the lower end", "research", {"survey": ends((49, 50))}, "gap",
         "upper 49%, lower 50%, n = 100"),
        ("a scale: half at no end", "research", {"survey": ends((49, 49))}, "both", "49%"),
        ("a scale: a hidden end is silent", "research", {"survey": ends((50, pd.NA))}, "", ""),
        ("a scale: a hidden end is silent", "research", {"survey": ends((pd.NA, 60))}, "", ""),
        ("scales that differ", "research", {"survey": ends((60, 10), (10, 60))}, "both",
         "upper 60%, lower 10%, n = 100; Parents, “Q”: upper 10%, lower 60%"),
        ("interviews: people are counted once", "education",
         {"people": findings("gap", "gap", "gap", "")}, "gap", "3 findings of 2 people"),
        ("interviews: plurals", "education", {"people": findings("gap")}, "gap",
         "1 finding of 1 person"),
        ("interviews that differ", "education", {"people": findings("gap", "strength")}, "both",
         "2 findings of 1 person"),
        ("interviews: no leaning is silence", "education", {"people": findings("")}, "", ""),
        *[(f"the index: {points} points of the latest complete edition", "education",
           {"index": gci((2024, points), (2020, 19.0), (2026, None))}, reading,
           f"GCI 2024, capacity pillar: {points} of 20")
          for points, reading in
          [(15.0, "strength"), (14.9, "both"), (10.1, "both"), (10.0, "gap")]],
        ("the index: an edition without all pillars is passed over", "education",
         {"index": pd.concat([gci((2024, 15.0)), gci((2026, 5.0)).assign(legal=None)])},
         "strength", "GCI 2024"),
    ],
)  # fmt: skip
def test_each_source_is_read_by_its_rule(rule, section, rows, reading, basis):
    [source] = rows
    row = triangulated(section, **rows)
    column = {"people": "interviews", "index": "statistics"}.get(source, source)
    assert row[column] == reading, rule
    assert basis in row[f"{column}_on"] and bool(basis) == bool(row[f"{column}_on"]), rule


@by_rule(
    "readings, verdict",
    ("no source", [], "no source"),
    ("one source confirms nothing", ["gap"], "only one source"),
    ("two that are alike agree, silent ones apart", ["gap", "", "gap"], "agree"),
    ("a gap and both agree in part", ["gap", "both"], "agree in part"),
    ("both and a strength agree in part", ["both", "strength"], "agree in part"),
    ("a gap and a strength differ", ["gap", "strength"], "differ"),
    ("a third changes nothing", ["gap", "strength", "both"], "differ"),
)
def test_sources_agree_or_differ_by_their_readings(readings, verdict):
    assert fieldwork.verdict(readings) == verdict


def test_an_index_of_cybersecurity_confirms_nothing_of_children():
    row = triangulated("legal_framework", items(NOT), index=gci((2024, 5)))
    assert (row.desk, row.statistics, row.verdict) == ("gap", "gap", "only one source")


def test_a_difference_needs_an_explanation_and_nothing_else_has_one(zed):
    folder = zed / "research" / "ZZZ"
    edit(folder / "interviews.csv", "they need training.,gap", "they need training.,strength")
    place = Country("ZZZ", "Zedland", str(zed), str(zed / "tables"), "2026")
    areas = fieldwork.areas_of_country(place)
    for rows, errors in (
        ([], [("section", "child_protection")]),
        (["child_protection,The officer speaks of the procedure."], []),
        (["child_protection,Said so.", "research,Why not."], [("section", "research")]),
    ):
        text = "\n".join(["section,explanation", *rows, ""])
        (folder / "differences.csv").write_text(text, encoding="utf-8")
        assert [(e.column, e.value) for e in fieldwork.unexplained(areas, place)] == errors


def test_each_comment_of_this_edition_has_its_answer_and_not_its_text(place, monkeypatch):
    comments = pd.DataFrame(
        [("M1", "2026", "ZZZ-O01"), ("M2", "2026", ""), ("M3", "2024", "Help"), ("M4", "2028", "")],
        columns=["comment_id", "edition", "organisation"],
    ).assign(received="2026-09-01", role="ngo", about="PM-LEG-01", kind="rating", proposed="",
             text="The law is in force", around="Review", origin="", origin_id="")  # fmt: skip
    answer = {"comment_id": ["M1"], "decision": "not", "why": "No text was shown", "changed": ""}
    tables = {"comments": comments, "responses": pd.DataFrame(answer).assign(day="2026-09-10")}
    monkeypatch.setattr(fieldwork, "read_table", lambda name, place: tables[name])
    comments = fieldwork.comments(place)
    assert comments[["comment_id", "why"]].values.tolist() == [
        ["M1", "No text was shown"], ["M2", ""]]  # fmt: skip
    assert comments.organisation[0] != "ZZZ-O01", "an organisation has its name, not its id"
    assert "Review" not in said(VALIDATION.answer_table(comments, place))


@by_rule(
    "counts, n, share",
    ("the number as stated", [40, 20], 100, 0.4),
    ("else that of all answers", [40, 20], pd.NA, 40 / 60),
    ("but none if an answer is hidden", [40, pd.NA], pd.NA, pd.NA),
)
def test_the_base_of_a_share_is_the_number_of_people_as_stated_or_else_of_answers(
    counts, n, share, place, replace_table
):
    about = {"survey": "x", "item": "Q", "population": "people"}
    counts = pd.array(counts, dtype="Int64")
    replace_table("survey", lambda rows: rows.head(2).assign(**about, answer=["a", "b"],
        count=counts))  # fmt: skip
    base = pd.array([n], dtype="Int64")
    replace_table("survey_items", lambda rows: rows.head(1).assign(survey="x", item="Q", n=base))
    found = fieldwork.survey_answers(place).share[0]
    assert found is share or found == share


def test_a_question_of_which_nothing_is_recorded_has_one_answer_no_section_and_no_text(
    place, replace_table
):
    replace_table("survey_items", lambda rows: rows.head(0))
    about = fieldwork.survey_answers(place)[["kind", "section", "question"]]
    assert about.drop_duplicates().values.tolist() == [["one", "", ""]]


def test_interviews_stand_in_the_order_of_the_areas(place, replace_table):
    areas = list(cop.data.labels("interviews", "theme", DATA))
    replace_table("interviews", pd.DataFrame({"theme": [*reversed(areas), "another"]}))
    assert fieldwork.sorted_table("interviews", place, "theme").theme.tolist() == [
        *areas,
        "another",
    ]
