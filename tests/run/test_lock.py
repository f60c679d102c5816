"""One run at a time: each other one is refused in a sentence, and a kill leaves no lock behind."""

import os
import re
import signal
import time

import pytest
import stub
from conftest import copy_of_zedland
from test_kills import edited, state, told

from cop.data import Refused
from cop.run import publish

SENTENCE = (
    r"cop: another run (is at work in \S+ since \d{4}-\d\d-\d\d [\d:]{8} \(process \d+: cop.*\)"
    r"|has just begun in \S+): wait until it ends, or name another --outputs\n?"
)


def test_another_run_is_told_who_is_at_work_and_since_when(tmp_path):
    with (
        publish.exclusive(tmp_path),
        pytest.raises(Refused) as refused,
        publish.exclusive(tmp_path),
    ):
        pass
    assert re.fullmatch(SENTENCE, f"cop: {refused.value}")
    assert f"process {os.getpid()}" in str(refused.value)
    with publish.exclusive(tmp_path):
        pass


def test_a_killed_run_leaves_no_lock(tmp_path):
    def _hold():
        with publish.exclusive(tmp_path):
            (tmp_path / "held").touch()
            time.sleep(60)

    child = stub.begun(_hold)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with pytest.raises(Refused, match=f"process {child}"), publish.exclusive(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    stub.ended(child)
    with publish.exclusive(tmp_path):
        pass


def at_once(tmp_path, monkeypatch, number):
    """Begin so many runs at once, each after an edit of its own; give statuses, texts, the rest."""
    stub.stubbed(monkeypatch, pause=0.05)
    stub.small(monkeypatch)
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    assert stub.run(data, outputs, "--all")[0] == 0
    edited(data)

    def _run(name):
        status, text = stub.run(data, outputs, "--all")
        (tmp_path / name).write_text(text)
        return status

    children = {str(n): stub.begun(lambda n=n: _run(str(n))) for n in range(number)}
    statuses = {name: stub.ended(child) for name, child in children.items()}
    return statuses, {n: (tmp_path / n).read_text() for n in children}, data, outputs


@pytest.mark.parametrize("number", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_of_runs_at_once_each_is_whole_or_refused(tmp_path, monkeypatch, number):
    statuses, texts, data, outputs = at_once(tmp_path, monkeypatch, number)
    assert set(statuses.values()) <= {0, 2} and 0 in statuses.values()
    refused = [texts[name] for name, status in statuses.items() if status == 2]
    assert not [text for text in refused if not re.fullmatch(SENTENCE, text)]
    assert sum(" ok " in text for text in texts.values()) == 1  # one did the work
    site, lines = state(outputs), told(outputs)
    assert len(lines) == 9 + 7  # each stage that was run, once: of all, then of Zedland
    assert stub.run(data, outputs, "--all", "--force")[0] == 0 and state(outputs) == site
