"""The desk's commands: research added, countries begun, figures refreshed, editions compared."""

import argparse

from cop.cli import options, terminal

KINDS = [  # of rows, as `research.adding` knows them; it is imported where it is needed
    "evidence", "source", "stakeholder", "instrument", "alignment", "challenge", "recommendation",
    "partnership", "result", "comment", "action", "milestone", "reading", "service", "treaty",
    "exercise", "study", "difference", "open-gap", "other-figure", "table-25", "survey-question",
    "survey-answer", "survey-group", "survey-about", "territory-note", "edition",
]  # fmt: skip


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
    options.value(
        renews, "--source", "COLUMN=VALUE", "with --from: a new row of the sources", nargs="+"
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
    from cop.research import acting

    print("\n".join(acting.begin(arguments.iso3, arguments.data)))
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
    from cop.research import country

    print("\n".join(country.begin(arguments.iso3, arguments.data, arguments.edition)))
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
    """Add what brings in research: `cop add`."""
    adds = options.command(
        commands,
        "add",
        "add a row of research: evidence, a source, a judgement, a challenge, an action …",
        add,
        "cop add evidence UKR, cop add source UKR --from rows.csv, "
        "cop add alignment UKR --set coder=B --sheet items.csv",
    )
    adds.add_argument("kind", choices=KINDS, help="what to add")
    options.value(adds, "iso3", "ISO3", "country code such as UKR")
    options.value(adds, "--set", "COLUMN=VALUE", "add this row without asking", nargs="+")
    options.file(adds, "--from", "ROWS.csv", "add the rows of a CSV file, all or none", dest="file")
    options.file(adds, "--sheet", "ROWS.csv", "write a sheet to fill in, then handed to --from")
    options.data(adds)
    changes = options.command(
        commands,
        "edit",
        "change cells of a row of research",
        edit,
        "cop edit evidence UKR UKR-E05, cop edit alignment UKR PM-LEG-01 A --set confidence=low",
    )
    changes.add_argument("kind", choices=KINDS, help="which table")
    options.value(changes, "iso3", "ISO3", "country code such as UKR")
    options.value(
        changes, "named", "ID", "what names the row: its id, or the columns of its key", nargs="+"
    )
    options.value(changes, "--set", "COLUMN=VALUE", "change this without asking", nargs="+")
    options.data(changes)
    brings = options.command(
        commands,
        "import-sources",
        "bring in a library of references",
        import_sources,
        "cop import-sources library.json UKR",
    )
    options.file(brings, "file", "FILE", "CSL JSON (Zotero), BibTeX or RIS")
    options.value(brings, "iso3", "ISO3", "country code such as UKR")
    options.value(
        brings, "--language", "xx", "language of items that state none, such as en", default=""
    )
    brings.add_argument(
        "--verified",
        choices=["yes", "no"],
        default="no",
        help="yes: you have seen every one of them",
    )
    clash = brings.add_mutually_exclusive_group()
    options.flag(clash, "--keep-ours", "leave what the register says (as without it)")
    options.flag(clash, "--take-theirs", "where both disagree, take what the library says")
    options.flag(brings, "--yes", "write without asking")
    options.data(brings)


def _verifying(commands: argparse._SubParsersAction) -> None:
    """Add what notes that a text was seen: a row's source, or the guidelines: `cop verify`."""
    settles = options.command(
        commands,
        "verify",
        "note what was seen: a row in its source, a guideline in print",
        verify,
        'cop verify UKR-E05 --page 12 --quotation "…", cop verify guidelines PM-LEG-01 --page 24',
    )
    options.value(settles, "what", "WHAT", "id of a row such as UKR-E05, or guidelines")
    options.value(
        settles, "item", "ITEM", "one item (each paraphrase in turn otherwise)", nargs="?"
    )
    options.value(settles, "--page", "PAGE", "page of the text that was seen", default="")
    options.value(
        settles, "--quotation", "TEXT", "of a row: the passage that says it, word for word"
    )
    options.value(settles, "--wording", "TEXT", "what it asks, reworded", default="")
    options.value(
        settles, "--missed", "COLUMN=VALUE", "add an item that the table lacks", nargs="+"
    )
    options.data(settles)


def verify(arguments: argparse.Namespace) -> int:
    """Answer `cop verify`: a row; an item, each paraphrase, or one missed."""
    from cop.research import asking, verifying

    if arguments.what != "guidelines":
        _verify_row(arguments)
    elif arguments.missed:
        row = asking.from_settings(arguments.missed)
        verifying.add_missed(arguments.data, row)
        print(f"{row.get('item_id')} written to reference/guidelines.csv")
    elif arguments.item:
        _settle(arguments.data, arguments.item, arguments.page, arguments.wording)
    else:
        _settle_each(arguments.data)
    return 0


def _verify_row(arguments):
    """Show a row, take the passage that was seen to say it, and say what was kept."""
    from cop.data import Refused
    from cop.research import adding, asking, seeing

    if arguments.item or arguments.wording or arguments.missed:
        raise Refused("a row takes --page and --quotation; the rest is of guidelines")
    if not (passage := arguments.quotation):
        print(asking.shown(seeing.row_of(arguments.what, arguments.data)[1]))
        passage = input("The passage that says it, word for word: ")
    seen = seeing.note(arguments.what, arguments.data, passage, arguments.page)
    by = f" by {seen['verified_by']}" if seen["verified_by"] else ""
    print(f"{arguments.what}: verified{by} on {seen['seen_on']}, in {seen['source_id']}.")
    iso3 = arguments.what[:3]
    source = adding.row_of("source", iso3, [seen["source_id"]], arguments.data)
    _say_what_is_left("source", iso3, [source], arguments.data)


def _settle_each(data):
    """Show each paraphrase and take page and wording, until somebody stops."""
    from cop.research import verifying

    rows = verifying.paraphrases(data)
    print(f"{len(rows)} items are paraphrases from memory. Enter skips an item, Ctrl-C stops.")
    try:
        for row in rows.itertuples():
            print(f"\n{row.item_id}  {row.item} ({row.document})\n  {row.guidance}")
            if page := input("Page of the printed text: ").strip():
                wording = input("Enter if the wording is right, else what it asks: ").strip()
                _settle(data, row.item_id, page, wording)
    except (KeyboardInterrupt, EOFError):
        print()
    print(f"{len(verifying.paraphrases(data))} are left.")


def _settle(data, item, page, wording):
    """Write one item and list the judgements that are to be looked at again."""
    from cop.research import verifying

    again = verifying.settle(data, item, page, wording)
    print(f"{item}: settled by page {page}.")
    if len(again):
        print(f"It was judged in other words; look again at {len(again)} judgements:")
        print("\n".join(f"  {row.iso3}  {row.coder}: {row.status}" for row in again.itertuples()))


def add(arguments: argparse.Namespace) -> int:
    """Answer `cop add`: add rows by question and answer, from words, or from a file; gives 1 when
    declined.
    """
    from cop.data import Refused
    from cop.research import adding, asking

    if arguments.set and arguments.file:
        raise Refused("say --set or --from, not both")
    if arguments.sheet:
        return _lay_out(arguments)
    kind, iso3, data, places = arguments.kind, arguments.iso3, arguments.data, []
    if arguments.file:
        rows, places = _answered(arguments)
    elif arguments.set:
        rows = [asking.from_settings(arguments.set)]
    elif (rows := [asking.from_questions(kind, iso3, data)]) == [None]:
        return 1
    for row in (written := adding.add_rows(kind, iso3, rows, data, places)):
        if arguments.set or arguments.file:
            print(asking.shown(row), end="\n\n")
    if kind == "source":
        _name_doubles(written, arguments)
    what = _few([adding.named(kind, row, data) for row in written])
    print(f"{len(written)} written to {adding.path_of(kind, iso3, data)}: {what}")
    _say_what_is_left(kind, iso3, written, data)
    return 0


def _lay_out(arguments):
    """Write a sheet to fill in, and say what is to be done with it."""
    from cop.data import Refused, count, writing
    from cop.research import asking
    from cop.research.answers import sheets

    kind, iso3, path = arguments.kind, arguments.iso3, arguments.sheet
    if arguments.file or path.exists():
        raise Refused(f"{path} is there already" if path.exists() else "say --sheet or --from")
    said = asking.from_settings(arguments.set or [])
    content, rows = sheets.sheet(kind, iso3, arguments.data, said)
    writing.whole(path, content)
    print(
        f"{path}: {count(rows, 'row')} to fill in. Then: cop add {kind} {iso3} --from {path}; rows "
        "without an answer are left out, and what is in the table already is not asked for again."
    )
    return 0


def _answered(arguments):
    """Give the rows of a file that say something, and their places; say how many do not."""
    from cop.data import Refused, count
    from cop.research import asking
    from cop.research.answers import sheets

    rows = asking.from_file(arguments.file)
    told = sheets.answered(arguments.kind, rows, arguments.data)
    if not told:
        raise Refused(f"{arguments.file.name}: no row is filled in; nothing was written")
    if silent := len(rows) - len(told):
        print(f"{count(silent, 'row')} without an answer left out.")
    return [*told.values()], [(arguments.file.name, number) for number in told]


def _say_what_is_left(kind, iso3, rows, data):
    """Say what rows that were written still need in another table, or the check refuses them."""
    from cop.research import adding

    for line in adding.still_to_do(kind, iso3, rows, data):
        print(f"Still to do: {line}")


def edit(arguments: argparse.Namespace) -> int:
    """Answer `cop edit`: change cells of a row as answered or as said; gives 1 when declined."""
    from cop.research import adding, asking

    where = arguments.kind, arguments.iso3, arguments.named
    if arguments.set:
        changes = asking.from_settings(arguments.set)
    elif not (changes := asking.changes(*where, arguments.data)):
        return 1
    row = adding.edit(*where, changes, arguments.data)
    print(asking.shown({name: row[name] for name in changes}))
    path = adding.path_of(arguments.kind, arguments.iso3, arguments.data)
    print(f"{' '.join(arguments.named)} changed in {path}.")
    _say_what_is_left(arguments.kind, arguments.iso3, [row], arguments.data)
    return 0


def _name_doubles(written, arguments):
    """Say which new sources look like one that is there: the person sees whether they are."""
    from cop.research import bibliography

    for row in written:
        if same := bibliography.namesakes(row, arguments.iso3, arguments.data):
            print(
                f"{row['source_id']} has the same address, or title and year, as "
                f"{', '.join(same)}: is it the same source?"
            )


def import_sources(arguments: argparse.Namespace) -> int:
    """Answer `cop import-sources`: bring in a library of references; gives 1 when it was declined
    or not all could be taken.
    """
    import cop.data
    from cop.research import bibliography

    file, iso3, data, theirs = arguments.file, arguments.iso3, arguments.data, arguments.take_theirs
    library = bibliography.compare(file, iso3, data, arguments.language, arguments.verified)
    print("\n".join(bibliography.report(library, file.name, theirs)))
    changes = len(library.conflicts) if theirs else 0
    what = " and ".join(
        [cop.data.count(len(library.new), "new source")][: len(library.new)]
        + [cop.data.count(changes, "changed cell")][:changes]
    )
    if not what:
        print("Nothing to write.")
    elif not options.agreed(f"Write {what}?", arguments.yes):
        return 1
    else:
        written, _ = bibliography.write(library, iso3, data, theirs)
        ids = f" ({_few([row['source_id'] for row in written])})" if written else ""
        print(f"Written: {what}{ids}.")
        _say_what_is_left("source", iso3, written, data)
    return 1 if library.unfit else 0


def refresh(arguments: argparse.Namespace) -> int:
    """Answer `cop refresh`: show what the services or a file say now, and write it when agreed;
    gives 1 when declined.
    """
    from cop.research.figures import changes, refresh

    if arguments.list:
        print("\n".join(refresh.listed(arguments.data)))
        return 0
    update = _update(arguments, refresh)
    print("\n".join([*update.lines, changes.summary(update.changes)]))
    if not update.files:
        print("Nothing to write.")
    elif arguments.dry_run:
        print(f"Nothing was written; it would change {', '.join(sorted(update.files))}.")
    elif not options.agreed(f"Write this to {', '.join(sorted(update.files))}?", arguments.yes):
        return 1
    else:
        refresh.write(update, arguments.data)
        held_back = refresh.held_back(arguments.data)
        earlier = "The earlier figures are in statistics/vintages.csv."
        print(f"Written. {earlier} {held_back}".strip())
    return 0


def _update(arguments, refresh):
    """Give the update that a file brings, or the services."""
    from datetime import date

    from cop.data import Refused, http
    from cop.research import asking

    if arguments.file and arguments.series or arguments.source and not arguments.file:
        raise Refused("say series, or --from FILE (with --source for a new source), not both")
    if arguments.accept and not arguments.series:
        raise Refused("--accept is for series that you have compared: name them")
    if arguments.file:
        today = {"accessed": date.today().isoformat()}
        source = today | asking.from_settings(arguments.source) if arguments.source else None
        return refresh.from_file(arguments.file, arguments.data, source)
    asked = arguments.data, arguments.series, http.Fetcher(), arguments.accept
    try:
        return refresh.from_services(*asked, terminal.meanwhile)
    finally:
        terminal.meanwhile("")


def _few(ids):
    """Name the rows written by their ids, the first and the last of many."""
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
