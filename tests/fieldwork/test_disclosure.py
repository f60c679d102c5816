"""Nobody can reckon a suppressed count back: properties, and an attacker with an integer
programme who has read all.
"""

import re

import highspy
import invented
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from fieldwork.forms import questionnaires
from fieldwork.publishing import publication, suppression
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
    """Give an integer programme over unknowns that are not negative; a rule is ({unknown:
    weight}, least, most).
    """
    made = highspy.Highs()
    made.setOptionValue("output_flag", False)
    for _ in range(size):
        made.addVariable(lb=0, type=highspy.HighsVarType.kInteger)
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
    for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
        made.changeObjectiveSense(sense)
        for unknown in range(size):
            made.changeColCost(unknown, float(unknown in unknowns))
        made.run()
        status = made.getModelStatus()
        assert status != highspy.HighsModelStatus.kInfeasible, (
            "the attacker's equations contradict each other"
        )
        unbound = status in (
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        )
        found.append(np.inf if unbound else made.getObjectiveValue())
    return found


@given(counts, st.sampled_from([3, 5, 10]), st.booleans())
def test_a_one_way_table_never_gives_a_small_count_back(values, threshold, ordered):
    given_ = pd.Series(values)
    hidden = suppression.one_way(given_, threshold, ordered)
    assert hidden[given_ < threshold].all()
    if hidden.any() and given_.sum() >= threshold and len(values) > 1:
        assert hidden.sum() >= 2 and given_[hidden].sum() >= threshold


def attack(table, threshold=T, ordered=False):
    """Give how closely each hidden cell of a cross-table is known from all its published cells
    and all its totals.
    """
    found = suppression.by_group(table, threshold, ordered)
    if found is None:
        return []
    shown, hidden = found
    at = {cell: n for n, cell in enumerate(map(tuple, np.argwhere(hidden.to_numpy())))}
    values, rules = shown.to_numpy(), []
    for axis, line in [(0, k) for k in range(len(values))] + [
        (1, k) for k in range(values.shape[1])
    ]:
        unknown = [cell for cell in at if cell[axis] == line]
        total = float(sum(values[cell] for cell in unknown))
        rules += [({at[cell]: 1 for cell in unknown}, total, total)] if unknown else []
    made = programme(rules, len(at))
    return [np.subtract(*ends(made, {n}, len(at))[::-1]) for n in at.values()]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(tables, st.booleans())
def test_a_cross_table_with_its_totals_never_pins_a_hidden_cell(table, ordered):
    assert all(width >= T - 1e-6 for width in attack(table, ordered=ordered))


@settings(max_examples=25, deadline=None)
@given(tables, st.sampled_from([3, 10]))
def test_other_thresholds_hold_as_well(table, threshold):
    assert all(width >= threshold - 1e-6 for width in attack(table, threshold))


@given(tables)
def test_what_is_shown_of_a_cross_table_is_never_small_and_its_totals_are_kept(table):
    found = suppression.by_group(table)
    if found:
        shown, hidden = found
        assert (
            not (shown[~hidden] < T).any(axis=None)
            and shown.to_numpy().sum() == table.to_numpy().sum()
        )
        assert (shown.sum(axis=1) >= T).all() and (shown.sum() >= T).all()


@given(tables, st.integers(5, 5))
def test_categories_kept_apart_have_nothing_to_hide(table, threshold):
    shown = suppression.pooled(table, threshold, cells=True)
    assert (shown >= threshold).all(axis=None)


# Everything that is published of a survey, together


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a copy of Zedland with its invented store, and the tables that are published from it."""
    data = invented.folder(tmp_path_factory.mktemp("store"))
    return data, publication.made_from(data, "ZZZ")


SIZES = "who took part"


class Attacker:
    """Knows all tables of one survey and the questionnaire; writes all down as equations between
    people's answers.

    An unknown is how many of a category gave an answer to a question, or took part at all.
    Questions are bound together by the sizes of the categories only, so each is solved with all
    that any table says of the sizes.
    """

    def __init__(self, data, tables, name):
        self.definition = questionnaires.load(name, data)
        self.rules, self.hidden, self.made = {SIZES: []}, [], {}
        self.survey, self.items, self.groups = (
            t[t.survey == name]
            for t in (tables[n] for n in ("survey", "survey_items", "survey_groups"))
        )
        asks = any(q.choices == "stakeholder_category" for _, q in self.definition.questions())
        self.categories = [*invented.SENT, "not stated"] if asks else ["everybody"]
        about = (
            tables["survey_about"]
            .query("survey == @name and item == 'participation'")
            .stated.iloc[0]
        )
        self.says(SIZES, self.sizes(self.categories), int(about.split()[0].replace(",", "")))
        if name == "mapping_form":
            self.reads_outcomes(tables["forms"])
        for item in self.items.itertuples():
            self.reads(
                item,
                self.survey[self.survey["item"] == item.item],
                self.groups[self.groups["item"] == item.item],
            )

    def sizes(self, categories):
        return [(SIZES, g) for g in categories]

    def says(self, item, unknowns, least, most=None, minus=()):
        weights = {**dict.fromkeys(unknowns, 1), **dict.fromkeys(minus, -1)}
        self.rules.setdefault(item, []).append((weights, least, least if most is None else most))

    def members(self, group, apart):
        return [group] if group != "other" else [g for g in self.categories if g not in apart]

    def reads(self, item, ways, groups):
        single = item.kind in ("one", "scale")
        cells = {a: [(item.item, g, a) for g in self.categories] for a in ways.answer}
        for row in ways.itertuples():
            self.counts(item.item, cells[row.answer], row.count, item.n)
        if single:
            self.says(item.item, [c for line in cells.values() for c in line], item.n)
        for g in self.categories:  # nobody answers twice, or without taking part
            own = [(item.item, g, a) for a in cells]
            for line in [own] if single else [[c] for c in own]:
                self.says(item.item, line, -np.inf, 0, minus=self.sizes([g]))
        for row in groups.itertuples():
            members = self.members(row.group, set(groups.group))
            everything = [(item.item, g, a) for g in members for a in cells]
            if row.answer != "all":
                self.counts(
                    item.item, [(item.item, g, row.answer) for g in members], row.count, item.n
                )
            else:
                self.says(SIZES, self.sizes(members), row.count, np.inf)
                self.says(item.item, everything if single else self.sizes(members), row.count)
        if item.question == "category":
            labels = {
                c.code: c.label["en"] for c in self.definition.choices["stakeholder_category"]
            }
            for row in ways[ways["count"].notna()].itertuples():
                self.says(
                    SIZES, self.sizes([g for g in labels if labels[g] == row.answer]), row.count
                )

    def counts(self, item, unknowns, count, n):
        if count is pd.NA:
            self.hidden.append((item, unknowns))
        self.says(item, unknowns, *((0, n) if count is pd.NA else (count,)))

    def reads_outcomes(self, forms):
        apart = forms[(forms.category != "all") & (forms.outcome == "answered")].set_index(
            "category"
        )["count"]
        for category, count in apart.items():
            self.says(SIZES, self.sizes(self.members(category, set(apart.index))), count)

    def bounds(self, item, unknowns):
        """Give the least and the greatest that a suppressed cell can be, by all that is
        published.
        """
        rules = self.rules[SIZES] + self.rules[item]
        at = {
            u: n for n, u in enumerate(dict.fromkeys(u for weights, *_ in rules for u in weights))
        }
        if item not in self.made:
            numbered = [
                ({at[u]: w for u, w in weights.items()}, float(least), float(most))
                for weights, least, most in rules
            ]
            self.made[item] = programme(numbered, len(at))
        return ends(self.made[item], {at[u] for u in unknowns}, len(at))


SURVEYS = {
    "mapping_form": 150,
    "stakeholder_survey": 80,
    "industry_survey": 20,
    "educators_survey": 3,
}  # suppressed cells at least


@pytest.mark.parametrize("name", SURVEYS)
def test_all_tables_of_a_survey_together_pin_no_suppressed_cell(made, name):
    attacker = Attacker(*made, name)
    assert len(attacker.hidden) >= SURVEYS[name]
    assert not pinned(attacker)


def pinned(attacker):
    """Give the suppressed cells that the attacker knows to less than the threshold."""
    found = {(item, *cell): attacker.bounds(item, cell) for item, cell in attacker.hidden}
    return {cell: (least, most) for cell, (least, most) in found.items() if most - least < T - 1e-6}


def test_the_attacker_finds_what_is_suppressed_without_complement(made, monkeypatch):
    monkeypatch.setattr(suppression, "_complement", lambda counts, threshold: counts < threshold)
    data, _ = made
    assert (
        len(pinned(Attacker(data, publication.made_from(data, "ZZZ"), "stakeholder_survey"))) > 20
    )


def test_the_attacker_finds_what_one_way_tables_give_back_without_complement(made, monkeypatch):
    monkeypatch.setattr(
        suppression, "one_way", lambda counts, threshold=T, ordered=False: counts < threshold
    )
    data, _ = made
    assert pinned(Attacker(data, publication.made_from(data, "ZZZ"), "mapping_form"))


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
