"""The parser of `cop`: commands grouped by task, and the options that several commands share."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from cop.data import UserError
from cop.report.languages import SOURCE

ROOT = Path(__file__).resolve().parents[3]
DATA, OUTPUTS = ROOT / "data", ROOT / "outputs"


class Parser(argparse.ArgumentParser):
    """A parser that reports an invalid call in one sentence."""

    def error(self, message: str) -> None:
        """Raise UserError; nothing was run."""
        raise UserError(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")

    def print_help(self, file: TextIO | None = None) -> None:
        """Print the help; argparse itself hides it where the output cannot be written."""
        print(self.format_help(), end="", file=file)

    def flag(self, name: str, help: str) -> None:
        """Add an option without a value."""
        self.add_argument(name, action="store_true", help=help)

    def value(self, name: str, metavar: str | tuple, help: str, **more: Any) -> None:
        """Add an argument, or an option with a value: UTF-8 text unless `type` is another."""
        self.add_argument(name, metavar=metavar, help=help, **{"type": _text} | more)

    def text(self, name: str, metavar: str, help: str, default: str = "") -> None:
        """Add an option whose value is a text, empty otherwise."""
        self.value(name, metavar, help, default=default)

    def file(self, name: str, metavar: str, help: str, **more: Any) -> None:
        """Add an argument or an option that names a file."""
        self.value(name, metavar, help, type=Path, **more)

    def country(self, help: str = "country code such as UKR") -> None:
        """Add the argument `iso3`."""
        self.value("iso3", "ISO3", help)

    def data(self, check: bool = True) -> None:
        """Add --data; with `check`, a folder without a datapackage.json is refused at once."""
        kind, help = (
            _data_folder if check else Path,
            "folder with datapackage.json (data/ by default)",
        )
        self.value("--data", "DIR", help, type=kind, default=DATA)

    def outputs(self, help: str = "folder of results, as `cop run` wrote them") -> None:
        """Add --outputs."""
        self.file("--outputs", "DIR", help, default=OUTPUTS)

    def report(self, file: str) -> None:
        """Add the arguments of a command that writes a file of one report."""
        self.value("country", "ISO3", "country of the report, or a group")
        self.file("--out", file, "file to write")
        self.text("--language", "TAG", f"language of the report, such as uk ({SOURCE})", SOURCE)
        self.outputs()


class Commands:
    """The commands of a parser, listed by group in its help."""

    def __init__(self, parser: Parser) -> None:
        """Let the parser take commands."""
        self.parser = parser
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.usage = f"{parser.prog} [-h] COMMAND …"
        required = {"required": True, "metavar": "COMMAND", "help": argparse.SUPPRESS}
        self.parsers = parser.add_subparsers(prog=parser.prog, **required)

    def group(self, title: str) -> None:
        """Begin a group of commands."""
        self.parser.description += f"\n\n{title}:"

    def add(self, name: str, help: str, run: Callable, examples: str) -> Parser:
        """Add a command that calls `run` with its arguments; return its parser."""
        self.parser.description += f"\n  {name:<15} {help}"
        about = {"description": f"{help[0].upper()}{help[1:]}.", "epilog": f"Examples: {examples}"}
        parser = self.parsers.add_parser(name, allow_abbrev=False, **about)
        parser.set_defaults(run=run)
        return parser


def repeated_language(language: str) -> str:
    """Return the option that repeats a command in a language; nothing for English."""
    return "" if language == SOURCE else f" --language {language}"


def confirm(question: str, yes: bool) -> bool:
    """Ask before writing, unless `yes`; no answer means no."""
    try:
        answer = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        answer = False
    if not answer:
        print("Nothing was written." + ("" if yes else " Use --yes to write without being asked."))
    return answer


def settings(words: list[str]) -> dict[str, str]:
    """Return {column: text} of words such as year=2024; raise UserError without an equals sign."""
    if wrong := [word for word in words if "=" not in word]:
        fix = "such as year=2024; put a value with spaces in quotes"
        raise UserError(f"{wrong[0]!r} is not column=value, {fix}")
    return {column.strip(): text.strip() for column, text in (word.split("=", 1) for word in words)}


def _text(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text} is not in the UTF-8 encoding") from None
    return text


def _data_folder(text):
    if not (Path(text) / "datapackage.json").is_file():
        why = f"there is no data folder at {text}: a folder with datapackage.json is expected"
        raise argparse.ArgumentTypeError(why)
    return Path(text)
