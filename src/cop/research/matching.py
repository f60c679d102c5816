"""Normalise URLs and texts, so that they can be compared."""

import unicodedata
from urllib.parse import unquote, urlsplit


def address_key(url: str) -> str:
    """Decode and lower-case a URL, and remove its scheme, `www.`, fragment and final slashes."""
    try:
        parts = urlsplit(unquote(url.strip()).casefold())
    except ValueError:
        return url.casefold()  # not a valid address
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")


def text_key(text: str) -> str:
    """Return the letters and digits of a text in lower case, normalised as NFKC."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
