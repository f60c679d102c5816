"""Whether a page stands as it was made: by size and time, and by its bytes where these differ."""

from pathlib import Path

from cop.data.reads import of_bytes

Made = list  # state of the bytes, size, time of the last change in nanoseconds


def made(path: Path, *known: Made) -> Made:
    """Give by what a page that stands among the results is known to be as it was made.

    One whose size and time are among those `known` is not read.
    """
    about = path.stat()
    now = [about.st_size, about.st_mtime_ns]
    same = (one for one in known if one[1:] == now)
    return next(same, None) or [of_bytes(path.read_bytes()), *now]


def stands(path: Path, known: Made) -> bool:
    """Say whether a page is there among the results, as it was made."""
    try:
        return made(path, known)[0] == known[0]
    except (FileNotFoundError, NotADirectoryError):
        return False
