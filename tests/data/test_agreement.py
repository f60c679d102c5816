"""Agreement between coders, compared with the reference implementation."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from cases import by_rule
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cop.data import agreement
from cop.data.agreement import SCALE

NOT, PARTLY, IN_PLACE = SCALE
WORDS = st.sampled_from([*SCALE, "no public evidence"])
POINTS = {word: at for at, word in enumerate(SCALE)}


def coded(*pairs):
    return pd.DataFrame(pairs, columns=["coder_a", "coder_b"])


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=2, max_size=30))
@example([(word, word, word) for word in SCALE])
@example([(PARTLY, PARTLY, PARTLY)] * 3)
@settings(max_examples=20, deadline=None)
def test_alpha_equals_the_reference_implementation(rows):
    frame = pd.DataFrame(rows)
    numbers = frame.apply(lambda column: column.map(POINTS)).to_numpy(dtype=float).T
    try:
        expected = krippendorff.alpha(
            reliability_data=numbers, level_of_measurement="ordinal", value_domain=[0, 1, 2]
        )
    except ValueError:
        expected = np.nan
    ours = agreement.ordinal_alpha(frame)
    assert agreement.compared(frame) == (frame.isin(SCALE).sum(axis=1) >= 2).sum()
    if not np.isnan(expected):
        assert ours == pytest.approx(expected), "ordinal alpha, corrected for n - 1 values"
    assert np.isnan(ours) == np.isnan(expected), "without a difference there is no alpha"


def test_the_interval_of_alpha_holds_95_per_cent_of_the_draws_and_is_the_same_each_time():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 3, 40)
    second = np.clip(first + rng.integers(-1, 2, 40), 0, 2)
    frame = coded(*zip(np.array(SCALE)[first], np.array(SCALE)[second], strict=True))
    low, high = agreement.bootstrap(frame)
    limits = round(low, 2), round(high, 2)
    assert limits == (0.47, 0.78), "95 per cent of 2000 draws, with the same seed each time"
    assert low < agreement.ordinal_alpha(frame) < high and (low, high) == agreement.bootstrap(frame)


@by_rule(
    "alike, others, reason",
    ("19 items are few", 12, 7, "few"),
    ("20 items are enough", 13, 7, ""),
    ("4 items off the most frequent word vary too little", 20, 4, "alike"),
    ("5 items off the most frequent word are enough", 20, 5, ""),
)
def test_alpha_needs_enough_items_that_vary(alike, others, reason):
    pairs = [(IN_PLACE, IN_PLACE)] * alike + [(NOT, IN_PLACE)] * others
    assert agreement.says_nothing(coded(*pairs)) == reason
    one_sided = [("planned", IN_PLACE)] * 5  # only one rating is on the scale
    assert agreement.says_nothing(coded(*pairs, *one_sided)) == reason, "both must be on the scale"


def test_two_items_have_an_interval_and_one_has_none():
    pairs = (IN_PLACE, IN_PLACE), (NOT, NOT)
    assert agreement.bootstrap(coded(*pairs)) == (1.0, 1.0), "draws of one rating are left out"
    assert np.isnan(agreement.bootstrap(coded(pairs[0]))).all()


def test_ac1_is_corrected_by_the_number_of_words_less_one():
    pairs = coded((IN_PLACE, IN_PLACE), (IN_PLACE, NOT))
    chance = (3 / 4 * 1 / 4 + 1 / 4 * 3 / 4) / (5 - 1)  # Gwet 2014, of five words
    expected = (1 / 2 - chance) / (1 - chance)
    assert agreement.ac1(pairs) == pytest.approx(expected), "AC1 is corrected by words less one"
    of_three = (5 / 6 * 1 / 6 + 1 / 6 * 5 / 6) / (3 - 1)  # the words and one that coders added
    pairs = coded((IN_PLACE, IN_PLACE), (IN_PLACE, IN_PLACE), (IN_PLACE, "withheld"))
    ours = agreement.ac1(pairs, [NOT, IN_PLACE])
    assert ours == pytest.approx((2 / 3 - of_three) / (1 - of_three)), "two of three are the same"


def test_an_item_is_compared_where_two_coders_rated_it_on_the_scale():
    assert agreement.compared(coded((NOT, PARTLY), (NOT, "no public evidence"))) == 1, "of two"
