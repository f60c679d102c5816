"""The run as a whole: countries side by side, the region, the ledger, first page and summary."""

import json
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from batch import execute, keys, plan
from batch.execute import Outcome
from batch.plan import Choice, Job
from batch.process import FORKS, Machine
from batch.progress import Progress
from contract import Refused

COLD = (
    "cop: processes are not forked here, so each notebook starts a kernel of its own: slower, with "
    "the same results"
)
LAST_FAILED = "the last run failed"
SHOWN = 20  # faults of a country that are named below its line


@dataclass(frozen=True)
class Settings:
    """How a run is done, whatever is run."""

    jobs: int  # countries at the same time
    force: bool = False  # even what has not changed
    fail_fast: bool = False  # stop at the first country that fails
    scheduler: str | None = None  # address of a Dask cluster


class Here:
    """This machine as the place where jobs are run."""

    def __init__(self, machine: Machine, threads: int, progress: Progress) -> None:
        """Take the machine, and how many jobs may be at work."""
        if not FORKS:
            print(COLD, file=sys.stderr)
        self.machine, self.progress = machine, progress
        self.pool = ThreadPoolExecutor(threads)

    def submit(self, job: Job, date: str, force: bool) -> Future:
        """Give the future of a job's outcomes."""
        return self.pool.submit(self._run, job, date, force)

    def take(self, job: Job, done: Future) -> list[Outcome]:
        """Give the outcomes of a job that is done."""
        return done.result()

    def stop(self) -> None:
        """Begin nothing more and end what runs."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.machine.stop()

    def _run(self, job, date, force):
        with self.progress.running(job.key):
            return execute.run(job, date, self.machine, force)


def run_choice(choice: Choice, settings: Settings) -> bool:
    """Run what changed of what was chosen, and print how it went; give whether nothing failed.

    Raises Refused where the call or the shared tables are wrong; then nothing was run.
    """
    jobs, machine = plan.jobs(choice), execute.this_machine(settings.jobs)
    keys.take_in(jobs)
    todo = [job for job in jobs if settings.force or keys.reasons(job)]
    if todo:
        machine.warm_up(todo[0].parameters["data"], [job.key for job in todo])
        _refuse_shared_faults(choice, machine, todo[0].parameters["data"])  # as it warms up
        for job in {job.stages: job for job in todo}.values():
            plan.check_parameters(job)
    choice.outputs.mkdir(parents=True, exist_ok=True)
    outcomes = [_unchanged(job) for job in jobs if job not in todo]
    outcomes += run(todo, settings, machine, choice.outputs, choice.data)
    if choice.every or choice.group:
        outcomes += run_region(jobs, outcomes, choice, settings.force, machine)
    failures = {o.country: sentence(o) for o in outcomes if o.status == "failed"}
    finish(choice.outputs, outcomes, failures, baselines=bool(choice.baselines))
    return not failures


def run(
    jobs: list[Job], settings: Settings, machine: Machine, outputs: Path, data: Path
) -> list[Outcome]:
    """Run jobs side by side, here or on a cluster; gives all outcomes."""
    if not jobs:
        return []
    outcomes, today = [], date.today().isoformat()
    with Progress(len(jobs)) as progress:
        place = _place(settings, machine, data, len(jobs), progress)
        try:
            waiting = {place.submit(job, today, settings.force): job for job in jobs}
            for done in as_completed(waiting):
                result = place.take(waiting[done], done)
                log(outputs, result)
                progress.done(result[-1])
                outcomes += result
                if settings.fail_fast and outcomes[-1].status == "failed":
                    break
        finally:
            place.stop()
    return outcomes


def _place(settings, machine, data, jobs, progress):
    if settings.scheduler:
        from batch.cluster import Cluster

        return Cluster(settings.scheduler, data)
    # one more job than slots is at work, so that no slot waits for a last stage
    return Here(machine, min(settings.jobs + 1, jobs), progress)


def run_region(
    jobs: list[Job], outcomes: list[Outcome], choice: Choice, force: bool, machine: Machine
) -> list[Outcome]:
    """Run the group chosen, or each study, that has a whole assessment; gives the outcomes.

    The members without one are left out by name.
    """
    failed = {o.country for o in outcomes if o.status == "failed"}
    editions = {
        job.key: job.parameters["edition"]
        for job in jobs
        if job.stages == tuple(plan.STAGES) and job.key not in failed
    }
    result = []
    for job in plan.of_regions(choice, editions):
        if force or keys.reasons(job):
            plan.check_parameters(job)
            machine.warm_up(job.parameters["data"])
            result += execute.run(job, date.today().isoformat(), machine, force)
        else:
            result.append(_unchanged(job))
    log(choice.outputs, [o for o in result if o.status != "unchanged"])
    return result


def _unchanged(job: Job) -> Outcome:
    keys.confirm(job.ready)
    return Outcome(job.key, "all", "unchanged", 0.0)


def _refuse_shared_faults(choice: Choice, machine: Machine, as_notebooks_see_it: str) -> None:
    """Raise Refused with all faults of the shared tables; a country's own faults fail that country
    only.

    What was found sound is not checked again until one of its files changes.
    """
    state, sound = keys.of_shared(choice.data), choice.outputs / ".sound"
    if sound.exists() and sound.read_text(encoding="utf-8") == state:
        return
    if not execute.shared_tables_are_sound(machine, as_notebooks_see_it):
        import contract
        from contract import checks

        if faults := checks.of_shared(choice.data):
            number, lines = contract.count(len(faults), "fault"), "\n".join(map(str, faults))
            raise Refused(f"{number} in the shared tables, so nothing was run:\n{lines}")
    if choice.outputs.is_dir():
        sound.write_text(state, encoding="utf-8")


def finish(
    outputs: Path, outcomes: list[Outcome], failures: dict[str, str], baselines: bool = False
) -> None:
    """Write the site's first page where something was run, and print one line per country.

    `baselines` says that desk baselines were run: a failure is then none of the assessment of the
    same country.
    """
    index = outputs / "site" / "index.html"
    names_failures = index.exists() and LAST_FAILED in index.read_text(encoding="utf-8")
    if names_failures or any(o.status != "unchanged" for o in outcomes):
        _write_index(index.parent, *(({}, failures) if baselines else (failures, {})))
    countries = sorted({o.country for o in outcomes})
    width = max(map(len, countries), default=3)
    for key in countries:
        theirs = [o for o in outcomes if o.country == key]
        print(_line(key.ljust(width), theirs, failures.get(key)))
        for outcome in theirs:
            if outcome.stage == execute.GATE:
                print(_other_faults(outcome.message.split("\n")[1:]), end="")
    good = len(set(countries) - set(failures))
    print(f"{good} complete, {len(failures)} failed. Reports: {_shown(index)}")


def _other_faults(faults):
    """Give a line for each fault after the first that held a country back, twenty at most."""
    more = [f"and {len(faults) - SHOWN} more; `cop check` names them all"] * (len(faults) > SHOWN)
    return "".join(f"     {line}\n" for line in [*faults[:SHOWN], *more])


def _write_index(site_folder, failures, of_baselines):
    if not site_folder.is_dir():
        return
    from report import site

    try:
        site.write(site_folder, failures, of_baselines, date.today())
    except OSError as error:
        print(f"cop: the first page could not be renewed: {error.strerror}", file=sys.stderr)


def _line(name, outcomes, failure):
    good = "ok" if any(o.status == "ok" for o in outcomes) else "unchanged"
    seconds = sum(o.seconds for o in outcomes)
    state = "failed" if failure else good
    return f"{name}  {state:<9} {seconds:6.1f} s of work  {failure or ''}".rstrip()


def sentence(outcome: Outcome) -> str:
    """Give a failure in one sentence: stage, cell, cause, message."""
    where = f"{outcome.stage}, cell {outcome.cell}" if outcome.cell else outcome.stage
    first, *more = outcome.message.split("\n")
    rest = f" (and {len(more)} more in the log)" if more else ""
    return f"{where}: {outcome.cause}: {first}{rest}"


def log(outputs: Path, outcomes: Iterable[Outcome]) -> None:
    """Add outcomes to the ledger, a JSON line each; where it cannot be written, say so."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"time": now, **o.as_row()}, ensure_ascii=False) + "\n" for o in outcomes]
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with (outputs / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
            ledger.writelines(lines)
    except OSError as error:
        print(f"cop: the ledger could not be written: {error.strerror}", file=sys.stderr)


def _shown(path):
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
