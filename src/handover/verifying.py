"""Looking whether a sealed file is as it was made: offline, every byte, each changed file by name.

Where the signature is of the manifest, each byte of the zip is known, and what differs is named by
the file that it belongs to. Where it is not, manifest or signature was changed: the zip's own sums
say which.
"""

import contextlib
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from contract import Refused
from handover import sealing
from handover.sealing import MANIFEST, SIGNATURE

END = "the end of the zip"
# What the library raises where a zip, or a file in it, is damaged.
NO_ZIP = (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError)
NO_FILE = (*NO_ZIP, zlib.error, EOFError, RuntimeError)


@dataclass
class Verdict:
    """What was found: by which key it was sealed, what changed, and how many files there are."""

    key: str = ""  # public, hexadecimal; "" where the signature is of no manifest in it
    changed: list[str] = field(default_factory=list)
    about: dict = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Say whether every byte is as it was sealed."""
        return bool(self.key) and not self.changed


def of_file(path: Path) -> Verdict:
    """Give what is found in a sealed file; raises Refused where it is none, or not there."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: look whether the name is right") from error
    return of_bytes(content, path.name)


def of_bytes(content: bytes, name: str) -> Verdict:
    """Give what a sealed file's bytes say was changed in it; raises Refused where it is none."""
    tried = [*_by_directory(content), *_from_the_start(content)]
    for signature, manifest in tried:
        if key := sealing.signed_by(manifest, signature):
            try:
                about = json.loads(manifest)
                return Verdict(key, _changed(content, manifest, signature, about), about)
            except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
                raise Refused(f"{name} is signed, and its {MANIFEST} is none of ours") from error
    damaged = _by_sums(content)
    if not tried and not damaged:
        mend = "name a file that `cop pack` made"
        raise Refused(f"{name} is no sealed file: it holds no {MANIFEST}; {mend}")
    return Verdict(changed=damaged or [SIGNATURE, MANIFEST])


def _changed(content, manifest, signature, about):
    """Give the paths to which the bytes belong that are not as sealed, in the order of the zip."""
    entries = sealing.entries_of(manifest, signature)
    packed = {SIGNATURE: signature, MANIFEST: manifest}
    sums = {one.path: one for one in entries}
    at, found, headed = 0, [], set()
    for path, expected in sealing.parts(entries, packed, date.fromisoformat(about["day"])):
        body = path in headed and not expected and path in sums
        size = sums[path].packed_bytes if body else len(expected)
        here = content[at : at + size]
        of_body = body and hashlib.sha256(here).hexdigest() == sums[path].packed_sha256
        found += [] if of_body or not body and here == expected else [path or END]
        headed, at = headed | {path}, at + size
    if len(content) != at:
        return _by_contents(content, entries) or [END]
    return list(dict.fromkeys(found))


def _by_contents(content, entries):
    """Give the files whose contents are not as sealed, where bytes were put in or taken out.

    Files that the manifest does not know are named too.
    """
    try:
        with _opened(content) as opened:
            there = set(opened.namelist())
            known = {one.path for one in entries}
            wrong = [o.path for o in entries if o.path not in there or not _is(opened, o)]
            return wrong + sorted(there - known)
    except NO_ZIP:
        return [END]


def _opened(content):
    return zipfile.ZipFile(io.BytesIO(content))


def _is(opened, one):
    with contextlib.suppress(*NO_FILE):
        return hashlib.sha256(opened.read(one.path)).hexdigest() == one.sha256
    return False


def _by_sums(content):
    """Give which of manifest and signature is not what the zip's own sums say."""
    with contextlib.suppress(*NO_ZIP), _opened(content) as opened:
        names = [n for n in (SIGNATURE, MANIFEST) if n in opened.namelist()]
        return [n for n in names if not _sound(opened, n)]
    return []


def _sound(opened, name):
    try:
        opened.read(name)
    except NO_FILE:
        return False
    return True


def _by_directory(content) -> Iterator[tuple[bytes, bytes]]:
    """Yield signature and manifest as the zip's directory leads to them, whatever its sums say."""
    with contextlib.suppress(KeyError, *NO_ZIP), _opened(content) as opened:
        heads = [opened.getinfo(name) for name in (SIGNATURE, MANIFEST)]
        yield tuple(_stored(content, one.header_offset, one.file_size) for one in heads)


def _from_the_start(content) -> Iterator[tuple[bytes, bytes]]:
    """Yield signature and manifest as the first two headers lead to them."""
    with contextlib.suppress(struct.error):
        size = struct.unpack_from("<L", content, 22)[0]
        signature = _stored(content, 0, size)
        second = 30 + len(SIGNATURE) + size
        yield signature, _stored(content, second, struct.unpack_from("<L", content, second + 22)[0])


def _stored(content, offset, size):
    """Give the bytes of a stored file whose name is one of the two: never longer than the file."""
    name = SIGNATURE if offset == 0 else MANIFEST
    begin = offset + 30 + len(name)
    return content[begin : begin + size]
