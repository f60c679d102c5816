"""Keep copies of the pages of sources, and look for the passages that were seen in them.

Copies are web archives (WARC, ISO 28500) outside git, since pages belong to their publishers.
"""

from warcio.capture_http import capture_http  # before requests, so that it can record

# isort: split

import hashlib
import re
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import requests
from bs4 import BeautifulSoup
from urllib3.exceptions import HTTPError
from warcio.warcwriter import BufferWARCWriter

import cop.data
from cop.data import http, writing
from cop.research import links, rows, verification
from cop.research.matching import text_key

READER = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"}
INVISIBLE = ("script", "style", "noscript", "template")


class Page(NamedTuple):
    """A page as it was sent today; `remark` states why it cannot be kept."""

    url: str
    remark: str
    text: str | None = None  # as a reader sees it; None for what is no text, such as a PDF
    copy: bytes = b""  # requests and answers as a WARC file


def keep(
    iso3: str,
    data: Path,
    folder: Path,
    settings: http.HttpSettings | None = None,
    again: bool = False,
    track: Callable = iter,
) -> list[str]:
    """Read each source's page; keep a copy where there is none, or `again`, and return lines.

    The lines name pages that cannot be read, and passages that were seen and are gone from a page
    ("quote gone"). Earlier copies stay. Raises Refused for a country without a folder.
    """
    sources, target = rows.present("source", iso3, data), Path(folder) / iso3
    target.mkdir(parents=True, exist_ok=True)
    sources = sources[sources.url.str.match(r"https?://\S+$")]
    by_url, passages = (
        sources.groupby("url").source_id.agg(list),
        verification.quotations(iso3, data),
    )
    lines, new, today = [], 0, date.today().isoformat()
    for page in track(links.visit(by_url.index, settings or links.SITES, _read)):
        key = hashlib.sha256(page.url.encode()).hexdigest()[:6]  # another address, another copy
        for source_id in by_url[page.url]:
            file = target / f"{source_id}-{today}-{key}.warc.gz"
            earlier = sorted(target.glob(f"{source_id}-*-{key}.warc.gz"))
            if page.copy and file not in earlier and (again or not earlier):
                writing.whole(file, page.copy)
                new += 1
            remarks = [page.remark] if page.remark else []
            for passage in passages.get(source_id, []):
                if page.text is not None and text_key(passage) not in text_key(page.text):
                    copy = f"; an earlier copy: {earlier[-1].name}" if earlier else ""
                    remarks.append(f"quote gone: {passage}{copy}")
            lines += [f"  {source_id}: {page.url} {remark}" for remark in remarks]
    return [f"{iso3}: {new} of {cop.data.count(len(sources), 'page')} kept in {target}.", *lines]


def page_text(body: bytes, content_type: str) -> str | None:
    """Return what a reader of a page sees; None where it is no text, such as a PDF."""
    if content_type and not re.match(r"text/|\S*(html|json|xml)", content_type.lower()):
        return None
    charset = re.search(r"charset=[\"']?([\w-]+)", content_type)
    with warnings.catch_warnings(action="ignore"):  # that a page is XML, or a name of a file
        page = BeautifulSoup(body, "lxml", from_encoding=charset and charset[1])
    for tag in page(INVISIBLE):
        tag.decompose()
    return page.get_text()


def _read(url, settings):
    """Return the page of an address."""
    copy = BufferWARCWriter(gzip=True)
    try:
        with (
            capture_http(copy),
            http.session(settings) as session,
            session.get(url, headers=READER, timeout=settings.timeout, stream=True) as response,
        ):
            body = response.raw.read(http.LARGEST + 1, decode_content=True)
    except (requests.RequestException, HTTPError) as error:
        return Page(url, f"no answer: {http.cause(error)}")
    result = links.result_of(response.status_code)
    if result != "works":
        return Page(url, f"{result} ({response.status_code})")
    if len(body) > http.LARGEST:
        return Page(url, f"sends more than {http.LARGEST:,} bytes")
    text = page_text(body, response.headers.get("Content-Type", ""))
    return Page(url, "", text, copy.get_contents())
