"""How results are put in place: one run at a time in a folder, each result swapped in complete."""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cop.data import Refused

LOCK, OWNER, LEDGER = ".lock", ".owner.json", "ledger.jsonl"


@contextlib.contextmanager
def exclusive(outputs: Path) -> Iterator[None]:
    """Keep other runs out of a folder of results, which is created where it is missing.

    Raises Refused, naming the other run, where one is at work.
    """
    created = not outputs.exists()
    outputs.mkdir(parents=True, exist_ok=True)
    lock, owner = FileLock(outputs / LOCK), outputs / OWNER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        fix = "wait until it ends, or name another --outputs"
        raise Refused(f"{_describe_owner(owner)}: {fix}") from None
    since, command = f"{datetime.now():%Y-%m-%d %H:%M:%S}", " ".join(["cop", *sys.argv[1:]])
    try:
        about = {"pid": os.getpid(), "since": since, "command": command}
        owner.write_text(json.dumps(about), encoding="utf-8")
        yield
    finally:
        owner.unlink(missing_ok=True)
        if created and outputs.is_dir() and set(os.listdir(outputs)) <= {LOCK}:
            shutil.rmtree(outputs, ignore_errors=True)  # nothing was run
        lock.release()


def _describe_owner(owner):
    try:
        about = json.loads(owner.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return f"another run has just begun in {owner.parent}"
    where = f"another run is at work in {owner.parent} since {about['since']}"
    return f"{where} (process {about['pid']}: {about['command']})"


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


def append_ledger(outputs: Path, rows: Iterable[Mapping]) -> None:
    """Add a JSON line to the ledger for each step that ran."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    lines = [json.dumps({"time": time, **row}, ensure_ascii=False) + "\n" for row in rows]
    with (outputs / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write("".join(lines))
