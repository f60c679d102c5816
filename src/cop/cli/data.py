"""Define the commands for data and translations: `cop check`, `cop refresh`, `cop words`."""

import argparse

from cop.cli import options, terminal

NO_CONTACT = "`contributors` contains no contact address for corrections and comments"
CONTACT_FIX = (
    "Add the `email` of an office, or the `path` of a page, to a contributor, such as "
    '{"title": "…", "roles": ["creator"], "email": "cop@example.org"}'
)


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`."""
    commands.group("Data")
    checks = commands.add("check", check, "cop check, cop check --meant, cop check --strict")
    checks.data()
    checks.flag("--meant", "accept lost rows, ids and country folders, and figures edited by hand")
    checks.flag("--strict", "also require a contact address, and labelled figures and tables")
    checks.outputs("folder with the results that --strict checks (default: outputs/)")
    examples = "cop refresh --dry-run, cop refresh IT.NET.USER.ZS, cop refresh GCI"
    renews = commands.add("refresh", refresh, examples)
    codes = "codes of indicators, or only GCI (default: all indicators that a service provides)"
    renews.value("series", "SERIES", codes, nargs="*")
    file = "CSV file in the format of indicators.csv or gci.csv"
    renews.file("--from", "FILE", file, dest="file")
    renews.flag("--accept", "accept SERIES even if a series seems to have been replaced by another")
    renews.flag("--dry-run", "show changes without writing them")
    renews.flag("--yes", "write without asking for confirmation")
    renews.data()
    words = commands.add("words", extract, "cop words extract, cop words status")
    parts = options.Commands(words)
    extracts = parts.add("extract", extract, "cop words extract, cop words extract pl")
    extracts.value("language", "TAG", "language of a new catalogue, such as pl", nargs="?")
    parts.add("status", status, "cop words status")


def check(arguments: argparse.Namespace) -> int:
    """Check all data and print the errors.

    Interrupted writes are completed first. Missing and superfluous explanations of differences
    between sources are reported only if the data have no other errors. With `--strict`, a missing
    contact address and unlabelled figures or tables in the results are also errors. With `--meant`,
    losses, and figures edited by hand, are first accepted in counts.json. Returns 2 for errors.
    """
    import cop.data
    from cop.data import checks, writing

    data = arguments.data
    if arguments.meant:
        _accept_losses(data)
    writing.settle(data)
    errors = checks.of_folder(data) or _unexplained_differences(data)
    if arguments.strict:
        errors = [*errors, *_without_contact(data), *_unlabelled(arguments.outputs, data)]
    for error in errors:
        print(error)
    number = cop.data.count(len(errors), "error")
    where = f"{data} and {arguments.outputs}" if arguments.strict else data
    print(f"{number} found in {where}." if errors else f"{data}: no errors found.")
    return 2 if errors else 0


def _without_contact(data):
    from cop.data import DataError, contents

    contributors = contents(data).get("contributors", [])
    if any("email" in contributor or "path" in contributor for contributor in contributors):
        return []
    return [DataError("datapackage.json", "", "", "", NO_CONTACT, CONTACT_FIX)]


def _unlabelled(outputs, data):
    import nbformat

    from cop.report import exporter
    from cop.run import results

    for result in (r for part in results.find_parts(outputs, data) for r in part.results):
        for path in sorted(result.folder.glob("*.ipynb")):
            if why := exporter.unlabelled_warning(nbformat.read(path, 4)):
                yield f"{path.relative_to(outputs)}: {why}"


def _unexplained_differences(data):
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
    from cop.data import writing
    from cop.data.checks import losses

    with writing.alone(data):
        for loss in losses.of_gone_countries(data) + losses.of_tables(data):
            print(f"Accepted: {loss.file} {loss.rule}.")
        writing.write(data, {losses.FILE: losses.counted(data).encode()})


def refresh(arguments: argparse.Namespace) -> int:
    """Update figures from services on the internet or from a file.

    Prints the changes, and asks before writing them unless `--dry-run` or `--yes` is set. With
    `--accept`, series are updated even if they seem to be other series. Returns 1 if the user
    declines, else 0. Raises UserError for invalid options, figures or responses.
    """
    from cop.research import refresh

    update = _find_update(arguments, refresh)
    print("\n".join(update.lines))
    files = ", ".join(sorted(update.files))
    if not update.files:
        print("No figures have changed, so nothing was written.")
    elif arguments.dry_run:
        print(f"Nothing was written (dry run). Files that would change: {files}.")
    elif not options.confirm(f"Write these changes to {files}?", arguments.yes):
        return 1
    else:
        refresh.write(update, arguments.data)
        print(f"Written: {files}. Commit them, so that git keeps each version of the figures.")
    return 0


def _find_update(arguments, refresh):
    from cop.data import UserError, http

    if arguments.file and arguments.series:
        raise UserError("series and --from FILE cannot be combined; use only one of them")
    if arguments.accept and not arguments.series:
        fix = "for example `cop refresh IT.NET.USER.ZS --accept`; it does not work with --from"
        raise UserError(f"--accept requires the codes of the series to accept, {fix}")
    if arguments.file:
        return refresh.from_file(arguments.file, arguments.data)
    selection = arguments.data, arguments.series, http.Fetcher(), arguments.accept
    return refresh.from_services(*selection, terminal.track)


def extract(arguments: argparse.Namespace) -> int:
    """Update all translation catalogues, create one for a new language, and list their states."""
    from cop.data import count
    from cop.report import catalogues

    messages = catalogues.template()
    catalogues.update(messages, arguments.language or "")
    print(f"{count(len(messages), 'message')} to translate.")
    _print_catalogues(catalogues.progress(messages))
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Count translated and missing messages in each catalogue, and list invalid translations.

    Returns 1 if there are invalid translations, else 0.
    """
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
