"""Rules of field work at their boundaries: each test names a rule and fails when it is bent."""

import random
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND

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


class Never(random.Random):
    """A generator that never hides more than is needed."""

    def random(self):
        return 0.99


def rng(*_):
    return Never(1)


@pytest.mark.parametrize(
    ("rule", "counts", "shown"),
    [
        ("a count of the threshold is shown", [T, T, 30], 3),
        ("a count below it is hidden with another", [T - 1, 30, 30], 1),
        ("two hidden counts that hold the threshold are enough", [2, T - 2, 30], 1),
        ("two that do not are hidden with a third", [2, T - 3, 30], 0),
        ("zero is a small count", [0, 30, 30], 1),
        ("counts that are too small together are all hidden", [1, T - 2], 0),
    ],
)
def test_a_one_way_table_hides_as_much_as_the_threshold_needs(rule, counts, shown):
    hidden = disclosure.one_way(pd.Series(counts), T, rng())
    assert (~hidden).sum() == shown, rule


@pytest.mark.parametrize(
    ("rule", "sizes", "groups"),
    [
        ("a row of the threshold stays", [T, 30], [0, 1]),
        ("rows that hold it together are one", [2, T - 2, 30], [2, "other"]),
        ("rows that do not are joined by another", [1, T - 2, 30], ["other"]),
        ("rows that are too small together are no table", [1, T - 2], []),
        ("a row of nobody is left out", [0, 30, 30], [1, 2]),
        ("a row of others is among those added up", {"a": 2, "b": T, "other": 30}, ["b", "other"]),
        ("and is joined first", {"other": 9, "a": 1, "b": 9, "c": 9}, ["b", "c", "other"]),
        ("even if the small rows hold the threshold", {"a": 2, "b": T - 2, "c": T, "other": 30},
         ["c", "other"]),
    ],
)  # fmt: skip
def test_rows_are_added_up_to_the_threshold(rule, sizes, groups):
    table = disclosure.pooled(pd.Series(sizes).to_frame("people"), T, rng())
    assert table.index.tolist() == groups, rule


@pytest.mark.parametrize(
    ("cells", "groups"), [(False, ["a", "b"]), (True, [])],
    ids=["a row is large enough by its sum", "with cells by each of its cells"],
)  # fmt: skip
def test_a_row_is_large_enough_by_its_sum_or_each_cell(cells, groups):
    table = pd.DataFrame({"yes": [T - 1, 30], "no": [1, 0]}, ["a", "b"])
    assert disclosure.pooled(table, T, rng(), cells).index.tolist() == groups


class Always(random.Random):
    """A generator that hides more than is needed whenever it is asked."""

    def random(self):
        return 0.0


def test_facts_of_institutions_that_agreed_are_never_hidden_or_added_up():
    counts = pd.Series([0, 1, 30])
    assert not disclosure.one_way(counts, 0, Always(1)).any(), "no count is hidden"
    rows = disclosure.pooled(counts.to_frame("people"), 0, Always(1))
    assert rows.people.tolist() == [1, 30], "no row is added up"


def test_small_counts_and_rows_are_drawn_more_often_than_large_ones():
    counts, times = pd.Series([2, 10, 300]), range(100)
    hidden = [disclosure.one_way(counts, T, random.Random(n))[1] for n in times]
    assert sum(hidden) >= 80, "of two counts that may be hidden the smaller one usually is"
    table = counts.to_frame("people")
    pooled = [1 not in disclosure.pooled(table, T, random.Random(n)).index for n in times]
    assert sum(pooled) >= 80, "of two rows that may be added up the smaller one usually is"


def sent(**numbers):
    """Return the final outcomes of so many forms."""
    words = [word.replace("_", " ") for word, n in numbers.items() for _ in range(n)]
    return pd.DataFrame({"category": "ngo", "outcome": words})


@pytest.mark.parametrize(
    ("complete", "refused", "shown"), [(LEAST, LEAST, True), (LEAST - 1, LEAST, False)]
)
def test_outcomes_are_shown_from_twice_the_threshold_on_each_side(complete, refused, shown):
    table = outcomes.table(sent(complete=complete, refused=refused), T, rng())
    row = table[(table.category == "all") & (table.outcome == outcomes.ANSWERED)]
    assert row["count"].notna().item() == shown


@pytest.mark.parametrize(("others", "shown"), [(LEAST, True), (LEAST - 1, False)])
def test_how_many_were_sent_is_shown_from_twice_the_threshold_not_eligible(others, shown):
    final = sent(complete=LEAST, refused=LEAST, not_eligible=others)
    table = outcomes.table(final, T, rng()).set_index(["category", "outcome"])["count"]
    assert pd.notna(table["all", "sent"]) == shown and table["all", "eligible"] == 2 * LEAST


def question(kind):
    cells = {"when": None, "choices": "c", "section": "research", "label": {"en": "Why?"}}
    return SimpleNamespace(id="q", type=kind, **cells)


def tally(kind, **counts):
    counts = pd.Series(counts)
    answers = pd.Series(list(counts.index.repeat(counts)))
    hidden = pd.Series(False, counts.index)
    return tables.Tally(question(kind), answers, frozenset(answers.index), counts, hidden)


@pytest.mark.parametrize(
    ("rule", "kind", "counts", "part"),
    [
        ("a scale is parted below its upper two steps", "likert",
         {"1": 20, "2": 20, "3": 20, "4": 20, "5": 20}, ("4", "5")),
        ("yes is set against no, even if it is rarer", "yes_no", {"yes": 20, "no": 60}, ("yes",)),
        ("the most frequent answer is set against the others", "one", {"a": 20, "b": 60}, ("b",)),
        ("no answer is no part", "one", {"a": 20, "b": 20, "no answer": 60}, ("a",)),
    ],
)  # fmt: skip
def test_answers_are_parted_by_the_rule_of_their_kind(rule, kind, counts, part):
    result = tally(kind, **counts)
    groups = pd.Series(["ngo", "government"] * (len(result.answers) // 2))
    people = tables.People(groups, False, T, rng)
    assert [*tables.by_category(result, people)] == [part], rule


def codes(*rows):
    return pd.DataFrame(rows, columns=["return_id", "question", "coder", "theme"])


@pytest.mark.parametrize(("answers", "known"), [(tables.ENOUGH, True), (tables.ENOUGH - 1, False)])
def test_agreement_of_coders_rests_on_thirty_answers(answers, known, monkeypatch):
    rows = [(f"r{n}", "q", coder, "ab"[n % 2]) for n in range(answers) for coder in "AB"]
    monkeypatch.setattr(tables, "open_questions", lambda form: [question("x")])
    rows.append(("single", "q", "A", "a"))  # an answer that only one sorted does not count
    index = pd.Index([*(f"r{n}" for n in range(answers)), "single"])
    survey = SimpleNamespace(
        questionnaire=SimpleNamespace(id="s"), returns=pd.DataFrame(index=index)
    )
    [row] = tables.coding(survey, codes(*rows), T).itertuples()
    assert tables.ENOUGH == 30 and row.answers == answers and pd.notna(row.alpha) == known


def survey(answers, people=LEAST, months=()):
    """Return a survey of people, of whom so many answered one question on a scale."""
    form = questionnaires.load("stakeholder_survey", DATA)
    scale = next(q for q in tables.closed_questions(form) if q.type == "likert" and not q.when)
    code = form.choices_of(scale)[0].code
    ids = [f"r{n}" for n in range(people)]
    returns = pd.DataFrame({"form_id": "", "partial": False, "language": "en"}, index=ids)
    returns = returns.assign(source="kobo", version=form.version, invited=False)
    returns["received"] = [*months] or "2026-03-01"
    rows = pd.DataFrame({"return_id": ids[:answers], "question": scale.id, "answer": code})
    return counted.Survey(form, returns, rows.assign(block="b", entry="0"))


def people_of(survey):
    return tables.People(pd.Series("ngo", survey.returns.index), False, T, rng)


@pytest.mark.parametrize(
    ("rule", "people", "answers", "shown"),
    [
        ("a survey of exactly ten is published", LEAST, LEAST, 1),
        ("a survey of nine is not", LEAST - 1, LEAST - 1, 0),
        ("a question that exactly ten answered is published", LEAST + 5, LEAST, 1),
        ("a question that nine answered is not", LEAST + 5, LEAST - 1, 0),
    ],
)
def test_questions_are_published_from_twice_the_threshold(rule, people, answers, shown):
    asked = survey(answers, people)
    assert len(tables.count_questions(asked, people_of(asked), codes())) == shown, rule


def test_the_period_of_a_survey_leaves_out_the_first_and_the_last_few_answers():
    months = ["2026-01-05"] * (T - 1) + ["2026-03-05"] * 6 + ["2026-05-05"] * (T - 1)
    asked = survey(len(months), len(months), months=months)
    items = pd.DataFrame({"n": [len(months)]})
    about = tables.about(asked, items, people_of(asked), T).set_index("item").stated
    assert about["dates"] == "Most answers from 2026-03 to 2026-03"
    assert about["participation"] == f"At least {len(months)} took part"
    assert about["population"].startswith("People who answered")
    day = pd.DataFrame({"return_id": asked.returns.index, "question": "completed_on"})
    day = day.assign(answer="2025-11-30", block="b", entry="0")
    asked = counted.Survey(asked.questionnaire, asked.returns, day)
    facts = tables.People(people_of(asked).groups, False, 0, rng)
    about = tables.about(asked, items, facts, T).set_index("item").stated
    assert about["dates"].endswith("2025-11"), "the day that a person states counts first"
    assert about["population"].startswith("Organisations that answered"), "of facts"
    few = tables.about(asked, items[:0], facts, T).set_index("item").stated
    assert few["participation"].startswith("Too few"), "without a question nothing is said of it"
    assert "dates" not in few


@pytest.mark.parametrize(
    ("invited", "source", "mode"),
    [
        ([True, True], "excel", "invited list"),
        ([True, False], "kobo", "open link"),
        ([True, False], "excel", "not recorded"),
        ([False, False], "plain", "not recorded"),
        ([], [], "not recorded"),
    ],
    ids=["everybody was invited", "not everybody was: a tool has an open link",
         "not everybody was: of a file it is not known", "nobody was", "nobody answered"],
)  # fmt: skip
def test_a_survey_is_of_an_invited_list_only_if_everybody_was_invited(invited, source, mode):
    returns = pd.DataFrame({"invited": invited, "source": source})
    assert tables.mode(SimpleNamespace(returns=returns)) == mode


@pytest.mark.parametrize(
    ("decision", "read", "edited", "quoted"),
    [
        ("publish", "As it  was read. ", "", ["As it was read."]),
        ("publish", "As it was before.", "", []),  # changed since it was read
        ("edit", "As it was read.", "Shorter.", ["Shorter."]),
        ("edit", "As it was before.", "Shorter.", []),
        ("withhold", "As it was read.", "", []),
    ],
    ids=["published as it was read, but for blanks", "not published if changed since",
         "edited as it was read", "not edited if changed since", "withheld is not quoted"],
)  # fmt: skip
def test_a_text_is_quoted_only_as_it_was_read(decision, read, edited, quoted, monkeypatch):
    key = ["r1", "challenge", "0"]
    row = [*key, "s", "Why?", "ngo", "research", "As it was read."]
    monkeypatch.setattr(review, "texts", lambda *_: pd.DataFrame([row], columns=review.TEXT))
    rows = [
        [*key, "Why?", "ngo", "", text, word, edited]
        for text, word in ((read, "withhold"), (read, decision))
    ]
    sheet = pd.DataFrame(rows, columns=review.SHEET)
    sheet.loc[0, "edited_text"] = ""
    monkeypatch.setattr(review, "_read_sheet", lambda *_: sheet)
    groups = pd.DataFrame(columns=["survey", "group"])
    decided = review.decided(DATA, "ZZZ")
    rows, _ = review.quotes(decided, [], {"r1"}, groups, b"key")
    assert rows.quote.tolist() == quoted
    assert review.quotes(decided, [], {"r2"}, groups, b"key")[0].empty  # not counted


def test_categories_without_a_published_number_of_forms_are_added_together():
    rows = [("all", 30), ("ngo", 12), ("industry", None), (disclosure.OTHER, 18)]
    table = pd.DataFrame(rows, columns=["category", "count"]).assign(outcome=outcomes.ANSWERED)
    asked, contacts = of_form(("r1", "0", "category", "ngo")), []
    asked.returns["form_id"] = "F1"
    for number, category in enumerate(["ngo", "industry", "police", "ngo"], 1):
        contacts.append([f"C{number}", "F1" if number == 1 else "", category, "complete"])
    sent = pd.DataFrame(contacts, columns=["contact_id", "form_id", "category", "outcome"])
    people = tables.people(asked, sent, table, T, rng)
    others = {"sent C2": disclosure.OTHER, "sent C3": disclosure.OTHER, "sent C4": "ngo"}
    assert people.counted and people.groups.to_dict() == {"r1": "ngo", **others}
    hidden = tables.people(asked, sent, table.assign(count=None), T, rng)
    assert not hidden.counted, "a suppressed number of forms is not the number of people"


BOTH = ("publish_organisation", "publish_answers")


@pytest.mark.parametrize(
    ("agreed", "named", "others", "threshold", "counted_people"),
    [
        (BOTH, LEAST, 3, 0, LEAST),
        (BOTH, LEAST - 1, 3, T, LEAST + 2),
        (BOTH, LEAST, LEAST - 1, 0, LEAST),
        (BOTH, LEAST, LEAST, T, 2 * LEAST),
        (BOTH[:1], LEAST, 3, T, LEAST + 3),
        (BOTH[1:], LEAST, 3, T, LEAST + 3),
    ],
    ids=["of twice the threshold who agreed the answers are facts, and the others do not count",
         "fewer agreed, so that all count", "fewer than twice the threshold did not agree",
         "as many did not agree, so that all count", "the consent to publish answers is missing",
         "the consent to publish the name is missing"],
)  # fmt: skip
def test_answers_of_named_institutions_are_facts_from_twice_the_threshold(
    agreed, named, others, threshold, counted_people
):
    form, ids = questionnaires.load("mapping_form", DATA), [f"r{n}" for n in range(named + others)]
    rows = [(i, "b", "0", question, "yes") for i in ids[:named] for question in agreed]
    answers = pd.DataFrame(rows, columns=["return_id", "block", "entry", "question", "answer"])
    survey = counted.Survey(form, pd.DataFrame({"form_id": ""}, index=ids), answers)
    forms = outcomes.table(pd.DataFrame(columns=["outcome", "category"]), T, rng)
    people = tables.people(survey, None, forms, T, rng)
    assert (people.threshold, len(people.groups)) == (threshold, counted_people)


@pytest.fixture
def store(zed, tmp_path, monkeypatch):
    """Return a function that stores rows of a table in a copy of Zedland, and returns the copy."""
    monkeypatch.setenv("COP_KEY_FILE", str(tmp_path / "keys" / "key"))

    def write(name, rows):
        frame = pd.DataFrame(rows, columns=restricted.COLUMNS[name]).fillna("")
        with restricted.locked(zed):
            restricted.write(zed, restricted.change({name: frame}))
        return zed

    return write


def test_of_two_findings_of_an_interview_on_a_theme_the_first_is_published(store):
    of = {"interview_id": "I1", "iso3": "ZZZ", "held": "2026-05-04", "theme": "education"}
    other = of | {"interview_id": "I2", "iso3": "UKR", "finding": "Of another country"}
    rows = [of | {"finding": word} for word in ("First", "Second")]
    data = store("interviews", [*rows, other])
    assert publish.publishable(data, "ZZZ")["interviews"].finding.tolist() == ["First"]


@pytest.mark.parametrize(("day", "counted_again"), [("2026-06-01", False), ("2026-06-02", True)])
def test_steps_up_to_the_day_of_a_publication_are_not_counted_in_the_next(
    store, day, counted_again
):
    of = {"iso3": "ZZZ", "category": "ngo", "date": day}
    steps = ["answered", "refused"] * LEAST
    data = store("contacts", [of | {"contact_id": f"C{n}", "step": s} for n, s in enumerate(steps)])
    record = [["2026-06-01T12:00:00+00:00", "2020", counted.FORM, "published", ""]]
    frame = pd.DataFrame(record, columns=counted.COLUMNS)
    restricted.write(data, {"publications-ZZZ.csv": restricted.packed(frame)})
    forms = publish.publishable(data, "ZZZ")["forms"].set_index(["category", "outcome"])["count"]
    assert (forms["all", "eligible"] == len(steps)) == counted_again


def test_who_was_invited_and_has_no_outcome_was_not_reached(store, monkeypatch):
    monkeypatch.setattr(publish, "seeded_rng", rng)
    of = {"category": "ngo", "date": "2026-05-01"}
    steps = ["answered", "invited", "refused"] * LEAST
    rows = [of | {"contact_id": f"C{n}", "step": s, "iso3": "ZZZ"} for n, s in enumerate(steps)]
    rows.append(of | {"contact_id": "U1", "step": "invited", "iso3": "UKR"})
    forms = publish.publishable(store("contacts", rows), "ZZZ")["forms"]
    shown = forms.set_index(["category", "outcome"])["count"].loc["all"]
    assert shown["not reached"] == LEAST, "of this country"
    assert shown[outcomes.ELIGIBLE] == 3 * LEAST


def test_a_voluntary_question_of_the_screening_screens_nobody_out():
    def asked(name, required):
        return SimpleNamespace(id=name, type="yes_no", required=required)

    screening, other = SimpleNamespace(id="screening"), SimpleNamespace(id="practice")
    pairs = [(screening, asked("needed", True)), (screening, asked("voluntary", False)),
             (other, asked("elsewhere", True))]  # fmt: skip
    assert counted.screens(SimpleNamespace(questions=lambda: pairs)) == ["needed"]


def test_on_a_scale_the_neighbours_of_a_small_count_are_hidden_more_often_than_others():
    counts = pd.Series([30, 2, 30, 30, 30])
    drawn = [disclosure.one_way(counts, T, random.Random(n), ordered=True) for n in range(100)]
    beside = sum(hidden[0] or hidden[2] for hidden in drawn)
    assert beside >= 80, f"neighbours were hidden in {beside} of 100 draws"


def test_findings_of_interviews_are_published_by_day_and_not_by_person(store, monkeypatch):
    monkeypatch.setattr(publish, "pseudonym", lambda secret, kind, name: name)
    of = {"iso3": "ZZZ", "theme": "education", "finding": "Said"}
    days = {"I1": "2026-05-05", "I2": "2026-05-04"}
    data = store("interviews", [of | {"interview_id": i, "held": day} for i, day in days.items()])
    held = publish.publishable(data, "ZZZ")["interviews"].held.tolist()
    assert held == sorted(days.values())


def test_a_theme_counts_where_all_coders_assigned_it():
    asked = survey(LEAST, people=3 * LEAST)
    question = tables.open_questions(asked.questionnaire)[0]
    rows = [(f"r{n}", question.id, "A", theme) for n in range(LEAST) for theme in ("law", "school")]
    rows += [(f"r{n}", question.id, "B", "law") for n in range(LEAST)]
    tallies = tables.count_questions(asked, people_of(asked), codes(*rows))
    [found] = [one for one in tallies if one.question == question]
    assert found.counts.to_dict() == {"law": LEAST, "school": 0}


def test_a_partial_form_is_an_answered_one():
    table = outcomes.table(sent(complete=LEAST - 1, partial=1, refused=LEAST), T, rng())
    shown = table.set_index(["category", "outcome"])["count"]
    assert shown["all", outcomes.ANSWERED] == LEAST


@pytest.mark.parametrize(("consent", "links"), [("yes", 1), ("no", 0)])
def test_a_partnership_of_a_form_needs_the_consent_to_publish_its_answers(consent, links):
    form = questionnaires.load("mapping_form", DATA)
    rows = [("r1", "b", "0", review.NAME, "Police of Xanadia"),
            ("r1", "b", "0", "publish_organisation", "yes"),
            ("r1", "b", "0", "publish_answers", consent),
            ("r1", "partners", "1", "partner", "Helpline of Xanadia")]  # fmt: skip
    answers = pd.DataFrame(rows, columns=["return_id", "block", "entry", "question", "answer"])
    asked = counted.Survey(form, pd.DataFrame({"form_id": ""}, index=["r1"]), answers)
    names = ["Police of Xanadia", "Helpline of Xanadia"]
    named = pd.DataFrame({"name": names, "returned_id": ["ZZZ-M91", "ZZZ-M92"]})
    assert len(review.partnerships([asked], named, ZEDLAND, "ZZZ")) == links


@pytest.mark.parametrize("decisions", [("withhold", "publish"), ("publish", "withhold")])
def test_of_two_decisions_on_a_text_the_last_counts(decisions, monkeypatch):
    key = ["r1", "challenge", "0"]
    text = pd.DataFrame([[*key, "s", "Why?", "ngo", "research", "Said."]], columns=review.TEXT)
    rows = [[*key, "Why?", "ngo", "", "Said.", word, ""] for word in decisions]
    sheet = pd.DataFrame(rows, columns=review.SHEET)
    monkeypatch.setattr(review, "texts", lambda *_: text)
    monkeypatch.setattr(review, "_read_sheet", lambda *_: sheet)
    assert review.decided(DATA, "ZZZ").decision.item() == decisions[-1]


def returned(*answers, **cells):
    """Return a response to the survey of parents as rows of `returns` and of `answers`."""
    response = {"return_id": "r1", "iso3": "ZZZ", "questionnaire": "parents_survey",
                "status": "accepted", "received": "2026-05-04"} | cells  # fmt: skip
    rows = [{"return_id": response["return_id"], "entry": entry, "question": name, "answer": text}
            for name, text, entry in answers]  # fmt: skip
    return response, rows


SCREENS = counted.screens(questionnaires.load("parents_survey", DATA))
AGREED = [(name, "yes", "0") for name in [questionnaires.CONSENT, *SCREENS]]


@pytest.mark.parametrize(
    ("rule", "answers", "cells", "counts"),
    [
        ("an accepted response counts", AGREED, {}, 1),
        ("one with a remark counts", AGREED, {"status": "accepted with a remark"}, 1),
        ("a superseded one does not", AGREED, {"status": "superseded"}, 0),
        ("one of another country does not", AGREED, {"iso3": "UKR"}, 0),
        ("one without consent does not", AGREED[1:], {}, 0),
        ("one with consent no does not", [(AGREED[0][0], "no", "0"), *AGREED[1:]], {}, 0),
        ("who is screened out does not", [*AGREED[:-1], (AGREED[-1][0], "no", "0")], {}, 0),
        ("who was not screened does not", AGREED[:-1], {}, 0),
    ],
)
def test_a_response_counts_by_its_status_consent_and_screening(rule, answers, cells, counts, store):
    assert SCREENS, "the survey of parents screens those who answer"
    response, rows = returned(*answers, **cells)
    store("answers", rows)
    data = store("returns", [response])
    surveys = counted.of_country(data, "ZZZ")
    assert sum(len(one.returns) for one in surveys) == counts, rule
    left = counted.of_country(data, "ZZZ", without={"r1"})
    assert not sum(len(one.returns) for one in left), "what was counted before counts no more"


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


def test_an_answer_within_a_repeated_block_is_no_answer_of_the_person():
    rows = [("r1", "b", entry, "q", "yes") for entry in ("0", "1")] + [("r2", "b", "1", "q", "yes")]
    rows += [("r3", "b", "", "q", "yes"), ("r4", "b", "0", "q", "no")]
    answers = pd.DataFrame(rows, columns=["return_id", "block", "entry", "question", "answer"])
    assert counted.Survey(None, None, answers).agreed("q") == {"r1", "r3"}


STEPS = [("C1", "invited", "2026-05-01", "F1"), ("C2", "listed", "2026-05-01", ""),
         ("C3", "refused", "2026-05-02", "F3"), ("C3", "answered", "2026-05-01", "F3"),
         ("C4", "phoned", "2026-05-02", "F4")]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "forms", "expected"),
    [
        ("only who was sent a form or has an outcome", [], {"C1": None, "C3": "refused"}),
        ("a form that came back counts for more than a step", [("F3", False)],
         {"C1": None, "C3": "complete"}),
        ("a form that came back in part is partial", [("F1", True)],
         {"C1": "partial", "C3": "refused"}),
        ("of two forms with one id the last counts", [("F1", True), ("F1", False)],
         {"C1": "complete", "C3": "refused"}),
    ],
)  # fmt: skip
def test_the_outcome_of_a_contact_is_its_form_or_else_its_last_step(rule, forms, expected):
    steps = pd.DataFrame(STEPS, columns=["contact_id", "step", "date", "form_id"])
    back = pd.DataFrame(forms, columns=["form_id", "partial"])
    final = outcomes.final(steps.assign(category="ngo"), back).set_index("contact_id").outcome
    assert {key: None if pd.isna(word) else word for key, word in final.items()} == expected, rule


@pytest.mark.parametrize(
    ("step", "outcome"),
    [("answered", "complete"), ("partial", "partial"), ("refused", "refused"),
     ("not reached", "not reached"), ("not eligible", "not eligible"), ("phoned", ""),
     ("reminded", ""), ("interviewed", "")],
    ids=["who answered is complete", "who answered in part is partial", "who refused has refused",
         "who was not reached was not reached", "who is not eligible is not eligible",
         "a call is no outcome", "a reminder is no outcome", "an interview is no outcome"],
)  # fmt: skip
def test_a_step_is_an_outcome_if_it_ends_the_contact(step, outcome):
    rows = [("C1", "invited", "2026-05-01", "F1"), ("C1", step, "2026-05-02", "F1")]
    steps = pd.DataFrame(rows, columns=["contact_id", "step", "date", "form_id"])
    [word] = outcomes.final(steps.assign(category="ngo")).outcome.fillna("")
    assert word == outcome


@pytest.mark.parametrize(("others", "shown"), [("ngo", 1), ("industry", 3)])
def test_outcomes_are_shown_by_category_for_two_categories_at_least(others, shown):
    final = sent(complete=2 * T, refused=2 * T)
    final.loc[final.index % 2 == 1, "category"] = others
    table = outcomes.table(final, T, rng())
    assert table.category.nunique() == shown, "one category is as good as the whole"


@pytest.mark.parametrize(
    ("rule", "block", "cells", "is_counted"),
    [
        ("a question of the survey is counted", {}, {}, True),
        ("a question that is asked several times is not", {"repeat": True}, {}, False),
        ("consent and contact are not", {"id": "contact"}, {}, False),
        ("taking part is not", {"id": "taking_part"}, {}, False),
        ("what may be published is not", {}, {"id": "publish_quote"}, False),
        ("a restricted answer is not", {}, {"restricted": True}, False),
        ("what the register holds is not", {}, {"publishes": "stakeholders.name"}, False),
        ("an open answer is not", {}, {"type": "note_text"}, False),
        ("a screening is not", {"id": "screening"}, {"type": "yes_no", "required": True}, False),
    ],
)
def test_answers_of_a_closed_question_are_counted(rule, block, cells, is_counted):
    at = SimpleNamespace(**{"id": "practice", "repeat": False} | block)
    of = {"id": "q", "type": "one", "label": {"en": "Why?"}, "restricted": False, "publishes": "",
          "required": False} | cells  # fmt: skip
    form = SimpleNamespace(questions=lambda: [(at, SimpleNamespace(**of))])
    assert bool(tables.closed_questions(form)) == is_counted, rule


@pytest.mark.parametrize(
    ("rule", "coders", "answers", "judged"),
    [
        ("two coders of twice the threshold are compared", "AB", LEAST, LEAST),
        ("of fewer answers they are not", "AB", LEAST - 1, None),
        ("an adjudicator is no coder", ["A", "adjudicated"], LEAST, None),
        ("of three coders the first two are", "ABC", LEAST, LEAST),
    ],
)
def test_coders_are_compared_on_enough_answers(rule, coders, answers, judged, monkeypatch):
    monkeypatch.setattr(tables, "open_questions", lambda form: [question("x")])
    rows = [(f"r{n}", "q", coder, "a") for n in range(answers) for coder in coders if coder != "C"]
    rows += [("r0", "q", coder, "a") for coder in coders if coder == "C"]
    index = pd.Index([f"r{n}" for n in range(answers)])
    asked = SimpleNamespace(
        questionnaire=SimpleNamespace(id="s"), returns=pd.DataFrame(index=index)
    )
    found = tables.coding(asked, codes(*rows), T).answers.tolist()
    assert found == ([judged] if judged else []), rule


@pytest.mark.parametrize(("is_published", "counts"), [(True, {"no answer": T}), (False, {})])
def test_no_answer_is_an_answer_where_the_number_of_people_is_published(is_published, counts):
    asked = survey(LEAST, people=LEAST + T)
    people = tables.People(people_of(asked).groups, is_published, T, rng)
    [found] = tables.count_questions(asked, people, codes())
    assert {name: n for name, n in found.counts.items() if name == "no answer"} == counts
    assert len(found.base) == LEAST + (T if is_published else 0), "shares are of all asked"


def of_form(*answers):
    """Return a Survey of mapping forms; an answer is (return, entry, question, text)."""
    rows = [(i, "activities", entry, name, text) for i, entry, name, text in answers]
    frame = pd.DataFrame(rows, columns=["return_id", "block", "entry", "question", "answer"])
    returns = pd.DataFrame({"form_id": "", "received": "2026-05-04"},
                           index=[*dict(zip(frame.return_id, frame.index,
                               strict=True))])  # fmt: skip
    return counted.Survey(questionnaires.load("mapping_form", DATA), returns, frame)


NAMED = [
    ("r1", "0", review.NAME, "Helpline of Xanadia"),
    ("r1", "0", "publish_organisation", "yes"),
]


@pytest.mark.parametrize(
    ("rule", "agreed", "days", "latest"),
    [
        ("an activity that has ended", "yes", [("2026-01-01", "2026-02-01")], "2026-02-01"),
        ("one that goes on is of the day of the form", "yes", [("2026-01-01", "")], "2026-05-04"),
        ("one to come in part is of the day of the form", "yes",
         [("2026-01-01", "2027-01-01")], "2026-05-04"),
        ("one that has not begun is none", "yes", [("2026-05-05", "")], ""),
        ("one that begins on the day of the form counts", "yes", [("2026-05-04", "")],
         "2026-05-04"),
        ("one with an end only counts", "yes", [("", "2026-02-01")], "2026-02-01"),
        ("unless it is to come", "yes", [("", "2027-01-01")], ""),
        ("of several the latest counts", "yes",
         [("2026-01-01", "2026-02-01"), ("2025-01-01", "2025-02-01")], "2026-02-01"),
        ("without consent none is shown", "no", [("2026-01-01", "2026-02-01")], ""),
    ],
)  # fmt: skip
def test_the_latest_activity_that_a_form_states(rule, agreed, days, latest):
    dates = [("r1", str(n), name, day) for n, pair in enumerate(days)
             for name, day in zip(("activity_from", "activity_to"), pair,
                                  strict=True) if day]  # fmt: skip
    asked = of_form(*NAMED, ("r1", "0", "publish_answers", agreed), *dates)
    decided = pd.DataFrame({"return_id": ["r1"], "question": review.NAME, "final": NAMED[0][3]})
    assert review.named([asked], decided, ZEDLAND, "ZZZ").latest.item() == latest, rule


@pytest.mark.parametrize(
    ("rule", "name", "final", "names"),
    [
        ("an organisation is named as it was approved", "Helpline of Xanadia", "The Helpline",
         ["The Helpline"]),
        ("one that was not approved is not named", "Helpline of Xanadia", "", []),
        ("one of the register needs no approval", "Police of Zedland", "", ["Police of Zedland"]),
        ("nor by its local name", "POLICIJA, Zed", "", ["POLICIJA, Zed"]),
        ("one that is not verified does", "Zed Circle", "", []),
    ],
)  # fmt: skip
def test_an_organisation_is_named_by_decision_or_register(rule, name, final, names, replace_table):
    register = [("ZZZ-O01", "Police of Zedland", "Policija Zed", "yes"),
                ("ZZZ-O02", "Zed Circle", "", "no")]  # fmt: skip
    columns = ["stakeholder_id", "name", "name_local", "verified"]
    replace_table("stakeholders", pd.DataFrame(register, columns=columns))
    asked = of_form(("r1", "0", review.NAME, name), NAMED[1])
    decided = pd.DataFrame({"return_id": ["r1"], "question": review.NAME, "final": final})
    assert review.named([asked], decided, ZEDLAND, "ZZZ").name.tolist() == names, rule
    waits = not names or name == "Helpline of Xanadia"
    assert len(review.texts(ZEDLAND, "ZZZ", [asked])) == waits, "a name of the register is not read"
    silent = of_form(("r1", "0", review.NAME, name), (*NAMED[1][:3], "no"))
    assert review.texts(ZEDLAND, "ZZZ", [silent]).empty, "nor is one that is not to be named"
    assert review.named([silent], decided, ZEDLAND, "ZZZ").empty, "without consent nobody is named"


@pytest.mark.parametrize(
    ("decision", "edited", "problem"),
    [("", "", ""), ("publish", "", ""), ("Withhold", "", ""), ("edit", "Shorter.", ""),
     ("edit", "", "edited_text: must not be empty"),
     ("publish", "Shorter.", "edited_text: must be empty unless"),
     ("", "Shorter.", "edited_text: must be empty unless"),
     ("maybe", "", "decision: 'maybe' is unknown")],
    ids=["a text may wait", "be published", "be withheld, in any case", "be edited with a text",
         "not edited without", "not published with another", "not wait with another",
         "no other word decides"],
)  # fmt: skip
def test_a_decision_is_whole_or_refused(decision, edited, problem, monkeypatch):
    key = ["r1", "challenge", "0"]
    text = pd.DataFrame([[*key, "s", "Why?", "ngo", "research", "Said."]], columns=review.TEXT)
    sheet = pd.DataFrame(
        [[*key, "Why?", "ngo", "", "Said.", decision, edited]], columns=review.SHEET
    )
    monkeypatch.setattr(review, "texts", lambda *_: text)
    monkeypatch.setattr(review, "_read_sheet", lambda *_: sheet)
    if not problem:
        assert review.decided(DATA, "ZZZ").decision.item() == decision.lower()
        return
    with pytest.raises(cop.data.UserError, match=f"review-ZZZ.csv, row 2, column {problem}"):
        review.decided(DATA, "ZZZ")


@pytest.mark.parametrize(
    ("rule", "cells", "texts"),
    [
        ("an interview is quoted with consent", {"consent_to_quote": "yes"}, [("judge", "Said.")]),
        ("without consent it is not", {"consent_to_quote": "no"}, []),
        ("nor without an entry on that", {"consent_to_quote": ""}, []),
        ("of another country it is not", {"consent_to_quote": "yes", "iso3": "UKR"}, []),
        ("without a function its category stands there", {"consent_to_quote": "yes",
            "function": ""},
         [("government", "Said.")]),
        ("an empty quotation is none", {"consent_to_quote": "yes", "quote": "  "}, []),
    ],
)  # fmt: skip
def test_which_words_of_an_interview_wait_for_review(rule, cells, texts, store):
    interview = {"interview_id": "I1", "iso3": "ZZZ", "category": "government", "function": "judge",
                 "theme": "education", "quote": "Said."}  # fmt: skip
    found = review.texts(store("interviews", [interview | cells]), "ZZZ")
    assert [*zip(found.who, found.text, strict=True)] == texts, rule


@pytest.mark.parametrize(
    ("rule", "survey", "who", "shown", "expected"),
    [
        ("a category of a published table", "s", "ngo", [("s", "ngo")], ("ngo", "")),
        ("a category that no table has", "s", "ngo", [("s", "industry")], ("", "")),
        ("a category of another survey", "s", "ngo", [("t", "ngo")], ("", "")),
        ("other categories together are none", "s", "other", [("s", "other")], ("", "")),
        ("of a survey of several only one that a table has", "stakeholder_survey", "", [], ("", "")),
        ("an interview has a function", "interviews", "judge", [], ("", "judge")),
        ("a survey of one category has it without a table", "parents_survey", "parents", [],
         ("parents", "")),
    ],
)  # fmt: skip
def test_whom_a_quotation_names(rule, survey, who, shown, expected):
    text = {"return_id": "r1", "question": "q", "entry": "0", "survey": survey, "asked": "Why?",
            "who": who, "section": "research", "final": "Said.", "decision": "publish", "row": 2}  # fmt: skip
    groups = pd.DataFrame(shown, columns=["survey", "group"])
    nobody = pd.DataFrame(columns=["return_id", "question", "answer", "entry"])
    returns = pd.DataFrame({"form_id": []})
    surveys = [counted.Survey(questionnaires.load(name, DATA), returns, nobody)
               for name in ("parents_survey", "stakeholder_survey")]  # fmt: skip
    rows, _ = review.quotes(pd.DataFrame([text]), surveys, {"r1"}, groups, b"key")
    assert (rows.category.item(), rows.function.item()) == expected, rule
    assert rows.edited.item() == "no", "what was published as it was said is not edited"


def test_named_organisations_keep_their_keys_and_new_ones_follow_the_last(monkeypatch):
    earlier = pd.DataFrame({"name": ["Old", "Kept"], "returned_id": ["ZZZ-M04", "ZZZ-M02"]})
    monkeypatch.setattr(review.cop.data, "present", lambda *_: earlier)
    names = {"r1": "Zoo", "r2": "Kept", "r3": "Archive", "r4": "Zoo"}
    asked = of_form(*[(i, "0", question, text) for i, name in names.items()
                      for question, text in [(review.NAME, name),
                          ("publish_organisation", "yes")]])  # fmt: skip
    decided = pd.DataFrame({"return_id": [*names], "question": review.NAME,
                            "final": [*names.values()]})  # fmt: skip
    asked.answers.loc[len(asked.answers)] = ["r1", "b", "0", "category", "ngo"]
    found = review.named([asked], decided, ZEDLAND, "ZZZ")
    assert found.category.tolist() == ["", "", "ngo"], "of two forms with a name the first counts"
    assert [*zip(found.returned_id, found.name, strict=True)] == [
        ("ZZZ-M02", "Kept"), ("ZZZ-M05", "Archive"), ("ZZZ-M06", "Zoo")]  # fmt: skip


def test_a_decision_is_on_the_text_of_its_row_and_not_on_another_of_the_person(monkeypatch):
    key = ["r1", "challenge", "0"]
    text = pd.DataFrame([[*key, "s", "Why?", "ngo", "research", "Said."]], columns=review.TEXT)
    rows = [[*key, "Why?", "ngo", "", words, word, ""]
            for words, word in [("Said.", "publish"), ("Older.", "withhold")]]  # fmt: skip
    monkeypatch.setattr(review, "texts", lambda *_: text)
    monkeypatch.setattr(review, "_read_sheet", lambda *_: pd.DataFrame(rows, columns=review.SHEET))
    assert review.decided(DATA, "ZZZ").decision.item() == "publish"


def partners(*pairs):
    """Return a Survey of the form of A, with its partners and the kinds of partnership."""
    rows = [("r1", "b", "0", question, text) for question, text in [
        (review.NAME, "A"), ("publish_organisation", "yes"), ("publish_answers",
            "yes")]]  # fmt: skip
    for entry, (name, kind) in enumerate(pairs):
        rows += [("r1", "partners", str(entry), "partner", name)] * bool(name)
        rows += [("r1", "partners", str(entry), "partner_kinds", kind)]
    answers = pd.DataFrame(rows, columns=["return_id", "block", "entry", "question", "answer"])
    form = questionnaires.load("mapping_form", DATA)
    return counted.Survey(form, pd.DataFrame({"form_id": ""}, index=["r1"]), answers)


@pytest.mark.parametrize(
    ("rule", "pairs", "links"),
    [
        ("a partner that is known is linked", [("B", "x")], [("ZZZ-M91", "ZZZ-M92", "x")]),
        ("a partner that is not known is not", [("Nobody", "x")], []),
        ("nobody is linked with itself", [("A", "x")], []),
        ("kinds are in English", [("B", "funding")], [("ZZZ-M91", "ZZZ-M92", "Funding")]),
        ("a pair is linked once", [("B", "x"), ("B", "y")], [("ZZZ-M91", "ZZZ-M92", "x")]),
        ("links stand by their partners", [("C", "x"), ("B", "y")],
         [("ZZZ-M91", "ZZZ-M92", "y"), ("ZZZ-M91", "ZZZ-M93", "x")]),
    ],
)  # fmt: skip
def test_a_form_links_its_organisation_with_partners(rule, pairs, links):
    named = pd.DataFrame({"name": [*"ABC"], "returned_id": ["ZZZ-M91", "ZZZ-M92", "ZZZ-M93"]})
    found = review.partnerships([partners(*pairs)], named, ZEDLAND, "ZZZ")
    assert [*found.itertuples(index=False, name=None)] == links, rule


def test_quotations_stand_by_survey_and_section():
    of = {"entry": "0", "asked": "Why?", "who": "", "final": "Said.", "decision": "edit", "row": 2}
    texts = [{"return_id": f"r{n}", "question": "q", "survey": survey, "section": section} | of
             for n, (survey, section) in enumerate(["tb", "sb", "sa"])]  # fmt: skip
    groups = pd.DataFrame(columns=["survey", "group"])
    found, _ = review.quotes(pd.DataFrame(texts), [], {"r0", "r1", "r2"}, groups, b"key")
    assert [*(found.survey + found.section)] == ["sa", "sb", "tb"]
    assert set(found.edited) == {"yes"}, "a text that was edited says so"


@pytest.mark.parametrize(
    ("rule", "forms", "consents", "gone"),
    [
        ("who consents stays", ["", ""], ["yes", "yes"], [False, False]),
        ("who does not is withdrawn", ["", ""], ["yes", "no"], [False, True]),
        ("who withdraws in a later form is withdrawn in each", ["F1-0a1b2c3d"] * 2, ["yes", "no"],
         [True, True]),
        ("a form id that was not issued joins nobody", ["guessed"] * 2, ["yes", "no"],
         [False, True]),
    ],
)  # fmt: skip
def test_a_withdrawal_is_of_the_sender(rule, forms, consents, gone, monkeypatch):
    monkeypatch.setattr(counted.contacts, "issued", lambda data: {"F1-0a1b2c3d"})
    ids = [f"r{n}" for n in range(len(forms))]
    returns = pd.DataFrame({"return_id": ids, "iso3": "ZZZ", "questionnaire": "s", "identity": "",
                            "form_id": forms})  # fmt: skip
    answers = pd.DataFrame({"return_id": ids, "question": questionnaires.CONSENT,
                            "answer": consents})  # fmt: skip
    assert counted.withdrawn(returns, answers, DATA).tolist() == gone, rule


def names_of(monkeypatch, status="accepted", person="", written="", consent="no", spoken=(),
             asked="organisation"):  # fmt: skip
    """Return the names of a store with one response, one contact and interviews."""
    rows = [("r1", asked, "Quorvex House"), ("r1", "publish_organisation", consent),
            ("r1", "person", written)]  # fmt: skip
    stored = {
        "answers": pd.DataFrame(rows, columns=["return_id", "question", "answer"]),
        "returns": pd.DataFrame({"return_id": ["r1"], "status": status}),
        "contacts": pd.DataFrame({"person": [person], "organisation": "Quorvex School"}),
        "interviews": pd.DataFrame({"person": [*spoken]}, dtype="str"),
    }
    monkeypatch.setattr(pii.restricted, "read", lambda name, data: stored[name])
    return pii.stored_names(DATA)


@pytest.mark.parametrize(
    ("status", "consent", "refused"),
    [("accepted", "no", {"quorvex house"}), ("accepted with a remark", "no", {"quorvex house"}),
     ("superseded", "no", set()), ("accepted", "yes", set())],
    ids=["a refusal counts", "a refusal with a remark counts",
         "a refusal in a superseded response does not", "who agreed did not refuse"],
)  # fmt: skip
def test_a_refusal_to_be_named_counts_unless_its_response_is_superseded(
    status, consent, refused, monkeypatch
):
    assert names_of(monkeypatch, status, consent=consent).refused == refused


@pytest.mark.parametrize(
    ("cells", "people", "written"),
    [
        ({"person": "Bo"}, set(), set()),
        ({"person": "Bob"}, {"bob"}, set()),
        ({"spoken": ["Eve Zed"]}, {"eve zed"}, set()),
        ({"asked": "name_national"}, set(), set()),
        ({"asked": "abbreviation"}, set(), set()),
        ({"written": "Children"}, set(), set()),
        ({"written": "Bo Zed"}, set(), {"bo zed"}),
    ],
    ids=["a name of two letters is left out", "one of three is kept",
         "who was interviewed is named", "a national name is that of an organisation",
         "an abbreviation is that of an organisation",
         "a single word typed into a form is left out", "a full name typed into a form is kept"],
)  # fmt: skip
def test_names_of_the_store_are_those_that_are_no_ordinary_words(
    cells, people, written, monkeypatch
):
    names = names_of(monkeypatch, **cells)
    assert (names.people, names.written) == (people, written)
    assert names.organisations == {"quorvex house", "quorvex school"}, "of contacts and of forms"


@pytest.mark.parametrize(
    ("kind", "low", "high", "value", "answer"),
    [
        ("integer", 0, 10, "10", ["10"]),
        ("integer", 0, 10, "11", []),
        ("integer", 0, 10, "-1", []),
        ("integer", 0, 10, "1.5", []),
        ("integer", None, None, "1 000", ["1000"]),
        ("number", 0, 10, "1,50", ["1.5"]),
        ("number", 0, 9999, "1.200", []),
        ("number", 0, 9999, "1,200", []),
        ("number", 0, 9999, "1.2001", ["1.2001"]),
        ("year", 1990, None, "2026", ["2026"]),
        ("year", 1990, None, "2027", []),
        ("date", None, None, "2026-06-01", ["2026-06-01"]),
        ("date", None, None, "2026-06-02", []),
        ("date", None, 2027, "2027-12-31", ["2027-12-31"]),
        ("date", None, None, "01.06.2026", ["2026-06-01"]),
    ],
    ids=["the maximum is allowed", "more is not", "less than the minimum is not",
         "a whole number has no decimals", "blanks are left out", "a comma is a point",
         "three digits after a point may be thousands", "or after a comma", "four are decimals",
         "this year is allowed", "next year is not", "today is allowed", "tomorrow is not",
         "a later day is allowed up to the end of the maximum", "the day may come first"],
)  # fmt: skip
def test_a_value_keeps_to_the_limits_of_its_question(kind, low, high, value, answer):
    asked = SimpleNamespace(type=kind, minimum=low, maximum=high)
    assert intake._read_value(asked, date(2026, 6, 1), value)[0] == answer


@pytest.mark.parametrize(("letters", "stored"), [(intake.LONGEST, 1), (intake.LONGEST + 1, 0)])
def test_a_text_of_the_greatest_length_is_stored_and_a_longer_one_is_not(letters, stored):
    asked = SimpleNamespace(type="text")
    assert len(intake._read_value(asked, date(2026, 6, 1), "a" * letters)[0]) == stored


def asked_in(repeat, **cells):
    """Return a questionnaire with one question, in a block that is repeated or not."""
    block = SimpleNamespace(id="b", repeat=repeat)
    of = SimpleNamespace(**{"id": "q", "type": "note_text", "choices": "", "label": {"en": "Why?"}})
    vars(of).update(cells)
    return SimpleNamespace(questions=lambda: [(block, of)])


@pytest.mark.parametrize(
    ("rule", "repeat", "kind", "is_open"),
    [
        ("a long text is an open question", False, "note_text", True),
        ("one of a repeated block is not", True, "note_text", False),
        ("a short text is not", False, "text", False),
    ],
)
def test_an_open_question_is_a_long_text_outside_repeated_blocks(rule, repeat, kind, is_open):
    assert bool(tables.open_questions(asked_in(repeat, type=kind))) == is_open, rule


@pytest.mark.parametrize(
    ("repeat", "found"), [(False, "q"), (True, "")],
    ids=["the category of the person", "not that of a partner in a repeated block"],
)  # fmt: skip
def test_people_are_grouped_by_the_question_on_their_category(repeat, found):
    assert tables.grouping(asked_in(repeat, choices=tables.GROUPS)) == found


def test_the_decision_of_an_adjudicator_replaces_the_themes_of_the_coders():
    asked = survey(LEAST, people=3 * LEAST)
    question = tables.open_questions(asked.questionnaire)[0]
    rows = [(f"r{n}", question.id, coder, "law") for n in range(LEAST) for coder in "AB"]
    rows += [(f"r{n}", question.id, "adjudicated", "school") for n in range(LEAST)]
    tallies = tables.count_questions(asked, people_of(asked), codes(*rows))
    [found] = [one for one in tallies if one.question == question]
    assert found.counts.to_dict() == {"law": 0, "school": LEAST}


@pytest.mark.parametrize(
    ("rule", "cells", "counted_ids", "note"),
    [
        ("an answer that was counted is quoted", {}, {"r1"}, None),
        ("one that was not is not", {}, set(), "the published numbers do not include"),
        ("an interview is always quoted", {"survey": "interviews"}, set(), None),
        ("a name of an organisation is no quotation", {"question": review.NAME}, {"r1"}, ""),
        ("a text that was not approved is not quoted", {"final": ""}, {"r1"}, ""),
        ("one that names its author's organisation is not", {"final": "Ask us at Zed Circle!"},
         {"r1"}, "the text contains the name of its author's"),
        ("nor by its abbreviation", {"final": "Ask the ZCO."}, {"r1"}, "the text contains the name of its"),
        ("nor by its national name", {"final": "Ask Zedov Krug."}, {"r1"}, "the text contains the name of its"),
        ("the organisation of another may be named", {"final": "Ask Zed House."}, {"r1"}, None),
    ],
)  # fmt: skip
def test_only_answers_that_were_counted_and_interviews_are_quoted(rule, cells, counted_ids, note):
    text = {"return_id": "r1", "question": "q", "entry": "0", "survey": "s", "who": "ngo"}
    text |= {
        "section": "research",
        "asked": "Why?",
        "final": "Said.",
        "decision": "publish",
        "row": 2,
    }
    groups = pd.DataFrame(columns=["survey", "group"])
    asked = of_form(("r1", "0", review.NAME, "Zed Circle"), ("r1", "0", "abbreviation", "ZCO"),
                    ("r1", "0", "name_national", "Zedov krug"),
                    ("r2", "0", review.NAME, "Zed House"))  # fmt: skip
    decided = pd.DataFrame([text | cells])
    rows, notes = review.quotes(decided, [asked], counted_ids, groups, b"key")
    assert len(rows) == (note is None), rule
    assert len(notes) == bool(note) and (note or "") in "".join(notes), rule


@pytest.mark.parametrize(
    ("words", "shown"), [("a" * 160, "a" * 160), ("a" * 150 + " bc" * 4, "a" * 150 + " bc bc bc …")],
    ids=["160 letters are kept", "more end with a whole word"],
)  # fmt: skip
def test_a_remark_keeps_160_letters_of_its_passage(words, shown):
    assert docx_reader.Passage("", words, []).around == shown


@pytest.mark.parametrize(
    ("n", "shown"), [(LEAST - 1, []), (LEAST, ["ngo"])],
    ids=["a category of fewer is not said", "one of twice the threshold is"],
)  # fmt: skip
def test_a_quotation_has_its_category_from_twice_the_threshold_on(n, shown, store, monkeypatch):
    data, seen = store("codes", []), []
    none = {name: cop.data.read(name, data, "ZZZ").head(0) for name in [*publish.SURVEYS, "quotes"]}
    line = {"survey": "mapping_form", "item": "i", "group": "ngo", "answer": "Yes", "order": 1,
            "count": n, "n": n}  # fmt: skip
    part = none | {"survey_groups": pd.DataFrame([line])}
    forms = cop.data.read("forms", data, "ZZZ").head(0)
    monkeypatch.setattr(publish, "_numbers", lambda *_: (forms, [part], {"mapping_form": set()}))
    monkeypatch.setattr(publish, "_with_others", lambda name, parts, *_: parts[0][name])

    def quotes(decided, surveys, counted, groups, secret):
        seen.extend(groups.group)
        return none["quotes"], []

    monkeypatch.setattr(review, "quotes", quotes)
    publish.publishable(data, "ZZZ")
    assert seen == shown


CHOICES = [questionnaires.Choice.model_construct(code=code, label={"en": code.upper()})
           for code in ("a", "b")]  # fmt: skip
NONE = questionnaires.Choice.model_construct(code="none", label={"en": "None"}, exclusive=True)
YES_NO = [questionnaires.Choice.model_construct(code=code, label={"en": code.title()})
          for code in ("yes", "no")]  # fmt: skip


def of_kind(name, kind, choices="", when=None):
    """Return a question; `when` is (question, codes)."""
    when = when and questionnaires.When(question=when[0], **{"is": when[1]})
    return questionnaires.Question.model_construct(
        id=name, type=kind, label={"en": name}, choices=choices, when=when
    )


def small_survey(questions, answers, number):
    """Return a survey of so many people, of whom those from r<first> on gave an answer.

    The answers are (question, code, first, number).
    """
    block = questionnaires.Block.model_construct(id="b", questions=tuple(questions))
    lists = {"ab": tuple(CHOICES), "ab_none": (*CHOICES, NONE), "yes_no": tuple(YES_NO)}
    form = questionnaires.Questionnaire.model_construct(
        id="s", title={"en": "S"}, category="ngo", choices=lists, blocks=(block,)
    )
    about = {"form_id": "", "source": "kobo", "invited": False, "received": "2026-03-01"}
    returns = pd.DataFrame(about, [f"r{n}" for n in range(number)])
    rows = [(f"r{n}", name, code) for name, code, first, many in answers
            for n in range(first, first + many)]  # fmt: skip
    rows = pd.DataFrame(rows, columns=["return_id", "question", "answer"])
    return counted.Survey(form, returns, rows.assign(block="b", entry="0"))


def everybody(survey, is_published=False):
    groups = [("ngo", "industry")[n % 2] for n in range(len(survey.returns))]
    return tables.People(pd.Series(groups, survey.returns.index), is_published, T, rng)


@pytest.mark.parametrize(
    ("rule", "kind", "choices", "is_published", "counts"),
    [
        ("each choice of one is counted", "one", "ab_none", False, {"a": 10, "b": 8, "none": 7}),
        ("who gave no answer is, if the number of people is published", "one", "ab", True,
         {"a": 10, "b": 8, "no answer": 12}),
        ("an exclusive choice of several is not", "many", "ab_none", False, {"a": 10, "b": 8}),
        ("of several choices who gave no answer is not", "many", "ab", True, {"a": 10, "b": 8}),
    ],
)  # fmt: skip
def test_which_answers_of_a_question_are_counted(rule, kind, choices, is_published, counts):
    answers = [("q", "a", 0, 10), ("q", "b", 10, 8), ("q", "none", 18, 7), ("q", "gone", 25, 5)]
    asked = small_survey([of_kind("q", kind, choices)], answers, 30)
    [found] = tables.count_questions(asked, everybody(asked, is_published), codes())
    assert found.counts.to_dict() == counts, rule


@pytest.mark.parametrize(
    ("rule", "kind", "choices", "is_published", "closed"),
    [
        ("whoever answered several choices made one", "many", "ab", False, True),
        ("not if a choice is exclusive", "many", "ab_none", False, False),
        ("not if who gave no answer belongs to the people", "many", "ab", True, False),
        ("not of a single choice", "one", "ab", False, False),
    ],
)
def test_everybody_made_a_choice_of_several(rule, kind, choices, is_published, closed):
    asked = small_survey([of_kind("q", kind, choices)], [("q", "a", 0, 12), ("q", "b", 9, 9)], 30)
    [found] = tables.count_questions(asked, everybody(asked, is_published), codes())
    assert found.closed == closed, rule


@pytest.mark.parametrize(
    ("rule", "kind", "first", "when", "base"),
    [
        ("who said yes is asked", "yes_no", 20, ["yes"], 20),
        ("a question after a hidden answer is not published", "yes_no", 38, ["no"], None),
        ("nor one after several choices", "many", 20, ["yes", "no"], None),
        ("one after one of several choices is", "many", 20, ["yes"], 20),
    ],
)
def test_who_is_asked_follows_from_published_answers(rule, kind, first, when, base):
    questions = [of_kind("p", kind, "yes_no"), of_kind("q", "one", "ab", ("p", when))]
    answers = [("p", "yes", 0, first), ("p", "no", first, 40 - first), ("q", "a", 0, 40)]
    asked = small_survey(questions, answers, 40)
    made = tables.count_questions(asked, everybody(asked), codes())
    found = {tally.question.id: len(tally.base) for tally in made}
    assert found.get("q") == base, rule


def test_answers_are_compared_by_category_unless_only_some_were_asked_or_they_are_themes():
    questions = [of_kind("p", "yes_no", "yes_no"), of_kind("q", "one", "ab", ("p", ["yes"])),
                 of_kind("why", "note_text")]  # fmt: skip
    answers = [("p", "yes", 0, 40), ("p", "no", 40, 40), ("q", "a", 0, 20), ("q", "b", 20, 20)]
    asked = small_survey(questions, answers, 80)
    themes = [(f"r{n}", "why", "A", ("law", "school")[n // 20]) for n in range(40)]
    made = tables.survey_tables(asked, everybody(asked), codes(*themes), T)
    assert made["survey_items"]["item"].tolist() == ["p", "q", "why"]
    assert set(made["survey_groups"]["item"]) == {"p"}


def test_without_a_published_closed_question_no_open_one_is_published():
    themes = [(f"r{n}", "why", coder, "law") for n in range(20) for coder in "AB"]
    for answered, published in [(LEAST, 2), (LEAST - 1, 0)]:
        questions = [of_kind("q", "one", "ab"), of_kind("why", "note_text")]
        asked = small_survey(questions, [("q", "a", 0, answered)], 40)
        made = tables.survey_tables(asked, everybody(asked), codes(*themes), T)
        assert len(made["survey_items"]) == published
        assert len(made["coding"]) == bool(published), "nor the agreement of its coders"


@pytest.mark.parametrize(
    ("rule", "hidden", "parts"),
    [
        ("a scale with all steps shown is compared", "", [("4", "5")]),
        ("with both upper steps hidden too", "45", [("4", "5")]),
        ("with two lower steps hidden too", "12", [("4", "5")]),
        ("with a hidden step on either side it is not", "34", []),
    ],
)
def test_a_scale_is_compared_if_its_two_parts_follow_from_what_is_shown(rule, hidden, parts):
    result = tally("likert", **dict.fromkeys("12345", 20))
    hides = pd.Series(result.counts.index.isin([*hidden]), result.counts.index)
    result = tables.Tally(result.question, result.answers, result.base, result.counts, hides)
    groups = pd.Series(["ngo", "government"] * 50)
    assert [*tables.by_category(result, tables.People(groups, False, T, rng))] == parts, rule


@pytest.mark.parametrize(
    ("small", "shown"), [(LEAST, {"ngo", "industry"}), (LEAST - 1, {disclosure.OTHER})],
    ids=["a category of twice the threshold stands alone", "a smaller one is added to another"],
)  # fmt: skip
def test_people_stand_in_categories_of_twice_the_threshold(small, shown):
    question = of_kind("category", "one", tables.GROUPS)
    answers = [("category", "ngo", 0, small), ("category", "industry", small, 30)]
    asked = small_survey([question], answers, small + 30)
    people = tables.people(asked, None, pd.DataFrame(), T, rng)
    assert set(people.groups) == shown


PARENTS = questionnaires.load("parents_survey", DATA)
CLOSED = next(q for q in tables.closed_questions(PARENTS) if q.when.question in SCREENS)
ANSWER = (CLOSED.id, PARENTS.choices_of(CLOSED)[0].code, "0")
FIRST, LATER = [f"old{n}" for n in range(12)], [f"new{n}" for n in range(12)]


def in_record(edition, ids, state="published", survey="parents_survey"):
    """Return a row of the record of publications."""
    return ["2026-01-01T12:00:00+00:00", edition, survey, state, " ".join(ids)]


def with_record(store, ids, record):
    """Store responses of parents and the record of publications, and return the folder."""
    made = [returned(*AGREED, ANSWER, return_id=i) for i in ids]
    store("answers", [row for _, rows in made for row in rows])
    data = store("returns", [response for response, _ in made])
    frame = pd.DataFrame(record, columns=counted.COLUMNS)
    restricted.write(data, {"publications-ZZZ.csv": restricted.packed(frame)})
    return data


@pytest.mark.parametrize(
    ("rule", "ids", "record", "numbers"),
    [
        ("the first responses are counted", LATER, [], {12}),
        ("published numbers stay, though a response is gone", FIRST[1:],
         [in_record("2026", FIRST)], "published before"),
        ("where none is left the store is another", LATER, [in_record("2026", FIRST)], set()),
        ("later responses do not count in the same edition", FIRST + LATER,
         [in_record("2026", FIRST)], "published before"),
        ("in the next edition only they count", FIRST + LATER, [in_record("2020", FIRST)], {12}),
        ("too few of them leave the numbers", FIRST + LATER[:9], [in_record("2020", FIRST)],
         "published before"),
        ("of two publications the last counts", FIRST,
         [in_record("2020", FIRST), in_record("2020", [], "withdrawn")], set()),
        ("what was withdrawn is not counted again", FIRST + LATER,
         [in_record("2020", FIRST), in_record("2020", [], "withdrawn")], {12}),
        ("and another survey keeps nothing back", FIRST,
         [in_record("2026", ["x"], survey="educators_survey")], {12}),
    ],
)  # fmt: skip
def test_the_numbers_of_a_survey_are_published_once_in_an_edition(
    rule, ids, record, numbers, store
):
    data = with_record(store, ids, record)
    before = cop.data.read("survey_items", data, "ZZZ").query("survey == 'parents_survey'")
    after = publish.publishable(data, "ZZZ")["survey_items"].query("survey == 'parents_survey'")
    expected = set(before.n) if numbers == "published before" else numbers
    assert set(after.n) == expected, rule


def test_studies_come_first_and_statements_of_an_analyst_stay_without_responses(store):
    made = publish.publishable(with_record(store, [], []), "ZZZ")
    assert set(made["survey"].survey) == {"pupils2024"}, "studies have no responses"
    assert set(made["survey_about"].by[made["survey_about"].survey != "pupils2024"]) == {"analyst"}
    parents = publish.publishable(with_record(store, LATER, []), "ZZZ")["survey"].survey
    assert parents.drop_duplicates().tolist() == ["pupils2024", "parents_survey"]


def test_what_is_published_is_not_lost_and_withdraw_removes_it(store, capsys):
    surveys = "survey educators_survey, survey industry_survey, survey mapping_form"
    surveys += ", survey parents_survey, survey stakeholder_survey"
    data = with_record(store, [], [])
    with pytest.raises(cop.data.UserError) as lost:
        publish.publish(data, "ZZZ", dry_run=True)
    assert f"rows of forms, interviews, returned, {surveys} would be" in str(lost.value)
    data = with_record(store, LATER, [in_record("2020", ["x"])])
    with pytest.raises(cop.data.UserError) as lost:
        publish.publish(data, "ZZZ", dry_run=True)
    assert "survey parents_survey" not in str(lost.value), "new numbers may replace older ones"
    restricted.write(data, {"publications-ZZZ.csv": None})
    with pytest.raises(cop.data.UserError) as lost:
        publish.publish(data, "ZZZ", dry_run=True)
    assert "survey parents_survey" in str(lost.value), "but not without a record"
    assert publish.publish(data, "ZZZ", dry_run=True, withdraw=True) > 0


@pytest.mark.parametrize(
    ("gone", "withdraw", "note", "stays"),
    [
        ([], False, "", True),
        (FIRST[:1], False, "parents_survey: 1 response withdrawn or removed since", True),
        (FIRST[:1], True, "", False),
        ([], True, "", True),
    ],
    ids=["all are there", "one is gone: the numbers stay, with a note",
         "with --withdraw the numbers go", "but not if all are there"],
)  # fmt: skip
def test_numbers_of_a_response_that_is_gone_stay_with_a_note_or_are_withdrawn(
    gone, withdraw, note, stays, store, capsys, monkeypatch
):
    for name in ("refuse_errors", "_refuse_loss"):
        monkeypatch.setattr(publish, name, lambda *_: None)
    ids = [one for one in FIRST if one not in gone]
    data = with_record(store, ids, [in_record("2026", FIRST)])
    publish.publish(data, "ZZZ", withdraw=withdraw)
    said, items = capsys.readouterr().out, cop.data.read("survey_items", data, "ZZZ")
    assert note in said and ("removed since" in said) == bool(note)
    assert ("parents_survey" in set(items.survey)) == stays
    state = "published" if stays else "withdrawn"
    assert counted.read_record(data, "ZZZ").state.iloc[-1] == state


@pytest.mark.parametrize(
    ("rule", "agreed", "category", "texts"),
    [
        ("an open answer waits with the category of its author", "yes", "industry",
         [("industry", "Said.")]),
        ("or else that of its survey", "yes", "", [("ngo", "Said.")]),
        ("without the consent to be quoted it does not wait", "no", "industry", []),
        ("nor without an answer to that", "", "industry", []),
    ],
)  # fmt: skip
def test_which_answers_wait_for_review(rule, agreed, category, texts):
    questions = [of_kind("category", "one", tables.GROUPS), of_kind("why", "note_text")]
    answers = [("category", category, 0, 1)] * bool(category) + [("why", "Said.", 0, 1)]
    named = [(review.NAME, "Zed Circle", 0, 1), ("publish_organisation", "yes", 0, 1)]
    asked = small_survey(questions, [*answers, ("publish_quote", agreed, 0, 1), *named], 1)
    found = review.texts(ZEDLAND, "ZZZ", [asked])
    assert review.NAME not in set(found.question), "only the mapping form names organisations"
    assert [*zip(found.who, found.text, strict=True)] == texts, rule


def test_a_name_may_contain_that_of_an_organisation_that_refused_and_other_texts_may_not():
    names = pii.Names(frozenset(), frozenset(), refused=frozenset({"zed circle"}))
    assert not pii.find("Friends of Zed Circle", review.names_for(review.NAME, names))
    assert [*pii.find("Ask Zed Circle", review.names_for("challenge", names))] == [pii.REFUSED]


@pytest.mark.parametrize(
    ("rule", "text", "public", "left"),
    [
        ("a full name goes, though the report has its words", "Ask Berta Kanarek",
         {"berta", "kanarek"}, "Ask [name]"),
        ("a part of it stays if the report has it", "Ask Kanarek", {"kanarek"}, "Ask Kanarek"),
        ("or else goes", "Ask Kanarek", set(), "Ask [name]"),
        ("a name from a form stays if the report has its words", "Ask Ann Zedova",
         {"ann", "zedova"}, "Ask Ann Zedova"),
        ("or else goes in full", "Ask Ann Zedova", {"ann"}, "Ask [name]"),
        ("an address stays if the report has its words", "info@zed.example",
         {"info", "zed", "example"}, "info@zed.example"),
        ("a text in which nothing goes keeps its signs", "Ａ waits", set(), "Ａ waits"),
        ("any other is normalised", "Ａ and Kanarek", set(), "A and [name]"),
    ],
)  # fmt: skip
def test_what_is_redacted_from_a_comment(rule, text, public, left):
    names = pii.Names(frozenset({"berta kanarek"}), frozenset(), frozenset({"ann zedova"}))
    assert pii.redact(text, names, frozenset(public)) == left, rule


def test_quotations_with_one_form_id_have_one_voice_and_others_one_of_their_response():
    text = {"question": "q", "entry": "0", "survey": "mapping_form", "who": "", "asked": "Why?",
            "section": "", "final": "Said.", "decision": "publish", "row": 2}  # fmt: skip
    asked = of_form(*[(i, "0", "roles", "policy") for i in ("r1", "r2", "r3")])
    asked.returns["form_id"] = ["F1", "F1", ""]
    groups = pd.DataFrame(columns=["survey", "group"])
    decided = pd.DataFrame([text | {"return_id": i} for i in asked.returns.index])
    rows, _ = review.quotes(decided, [asked], set(asked.returns.index), groups, b"key")
    expected = {disclosure.pseudonym(b"key", "mapping_form", name) for name in ("F1", "r3")}
    assert set(rows.voice) == expected and rows.quote_id.is_unique


@pytest.mark.parametrize(
    ("rule", "coded", "number", "is_published", "shown"),
    [
        ("themes of ten answers are counted", LEAST, 40, False, True),
        ("of nine they are not", LEAST - 1, 40, False, False),
        ("where the number of people is published ten must have none", 30, 30 + LEAST, True, True),
        ("nine are too few", 30, 30 + LEAST - 1, True, False),
        ("where it is not everybody may have one", 40, 40, False, True),
    ],
)
def test_themes_are_counted_of_enough_answers(rule, coded, number, is_published, shown):
    questions = [of_kind("q", "one", "ab"), of_kind("why", "note_text")]
    asked = small_survey(questions, [("q", "a", 0, number)], number)
    themes = [(f"r{n}", "why", "A", "law") for n in [*range(coded), *range(900, 950)]]
    made = tables.count_questions(asked, everybody(asked, is_published), codes(*themes))
    found = {tally.question.id: len(tally.base) for tally in made}
    assert found.get("why") == (coded if shown else None), f"{rule}, of people who count"


@pytest.mark.parametrize(
    ("rule", "overlap", "hidden"),
    [
        ("who made no other choice must have made the hidden one", 0, 2),
        ("unless the others add up to everybody", 3, 1),
    ],
)
def test_a_hidden_choice_that_the_others_would_tell_hides_another(rule, overlap, hidden):
    several = [("q", "a", 0, 20), ("q", "b", 20 - overlap, 15 + overlap), ("q", "c", 35, 3)]
    questions = [of_kind("q", "many", "abc")]
    asked = small_survey(questions, several, 38)
    third = questionnaires.Choice.model_construct(code="c", label={"en": "C"})
    asked.questionnaire.choices["abc"] = (*CHOICES, third)
    [found] = tables.count_questions(asked, everybody(asked), codes())
    assert found.hidden.sum() == hidden, rule


def test_neighbours_of_a_small_count_are_preferred_on_a_scale_and_not_in_a_list():
    beside = {}
    for kind in ("likert", "one"):
        answers = [("q", "1", 0, 2)] + [("q", code, 2 + 30 * n, 30) for n, code in enumerate("234")]
        asked = small_survey([of_kind("q", kind, "steps")], answers, 92)
        steps = [questionnaires.Choice.model_construct(code=c, label={"en": c}) for c in "1234"]
        asked.questionnaire.choices["steps"] = tuple(steps)
        groups, hidden = everybody(asked).groups, []
        for seed in range(60):
            people = tables.People(groups, False, T, lambda *_, seed=seed: random.Random(seed))
            [found] = tables.count_questions(asked, people, codes())
            hidden.append(found.hidden["2"])
        beside[kind] = sum(hidden)
    assert beside["likert"] > 45 and beside["one"] < 40


def test_a_question_on_a_condition_of_the_screening_is_asked_of_everybody():
    ids = [f"r{n}" for n in range(LEAST)]
    answers = pd.DataFrame({"return_id": ids, "question": CLOSED.id, "answer": ANSWER[1]})
    answers = answers.assign(block="b", entry="0")
    asked = counted.Survey(PARENTS, pd.DataFrame(index=ids), answers)
    [found] = tables.count_questions(asked, people_of(asked), codes())
    assert CLOSED.when.question in SCREENS and found.base == set(ids)


@pytest.mark.parametrize(
    ("rule", "kind", "choices", "threshold", "number"),
    [
        ("the category of the person is not counted", "one", tables.GROUPS, T, 40),
        ("a question that nobody answered is not, even of facts", "one", "ab", 0, 0),
    ],
)
def test_which_questions_are_left_out(rule, kind, choices, threshold, number):
    asked = small_survey([of_kind("q", kind, choices)], [("q", "a", 0, number)], 40)
    asked.questionnaire.choices[tables.GROUPS] = tuple(CHOICES)
    people = tables.People(everybody(asked).groups, False, threshold, rng)
    assert tables.count_questions(asked, people, codes()) == [], rule


def test_answers_of_a_single_category_are_not_compared():
    result = tally("yes_no", yes=20, no=20)
    people = tables.People(pd.Series("ngo", range(40)), False, T, rng)
    assert tables.by_category(result, people) == {}


@pytest.mark.parametrize(
    ("ids", "record", "quoted"),
    [(FIRST, [], FIRST), (FIRST + LATER, [in_record("2026", FIRST)], FIRST),
     (FIRST + LATER, [in_record("2020", FIRST)], LATER), (FIRST[:9], [], [])],
    ids=["who is counted now", "who was counted in this edition, and nobody later",
         "who is counted in the next edition, and nobody earlier", "nobody of too few"],
)  # fmt: skip
def test_who_may_be_quoted_is_counted_in_the_published_numbers(
    ids, record, quoted, store, monkeypatch
):
    seen, none = set(), cop.data.read("quotes", ZEDLAND, "ZZZ").head(0)

    def quotes(decided, surveys, counted_ids, groups, secret):
        seen.update(counted_ids)
        return none, []

    monkeypatch.setattr(review, "quotes", quotes)
    publish.publishable(with_record(store, ids, record), "ZZZ")
    assert seen == set(quoted)
