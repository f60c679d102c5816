"""Define the argument parser of `cop` and the options that several commands share."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from cop.data import UserError
from cop.report.languages import SOURCE

ROOT = Path(__file__).resolve().parents[3]
DATA, OUTPUTS = ROOT / "data", ROOT / "outputs"
CELLS = {"nargs": "+", "action": "extend"}  # option with several values, which may be repeated


class Parser(argparse.ArgumentParser):
    """Argument parser that reports invalid arguments in one sentence."""

    def error(self, message: str) -> None:
        """Raise UserError with the message and a reference to `--help`."""
        raise UserError(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")

    def print_help(self, file: TextIO | None = None) -> None:
        """Print the help. Unlike argparse, this method raises errors of the output stream."""
        print(self.format_help(), end="", file=file)

    def flag(self, name: str, help: str) -> None:
        """Add an option that takes no value: True if the user sets it, and otherwise False."""
        self.add_argument(name, action="store_true", help=help)

    def value(self, name: str, metavar: str | tuple, help: str, **more: Any) -> None:
        """Add an argument or an option, by default of UTF-8 text (`more`: see `add_argument`)."""
        self.add_argument(name, metavar=metavar, help=help, **{"type": _text} | more)

    def text(self, name: str, metavar: str, help: str, default: str = "") -> None:
        """Add an option for a text (default: an empty string)."""
        self.value(name, metavar, help, default=default)

    def day(self, name: str, help: str, default: str = "") -> None:
        """Add an option for a date as text, such as 2026-11-24 (default: an empty string)."""
        self.value(name, "DATE", help, type=_day, default=default)

    def file(self, name: str, metavar: str, help: str, **more: Any) -> None:
        """Add an argument or an option whose value is a path (see `value` for `more`)."""
        self.value(name, metavar, help, type=Path, **more)

    def country(self, help: str = "country code such as UKR") -> None:
        """Add the argument `iso3` for a country code."""
        self.value("iso3", "ISO3", help)

    def data(self) -> None:
        """Add the option `--data`, a folder that must contain datapackage.json (default: DATA)."""
        help = "folder with datapackage.json (default: data/)"
        self.value("--data", "DIR", help, type=_data_folder, default=DATA)

    def outputs(self, help: str = "results folder of `cop run` (default: outputs/)") -> None:
        """Add the option `--outputs`, a folder that need not exist (default: OUTPUTS)."""
        self.file("--outputs", "DIR", help, default=OUTPUTS)

    def report(self, file: str, help: str = "country or group of the report") -> None:
        """Add the arguments of a command that writes a report: country, file, language, outputs.

        `file` is the metavar of `--out`, such as FILE.pdf, and `help` describes the country.
        """
        self.value("country", "ISO3", help)
        self.file("--out", file, "file to write (default: in a subfolder of --outputs)")
        self.text("--language", "TAG", f"language, such as uk (default: {SOURCE})", SOURCE)
        self.outputs()


class Commands:
    """Subcommands of a parser, listed by group in its help."""

    def __init__(self, parser: Parser) -> None:
        """Add subparsers to a parser, and set its usage and the format of its help."""
        self.parser = parser
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.usage = f"{parser.prog} [-h] COMMAND …"
        required = {"required": True, "metavar": "COMMAND", "help": argparse.SUPPRESS}
        self.parsers = parser.add_subparsers(prog=parser.prog, **required)

    def group(self, title: str) -> None:
        """Start a new group in the help, to which commands that are added later belong."""
        self.parser.description += f"\n\n{title}:"

    def add(self, name: str, run: Callable, examples: str) -> Parser:
        """Add a command that calls `run` with its parsed arguments, and return its parser.

        The help is the first line of the docstring of `run`, followed by the `examples`.
        """
        help = run.__doc__.partition("\n")[0]
        self.parser.description += f"\n  {name:<15} {help}"
        title = "Examples" if ", cop " in examples else "Example"
        about = {"description": help, "epilog": f"{title}: {examples}"}
        parser = self.parsers.add_parser(name, allow_abbrev=False, **about)
        parser.set_defaults(run=run)
        return parser


def repeated_language(language: str) -> str:
    """Return " --language TAG" for use in the text of a command, or "" for English."""
    return "" if language == SOURCE else f" --language {language}"


def confirm(question: str, yes: bool) -> bool:
    """Return whether `yes` is set or the user agrees; if not, print that nothing was written."""
    try:
        answer = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        answer = False
    if not answer:
        print("Nothing was written. Use --yes to write without confirmation.")
    return answer


def settings(words: list[str]) -> dict[str, str]:
    """Parse arguments such as year=2024 as {column: text}. Raises UserError for another form."""
    if wrong := [word for word in words if "=" not in word]:
        fix = "such as year=2024; put values with spaces in quotes"
        raise UserError(f"{wrong[0]!r} does not have the form COLUMN=VALUE, {fix}")
    pairs = [word.split("=", 1) for word in words]
    cells = {column.strip(): text.strip() for column, text in pairs}
    if len(cells) < len(pairs):
        raise UserError(f"a column is set twice in {' '.join(words)!r}; keep one value")
    return cells


def _text(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not valid UTF-8") from None
    return text


def _day(text):
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2027-01-31") from None


def _data_folder(text):
    if not (Path(text) / "datapackage.json").is_file():
        why = f"data folder not found: {text} contains no datapackage.json"
        raise argparse.ArgumentTypeError(why)
    return Path(text)
