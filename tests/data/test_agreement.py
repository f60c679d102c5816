"""Agreement between coders, compared with the reference implementation."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.data import agreement
from cop.data.agreement import SCALE

WORDS = st.sampled_from([*SCALE, "no public evidence"])


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
@pytest.mark.slow
def test_alpha_equals_the_reference_implementation(rows):
    frame = pd.DataFrame(rows)
    numbers = (
        frame.apply(lambda c: c.map(lambda w: SCALE.index(w) if w in SCALE else np.nan))
        .to_numpy(dtype=float)
        .T
    )
    try:
        expected = krippendorff.alpha(
            reliability_data=numbers, level_of_measurement="ordinal", value_domain=[0, 1, 2]
        )
    except ValueError:
        expected = np.nan
    ours = agreement.ordinal_alpha(frame)
    assert np.isnan(ours) if np.isnan(expected) else ours == pytest.approx(expected)


def test_alpha_is_one_when_coders_agree_and_cannot_be_computed_without_variation():
    same = pd.DataFrame({"A": [SCALE[0], SCALE[1], SCALE[2]], "B": [SCALE[0], SCALE[1], SCALE[2]]})
    assert agreement.ordinal_alpha(same) == 1
    assert np.isnan(
        agreement.ordinal_alpha(pd.DataFrame({"A": [SCALE[1]] * 3, "B": [SCALE[1]] * 3}))
    )


def test_the_bootstrap_interval_holds_alpha_and_is_the_same_each_time():
    rng = np.random.default_rng(1)
    a = rng.integers(0, 3, 40)
    frame = pd.DataFrame(
        {"A": np.array(SCALE)[a], "B": np.array(SCALE)[np.clip(a + rng.integers(-1, 2, 40), 0, 2)]}
    )
    low, high = agreement.bootstrap(frame)
    assert low < agreement.ordinal_alpha(frame) < high and (low, high) == agreement.bootstrap(frame)
