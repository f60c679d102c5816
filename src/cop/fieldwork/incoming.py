"""Files from outside: their bytes, their text and the parts of a zip, checked before unpacking."""

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cop.data import Refused

MB = 1024 * 1024
MOST_BYTES, MOST_EXPANDED, MOST_RATIO = 40 * MB, 200 * MB, 200
MOST_ENTRIES, MOST_ROWS, MOST_COLUMNS = 5000, 100_000, 2000
MOST_PLACES, MOST_TEXT = 8_000_000, 64 * MB
SMALL = MB  # a part below this may shrink at any ratio: an empty table does
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
UTF8_FIX = (
    "save it again as 'CSV UTF-8 (comma delimited)' in Excel, or with character set UTF-8 in "
    "LibreOffice"
)
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Three Cyrillic letters in a row: likely in windows-1251, rare in windows-1250.
CYRILLIC = re.compile("[Ѐ-ӿ]{3,}")


class Unfit(Exception):
    """Raised where a file is not opened; the text goes on after the file's name."""


def read_bytes(path: Path) -> bytes:
    """Read a file; raises Refused where there is none, Unfit where it is empty or too large."""
    if not path.is_file():
        raise Refused(f"there is no file {path.name} at {path.parent}")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unfit(f"has {size // MB} MB; at most {MOST_BYTES // MB} MB are opened. Split it")
    content = path.read_bytes()
    if not content.strip():
        raise Unfit("is empty")
    return content


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def unzip(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return {name: bytes} of the wanted parts of a zip; raises Unfit before a limit is passed."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        check(_zip_errors(entries, len(content)))
        return {e.filename: archive.read(e) for e in entries if wanted(e.filename)}
    except (Unfit, MemoryError):
        raise
    except Exception as error:  # zlib, CRC, unknown methods, wrong offsets
        raise Unfit("is damaged or cut off: it cannot be opened. Send it again") from error


def _zip_errors(entries, size):
    expanded, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    ratios = [e.file_size / max(e.compress_size, 1) for e in entries if e.file_size > SMALL]
    if len(entries) > MOST_ENTRIES:
        yield f"holds {len(entries)} files; at most {MOST_ENTRIES} are opened"
    if expanded > MOST_EXPANDED:
        yield f"would unpack to {expanded // MB} MB; at most {MOST_EXPANDED // MB} MB are opened"
    if max(ratios, default=1) > MOST_RATIO:
        why = "no form or export does, so it was not opened"
        yield f"unpacks to {max(ratios):.0f} times its size: {why}"
    if packed > size or len({e.header_offset for e in entries}) < len(entries):
        yield "is a zip file whose parts overlap, so it was not opened"
    if any(e.flag_bits & 1 for e in entries):
        yield "is a zip file with a password. Unpack it and import the files in it"


def check(errors: Iterable[str]) -> None:
    """Raise Unfit with the first error, if there is one."""
    if error := next(iter(errors), None):
        raise Unfit(error)


def table_errors(last: int, columns: int, rows: int, where: str = "") -> Iterator[str]:
    """Yield what is too large in a table: its last row with text, columns, or rows in use."""
    if last > MOST_ROWS:
        yield f"has text in row {last}{where}; at most {MOST_ROWS} rows are read. Split it"
    if columns > MOST_COLUMNS:
        yield f"has {columns} columns{where}; at most {MOST_COLUMNS} are read"
    if rows * columns > MOST_PLACES:
        most = f"a table of more than {MOST_PLACES:,} places is not read"
        yield f"has {rows:,} rows of {columns:,} columns{where}; {most}. Split it"


def is_locked(content: bytes) -> bool:
    """Return whether an Office file is protected by a password."""
    return content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in content


def defines_entities(part: bytes) -> bool:
    """Return whether XML declares entities, which no Office document needs."""
    text = part.replace(b"\x00", b"")  # the same in UTF-16
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def decode(content: bytes) -> str:
    """Return a file's text in UTF-8, or UTF-16 with its mark: letters are never guessed."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\x00" in content:
        # In UTF-16 without its mark, every other byte of Latin text is zero.
        utf16 = min(content[:2000:2].count(0), content[1:2000:2].count(0)) == 0
        rule = "is in UTF-16 without saying so" if utf16 else "holds bytes that are not text"
        raise Unfit(f"{rule}: {UTF8_FIX}")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        cyrillic = CYRILLIC.search(content[:MB].decode("cp1251", errors="replace"))
        likely = "windows-1251, Cyrillic" if cyrillic else "windows-1250 or 1252, Latin"
        rule = f"is not in the encoding UTF-8 (it looks like {likely})"
        raise Unfit(f"{rule}: {UTF8_FIX}") from error
    if "\x00" in text:
        raise Unfit(f"holds characters that are not text: {UTF8_FIX}")
    return text


def plain(text: str) -> str:
    """Return text for comparing: one form of each letter, lower case, single spaces, no marks."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())
