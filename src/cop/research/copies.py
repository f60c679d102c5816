"""Request the URLs of sources, save copies of the pages and search the pages for quotations.

Copies are web archives (WARC, ISO 28500). Do not add them to git: publishers own the pages.
"""

from warcio.capture_http import capture_http  # import before requests, which it patches

# isort: split

import hashlib
import re
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import requests
from bs4 import BeautifulSoup
from urllib3.exceptions import HTTPError
from warcio.warcwriter import BufferWARCWriter

import cop.data
from cop.data import http, writing
from cop.data.tables import text_of
from cop.research import rows, verification
from cop.research.matching import address_key, text_key

LINKS = "reference/links.csv"
SITES = http.HttpSettings(
    "Mozilla/5.0 (compatible; cop-link-check/1.0; research on child online protection;"
    " tests cited addresses)",
    pause=1.0,
    tries=2,
)
READER = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"}
REFUSED, GONE, FOR_GOOD = (401, 402, 403, 405, 406, 407, 429, 999), (404, 410, 451), (301, 308)


class Page(NamedTuple):
    """Result of a request: a row of links.csv and, if available, the page as text and WARC file."""

    row: dict[str, str]  # row of reference/links.csv
    text: str | None = None  # None if there is no copy, or the page is not text (such as a PDF)
    copy: bytes = b""  # request and response, with redirects, as a WARC file (gzip)


def keep(
    iso3: str, data: Path, folder: Path, settings: http.HttpSettings = SITES, track: Callable = iter
) -> list[str]:
    """Request the URLs of a country's sources, save missing copies and return messages.

    Copies are saved in the subfolder `iso3` of `folder`, which is created; earlier copies are kept.
    Sources without an http or https URL are left out. The first message states the number of new
    copies. The others list pages that could not be saved, and quotations in verifications.csv that
    are not in the text of a received page. If any server responds, the results are written to
    reference/links.csv in the data folder. `track` wraps the list of URLs, for example to show
    progress. Raises UserError if the country has no folder, or sources.csv, verifications.csv or
    links.csv is unreadable.
    """
    sources, target = rows.present("source", iso3, data), folder / iso3
    target.mkdir(parents=True, exist_ok=True)
    sources = sources[sources.url.str.match(r"https?://\S+$")]
    by_url = sources.groupby("url").source_id.agg(list)
    passages = verification.quotations(iso3, data)
    lines, results, new = [], [], 0
    for url in track(by_url.index):
        page = read_page(url, settings)
        results.append(page.row)
        key = hashlib.sha256(url.encode()).hexdigest()[:6]  # one copy for each URL of a source
        for source_id in by_url[url]:
            earlier = sorted(target.glob(f"{source_id}-*-{key}.warc.gz"))
            if page.copy and not earlier:
                file = f"{source_id}-{page.row['checked']}-{key}.warc.gz"
                writing.whole(target / file, page.copy)
                new += 1
            remarks = [] if page.copy else [page.row["remark"]]
            for passage in passages.get(source_id, []):
                if page.text is not None and text_key(passage) not in text_key(page.text):
                    copy = f"; earlier copy: {earlier[-1].name}" if earlier else ""
                    remarks.append(f"quotation not found: {passage}{copy}")
            lines += [f"  {source_id}: {url} {remark}" for remark in remarks]
    if any(row["status"] for row in results):
        _note(pd.DataFrame(results), data)
    return [f"{iso3}: {cop.data.count(new, 'new copy', 'new copies')} saved in {target}.", *lines]


def _note(pages, data):  # keeps other rows, and links to archived copies entered by hand
    with writing.alone(data):
        table = text_of("links", data)
        both = pd.concat([table, pages]).groupby("url", as_index=False).last()
        writing.write(data, {LINKS: cop.data.csv_of(both[table.columns].fillna("")).encode()})


def page_text(body: bytes, content_type: str) -> str | None:
    """Return the text of a page without scripts, or None if its media type is not text.

    HTML, XML, JSON and an empty `content_type` count as text. Hidden text is included.
    """
    if content_type and not re.match(r"text/|\S*(html|json|xml)", content_type.lower()):
        return None
    charset = re.search(r"charset=[\"']?([\w-]+)", content_type)
    with warnings.catch_warnings(action="ignore"):  # warns about XML and about text like a path
        page = BeautifulSoup(body, "lxml", from_encoding=charset and charset[1])
    for tag in page(("script", "style", "noscript", "template")):
        tag.decompose()
    return page.get_text()


def read_page(url: str, settings: http.HttpSettings) -> Page:
    """Wait for `settings.pause` seconds, request a URL and return the result.

    A failed request raises no error. The row contains `result` (such as 'works', 'gone' or 'no
    answer') and, after a failure, the cause in `remark`. A page larger than `http.LARGEST` bytes is
    not returned, as stated in `remark`.
    """
    time.sleep(settings.pause)
    row = {"url": url, "checked": date.today().isoformat(), "status": "", "leads_to": ""}
    copy = BufferWARCWriter(gzip=True)
    try:
        with (
            capture_http(copy),
            http.session(settings) as session,
            session.get(url, headers=READER, timeout=settings.timeout, stream=True) as response,
        ):
            body = response.raw.read(http.LARGEST + 1, decode_content=True)
    except (requests.RequestException, HTTPError) as error:
        return Page(row | {"result": "no answer", "remark": f"no answer: {http.cause(error)}"})
    code, row["status"] = response.status_code, str(response.status_code)
    if code >= 400:
        result = "gone" if code in GONE else "refused" if code in REFUSED else "no answer"
        return Page(row | {"result": result, "remark": f"{result} ({code})"})
    row |= {"result": "works", "remark": ""}
    if address_key(response.url) != address_key(url):
        row["leads_to"] = response.url
        if all(step.status_code in FOR_GOOD for step in response.history):
            row["result"] = "moved"
    if len(body) > http.LARGEST:
        return Page(row | {"remark": f"not saved: over {http.LARGEST:,} bytes; save it by hand"})
    return Page(row, page_text(body, response.headers.get("Content-Type", "")), copy.get_contents())
