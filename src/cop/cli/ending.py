"""How a call ends, whatever happens in it: one sentence and an exit status, never a traceback.

0 all is well · 1 a country failed, or something was declined · 2 refused, or the machine would not
· 3 a fault of this program · 130 stopped · 141 whoever read the output had seen enough.
"""

import contextlib
import errno
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cop.data import Refused

REFUSED, UNEXPECTED, STOPPED, CLOSED = 2, 3, 130, 141
MENDS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EFBIG: "the system allows no larger file",
    errno.EACCES: "ask whoever owns it, or name another folder",
    errno.EPERM: "ask whoever owns it, or name another folder",
    errno.EROFS: "name a folder that can be written",
    errno.ENOENT: "look whether the name is right",
    errno.ENOTDIR: "look whether the name is right",
    errno.EISDIR: "name a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "close other programs",
}


def status(call: Callable[[], int], outputs: Callable[[], Path]) -> int:
    """Make a call and give its exit status; `outputs` gives the folder for the log of a fault.

    argparse's own SystemExit, as after --help, passes.
    """
    try:
        return _flushed(call)
    except BrokenPipeError:  # as `cop check | head` has
        _close(sys.stdout)
        return CLOSED
    except KeyboardInterrupt:
        return _ended(STOPPED, "stopped; what was complete is kept")
    except Refused as refused:
        return _ended(REFUSED, str(refused))
    except Exception as error:
        if not (cause := _of_the_machine(error)):
            return _unexpected(error, outputs())
        _close(sys.stdout)
        return _ended(REFUSED, _sentence(cause))


def log(error: BaseException, outputs: Path) -> Path | None:
    """Write the traceback to a file that only its owner reads; None where nothing can be written.

    It is in the logs of the folder of outputs, else in the folder for temporary files.
    """
    head = f"cop {' '.join(sys.argv[1:])}\n{platform.platform()}, Python {sys.version}\n\n"
    text = head + "".join(traceback.format_exception(error))
    for folder in (Path(outputs) / "logs", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            day = f"cop-{datetime.now():%Y-%m-%d-%H%M%S}-"
            number, path = tempfile.mkstemp(".log", day, folder)
            with os.fdopen(number, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
            return Path(path)
    return None


def _flushed(call):
    """Make the call and write out all it printed: a full disk may be met only then."""
    try:
        return call()
    finally:
        if sys.stdout:
            sys.stdout.flush()


def _of_the_machine(error):
    """Give the OSError where disk, rights or names are at fault, or a file that we ask for."""
    if type(error).__name__ == "SerialisationError":  # lxml's, as IO_ENOSPC, of a workbook
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        return OSError(number, os.strerror(number))
    known = isinstance(error, OSError) and error.errno is not None
    return error if known or type(error) is FileNotFoundError else None


def _sentence(error):
    """Give what the machine said, of which file, and what may help."""
    place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    mend = MENDS.get(error.errno)
    return f"{place}{error.strerror or error}" + (f"; {mend} and call again" if mend else "")


def _unexpected(error, outputs):
    """Say that this is our fault and where the traceback lies."""
    first = (str(error).splitlines() or [""])[0][:200]
    what = f"this was not expected ({type(error).__name__}: {first})"
    if path := log(error, outputs):
        return _ended(UNEXPECTED, f"{what}; please report it with {path}, once you have read it")
    return _ended(UNEXPECTED, f"{what}; please report it: no log could be written")


def _ended(number, sentence):
    """Say the sentence where it can be said; give the status."""
    with contextlib.suppress(OSError, ValueError):
        print(f"cop: {sentence}", file=sys.stderr, flush=True)
    return number


def _close(stream):
    """Let nothing more be written on a stream, also not when Python ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
