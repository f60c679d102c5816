"""An attacker who has the source, this and all earlier tables, and everything but the key.

He enters each small table that agrees with what is published into the program itself, and looks
whether some draw of chance would have led to the mask that he sees; what cannot is excluded. Where
too many tables agree, he tries those at the ends and some drawn at random.
"""

import itertools

import numpy as np

from cop.fieldwork.publishing import suppression

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
    """Say whether the program can hide of this table exactly what was seen to be hidden."""
    values, wanted = table.to_numpy(), np.asarray(wanted, bool)
    if (values[~wanted] < threshold).any():
        return False
    chance = Steered(values < threshold, wanted)
    way = suppression.one_way if table.ndim == 1 else suppression.cross_table
    try:
        mask = way(table, threshold, chance)
    except Excluded:
        return False
    return mask is not None and np.array_equal(mask.to_numpy(), wanted)


def ranges(table, mask, threshold, rng):
    """Give (least, greatest) of each hidden cell by the tables that agree with what is published.

    Of `table` only what is published is used: the shown counts, and the totals of the hidden ones.
    """
    wanted, values = mask.to_numpy(), table.to_numpy()
    hidden = np.where(wanted, values, 0)
    ways = one_way_tables if table.ndim == 1 else cross_tables
    tried = (table.where(~mask, 0) + cells for cells in ways(wanted, hidden, rng))
    kept = [one.to_numpy()[wanted] for one in tried if agrees(one, wanted, threshold)]
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


def cross_tables(wanted, hidden, _):
    """Yield hidden counts of cross-tables with the same totals: all, where few; else those at the
    ends of each cell.
    """
    if wanted.sum() <= SMALL:
        found = list(itertools.islice(_filled(wanted, hidden.sum(1), hidden.sum(0)), FEW + 1))
        if len(found) <= FEW:
            yield from found
            return
    for cell in map(tuple, np.argwhere(wanted)):
        for sense in (-1, 1):
            yield _end(wanted, hidden, cell, sense)


def _filled(wanted, rows, columns):
    """Yield every whole-number filling of the hidden cells, cell by cell."""
    cells = list(map(tuple, np.argwhere(wanted)))
    last_row = {r: n for n, (r, _) in enumerate(cells)}
    last_column = {c: n for n, (_, c) in enumerate(cells)}

    def fill(n, rows, columns, out):
        if n == len(cells):
            yield out.copy()
            return
        r, c = cells[n]
        most = min(rows[r], columns[c])
        least = max(rows[r] if last_row[r] == n else 0, columns[c] if last_column[c] == n else 0)
        for value in range(least, most + 1):
            out[r, c] = value
            rows[r] -= value
            columns[c] -= value
            yield from fill(n + 1, rows, columns, out)
            rows[r] += value
            columns[c] += value
            out[r, c] = 0

    yield from fill(0, list(rows), list(columns), np.zeros(wanted.shape, int))


def _end(wanted, hidden, cell, sense):
    """Move people round ways of hidden cells, as long as it makes the cell go its way."""
    values = hidden.copy()
    others = wanted.copy()
    others[cell] = False
    ends = [("row", cell[0]), ("column", cell[1])][::sense]
    while sense > 0 or values[cell] > 0:
        way = suppression._way(values, others, ends[1], ends[0])
        if not way:
            break
        steps = [(b[1], a[1], -1) if a[0] == "column" else (a[1], b[1], 1) for a, b in way]
        least = min([values[r, c] for r, c, sign in steps if sign < 0])
        least = least if sense > 0 else min(least, values[cell])
        for row, column, sign in steps:
            values[row, column] += sign * least
        values[cell] += sense * least
    return values
