"""The command that looks over the data: `cop check`."""

import argparse
from pathlib import Path

from batch import plan
from cop import options, terminal


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command to the parser of `cop`."""
    checks = options.command(
        commands,
        "check",
        "check the data against its contract",
        lambda arguments: check(arguments.data, arguments.links),
        "cop check, cop check --links",
    )
    options.data(checks, of_any_kind=True)
    options.flag(checks, "--links", "also test the addresses of the sources (needs a network)")


def check(data: Path, links: bool) -> int:
    """Print every fault of the data at once; give 2 when there are any."""
    import contract
    from contract import checks

    faults = checks.of_folder(plan.data_folder(data))
    for fault in faults:
        print(fault)
    number = contract.count(len(faults), "fault")
    print(f"{number} found in {data}." if faults else f"{data}: no faults found.")
    if links:
        from research import links as addresses

        print("\n".join(addresses.run(data, say=terminal.meanwhile)))
    return 2 if faults else 0
