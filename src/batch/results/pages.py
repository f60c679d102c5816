"""Whether a page stands as it was made: by size and time, and by its bytes where these differ."""

from pathlib import Path

from contract.reads import of_bytes

Made = list  # state of the bytes, size, time of the last change in nanoseconds


def made(path: Path) -> Made:
    """Give by what a page that stands among the results is known to be as it was made."""
    about = path.stat()
    return [of_bytes(path.read_bytes()), about.st_size, about.st_mtime_ns]


def stands(path: Path, known: Made) -> bool:
    """Say whether a page is there among the results, as it was made."""
    try:
        about = path.stat()
        same = [about.st_size, about.st_mtime_ns] == known[1:]
        return same or of_bytes(path.read_bytes()) == known[0]
    except (FileNotFoundError, NotADirectoryError):
        return False
