"""Test the addresses of the sources, and note what became of each and an archived copy.

One request at a time to each site, with a pause; pages are not downloaded, only their head.
"""

import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

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
FIRST = 10  # addresses after which, where none answers, there is no network
DEAD = ("gone", "no answer")
FRONT = "leads to the front page; the page itself may be gone"


def addresses(data: Path) -> dict[str, list[str]]:
    """Return {address: ids of its sources} of every country's register."""
    cited = defaultdict(list)
    for iso3 in cop.data.countries(data):
        with suppress(Refused):  # `cop check` reports a damaged register
            for row in cop.data.present("sources", data, iso3).itertuples():
                if re.match(r"https?://\S+$", row.url):
                    cited[row.url].append(row.source_id)
    return dict(cited)


def check(
    data: Path,
    manners: http.HttpSettings | None = None,
    progress: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Test the addresses that were not tested lately, note each, and return lines to read.

    Raises Refused when there is no network; then nothing was changed.
    """
    manners, cited, names = manners or SITES, addresses(data), [*cop.data.titles("links", data)]
    table = cop.data.text_frame(cop.data.locate(data, TABLE), names)
    rows = {row["url"]: row for row in table.to_dict("records") if row["url"] in cited}
    old = (date.today() - FRESH).isoformat()
    todo = [url for url in cited if url not in rows or rows[url]["checked"] <= old]
    tested, answers = {}, False
    try:
        for row in visit(todo, manners, _test):
            tested[row["url"]] = row
            progress(f"{len(tested)} of {len(todo)} addresses")
            answers = answers or row["status"] or is_online(manners)
            if not answers and len(tested) >= min(FIRST, len(todo)):
                tested.clear()
                raise Refused("there is no network: no address answers; nothing was changed")
        for row in tested.values():
            if row["result"] in DEAD or row["remark"] == FRONT:
                row.update(archived_copy(row["url"], manners))
    finally:  # what is known by then is kept, also when the person stops
        progress("")
        rows |= tested
        lines = [[rows[url][name] for name in names] for url in sorted(rows)]
        files = {TABLE: cop.data.csv_text([names, *lines]).encode()}
        writing.refuse_writing(files, data, "the results cannot be noted")
        with writing.alone(data):
            writing.write(data, files)
    return [*_report(rows, len(tested), cited)]


def visit(urls: Iterable[str], manners: http.HttpSettings, ask: Callable) -> Iterator:
    """Yield `ask(session, url, manners)` of each address: sites in parallel, pages in turn."""
    by_site = defaultdict(list)
    for url in urls:
        by_site[urlsplit(url).netloc.lower()].append(url)
    pool = ThreadPoolExecutor(PARALLEL_SITES)
    calls = [pool.submit(_visit_site, pages, manners, ask) for pages in by_site.values()]
    try:
        for call in as_completed(calls):
            yield from call.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _visit_site(pages, manners, ask):
    results = []
    with http.session(manners) as session:
        for url in pages:
            results.append(ask(session, url, manners))
            time.sleep(manners.pause)
    return results


def result_of(status: int) -> str:
    """Return what a status says of a page: works, gone, refused or no answer."""
    if status < 400:
        return "works"
    return "gone" if status in GONE else "refused" if status in REFUSED else "no answer"


def _test(session, url, manners):
    """Return the row that notes what became of an address."""
    response, remark = None, ""
    for method in ("HEAD", "GET"):  # some sites refuse HEAD
        try:
            with session.request(
                method, url, timeout=manners.timeout, allow_redirects=True, stream=True
            ) as response:
                pass  # the page is never downloaded
        except requests.RequestException as error:
            remark = http.cause(error)
        if response is not None and response.status_code < 400:
            break
    row = dict.fromkeys(("status", "leads_to", "archived", "archived_on", "remark"), "")
    row |= {"url": url, "checked": date.today().isoformat(), "result": "no answer"}
    if response is None:
        return row | {"remark": remark}
    row |= {"status": str(response.status_code), "result": result_of(response.status_code)}
    if row["result"] == "works" and address_key(response.url) != address_key(url):
        row["leads_to"] = response.url if re.fullmatch(r"https?://\S+", response.url) else ""
        if _is_front(response.url) and not _is_front(url):
            return row | {"result": "moved", "remark": FRONT}
        if all(step.status_code in (301, 308) for step in response.history):
            row["result"] = "moved"
    return row


def _is_front(url):
    return urlsplit(url).path.strip("/") in ("", "index.html", "en")


def archived_copy(url: str, manners: http.HttpSettings) -> dict[str, str]:
    """Return the closest copy of the Wayback Machine (archive.org/help/wayback_api.php), if any."""
    with suppress(Refused, KeyError, TypeError, AttributeError):
        service = f"{os.environ.get('COP_ARCHIVE', ARCHIVE)}/wayback/available"
        answer = http.Fetcher(manners).json(service, {"url": url})
        closest = answer["archived_snapshots"]["closest"]
        day = re.fullmatch(r"(\d{4})(\d\d)(\d\d)\d*", closest["timestamp"])
        if closest["available"] and day and closest["url"].startswith("http"):
            copy = re.sub("^http://", "https://", closest["url"])
            return {"archived": copy, "archived_on": "-".join(day.groups())}
    return {}


def is_online(manners: http.HttpSettings) -> bool:
    """Return whether the archive answers at all."""
    with suppress(requests.RequestException):
        requests.head(os.environ.get("COP_ARCHIVE", ARCHIVE), timeout=manners.timeout)
        return True
    return False


def _report(rows, tested, cited):
    """Yield how many addresses gave which result, and a line for each to look at."""
    results = Counter(row["result"] for row in rows.values())
    yield f"{cop.data.count(tested, 'address', 'addresses')} tested, of {len(rows)} in all: " + (
        ", ".join(f"{result} {results[result]}" for result in RESULTS)
    )
    for url, row in sorted(rows.items(), key=lambda item: cited[item[0]]):
        if row["result"] in ("moved", *DEAD):
            to = row["leads_to"] and f"leads to {row['leads_to']}"
            copy = row["archived"] and f"archived on {row['archived_on']}: {row['archived']}"
            details = "; ".join(filter(None, (row["status"], row["remark"], to, copy)))
            yield f"  {', '.join(cited[url])}: {url} {row['result']} ({details})"
