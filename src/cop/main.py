"""The command `cop`: its parser, its exit statuses, and errors in one sentence.

Exit status 0: all is well. 1: a country failed, or something was declined. 2: nothing was run.
"""

import argparse
import os
import signal
import sys
from importlib.metadata import version

<<<<<<< HEAD
from batch import execute, keys, plan, progress, schedule
from contract import Refused, package
from cop import fieldwork, research

ROOT = Path(__file__).resolve().parents[2]
=======
from contract import Refused
from cop import data, fieldwork, research, run
>>>>>>> batch


class OneSentence(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence and exits with 2."""

    def error(self, message: str) -> None:
        """Say it and leave; nothing was run."""
        raise Refused(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")


class Version(argparse.Action):
    """Prints the version, which takes a while to look up, only where it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and leave."""
        print(f"cop {version('cop-assessment')}")
        parser.exit()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    # Both end the run in the same way, also where a shell had one ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        arguments = _parser().parse_args(argv)
        status = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except Refused as refused:
        print(f"cop: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cop: stopped; what was complete is kept", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read has seen enough, as `cop check | head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser():
    parser = OneSentence(
        prog="cop",
        description="National Child Online Protection assessments: run them, check their data.",
        epilog="For example: cop run UKR, cop run --all, cop check, cop new NOR, cop run --help",
    )
    parser.add_argument("--version", action=Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=OneSentence)
    for group in (run, data, fieldwork, research):
        group.add_to(commands)
    return parser


<<<<<<< HEAD
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


=======
>>>>>>> batch
if __name__ == "__main__":
    sys.exit(main())
