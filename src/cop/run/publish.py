"""Replace results so that interruptions can be repaired, and lock the outputs folder of a run."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cop.data import UserError

LOCK = ".lock"


@contextlib.contextmanager
def exclusive(outputs: Path) -> Iterator[None]:
    """Create and lock an outputs folder for a `with` block. Raises UserError if it is in use."""
    from filelock import FileLock, Timeout  # it adds an audit hook, which slows the process

    outputs.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(outputs / LOCK).acquire(timeout=0)
    except Timeout:
        fix = "wait until it ends, or use another folder with --outputs"
        raise UserError(f"another command is using {outputs}; {fix}") from None
    with lock:
        yield


def swap(new: Path, place: Path) -> None:
    """Move the folder `new` to `place`, replacing the folder that is there.

    `recover` repairs an interrupted move. Raises UserError if an old copy cannot be deleted.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".old-{place.name}")
    shutil.rmtree(old, ignore_errors=True)
    if old.exists():
        raise UserError(f"{old} cannot be deleted; correct its permissions and try again")
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Restore results that a killed run moved but did not replace, and delete unfinished ones."""
    for old in folder.glob(".old-*"):
        place = folder / old.name.removeprefix(".old-")
        if not place.exists():
            os.replace(old, place)
        shutil.rmtree(old, ignore_errors=True)
    for unfinished in folder.glob(".making-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
