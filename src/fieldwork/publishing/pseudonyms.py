"""Pseudonyms: the same person is the same voice in one survey, and a stranger in every other.

A pseudonym is HMAC-SHA256 of questionnaire and identity under a key that lies outside the
repository. Without the key nobody can try out names or addresses; with it the result is still
personal data and only what consent allows is published.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from contract import Refused

VARIABLE, USUAL = "COP_KEY_FILE", "~/.config/cop-assessment/key"
LEAST = 32  # bytes of a key
# Where one of these stands, the folder is handed on as a whole: a repository, also one that was
# unpacked from an archive, or a data folder.
HANDED_ON = (".git", "pyproject.toml", "requirements.lock", "datapackage.json")


def key(data: Path) -> bytes:
    """Give the key, made on first use; raises Refused where it is not kept apart, or too short."""
    path = Path(os.environ.get(VARIABLE) or USUAL).expanduser().resolve()
    _refuse_inside(path, Path(data).resolve())
    if not path.exists():
        _make(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        mend = f"run `chmod 600 {path}`, or make a new one if it was seen"
        raise Refused(f"others can read the key {path}; {mend}")
    secret = path.read_bytes().strip()
    if len(secret) < LEAST:
        mend = "remove the file to get a new one"
        raise Refused(f"the key {path} has {len(secret)} bytes, not at least {LEAST}; {mend}")
    return secret


def of(secret: bytes, questionnaire: str, identity: str) -> str:
    """Give the pseudonym of an identity in one questionnaire: 'P-' and twelve letters or digits."""
    digest = hmac.new(secret, f"{questionnaire}\0{identity}".encode(), hashlib.sha256).hexdigest()
    return f"P-{digest[:12]}"


def _refuse_inside(path, data):
    """Refuse a key that could be committed, or copied with the data."""
    marked = [f for f in path.parents if any((f / mark).exists() for mark in HANDED_ON)]
    kept = [*marked, *(folder for folder in path.parents if folder == data)]
    if kept:
        raise Refused(
            f"the key {path} lies inside {kept[0]}; set {VARIABLE} to a file outside the repository"
        )


def _make(path):
    """Write a new key that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(secrets.token_hex(LEAST) + "\n")
