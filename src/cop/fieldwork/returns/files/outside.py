"""A file from outside before it is trusted: its bytes and the parts of a zip within limits, the
work on them done apart, and one sentence where it is unfit.
"""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from cop.data import Refused
from cop.fieldwork.returns.files import limits
from cop.fieldwork.returns.files.confined import TooMuch, confined
from cop.fieldwork.returns.files.limits import MB

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"


class Unfit(Exception):
    """Raised where a file is not opened; the text goes on after the file's name."""


def worked(
    path: Path, work: Callable, *others: object, split: str = "Split it"
) -> tuple[bytes, object]:
    """Give (bytes of a file, what `work` makes of them and of `others`), under a ceiling of memory
    and time.

    Raises Refused with what to mend, also where `work` raises Unfit; `split` is what helps where it
    needs too much.
    """
    if not path.is_file():
        raise Refused(f"there is no file {path.name} at {path.parent}")
    try:
        content = _bytes(path)
        return content, confined(work, content, *others)
    except Unfit as unfit:
        raise Refused(f"{path.name} {unfit}") from unfit
    except TooMuch as much:
        why = f"needs more than {much} to be read, so it was not opened. {split}"
        raise Refused(f"{path.name} {why}") from much


def parts(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Give {name: bytes} of the wanted parts of a returned zip; raises Unfit beyond the limits.

    It is raised before anything is expanded beyond them.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        hold(limits.of_zip(entries, len(content)))
        return {e.filename: archive.read(e) for e in entries if wanted(e.filename)}
    except (Unfit, MemoryError):
        raise
    # zlib, CRC, unknown methods, wrong offsets: for the person all of it is a damaged file.
    except Exception as error:
        raise Unfit("is damaged or cut off: it cannot be opened. Send it again") from error


def hold(flaws: Iterable[str]) -> None:
    """Raise Unfit with the first thing in a returned file that is too much, if anything is."""
    flaw = next(iter(flaws), None)
    if flaw:
        raise Unfit(flaw)


def is_locked(content: bytes) -> bool:
    """Say whether a returned Office file is protected by a password."""
    return content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in content


def _bytes(path):
    size = path.stat().st_size
    if size > limits.MOST_BYTES:
        most = f"at most {limits.MOST_BYTES // MB} MB are opened. Split it"
        raise Unfit(f"has {size // MB} MB; {most}")
    content = path.read_bytes()
    if not content.strip():
        raise Unfit("is empty")
    return content
