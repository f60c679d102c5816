"""What a save asks of the stages that stand ready."""

import contextlib
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from batch import keys, plan
from batch.process import Machine
from batch.watch import rounds, standing
from contract import Refused
from contract.machine.day import today


class Told:
    """Stand in for the stages and the server, and note what is asked of them."""

    def __init__(self):
        self.asked, self.said = [], []

    def __getattr__(self, name):
        return lambda *words: (self.asked.append((name, words[1:])), self.said.extend(words[:1]))


@pytest.fixture
def told(monkeypatch):
    job = SimpleNamespace(key="ZZZ")
    monkeypatch.setattr(rounds, "_job", lambda choice: job)
    monkeypatch.setattr(plan, "check_parameters", lambda job: None)
    monkeypatch.setattr(rounds, "_refuse_shared_faults", lambda choice, machine: None)
    made = Told()
    behind = SimpleNamespace(resting=lambda: contextlib.nullcontext(made.asked.append("rest")))
    made.rounds = rounds.Rounds(None, behind, made, made, print)
    return made


@pytest.mark.parametrize(
    ("saved", "asked"),
    [
        ([keys.SOURCE / "report" / "report.css"], ("pages_again", ())),
        ([keys.SOURCE / "report" / "words" / "x.j2"], ("again", (False, False))),
        ([Path("data/research/ZZZ/evidence.csv")], ("again", (True, False))),
        ([Path("data/reference/guidelines.csv")], ("again", (True, True))),
        ([keys.SOURCE / "a.css", Path("data/research/ZZZ/evidence.csv")], ("again", (True, False))),
    ],
)
def test_a_style_alone_makes_pages_and_anything_else_runs_what_rests_on_it(told, saved, asked):
    told.rounds._shown(saved)
    assert told.asked == ["rest", asked, ("reload", ())]


def test_the_open_page_names_commands_that_work_when_they_are_copied(told):
    told.rounds.whole = lambda text: text.replace("`cop check`", "`cop check --data here`")

    def refused():
        raise Refused("row 4: `cop check` says more")

    told.rounds._tried(refused)
    assert told.asked == [("say", ())] and told.said == ["row 4: `cop check --data here` says more"]


def test_what_is_at_work_behind_stands_still_while_a_save_is_shown():
    machine = Machine(2, template="time")
    worked = threading.Thread(target=machine.do, args=(working, (1.0,), 60))
    worked.start()
    while not machine._live:
        time.sleep(0.01)
    [process] = machine._live
    with machine.resting():
        while state_of(process) != "T":
            time.sleep(0.01)
        late = threading.Thread(target=machine.do, args=(working, (0.0,), 60))
        late.start()
        time.sleep(0.1)
        assert machine._live == {process}  # nothing begins meanwhile
    assert state_of(process) != "T"
    worked.join(60), late.join(60)
    assert not worked.is_alive() and not late.is_alive()


def working(seconds, tell):
    time.sleep(seconds)


def state_of(process):
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_page_of_what_was_not_run_to_its_end_is_run_first(monkeypatch, tmp_path):
    done = []
    job = SimpleNamespace(pages=lambda: {"1": "a.html"}, making=tmp_path)
    (tmp_path / "pages").mkdir()
    here = {"cells": None, "source": None, "notebook": "old", "page": None}
    monkeypatch.setattr(standing, "_HERE", here)
    monkeypatch.setattr(standing, "_run", lambda *_: done.append("run") or here.update(source=b"x"))
    monkeypatch.setattr("report.render.page", lambda *_: done.append("page") or "<p>new</p>")
    standing.again(job, "1", today().isoformat(), standing.PAGE)
    assert done == ["run", "page"]
    standing.again(job, "1", today().isoformat(), standing.PAGE)
    assert done == ["run", "page"]  # the style is the same
    assert (tmp_path / "pages" / "a.html").read_text() == "<p>new</p>"
