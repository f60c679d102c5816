"""Run the command `cop`: parse its arguments, call a subcommand and return the exit status."""

import argparse
import atexit
import gc
import signal
import sys

from cop.cli import data, ending, fieldwork, handover, options, research, run, terminal, validation

atexit.register(gc.freeze)  # otherwise Python searches all tables for garbage when it exits

ABOUT = "Run national Child Online Protection assessments, and check, add and publish data."


class Version(argparse.Action):
    """Argparse action that looks up the version only if `--version` is used."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit."""
        from importlib.metadata import version

        print(f"cop {version('cop-assessment')}")
        parser.exit()


def main(argv: list[str] | None = None) -> int:
    """Set signal handlers, run `cop` with `argv` (default: sys.argv) and return the exit status."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # both interrupt a run
        signal.signal(stop, signal.default_int_handler)
    arguments = argparse.Namespace(outputs=options.OUTPUTS)

    def call():
        parser().parse_args(argv, arguments)
        return arguments.run(arguments)

    with terminal.escaped():
        return ending.status(call, lambda: arguments.outputs)


def parser() -> options.Parser:
    """Return the parser of all commands."""
    cop = options.Parser(
        prog="cop",
        description=ABOUT,
        epilog="Run `cop COMMAND --help` for the options of a command.",
    )
    cop.add_argument("--version", action=Version, nargs=0, help="show the version and exit")
    commands = options.Commands(cop)
    for group in (run, data, research, fieldwork, validation, handover):
        group.add_to(commands)
    return cop


if __name__ == "__main__":
    sys.exit(main())
