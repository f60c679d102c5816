"""The run as a whole: countries side by side, then the region, the ledger, the first page and the summary."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

from batch import execute, keys, plan
from batch.progress import Progress
from batch.turns import Slots


class Here:
    """Where jobs are run: this machine, so many at a time."""

    def __init__(self, slots, jobs, progress):
        """Make room; one more job than slots is at work, so that no slot waits for a last stage."""
        execute.SLOTS = Slots(slots)
        if not execute.FORKS:
            print(
                "cop: processes are not forked here, so each notebook starts a kernel of its own: slower, with the same results",
                file=sys.stderr,
            )
        self.pool, self.progress = ThreadPoolExecutor(min(slots + 1, jobs)), progress

    def submit(self, job, date, force):
        """Give the future of a job's outcomes."""
        return self.pool.submit(self._run, job, date, force)

    def take(self, job, done):
        """Give the outcomes of a job that is done."""
        return done.result()

    def stop(self):
        """Begin nothing more and end what runs."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        execute.stop_all()

    def _run(self, job, date, force):
        with self.progress.running(job.key):
            return execute.run(job, date, force)


def run(jobs, told, outputs, data):
    """Run jobs side by side, here or on a cluster, each finished one told as it comes; gives all outcomes."""
    if not jobs:
        return []
    outcomes, today = [], date.today().isoformat()
    with Progress(len(jobs)) as progress:
        place = (
            _cluster(told.scheduler, data)
            if told.scheduler
            else Here(told.jobs, len(jobs), progress)
        )
        try:
            waiting = {place.submit(job, today, told.force): job for job in jobs}
            for done in as_completed(waiting):
                result = place.take(waiting[done], done)
                log(outputs, result)
                progress.done(result[-1])
                outcomes += result
                if told.fail_fast and outcomes[-1].status == "failed":
                    break
        finally:
            place.stop()
    return outcomes


def _cluster(address, data):
    from batch.cluster import Cluster

    return Cluster(address, data)


def run_region(jobs, outcomes, told, data, outputs):
    """Run the group asked for, or each study, where a member has a whole assessment; the others are left out by name."""
    failed = {o.country for o in outcomes if o.status == "failed"}
    editions = {
        job.key: job.parameters["edition"] for job in jobs if job.stages == tuple(plan.STAGES)
    }
    whole, result = set(editions) - failed, []
    wanted = (
        {told.group: plan.groups(data)[told.group]} if told.group else plan.groups(data, "study")
    )
    for group, members in wanted.items():
        if whole & set(members):
            left = [m for m in members if m not in whole]
            edition = max(editions[m] for m in members if m in whole)
            job = plan.of_region(group, data, outputs, edition, left, told.timeout)
            if told.force or keys.reasons(job):
                plan.check_parameters(job)
                execute.warm_up(job.parameters["data"])
                result += execute.run(job, date.today().isoformat(), told.force)
            else:
                result.append(execute.Outcome(group, "all", "unchanged", 0.0))
    log(outputs, [o for o in result if o.status != "unchanged"])
    return result


def finish(outputs, outcomes, failures, baselines=False):
    """Write the site's first page where something was run, and print one line per country.

    `baselines` says that desk baselines were asked for: a failure is then none of the assessment of the same country.
    """
    index = outputs / "site" / "index.html"
    told_of_failures = index.exists() and "the last run failed" in index.read_text(encoding="utf-8")
    if (
        told_of_failures or any(o.status != "unchanged" for o in outcomes)
    ) and index.parent.is_dir():
        from report import site

        try:
            site.write(
                outputs / "site", *(({}, failures) if baselines else (failures, {})), date.today()
            )
        except OSError as error:
            print(f"cop: the first page could not be renewed: {error.strerror}", file=sys.stderr)
    width = max((len(o.country) for o in outcomes), default=3)
    for key in sorted({o.country for o in outcomes}):
        mine = [o for o in outcomes if o.country == key]
        word = (
            "failed"
            if key in failures
            else "ok"
            if any(o.status == "ok" for o in mine)
            else "unchanged"
        )
        print(
            f"{key:<{width}}  {word:<9} {sum(o.seconds for o in mine):6.1f} s  {failures.get(key, '')}".rstrip()
        )
    good = len({o.country for o in outcomes} - set(failures))
    print(f"{good} complete, {len(failures)} failed. Reports: {_shown(index)}")


def sentence(outcome):
    """Give a failure in one sentence: stage, cell, cause, message."""
    where = f"{outcome.stage}, cell {outcome.cell}" if outcome.cell else outcome.stage
    first, *more = outcome.message.split("\n")
    return f"{where}: {outcome.cause}: {first}" + (
        f" (and {len(more)} more in the log)" if more else ""
    )


def log(outputs, outcomes):
    """Add outcomes to the ledger, one JSON line each; where it cannot be written, say so and go on."""
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
