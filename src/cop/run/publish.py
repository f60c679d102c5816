"""Replace whole results atomically, and allow one run at a time in a folder."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from cop.data import UserError

LOCK = ".lock"


@contextlib.contextmanager
def exclusive(outputs: Path) -> Iterator[None]:
    """Lock a folder of results against other runs; create it if it is missing.

    Raises UserError if another run holds the lock.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(outputs / LOCK).acquire(timeout=0)
    except Timeout:
        fix = "wait until it ends, or name another --outputs"
        raise UserError(f"another run is at work in {outputs}: {fix}") from None
    with lock:
        yield


def swap(new: Path, place: Path) -> None:
    """Move a new folder into place and remove the old one; see `recover`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".old-{place.name}")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Restore results that a killed run had moved aside, and remove its unfinished folders."""
    for old in folder.glob(".old-*"):
        place = folder / old.name.removeprefix(".old-")
        if not place.exists():
            os.replace(old, place)
        shutil.rmtree(old, ignore_errors=True)
    for unfinished in folder.glob(".making-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
