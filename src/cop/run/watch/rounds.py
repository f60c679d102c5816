"""Rounds: what was saved is shown at once by stages that stand ready, and the open page is told.

The result itself is made by an ordinary run beside, when nothing was saved for a while: checked,
put in place whole, and shown by the site.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Thread
from typing import NoReturn

from cop.data import Refused, count, standing_on
from cop.run import execute, keys, plan, schedule
from cop.run.process import Machine
from cop.run.results import lock
from cop.run.results.site import Site
from cop.run.watch.saves import Saves
from cop.run.watch.server import Server
from cop.run.watch.standing import Standing

CODE = (".py", ".html.j2", ".json")  # of src/: the template has it in it
STYLE = ".css"  # what alone changes no cell: the pages are made of what stands
SLOTS = 2
GRACE = 10  # seconds in which a run that is ended lets go
QUIET = 2.0  # seconds without a save after which the result is made as a run makes it


def watch(
    choice: plan.Choice, port: int, say: Callable[[str], None], whole: Callable[[str], str] = str
) -> None:
    """Make a country's pages, serve them, and make them again after each save, until stopped.

    `whole` gives a text for the page as `say` says it.
    """
    job = _job(choice)
    machine, behind = (execute.this_machine(max(SLOTS, os.cpu_count() or 1)) for _ in "ab")
    os.environ[execute.WATCHED] = "1"
    standing = Standing(job, machine)
    served = [standing.pages, job.ready / "pages", choice.home / "site"]
    server = Server(served, job.pages()[job.stages[-1]], port)
    saves = Saves(standing_on(choice.data), job.key, plan.NOTEBOOKS, keys.SOURCE)
    rounds = Rounds(choice, behind, server, standing, say, whole)
    try:
        rounds.go_on(saves)
    finally:
        rounds.end()
        machine.stop()
        server.stop()
        standing.stop()


class Rounds:
    """What is done after each save, and what is said of it."""

    def __init__(
        self,
        choice: plan.Choice,
        machine: Machine,
        server: Server,
        standing: Standing,
        say: Callable[[str], None],
        whole: Callable[[str], str] = str,
    ) -> None:
        """Take what is watched, where its result is made, and where it is served and shown."""
        self.choice, self.machine, self.server = choice, machine, server
        self.standing, self.say, self.whole = standing, say, whole
        self._run = Thread(target=int)  # the run that makes the result, when nobody saves
        self._due = None  # when it is to be begun
        self._ended = False

    def go_on(self, saves: Saves) -> NoReturn:
        """Make what is not there, then again what is saved, for ever."""
        self._tried(self._made)
        self.say(f"{self.server.address} follows what you save; Ctrl-C stops.")
        Thread(target=self._stand_ready, daemon=True).start()
        while True:
            if saved := saves.wait():
                self._saved(saved)
            elif self._due and time.monotonic() > self._due and not self._run.is_alive():
                self._due = None
                self._run = Thread(target=self._tried, args=(self._put_in_place,), daemon=True)
                self._run.start()

    def _stand_ready(self):
        """Let the stages be run once where their names are kept; a fault is told with the save."""
        with contextlib.suppress(Refused):
            job = _job(self.choice)
            self.machine.warm_up(job.parameters["data"], [job.key])
            self.standing.again(job, of_country=False)

    def _saved(self, saved):
        if code := [p for p in saved if p.is_relative_to(keys.SOURCE) and _is_code(p)]:
            self.say(f"{code[0].name}: code changed; stop and call again, so that it counts.")
            return
        self._tried(lambda: self._shown(saved), f"{_named(saved)}: ")
        self._due = time.monotonic() + QUIET

    def _tried(self, make, what=""):
        """Say how it went; what is refused is said on the open page too."""
        began = time.perf_counter()
        try:
            if done := make():
                self.say(f"{what}{done} after {time.perf_counter() - began:.1f} s")
        except Refused as refused:
            self.server.say(self.whole(str(refused)))
            self.say(f"{what}{refused}")

    def _shown(self, saved):
        """Let the pages show what was saved."""
        job, ours = _job(self.choice), (plan.NOTEBOOKS, keys.SOURCE)
        data = [path for path in saved if not any(map(path.is_relative_to, ours))]
        shared = [path for path in data if job.key not in path.parts]
        plan.check_parameters(job)
        with self.machine.resting():  # the result comes after what somebody waits for
            if shared:
                _refuse_shared_faults(self.choice, self.standing.machine)
            if all(path.suffix == STYLE for path in saved):
                self.standing.pages_again(job)
            else:
                self.standing.again(job, bool(data), bool(shared))
        self.server.reload()
        return "made again"

    def _made(self):
        """Make what is not there before anything is saved."""
        return self._as_a_run() or "nothing to make again"

    def _put_in_place(self):
        """Make the result of what was shown; nothing is said where it stands already."""
        return self._as_a_run() and "put in place"

    def _as_a_run(self):
        """Make what changed as a run makes it; give in words what was done, "" for nothing."""
        keys.look_again()
        choice, job = self.choice, _job(self.choice)
        with lock.alone(choice.home) as held:
            site = Site(choice.home, choice.source)
            site.settle()
            keys.take_in([job])
            if not keys.reasons(job):
                return ""
            self.machine.warm_up(job.parameters["data"], [job.key])
            _refuse_shared_faults(choice, self.machine)
            plan.check_parameters(job)
            site.make_room(job)
            outcomes = execute.run(job, date.today().isoformat(), self.machine)
            _look_at_words_again()
            if held() and not self._ended:
                schedule.share(site, {job: outcomes})
        if why := schedule.failure(outcomes):
            raise Refused(why)
        return "made again"

    def end(self):
        """Begin nothing more, and end what is at work."""
        self._ended = True
        self.machine.stop()
        if self._run.is_alive():
            self._run.join(GRACE)


def _job(choice):
    """Give the job of the one country that is watched."""
    jobs = plan.jobs(choice)
    if len(jobs) != 1:
        raise Refused(f"one country is watched at a time; these are {count(len(jobs), 'country')}")
    return jobs[0]


def _refuse_shared_faults(choice, machine):
    """Raise Refused with the faults of the shared tables, where they are not known to be sound."""
    state, sound = keys.of_shared(choice.data), choice.outputs / ".sound"
    if sound.exists() and sound.read_text(encoding="utf-8") == state:
        return
    if faults := machine.do(_shared_faults, (choice.data,), choice.timeout):
        raise Refused("\n".join(faults))
    if choice.outputs.is_dir():
        sound.write_text(state, encoding="utf-8")


def _shared_faults(data, tell):
    from cop.data import checks

    return list(map(str, checks.of_shared(data)))


def _look_at_words_again():
    """Let this process, which makes the site, read the words again if it has read them."""
    if words := sys.modules.get("cop.report.words"):
        words.look_again()


def _is_code(path):
    return path.name.endswith(CODE)


def _named(paths):
    """Give the name of what was saved, and how many more there are."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{Path(paths[0]).name}{more}"
