"""Writing that is whole or not there, and tried first, at whatever moment the machine stops.

All files are first written aside in one folder with a list of where they belong; the list's name
is changed last. From then on the change counts, and whoever comes next carries it through; before
that it never happened.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cop.data.faults import Fault, Refused
from cop.data.package import by_path, general, standing_on

try:
    import fcntl
except ImportError:  # Windows: one writer at a time is then up to the person
    fcntl = None

PENDING = ".pending"


def write(root: str | Path, files: dict[str, bytes | None]) -> None:
    """Write {path under root: bytes, or None to remove it}, all or nothing, whenever it is killed.

    Call it inside `alone(root)`, with what it rests on read there too.
    """
    (Path(root) / PENDING).mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=Path(root) / PENDING))
    for number, content in enumerate(files.values()):
        if content is not None:
            _durably(aside / str(number), content)
    moves = [
        [str(number) if content is not None else None, str(path)]
        for number, (path, content) in enumerate(files.items())
    ]
    _durably(aside / "moves.part", json.dumps(moves).encode())
    os.replace(aside / "moves.part", aside / "moves")
    _sync(aside)
    carry_through(root)


def whole(path: str | Path, content: bytes, once: bool = False) -> None:
    """Write one file outside of any data folder: its place holds the old or the new, never a part.

    What a kill left beside it is taken up by the next call; two at once write one after the other.
    What is no file, such as a device, is written to as it is. With `once`, a file that is there
    and not empty stays, and a new one is its owner's alone.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    place = path.resolve()
    aside = place.with_name(f".{place.name}.part")
    with _held(aside, 0o600 if once else 0o666) as handle:
        if once and place.exists() and place.stat().st_size:
            os.unlink(aside)
            return
        try:
            handle.truncate(0)
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
            if fcntl:
                os.replace(aside, place)
        except OSError:  # a full disk: nothing is left behind
            os.unlink(aside)
            raise
    if not fcntl:  # Windows puts no file in place that is open
        os.replace(aside, place)


@contextlib.contextmanager
def _held(aside, mode):
    """Open a file for one writer alone, wherever no link of others leads; one that was put in place
    meanwhile is not the same.
    """
    how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    while True:
        with os.fdopen(os.open(aside, how, mode), "ab") as handle:
            if fcntl:
                fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle.fileno()), aside.stat()):
                    yield handle
                    return


def carry_through(root: str | Path) -> None:
    """Finish what was decided to be written, and forget the rest; `alone` does it first."""
    pending = Path(root) / PENDING
    for aside in sorted(pending.iterdir()) if pending.is_dir() else []:
        if (aside / "moves").exists():
            for source, target in json.loads((aside / "moves").read_bytes()):
                _move(aside, source, Path(root) / target)
        shutil.rmtree(aside)
    with contextlib.suppress(OSError):
        pending.rmdir()


def settle(data: str | Path) -> None:
    """Finish what a stop left decided in a data folder and those it stands on; readers do it first.

    So they see the files as they were or as they were decided, never some of each. Raises Refused
    where this account may not write there.
    """
    for folder in standing_on(data):
        if (folder / PENDING).is_dir():
            try:
                with alone(folder):
                    pass
            except PermissionError as error:
                raise Refused(
                    f"a change of {folder} was stopped midway, and this account may not finish it. "
                    "Run `cop check` with the account that made the change"
                ) from error


@contextlib.contextmanager
def alone(root: str | Path) -> Iterator[None]:
    """Keep other writers out of a folder while the body reads, reckons and writes; they wait."""
    Path(root).mkdir(parents=True, exist_ok=True)
    with (Path(root) / ".lock").open("w") as handle:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX)
        carry_through(root)
        yield


def _move(aside, source, target):
    """Put one file in place; one that is no longer aside was put in place before the stop."""
    if source is None:
        target.unlink(missing_ok=True)
    elif (aside / source).exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(aside / source, target)


def _durably(path, content):
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_writing(files: dict[str, bytes], data: str | Path, message: str) -> None:
    """Refuse the writing of {path: bytes} that would bring faults into a data folder.

    Raises Refused with every fault; `message` begins the text, twenty are named, the others
    counted.
    """
    if faults := faults_if_written(files, data):
        more = f"\n… and {len(faults) - 20} more" if len(faults) > 20 else ""
        named = "\n".join(map(str, faults[:20]))
        raise Refused(f"{message}, nothing was written:\n{named}{more}")


def faults_if_written(files: dict[str, bytes], data: str | Path) -> list[Fault]:
    """Give the faults that files would have once written to a data folder, and write nothing.

    What they refer to among a country's own tables must be among them.
    """
    from cop.data import checks  # slow to come, and who only writes files need not wait for them

    with tempfile.TemporaryDirectory() as aside:
        base = {"name": "trial", "cop:base": str(Path(data).resolve())}
        _put(Path(aside) / "datapackage.json", json.dumps(base).encode())
        for path, raw in files.items():
            _put(Path(aside) / path, raw)
        table = by_path(data)
        return [f for p in files for f in checks.of_file(table[general(p)], p, aside)]


def _put(path, raw):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
