"""Keys by which two addresses, titles or passages count as the same."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

VISITS = re.compile(r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid)=")  # parameters that count visitors


def address_key(url: str) -> str:
    """Return an address without scheme, www, end slash, fragment, case and visitor counting."""
    parts = urlsplit(unquote(url.strip()).casefold())
    query = "&".join(part for part in parts.query.split("&") if not VISITS.match(part))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{query}".rstrip("?")


def text_key(text: str) -> str:
    """Return the letters and digits of a text, whatever their case and width."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
