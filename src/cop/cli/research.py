"""Define the commands for desk research, from `cop new` to `cop diff`."""

import argparse
import contextlib
import shlex

from cop.cli import options, terminal

KIND = "kind of row, such as evidence (to list all kinds, enter an unknown one)"
CHECK = "Run `cop check` to list rows that are still missing."


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`."""
    commands.group("Research")
    begins = commands.add("new", new, "cop new NOR, cop new UKR --edition 2028")
    begins.country("country code such as DEU")
    begins.text("--edition", "YYYY", "year of the edition (default: this year)")
    begins.data()
    adds = commands.add(
        "add",
        add,
        "cop add evidence UKR (lists the columns), cop add source UKR --from rows.csv, "
        "cop add partnership UKR --set stakeholder_id=UKR-O01 partner_id=UKR-O06 "
        "link='They meet.' evidence_id=UKR-E11",
    )
    adds.value("kind", "KIND", KIND)
    adds.country()
    adds.value("--set", "COLUMN=VALUE", "cells of a new row, such as year=2024", **options.CELLS)
    file = "CSV file of rows; none is added if one is invalid"
    adds.file("--from", "ROWS.csv", file, dest="file")
    adds.data()
    changes = commands.add("edit", edit, "cop edit alignment UKR PM-LEG-01 A --set confidence=low")
    changes.value("kind", "KIND", KIND)
    changes.country()
    changes.value("key", "ID", "id of the row, or values of its key columns in order", nargs="+")
    changes.value("--set", "COLUMN=VALUE", "new values, such as year=2024", **options.CELLS)
    changes.data()
    imports = commands.add("import-sources", import_sources, "cop import-sources library.json UKR")
    imports.file("file", "FILE", "reference library in CSL JSON, for example exported from Zotero")
    imports.country()
    imports.text("--language", "xx", "language of items that do not state one, such as en")
    imports.flag("--yes", "write without asking for confirmation")
    imports.data()
    verifies = commands.add("verify", verify, 'cop verify UKR-E05 --page 12 --quotation "…"')
    verifies.value("row", "ID", "id of the row, such as UKR-E05")
    verifies.text("--page", "PAGE", "page of the passage")
    verifies.text("--quotation", "TEXT", "passage that supports the row, word for word")
    verifies.text("--by", "LETTER", "letter of the analyst, such as B")
    verifies.data()
    saves = commands.add("archive", archive, "cop archive UKR")
    saves.country()
    folder = {"default": options.OUTPUTS / ".archive"}
    saves.file("--kept", "DIR", "folder for the copies (default: outputs/.archive/)", **folder)
    saves.data()
    compares = commands.add("diff", diff, "cop diff UKR 2020 2026")
    compares.country()
    compares.value("old", "EARLIER", "earlier edition, such as 2020")
    compares.value("new", "LATER", "later edition, such as 2026")
    compares.flag("--full", "also show unchanged items")
    compares.data()


def new(arguments: argparse.Namespace) -> int:
    """Create the research folder of a country, or its next edition."""
    from cop.research import editions

    print("\n".join(editions.begin(arguments.iso3, arguments.data, arguments.edition)))
    return 0


def archive(arguments: argparse.Namespace) -> int:
    """Check links of sources, save missing copies of their pages and find quotations in them."""
    from cop.research import copies

    target = arguments.data, arguments.kept
    print("\n".join(copies.keep(arguments.iso3, *target, track=terminal.track)))
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """Print the changes between two editions of a country.

    Unchanged items are counted, and printed with `--full`. Raises UserError for invalid editions.
    """
    import cop.data
    from helpers import editions

    try:
        frame = editions.changes(arguments.iso3, arguments.data, arguments.old, arguments.new)
    except LookupError as error:
        raise cop.data.UserError(error.args[0]) from error
    parts, ways = (cop.data.labels("what_changed", c, arguments.data) for c in ("part", "change"))
    for part, rows in frame.groupby("part", sort=False):
        same = rows.change.isin(editions.SAME)
        alike = f", {same.sum()} unchanged" if same.any() else ""
        print(f"{parts[part]} ({arguments.old} | {arguments.new}){alike}")
        for row in (rows if arguments.full else rows[~same]).itertuples():
            print(f"  {row.what}: {row.then} | {row.now}  [{ways[row.change]}]")
    print(editions.not_held(frame))
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Mark a row and its source as verified, and record the passage that supports the row."""
    from cop.data import UserError
    from cop.research import verification

    row_id, data = arguments.row, arguments.data
    if not arguments.quotation:
        row = _shown(verification.find_row(row_id, data)[1])
        raise UserError(f"--quotation is missing; enter the passage that supports this row:\n{row}")
    passage = arguments.quotation, arguments.page, arguments.by
    seen = verification.verify_row(row_id, data, *passage)
    by = f" by {arguments.by}" if arguments.by else ""
    print(f"{row_id}: verified{by} on {seen['seen_on']}, in {seen['source_id']}.")
    return 0


def add(arguments: argparse.Namespace) -> int:
    """Add rows to a research table, such as evidence or sources."""
    import cop.data
    from cop.data import UserError
    from cop.research import rows

    kind, iso3, data, places = arguments.kind, arguments.iso3, arguments.data, []
    if bool(arguments.set) == bool(arguments.file):
        fields = cop.data.fields(rows.table_of(kind, data), data)
        columns = "\n".join(map(_described, fields))
        raise UserError(
            f"enter either --set COLUMN=VALUE … or --from FILE.csv; the columns are:\n{columns}"
        )
    if arguments.file:
        by_number = _read_file(arguments.file, kind, data)
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
    print(f"Rows written to {rows.path_of(kind, iso3, data)}: {len(written)} ({_few(named)})")
    print(CHECK)
    return 0


def edit(arguments: argparse.Namespace) -> int:
    """Change cells of a row, or print the row if `--set` is missing."""
    from cop.research import rows

    kind, iso3, key, data = arguments.kind, arguments.iso3, arguments.key, arguments.data
    if not arguments.set:
        print(_shown(rows.row_of(kind, iso3, key, data)))
        return 0
    changes = options.settings(arguments.set)
    with _repeating(arguments, "edit", kind, iso3, *key):
        row = rows.edit(kind, iso3, key, changes, data)
    print(_shown({name: row[name] for name in changes}))
    print(f"{' '.join(key)} changed in {rows.path_of(kind, iso3, data)}.")
    print(CHECK)
    return 0


@contextlib.contextmanager
def _repeating(arguments, *words):
    """Append the command with its --set to error messages, so that nothing typed is lost."""
    from cop.data import UserError

    try:
        yield
    except UserError as refused:
        data = [] if arguments.data == options.DATA else ["--data", str(arguments.data)]
        typed = shlex.join(["cop", *words, *data, "--set", *(arguments.set or [])])
        again = f"\nWhat you typed, to correct and repeat:\n  {typed}" if arguments.set else ""
        raise UserError(f"{refused}{again}") from refused


def _described(field):
    from cop.data import labelled

    allowed = f"; one of: {', '.join(some)}" if (some := labelled(field)) else ""
    required = " (required)" if field.get("constraints", {}).get("required") else ""
    return f"  {field['name']}{required}: {field['description']}{allowed}"


def _read_file(path, kind, data):
    """Return {row number: non-empty cells} of a CSV file. Raises UserError if it has no rows."""
    import cop.data
    from cop.data import UserError, csvfiles
    from cop.research.rows import table_of

    names = cop.data.columns(table_of(kind, data), data)
    header, rows = csvfiles.rows(path, names, optional=names)
    if not rows:
        raise UserError(f"{path.name} contains no rows below its header row; add the rows there")
    return {n: {k: cell for k, cell in zip(header, rows[n], strict=True) if cell} for n in rows}


def _shown(row):
    width = max(map(len, row))
    return "\n".join(f"  {column:<{width}}  {text or '(empty)'}" for column, text in row.items())


def _print_duplicates(register, written):
    from cop.research import bibliography

    first = dict(zip(register.source_id, bibliography.first_alike(register), strict=True))
    for row in (row for row in written if first[row["source_id"]] != row["source_id"]):
        same = first[row["source_id"]]
        print(f"{row['source_id']} may be the same source as {same}; if so, delete the new row")


def import_sources(arguments: argparse.Namespace) -> int:
    """Import sources from a reference library.

    Prints duplicates, which are not imported. Returns 1 if the user declines, else 0.
    """
    import cop.data
    from cop.research import bibliography, rows

    file, iso3, data = arguments.file, arguments.iso3, arguments.data
    new, lines = bibliography.compare(file, iso3, data, arguments.language)
    print("\n".join([*lines, f"{file.name}: {cop.data.count(len(new), 'new source')}."]))
    if new.empty:
        return 0
    if not options.confirm("Write the new sources?", arguments.yes):
        return 1
    places = [(f"items of {file.name}", number) for number in new.index]
    written = rows.add("source", iso3, new.to_dict("records"), data, places)
    ids = _few([row["source_id"] for row in written])
    print(f"Rows written to {rows.path_of('source', iso3, data)}: {len(written)} ({ids})")
    return 0


def _few(ids):
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"
