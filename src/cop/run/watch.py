"""Update a country's report whenever a file is saved."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchfiles import DefaultFilter
from watchfiles import watch as watch_files

from cop.data import UserError, count, standing_on
from cop.report.filenames import BASELINE
from cop.run import plan, scheduler

# Locks and drafts, whose names begin with a dot, are no change.
VISIBLE = DefaultFilter(ignore_entity_patterns=[*DefaultFilter.ignore_entity_patterns, r"^\."])


def watch(choice: plan.Choice, show: Callable[[str], None], server: Any) -> None:
    """Run a country, and run it again after each save, until stopped.

    `server` provides the `address` of a page; its `version` is raised when pages were updated.
    """
    jobs = plan.jobs(choice)
    if len(jobs) != 1:
        raise UserError(
            f"one country is watched at a time; these are {count(len(jobs), 'country')}"
        )
    folder = "baselines" if jobs[0].stages == (BASELINE,) else "."
    page = choice.outputs / "site" / folder / list(jobs[0].pages().values())[-1]
    folders = [*standing_on(choice.data), plan.NOTEBOOKS, plan.SOURCE]
    options = {"watch_filter": VISIBLE, "yield_on_timeout": True, "rust_timeout": 100}
    notices = watch_files(*folders, **options)
    next(notices)  # what is saved from now on is noticed
    update(choice, show)
    show(f"{server.address(page)} follows what you save. Ctrl-C stops.")
    for changes in filter(None, notices):
        if any(Path(path).is_relative_to(plan.SOURCE) for _, path in changes):
            show("The code changed: stop this with Ctrl-C and call it again.")
        else:
            server.version += update(choice, show)


def update(choice: plan.Choice, show: Callable[[str], None]) -> bool:
    """Run what changed, show the result, and return whether pages were updated."""
    started = time.perf_counter()
    try:
        run = scheduler.run_batch([choice], scheduler.Settings(os.cpu_count() or 1))
    except UserError as refused:
        show(str(refused))
        return False
    outcomes = [outcome for outcomes in run.outcomes.values() for outcome in outcomes]
    if why := scheduler.failure(outcomes):
        show(why)
        return False
    is_new = any(outcome.status == "ok" for outcome in outcomes)
    if is_new:
        show(f"made again after {time.perf_counter() - started:.1f} s")
    return is_new
