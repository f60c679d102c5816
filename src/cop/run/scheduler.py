"""Run the steps of all jobs as a graph, update the site and print a summary."""

import logging
import sys
import time
import traceback
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path

from cop.data import UserError, count
from cop.data.machine import today
from cop.report import languages
from cop.run import fingerprints, plan, publish, steps
from cop.run.plan import Choice, Job
from cop.run.results import site_path
from cop.run.site import Site
from cop.run.steps import CHECK, PAGES, Outcome
from cop.run.workers import Failed, Workers, start_server

HELD_BACK = "held back until its data are corrected; `cop check` lists the errors"
logging.raiseExceptions = False  # if the disk is full, the run itself reports it


@dataclass(frozen=True)
class Settings:
    """Options of a run that do not depend on the selection."""

    jobs: int  # number of steps that run at the same time
    force: bool = False  # also run unchanged stages
    kernel: bool = False  # run notebooks in Jupyter kernels
    scheduler: str | None = None  # address of a Dask cluster


class Run:
    """Execution of the jobs of `cop run`, with the outcomes of their steps."""

    def __init__(self, settings: Settings, site: Site) -> None:
        """Initialise a run on this machine, or on a cluster (`Cluster` may raise UserError)."""
        self.settings, self.site, self.date = settings, site, today().isoformat()
        data = plan.seen_from_notebooks(site.data)
        self.workers = Workers(settings.jobs, data, site.shared[0])
        if settings.scheduler:
            from cop.run.cluster import Cluster

            self.workers = Cluster(settings.scheduler, site.outputs, data)
        self.outcomes: dict[Job, list[Outcome]] = {}
        self.succeeded = True
        self.logs: dict[Job, logging.Logger] = {}
        self.checked: dict[Job, list[tuple]] = {}  # cache keys of the checked tables

    def run_choice(self, choice: Choice, jobs: list[Job]) -> None:
        """Run `jobs`, then earlier editions without a result, then syntheses.

        Earlier editions run if countries or `--all` were selected, and syntheses if a group or
        `--all` was selected. Syntheses omit the countries whose job failed.
        """
        self.run_jobs(jobs)
        if choice.countries or choice.every:
            earlier = plan.of_earlier_editions(choice, jobs)
            self.run_jobs([job for job in earlier if not fingerprints.load(job.ready)])
        if choice.every or choice.group:
            countries = [job for job in jobs if job.stages == tuple(plan.STAGES)]
            complete = [job for job in countries if not failure(self.outcomes[job])]
            editions = {job.key: job.parameters["edition"] for job in complete}
            self.run_jobs(list(plan.of_regions(choice, editions)))

    def check_shared(self) -> None:
        """Raise UserError if the tables that all countries share contain errors."""
        start_server()  # its imports run while this process checks the tables
        from cop.data import checks

        if errors := checks.of_shared(self.site.data):
            lines = "\n".join(map(str, errors))
            number = count(len(errors), "error")
            raise UserError(f"{number} found in the shared tables; nothing was run:\n{lines}")

    def run_jobs(self, jobs: list[Job]) -> None:
        """Run the outdated steps of jobs (all with `force`), and print and store their outcomes."""
        todo = [job for job in jobs if self.settings.force or fingerprints.reasons(job)]
        self.outcomes |= {job: [Outcome("all", "unchanged")] for job in jobs if job not in todo}
        for job in todo:
            self.site.make_room(job)
            self.logs[job] = open_log(job.making.parent / "logs" / f"{job.key}.log")
        # Checks run in this process, one at a time, while other steps run in separate processes.
        with ThreadPoolExecutor(self.workers.slots) as pool, ThreadPoolExecutor(1) as checks:
            try:
                self.run_graph(dependencies(todo), pool, checks)
            except BaseException:
                self.workers.stop()
                checks.shutdown(cancel_futures=True)
                pool.shutdown(cancel_futures=True)
                raise

    def run_graph(self, graph, pool, checks):
        """Run the steps of `graph` in order; skip a step if a dependency failed or was skipped."""
        sorter, running, failed = TopologicalSorter(graph), {}, set()
        sorter.prepare()
        while sorter.is_active():
            for step in sorter.get_ready():
                work = _skip if failed & graph[step] else self.run_step
                executor = checks if step[1] == CHECK else pool
                running[executor.submit(work, *step)] = step
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                (job, name), outcome = running.pop(future), future.result()
                self.outcomes.setdefault(job, []).append(outcome)
                if outcome.status in ("failed", "skipped"):
                    failed.add((job, name))
                if name == PAGES:
                    print(f"{job_name(job)}: {state(self.outcomes[job])}", file=sys.stderr)
                sorter.done((job, name))

    def run_step(self, job, step):
        """Run a step, log its outcome and return it. Its status is "failed" after an exception."""
        started, log, details = time.perf_counter(), self.logs[job], ""
        log.debug("%s: begins", step)
        try:
            outcome = self._work(job, step, log)
        except Exception as error:  # the other countries are not affected
            failed = error
            if not isinstance(error, Failed):
                failed = Failed(None, type(error).__name__, str(error), traceback.format_exc())
            outcome = Outcome(step, "failed", failed.message, failed.cell, failed.cause)
            details = failed.details
        outcome.seconds = round(time.perf_counter() - started, 2)
        log.info("%s: %s after %.2f s\n%s", step, outcome.status, outcome.seconds, details)
        return outcome

    def _work(self, job, step, log):
        run = partial(self.workers.run, log=log)
        if step == CHECK:
            start_server()  # its imports run while this process checks the data
            steps.start(job, self.settings.force)
            errors, self.checked[job] = steps.check_country(job)
            if message := "\n".join(errors):
                raise Failed(None, "held back", message, message)
            return Outcome(step, "ok")
        if step == PAGES:
            steps.publish(job, run(steps.check_pages, job, timeout=job.timeout))
            return Outcome(step, "ok")
        if not fingerprints.changed(job, step, job.making):
            return Outcome(step, "up to date")
        inputs = fingerprints.inputs(job, step, job.making)
        kernel = self.settings.kernel
        task = steps.run_notebook, job, step, self.date, kernel, self.checked[job]
        reads, warning = run(*task, timeout=None if kernel else job.timeout)
        fingerprints.record(job, step, None if reads is None else inputs | {"reads": reads})
        return Outcome(step, "ok", warning)

    def update_site(self) -> bool:
        """Update the site, print the error if the update fails, and return whether it succeeded."""
        ended = {}
        for job, outcomes in self.outcomes.items():
            failed = None  # public pages quote neither data nor errors
            if stage := next((part.stage for part in outcomes if part.status == "failed"), ""):
                about = HELD_BACK if stage == CHECK else stage
                failed = [job.key, job.parameters.get("edition", ""), about]
            ended.setdefault(job.language, {})[self.site.name(job)] = failed
        try:
            self.site.update(ended)
        except (OSError, Failed, UserError) as error:
            print(f"cop: site not updated: {error}; fix this and repeat `cop run`", file=sys.stderr)
            return False
        return True

    def print_summary(self, language: str) -> None:
        """Print each job's state and warnings, totals, and the path of reports in `language`."""
        named = {job_name(job): outcomes for job, outcomes in self.outcomes.items()}
        width = max(map(len, named), default=3)
        for name, outcomes in sorted(named.items()):
            seconds = sum(outcome.seconds for outcome in outcomes)
            about = f"{state(outcomes):<9} {seconds:6.1f} s of work  {failure(outcomes)}"
            print(f"{name:<{width}}  {about}".rstrip())
            for outcome in (o for o in outcomes if o.message and o.status != "failed"):
                print(f"     {outcome.stage}.ipynb: {outcome.message}")
        failed = sum(bool(failure(outcomes)) for outcomes in named.values())
        pages = self.site.folder / site_path(language)
        if len(named) == 1 and not failed:
            [job] = self.outcomes
            folder = Path(self.site.name(job)).parent  # `baselines` for a desk baseline
            print(f"Report: {pages / folder / list(job.pages().values())[-1]}")
        kept = " Earlier reports of those that failed are kept." if failed else ""
        totals = f"{len(named) - failed} complete, {failed} failed.{kept}"
        print(f"{totals} All reports: {pages / 'index.html'}")


def dependencies(jobs: Iterable[Job]) -> dict[tuple, set]:
    """Return {(job, step): pairs that must run first}. The last stage depends on all others."""
    graph = {}
    for job in jobs:
        *first, last = job.stages
        graph[job, CHECK] = set()
        graph |= {(job, stage): {(job, CHECK)} for stage in job.stages}
        graph[job, last] |= {(job, stage) for stage in first}
        graph[job, PAGES] = {(job, last)}
    return graph


def run_batch(choices: list[Choice], settings: Settings) -> Run:
    """Run the outdated jobs of the selections, update the site, and return the run.

    `choices` contains one selection for each language. A failed job only sets `Run.succeeded` to
    False. Raises UserError before the first job if a selection or shared table is invalid, the
    cluster cannot be used, or the outputs folder is in use or has results for other data, and
    at any time if a notebook is unreadable.
    """
    jobs, first = [plan.jobs(choice) for choice in choices], choices[0]
    with publish.exclusive(first.outputs):
        fingerprints.forget()
        site = Site(first.outputs, first.data)
        site.recover()
        run = Run(settings, site)
        try:
            if site.shared_changed():
                run.check_shared()
            for choice, chosen in zip(choices, jobs, strict=True):
                run.run_choice(choice, chosen)
        finally:  # also after an interruption: some results may be complete
            run.succeeded = not any(map(failure, run.outcomes.values()))
            if run.outcomes or not any(jobs):
                run.succeeded &= run.update_site()
    return run


def _skip(job, step):
    return Outcome(step, "skipped")


def open_log(path: Path) -> logging.Logger:
    """Return a logger that overwrites a file, or discards messages if the file cannot be opened."""
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
    """Return the name of a job: UKR or, for an earlier edition in Ukrainian, "UKR 2020 uk"."""
    folder = job.ready.parent
    edition = [folder.name] * (folder.parent.name == "editions")
    return " ".join([job.key, *edition, *[job.language] * (job.language != languages.SOURCE)])


def state(outcomes: list[Outcome]) -> str:
    """Return the status of a job: "failed", or the status of its last step."""
    return "failed" if failure(outcomes) else outcomes[-1].status


def failure(outcomes: Iterable[Outcome]) -> str:
    """Describe the first failure with its stage, cell and cause, or return an empty string."""
    for outcome in outcomes:
        if outcome.status == "failed":
            cell = f", cell {outcome.cell} (counting Markdown cells)" if outcome.cell else ""
            first, *more = outcome.message.split("\n")
            rest = f" (and {count(len(more), 'more line')} in the log)" if more else ""
            return f"{outcome.stage}{cell}: {outcome.cause}: {first}{rest}"
    return ""
