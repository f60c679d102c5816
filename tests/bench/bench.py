"""Compare `cop run --all` with other ways of running the notebooks: `make bench`.

Each other way runs right before or after `cop run`, whole processes with their start, and the ratio
within such a pair is what can be compared; seconds are this machine's. Memory is the largest sum of
the proportional set sizes of all processes, looked at in a run that is not timed.
"""

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import synthetic
import ways

PLACE = ways.ROOT / "outputs" / "bench"
QUICK = ("papermill_two", "loop", "ploomber_engine")
FULL = ("earlier",)
RIVAL = "ploomber_engine"  # in the environment of rivals.txt
MANY = (64, 192)  # countries of `make bench-full`


def main() -> None:
    """Measure, and print the ratios and our own times as Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    more = "compare with an earlier version; also 64 and 192 countries"
    parser.add_argument("--full", action="store_true", help=more)
    parser.add_argument("--ways", nargs="+", choices=QUICK + FULL, help="only these ways")
    arguments = parser.parse_args()
    compared = arguments.ways or (FULL if arguments.full else QUICK)
    data = copy_data()
    if "earlier" in compared:
        ways.prepare_earlier(PLACE)
    pairs = [
        {"way": way, **measure_pair(way, data, number)}
        for number in range(arguments.rounds)
        for way in compared
    ]
    print(markdown(ratios(pd.DataFrame(pairs))))
    rows = [measure_changes(data, len(synthetic.EIGHT))]
    for number in MANY if arguments.full else ():
        rows.append(measure_changes(synthetic.build(number, PLACE / f"data-{number}"), number))
    print(markdown(pd.DataFrame(rows)))


def copy_data() -> Path:
    """Return a copy of the data of the eight countries."""
    folder = PLACE / "data"
    shutil.rmtree(folder, ignore_errors=True)
    return shutil.copytree(synthetic.DATA, folder, ignore=shutil.ignore_patterns("restricted"))


def measure_pair(way: str, data: Path, number: int) -> dict:
    """Return the seconds and pages of a way, and its seconds as a multiple of those of ours.

    The one that is first changes from round to round.
    """
    seconds, pages = {}, {}
    for name in (("cop", way), (way, "cop"))[number % 2]:
        outputs = empty_folder()
        seconds[name] = run(name, data, outputs)
        pages[name] = len(list(outputs.rglob("*.html")))
    ratio = seconds[way] / seconds["cop"]
    print(f"{way}: {seconds[way]:.1f} s, {ratio:.1f} times ours", file=sys.stderr)
    return {"seconds": seconds[way], "ratio": ratio, "pages": pages[way]}


def ratios(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each way: median seconds, and lowest, median and highest ratio to ours."""
    groups = pairs.groupby("way", sort=False)
    names = {"min": "lowest ratio", "median": "times ours", "max": "highest ratio"}
    table = groups.ratio.agg(["median", "min", "max"]).rename(columns=names)
    table.insert(0, "seconds", groups.seconds.median())
    return table.assign(pages=groups.pages.max()).round(2).reset_index()


def measure_changes(data: Path, countries: int) -> dict:
    """Return seconds of a cold run, after one changed row and with no change, and memory in MB."""
    outputs = empty_folder()
    row = {"countries": countries, "cold": run("cop", data, outputs)}
    change_row(data)
    row["one row"] = run("cop", data, outputs)
    row["nothing"] = run("cop", data, outputs)
    return row | {"peak MB": peak_memory("cop", data, empty_folder())}


def change_row(data: Path) -> None:
    """Change one word of one statement of the first country that is run."""
    path = sorted((data / "research").glob("*/editions.csv"))[0].with_name("evidence.csv")
    text = path.read_text(encoding="utf-8")
    other = {" a ": " one ", " one ": " a "}
    path.write_text(re.sub(" (a|one) ", lambda m: other[m[0]], text, count=1), encoding="utf-8")


def empty_folder() -> Path:
    """Return an empty folder of results."""
    outputs = PLACE / "run"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    return outputs


def run(way: str, data: Path, outputs: Path) -> float:
    """Run a way and return its seconds; exit where it fails."""
    started = time.perf_counter()
    status = start(way, data, outputs).wait()
    if status:
        raise SystemExit(f"{way} failed with status {status}; see {PLACE / way}.log")
    return round(time.perf_counter() - started, 2)


def peak_memory(way: str, data: Path, outputs: Path) -> int:
    """Return the largest memory in MB of a way's processes, looked at four times a second."""
    process, most = start(way, data, outputs), 0
    while process.poll() is None:
        most = max(most, memory(process.pid))
        time.sleep(0.25)
    return round(most / 2**20)


def memory(pid: int) -> int:
    """Return the proportional set size of a process and all below it, in bytes."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_full_info().pss
    return total


def start(way: str, data: Path, outputs: Path) -> subprocess.Popen:
    """Start a way in a process of its own, which writes to a log."""
    python = PLACE / ".venv" / "bin" / "python" if way == RIVAL else sys.executable
    command = [python, Path(ways.__file__), way, data, outputs]
    with (PLACE / f"{way}.log").open("w") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def markdown(frame: pd.DataFrame) -> str:
    """Return a frame as a Markdown table."""
    rows = [frame.columns, ["---"] * len(frame.columns), *frame.itertuples(index=False)]
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


if __name__ == "__main__":
    main()
