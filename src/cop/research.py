"""The commands of the analyst's desk: research added, countries begun, figures refreshed, editions compared."""

from pathlib import Path

from cop import options


def add_to(commands):
    """Add the commands to the parser of `cop`."""
    _adding(commands)
    _refreshing(commands)
    _editions(commands)


def _refreshing(commands):
    """Add what brings in the latest figures: `cop refresh`."""
    renews = commands.add_parser("refresh", help="bring in the latest figures", allow_abbrev=False)
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
    renews.set_defaults(run=refresh)


def _editions(commands):
    """Add what begins a country or an edition, and what compares two: `cop new`, `cop diff`."""
    begins = commands.add_parser(
        "new", help="begin a country, or its next edition", allow_abbrev=False
    )
    begins.add_argument("iso3", metavar="ISO3", help="country code such as DEU")
    begins.add_argument(
        "--edition", default="", metavar="YYYY", help="edition (this year's otherwise)"
    )
    options.data(begins)
    begins.set_defaults(run=new)
    compares = commands.add_parser(
        "diff", help="say what changed between two editions", allow_abbrev=False
    )
    compares.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    compares.add_argument("old", metavar="EARLIER", help="edition such as 2020")
    compares.add_argument("new", metavar="LATER", help="edition such as 2026")
    compares.add_argument("--full", action="store_true", help="show what stayed the same too")
    options.data(compares)
    compares.set_defaults(run=diff)


def new(told):
    """Begin a country or its next edition, and say what to do next."""
    from research import country

    print("\n".join(country.begin(told.iso3, told.data, told.edition)))
    return 0


def diff(told):
    """Print what stands in one edition beside another, part by part."""
    from contract import Refused
    from helpers import editions

    try:
        frame = editions.changes(told.iso3, told.data, told.old, told.new)
    except LookupError as error:
        raise Refused(error.args[0]) from error
    for part, rows in frame.groupby("part", sort=False):
        same = rows.change.isin(editions.SAME)
        shown = rows if told.full else rows[~same]
        print(
            f"{editions.PARTS[part]} ({told.old} | {told.new})"
            + (f", {same.sum()} the same" if same.any() else "")
        )
        for row in shown.itertuples():
            print(f"  {row.what}: {row.then} | {row.now}  [{row.change}]")
    print(editions.not_held(told.iso3, told.data, told.old))
    return 0


def _adding(commands):
    """Add what brings in research: `cop add`."""
    adds = commands.add_parser(
        "add", help="add evidence, a source, a stakeholder or an instrument", allow_abbrev=False
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
    adds.set_defaults(run=add)
    brings = commands.add_parser(
        "import-sources", help="bring in a library of references", allow_abbrev=False
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
    brings.set_defaults(run=import_sources)


def add(told):
    """Add rows by question and answer, from words, or from a file; gives 1 when the person decided against it."""
    from contract import Refused
    from research import adding, asking

    if told.set and told.file:
        raise Refused("say --set or --from, not both")
    if told.file:
        rows = asking.from_file(told.file)
    elif told.set:
        rows = [asking.from_settings(told.set)]
    else:
        rows = [asking.from_questions(told.kind, told.iso3, told.data)]
        if rows == [None]:
            return 1
    for row in (written := adding.add_rows(told.kind, told.iso3, rows, told.data)):
        if told.set or told.file:
            print(asking.shown(row), end="\n\n")
    if told.kind == "source":
        _name_doubles(written, told)
    print(
        f"{len(written)} written to {adding.path_of(told.kind, told.iso3, told.data)}: "
        + _few(written)
    )
    return 0


def _name_doubles(written, told):
    """Say which new sources look like one that is there already; whether they are is for the person to see."""
    from research import bibliography

    for row in written:
        if same := bibliography.namesakes(row, told.iso3, told.data):
            print(
                f"{row['source_id']} has the same address, or title and year, as {', '.join(same)}: is it the same source?"
            )


def import_sources(told):
    """Bring in a library of references; gives 1 when something in it could not be taken or was decided against."""
    import contract
    from research import bibliography

    found = bibliography.compare(told.file, told.iso3, told.data, told.language, told.verified)
    print("\n".join(bibliography.report(found, told.file.name, told.take_theirs)))
    changes = len(found.conflicts) if told.take_theirs else 0
    what = " and ".join(
        [contract.count(len(found.new), "new source")][: len(found.new)]
        + [contract.count(changes, "changed cell")][:changes]
    )
    if not what:
        print("Nothing to write.")
    elif not _agreed(f"Write {what}?", told.yes):
        return 1
    else:
        written, _ = bibliography.write(found, told.iso3, told.data, told.take_theirs)
        print(f"Written: {what}" + (f" ({_few(written)})." if written else "."))
    return 1 if found.unfit else 0


def refresh(told):
    """Show what the services or a file say now, and write it when agreed; gives 1 when it was decided against."""
    from research.figures import changes, refresh

    if told.list:
        print("\n".join(refresh.listed(told.data)))
        return 0
    update = _asked(told, refresh)
    print("\n".join([*update.lines, changes.summary(update)]))
    if not update.files:
        print("Nothing to write.")
    elif told.dry_run:
        print(f"Nothing was written; it would change {', '.join(sorted(update.files))}.")
    elif not _agreed(f"Write this to {', '.join(sorted(update.files))}?", told.yes):
        return 1
    else:
        refresh.write(update, told.data)
        print(
            f"Written. The earlier figures are in statistics/vintages.csv. {refresh.held_back(told.data)}".strip()
        )
    return 0


def _asked(told, refresh):
    """Give the update that a file brings, or the services."""
    from datetime import date

    from contract import Refused
    from research import asking, http

    if told.file and told.series or told.source and not told.file:
        raise Refused("say series, or --from FILE (with --source for a new source), not both")
    if told.accept and not told.series:
        raise Refused("--accept is for series that you have compared: name them")
    if told.file:
        source = {"accessed": date.today().isoformat()} | asking.from_settings(told.source or [])
        return refresh.from_file(told.file, told.data, source if told.source else None)
    try:
        return refresh.from_services(
            told.data, told.series, http.Fetcher(told.cache), told.accept, meanwhile
        )
    finally:
        meanwhile("")


def meanwhile(sentence):
    """Say on a terminal what is going on; nothing where the output goes elsewhere."""
    import sys

    if sys.stderr.isatty():
        print(f"\r\033[K{sentence}", end="", file=sys.stderr, flush=True)


def _agreed(question, yes):
    """Ask before writing, unless told not to; no answer is no."""
    try:
        agreed = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        agreed = False
    if not agreed:
        print("Nothing was written." + ("" if yes else " Say --yes to write without being asked."))
    return agreed


def _few(rows):
    """Name the rows written by their ids, the first and the last of many."""
    ids = [next(iter(row.values())) for row in rows]
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
