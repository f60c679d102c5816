"""Nobody can reckon a suppressed count back: properties, and an attacker with a linear programme who has read all."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from intake import suppression

T = suppression.THRESHOLD
counts = st.lists(st.integers(0, 40), min_size=1, max_size=7)
tables = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: st.lists(st.integers(0, 14), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda cells: pd.DataFrame(np.reshape(cells, shape)).rename(index=lambda g: f"g{g}", columns=lambda a: f"a{a}")
    )
)


def bounds(equations, totals, cell, size):
    """Give what a linear programme can say of one unknown: its least and its greatest possible value."""
    ends = []
    for sign in (1, -1):
        goal = np.zeros(size)
        goal[cell] = sign
        found = linprog(goal, A_eq=np.array(equations) if equations else None, b_eq=totals or None, method="highs")
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return ends


@given(counts, st.sampled_from([3, 5, 10]))
def test_a_one_way_table_never_gives_a_small_count_back(values, threshold):
    given_ = pd.Series(values)
    hidden = suppression.one_way(given_, threshold)
    assert hidden[given_ < threshold].all()
    if hidden.any() and given_.sum() >= threshold and len(values) > 1:
        assert hidden.sum() >= 2 and given_[hidden].sum() >= threshold


def attack(table, threshold=T):
    """Bound every hidden cell of a cross-table from all its published cells and all its totals."""
    found = suppression.by_group(table, threshold)
    if found is None:
        return []
    shown, hidden = found
    at = {cell: n for n, cell in enumerate(map(tuple, np.argwhere(hidden.to_numpy())))}
    values, equations, totals = shown.to_numpy(), [], []
    for axis in (0, 1):
        for line in range(values.shape[axis]):
            unknown = [n for cell, n in at.items() if cell[axis] == line]
            if unknown:
                row = np.zeros(len(at))
                row[unknown] = 1
                equations.append(row)
                totals.append(sum(values[c] for c in at if c[axis] == line))
    return [np.subtract(*bounds(equations, totals, n, len(at))[::-1]) for n in at.values()]


@settings(max_examples=150, deadline=None)
@given(tables)
def test_a_cross_table_with_its_totals_never_pins_a_hidden_cell(table):
    assert all(width >= T - 1e-6 for width in attack(table))


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from([3, 10]))
def test_other_thresholds_hold_as_well(table, threshold):
    assert all(width >= threshold - 1e-6 for width in attack(table, threshold))


@given(tables)
def test_what_is_shown_of_a_cross_table_is_never_small_and_its_totals_are_kept(table):
    found = suppression.by_group(table)
    if found:
        shown, hidden = found
        assert not (shown[~hidden] < T).any(axis=None) and shown.to_numpy().sum() == table.to_numpy().sum()
        assert (shown.sum(axis=1) >= T).all() and (shown.sum() >= T).all()
