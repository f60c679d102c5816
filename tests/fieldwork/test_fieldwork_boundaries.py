"""Rules of field work at their boundaries: each test names a rule and fails when it is bent."""

import contextlib
import random
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, cases
from conftest import DATA, ZEDLAND
from planting import edit

import cop.data
from cop.fieldwork import (
    counted,
    disclosure,
    docx_reader,
    intake,
    outcomes,
    pii,
    publish,
    questionnaires,
    restricted,
    review,
    tables,
)

T, LEAST = 5, 10  # not those of the module, so that a change there fails by the names of its rules


def rng(*_, number=0.99):
    """Return a generator that never hides more than is needed, or with the number 0 always."""
    generator = random.Random(1)
    generator.random = lambda: number
    return generator


@by_rule(
    "counts, shown",
    ("a count of the threshold is shown", [T, T, 30], 3),
    ("a count below it is hidden with another", [T - 1, 30, 30], 1),
    ("two hidden counts that hold the threshold are enough", [2, T - 2, 30], 1),
    ("two that do not are hidden with a third", [2, T - 3, 30], 0),
    ("zero is a small count", [0, 30, 30], 1),
    ("counts that are too small together are all hidden", [1, T - 2], 0),
)
def test_a_one_way_table_hides_as_much_as_the_threshold_needs(counts, shown):
    hidden = disclosure.one_way(pd.Series(counts), T, rng())
    assert (~hidden).sum() == shown


@by_rule(
    "sizes, groups",
    ("a row of the threshold stays", [T, 30], [0, 1]),
    ("rows that hold it together are one", [2, T - 2, 30], [2, "other"]),
    ("rows that do not are joined by another", [1, T - 2, 30], ["other"]),
    ("rows that are too small together are no table", [1, T - 2], []),
    ("a row of nobody is left out", [0, 30, 30], [1, 2]),
    ("others are among the rows added up", {"a": 2, "b": T, "other": 30}, ["b", "other"]),
    ("and are joined first", {"other": 9, "a": 1, "b": 9, "c": 9}, ["b", "c", "other"]),
    ("a pool too small with others takes in another", {"a": 1, "other": 1, "b": 30}, ["other"]),
    ("even if not needed", {"a": 2, "b": T - 2, "c": T, "other": 30}, ["c", "other"]),
)
def test_rows_are_added_up_to_the_threshold(sizes, groups):
    table = disclosure.pooled(pd.Series(sizes).to_frame("people"), T, rng())
    assert table.index.tolist() == groups


@by_rule(
    "cells, groups",
    ("a row is large enough by its sum", False, ["a", "b"]),
    ("with cells by each of its cells", True, []),
)
def test_a_row_is_large_enough_by_its_sum_or_each_cell(cells, groups):
    table = pd.DataFrame({"yes": [T - 1, 30], "no": [1, 0]}, ["a", "b"])
    assert disclosure.pooled(table, T, rng(), cells).index.tolist() == groups


def test_rows_that_are_all_drawn_are_one_row_of_the_total():
    table = pd.Series([2, T]).to_frame("people")
    assert disclosure.pooled(table, T, rng(number=0)).people.to_dict() == {"other": T + 2}


def test_facts_of_institutions_that_agreed_are_never_hidden_or_added_up():
    counts = pd.Series([0, 1, 30])
    assert not disclosure.one_way(counts, 0, rng(number=0)).any(), "no count is hidden"
    rows = disclosure.pooled(counts.to_frame("people"), 0, rng(number=0))
    assert rows.people.tolist() == [1, 30], "no row is added up"


def test_small_counts_and_rows_are_drawn_more_often_than_large_ones():
    counts, times = pd.Series([2, 10, 300]), range(100)
    hidden = [disclosure.one_way(counts, T, random.Random(n))[1] for n in times]
    assert sum(hidden) >= 80, "of two counts that may be hidden the smaller one usually is"
    table = counts.to_frame("people")
    pooled = [1 not in disclosure.pooled(table, T, random.Random(n)).index for n in times]
    assert sum(pooled) >= 80, "of two rows that may be added up the smaller one usually is"


def test_on_a_scale_the_neighbours_of_a_small_count_are_hidden_more_often_than_others():
    counts = pd.Series([30, 2, 30, 30, 30])
    drawn = [disclosure.one_way(counts, T, random.Random(n), ordered=True) for n in range(100)]
    beside = sum(hidden[0] or hidden[2] for hidden in drawn)
    assert beside >= 80, f"neighbours were hidden in {beside} of 100 draws"
    assert all(sum(hidden[n] for hidden in drawn) >= 20 for n in (0, 2)), "on either side"


# Outcomes of forms


def sent(**numbers):
    """Return the final outcomes of so many forms."""
    words = [word.replace("_", " ") for word, n in numbers.items() for _ in range(n)]
    return pd.DataFrame({"category": "ngo", "outcome": words})


TEN_EACH = sent(complete=10, refused=10, not_eligible=10)


@by_rule(
    "final, outcome, count",
    ("ten answered and ten did not: shown", sent(complete=10, refused=10), "answered", 10),
    ("nine answered: not shown", sent(complete=9, refused=10), "answered", None),
    ("a small count is hidden", sent(complete=10, partial=2, refused=10), "partial", None),
    ("and another with it", sent(complete=10, partial=2, refused=10), "complete", None),
    ("a partial form is answered", sent(complete=9, partial=1, refused=10), "answered", 10),
    ("ten are not eligible: how many were sent is shown", TEN_EACH, "sent", 30),
    ("nine are not: it is not shown", sent(complete=10, refused=10, not_eligible=9), "sent", None),
    ("who is not eligible does not count", TEN_EACH, "eligible", 20),
    ("nor if they are nine", sent(complete=10, refused=10, not_eligible=9), "eligible", 20),
)
def test_outcomes_are_shown_from_twice_the_threshold(final, outcome, count):
    table = outcomes.table(final, T, rng()).set_index(["category", "outcome"])["count"]
    assert table.astype(object).where(table.notna(), None)["all", outcome] == count


@pytest.mark.parametrize(("others", "shown"), [("ngo", 1), ("industry", 3)])
def test_outcomes_are_shown_by_category_for_two_categories_at_least(others, shown):
    final = sent(complete=2 * T + 2, refused=2 * T)
    final.loc[final.index % 2 == 1, "category"] = others
    table = outcomes.table(final, T, rng())
    assert table.category.nunique() == shown, "one category is as good as the whole"
    rows = table[table.category != outcomes.ALL][["outcome", "count"]].values.tolist()
    each = [["eligible", 11], ["answered", 6], ["not answered", 5]]
    assert rows == each * (shown - 1), "answered and not answered of each category, and their sum"


STEPS = [("C1", "invited", "2026-05-01", "F1"), ("C2", "listed", "2026-05-01", ""),
         ("C3", "refused", "2026-05-02", "F3"), ("C3", "answered", "2026-05-01", "F3"),
         ("C4", "phoned", "2026-05-02", "F4")]  # fmt: skip


def final(steps, *forms):
    """Return {contact: outcome or ""} of steps, and of forms (id, whether in part) that are back."""
    steps = pd.DataFrame(steps, columns=["contact_id", "step", "date", "form_id"])
    back = pd.DataFrame(forms, columns=["form_id", "partial"])
    found = outcomes.final(steps.assign(category="ngo"), back).set_index("contact_id")
    return found.outcome.fillna("").to_dict()


@by_rule(
    "forms, expected",
    ("only who was sent a form or has an outcome", [], {"C1": "", "C3": "refused"}),
    ("a form that came back counts for more than a step", [("F3", False)],
     {"C1": "", "C3": "complete"}),
    ("a form that came back in part is partial", [("F1", True)],
     {"C1": "partial", "C3": "refused"}),
    ("of two forms with one id the last counts", [("F1", True), ("F1", False)],
     {"C1": "complete", "C3": "refused"}),
)  # fmt: skip
def test_the_outcome_of_a_contact_is_its_form_or_else_its_last_step(forms, expected):
    assert final(STEPS, *forms) == expected


@pytest.mark.parametrize(
    ("step", "outcome"),
    [("answered", "complete"), ("partial", "partial"), ("refused", "refused"),
     ("not reached", "not reached"), ("not eligible", "not eligible"), ("phoned", ""),
     ("reminded", ""), ("interviewed", "")],
)  # fmt: skip
def test_a_step_is_an_outcome_if_it_ends_the_contact(step, outcome):
    assert final([STEPS[0], ("C1", step, "2026-05-02", "F1")]) == {"C1": outcome}


# Surveys that are built for a test


def choices(*codes):
    """Return a list of choices, of which `none` is exclusive."""
    make = questionnaires.Choice.model_construct
    return tuple(make(code=c, label={"en": c.title()}, exclusive=c == "none") for c in codes)


LISTS = {
    "ab": choices("a", "b"),
    "abc": choices("a", "b", "c"),
    "ab_none": choices("a", "b", "none"),
    "yes_no": choices("yes", "no"),
    "steps": choices("1", "2", "3", "4"),
    tables.GROUPS: choices("a", "b"),
}


def question(name, kind, choices="", when=None):
    """Return a question; `when` is (question, codes)."""
    when = when and questionnaires.When(question=when[0], **{"is": when[1]})
    return questionnaires.Question.model_construct(
        id=name, type=kind, label={"en": name}, choices=choices, when=when
    )


def form_of(*questions, most=0):
    """Return a questionnaire with questions in one block, of so many entries if it is repeated."""
    block = questionnaires.Block.model_construct(id="b", most=most, questions=questions)
    return questionnaires.Questionnaire.model_construct(
        id="s", title={"en": "S"}, category="ngo", choices=LISTS, blocks=(block,)
    )


def survey(questions, answers, number):
    """Return a survey of so many people, of whom those from r<first> on gave an answer.

    The answers are (question, code, first, number).
    """
    about = {"form_id": "", "source": "kobo", "invited": False, "received": "2026-03-01"}
    returns = pd.DataFrame(about, [f"r{n}" for n in range(number)])
    rows = [
        (f"r{n}", name, code)
        for name, code, first, many in answers
        for n in range(first, first + many)
    ]
    rows = pd.DataFrame(rows, columns=["return_id", "question", "answer"])
    return counted.Survey(form_of(*questions), returns, rows.assign(block="b", entry="0"))


def scale_survey(answers, number):
    """Return a survey of stakeholders, of whom so many answered one question on a scale."""
    form = questionnaires.load("stakeholder_survey", DATA)
    scale = next(q for q in tables.closed_questions(form) if q.type == "likert" and not q.when)
    made = survey([], [(scale.id, form.choices_of(scale)[0].code, 0, answers)], number)
    return counted.Survey(form, made.returns, made.answers)


def people(survey, is_published=False):
    """Return the people of a survey, half of them of one category."""
    groups = [("ngo", "industry")[n % 2] for n in range(len(survey.returns))]
    return tables.People(pd.Series(groups, survey.returns.index), is_published, T, rng)


def codes(*rows):
    return pd.DataFrame(rows, columns=["return_id", "question", "coder", "theme"])


def tallied(survey, themes=(), is_published=False):
    """Return {id of a question: Tally}; themes are rows of `codes`."""
    made = tables.count_questions(survey, people(survey, is_published), codes(*themes))
    return {tally.question.id: tally for tally in made}


@by_rule(
    "number, answers, shown",
    ("a survey of exactly ten is published", LEAST, LEAST, 1),
    ("a survey of nine is not", LEAST - 1, LEAST - 1, 0),
    ("a question that exactly ten answered is published", LEAST + 5, LEAST, 1),
    ("a question that nine answered is not", LEAST + 5, LEAST - 1, 0),
)
def test_questions_are_published_from_twice_the_threshold(number, answers, shown):
    assert len(tallied(scale_survey(answers, number))) == shown


@by_rule(
    "choices, threshold, answers, shown",
    ("a question that nobody answered is not published, even of facts", "ab", 0, 0, 0),
    ("of facts one that a single institution answered is", "ab", 0, 1, 1),
    ("the category of the person is not counted", tables.GROUPS, T, 40, 0),
)
def test_which_questions_are_left_out(choices, threshold, answers, shown):
    asked = survey([question("q", "one", choices)], [("q", "a", 0, answers)], 40)
    counts = tables.People(people(asked).groups, False, threshold, rng)
    assert len(tables.count_questions(asked, counts, codes())) == shown


@pytest.mark.parametrize(("is_published", "counts"), [(True, {"no answer": T}), (False, {})])
def test_no_answer_is_an_answer_where_the_number_of_people_is_published(is_published, counts):
    [found] = tallied(scale_survey(LEAST, LEAST + T), (), is_published).values()
    assert {name: n for name, n in found.counts.items() if name == "no answer"} == counts
    assert len(found.base) == LEAST + (T if is_published else 0), "shares are of all asked"


AB = {"a": 10, "b": 8}


@by_rule(
    "kind, choices, is_published, counts, base",
    ("each choice of one is counted", "one", "ab_none", False, AB | {"none": 7}, 25),
    ("where the number is published no answer is", "one", "ab", True, AB | {"no answer": 12}, 30),
    ("of several choices it is not, as who made none is asked", "many", "ab", True, AB, 30),
    ("an exclusive choice of several is not counted", "many", "ab_none", False, AB, 25),
)
def test_which_answers_are_counted(kind, choices, is_published, counts, base):
    answers = [("q", "a", 0, 10), ("q", "b", 10, 8), ("q", "none", 18, 7), ("q", "gone", 25, 5)]
    found = tallied(survey([question("q", kind, choices)], answers, 30), (), is_published)["q"]
    assert found.counts.to_dict() == counts
    assert len(found.base) == base, "shares are of all asked, or of all who answered"


@by_rule(
    "kind, choices, is_published, closed",
    ("whoever answered several choices made one", "many", "ab", False, True),
    ("not if a choice is exclusive", "many", "ab_none", False, False),
    ("not if who gave no answer belongs to the people", "many", "ab", True, False),
    ("not of a single choice", "one", "ab", False, False),
)
def test_everybody_made_a_choice_of_several(kind, choices, is_published, closed):
    answers = [("q", "a", 0, 12), ("q", "b", 9, 9)]
    found = tallied(survey([question("q", kind, choices)], answers, 30), (), is_published)["q"]
    assert found.closed == closed


@by_rule(
    "kind, first, when, base",
    ("who said yes is asked", "yes_no", 20, ["yes"], 20),
    ("a question after a hidden answer is not published", "yes_no", 38, ["no"], None),
    ("nor one after several choices", "many", 20, ["yes", "no"], None),
    ("one after one of several choices is", "many", 20, ["yes"], 20),
    ("a question after an open one is not published", "note_text", 20, ["yes"], None),
)
def test_who_is_asked_follows_from_published_answers(kind, first, when, base):
    questions = [question("p", kind, "yes_no"), question("q", "one", "ab", ("p", when))]
    answers = [("p", "yes", 0, first), ("p", "no", first, 40 - first), ("q", "a", 0, 40)]
    made = tallied(survey(questions, answers, 40))
    found = {name: len(tally.base) for name, tally in made.items()}
    assert found.get("q") == base


PARENTS = questionnaires.load("parents_survey", DATA)
SCREENS = counted.screens(PARENTS)
CLOSED = PARENTS.question("carer")  # asked after the screening
ANSWER = (CLOSED.id, PARENTS.choices_of(CLOSED)[0].code, "0")


def test_a_question_on_a_condition_of_the_screening_is_asked_of_everybody():
    asked = survey([], [(*ANSWER[:2], 0, LEAST)], LEAST)
    asked = counted.Survey(PARENTS, asked.returns, asked.answers)
    assert [CLOSED.when.question] == SCREENS, "a required yes or no screens those who answer"
    bases = {name: tally.base for name, tally in tallied(asked).items()}
    assert bases == {CLOSED.id: set(asked.returns.index)}, "it is asked of everybody"


@by_rule(
    "block, cells, is_counted",
    ("a question of the survey is counted", {}, {}, True),
    ("a question that is asked several times is not", {"repeat": True}, {}, False),
    ("consent and contact are not", {"id": "contact"}, {}, False),
    ("taking part is not", {"id": "taking_part"}, {}, False),
    ("what may be published is not", {}, {"id": "publish_quote"}, False),
    ("a restricted answer is not", {}, {"restricted": True}, False),
    ("what the register holds is not", {}, {"publishes": "stakeholders.name"}, False),
    ("an open answer is not", {}, {"type": "note_text"}, False),
    ("a screening is not", {"id": "screening"}, {"type": "yes_no", "required": True}, False),
)
def test_answers_of_a_closed_question_are_counted(block, cells, is_counted):
    block = SimpleNamespace(**{"id": "practice", "repeat": False} | block)
    usual = {"id": "q", "type": "one", "restricted": False, "publishes": "", "required": False}
    pairs = [(block, SimpleNamespace(**usual | cells))]
    assert bool(tables.closed_questions(SimpleNamespace(questions=lambda: pairs))) == is_counted


def test_a_voluntary_question_of_the_screening_screens_nobody_out():
    def asked(name, required):
        return SimpleNamespace(id=name, type="yes_no", required=required)

    screening, other = SimpleNamespace(id="screening"), SimpleNamespace(id="practice")
    pairs = [(screening, asked("needed", True)), (screening, asked("voluntary", False)),
             (other, asked("elsewhere", True))]  # fmt: skip
    assert counted.screens(SimpleNamespace(questions=lambda: pairs)) == ["needed"]


@by_rule(
    "most, is_open, category",
    ("a long text is an open question, and people are grouped by category", 0, ["why"], "who"),
    ("not by those of partners in a repeated block", 2, [], ""),
)
def test_open_questions_and_the_category_of_the_person(most, is_open, category):
    questions = [question("why", "note_text"), question("name", "text")]
    form = form_of(*questions, question("who", "one", tables.GROUPS), most=most)
    assert [found.id for found in tables.open_questions(form)] == is_open
    assert tables.grouping(form) == category


@by_rule(
    "coded, number, is_published, shown",
    ("themes of ten answers are counted", LEAST, 40, False, True),
    ("of nine they are not", LEAST - 1, 40, False, False),
    ("where the number of people is published ten must have none", 30, 30 + LEAST, True, True),
    ("nine are too few", 30, 30 + LEAST - 1, True, False),
    ("where it is not everybody may have one", 40, 40, False, True),
)
def test_themes_are_counted_of_enough_answers(coded, number, is_published, shown):
    questions = [question("q", "one", "ab"), question("why", "note_text")]
    themes = [(f"r{n}", "why", "A", "law") for n in [*range(coded), *range(900, 950)]]
    made = tallied(survey(questions, [("q", "a", 0, number)], number), themes, is_published)
    found = {name: len(tally.base) for name, tally in made.items()}
    assert found.get("why") == (coded if shown else None), "of people who count"


@by_rule(
    "themes, counts",
    ("a theme counts where all coders assigned it", {"A": ["law", "school"], "B": ["law"]},
     {"law": LEAST, "school": 0}),
    ("an adjudicator decides", {"A": ["law"], "B": ["law"], "adjudicated": ["school"]},
     {"law": 0, "school": LEAST}),
)  # fmt: skip
def test_which_themes_of_the_coders_count(themes, counts):
    asked = scale_survey(LEAST, 3 * LEAST)
    name = tables.open_questions(asked.questionnaire)[0].id
    pairs = [(coder, theme) for coder, assigned in themes.items() for theme in assigned]
    rows = [(f"r{n}", name, *pair) for n in range(LEAST) for pair in pairs]
    rows += [(f"r{n}", "q", "A", "of another question") for n in range(LEAST)]
    assert tallied(asked, rows)[name].counts.to_dict() == counts


def test_coders_must_agree_on_the_theme_of_each_answer():
    asked = scale_survey(2 * LEAST, 4 * LEAST)
    name = tables.open_questions(asked.questionnaire)[0].id
    rows = [(f"r{n}", name, coder, "law") for n in range(LEAST) for coder in "AB"]
    for n in range(LEAST, 2 * LEAST):
        rows += [(f"r{n}", name, "A", "law"), (f"r{n}", name, "B", "school")]
    assert tallied(asked, rows)[name].counts.to_dict() == {"law": LEAST, "school": 0}


@by_rule(
    "coders, themes, answers, judged",
    ("agreement of coders rests on thirty answers", "AB", "ab", 30, (30, True)),
    ("on fewer none is computed", "AB", "ab", 29, (29, False)),
    ("two coders of twice the threshold are compared", "AB", "aa", LEAST, (LEAST, False)),
    ("of fewer answers they are not", "AB", "aa", LEAST - 1, None),
    ("an adjudicator is no coder", ["A", "adjudicated"], "aa", LEAST, None),
    ("of three coders the first two are", "ABC", "aa", LEAST, (LEAST, False)),
)
def test_coders_are_compared_on_enough_answers(coders, themes, answers, judged):
    rows = [(f"r{n}", "q", c, themes[n % 2]) for n in range(answers) for c in coders if c != "C"]
    rows += [("r0", "q", coder, "a") for coder in coders if coder == "C"]
    rows += [(f"r{answers}", "q", "A", theme) for theme in "ab"]  # sorted by one, in two themes
    asked = survey([question("q", "note_text")], [], answers + 1)
    found = tables.coding(asked, codes(*rows), T)
    rows = [*zip(found.answers, found.alpha.notna(), strict=True)]
    assert rows == ([judged] if judged else []), "of answers that two coders sorted"


def test_a_theme_that_both_coders_gave_once_is_agreed():
    rows = [(f"r{n}", "q", coder, "ab"[n % 2]) for n in range(30) for coder in "AB"]
    found = tables.coding(survey([question("q", "note_text")], [], 30), codes(*rows), T)
    assert found.alpha.tolist() == [1], "a theme counts if a coder gave it once"


def test_a_response_that_does_not_count_has_no_part_in_the_agreement_of_coders():
    rows = [(f"r{number}", "q", coder, "a") for number in range(LEAST + 1) for coder in "AB"]
    found = tables.coding(survey([question("q", "note_text")], [], LEAST), codes(*rows), T)
    assert found.answers.tolist() == [LEAST]


def test_codes_of_another_question_have_no_part_in_the_agreement_of_coders():
    rows = [(f"r{number}", "p", coder, "a") for number in range(LEAST) for coder in "AB"]
    assert tables.coding(survey([question("q", "note_text")], [], LEAST), codes(*rows), T).empty


@by_rule(
    "without_a_code, is_published, number",
    ("of a known number of people, ten without a coded answer allow it", LEAST, True, 1),
    ("nine do not, since readers could subtract", LEAST - 1, True, 0),
    ("of an unknown number they cannot", LEAST - 1, False, 1),
)
def test_agreement_is_published_with_the_themes_only(without_a_code, is_published, number):
    rows = [(f"r{n}", "why", coder, "a") for n in range(LEAST) for coder in "AB"]
    questions = [question("q", "one", "ab"), question("why", "note_text")]
    everyone = LEAST + without_a_code
    asked = survey(questions, [("q", "a", 0, everyone)], everyone)
    made = tables.survey_tables(asked, people(asked, is_published), codes(*rows), T)
    assert len(made["coding"]) == number, "the number of coded answers can be subtracted"


def tally(kind, hidden, **counts):
    """Return the Tally of a question with so many answers, of which some are hidden."""
    counts = pd.Series(counts)
    answers = pd.Series(list(counts.index.repeat(counts)))
    mask = pd.Series(counts.index.isin([*hidden]), counts.index)
    return tables.Tally(question("q", kind, "ab"), answers, frozenset(answers.index), counts, mask)


SCALE = dict.fromkeys("12345", 20)


@by_rule(
    "kind, counts, hidden, parts",
    ("a scale is parted below its upper two steps", "likert", SCALE, "", [("4", "5")]),
    ("with both upper steps hidden too", "likert", SCALE, "45", [("4", "5")]),
    ("with two lower steps hidden too", "likert", SCALE, "12", [("4", "5")]),
    ("with a hidden step on either side it is not compared", "likert", SCALE, "34", []),
    ("on a scale no answer is no step", "likert", SCALE | {"no answer": 20}, "", [("4", "5")]),
    ("yes is set against no, even if rarer", "yes_no", {"yes": 20, "no": 60}, "", [("yes",)]),
    ("or as frequent", "yes_no", {"yes": 20, "no": 20}, "", [("yes",)]),
    ("the most frequent answer is set against others", "one", {"a": 20, "b": 60}, "", [("b",)]),
    ("no answer is no part", "one", {"a": 20, "b": 20, "no answer": 60}, "", [("a",)]),
)
def test_answers_are_parted_by_the_rule_of_their_kind(kind, counts, hidden, parts):
    result = tally(kind, hidden, **counts)
    groups = pd.Series(["ngo", "government"] * (len(result.answers) // 2))
    compared = tables.by_category(result, tables.People(groups, False, T, rng))
    assert [*compared] == parts
    for part, numbers in compared.items():
        given = sum(number for _, number, _ in numbers)
        assert given == result.answers.isin(part).sum(), "those who gave the answer are counted"
        names = [name for name, *_ in numbers]
        assert names == ["government", "ngo"], "categories are in alphabetical order"
    single = tables.People(groups.replace("government", "ngo"), False, T, rng)
    assert tables.by_category(result, single) == {}, "nothing is compared with a single category"


@by_rule(
    "only_hidden, parts",
    ("they are compared if all people of each category made another choice", [], [("a",), ("b",)]),
    ("not if one of a category made the hidden choice alone", [19], []),
)
def test_when_choices_are_compared_beside_a_hidden_one(only_hidden, parts):
    answers = pd.Series({n: "a" if n % 20 < 10 else "b" for n in range(40)}).drop(only_hidden)
    answers = pd.concat([answers, pd.Series("c", [0, *only_hidden])])
    counts = answers.value_counts().sort_index()
    hidden = pd.Series(counts.index == "c", counts.index)
    about = question("q", "many", "ab"), answers, frozenset(range(40)), counts, hidden
    groups = pd.Series(["government"] * 20 + ["ngo"] * 20)
    everyone_chose = tables.Tally(*about, closed=True)
    compared = tables.by_category(everyone_chose, tables.People(groups, False, T, rng))
    assert [*compared] == parts


def test_answers_are_compared_by_category_unless_only_some_were_asked_or_they_are_themes():
    questions = [question("p", "yes_no", "yes_no"), question("q", "one", "ab", ("p", ["yes"]))]
    questions.append(question("why", "note_text"))
    answers = [("p", "yes", 0, 40), ("p", "no", 40, 40), ("q", "a", 0, 20), ("q", "b", 20, 20)]
    asked = survey(questions, answers, 80)
    themes = [(f"r{n}", "why", "A", ("law", "school")[n // 20]) for n in range(40)]
    made = tables.survey_tables(asked, people(asked), codes(*themes), T)
    assert made["survey_items"]["item"].tolist() == ["p", "q", "why"]
    assert set(made["survey_groups"]["item"]) == {"p"}
    assert set(made["survey_groups"]["order"]) == {1}, "in the order of the question, yes is first"


@pytest.mark.parametrize(("answered", "published"), [(LEAST, 2), (LEAST - 1, 0)])
def test_without_a_published_closed_question_no_open_one_is_published(answered, published):
    themes = [(f"r{n}", "why", coder, "law") for n in range(20) for coder in "AB"]
    questions = [question("q", "one", "ab"), question("why", "note_text")]
    asked = survey(questions, [("q", "a", 0, answered)], 40)
    made = tables.survey_tables(asked, people(asked), codes(*themes), T)
    assert len(made["survey_items"]) == published
    assert len(made["coding"]) == bool(published), "nor the agreement of its coders"


@by_rule(
    "overlap, hidden",
    ("who made no other choice must have made the hidden one", 0, 2),
    ("unless the others add up to everybody", 3, 1),
)
def test_a_hidden_choice_that_the_others_would_tell_hides_another(overlap, hidden):
    several = [("q", "a", 0, 20), ("q", "b", 20 - overlap, 15 + overlap), ("q", "c", 35, 3)]
    asked = survey([question("q", "many", "abc")], several, 38)
    assert tallied(asked)["q"].hidden.sum() == hidden
    alone = pd.Series({"a": 3}), pd.Series({"a": True})
    assert not tables._last(*alone, 10, rng()).any(), "without a shown choice there is no other"
    two = pd.Series({"a": 3, "b": 2, "c": 9}), pd.Series({"a": True, "b": True, "c": False})
    assert not tables._last(*two, 20, rng()).any(), "two that are hidden hide each other"


def test_neighbours_of_a_small_count_are_preferred_on_a_scale_and_not_in_a_list():
    beside = {}
    for kind in ("likert", "one"):
        answers = [("q", "1", 0, 2)] + [("q", code, 2 + 30 * n, 30) for n, code in enumerate("234")]
        asked = survey([question("q", kind, "steps")], answers, 92)
        groups, hidden = people(asked).groups, []
        for seed in range(60):
            drawn = tables.People(groups, False, T, lambda *_, seed=seed: random.Random(seed))
            [found] = tables.count_questions(asked, drawn, codes())
            hidden.append(found.hidden["2"])
        beside[kind] = sum(hidden)
    assert beside["likert"] > 45 and beside["one"] < 40


def test_the_period_of_a_survey_leaves_out_the_first_and_the_last_few_answers():
    few = T - 1
    months = ["2026-01-05"] * few + ["2026-02-05", *["2026-03-05"] * few, "2026-04-05"]
    months += ["2026-05-05"] * few
    items = pd.DataFrame({"n": [3, len(months)]})

    def about(asked, items, threshold):
        counts = tables.People(people(asked).groups, False, threshold, rng)
        return tables.about(asked, items, counts, T).set_index("item").stated

    asked = scale_survey(len(months), len(months))
    asked.returns["received"] = months[T:] + months[:T]  # in no order
    stated = about(asked, items, T)
    assert stated["dates"] == "Most answers from 2026-02 to 2026-04"
    most = f"At least {len(months)} took part"
    assert stated["participation"] == most, "as many as answered the question of most answers"
    assert stated["population"].startswith("People who answered")
    day = survey([], [("completed_on", "2025-11-30", 0, len(months))], len(months)).answers
    dated = counted.Survey(asked.questionnaire, asked.returns, day)
    stated = about(dated, items, 0)
    assert stated["dates"].endswith("2025-11"), "the day that a person states counts first"
    assert stated["population"].startswith("Organisations that answered"), "of facts"
    few = about(dated, items[:0], 0)
    assert few["participation"].startswith("Too few"), "without a question nothing is said of it"
    assert "dates" not in few


@by_rule(
    "invited, source, mode",
    ("everybody was invited", [True, True], "excel", "invited list"),
    ("not everybody was: a tool has an open link", [True, False], "kobo", "open link"),
    ("not everybody was: of a file it is not known", [True, False], "excel", "not recorded"),
    ("nobody was", [False, False], "plain", "not recorded"),
    ("nor is it of both kinds of files", [False] * 2, ["plain", "excel"], "not recorded"),
    ("nobody answered", [], [], "not recorded"),
)
def test_a_survey_is_of_an_invited_list_only_if_everybody_was_invited(invited, source, mode):
    returns = pd.DataFrame({"invited": invited, "source": source})
    assert tables.mode(SimpleNamespace(returns=returns)) == mode


# People who are counted


def forms(*answers):
    """Return a Survey of mapping forms; an answer is (return, entry, question, text)."""
    frame = pd.DataFrame(answers, columns=["return_id", "entry", "question", "answer"])
    is_partner = frame.question.isin(["partner", "partner_kinds"])
    frame["block"] = is_partner.map({True: "partners", False: "activities"})
    about = {"form_id": "", "received": "2026-05-04"}
    returns = pd.DataFrame(about, index=frame.return_id.unique())
    return counted.Survey(questionnaires.load("mapping_form", DATA), returns, frame)


def of_name(name, return_id="r1", consent="yes"):
    """Return the answers of a form on the name of its organisation, and on naming it."""
    consent = (return_id, "0", "publish_organisation", consent)
    return [(return_id, "0", review.NAME, name), consent]


def test_an_answer_within_a_repeated_block_is_no_answer_of_the_person():
    rows = [("r1", "0", "q", "yes"), ("r1", "1", "q", "yes"), ("r2", "1", "q", "yes")]
    rows += [("r3", "", "q", "yes"), ("r4", "0", "q", "no")]
    assert forms(*rows).agreed("q") == {"r1", "r3"}


def test_categories_without_a_published_number_of_forms_are_added_together():
    rows = [("all", 30), ("ngo", 12), ("industry", None), (disclosure.OTHER, 18)]
    table = pd.DataFrame(rows, columns=["category", "count"]).assign(outcome=outcomes.ANSWERED)
    asked, contacts = forms(*[(i, "0", "category", "ngo") for i in ("r1", "r2")]), []
    asked.returns["form_id"] = ["F1", ""]  # a form without an id is nobody's
    for number, category in enumerate(["ngo", "industry", "police", "ngo"], 1):
        contacts.append([f"C{number}", "F1" if number == 1 else "", category, "complete"])
    contacts.append(["C5", "", "ngo", "refused"])  # who did not answer is not counted
    sent = pd.DataFrame(contacts, columns=["contact_id", "form_id", "category", "outcome"])
    shown = tables.people(asked, sent, table, T, rng)
    others = {"sent C2": disclosure.OTHER, "sent C3": disclosure.OTHER, "sent C4": "ngo"}
    assert shown.counted and shown.groups.to_dict() == {"r1": "ngo", **others}
    hidden = tables.people(asked, sent, table.assign(count=None), T, rng)
    assert not hidden.counted, "a suppressed number of forms is not the number of people"


BOTH = ("publish_organisation", "publish_answers")


@by_rule(
    "agreed, named, others, threshold, number",
    ("of ten who agreed the answers are facts, and others do not count", BOTH, LEAST, 3, 0, LEAST),
    ("fewer agreed, so that all count", BOTH, LEAST - 1, 3, T, LEAST + 2),
    ("fewer than twice the threshold did not agree", BOTH, LEAST, LEAST - 1, 0, LEAST),
    ("as many did not agree, so that all count", BOTH, LEAST, LEAST, T, 2 * LEAST),
    ("the consent to publish answers is missing", BOTH[:1], LEAST, 3, T, LEAST + 3),
    ("the consent to publish the name is missing", BOTH[1:], LEAST, 3, T, LEAST + 3),
)
def test_answers_of_named_institutions_are_facts(agreed, named, others, threshold, number):
    ids = [f"r{n}" for n in range(named + others)]
    rows = [(i, "0", question, "yes") for i in ids[:named] for question in agreed]
    made, returns = forms(*rows), pd.DataFrame({"form_id": ""}, index=ids)
    asked = counted.Survey(made.questionnaire, returns, made.answers)
    table = outcomes.table(pd.DataFrame(columns=["outcome", "category"]), T, rng)
    found = tables.people(asked, None, table, T, rng)
    assert (found.threshold, len(found.groups)) == (threshold, number)


@by_rule(
    "small, silent, shown",
    ("a category of twice the threshold stands alone", LEAST, 0, {"ngo", "industry"}),
    ("a smaller one is added to another", LEAST - 1, 0, {disclosure.OTHER}),
    ("or to those who state no category", LEAST - 1, T, {"industry", disclosure.OTHER}),
)
def test_people_stand_in_categories_of_twice_the_threshold(small, silent, shown):
    answers = [("category", "ngo", 0, small), ("category", "industry", small, 30)]
    asked = survey([question("category", "one", tables.GROUPS)], answers, small + 30 + silent)
    assert set(tables.people(asked, None, pd.DataFrame(), T, rng).groups) == shown


ISSUED = "F1-0a1b2c3d"


@by_rule(
    "form_ids, consents, gone",
    ("who consents stays", ["", ""], ["yes", "yes"], [False, False]),
    ("who does not is withdrawn", ["", ""], ["yes", "no"], [False, True]),
    ("who withdraws in a later form does in each", [ISSUED] * 2, ["yes", "no"], [True, True]),
    ("a form id that was not issued joins nobody", ["guessed"] * 2, ["yes", "no"], [False, True]),
)
def test_a_withdrawal_is_of_the_sender(form_ids, consents, gone, monkeypatch):
    monkeypatch.setattr(counted.contacts, "issued", lambda data: {ISSUED})
    about = {"return_id": ["r0", "r1"], "iso3": "ZZZ", "questionnaire": "s", "identity": ""}
    returns = pd.DataFrame(about).assign(form_id=form_ids)
    answers = pd.DataFrame({"return_id": ["r0", "r1"] * 2})
    answers["question"] = [questionnaires.CONSENT] * 2 + ["publish_quote"] * 2
    answers["answer"] = [*consents, "yes", "yes"]  # only the question on consent counts
    assert counted.withdrawn(returns, answers, DATA).tolist() == gone


# Organisations that are named, and their partners

HELPLINE, POLICE = "Helpline of Xanadia", "Police of Zedland"


@by_rule("agreed, periods, latest", *cases("fieldwork/activities.csv"))
def test_the_latest_activity_that_a_form_states(agreed, periods, latest):
    dates = []
    for entry, period in enumerate(periods.split()):
        begin, end = period.split("/")
        dates += [("r1", str(entry), "activity_from", begin)] * bool(begin)
        dates += [("r1", str(entry), "activity_to", end)] * bool(end)
    asked = forms(*of_name(HELPLINE), ("r1", "0", "publish_answers", agreed), *dates)
    decided = pd.DataFrame({"return_id": ["r1"], "question": review.NAME, "final": HELPLINE})
    assert review.named([asked], decided, ZEDLAND, "ZZZ").latest.item() == latest


def test_the_last_counts_of_a_date_that_the_store_has_twice():
    dates = [("r1", "0", "activity_to", day) for day in ("2026-02-01", "2026-01-01")]
    asked = forms(*of_name(HELPLINE), ("r1", "0", "publish_answers", "yes"), *dates)
    decided = pd.DataFrame({"return_id": ["r1"], "question": review.NAME, "final": HELPLINE})
    assert review.named([asked], decided, ZEDLAND, "ZZZ").latest.item() == "2026-01-01"


def test_roles_are_those_of_the_register_each_once_and_others_are_left_out():
    roles = [("r1", "0", "roles", code) for code in ("police", "other", "justice", "hotline")]
    roles += [("r1", "0", "category", "education"), ("r2", "0", "roles", "research")]
    roles += [(i, "0", "publish_answers", "yes") for i in ("r1", "r2")]
    asked = forms(*of_name(HELPLINE), *of_name("Zed Circle", "r2"), *roles)
    decided = pd.DataFrame({"return_id": "r1", "question": [review.NAME, "challenge"]})
    found = review.named([asked], decided.assign(final=[HELPLINE, "Said."]), ZEDLAND, "ZZZ")
    assert found.name.tolist() == [HELPLINE], "an answer is no name"
    own = "not those of another organisation, nor answers to other questions"
    assert found.roles.tolist() == ["law enforcement; hotline"], own


@by_rule(
    "name, final, names, is_read",
    ("an organisation is named as approved", HELPLINE, "The Helpline", ["The Helpline"], True),
    ("one that was not approved is not named", HELPLINE, "", [], True),
    ("one of the register needs no approval", POLICE, "", [POLICE], False),
    ("nor by its local name", "POLICIJA, Zed", "", ["POLICIJA, Zed"], False),
    ("nor in quotation marks", "«Police of Zedland»", "", ["«Police of Zedland»"], False),
    ("one that is not verified does", "Zed Circle", "", [], True),
)
def test_an_organisation_is_named_by_approval_or_register(
    name, final, names, is_read, replace_table
):
    register = [("ZZZ-O01", POLICE, "Policija Zed", "yes"),
                ("ZZZ-O02", "Zed Circle", "", "no")]  # fmt: skip
    columns = ["stakeholder_id", "name", "name_local", "verified"]
    replace_table("stakeholders", pd.DataFrame(register, columns=columns))
    asked = forms(*of_name(name))
    decided = pd.DataFrame({"return_id": ["r1"], "question": review.NAME, "final": final})
    assert review.named([asked], decided, ZEDLAND, "ZZZ").name.tolist() == names
    texts = review.texts(ZEDLAND, "ZZZ", [asked])
    assert len(texts) == is_read, "a name of the register is not read"
    silent = forms(*of_name(name, consent="no"))
    assert review.texts(ZEDLAND, "ZZZ", [silent]).empty, "nor is one that is not to be named"
    assert review.named([silent], decided, ZEDLAND, "ZZZ").empty, "without consent nobody is named"


def test_named_organisations_keep_their_keys_and_new_ones_follow_the_last(monkeypatch):
    earlier = pd.DataFrame({"name": ["Old", "Kept"], "returned_id": ["ZZZ-M14", "ZZZ-M02"]})
    monkeypatch.setattr(review.cop.data, "present", lambda *_: earlier)
    names = {"r1": "Zoo", "r2": "Kept", "r3": "Archive", "r4": "Zoo"}
    answers = [answer for i, name in names.items() for answer in of_name(name, i)]
    asked = forms(*answers, ("r1", "0", "category", "ngo"))
    decided = pd.DataFrame({"return_id": names.keys(), "final": names.values()})
    found = review.named([asked], decided.assign(question=review.NAME), ZEDLAND, "ZZZ")
    assert found.category.tolist() == ["", "", "ngo"], "of two forms with a name the first counts"
    keys = {"Kept": "ZZZ-M02", "Archive": "ZZZ-M15", "Zoo": "ZZZ-M16"}
    assert dict(zip(found.name, found.returned_id, strict=True)) == keys, "by the alphabet"
    assert found.returned_id.is_monotonic_increasing


def test_new_names_are_numbered_by_the_alphabet_and_not_in_the_order_of_their_returns():
    names = {"P-1": "Zeta Fund", "P-2": "Alpha Fund", "P-3": "Midway Fund"}
    asked = forms(*[answer for i, name in names.items() for answer in of_name(name, i)])
    decided = pd.DataFrame({"return_id": names.keys(), "final": names.values()})
    named = review.named([asked], decided.assign(question=review.NAME), ZEDLAND, "ZZZ")
    assert named.name.tolist() == ["Alpha Fund", "Midway Fund", "Zeta Fund"]
    assert named.returned_id.is_monotonic_increasing


@pytest.mark.parametrize(("consent", "links"), [("yes", 1), ("no", 0)])
def test_a_partnership_of_a_form_needs_the_consent_to_publish_its_answers(consent, links):
    names = ["Police of Xanadia", HELPLINE]
    asked = forms(*of_name(names[0]), ("r1", "0", "publish_answers", consent),
                  ("r1", "1", "partner", HELPLINE))  # fmt: skip
    named = pd.DataFrame({"name": names, "returned_id": ["ZZZ-M91", "ZZZ-M92"]})
    assert len(review.partnerships([asked], named, ZEDLAND, "ZZZ")) == links


@by_rule(
    "consent, pairs, links",
    ("a partner that is known is linked", "yes", [("B", "x")], [("ZZZ-M91", "ZZZ-M92", "x")]),
    ("without the consent to publish answers it is not", "no", [("B", "x")], []),
    ("so is one in the register", "yes", [("Zedland Ministry of Digital Affairs", "x")],
     [("ZZZ-M91", "ZZZ-O01", "x")]),
    ("a partner that is not known is not", "yes", [("Nobody", "x")], []),
    ("nobody is linked with itself", "yes", [("A", "x")], []),
    ("kinds are in English", "yes", [("B", "funding")], [("ZZZ-M91", "ZZZ-M92", "Funding")]),
    ("a partner without a name is not linked", "yes", [("", "x")], []),
    ("a pair is linked once", "yes", [("B", "x"), ("B", "y")], [("ZZZ-M91", "ZZZ-M92", "x")]),
    ("links stand by their partners", "yes", [("C", "x"), ("B", "y")],
     [("ZZZ-M91", "ZZZ-M92", "y"), ("ZZZ-M91", "ZZZ-M93", "x")]),
)  # fmt: skip
def test_a_form_links_its_organisation_with_partners(consent, pairs, links):
    rows = [*of_name("A"), ("r1", "0", "publish_answers", consent)]
    for entry, (name, kind) in enumerate(pairs):
        rows += [("r1", str(entry), "partner_kinds", kind), ("r1", str(entry), "partner", name)]
    named = pd.DataFrame({"name": [*"ABC"], "returned_id": ["ZZZ-M91", "ZZZ-M92", "ZZZ-M93"]})
    found = review.partnerships([forms(*rows)], named, ZEDLAND, "ZZZ")
    assert [*found.itertuples(index=False, name=None)] == links


# Texts that are read before they are published


@by_rule(
    "agreed, category, categories",
    ("an open answer waits with the category of its author", "yes", "industry", ["industry"]),
    ("or else that of its survey", "yes", "", ["ngo"]),
    ("without the consent to be quoted it does not wait", "no", "industry", []),
    ("nor without an answer to that", "", "industry", []),
)
def test_which_answers_wait_for_review(agreed, category, categories):
    questions = [question("category", "one", tables.GROUPS), question("why", "note_text")]
    answers = [("category", category, 0, 1)] * bool(category) + [("why", "Said.", 0, 1)]
    named = [(review.NAME, "Zed Circle", 0, 1), ("publish_organisation", "yes", 0, 1)]
    asked = survey(questions, [*answers, ("publish_quote", agreed, 0, 1), *named], 1)
    found = review.texts(ZEDLAND, "ZZZ", [asked])
    assert review.NAME not in set(found.question), "only the mapping form names organisations"
    assert found.who.tolist() == categories and {*found.text} <= {"Said."}


@pytest.fixture
def decide(monkeypatch):
    """Return a function that decides on a text by rows (text, decision, edited text)."""
    key = ["r1", "challenge", "0"]

    def decided(text, *rows):
        texts = pd.DataFrame([[*key, "s", "Why?", "ngo", "research", text]], columns=review.TEXT)
        rows = [[*key, "Why?", "ngo", "", *row] for row in rows]
        sheet = pd.DataFrame(rows, columns=review.SHEET)
        monkeypatch.setattr(review, "texts", lambda *_: texts)
        monkeypatch.setattr(review, "_read_sheet", lambda *_: sheet)
        return review.decided(DATA, "ZZZ")

    return decided


@by_rule(
    "asked, marks",
    ("a name may contain a name that is refused", review.NAME, ""),
    ("another text may not", "challenge", pii.REFUSED),
)
def test_a_sheet_marks_what_looks_like_a_refused_name(asked, marks, decide, monkeypatch):
    undecided = decide("Friends of Zed Circle").assign(question=asked)
    written = []
    names = pii.Names(frozenset(), frozenset(), refused=frozenset({"zed circle"}))
    monkeypatch.setattr(review, "decided", lambda *_: undecided)
    monkeypatch.setattr(review, "refuse_without", lambda *_: None)
    monkeypatch.setattr(review.pii, "stored_names", lambda *_: names)
    monkeypatch.setattr(review.restricted, "locked", lambda *_: contextlib.nullcontext())
    monkeypatch.setattr(review.restricted, "packed", written.append)
    monkeypatch.setattr(review.restricted, "write", lambda *_: None)
    with contextlib.suppress(cop.data.UserError):  # a refused name is an error, too
        review.review(DATA, "ZZZ")
    assert written[0].looks_like.tolist() == [marks]


NO_GROUPS = pd.DataFrame(columns=["survey", "group"])


@by_rule(
    "decision, read, edited, quoted",
    ("published as it was read, but for blanks", "publish", "As it  was read. ", "",
     ["As it was read."]),
    ("not published if changed since", "publish", "As it was before.", "", []),
    ("edited as it was read", "edit", "As it was read.", "Shorter.", ["Shorter."]),
    ("not edited if changed since", "edit", "As it was before.", "Shorter.", []),
    ("withheld is not quoted", "withhold", "As it was read.", "", []),
)  # fmt: skip
def test_a_text_is_quoted_only_as_it_was_read(decision, read, edited, quoted, decide):
    decided = decide("As it was read.", (read, "withhold", ""), (read, decision, edited))
    assert decided.final.tolist() == (quoted or [""])
    rows, _ = review.quotes(decided, [], {"r1"}, NO_GROUPS, b"key")
    assert rows.quote.tolist() == quoted
    assert review.quotes(decided, [], {"r2"}, NO_GROUPS, b"key")[0].empty, "if it is not counted"


PUBLISH, WITHHOLD = ("Said.", "publish", ""), ("Said.", "withhold", "")


@by_rule(
    "rows, decision",
    ("a text may wait", [("Said.", "", "")], ""),
    ("be published", [PUBLISH], "publish"),
    ("be withheld, in any case of letters", [("Said.", "Withhold", "")], "withhold"),
    ("be edited with a text", [("Said.", "edit", "Shorter.")], "edit"),
    ("of two decisions the last counts: publish", [WITHHOLD, PUBLISH], "publish"),
    ("of two decisions the last counts: withhold", [PUBLISH, WITHHOLD], "withhold"),
    ("not one on another text of the person", [PUBLISH, ("Older.", "withhold", "")], "publish"),
)
def test_the_last_decision_on_a_text_counts(rows, decision, decide):
    assert decide("Said.", *rows).decision.item() == decision


def test_a_decision_is_on_the_text_of_one_person_question_and_entry(decide, monkeypatch):
    decide("Said.", PUBLISH)
    sheet = review._read_sheet(DATA, "ZZZ")
    for column in review.KEY:
        both = pd.concat([sheet, sheet.assign(**{column: "9"}, decision="withhold")])
        both = both.reset_index(drop=True)
        monkeypatch.setattr(review, "_read_sheet", lambda *_, both=both: both)
        assert review.decided(DATA, "ZZZ").decision.item() == "publish", column


@by_rule(
    "decision, edited, problem",
    ("a text is not edited without another", "edit", "", "edited_text: must not be empty"),
    ("not published with another", "publish", "Shorter.", "edited_text: must be empty unless"),
    ("nor does it wait with another", "", "Shorter.", "edited_text: must be empty unless"),
    ("no other word decides", "maybe", "", "decision: 'maybe' is unknown"),
)
def test_a_decision_that_is_not_whole_is_refused(decision, edited, problem, decide):
    with pytest.raises(cop.data.UserError, match=f"review-ZZZ.csv, row 2, column {problem}"):
        decide("Said.", ("Said.", decision, edited))


def approved(*rows):
    """Return approved texts as `review.decided` does; a row contains the cells that differ."""
    usual = {"return_id": "r1", "question": "q", "entry": "0", "survey": "s", "asked": "Why?"}
    usual |= {"who": "ngo", "section": "research", "final": "Said.", "decision": "publish"}
    return pd.DataFrame([usual | {"row": 2} | row for row in rows])


@by_rule(
    "survey, who, shown, expected",
    ("a category of a published table", "s", "ngo", [("s", "ngo")], ("ngo", "")),
    ("a category that no table has", "s", "ngo", [("s", "industry")], ("", "")),
    ("a category of another survey", "s", "ngo", [("t", "ngo")], ("", "")),
    ("other categories together are none", "s", "other", [("s", "other")], ("", "")),
    ("of a survey of several only one that a table has", "stakeholder_survey", "", [], ("", "")),
    ("an interview has a function", "interviews", "judge", [], ("", "judge")),
    ("a survey of one category has it", "parents_survey", "parents", [], ("parents", "")),
)
def test_whom_a_quotation_names(survey, who, shown, expected):
    groups = pd.DataFrame(shown, columns=["survey", "group"])
    nobody = pd.DataFrame(columns=["return_id", "question", "answer", "entry"])
    returns = pd.DataFrame({"form_id": []})
    surveys = [counted.Survey(questionnaires.load(name, DATA), returns, nobody)
               for name in ("parents_survey", "stakeholder_survey")]  # fmt: skip
    texts = approved({"survey": survey, "who": who})
    rows, _ = review.quotes(texts, surveys, {"r1"}, groups, b"key")
    assert (rows.category.item(), rows.function.item()) == expected
    assert rows.edited.item() == "no", "what was published as it was said is not edited"


OWN = "the text contains the name of its author's organisation"


@by_rule(
    "cells, counted_ids, note",
    ("an answer that was counted is quoted", {}, {"r1"}, None),
    ("one that was not is not", {}, set(), "the published numbers do not include"),
    ("an interview is always quoted", {"survey": "interviews"}, set(), None),
    ("a name of an organisation is no quotation", {"question": review.NAME}, {"r1"}, ""),
    ("a text that was not approved is not quoted", {"final": ""}, {"r1"}, ""),
    ("nor if it names its author's organisation", {"final": "Ask us at Zed Circle!"}, {"r1"}, OWN),
    ("nor by its abbreviation", {"final": "Ask the ZCO."}, {"r1"}, OWN),
    ("nor by its national name", {"final": "Ask Zedov Krug."}, {"r1"}, OWN),
    ("the organisation of another may be named", {"final": "Ask Zed House."}, {"r1"}, None),
)
def test_only_answers_that_were_counted_and_interviews_are_quoted(cells, counted_ids, note):
    asked = forms(("r1", "0", review.NAME, "Zed Circle"), ("r1", "0", "abbreviation", "ZCO"),
                  ("r1", "0", "challenge", "Said."),
                  ("r1", "0", "name_national", "Zedov krug"),
                  ("r2", "0", review.NAME, "Zed House"))  # fmt: skip
    rows, notes = review.quotes(approved(cells), [asked], counted_ids, NO_GROUPS, b"key")
    assert len(rows) == (note is None)
    assert len(notes) == bool(note) and (note or "") in "".join(notes)


def test_quotations_stand_by_survey_and_section():
    texts = [{"return_id": f"r{n}", "survey": survey, "section": section, "who": ""}
             for n, (survey, section) in enumerate(["tb", "sb", "sa"])]  # fmt: skip
    texts = approved(*texts).assign(decision="edit")
    found, _ = review.quotes(texts, [], {"r0", "r1", "r2"}, NO_GROUPS, b"key")
    assert [*(found.survey + found.section)] == ["sa", "sb", "tb"]
    assert set(found.edited) == {"yes"}, "a text that was edited says so"
    texts = approved(*[{"return_id": f"r{n}", "survey": "s", "who": ""} for n in range(9)])
    found, _ = review.quotes(texts, [], {f"r{n}" for n in range(9)}, NO_GROUPS, b"key")
    assert found.quote_id.is_monotonic_increasing, "their order tells nobody"


def test_quotations_with_one_form_id_have_one_voice_and_others_one_of_their_response():
    ids = ["r1", "r2", "r3"]
    asked = forms(*[(i, "0", "roles", "policy") for i in ids])
    asked.returns["form_id"] = ["F1", "F1", ""]
    texts = approved(*[{"return_id": i, "survey": "mapping_form"} for i in ids])
    texts = texts.assign(who="", section="")
    rows, _ = review.quotes(texts, [asked], {*ids}, NO_GROUPS, b"key")
    expected = {disclosure.pseudonym(b"key", "mapping_form", name) for name in ("F1", "r3")}
    assert set(rows.voice) == expected and rows.quote_id.is_unique


# The restricted store and what is published of it


@pytest.fixture
def store(zed, tmp_path, monkeypatch):
    """Return a function that stores rows of a table in a copy of Zedland, and returns the copy."""
    monkeypatch.setenv("COP_KEY_FILE", str(tmp_path / "keys" / "key"))

    def write(name, rows, columns=()):
        frame = pd.DataFrame(rows, columns=columns or restricted.COLUMNS[name]).fillna("")
        with restricted.locked(zed):
            restricted.write(zed, {f"{name}.csv": restricted.packed(frame)})
        return zed

    return write


@by_rule(
    "cells, texts",
    ("an interview is quoted with consent", {"consent_to_quote": "yes"}, [("judge", "Said.")]),
    ("who speaks is called by function, not by category", {}, [("judge", "Said.")]),
    ("without consent it is not", {"consent_to_quote": "no"}, []),
    ("nor without an entry on that", {"consent_to_quote": ""}, []),
    ("of another country it is not", {"iso3": "UKR"}, []),
    ("without a function its category stands there", {"function": ""}, [("government", "Said.")]),
    ("an empty quotation is none", {"quote": "  "}, []),
    ("nor is one of a single blank", {"quote": " "}, []),
    ("any other waits", {"quote": "We wait for the plan."}, [("judge", "We wait for the plan.")]),
)
def test_which_words_of_an_interview_wait_for_review(cells, texts, store):
    interview = {"interview_id": "I1", "iso3": "ZZZ", "category": "government", "function": "judge",
                 "theme": "education", "quote": "Said.", "consent_to_quote": "yes"}  # fmt: skip
    found = review.texts(store("interviews", [interview | cells]), "ZZZ")
    assert [*zip(found.who, found.text, strict=True)] == texts


def test_an_open_answer_enters_the_review_sheet_once_and_waits(store):
    why = tables.open_questions(PARENTS)[0].id
    response, rows = returned(*AGREED, ("publish_quote", "yes", "0"), (why, "Said.", "0"))
    store("answers", rows)
    data = store("returns", [response])
    for _ in range(2):
        assert "1 text waits for a decision" in review.review(data, "ZZZ")
    sheet = restricted.load(review.sheet_path(data, "ZZZ"))
    assert sheet.text.tolist() == ["Said."]


def test_a_finding_that_names_an_organisation_that_refused_is_not_published(store):
    rows = [("organisation", "Quorvex House", "0"), ("publish_organisation", "no", "0")]
    response, rows = returned(*rows, questionnaire="mapping_form")
    store("answers", rows)
    store("returns", [response])
    interview = {"interview_id": "I1", "iso3": "ZZZ", "finding": "Ask Quorvex House."}
    with pytest.raises(cop.data.UserError, match="organisation that refused to be named"):
        publish.publishable(store("interviews", [interview]), "ZZZ")


def test_a_published_name_may_contain_that_of_an_organisation_that_refused(store):
    made = [returned((review.NAME, name, "0"), ("publish_organisation", agreed, "0"),
                     (questionnaires.CONSENT, "yes", "0"), return_id=agreed, questionnaire=counted.FORM)
            for name, agreed in (("Zed Circle", "no"), ("Friends of Zed Circle", "yes"))]  # fmt: skip
    store("answers", [row for _, rows in made for row in rows])
    store("returns", [response for response, _ in made])
    row = ["yes", review.NAME, "0", "", "", "", "Friends of Zed Circle", "publish", ""]
    data = store("review-ZZZ", [row], review.SHEET)
    assert publish.publishable(data, "ZZZ")["returned"].name.tolist() == ["Friends of Zed Circle"]


@by_rule(
    "table, is_refused",
    ("a published number is lost without the record if its table changes", "survey", 1),
    ("not if another table changes", "interviews", 0),
)
def test_without_the_record_published_numbers_may_not_change(
    table, is_refused, tmp_path, monkeypatch
):
    monkeypatch.setattr(publish, "_filled", lambda frames: {"survey parents_survey", "interviews"})
    monkeypatch.setattr(publish, "record_path", lambda data, iso3: tmp_path / "none.csv")
    lost = pytest.raises(cop.data.UserError, match="published rows of survey parents_survey")
    with lost if is_refused else contextlib.nullcontext():
        publish._refuse_loss({}, {f"research/ZZZ/{table}.csv": b""}, DATA, "ZZZ")


@by_rule(
    "code, short",
    ("a code of five letters stays", "state", "state"),
    ("a code has no underscore", "a_b", "ab"),
    ("a longer one is cut and marked", "ministry", "mi"),
    ("other is a word of LimeSurvey itself", "other", "ot"),
)
def test_a_choice_has_a_code_of_five_letters_in_limesurvey(code, short):
    made = questionnaires.answer_code(SimpleNamespace(choices="kinds"), code)
    is_marked = short == made[:2] and len(made) == 5 and made != code
    assert made == short or is_marked


def test_of_two_findings_of_an_interview_on_a_theme_the_first_is_published(store):
    usual = {"interview_id": "I1", "iso3": "ZZZ", "held": "2026-05-04", "theme": "education"}
    other = usual | {"interview_id": "I2", "iso3": "UKR", "finding": "Of another country"}
    rows = [usual | {"finding": word} for word in ("First", "Second")]
    rows.insert(0, usual | {"theme": "legal_framework", "finding": "On another theme"})
    found = publish.publishable(store("interviews", [*rows, other]), "ZZZ")["interviews"]
    assert found.finding.tolist() == ["First", "On another theme"]


def test_findings_of_interviews_are_published_by_day_and_not_by_person(store, monkeypatch):
    monkeypatch.setattr(publish, "pseudonym", lambda secret, kind, name: name)
    usual = {"iso3": "ZZZ", "theme": "education", "finding": "Said"}
    days = {"I1": "2026-05-05", "I2": "2026-05-04"}
    rows = [usual | {"interview_id": i, "held": day} for i, day in days.items()]
    found = publish.publishable(store("interviews", rows), "ZZZ")["interviews"]
    assert found.held.tolist() == sorted(days.values())


@by_rule(
    "day, edition, is_counted",
    ("a step up to the day of a publication is not counted in the next", "2026-06-01", "2020", 0),
    ("a later step is", "2026-06-02", "2020", 1),
    ("but not in the edition that was published", "2026-06-02", "2026", 0),
)
def test_steps_are_counted_in_one_publication(store, day, edition, is_counted):
    usual = {"iso3": "ZZZ", "category": "ngo", "date": day}
    steps = enumerate(["answered", "refused"] * LEAST)
    store("contacts", [usual | {"contact_id": f"C{n}", "step": step} for n, step in steps])
    earlier = ["2025-06-01T12:00:00+00:00", "2019", counted.FORM, "published", ""]
    latest = ["2026-06-01T12:00:00+00:00", edition, counted.FORM, "published", ""]
    other = ["2026-06-03T12:00:00+00:00", "2020", "parents_survey", "published", "x"]
    data = store("publications-ZZZ", [earlier, latest, other], counted.COLUMNS)
    forms = publish.publishable(data, "ZZZ")["forms"].set_index(["category", "outcome"])["count"]
    assert (forms["all", "eligible"] == 2 * LEAST) == is_counted


@by_rule(
    "number, recorded",
    ("numbers of forms that are published are recorded", LEAST, [counted.FORM]),
    ("suppressed ones are not, so that the steps count in the next edition", LEAST - 1, []),
)
def test_which_numbers_of_forms_are_recorded_as_published(number, recorded, store):
    usual = {"iso3": "ZZZ", "category": "ngo", "date": "2026-06-01"}
    steps = enumerate(["answered", "refused"] * number)
    data = store("contacts", [usual | {"contact_id": f"C{n}", "step": step} for n, step in steps])
    publish.publish(data, "ZZZ", withdraw=True)
    assert counted.read_record(data, "ZZZ").survey.tolist() == recorded


def test_who_was_invited_and_has_no_outcome_was_not_reached(store, monkeypatch):
    monkeypatch.setattr(publish, "seeded_rng", rng)
    usual = {"category": "ngo", "date": "2026-05-01"}
    steps = enumerate(["answered", "invited", "refused"] * LEAST)
    rows = [usual | {"contact_id": f"C{n}", "step": step, "iso3": "ZZZ"} for n, step in steps]
    rows.append(usual | {"contact_id": "U1", "step": "invited", "iso3": "UKR"})
    forms = publish.publishable(store("contacts", rows), "ZZZ")["forms"]
    shown = forms.set_index(["category", "outcome"])["count"].loc["all"]
    assert shown["not reached"] == LEAST, "of this country"
    assert shown[outcomes.ELIGIBLE] == 3 * LEAST


def returned(*answers, **cells):
    """Return a response to the survey of parents as rows of `returns` and of `answers`."""
    response = {"return_id": "r1", "iso3": "ZZZ", "questionnaire": "parents_survey",
                "status": "accepted", "received": "2026-05-04"} | cells  # fmt: skip
    rows = [{"return_id": response["return_id"], "entry": entry, "question": name, "answer": text}
            for name, text, entry in answers]  # fmt: skip
    return response, rows


AGREED = [(name, "yes", "0") for name in [questionnaires.CONSENT, *SCREENS]]


@by_rule(
    "answers, cells, counts",
    ("an accepted response counts", AGREED, {}, 1),
    ("one with a remark counts", AGREED, {"status": "accepted with a remark"}, 1),
    ("a superseded one does not", AGREED, {"status": "superseded"}, 0),
    ("one of another country does not", AGREED, {"iso3": "UKR"}, 0),
    ("one without consent does not", AGREED[1:], {}, 0),
    ("one with consent no does not", [(AGREED[0][0], "no", "0"), *AGREED[1:]], {}, 0),
    ("who is screened out does not", [*AGREED[:-1], (AGREED[-1][0], "no", "0")], {}, 0),
    ("who was not screened does not", AGREED[:-1], {}, 0),
    ("nor by a second answer on consent", AGREED[:1] * len(AGREED), {}, 0),
)
def test_a_response_counts_by_its_status_consent_and_screening(answers, cells, counts, store):
    assert SCREENS, "the survey of parents screens those who answer"
    response, rows = returned(*answers, **cells)
    store("answers", rows)
    data = store("returns", [response])
    surveys = counted.of_country(data, "ZZZ")
    assert sum(len(one.returns) for one in surveys) == counts
    stored = sum(len(one.answers) for one in surveys)
    assert bool(stored) == bool(counts), "answers of a response that does not count do not"
    left = counted.of_country(data, "ZZZ", without={"r1"})
    assert not sum(len(one.returns) for one in left), "what was counted before counts no more"


@by_rule(
    "consent, counts",
    ("a later response of who agreed before counts", "yes", 1),
    ("one of who withdrew consent before does not", "no", 0),
)
def test_a_later_response_counts_by_the_consent_to_each(consent, counts, store):
    form_id = "ZZZ-F01-0a1b2c3d"
    store("contacts", [{"contact_id": "ZZZ-C01", "iso3": "ZZZ", "form_id": form_id}])
    before, answers = returned((AGREED[0][0], consent, "0"), form_id=form_id, status="superseded")
    later, more = returned(*AGREED, return_id="r2", form_id=form_id)
    store("answers", answers + more)
    surveys = counted.of_country(store("returns", [before, later]), "ZZZ")
    assert sum(len(one.returns) for one in surveys) == counts


def test_an_undone_import_goes_with_its_copy_but_for_who_withdrew(store, tmp_path, monkeypatch):
    name = "hash-of-the-file"
    monkeypatch.setattr(intake.incoming, "read", lambda file: SimpleNamespace(sha=name))
    made = [
        returned(*AGREED, return_id="agreed", file=name),
        returned((AGREED[0][0], "no", "0"), return_id="withdrawn", file=name),
        returned(*AGREED, return_id="other", file="other"),
    ]
    store("answers", [row for _, rows in made for row in rows])
    data = store("returns", [response for response, _ in made])
    raw = restricted.folder(data) / restricted.RAW
    raw.mkdir(exist_ok=True)
    for stem in (name, "other"):
        (raw / f"{stem}.csv").write_text("x")
    said = intake.undo([tmp_path / "x.csv"], data)
    assert said == "1 response removed from the store. Kept, as consent was withdrawn: 1 response."
    left = set(restricted.read("returns", data).return_id)
    assert left == {"withdrawn", "other"}, "a new import does not count who withdrew"
    assert [path.stem for path in raw.iterdir()] == ["other"], "only the copy of this file goes"


def test_a_response_is_partial_by_its_remark_and_invited_by_the_form_id_of_a_contact(store):
    cells = [{"remark": "partial: no answer to q"}, {"remark": "has a partial answer"},
             {"form_id": "ZZZ-F01-0a1b2c3d"}, {"form_id": "ZZZ-F02-0a1b2c3d"}]  # fmt: skip
    made = [returned(*AGREED, return_id=f"r{n}", **more) for n, more in enumerate(cells)]
    store("contacts", [{"contact_id": "ZZZ-C01", "iso3": "ZZZ", "form_id": "ZZZ-F01-0a1b2c3d"}])
    store("answers", [row for _, rows in made for row in rows])
    [asked] = counted.of_country(store("returns", [response for response, _ in made]), "ZZZ")
    rows = asked.returns.sort_index()
    assert rows.partial.tolist() == [True, False, False, False], "partial is how a remark begins"
    assert rows.invited.tolist() == [False, False, True, False], "invited is who was sent the form"


FIRST, LATER = [f"old{n}" for n in range(12)], [f"new{n}" for n in range(12)]


def in_record(edition, ids, state="published", survey="parents_survey"):
    """Return a row of the record of publications."""
    return ["2026-01-01T12:00:00+00:00", edition, survey, state, " ".join(ids)]


def with_record(store, ids, record, refused=()):
    """Store responses of parents, `refused` without consent, and the record; return the folder."""
    no = [(questionnaires.CONSENT, "no", "0")]
    made = [returned(*(no if i in refused else AGREED), ANSWER, return_id=i) for i in ids]
    store("answers", [row for _, rows in made for row in rows])
    store("returns", [response for response, _ in made])
    return store("publications-ZZZ", record, counted.COLUMNS)


@pytest.fixture
def quoted(monkeypatch):
    """Return a list of the arguments with which `review.quotes` is called."""
    calls, none = [], cop.data.read("quotes", ZEDLAND, "ZZZ").head(0)

    def quotes(*arguments):
        calls.append(arguments)
        return none, []

    monkeypatch.setattr(review, "quotes", quotes)
    return calls


PUBLISHED, EARLIER = [in_record("2026", FIRST)], [in_record("2020", FIRST)]
WITHDRAWN = [*EARLIER, in_record("2020", [], "withdrawn")]
OTHER_SURVEY = [in_record("2026", ["x"], survey="educators_survey")]


@by_rule(
    "ids, record, numbers, may_be_quoted",
    ("the first responses are counted", LATER, [], {12}, LATER),
    ("and may be quoted", FIRST, [], {12}, FIRST),
    ("nobody of too few is", FIRST[:9], [], set(), []),
    ("numbers stay, though a response is gone", FIRST[1:], PUBLISHED, "published before", FIRST),
    ("where none is left the store is another", LATER, PUBLISHED, set(), []),
    ("later ones wait for the next edition", FIRST + LATER, PUBLISHED, "published before", FIRST),
    ("in the next edition only they count", FIRST + LATER, EARLIER, {12}, LATER),
    ("too few leave the numbers", FIRST + LATER[:9], EARLIER, "published before", FIRST),
    ("of two publications the last counts", FIRST, WITHDRAWN, set(), []),
    ("what was withdrawn is not counted again", FIRST + LATER, WITHDRAWN, {12}, LATER),
    (
        "later ones count in the edition in which the earlier were withdrawn",
        LATER,
        [*EARLIER, in_record("2026", [], "withdrawn")],
        {12},
        LATER,
    ),
    ("and another survey keeps nothing back", FIRST, OTHER_SURVEY, {12}, FIRST),
)
def test_the_numbers_of_a_survey_are_published_once_in_an_edition(
    ids, record, numbers, may_be_quoted, store, quoted
):
    data = with_record(store, ids, record)
    before = cop.data.read("survey_items", data, "ZZZ").query("survey == 'parents_survey'")
    after = publish.publishable(data, "ZZZ")["survey_items"].query("survey == 'parents_survey'")
    expected = set(before.n) if numbers == "published before" else numbers
    assert set(after.n) == expected
    [(_, _, counted_ids, _, _)] = quoted
    assert counted_ids == set(may_be_quoted), "who is in the published numbers may be quoted"


def test_studies_come_first_and_statements_of_an_analyst_stay_without_responses(store, zed):
    made = publish.publishable(with_record(store, [], []), "ZZZ")
    assert set(made["survey"].survey) == {"pupils2024"}, "studies have no responses"
    assert set(made["survey_about"].by[made["survey_about"].survey != "pupils2024"]) == {"analyst"}
    parents = publish.publishable(with_record(store, LATER, []), "ZZZ")["survey"].survey
    assert parents.drop_duplicates().tolist() == ["pupils2024", "parents_survey"]
    record = [in_record("2026", FIRST, survey="stakeholder_survey")]
    ids = publish.publishable(with_record(store, FIRST + LATER, record), "ZZZ")["survey"].survey
    ours = ["parents_survey", "stakeholder_survey"]
    assert ids.drop_duplicates().tolist() == ["pupils2024", *ours], "then surveys by id"
    assert all([*made[name]] == cop.data.columns(name, zed) for name in made), "in their order"


@by_rule(
    "ids, record, is_said",
    ("of a survey with too few answers it is said", LATER[:9], [], True),
    ("if too few are new the statements on the earlier ones stay", FIRST + LATER[:9], EARLIER, False),
    ("a statement of an analyst replaces that of the data", LATER, [], False),
)  # fmt: skip
def test_what_is_stated_of_a_survey(ids, record, is_said, store, zed):
    stated = "parents_survey,dates,Most answers from 2026-03 to 2026-05,"
    edit(zed / "research" / "ZZZ" / "survey_about.csv", f"{stated}data", f"{stated}analyst")
    about = publish.publishable(with_record(store, ids, record), "ZZZ")["survey_about"]
    mine = about[about.survey == "parents_survey"].set_index("item")
    assert mine.index.is_unique and ("Too few" in mine.stated["participation"]) == is_said


def test_what_is_published_is_not_lost_and_withdraw_removes_it(store, capsys):
    surveys = "survey educators_survey, survey industry_survey, survey mapping_form"
    surveys += ", survey parents_survey, survey stakeholder_survey"
    data = with_record(store, [], [])
    why = f"rows of forms, interviews, returned, {surveys} would be"
    with pytest.raises(cop.data.UserError, match=why):
        publish.publish(data, "ZZZ", dry_run=True)
    data = with_record(store, LATER, [in_record("2020", ["x"])])
    with pytest.raises(cop.data.UserError) as lost:
        publish.publish(data, "ZZZ", dry_run=True)
    assert "survey parents_survey" not in str(lost.value), "new numbers may replace older ones"
    restricted.write(data, {"publications-ZZZ.csv": None})
    with pytest.raises(cop.data.UserError, match="survey parents_survey"):  # without a record
        publish.publish(data, "ZZZ", dry_run=True)
    assert publish.publish(data, "ZZZ", withdraw=True) > 0
    [row] = counted.read_record(data, "ZZZ").itertuples()
    assert (row.state, row.returns) == ("published", {*LATER}), "what is published is recorded"


def test_a_table_that_the_check_refuses_is_not_written(zed):
    path = "research/ZZZ/services.csv"
    good = (zed / path).read_bytes()
    wrong = good.replace(b",yes", b",sure")
    publish.refuse_errors({path: good}, zed, "ZZZ")  # ids of its other tables are known
    with pytest.raises(cop.data.UserError, match="nothing was written:\n.*is not an allowed value"):
        publish.refuse_errors({path: wrong}, zed, "ZZZ")


GONE = "parents_survey: 1 response withdrawn or removed since"


@by_rule(
    "gone, is_stored, withdraw, note, stays",
    ("all are there", [], True, False, "", True),
    ("one is gone: the numbers stay, with a note", FIRST[:1], False, False, GONE, True),
    ("so they do if it no longer consents", FIRST[:1], True, False, GONE, True),
    ("with --withdraw the numbers go", FIRST[:1], False, True, "", False),
    ("but not if all are there", [], True, True, "", True),
)
def test_numbers_of_a_response_that_is_gone_stay_with_a_note_or_are_withdrawn(
    gone, is_stored, withdraw, note, stays, store, capsys, monkeypatch
):
    for name in ("refuse_errors", "_refuse_loss"):
        monkeypatch.setattr(publish, name, lambda *_: None)
    left = FIRST if is_stored else [one for one in FIRST if one not in gone]
    data = with_record(store, left, PUBLISHED, refused=gone)
    publish.publish(data, "ZZZ", withdraw=withdraw)
    said, items = capsys.readouterr().out, cop.data.read("survey_items", data, "ZZZ")
    assert note in said and ("removed since" in said) == bool(note)
    assert ("parents_survey" in set(items.survey)) == stays
    state = "published" if stays else "withdrawn"
    assert counted.read_record(data, "ZZZ").state.iloc[-1] == state


@by_rule(
    "n, shown",
    ("a category of fewer is not said", LEAST - 1, []),
    ("one of twice the threshold is", LEAST, ["ngo"]),
)
def test_a_quotation_has_its_category_from_ten_people_on(n, shown, store, monkeypatch, quoted):
    data = store("codes", [])
    none = {name: cop.data.read(name, data, "ZZZ").head(0) for name in publish.SURVEYS}
    line = {"survey": "mapping_form", "item": "i", "group": "ngo", "answer": "Yes", "order": 1,
            "count": n, "n": n}  # fmt: skip
    part = none | {"survey_groups": pd.DataFrame([line])}
    forms = cop.data.read("forms", data, "ZZZ").head(0)
    monkeypatch.setattr(publish, "_numbers", lambda *_: (forms, [part], {"mapping_form": set()}))
    monkeypatch.setattr(publish, "_with_others", lambda name, parts, *_: parts[0][name])
    publish.publishable(data, "ZZZ")
    [(_, _, _, groups, _)] = quoted
    assert groups.group.tolist() == shown


# Names, values and remarks


def names_of(monkeypatch, status="accepted", person="", written="", consent="no", spoken=(),
             asked="organisation"):  # fmt: skip
    """Return the names of a store with one response, one contact and interviews."""
    rows = [("r1", asked, "Quorvex House"), ("r1", "publish_organisation", consent),
            ("r1", "publish_answers", "no"), ("r1", "person", written)]  # fmt: skip
    stored = {
        "answers": pd.DataFrame(rows, columns=["return_id", "question", "answer"]),
        "returns": pd.DataFrame({"return_id": ["r1"], "status": status}),
        "contacts": pd.DataFrame({"person": [person], "organisation": "Quorvex School"}),
        "interviews": pd.DataFrame({"person": [*spoken]}, dtype="str"),
    }
    monkeypatch.setattr(pii.restricted, "read", lambda name, data: stored[name])
    return pii.stored_names(DATA)


QUORVEX = {"quorvex house"}


@by_rule(
    "cells, people, written, refused",
    ("a name of two letters is left out", {"person": "Bo"}, set(), set(), QUORVEX),
    ("one of three is kept", {"person": "Bob"}, {"bob"}, set(), QUORVEX),
    ("signs around a name are no part of it", {"person": "(Bob)"}, {"bob"}, set(), QUORVEX),
    ("who was interviewed is named", {"spoken": ["Eve Zed"]}, {"eve zed"}, set(), QUORVEX),
    (
        "a national name is that of an organisation",
        {"asked": "name_national"},
        set(),
        set(),
        QUORVEX,
    ),
    ("so is an abbreviation", {"asked": "abbreviation"}, set(), set(), QUORVEX),
    ("a single word typed into a form is left out", {"written": "Children"}, set(), set(), QUORVEX),
    ("a full name typed into a form is kept", {"written": "Bo Zed"}, set(), {"bo zed"}, QUORVEX),
    ("a refusal to be named counts", {"consent": "no"}, set(), set(), QUORVEX),
    ("with a remark too", {"status": "accepted with a remark"}, set(), set(), QUORVEX),
    ("not in a superseded response", {"status": "superseded"}, set(), set(), set()),
    ("who agreed did not refuse", {"consent": "yes"}, set(), set(), set()),
    ("nor did who gave no answer", {"consent": ""}, set(), set(), set()),
)
def test_names_of_the_store_are_those_that_are_no_ordinary_words(
    cells, people, written, refused, monkeypatch
):
    names = names_of(monkeypatch, **cells)
    assert (names.people, names.written, names.refused) == (people, written, refused)
    assert names.organisations == {"quorvex house", "quorvex school"}, "of contacts and of forms"


def test_of_several_names_in_a_text_the_first_of_the_alphabet_is_stated():
    offices = [f"office {number:02d}" for number in range(30)]
    names = pii.Names(frozenset(), frozenset(offices))
    assert pii.find(", ".join(reversed(offices)), names)["organisation"] == "office 00"


def test_a_name_may_contain_that_of_an_organisation_that_refused_and_other_texts_may_not():
    names = pii.Names(frozenset(), frozenset(), refused=frozenset({"zed circle"}))
    assert not pii.find("Friends of Zed Circle", review.names_for(review.NAME, names))
    assert [*pii.find("Ask Zed Circle", review.names_for("challenge", names))] == [pii.REFUSED]


@by_rule(
    "old, new, text",
    ("a text in place of another names both", "a", "b", "[replace] a [by] b"),
    ("a text that goes is named", "a", "", "[delete] a"),
    ("a text that comes is named", "", "b", "[insert] b"),
)
def test_a_change_names_the_old_and_the_new_text(old, new, text):
    assert docx_reader._edit(docx_reader.NOWHERE, old, new)[2] == text
    comment = SimpleNamespace(comment_id=1, text=" ", timestamp=None)
    [[_, _, shown, *_]] = docx_reader._comments(SimpleNamespace(comments=[comment], starts={}))
    assert shown == "[comment without text]", "an empty comment says so"


@by_rule(
    "cells, most, partial, remark",
    ("a required question without an answer is named", {}, 0, False, "partial: no answer to size"),
    ("one that is not required is not", {"required": False}, 0, False, ""),
    ("nor one on a condition", {"when": "another"}, 0, False, ""),
    ("nor one in a repeated block", {}, 2, False, ""),
    ("what was not submitted may lack answers", {"required": False}, 0, True,
     "partial: not submitted, so answers may be missing"),
    ("a missing answer is named first", {}, 0, True, "partial: no answer to size"),
)  # fmt: skip
def test_a_response_is_partial_without_an_answer_that_everybody_must_give(
    cells, most, partial, remark
):
    question = SimpleNamespace(**{"id": "size", "required": True, "when": None} | cells)
    form = SimpleNamespace(questions=lambda: [(SimpleNamespace(repeat=most > 0), question)])
    facts, answers = pd.DataFrame({"partial": [partial]}), pd.DataFrame({"response": [0]})
    remarks = intake._missing(facts, form, answers.assign(question="consent"))
    assert remarks.tolist() == [remark]


@by_rule(
    "words, shown",
    ("160 letters are kept", "a" * 160, "a" * 160),
    ("161 end with a whole word", "a" * 151 + " bc" * 3 + "d", "a" * 151 + " bc bc …"),
)
def test_a_remark_keeps_160_letters_of_its_passage(words, shown):
    assert docx_reader.Passage("", words, []).around == shown


@pytest.mark.parametrize("columns", [counted.COLUMNS[::-1], counted.COLUMNS[:-1]])
def test_a_record_of_publications_needs_its_columns_in_order(tmp_path, columns):
    path = counted.record_path(tmp_path, "ZZZ")
    path.parent.mkdir(parents=True)
    path.write_text(",".join(columns) + "\n", "utf-8")
    with pytest.raises(cop.data.UserError, match="publications-ZZZ.csv must have the columns"):
        counted.read_record(tmp_path, "ZZZ")
