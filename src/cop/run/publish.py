"""How results are put in place: one run at a time in a folder, each result swapped in complete."""

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
    """Keep other runs out of a folder of results, which is created where it is missing.

    Raises UserError where another run is at work.
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
    """Put a folder of results in its place and remove what was there; see `recover`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".old-{place.name}")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put back results that a run had moved aside when it was killed; remove what it left."""
    for old in folder.glob(".old-*"):
        place = folder / old.name.removeprefix(".old-")
        if not place.exists():
            os.replace(old, place)
        shutil.rmtree(old, ignore_errors=True)
    for unfinished in folder.glob(".making-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
