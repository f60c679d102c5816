"""An attacker who has the source, the published tables, and everything but the key.

He enters each small table that agrees with what is published into the program itself, and looks
whether some draw of chance would have led to the mask or pool that he sees; what cannot is
excluded. Where too many tables agree, he tries those at the ends and some drawn at random.
"""

import itertools

import numpy as np

from cop.fieldwork import disclosure

FEW, SMALL = 400, 9  # tables that are all tried, of at most so many hidden cells


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
