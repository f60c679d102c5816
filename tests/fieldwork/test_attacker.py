"""Who knows the program reckons no suppressed or added-up count back."""

import attacker
import numpy as np
import pandas as pd
import pytest
import test_disclosure as disclosure_tests

from cop.fieldwork import disclosure

T = disclosure.THRESHOLD
RUNS_OF = pytest.mark.parametrize(("first", "last"), disclosure_tests.RUNS)


def one_way(rng):
    """Return an invented one-way table of enough people, ordered or not, and its mask."""
    parts = int(rng.integers(2, 7))
    values = rng.multinomial(rng.integers(2 * T, 80), rng.dirichlet(np.full(parts, 0.7)))
    chance = disclosure.seeded_rng(rng.bytes(8), "table")
    table = pd.Series(values)
    return table, disclosure.one_way(table, T, chance, bool(rng.integers(2))).to_numpy()


def by_category(rng):
    """Return who gave an answer of an invented question by category, each of enough people, and which
    categories are added up; no table where all are.
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
        can = attacker.agrees if table.ndim == 1 else attacker.agrees_pooled
        assert can(table, mask, T), seed
        widths = [most - least for least, most in attacker.ranges(table, mask, T, rng)]
        assert min(widths) >= T, (seed, table.to_numpy().tolist(), mask.tolist())
        looked, shown = looked + len(widths), [*shown, 1 - mask.mean()]
    assert looked > last - first and np.mean(shown) > 0.2
