"""What this process has read since `clear`, with hashes of the bytes: what a result depends on.

READS maps ("file", path, data), ("row", path, column, value, data) and ("table", name) to the files
that were read or, for a row, to its hash.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path

READS: dict[tuple[str, ...], tuple[str, ...] | str] = {}
BYTES: dict[str, set[str]] = {}  # the hashes with which each file was read
_NOTES: ContextVar[dict[str, set[str]]] = ContextVar("notes", default=BYTES)
ABSENT = "absent"
CHANGED = "changed while it was read"


def content(path: str | Path) -> bytes:
    """Read the bytes of a file and record their hash."""
    raw = Path(path).read_bytes()
    used({os.path.abspath(path): {of_bytes(raw)}})
    return raw


def used(states: Mapping[str, set[str]]) -> None:
    """Record that bytes with these hashes were used: {file: hashes}."""
    notes = _NOTES.get()
    for file, seen in states.items():
        notes.setdefault(file, set()).update(seen)


def note(reads: Mapping[tuple[str, ...], tuple[str, ...] | str]) -> None:
    """Record what was read; two different states of the same thing become CHANGED."""
    for read, seen in reads.items():
        READS[read] = seen if READS.get(read, seen) == seen else CHANGED


@contextlib.contextmanager
def noted() -> Iterator[dict[str, set[str]]]:
    """Collect the hashes of all files read in the body instead of recording them: {file: hashes}.

    If the body fails, they are recorded as usual: the caller may go on without it.
    """
    notes, done = {}, False
    token = _NOTES.set(notes)
    try:
        yield notes
        done = True
    finally:
        _NOTES.reset(token)
        if not done:
            used(notes)


def kept(size: int) -> Callable:
    """Cache a function as `lru_cache` does, recording on each call what the first call read."""

    def _decorated(function):
        @lru_cache(maxsize=size)
        def _first(*arguments):
            before = dict(READS)
            READS.clear()
            try:
                with noted() as states:
                    return function(*arguments), states, dict(READS)
            finally:
                reads = dict(READS)
                READS.clear()
                READS.update(before)
                note(reads)

        @wraps(function)
        def _cached(*arguments):
            result, states, reads = _first(*arguments)
            used(states)
            note(reads)
            return result

        return _cached

    return _decorated


def clear() -> None:
    """Forget what was read, before the next stage."""
    READS.clear()
    BYTES.clear()


def of_bytes(raw: bytes) -> str:
    """Return the hash by which a file's content is known."""
    return hashlib.sha256(raw).hexdigest()[:20]


def of_row(row: Mapping[str, str] | None) -> str:
    """Return the hash of a row of text; "" if there is no row."""
    return "" if row is None else of_bytes(json.dumps(dict(row), sort_keys=True).encode())


def states(data: str | Path) -> dict[tuple[str, ...], str]:
    """Return all that was read of a data folder: {what: hash of its bytes}.

    What lies in another data folder ends with the relative path to it. A file never opened counts
    as absent; one read in two states never matches again.
    """
    return {_seen_from(data, read): _state(seen) for read, seen in READS.items()}


def _seen_from(data, read):
    kind, *name = read
    if kind == "table":
        return read
    way = os.path.relpath(name.pop(), data)
    return (kind, *name) if way == "." else (kind, *name, Path(way).as_posix())


def _state(seen):
    return seen if isinstance(seen, str) else " ".join(map(_as_used, seen))


def _as_used(file):
    hashes = BYTES.get(file, {ABSENT})
    return next(iter(hashes)) if len(hashes) == 1 else CHANGED
