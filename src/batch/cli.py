"""The command `cop`: run countries, check the data. Exit status 0 all well, 1 a country failed, 2 nothing was run."""

import argparse
import os
import signal
import sys
from pathlib import Path

import intake
from batch import execute, keys, plan, schedule
from batch.plan import Refused
from intake import desk, field

ROOT = Path(__file__).resolve().parents[2]


class OneSentence(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence and exits with 2."""

    def error(self, message):
        """Say it and leave; nothing was run."""
        raise Refused(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")


def main(argv=None):
    """Run the command line; gives the exit status."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # both end the run the same way, also where a shell had one ignored
        signal.signal(stop, signal.default_int_handler)
    try:
        told = _parser().parse_args(argv)
        return told.run(told)
    except (Refused, intake.Refused) as refused:
        print(f"cop: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cop: stopped; what was complete is kept", file=sys.stderr)
        return 1


def run(told):
    """Run what changed of countries, and of the region with --all; give the exit status."""
    data, outputs = told.data.resolve(), told.outputs.resolve()
    jobs = _jobs(told, data, outputs)
    todo = [job for job in jobs if told.force or keys.reasons(job)]
    if todo:
        execute.warm_up(todo[0].parameters["data"])  # while the checks run
        _refuse_shared_faults(data, outputs)
        plan.check_parameters(todo[0])
    outputs.mkdir(parents=True, exist_ok=True)
    outcomes = [execute.Outcome(job.key, "all", "unchanged", 0.0) for job in jobs if job not in todo]
    outcomes += schedule.run(todo, told, outputs)
    if told.all:
        outcomes += schedule.run_region(jobs, outcomes, told, data, outputs)
    failures = {o.country: schedule.sentence(o) for o in outcomes if o.status == "failed"}
    schedule.finish(outputs, outcomes, failures)
    return 1 if failures else 0


def why(told):
    """Print what would be run of each country, and which part changed."""
    jobs = _jobs(told, told.data.resolve(), told.outputs.resolve())
    for job in jobs:
        found = keys.reasons(job)
        for stage, changes in found.items():
            print(f"{job.key} {stage}: {'; '.join(changes)}")
        if not found:
            print(f"{job.key}: nothing; what was made still holds")
    return 0


def check(told):
    """Print every fault of the data at once; give 2 when there are any."""
    from helpers import faults

    found = faults.of_folder(_data_folder(told.data))
    for fault in found:
        print(fault)
    print(f"{len(found)} faults found in {told.data}." if found else f"{told.data}: no faults found.")
    return 2 if found else 0


def _parser():
    parser = OneSentence(
        prog="cop", description="National Child Online Protection assessments: run them, check their data."
    )
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=OneSentence)
    runs = commands.add_parser("run", help="run countries and write their reports", allow_abbrev=False)
    _countries(runs)
    runs.add_argument("--jobs", type=_positive, default=os.cpu_count(), metavar="N", help="countries at the same time")
    runs.add_argument("--force", action="store_true", help="run even what has not changed")
    runs.add_argument("--fail-fast", action="store_true", help="stop at the first country that fails")
    runs.set_defaults(run=run)
    asks = commands.add_parser("why", help="say what would be run, and which part changed", allow_abbrev=False)
    _countries(asks)
    asks.set_defaults(run=why)
    checks = commands.add_parser("check", help="check the data against its contract", allow_abbrev=False)
    checks.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR")
    checks.set_defaults(run=check)
    field.add_to(commands)
    desk.add_to(commands)
    return parser


def _countries(parser):
    """Add what says which countries of which data go where."""
    parser.add_argument("countries", nargs="*", metavar="ISO3", help="country codes such as UKR GEO")
    parser.add_argument("--all", action="store_true", help="every country of the data folder, and the region")
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="folder with datapackage.json")
    parser.add_argument("--outputs", type=Path, default=ROOT / "outputs", metavar="DIR", help="where results go")
    parser.add_argument("--edition", default="", help="edition to run (the latest of each country otherwise)")
    parser.add_argument("--timeout", type=_positive, default=600, metavar="SECONDS", help="longest time for one cell")


def _positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _jobs(told, data, outputs):
    """Give the jobs of the countries chosen; raises Refused for a wrong call."""
    present = plan.countries_in(_data_folder(data))
    if told.all == bool(told.countries):
        raise Refused("say which countries to run, such as `cop run UKR GEO`, or `cop run --all`")
    for one in told.countries:
        if one not in present:
            raise Refused(_unknown(one, data, present))
    chosen = present if told.all else dict.fromkeys(told.countries)
    return [plan.of_country(i, data, outputs, told.edition or plan.edition(data, i), told.timeout) for i in chosen]


def _unknown(one, data, present):
    """Say why a country cannot be run: no such code, or no folder for it."""
    from helpers import contract

    known = set(contract.read("countries", data).iso3)
    if one in known:
        return f"there is no folder research/{one} in {data.name}/; it has: {', '.join(present)}"
    near = sorted(k for k in known if k in one.upper() or k[:2] == one[:2].upper())
    return f"{one} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv" + (
        f"; did you mean {' or '.join(near[:3])}?" if near else ""
    )


def _data_folder(data):
    if not (Path(data) / "datapackage.json").is_file():
        raise Refused(f"there is no data folder at {data}: a folder with datapackage.json is expected")
    return Path(data)


def _refuse_shared_faults(data, outputs):
    """Raise Refused with all faults of the shared tables; a country's own faults fail that country only.

    What was found sound is not checked again until one of its files changes.
    """
    state, sound = keys.of_shared(data), outputs / ".sound"
    if sound.exists() and sound.read_text(encoding="utf-8") == state:
        return
    if not execute.shared_tables_are_sound():
        from helpers import faults

        if found := faults.of_shared(data):
            said = "\n".join(map(str, found))
            raise Refused(f"{len(found)} faults in the shared tables, so nothing was run:\n{said}")
    if outputs.is_dir():
        sound.write_text(state, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
