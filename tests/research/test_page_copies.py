"""Pages of sources are read politely; copies, results and passages that are gone are noted."""

import json
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
import services
from cases import by_rule
from conftest import DATA, call
from planting import edit
from warcio.archiveiterator import ArchiveIterator

import cop.data
from cop.data import checks, http
from cop.research import copies

QUICK = replace(copies.SITES, pause=0.0, timeout=(1, 0.5), backoff=0.01)
PASSAGE = "In 2024 the helpline answered 4,120 calls – “mostly” from Zed-City."
HTML = {"Content-Type": "text/html; charset=utf-8"}


def folder(tmp_path, address, passages):
    """Return a data folder with a source for each path in `passages`, and the passages verified."""
    data = tmp_path / "data"
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    sources, looks = [cop.data.columns("sources", DATA)], [cop.data.columns("verifications", DATA)]
    for number, (path, passage) in enumerate(passages.items(), 1):
        row = {"source_id": f"ZED-S{number:02d}", "url": address + path}
        sources.append([row.get(name, "") for name in sources[0]])
        looks += [[row["source_id"]] * 2 + ["", passage, "2026-01-05", "A"]] if passage else []
    for name, rows in (("sources", sources), ("verifications", looks)):
        (data / f"research/ZED/{name}.csv").write_text(cop.data.csv_text(rows), encoding="utf-8")
    return data


def shows(world, path, text, kind=HTML):
    body = text if isinstance(text, bytes) else f"<html><p>Before.</p><p>{text}</p>".encode()
    world.breakage[path] = [lambda asked: (200, dict(kind), body)]
    return body


def to(path, status=301):
    return lambda asked: (status, {"Location": path, "Content-Type": "text/html"}, b"")


def links(data):
    return {r["url"]: r for r in cop.data.present("links", data).to_dict("records")}


PAGES = {  # path: (how it answers, what is noted)
    "/works": (lambda asked: (200, HTML, b"<p>Words"), "works"),
    "/old": (to("/works"), "moved"),
    "/now": (to("/works", 302), "works"),
    "/private": (services.status(403), "refused"),
    "/busy": (services.status(429, Retry_After="3600"), "refused"),
    "/gone": (services.status(410), "gone"),
    "/broken": (services.status(500), "no answer"),
    "/slow": (services.slow(0.8), "no answer"),
    "/circle": (to("/circle"), "no answer"),
    "/cut": (services.cut, "no answer"),
}


@pytest.mark.slow  # it waits between requests
def test_the_result_of_each_address_is_noted_with_its_day(world, address, tmp_path):
    world.breakage |= {path: [answer] for path, (answer, _) in PAGES.items()}
    data = folder(tmp_path, address, dict.fromkeys([*PAGES, "/nothing"], ""))
    before = {"url": f"{address}/gone", "checked": "2026-01-05", "result": "works"}
    before |= {"archived": "https://example.org/copy", "remark": "slow"}
    table = [names := cop.data.columns("links", data), [before.get(name, "") for name in names]]
    (data / "reference").mkdir()
    (data / "reference" / "links.csv").write_text(cop.data.csv_text(table))
    lines = copies.keep("ZED", data, tmp_path / "kept", QUICK)
    results = {url.removeprefix(address): row for url, row in links(data).items()}
    expected = {path: result for path, (_, result) in PAGES.items()} | {"/nothing": "gone"}
    assert {path: row["result"] for path, row in results.items()} == expected
    assert results["/old"]["leads_to"] == address + "/works"
    assert results["/circle"]["remark"] == "no answer: too many redirects"
    assert results["/gone"]["archived"] == before["archived"]  # noted by hand
    assert {row["checked"] for row in results.values()} == {date.today().isoformat()}
    assert not checks.of_file("links", copies.LINKS, data)
    assert lines[0].startswith("ZED: 3 new copies saved")
    assert f"  ZED-S06: {address}/gone gone (410)" in lines and len(lines) == 9


def test_one_request_at_a_time_with_a_pause(world, address, tmp_path):
    data = folder(tmp_path, address, dict.fromkeys([f"/p{n}" for n in range(4)], ""))
    started = time.monotonic()
    copies.keep("ZED", data, tmp_path / "kept", replace(QUICK, pause=0.1))
    assert 0.4 <= time.monotonic() - started < 5 and set(world.busiest.values()) == {1}
    assert all("cop-link-check" in headers["User-Agent"] for _, _, headers in world.asked)


def test_a_page_is_kept_once_as_it_is(world, address, tmp_path):
    body = shows(world, "/one", PASSAGE)
    data, kept = folder(tmp_path, address, {"/one": PASSAGE}), tmp_path / "kept"
    lines = copies.keep("ZED", data, kept, QUICK)
    assert lines == [f"ZED: 1 new copy saved in {kept / 'ZED'}."]
    [file] = (kept / "ZED").glob(f"ZED-S01-{date.today().isoformat()}-*.warc.gz")
    with file.open("rb") as handle:
        pages = [
            (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(handle)
            if record.rec_type == "response"
        ]
    assert pages == [(f"{address}/one", body)]
    earlier = file.rename(str(file).replace(date.today().isoformat(), "2026-01-05"))
    first = earlier.read_bytes()
    assert "0 new copies saved" in copies.keep("ZED", data, kept, QUICK)[0]
    shows(world, "/two", PASSAGE)
    edit(data / "research/ZED/sources.csv", "/one", "/two")
    assert "1 new copy saved" in copies.keep("ZED", data, kept, QUICK)[0]  # another address
    assert earlier.read_bytes() == first and len(list(earlier.parent.iterdir())) == 2
    edit(data / "research/ZED/sources.csv", f"{address}/two", "ftp://zed.example/two")
    lines = copies.keep("ZED", data, kept, QUICK)
    assert len(lines) == 1, "only an address of http or https is asked for"


def test_a_passage_that_no_copy_has_is_named_without_one(world, address, tmp_path):
    data = folder(tmp_path, address, {"/one": PASSAGE})
    shows(world, "/one", "Another text")
    [_, line] = copies.keep("ZED", data, tmp_path / "kept", QUICK)
    assert line == f"  ZED-S01: {address}/one quotation not found: {PASSAGE}"


def test_a_passage_that_is_gone_is_named_with_the_copy_that_has_it(world, address, tmp_path):
    data, kept = folder(tmp_path, address, {"/one": PASSAGE, "/pdf": "x"}), tmp_path / "kept"
    shows(world, "/pdf", b"%PDF 1", kind={"Content-Type": "application/pdf"})
    shows(world, "/one", PASSAGE)
    assert not copies.keep("ZED", data, kept, QUICK)[1:]
    [copy] = [f"earlier copy: {p.name}" for p in (kept / "ZED").glob("ZED-S01-*")]
    same, other = f"New menu. {PASSAGE.upper()}", PASSAGE.replace("4,120", "4,210")
    line = f"  ZED-S01: {address}/one quotation not found: {PASSAGE}; {copy}"
    for text, is_gone in ((same, False), (other, True), ("", True)):
        shows(world, "/one", text)
        assert copies.keep("ZED", data, kept, QUICK)[1:] == [line] * is_gone


@pytest.mark.parametrize(
    "body, stated",
    [
        ("<p>In 2024 the <b>help\u00adline</b> answered\n 4,120&nbsp;calls &ndash; "
         "&#8220;mostly&#8221; from Zed-City.".encode(), "text/html; charset=utf-8"),
        (f"<html><meta charset='windows-1251'><p>Привіт. {PASSAGE}".encode("cp1251"), "text/html"),
        (PASSAGE.upper().encode("utf-16"), "text/plain; charset=utf-16"),
        (f"<p>{PASSAGE}".encode(), "text/html; charset=no-such"),
        (f"<p>{PASSAGE}".encode(), "application/xhtml+xml"),
        (f"<p>{PASSAGE}".encode(), "application/vnd.wap.xhtml"),
        (f"<p>{PASSAGE}".encode(), "application/atom+xml"),
        (f"<p>{PASSAGE}".encode(), "Text/HTML"),
        (f'"{PASSAGE}"'.encode(), "application/json"),
        (f"<p>{PASSAGE}".encode(), ""),
    ],
)  # fmt: skip
def test_a_passage_is_found_whatever_the_page_is_written_in(body, stated):
    assert copies.text_key(PASSAGE) in copies.text_key(copies.page_text(body, stated))


def test_invisible_text_is_not_searched():
    body = f"<p>Text</p><script>{PASSAGE}</script><!-- {PASSAGE} --><style>x</style>".encode()
    assert copies.page_text(body, "text/html").strip() == "Text"
    for tag in ("script", "style", "noscript", "template"):
        hidden = copies.page_text(f"<p>T</p><{tag}>x</{tag}>".encode(), "text/html")
        assert hidden.strip() == "T", f"what is in {tag} is not searched"
    assert copies.page_text(b"%PDF-1.7", "application/pdf") is None, "a PDF is no text"
    cyrillic = copies.page_text("Слово".encode("cp1251"), "text/html; charset=windows-1251")
    assert cyrillic == "Слово", "a page is read in the encoding that its server states"


def test_without_a_network_no_result_is_noted(world, address, tmp_path, capsys):
    data = folder(tmp_path, address, {"/one": ""})
    (tmp_path / "file").write_text("")
    status, _, error = call(capsys, "archive", "ZED", "--data", data, "--kept", tmp_path / "file")
    assert status == 2 and "Not a directory" in error and not world.asked
    edit(data / "research/ZED/sources.csv", address, "http://127.0.0.1:9")
    lines = copies.keep("ZED", data, tmp_path / "kept", QUICK)
    assert "no answer: connection failed" in lines[1] and not (data / copies.LINKS).exists()


@by_rule(
    "answer, noted",
    ("a status of 399 is a page", {"code": 399}, {"result": "works"}),
    ("a status of 400 is none", {"code": 400}, {"result": "no answer"}),
    *(
        (f"a status of {code} is a refusal", {"code": code}, {"result": "refused"})
        for code in (401, 402, 403, 405, 406, 407, 429, 999)
    ),
    *(
        (f"a status of {code} is no page any more", {"code": code}, {"result": "gone"})
        for code in (404, 410, 451)
    ),
    ("a status of 500 is no answer", {"code": 500}, {"result": "no answer"}),
    ("moved if every step is for good", {"steps": [301, 308]}, {"result": "moved"}),
    ("not moved if a step is not", {"steps": [301, 302]}, {"result": "works"}),
    ("where it leads", {"steps": [301]}, {"leads_to": "https://x.org/b"}),
    ("http or https is one address", {"steps": [301], "url": "http://x.org/A/"}, {"leads_to": ""}),
    ("a page of no stated type is text", {"headers": {}}, {"remark": ""}),
    ("a page of the largest size is kept", {"body": b"12345"}, {"remark": ""}),
    ("larger is not", {"body": b"123456"}, {"remark": "not saved: over 5 bytes; save it by hand"}),
)
def test_what_is_noted_of_an_answer(answer, noted, monkeypatch):
    steps, body = answer.get("steps", ()), answer.get("body", b"x")
    response = SimpleNamespace(
        status_code=answer.get("code", 200),
        url=answer.get("url", "https://x.org/b" if steps else "https://x.org/a"),
        headers=answer.get("headers", HTML),
        raw=SimpleNamespace(read=lambda size, **__: body[:size]),
        history=[SimpleNamespace(status_code=step) for step in steps],
    )  # fmt: skip
    session = SimpleNamespace(get=lambda *_, **__: nullcontext(response))
    monkeypatch.setattr(http, "session", lambda settings: nullcontext(session))
    monkeypatch.setattr(http, "LARGEST", 5)
    page = copies.read_page("https://x.org/a", SimpleNamespace(pause=0, timeout=1))
    assert noted.items() <= page.row.items()
    assert (page.text is None) == bool(page.row["remark"]), "what is not kept has a remark"
