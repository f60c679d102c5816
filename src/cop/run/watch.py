"""Keep a country's report up to date: run again what is affected by each file that is saved."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter
from watchfiles import watch as watch_files

from cop.data import Refused, count, standing_on
from cop.report.filenames import BASELINE
from cop.run import plan, scheduler

# Locks and drafts, whose names begin with a dot, are no change.
VISIBLE = DefaultFilter(ignore_entity_patterns=[*DefaultFilter.ignore_entity_patterns, r"^\."])


def watch(choice: plan.Choice, show: Callable[[str], None]) -> None:
    """Make a country's pages, and make them again after each save, until stopped."""
    jobs = plan.jobs(choice)
    if len(jobs) != 1:
        raise Refused(f"one country is watched at a time; these are {count(len(jobs), 'country')}")
    folder = "baselines" if jobs[0].stages == (BASELINE,) else "."
    page = choice.outputs / "site" / folder / list(jobs[0].pages().values())[-1]
    folders = [*standing_on(choice.data), plan.NOTEBOOKS, plan.SOURCE]
    options = {"watch_filter": VISIBLE, "yield_on_timeout": True, "rust_timeout": 100}
    notices = watch_files(*folders, **options)
    next(notices)  # what is saved from now on is noticed
    update(choice, show)
    show(f"{page} follows what you save: reload it in the browser. Ctrl-C stops.")
    for changes in filter(None, notices):
        if any(Path(path).is_relative_to(plan.SOURCE) for _, path in changes):
            show("The code changed: stop this with Ctrl-C and call it again.")
        else:
            update(choice, show)


def update(choice: plan.Choice, show: Callable[[str], None]) -> None:
    """Run what changed, and show how it went."""
    started = time.perf_counter()
    try:
        run = scheduler.run_batch([choice], scheduler.Settings(os.cpu_count() or 1))
    except Refused as refused:
        show(str(refused))
        return
    outcomes = [outcome for outcomes in run.outcomes.values() for outcome in outcomes]
    if why := scheduler.failure(outcomes):
        show(why)
    elif any(outcome.status == "ok" for outcome in outcomes):
        show(f"made again after {time.perf_counter() - started:.1f} s")
