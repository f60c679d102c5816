"""Define the parser of `cop`, with commands grouped by task and options shared by commands."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from cop.data import UserError
from cop.report.languages import SOURCE

ROOT = Path(__file__).resolve().parents[3]
DATA, OUTPUTS = ROOT / "data", ROOT / "outputs"


class Parser(argparse.ArgumentParser):
    """Argument parser that reports an invalid call in one sentence."""

    def error(self, message: str) -> None:
        """Raise UserError with the message and a pointer to --help."""
        raise UserError(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")

    def print_help(self, file: TextIO | None = None) -> None:
        """Print the help; unlike argparse, raise errors on writing it."""
        print(self.format_help(), end="", file=file)

    def flag(self, name: str, help: str) -> None:
        """Add an option without a value."""
        self.add_argument(name, action="store_true", help=help)

    def value(self, name: str, metavar: str | tuple, help: str, **more: Any) -> None:
        """Add an argument, or an option with a value, which is UTF-8 text unless `type` is set."""
        self.add_argument(name, metavar=metavar, help=help, **{"type": _text} | more)

    def text(self, name: str, metavar: str, help: str, default: str = "") -> None:
        """Add an option with a text as value (default: empty)."""
        self.value(name, metavar, help, default=default)

    def file(self, name: str, metavar: str, help: str, **more: Any) -> None:
        """Add an argument or option with a file as value."""
        self.value(name, metavar, help, type=Path, **more)

    def country(self, help: str = "country code such as UKR") -> None:
        """Add the argument `iso3`."""
        self.value("iso3", "ISO3", help)

    def data(self, check: bool = True) -> None:
        """Add --data; with `check`, a folder without a datapackage.json is refused at once."""
        kind = _data_folder if check else Path
        help = "folder with datapackage.json (default: data/)"
        self.value("--data", "DIR", help, type=kind, default=DATA)

    def outputs(self, help: str = "folder of results of `cop run` (default: outputs/)") -> None:
        """Add --outputs."""
        self.file("--outputs", "DIR", help, default=OUTPUTS)

    def report(self, file: str, help: str = "country of the report, or a group") -> None:
        """Add the arguments of a command that writes a file of one report."""
        self.value("country", "ISO3", help)
        self.file("--out", file, "file to write")
        self.text("--language", "TAG", f"language of the report, such as uk ({SOURCE})", SOURCE)
        self.outputs()


class Commands:
    """Commands of a parser, which its help lists by group."""

    def __init__(self, parser: Parser) -> None:
        """Prepare the parser for commands."""
        self.parser = parser
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.usage = f"{parser.prog} [-h] COMMAND …"
        required = {"required": True, "metavar": "COMMAND", "help": argparse.SUPPRESS}
        self.parsers = parser.add_subparsers(prog=parser.prog, **required)

    def group(self, title: str) -> None:
        """Start a group of commands in the help."""
        self.parser.description += f"\n\n{title}:"

    def add(self, name: str, help: str, run: Callable, examples: str) -> Parser:
        """Add a command that calls `run` with its arguments; return its parser."""
        self.parser.description += f"\n  {name:<15} {help}"
        about = {"description": f"{help[0].upper()}{help[1:]}.", "epilog": f"Examples: {examples}"}
        parser = self.parsers.add_parser(name, allow_abbrev=False, **about)
        parser.set_defaults(run=run)
        return parser


def repeated_language(language: str) -> str:
    """Return the option that repeats a command in a language, "" for English."""
    return "" if language == SOURCE else f" --language {language}"


def confirm(question: str, yes: bool) -> bool:
    """Ask whether to write, unless `yes`; any answer except y or yes counts as no."""
    try:
        answer = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        answer = False
    if not answer:
        print("Nothing was written." + ("" if yes else " Use --yes to write without confirmation."))
    return answer


def settings(words: list[str]) -> dict[str, str]:
    """Return {column: text} from arguments such as year=2024; raises UserError without "="."""
    if wrong := [word for word in words if "=" not in word]:
        fix = "such as year=2024; put a value with spaces in quotes"
        raise UserError(f"{wrong[0]!r} is not column=value, {fix}")
    return {column.strip(): text.strip() for column, text in (word.split("=", 1) for word in words)}


def _text(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text} is not valid UTF-8") from None
    return text


def _data_folder(text):
    if not (Path(text) / "datapackage.json").is_file():
        why = f"there is no data folder at {text}: a folder with datapackage.json is expected"
        raise argparse.ArgumentTypeError(why)
    return Path(text)
