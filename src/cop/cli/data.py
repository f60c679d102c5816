"""The commands that look over the data and its sources: `cop check`, `cop archive`."""

import argparse
from pathlib import Path

from cop.cli import options, terminal
from cop.run import plan


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    checks = options.command(
        commands,
        "check",
        "check the data against its contract",
        lambda arguments: check(arguments.data, arguments.links, arguments.meant, arguments.kept),
        "cop check, cop check --links, cop check --meant",
    )
    options.data(checks, of_any_kind=True)
    options.flag(checks, "--links", "also test the addresses of the sources (needs a network)")
    options.flag(checks, "--meant", "take rows and ids that are gone for meant (counts.json)")
    _archived(checks)
    keeps = options.command(
        commands,
        "archive",
        "keep a copy of each source's page, to see later whether it still says so",
        keep,
        "cop archive UKR, cop archive UKR --again",
    )
    options.value(keeps, "iso3", "ISO3", "country code such as UKR")
    options.flag(keeps, "--again", "also the pages that are kept already")
    _archived(keeps)
    options.data(keeps)


def keep(arguments: argparse.Namespace) -> int:
    """Answer `cop archive`: keep the pages of a country's sources, and say what came of it."""
    from cop.research.kept import archive

    lines = archive.keep(
        arguments.iso3,
        arguments.data,
        arguments.kept,
        again=arguments.again,
        say=terminal.meanwhile,
    )
    print("\n".join(lines))
    return 0


def _archived(parser):
    """Add --kept: outputs/.archive otherwise, which git ignores and `make clean` leaves."""
    options.place(parser, "--kept", "where copies of pages lie, outside git", ".archive")


def check(data: Path, links: bool, meant: bool = False, kept: Path | None = None) -> int:
    """Answer `cop check`: print every error of the data at once; return 2 if there are any.

    With `meant`, tables that lost rows or ids are first counted anew, and named. With `links`, the
    pages in the folder `kept` are compared with those of today.
    """
    import cop.data
    from cop.data import checks
    from cop.data.checks import basis, editions, guidelines

    if meant:
        _count_anew(data)
    faults = checks.of_folder(plan.data_folder(data)) or _unexplained(plan.data_folder(data))
    for fault in faults:
        print(fault)
    folder = plan.data_folder(data)
    work = [*guidelines.waiting(folder), *basis.waiting(folder)]
    for line in [*work, *([] if faults else editions.waiting(folder))]:
        print(f"To be done: {line}")
    number = cop.data.count(len(faults), "error")
    print(f"{number} found in {data}." if faults else f"{data}: no errors found.")
    if links:
        from cop.research import links as addresses
        from cop.research.kept import archive

        print("\n".join(addresses.run(data, say=terminal.meanwhile)))
        if kept:
            print("\n".join(archive.compare(data, kept, say=terminal.meanwhile)))
    return 2 if faults else 0


def _unexplained(data):
    """Give the faults of areas on which the sources of a country differ, of sound data."""
    import cop.data
    from cop.data.places import Country

    spoken = ("interviews", "survey")
    places = [Country(iso3, iso3, str(data), "", "") for iso3 in cop.data.begun(data)]
    places = [p for p in places if any(len(cop.data.read(t, data, p.iso3)) for t in spoken)]
    if not places:
        return []
    from helpers import triangulation  # slow to come, and where nobody was asked nothing differs

    return [fault for p in places for fault in triangulation.faults(triangulation.of_country(p), p)]


def _count_anew(data):
    """Write counts.json and print what is thereby taken for meant."""
    from cop.data import writing
    from cop.data.checks import losses

    with writing.alone(plan.data_folder(data)):
        for loss in losses.of_folder(data):
            print(f"Taken for meant: {loss.file} {loss.rule.removesuffix(': meant?')}.")
        writing.write(data, {losses.FILE: losses.counted(data).encode()})
