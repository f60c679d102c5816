"""Who knows the program, and kept all earlier tables, reckons no suppressed count back: also where
answers were corrected or withdrawn between two publications.
"""

import attacker
import numpy as np
import pandas as pd
import pytest
import test_disclosure as disclosure
from conftest import one_in

from cop.fieldwork.publishing import suppression
from cop.fieldwork.publishing.ledger import ALL, TOTAL

T = suppression.THRESHOLD
RUNS_OF = pytest.mark.parametrize(("first", "last"), disclosure.RUNS)


def one_way(rng):
    """Give an invented one-way table of enough people, ordered or not, and its mask."""
    parts = int(rng.integers(2, 7))
    values = rng.multinomial(rng.integers(2 * T, 80), rng.dirichlet(np.full(parts, 0.7)))
    chance = suppression.chance(rng.bytes(8), "table")
    table = pd.Series(values)
    return table, suppression.one_way(table, T, chance, bool(rng.integers(2)))


def cross(rng):
    """Give an invented cross-table and its mask, None where it is not published."""
    shape = rng.integers(2, 5), rng.integers(2, 6)
    table = pd.DataFrame(rng.poisson(rng.choice([3, 6, 12]), shape))
    return table, suppression.cross_table(table, T, suppression.chance(rng.bytes(8), "table"))


@RUNS_OF
@pytest.mark.parametrize("made", [one_way, cross])
def test_who_runs_the_program_on_all_tables_that_agree_excludes_nothing(made, first, last):
    looked, shown = 0, []
    for seed in range(first, last):
        rng = np.random.default_rng(seed)
        table, mask = made(rng)
        if mask is None or not mask.to_numpy().any():
            continue
        assert attacker.agrees(table, mask, T), seed
        widths = [most - least for least, most in attacker.ranges(table, mask, T, rng)]
        assert min(widths) >= T, (seed, table.to_numpy().tolist(), mask.to_numpy().tolist())
        looked, shown = looked + len(widths), [*shown, 1 - mask.to_numpy().mean()]
    assert looked > last - first and np.mean(shown) > 0.2


# Two publications, between which people came, corrected their answers, or withdrew


class Compares(disclosure.Attacker):
    """Knows what happened between two publications: 1 people only came, -1 only left, 0 answers
    were corrected, so that nothing binds one day to the other.
    """

    def __init__(self, closed, sense):
        super().__init__(closed)
        self.sense = sense

    def _later(self, item, day, group, answer):
        name = (item, day, group, answer)
        before = self.days.setdefault((item, group, answer), [])
        if before and self.sense:
            self._says(item, {name: self.sense, before[-1]: -self.sense}, 0, np.inf)
        before.append(name)


def answers(rows):
    """Give {return: its rows}."""
    out = {}
    for row in rows:
        out.setdefault(row[0], []).append(row)
    return out


def came(rng, rows):
    number = int(rng.choice([1, 6, 30, 200]))
    return rows + disclosure.people(rng, disclosure.ASKED, number, len(answers(rows)))


def withdrew(rng, rows):
    """Give who is left: those with one rating go first, as after a letter to all of one mind."""
    whole, mind = answers(rows), str(rng.integers(1, 6))
    keep = [
        rows
        for rows in whole.values()
        if rng.random() > (0.9 if ["rating_research", mind] in [r[3:5] for r in rows] else 0.3)
    ]
    return [row for rows in keep for row in rows]


def corrected(rng, rows):
    """Give the same people, many with the answers of somebody new."""
    whole = answers(rows)
    new = answers(disclosure.people(rng, disclosure.ASKED, len(whole)))
    pairs = zip(whole, new.values(), strict=False)
    changed = {
        one: [[one, *row[1:]] for row in other] for one, other in pairs if rng.random() < 0.5
    }
    return came(rng, [row for rows in (whole | changed).values() for row in rows])


SENSES = {came: 1, withdrew: -1, corrected: 0}


def pair(seed, change):
    """Give the attacker who read both publications of a simulated survey, the numbers of both,
    and the share of cells that are shown.
    """
    rng, key = np.random.default_rng(seed), str(seed).encode()
    rows = disclosure.people(rng, disclosure.ASKED, int(rng.integers(15, 220)))
    reads, units, shown = Compares(disclosure.closed(disclosure.ASKED), SENSES[change]), [{}], []
    for day in range(2):
        tables, now = disclosure.published(disclosure.ASKED, rows, key, units[-1])
        reads.reads(day, *disclosure.parts(tables, "stakeholder_survey"))
        counts = pd.concat([tables["survey"], tables["survey_groups"]])["count"]
        shown += [counts.notna().mean()] if len(counts) else []
        units.append(now)
        rows = change(rng, rows)
    return reads, units[1:], shown


def left_over(lines):
    """Give {group: who gave a hidden answer}, of a table of one answer each, where it follows."""
    return {
        group: line[TOTAL] - sum(n for answer, n in line.items() if answer != TOTAL)
        for group, line in lines.items()
        if None not in line.values()
    }


def follows(first, second):
    """Give the remainders that follow from two publications and are small, or changed by few."""
    out = []
    for unit in first:
        if unit[2] != "ages":
            before, now = left_over(first[unit]), left_over(second[unit])
            out += [(unit, g, n) for g, n in now.items() if 0 < n < T or not n and before[g]]
            out += [(unit, g, n) for g, n in now.items() if 0 < abs(n - before[g]) < T]
    return out


@RUNS_OF
@pytest.mark.parametrize("change", one_in(3, SENSES))
def test_who_kept_the_last_publication_narrows_nothing(change, first, last):
    looked, anew, shown = 0, 0, []
    for seed in range(first, last):
        reads, (before, now), part = pair(seed, change)
        assert not reads.pinned(), seed
        assert not follows(before, now), seed
        looked, shown = looked + len(reads.hidden), shown + part
        anew += sum(now[unit] != before[unit] for unit in before)
    assert looked > 10 * (last - first) and anew and np.mean(shown) > 0.3


def ratings(**numbers):
    """Give the answers of so many people to one rating, as the store keeps them."""
    given = [answer[1:] for answer, n in numbers.items() for _ in range(n)]
    return [
        [f"r{i}", "b", "0", question, answer, "en"]
        for i, rating in enumerate(given)
        for question, answer in (("category", "ngo"), ("rating_research", rating))
    ]


def test_a_mask_that_protected_more_people_stays_when_they_withdraw():
    """What was seen: 15, 2 and 3 of twenty; then ten left, of whom all said 1: the others were 0."""
    first, then = ratings(_1=15, _2=2, _3=3), ratings(_1=10)
    _, before = disclosure.published(disclosure.ASKED, first, b"key", {})
    _, now = disclosure.published(disclosure.ASKED, then, b"key", before)
    line = before[("survey", "stakeholder_survey", "rating_research")][ALL]
    assert line[TOTAL] == 20 and line["2"] is None and now == before
