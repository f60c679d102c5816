"""Change cells of a data folder, and read what the check finds."""

import csv
import io
import os

from cop.data import checks, csv_text


def rows_of(folder, table, iso3="ZZZ"):
    """Return path and rows of a country's table."""
    path = folder / "research" / iso3 / f"{table}.csv"
    return path, list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def edit(path, old, new):
    """Put other text in the first place of one that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def save(path, columns, rows):
    """Write rows, {column: text} or lists, and let caches by time see that they are other ones."""
    cells = [[row.get(c, "") for c in columns] if isinstance(row, dict) else row for row in rows]
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else None
    path.write_text(csv_text([columns, *cells]), encoding="utf-8")
    if later:
        os.utime(path, ns=(later, later))


def plant(folder, table, key, **cells):
    """Change cells of the row whose first column but iso3 is `key`; return its spreadsheet row."""
    path, rows = rows_of(folder, table)
    first = next(column for column in rows[0] if column != "iso3")
    number = next(n for n, row in enumerate(rows) if row[first] == key)
    rows[number] |= cells
    save(path, [*rows[0]], rows)
    return number + 2


def error_of(folder, table, column, words):
    """Return the first error in a column whose rule or fix has these words: of the table's own
    file, whose check is a part of the country's, else of all that is Zedland's.
    """

    def named(errors):
        return [e for e in errors if e.column == column and words in f"{e.rule}. {e.fix}"]

    own = checks.of_file(table, f"research/ZZZ/{table}.csv", folder)
    found = named(own) or named(checks.of_country(folder, "ZZZ"))
    assert found, f"{words!r} is not reported; found: {[str(e) for e in own]}"
    return found[0]
