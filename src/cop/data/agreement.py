"""Agreement between coders: Gwet's AC1, Krippendorff's alpha (Content Analysis, 2018, ch. 12).

A frame of codings has items in rows and coders in columns; for alpha, words off the scale count as
missing.
"""

from collections import Counter

import numpy as np
import pandas as pd

SCALE = ["not in place", "partly in place", "in place"]
WORDS = [*SCALE, "no public evidence", "not assessed"]  # that every coder could say
DRAWS = 2000  # of the bootstrap
ENOUGH, VARIED = 20, 5  # items that alpha needs, and those of them off the most frequent word


def ordinal_alpha(codings: pd.DataFrame, scale: list[str] = SCALE) -> float:
    """Compute alpha; NaN if nothing can be compared or nothing varies."""
    return float(_alpha(_pairs(codings, scale).sum(axis=0)))


def bootstrap(codings: pd.DataFrame, scale: list[str] = SCALE) -> tuple[float, float]:
    """Compute the 95% interval of alpha over items drawn with replacement, or NaN twice."""
    pairs = _pairs(codings, scale)
    if len(pairs) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(2020).integers(0, len(pairs), (DRAWS, len(pairs)))
    times = np.stack([np.bincount(rows, minlength=len(pairs)) for rows in drawn])
    alphas = _alpha(np.tensordot(times, pairs, axes=1))
    alphas = alphas[np.isfinite(alphas)]
    return tuple(np.percentile(alphas, [2.5, 97.5])) if len(alphas) else (np.nan, np.nan)


def compared(codings: pd.DataFrame, scale: list[str] = SCALE) -> int:
    """Count the items that at least two coders put on the scale."""
    return len(_pairs(codings, scale))


def says_nothing(codings: pd.DataFrame, scale: list[str] = SCALE) -> str:
    """Return why alpha is not reported: `few` items, or all but a few `alike`; else "".

    Alpha corrects for chance, which cannot be estimated if nearly every item has the same word.
    """
    on_scale = [row for row in codings.to_numpy().tolist() if {*row} <= {*scale}]
    if len(on_scale) < ENOUGH:
        return "few"
    [(most, _)] = Counter(sum(on_scale, [])).most_common(1)
    return "alike" if sum({*row} != {most} for row in on_scale) < VARIED else ""


def ac1(codings: pd.DataFrame, words: list[str] = WORDS) -> float:
    """Compute Gwet's AC1 of two coders over all words (Inter-Rater Reliability, 2014, ch. 2).

    It stays near the raw agreement if one word is frequent. NaN without an item. A word that joined
    the list later counts only if a coder used it.
    """
    if codings.empty:
        return np.nan
    rows = codings.to_numpy()
    used = Counter(rows[~pd.isna(rows)])
    share = np.array([n for _, n in used.most_common()]) / used.total()
    chance = (share * (1 - share)).sum() / (len({*words, *used}) - 1)
    return float(((rows[:, 0] == rows[:, 1]).mean() - chance) / (1 - chance))


def _pairs(codings, scale):
    """Return each item's share of the coincidence matrix: items x words x words."""
    counts = np.stack([(codings.to_numpy() == w).sum(axis=1) for w in scale], axis=1).astype(float)
    m = counts.sum(axis=1)
    counts, m = counts[m >= 2], m[m >= 2]
    same = np.einsum("ij,jk->ijk", counts, np.eye(len(scale)))
    return (np.einsum("ij,ik->ijk", counts, counts) - same) / (m - 1)[:, None, None]


def _alpha(coincidences):
    """Return 1 - observed / expected disagreement by the ordinal metric, of each matrix."""
    totals = coincidences.sum(axis=-1)
    n = totals.sum(axis=-1)
    row, column = totals[..., :, None], totals[..., None, :]
    run = np.cumsum(totals, axis=-1)
    between = run[..., None, :] - run[..., :, None] + row
    reach = np.where(between > 0, between, np.swapaxes(between, -1, -2))
    metric = (reach - (row + column) / 2) ** 2 * (1 - np.eye(totals.shape[-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (row * column * metric).sum(axis=(-1, -2)) / (n - 1)
        alpha = 1 - (coincidences * metric).sum(axis=(-1, -2)) / expected
    return np.where((n >= 2) & (expected > 0), alpha, np.nan)[()]
