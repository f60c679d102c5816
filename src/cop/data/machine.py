"""Return the current date, and read or create the secret keys of this machine."""

import fcntl
import os
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

from cop.data.errors import UserError

DAY = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/
LEAST = 32  # random bytes of a new key; minimum number of characters of any key
# A folder with one of these files is a repository or data folder, which may be shared.
HANDED_ON = (".git", "pyproject.toml", "requirements.lock", "datapackage.json")


def today() -> date:
    """Return the local date or, if set, SOURCE_DATE_EPOCH in UTC. Raises UserError if invalid."""
    if not (seconds := os.environ.get(DAY)):
        return date.today()
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UserError(
            f"invalid {DAY} {seconds!r}; set it to a number of seconds since 1970, for example "
            f"with `export {DAY}=$(git log -1 --format=%ct)`, or unset it"
        ) from None


def secret_key(variable: str, usual: str, data: Path) -> str:
    """Read a secret key from the file named by an environment variable (default: `usual`).

    If the file is missing or empty, a hexadecimal key of 32 bytes is written to it; a new file
    is readable only by the owner. Raises UserError if the file is in the data folder `data` or a
    shared folder (see HANDED_ON), is accessible to other users, or has fewer than 32 characters.
    """
    path = Path(os.environ.get(variable) or usual).expanduser().resolve()
    for folder in path.parents:
        if folder == Path(data).resolve() or any((folder / mark).exists() for mark in HANDED_ON):
            fix = f"set {variable} to a file outside any repository or data folder"
            raise UserError(f"the key file {path} is in {folder}, which may be shared; {fix}")
    if not path.exists() or not path.stat().st_size:  # empty after an interruption
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # two processes may create it at once
            if not handle.read():
                handle.write(f"{secrets.token_hex(LEAST)}\n".encode())
                handle.flush()
                os.fsync(handle)
    if path.stat().st_mode & 0o077:
        raise UserError(f"the key file {path} is open to other users; run `chmod 600 '{path}'`")
    key = path.read_bytes().strip()
    if len(key) < LEAST:
        raise UserError(
            f"the key file {path} has fewer than 32 characters; restore it from a backup, or "
            "delete it to create a new key"
        )
    return key.decode("latin-1")
