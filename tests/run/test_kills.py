"""Killed at any step, a run leaves the site before it or after it, and the next one completes."""

import hashlib
import json
import shutil

import pytest
import stub
from conftest import copy_of_zedland

from cop.cli import main

# Of how many steps one is tried: most write or remove one of two hundred pages of the site, alike;
# where some are tried the site is a small one.
EVERY, SOME = 5, 37
LEAST = 21  # kills of each kind of run


def state(outputs):
    """Return what stands in the site, page by page."""
    site = outputs / "site"
    paths = sorted(p for p in site.rglob("*") if p.is_file() and p.name != "contents.json")
    return {
        p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths
    }


def told(outputs):
    """Return what the ledger tells, each line without its times."""
    path = outputs / "ledger.jsonl"
    rows = [json.loads(row) for row in path.read_text().splitlines()] if path.exists() else []
    return sorted((r["country"], r["stage"], r["status"], r["message"]) for r in rows)


def edited(data):
    path = data / "research" / "ZZZ" / "evidence.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def removed(data):
    shutil.rmtree(data / "research" / "YYY")


def next_edition(data):
    main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"])
    edited(data)


CHANGES = {
    "first": (None, ["--all"]),
    "edited": (edited, ["--all"]),
    "forced": (lambda data: None, ["--all", "--force"]),
    "removed": (removed, ["ZZZ"]),
    "next edition": (next_edition, ["--all"]),
    "baseline": (lambda data: None, ["--baseline", "YYY", "XXX"]),
    "language": (lambda data: None, ["ZZZ", "--language", "uk"]),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return data of two invented countries, and a folder of results."""
    stub.stubbed(monkeypatch)
    stub.spoken(monkeypatch, tmp_path / "locale")
    data = copy_of_zedland(tmp_path)
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")
    return data, tmp_path / "out"


def kills(place, change, words, every):
    """Kill a run at every so manieth step of it; give how many, and what was found wrong."""
    data, outputs = place
    base, wrong, number = outputs.with_name("base"), [], 0
    if change:
        assert stub.run(data, outputs, "--all")[0] == 0
        change(data)
    shutil.copytree(outputs, base) if change else base.mkdir()
    before = state(base)
    call = lambda: stub.run(data, outputs, *words)[0]  # noqa: E731
    status, text = stub.run(data, outputs, *words)
    assert status == 0, text
    after, whole = state(outputs), told(outputs)
    while True:
        number += every
        shutil.rmtree(outputs)
        shutil.copytree(base, outputs)
        if not stub.killed_at(number, call):
            return number // every - 1, wrong
        # between two renames there is no site for a moment; the next run puts it back
        if (now := state(outputs)) not in (before, after, {}):
            wrong.append((number, "mixed", [*now]))
        if call() != 0 or state(outputs) != after:
            wrong.append((number, "not completed", state(outputs).keys() ^ after.keys()))
        # what is forced may be run, and told, twice
        if told(outputs) != whole and "--force" not in words or set(whole) - set(told(outputs)):
            wrong.append((number, "ledger", told(outputs)))
        if left := [p.name for p in outputs.rglob(".*") if p.name not in (".lock", ".sound")]:
            wrong.append((number, "left behind", left))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["edited", "removed", "next edition", "language"])
def test_some_kills_leave_no_mixed_site(place, name, monkeypatch):
    stub.small(monkeypatch)
    number, wrong = kills(place, *CHANGES[name], SOME)
    assert number > 1 and not wrong


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("name", CHANGES)
def test_no_kill_leaves_a_mixed_site(place, name):
    number, wrong = kills(place, *CHANGES[name], EVERY)
    assert number >= LEAST and not wrong
