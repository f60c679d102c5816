"""Rounds: what was saved is run by the template that stays warm, and the open page is told."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from batch import execute, keys, plan, schedule
from batch.process import Machine
from batch.results import lock
from batch.results.site import Site
from batch.watch.saves import Saves
from batch.watch.server import Server
from contract import Refused, count, standing_on

CODE = (".py", ".html.j2", ".json")  # of src/: the template has it in it
SLOTS = 2


def watch(choice: plan.Choice, port: int, say: Callable[[str], None]) -> None:
    """Make a country's pages, serve them, and make them again after each save, until stopped."""
    job = _job(choice)
    machine = execute.this_machine(max(SLOTS, os.cpu_count() or 1))
    os.environ[execute.WATCHED] = "1"
    served = [job.ready / "pages", choice.home / "site"]
    server = Server(served, job.pages()[job.stages[-1]], port)
    try:
        saves = Saves(standing_on(choice.data), job.key, plan.NOTEBOOKS, keys.SOURCE)
        for line in rounds(choice, machine, server, saves):
            say(line)
    finally:
        machine.stop()
        server.stop()


def rounds(choice: plan.Choice, machine: Machine, server: Server, saves: Saves) -> Iterator[str]:
    """Yield what there is to say of each round, the first of which makes what is not there."""
    yield from _tried(choice, machine, server)
    yield f"{server.address} follows what you save; Ctrl-C stops."
    while True:
        saved = saves.wait()
        if code := [p for p in saved if p.is_relative_to(keys.SOURCE) and _is_code(p)]:
            yield f"{code[0].name}: code changed; stop and call again, so that it counts."
            continue
        began = time.perf_counter()
        yield from _tried(choice, machine, server, f"{_named(saved)}: ", began)


def _tried(choice, machine, server, what="", began=None):
    """Yield the sentence of one round; what is refused is said on the open page too."""
    began = began or time.perf_counter()
    try:
        done = _round(choice, machine, server)
    except Refused as refused:
        server.say(str(refused))
        yield f"{what}{refused}"
        return
    yield f"{what}{done} after {time.perf_counter() - began:.1f} s"


def _round(choice, machine, server):
    """Run what changed; the pages are told before the site round them is made."""
    keys.look_again()
    job = _job(choice)
    with lock.alone(choice.home) as held:
        site = Site(choice.home, choice.source)
        site.settle()
        keys.take_in([job])
        if not keys.reasons(job):
            return "nothing to make again"
        machine.warm_up(job.parameters["data"], [job.key])
        _refuse_shared_faults(choice, machine)
        plan.check_parameters(job)
        site.make_room(job)
        outcomes = execute.run(job, date.today().isoformat(), machine)
        why = schedule.failure(outcomes)
        server.say(why) if why else server.reload()
        _look_at_words_again()
        if held():
            schedule.share(site, {job: outcomes})
    return why or "made again"


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
    from contract import checks

    return list(map(str, checks.of_shared(data)))


def _look_at_words_again():
    """Let this process, which makes the site, read the words again if it has read them."""
    if words := sys.modules.get("report.words"):
        words.look_again()


def _is_code(path):
    return path.name.endswith(CODE)


def _named(paths):
    """Give the name of what was saved, and how many more there are."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{Path(paths[0]).name}{more}"
