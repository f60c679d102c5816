"""Rows and ids that are gone: on purpose, or was a table cut?

Tables are compared with the last commit, if the data lies in a git work tree, and with
`counts.json`, {path: {"rows", "of", "ids", "instead_of"}}, which `cop check --meant` writes.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from cop.data.checks.tables import country_of
from cop.data.faults import Broken, Fault, count
from cop.data.package import contents, countries, locate, paths, resource
from cop.data.rows import separated, separator_of

FILE = "counts.json"
MEANT = "Restore them from an earlier copy; if it is meant, say so with `cop check --meant`"
GONE = (f"is not there any more, and is in {FILE}: meant?", MEANT)
NAMED = 5  # ids that are named, the others counted
SECONDS = 20  # that git may take
CHANGED = ("diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", ".")
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "--no-optional-locks")


def of_country(data: str | Path, iso3: str) -> list[Fault]:
    """Return the tables of a country that lost rows or ids, or its folder if it is gone."""
    gone = [error for error in _gone(data) if error.file == f"research/{iso3}"]
    return gone + _lost(data, {p: n for p, n in _tables(data, iso3).items() if country_of(p)})


def of_shared(data: str | Path) -> list[Fault]:
    """Return the shared tables that lost rows or ids."""
    return _lost(data, {p: name for p, name in _tables(data).items() if not country_of(p)})


def of_folder(data: str | Path) -> list[Fault]:
    """Return all tables that lost rows or ids, and the country folders that are gone."""
    return _gone(data) + _lost(data, _tables(data))


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
    lines = (f" {json.dumps(path)}: {json.dumps(entry)}" for path, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _gone(data):
    gone = {country_of(path) for path in _counts(Path(data))} - {"", *countries(data)}
    return [Fault(f"research/{iso3}", "", "", "", *GONE) for iso3 in sorted(gone)]


def _lost(data, tables):
    """Return the losses of tables, each in the folder that it lies in: this one or its base."""
    errors, known = [], {}
    for path, name in tables.items():
        file = locate(data, path)
        if file.exists():
            root = file.parents[path.count("/")]
            if root not in known:
                known[root] = _counts(root), _at_last_commit(root)
            entry, old = (of_root.get(path) for of_root in known[root])
            errors += _of_table(name, path, file.read_bytes(), entry or {}, old, data)
    return errors


def _of_table(name, path, raw, entry, old, data):
    """Yield what a table lost since the last commit, else since it was counted."""
    was, since = entry, "when it was counted"
    if old is not None and entry.get("instead_of") != _digest(old):
        was, since = _entry(name, old, data), "in the last commit"
    if was.get("of") == _digest(raw):
        return
    now = _entry(name, raw, data)
    if (gone := was.get("rows", 0) - now["rows"]) > 0:
        than = since if was is not entry else f"{since} ({FILE})"
        yield Fault(path, "", "", "", f"has {count(gone, 'row')} fewer than {than}: meant?", MEANT)
    elif lost := sorted(set(was.get("ids", [])) - set(now["ids"])):
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        rule = f"has no {', '.join(lost[:NAMED])}{more} any more, as {since}: meant?"
        yield Fault(path, "", "", "", rule, MEANT)


def _entry(name, raw, data):
    """Return rows, hash and, if its key is one column, ids of a table."""
    key = resource(name, data)["schema"]["primaryKey"]
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        table = list(separated(text, separator_of(text, key)))
    except Broken:
        table = []
    filled, header = [row for row in table[1:] if any(map(str.strip, row))], [*table, []][0]
    at = header.index(key[0]) if len(key) == 1 and key[0] in header else len(text)
    ids = {row[at].strip() for row in filled if len(row) > at}
    return {"rows": len(filled), "of": _digest(raw), "ids": sorted(ids)}


def _counts(root):
    """Return what was counted in a folder; nothing if it was not, or cannot be read."""
    try:
        counts = json.loads((root / FILE).read_bytes())
        return {path: entry for path, entry in counts.items() if {"rows", "of"} <= entry.keys()}
    except (OSError, ValueError, AttributeError):
        return {}


def _at_last_commit(root):
    """Return {path: bytes at the last commit} of the tables that have changed since."""
    changed = _git(root, *CHANGED).decode().split("\0") if shutil.which("git") else []
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


def _tables(data, iso3=None):
    """Return {path: table} of all tables, of one country or of every one that has a folder."""
    tables = [t["name"] for t in contents(data)["resources"] if t.get("type") == "table"]
    return {path: name for name in tables for path in paths(name, data, iso3)}


def _digest(raw):
    """Return the hash of a file, whatever line ends it is saved with."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:16]
