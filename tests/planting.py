"""Read and change files of a data folder, and return the errors that the check reports."""

import csv
import io
import os

from cop.data import checks, csv_text


def rows_of(folder, table, iso3="ZZZ"):
    """Return the path and the rows, as dictionaries, of a country's table."""
    path = folder / "research" / iso3 / f"{table}.csv"
    return path, list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def contents(folder, *others):
    """Return {path: bytes} of the files below a folder, but locks and files with other names."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in others)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files if p.name != ".lock"}


def edit(path, old, new):
    """Replace the first occurrence of a text in a file, which must contain it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def save(path, columns, rows):
    """Write rows, as {column: text} or lists, with a later mtime, so that caches are renewed."""
    cells = [[row.get(c, "") for c in columns] if isinstance(row, dict) else row for row in rows]
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else None
    path.write_text(csv_text([columns, *cells]), encoding="utf-8")
    if later:
        os.utime(path, ns=(later, later))


def plant(folder, table, key, **cells):
    """Change cells of the first row with `key` in its first column other than iso3.

    Returns its row number in a spreadsheet.
    """
    path, rows = rows_of(folder, table)
    first = next(column for column in rows[0] if column != "iso3")
    number = next(n for n, row in enumerate(rows) if row[first] == key)
    rows[number] |= cells
    save(path, [*rows[0]], rows)
    return number + 2


def error_of(folder, table, column, words):
    """Return the first error in a column whose rule or fix contains `words`.

    The table's own file is checked first, and all of Zedland only if it has no such error.
    """

    def named(errors):
        return [e for e in errors if e.column == column and words in f"{e.rule}. {e.fix}"]

    own = checks.of_file(table, f"research/ZZZ/{table}.csv", folder)
    found = named(own) or named(checks.of_country(folder, "ZZZ"))
    assert found, f"{words!r} is not reported; found: {[str(e) for e in own]}"
    return found[0]
