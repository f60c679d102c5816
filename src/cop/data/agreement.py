"""Compute the agreement between coders: Gwet's AC1 and Krippendorff's alpha.

`codings` is a DataFrame with one row per item and one column per coder. Alpha (Krippendorff,
Content Analysis, 2018, ch. 12) uses only the ratings in `scale`, which are listed in ascending
order, and only the items for which at least two coders chose such a rating.
"""

import numpy as np
import pandas as pd

SCALE = ["not in place", "partly in place", "in place"]
WORDS = [*SCALE, "no public evidence", "not assessed"]  # ratings that a coder may enter
DRAWS = 2000  # bootstrap samples
ENOUGH, VARIED = 20, 5  # minimum for alpha: items, and items with a less frequent rating


def ordinal_alpha(codings: pd.DataFrame, scale: list[str] = SCALE) -> float:
    """Return Krippendorff's ordinal alpha, or NaN without items or if all ratings are equal."""
    return float(_alpha(_pairs(codings, scale).sum(axis=0)))


def bootstrap(codings: pd.DataFrame, scale: list[str] = SCALE) -> tuple[float, float]:
    """Return the limits of the 95% confidence interval of alpha (percentile bootstrap, fixed seed).

    Returns (NaN, NaN) if there are fewer than two items, or if all ratings are equal.
    """
    pairs = _pairs(codings, scale)
    if len(pairs) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(2020).integers(0, len(pairs), (DRAWS, len(pairs)))
    times = np.stack([np.bincount(rows, minlength=len(pairs)) for rows in drawn])
    alphas = _alpha(np.tensordot(times, pairs, axes=1))
    alphas = alphas[np.isfinite(alphas)]
    return tuple(np.percentile(alphas, [2.5, 97.5])) if len(alphas) else (np.nan, np.nan)


def compared(codings: pd.DataFrame, scale: list[str] = SCALE) -> int:
    """Return the number of items that at least two coders rated on the scale."""
    return len(_pairs(codings, scale))


def says_nothing(codings: pd.DataFrame, scale: list[str] = SCALE) -> str:
    """Return the reason for not reporting alpha, or an empty string if it is reported.

    The reason is `few` if fewer than ENOUGH items were rated on the scale by all coders, or `alike`
    if fewer than VARIED of these items have any rating other than the most frequent rating.
    """
    on_scale = codings[codings.isin(scale).all(axis=1)]
    if len(on_scale) < ENOUGH:
        return "few"
    most = on_scale.stack().value_counts().index[0]
    return "alike" if (on_scale != most).any(axis=1).sum() < VARIED else ""


def ac1(codings: pd.DataFrame, words: list[str] = WORDS) -> float:
    """Return Gwet's AC1 for two coders (Handbook of Inter-Rater Reliability, 2014, ch. 2).

    AC1 stays close to raw agreement even if one rating is frequent. Possible ratings are those in
    `words` and `codings`. A missing rating is a disagreement. Returns NaN if there are no items.
    """
    share = codings.stack().value_counts(normalize=True)
    chance = (share * (1 - share)).sum() / (len({*words, *share.index}) - 1)
    same = (codings.iloc[:, 0] == codings.iloc[:, 1]).mean()
    return float((same - chance) / (1 - chance))


def _pairs(codings, scale):  # coincidence matrices of items rated at least twice on the scale
    counts = np.stack([(codings == word).sum(axis=1) for word in scale], axis=1).astype(float)
    counts = counts[counts.sum(axis=1) >= 2]
    pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(len(scale)))
    return pairs / (counts.sum(axis=1) - 1)[:, None, None]


def _alpha(coincidences):  # NaN if all ratings are equal
    totals = coincidences.sum(axis=-1)
    ranks = totals.cumsum(axis=-1) - totals / 2  # mean ranks: a distance is a squared difference
    metric = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    observed = (coincidences * metric).sum(axis=(-1, -2))
    expected = (totals[..., :, None] * totals[..., None, :] * metric).sum(axis=(-1, -2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - observed * (totals.sum(axis=-1) - 1) / expected
