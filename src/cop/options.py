"""What commands have in common: how one is added, --data, what goes on meanwhile, and asking before writing."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(
    commands: argparse._SubParsersAction, name: str, help: str, run: Callable, examples: str
) -> argparse.ArgumentParser:
    """Add a command that calls `run` with its arguments; gives its parser."""
    parser = commands.add_parser(
        name, help=help, allow_abbrev=False, epilog=f"For example: {examples}"
    )
    parser.set_defaults(run=run)
    return parser


def data(parser: argparse.ArgumentParser, of_any_kind: bool = False) -> None:
    """Add --data to the parser of a command: the repository's data/ otherwise.

    Where it is no data folder this is refused at once, or (`of_any_kind`) left to the command.
    """
    parser.add_argument(
        "--data",
        type=Path if of_any_kind else _folder,
        default=ROOT / "data",
        metavar="DIR",
        help="folder with datapackage.json",
    )


def meanwhile(sentence: str) -> None:
    """Say on a terminal what is going on; nothing where the output goes elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{sentence}", end="", file=sys.stderr, flush=True)


def agreed(question: str, yes: bool) -> bool:
    """Ask before writing, unless `yes`; no answer is no."""
    try:
        answer = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        answer = False
    if not answer:
        print("Nothing was written." + ("" if yes else " Say --yes to write without being asked."))
    return answer


def _folder(text: str) -> Path:
    """Give a data folder; refused where it is none, before anything is made there."""
    if not (Path(text) / "datapackage.json").is_file():
        raise argparse.ArgumentTypeError(
            f"there is no data folder at {text}: a folder with datapackage.json is expected"
        )
    return Path(text)
