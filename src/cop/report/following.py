"""A page as it is served while somebody works on it: with what reloads it, which no file holds."""

import secrets
from functools import lru_cache
from pathlib import Path

POLICY = b"content=\"default-src 'none';"


def followed(page: bytes, times: int) -> bytes:
    """Return a page that follows its report: it reloads once that was made more than `times` times.

    Its policy lets this one script run, and ask this one server.
    """
    nonce = secrets.token_urlsafe(12)
    policy = f" script-src 'nonce-{nonce}'; connect-src 'self';".encode()
    script = f'<script nonce="{nonce}" data-made="{times}">{_script()}</script>'.encode()
    before, end, after = page.rpartition(b"</body>")
    return before.replace(POLICY, POLICY + policy, 1) + script + end + after


@lru_cache(maxsize=1)
def _script():
    return Path(__file__).with_name("follow.js").read_text(encoding="utf-8")
