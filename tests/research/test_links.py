"""Addresses are tested politely, on sites of this machine; each is noted with its day."""

import csv
import json
import time
from dataclasses import replace
from datetime import date

import pytest
import services
from conftest import DATA

from cop.cli import main
from cop.data import Refused, checks
from cop.research import links

TODAY = date.today().isoformat()
QUICK = replace(links.SITES, pause=0.0, timeout=(1, 0.5), backoff=0.01, longest_wait=0.1)
REGISTER = "source_id,title,publisher,year,language,type,kind,hand,url,copy_host,accessed,verified"


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
    """Give a data folder whose one country cites these addresses."""
    data = tmp_path / "data"
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "reference").mkdir()
    (data / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    lines = [
        f"ZED-S{n:02d},Title {n},Press,2024,en,website,other web page,second,{url},,2026-11-24,yes"
        for n, url in enumerate(urls, 1)
    ]
    (data / "research" / "ZED" / "sources.csv").write_text("\n".join([REGISTER, *lines]) + "\n")
    (data / "reference" / "links.csv").write_bytes(
        (DATA / "reference" / "links.csv").read_bytes().splitlines(True)[0]
    )
    return data


def noted(data):
    with (data / "reference" / "links.csv").open(encoding="utf-8", newline="") as handle:
        return {row["url"]: row for row in csv.DictReader(handle)}


def ok(asked):
    return 200, {"Content-Type": "text/html"}, b"<html>" + b"x" * 1000


def to(path, status=301):
    return lambda asked: (status, {"Location": path, "Content-Type": "text/html"}, b"")


def only_get(asked):
    return (405, {"Content-Type": "text/html"}, b"") if asked.command == "HEAD" else ok(asked)


def test_each_address_is_noted_as_it_was_found(world, address, tmp_path):
    pages = {
        "/works": [ok],
        "/get": [only_get],
        "/old": [to("/works")],
        "/now": [to("/works", 302)],
        "/home": [to("/")],
        "/private": [services.status(403)],
        "/gone": [services.status(410)],
        "/broken": [services.status(500)],
        "/slow": [services.slow(0.8)],
        "/circle": [to("/circle")],
    }
    world.breakage.update(pages)
    world.breakage["/"] = [lambda asked: ok(asked) if asked.path == "/" else None]
    data = folder(tmp_path, *[address + page for page in pages], address + "/nothing")
    lines = links.check(data, QUICK)
    found = {url.removeprefix(address): row for url, row in noted(data).items()}
    assert {page: row["result"] for page, row in found.items()} == {
        "/works": "works",
        "/get": "works",
        "/old": "moved",
        "/now": "works",
        "/home": "moved",
        "/private": "refused",
        "/gone": "gone",
        "/nothing": "gone",
        "/broken": "no answer",
        "/slow": "no answer",
        "/circle": "no answer",
    }
    assert (
        found["/old"]["leads_to"] == address + "/works" and "front page" in found["/home"]["remark"]
    )
    assert (
        found["/circle"]["remark"] == "leads in a circle"
        and found["/slow"]["remark"] == "no answer in time"
    )
    assert {row["checked"] for row in found.values()} == {TODAY}
    assert not checks.of_file("links", "reference/links.csv", data)
    assert lines[0].startswith(
        "11 addresses tested, of 11 in all: works 3, moved 2, refused 1, gone 2"
    )
    assert any("ZED-S07" in line and "gone (410" in line for line in lines)


def test_a_site_that_asks_to_wait_long_is_left_alone(world, address, tmp_path):
    world.breakage["/busy"] = [services.status(429, Retry_After="3600")]
    data = folder(tmp_path, address + "/busy")
    links.check(data, QUICK)
    assert noted(data)[address + "/busy"]["result"] == "refused"
    asked = [method for method, path, _ in world.asked if path == "/busy"]
    assert asked == ["HEAD", "GET"]


def test_a_dead_address_gets_its_archived_copy(world, address, tmp_path):
    world.breakage["/wayback/"] = [
        services.json_of(
            {
                "url": "x",
                "archived_snapshots": {
                    "closest": {
                        "status": "200",
                        "available": True,
                        "url": "http://web.archive.org/web/20240131120000/x",
                        "timestamp": "20240131120000",
                    }
                },
            }
        )
    ]
    data = folder(tmp_path, address + "/gone")
    assert "archived on 2024-01-31" in "\n".join(links.check(data, QUICK))
    row = noted(data)[address + "/gone"]
    assert (
        row["archived"] == "https://web.archive.org/web/20240131120000/x"
        and row["archived_on"] == "2024-01-31"
    )


@pytest.mark.parametrize(
    "answer",
    [
        services.page_of_words,
        services.status(503),
        services.half_json,
        services.json_of([]),
        services.json_of({"archived_snapshots": []}),
    ],
    ids=["words", "503", "half", "a list", "another form"],
)
def test_an_archive_that_fails_is_no_failure(world, address, tmp_path, answer):
    world.breakage["/wayback/"] = [answer]
    data = folder(tmp_path, address + "/gone")
    links.check(data, QUICK)
    assert noted(data)[address + "/gone"]["archived"] == ""


def test_one_question_at_a_time_to_a_site_with_a_pause(world, address, tmp_path):
    def slowly(asked):
        time.sleep(0.02)
        return ok(asked)

    world.breakage["/p"] = [slowly]
    other = address.replace("127.0.0.1", "localhost")
    data = folder(tmp_path, *[f"{base}/p{n}" for n in range(6) for base in (address, other)])
    started = time.monotonic()
    links.check(data, replace(links.SITES, pause=0.1, timeout=(1, 1)))
    assert 0.6 <= time.monotonic() - started < 5
    assert set(world.busiest.values()) == {1}
    pages = [(method, headers) for method, path, headers in world.asked if path.startswith("/p")]
    assert {method for method, _ in pages} == {"HEAD"} and all(
        "cop-link-check" in h["User-Agent"] for _, h in pages
    )


def test_what_was_tested_lately_is_not_asked_again(world, address, tmp_path):
    world.breakage["/works"] = [ok]
    data = folder(tmp_path, address + "/works")
    links.check(data, QUICK)
    before, world.asked = (data / "reference" / "links.csv").read_bytes(), []
    links.check(data, QUICK)
    assert world.asked == [] and (data / "reference" / "links.csv").read_bytes() == before


def test_an_address_that_is_no_longer_cited_is_forgotten(world, address, tmp_path):
    world.breakage["/works"] = [ok]
    data = folder(tmp_path, address + "/works")
    links.check(data, QUICK)
    register = data / "research" / "ZED" / "sources.csv"
    register.write_text(register.read_text().replace("/works", "/works2"))
    links.check(data, QUICK)
    assert list(noted(data)) == [address + "/works2"]


@pytest.mark.slow
def test_without_a_network_it_says_so_in_one_sentence_and_changes_nothing(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("COP_ARCHIVE", "http://127.0.0.1:9")
    data = folder(tmp_path, "http://127.0.0.1:9/a", "http://127.0.0.1:9/b")
    before = (data / "reference" / "links.csv").read_bytes()
    with pytest.raises(Refused, match="there is no network"):
        links.check(data, QUICK)
    assert main.main(["check", "--links", "--data", str(data)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (data / "reference" / "links.csv").read_bytes() == before


def test_what_was_found_is_kept_when_the_person_stops(world, address, tmp_path, monkeypatch):
    world.breakage["/works"] = [ok]
    data = folder(tmp_path, address + "/works", address + "/gone")

    def stopped(url, manners):
        raise KeyboardInterrupt

    monkeypatch.setattr(links, "archived_copy", stopped)
    with pytest.raises(KeyboardInterrupt):
        links.check(data, QUICK)
    assert noted(data)[address + "/works"]["result"] == "works"
