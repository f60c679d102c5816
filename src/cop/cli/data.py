"""Define the commands for data and translations: `cop check`, `cop refresh`, `cop words`."""

import argparse

from cop.cli import options, terminal

NO_CONTACT = "no address for corrections and comments is set"
CONTACT_FIX = (
    "Write the `email` of an office, or the `path` of a page, to a contributor, such as "
    '{"title": "…", "roles": ["creator"], "email": "cop@example.org"}'
)


def add_to(commands: options.Commands) -> None:
    """Add the commands to the parser of `cop`."""
    commands.group("Data")
    checks = commands.add(
        "check", "check all data", check, "cop check, cop check --meant, cop check --strict"
    )
    checks.data(check=False)
    checks.flag("--meant", "accept removed rows, and figures changed by hand")
    checks.flag("--strict", "also require a contact, and titles and sources of figures and tables")
    checks.outputs("the results that --strict looks at")
    renews = commands.add(
        "refresh",
        "download the latest figures",
        refresh,
        "cop refresh --dry-run, cop refresh IT.NET.USER.ZS, cop refresh GCI",
    )
    codes = "indicator codes, or GCI (default: all indicators with a service)"
    renews.value("series", "SERIES", codes, nargs="*")
    renews.file("--from", "FILE", "CSV file like indicators.csv or gci.csv", dest="file")
    renews.flag("--accept", "accept series whose name, unit, definition or figures changed")
    renews.flag("--dry-run", "show what would change without writing")
    renews.flag("--yes", "write without asking")
    renews.data()
    words = commands.add(
        "words", "update and count translations", extract, "cop words extract, cop words status"
    )
    parts = options.Commands(words)
    extracts = parts.add(
        "extract",
        "update all translation catalogues, or create one",
        extract,
        "cop words extract, cop words extract pl",
    )
    extracts.value("language", "TAG", "a language to create, such as pl or sr-Latn", nargs="?")
    parts.add("status", "count translated and missing sentences", status, "cop words status")


def check(arguments: argparse.Namespace) -> int:
    """Print all errors in the data; return 2 if there are any.

    With --strict, a missing address for corrections is an error too, as are figures and tables of
    the last run without title and source.
    With --meant, removed rows and ids are listed and accepted, as are figures changed by hand.
    """
    import cop.data
    from cop.data import checks
    from cop.run import plan

    data = arguments.data
    if arguments.meant:
        _accept_losses(plan.data_folder(data))
    folder = plan.data_folder(data)
    errors = checks.of_folder(folder) or _unexplained_differences(folder)
    if arguments.strict:
        errors = [*errors, *_without_contact(folder), *_unlabelled(arguments.outputs, data)]
    for error in errors:
        print(error)
    number = cop.data.count(len(errors), "error")
    where = f"{data} and {arguments.outputs}" if arguments.strict else data
    print(f"{number} found in {where}." if errors else f"{data}: no errors found.")
    return 2 if errors else 0


def _without_contact(data):
    """Return an error if the descriptor has no address for corrections and comments."""
    from cop.data import DataError, contents

    contributors = contents(data).get("contributors", [])
    if any("email" in contributor or "path" in contributor for contributor in contributors):
        return []
    return [DataError("datapackage.json", "", "contributors", "", NO_CONTACT, CONTACT_FIX)]


def _unlabelled(outputs, data):
    """Yield an error for each executed notebook with an unlabelled figure or table."""
    import nbformat

    from cop.report import render
    from cop.run import results, steps

    for result in (r for part in results.find_parts(outputs, data) for r in part.results):
        for path in sorted(result.folder.glob("*.ipynb")):
            if why := steps.unlabelled_warning(render.unlabelled(nbformat.read(path, 4))):
                yield f"{result.name}/{path.name}: {why}"


def _unexplained_differences(data):
    """Return errors for areas where a country's sources differ, without explanation."""
    import cop.data
    from cop.data.places import Country

    countries = [Country(iso3, iso3, str(data), "", "") for iso3 in cop.data.begun(data)]
    tables = ("interviews", "survey")
    consulted = [c for c in countries if any(len(cop.data.read(t, data, c.iso3)) for t in tables)]
    if not consulted:
        return []
    from helpers import fieldwork  # slow import, rarely needed

    return [e for c in consulted for e in fieldwork.unexplained(fieldwork.areas_of_country(c), c)]


def _accept_losses(data):
    """Write the current counts and hashes of figures; print the losses that this accepts."""
    from cop.data import writing
    from cop.data.checks import losses

    with writing.alone(data):
        for loss in losses.of_folder(data):
            print(f"Accepted: {loss.file} {loss.rule.removesuffix(': meant?')}.")
        writing.write(data, {losses.FILE: losses.counted(data).encode()})


def refresh(arguments: argparse.Namespace) -> int:
    """Show which figures differ and write them if confirmed; return 1 if declined."""
    from cop.research import refresh

    update = _find_update(arguments, refresh)
    print("\n".join(update.lines))
    files = ", ".join(sorted(update.files))
    if not update.files:
        print("Nothing to write.")
    elif arguments.dry_run:
        print(f"Nothing was written (dry run). Files that would change: {files}.")
    elif not options.confirm(f"Write these changes to {files}?", arguments.yes):
        return 1
    else:
        refresh.write(update, arguments.data)
        print("Written. Commit the changes, so that git keeps the earlier figures.")
    return 0


def _find_update(arguments, refresh):
    """Return the update from a file or from the services."""
    from cop.data import UserError, http

    if arguments.file and arguments.series:
        raise UserError("use either series or --from FILE, not both")
    if arguments.accept and not arguments.series:
        raise UserError("--accept requires the codes of the series that you have compared")
    if arguments.file:
        return refresh.from_file(arguments.file, arguments.data)
    selection = arguments.data, arguments.series, http.Fetcher(), arguments.accept
    return refresh.from_services(*selection, terminal.track)


def extract(arguments: argparse.Namespace) -> int:
    """Update the translation catalogues and print their progress."""
    from cop.data import count
    from cop.report import catalogues

    messages = catalogues.template()
    catalogues.update(messages, arguments.language or "")
    print(f"{count(len(messages), 'message')} to translate.")
    _print_catalogues(catalogues.progress(messages))
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Print the progress of each translation catalogue; return 1 if one has errors."""
    from cop.report import catalogues

    states = catalogues.progress(catalogues.template())
    _print_catalogues(states)
    return 1 if any(state.errors for state in states) else 0


def _print_catalogues(states):
    for state in states:
        review = f"reviewed by {state.reviewed}" if state.reviewed else "machine draft"
        counts = f"{state.translated} translated, {state.missing} missing"
        print(f"{state.language}: {counts}; {review}")
        for error in state.errors:
            print(f"  {error}")
