"""Secrets: each a file outside the repository that its owner alone can read."""

import os
import secrets
from pathlib import Path

from cop.data import writing
from cop.data.faults import Refused

LEAST = 32  # bytes of a key
# Where one of these stands, the folder is handed on as a whole: a repository, also one that was
# unpacked from an archive, or a data folder.
HANDED_ON = (".git", "pyproject.toml", "requirements.lock", "datapackage.json")


def kept(variable: str, usual: str, data: Path) -> str:
    """Give this machine's key, in the file that `variable` names, or the usual; made on first use.

    It is hexadecimal, of 32 bytes where we made it. Raises Refused where it is not kept apart, can
    be read by others, or is too short.
    """
    path = Path(os.environ.get(variable) or usual).expanduser().resolve()
    _refuse_inside(path, Path(data).resolve(), variable)
    if not path.exists() or not path.stat().st_size:  # empty: somebody was stopped making it
        _make(path)
    if path.stat().st_mode & 0o077:
        mend = f"run `chmod 600 {path}`, or make a new one if it was seen"
        raise Refused(f"others can read the key {path}; {mend}")
    held = path.read_bytes().strip()
    if len(held) < LEAST:
        mend = "remove the file to get a new one"
        raise Refused(f"the key {path} has {len(held)} bytes, not at least {LEAST}; {mend}")
    return held.decode("latin-1")


def _refuse_inside(path, data, variable):
    """Refuse a key that could be committed, or copied with the data."""
    marked = [f for f in path.parents if any((f / mark).exists() for mark in HANDED_ON)]
    kept = [*marked, *(folder for folder in path.parents if folder == data)]
    if kept:
        raise Refused(
            f"the key {path} lies inside {kept[0]}; set {variable} to a file outside the repository"
        )


def _make(path):
    """Write a new key that only its owner can read; one that was made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    writing.whole(path, f"{secrets.token_hex(LEAST)}\n".encode(), once=True)
