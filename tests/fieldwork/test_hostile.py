"""Hostile and broken files: each ends in a clear report, never in a traceback, and the store is
unchanged or whole.
"""

import contextlib
import functools
import itertools
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from conftest import ROOT, one_in

sys.path.insert(0, str(Path(__file__).parent / "returns"))
import awkward
import mutants
import place

from cop.cli import main
from cop.data import Refused
from cop.fieldwork import books, incoming, questionnaires, restricted

pytestmark = pytest.mark.xdist_group("returns")
SIMULATION = pytest.mark.simulation


def written(path, content):
    """Write a file; a number makes a file of so many bytes that takes no room."""
    with path.open("wb") as handle:
        handle.truncate(content) if isinstance(content, int) else handle.write(content)
    return path


def assert_changed_whole(data, before, content):
    """What the file brought is all there: its raw copy, its line in the audit trail, as many
    rows as that line says.
    """
    sha = incoming.digest(content)
    imports, returns, answers = (
        restricted.read(t, data) for t in ("imports", "returns", "answers")
    )
    line = imports[imports["file"] == sha].iloc[-1]
    counts = [int(line[c]) for c in ("accepted", "remarked", "refused", "unchanged")]
    assert sum(counts) == int(line["rows"])
    assert (returns["file"] == sha).sum() == counts[0] + counts[1]
    assert set(answers["return_id"]) <= set(returns["return_id"]) and returns["return_id"].is_unique
    assert [p.read_bytes() for p in (restricted.folder(data) / "raw").glob(f"{sha}.*")] == [content]
    assert {n: c for n, c in place.state(data).items() if n.startswith("raw/") and n in before} == {
        n: c for n, c in before.items() if n.startswith("raw/")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("each", "last", "least", "least_kinds"),
    [(9, 250, 25, 20), pytest.param(1, None, 200, 30, marks=SIMULATION)],
)
def test_two_hundred_mutated_files(tmp_path, capsys, monkeypatch, each, last, least, least_kinds):
    """One in nine by `make test`, all under `simulation`; at the end stand 10,000 rows."""
    monkeypatch.setattr(
        questionnaires, "load", functools.lru_cache(questionnaires.load)
    )  # it does not change here
    data = place.made(tmp_path)
    form, kinds, seen = place.form(data), [], set()
    for kind, name, content, allowed in itertools.islice(mutants.every(form, data), 0, last, each):
        path, before = written(tmp_path / name, content), place.state(data)
        try:
            status = main.main(["intake", str(path), "--country", "ZZZ", "--data", str(data)])
        except BaseException as error:
            raise AssertionError(f"{kind}: {name} ended in {error!r}") from error
        said = "".join(capsys.readouterr())
        assert status in allowed, f"{kind}: {name} ended with {status}:\n{said}"
        assert name in said and "Traceback" not in said and len(said) < 20_000, (
            f"{kind}: {name}:\n{said}"
        )
        assert mutants.CANARY not in said.lower(), (
            f"{kind}: {name} shows what is restricted:\n{said}"
        )
        assert not [c for c in said if ord(c) < 32 and c != "\n"], (
            f"{kind}: {name} moves the cursor:\n{said!r}"
        )
        if status == 2 or "was imported already" in said:
            assert place.state(data) == before, f"{kind}: {name} was refused and changed the store"
        else:
            assert_changed_whole(data, before, content)
        path.unlink()
        kinds.append(kind)
        seen.add(status)
    assert {p.name for p in tmp_path.iterdir()} == {"data"} and not list(tmp_path.rglob("*evil*"))
    assert {p.name for p in data.iterdir()} == {"datapackage.json", "reference", "restricted"}
    assert len(kinds) >= least and len(set(kinds)) >= least_kinds and seen == {0, 1, 2}


def outcome(data, kinds=None, sizes=None, capsys=None):
    """Take awkward files in; give {file name: what was said} after looking at each."""
    form, said = place.form(data), {}
    for kind, name, content in awkward.every(form, mutants.people(form), sizes, kinds):
        path, before = written(data.parent / name, content), place.state(data)
        status = main.main(["intake", str(path), "--country", "ZZZ", "--data", str(data)])
        said[name] = "".join(capsys.readouterr())
        assert status in mutants.ANY and name in said[name], f"{kind}: {said[name]}"
        assert status != 2 or place.state(data) == before, (
            f"{kind}: was refused and changed the store"
        )
        path.unlink()
    return said


LIMITS = {
    "merged": "1,000", "styles": "5,000", "fonts": "2 MB", "sheets": "100", "names": "2 MB",
    "types": "2 MB", "relations": "2 MB", "rules": "20,000", "conditions": "20,000",
    "one_string_often": "64 million", "sparse": "8,000,000",
}  # fmt: skip


@pytest.mark.slow
def test_what_is_too_much_is_refused_and_the_limit_named(tmp_path, capsys):
    kinds = {name: awkward.KINDS[name] for name in LIMITS}
    said = outcome(place.made(tmp_path), kinds, [80, 60_000], capsys)
    assert len(said) == 2 * len(LIMITS)
    for name, most in LIMITS.items():
        assert most in said[f"{name} 60000.xlsx"], said[f"{name} 60000.xlsx"]
        assert "most" not in said[f"{name} 80.xlsx"], said[f"{name} 80.xlsx"]


@pytest.mark.slow
@pytest.mark.simulation
def test_five_hundred_awkward_workbooks(tmp_path, capsys):
    said = outcome(place.made(tmp_path), capsys=capsys)
    assert len(said) >= 500
    assert sum("at most" in text or "more than" in text for text in said.values()) >= 50


# Called by a small process: the peak of a process begins with that of the one that called it.
MEASURED = """
import os, subprocess, sys
called = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(called.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4")
@pytest.mark.parametrize("kind", awkward.KINDS)
def test_a_whole_call_stays_under_ten_seconds_and_a_gigabyte(tmp_path, kind):
    data = place.made(tmp_path)
    kinds = {kind: awkward.KINDS[kind]}
    ((_, name, content),) = awkward.every(
        place.form(data), mutants.people(place.form(data)), [200_000], kinds
    )
    path = written(tmp_path / name, content)
    call = ["-m", "cop", "intake", str(path), "--data", str(data)]
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, sys.executable, *call], capture_output=True, text=True
    )
    status, seconds, kilobytes = map(float, ended.stdout.split())
    assert status in mutants.ANY and "Traceback" not in ended.stderr
    # Of computing: what others do on the same machine does not count.
    assert seconds < 12 and kilobytes < 2**20


@pytest.mark.parametrize("kind", one_in(3, ["big", "wide", "bombs", "entities"]))
def test_limits_hold_before_anything_is_expanded(tmp_path, kind):
    data = place.made(tmp_path)
    for _, name, content, _ in mutants.every(place.form(data), data, [getattr(mutants, kind)]):
        path = written(tmp_path / name, content)
        tracemalloc.start()
        with contextlib.suppress(Refused):
            books.read(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 60 * 2**20, f"{name} took {most // 2**20} MB"


def test_the_limits_that_the_page_names_are_those_of_the_program():
    page = " ".join((ROOT / "docs" / "field-work.md").read_text(encoding="utf-8").split())
    for number in (incoming.MOST_BYTES // incoming.MB, incoming.MOST_EXPANDED // incoming.MB):
        assert f"({number} MB)" in page
    counted = [books.COUNTED[what][-1] for what in ("merged areas", "styles", "sheets")]
    for number in (incoming.MOST_ENTRIES, incoming.MOST_RATIO, *counted):
        assert f"({number:,})" in page
    assert f"{incoming.MOST_ROWS:,} rows and {incoming.MOST_COLUMNS:,} columns" in page
