"""Runs the ways in turn, round by round, and tells their times and memory: `make bench`, or `python
tests/bench/run.py`.

Whole-process times including start-up. Ratios within one round are what can be compared; seconds
are this machine's. Memory is the largest sum of the proportional set sizes of all processes of a
way.
"""

import argparse
import contextlib
import csv
import ctypes
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas
import psutil
import seaborn
import synthetic
from matplotlib.figure import Figure

MOST = 1.3  # times a run on this machine; the start of a cluster counts less the more there are
HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[1] / "outputs" / "bench"
RIVALS = (
    "ploomber",
    "ploomber_engine",
    "jupyter_book",
)  # in an environment of their own, see rivals.txt
WAYS = (
    "limit ours ours_on_dask ploomber_engine papermill_two papermill_loop jupyter_book "
    "ploomber "
    "cli_two cli_loop"
)


def main():
    """Measure what is asked for, add it to outputs/bench/measured.csv, and tell and draw all
    that stands there.
    """
    told = _told()
    _adopt_orphans()
    data = synthetic.build(told.countries, PLACE / "data")
    for number in range(1, told.rounds + 1):
        for way in told.ways.replace(",", " ").split():
            measured = {
                "countries": told.countries,
                "round": number,
                "way": way,
                **_measure(way, data, told.weigh),
            }
            print(*measured.values(), flush=True)
            _keep(measured)
    frame = pandas.read_csv(PLACE / "measured.csv")
    print(summary(frame).to_string(index=False))
    _draw(frame)
    sys.exit(_lost(frame))


def _lost(frame):
    """Tell what a worker that is lost midway costs beside a run on this machine, both with their
    start; give 1 where, of the most countries measured both ways, it is more than MOST.
    """
    timed = frame.groupby(["countries", "way"]).seconds.median().unstack()
    if not {"ours", "ours_on_dask_lost"} <= set(timed):
        return 0
    ratios = (timed.ours_on_dask_lost / timed.ours).dropna()
    for countries, ratio in ratios.items():
        print(f"{countries} countries, one of two workers lost midway: {ratio:.2f} times local")
    return int(len(ratios) and ratios.iloc[-1] > MOST)


def summary(frame):
    """Return for each number of countries and way: minimum, median, maximum of the seconds, ratio
    to the limit, memory.
    """
    timed = frame.groupby(["countries", "way"]).seconds.agg(["min", "median", "max", "count"])
    limits = timed["median"][timed.index.get_level_values("way") == "limit"].droplevel("way")
    limit = limits.reindex(timed.index.get_level_values("countries")).to_numpy()
    each = timed["median"] / timed.index.get_level_values("countries")
    weighed = frame.groupby(["countries", "way"])[["peak_mb", "pages"]].max()
    out = timed.assign(ratio=timed["median"] / limit, per_country=each).join(weighed).reset_index()
    return out.sort_values(["countries", "median"]).round(2)


def _told():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", default=WAYS, help="names of functions in ways.py")
    parser.add_argument("--weigh", action="store_true", help="look at memory instead of the clock")
    return parser.parse_args()


def _measure(way, data, weigh):
    """Run a way once in a folder of its own; give its seconds, or its peak memory in MB, and how
    many pages it made.

    Looking at memory slows what is looked at, so a run that is weighed is not timed.
    """
    outputs = PLACE / "run"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    before, began = os.times(), time.perf_counter()
    with (PLACE / f"{way}.log").open("w") as log:
        process = subprocess.Popen(
            [_python_of(way), HERE / "ways.py", way, data, outputs], stdout=log, stderr=log
        )
    peak = _peak(process) if weigh else None
    status, seconds = process.wait(), time.perf_counter() - began
    _wait_for_orphans()
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    if status:
        raise SystemExit(f"{way} failed with status {status}; see {PLACE.name}/{way}.log")
    clock = (
        {"seconds": None, "cpu": None}
        if weigh
        else {"seconds": round(seconds, 2), "cpu": round(cpu, 2)}
    )
    return clock | {"peak_mb": peak, "pages": len(list(outputs.rglob("*.html")))}


def _python_of(way):
    """Return the interpreter that has what a way needs."""
    return PLACE / ".venv" / "bin" / "python" if way in RIVALS else sys.executable


def _adopt_orphans():
    """Let processes whose parent ends come to this one, so that their CPU seconds are counted."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def _wait_for_orphans():
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _peak(process):
    """Return the largest memory in MB of a process and all that stand under it, looked at until it
    ends.
    """
    most = 0
    while process.poll() is None:
        most = max(most, _weight(process.pid))
        time.sleep(0.25)
    return round(most / 2**20)


def _weight(pid):
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_full_info().pss
    return total


def _keep(row):
    path = PLACE / "measured.csv"
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def _draw(frame):
    """Draw the ratio to the limit of every way, for the smallest number of countries measured."""
    shown = summary(frame)
    shown = shown[(shown.countries == shown.countries.min()) & shown["median"].notna()]
    figure = Figure(figsize=(6.6, 0.6 + 0.32 * len(shown)))
    axes = figure.add_subplot()
    seaborn.barplot(shown, x="ratio", y="way", ax=axes, color="#12436D", width=0.6)
    axes.bar_label(axes.containers[0], fmt=" %.1f", fontsize=9)
    axes.set(
        xlabel=f"time as a multiple of the limit, {shown.countries.min()} countries, two cores",
        ylabel="",
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(PLACE / "measured.png", dpi=150)


if __name__ == "__main__":
    main()
