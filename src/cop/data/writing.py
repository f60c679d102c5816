"""Write several files all or nothing, whenever the machine stops and whichever file is in use.

All files are first written to one folder under `.pending`, with copies of the old ones and the
list of where they belong; the list is renamed last. From then on the change counts, and the next
command completes it; before that it never happened. If a file cannot be replaced, a mark is set
and the old files are put back, also after a stop; nothing stays pending.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cop.data.faults import Fault, Refused
from cop.data.package import by_path, general, standing_on

PENDING, MOVES, BACK = ".pending", "moves", "back"


def write(root: str | Path, files: dict[str, bytes | None]) -> None:
    """Write {path under root: bytes, or None to remove it}, all or nothing, whenever it is killed.

    Call it inside `alone(root)`, and read there whatever the change is based on. Raises Refused
    with nothing written where a file cannot be replaced.
    """
    root = Path(root)
    (root / PENDING).mkdir(parents=True, exist_ok=True)
    aside, moves = Path(tempfile.mkdtemp(dir=root / PENDING)), []
    for number, (path, content) in enumerate(files.items()):
        if content is not None:
            _write_through(aside / f"{number}.new", content)
        if existed := (root / path).exists():
            shutil.copy2(root / path, aside / f"{number}.old")
        moves.append([str(path), content is None, existed])
    _write_through(aside / f"{MOVES}.part", json.dumps(moves).encode())
    os.replace(aside / f"{MOVES}.part", aside / MOVES)
    _sync(aside)
    carry_through(root)


def carry_through(root: str | Path) -> None:
    """Complete each change that was decided, and delete the rest; `alone` does it first.

    Raises Refused, and takes the change back, where one of its files cannot be replaced.
    """
    pending, root, refused = Path(root) / PENDING, Path(root), None
    for aside in sorted(pending.iterdir()) if pending.is_dir() else []:
        if (aside / MOVES).exists():
            moves = [*enumerate(json.loads((aside / MOVES).read_bytes()))]
            try:
                for number, (path, removed, _) in [] if (aside / BACK).exists() else moves:
                    _move(None if removed else aside / f"{number}.new", root / path)
            except OSError as error:
                _write_through(aside / BACK, b"")
                _sync(aside)
                refused = error
            if (aside / BACK).exists():
                for number, (path, removed, existed) in moves:
                    if removed or not (aside / f"{number}.new").exists():
                        _move(aside / f"{number}.old" if existed else None, root / path)
                    with contextlib.suppress(OSError):  # folders made for new files
                        os.removedirs((root / path).parent)
            (aside / MOVES).unlink()
        shutil.rmtree(aside)
    with contextlib.suppress(OSError):
        pending.rmdir()
    if refused:
        raise _refusal(refused) from refused


def _move(source, target):
    """Put a file in place, or (None) remove it; one no longer aside is in place since a stop."""
    if source is None:
        target.unlink(missing_ok=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)


def _refusal(error):
    """Return a Refused that names the file where it may not be replaced, else the error itself."""
    if not isinstance(error, PermissionError):
        return error
    return Refused(
        f"{error.filename2 or error.filename} is read-only or open in another program, so nothing "
        "was written: close it in Excel or LibreOffice and run the command again"
    )


def _write_through(path, content):
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(folder):
    """Write a folder's entries to the disk, where its file system can: some drives cannot."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def alone(root: str | Path) -> Iterator[None]:
    """Keep other writers out of a folder while the body reads, reckons and writes; they wait."""
    Path(root).mkdir(parents=True, exist_ok=True)
    with (Path(root) / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        carry_through(root)
        yield


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


def whole(path: str | Path, content: bytes, once: bool = False) -> None:
    """Write one file outside of any data folder: its place holds the old or the new, never a part.

    What a kill left beside it is taken up by the next call; two at once write one after the other.
    What is no file, such as a device, is written to as it is. With `once`, a file that is there
    and not empty stays, and a new one can be read by its owner only.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    aside = target.with_name(f".{target.name}.part")
    with _locked(aside, 0o600 if once else 0o666) as handle:
        if once and target.exists() and target.stat().st_size:
            os.unlink(aside)
            return
        try:
            handle.truncate(0)
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
            os.replace(aside, target)
        except OSError as error:  # a full disk, a file in use: nothing is left behind
            os.unlink(aside)
            raise _refusal(error) from error


@contextlib.contextmanager
def _locked(aside, mode):
    """Open a file for one writer, wherever no link of others leads; one that was put in place
    meanwhile is not the same.
    """
    how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    while True:
        with os.fdopen(os.open(aside, how, mode), "ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle.fileno()), aside.stat()):
                    yield handle
                    return


def refuse_writing(files: dict[str, bytes], data: str | Path, message: str) -> None:
    """Refuse the writing of {path: bytes} that would bring errors into a data folder.

    Raises Refused with every error; `message` begins the text, twenty are named, the others
    counted.
    """
    if errors := faults_if_written(files, data):
        more = f"\n… and {len(errors) - 20} more" if len(errors) > 20 else ""
        lines = "\n".join(map(str, errors[:20]))
        raise Refused(f"{message}, nothing was written:\n{lines}{more}")


def faults_if_written(files: dict[str, bytes], data: str | Path) -> list[Fault]:
    """Return the errors that files would have once written to a data folder, and write nothing.

    What they refer to among a country's own tables must be among them.
    """
    from cop.data import checks  # slow to import, and not needed to write

    with tempfile.TemporaryDirectory() as aside:
        base = {"name": "trial", "cop:base": str(Path(data).resolve())}
        trial = {"datapackage.json": json.dumps(base).encode()} | files
        for path, raw in trial.items():
            (Path(aside) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(aside) / path).write_bytes(raw)
        table = by_path(data)
        return [f for p in files for f in checks.of_file(table[general(p)], p, aside)]
