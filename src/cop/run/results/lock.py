"""One run at a time in a folder of results, by a lock of the system: it goes with its process."""

import contextlib
import fcntl
import getpass
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from cop.data import Refused

FILE = ".lock"


@contextlib.contextmanager
def alone(outputs: Path) -> Iterator[Callable[[], bool]]:
    """Keep other runs out of a folder of results while the body runs; it is made where missing.

    Gives what says whether it still is ours: somebody may have deleted it meanwhile.
    Raises Refused, saying who is at work there and since when.
    """
    made = not outputs.exists()
    outputs.mkdir(parents=True, exist_ok=True)
    with _locked(outputs) as handle:
        _say_who(handle)
        try:
            yield lambda: _stands(handle, outputs / FILE)
        finally:
            handle.truncate(0)
            if made and _stands(handle, outputs / FILE) and os.listdir(outputs) == [FILE]:
                with contextlib.suppress(OSError):  # nothing was run
                    (outputs / FILE).unlink()
                    outputs.rmdir()


def _locked(outputs):
    """Give the open lock file, locked; raises Refused where another run has it."""
    while True:
        handle = (outputs / FILE).open("a+", encoding="utf-8")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            with handle:
                mend = "wait until it ends, or name another --outputs"
                raise Refused(f"{_who(handle)}: {mend}") from error
        if _stands(handle, outputs / FILE):
            return handle
        handle.close()  # whoever had it took it away: there is another one by now


def _stands(handle, path):
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _say_who(handle):
    about = {
        "user": _user(),
        "host": socket.gethostname(),
        "process": os.getpid(),
        "since": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S"),
    }
    handle.truncate(0)
    handle.write(json.dumps(about))
    handle.flush()


def _user():
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # not every process has a user with a name
        return "somebody"


def _who(handle):
    """Give who is at work, and since when, as far as it is written."""
    handle.seek(0)
    folder = Path(handle.name).parent
    try:
        about = json.loads(handle.read())
    except ValueError:  # it has only just begun
        return f"another run has just begun in {folder}"
    where = "" if about["host"] == socket.gethostname() else f" on {about['host']}"
    who = f"{about['user']}, process {about['process']}{where}"
    return f"another run is at work in {folder} since {about['since']} ({who})"
