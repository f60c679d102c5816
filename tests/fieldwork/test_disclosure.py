"""Nobody can reckon a suppressed count back: properties, and an attacker with an integer
programme who has read all.
"""

import re
from functools import partial

import highspy
import numpy as np
import pandas as pd
import pytest
from conftest import DATA, one_in
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html

from cop.fieldwork import counted, disclosure, outcomes, publish, questionnaires, restricted, tables

T = disclosure.THRESHOLD
counts = st.lists(st.integers(0, 40), min_size=1, max_size=7)


def frame(shape):
    """Return a strategy of tables of this many groups and answers."""
    size = shape[0] * shape[1]
    cells = st.lists(st.integers(0, 14), min_size=size, max_size=size)
    names = [f"g{n}" for n in range(shape[0])], [f"a{n}" for n in range(shape[1])]
    return cells.map(lambda values: pd.DataFrame(np.reshape(values, shape), *names))


frames = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(frame)


def programme(rules, size):
    """Return a programme over unknowns that are not negative; a rule is ({unknown: weight}, least,
    most).
    """
    made = highspy.Highs()
    made.setOptionValue("output_flag", False)
    made.setOptionValue("threads", 1)
    for _ in range(size):
        made.addVariable(lb=0)
    for weights, least, most in rules:
        unknowns, factors = np.array(list(weights), np.int32), np.array([*weights.values()], float)
        made.addRow(least, most, len(weights), unknowns, factors)
    return made


def ends(made, unknowns, size):
    """Return the least and the greatest whole number that a sum of unknowns can be."""
    found = []
    for unknown in unknowns:
        made.changeColCost(unknown, 1.0)
    for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
        made.changeObjectiveSense(sense)
        found.append(_end(made, size))
    for unknown in unknowns:
        made.changeColCost(unknown, 0.0)
    return found


def _end(made, size):
    """Solve, and once more in whole numbers where the solution is no number of people."""
    made.run()
    status, optimal = made.getModelStatus(), highspy.HighsModelStatus.kOptimal
    assert status != highspy.HighsModelStatus.kInfeasible, "the equations contradict each other"
    values = np.array(made.getSolution().col_value)
    if status != optimal or np.abs(values - values.round()).max(initial=0) < 1e-6:
        return made.getObjectiveValue() if status == optimal else np.inf
    for kind in (highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous):
        for unknown in range(size):
            made.changeColIntegrality(unknown, kind)
        if kind == highspy.HighsVarType.kInteger:
            made.run()
            value = made.getObjectiveValue()
    return value


KEYS = st.integers(0, 10**6).map(lambda n: disclosure.seeded_rng(b"key", str(n)))


@given(counts, st.sampled_from([3, 5, 10]), st.booleans(), KEYS)
@example([0, 3], 3, True, disclosure.seeded_rng(b"key", "0"))  # a scale of two steps
def test_a_one_way_table_never_gives_a_small_count_back(values, threshold, ordered, chance):
    given_ = pd.Series(values)
    hidden = disclosure.one_way(given_, threshold, chance, ordered)
    assert hidden[given_ < threshold].all(), "each small count is hidden"
    if hidden.any() and given_.sum() >= threshold and len(values) > 1:
        assert hidden.sum() >= 2, "never is a single count hidden"
        assert given_[hidden].sum() >= threshold, "hidden counts hold the threshold together"


SIZES = st.lists(st.integers(2 * T, 40), min_size=2, max_size=5)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(SIZES, st.data(), KEYS)
def test_a_table_by_category_with_all_sizes_never_pins_a_cell_added_up(sizes, data, chance):
    """Who gave an answer and who did not, for an attacker who knows the size of each category."""
    gave = [data.draw(st.integers(0, n)) for n in sizes]
    rows = [(k, n - k) for k, n in zip(gave, sizes, strict=True)]
    sides = pd.DataFrame(rows, [f"g{n}" for n in range(len(sizes))], ["inside", "outside"])
    shown = disclosure.pooled(sides, T, chance, cells=True)
    if disclosure.OTHER in shown.index:
        inner = sides[~sides.index.isin(shown.index)].sum(axis=1)
        together = shown.loc[disclosure.OTHER, "inside"]
        least = (together - (inner.sum() - inner)).clip(lower=0)
        assert len(inner) > 1 and (inner.clip(upper=together) - least >= T).all()


@settings(deadline=None)
@given(frames, st.booleans(), KEYS)
def test_small_rows_are_added_up_and_nobody_is_lost(table, cells, chance):
    shown = disclosure.pooled(table, T, chance, cells)
    least = shown.min(axis=1) if cells else shown.sum(axis=1)
    assert (least >= T).all(), "each row, or with cells each cell, holds the threshold"
    assert shown.empty or shown.to_numpy().sum() == table.to_numpy().sum(), "nobody is lost"


# Everything that is published of a survey, together


class Attacker:
    """Knows all published tables of a survey, the questionnaire, which categories a table adds up,
    and of each question how many of each category answered it, where that is the threshold or
    more; writes all down as equations between people's answers.

    An unknown is how many of a category gave an answer.
    """

    def __init__(self, closed):
        """Take the questions in which everybody gave at least one of the answers."""
        self.closed, self.rules, self.hidden, self.made = closed, {}, [], {}

    def reads(self, items, ways, groups, sizes):
        for item in items.itertuples():
            if sizes.get(item.item):
                rows = (frame[frame["item"] == item.item] for frame in (ways, groups))
                self._item(item, *rows, sizes[item.item])

    def _item(self, item, ways, groups, sizes):
        several = item.kind in ("many", "theme")
        answers, published = [*ways.answer], set()
        whole = [(c, a) for c in sizes for a in answers]
        assert sum(sizes.values()) == item.n
        for row in ways.itertuples():
            given_ = [(c, row.answer) for c in sizes]
            if pd.isna(row.count_):
                self.hidden.append((item.item, given_))
            else:
                self._says(item.item, given_, row.count_, row.count_)
                published.add(frozenset(given_))
        for category, n in sizes.items():
            mine = [(category, a) for a in answers]
            if not several:
                self._says(item.item, mine, n, n)
                continue
            for cell in mine:
                self._says(item.item, [cell], 0, n)
            if item.item in self.closed:
                self._says(item.item, mine, n, np.inf)
        for answer, rows in groups.groupby("answer"):
            part = [a for a in answers if answer == a] or answer.split(" or ")
            assert set(part) <= set(answers)
            shown = set(rows.group) - {"other"}
            for row in rows.itertuples():
                of = [row.group] if row.group in shown else [c for c in sizes if c not in shown]
                assert sum(sizes[c] for c in of) == row.n
                cells = [(c, a) for c in of for a in part]
                self._says(item.item, cells, row.count_, row.count_)
                published |= {frozenset(cells)}
        cells = [[cell] for cell in whole if frozenset([cell]) not in published]
        self.hidden += [(item.item, cell) for cell in cells]

    def _says(self, item, cells, least, most):
        rule = dict.fromkeys(cells, 1), float(least), float(most)
        self.rules.setdefault(item, []).append(rule)

    def bounds(self, item, cells):
        if item not in self.made:
            rules = self.rules[item]
            at = {u: n for n, u in enumerate(dict.fromkeys(u for w, *_ in rules for u in w))}
            numbered = [({at[u]: w for u, w in ws.items()}, a, b) for ws, a, b in rules]
            self.made[item] = at, programme(numbered, len(at))
        at, made = self.made[item]
        return ends(made, {at[cell] for cell in cells}, len(at))

    def pinned(self):
        """Return the hidden cells that are known to less than the threshold."""
        found = {(item, *cells): self.bounds(item, cells) for item, cells in self.hidden}
        return {name: e for name, e in found.items() if e[1] - e[0] < T - 1e-6}


def sizes(survey, people, codes):
    """Return {item: {category: how many of it answered}}; those under the threshold are known only
    together with others, at least those that are added up by size.
    """
    asking = tables.grouping(survey.questionnaire)
    stated = people.groups if people.counted or not asking else survey.answers_to(asking)
    out = {}
    for made in tables.count_questions(survey, people, codes):
        given_ = stated.reindex(sorted(made.base)).fillna("other").value_counts()
        small = {g for g in given_.index if given_[g] < T or g == "other"}
        if 0 < given_[list(small)].sum() < T:
            small |= set(given_.index) - set(tables.large_groups(made, people).unique())
        rest = int(given_[list(small)].sum())
        left = given_.drop(list(small)).to_dict()
        out[made.question.label["en"]] = left | ({"the rest": rest} if rest else {})
    return out


def parts(tables, survey):
    named = (tables[n] for n in ("survey_items", "survey", "survey_groups"))
    return [f[f.survey == survey].rename(columns={"count": "count_"}) for f in named]


def closed(definition):
    """Return the labels of the questions of which who answered gave at least one of the answers."""
    return {
        question.label["en"]
        for question in tables.closed_questions(definition)
        if question.type == "many" and not any(c.exclusive for c in definition.choices_of(question))
    }


SURVEYS = {  # suppressed cells at least
    "mapping_form": 150, "stakeholder_survey": 200, "industry_survey": 20, "educators_survey": 3,
}  # fmt: skip


def attacked(data, published, name):
    """Return the attacker who has read what is published of a survey of Zedland's store."""
    [survey] = [s for s in counted.of_country(data, "ZZZ") if s.questionnaire.id == name]
    codes, sent = restricted.read("codes", data), restricted.read("contacts", data)
    rng = partial(disclosure.seeded_rng, disclosure.key(data), "ZZZ")
    final = outcomes.final(sent, survey.returns)
    people = tables.people(survey, final, published["forms"], T, rng)
    # Of the mapping form it is known how many were asked: who did not answer is counted in them.
    attacker = Attacker(set() if people.counted else closed(survey.questionnaire))
    attacker.reads(*parts(published, name), sizes(survey, people, codes))
    return attacker


@pytest.mark.slow
@pytest.mark.parametrize("name", SURVEYS)
def test_all_tables_of_a_survey_together_pin_no_suppressed_cell(filled, standing, name):
    attacker = attacked(filled, standing, name)
    assert len(attacker.hidden) >= SURVEYS[name]
    assert not attacker.pinned()


@pytest.mark.slow
def test_the_attacker_finds_what_one_way_tables_give_back_without_complement(filled, monkeypatch):
    monkeypatch.setattr(
        tables, "one_way", lambda counts, threshold, chance, ordered=False: counts < threshold
    )
    assert attacked(filled, publish.publishable(filled, "ZZZ"), "mapping_form").pinned()


# Simulated surveys


def people(rng, definition, number, start=0, share=0.4):
    """Return answers of invented people to the survey of stakeholders, as the store keeps them."""
    rows, skew = [], rng.dirichlet(np.ones(5))
    categories = [c.code for c in definition.choices["stakeholder_category"]]
    for one in range(start, start + number):
        values = {"category": [rng.choice(categories, p=rng.dirichlet(np.ones(7) * 0.5))]}
        values["rating_research"] = [str(1 + rng.choice(5, p=skew))]
        values["rating_education"] = [str(1 + rng.choice(5, p=rng.dirichlet(np.ones(5))))]
        ages = [c.code for c in definition.choices_of(definition.question("ages"))]
        chosen = [a for a in ages if rng.random() < share] if share else [rng.choice(ages)]
        values["ages"] = chosen or [ages[0]]
        rows += [
            [f"r{one}", "b", "0", question, answer, "en"]
            for question, given_ in values.items()
            if question == "category" or rng.random() < 0.95
            for answer in given_
        ]
    return rows


COLUMNS = ["return_id", "block", "entry", "question", "answer", "language"]


def questions(*names):
    """Return the survey of stakeholders with a few of its questions."""
    whole = questionnaires.load("stakeholder_survey", DATA)
    blocks = (
        b.model_copy(update={"questions": tuple(q for q in b.questions if q.id in names)})
        for b in whole.blocks
    )
    return whole.model_copy(update={"blocks": tuple(b for b in blocks if b.questions)})


ASKED = questions("category", "rating_research", "rating_education", "ages")
NO_FORMS = outcomes.table(pd.DataFrame(columns=["outcome", "category"]), T, None)


def published(definition, rows, key):
    """Return (tables, sizes) of what is published of these answers."""
    answers = pd.DataFrame(rows, columns=COLUMNS)
    ids = pd.Index(answers.return_id.unique(), name="return_id")
    about = {"form_id": "", "source": "kobo", "invited": False, "received": "2026-03-01"}
    returns = pd.DataFrame(about, ids)
    survey = counted.Survey(definition, returns, answers)
    who = tables.people(survey, None, NO_FORMS, T, partial(disclosure.seeded_rng, key))
    codes = pd.DataFrame(columns=restricted.COLUMNS["codes"])
    return tables.survey_tables(survey, who, codes, T), sizes(survey, who, codes)


def test_of_several_choices_each_is_hidden_that_few_made_or_few_did_not_make():
    ages = [c.code for c in ASKED.choices_of(ASKED.question("ages"))]
    made = dict(zip(ages, [T - 1, T, 40 - T, 41 - T, 40], strict=False))
    rows = [[f"r{n}", "b", "0", "ages", age, "en"] for age in made for n in range(made[age])]
    rows += [[f"r{n}", "b", "0", "category", "government", "en"] for n in range(40)]
    survey = published(ASKED, rows, b"key")[0]["survey"]
    assert survey.sort_values("order")["count"].dropna().tolist() == [T, 40 - T]


def simulated(definition, seed, share=0.4):
    """Return the attacker who read a simulated survey, the share of one-way counts that are shown,
    and how many tables by category there are.
    """
    rng = np.random.default_rng(seed)
    rows = people(rng, definition, int(rng.integers(8, 160 if share else 640)), share=share)
    made, known = published(definition, rows, str(seed).encode())
    attacker = Attacker(closed(definition))
    attacker.reads(*parts(made, definition.id), known)
    shown = [made["survey"]["count"].notna().mean()] if len(made["survey"]) else []
    return attacker, shown, made["survey_groups"].groupby(["item", "answer"]).ngroups


LONG = [pytest.mark.slow, pytest.mark.simulation]
RUNS = [(0, 5), pytest.param(5, 15, marks=pytest.mark.slow)]
RUNS += [pytest.param(n, n + 197, marks=LONG) for n in range(15, 1000, 197)]


@pytest.mark.parametrize(("first", "last"), RUNS)
@pytest.mark.parametrize("share", one_in(2, [0.4, 0]))  # 0: everybody makes one choice only
def test_no_suppressed_cell_of_a_simulated_survey_is_narrowed(first, last, share):
    looked, shown, by_category = 0, [], 0
    for seed in range(first, last):
        attacker, part, more = simulated(ASKED, seed, share)
        looked, shown, by_category = looked + len(attacker.hidden), shown + part, by_category + more
        assert not attacker.pinned(), seed
    assert looked > 10 * (last - first) and np.mean(shown) > 0.3 and by_category > last - first


@pytest.mark.slow
def test_the_attacker_finds_what_tables_by_category_give_back_of_incomplete_scales(monkeypatch):
    """Were they made whatever the one-way table hides, their totals would tell more of it."""
    made = tables._parts

    def always(question):
        scale = question.question.type == "likert"
        return [tuple(question.counts.index[-2:])] if scale else made(question)

    monkeypatch.setattr(tables, "_parts", always)
    assert any(simulated(ASKED, seed)[0].pinned() for seed in range(200))


@pytest.mark.slow
def test_the_attacker_finds_a_choice_that_everybody_must_have_made(monkeypatch):
    """Were choices added up each by itself where everybody made one, the others would tell it."""
    closed_ = tables.Tally
    monkeypatch.setattr(tables, "Tally", lambda *a, **k: closed_(*a[:5], False))
    monkeypatch.setattr(tables, "_last", lambda counts, hidden, n, rng: False)
    assert any(simulated(ASKED, seed, 0)[0].pinned() for seed in range(400))


# What stands in a page


@pytest.mark.slow
def test_a_page_says_nothing_of_what_is_suppressed(zedland):
    page = html.parse(zedland / "site" / "cop-annex-ZZZ-3-surveys-and-interviews.html").getroot()
    survey = pd.read_csv(zedland / "ZZZ" / "tables" / "survey_results.csv")
    hidden, looked = survey[survey["count"].isna()], 0
    assert hidden[["share", "low", "high"]].isna().all(axis=None)
    visible = survey[survey["count"].notna()].set_index(["item", "answer"]).index
    for row in hidden.itertuples():
        for shown in page.xpath("//tr[starts-with(normalize-space(th), $item)]", item=row.item):
            looked += row.answer in shown.text_content()
            cells = shown.text_content().replace("\N{NO-BREAK SPACE}", " ")
            number = re.search(rf"(^|; ){re.escape(row.answer)} \d", cells)
            assert (row.item, row.answer) in visible or not number, (row.item, row.answer)
    assert looked > 30


def test_a_count_or_row_that_chance_hides_takes_another_with_it():
    chance = disclosure.seeded_rng(b"key", "0")
    chance.random = iter([0, *[0.9] * 9]).__next__  # it hides one, and then no more
    hidden = disclosure.one_way(pd.Series([9, 8, 7]), 5, chance)
    assert hidden.sum() == 2, "never is a single count hidden"
    chance.random = iter([0, *[0.9] * 9]).__next__
    rows = disclosure.pooled(pd.DataFrame({"people": [9, 8, 7]}), 5, chance)
    assert len(rows) == 2, "never is a single row called other"
