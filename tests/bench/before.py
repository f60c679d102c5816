"""Compares this work with a pinned earlier commit, pair by pair on the same machine: `make bench`,
or `python tests/bench/before.py --countries 8 --rounds 3`.

A pair is a cold run, one after a row of evidence was changed, and one of no change. Each side runs
its own notebooks on its own tables, copied under invented codes by its own `synthetic.py`, with the
packages of its own lock file, and pays for its own start; a report that says more today costs more
here too. What can be compared is the ratio within a pair, whose order changes from round to round.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "outputs" / "bench" / "before"
COMMIT = "e8967f9"  # of 25 November 2026, from which the ratios of issue 15 are counted
MOST = 0.6  # of the earlier time, asked for of what is run
LEAST = 8  # countries
KINDS = ("cold", "one row", "nothing")


def main():
    """Measure pair by pair, print each and the ratios of the medians; give 1 above the limit."""
    told = _told()
    sides = {"before": unpacked(told.commit), "now": ROOT}
    data = {side: synthetic(root, told.countries, side) for side, root in sides.items()}
    taken = {side: {kind: [] for kind in KINDS} for side in sides}
    for number in range(told.rounds):
        for side in sorted(sides, reverse=number % 2 == 1):
            for kind, seconds in measured(sides[side], data[side], side).items():
                taken[side][kind].append(seconds)
                print(number + 1, side, kind, f"{seconds:.2f} s", flush=True)
    load = f"load of the machine {os.getloadavg()[1]:.1f}"
    print(f"\n{told.countries} countries, {told.commit} and now, medians in seconds; {load}")
    ratios = told_of(taken)
    asked = KINDS[: 2 if told.countries == LEAST else 1]  # of one row: among the eight
    return int(max(ratios[kind] for kind in asked) > MOST)


def told_of(taken):
    """Print the medians of both sides, and the ratio of each kind; give the ratios."""
    ratios = {}
    for kind in KINDS:
        before, now = (statistics.median(taken[side][kind]) for side in ("before", "now"))
        pairs = [n / b for b, n in zip(taken["before"][kind], taken["now"][kind], strict=True)]
        ratios[kind] = statistics.median(pairs)
        within = f"{min(pairs):.2f} to {max(pairs):.2f}"
        print(f"{kind:8} {before:7.2f} {now:7.2f}  ratio {ratios[kind]:.2f} ({within})")
    return ratios


def unpacked(commit):
    """Return a folder that holds the files of a commit as git keeps them."""
    folder = PLACE / commit
    if not (folder / "pyproject.toml").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with subprocess.Popen(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE) as made:
            subprocess.run(["tar", "-x", "-C", folder], stdin=made.stdout, check=True)
        if made.returncode:
            raise SystemExit(f"git does not have {commit}: a shallow copy, perhaps")
    return folder


def python_of(root):
    """Return the interpreter with the packages of a commit's lock file; ours for this commit."""
    if root == ROOT:
        return sys.executable
    python = root / ".venv" / "bin" / "python"
    if not (root / ".venv" / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", root / ".venv"], check=True)
        install = [python, "-m", "pip", "install", "-q"]
        lock, itself = ["--require-hashes", "-r", root / "requirements.lock"], ["-e", root]
        subprocess.run([*install, *lock], check=True)
        subprocess.run([*install, "--no-deps", "--no-build-isolation", *itself], check=True)
        (root / ".venv" / "ready").touch()
    return python


def synthetic(root, countries, side):
    """Return a data folder of so many countries, made of a side's tables by its own means."""
    folder = PLACE / f"data-{side}"
    code = f"import pathlib, synthetic; synthetic.build({countries}, pathlib.Path({str(folder)!r}))"
    subprocess.run(
        [python_of(root), "-c", code], env=_of(root, root / "tests" / "bench"), check=True
    )
    return folder


def measured(root, data, side):
    """Return {kind: seconds} of a cold run, one after a row was changed, and one of no change."""
    outputs = PLACE / f"run-{side}"
    shutil.rmtree(outputs, ignore_errors=True)
    taken = {"cold": run(root, data, outputs)}
    change(data)
    return taken | {kind: run(root, data, outputs) for kind in KINDS[1:]}


def run(root, data, outputs):
    """Return the seconds of `cop run --all` as that commit's command line does it."""
    module, name = command(root).split(":")
    code = f"import sys; from {module} import {name}; sys.exit({name}())"
    call = [python_of(root), "-c", code, "run", "--all", "--data", data, "--outputs", outputs]
    began = time.perf_counter()
    with (PLACE / "run.log").open("w") as log:
        status = subprocess.run(call, cwd=root, env=_of(root), stdout=log, stderr=log).returncode
    if status:
        raise SystemExit(f"{root.name} failed with status {status}; see {PLACE / 'run.log'}")
    return time.perf_counter() - began


def command(root):
    """Return the function behind `cop` as a commit's pyproject.toml names it."""
    with (root / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["scripts"]["cop"]


def change(data):
    """Change one word of one statement of the first country."""
    path = sorted((data / "research").glob("*/evidence.csv"))[0]
    text = path.read_text(encoding="utf-8")
    other = {" a ": " one ", " one ": " a "}
    path.write_text(re.sub(" (a|one) ", lambda m: other[m[0]], text, count=1), encoding="utf-8")


def _of(root, *more):
    paths = os.pathsep.join(map(str, [root / "src", *more]))
    return os.environ | {"PYTHONPATH": paths}


def _told():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commit", default=COMMIT)
    told = parser.parse_args()
    if told.countries < LEAST or told.countries % LEAST:
        parser.error(f"the countries cite one another: {LEAST}, or a multiple of it such as 192")
    return told


if __name__ == "__main__":
    sys.exit(main())
