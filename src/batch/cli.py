"""The command `cop`: run countries, check the data. Exit status 0 all well, 1 a country failed, 2 nothing was run."""

import argparse
import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

from tqdm import tqdm

from batch import execute, plan
from batch.plan import Refused
from helpers import contract, faults

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
    except Refused as refused:
        print(f"cop: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cop: stopped; what was complete is kept", file=sys.stderr)
        return 1


def run(told):
    """Run countries, and the region with --all; give the exit status."""
    data, outputs = told.data.resolve(), told.outputs.resolve()
    chosen = _chosen(told, data)
    jobs = [plan.of_country(i, data, outputs, told.edition or _edition(data, i), told.timeout) for i in chosen]
    for job in jobs[:1]:
        plan.check_parameters(job)
    outputs.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        PYTHONHASHSEED="0",
        OPENBLAS_NUM_THREADS="1",
        PYDEVD_DISABLE_FILE_VALIDATION="1",
        COP_WARM_DATA=jobs[0].parameters["data"],
    )
    outcomes, began = _run_all(jobs, told, outputs), datetime.now(UTC)
    if told.all:
        outcomes += _run_region(jobs, outcomes, told, data, outputs)
    failures = {o.country: _sentence(o) for o in outcomes if o.status == "failed"}
    _finish(outputs, outcomes, failures, began)
    return 1 if failures else 0


def check(told):
    """Print every fault of the data at once; give 2 when there are any."""
    data = _data_folder(told.data)
    found = faults.of_folder(data)
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
    runs.add_argument("countries", nargs="*", metavar="ISO3", help="country codes such as UKR GEO")
    runs.add_argument("--all", action="store_true", help="every country of the data folder, and the region")
    runs.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="folder with datapackage.json")
    runs.add_argument("--outputs", type=Path, default=ROOT / "outputs", metavar="DIR", help="where results go")
    runs.add_argument("--edition", default="", help="edition to run (the latest of each country otherwise)")
    runs.add_argument("--jobs", type=_positive, default=os.cpu_count(), metavar="N", help="countries at the same time")
    runs.add_argument("--timeout", type=_positive, default=600, metavar="SECONDS", help="longest time for one cell")
    runs.add_argument(
        "--force", action="store_true", help="run even what has not changed (for now everything is run each time)"
    )
    runs.add_argument("--fail-fast", action="store_true", help="stop at the first country that fails")
    runs.set_defaults(run=run)
    checks = commands.add_parser("check", help="check the data against its contract", allow_abbrev=False)
    checks.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR")
    checks.set_defaults(run=check)
    return parser


def _positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _chosen(told, data):
    """Give the countries to run; raises Refused for a wrong call or wrong shared data."""
    data = _data_folder(data)
    present = faults.countries_in(data)
    if told.all == bool(told.countries):
        raise Refused("say which countries to run, such as `cop run UKR GEO`, or `cop run --all`")
    _refuse_shared_faults(data)
    known = set(contract.read("countries", data).iso3)
    for one in told.countries:
        if one not in known:
            near = sorted(k for k in known if k in one.upper() or k[:2] == one[:2].upper())
            raise Refused(
                f"{one} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv"
                + (f"; did you mean {' or '.join(near[:3])}?" if near else "")
            )
        if one not in present:
            raise Refused(f"there is no folder research/{one} in {data.name}/; it has: {', '.join(present)}")
    return present if told.all else list(dict.fromkeys(told.countries))


def _data_folder(data):
    if not (Path(data) / "datapackage.json").is_file():
        raise Refused(f"there is no data folder at {data}: a folder with datapackage.json is expected")
    return Path(data)


def _refuse_shared_faults(data):
    """Raise Refused with all faults of the shared tables; a country's own faults fail that country only."""
    found = faults.of_shared(data)
    if found:
        raise Refused(f"{len(found)} faults in the shared tables, so nothing was run:\n" + "\n".join(map(str, found)))


def _edition(data, iso3):
    """Give the latest edition of a country; a table that cannot be read is that country's failure, told by its notebook."""
    try:
        return max(contract.read("editions", data, iso3).edition, default="none")
    except (contract.Broken, FileNotFoundError):
        return "none"


def _run_all(jobs, told, outputs):
    """Run the countries side by side, each finished one told as it comes."""
    outcomes, today = [], date.today().isoformat()
    pool = ThreadPoolExecutor(min(told.jobs, len(jobs)))
    try:
        waiting = {pool.submit(execute.run, job, today): job for job in jobs}
        with tqdm(total=len(jobs), unit="country", disable=not sys.stderr.isatty(), leave=False) as bar:
            for done in as_completed(waiting):
                outcomes += _told(done.result(), bar, outputs)
                if told.fail_fast and outcomes[-1].status == "failed":
                    break
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        execute.stop_all()
    return outcomes


def _told(result, bar, outputs):
    """Tell that a country is done: on the bar, or as a line where there is no terminal; gives its outcomes."""
    _log(outputs, result)
    bar.update()
    bar.set_postfix_str(result[-1].country)
    if bar.disable:
        print(f"{result[-1].country}: {result[-1].status}", file=sys.stderr)
    return result


def _run_region(jobs, outcomes, told, data, outputs):
    failed = {o.country for o in outcomes if o.status == "failed"}
    ran = {j.key for j in jobs} - failed
    groups = contract.read("groups", data)
    result = []
    for group in dict.fromkeys(groups.group_id):
        members = list(groups[groups.group_id == group].iso3)
        if not ran & set(members):
            continue
        job = plan.of_region(
            group, data, outputs, jobs[0].parameters["edition"], [m for m in members if m not in ran], told.timeout
        )
        plan.check_parameters(job)
        result += execute.run(job, date.today().isoformat())
    _log(outputs, result)
    return result


def _log(outputs, outcomes):
    """Add outcomes to the ledger, one JSON line each."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with (outputs / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.writelines(json.dumps({"time": now, **o.as_row()}, ensure_ascii=False) + "\n" for o in outcomes)


def _finish(outputs, outcomes, failures, began):
    """Write the site's first page and print one line per country."""
    from batch import site

    if (outputs / "site").is_dir():
        site.write(outputs / "site", failures, date.today())
    width = max((len(o.country) for o in outcomes), default=3)
    for key in dict.fromkeys(o.country for o in outcomes):
        mine = [o for o in outcomes if o.country == key]
        print(
            f"{key:<{width}}  {'failed' if key in failures else 'ok':<7} {sum(o.seconds for o in mine):6.1f} s  {failures.get(key, '')}"
        )
    good = len({o.country for o in outcomes} - set(failures))
    print(f"{good} complete, {len(failures)} failed. Reports: {_shown(outputs / 'site' / 'index.html')}")


def _sentence(outcome):
    where = f"{outcome.stage}, cell {outcome.cell}" if outcome.cell else outcome.stage
    first, *more = outcome.message.split("\n")
    return f"{where}: {outcome.cause}: {first}" + (f" (and {len(more)} more in the log)" if more else "")


def _shown(path):
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
