"""The run as a whole: countries side by side, then the region, the ledger, the first page and the summary."""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

from tqdm import tqdm

from batch import execute, keys, plan


def run(jobs, told, outputs):
    """Run jobs side by side, each finished one told as it comes; gives all outcomes."""
    if not jobs:
        return []
    execute.warm_up(jobs[0].parameters["data"])
    outcomes, today = [], date.today().isoformat()
    execute.SLOTS = threading.BoundedSemaphore(told.jobs)
    pool = ThreadPoolExecutor(min(told.jobs + 1, len(jobs)))  # one more, so that no slot waits for a last stage
    try:
        waiting = [pool.submit(execute.run, job, today, told.force) for job in jobs]
        with tqdm(total=len(jobs), unit="country", disable=not sys.stderr.isatty(), leave=False) as bar:
            for done in as_completed(waiting):
                outcomes += _told(done.result(), bar, outputs)
                if told.fail_fast and outcomes[-1].status == "failed":
                    break
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        execute.stop_all()
    return outcomes


def run_region(jobs, outcomes, told, data, outputs):
    """Run the group asked for, or each study, where a member has a whole assessment; the others are left out by name."""
    failed = {o.country for o in outcomes if o.status == "failed"}
    editions = {job.key: job.parameters["edition"] for job in jobs if job.stages == tuple(plan.STAGES)}
    whole, result = set(editions) - failed, []
    wanted = {told.group: plan.groups(data)[told.group]} if told.group else plan.groups(data, "study")
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
    _log(outputs, [o for o in result if o.status != "unchanged"])
    return result


def finish(outputs, outcomes, failures, baselines=False):
    """Write the site's first page where something was run, and print one line per country.

    `baselines` says that desk baselines were asked for: a failure is then none of the assessment of the same country.
    """
    index = outputs / "site" / "index.html"
    told_of_failures = index.exists() and "the last run failed" in index.read_text(encoding="utf-8")
    if (told_of_failures or any(o.status != "unchanged" for o in outcomes)) and index.parent.is_dir():
        from batch import site

        site.write(outputs / "site", *(({}, failures) if baselines else (failures, {})), date.today())
    width = max((len(o.country) for o in outcomes), default=3)
    for key in sorted({o.country for o in outcomes}):
        mine = [o for o in outcomes if o.country == key]
        word = "failed" if key in failures else "ok" if any(o.status == "ok" for o in mine) else "unchanged"
        print(f"{key:<{width}}  {word:<9} {sum(o.seconds for o in mine):6.1f} s  {failures.get(key, '')}".rstrip())
    good = len({o.country for o in outcomes} - set(failures))
    print(f"{good} complete, {len(failures)} failed. Reports: {_shown(index)}")


def sentence(outcome):
    """Give a failure in one sentence: stage, cell, cause, message."""
    where = f"{outcome.stage}, cell {outcome.cell}" if outcome.cell else outcome.stage
    first, *more = outcome.message.split("\n")
    return f"{where}: {outcome.cause}: {first}" + (f" (and {len(more)} more in the log)" if more else "")


def _told(result, bar, outputs):
    """Tell that a country is done: on the bar, or as a line where there is no terminal; gives its outcomes."""
    _log(outputs, result)
    bar.update()
    bar.set_postfix_str(result[-1].country)
    if bar.disable:
        print(f"{result[-1].country}: {result[-1].status}", file=sys.stderr)
    return result


def _log(outputs, outcomes):
    """Add outcomes to the ledger, one JSON line each."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with (outputs / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.writelines(json.dumps({"time": now, **o.as_row()}, ensure_ascii=False) + "\n" for o in outcomes)


def _shown(path):
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
