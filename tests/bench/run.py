"""Runs the ways in turn, round by round, and tells their times and memory: `make bench`, or `python tests/bench/run.py`.

Whole-process times including start-up. Ratios within one round are what can be compared; seconds are this machine's.
Memory is the largest sum of the proportional set sizes of all processes of a way, looked at four times a second.
"""

import argparse
import contextlib
import csv
import ctypes
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import synthetic

HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[1] / "outputs" / "bench"
WAYS = "limit ours ours_on_dask ploomber_engine papermill_two papermill_loop jupyter_book ploomber cli_two cli_loop"


def main():
    """Measure what is asked for and add it to outputs/bench/measured.csv."""
    told = _told()
    _adopt_orphans()
    data = synthetic.build(told.countries, PLACE / "data")
    rows = []
    for number in range(1, told.rounds + 1):
        for way in told.ways.replace(",", " ").split():
            rows.append({"countries": told.countries, "round": number, "way": way, **_measure(way, data)})
            print(rows[-1], flush=True)
    _keep(rows)
    _tell(rows)


def _told():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--ways", default=WAYS, help="names in ways.py, the first of which is what others are compared with"
    )
    return parser.parse_args()


def _measure(way, data):
    """Run a way once in a folder of its own; give seconds, CPU seconds, peak memory in MB and how many pages it made."""
    outputs = PLACE / "run"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    before, began = os.times(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, HERE / "ways.py", way, data, outputs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = []
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    status = process.wait()
    seconds = time.perf_counter() - began
    watcher.join()
    _wait_for_orphans()
    after = os.times()
    pages = len(list(outputs.rglob("*.html")))
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "seconds": round(seconds, 2),
        "cpu": round(cpu, 2),
        "peak_mb": round(max(peak)),
        "pages": pages,
        "status": status,
    }


def _adopt_orphans():
    """Let processes whose parent ends come to this one, so that their CPU seconds are counted."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def _wait_for_orphans():
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _watch(process, peak):
    """Note the memory of a process and all that stand under it until it ends."""
    while process.poll() is None:
        peak.append(_weight(process.pid) / 2**20)
        time.sleep(0.25)


def _weight(pid):
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_full_info().pss
    return total


def _keep(rows):
    path, new = PLACE / "measured.csv", not (PLACE / "measured.csv").exists()
    with path.open("a", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        if new:
            writer.writeheader()
        writer.writerows(rows)


def _tell(rows):
    """Print minimum, median and maximum of each way, its ratio to the limit, and its memory."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    ways = dict.fromkeys(r["way"] for r in rows)
    least = statistics.median(r["seconds"] for r in rows if r["way"] == next(iter(ways)))
    for way in ways:
        mine = [r for r in rows if r["way"] == way]
        times = sorted(r["seconds"] for r in mine)
        middle = statistics.median(times)
        print(
            f"{way:<16} {times[0]:7.1f} {middle:7.1f} {times[-1]:7.1f} s  {middle / least:5.2f}  {max(r['peak_mb'] for r in mine):5d} MB"
        )


if __name__ == "__main__":
    main()
