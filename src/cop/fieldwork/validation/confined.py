"""Work on a file from outside in a process of its own, with a ceiling on memory and time: whatever
the file holds, who called goes on.
"""

import gc
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable

SECONDS, PATIENCE = 9, 120  # of computing; of waiting, on a machine that does other things too
MEMORY = 700 * 1024 * 1024  # bytes, beside what the program itself takes


class TooMuch(Exception):
    """Raised where the ceiling was reached; the text names it."""


def confined(work: Callable, *arguments: object) -> object:
    """Return what `work` makes of a returned file; raises what it raises, or TooMuch."""
    receiving, sending = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(receiving)
        _work_and_leave(sending, work, arguments)
    os.close(sending)
    try:
        made = _received(receiving)
    finally:
        os.close(receiving)
        os.kill(pid, signal.SIGKILL)  # it has left already, or is to leave
        _, status = os.waitpid(pid, 0)
    return _settled(made, status)


def _work_and_leave(sending, work, arguments):
    """Do the work under the ceiling, send what comes of it, and end this process."""
    try:
        _limit()
        made = (True, work(*arguments))
    except MemoryError:
        made = (False, TooMuch(_of_memory()))
    except Exception as error:
        # Alone: what caused it may be nothing that can be sent, where a library (tblib, which
        # distributed brings) sends causes along.
        error.__cause__ = error.__context__ = None
        made = (False, error.with_traceback(None))
    try:
        with os.fdopen(sending, "wb") as pipe:
            pickle.dump(made, pipe, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)


def _limit():
    gc.disable()  # the process ends before its rubbish matters, and looking for it takes long
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/statm") as statement:
            taken = int(statement.read().split()[0]) * resource.getpagesize()
    except OSError:  # no Linux: memory is not measured so
        return
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def _received(pipe):
    """Return all bytes that come through a pipe; raises TooMuch where that takes too long."""
    parts, until = [], time.monotonic() + PATIENCE
    while select.select([pipe], [], [], max(0, until - time.monotonic()))[0]:
        part = os.read(pipe, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    raise TooMuch(f"{PATIENCE} seconds on this busy machine")


def _settled(content, status):
    """Return what came of the work by what it sent and how its process ended."""
    try:
        well, made = pickle.loads(content)  # made by ourselves, a moment ago
    except (EOFError, pickle.UnpicklingError):
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        of_time = ended in (signal.SIGXCPU, signal.SIGKILL)
        raise TooMuch(f"{SECONDS} seconds of computing" if of_time else _of_memory()) from None
    if not well:
        raise made
    return made


def _of_memory():
    return f"{MEMORY // 2**20} MB of memory"
