"""The pages of the sources kept, and compared with what stands there today: evidence must not rot.

A country's folder holds a file a source in the format of web archives (WARC, ISO 28500) and
`pages.csv`: when it was kept, with which hash, and the passages that were seen in it. It is no part
of git: pages belong to their publishers.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import cop.data
from cop.data import Refused, http, writing
from cop.research import links, seeing
from cop.research.kept import pages
from cop.research.matching import address_key, text_key

TABLE = "pages.csv"
COLUMNS = (
    "source_id", "url", "kept_on", "status", "leads_to", "sha256", "text_sha256", "file",
    "passages", "compared_on", "state", "remark",
)  # fmt: skip
STATES = ("same", "moved", "changed", "quote gone", "gone", "refused", "no answer")
FINE = ("same", "refused", "no answer", "")  # states that say nothing of the page itself
CODED = ("content-encoding", "transfer-encoding", "content-length")  # of a body as it was sent
FRESH = timedelta(days=7)  # what was compared within a week is not asked for again
READER = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"}
Row = dict[str, str]


@dataclass(frozen=True)
class Page:
    """A page as it was sent today; without `response` there was no answer, as `remark` says."""

    url: str
    response: requests.Response | None
    body: bytes
    remark: str = ""

    @property
    def result(self) -> str:
        """Give works, gone, refused or no answer."""
        return "no answer" if self.response is None else links.result(self.response.status_code)

    @property
    def text(self) -> str | None:
        """Give what the page says; None where it is no text."""
        return pages.text_of(self.body, self.response.headers.get("Content-Type", ""))


def keep(
    iso3: str,
    data: Path,
    folder: Path,
    manners: http.Manners | None = None,
    again: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Keep the page of each source that is not kept yet, or of all; give what came of it, in lines.

    A source whose page cannot be read is named, and what was kept of it before stays. Raises
    Refused for a country without a register.
    """
    sources, seen, before = _sources(iso3, data), seeing.passages(iso3, data), kept(iso3, folder)
    todo = {sid: url for sid, url in sources.items() if again or _is_new(url, before.get(sid))}
    got = {}
    try:
        for page in links.visited(dict.fromkeys(todo.values()), manners or links.SITES, _asked):
            got[page.url] = page
            say(f"{len(got)} of {len(set(todo.values()))} pages")
    finally:  # what came is kept, also when the person stops
        say("")
        new = {
            sid: _kept_row(sid, got[url], seen.get(sid, []))
            for sid, url in todo.items()
            if url in got and got[url].result == "works"
        }
        files = {f"{iso3}/{sid}.warc.gz": _warc(got[todo[sid]], row) for sid, row in new.items()}
        _write(iso3, folder, before | new, files)
    return [*_kept_lines(iso3, folder, todo, new, before), *_not_kept(todo, got)]


def compare(
    data: Path,
    folder: Path,
    manners: http.Manners | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> list[str]:
    """Compare the pages kept with those that stand there today, and give what is to be looked at.

    Those compared within a week are not asked for again. No lines where no page is kept.
    """
    old, lines, every = (date.today() - FRESH).isoformat(), [], Counter()
    for iso3 in cop.data.countries(data):
        rows, seen = kept(iso3, folder), seeing.passages(iso3, data)
        todo = {row["url"] for row in rows.values() if row["compared_on"] <= old}
        now = {}
        try:
            for page in links.visited(sorted(todo), manners or links.SITES, _asked):
                now[page.url] = page
                say(f"{iso3}: {len(now)} of {len(todo)} pages")
        finally:
            say("")
            for sid, row in rows.items():
                if row["url"] in now:
                    row |= compared(row, now[row["url"]], seen.get(sid, []))
            _write(iso3, folder, rows)
        every.update(row["state"] for row in rows.values())
        lines += [_to_look_at(row) for row in rows.values() if row["state"] not in FINE]
    counted = ", ".join(f"{state} {every[state]}" for state in STATES)
    return [f"Pages kept and compared: {counted}.", *lines] if every else []


def compared(row: Row, page: Page, seen: list[str]) -> Row:
    """Give what changes in the row of a kept page by what stands there today.

    quote gone: a passage that was seen is not in it any more; same: all are, or the page says
    letter for letter what it said; moved: so, at another address; changed: it says something else
    and no passage was kept by which to judge. A file that is no text is the same or changed.
    """
    state, remark = page.result, page.remark
    if state == "works":
        there = links.elsewhere(row["url"], page.response) if _is_elsewhere(row, page) else {}
        passages = list(dict.fromkeys([*json.loads(row["passages"] or "[]"), *seen]))
        state, remark = _judged(row, page, passages, there)
    return {"compared_on": date.today().isoformat(), "state": state, "remark": remark}


def kept(iso3: str, folder: Path) -> dict[str, Row]:
    """Give {source: row} of the pages of a country's sources that are kept in the archive."""
    path = Path(folder) / iso3 / TABLE
    if not path.exists():
        return {}
    return {row["source_id"]: {**row} for row in cop.data.records(path, *COLUMNS)}


def _judged(row, page, passages, there):
    """Give (state, remark) of a page that answered."""
    text = page.text
    if text is not None and (gone := [one for one in passages if not pages.says(text, one)]):
        return "quote gone", f"it does not say any more: {gone[0][:150]}"
    if there.get("result") == "moved":
        return "moved", there.get("remark") or f"leads to {there['leads_to']}"
    if passages and text is not None or _hashes(page) & {row["sha256"], row["text_sha256"]}:
        return "same", ""
    why = "no passage was kept" if text is not None else "it is no text that can be compared"
    return "changed", f"it is not what was kept, and {why}: look"


def _is_elsewhere(row, page):
    """Say whether an address leads elsewhere, and not to where it led when it was kept."""
    known = {address_key(row["url"]), address_key(row["leads_to"])}
    return address_key(page.response.url) not in known


def _hashes(page):
    """Give the hashes of a page and of what it says, an empty page's left out."""
    text = page.text
    said = {_sha(text_key(text).encode())} if text and text_key(text) else set()
    return {_sha(page.body)} | said


def _asked(session, url, manners):
    """Give the page of an address."""
    try:
        with session.get(url, headers=READER, timeout=manners.timeout, stream=True) as response:
            return Page(url, response, http.whole(response, url, manners.longest))
    except (requests.RequestException, HTTPError) as error:
        return Page(url, None, b"", http.cause(error))
    except Refused as refused:
        return Page(url, None, b"", str(refused).removeprefix(url).strip())


def _kept_row(source_id, page, passages):
    """Give the row of a page that is kept now."""
    text, today = page.text, date.today().isoformat()
    found = [one for one in passages if text is None or pages.says(text, one)]
    missing = len(passages) - len(found)
    row = dict.fromkeys(COLUMNS, "") | {"source_id": source_id, "url": page.url, "kept_on": today}
    row |= {"status": str(page.response.status_code), "leads_to": page.response.url}
    row |= {"sha256": _sha(page.body), "file": f"{source_id}.warc.gz"}
    row |= {"text_sha256": _sha(text_key(text).encode()) if text and text_key(text) else ""}
    row |= {"passages": json.dumps(passages, ensure_ascii=False) if passages else ""}
    return row | {
        "compared_on": today,
        "state": "quote gone" if missing else "same",
        "remark": "a passage that was seen is not in the page that was kept" if missing else "",
    }


def _warc(page, row):
    """Give a page as the bytes of a WARC file: the answer, and what is known of it.

    The body is kept as it was understood, not as it was packed for the way.
    """
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(
        writer.create_warcinfo_record(row["file"], {"software": "cop-assessment", "format": "WARC"})
    )
    headers = [(k, v) for k, v in page.response.headers.items() if k.lower() not in CODED]
    headers.append(("Content-Length", str(len(page.body))))
    status = f"{page.response.status_code} {page.response.reason}"
    writer.write_record(
        writer.create_warc_record(
            page.response.url,
            "response",
            payload=io.BytesIO(page.body),
            http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
        )
    )
    about = {name: row[name] for name in ("source_id", "url", "kept_on", "sha256", "passages")}
    writer.write_record(
        writer.create_warc_record(
            page.response.url,
            "metadata",
            payload=io.BytesIO(json.dumps(about, ensure_ascii=False).encode()),
            warc_content_type="application/json",
        )
    )
    return out.getvalue()


def _write(iso3, folder, rows, files=None):
    """Write the table of a country's kept pages, and files, whole or not at all."""
    if rows:
        lines = [[row[name] for name in COLUMNS] for _, row in sorted(rows.items())]
        table = {f"{iso3}/{TABLE}": cop.data.csv_text([COLUMNS, *lines]).encode()}
        with writing.alone(folder):
            writing.write(folder, (files or {}) | table)


def _sources(iso3, data):
    """Give {source: address} of a country's register, of those that have a web address."""
    path = Path(data) / cop.data.paths("sources", data, iso3)[0]
    if not path.exists():
        raise Refused(f"there is no register of sources of {iso3}; `cop new {iso3}` begins one")
    frame = cop.data.text_frame(path, cop.data.columns("sources", data))
    frame = frame[frame.url.str.match(r"https?://\S+$")]
    return dict(zip(frame.source_id, frame.url, strict=True))


def _is_new(url, row):
    return row is None or row["url"] != url


def _kept_lines(iso3, folder, todo, new, before):
    """Yield how many pages were kept, and those without a passage that was seen."""
    there = cop.data.count(len(before), "page was there", "pages were there")
    yield f"{iso3}: {len(new)} of {cop.data.count(len(todo), 'page')} kept in {folder}; {there}."
    for sid, row in new.items():
        if row["state"] == "quote gone":
            yield f"  {sid}: {row['url']} {row['remark']}"


def _not_kept(todo, got):
    """Yield a line for each source whose page could not be read, with the reason."""
    for sid, url in todo.items():
        page = got.get(url)
        if page and page.result != "works":
            status = f" ({page.response.status_code})" if page.response is not None else ""
            why = f": {page.remark}" if page.remark else ""
            yield f"  {sid}: {url} {page.result}{status}{why}"


def _to_look_at(row):
    where = f"{row['source_id']}: {row['url']} {row['state']}"
    parts = [where, row["remark"], f"kept on {row['kept_on']}: {row['file']}"]
    return "  " + "; ".join(filter(None, parts))


def _sha(raw):
    return hashlib.sha256(raw).hexdigest()
