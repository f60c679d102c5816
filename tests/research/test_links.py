"""Addresses are tested politely, on sites of this machine; each result is stored with its day."""

import json
import time
from dataclasses import replace
from datetime import date

import pytest
import services
from conftest import DATA, call

import cop.data
from cop.data import checks
from cop.research import links

QUICK = replace(links.SITES, pause=0.0, timeout=(1, 0.5), backoff=0.01, longest_wait=0.1)


@pytest.fixture
def world():
    return services.World()


@pytest.fixture
def address(world, monkeypatch):
    with services.running(world) as base:
        monkeypatch.setenv("COP_ARCHIVE", base)
        world.breakage["/wayback/"] = [services.json_of({"archived_snapshots": {}})]
        yield base


def folder(tmp_path, *urls):
    """Return a data folder whose one country cites these addresses."""
    data = tmp_path / "data"
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "reference").mkdir()
    (data / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    names = cop.data.columns("sources", DATA)
    rows = [{"source_id": f"ZED-S{n:02d}", "url": url} for n, url in enumerate(urls, 1)]
    table = [names, *([row.get(name, "") for name in names] for row in rows)]
    (data / "research" / "ZED" / "sources.csv").write_text(cop.data.csv_text(table))
    (data / "reference" / "links.csv").write_text(
        cop.data.csv_text([cop.data.columns("links", DATA)])
    )
    return data


def stored(data):
    return {r["url"]: r for r in cop.data.present("links", data).to_dict("records")}


def ok(asked):
    return 200, {"Content-Type": "text/html"}, b"<html>" + b"x" * 1000


def to(path, status=301):
    return lambda asked: (status, {"Location": path, "Content-Type": "text/html"}, b"")


PAGES = {  # path: (how it answers, what is noted)
    "/works": (ok, "works"),
    "/get": (lambda a: (405, {}, b"") if a.command == "HEAD" else ok(a), "works"),
    "/old": (to("/works"), "moved"),
    "/now": (to("/works", 302), "works"),
    "/home": (to("/"), "moved"),
    "/private": (services.status(403), "refused"),
    "/busy": (services.status(429, Retry_After="3600"), "refused"),
    "/gone": (services.status(410), "gone"),
    "/broken": (services.status(500), "no answer"),
    "/slow": (services.slow(0.8), "no answer"),
    "/circle": (to("/circle"), "no answer"),
}


def test_the_result_of_each_address_is_stored(world, address, tmp_path):
    world.breakage |= {path: [answer] for path, (answer, _) in PAGES.items()}
    world.breakage["/"] = [lambda asked: ok(asked) if asked.path == "/" else None]
    data = folder(tmp_path, *[address + path for path in PAGES], address + "/nothing")
    lines = links.check(data, QUICK)
    results = {url.removeprefix(address): row for url, row in stored(data).items()}
    expected = {path: result for path, (_, result) in PAGES.items()} | {"/nothing": "gone"}
    assert {path: row["result"] for path, row in results.items()} == expected
    assert results["/old"]["leads_to"] == address + "/works"
    assert "front page" in results["/home"]["remark"]
    assert results["/circle"]["remark"] == "leads in a circle"
    assert results["/slow"]["remark"] == "no answer in time"
    assert {row["checked"] for row in results.values()} == {date.today().isoformat()}
    assert [m for m, path, _ in world.asked if path == "/busy"] == ["HEAD", "GET"]  # no third time
    assert not checks.of_file("links", "reference/links.csv", data)
    numbers = "works 3, moved 2, refused 2, gone 2, no answer 3"
    assert lines[0] == f"12 addresses tested, of 12 in all: {numbers}"
    assert any("ZED-S08" in line and "gone (410)" in line for line in lines)


COPY = {"available": True, "url": "http://web.archive.org/web/x", "timestamp": "20240131120000"}


@pytest.mark.parametrize(
    ("answer", "archived"),
    [
        (
            services.json_of({"archived_snapshots": {"closest": COPY}}),
            "https://web.archive.org/web/x",
        ),
        (services.status(503), ""),
        (services.json_of({"archived_snapshots": []}), ""),
    ],
    ids=["a copy", "503", "another form"],
)
def test_a_dead_address_gets_its_archived_copy(world, address, tmp_path, answer, archived):
    world.breakage["/wayback/"] = [answer]
    data = folder(tmp_path, address + "/gone")
    lines = links.check(data, QUICK)
    assert stored(data)[address + "/gone"]["archived"] == archived
    assert ("archived on 2024-01-31" in lines[1]) == bool(archived)


def test_one_request_at_a_time_to_a_site_with_a_pause(world, address, tmp_path):
    def slowly(asked):
        time.sleep(0.02)
        return ok(asked)

    world.breakage["/p"] = [slowly]
    other = address.replace("127.0.0.1", "localhost")
    data = folder(tmp_path, *[f"{base}/p{n}" for n in range(6) for base in (address, other)])
    started = time.monotonic()
    links.check(data, replace(links.SITES, pause=0.1, timeout=(1, 1)))
    assert 0.6 <= time.monotonic() - started < 5 and set(world.busiest.values()) == {1}
    asked = [(method, headers) for method, path, headers in world.asked if path.startswith("/p")]
    assert {method for method, _ in asked} == {"HEAD"}
    assert all("cop-link-check" in headers["User-Agent"] for _, headers in asked)


def test_recent_results_are_kept_and_those_of_addresses_not_cited_removed(world, address, tmp_path):
    world.breakage["/works"] = [ok]
    data = folder(tmp_path, address + "/works")
    links.check(data, QUICK)
    before, world.asked = (data / links.TABLE).read_bytes(), []
    links.check(data, QUICK)
    assert world.asked == [] and (data / links.TABLE).read_bytes() == before
    register = data / "research" / "ZED" / "sources.csv"
    register.write_text(register.read_text().replace("/works", "/works2"))
    links.check(data, QUICK)
    assert list(stored(data)) == [address + "/works2"]


@pytest.mark.slow
def test_without_a_network_nothing_is_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COP_ARCHIVE", "http://127.0.0.1:9")
    monkeypatch.setattr(links, "SITES", QUICK)
    data = folder(tmp_path, "http://127.0.0.1:9/a", "http://127.0.0.1:9/b")
    before = (data / links.TABLE).read_bytes()
    status, _, error = call(capsys, "check", "--links", "--data", data)
    assert status == 2 and "there is no network" in error and error.count("\n") == 1
    assert (data / links.TABLE).read_bytes() == before


def test_results_are_kept_when_the_person_stops(world, address, tmp_path, monkeypatch):
    world.breakage["/works"] = [ok]
    data = folder(tmp_path, address + "/works", address + "/gone")

    def stopped(archive, url, settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(links, "archived_copy", stopped)
    with pytest.raises(KeyboardInterrupt):
        links.check(data, QUICK)
    assert stored(data)[address + "/works"]["result"] == "works"
