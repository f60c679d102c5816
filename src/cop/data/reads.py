"""What this process read since it was last cleared, with the state of the very bytes: what the
batch says a result depends on.

READS holds ("file", path, data), ("row", path, column, value, data) of another country's table and
("table", name) handed on, each with the files it stands in or, for a row, with its state.
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
BYTES: dict[str, set[str]] = {}  # the states in which the bytes of each file were used
_NOTES: ContextVar[dict[str, set[str]]] = ContextVar("notes", default=BYTES)
ABSENT = "absent"
CHANGED = "changed while it was read"


def content(path: str | Path) -> bytes:
    """Give the bytes of a file that the contract reads, and note their state."""
    raw = Path(path).read_bytes()
    used({os.path.abspath(path): {of_bytes(raw)}})
    return raw


def used(states: Mapping[str, set[str]]) -> None:
    """Note that something was read that was made of these bytes: {file: states}."""
    notes = _NOTES.get()
    for file, seen in states.items():
        notes.setdefault(file, set()).update(seen)


def note(reads: Mapping[tuple[str, ...], tuple[str, ...] | str]) -> None:
    """Note what of the data was read; what was read in two states is in none that comes again."""
    for read, seen in reads.items():
        READS[read] = seen if READS.get(read, seen) == seen else CHANGED


@contextlib.contextmanager
def noted() -> Iterator[dict[str, set[str]]]:
    """Give, when the body is done, the bytes that the contract read in it: {file: states}.

    What a body used that failed is the caller's, who may go on without it.
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


@contextlib.contextmanager
def _apart():
    """Give, when the body is done, what of the data was read in it, besides noting it."""
    before, reads = dict(READS), {}
    READS.clear()
    try:
        yield reads
    finally:
        reads.update(READS)
        READS.clear()
        READS.update(before)
        note(reads)


def kept(size: int) -> Callable:
    """Keep what a function gives of data read, as `lru_cache` does; what it read counts each time:
    what of the data, and the bytes.
    """

    def _decorated(function):
        @lru_cache(maxsize=size)
        def _made(*arguments):
            with noted() as states, _apart() as reads:
                return function(*arguments), states, reads

        @wraps(function)
        def _handed_out(*arguments):
            result, states, reads = _made(*arguments)
            used(states)
            note(reads)
            return result

        return _handed_out

    return _decorated


def clear() -> None:
    """Forget what was read: what is read from now on is another stage's."""
    READS.clear()
    BYTES.clear()


def of_bytes(raw: bytes) -> str:
    """Give the state in which the contract reads a file: the same for the same bytes."""
    return hashlib.sha256(raw).hexdigest()[:20]


def of_row(row: Mapping[str, str] | None) -> str:
    """Give the state in which a row was read by the contract, as text; "" where there is none."""
    return "" if row is None else of_bytes(json.dumps(dict(row), sort_keys=True).encode())


def states(data: str | Path) -> dict[tuple[str, ...], str]:
    """Give all that the contract read of a data folder, {what: state of its bytes}.

    It is named as its readers did. What is of another data folder ends with the way there. A file
    noted and never opened is as one that is absent; one that was used in two states is in none that
    comes again.
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
    states = BYTES.get(file, {ABSENT})
    return next(iter(states)) if len(states) == 1 else CHANGED
