"""Stage 3, surveys and interviews: what was answered and said, on a few invented rows."""

import pandas as pd
import pytest
from pagetext import said

import cop.data
from helpers import responses, surveys

STEPS = ["Never", "Seldom", "Often", "Always"]


def question(item, kind, answers, n, survey="parents_survey", name="Parents", section=""):
    """Return the rows of one question as `surveys.read` does; a count of None is suppressed."""
    rows = [(a, i, c) for i, (a, c) in enumerate(answers.items(), 1)]
    frame = pd.DataFrame(rows, columns=["answer", "order", "count"]).astype({"count": "Int64"})
    about = {"survey": survey, "name": name, "item": item, "kind": kind, "section": section}
    frame = frame.assign(**about, n=n, population="parents", mode="open link")
    frame = frame.astype({"n": "Int64"})
    return frame.join(responses.interval(frame["count"], frame.n))


def scale(item, counts, n=None):
    n = sum(counts) if n is None else n
    return question(item, "scale", dict(zip(STEPS, counts, strict=True)), n)


def test_every_answer_has_the_short_name_of_its_survey(place):
    names = surveys.read(place).groupby("survey").name.first()
    assert names["parents_survey"] == "Parents" and names["mapping_form"] == "Mapping form"
    assert names["pupils2024"] == "Pupils aged 9 to 17 (published study, SYNTHETIC)"


def test_what_is_suppressed_has_no_share_and_no_interval(place):
    frame = surveys.read(place)
    hidden = frame[frame["count"].isna()]
    assert len(hidden) > 20 and hidden[["share", "low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("counts", "upper", "lower"),
    [
        ([10, 20, 30, 40], 70, 30),
        ([10, 20, None, None], 70, 30),  # both suppressed: what the others leave
        ([10, 20, None, 40], 70, 30),
        ([10, None, None, 40], None, None),
    ],
)
def test_both_ends_of_a_scale_are_what_the_published_steps_leave(counts, upper, lower):
    [row] = surveys.scales(scale("Q", counts, 100)).itertuples()
    known = [None if pd.isna(end) else end for end in (row.upper, row.lower)]
    assert known == [upper, lower] and row.hidden == (None in counts)


def test_the_table_of_scales_names_both_ends_with_their_intervals(place):
    frame = surveys.scales(scale("Do you talk about it?", [10, 20, 30, 40]))
    told = said(surveys.scale_table(frame, place))
    assert (
        "Do you talk about it? | Parents | Never to always | 100 | 70% (60 to 78) | 30% (22 to 40)"
        in told
    )


def test_the_chart_says_which_question_comes_highest_and_which_lowest(place):
    answers = pd.concat([scale("First", [40, 30, 20, 10]), scale("Second", [10, 20, 30, 40])])
    told = said(surveys.scale_charts(answers, surveys.scales(answers), place))
    assert (
        "“Second” comes highest in Zedland: 70% say “often” or “always”; “First” lowest (30%)"
        in told
    )
    assert "Based on 100 to 100 answers a question." in told and "Not drawn" not in told
    assert "Source: parents, open link, edition 2026." in told


@pytest.mark.parametrize(
    ("few", "sentence"),
    [
        (1, "Not drawn is 1 question {why}; it stands in the table."),
        (2, "Not drawn are 2 questions {why}; they stand in the table."),
    ],
)
def test_what_is_suppressed_or_rests_on_few_is_said_and_not_drawn(few, sentence, place):
    hidden = [scale("Third", [10, 20, 30, None], 100), scale("Fourth", [9, 10, 5, 5])][:few]
    drawn = [scale("First", [40, 30, 20, 10]), scale("Second", [10, 20, 30, 40])]
    answers = pd.concat([*drawn, *hidden])
    told = said(surveys.scale_charts(answers, surveys.scales(answers), place))
    why = "of which an answer is suppressed or that fewer than 30 people answered"
    assert sentence.format(why=why) in told and "Third" not in told and "Fourth" not in told


def test_thirty_answers_are_enough_to_be_drawn(place):
    answers = pd.concat([scale("First", [10, 10, 5, 5]), scale("Second", [5, 5, 10, 10])])
    assert "First" in said(surveys.scale_charts(answers, surveys.scales(answers), place))


def test_other_questions_stand_with_the_most_frequent_answer_first(place):
    one = question("Which?", "one", {"A": 20, "B": None, "C": 60}, 100)
    many = question("Where?", "many", {"School": 5, "Home": 12}, 20)
    told = said(surveys.choice_tables(pd.concat([one, many]), place))
    assert "Parents: questions with one or several answers" in told
    assert "Which? | 100 | C 60% (50 to 69); A 20% (13 to 29); B: suppressed" in told
    assert "Where? (several answers) | 20 | Home 12 of 20; School 5 of 20" in told


def split(item, answer, counts, kind="one"):
    """Return who gave an answer by category, {category: (count, n)}, as `surveys.by_group` does."""
    rows = [("parents_survey", item, g, answer, 1, *c) for g, c in counts.items()]
    columns = ["survey", "item", "group", "answer", "order", "count", "n"]
    frame = pd.DataFrame(rows, columns=columns).assign(kind=kind, name="Parents")
    return frame.join(responses.interval(frame["count"], frame.n))


def test_the_table_by_category_says_where_the_rest_is(place):
    scale_ = split("Q", "Often or Always", {"ngo": (7, 10), "other": (40, 100)}, "scale")
    choice = split("Yes or no?", "Yes", {"government": (20, 50), "other": (10, 60)})
    told = said(surveys.group_table(pd.concat([scale_, choice]).reset_index(drop=True), place))
    assert "Parents: answers by category" in told
    assert "Q: Often or Always | in other categories | 7 of 10 | 40% (31 to 50)" in told
    assert "Yes or no?: Yes | 40% (28 to 54; few) | in other categories | 17% (9 to 28)" in told
    assert "“few”: under 60 answers." in told


@pytest.mark.parametrize(
    ("both", "alpha", "cell"),
    [
        (pd.NA, pd.NA, "sorted by one person"),
        (12, pd.NA, "too few for a figure (12 answers sorted by both)"),
        (50, 0.8, "0.80 (0.61 to 0.95), reliable"),
        (50, 0.79, "0.79 (0.61 to 0.95), tentative"),
        (50, 0.667, "0.67 (0.61 to 0.95), tentative"),
        (50, 0.66, "0.66 (0.61 to 0.95), not reliable"),
    ],
)
def test_open_answers_have_alpha_of_two_coders_and_its_worth(both, alpha, cell, place):
    frame = question("What helps?", "theme", {"education": 40, "awareness": None}, 100)
    coded = frame.assign(both=both, alpha=alpha, alpha_low=0.61, alpha_high=0.95)
    told = said(surveys.theme_table(coded, place))
    assert f"Education 40% (31 to 50); Awareness campaigns: suppressed | {cell}" in told
    assert "from 0.8 on it can be relied on, from 0.667 for tentative conclusions only" in told


def test_themes_stand_by_question_the_most_frequent_first_with_their_coders(place):
    frame = surveys.themes(surveys.read(place), place)
    counts = frame.groupby(["survey", "item"])["count"]
    assert frame.alpha.between(0.6, 1).any() and (frame.both.dropna() <= frame.n).all()
    assert counts.apply(lambda c: c.dropna().is_monotonic_decreasing).all()


@pytest.mark.parametrize(
    ("links", "sentence"),
    [(["a"], "1 survey was made through an open link"), (["a", "b"], "2 surveys were made")],
)
def test_for_whom_linksspeak_counts_open_links(links, sentence):
    rows = [{"population": s, "mode": "open link"} for s in links]
    frame = pd.DataFrame([*rows, {"population": "c", "mode": "telephone"}])
    assert said(surveys.about_likelihood(frame)).startswith(sentence)


def test_how_linkswere_made_stands_once_where_it_is_the_same(place):
    answers = pd.DataFrame({"survey": ["p", "e"], "name": ["Parents", "Educators"]})
    rows = [("p", "consent", "Asked"), ("e", "consent", "Asked"), ("p", "dates", "May")]
    made = pd.DataFrame(rows, columns=["survey", "item", "stated"])
    told = said(surveys.made_table(made, answers, place))
    assert "Consent | Asked" in told and "Time in the field | Parents: May" in told
    assert "Not stated so far: Parents: who answered, data protection" in told
    assert "Educators: who answered" in told and "Educators: who answered, consent" not in told


def test_a_country_without_a_survey_shows_each_item_as_not_recorded(place):
    made = pd.DataFrame(columns=["survey", "item", "stated"])
    answers = pd.DataFrame(columns=["survey", "name"])
    told = said(surveys.made_table(made, answers, place))
    items = cop.data.labels("survey_about", "item", place.data)
    asked = ("Time in the field", "Mode", "Frame and how people were drawn", "Participation")
    assert told.startswith("No survey was made.") and len(items) == 25
    for label in (*asked, "Completion rate", "What cannot be concluded"):
        assert f"{label} | not recorded" in told
    assert told.count("not recorded") == len(items) and "Not stated so far" not in told


def test_a_checklist_without_a_gap_says_so(place):
    items = cop.data.labels("survey_about", "item", place.data)
    made = pd.DataFrame({"survey": "p", "item": list(items), "stated": "Yes"})
    answers = pd.DataFrame({"survey": ["p"], "name": ["Parents"]})
    told = said(surveys.made_table(made, answers, place))
    assert told.endswith("Every item of the checklist is stated for every survey.")


@pytest.fixture
def findings():
    about = {"function": "teacher", "finding": "Few know of it.", "category": "education"}
    rows = [
        {"interview_id": "P-1", "held": "2026-05-02", "theme": "awareness", "leaning": "gap"},
        {"interview_id": "P-1", "held": "2026-05-04", "theme": "education", "leaning": ""},
        {"interview_id": "P-2", "held": "2026-06-03", "theme": "awareness", "leaning": "both"},
    ]
    return pd.DataFrame([row | about for row in rows])


def test_people_who_were_interviewed_are_counted_once(findings, place):
    assert said(surveys.about_interviews(findings, place)) == (
        "2 people were interviewed between 2026-05-02 and 2026-06-03. Nobody was interviewed from: "
        "government bodies, industry, NGOs, parents, children and international organisations."
    )
    one = said(surveys.about_interviews(findings.head(2), place))
    assert one.startswith("1 person was interviewed between 2026-05-02 and 2026-05-04.")


def test_a_finding_is_shown_by_function_and_category(findings, place):
    told = said(surveys.interview_table(findings, place))
    assert "Awareness campaigns | Few know of it. | gap | teacher | Educational inst" in told
    assert "Education | Few know of it. | neither" in told and "P-1" not in told
    assert "| strength and gap |" in told


def test_a_quotation_says_who_spoke_and_whether_words_were_changed(place):
    whole = {"quote": "It helps.", "edited": "no", "section": "", "survey": "interviews"}
    rows = [
        whole | {"category": "ngo", "function": "coordinator"},
        whole | {"category": "ngo", "function": "", "edited": "yes", "section": "education"},
        whole | {"category": "", "function": "", "survey": "parents_survey"},
    ]
    told = said(surveys.quote_table(pd.DataFrame(rows), place))
    assert "Other | “It helps.” | coordinator | Interview" in told
    assert "Education | “It helps.” (shortened in the review) | NGOs | Interview" in told
    assert "Other | “It helps.” | Category not stated | Parents" in told


def test_the_order_of_a_table_is_that_of_its_words_and_rows_without_one_come_last(place):
    sections = list(cop.data.labels("quotes", "section", place.data))
    quotes = responses.read("quotes", place, "section")
    order = [sections.index(section) if section else 99 for section in quotes.section]
    assert order == sorted(order) and len(set(order)) > 3


def test_where_no_survey_was_made_every_table_is_silent(place):
    none = surveys.read(place).head(0)
    scales, talks = surveys.scales(none), responses.read("interviews", place).head(0)
    made = responses.read("survey_about", place).head(0)
    tables = [
        surveys.about_likelihood(none),
        surveys.scale_charts(none, scales, place),
        surveys.scale_table(scales, place),
        surveys.choice_tables(none, place),
        surveys.group_table(surveys.by_group(none, place).head(0), place),
        surveys.theme_table(surveys.themes(none, place), place),
        surveys.made_table(made, none, place),
        surveys.about_interviews(talks, place),
        surveys.interview_table(talks, place),
        surveys.quote_table(responses.read("quotes", place).head(0), place),
    ]
    assert not [t for t in tables if str(t).count("<p") != 1 or 'class="silent"' not in t]


@pytest.fixture
def made():
    """Return how two studies of children, one not safeguarded, and a survey of our own were
    made.
    """
    rows = [
        ("pupils", "population", "Pupils", "analyst"),
        ("pupils", "ethics approval", "Board", "analyst"),
        ("pupils", "consent", "Of both", "analyst"),
        ("clicks", "population", "Children", "analyst"),
        ("parents_survey", "population", "Who answered", "data"),
    ]
    return pd.DataFrame(rows, columns=["survey", "item", "stated", "by"])


def test_a_study_of_children_is_shown_with_its_safeguards_or_left_out(made, place):
    studies = surveys.of_children(made)
    assert studies.survey.tolist() == ["clicks", "pupils"]
    assert studies["ethics approval"].tolist() == ["", "Board"]
    none = pd.DataFrame(columns=["section", "source_id", "evidence_id"])
    shown = said(surveys.about_children(studies, none, place))
    assert "the results of 1 safeguarded study that others published" in shown
    assert "1 study is left out, since no ethics approval or consent" in shown
    assert "Pupils | Board | Of both" in shown and "clicks" not in shown
    assert "speaks of children" not in shown


def test_where_no_child_was_asked_the_chapter_says_so(made, place):
    statements = cop.data.read("evidence", place.data, place.iso3)
    statements = statements.replace({"evidence_id": {"ZZZ-E04": "ZZZ-E40"}})  # of no study
    shown = said(surveys.about_children(surveys.of_children(made.head(0)), statements, place))
    assert "No child was asked for this edition. Questions about harm need approval" in shown
    assert "left out" not in shown and "Who else speaks of children online" in shown
    assert "| Ethics approval and consent |" in shown and "| not recorded |" in shown


def test_what_children_said_stands_with_who_was_asked_and_the_consent_as_the_study_states_it(place):
    statements = cop.data.read("evidence", place.data, place.iso3)
    studies = surveys.said_by_children(statements, place)
    shown = said(surveys.child_study_table(studies, place))
    assert "Pupils online (Academy of Zedland (invented)) | 2024 | Pupils aged 9 to 17" in shown
    assert "made in 2021 and again in 2024 with the same questions. [E04]" in shown
    assert "As the study states: approved by the ethics board of the academy; consent" in shown
    bare = said(
        surveys.child_study_table(
            studies.assign(ethics="not stated in what was read", year=pd.NA), place
        )
    )
    assert "| no date |" in bare and "not stated in what was read" in bare
    silent = surveys.said_by_children(statements.head(0), place)
    assert silent.said.tolist() == [[]]
    none = said(surveys.child_study_table(studies.head(0), place))
    assert none == "No published study that asked children online is on record."


def test_a_source_of_such_a_study_stands_in_no_second_table(made, place):
    statements = cop.data.read("evidence", place.data, place.iso3)
    shown = said(surveys.about_children(surveys.of_children(made.head(0)), statements, place))
    assert "[E04]" not in shown and "No child was asked for this edition." in shown
