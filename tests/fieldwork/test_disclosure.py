"""Nobody can reckon a suppressed count back: properties, and an attacker with an integer
programme who has read all.
"""

import itertools
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

from cop.fieldwork import questionnaires
from cop.fieldwork.publishing import countable, counting, publication, suppression, tabulation
from helpers import responses

T = suppression.THRESHOLD
counts = st.lists(st.integers(0, 40), min_size=1, max_size=7)
tables = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: st.lists(
        st.integers(0, 14), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(
        lambda cells: pd.DataFrame(np.reshape(cells, shape)).rename(
            index=lambda g: f"g{g}", columns=lambda a: f"a{a}"
        )
    )
)


def programme(rules, size):
    """Give a programme over unknowns that are not negative; a rule is ({unknown: weight}, least,
    most).
    """
    made = highspy.Highs()
    made.setOptionValue("output_flag", False)
    made.setOptionValue("threads", 1)
    for _ in range(size):
        made.addVariable(lb=0)
    for weights, least, most in rules:
        made.addRow(
            least,
            most,
            len(weights),
            np.array(list(weights), dtype=np.int32),
            np.array(list(weights.values()), dtype=float),
        )
    return made


def ends(made, unknowns, size):
    """Give the least and the greatest whole number that a sum of unknowns can be."""
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
    status = made.getModelStatus()
    assert status != highspy.HighsModelStatus.kInfeasible, (
        "the attacker's equations contradict each other"
    )
    if status != highspy.HighsModelStatus.kOptimal:
        return np.inf
    values = np.array(made.getSolution().col_value)
    if np.abs(values - values.round()).max(initial=0) < 1e-6:
        return made.getObjectiveValue()
    _kinds(made, size, highspy.HighsVarType.kInteger)
    made.run()
    value = made.getObjectiveValue()
    _kinds(made, size, highspy.HighsVarType.kContinuous)
    return value


def _kinds(made, size, kind):
    for unknown in range(size):
        made.changeColIntegrality(unknown, kind)


KEYS = st.integers(0, 10**6).map(lambda n: suppression.chance(b"key", str(n)))


@given(counts, st.sampled_from([3, 5, 10]), st.booleans(), KEYS)
@example([0, 3], 3, True, suppression.chance(b"key", "0"))  # a scale of two steps
def test_a_one_way_table_never_gives_a_small_count_back(values, threshold, ordered, chance):
    given_ = pd.Series(values)
    hidden = suppression.one_way(given_, threshold, chance, ordered)
    assert hidden[given_ < threshold].all()
    if hidden.any() and given_.sum() >= threshold and len(values) > 1:
        assert hidden.sum() >= 2 and given_[hidden].sum() >= threshold


def attack(table, chance, threshold=T):
    """Give how closely each hidden cell of a cross-table is known from its shown cells and all
    its totals.
    """
    hidden = suppression.cross_table(table, threshold, chance)
    if hidden is None:
        return []
    at = {cell: n for n, cell in enumerate(map(tuple, np.argwhere(hidden.to_numpy())))}
    values, rules = table.to_numpy(), []
    for axis, line in [(0, k) for k in range(len(values))] + [
        (1, k) for k in range(values.shape[1])
    ]:
        unknown = [cell for cell in at if cell[axis] == line]
        total = float(sum(values[cell] for cell in unknown))
        rules += [({at[cell]: 1 for cell in unknown}, total, total)] if unknown else []
    made = programme(rules, len(at))
    return [np.subtract(*ends(made, {n}, len(at))[::-1]) for n in at.values()]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(tables, KEYS)
def test_a_cross_table_with_its_totals_never_pins_a_hidden_cell(table, chance):
    assert all(width >= T - 1e-6 for width in attack(table, chance))


@settings(max_examples=25, deadline=None)
@given(tables, st.sampled_from([3, 10]), KEYS)
def test_other_thresholds_hold_as_well(table, threshold, chance):
    assert all(width >= threshold - 1e-6 for width in attack(table, chance, threshold))


@settings(deadline=None)
@given(tables, KEYS)
def test_what_is_shown_of_a_cross_table_is_never_small(table, chance):
    hidden = suppression.cross_table(table, T, chance)
    assert hidden is None or not (table[~hidden] < T).any(axis=None)


@settings(deadline=None)
@given(tables, st.booleans(), KEYS)
def test_small_rows_are_added_up_and_nobody_is_lost(table, cells, chance):
    shown = suppression.pooled(table, T, chance, cells)
    least = shown.min(axis=1) if cells else shown.sum(axis=1)
    assert (least >= T).all()
    assert shown.empty or shown.to_numpy().sum() == table.to_numpy().sum()


# Who knows the rules


def believed(hidden_total, cells):
    """Give the least and the greatest of each hidden count by who knows the rules of one-way
    tables and believes that nothing is hidden without need.
    """
    tried = itertools.product(range(hidden_total + 1), repeat=cells - 1)
    tables = [(*t, hidden_total - sum(t)) for t in tried if sum(t) <= hidden_total]
    kept = []
    for table in tables:
        small = [n for n in table if n < T]
        needed = 0 if len(small) > 1 and sum(small) >= T else 1
        if small and len(table) - len(small) == needed:
            kept.append(table)
    return [(min(column), max(column)) for column in zip(*kept, strict=True)]


@pytest.mark.parametrize("total", range(T, 40))
@pytest.mark.parametrize("cells", [2, 3, 4])
def test_who_knows_the_rules_of_one_way_tables_narrows_no_hidden_count(total, cells):
    assert all(most - least >= T for least, most in believed(total, cells))


def test_the_secondary_is_not_the_smallest_by_rule():
    """What was seen: of 32, 21, 21 and 4 the smallest 21 was hidden, so that 4 came back."""
    drawn = {
        tuple(suppression.one_way(pd.Series([32, 21, 21, 4]), T, suppression.chance(b"k", str(n))))
        for n in range(60)
    }
    assert {
        (True, False, False, True),
        (False, True, False, True),
        (False, False, True, True),
    } <= drawn


@pytest.mark.parametrize("values", [[32, 21, 21, 4], [4, 7, 19, 30], [0, 5, 9], [2, 3, 40]])
def test_every_table_that_agrees_could_have_come_out_so(values):
    """Replays the program under many keys on the tables at the ends of what is possible."""
    given_ = pd.Series(values)
    mask = suppression.one_way(given_, T, suppression.chance(b"k", "first"))
    hidden = list(mask.index[mask])
    total = int(given_[mask].sum())
    for cell in hidden:
        for end in (0, total):
            other = given_.copy()
            other[hidden] = 0
            rest = next(c for c in hidden if c != cell)
            other[cell], other[rest] = end, total - end
            again = (
                suppression.one_way(other, T, suppression.chance(b"k", str(n))) for n in range(4000)
            )
            assert any(mask.equals(one) for one in again), (cell, end)


def test_every_cross_table_that_agrees_could_have_come_out_so():
    table = pd.DataFrame([[2, 9, 11], [12, 8, 14], [9, 13, 6]])
    mask = suppression.cross_table(table, T, suppression.chance(b"k", "2"))
    assert 4 <= mask.to_numpy().sum() < 9
    rows, columns = (sorted(set(x)) for x in np.argwhere(mask.to_numpy()).T)
    move = pd.DataFrame(0, table.index, table.columns)
    move.loc[rows[:2], columns[:2]] = [[1, -1], [-1, 1]]
    assert mask.loc[rows[:2], columns[:2]].all(axis=None)
    for steps in (-2, 3, 5):
        other = table + steps * move
        if (other < 0).any(axis=None):
            continue
        keys = (suppression.chance(b"k", str(n)) for n in range(4000))
        assert any(mask.equals(suppression.cross_table(other, T, key)) for key in keys), steps


# Everything that is published of a survey, of one day or of several, together


@pytest.fixture
def made(filled, standing):
    """Give a copy of Zedland with its invented store, and the tables that are published from it."""
    return filled, standing


class Attacker:
    """Knows all tables of a survey that were ever published, and the questionnaire, and that
    people only came in between; writes all down as equations between people's answers.

    An unknown is how many of a category, as told apart in a table, gave an answer on a day.
    """

    def __init__(self, closed, asked=None):
        """Take the questions in which everybody gave at least one answer, and {question: how many
        were asked} where a table tells.
        """
        self.closed, self.asked = closed, asked or {}
        self.rules, self.hidden, self.days, self.made = {}, [], {}, {}

    def reads(self, day, items, ways, groups):
        for item in items.itertuples():
            self._item(
                day, item, ways[ways["item"] == item.item], groups[groups["item"] == item.item]
            )

    def _item(self, day, item, ways, groups):
        several = item.kind in ("many", "theme")
        cells = {row.answer: ("all", row.answer) for row in ways.itertuples()}
        shown = dict(zip(ways.answer, ways["count"], strict=True))
        self._line(day, item, "all", item.n, shown, several, list(cells))
        told = groups[groups.answer != "all"].answer.unique()
        sizes = groups[groups.answer == "all"].set_index("group")["count"]
        if sizes.sum() != item.n:  # of another day: nothing binds the two
            return
        for group, size in sizes.items():
            mine = groups[(groups.group == group) & (groups.answer != "all")]
            counts = dict(zip(mine.answer, mine["count"], strict=True))
            self._line(day, item, group, size, counts, several, list(cells))
        for answer in cells:
            parts = {(item.item, day, group, answer): 1 for group in sizes.index}
            if parts:
                self._says(item.item, {**parts, (item.item, day, "all", answer): -1}, 0, 0)
        assert set(told) <= set(cells)

    def _line(self, day, item, group, n, shown, several, answers):
        names = {a: (item.item, day, group, a) for a in answers}
        for answer, name in names.items():
            count = shown.get(answer, pd.NA)
            if count is pd.NA or pd.isna(count):
                self.hidden += [(item.item, name)] if answer in shown else []
                self._says(item.item, {name: 1}, 0, n)
            else:
                self._says(item.item, {name: 1}, count, count)
            self._later(item.item, day, group, answer)
        whole = dict.fromkeys(names.values(), 1)
        if not several:
            self._says(item.item, whole, n, n)
        elif item.item in self.closed:
            self._says(item.item, whole, n, np.inf)

    def _later(self, item, day, group, answer):
        """People only came: no count is less than on the day before."""
        name = (item, day, group, answer)
        before = self.days.setdefault((item, group, answer), [])
        if before:
            self._says(item, {name: 1, before[-1]: -1}, 0, np.inf)
        before.append(name)

    def _says(self, item, weights, least, most):
        self.rules.setdefault(item, []).append((weights, float(least), float(most)))

    def bounds(self, item, name):
        if item not in self.made:
            rules = self.rules[item]
            at = {u: n for n, u in enumerate(dict.fromkeys(u for w, *_ in rules for u in w))}
            numbered = [({at[u]: w for u, w in ws.items()}, a, b) for ws, a, b in rules]
            self.made[item] = at, programme(numbered, len(at))
        at, made = self.made[item]
        return ends(made, {at[name]}, len(at))

    def pinned(self):
        """Give the hidden cells that are known to less than the threshold."""
        found = {name: self.bounds(item, name) for item, name in self.hidden}
        return {name: e for name, e in found.items() if e[1] - e[0] < T - 1e-6}


def parts(tables, survey):
    frames = (tables[n] for n in ("survey_items", "survey", "survey_groups"))
    return [f[f.survey == survey] for f in frames]


def closed(definition):
    """Give the labels of the questions of which who answered gave at least one of the answers."""
    return {
        label
        for question, label in tabulation.closed_questions(definition)
        if question.type == "many" and not any(c.alone for c in definition.choices_of(question))
    }


SURVEYS = {
    "mapping_form": 150,
    "stakeholder_survey": 200,
    "industry_survey": 20,
    "educators_survey": 3,
}  # suppressed cells at least


@pytest.mark.parametrize("name", SURVEYS)
def test_all_tables_of_a_survey_together_pin_no_suppressed_cell(made, name):
    data, tables = made
    # Of the mapping form it is known how many were asked: who did not answer is counted in them.
    attacker = Attacker(
        set() if name == "mapping_form" else closed(questionnaires.load(name, data))
    )
    attacker.reads(0, *parts(tables, name))
    assert len(attacker.hidden) >= SURVEYS[name]
    assert not attacker.pinned()


@pytest.mark.slow
def test_the_attacker_finds_what_is_suppressed_without_complement(made, monkeypatch):
    monkeypatch.setattr(
        suppression, "cross_table", lambda table, threshold, chance: table < threshold
    )
    data, _ = made
    attacker = Attacker(set())
    attacker.reads(0, *parts(publication.made_from(data, "ZZZ"), "stakeholder_survey"))
    assert len(attacker.pinned()) > 20


@pytest.mark.slow
def test_the_attacker_finds_what_one_way_tables_give_back_without_complement(made, monkeypatch):
    monkeypatch.setattr(
        suppression, "one_way", lambda counts, threshold, chance, ordered=False: counts < threshold
    )
    data, _ = made
    attacker = Attacker(set())
    attacker.reads(0, *parts(publication.made_from(data, "ZZZ"), "mapping_form"))
    assert attacker.pinned()


# Simulated surveys: published once, and again after others came


def people(rng, definition, number, start=0):
    """Give the answers of invented people to the survey of stakeholders, as the store keeps them."""
    rows, skew = [], rng.dirichlet(np.ones(5))
    categories = [c.code for c in definition.choices["stakeholder_category"]]
    for one in range(start, start + number):
        values = {"category": [rng.choice(categories, p=rng.dirichlet(np.ones(7) * 0.5))]}
        values["rating_research"] = [str(1 + rng.choice(5, p=skew))]
        values["rating_education"] = [str(1 + rng.choice(5, p=rng.dirichlet(np.ones(5))))]
        ages = [c.code for c in definition.choices_of(definition.question("ages"))]
        values["ages"] = [a for a in ages if rng.random() < 0.4] or [ages[0]]
        rows += [
            [f"r{one}", "b", "0", question, answer, "en"]
            for question, given_ in values.items()
            if question == "category" or rng.random() < 0.95
            for answer in given_
        ]
    return rows


COLUMNS = ["return_id", "block", "entry", "question", "answer", "language"]


def questions(*names):
    """Give the survey of stakeholders with a few of its questions."""
    whole = questionnaires.load("stakeholder_survey", DATA)
    blocks = (
        b.model_copy(update={"questions": tuple(q for q in b.questions if q.id in names)})
        for b in whole.blocks
    )
    return whole.model_copy(update={"blocks": tuple(b for b in blocks if b.questions)})


ASKED = questions("category", "rating_research", "rating_education", "ages")


def published(definition, rows, key, before):
    """Give (tables, units) of what is published of these answers after what stands."""
    answers = pd.DataFrame(rows, columns=COLUMNS)
    returns = pd.DataFrame({"form_id": ""}, pd.Index(answers.return_id.unique(), name="return_id"))
    survey = countable.Survey(definition, returns, answers, 0, 0)
    chance = partial(suppression.chance, key)
    who = counting.people(survey, None, {}, T, chance)
    units = before | counting.units(survey, who, before)
    return tabulation.tables(survey, units, set()), units


def simulated(definition, seed, again):
    """Give the attacker who read one or two publications of a simulated survey, and the share of
    cells that are shown.
    """
    rng = np.random.default_rng(seed)
    key, number = str(seed).encode(), int(rng.integers(8, 160))
    rows = people(rng, definition, number)
    attacker, units, shown = Attacker(closed(definition)), {}, []
    for day in range(1 + again):
        tables, units = published(definition, rows, key, units)
        attacker.reads(day, *parts(tables, definition.id))
        counts_ = pd.concat([tables["survey"], tables["survey_groups"]])["count"]
        shown += [counts_.notna().mean()] if len(counts_) else []
        rows = rows + people(rng, definition, int(rng.choice([1, 4, 6, 30, 400])), number)
    return attacker, shown


LONG = [pytest.mark.slow, pytest.mark.simulation]
RUNS = [(0, 5), pytest.param(5, 15, marks=pytest.mark.slow)]
RUNS += [pytest.param(n, n + 197, marks=LONG) for n in range(15, 1000, 197)]


@pytest.mark.parametrize(("first", "last"), RUNS)
@pytest.mark.parametrize("again", one_in(2, [False, True]), ids=["single", "pair"])
def test_no_suppressed_cell_of_a_simulated_survey_is_narrowed(first, last, again):
    definition = ASKED
    looked, shown = 0, []
    for seed in range(first, last):
        attacker, part = simulated(definition, seed, again)
        looked, shown = looked + len(attacker.hidden), shown + part
        assert not attacker.pinned(), seed
    assert looked > 10 * (last - first) and np.mean(shown) > 0.3


def test_some_simulated_surveys_are_published_anew():
    definition = ASKED
    rng = np.random.default_rng(3)
    rows = people(rng, definition, 120)
    _, first = published(definition, rows, b"key", {})
    _, few = published(definition, rows + people(rng, definition, 4, 120), b"key", first)
    _, many = published(definition, rows + people(rng, definition, 900, 120), b"key", first)
    assert few == first and sum(many[u] != first[u] for u in first) >= 4


# What stands in a page


@pytest.mark.slow
def test_a_page_says_nothing_of_what_is_suppressed(zedland):
    page = html.parse(
        str(zedland / "site" / "cop-annex-ZZZ-3-surveys-and-interviews.html")
    ).getroot()
    survey = pd.read_csv(zedland / "ZZZ" / "tables" / "survey_results.csv")
    hidden, looked = survey[survey["count"].isna()], 0
    assert hidden[["share", "low", "high"]].isna().all(axis=None)
    for row in hidden.itertuples():
        for shown in page.xpath("//tr[starts-with(normalize-space(th), $item)]", item=row.item):
            looked += row.answer in shown.text_content()
            cells = shown.text_content().replace("\N{NO-BREAK SPACE}", " ")
            same = survey[
                (survey["item"] == row.item)
                & (survey.answer == row.answer)
                & survey["count"].notna()
            ]
            assert len(same) or not re.search(rf"(^|; ){re.escape(row.answer)} \d", cells), (
                row.item,
                row.answer,
            )
    assert looked > 30


@given(st.integers(30, 400), st.integers(0, 400))
def test_rounded_shares_would_give_counts_back_so_they_go_with_the_count(n, count):
    """Up to 100 answers a rounded percentage is the count: this is why a share is never given
    where the count is not.
    """
    count = min(count, n)
    possible = [k for k in range(n + 1) if f"{k / n:.0%}" == f"{count / n:.0%}"]
    assert count in possible and (n > 100 or len(possible) <= 2)
    hidden = responses.interval(pd.Series([pd.NA]), pd.Series([n]))
    assert hidden.isna().all(axis=None)
