"""Killed at any step, a run leaves the site before it or after it, and the next one completes."""

import os
import shutil
import signal
import subprocess
import sys
import time

import killing
import pytest
import stub
from conftest import ZEDLAND, copy_of_zedland
from planting import contents

from cop.cli import main
from cop.data import UserError
from cop.run import publish


def state(outputs):
    return contents(outputs / "site", "contents.json")


def next_edition(data):
    main.main(["new", "ZZZ", "--data", str(data), "--edition", "2028"])
    stub.edit(data)


CHANGES = {
    "first": (None, "--all"),
    "edited": (stub.edit, "--all"),
    "forced": (lambda data: None, "--all", "--force"),
    "removed": (lambda data: shutil.rmtree(data / "research" / "YYY"), "ZZZ"),
    "next edition": (next_edition, "--all"),
    "baseline": (lambda data: None, "--baseline", "YYY", "XXX"),
    "language": (lambda data: None, "ZZZ", "--language", "uk"),
}
SOME = [(name, 61, 2) for name in ("edited", "removed", "next edition", "language")]
MOST = [pytest.param(name, 5, 21, marks=pytest.mark.simulation) for name in CHANGES]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a data folder with two invented countries, and the path of an outputs folder."""
    stub.stubbed(monkeypatch)
    stub.spoken(monkeypatch, tmp_path / "locale")
    data = copy_of_zedland(tmp_path)
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")
    return data, tmp_path / "out"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "every", "least"), SOME + MOST)
def test_no_kill_leaves_a_mixed_site(place, name, every, least, monkeypatch):
    """One in `every` steps is tried: most write or remove one of two hundred pages of the site."""
    (change, *words), (data, outputs) = CHANGES[name], place
    if every > 9:
        stub.small(monkeypatch)
    base = outputs.with_name("base")
    outputs.mkdir()
    if change:
        stub.complete(data, outputs)
        change(data)
    shutil.copytree(outputs, base)
    before = state(base)

    def begin():
        shutil.rmtree(outputs, ignore_errors=True)
        shutil.copytree(base, outputs)

    def work():
        status, text = stub.run(data, outputs, *words)
        return text if status else None

    # between two renames there is no site for a moment; the next run puts it back
    fits = lambda now, after: now in (before, after, {})  # noqa: E731
    numbers = range(every, 10_000, every)
    killed, wrong = killing.kill(numbers, outputs, begin, work, lambda: state(outputs), fits, True)
    assert killed >= least and not wrong


def test_what_a_killed_run_moved_aside_comes_back_and_what_it_began_goes(tmp_path):
    for name in (".old-site", ".old-ZZZ", "ZZZ", ".making-ZZZ", ".making-CCC", "DDD"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    publish.recover(tmp_path)
    assert {p.name: (p / "index.html").read_text() for p in tmp_path.iterdir()} == {
        "site": ".old-site", "ZZZ": "ZZZ", "DDD": "DDD"}  # fmt: skip
    (tmp_path / ".old-ZZZ").touch()  # `rmtree` deletes no file
    with pytest.raises(UserError, match=r"\.old-ZZZ cannot be deleted; correct its permissions"):
        publish.swap(tmp_path / "DDD", tmp_path / "ZZZ")
    assert (tmp_path / "ZZZ").is_dir() and (tmp_path / "DDD").is_dir()


def test_a_killed_run_leaves_no_lock(tmp_path):
    def hold():
        with publish.exclusive(tmp_path):
            (tmp_path / "held").touch()
            time.sleep(60)

    child = killing.begun(hold)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with pytest.raises(UserError, match="another command is using"), publish.exclusive(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    killing.ended(child)
    with publish.exclusive(tmp_path):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 20])
def test_of_runs_at_once_each_is_complete_or_refused(tmp_path, monkeypatch, number):
    stub.stubbed(monkeypatch, pause=0.05)
    stub.small(monkeypatch)
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    stub.complete(data, outputs)
    stub.edit(data)

    def run(name):
        status, text = stub.run(data, outputs, "--all")
        (tmp_path / name).write_text(text)
        return status

    children = {str(n): killing.begun(lambda n=n: run(str(n))) for n in range(number)}
    statuses = {name: killing.ended(child) for name, child in children.items()}
    texts = {name: (tmp_path / name).read_text() for name in children}
    assert set(statuses.values()) <= {0, 2} and 0 in statuses.values()
    fix = "wait until it ends, or use another folder with --outputs"
    refused = [texts[name] for name, status in statuses.items() if status == 2]
    assert {*refused} <= {f"cop: another command is using {outputs}; {fix}\n"}
    assert sum(" ok " in text for text in texts.values()) == 1  # one did the work
    site = state(outputs)
    assert stub.run(data, outputs, "--all", "--force")[0] == 0 and state(outputs) == site


@pytest.fixture
def full_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be made by root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.slow
@pytest.mark.xdist_group("awkward")
def test_a_full_disk_is_reported_and_no_half_written_report_is_shared(full_disk):
    call = [sys.executable, "-m", "cop", "run", "ZZZ", "--data", ZEDLAND, "--outputs", full_disk]
    run = subprocess.run(call, capture_output=True, text=True, timeout=120)
    text = run.stdout + run.stderr
    assert run.returncode == 1 and "No space left" in text and "Traceback" not in text
    assert not list(full_disk.rglob("cop-*.html")) or not (full_disk / "ZZZ").exists()
    names = [p.name for p in (full_disk / "site").rglob("*")]
    assert not [name for name in names if name.startswith((".", "cop-"))]
