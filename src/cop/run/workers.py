"""Run functions in separate processes, and detect processes that fail, hang or are killed."""

import contextlib
import io
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

START_METHODS = multiprocessing.get_all_start_methods()
CONTEXT = multiprocessing.get_context("forkserver" if "forkserver" in START_METHODS else "spawn")
CONTEXT.set_forkserver_preload(["cop.run.preload", "cop.cli.main"])
DATA, SHARED = "COP_DATA", "COP_SHARED"  # environment variables, see `Workers`
# Keeps the order of sets the same in each run, and linear algebra in one thread per process.
ENVIRONMENT = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}


class Failed(Exception):
    """Exception for a failed process or check. `cell` is the number of a failed cell, or None."""

    def __init__(self, cell: int | None, cause: str, message: str, details: str = "") -> None:
        """Initialise the exception. `details` are for the log (default: cause and message)."""
        super().__init__(cell, cause, message, details)
        self.cell, self.cause, self.message = cell, cause, message
        self.details = details or str(self)

    def __str__(self) -> str:
        """Return the cause and the message."""
        return f"{self.cause}: {self.message}"


class Workers:
    """Processes of a run on this machine."""

    def __init__(self, slots: int, data: str = "", shared: str = "") -> None:
        """Set COP_DATA, COP_SHARED and ENVIRONMENT in `os.environ` for the processes.

        A fork server reads them only when it starts. `data` is the data folder relative to
        notebooks/; if its `fingerprints.shared_state` is still `shared`, the server does not check
        the shared tables again. Callers must run at most `slots` functions at the same time.
        """
        self.slots, self._running, self._stopped = slots, set(), False
        self._lock = threading.Lock()  # starting and joining a process are not thread-safe
        os.environ.update(ENVIRONMENT | {DATA: data, SHARED: shared})

    def run(self, function: Callable, *arguments: Any, timeout: float | None, log=None) -> Any:
        """Run a function in a new process and return its result.

        The function receives one more argument, a callback to which it passes the number of each
        cell before the cell runs. Text that it writes to standard error is passed to `log`, a
        logger. Raises Failed if the function raises an exception, the process ends without a result
        or is stopped, or it reports nothing for `timeout` seconds (None: no limit).
        """
        ours, theirs = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=_work, args=(theirs, function, arguments), daemon=True)
        with self._lock:
            if self._stopped:
                raise Failed(None, "Stopped", "the run was stopped")
            process.start()
            self._running.add(process)
        theirs.close()
        cell = None
        try:
            while ours.poll(timeout):
                kind, value = ours.recv()
                if kind == "done":
                    return value
                if kind == "failed":
                    raise Failed(cell, *value)
                if kind == "cell":
                    cell = value
                elif log:
                    log.info(value)
            raise Failed(cell, "Timeout", f"no progress for {timeout} seconds; increase --timeout")
        except EOFError:
            self._join(process)
            raise Failed(cell, *describe_exit(process.exitcode or 0)) from None
        finally:
            process.kill()
            self._join(process)
            self._running.discard(process)
            ours.close()

    def stop(self) -> None:
        """Kill the running processes and prevent new ones."""
        with self._lock:
            self._stopped = True
            for process in list(self._running):
                process.kill()

    def _join(self, process):
        with self._lock:
            process.join()


def start_server() -> None:
    """Start the fork server, if the system has one, without waiting for its slow imports."""
    if "forkserver" in START_METHODS:
        forkserver.ensure_running()


def describe_exit(code: int) -> tuple[str, str]:
    """Return (cause, message) for a process that ended with an exit code but without a result."""
    if code >= 0:
        return "Ended", f"the process exited with status {code}"
    name = signal.Signals(-code).name
    perhaps = " (possibly out of memory)" if name == "SIGKILL" else ""
    return "Killed", f"the process was killed by {name}{perhaps}"


def _work(connection: Connection, function: Callable, arguments: tuple) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C stops the run, which stops this process
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            result = function(*arguments, lambda cell: connection.send(("cell", cell)))
        last = "done", result
    except BaseException as error:
        cause = getattr(error, "ename", type(error).__name__)
        message = str(getattr(error, "evalue", error)).strip()
        last = "failed", (cause, message, traceback.format_exc())
    if errors.getvalue():
        connection.send(("log", errors.getvalue()))
    connection.send(last)


def _exit_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)
