"""A run: the steps of all jobs as a graph, then the region and the site, and the summary."""

import logging
import sys
import time
import traceback
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from cop.data import Refused, count
from cop.data.machine import today
from cop.report import languages
from cop.run import fingerprints, plan, publish, steps
from cop.run.plan import Choice, Job
from cop.run.site import Site
from cop.run.steps import CHECK, PAGES, Outcome
from cop.run.workers import Failed, Workers

HELD_BACK = "held back until its data are corrected; `cop check` lists the errors"
LONGEST = 6000  # seconds that a check, or all pages of a country, may take
BAR = "{bar:20} {n_fmt} of {total_fmt} countries, {remaining} left"
logging.raiseExceptions = False  # where the disk is full, the run itself reports it


@dataclass(frozen=True)
class Settings:
    """How a run works, whatever it runs."""

    jobs: int  # steps at the same time
    force: bool = False  # run what has not changed too
    kernel: bool = False  # run notebooks in Jupyter kernels
    scheduler: str | None = None  # address of a Dask cluster
    address: str = ""  # of the site on the web


class Run:
    """One call of `cop run`, with the outcomes of its jobs as they come."""

    def __init__(self, settings: Settings, site: Site) -> None:
        """Take the settings and the site; processes start with the first step."""
        self.settings, self.site, self.date = settings, site, today().isoformat()
        self.workers = Workers(settings.jobs, data := plan.seen_from_notebooks(site.data))
        if settings.scheduler:
            from cop.run.cluster import Cluster

            self.workers = Cluster(settings.scheduler, site.outputs, data)
        self.outcomes: dict[Job, list[Outcome]] = {}
        self.succeeded = True
        self.logs: dict[Job, logging.Logger] = {}
        self.checked: dict[Job, list[tuple]] = {}  # states of tables, once they were checked

    def run_choice(self, choice: Choice, jobs: list[Job]) -> None:
        """Run what changed of a choice's jobs, earlier editions without a result, and regions."""
        self.run_jobs(jobs, choice.data)
        if choice.countries or choice.every:
            earlier = plan.of_earlier_editions(choice, jobs)
            self.run_jobs([job for job in earlier if not fingerprints.load(job.ready)])
        if choice.every or choice.group:
            countries = [job for job in jobs if job.stages == tuple(plan.STAGES)]
            editions = {job.key: job.parameters["edition"] for job in countries if self.has(job)}
            self.run_jobs(list(plan.of_regions(choice, editions)))

    def has(self, job: Job) -> bool:
        """Return whether a job succeeded or was up to date."""
        return job in self.outcomes and not failure(self.outcomes[job])

    def check_shared(self, data: Path) -> None:
        """Raise Refused with the errors in the tables that all countries share."""
        folder = plan.seen_from_notebooks(data)
        if errors := self.workers.run(steps.check_shared, folder, timeout=LONGEST):
            lines = "\n".join(errors)
            number = count(len(errors), "error")
            raise Refused(f"{number} in the shared tables, so nothing was run:\n{lines}")

    def run_jobs(self, jobs: list[Job], data: Path | None = None) -> None:
        """Run the steps of the jobs that changed, each once those it depends on have succeeded."""
        todo = [job for job in jobs if self.settings.force or fingerprints.reasons(job)]
        unchanged = [job for job in jobs if job not in todo]
        self.outcomes |= {job: [Outcome(job.key, "all", "unchanged", 0.0)] for job in unchanged}
        for job in todo:
            plan.check_parameters(job)
        if todo and data:
            self.check_shared(data)
        for job in todo:
            self.site.make_room(job)
            self.logs[job] = open_log(job.making.parent / "logs" / f"{job.key}.log")
        with progress_bar(len(todo)) as bar, ThreadPoolExecutor(self.workers.slots) as pool:
            try:
                self._follow(dependencies(todo), pool, bar)
            except BaseException:
                self.workers.stop()
                pool.shutdown(cancel_futures=True)
                raise

    def _follow(self, graph, pool, bar):
        """Run the steps of a graph; what depends on a failed step is left out."""
        sorter, running, failed = TopologicalSorter(graph), {}, set()
        sorter.prepare()
        while sorter.is_active():
            for step in sorter.get_ready():
                work = _skip if failed & graph[step] else self._run_step
                running[pool.submit(work, *step)] = step
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                (job, name), outcome = running.pop(future), future.result()
                if outcome and outcome.status != "skipped":
                    self.outcomes.setdefault(job, []).append(outcome)
                if outcome and outcome.status != "ok":
                    failed.add((job, name))
                if name == PAGES:
                    self._end(job, bar)
                sorter.done((job, name))

    def _end(self, job, bar):
        """Record a job that has ended."""
        outcomes = self.outcomes[job]
        outcomes.sort(key=lambda outcome: outcome.status == "failed")
        language = {"language": job.language} if job.language != languages.SOURCE else {}
        with suppress(OSError):  # a full disk is reported where the results are put
            publish.append_ledger(self.site.outputs, [asdict(o) | language for o in outcomes])
        bar.update()
        if stream := raw_stderr():
            bar.write(f"{job.key}: {outcomes[-1].status}", file=stream)

    def _run_step(self, job, step):
        """Return the outcome of a step, or None where it was up to date."""
        started, log = time.perf_counter(), self.logs[job]
        log.debug("%s: begins", step)
        try:
            message = self._work(job, step, log)
        except Exception as error:  # whatever it is, the other countries go on
            failed = error
            if not isinstance(error, Failed):
                failed = Failed(None, type(error).__name__, str(error), traceback.format_exc())
            seconds = round(time.perf_counter() - started, 2)
            log.error("%s: failed after %.2f s\n%s", step, seconds, failed.details)
            about = failed.cell, failed.cause, failed.message
            return Outcome(job.key, step, "failed", seconds, *about)
        seconds = round(time.perf_counter() - started, 2)
        log.info("%s: ok after %.2f s", step, seconds)
        return None if message is None else Outcome(job.key, step, "ok", seconds, message=message)

    def _work(self, job, step, log):
        """Do a step; return its warning, "" without one, or None where there is nothing to tell."""
        run = partial(self.workers.run, log=log)
        if step == CHECK:
            steps.start(job, self.settings.force)
            errors, self.checked[job] = run(steps.check_country, job, timeout=LONGEST)
            if message := "\n".join(errors):
                raise Failed(None, "held back", message, message)
            return None
        if step == PAGES:
            steps.publish(job, run(steps.check_pages, job, timeout=LONGEST))
            return ""
        if not fingerprints.changed(job, step, job.making):
            return None
        inputs = fingerprints.inputs(job, step, job.making)
        kernel = self.settings.kernel
        task = steps.run_notebook, job, step, self.date, kernel, self.checked[job]
        reads, warning = run(*task, timeout=None if kernel else job.timeout)
        fingerprints.record(job, step, None if reads is None else inputs | {"reads": reads})
        return warning

    def update_site(self) -> bool:
        """Let the site show what was made, and what failed; return whether that was possible."""
        ended = {}
        for job, outcomes in self.outcomes.items():
            why, failed = failure(outcomes), None
            if why:
                held = any(outcome.stage == CHECK for outcome in outcomes)  # not on a public page
                failed = [job.key, job.parameters.get("edition", ""), HELD_BACK if held else why]
            ended.setdefault(job.language, {})[self.site.name(job)] = failed
        try:
            self.site.update(ended)
        except (OSError, Failed) as error:
            why = error.strerror if isinstance(error, OSError) else error
            print(f"cop: the site could not be updated: {why}", file=sys.stderr)
            return False
        return True

    def print_summary(self, language: str) -> None:
        """Print a line for each job, and where the reports are."""
        named = {job_name(job): outcomes for job, outcomes in self.outcomes.items()}
        width = max(map(len, named), default=3)
        for name, outcomes in sorted(named.items()):
            seconds = sum(outcome.seconds for outcome in outcomes)
            state = f"{outcomes[-1].status:<9} {seconds:6.1f} s of work  {failure(outcomes)}"
            print(f"{name:<{width}}  {state}".rstrip())
            for outcome in (o for o in outcomes if o.message and o.status != "failed"):
                print(f"     {outcome.stage}: {outcome.message}")
        failed = sum(bool(failure(outcomes)) for outcomes in named.values())
        page = self.site.first_page(language)
        page = page.relative_to(Path.cwd()) if page.is_relative_to(Path.cwd()) else page
        print(f"{len(named) - failed} complete, {failed} failed. Reports: {page}")


def dependencies(jobs: Iterable[Job]) -> dict[tuple, set]:
    """Return {(job, step): the steps that it depends on}; the last stage needs all others."""
    graph = {}
    for job in jobs:
        *first, last = job.stages
        graph[job, CHECK] = set()
        graph |= {(job, stage): {(job, CHECK)} for stage in first}
        graph[job, last] = {(job, CHECK), *((job, stage) for stage in first)}
        graph[job, PAGES] = {(job, last)}
    return graph


def run_batch(choices: list[Choice], settings: Settings) -> Run:
    """Run what changed of the jobs chosen, then renew the site; return how it went.

    Each choice is in one language. Raises Refused where the call or the shared tables are wrong, or
    another run is at work in the outputs folder; then nothing was run.
    """
    jobs, first = [plan.jobs(choice) for choice in choices], choices[0]
    with publish.exclusive(first.home):
        site = Site(first.home, first.source, settings.address)
        site.recover()
        fingerprints.forget()
        run = Run(settings, site)
        try:
            if site.shared_changed():
                run.check_shared(first.source)
            for choice, chosen in zip(choices, jobs, strict=True):
                run.run_choice(choice, chosen)
        finally:  # also when it is stopped: what is complete is shown
            run.succeeded = not any(map(failure, run.outcomes.values()))
            if run.outcomes or not any(jobs):
                run.succeeded &= run.update_site()
    return run


def _skip(job, step):
    return Outcome(job.key, step, "skipped", 0.0)


def progress_bar(total: int) -> tqdm:
    """Return a bar that counts countries, shown on a terminal only."""
    silent = None if sys.stderr and total else True
    return tqdm(total=total, bar_format=BAR, disable=silent, leave=False, file=raw_stderr())


def raw_stderr() -> TextIO | None:
    """Return the stream on which the bar may move the cursor, which `cop` keeps text from."""
    return getattr(sys.stderr, "stream", sys.stderr)


def open_log(path: Path) -> logging.Logger:
    """Return a logger that writes to a new file, where the disk allows one."""
    log = logging.Logger(path.stem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    return log


def job_name(job: Job) -> str:
    """Return a job's country or group, with an earlier edition and a language but English."""
    folder = job.ready.parent
    edition = [folder.name] * (folder.parent.name == "editions")
    return " ".join([job.key, *edition, *[job.language] * (job.language != languages.SOURCE)])


def failure(outcomes: Iterable[Outcome]) -> str:
    """Return why a job failed: stage, cell, cause, message; "" where it did not."""
    for outcome in outcomes:
        if outcome.status == "failed":
            cell = f", cell {outcome.cell}" if outcome.cell else ""
            first, *more = outcome.message.split("\n")
            where = "; `cop check` lists them" if outcome.stage == CHECK else " in the log"
            rest = f" (and {len(more)} more{where})" if more else ""
            return f"{outcome.stage}{cell}: {outcome.cause}: {first}{rest}"
    return ""
