"""Suppression: small counts withheld, with as many others as it takes, so that nobody reckons them
back, not even who knows these rules.

A count under the threshold is primary, zero included: that nobody of a small group said something
is also told of each of its members, and a zero in a total gives back the zeros beneath it. What
else is hidden is secondary, and chosen by chance under a key that is never published.

A mask is safe where each hidden cell, by all totals, can be any of a range of whole numbers at
least the threshold wide. That is asked of what is published alone. Since every cell can be drawn,
and now and then one more than is needed, each table that agrees with what is published could have
come out with this very mask: that a cell is hidden, and which are hidden with it, excludes nothing.
(Hundepool et al., Handbook on Statistical Disclosure Control, 2nd ed. 2024, on protection
intervals and their audit; docs/decisions/009 for the proof.)
"""

import hashlib
import hmac
import random
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

THRESHOLD = 5
ALONE = 2  # thresholds from which a count that stands alone is shown; under it, it is any of these
MORE = 1 / 24  # how often one more cell is hidden than is needed
STRAY = 1 / 12  # how often in a cross-table the next cell is any, wherever it helps
OTHER_GROUPS, OTHER_ANSWERS = "other", "suppressed answers together"


def chance(secret: bytes, *table: str) -> random.Random:
    """Give the chance that suppresses one table's cells or rows: always the same for a key."""
    named = "\0".join(("suppression", *table)).encode()
    return random.Random(hmac.new(secret, named, hashlib.sha256).digest())


def one_way(
    counts: pd.Series, threshold: int, chance: random.Random, ordered: bool = False
) -> pd.Series:
    """Give which counts of a one-way table are hidden; its total may be known.

    The hidden ones are at least two and together at least the threshold; all, where even that is
    not to be had. On an ordered scale a neighbour is hidden rather than another, so that the two
    ends of the scale can mostly still be told apart.
    """
    values = counts.to_numpy()

    def weights(mask):
        edged = np.pad(mask, 1)
        beside = edged[:-2] | edged[2:] if ordered else ~mask
        return np.where(beside, 20, 1) / values.clip(min=1)

    def safe(mask):
        return mask.sum() > 1 and values[mask].sum() >= threshold

    mask = _grown(values < threshold, safe, lambda m: _drawn(m, weights(m), chance), chance)
    return pd.Series(True if mask is None else mask, counts.index)


def pooled(
    table: pd.DataFrame, threshold: int, chance: random.Random, cells: bool = False
) -> pd.DataFrame:
    """Give a table whose rows all hold the threshold: smaller rows are added up to `other`, with
    others drawn by chance if need be.

    With `cells`, every cell of a row must hold it, so that nothing is left to hide. Rows in which
    nobody is are left out: there is nobody to protect. A pool is of two rows or more; no rows come
    back where even all are too few.
    """
    table = table[table.sum(axis=1) > 0]
    values, sizes = table.to_numpy(), table.sum(axis=1).to_numpy()
    rest = np.array([row == OTHER_GROUPS for row in table.index], bool)

    def least(rows):
        return rows.min() if cells else rows.sum()

    def safe(mask):
        whole = mask.sum() > 1 and (mask | ~rest).all()
        return whole and least(values[mask].sum(axis=0)) >= threshold

    def following(mask):
        left = rest & ~mask
        return left if left.any() else _drawn(mask, 1 / sizes, chance)

    small = np.array([least(row) < threshold for row in values], bool)
    mask = _grown(small, safe, following, chance)
    if mask is None:
        return table.iloc[:0]
    sums = table[mask].sum().to_frame(OTHER_GROUPS).T
    return pd.concat([table[~mask], sums]) if mask.any() else table


def cross_table(table: pd.DataFrame, threshold: int, chance: random.Random) -> pd.DataFrame | None:
    """Give which cells of groups by answers are hidden; all its totals may be known.

    Gives None where it cannot be published: fewer than two groups or answers, a total under the
    threshold, or nothing of it could be shown.
    """
    counts = table.to_numpy()
    totals = [*table.sum(), *table.sum(axis=1)]
    if min(table.shape) < 2 or min(totals) < threshold:
        return None

    @lru_cache(maxsize=1)  # asked of each mask twice: whether it is safe, and where it is not
    def narrowed(cells):
        return narrow(counts, np.frombuffer(cells, bool).reshape(counts.shape), threshold)

    def following(mask):
        unsafe = narrowed(mask.tobytes())
        if not unsafe or chance.random() < STRAY:
            return _drawn(mask, 1 / counts.clip(min=1), chance)
        return _rectangle(counts, mask, chance.choice(unsafe), threshold, chance)

    mask = _grown(counts < threshold, lambda m: not narrowed(m.tobytes()), following, chance)
    hopeless = mask is None or mask.all()
    return None if hopeless else pd.DataFrame(mask, table.index, table.columns)


def protects(
    mask: pd.Series | pd.DataFrame, counts: pd.Series | pd.DataFrame, threshold: int
) -> bool:
    """Say whether a mask that was published protects the counts of another day as well: some may
    be fewer, where answers were corrected or withdrawn.
    """
    hidden, values = mask.to_numpy(), counts.to_numpy()
    if (values[~hidden] < threshold).any():
        return False
    if counts.ndim == 1:
        return not hidden.any() or values[hidden].sum() >= threshold
    return not narrow(values, hidden, threshold)


def narrow(counts: np.ndarray, mask: np.ndarray, threshold: int) -> list[tuple[int, int]]:
    """Give the hidden cells that the totals of a cross-table narrow to under the threshold.

    How far a cell can go depends on the totals and the shown cells alone: it is the same for
    every table that agrees with them.
    """
    hidden = map(tuple, np.argwhere(mask))
    return [
        cell
        for cell in hidden
        if _by_rectangles(counts, mask, *cell) < threshold
        and _by_flow(counts, mask, *cell, threshold) < threshold
    ]


def _grown(
    small: np.ndarray,
    safe: Callable[[np.ndarray], bool],
    following: Callable[[np.ndarray], np.ndarray],
    chance: random.Random,
) -> np.ndarray | None:
    """Give a safe mask with all that is small, None where there is none.

    It grows by what `following` draws, which must be able to draw any single cell.
    """
    mask = small.copy()
    while mask.any() and not safe(mask) or chance.random() < MORE:
        if mask.all():
            return mask if safe(mask) else None
        mask |= following(mask)
    return mask


def _drawn(mask, weights, chance):
    """Give a mask of one cell that is not hidden yet, drawn by its weight."""
    left = np.flatnonzero(~mask)
    out = np.zeros(mask.shape, bool)
    out.flat[chance.choices(left, weights.flat[left])[0]] = True
    return out


def _rectangle(counts, mask, cell, threshold, chance):
    """Give the corners of a rectangle that protects a cell, one that hides little rather than much;
    any cell where there is none.
    """
    i, j = cell
    up, down = _moves(counts, i, j)
    new = ~mask[i] * 1 + ~mask[:, [j]] * 1 + ~mask * 1
    people = ~mask[i] * counts[i] + ~mask[:, [j]] * counts[:, [j]] + ~mask * counts
    weights = np.exp(-2.0 * new - 8.0 * people / counts.sum()) * (up + down >= threshold)
    weights[i], weights[:, j] = 0, 0
    if not weights.any():
        return _drawn(mask, 1 / counts.clip(min=1), chance)
    k, m = np.unravel_index(chance.choices(range(weights.size), weights.ravel())[0], weights.shape)
    out = np.zeros(mask.shape, bool)
    out[[i, i, k, k], [j, m, j, m]] = True
    return out


def _by_rectangles(counts, mask, i, j):
    """Give how far a hidden cell can move at least: by one rectangle of hidden cells each way."""
    whole = mask & mask[i] & mask[:, [j]]  # whole[k, m]: the three other corners are hidden
    whole[i], whole[:, j] = False, False
    up, down = _moves(counts, i, j)
    return int(np.where(whole, up, 0).max() + np.where(whole, down, 0).max())


def _moves(counts, i, j):
    """Give, for each opposite corner, how many can be moved into the cell and out of it."""
    return np.minimum(counts[i], counts[:, [j]]), np.minimum(counts[i, j], counts)


def _by_flow(counts, mask, i, j, enough):
    """Give how far a hidden cell can move, up and down together, up to `enough`.

    People change places round closed ways of hidden cells: a flow from the cell's column to its
    row makes room for more in it, one from its row to its column takes away from it.
    """
    others = mask.copy()
    others[i, j] = False
    up = _flow(counts, others, ("column", j), ("row", i), enough)
    return up + min(counts[i, j], _flow(counts, others, ("row", i), ("column", j), enough - up))


def _flow(counts, hidden, start, end, enough):
    """Give the greatest flow between a row and a column (Ford and Fulkerson), up to `enough`."""
    values, flow = counts.astype(int), 0
    while flow < enough and (way := _way(values, hidden, start, end)):
        steps = [(b[1], a[1], -1) if a[0] == "column" else (a[1], b[1], 1) for a, b in way]
        least = min([enough - flow, *(values[r, c] for r, c, sign in steps if sign < 0)])
        for row, column, sign in steps:
            values[row, column] += sign * least
        flow += least
    return flow


def _way(values, hidden, start, end):
    """Give the steps of a way: row to column adds to a hidden cell, column to row takes from it."""
    before, waiting = {start: None}, [start]
    for kind, at in waiting:
        if (kind, at) == end:
            break
        line = hidden[at] if kind == "row" else hidden[:, at] & (values[:, at] > 0)
        other = "column" if kind == "row" else "row"
        for node in ((other, int(n)) for n in np.flatnonzero(line)):
            if node not in before:
                before[node] = (kind, at)
                waiting.append(node)
    way, node = [], end
    while before.get(node):
        way.append((before[node], node))
        node = before[node]
    return way[::-1]
