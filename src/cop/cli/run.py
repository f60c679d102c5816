"""Define the commands that run countries or list outdated stages: `run`, `why`, `watch`."""

import argparse
import contextlib
import os
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from cop.cli import options
from cop.data import UserError, locate, records, split
from cop.report import formats, languages
from cop.run import fingerprints, plan, scheduler

NATIONAL = "national"  # value of --language for the national languages of each country
LONGEST = 75  # bytes of the temporary folder's path; paths of sockets are limited to 107


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`."""
    commands.group("Run")
    runs = commands.add(
        "run",
        run,
        "cop run UKR GEO, cop run --group SEE-2020, cop run --all, cop run --baseline NOR, "
        "cop run UKR --language uk",
    )
    _add_selection(runs)
    processes = {"type": _positive, "default": os.cpu_count()}
    runs.value("--jobs", "N", "number of processes (default: number of CPUs)", **processes)
    runs.flag("--force", "run all stages, even if their inputs have not changed")
    runs.flag("--kernel", "run notebooks in Jupyter kernels, for debugging (slower)")
    runs.value("--scheduler", "ADDRESS", "Dask scheduler, such as tls://host:8786 (default: none)")
    explains = commands.add("why", why, "cop why UKR, cop why --all")
    _add_selection(explains)
    watches = commands.add("watch", watch, "cop watch UKR, cop watch ZZZ --data tests/zedland")
    watches.country()
    watches.data()
    watches.outputs()


def _add_selection(parser):
    parser.value("countries", "ISO3", "country codes such as UKR GEO", nargs="*")
    parser.flag("--all", "all countries in the data folder, and the regional syntheses")
    parser.value("--group", "GROUP", "the assessed countries of a group, and its synthesis")
    index = "the Global Cybersecurity Index"
    baselines = f"countries to run as desk baselines; `all` for all economies in {index}"
    parser.value("--baseline", "ISO3", baselines, nargs="+")
    parser.data()
    parser.outputs()
    notebooks = "folder with edited notebooks, which replace those of the same name"
    parser.file("--notebooks", "DIR", notebooks)
    tags = "languages such as uk, or `national` for each country's national languages (default: en)"
    parser.value("--language", "TAG", tags, nargs="+", default=[languages.SOURCE])
    seconds = {"type": _positive, "default": 600}
    parser.value("--timeout", "SECONDS", "seconds that a cell may take (default: 600)", **seconds)


def run(arguments: argparse.Namespace) -> int:
    """Run countries and write their reports.

    Prints a summary. Returns 1 if a job or the update of the site failed, else 0. Raises UserError
    like `choices_of` and `run_batch`, and if the path of the temporary folder is too long.
    """
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > LONGEST:
        fix = "use a shorter path, for example with `export TMPDIR=/tmp`"
        raise UserError(
            f"the temporary folder {folder} has a path longer than {LONGEST} bytes; {fix}"
        )
    keep_out_of_the_home_folder(options.OUTPUTS / ".cache")
    settings = scheduler.Settings(
        arguments.jobs, arguments.force, arguments.kernel, arguments.scheduler
    )
    choices = choices_of(arguments)
    done = scheduler.run_batch(choices, settings)
    done.print_summary(choices[0].language)
    return 0 if done.succeeded else 1


def why(arguments: argparse.Namespace) -> int:
    """List outdated stages with the reasons.

    The last stage of a country also runs again if any other stage does, even if it is not listed.
    Regional syntheses and earlier editions are left out.
    """
    for job in (job for choice in choices_of(arguments) for job in plan.jobs(choice)):
        name, reasons = scheduler.job_name(job), fingerprints.reasons(job)
        for stage, changes in reasons.items():
            print(f"{name} {stage} is outdated: {'; '.join(changes)}")
        if not reasons:
            print(f"{name}: up to date")
    return 0


def watch(arguments: argparse.Namespace) -> int:
    """Serve a country's report, and update it whenever data or a notebook is saved."""
    from cop.cli.serving import Server
    from cop.run.watch import watch as watch_country

    keep_out_of_the_home_folder(options.OUTPUTS / ".cache")
    data, outputs = arguments.data.resolve(), arguments.outputs.resolve()
    choice = plan.Choice((arguments.iso3,), data=data, outputs=outputs)
    watch_country(choice, partial(print, flush=True), Server(outputs / "site"))
    return 0


def keep_out_of_the_home_folder(cache: Path) -> None:
    """Set the environment variables for the folders of matplotlib, IPython and Jupyter.

    Unless set, each becomes a subfolder of `cache`; that of matplotlib is created, if possible.
    """
    names = ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")
    for name in (*names, "JUPYTER_RUNTIME_DIR"):
        os.environ.setdefault(name, str(cache / name.lower().replace("_", "-")))
    with contextlib.suppress(OSError):  # if read-only, the libraries choose another folder
        Path(os.environ["MPLCONFIGDIR"]).mkdir(parents=True, exist_ok=True)


def choices_of(arguments):
    """Return one selection for each language in `arguments.language`.

    NATIONAL stands for the national languages of each country that have a translation catalogue.
    Raises UserError if no language is left and, for NATIONAL, like `plan.jobs`.
    """
    choice = plan.Choice(
        countries=tuple(arguments.countries),
        every=arguments.all,
        group=arguments.group,
        baselines=tuple(arguments.baseline or ()),
        data=arguments.data.resolve(),
        outputs=arguments.outputs.resolve(),
        timeout=arguments.timeout,
        notebooks=arguments.notebooks,
    )
    choices = []
    for tag in dict.fromkeys(arguments.language):
        choices += _national(choice) if tag == NATIONAL else [replace(choice, language=tag)]
    if not choices:
        missing = "no national language of these countries has a translation catalogue"
        raise UserError(f"{missing}; use `--language en`, or `cop words extract TAG` to create one")
    return choices


def _national(choice):
    rows = {row["iso3"]: row for row in records(locate(choice.data, "reference/countries.csv"))}
    chosen = {}
    for job in plan.jobs(choice):
        for tag in formats.catalogues_of(split(rows[job.key]["languages"])):
            chosen.setdefault(tag, []).append(job.key)
    part = replace(choice, every=False, group=None)
    kind = "baselines" if choice.baselines else "countries"
    return [replace(part, **{kind: tuple(chosen[tag])}, language=tag) for tag in sorted(chosen)]


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)
