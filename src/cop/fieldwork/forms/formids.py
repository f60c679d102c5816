"""Ids of forms that are sent to a contact: with a secret part, so that nobody can guess another's.

The part is an HMAC of the id under a key of the store, made with the first invitation. Whoever
copies the store copies the key; whoever has neither cannot send a return in another's name.
"""

import base64
import hashlib
import hmac
import re
import secrets
from pathlib import Path

from cop.fieldwork import restricted

KEY = "form_ids.key"
SECRET = r"-[a-z2-7]{8}"


def key(data: Path) -> bytes:
    """Give the key that seals the ids of forms, b"" where there is none yet."""
    path = restricted.folder(data) / KEY
    return path.read_bytes().strip() if path.exists() else b""


def made_key(data: Path) -> bytes:
    """Give the key that seals the ids of forms, new on first use.

    Call it inside `restricted.alone`.
    """
    if not key(data):
        restricted.write(data, {KEY: secrets.token_hex(32).encode() + b"\n"})
        (restricted.folder(data) / KEY).chmod(0o600)
    return key(data)


def sealed(form_id: str, secret: bytes) -> str:
    """Give a form id with its secret part: `ZZZ-F07` => `ZZZ-F07-k3m9qz2p`."""
    digest = hmac.new(secret, f"form id\0{form_id}".encode(), hashlib.sha256).digest()
    return f"{form_id}-{base64.b32encode(digest)[:8].decode().lower()}"


def is_sealed(form_id: str, secret: bytes) -> bool:
    """Say whether a form id is one that was made with the key."""
    plain = without_secret(form_id)
    return bool(secret) and plain != form_id and hmac.compare_digest(sealed(plain, secret), form_id)


def without_secret(form_id: str) -> str:
    """Give a form id without its secret part, which one of before may lack."""
    return re.sub(f"{SECRET}$", "", form_id)
