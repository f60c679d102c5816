"""Test the addresses of the sources, and note what became of each and an archived copy.

One request at a time to each site, with a pause; pages are not downloaded, only their head.
"""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import requests

import cop.data
from cop.data import Refused, http, writing
from cop.research.matching import address_key

TABLE = "reference/links.csv"
ARCHIVE = "https://archive.org"  # COP_ARCHIVE sets another
SITES = http.HttpSettings(
    "Mozilla/5.0 (compatible; cop-link-check/1.0; research on child online protection;"
    " tests cited addresses)",
    pause=1.0,
    tries=2,
    backoff=5.0,
    longest_wait=60.0,
    timeout=(10, 20),
)
PARALLEL_SITES = 8
FRESH = timedelta(days=7)  # what was tested within a week is not tested again
RESULTS = ("works", "moved", "refused", "gone", "no answer")
REFUSED, GONE = (401, 402, 403, 405, 406, 407, 429, 999), (404, 410, 451)
FRONT_PAGES = ("", "index.html", "en")
FRONT = "leads to the front page; the page itself may be gone"


def addresses(data: Path) -> pd.Series:
    """Return the ids of the sources of every country's register by address."""
    registers = [pd.DataFrame(columns=["url", "source_id"])]
    for iso3 in cop.data.countries(data):
        with suppress(Refused):  # `cop check` reports a damaged register
            registers.append(cop.data.present("sources", data, iso3))
    sources = pd.concat(registers)
    sources = sources[sources.url.str.match(r"https?://\S+$")]
    return sources.groupby("url").source_id.agg(", ".join)


def check(
    data: Path, settings: http.HttpSettings | None = None, track: Callable = iter
) -> list[str]:
    """Test the addresses that were not tested lately, note each, and return lines to read.

    Raises Refused when there is no network; then nothing was changed.
    """
    settings, cited, names = settings or SITES, addresses(data), cop.data.columns("links", data)
    table = cop.data.text_frame(cop.data.locate(data, TABLE), names)
    table = table[table.url.isin(cited.index)]
    old = (date.today() - FRESH).isoformat()
    todo = cited.index.difference(table.url[table.checked > old])
    archive, tested = os.environ.get("COP_ARCHIVE", ARCHIVE), []
    if todo.size and not _test(archive, settings)["status"]:
        raise Refused(f"there is no network: {archive} does not answer; nothing was changed")
    try:
        for row in track(visit(todo, settings, _test)):
            tested.append(row)
        for row in tested:
            if row["result"] in ("gone", "no answer") or row["remark"] == FRONT:
                row |= archived_copy(archive, row["url"], settings)
    finally:  # results are kept also when the person stops
        table = pd.concat([table, pd.DataFrame(tested, columns=names)]).fillna("")
        table = table.drop_duplicates("url", keep="last").sort_values("url")
        with writing.alone(data):
            writing.write(data, {TABLE: cop.data.csv_of(table).encode()})
    return [*_report(table, len(tested), cited)]


def visit(urls: Iterable[str], settings: http.HttpSettings, read: Callable) -> Iterator:
    """Yield `read(url, settings)` of each address: sites in parallel, pages in turn."""
    sites = {}
    for url in urls:
        sites.setdefault(urlsplit(url).netloc.lower(), []).append(url)
    pool = ThreadPoolExecutor(PARALLEL_SITES)
    calls = [pool.submit(_visit_site, pages, settings, read) for pages in sites.values()]
    try:
        for call in as_completed(calls):
            yield from call.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _visit_site(urls, settings, read):
    results = []
    for url in urls:
        results.append(read(url, settings))
        time.sleep(settings.pause)
    return results


def result_of(status: int) -> str:
    """Return what a status means for a page: works, gone, refused or no answer."""
    if status < 400:
        return "works"
    return "gone" if status in GONE else "refused" if status in REFUSED else "no answer"


def _test(url, settings):
    """Return the row that notes what became of an address."""
    row = dict.fromkeys(("status", "leads_to", "archived", "archived_on", "remark"), "")
    row |= {"url": url, "checked": date.today().isoformat(), "result": "no answer"}
    for method in ("HEAD", "GET"):  # some sites refuse HEAD
        try:
            with http.session(settings) as session:  # the page is never downloaded
                answer = session.request(
                    method, url, timeout=settings.timeout, allow_redirects=True, stream=True
                )
        except requests.RequestException as error:
            row["remark"] = http.cause(error)
            continue
        row |= {"remark": "", "status": str(answer.status_code)}
        row["result"] = result_of(answer.status_code)
        if row["result"] == "works":
            break
    if row["result"] != "works" or address_key(answer.url) == address_key(url):
        return row
    was_front, is_front = (
        urlsplit(page).path.strip("/") in FRONT_PAGES for page in (url, answer.url)
    )
    if is_front and not was_front:
        row |= {"result": "moved", "remark": FRONT}
    elif all(step.status_code in (301, 308) for step in answer.history):
        row["result"] = "moved"
    return row | {"leads_to": answer.url}


def archived_copy(archive: str, url: str, settings: http.HttpSettings) -> dict[str, str]:
    """Return the closest copy of the Wayback Machine (archive.org/help/wayback_api.php), if any."""
    with suppress(Refused, KeyError, TypeError, ValueError):
        answer = http.Fetcher(settings).json(f"{archive}/wayback/available", {"url": url})
        closest = answer["archived_snapshots"]["closest"]
        day = date.fromisoformat(closest["timestamp"][:8]).isoformat()
        copy = re.sub("^http://", "https://", closest["url"])
        return {"archived": copy, "archived_on": day}
    return {}


def _report(table, number, cited):
    """Yield how many addresses gave which result, and a line for each to look at."""
    counts = table.result.value_counts().reindex(RESULTS, fill_value=0)
    results = ", ".join(f"{result} {count}" for result, count in counts.items())
    tested = cop.data.count(number, "address", "addresses")
    yield f"{tested} tested, of {len(table)} in all: {results}"
    for row in table[~table.result.isin(("works", "refused"))].itertuples():
        to = row.leads_to and f"leads to {row.leads_to}"
        copy = row.archived and f"archived on {row.archived_on}: {row.archived}"
        details = "; ".join(filter(None, (row.status, row.remark, to, copy)))
        yield f"  {cited[row.url]}: {row.url} {row.result} ({details})"
