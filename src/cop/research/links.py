"""Are the addresses of the sources still there? Noted with the day, and with an archived copy.

One question at a time to each site, with a pause; no page is downloaded, only its head is read.
"""

import contextlib
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests

import cop.data
from cop.data import Refused, http, writing
from cop.research.matching import address_key

TABLE = "reference/links.csv"
ARCHIVE = "https://archive.org"  # COP_ARCHIVE sets another
SITES = http.Manners(
    "Mozilla/5.0 (compatible; cop-link-check/1.0; research on child online protection;"
    " tests cited addresses)",
    pause=1.0,
    tries=2,
    backoff=5.0,
    longest_wait=60.0,
    timeout=(10, 20),
)
TOGETHER = 8  # sites at the same time
RESULTS = ("works", "moved", "refused", "gone", "no answer")
REFUSED, GONE = (401, 402, 403, 405, 406, 407, 429, 999), (404, 410, 451)
FRESH = timedelta(days=7)  # what was tested within a week is not asked again
DEAD = ("gone", "no answer")
FRONT = "leads to the front page; the page itself may be gone"


def addresses(data: Path) -> dict[str, list[str]]:
    """Give {address: ids of the sources that have it} of every country's register."""
    cited = defaultdict(list)
    for path in _registers(data):
        with contextlib.suppress(cop.data.Broken):  # its faults are named by the check itself
            frame = cop.data.text_frame(
                cop.data.locate(data, path), [*cop.data.titles("sources", data)]
            )
            for row in frame[frame.url.str.match(r"https?://\S+$")].itertuples():
                cited[row.url].append(row.source_id)
    return dict(cited)


def run(
    data: Path,
    manners: http.Manners | None = None,
    again: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Test the addresses that were not tested lately, note each, and give the lines that show it.

    Raises Refused in one sentence when there is no network; then nothing was changed.
    """
    manners, cited, before = manners or SITES, addresses(data), _table(data)
    old = (date.today() - FRESH).isoformat()
    todo = [url for url in cited if again or url not in before or before[url]["checked"] <= old]
    if todo and not _network(todo, manners):
        what = "there is no network, or none that reaches any of the addresses"
        raise Refused(f"{what}; nothing was tested or changed")
    tested = {}
    try:
        for row in visited(todo, manners, _tested):
            tested[row["url"]] = row
            say(f"{len(tested)} of {len(todo)} addresses")
        _with_archived(tested.values(), manners)
    finally:  # what is known by then is kept, also when the person stops
        say("")
        rows = {url: row for url, row in (before | tested).items() if url in cited}
        _write(data, rows)
    return [_counted(rows, len(tested)), *_to_look_at(rows, cited)]


def visited(todo: Iterable[str], manners: http.Manners, ask: Callable) -> Iterator:
    """Yield what `ask(session, url, manners)` gives of each address of a source.

    One address of a site after the other, with a pause; several sites at the same time.
    """
    by_site = defaultdict(list)
    for url in todo:
        by_site[urlsplit(url).netloc.lower()].append(url)
    pool = ThreadPoolExecutor(TOGETHER)
    calls = [pool.submit(_site, urls, manners, ask) for urls in by_site.values()]
    try:
        for done in as_completed(calls):
            yield from done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _site(urls, manners, ask):
    """Give what is asked of one site's addresses, one after the other."""
    with http.session(manners) as session:
        found = []
        for url in urls:
            found.append(ask(session, url, manners))
            time.sleep(manners.pause)
    return found


def _tested(session, url, manners):
    return _row(url, *_answer(session, url, manners))


def _answer(session, url, manners):
    """Give (response, remark) for an address: its head, else the page; None where none came."""
    response, remark = None, ""
    for method in ("HEAD", "GET"):
        try:
            with session.request(
                method, url, timeout=manners.timeout, allow_redirects=True, stream=True
            ) as response:
                pass  # the head is enough: the page is never downloaded
        except requests.RequestException as error:
            remark = http.cause(error)
        if response is not None and response.status_code < 400:
            break
    return response, remark if response is None else ""


def _row(url, response, remark):
    """Give the row that says what became of an address."""
    row = dict.fromkeys(("status", "leads_to", "archived", "archived_on"), "")
    row |= {"url": url, "checked": date.today().isoformat(), "result": "no answer"}
    row["remark"] = remark
    if response is not None:
        status = response.status_code
        row |= {"status": str(status), "result": result(status)}
        if row["result"] == "works" and address_key(response.url) != address_key(url):
            row |= elsewhere(url, response)
    return row


def elsewhere(url: str, response: requests.Response) -> dict[str, str]:
    """Give what changes in the row of an address that leads to another one."""
    there = {"leads_to": response.url if re.fullmatch(r"https?://\S+", response.url) else ""}
    if _front_page(response.url) and not _front_page(url):
        return there | {"result": "moved", "remark": FRONT}
    for_good = all(step.status_code in (301, 308) for step in response.history)
    return there | ({"result": "moved"} if for_good else {})


def result(status: int) -> str:
    """Give the word for what a source's link answered: works, gone, refused, no answer."""
    if status < 400:
        return "works"
    return "gone" if status in GONE else "refused" if status in REFUSED else "no answer"


def _front_page(url):
    return urlsplit(url).path.strip("/") in ("", "index.html", "en")


def _with_archived(rows, manners):
    """Add an archived copy to the rows whose page is gone, silent, or now a front page."""
    archive = http.Fetcher(manners=manners)
    for row in rows:
        if row["result"] in DEAD or row["remark"] == FRONT:
            row |= _archived(archive, row["url"])


def _archived(archive, url):
    """Give the closest copy that the Wayback Machine has, or nothing.

    It answers as https://archive.org/help/wayback_api.php states.
    """
    with contextlib.suppress(Refused, KeyError, TypeError, AttributeError):
        service = f"{os.environ.get('COP_ARCHIVE', ARCHIVE)}/wayback/available"
        closest = archive.json(service, {"url": url})["archived_snapshots"]["closest"]
        day = re.fullmatch(r"(\d{4})(\d\d)(\d\d)\d*", closest["timestamp"])
        if closest["available"] and day and closest["url"].startswith("http"):
            return {
                "archived": re.sub("^http://", "https://", closest["url"]),
                "archived_on": "-".join(day.groups()),
            }
    return {}


def _network(todo, manners):
    """Say whether any of a few sites, or the archive, answers anything at all."""
    fronts = (urlsplit(url)._replace(path="/", query="", fragment="").geturl() for url in todo)
    sites = [*dict.fromkeys(fronts)][:5] + [os.environ.get("COP_ARCHIVE", ARCHIVE)]
    with ThreadPoolExecutor(len(sites)) as pool:
        return any(pool.map(lambda site: _answers(site, manners), sites))


def _answers(site, manners):
    try:
        requests.head(site, headers={"User-Agent": manners.agent}, timeout=manners.timeout)
    except requests.RequestException:
        return False
    return True


def _registers(data):
    """Give the registers of sources of all countries that have a folder."""
    stated = (p for c in cop.data.countries(data) for p in cop.data.paths("sources", data, c))
    return [path for path in stated if cop.data.locate(data, path).exists()]


def _table(data):
    """Give {address: row} of what was noted before."""
    frame = cop.data.text_frame(cop.data.locate(data, TABLE), [*cop.data.titles("links", data)])
    return {row["url"]: row for row in frame.to_dict("records")}


def _write(data, rows):
    names = [*cop.data.titles("links", data)]
    lines = [[rows[url][name] for name in names] for url in sorted(rows)]
    files = {TABLE: cop.data.csv_text([names, *lines]).encode()}
    writing.refuse_writing(files, data, "what was found cannot be noted")
    with writing.alone(data):
        writing.write(data, files)


def _counted(rows, tested):
    """Give the line that says how many addresses were tested, and with what result."""
    results = Counter(row["result"] for row in rows.values())
    shown = ", ".join(f"{result} {results[result]}" for result in RESULTS)
    return (
        f"{cop.data.count(tested, 'address', 'addresses')} tested,"
        f" {len(rows) - tested} tested within the last week: {shown}."
    )


def _to_look_at(rows, cited):
    """Yield a line for each address that somebody should look at, and what can be done."""
    for url, row in sorted(rows.items(), key=lambda item: cited[item[0]]):
        if row["result"] in ("moved", *DEAD):
            parts = [row["result"] + (f" ({row['status']})" if row["status"] else "")]
            parts += [row["remark"]] if row["remark"] else []
            parts += [f"leads to {row['leads_to']}"] if row["leads_to"] else []
            copy = f"archived on {row['archived_on']}: {row['archived']}"
            parts += [copy] if row["archived"] else []
            yield f"  {', '.join(cited[url])}: {url} {'; '.join(parts)}"
