"""The run as a whole: countries side by side, the region, what is shared of it, and the summary."""

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from cop.data import Refused
from cop.data.machine.day import today as day_of_making
from cop.report import languages
from cop.run import execute, keys, plan
from cop.run.execute import Outcome
from cop.run.plan import Choice, Job
from cop.run.process import FORKS, Machine
from cop.run.progress import Progress
from cop.run.results import ledger, lock
from cop.run.results.site import Run, Site

COLD = (
    "cop: processes are not forked here, so each notebook starts a kernel of its own: slower, with "
    "the same results"
)
HELD = "held back until its data are mended; `cop check` says what is wrong"
SHOWN = 20  # faults of a country that are named below its line


@dataclass(frozen=True)
class Settings:
    """How a run is done, whatever is run."""

    jobs: int  # countries at the same time
    force: bool = False  # even what has not changed
    fail_fast: bool = False  # stop at the first country that fails
    scheduler: str | None = None  # address of a Dask cluster
    address: str = ""  # where the site will stand


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
        """Begin nothing more, end what runs, and wait until nobody writes any more."""
        self.machine.stop()
        self.pool.shutdown(cancel_futures=True)

    def _run(self, job, date, force):
        with self.progress.running(job.key):
            return execute.run(job, date, self.machine, force)


def run_batch(choices: list[Choice], settings: Settings) -> bool:
    """Run a batch: the chosen jobs that changed, then the site; give if none failed.

    Each choice is of one language. The site is renewed once, when all are done, and how it went is
    printed. Raises Refused where the call or the shared tables are wrong, or another run is at work
    in the folder of results; then nothing was run.
    """
    jobs, first = [plan.jobs(choice) for choice in choices], choices[0]
    with lock.alone(first.home) as held:
        site = Site(first.home, first.source, settings.address)
        site.settle()
        keys.take_in(sum(jobs, []))
        done = {}  # the outcomes of each job, as they come
        try:
            for choice, its in zip(choices, jobs, strict=True):
                if not (settings.fail_fast and any(map(failure, done.values()))):
                    _run_jobs(its, choice, settings, site, done)
        finally:  # what is complete when a run is stopped is shared, and told, with the rest
            known = held() and any(jobs) and not done  # refused: nothing was run, nothing to tell
            shared = known or (share(site, done) if held() else _gone(first.home))
    return tell(site, done, first.language) and shared


def _run_jobs(jobs, choice, settings, site, done):
    """Run what changed of the jobs, earlier editions that have no result, and the region."""
    todo = [*_changed(jobs, settings, site)]
    for job in {job.stages: job for job in todo}.values():  # as the template warms up
        plan.check_parameters(job)
        settings.force or keys.expect(job)  # with force no earlier result is looked at
    run(todo, settings, choice.data, site, done, lambda: _refuse_shared_faults(choice, todo, site))
    done |= {job: _unchanged(job) for job in jobs if job not in todo}
    if choice.countries or choice.every:
        earlier = [job for job in plan.of_earlier_editions(choice, jobs) if not keys.whole(job)]
        for place in dict.fromkeys(job.ready.parent for job in earlier):
            here = [job for job in earlier if job.ready.parent == place]
            run(here, settings, choice.data / "editions" / place.name, site, done)
    if choice.every or choice.group:
        run_region(jobs, choice, settings, site, done)


def _changed(jobs, settings, site):
    """Yield the jobs to run; from the first on the template warms up as others are looked at."""
    for number, job in enumerate(jobs):
        if settings.force or any(keys.changes(job)):
            site.machine = site.machine or execute.this_machine(settings.jobs)
            next_ones = [one.key for one in jobs[number:]]
            site.machine.warm_up(job.parameters["data"], next_ones)  # begins to, once
            yield job


def run(
    jobs: list[Job],
    settings: Settings,
    data: Path,
    site: Site,
    done: dict[Job, list[Outcome]],
    sound: Callable[[], None] | None = None,
) -> None:
    """Run jobs side by side, here or on a cluster; their outcomes are added to `done`.

    `sound` raises Refused where none may be run; it is asked when the place begins to get ready.
    """
    if not jobs:
        return
    today = day_of_making().isoformat()
    with Progress(len(jobs)) as progress:
        place = _place(settings, data, len(jobs), progress)
        try:
            sound and sound()
            for job in jobs:
                site.make_room(job)
            waiting = {place.submit(job, today, settings.force): job for job in jobs}
            if len(jobs) < settings.jobs and site.folder.exists():  # there is a core for it
                site.draw_ahead()
            for ended in as_completed(waiting):
                job = waiting[ended]
                done[job] = place.take(job, ended)
                progress.done(done[job][-1])
                if settings.fail_fast and done[job][-1].status == "failed":
                    break
        finally:
            place.stop()


def _place(settings, data, jobs, progress):
    if settings.scheduler:
        from cop.run.cluster import Cluster

        return Cluster(settings.scheduler, data)
    # one more job than slots is at work, so that no slot waits for a last stage
    machine = execute.this_machine(settings.jobs)
    return Here(machine, min(settings.jobs + 1, jobs), progress)


def run_region(
    jobs: list[Job], choice: Choice, settings: Settings, site: Site, done: dict[Job, list[Outcome]]
) -> None:
    """Run the region's job of a batch, of the group chosen or of each study, after its countries.

    A member without a whole assessment is left out by name.
    """
    editions = {
        job.key: job.parameters["edition"]
        for job in jobs
        if job.stages == tuple(plan.STAGES) and not failure(done.get(job, ()))
    }
    for job in plan.of_regions(choice, editions):
        if not (settings.force or any(keys.changes(job))):
            done[job] = _unchanged(job)
            continue
        plan.check_parameters(job)
        site.make_room(job)
        site.machine = site.machine or execute.this_machine(settings.jobs)
        site.machine.warm_up(job.parameters["data"])
        site.draw_ahead()
        done[job] = execute.run(job, day_of_making().isoformat(), site.machine, settings.force)


def _unchanged(job: Job) -> list[Outcome]:
    keys.confirm(job.ready)
    return [Outcome(job.key, "all", "unchanged", 0.0)]


def _refuse_shared_faults(choice: Choice, jobs: list[Job], site: Site) -> None:
    """Raise Refused with all faults of the shared tables; a country's own faults fail that country
    only.

    What was found sound is not checked again until one of its files changes.
    """
    state, sound = keys.of_shared(choice.data), choice.outputs / ".sound"
    if sound.exists() and sound.read_text(encoding="utf-8") == state:
        return
    if not execute.shared_tables_are_sound(site.machine, jobs[0].parameters["data"]):
        import cop.data
        from cop.data import checks

        if faults := checks.of_shared(choice.data):
            number, lines = cop.data.count(len(faults), "error"), "\n".join(map(str, faults))
            raise Refused(f"{number} in the shared tables, so nothing was run:\n{lines}")
    if choice.outputs.is_dir():
        sound.write_text(state, encoding="utf-8")


def share(site: Site, done: dict[Job, list[Outcome]]) -> bool:
    """End a batch of jobs by having what they made shared; say whether that could be done.

    Site and ledger are renewed by what succeeded, and told of what failed.
    """
    run = Run()
    for job, outcomes in done.items():
        if why := failure(outcomes):
            edition = job.parameters.get("edition", "")
            # What the check refuses is in no page, so the first page only says that it does.
            held = any(outcome.stage == execute.GATE for outcome in outcomes)
            run.failures[site.name(job)] = [job.key, edition, HELD if held else why]
            run.lines += ledger.lines(execute.rows(job, outcomes))
        else:
            run.renewed.append(site.name(job))
    try:
        site.renew(run)
    except (OSError, Refused) as error:
        why = error.strerror if isinstance(error, OSError) else error
        print(f"cop: the site could not be renewed: {why}", file=sys.stderr)
        return False
    return True


def _gone(outputs):
    print(f"cop: {outputs} was deleted while the run was at work", file=sys.stderr)
    return False


def tell(site: Site, done: dict[Job, list[Outcome]], language: str = languages.SOURCE) -> bool:
    """Tell, when all that a batch scheduled is done, how it went, a line a job; give whether
    nothing failed.

    It is printed, and ends with where the reports are.
    """
    shown = {named(job): outcomes for job, outcomes in done.items()}
    width = max(map(len, shown), default=3)
    for name in sorted(shown):
        print(_line(name.ljust(width), shown[name], failure(shown[name])))
        for outcome in shown[name]:
            if outcome.stage == execute.GATE:
                print(_other_faults(outcome.message.split("\n")[1:]), end="")
            elif outcome.status == "ok" and outcome.message:
                print(f"     {outcome.stage}: {outcome.message}")
    failed = sum(1 for outcomes in shown.values() if failure(outcomes))
    first = _shown(site.first_page(language))
    print(f"{len(shown) - failed} complete, {failed} failed. Reports: {first}")
    return not failed


def named(job: Job) -> str:
    """Give what a job is called: its country, the edition where that is an earlier one, and the
    language unless that is English.
    """
    kept = job.ready.parent
    edition = [kept.name] * (kept.parent.name == "editions")
    language = [job.language] * (job.language != languages.SOURCE)
    return " ".join([job.key, *edition, *language])


def failure(outcomes: Iterable[Outcome]) -> str:
    """Give why a job failed, in a sentence; "" where it did not."""
    return next((sentence(o) for o in outcomes if o.status == "failed"), "")


def _other_faults(faults):
    """Give a line for each fault after the first that held a country back, twenty at most."""
    more = [f"and {len(faults) - SHOWN} more; `cop check` names them all"] * (len(faults) > SHOWN)
    return "".join(f"     {line}\n" for line in [*faults[:SHOWN], *more])


def _line(name, outcomes, failure):
    good = "ok" if any(o.status == "ok" for o in outcomes) else "unchanged"
    seconds = sum(o.seconds for o in outcomes)
    state = "failed" if failure else good
    return f"{name}  {state:<9} {seconds:6.1f} s of work  {failure or ''}".rstrip()


def sentence(outcome: Outcome) -> str:
    """Give why a job's notebook failed in one sentence: stage, cell, cause, message."""
    where = f"{outcome.stage}, cell {outcome.cell}" if outcome.cell else outcome.stage
    first, *more = outcome.message.split("\n")
    rest = f" (and {len(more)} more in the log)" if more else ""
    return f"{where}: {outcome.cause}: {first}{rest}"


def _shown(path):
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
