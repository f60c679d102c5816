"""The sealed file: a zip that is the same bytes for the same contents, with a signed manifest.

Its first two files are `signature.json` and `manifest.json`. The manifest states every other file:
SHA-256 of its contents, and size, SHA-256 and CRC-32 as it is packed. From these each byte of the
whole zip follows, so that none can change unseen.
"""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cop.data import Refused

SIGNATURE, MANIFEST = "signature.json", "manifest.json"
ALGORITHM = "Ed25519"
WITHOUT = (
    "sealing a file, and looking whether it is whole, needs cryptography, which is not installed "
    "here; bring it in with `python -m pip install 'cryptography>=44'`"
)
# What stands in every header: zip 2.0, UTF-8 names, written as on Unix, a plain file (0644).
VERSION, UTF8, UNIX, MODE = 20, 0x800, 3 << 8 | 20, 0o100644 << 16
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


@dataclass(frozen=True)
class Entry:
    """One file of the zip as the manifest states it."""

    path: str
    sha256: str  # of the contents
    bytes: int
    crc32: int
    packed_sha256: str  # of the bytes between two headers
    packed_bytes: int
    method: int = DEFLATED


def sealed(files: Mapping[str, bytes], about: Mapping, seed: str, day: date) -> bytes:
    """Give files, {path: contents}, as one zip signed with the key of a seed (hexadecimal).

    The manifest says `about` besides. Raises Refused where cryptography is not there.
    """
    packed = {path: _deflated(files[path]) for path in sorted(files)}
    entries = [_entry(path, files[path], packed[path], DEFLATED) for path in packed]
    manifest = canonical({**about, "day": day.isoformat(), "files": list(map(_stated, entries))})
    signature = _signature(manifest, seed)
    first = {SIGNATURE: signature, MANIFEST: manifest}
    heads = [_entry(path, content, content, STORED) for path, content in first.items()]
    return b"".join(part for _, part in parts([*heads, *entries], {**first, **packed}, day))


def canonical(value: object) -> bytes:
    """Give a value as the one JSON text that may be sealed: names in order, a line each, UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def entries_of(manifest: bytes, signature: bytes) -> list[Entry]:
    """Give all files of a sealed zip in their order, as its manifest and signature state them."""
    heads = [_entry(p, c, c, STORED) for p, c in ((SIGNATURE, signature), (MANIFEST, manifest))]
    return heads + [Entry(**one) for one in json.loads(manifest)["files"]]


def parts(
    entries: list[Entry], packed: Mapping[str, bytes], day: date
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of a sealed zip from first byte to last; "" is the path of its end.

    A file's packed bytes are b"" where they are not at hand.
    """
    offset, directory = 0, []
    for one in entries:
        header = _local(one, day)
        directory.append((one.path, _central(one, day, offset)))
        offset += len(header) + one.packed_bytes
        yield one.path, header
        yield one.path, packed.get(one.path, b"")
    yield from directory
    size = sum(len(part) for _, part in directory)
    yield "", struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), size, offset, 0)


def fingerprint(public: str) -> str:
    """Give the SHA-256 of a public key (hexadecimal) in groups of four, as people compare it."""
    digest = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def public_key(seed: str) -> str:
    """Give the public key that belongs to a seed, both hexadecimal."""
    return _private(seed).public_key().public_bytes_raw().hex()


def signed_by(manifest: bytes, signature: bytes) -> str:
    """Give the public key that signed a manifest; "" where the signature is not of this manifest.

    Raises Refused where cryptography is not there.
    """
    ed25519 = _library()
    from cryptography.exceptions import InvalidSignature

    try:
        stated = json.loads(signature)
        public = stated["public_key"]
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(stated["signature"]), manifest)
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return ""
    return public if signature == canonical(stated) else ""


def rezipped(content: bytes, day: date) -> bytes:
    """Give a zip that is to be sealed with its files in their order and the times of a day."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for one in old.infolist():
            made = zipfile.ZipInfo(one.filename, (day.year, day.month, day.day, 0, 0, 0))
            made.compress_type, made.create_system, made.external_attr = DEFLATED, 3, MODE
            new.writestr(made, old.read(one))
    return written.getvalue()


def _signature(manifest, seed):
    signed = _private(seed).sign(manifest).hex()
    return canonical({"algorithm": ALGORITHM, "public_key": public_key(seed), "signature": signed})


def _private(seed):
    try:
        return _library().Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    except ValueError:
        raise Refused(
            "the key is not 64 hexadecimal digits; remove the file to get a new one"
        ) from None


def _library():
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise Refused(WITHOUT) from error
    return ed25519


def _entry(path, content, packed, method):
    of = hashlib.sha256
    sizes = len(content), zlib.crc32(content), of(packed).hexdigest(), len(packed)
    return Entry(path, of(content).hexdigest(), *sizes, method)


def _stated(entry):
    return {name: value for name, value in vars(entry).items() if name != "method"}


def _deflated(content):
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(content) + made.flush()


def _when(day):
    return 0, (day.year - 1980) << 9 | day.month << 5 | day.day


def _about(one, day):
    sizes = one.crc32, one.packed_bytes, one.bytes, len(one.path.encode()), 0
    return UTF8, one.method, *_when(day), *sizes


def _local(one, day):
    return struct.pack("<4s5H3L2H", b"PK\3\4", VERSION, *_about(one, day)) + one.path.encode()


def _central(one, day, offset):
    rest = 0, 0, 0, MODE, offset
    head = struct.pack("<4s6H3L2H3H2L", b"PK\1\2", UNIX, VERSION, *_about(one, day), *rest)
    return head + one.path.encode()
