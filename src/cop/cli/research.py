"""Define the commands for desk research, from `cop new` to `cop diff`."""

import argparse
import contextlib
import shlex

from cop.cli import options, terminal

CHECK = "Run `cop check` to list what other tables still need."


def add_to(commands: options.Commands) -> None:
    """Add the commands to the parser of `cop`."""
    commands.group("Research")
    begins = commands.add(
        "new",
        "create a country, or its next edition",
        new,
        "cop new NOR, cop new UKR --edition 2028",
    )
    begins.country("country code such as DEU")
    begins.text("--edition", "YYYY", "year of the edition (default: this year)")
    begins.data()
    adds = commands.add(
        "add",
        "add rows: evidence, a source, a judgement, a challenge, an action …",
        add,
        "cop add evidence UKR (lists the columns), cop add source UKR --from rows.csv, "
        "cop add reading UKR --set action_id=UKR-A01 day=2027-03-01 value=4",
    )
    adds.value("kind", "KIND", "kind of row such as evidence; an unknown one lists all")
    adds.country()
    adds.value("--set", "COLUMN=VALUE", "cells of one new row", nargs="+")
    adds.file("--from", "ROWS.csv", "add the rows of a CSV file, all or none", dest="file")
    adds.data()
    changes = commands.add(
        "edit",
        "change cells of a row",
        edit,
        "cop edit alignment UKR PM-LEG-01 A --set confidence=low",
    )
    changes.value("kind", "KIND", "kind of row such as evidence; an unknown one lists all")
    changes.country()
    changes.value("key", "ID", "id of the row, or values of its key columns", nargs="+")
    changes.value("--set", "COLUMN=VALUE", "new values of cells", nargs="+")
    changes.data()
    imports = commands.add(
        "import-sources",
        "import a reference library",
        import_sources,
        "cop import-sources library.json UKR",
    )
    imports.file("file", "FILE", "reference library in CSL JSON, exported by Zotero for example")
    imports.country()
    imports.text("--language", "xx", "language of items that state none, such as en")
    imports.flag("--yes", "write without asking")
    imports.data()
    verifies = commands.add(
        "verify",
        "record the passage of the source that supports a row",
        verify,
        'cop verify UKR-E05 --page 12 --quotation "…"',
    )
    verifies.value("row", "ID", "id of a row such as UKR-E05")
    verifies.text("--page", "PAGE", "page of the passage")
    verifies.text("--quotation", "TEXT", "passage of the source, word for word")
    verifies.text("--by", "LETTER", "letter of the analyst, such as B")
    verifies.data()
    saves = commands.add(
        "archive",
        "save a copy of each source's page, and search it for the recorded passages",
        archive,
        "cop archive UKR",
    )
    saves.country()
    folder = {"default": options.OUTPUTS / ".archive"}
    saves.file("--kept", "DIR", "folder of the copies (default: outputs/.archive/)", **folder)
    saves.data()
    compares = commands.add(
        "diff", "compare two editions of a country", diff, "cop diff UKR 2020 2026"
    )
    compares.country()
    compares.value("old", "EARLIER", "edition such as 2020")
    compares.value("new", "LATER", "edition such as 2026")
    compares.flag("--full", "also show what has not changed")
    compares.data()


def new(arguments: argparse.Namespace) -> int:
    """Create a country or its next edition, and print what to do next."""
    from cop.research import editions

    print("\n".join(editions.begin(arguments.iso3, arguments.data, arguments.edition)))
    return 0


def archive(arguments: argparse.Namespace) -> int:
    """Save copies of the pages of a country's sources; print passages that are missing."""
    from cop.research import copies

    target = arguments.data, arguments.kept
    print("\n".join(copies.keep(arguments.iso3, *target, track=terminal.track)))
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """Print the differences between two editions, part by part."""
    import cop.data
    from helpers import editions

    try:
        frame = editions.changes(arguments.iso3, arguments.data, arguments.old, arguments.new)
    except LookupError as error:
        raise cop.data.UserError(error.args[0]) from error
    parts, ways = (cop.data.labels("what_changed", c, arguments.data) for c in ("part", "change"))
    for part, rows in frame.groupby("part", sort=False):
        same = rows.change.isin(editions.SAME)
        alike = f", {same.sum()} the same" if same.any() else ""
        print(f"{parts[part]} ({arguments.old} | {arguments.new}){alike}")
        for row in (rows if arguments.full else rows[~same]).itertuples():
            print(f"  {row.what}: {row.then} | {row.now}  [{ways[row.change]}]")
    print(editions.not_held(frame))
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Record the passage that supports a row; without --quotation, show the row."""
    from cop.data import UserError
    from cop.research import verification

    row_id, data = arguments.row, arguments.data
    if not arguments.quotation:
        row = _shown(verification.find_row(row_id, data)[1])
        raise UserError(f"quote the passage that supports the row with --quotation:\n{row}")
    passage = arguments.quotation, arguments.page, arguments.by
    seen = verification.verify_row(row_id, data, *passage)
    by = f" by {arguments.by}" if arguments.by else ""
    print(f"{row_id}: verified{by} on {seen['seen_on']}, in {seen['source_id']}.")
    return 0


def add(arguments: argparse.Namespace) -> int:
    """Add one row, or the rows of a file; without either, list the columns."""
    import cop.data
    from cop.data import UserError
    from cop.research import rows

    kind, iso3, data, places = arguments.kind, arguments.iso3, arguments.data, []
    if bool(arguments.set) == bool(arguments.file):
        fields = cop.data.fields(rows.table_of(kind, data), data)
        columns = "\n".join(map(_described, fields))
        raise UserError(f"use --set COLUMN=VALUE … or --from FILE.csv; the columns are:\n{columns}")
    if arguments.file:
        by_number = _read_file(arguments.file)
        new, places = [*by_number.values()], [(arguments.file.name, n) for n in by_number]
    else:
        new = [options.settings(arguments.set)]
    with _repeating(arguments, "add", kind, iso3):
        written = rows.add(kind, iso3, new, data, places)
    for row in written:
        print(_shown(row), end="\n\n")
    if kind == "source":
        _print_duplicates(rows.present(kind, iso3, data), written)
    named = [" ".join(row[key] for key in rows.keys(kind, data)) for row in written]
    print(f"{len(written)} written to {rows.path_of(kind, iso3, data)}: {_few(named)}")
    print(CHECK)
    return 0


def edit(arguments: argparse.Namespace) -> int:
    """Change cells of a row; without --set, show the row."""
    from cop.data import UserError
    from cop.research import rows

    kind, iso3, key, data = arguments.kind, arguments.iso3, arguments.key, arguments.data
    if not arguments.set:
        row = _shown(rows.row_of(kind, iso3, key, data))
        raise UserError(f"set new values with --set COLUMN=VALUE …; the row is:\n{row}")
    changes = options.settings(arguments.set)
    with _repeating(arguments, "edit", kind, iso3, *key):
        row = rows.edit(kind, iso3, key, changes, data)
    print(_shown({name: row[name] for name in changes}))
    print(f"{' '.join(key)} changed in {rows.path_of(kind, iso3, data)}.")
    print(CHECK)
    return 0


@contextlib.contextmanager
def _repeating(arguments, *words):
    """Add the command as typed to an error message, so that it can be corrected and run again."""
    from cop.data import UserError

    try:
        yield
    except UserError as refused:
        data = [] if arguments.data == options.DATA else ["--data", str(arguments.data)]
        typed = shlex.join(["cop", *words, *data, "--set", *(arguments.set or [])])
        again = f"\nTo correct it, start from:\n  {typed}" if arguments.set else ""
        raise UserError(f"{refused}{again}") from refused


def _described(field):
    """Return a column as one line: name, whether required, description, allowed values."""
    from cop.data import labelled

    allowed = f"; one of: {', '.join(some)}" if (some := labelled(field)) else ""
    required = " (required)" if field.get("constraints", {}).get("required") else ""
    return f"  {field['name']}{required}: {field['description']}{allowed}"


def _read_file(path):
    """Return {row number in the spreadsheet: row} of a CSV file, without empty rows and cells.

    Raises UserError if the file cannot be read.
    """
    import cop.data
    from cop.data import UserError

    if not path.is_file():
        raise UserError(f"there is no file {path}")
    text = cop.data.decoded(path)
    lines = enumerate(cop.data.separated(text, cop.data.separator_of(text)), 1)
    filled = {number: [*map(str.strip, cells)] for number, cells in lines if any(cells)}
    if len(filled) < 2:
        raise UserError(f"{path.name} must have a heading row and at least one more row")
    heading, rows = filled.pop(min(filled)), {}
    for number, cells in filled.items():
        if len(cells) != len(heading):
            raise UserError(f"{path.name}: row {number} does not have as many cells as the heading")
        rows[number] = {name: cell for name, cell in zip(heading, cells, strict=True) if cell}
    return rows


def _shown(row):
    """Return a row as lines of column and text."""
    width = max(map(len, row))
    return "\n".join(f"  {column:<{width}}  {text or '(empty)'}" for column, text in row.items())


def _print_duplicates(register, written):
    """Print which new sources look like a source that is already registered."""
    from cop.research import bibliography

    first = dict(zip(register.source_id, bibliography.first_alike(register), strict=True))
    for row in (row for row in written if first[row["source_id"]] != row["source_id"]):
        same = first[row["source_id"]]
        print(f"{row['source_id']} may be the same source as {same}")


def import_sources(arguments: argparse.Namespace) -> int:
    """Import all new items of a library, or none; return 1 if declined."""
    import cop.data
    from cop.research import bibliography, rows

    file, iso3, data = arguments.file, arguments.iso3, arguments.data
    new, lines = bibliography.compare(file, iso3, data, arguments.language)
    print("\n".join([*lines, f"{file.name}: {cop.data.count(len(new), 'new source')}."]))
    if new.empty:
        print("No new sources.")
    elif not options.confirm("Write the new sources?", arguments.yes):
        return 1
    else:
        places = [(f"items of {file.name}", number) for number in new.index]
        written = rows.add("source", iso3, new.to_dict("records"), data, places)
        ids = _few([row["source_id"] for row in written])
        print(f"{len(written)} written to {rows.path_of('source', iso3, data)}: {ids}")
    return 0


def _few(ids):
    """Return ids as a list, or as the first and the last if there are more than six."""
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
