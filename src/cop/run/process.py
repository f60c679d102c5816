"""Work in processes of their own: forked from a warm template, or cold where none can be forked.

A process tells what it is at; one that dies, hangs or is killed is found out.
"""

import contextlib
import ctypes
import heapq
import itertools
import json
import os
import pickle
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

ANSI = re.compile(r"\x1b\[[0-9;]*m")
GRACE = 5  # seconds that a process may take over its time before it is killed
FORKS = sys.platform == "linux" and not os.environ.get("COP_COLD_KERNELS")
# The fork server imports the template by its name, so its environment is all that it can be told
# by.
WARM = "COP_WARM"
QUIET = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
_LOCK = threading.Lock()  # the one fork server's start and join are not safe between threads


class Failed(Exception):
    """Raised when a process did not do its work; carries cell, cause, message and the full log."""

    def __init__(self, cell: int | None, cause: str, message: str, log: str = "") -> None:
        """Take what is known of the failure."""
        super().__init__(message)
        self.cell, self.cause, self.message = cell, cause, message
        self.log = log or f"{cause}: {message}\n"


class Slots:
    """So many at a time; whoever came first is first, but a country's last stage waits for all
    others.

    Last stages are the longest and stand alone: begun last, they end side by side, and none is left
    over for one core.
    """

    def __init__(self, number: int) -> None:
        """Make so many slots."""
        self._free, self._waiting, self._order = number, [], itertools.count()
        self._moved = threading.Condition()

    @contextlib.contextmanager
    def one(self, last: bool = False) -> Iterator[None]:
        """Wait for a slot and hold it for a while."""
        with self._moved:
            turn = (last, next(self._order))
            heapq.heappush(self._waiting, turn)
            self._moved.wait_for(lambda: self._free and self._waiting[0] == turn)
            heapq.heappop(self._waiting)
            self._free -= 1
            self._moved.notify_all()  # there may be room for the next in turn too
        try:
            yield
        finally:
            with self._moved:
                self._free += 1
                self._moved.notify_all()


class Machine:
    """This machine during a run: its slots, its warm template, and the processes that are alive."""

    def __init__(self, slots: int, *template: str) -> None:
        """Make room for so many processes; `template` are the modules imported before the fork."""
        self.slots, self._template, self._live = Slots(slots), template, set()
        self._stopped, self._beginning = False, threading.RLock()

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Let all that is at work here stand still in the body, and nothing begin meanwhile."""
        with self._beginning:
            _signal(self._live, "SIGSTOP")
            try:
                yield
            finally:
                _signal(self._live, "SIGCONT")

    def warm_up(self, data: str, countries: Iterable[str] = ()) -> None:
        """Let the warm template start now, to be ready when the first notebook is; returns at once.

        It reads the tables of these countries too, which a template that stays warm is asked for.
        """
        os.environ.update(QUIET)
        if not FORKS:
            return
        from multiprocessing import forkserver

        get_context("forkserver").set_forkserver_preload([*self._template])
        os.environ[WARM] = json.dumps([data, *countries])
        try:
            forkserver.ensure_running()
        finally:
            del os.environ[WARM]

    def do(self, work: Callable, arguments: tuple, timeout: float) -> Any:
        """Do work in a process of its own and give its result.

        Its last argument is a function that tells ("cell", number). Raises Failed when it fails,
        dies or is silent for too long.
        """
        if self._stopped:
            raise Failed(None, "Stopped", "the run was stopped")
        process, ours = self._begun(_body, work, arguments, duplex=False)
        wait = True
        try:
            result = _listen(ours, process, timeout)
            wait = False  # it said all, and does nothing more
            return result
        finally:
            _kill(process, wait)
            self._live.discard(process)
            ours.close()

    def keep(self, work: Callable, arguments: tuple) -> Callable[[Any, float], Any]:
        """Keep a process that does work each time it is asked; give what asks it.

        The work is given the arguments and what it is asked. Who asks waits, for so many seconds,
        and gets the result, or Failed.
        """
        process, ours = self._begun(_serve, work, arguments, duplex=True)

        def _ask(question, timeout):
            try:
                ours.send(question)
            except OSError:  # it ended meanwhile
                raise Failed(None, *_death(process)) from None
            return _listen(ours, process, timeout)

        return _ask

    def _begun(self, body, work, arguments, duplex):
        """Begin a process for work; give it, and our end of what it is heard by."""
        context = get_context("forkserver" if FORKS else "spawn")
        ours, theirs = context.Pipe(duplex)
        # one that is kept ends with who keeps it
        process = context.Process(target=body, args=(work, arguments, theirs), daemon=duplex)
        with self._beginning:
            with _LOCK, _without_program():
                process.start()
                theirs.close()
            self._live.add(process)
        return process, ours

    def stop(self) -> None:
        """Kill every process that is still running, with its children, and start no more."""
        self._stopped = True
        for process in list(self._live):
            _kill(process)


@contextlib.contextmanager
def _without_program():
    """Let a process that starts in the body not import anew what was called as a program: all of
    Dask at a worker of a cluster, and a third of what a notebook takes.
    """
    called = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = called


def reason(error: BaseException) -> tuple[int | None, str, str]:
    """Give cell, cause and message of a notebook's failure, in the words of the error itself."""
    if hasattr(error, "ename"):
        return error.cell_index + 1, error.ename, ANSI.sub("", str(error.evalue))
    return None, type(error).__name__, ANSI.sub("", str(error)).strip()


def _body(work: Callable, arguments: tuple, theirs: Connection) -> None:
    """The body of the process: a group of its own, ended with its parent."""
    _stand_alone()
    _do(work, (*arguments, lambda told: theirs.send_bytes(pickle.dumps(told))), theirs)
    theirs.close()
    os._exit(0)


def _serve(work: Callable, arguments: tuple, theirs: Connection) -> None:
    """The body of a process that is kept: it works each time it is asked, until nobody can ask."""
    _stand_alone()
    with contextlib.suppress(EOFError):
        while True:
            _do(work, (*arguments, theirs.recv()), theirs)
    os._exit(0)


def _stand_alone():
    if FORKS:
        os.setsid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing outlives the run


def _do(work, arguments, theirs):
    try:
        theirs.send(("ok", work(*arguments)))
    except BaseException as error:  # whatever it is, it must be told
        theirs.send(("failed", *reason(error), ANSI.sub("", traceback.format_exc())))


def _listen(ours: Connection, process: BaseProcess, timeout: float) -> Any:
    """Follow a process until it says how it ended and give its result.

    Raises Failed unless it says ok.
    """
    cell = None
    while True:
        if not ours.poll(timeout + GRACE):
            raise Failed(cell, "Timeout", f"said nothing for {timeout} seconds and was ended")
        try:
            word, *rest = ours.recv()
        except EOFError:
            raise Failed(cell, *_death(process)) from None
        if word == "cell":
            cell = rest[0]
        elif word == "failed":
            raise Failed(rest[0] or cell, *rest[1:])
        else:
            return rest[0]


def _death(process: BaseProcess) -> tuple[str, str]:
    """Give cause and message of a process that ended without a word."""
    with _LOCK:
        process.join(GRACE)
    code = process.exitcode or 0
    if code >= 0:
        return "Ended", f"the cell ended its process with exit status {code}"
    name = signal.Signals(-code).name
    perhaps = " (out of memory, perhaps)" if name == "SIGKILL" else ""
    return "Killed", f"the process was killed by {name}{perhaps}"


def _signal(processes: Iterable[BaseProcess], name: str) -> None:
    """Send a signal to those that are still there."""
    for process in list(processes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, getattr(signal, name))


def _kill(process: BaseProcess, wait: bool = True) -> None:
    """End a process with its whole group, and wait for it unless told not to."""
    with contextlib.suppress(ProcessLookupError, PermissionError, TypeError):
        os.killpg(process.pid, signal.SIGKILL) if FORKS else process.kill()
    if wait:
        with contextlib.suppress(Exception), _LOCK:
            process.kill()
            process.join(GRACE)
