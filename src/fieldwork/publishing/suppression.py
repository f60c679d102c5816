"""Suppression: small counts withheld, with as many others as it takes, so that nobody reckons them
back.

A count under the threshold is primary, zero included: that nobody of a small group said something
is also told of each of its members, and a zero in a total gives back the zeros beneath it. What
else is hidden is complementary.

Why it holds: for every count hidden there are two tables of whole people that give the very same
published numbers, and whose values at that count lie at least the threshold apart. In a one-way
table the people of the hidden answers can be told apart in any way; in a cross-table people change
places round a rectangle of hidden cells, which leaves every total as it is. Shares, intervals and
charts are reckoned from what is published and can say nothing more.
"""

import numpy as np
import pandas as pd

THRESHOLD = 5
OTHER_GROUPS, OTHER_ANSWERS = "other", "suppressed answers together"


def one_way(counts: pd.Series, threshold: int = THRESHOLD, ordered: bool = False) -> pd.Series:
    """Give which counts of a one-way table are hidden: those under the threshold, and the smallest
    others with them.

    The hidden ones are at least two and together at least the threshold, or all are hidden. Their
    total may be known. On an ordered scale a neighbour is hidden first, so that the two ends of the
    scale can still be told apart.
    """
    hidden = counts < threshold
    while (
        hidden.any() and not hidden.all() and (hidden.sum() < 2 or counts[hidden].sum() < threshold)
    ):
        beside = hidden.shift(1, fill_value=False) | hidden.shift(-1, fill_value=False)
        left = ~hidden & beside if ordered else ~hidden
        hidden[counts[left].idxmin()] = True
    return hidden if len(counts) > 1 else hidden | True


def pooled(table: pd.DataFrame, threshold: int = THRESHOLD, cells: bool = False) -> pd.DataFrame:
    """Give a table whose rows all hold the threshold: smaller rows are added up to `other`, with
    the next if need be.

    With `cells`, every cell of a row must hold it, so that nothing is left to hide. Rows in which
    nobody is are left out: there is nobody to protect. A pool is of two rows or more; no rows come
    back where even all are too few.
    """
    table = table[table.sum(axis=1) > 0]
    least, sizes = (table.min(axis=1) if cells else table.sum(axis=1)), table.sum(axis=1)
    few = list(table.index[least < threshold])
    few += [row for row in table.index if few and row == OTHER_GROUPS and row not in few]
    left = list(sizes.drop(few).sort_values(kind="stable").index)
    while few and left and (_least(table.loc[few], cells) < threshold or len(few) < 2):
        few.append(left.pop(0))
    if few and (_least(table.loc[few], cells) < threshold or len(few) < 2):
        return table.iloc[:0]
    out = table.loc[[row for row in table.index if row in left]]
    return pd.concat([out, table.loc[few].sum().to_frame(OTHER_GROUPS).T]) if few else out


def by_group(
    table: pd.DataFrame, threshold: int = THRESHOLD, ordered: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Give (table, hidden) of a cross-table of groups by answers, small groups and hidden answers
    each pooled.

    Gives None where it cannot be published: fewer than two groups or answers are left, or a hidden
    cell is not safe.
    """
    hidden = one_way(table.sum(), threshold, ordered)
    shown = table.loc[:, ~hidden]
    if hidden.any():
        shown = shown.assign(**{OTHER_ANSWERS: table.loc[:, hidden].sum(axis=1)})
    shown = pooled(shown, threshold)
    if min(shown.shape) < 2 or (shown.sum() < threshold).any():
        return None
    mask = _complement(shown.to_numpy(), threshold)
    return None if mask is None else (shown, pd.DataFrame(mask, shown.index, shown.columns))


def _least(rows, cells):
    return rows.sum().min() if cells else rows.to_numpy().sum()


def _complement(counts, threshold):
    """Give the mask in which each hidden cell is protected, None where a rectangle is lacking."""
    mask = counts < threshold
    for i, j in np.argwhere(mask):
        if _width(counts, mask, i, j) >= threshold:
            continue
        corners = _cheapest(counts, mask, i, j, threshold)
        if corners is None:
            return None
        mask[corners] = True
    safe = all(_width(counts, mask, i, j) >= threshold for i, j in np.argwhere(mask))
    return mask if safe else None


def _width(counts, mask, i, j):
    """Give how far a hidden cell can move both ways, by one rectangle of hidden cells each way."""
    whole = mask & mask[i] & mask[:, [j]]  # whole[k, m]: the three other corners are hidden
    whole[i], whole[:, j] = False, False
    up, down = _moves(counts, i, j)
    return int(np.where(whole, up, 0).max() + np.where(whole, down, 0).max())


def _moves(counts, i, j):
    """Give, for each opposite corner, how many can be moved into the cell and out of it."""
    return np.minimum(counts[i], counts[:, [j]]), np.minimum(counts[i, j], counts)


def _cheapest(counts, mask, i, j, threshold):
    """Give the corners of the rectangle that protects a cell and hides the fewest more."""
    up, down = _moves(counts, i, j)
    new = ~mask[i] * 1 + ~mask[:, [j]] * 1 + ~mask * 1
    people = ~mask[i] * counts[i] + ~mask[:, [j]] * counts[:, [j]] + ~mask * counts
    cost = np.where(up + down >= threshold, new * (counts.sum() + 1) + people, np.inf)
    cost[i], cost[:, j] = np.inf, np.inf
    k, m = np.unravel_index(cost.argmin(), cost.shape)
    return None if np.isinf(cost[k, m]) else ([i, i, k, k], [j, m, j, m])
