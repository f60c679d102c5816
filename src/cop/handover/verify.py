"""Verify that the files of a package are unchanged since it was signed.

    python verify.py cop-assessment-UKR.zip --signer "5f34 9476 …"

Requires only this file, Python 3.11 or newer and the package `cryptography`. The zip file is read
without unpacking it, and the network is not used.
"""

import argparse
import hashlib
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CHECKSUMS, SIGNATURE, PUBLIC_KEY = "SHA256SUMS", "SHA256SUMS.sig", "signing-key.pem"
SIGNED = (CHECKSUMS, SIGNATURE, PUBLIC_KEY)
COMMENT = b"COP assessment package"  # lost if the files are zipped again
MAX_FILES, MAX_BYTES = 10_000, 1_000_000_000
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
NOT_A_PACKAGE = "is not a readable COP assessment package"


class Verdict(NamedTuple):
    """Result of comparing a package with its signed checksums."""

    signer: str = ""  # empty if the signature does not match the checksums
    files: int = 0  # number of files with a checksum
    changed: Sequence[str] = ()
    added: Sequence[str] = ()
    missing: Sequence[str] = ()
    zipped_again: bool = False

    @property
    def intact(self) -> bool:
        """Return whether the signature is valid and no file is changed, added or missing."""
        return bool(self.signer) and not (self.changed or self.added or self.missing)


def fingerprint(public_key: bytes) -> str:
    """Return 32 hex digits of the SHA-256 hash of a raw public key, in groups of four."""
    return hashlib.sha256(public_key).digest()[:16].hex(" ", 2)


def verify(path: Path) -> Verdict:
    """Compare a package with its signed checksums.

    If the signature is invalid, the files in SIGNED are reported as changed, and no other file is
    compared. Raises ValueError if the package is missing, unreadable or too large, or does not
    contain the files in SIGNED, and ImportError if `cryptography` is not installed.
    """
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            if len(names) > MAX_FILES or sum(f.file_size for f in package.infolist()) > MAX_BYTES:
                raise ValueError(f"it unpacks to over {MAX_FILES:,} files or {MAX_BYTES:,} bytes")
            if lacking := set(SIGNED) - set(names):
                raise ValueError(f"it does not contain {', '.join(sorted(lacking))}")
            if not (signer := _signer(package)):
                return Verdict(changed=SIGNED)
            lines = package.read(CHECKSUMS).decode().splitlines()
            stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
            present = set(names) - set(SIGNED)
            return Verdict(
                signer,
                len(stated),
                sorted(n for n in stated.keys() & present if _sha256(package, n) != stated[n]),
                sorted(n for n in present if n not in stated or names.count(n) > 1),
                sorted(stated.keys() - present),
                package.comment != COMMENT,
            )
    except UNREADABLE as error:
        raise ValueError(
            f"{path} {NOT_A_PACKAGE} ({error}): check the path or request a new copy"
        ) from error


def _signer(package):
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        checksums, signature, key = map(package.read, SIGNED)
        public = load_pem_public_key(key)
        public.verify(signature, checksums)
    except (*UNREADABLE, InvalidSignature, UnsupportedAlgorithm, TypeError, AttributeError):
        return ""  # also for a key other than Ed25519
    return fingerprint(public.public_bytes_raw())


def _sha256(package, name):
    try:
        with package.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except UNREADABLE:
        return ""


def report(path: Path, signer: str = "") -> int:
    """Verify a package, print the result and return the exit status.

    The status is 0 if the package is intact and its key is `signer`, 2 if `verify` fails, else 1.
    """
    try:
        verdict = verify(path)
    except ImportError:
        print("cryptography is not installed; run `python -m pip install cryptography`")
        return 2
    except ValueError as error:
        print(error)
        return 2
    for kind in ("changed", "added", "missing"):
        for name in getattr(verdict, kind):
            print(f"{kind}: {name}")
    if not verdict.intact:
        print(f"{path.name} does NOT match its signature. Request a new copy.")
        return 1
    print(f"{path.name}: all {verdict.files} files match their signed checksums.")
    if verdict.zipped_again:
        print("The files were zipped again; their contents are unchanged.")
    print(f"Signed with the key with the fingerprint {verdict.signer}")
    if signer.replace(" ", "").lower() == verdict.signer.replace(" ", ""):
        return 0
    if signer:
        print(f"This is NOT the expected key ({signer}). Ask the sender before using the files.")
    else:
        print("Signer not verified: use --signer with the key fingerprint sent to you separately.")
    return 1


def main() -> None:
    """Run the script and exit with the status of `report`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="zip file of the package")
    parser.add_argument("--signer", default="", metavar="KEY", help="expected key fingerprint")
    arguments = parser.parse_args()
    parser.exit(report(arguments.file, arguments.signer))


if __name__ == "__main__":
    main()
