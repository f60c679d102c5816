"""The commands that run countries, or say what would be run: `cop run`, `cop why`."""

import argparse
import contextlib
import os
import tempfile
from pathlib import Path

from cop.cli import options
from cop.data import Refused
from cop.report import languages
from cop.run import fingerprints, plan, scheduler

LONGEST = 75  # bytes of the folder for temporary files: two names of 14 and 18 are made in it


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    runs = options.command(
        commands,
        "run",
        "run countries and write their reports",
        run,
        "cop run UKR GEO, cop run UKR SEE-2020, cop run --all --jobs 4, cop run --baseline NOR, "
        "cop run UKR --language uk",
    )
    _countries(runs)
    options.value(
        runs, "--jobs", "N", "countries at the same time", type=_positive, default=os.cpu_count()
    )
    options.flag(runs, "--force", "run even what has not changed")
    options.flag(runs, "--kernel", "run notebooks in Jupyter kernels, to debug one: slower")
    options.value(runs, "--scheduler", "ADDRESS", "run on the Dask cluster at this address")
    options.value(
        runs,
        "--base-address",
        "URL",
        "where the site will stand, such as https://example.org/: adds a feed and a sitemap",
        type=_address,
    )
    asks = options.command(
        commands,
        "why",
        "say what would be run, and which part changed",
        why,
        "cop why UKR, cop why --all",
    )
    _countries(asks)


def run(arguments: argparse.Namespace) -> int:
    """Answer `cop run`: run what changed of countries, and of the region with --all; give the exit
    status.
    """
    _refuse_long_temporary_folder()
    keep_out_of_the_home_folder(options.OUTPUTS / ".cache")
    settings = scheduler.Settings(
        arguments.jobs,
        arguments.force,
        arguments.kernel,
        arguments.scheduler,
        arguments.base_address or "",
    )
    choices = _choices(arguments)
    done = scheduler.run_batch(choices, settings)
    done.print_summary(choices[0].language)
    return 0 if done.succeeded else 1


def _refuse_long_temporary_folder():
    """Raise Refused where processes could not meet: a socket's path has at most 107 bytes."""
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > LONGEST:
        raise Refused(f"the folder for temporary files has too long a path ({folder}): name a "
                      "shorter one, such as with `export TMPDIR=/tmp`")  # fmt: skip


def keep_out_of_the_home_folder(cache: Path) -> None:
    """Let matplotlib, IPython and Jupyter keep here what a command of cop makes them keep,
    unless a person chose a place.

    Set before the processes start: they inherit it, and share one cache of fonts.
    """
    names = ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR")
    for name in (*names, "JUPYTER_RUNTIME_DIR"):
        os.environ.setdefault(name, str(cache / name.lower().replace("_", "-")))
    with contextlib.suppress(OSError):  # a workspace that cannot be written: their own way then
        Path(os.environ["MPLCONFIGDIR"]).mkdir(parents=True, exist_ok=True)


def why(arguments: argparse.Namespace) -> int:
    """Answer `cop why`: print what would be run of each country, and which part changed."""
    for job in (job for choice in _choices(arguments) for job in plan.jobs(choice)):
        named, reasons = scheduler.job_name(job), fingerprints.reasons(job)
        for stage, changes in reasons.items():
            print(f"{named} {stage}: {'; '.join(changes)}")
        if not reasons:
            print(f"{named}: nothing; what was made still holds")
    return 0


def _choices(arguments: argparse.Namespace) -> list[plan.Choice]:
    """Give what is chosen, once in each language; each language is known before one is run."""
    chosen = [languages.checked(one) for one in dict.fromkeys(arguments.language)]
    return [_choice(arguments, language) for language in chosen]


def _choice(arguments: argparse.Namespace, language: str) -> plan.Choice:
    return (
        plan.Choice(
            countries=tuple(arguments.countries),
            every=arguments.all,
            group=arguments.group,
            baselines=tuple(arguments.baseline or ()),
            data=arguments.data,
            outputs=arguments.outputs,
            edition=arguments.edition,
            timeout=arguments.timeout,
            language=language,
            notebooks=arguments.notebooks,
        )
        .of_group()
        .of_edition()
    )


def _countries(parser: argparse.ArgumentParser) -> None:
    """Add what says which countries of which data go where."""
    options.value(
        parser, "countries", "ISO3", "country codes such as UKR GEO, and a group", nargs="*"
    )
    options.flag(parser, "--all", "every country of the data folder, and the region")
    options.value(
        parser, "--group", "GROUP", "the countries of a group of groups.csv, and its synthesis"
    )
    options.value(
        parser,
        "--baseline",
        "ISO3",
        "desk baselines: statistics only; `all` is every member of the GCI",
        nargs="+",
    )
    options.data(parser, of_any_kind=True)
    options.outputs(parser)
    options.value(
        parser,
        "--notebooks",
        "DIR",
        "folder of edited notebooks to run instead of those of the same name",
        type=Path,
    )
    parser.add_argument(
        "--edition", default="", help="edition to run (the latest of each country otherwise)"
    )
    options.value(
        parser,
        "--language",
        "TAG",
        "languages of the pages, one run after the other, such as uk; English (en) otherwise",
        nargs="+",
        default=[languages.SOURCE],
    )
    options.value(
        parser, "--timeout", "SECONDS", "longest time for one cell", type=_positive, default=600
    )


def _address(text: str) -> str:
    """Give the address of a site with a slash at its end; refused where it is none."""
    from urllib.parse import urlsplit  # seldom asked, and slow to come

    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address such as https://example.org/")
    return f"{text.rstrip('/')}/"


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)
