"""Secrets: each a file outside the repository that only its owner can read."""

import os
import secrets
from pathlib import Path

from cop.data import writing
from cop.data.faults import Refused

LEAST = 32  # bytes of a key
# A folder with one of these is passed on as a whole: a repository or a data folder.
HANDED_ON = (".git", "pyproject.toml", "requirements.lock", "datapackage.json")


def kept(variable: str, usual: str, data: Path) -> str:
    """Return this machine's key, from the file that `variable` names or the usual one.

    It is made on first use: 32 bytes as hexadecimal digits. Raises Refused if it lies inside a
    repository or the data, can be read by others, or is too short.
    """
    path = Path(os.environ.get(variable) or usual).expanduser().resolve()
    for folder in path.parents:
        marked = any((folder / mark).exists() for mark in HANDED_ON)
        if marked or folder == Path(data).resolve():
            fix = f"set {variable} to a file outside the repository"
            raise Refused(f"the key {path} lies inside {folder}; {fix}")
    if not path.exists() or not path.stat().st_size:  # empty if its making was interrupted
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        writing.whole(path, f"{secrets.token_hex(LEAST)}\n".encode(), once=True)
    if path.stat().st_mode & 0o077:
        fix = f"run `chmod 600 {path}`, or make a new one if it was seen"
        raise Refused(f"others can read the key {path}; {fix}")
    held = path.read_bytes().strip()
    if len(held) < LEAST:
        fix = "remove the file to get a new one"
        raise Refused(f"the key {path} has {len(held)} bytes, not at least {LEAST}; {fix}")
    return held.decode("latin-1")
