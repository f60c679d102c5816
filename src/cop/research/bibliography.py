"""Compare a reference library in CSL JSON with a country's register of sources.

Authors and editors who are persons are left out. Nothing is written.
"""

import html
import json
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from cop.data import UserError
from cop.research import rows
from cop.research.matching import address_key, text_key

KINDS = {  # {CSL type: (type, kind of evidence)}; other CSL types are reports
    **dict.fromkeys(["bill", "legislation", "regulation", "treaty"], ("law", "law")),
    **dict.fromkeys(["webpage", "post", "post-weblog"], ("website", "other web page")),
    **dict.fromkeys(["article-newspaper", "article-magazine", "broadcast"], ("news", "news")),
    "dataset": ("dataset", "statistics"),
}
MARKUP = re.compile(r"</?(i|b|em|strong|sub|sup|span|u|sc|p|br|nocase)\b[^>]*>", re.IGNORECASE)


def compare(
    path: Path, iso3: str, data: Path, language: str = ""
) -> tuple[pd.DataFrame, list[str]]:
    """Return the new items of a library, and messages on items that are duplicates.

    An item is new if it matches no source in the register and no earlier item (see `first_alike`).
    New items have the columns of `source_row`, as text, and are indexed by their number in the
    library (from 1). `language` is the code for items that state no language. Raises
    FileNotFoundError if the library is missing, and UserError if it is not CSL JSON, the register
    is unreadable or the country has no folder.
    """
    register = rows.present("source", iso3, data)
    items = pd.DataFrame(_read(path), columns=[*source_row({})])
    items.index += 1
    items["language"] = items.language.replace("", language)
    items["source_id"] = [f"item {number}" for number in items.index]
    first = first_alike(pd.concat([register, items])).iloc[len(register) :]
    new, others = items[items.source_id == first], items[items.source_id != first]
    lines = [
        f"{row.source_id} skipped as a duplicate of {first[row.Index]}: {row.title[:60]}"
        for row in others.itertuples()
    ]
    return new.drop(columns="source_id"), lines


def first_alike(sources: pd.DataFrame) -> pd.Series:
    """Return, for each row, the source_id of the first row that matches it (possibly itself).

    A row with a URL matches rows with the same URL. A row without a URL matches all rows with the
    same title, publisher and year. URLs, titles and publishers are normalised by `matching`.
    """
    keys = sources.fillna("")
    keys["title"], keys["publisher"] = keys.title.map(text_key), keys.publisher.map(text_key)
    keys["url"] = keys.url.map(address_key).replace("", pd.NA)
    by_title = keys.groupby(["title", "publisher", "year"]).source_id.transform("first")
    return keys.groupby("url").source_id.transform("first").fillna(by_title)


def _read(path):
    try:
        return [source_row(item) for item in json.loads(path.read_text("utf-8-sig"))]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise UserError(
            f"{path.name} is not CSL JSON in UTF-8; export the library again (in Zotero: Export "
            "Library, format CSL JSON)"
        ) from None


def source_row(item):
    """Convert a CSL item to a row of the register, without `source_id` and `verified`.

    Authors and editors are used only if they are organisations (`literal` in CSL).
    """
    people = [*(item.get("author") or []), *(item.get("editor") or [])]
    bodies = [person.get("literal") for person in people]  # persons have a `family` name instead
    doi = re.search(r"10\.\d+/\S+", _plain(item.get("DOI")))
    url = f"https://doi.org/{doi[0].lower()}" if doi else _plain(item.get("URL"))
    site = "" if doi else urlsplit(url).hostname
    publishers = [item.get("publisher"), item.get("container-title"), *bodies, site]
    type, kind = KINDS.get(str(item.get("type")).lower(), ("report", "report of a body"))
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", json.dumps(item.get("issued")))
    return {
        "title": _plain(item.get("title")),
        "publisher": next(filter(None, map(_plain, publishers)), ""),
        "year": year[0] if year else "",
        "language": re.split("[-_]", _plain(item.get("language")).lower())[0],
        "type": type,
        "kind": kind,
        "hand": "second",  # until an analyst reads it
        "url": url.replace(" ", "%20"),
        "accessed": _day(item.get("accessed")),
    }


def _plain(text):
    return " ".join(html.unescape(MARKUP.sub("", str(text or ""))).split())


def _day(stated):  # today if the date is missing, incomplete or invalid
    numbers = map(int, re.findall(r"\d+", json.dumps(stated)))
    with suppress(ValueError, TypeError):
        return date(*numbers).isoformat()
    return date.today().isoformat()
