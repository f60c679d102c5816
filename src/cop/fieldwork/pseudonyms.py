"""Pseudonyms: the same person is the same voice in one survey, and a stranger in every other.

A pseudonym is HMAC-SHA256 of questionnaire and identity under a key outside the repository.
Without the key nobody can try out names or addresses; with it the result is still personal data,
and only what consent allows is published.
"""

import hashlib
import hmac
from pathlib import Path

from cop.data.machine import secret_key

VARIABLE, USUAL = "COP_KEY_FILE", "~/.config/cop-assessment/key"


def key(data: Path) -> bytes:
    """Return the pseudonyms' key, made on first use; Refused where not kept apart, or too short."""
    return secret_key(VARIABLE, USUAL, data).encode("latin-1")


def of(secret: bytes, questionnaire: str, identity: str) -> str:
    """Return the pseudonym of an identity in a questionnaire: 'P-' and twelve hex digits."""
    digest = hmac.new(secret, f"{questionnaire}\0{identity}".encode(), hashlib.sha256).hexdigest()
    return f"P-{digest[:12]}"
