"""Write several files as one change: either all or none, even if the process is killed.

All new files are first written to a folder under `.pending`, with copies of the old files and a
list of targets. Renaming the list commits the change. The next command completes it if necessary.
"""

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cop.data.errors import UserError
from cop.data.package import by_path, standing_on
from cop.data.reads import StrPath

PENDING, MOVES = ".pending", "moves"


def write(root: StrPath, files: dict[str, bytes | None]) -> None:
    """Write or delete several files below `root`: either all or none.

    `files` is {path: bytes, or None to delete the file}; emptied folders are removed. Call within
    `alone(root)`, and read files that the change is based on in the same block. If a file cannot be
    replaced, the old files are restored, and UserError (permission denied) or OSError is raised.
    """
    root = Path(root)
    (root / PENDING).mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=root / PENDING))
    for number, (path, content) in enumerate(files.items()):
        if content is not None:
            _write_through(aside / f"{number}.new", content)
        if (root / path).exists():
            shutil.copy2(root / path, aside / f"{number}.old")
    _write_through(aside / "listed", json.dumps([*map(str, files)]).encode())
    os.replace(aside / "listed", aside / MOVES)
    with contextlib.suppress(OSError), _locked(aside) as handle:  # some drives cannot sync folders
        os.fsync(handle)
    carry_through(root)


def carry_through(root: StrPath) -> None:
    """Complete the committed changes below `root`, and discard all others.

    If a file cannot be replaced, the old files are restored, and an error is raised (see `write`).
    """
    pending, refused = Path(root) / PENDING, None
    for aside in sorted(pending.iterdir()) if pending.is_dir() else []:
        if (aside / MOVES).exists():
            try:
                _put(Path(root), aside, "new")
            except OSError as error:
                _put(Path(root), aside, "old")
                refused = error
            (aside / MOVES).unlink()
        shutil.rmtree(aside)
    with contextlib.suppress(OSError):
        pending.rmdir()
    if refused:
        raise _refusal(refused) from refused


def _put(root, aside, kind):  # can be repeated after an interruption
    for number, path in enumerate(json.loads((aside / MOVES).read_bytes())):
        source, target = aside / f"{number}.{kind}", root / path
        if not source.exists():
            target.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # the folder is not empty
                os.removedirs(target.parent)
        elif not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_through(aside / "copy", source.read_bytes())
            shutil.copymode(source, aside / "copy")
            os.replace(aside / "copy", target)


def _refusal(error):
    if not isinstance(error, PermissionError):
        return error
    return UserError(
        f"{error.filename2 or error.filename}: permission denied, so nothing was written; close "
        "it in other programs, or allow writing to it and its folder, and run the command again"
    )


def _write_through(path, content):
    path.unlink(missing_ok=True)  # left by an interrupted process
    with path.open("xb") as handle:  # does not follow a link that others created
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


@contextlib.contextmanager
def _locked(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def alone(root: StrPath) -> Iterator[None]:
    """Create and lock a folder for a `with` block, and complete interrupted changes in the folder.

    Waits while the folder is locked, so a nested block for the same folder would wait forever.
    """
    Path(root).mkdir(parents=True, exist_ok=True)
    with (Path(root) / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        carry_through(root)
        yield


def settle(data: StrPath) -> None:
    """Complete interrupted changes in a data folder and its bases, before tables are read."""
    for folder in standing_on(data):
        if (folder / PENDING).is_dir():
            with alone(folder):
                pass


def whole(path: StrPath, content: bytes) -> None:
    """Write one file outside a data folder atomically.

    Missing folders are created. Concurrent calls wait for each other if the drive supports locks.
    Devices are written directly. Raises UserError if permission is denied, or another OSError.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    aside = target.with_name(f".{target.name}.part")
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # some drives have no locks
            stack.enter_context(_locked(target.parent))
        try:
            _write_through(aside, content)
            os.replace(aside, target)
        except OSError as error:  # such as a full disk or a file in use
            aside.unlink(missing_ok=True)
            raise _refusal(error) from error


def refuse_writing(
    files: dict[str, bytes], data: StrPath, message: str, beside: dict[str, bytes] | None = None
) -> None:
    """Raise UserError if the files to write ({path: bytes}) contain errors.

    Country tables that the files refer to must be in `files` or in `beside`, which is not checked.
    The error begins with `message` and lists at most twenty errors.
    """
    from cop.data import checks  # slow to import, and not needed to write

    with tempfile.TemporaryDirectory() as aside:
        base = {"name": "trial", "cop:base": str(Path(data).resolve())}
        trial = {"datapackage.json": json.dumps(base).encode()} | (beside or {}) | files
        for path, raw in trial.items():
            file = Path(aside, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(raw)
        table = by_path(aside)  # `files` may create a country
        errors = [error for path in files for error in checks.of_file(table[path], path, aside)]
    if errors:
        more = f"\n… and {len(errors) - 20} more" if len(errors) > 20 else ""
        lines = "\n".join(map(str, errors[:20]))
        raise UserError(f"{message}; nothing was written:\n{lines}{more}")
