"""Detect lost rows and ids, and figures that were edited by hand.

A table that differs from the last git commit is compared with that commit, and any other table
with counts.json, which `cop check --meant` writes and `cop refresh` updates. For each accepted
table, counts.json contains the number of "rows", the hash ("of"), the "ids" (of shared tables only)
and the hash of the committed table that the accepted table replaces ("instead_of").
"""

import hashlib
import json
import subprocess
from pathlib import Path

from cop.data.checks.rules import country_of
from cop.data.csvfiles import table_of
from cop.data.errors import DataError, count, first_of
from cop.data.package import by_path, countries, locate, resource, standing_on
from cop.data.reads import StrPath

FILE = "counts.json"
FIGURES = ("statistics/indicators.csv", "statistics/gci.csv")
MEANT = "Restore an earlier copy, or accept the loss with `cop check --meant` (and your --data)"
GONE = (f"is listed in {FILE} but no longer exists", MEANT)
CHANGED = (
    "contains figures that `cop refresh` did not write",
    "Restore the file, then import the figures with `cop refresh --from FILE`; or accept the "
    "edited figures with `cop check --meant` (and your --data)",
)
SECONDS = 20  # timeout for git
DIFF = ("diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", ".")
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "--no-optional-locks")


def of_country(data: StrPath, iso3: str) -> list[DataError]:
    """Return errors for a country's lost rows and ids, and for a missing folder."""
    gone = [error for error in of_gone_countries(data) if error.file == f"research/{iso3}"]
    return gone + of_tables(data, iso3)


def of_gone_countries(data: StrPath) -> list[DataError]:
    """Return an error for each country folder in counts.json that no longer exists."""
    gone = {country_of(path) for path in _counts(Path(data))} - {"", *countries(data)}
    return [DataError(f"research/{iso3}", "", "", "", *GONE) for iso3 in sorted(gone)]


def counted(data: StrPath) -> str:
    """Return the text of a counts.json that accepts all tables of a data folder as they are."""
    before, entries = _at_last_commit(Path(data)), {}
    for path, name in _tables(data).items():
        if (file := Path(data) / path).exists():
            entries[path] = _entry(name, file.read_bytes(), data)
            if country_of(path):  # ids of country tables change often
                del entries[path]["ids"]
            if path in before:
                entries[path]["instead_of"] = _digest(before[path])
    return json.dumps(entries, indent=1) + "\n"


def refreshed(data: StrPath, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return {path: bytes} for counts.json, updated for the files that `cop refresh` writes.

    Only tables in FIGURES that counts.json lists are updated, unless they have lost rows or ids or
    were edited by hand. Returns {} if counts.json is missing, unreadable or empty.
    """
    entries, names = _counts(Path(data)), _tables(data)
    wrong = {error.file for error in of_tables(data, "")}
    for path in FIGURES:
        if path in files and path in entries and path not in wrong:
            entries[path] |= _entry(names[path], files[path], data)
    return {FILE: f"{json.dumps(entries, indent=1)}\n".encode()} if entries else {}


def _tables(data):
    return {path: name for path, name in sorted(by_path(data).items()) if path.endswith(".csv")}


def of_tables(data: StrPath, iso3: str | None = None) -> list[DataError]:
    """Return errors for tables that lost rows or ids, and for figures edited by hand.

    With `iso3`, only the tables of that country are compared, or the shared tables if it is "".
    """
    losses = []
    for root in standing_on(data):
        counts, before = _counts(root), _at_last_commit(root)
        for path, name in _tables(data).items():
            file = root / path
            if iso3 in (None, country_of(path)) and file.exists() and file == locate(data, path):
                raw, entry = file.read_bytes(), counts.get(path, {})
                losses += _of_table(name, path, raw, entry, before.get(path), data)
    return losses


def _of_table(name, path, raw, entry, old, data):
    was, earlier = entry, FILE
    if old is not None and entry.get("instead_of") != _digest(old):
        was, earlier = _entry(name, old, data), "the last commit"
    if not was or was["of"] == entry.get("of", was["of"]) == _digest(raw):
        return
    now, fix = _entry(name, raw, data), MEANT
    if (gone := was["rows"] - now["rows"]) > 0:
        rule = f"has lost {count(gone, 'row')} compared with {earlier}"
    elif lost := sorted({*was.get("ids", [])} - {*now["ids"]}):
        rule = f"has lost the ids {first_of(lost)} compared with {earlier}"
    elif path in FIGURES and entry.get("of", now["of"]) != now["of"]:
        rule, fix = CHANGED
    else:
        return
    yield DataError(path, "", "", "", rule, fix)


def _entry(name, raw, data):
    key = resource(name, data)["schema"]["primaryKey"]
    rows = _rows(raw, key)
    ids = {row.get(key[0]) for row in rows} if len(key) == 1 else ()
    return {"rows": len(rows), "of": _digest(raw), "ids": sorted(filter(None, ids))}


def _rows(raw, names):
    heading, lines = table_of(raw.decode("utf-8-sig", errors="replace"), names)
    return [dict(zip(heading, line, strict=False)) for line in lines if any(line)]


def _digest(raw):
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:16]


def _counts(root):
    try:
        counts = json.loads((root / FILE).read_bytes())
        return {path: entry for path, entry in counts.items() if {"rows", "of"} <= entry.keys()}
    except (OSError, ValueError, AttributeError):
        return {}


def _at_last_commit(root):
    names = [name for name in git(root, *DIFF).decode().split("\0") if name.endswith(".csv")]
    return {name: raw for name in names if (raw := git(root, "show", f"HEAD:./{name}"))}


def git(root: StrPath, *words: str) -> bytes:
    """Run a git command in the folder `root` and return its output, or empty bytes if it fails."""
    call = [*GIT, "-C", str(root), *words]
    try:
        return subprocess.run(call, capture_output=True, timeout=SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return b""
