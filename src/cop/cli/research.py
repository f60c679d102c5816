"""The desk's commands: research added, countries begun, figures refreshed, editions compared."""

import argparse
import contextlib
import shlex

from cop.cli import options, terminal
from cop.research import KINDS


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    _adding(commands)
    _verifying(commands)
    _refreshing(commands)
    _editions(commands)
    _following(commands)


def _refreshing(commands: argparse._SubParsersAction) -> None:
    """Add what brings in the latest figures: `cop refresh`."""
    renews = options.command(
        commands,
        "refresh",
        "bring in the latest figures",
        refresh,
        "cop refresh --dry-run, cop refresh IT.NET.USER.ZS, cop refresh --list",
    )
    options.value(
        renews, "series", "SERIES", "indicator codes (all that a service has otherwise)", nargs="*"
    )
    options.file(
        renews, "--from", "FILE", "a CSV laid out as indicators.csv or gci.csv", dest="file"
    )
    options.flag(renews, "--accept", "take a changed definition or unit, after comparing them")
    options.flag(renews, "--dry-run", "show what would change and write nothing")
    options.flag(renews, "--yes", "write without asking")
    options.flag(renews, "--list", "list the series that a service has, and stop")
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
    options.value(begins, "iso3", "ISO3", "country code such as DEU")
    options.value(begins, "--edition", "YYYY", "edition (this year's otherwise)", default="")
    options.data(begins)
    compares = options.command(
        commands, "diff", "say what changed between two editions", diff, "cop diff UKR 2020 2026"
    )
    options.value(compares, "iso3", "ISO3", "country code such as UKR")
    options.value(compares, "old", "EARLIER", "edition such as 2020")
    options.value(compares, "new", "LATER", "edition such as 2026")
    options.flag(compares, "--full", "show what stayed the same too")
    options.data(compares)


def _following(commands: argparse._SubParsersAction) -> None:
    """Add what follows recommendations up: `cop actions`, `cop calendar`."""
    plans = options.command(
        commands,
        "actions",
        "begin the action plan: an action for each recommendation that has none",
        actions,
        "cop actions UKR",
    )
    options.value(plans, "iso3", "ISO3", "country code such as UKR")
    options.data(plans)
    dates = options.command(
        commands,
        "calendar",
        "write the days of the action plan that are still to be met as a calendar (.ics)",
        calendar,
        "cop calendar UKR, cop calendar UKR --out outputs/calendar",
    )
    options.value(dates, "iso3", "ISO3", "country code such as UKR")
    options.place(dates, "--out", "folder to write to", "calendar")
    options.data(dates)


def actions(arguments: argparse.Namespace) -> int:
    """Answer `cop actions`: begin the action plan of a country, and say what to do next."""
    from cop.research import actions as plan

    print("\n".join(plan.begin(arguments.iso3, arguments.data)))
    return 0


def calendar(arguments: argparse.Namespace) -> int:
    """Answer `cop calendar`: write the days still to be met of a country's latest edition; nothing
    where there is none.
    """
    import cop.data
    from cop.data import writing
    from helpers import countries, followup

    iso3, data = arguments.iso3, str(arguments.data)
    edition = max(cop.data.editions(data, iso3), default="")
    if not edition:
        raise cop.data.Refused(f"{iso3} has no edition in {data}; `cop new {iso3}` begins one")
    place = countries.find(iso3, data, "", edition)
    days = followup.open_days(followup.actions(place), place)
    if days.empty:
        print(f"No day of an action plan of {iso3} is still to be met; nothing was written.")
        return 0
    path = arguments.out / f"cop-milestones-{iso3}.ics"
    writing.whole(path, followup.calendar(days, place))
    print(f"{cop.data.count(len(days), 'day')} written to {path}.")
    return 0


def new(arguments: argparse.Namespace) -> int:
    """Answer `cop new`: begin a country or its next edition, and say what to do next."""
    from cop.research import editions

    print("\n".join(editions.begin(arguments.iso3, arguments.data, arguments.edition)))
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """Answer `cop diff`: print what stands in one edition beside another, part by part."""
    import cop.data
    from helpers import editions

    try:
        frame = editions.changes(arguments.iso3, arguments.data, arguments.old, arguments.new)
    except LookupError as error:
        raise cop.data.Refused(error.args[0]) from error
    parts, ways = (cop.data.labels("what_changed", c, arguments.data) for c in ("part", "change"))
    for part, rows in frame.groupby("part", sort=False):
        same = rows.change.isin(editions.SAME)
        alike = f", {same.sum()} the same" if same.any() else ""
        print(f"{parts[part]} ({arguments.old} | {arguments.new}){alike}")
        for row in (rows if arguments.full else rows[~same]).itertuples():
            print(f"  {row.what}: {row.then} | {row.now}  [{ways[row.change]}]")
    print(editions.not_held(frame))
    return 0


def _adding(commands: argparse._SubParsersAction) -> None:
    """Add what brings in research: `cop add`, `cop edit`, `cop import-sources`."""
    adds = options.command(
        commands,
        "add",
        "add rows of research: evidence, a source, a judgement, a challenge, an action …",
        add,
        "cop add evidence UKR (lists the columns), cop add source UKR --from rows.csv, "
        "cop add reading UKR --set action_id=UKR-A01 day=2027-03-01 value=4",
    )
    adds.add_argument("kind", choices=[*KINDS], help="what to add")
    options.value(adds, "iso3", "ISO3", "country code such as UKR")
    options.value(adds, "--set", "COLUMN=VALUE", "the cells of one row", nargs="+")
    options.file(adds, "--from", "ROWS.csv", "add the rows of a CSV file, all or none", dest="file")
    options.data(adds)
    changes = options.command(
        commands,
        "edit",
        "change cells of a row of research",
        edit,
        "cop edit alignment UKR PM-LEG-01 A --set confidence=low",
    )
    changes.add_argument("kind", choices=[*KINDS], help="which table")
    options.value(changes, "iso3", "ISO3", "country code such as UKR")
    options.value(changes, "key", "ID", "the row's id, or the values of its key columns", nargs="+")
    options.value(changes, "--set", "COLUMN=VALUE", "the new cells", nargs="+")
    options.data(changes)
    brings = options.command(
        commands,
        "import-sources",
        "import a library of references",
        import_sources,
        "cop import-sources library.json UKR",
    )
    options.file(
        brings, "file", "FILE", "CSL JSON (Zotero); .bib and .ris where pandoc is installed"
    )
    options.value(brings, "iso3", "ISO3", "country code such as UKR")
    language = "language of items that state none, such as en"
    options.value(brings, "--language", "xx", language, default="")
    verified = "yes: you have seen every one of them"
    brings.add_argument("--verified", choices=["yes", "no"], default="no", help=verified)
    options.flag(brings, "--yes", "write without asking")
    options.data(brings)


def _verifying(commands: argparse._SubParsersAction) -> None:
    """Add what notes that a row was seen in its source: `cop verify`."""
    verifies = options.command(
        commands,
        "verify",
        "keep the passage of the source that says what a row says",
        verify,
        'cop verify UKR-E05 --page 12 --quotation "…"',
    )
    options.value(verifies, "row", "ID", "id of a row such as UKR-E05")
    options.value(verifies, "--page", "PAGE", "page on which it stands", default="")
    options.value(verifies, "--quotation", "TEXT", "the passage, word for word", default="")
    options.value(verifies, "--by", "LETTER", "letter of the analyst, such as B", default="")
    options.data(verifies)


def verify(arguments: argparse.Namespace) -> int:
    """Answer `cop verify`: keep the passage that was seen; without one, show the row."""
    from cop.data import Refused
    from cop.research import rows, verification

    row_id, data = arguments.row, arguments.data
    if not arguments.quotation:
        row = _shown(verification.find_row(row_id, data)[1])
        raise Refused(f"add --quotation with the passage that says it, word for word:\n{row}")
    looked = arguments.quotation, arguments.page, arguments.by
    seen = verification.verify_row(row_id, data, *looked)
    by = f" by {arguments.by}" if arguments.by else ""
    print(f"{row_id}: verified{by} on {seen['seen_on']}, in {seen['source_id']}.")
    source = rows.row_of("source", row_id[:3], [seen["source_id"]], data)
    _print_what_is_left(row_id[:3], [source], data)
    return 0


def add(arguments: argparse.Namespace) -> int:
    """Answer `cop add`: add rows as given or from a file; without either, list the columns."""
    import cop.data
    from cop.data import Refused
    from cop.research import bibliography, rows

    kind, iso3, data, places = arguments.kind, arguments.iso3, arguments.data, []
    if bool(arguments.set) == bool(arguments.file):
        fields = cop.data.fields(KINDS[kind], data)
        columns = "\n".join(map(_described, fields))
        raise Refused(f"give the cells with --set COLUMN=VALUE …, or --from FILE.csv:\n{columns}")
    if arguments.file:
        by_number = _read_file(arguments.file)
        new, places = [*by_number.values()], [(arguments.file.name, n) for n in by_number]
    else:
        new = [options.settings(arguments.set)]
    with _repeating(arguments, "add", kind, iso3):
        written = rows.add(kind, iso3, new, data, places)
    for row in written:
        print(_shown(row), end="\n\n")
        if kind == "source" and (same := bibliography.duplicate(row, iso3, data)):
            print(f"{row['source_id']} looks like {same}: is it the same source?")
    named = [" ".join(row[key] for key in rows.keys(kind, data)) for row in written]
    print(f"{len(written)} written to {rows.path_of(kind, iso3, data)}: {_few(named)}")
    _print_what_is_left(iso3, written, data)
    return 0


def edit(arguments: argparse.Namespace) -> int:
    """Answer `cop edit`: change cells of a row; without new cells, show it."""
    from cop.data import Refused
    from cop.research import rows

    kind, iso3, key, data = arguments.kind, arguments.iso3, arguments.key, arguments.data
    if not arguments.set:
        row = _shown(rows.row_of(kind, iso3, key, data))
        raise Refused(f"give the new cells with --set COLUMN=VALUE …; the row is:\n{row}")
    changes = options.settings(arguments.set)
    with _repeating(arguments, "edit", kind, iso3, *key):
        row = rows.edit(kind, iso3, key, changes, data)
    print(_shown({name: row[name] for name in changes}))
    print(f"{' '.join(key)} changed in {rows.path_of(kind, iso3, data)}.")
    _print_what_is_left(iso3, [row], data)
    return 0


@contextlib.contextmanager
def _repeating(arguments, *words):
    """Let a refusal repeat what was typed, so that it can be corrected and sent again."""
    from cop.data import Refused

    try:
        yield
    except Refused as refused:
        folders = [word for pair in options.folders(vars(arguments)).items() for word in pair]
        typed = shlex.join(["cop", *words, *folders, "--set", *(arguments.set or [])])
        again = f"\nTo correct it, start from:\n  {typed}" if arguments.set else ""
        raise Refused(f"{refused}{again}") from refused


def _described(field):
    """Return a column as a line: name, whether it is required, description, allowed words."""
    from cop.data import words

    allowed = f"; one of: {', '.join(some)}" if (some := words(field)) else ""
    required = " (required)" if field.get("constraints", {}).get("required") else ""
    return f"  {field['name']}{required}: {field['description']}{allowed}"


def _read_file(path):
    """Return {row number in the spreadsheet: row} of a CSV file; empty rows and cells are left out.

    Raises Refused for a file that cannot be read.
    """
    import cop.data
    from cop.data import Refused

    if not path.is_file():
        raise Refused(f"there is no file {path}")
    text = cop.data.decoded(path)
    lines = enumerate(cop.data.separated(text, cop.data.separator_of(text)), 1)
    filled = {number: [*map(str.strip, cells)] for number, cells in lines if any(cells)}
    if len(filled) < 2:
        raise Refused(f"{path.name} needs a heading row and one row at least")
    heading, rows = filled.pop(min(filled)), {}
    for number, cells in filled.items():
        if len(cells) != len(heading):
            raise Refused(f"{path.name}: row {number} has another number of cells than the heading")
        rows[number] = {name: cell for name, cell in zip(heading, cells, strict=True) if cell}
    return rows


def _shown(row):
    """Return a row as lines of column and text."""
    width = max(map(len, row))
    return "\n".join(f"  {column:<{width}}  {text or '(empty)'}" for column, text in row.items())


def _print_what_is_left(iso3, written, data):
    """Print what written rows need in other tables before the check accepts them."""
    from cop.research import rows

    for line in rows.still_to_do(iso3, written, data):
        print(f"Still to do: {line}")


def import_sources(arguments: argparse.Namespace) -> int:
    """Answer `cop import-sources`: all new items are written, or none; returns 1 when declined."""
    import cop.data
    from cop.research import bibliography, rows

    file, iso3, data = arguments.file, arguments.iso3, arguments.data
    given = {"language": arguments.language, "verified": arguments.verified}
    new, lines = bibliography.compare(file, iso3, data, **given)
    print("\n".join([*lines, f"{file.name}: {cop.data.count(len(new), 'new source')}."]))
    if not new:
        print("Nothing to write.")
    elif not options.agreed("Write it?", arguments.yes):
        return 1
    else:
        places = [(f"items of {file.name}", number) for number in new]
        written = rows.add("source", iso3, [*new.values()], data, places)
        ids = _few([row["source_id"] for row in written])
        print(f"{len(written)} written to {rows.path_of('source', iso3, data)}: {ids}")
        _print_what_is_left(iso3, written, data)
    return 0


def refresh(arguments: argparse.Namespace) -> int:
    """Answer `cop refresh`: show what differs and write it when agreed; returns 1 when declined."""
    from cop.research import refresh

    if arguments.list:
        print("\n".join(refresh.list_series(arguments.data)))
        return 0
    update = _update(arguments, refresh)
    print("\n".join(update.lines))
    if not update.files:
        print("Nothing to write.")
    elif arguments.dry_run:
        print(f"Nothing was written; it would change {', '.join(sorted(update.files))}.")
    elif not options.agreed(f"Write this to {', '.join(sorted(update.files))}?", arguments.yes):
        return 1
    else:
        refresh.write(update, arguments.data)
        print("Written. The earlier figures are in statistics/vintages.csv; an edition keeps them")
        print("until its cut_off in editions.csv is moved.")
    return 0


def _update(arguments, refresh):
    """Return the update that a file brings, or the services."""
    from cop.data import Refused, http

    if arguments.file and arguments.series:
        raise Refused("name series, or --from FILE, not both")
    if arguments.accept and not arguments.series:
        raise Refused("--accept is for series that you have compared: name them")
    if arguments.file:
        return refresh.from_file(arguments.file, arguments.data)
    asked = arguments.data, arguments.series, http.Fetcher(), arguments.accept
    try:
        return refresh.from_services(*asked, terminal.meanwhile)
    finally:
        terminal.meanwhile("")


def _few(ids):
    """Return ids as a list, of many the first and the last."""
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
