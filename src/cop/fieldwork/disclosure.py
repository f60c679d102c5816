"""Statistical disclosure control: small counts are hidden so that nobody can recompute them.

A count under the threshold is hidden, zero included: that nobody in a small group gave an answer
also describes each member of it. One-way tables hide further counts with it; tables by category add
rows together until no count is small, so nothing in them is hidden.

What is hidden or added together beyond the small counts is drawn at random under a key that is
never published, and whether a result is safe depends on published numbers only. Every table that
agrees with what is published could therefore have led to the same result: it excludes nothing
(docs/decisions.md has the proof; Hundepool et al., Handbook on Statistical Disclosure Control,
2nd ed. 2024, on protection intervals).

A pseudonym makes the same person the same voice in one survey, and a stranger in every other. It is
HMAC-SHA256 of questionnaire and identity under the same key, which lies outside the repository:
without it nobody can try out names or addresses.
"""

import hashlib
import hmac
import random
from pathlib import Path

import numpy as np
import pandas as pd

from cop.data.machine import secret_key

VARIABLE, USUAL = "COP_KEY_FILE", "~/.config/cop-assessment/key"
THRESHOLD = 5
MIN_STANDALONE = 2  # thresholds from which a count that belongs to no table is published
EXTRA = 1 / 24  # how often one more count is hidden than is needed
OTHER = "other"  # the row of all that were added together


def key(data: Path) -> bytes:
    """Return the key, made on first use; raises UserError where not kept apart, or too short."""
    return secret_key(VARIABLE, USUAL, data).encode("latin-1")


def pseudonym(secret: bytes, questionnaire: str, identity: str) -> str:
    """Return the pseudonym of an identity in a questionnaire: 'P-' and twelve hex digits."""
    digest = hmac.new(secret, f"{questionnaire}\0{identity}".encode(), hashlib.sha256).hexdigest()
    return f"P-{digest[:12]}"


def seeded_rng(secret: bytes, *table: str) -> random.Random:
    """Return the random generator of one table: always the same for a key."""
    name = "\0".join(("suppression", *table)).encode()
    return random.Random(hmac.new(secret, name, hashlib.sha256).digest())


def one_way(
    counts: pd.Series, threshold: int, rng: random.Random, ordered: bool = False
) -> pd.Series:
    """Return which counts of a one-way table are hidden; its total may be published.

    At least two are hidden, and together they hold at least the threshold; where that is impossible
    all are hidden. On an ordered scale a neighbour is hidden rather than another count, so that the
    two ends of the scale can mostly still be told apart.
    """
    values = counts.to_numpy()
    if not threshold:  # facts about institutions that agreed to be named
        return pd.Series(False, counts.index)

    def safe(mask):
        return mask.sum() > 1 and values[mask].sum() >= threshold

    def following(mask):
        edged = np.pad(mask, 1)
        beside = edged[:-2] | edged[2:] if ordered else ~mask
        return _draw(mask, np.where(beside, 20, 1) / values.clip(min=1), rng)

    mask = _grow(values < threshold, safe, following, rng)
    return pd.Series(True if mask is None else mask, counts.index)


def pooled(
    table: pd.DataFrame, threshold: int, rng: random.Random, cells: bool = False
) -> pd.DataFrame:
    """Return a table whose rows all hold the threshold: smaller rows are added up to `other`.

    Further rows drawn at random are added where the small ones do not hold it together. With
    `cells`, every cell of a row must hold it, so that nothing is left to hide. Rows without anybody
    are left out. A pool is of two rows or more; no rows are returned where even all are too few.
    """
    table = table[table.sum(axis=1) > 0]
    if not threshold:
        return table
    values, sizes = table.to_numpy(), table.sum(axis=1).to_numpy()
    rest = np.array([row == OTHER for row in table.index], bool)

    def least(rows):
        return rows.min() if cells else rows.sum()

    def safe(mask):
        allowed = mask.sum() > 1 and (mask | ~rest).all()
        return allowed and least(values[mask].sum(axis=0)) >= threshold

    def following(mask):
        left = rest & ~mask
        return left if left.any() else _draw(mask, 1 / sizes, rng)

    small = np.array([least(row) < threshold for row in values], bool)
    mask = _grow(small, safe, following, rng)
    if mask is None:
        return table.iloc[:0]
    sums = table[mask].sum().to_frame(OTHER).T
    return pd.concat([table[~mask], sums]) if mask.any() else table


def _grow(small, safe, following, rng):
    """Return a safe mask that contains all that is small, None where there is none.

    It grows by what `following` draws, which must be able to draw any single cell.
    """
    mask = small.copy()
    while mask.any() and not safe(mask) or rng.random() < EXTRA:
        if mask.all():
            return mask if safe(mask) else None
        mask |= following(mask)
    return mask


def _draw(mask, weights, rng):
    """Return a mask of one cell that is not hidden yet, drawn by its weight."""
    left = np.flatnonzero(~mask)
    out = np.zeros(mask.shape, bool)
    out[rng.choices(left, weights[left])[0]] = True
    return out
