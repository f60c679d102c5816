"""Rows and ids that were there and are gone: was it meant, or was a table cut?

What was there is known from the last commit, where the data lies in a git work tree, and from
`counts.json` beside the contract: {path: {"rows", "of", "ids", "instead_of"}}. It is written when
someone says that a loss is meant, and travels with a copy that has no history.
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
GONE = (f"is not there any more, and stands in {FILE}: meant?", MEANT)
NAMED = 5  # ids that are named, the others counted
SECONDS = 20  # that git may take
CHANGED = ("diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", ".")
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "--no-optional-locks")


def of_country(data: str | Path, iso3: str) -> list[Fault]:
    """Give the check the tables of a country that lost rows or ids, or its folder if it is gone."""
    gone = [fault for fault in _gone(data) if fault.file == f"research/{iso3}"]
    return gone + _of_tables(data, {p: n for p, n in _tables(data, iso3).items() if country_of(p)})


def of_shared(data: str | Path) -> list[Fault]:
    """Give the check the tables shared by all countries that lost rows or ids."""
    return _of_tables(data, {p: name for p, name in _tables(data).items() if not country_of(p)})


def of_folder(data: str | Path) -> list[Fault]:
    """Give the check all tables of a folder that lost rows or ids, and folders that are gone."""
    return _gone(data) + _of_tables(data, _tables(data))


def counted(data: str | Path) -> str:
    """Give the text of counts.json by which the check takes tables, as they stand, for whole."""
    before, entries = _at_last_commit(Path(data)), {}
    for path, name in sorted(_tables(data).items()):
        if (file := Path(data) / path).exists():
            entries[path] = _entry(name, file.read_bytes(), data, every_id=not country_of(path))
            if path in before:
                entries[path]["instead_of"] = _digest(before[path])
    lines = (f" {json.dumps(path)}: {json.dumps(entry)}" for path, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _gone(data):
    """Give the folders of countries that were counted and are gone."""
    gone = {country_of(path) for path in _counts(Path(data))} - {""} - set(countries(data))
    return [Fault(f"research/{iso3}", "", "", "", *GONE) for iso3 in sorted(gone)]


def _of_tables(data, tables):
    """Give the faults of these tables, each in the folder that it lies in: this one or its base."""
    faults, known = [], {}
    for path, name in tables.items():
        file = locate(data, path)
        if file.exists():
            root = file.parents[path.count("/")]
            if root not in known:
                known[root] = _counts(root), _at_last_commit(root)
            counts, before = known[root]
            raw = file.read_bytes()
            faults += _of_table(name, path, raw, counts.get(path, {}), before.get(path), data)
    return faults


def _of_table(name, path, raw, entry, old, data):
    """Yield what a table lost since the last commit, else since it was counted."""
    if entry.get("of") == _digest(raw) and (old is None or entry.get("instead_of") == _digest(old)):
        return
    now = _entry(name, raw, data)
    was, than, as_it = entry, f"when it was counted ({FILE})", "when it was counted"
    if old is not None and entry.get("instead_of") != _digest(old):
        was, than, as_it = _entry(name, old, data), "in the last commit", "in the last commit"
    if (gone := was.get("rows", 0) - now["rows"]) > 0:
        rule = f"has {count(gone, 'row')} fewer than {than}: meant?"
        yield Fault(path, "", "", "", rule, MEANT)
    elif lost := sorted(set(was.get("ids", [])) - set(now["ids"])):
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        rule = f"has no {', '.join(lost[:NAMED])}{more} any more, as {as_it}: meant?"
        yield Fault(path, "", "", "", rule, MEANT)


def _entry(name, raw, data, every_id=True):
    """Give rows and state of a table, and its ids where its key is one column.

    They are kept of shared tables only: each day brings a country new ones.
    """
    key = resource(name, data)["schema"]["primaryKey"]
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        table = list(separated(text, separator_of(text, key)))
    except Broken:
        table = []
    filled = [row for row in table[1:] if any(cell.strip() for cell in row)]
    entry = {"rows": len(filled), "of": _digest(raw)}
    if not every_id:
        return entry
    at = table[0].index(key[0]) if len(key) == 1 and table and key[0] in table[0] else None
    ids = {row[at].strip() for row in filled if len(row) > at} if at is not None else set()
    return entry | {"ids": sorted(ids)}


def _counts(root):
    """Give what was counted in a folder; nothing where it was not, or cannot be read."""
    try:
        counts = json.loads((root / FILE).read_bytes())
        return {path: entry for path, entry in counts.items() if {"rows", "of"} <= entry.keys()}
    except (OSError, ValueError, AttributeError):
        return {}


def _at_last_commit(root):
    """Give {path: bytes at the last commit} of the files that are no longer as they were then.

    Nothing where the folder is in no git work tree, or git is not there.
    """
    if not shutil.which("git") or not (changed := _git(root, *CHANGED)):
        return {}
    names = [name for name in changed.decode().split("\0") if name.endswith(".csv")]
    return {name: raw for name in names if (raw := _git(root, "show", f"HEAD:./{name}"))}


def _git(root, *words):
    """Give what git answers, nothing where it refuses."""
    try:
        done = subprocess.run(
            [*GIT, "-C", str(root), *words], capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _tables(data, iso3=None):
    """Give {path: table} of all tables, of one country or of every one that has a folder."""
    tables = [t["name"] for t in contents(data)["resources"] if t.get("type") == "table"]
    return {path: name for name in tables for path in paths(name, data, iso3)}


def _digest(raw):
    """Give the state of a file, whatever line ends it is saved with."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:16]
