"""Update the report of a country whenever data or a notebook is saved."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchfiles import DefaultFilter
from watchfiles import watch as watch_files

from cop.data import UserError, standing_on
from cop.report.filenames import BASELINE
from cop.run import plan, scheduler

# Ignores locks and drafts, whose names begin with a dot.
VISIBLE = DefaultFilter(ignore_entity_patterns=[*DefaultFilter.ignore_entity_patterns, r"^\."])


def watch(choice: plan.Choice, show: Callable[[str], None], server: Any) -> None:
    """Run the only country of a selection now and after each saved change, until interrupted.

    `show` receives all messages, including errors. `server` is a `cop.cli.serving.Server`, whose
    version is incremented after each update. Raises UserError if the selection is invalid.
    """
    [job] = plan.jobs(choice)
    folder = "baselines" if job.stages == (BASELINE,) else "."
    page = choice.outputs / "site" / folder / list(job.pages().values())[-1]
    folders = [*standing_on(choice.data), plan.NOTEBOOKS, plan.SOURCE]
    notices = watch_files(*folders, watch_filter=VISIBLE, yield_on_timeout=True, rust_timeout=100)
    next(notices)  # start watching: files saved from now on are reported
    update(choice, show)
    show(f"{server.address(page)} is updated after each save. Press Ctrl+C to stop.")
    for changes in filter(None, notices):
        if any(Path(path).is_relative_to(plan.SOURCE) for _, path in changes):
            show("The code has changed. Press Ctrl+C and start `cop watch` again.")
        else:
            server.version += update(choice, show)


def update(choice: plan.Choice, show: Callable[[str], None]) -> bool:
    """Run outdated stages, show messages, and return whether any step ran and none failed."""
    started = time.perf_counter()
    try:
        run = scheduler.run_batch([choice], scheduler.Settings(os.cpu_count() or 1))
    except UserError as refused:
        show(str(refused))
        return False
    outcomes = sum(run.outcomes.values(), [])
    if why := scheduler.failure(outcomes):
        show(why)
        return False
    is_new = any(outcome.status == "ok" for outcome in outcomes)
    if is_new:
        show(f"Updated in {time.perf_counter() - started:.1f} s.")
    return is_new
