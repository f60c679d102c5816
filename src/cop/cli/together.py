"""The commands for several analysts on one country: `cop setup-git`, `cop merge-rows`."""

import argparse
import sys
from pathlib import Path

from cop.cli import options


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    sets = options.command(
        commands,
        "setup-git",
        "let git merge tables row by row, and say who works here",
        setup_git,
        "cop setup-git, cop setup-git --analyst B/2",
    )
    options.value(
        sets, "--analyst", "B/2", "your letter and how many you are: B/2, the second of two"
    )
    options.data(sets)
    merges = options.command(
        commands,
        "merge-rows",
        "merge two versions of a table (git calls it)",
        merge_rows,
        "git merge BRANCH, after cop setup-git",
    )
    for name, help in (
        ("base", "the version that both began with"),
        ("ours", "the version here; the merged one is written to it"),
        ("theirs", "the version that comes in"),
    ):
        options.value(merges, name, name.upper(), help, type=Path)
    options.value(merges, "path", "PATH", "where the table belongs in the repository")


def setup_git(arguments: argparse.Namespace) -> int:
    """Answer `cop setup-git`: tell git of the merge driver, and keep who works here."""
    from cop.research import together

    print("\n".join(together.set_up(arguments.data, arguments.analyst or "")))
    return 0


def merge_rows(arguments: argparse.Namespace) -> int:
    """Answer `cop merge-rows`: merge a table; gives 1, as git expects it, where something is left
    to a person.
    """
    from cop.research import merging

    left = merging.merge_files(arguments.base, arguments.ours, arguments.theirs, arguments.path)
    for sentence in left:
        print(f"{sentence}.", file=sys.stderr)
    return 1 if left else 0
