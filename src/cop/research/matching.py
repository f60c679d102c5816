"""Normalise addresses and texts, so that they can be compared."""

import re
import unicodedata
from urllib.parse import unquote


def address_key(url: str) -> str:
    """Return an address decoded and in lower case, without scheme, `www.` and fragment.

    Slashes at the end of the path are removed too.
    """
    address = re.sub(r"^(?:[^/?#]*//)?(?:www\.)?|#.*", "", unquote(url.strip()).casefold())
    path, _, query = address.partition("?")
    return f"{path.rstrip('/')}?{query}".rstrip("?")


def text_key(text: str) -> str:
    """Return the letters and digits of a text in lower case, normalised as NFKC; "" for none."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
