"""What this process has read since `clear`, with the times of the files: what a result depends on.

READS maps ("file", path, data) and ("table", name) to the files that were read, each with its time
of change, and ("row", path, column, value, data) to the hash of the row.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

StrPath = str | Path
READS: dict[tuple[str, ...], tuple[tuple[str, int], ...] | str] = {}
ABSENT = "absent"
CHANGED = "changed while it was read"


def changed_at(path: StrPath) -> int:
    """Return when a file was last changed or put in place, in nanoseconds; 0 if it does not exist.

    A copy may keep the time of its original, but not the time at which it was put in place.
    """
    try:
        about = os.stat(path)
        return max(about.st_mtime_ns, about.st_ctime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return 0


def note(reads: Mapping[tuple[str, ...], tuple | str]) -> None:
    """Record what was read; two different states of the same thing become CHANGED."""
    for read, state in reads.items():
        READS[read] = state if READS.get(read, state) == state else CHANGED


def note_files(read: tuple[str, ...], paths: Iterable[StrPath]) -> None:
    """Record files as read; call it before they are, so that a later change is seen."""
    note({read: tuple((os.path.abspath(path), changed_at(path)) for path in paths)})


def clear() -> None:
    """Forget what was read, before the next stage."""
    READS.clear()


def of_bytes(raw: bytes) -> str:
    """Return the hash by which a file's content is known."""
    return hashlib.sha256(raw).hexdigest()[:20]


def of_row(row: Mapping[str, str] | None) -> str:
    """Return the hash of a row of text; "" if there is no row."""
    return "" if row is None else of_bytes(json.dumps(dict(row), sort_keys=True).encode())


def states(data: StrPath) -> dict[tuple[str, ...], str]:
    """Return all that was read of a data folder: {what: hash of its bytes}.

    What lies in another data folder ends with the relative path to it. What changed since it was
    read never matches again.
    """
    result = {}
    for (kind, *name), state in READS.items():
        if kind != "table":
            way = os.path.relpath(name.pop(), data)
            name += [] if way == "." else [Path(way).as_posix()]
        files = state if isinstance(state, str) else " ".join(_hash(*file) for file in state)
        result[(kind, *name)] = files
    return result


def _hash(path, time):
    if changed_at(path) != time:
        return CHANGED
    return of_bytes(Path(path).read_bytes()) if time else ABSENT
