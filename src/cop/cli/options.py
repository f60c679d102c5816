"""What commands have in common: how one is added, --data, --outputs, and asking before writing."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cop.data import Refused
from cop.report.languages import SOURCE

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = ROOT / "outputs"


def command(
    commands: argparse._SubParsersAction, name: str, help: str, run: Callable, examples: str
) -> argparse.ArgumentParser:
    """Add a command that calls `run` with its arguments; gives its parser."""
    parser = commands.add_parser(
        name, help=help, allow_abbrev=False, epilog=f"For example: {examples}"
    )
    parser.set_defaults(run=run)
    return parser


def flag(parser: argparse._ActionsContainer, name: str, help: str) -> None:
    """Add an option that is there or not."""
    parser.add_argument(name, action="store_true", help=help)


def value(
    parser: argparse._ActionsContainer, name: str, metavar: str | tuple, help: str, **more: Any
) -> None:
    """Add an argument or an option that has a value, called `metavar` in the help.

    It is text unless `type` says otherwise, and refused where it is in no encoding that we write.
    """
    parser.add_argument(name, metavar=metavar, help=help, **{"type": _text} | more)


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


def language(parser: argparse.ArgumentParser) -> None:
    """Add --language to the parser of a command on one report: English otherwise."""
    told = f"language of the report, such as uk; English ({SOURCE}) otherwise"
    value(parser, "--language", "TAG", told, default=SOURCE)


def again(language: str) -> str:
    """Give the options with which a command is called again in a language; none in English."""
    return "" if language == SOURCE else f" --language {language}"


def outputs(parser: argparse.ArgumentParser, help: str = "where results go") -> None:
    """Add --outputs to the parser of a command: the repository's outputs/ otherwise."""
    value(parser, "--outputs", "DIR", help, type=Path, default=OUTPUTS)


def file(
    parser: argparse._ActionsContainer, name: str, metavar: str, help: str, **more: Any
) -> None:
    """Add an argument or an option that names a file."""
    value(parser, name, metavar, help, type=Path, **more)


def place(parser: argparse.ArgumentParser, name: str, help: str, usual: str) -> None:
    """Add an option that names a folder to write to: that of outputs/ called `usual` otherwise."""
    value(parser, name, "DIR", help, type=Path, default=OUTPUTS / usual)


def folders(said: dict[str, Any]) -> dict[str, str]:
    """Give {option: folder} of the folders that a call said: not those that are meant anyway."""
    meant = {"--data": ROOT / "data", "--outputs": OUTPUTS}
    given = {option: said.get(option[2:]) for option in meant}
    return {o: str(folder) for o, folder in given.items() if folder not in (None, meant[o])}


def agreed(question: str, yes: bool) -> bool:
    """Ask before writing, unless `yes`; no answer is no."""
    try:
        answer = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        answer = False
    if not answer:
        print("Nothing was written." + ("" if yes else " Say --yes to write without being asked."))
    return answer


def settings(words: list[str]) -> dict[str, str]:
    """Return {column: text} of words such as year=2024; raises Refused without an equals sign."""
    if wrong := [word for word in words if "=" not in word]:
        fix = "such as year=2024; put a value with spaces in quotes"
        raise Refused(f"{wrong[0]!r} is not column=value, {fix}")
    return {column.strip(): text.strip() for column, text in (word.split("=", 1) for word in words)}


def _text(text: str) -> str:
    """Give a value as it is; refused where its bytes are no text in the terminal's encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text} is not in the UTF-8 encoding") from None
    return text


def _folder(text: str) -> Path:
    """Give a data folder; refused where it is none, before anything is made there."""
    if not (Path(text) / "datapackage.json").is_file():
        raise argparse.ArgumentTypeError(
            f"there is no data folder at {text}: a folder with datapackage.json is expected"
        )
    return Path(text)
