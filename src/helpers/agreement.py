"""How far two coders agree: Krippendorff's alpha for ordinal codings, with a bootstrap interval.

Krippendorff, Content Analysis (4th ed., 2018), chapter 12. Missing codings are left out; an item that fewer
than two coders put on the scale says nothing about agreement.
"""

import numpy as np

SCALE = ["not in place", "partly in place", "in place"]


def ordinal_alpha(codings, scale=SCALE):
    """Give alpha of a frame (items in rows, coders in columns); words off the scale count as missing.

    NA when nothing can be compared or all codings are the same word, since there is no variation to agree on.
    """
    return _alpha(_pairs(codings, scale).sum(axis=0))


def bootstrap(codings, scale=SCALE, draws=2000, seed=2020):
    """Give the 95% percentile interval of alpha over items drawn with replacement: (low, high)."""
    pairs = _pairs(codings, scale)
    if len(pairs) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).integers(0, len(pairs), (draws, len(pairs)))
    alphas = np.array([_alpha(pairs[rows].sum(axis=0)) for rows in drawn])
    return tuple(np.nanpercentile(alphas, [2.5, 97.5])) if np.isfinite(alphas).any() else (np.nan, np.nan)


def compared(codings, scale=SCALE):
    """Give the number of items that at least two coders put on the scale."""
    return len(_pairs(codings, scale))


def _pairs(codings, scale):
    """Give each comparable item's contribution to the coincidence matrix: items x words x words."""
    counts = np.stack([(codings == word).sum(axis=1) for word in scale], axis=1).astype(float)
    m = counts.sum(axis=1)
    counts, m = counts[m >= 2], m[m >= 2]
    same = np.einsum("ij,jk->ijk", counts, np.eye(len(scale)))
    return (np.einsum("ij,ik->ijk", counts, counts) - same) / (m - 1)[:, None, None]


def _alpha(coincidences):
    """Give 1 - observed / expected disagreement, with the ordinal metric."""
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    if n < 2:
        return np.nan
    between = np.cumsum(totals)[None, :] - np.cumsum(totals)[:, None] + totals[:, None]
    reach = np.where(between > 0, between, between.T)
    metric = (reach - (totals[:, None] + totals[None, :]) / 2) ** 2 * (1 - np.eye(len(totals)))
    expected = (np.outer(totals, totals) * metric).sum() / (n - 1)
    return 1 - (coincidences * metric).sum() / expected if expected > 0 else np.nan
