"""Keys by which two addresses, titles or passages count as the same."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

VISITS = re.compile(r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid)=")  # parameters that count visitors


def address_key(url: str) -> str:
    """Return an address without scheme, www, end slash, fragment and visitor counting."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    query = "&".join(part for part in parts.query.split("&") if part and not VISITS.match(part))
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    return f"{host}{unquote(parts.path).rstrip('/')}{'?' + query if query else ''}"


def text_key(text: str) -> str:
    """Return the letters and digits of a text, whatever their case and width."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
