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
        lambda a: check(a.data, a.links, a.meant, a.outputs if a.strict else None),
        "cop check, cop check --links, cop check --meant, cop check --strict",
    )
    options.data(checks, of_any_kind=True)
    options.flag(checks, "--links", "also test the addresses of the sources (needs a network)")
    options.flag(checks, "--meant", "accept rows that are gone, and figures changed by hand")
    options.flag(checks, "--strict", "also refuse figures and tables of the last run without texts")
    options.outputs(checks, "the results that --strict looks at")
    keeps = options.command(
        commands,
        "archive",
        "keep a copy of each source's page, and look for the passages that were seen in it",
        keep,
        "cop archive UKR, cop archive UKR --again",
    )
    options.value(keeps, "iso3", "ISO3", "country code such as UKR")
    options.flag(keeps, "--again", "also keep a copy of today where there is an earlier one")
    options.place(keeps, "--kept", "where copies of pages lie, outside git", ".archive")
    options.data(keeps)


def keep(arguments: argparse.Namespace) -> int:
    """Answer `cop archive`: keep the pages of a country's sources, and name what is gone."""
    from cop.research import copies

    iso3, data, kept = arguments.iso3, arguments.data, arguments.kept
    asked = {"again": arguments.again, "progress": terminal.meanwhile}
    print("\n".join(copies.keep(iso3, data, kept, **asked)))
    return 0


def check(data: Path, links: bool, meant: bool = False, outputs: Path | None = None) -> int:
    """Answer `cop check`: print every error of the data at once; return 2 if there are any.

    With `outputs`, figures and tables of the last run without title and source are errors too.
    With `meant`, tables that lost rows or ids are first counted anew, and named, and figures that
    were changed by hand are accepted.
    """
    import cop.data
    from cop.data import checks
    from cop.data.checks import basis, editions, guidelines

    if meant:
        _count_anew(data)
    faults = checks.of_folder(plan.data_folder(data)) or _unexplained(plan.data_folder(data))
    faults = [*faults, *(_unlabelled(outputs, data) if outputs else ())]
    for fault in faults:
        print(fault)
    folder = plan.data_folder(data)
    work = [*guidelines.waiting(folder), *basis.waiting(folder)]
    for line in [*work, *([] if faults else editions.waiting(folder))]:
        print(f"To be done: {line}")
    number = cop.data.count(len(faults), "error")
    where = f"{data} and {outputs}" if outputs else data
    print(f"{number} found in {where}." if faults else f"{data}: no errors found.")
    if links:
        from cop.research import links as addresses

        print("\n".join(addresses.check(data, progress=terminal.meanwhile)))
    return 2 if faults else 0


def _unlabelled(outputs, data):
    """Yield an error for each executed notebook that shows an unlabelled figure or frame."""
    import nbformat

    from cop.report import render
    from cop.run import results, steps

    for result in (r for part in results.find_parts(outputs, data) for r in part.results):
        for path in sorted(result.folder.glob("*.ipynb")):
            if why := steps.unlabelled_warning(render.unlabelled(nbformat.read(path, 4))):
                yield f"{result.name}/{path.name}: {why}"


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
    """Write counts.json and the hashes of figures, and print what is thereby accepted."""
    from cop.data import writing
    from cop.data.checks import figures, losses

    with writing.alone(plan.data_folder(data)):
        for loss in losses.of_folder(data):
            print(f"Taken for meant: {loss.file} {loss.rule.removesuffix(': meant?')}.")
        counts = {losses.FILE: losses.counted(data).encode()}
        writing.write(data, counts | figures.renewed(data))
