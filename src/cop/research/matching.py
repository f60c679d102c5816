"""Whether two rows of the register are the same source: by DOI, address, or title with year."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

# Parts of an address that only count visitors.
PASSING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid)=")


def address_key(url: str) -> str:
    """Give a source's address without what does not change the page.

    That is: scheme, www, end slash, fragment, counting of visitors.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    query = "&".join(p for p in parts.query.split("&") if p and not PASSING.match(p))
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    return f"{host}{unquote(parts.path).rstrip('/')}{'?' + query if query else ''}"


def text_key(text: str) -> str:
    """Give a source's title to be compared: letters and digits, whatever their case and width."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def index(rows: Iterable[dict]) -> dict[tuple, dict]:
    """Give the register's rows by address, DOI, and title with year."""
    known = {}
    for row in rows:
        note(known, row)
    return known


def note(known: dict[tuple, dict], row: dict, doi: str = "") -> None:
    """Add a row to the known sources that others are matched with, unless one stands there."""
    for key in keys(row, doi):
        known.setdefault(key, row)


def keys(row: dict, doi: str = "") -> Iterator[tuple]:
    """Yield under what a source is known again: address, DOI, title with year."""
    if doi := doi or doi_in(row["url"]):
        yield ("doi", doi.lower())
    if row["url"]:
        yield ("url", address_key(row["url"]))
    if title := text_key(row["title"]):
        yield ("title", title, row["year"])


def doi_in(url: str) -> str:
    """Give the DOI that an address holds, or nothing."""
    doi = re.search(r"doi\.org/(10\.\S+)", url, re.IGNORECASE)
    return unquote(doi[1]).lower() if doi else ""


def same(row: dict, doi: str, known: dict[tuple, dict]) -> dict | None:
    """Give the row of the register that is the same source, or None.

    Title and year alone do not make it so where both publisher and address differ ("Annual report"
    of 2020).
    """
    for key in keys(row, doi):
        other = known.get(key)
        if other and (key[0] != "title" or not _elsewhere(row, other)):
            return other
    return None


def _elsewhere(one, other):
    """Say whether two sources of one title are at two addresses, of two publishers."""
    apart = address_key(one["url"]) != address_key(other["url"])
    publishers = {text_key(row["publisher"]) for row in (one, other)}
    return one["url"] and other["url"] and apart and len(publishers) == 2
