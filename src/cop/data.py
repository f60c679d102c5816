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
        lambda arguments: check(arguments.data, arguments.links, arguments.meant),
        "cop check, cop check --links, cop check --meant",
    )
    options.data(checks, of_any_kind=True)
    options.flag(checks, "--links", "also test the addresses of the sources (needs a network)")
    options.flag(checks, "--meant", "take rows and ids that are gone for meant (counts.json)")


def check(data: Path, links: bool, meant: bool = False) -> int:
    """Print every fault of the data at once; give 2 when there are any.

    With `meant`, tables that lost rows or ids are first counted anew, and named.
    """
    import contract
    from contract import checks
    from contract.checks import guidelines

    if meant:
        _count_anew(data)
    faults = checks.of_folder(plan.data_folder(data))
    for fault in faults:
        print(fault)
    for line in guidelines.waiting(plan.data_folder(data)):
        print(f"To be done: {line}")
    number = contract.count(len(faults), "fault")
    print(f"{number} found in {data}." if faults else f"{data}: no faults found.")
    if links:
        from research import links as addresses

        print("\n".join(addresses.run(data, say=terminal.meanwhile)))
    return 2 if faults else 0


def _count_anew(data):
    """Write counts.json and print what is thereby taken for meant."""
    from contract import writing
    from contract.checks import losses

    with writing.alone(plan.data_folder(data)):
        for loss in losses.of_folder(data):
            print(f"Taken for meant: {loss.file} {loss.rule.removesuffix(': meant?')}.")
        writing.write(data, {losses.FILE: losses.counted(data).encode()})
