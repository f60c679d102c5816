"""The command `cop`: its parser, its exit statuses, and errors in one sentence.

Exit status 0: all is well. 1: a country failed, or something was declined. 2: nothing was run.
"""

import argparse
import os
import signal
import sys
from importlib.metadata import version

from contract import Refused
from cop import data, fieldwork, research, run


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


if __name__ == "__main__":
    sys.exit(main())
