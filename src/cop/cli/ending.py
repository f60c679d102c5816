"""Convert exceptions to exit statuses, and print errors without a traceback.

0: success. 1: a part failed (such as a country), a package or translation is invalid, a question
was declined, or an unexpected error occurred (see the log). 2: an error that the user can correct,
such as invalid arguments or data, a library that is not installed, or a file that cannot be read or
written. 130: interrupted. 141: the program that read the output has ended.
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

from cop.data import UserError

FAILED, INVALID, STOPPED, CLOSED = 1, 2, 130, 141
# Arguments of `pip install`, if they differ from the name of the module.
PACKAGES = {"docx": "python-docx", "yaml": "pyyaml", "cop-assessment": "-e ."}
FIXES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free space on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "check the permissions, or use another folder"),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), "check the path"),
    errno.EROFS: "use a writable folder",
    errno.EISDIR: "use the path of a file, or move the folder away",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def status(call: Callable[[], int], outputs: Callable[[], Path]) -> int:
    """Call a command and return its exit status. Errors are printed to standard error.

    `outputs` returns the folder for the log of an unexpected error. SystemExit, which argparse
    raises after `--help`, is not caught.
    """
    try:
        try:
            return call()
        finally:
            if sys.stdout:
                sys.stdout.flush()  # raises an error if the disk is full
    except BrokenPipeError:  # as in `cop check | head`
        _discard_output()
        return CLOSED
    except KeyboardInterrupt:
        return _end(STOPPED, "interrupted; completed results are kept")
    except UserError as refused:
        return _end(INVALID, str(refused))
    except ModuleNotFoundError as error:
        package = PACKAGES.get(error.name, error.name)
        fix = f"run `python -m pip install {package}`"
        return _end(INVALID, f"{error.name} is not installed; {fix}")
    except Exception as error:
        if cause := _system_error(error):
            _discard_output()
            return _end(INVALID, cause)
        path, first = write_log(error, outputs()), f"{error}".split("\n")[0][:200]
        log = f"report it and attach the log {path}" if path else "no log could be saved"
        return _end(FAILED, f"unexpected error ({type(error).__name__}: {first}); {log}")


def write_log(error: BaseException, outputs: Path) -> Path | None:
    """Write the traceback to a file that only its owner can read, and return its path.

    The file is created in the `logs` folder of `outputs`, or in the temporary folder if that fails.
    Returns None if neither folder is writable.
    """
    head = f"cop {' '.join(sys.argv[1:])}\n{platform.platform()}, Python {sys.version}\n\n"
    text = head + "".join(traceback.format_exception(error))
    for folder in (Path(outputs) / "logs", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            name = f"cop-{datetime.now():%Y-%m-%d-%H%M%S}-"
            number, path = tempfile.mkstemp(".log", name, folder)
            with os.fdopen(number, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
            return Path(path)
    return None


def _system_error(error):
    """Return a message for an operating system error, or an empty string for other errors."""
    if type(error).__name__ == "SerialisationError":  # raised by lxml on a full disk
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        error = OSError(number, os.strerror(number))
    has_number = isinstance(error, OSError) and error.errno is not None
    if not has_number and type(error) is not FileNotFoundError:  # our own message includes the file
        return ""
    file = "" if error.filename is None else f"{os.path.normpath(os.fsdecode(error.filename))}: "
    fix = f"; {FIXES[error.errno]} and try again" if error.errno in FIXES else ""
    return f"{file}{error.strerror or error}{fix}"


def _end(number, sentence):
    with contextlib.suppress(OSError, ValueError):
        print(f"cop: {sentence}", file=sys.stderr, flush=True)
    return number


def _discard_output():
    """Discard all further standard output, including output that Python flushes at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
