"""The command `cop`: its parser, and errors of the call in one sentence."""

import argparse
import signal
import sys
from functools import partial
from typing import TextIO

from cop.cli import (
    data,
    ending,
    fieldwork,
    handover,
    options,
    research,
    run,
    terminal,
    validation,
    watch,
    words,
)
from cop.data import Refused


class OneSentence(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence and exits with 2."""

    def error(self, message: str) -> None:
        """Say it and leave; nothing was run."""
        raise Refused(f"{message[0].upper()}{message[1:]}; see `{self.prog} --help`")

    def print_help(self, file: TextIO | None = None) -> None:
        """Print the help; argparse's own keeps silent where it cannot."""
        print(self.format_help(), end="", file=file)


class Version(argparse.Action):
    """Prints the version, which takes a while to look up, only where it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and leave."""
        from importlib.metadata import version

        print(f"cop {version('cop-assessment')}")
        parser.exit()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; gives the exit status (see `ending`)."""
    # Both end the run in the same way, also where a shell had one ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    arguments = argparse.Namespace(outputs=options.OUTPUTS)

    with terminal.cleaned():
        return ending.status(lambda: _called(argv, arguments), lambda: arguments.outputs)


def _called(argv, arguments):
    """Fill in the arguments, which are at hand then whatever happens, and do what they say."""
    parser = _parser()
    parser.parse_args(argv, arguments)
    given = options.folders(vars(arguments))
    terminal.complete(partial(terminal.whole, takes=_takes(parser), given=given))
    return arguments.run(arguments)


def _takes(parser):
    """Give {command: its options}, in which --data comes first."""
    [commands] = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return {name: sorted(one._option_string_actions) for name, one in commands.choices.items()}


def _parser():
    parser = OneSentence(
        prog="cop",
        description="National Child Online Protection assessments: run them, check their data.",
        epilog="For example: cop run UKR, cop run --all, cop check, cop new NOR, cop run --help",
    )
    parser.add_argument("--version", action=Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=OneSentence)
    for group in (run, watch, data, fieldwork, validation, handover, research, words):
        group.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
