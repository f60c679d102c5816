"""Rows and ids that are gone, and figures changed by hand: on purpose, or was a table damaged?

Tables are compared with the last commit, if the data lies in a git work tree, and with
`counts.json`, {path: {"rows", "of", "ids", "instead_of", "figures"}}, which `cop check --meant`
writes; "figures" is the hash of a table as `cop refresh` wrote it.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from cop.data.checks.rules import country_of
from cop.data.csvfiles import separated, separator_of
from cop.data.faults import Broken, Fault, count
from cop.data.package import countries, locate, paths, resource, standing_on, tables

FILE = "counts.json"
FIGURES = ("statistics/indicators.csv", "statistics/gci.csv")
MEANT = "Restore them from an earlier copy; if it is meant, say so with `cop check --meant`"
GONE = (f"is not there any more, and is in {FILE}: meant?", MEANT)
CHANGED = (
    "does not hold the figures that `cop refresh` wrote",
    "Restore it, or bring the change in with `cop refresh --from FILE`; "
    "`cop check --meant` accepts it as it is",
)
NAMED = 5  # ids that are named, the others counted
SECONDS = 20  # that git may take
DIFF = ("diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", ".")
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "--no-optional-locks")


def of_country(data: str | Path, iso3: str) -> list[Fault]:
    """Return the tables of a country that lost rows or ids, or its folder if it is gone."""
    gone = [error for error in of_gone_countries(data) if error.file == f"research/{iso3}"]
    names = tables(data, shared=False)
    theirs = {path: name for name in names for path in paths(name, data, iso3) if country_of(path)}
    return gone + [*_lost(data, theirs)]


def of_shared(data: str | Path) -> list[Fault]:
    """Return the shared tables that lost rows or ids."""
    return [*_lost(data, {paths(name, data)[0]: name for name in tables(data, shared=True)})]


def of_gone_countries(data: str | Path) -> list[Fault]:
    """Return the folders of countries that are gone."""
    gone = {country_of(path) for path in _counts(Path(data))} - {"", *countries(data)}
    return [Fault(f"research/{iso3}", "", "", "", *GONE) for iso3 in sorted(gone)]


def of_folder(data: str | Path) -> list[Fault]:
    """Return all tables that lost rows or ids, and the country folders that are gone."""
    return of_gone_countries(data) + [*_lost(data, _tables(data))]


def counted(data: str | Path) -> str:
    """Return the text of counts.json that accepts the tables as they are."""
    before, entries = _at_last_commit(Path(data)), {}
    for path, name in sorted(_tables(data).items()):
        if (file := Path(data) / path).exists():
            entries[path] = _entry(name, file.read_bytes(), data)
            if country_of(path):  # each day brings a country new ids
                del entries[path]["ids"]
            if path in before:
                entries[path]["instead_of"] = _digest(before[path])
            if path in FIGURES:
                entries[path]["figures"] = _digest_of_rows(file.read_bytes())
    return _dumped(entries)


def _dumped(entries):
    lines = (f" {json.dumps(path)}: {json.dumps(entry)}" for path, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _tables(data):
    """Return {path: table} of all tables that are described."""
    names = tables(data, shared=True) + tables(data, shared=False)
    return {path: name for name in names for path in paths(name, data)}


def _lost(data, tables) -> Iterator[Fault]:
    """Yield the losses of tables, each in the folder that it lies in: this one or its base."""
    for root in standing_on(data):
        counts, before = _counts(root), _at_last_commit(root)
        for path, name in tables.items():
            if (file := root / path).exists() and file == locate(data, path):
                raw, entry = file.read_bytes(), counts.get(path, {})
                yield from _of_table(name, path, raw, entry, before.get(path), data)


def _of_table(name, path, raw, entry, old, data):
    """Yield what a table lost since the last commit, else since it was counted."""
    was, since, where = entry, "when it was counted", f" ({FILE})"
    if old is not None and entry.get("instead_of") != _digest(old):
        was, since, where = _entry(name, old, data), "in the last commit", ""
    if was.get("of") == _digest(raw):
        return
    now = _entry(name, raw, data)
    if (gone := was.get("rows", 0) - now["rows"]) > 0:
        rule = f"has {count(gone, 'row')} fewer than {since}{where}: meant?"
        yield Fault(path, "", "", "", rule, MEANT)
    elif lost := sorted({*was.get("ids", [])} - {*now["ids"]}):
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        rule = f"has no {', '.join(lost[:NAMED])}{more} any more, as {since}: meant?"
        yield Fault(path, "", "", "", rule, MEANT)


def _entry(name, raw, data):
    """Return rows, hash and, if its key is one column, ids of a table."""
    key = resource(name, data)["schema"]["primaryKey"]
    rows = _rows(raw, key)
    ids = {row.get(key[0], "") for row in rows} if len(key) == 1 else ()
    return {"rows": len(rows), "of": _digest(raw), "ids": sorted({*ids} - {""})}


def _rows(raw, names):
    """Return the rows of a table as {column: text}; none if it cannot be read."""
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        heading, *lines = [*separated(text, separator_of(text, names))] or [[]]
    except Broken:
        return []
    heading, lines = [*map(str.strip, heading)], [[*map(str.strip, line)] for line in lines]
    return [dict(zip(heading, line, strict=False)) for line in lines if any(line)]


def _counts(root):
    """Return what was counted in a folder; nothing if it was not, or cannot be read."""
    try:
        counts = json.loads((root / FILE).read_bytes())
        return {path: entry for path, entry in counts.items() if {"rows", "of"} <= entry.keys()}
    except (OSError, ValueError, AttributeError):
        return {}


def _at_last_commit(root):
    """Return {path: bytes at the last commit} of the tables that have changed since."""
    changed = _git(root, *DIFF).decode().split("\0") if shutil.which("git") else []
    names = [name for name in changed if name.endswith(".csv")]
    return {name: raw for name in names if (raw := _git(root, "show", f"HEAD:./{name}"))}


def _git(root, *words):
    """Return what git prints; nothing if it fails."""
    call = [*GIT, "-C", str(root), *words]
    try:
        done = subprocess.run(call, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _digest(raw):
    """Return the hash of a file, whatever line ends it is saved with."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:16]


def changed_figures(data: str | Path) -> list[Fault]:
    """Return an error for each table of figures that was changed by hand."""
    return [Fault(path, "", "", "", *CHANGED) for path in _tables_changed_by_hand(Path(data))]


def refreshed(data: str | Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return {path: bytes} of counts.json once `files` are written by `cop refresh`.

    A table that was changed by hand before stays an error. Empty where nothing was counted.
    """
    entries, changed = _counts(Path(data)), _tables_changed_by_hand(Path(data))
    for path in [p for p in FIGURES if p in files and p in entries and p not in changed]:
        entries[path] |= {"figures": _digest_of_rows(files[path]), "of": ""}
    return {FILE: _dumped(entries).encode()} if entries else {}


def _tables_changed_by_hand(root):
    entries = _counts(root)
    files = [path for path in FIGURES if entries.get(path, {}).get("figures")]
    return [path for path in files if (root / path).is_file() and _is_changed(root, path, entries)]


def _is_changed(root, path, entries):
    """Return whether a table holds other rows than when it was counted, in whatever format."""
    raw, entry = (root / path).read_bytes(), entries[path]
    return entry["of"] != _digest(raw) and entry["figures"] != _digest_of_rows(raw)


def _digest_of_rows(raw):
    """Return the hash of a table of figures, in whatever order and format it is saved."""
    rows = sorted(sorted(row.items()) for row in _rows(raw, ["iso3", "source_id"]))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
