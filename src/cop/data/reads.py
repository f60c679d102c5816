"""Record the files and rows that this process reads, since results depend on them.

READS maps ("file", path, data) and ("table", name) to the files that were read, each with its time
of change, and ("row", path, column, value, data) to the hash of the row. An input that changed
between two reads is mapped to CHANGED.
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
    """Return the later of a file's mtime and ctime, in nanoseconds, or 0 if it does not exist."""
    try:
        about = os.stat(path)
        return max(about.st_mtime_ns, about.st_ctime_ns)  # a copy may keep the mtime
    except (FileNotFoundError, NotADirectoryError):
        return 0


def note(reads: Mapping[tuple[str, ...], tuple | str]) -> None:
    """Record reads ({key: state}) in READS; the state is CHANGED if an earlier read differs."""
    for read, state in reads.items():
        READS[read] = state if READS.get(read, state) == state else CHANGED


def note_files(read: tuple[str, ...], paths: Iterable[StrPath]) -> None:
    """Record files and their times of change under the key `read`; call before reading them."""
    note({read: tuple((os.path.abspath(path), changed_at(path)) for path in paths)})


def of_bytes(raw: bytes) -> str:
    """Return the first 20 hexadecimal digits of the SHA-256 of a byte string."""
    return hashlib.sha256(raw).hexdigest()[:20]


def of_row(row: Mapping[str, str] | None) -> str:
    """Return the hash of a row, or an empty string if the row is None."""
    return "" if row is None else of_bytes(json.dumps(dict(row), sort_keys=True).encode())


def states(data: StrPath) -> dict[tuple[str, ...], str]:
    """Return {key: hash} for all recorded reads; the hashes of several files are joined by spaces.

    Keys of reads from another data folder end with its path relative to `data`. The hash is ABSENT
    for a missing file, "" for a missing row, and CHANGED for an input that changed after the read.
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
