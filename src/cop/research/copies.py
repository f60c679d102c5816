"""Keep copies of the pages of sources, and look for the passages that were seen in them.

Copies are web archives (WARC, ISO 28500) outside git, since pages belong to their publishers.
"""

import hashlib
import io
import re
import tempfile
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import requests
from bs4 import BeautifulSoup
from urllib3.exceptions import HTTPError
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import cop.data
from cop.data import Refused, http, writing
from cop.research import links, rows, verification
from cop.research.matching import text_key

READER = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"}
INVISIBLE = ("script", "style", "noscript", "template")
ENCODED = ("content-encoding", "transfer-encoding", "content-length")  # the body is kept decoded


class Page(NamedTuple):
    """A page as it was sent today; `response` is None where there was no answer."""

    url: str
    response: requests.Response | None
    body: bytes
    remark: str


def keep(
    iso3: str,
    data: Path,
    folder: Path,
    manners: http.HttpSettings | None = None,
    again: bool = False,
    progress: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Read each source's page; keep a copy where there is none, or `again`, and return lines.

    The lines name pages that cannot be read, and passages that were seen and are gone from a page
    ("quote gone"). Earlier copies stay. Raises Refused, before the network is asked, for a country
    without a register and for a folder that cannot be written.
    """
    sources, place = rows.present("source", iso3, data), Path(folder) / iso3
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise Refused(
            f"{place} cannot be written ({error.strerror}); name another --kept"
        ) from error
    sources = sources[sources.url.str.match(r"https?://\S+$")]
    by_url, seen = sources.groupby("url").source_id.agg(list), verification.quotations(iso3, data)
    lines, new, today = [], 0, date.today().isoformat()
    for number, page in enumerate(links.visit(by_url.index, manners or links.SITES, _read), 1):
        progress(f"{number} of {len(by_url)} pages")
        key = hashlib.sha256(page.url.encode()).hexdigest()[:6]  # another address, another copy
        for source_id in by_url[page.url]:
            name = f"{source_id}-{today}-{key}.warc.gz"
            earlier = sorted(path.name for path in place.glob(f"{source_id}-*-{key}.warc.gz"))
            if not page.remark and name not in earlier and (again or not earlier):
                writing.whole(place / name, _warc(page))
                new += 1
            gone = [] if page.remark else _gone(page, seen.get(source_id, []))
            copy = f"; an earlier copy: {earlier[-1]}" if earlier else ""
            remarks = [page.remark] if page.remark else [f"quote gone: {q}{copy}" for q in gone]
            lines += [f"  {source_id}: {page.url} {remark}" for remark in remarks]
    progress("")
    return [f"{iso3}: {new} of {cop.data.count(len(sources), 'page')} kept in {place}.", *lines]


def _gone(page, passages):
    """Return the passages that are not in a page; none where the page is no text."""
    text = page_text(page.body, page.response.headers.get("Content-Type", ""))
    return [p for p in passages if text is not None and text_key(p) not in text_key(text)]


def page_text(body: bytes, content_type: str) -> str | None:
    """Return what a reader of a page sees; None where it is no text, such as a PDF."""
    kind, stated = content_type.lower(), re.search(r"charset=[\"']?([\w-]+)", content_type)
    if kind and not re.match(r"text/|\S*(html|json|xml)", kind):
        return None
    with warnings.catch_warnings(action="ignore"):  # that a page is XML, or a name of a file
        page = BeautifulSoup(body, "lxml", from_encoding=stated and stated[1])
    for tag in page(INVISIBLE):
        tag.decompose()
    return page.get_text()


def _read(session, url, manners):
    """Return the page of an address; its remark says why it cannot be kept."""
    try:
        with session.get(url, headers=READER, timeout=manners.timeout, stream=True) as response:
            result = links.result_of(response.status_code)
            remark = "" if result == "works" else f"{result} ({response.status_code})"
            body = b"" if remark else http.read_body(response, url, manners.longest)
            return Page(url, response, body, remark)
    except (requests.RequestException, HTTPError) as error:
        return Page(url, None, b"", f"no answer: {http.cause(error)}")
    except Refused as refused:
        return Page(url, None, b"", f"no answer: {str(refused).removeprefix(url).strip()}")


def _warc(page):
    """Return a page as the bytes of a WARC file, under the address that was asked."""
    out, response = io.BytesIO(), page.response
    headers = [(k, v) for k, v in response.headers.items() if k.lower() not in ENCODED]
    headers.append(("Content-Length", str(len(page.body))))
    status = f"{response.status_code} {response.reason}"
    writer = WARCWriter(out, gzip=True)
    record = writer.create_warc_record(
        page.url,
        "response",
        payload=io.BytesIO(page.body),
        http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
    )
    writer.write_record(record)
    return out.getvalue()
