"""The commands of the desk's work: research added, countries begun, figures refreshed, editions compared."""

import argparse
from pathlib import Path

from cop import options


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    _adding(commands)
    _refreshing(commands)
    _editions(commands)


def _refreshing(commands: argparse._SubParsersAction) -> None:
    """Add what brings in the latest figures: `cop refresh`."""
    renews = options.command(
        commands,
        "refresh",
        "bring in the latest figures",
        refresh,
        "cop refresh --dry-run, cop refresh IT.NET.USER.ZS, cop refresh --list",
    )
    renews.add_argument(
        "series",
        nargs="*",
        metavar="SERIES",
        help="indicator codes (all that a service has otherwise)",
    )
    renews.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE",
        help="a CSV laid out as indicators.csv or gci.csv",
    )
    renews.add_argument(
        "--source", nargs="+", metavar="COLUMN=VALUE", help="with --from: a new row of the sources"
    )
    renews.add_argument(
        "--accept",
        action="store_true",
        help="take a changed definition or unit, after comparing them",
    )
    renews.add_argument(
        "--dry-run", action="store_true", help="show what would change and write nothing"
    )
    renews.add_argument("--yes", action="store_true", help="write without asking")
    renews.add_argument(
        "--list", action="store_true", help="list the series that a service has, and stop"
    )
    renews.add_argument(
        "--cache",
        type=Path,
        default=options.ROOT / "outputs" / ".cache" / "refresh",
        metavar="DIR",
        help="where answers are kept",
    )
    options.data(renews)


def _editions(commands: argparse._SubParsersAction) -> None:
    """Add what begins a country or an edition, and what compares two: `cop new`, `cop diff`."""
    begins = options.command(
        commands,
        "new",
        "begin a country, or its next edition",
        new,
        "cop new NOR, cop new UKR --edition 2028",
    )
    begins.add_argument("iso3", metavar="ISO3", help="country code such as DEU")
    begins.add_argument(
        "--edition", default="", metavar="YYYY", help="edition (this year's otherwise)"
    )
    options.data(begins)
    compares = options.command(
        commands, "diff", "say what changed between two editions", diff, "cop diff UKR 2020 2026"
    )
    compares.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    compares.add_argument("old", metavar="EARLIER", help="edition such as 2020")
    compares.add_argument("new", metavar="LATER", help="edition such as 2026")
    compares.add_argument("--full", action="store_true", help="show what stayed the same too")
    options.data(compares)


def new(arguments: argparse.Namespace) -> int:
    """Begin a country or its next edition, and say what to do next."""
    from research import country

    print("\n".join(country.begin(arguments.iso3, arguments.data, arguments.edition)))
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """Print what stands in one edition beside another, part by part."""
    from contract import Refused
    from helpers import editions

    try:
        frame = editions.changes(arguments.iso3, arguments.data, arguments.old, arguments.new)
    except LookupError as error:
        raise Refused(error.args[0]) from error
    for part, rows in frame.groupby("part", sort=False):
        same = rows.change.isin(editions.SAME)
        shown = rows if arguments.full else rows[~same]
        print(
            f"{editions.PARTS[part]} ({arguments.old} | {arguments.new})"
            + (f", {same.sum()} the same" if same.any() else "")
        )
        for row in shown.itertuples():
            print(f"  {row.what}: {row.then} | {row.now}  [{row.change}]")
    print(editions.not_held(arguments.iso3, arguments.data, arguments.old))
    return 0


def _adding(commands: argparse._SubParsersAction) -> None:
    """Add what brings in research: `cop add`."""
    adds = options.command(
        commands,
        "add",
        "add evidence, a source, a stakeholder or an instrument",
        add,
        "cop add evidence UKR, cop add source UKR --from rows.csv",
    )
    adds.add_argument(
        "kind", choices=["evidence", "source", "stakeholder", "instrument"], help="what to add"
    )
    adds.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    adds.add_argument(
        "--set", nargs="+", metavar="COLUMN=VALUE", help="add this row without asking"
    )
    adds.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="ROWS.csv",
        help="add the rows of a CSV file, all or none",
    )
    options.data(adds)
    brings = options.command(
        commands,
        "import-sources",
        "bring in a library of references",
        import_sources,
        "cop import-sources library.json UKR",
    )
    brings.add_argument("file", type=Path, metavar="FILE", help="CSL JSON (Zotero), BibTeX or RIS")
    brings.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    brings.add_argument(
        "--language", default="", metavar="xx", help="language of items that state none, such as en"
    )
    brings.add_argument(
        "--verified",
        choices=["yes", "no"],
        default="no",
        help="yes: you have seen every one of them",
    )
    clash = brings.add_mutually_exclusive_group()
    clash.add_argument(
        "--keep-ours", action="store_true", help="leave what the register says (as without it)"
    )
    clash.add_argument(
        "--take-theirs", action="store_true", help="where both disagree, take what the library says"
    )
    brings.add_argument("--yes", action="store_true", help="write without asking")
    options.data(brings)


def add(arguments: argparse.Namespace) -> int:
    """Add rows by question and answer, from words, or from a file; gives 1 when the person decided against it."""
    from contract import Refused
    from research import adding, asking

    if arguments.set and arguments.file:
        raise Refused("say --set or --from, not both")
    if arguments.file:
        rows = asking.from_file(arguments.file)
    elif arguments.set:
        rows = [asking.from_settings(arguments.set)]
    else:
        rows = [asking.from_questions(arguments.kind, arguments.iso3, arguments.data)]
        if rows == [None]:
            return 1
    for row in (written := adding.add_rows(arguments.kind, arguments.iso3, rows, arguments.data)):
        if arguments.set or arguments.file:
            print(asking.shown(row), end="\n\n")
    if arguments.kind == "source":
        _name_doubles(written, arguments)
    print(
        f"{len(written)} written to {adding.path_of(arguments.kind, arguments.iso3, arguments.data)}: "
        + _few(written)
    )
    return 0


def _name_doubles(written, arguments):
    """Say which new sources look like one that is there already; whether they are is for the person to see."""
    from research import bibliography

    for row in written:
        if same := bibliography.namesakes(row, arguments.iso3, arguments.data):
            print(
                f"{row['source_id']} has the same address, or title and year, as {', '.join(same)}: is it the same source?"
            )


def import_sources(arguments: argparse.Namespace) -> int:
    """Bring in a library of references; gives 1 when something in it could not be taken or was decided against."""
    import contract
    from research import bibliography

    found = bibliography.compare(
        arguments.file, arguments.iso3, arguments.data, arguments.language, arguments.verified
    )
    print("\n".join(bibliography.report(found, arguments.file.name, arguments.take_theirs)))
    changes = len(found.conflicts) if arguments.take_theirs else 0
    what = " and ".join(
        [contract.count(len(found.new), "new source")][: len(found.new)]
        + [contract.count(changes, "changed cell")][:changes]
    )
    if not what:
        print("Nothing to write.")
    elif not options.agreed(f"Write {what}?", arguments.yes):
        return 1
    else:
        written, _ = bibliography.write(
            found, arguments.iso3, arguments.data, arguments.take_theirs
        )
        print(f"Written: {what}" + (f" ({_few(written)})." if written else "."))
    return 1 if found.unfit else 0


def refresh(arguments: argparse.Namespace) -> int:
    """Show what the services or a file say now, and write it when agreed; gives 1 when it was decided against."""
    from research.figures import changes, refresh

    if arguments.list:
        print("\n".join(refresh.listed(arguments.data)))
        return 0
    update = _asked(arguments, refresh)
    print("\n".join([*update.lines, changes.summary(update.changes)]))
    if not update.files:
        print("Nothing to write.")
    elif arguments.dry_run:
        print(f"Nothing was written; it would change {', '.join(sorted(update.files))}.")
    elif not options.agreed(f"Write this to {', '.join(sorted(update.files))}?", arguments.yes):
        return 1
    else:
        refresh.write(update, arguments.data)
        print(
            f"Written. The earlier figures are in statistics/vintages.csv. {refresh.held_back(arguments.data)}".strip()
        )
    return 0


def _asked(arguments, refresh):
    """Give the update that a file brings, or the services."""
    from datetime import date

    from contract import Refused
    from research import asking, http

    if arguments.file and arguments.series or arguments.source and not arguments.file:
        raise Refused("say series, or --from FILE (with --source for a new source), not both")
    if arguments.accept and not arguments.series:
        raise Refused("--accept is for series that you have compared: name them")
    if arguments.file:
        source = {"accessed": date.today().isoformat()} | asking.from_settings(
            arguments.source or []
        )
        return refresh.from_file(
            arguments.file, arguments.data, source if arguments.source else None
        )
    try:
        return refresh.from_services(
            arguments.data,
            arguments.series,
            http.Fetcher(arguments.cache),
            arguments.accept,
            options.meanwhile,
        )
    finally:
        options.meanwhile("")


def _few(rows):
    """Name the rows written by their ids, the first and the last of many."""
    ids = [next(iter(row.values())) for row in rows]
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
