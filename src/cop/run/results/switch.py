"""A folder put in the place of another in one step: who looks sees the old one or the new one."""

import contextlib
import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def switch(made: Path, place: Path) -> None:
    """Put a folder of results in its place; what stood there is removed afterwards.

    Where the system cannot exchange two folders, the old one is put aside for a moment. `settle`
    clears up after a run that was killed here.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        os.replace(made, place)
        return
    new, old = (place.with_name(f".{word}-{place.name}") for word in ("new", "old"))
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    os.replace(made, new)
    if not exchange(new, place):
        os.replace(place, old)
        os.replace(new, place)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)


def settle(folder: Path) -> None:
    """Bring a folder to an end in which a run was killed as it switched."""
    for old in folder.glob(".old-*"):
        place = folder / old.name.removeprefix(".old-")
        if not place.exists():
            os.replace(old, place)
    for left in (*folder.glob(".old-*"), *folder.glob(".new-*")):
        shutil.rmtree(left, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders of results in one step of the system; say whether it can do that."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    paths = os.fsencode(one), os.fsencode(other)
    return bool(rename) and not rename(_HERE, paths[0], _HERE, paths[1], _EXCHANGE)


def link(source: Path, target: Path) -> None:
    """Let a file of the results stand in a second place too, as a copy where no link can be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    shutil.copy2(source, target)
