"""Nobody reckons a suppressed or added-up count back who has the source, the published tables, and
everything but the key.

He enters each small table that agrees with what is published into the program itself, and looks
whether some draw of chance would have led to the mask or pool that he sees; what cannot is
excluded. Where too many tables agree, he tries those at the ends and some drawn at random.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
import test_disclosure as disclosure_tests

from cop.fieldwork import disclosure

T = disclosure.THRESHOLD
RUNS_OF = pytest.mark.parametrize(("first", "last"), disclosure_tests.RUNS)
FEW = 400  # up to so many tables that agree are all tried


class Excluded(Exception):
    """No draw leads from this table to the mask that was seen."""


class Steered:
    """Stands for the chance of the program and draws towards the mask that was seen.

    Each draw has a chance above nothing, so that a table from which the mask is reached is not
    excluded by it.
    """

    def __init__(self, small, wanted):
        self.left = set(np.flatnonzero(wanted.ravel() & ~small.ravel()))

    def random(self):
        return 0.0 if self.left else 1.0

    def choice(self, _):
        raise Excluded

    def choices(self, cells, weights):
        for cell, weight in zip(cells, weights, strict=True):
            if cell in self.left and weight > 0:
                self.left.remove(cell)
                return [cell]
        raise Excluded


def agrees(table, wanted, threshold):
    """Say whether the program can hide of a one-way table exactly what was seen to be hidden."""
    values, wanted = table.to_numpy(), np.asarray(wanted, bool)
    if (values[~wanted] < threshold).any():
        return False
    try:
        mask = disclosure.one_way(table, threshold, Steered(values < threshold, wanted))
    except Excluded:
        return False
    return np.array_equal(mask.to_numpy(), wanted)


def agrees_pooled(table, wanted, threshold):
    """Say whether the program can add up exactly those rows of a table by category."""
    wanted = np.asarray(wanted, bool)
    small = table.to_numpy().min(axis=1) < threshold
    if (small & ~wanted).any():
        return False
    try:
        shown = disclosure.pooled(table, threshold, Steered(small, wanted), cells=True)
    except Excluded:
        return False
    return set(shown.index) - {disclosure.OTHER} == set(table.index[~wanted])


def ranges(table, wanted, threshold, rng):
    """Return (least, greatest) of each hidden cell by the tables that agree with what is published.

    Of `table` only what is published is used, and how many are in each category: the shown counts,
    and the totals of the hidden ones; `wanted` are hidden cells, or rows that were added up.
    """
    if table.ndim == 1:
        hidden, can = np.where(wanted, table, 0), agrees
        tried = one_way_tables(wanted, hidden, rng)
    else:
        hidden, can = np.where(wanted[:, None], table, 0), agrees_pooled
        tried = pooled_tables(wanted, hidden)
    shown = table.to_numpy() - hidden
    frames = (type(table)(shown + cells, table.index) for cells in tried)
    kept = [one.to_numpy()[wanted].ravel() for one in frames if can(one, wanted, threshold)]
    return list(zip(np.min(kept, axis=0), np.max(kept, axis=0), strict=True))


def one_way_tables(wanted, hidden, rng):
    """Yield hidden counts of one-way tables with the same total: all, where few."""
    at = np.flatnonzero(wanted)
    for parts in _compositions(int(hidden.sum()), len(at), rng):
        out = np.zeros(wanted.shape, int)
        out[at] = parts
        yield out


def _compositions(total, cells, rng):
    number = 1
    for k in range(1, cells):
        number = number * (total + k) // k
    if number <= FEW:
        for bars in itertools.combinations(range(total + cells - 1), cells - 1):
            edges = (-1, *bars, total + cells - 1)
            yield [b - a - 1 for a, b in itertools.pairwise(edges)]
        return
    yield from total * np.eye(cells, dtype=int)
    yield from rng.multinomial(total, np.ones(cells) / cells, size=20)


def pooled_tables(wanted, hidden):
    """Yield the cells of rows that were added up, with the same totals: all, where few; else those
    at the ends of each cell.
    """
    rows, sizes, gave = np.flatnonzero(wanted), hidden[wanted].sum(axis=1), hidden[:, 0].sum()
    found = list(itertools.islice(_splits(gave, sizes.tolist()), FEW + 1))
    if len(found) > FEW:  # as many as can be in the first rows, none in the last
        found = []
        for order in itertools.permutations(range(len(rows))):
            before = np.cumsum([0, *sizes[list(order)][:-1]])
            parts = dict(zip(order, np.clip(gave - before, 0, sizes[list(order)]), strict=True))
            found.append([parts[row] for row in range(len(rows))])
    for parts in found:
        out = np.zeros(hidden.shape, int)
        out[rows] = np.stack([parts, sizes - parts], axis=1)
        yield out


def _splits(total, sizes):
    """Yield every way in which a total can come from rows of these sizes."""
    if not sizes:
        yield ()
        return
    first, *others = sizes
    for part in range(max(0, total - sum(others)), min(total, first) + 1):
        yield from ((part, *rest) for rest in _splits(total - part, others))


def one_way(rng):
    """Return an invented one-way table of enough people, ordered or not, and its mask."""
    parts = int(rng.integers(2, 7))
    values = rng.multinomial(rng.integers(2 * T, 80), rng.dirichlet(np.full(parts, 0.7)))
    chance = disclosure.seeded_rng(rng.bytes(8), "table")
    table = pd.Series(values)
    return table, disclosure.one_way(table, T, chance, bool(rng.integers(2))).to_numpy()


def by_category(rng):
    """Return who gave an answer by category, each of enough people, and which categories are added
    up; no table where all are.
    """
    sizes = rng.integers(2 * T, 30, rng.integers(2, 6))
    gave = rng.binomial(sizes, rng.choice([0.1, 0.3, 0.5]))
    table = pd.DataFrame(np.stack([gave, sizes - gave], 1), [f"g{n}" for n in range(len(sizes))])
    shown = disclosure.pooled(table, T, disclosure.seeded_rng(rng.bytes(8), "table"), cells=True)
    return table, ~table.index.isin(shown.index) if len(shown) > 1 else None


@RUNS_OF
@pytest.mark.parametrize("made", [one_way, by_category])
def test_who_runs_the_program_on_all_tables_that_agree_excludes_nothing(made, first, last):
    looked, shown = 0, []
    for seed in range(first, last):
        rng = np.random.default_rng(seed)
        table, mask = made(rng)
        if mask is None or not mask.any():
            continue
        can = agrees if table.ndim == 1 else agrees_pooled
        assert can(table, mask, T), seed
        widths = [most - least for least, most in ranges(table, mask, T, rng)]
        assert min(widths) >= T, (seed, table.to_numpy().tolist(), mask.tolist())
        looked, shown = looked + len(widths), [*shown, 1 - mask.mean()]
    assert looked > last - first and np.mean(shown) > 0.2
