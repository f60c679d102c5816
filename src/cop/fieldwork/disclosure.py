"""Suppress small counts, and compute pseudonyms.

Counts below the threshold, including zero, are suppressed; a zero also describes every member of a
small group. In one-way tables, further counts are suppressed to protect them; in tables by
category, rows are pooled until no count is small, so that nothing needs to be suppressed.

Further counts and rows are drawn at random with a secret key, and whether a result is safe depends
only on published numbers. Every table consistent with the published one could therefore have
produced it, and an attacker can exclude none of them. For the proof see docs/decisions.md.

Pseudonyms are HMAC-SHA256 digests of questionnaire and identity with the same key: stable within a
survey and unlinkable across surveys. The key is stored outside the repository, so that names or
addresses cannot be tested against pseudonyms.
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
MIN_STANDALONE = 2  # times the threshold: the least count that is published outside a table
EXTRA = 1 / 24  # probability of suppressing one more count than necessary
OTHER = "other"  # the row with the sums of pooled rows


def key(data: Path) -> bytes:
    """Return the secret key from the file named by COP_KEY_FILE or, if that is not set, from USUAL.

    If the file is missing or empty, a new key is created in it. Raises UserError if the key is too
    short, or if the file is accessible to others, in `data` or in a repository.
    """
    return secret_key(VARIABLE, USUAL, data).encode("latin-1")


def pseudonym(secret: bytes, questionnaire: str, identity: str) -> str:
    """Return the pseudonym for an identity in a questionnaire: 'P-' and 12 hex digits."""
    digest = hmac.new(secret, f"{questionnaire}\0{identity}".encode(), hashlib.sha256).hexdigest()
    return f"P-{digest[:12]}"


def seeded_rng(secret: bytes, *table: str) -> random.Random:
    """Return a random number generator seeded with the name of a table and the secret key."""
    name = "\0".join(("suppression", *table)).encode()
    return random.Random(hmac.new(secret, name, hashlib.sha256).digest())


def one_way(
    counts: pd.Series, threshold: int, rng: random.Random, ordered: bool = False
) -> pd.Series:
    """Return a mask of the counts to suppress in a one-way table whose total may be published.

    Either none or at least two counts are suppressed, with a sum of at least the threshold; if this
    is impossible, all are. Sometimes more are suppressed than necessary (see EXTRA), but none if
    the threshold is 0. On an ordered scale, neighbouring counts are preferred, so that the two ends
    of the scale usually remain distinguishable.
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
    """Pool the small rows of a table as `other`, so that the sum of each row reaches the threshold.

    With `cells`, each cell must reach the threshold. A pool has at least two rows and includes any
    existing row `other`. If it is too small, and sometimes otherwise (see EXTRA), further rows
    drawn at random are added. The result is empty if all rows together are too small, and may be
    empty if there is only one row. Rows of zeros are always dropped. `table` is not changed.
    """
    table = table[table.sum(axis=1) > 0]
    if not threshold:
        return table
    values, sizes = table.to_numpy(), table.sum(axis=1).to_numpy()
    rest = np.asarray(table.index == OTHER)

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
    """Return `small`, extended until the mask is safe, or None if even the full mask is not safe.

    An empty mask counts as safe. `following(mask)` returns the elements to add. Whenever the mask
    is safe, it is extended once more with probability EXTRA.
    """
    mask = small.copy()
    while mask.any() and not safe(mask) or rng.random() < EXTRA:
        if mask.all():
            return mask if safe(mask) else None
        mask |= following(mask)
    return mask


def _draw(mask, weights, rng):
    left = np.flatnonzero(~mask)
    out = np.zeros(mask.shape, bool)
    out[rng.choices(left, weights[left])[0]] = True
    return out
