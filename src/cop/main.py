"""The command `cop`: run countries, check the data. Exit status 0 all well, 1 a country failed, 2 nothing was run."""

import argparse
import os
import signal
import sys
from pathlib import Path

from batch import execute, keys, plan, progress, schedule
from contract import Refused, package
from cop import fieldwork, research

ROOT = Path(__file__).resolve().parents[2]


class OneSentence(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence and exits with 2."""

    def error(self, message):
        """Say it and leave; nothing was run."""
        raise Refused(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")


def main(argv=None):
    """Run the command line; gives the exit status."""
    for stop in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # both end the run the same way, also where a shell had one ignored
        signal.signal(stop, signal.default_int_handler)
    try:
        told = _parser().parse_args(argv)
        return told.run(told)
    except Refused as refused:
        print(f"cop: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cop: stopped; what was complete is kept", file=sys.stderr)
        return 1


def run(told):
    """Run what changed of countries, and of the region with --all; give the exit status."""
    data, outputs = plan.of_edition(
        told.data.resolve(), told.outputs.resolve(), told.edition, told.countries
    )
    jobs = _jobs(told, data, outputs)
    keys.take_in(jobs)
    todo = [job for job in jobs if told.force or keys.reasons(job)]
    for job in jobs:
        if job not in todo:
            keys.confirm(job.ready)
    if todo:
        execute.warm_up(
            todo[0].parameters["data"], [job.key for job in todo]
        )  # while the checks run
        _refuse_shared_faults(data, outputs, todo[0].parameters["data"])
        for job in {job.stages: job for job in todo}.values():
            plan.check_parameters(job)
    outputs.mkdir(parents=True, exist_ok=True)
    progress.listen(told.log_level)
    outcomes = [
        execute.Outcome(job.key, "all", "unchanged", 0.0) for job in jobs if job not in todo
    ]
    outcomes += schedule.run(todo, told, outputs, data)
    if told.all or told.group:
        outcomes += schedule.run_region(jobs, outcomes, told, data, outputs)
    failures = {o.country: schedule.sentence(o) for o in outcomes if o.status == "failed"}
    schedule.finish(outputs, outcomes, failures, baselines=bool(told.baseline))
    return 1 if failures else 0


def why(told):
    """Print what would be run of each country, and which part changed."""
    jobs = _jobs(
        told,
        *plan.of_edition(told.data.resolve(), told.outputs.resolve(), told.edition, told.countries),
    )
    for job in jobs:
        found = keys.reasons(job)
        for stage, changes in found.items():
            print(f"{job.key} {stage}: {'; '.join(changes)}")
        if not found:
            print(f"{job.key}: nothing; what was made still holds")
    return 0


def check(told):
    """Print every fault of the data at once; give 2 when there are any."""
    import contract
    from contract import checks

    found = checks.of_folder(_data_folder(told.data))
    for fault in found:
        print(fault)
    print(
        f"{contract.count(len(found), 'fault')} found in {told.data}."
        if found
        else f"{told.data}: no faults found."
    )
    if told.links:
        from research import links

        print("\n".join(links.run(told.data, say=research.meanwhile)))
    return 2 if found else 0


def _parser():
    parser = OneSentence(
        prog="cop",
        description="National Child Online Protection assessments: run them, check their data.",
    )
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=OneSentence)
    runs = commands.add_parser(
        "run", help="run countries and write their reports", allow_abbrev=False
    )
    _countries(runs)
    runs.add_argument(
        "--jobs",
        type=_positive,
        default=os.cpu_count(),
        metavar="N",
        help="countries at the same time",
    )
    runs.add_argument("--force", action="store_true", help="run even what has not changed")
    runs.add_argument(
        "--fail-fast", action="store_true", help="stop at the first country that fails"
    )
    runs.add_argument(
        "--scheduler", metavar="ADDRESS", help="run on the Dask cluster at this address"
    )
    runs.add_argument(
        "--log-level", choices=progress.LEVELS, default="none", help="what to print besides"
    )
    runs.set_defaults(run=run)
    asks = commands.add_parser(
        "why", help="say what would be run, and which part changed", allow_abbrev=False
    )
    _countries(asks)
    asks.set_defaults(run=why)
    checks = commands.add_parser(
        "check", help="check the data against its contract", allow_abbrev=False
    )
    checks.add_argument(
        "--data",
        type=Path,
        default=ROOT / "data",
        metavar="DIR",
        help="folder with datapackage.json",
    )
    checks.add_argument(
        "--links",
        action="store_true",
        help="also test the addresses of the sources (needs a network)",
    )
    checks.set_defaults(run=check)
    fieldwork.add_to(commands)
    research.add_to(commands)
    return parser


def _countries(parser):
    """Add what says which countries of which data go where."""
    parser.add_argument(
        "countries", nargs="*", metavar="ISO3", help="country codes such as UKR GEO"
    )
    parser.add_argument(
        "--all", action="store_true", help="every country of the data folder, and the region"
    )
    parser.add_argument(
        "--group", metavar="GROUP", help="the countries of a group of groups.csv, and its synthesis"
    )
    parser.add_argument(
        "--baseline",
        nargs="+",
        metavar="ISO3",
        help="desk baselines: statistics only; `all` is every member of the GCI",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / "data",
        metavar="DIR",
        help="folder with datapackage.json",
    )
    parser.add_argument(
        "--outputs", type=Path, default=ROOT / "outputs", metavar="DIR", help="where results go"
    )
    parser.add_argument(
        "--edition", default="", help="edition to run (the latest of each country otherwise)"
    )
    parser.add_argument(
        "--timeout",
        type=_positive,
        default=600,
        metavar="SECONDS",
        help="longest time for one cell",
    )


def _positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _jobs(told, data, outputs):
    """Give the jobs of the countries chosen; raises Refused for a wrong call."""
    present = package.begun(_data_folder(data))
    if sum(map(bool, (told.countries, told.all, told.group, told.baseline))) != 1:
        raise Refused("say which countries to run, such as `cop run UKR GEO`, or `cop run --all`")
    if told.baseline:
        asked = (
            plan.members_of_gci(data) if told.baseline == ["all"] else dict.fromkeys(told.baseline)
        )
        return [plan.of_baseline(_known(i, data), data, outputs, told.timeout) for i in asked]
    chosen = (
        present
        if told.all
        else _members(told.group, data, present)
        if told.group
        else dict.fromkeys(told.countries)
    )
    return [_job(_known(i, data), told, data, outputs) for i in chosen]


def _job(iso3, told, data, outputs):
    """Give the job of a country: its assessment, or a desk baseline where no research is recorded."""
    if not package.assessed(data, iso3):
        return plan.of_baseline(iso3, data, outputs, told.timeout)
    return plan.of_country(
        iso3, data, outputs, told.edition or plan.edition(data, iso3), told.timeout
    )


def _members(group, data, present):
    """Give the members of a group that have an assessment; raises Refused where there is no such group or member."""
    known = plan.groups(data)
    if group not in known:
        raise Refused(
            f"there is no group {group} in reference/groups.csv; it has: {', '.join(known)}"
        )
    found = [i for i in known[group] if i in present and package.assessed(data, i)]
    if not found:
        raise Refused(
            f"no country of {group} has an assessment in {data.name}/; `cop new ISO3` begins one"
        )
    return found


def _known(one, data):
    """Give a country code as it is; raises Refused for one that is not in countries.csv."""
    if one in package.codes(data):
        return one
    import contract

    try:
        raise Refused(contract.no_country(one, data))
    except contract.Broken as broken:  # the table of countries itself
        raise Refused(str(broken)) from broken


def _data_folder(data):
    if not (Path(data) / "datapackage.json").is_file():
        raise Refused(
            f"there is no data folder at {data}: a folder with datapackage.json is expected"
        )
    return Path(data)


def _refuse_shared_faults(data, outputs, as_notebooks_see_it):
    """Raise Refused with all faults of the shared tables; a country's own faults fail that country only.

    What was found sound is not checked again until one of its files changes.
    """
    state, sound = keys.of_shared(data), outputs / ".sound"
    if sound.exists() and sound.read_text(encoding="utf-8") == state:
        return
    if not execute.shared_tables_are_sound(as_notebooks_see_it):
        import contract
        from contract import checks

        if found := checks.of_shared(data):
            said = "\n".join(map(str, found))
            raise Refused(
                f"{contract.count(len(found), 'fault')} in the shared tables, so nothing was run:\n{said}"
            )
    if outputs.is_dir():
        sound.write_text(state, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
