"""What a save asks of the stages that stand ready."""

import contextlib
import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ZEDLAND

from cop.data import Refused
from cop.data.machine.day import today
from cop.run import keys, plan
from cop.run.process import Failed, Machine
from cop.run.watch import rounds, standing


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
        ([keys.SOURCE / "cop/report" / "report.css"], ("pages_again", ())),
        ([keys.SOURCE / "cop/report" / "words" / "x.j2"], ("again", (False, False))),
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
    machine = Machine(2, "time")
    worked = threading.Thread(target=machine.do, args=(working, (0.4,), 60))
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


def test_a_stage_whose_process_was_lost_stands_ready_again_with_the_next_save(tmp_path):
    begun, lost = [], [True]

    def keep(work, arguments):
        begun.append(arguments[1] if len(arguments) > 1 else "check")

        def ask(order, timeout):
            if lost and order == standing.RUN:
                raise Failed(None, lost.pop() and "Killed", "the process was killed")
            return []

        return ask

    job = plan.of_country("ZZZ", ZEDLAND, tmp_path, "2026", 60)
    ready = standing.Standing(job, SimpleNamespace(keep=keep))
    with pytest.raises(Refused, match="was killed"):
        ready.again(job)
    ready.again(job), ready.again(job)
    assert len(begun) == 2 * (1 + len(job.stages))


def test_what_the_check_names_is_said_rather_than_where_a_cell_stumbled_on_it(tmp_path):
    def keep(work, arguments):
        def ask(order, timeout):
            if order == standing.RUN:
                raise Failed(46, "Broken", "cell 46 cannot read it")
            return faults

        return ask

    faults = ["row 6: no such exercise"]
    job = plan.of_country("ZZZ", ZEDLAND, tmp_path, "2026", 60)
    ready = standing.Standing(job, SimpleNamespace(keep=keep))
    with pytest.raises(Refused, match="^row 6: no such exercise$"):
        ready.again(job)
    faults.clear()
    with pytest.raises(Refused, match="cell 46"):
        ready.again(job)


def test_a_page_that_the_check_refuses_is_shown_to_nobody_whatever_is_saved_next(tmp_path):
    faults, text = [], ["sound"]

    def keep(work, arguments):
        def ask(order, timeout):
            if order == standing.PAGE:
                (ready._making / standing.NEXT / "a.html").write_text(text[0])
            return list(faults)

        return ask

    job = plan.of_country("ZZZ", ZEDLAND, tmp_path, "2026", 60)
    ready = standing.Standing(job, SimpleNamespace(keep=keep))
    shown = lambda: (ready.pages / "a.html").read_text()  # noqa: E731
    ready.again(job)
    assert shown() == "sound"
    faults[:], text[:] = ["row 6: no source"], ["faulty"]
    for save in (ready.again, ready.pages_again, lambda job: ready.again(job, of_country=False)):
        with pytest.raises(Refused, match="row 6"):
            save(job)
        assert shown() == "sound"
    faults[:], text[:] = [], ["mended"]
    ready.pages_again(job)
    assert shown() == "mended"


def test_whoever_asks_a_process_that_ended_is_told(tmp_path):
    ask = Machine(2, "time").keep(ending, ())
    for _ in "ab":
        with pytest.raises(Failed, match="exit status 7"):
            ask("anything", 60)


def ending(order):
    os._exit(7)


def working(seconds, tell):
    time.sleep(seconds)


def state_of(process):
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_page_of_what_was_not_run_to_its_end_is_run_first(monkeypatch, tmp_path):
    done = []
    job = SimpleNamespace(pages=lambda: {"1": "a.html"}, making=tmp_path)
    (tmp_path / standing.NEXT).mkdir()
    here = {"cells": None, "source": None, "notebook": "old", "page": None}
    monkeypatch.setattr(standing, "_HERE", here)
    monkeypatch.setattr(standing, "_run", lambda *_: done.append("run") or here.update(source=b"x"))
    monkeypatch.setattr("cop.report.render.page", lambda *_: done.append("page") or "<p>new</p>")
    standing.again(job, "1", today().isoformat(), standing.PAGE)
    assert done == ["run", "page"]
    standing.again(job, "1", today().isoformat(), standing.PAGE)
    assert done == ["run", "page"]  # the style is the same
    assert (tmp_path / standing.NEXT / "a.html").read_text() == "<p>new</p>"
