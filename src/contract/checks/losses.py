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

from contract.checks.belonging import PUT_BACK, country_of
from contract.faults import Broken, Fault, count
from contract.package import by_path, contents, countries, general, locate, own_ids, paths, resource
from contract.rows import separated, separator_of

FILE = "counts.json"
MEANT = "Restore them from an earlier copy; if it is meant, say so with `cop check --meant`"
GONE = (f"is not there any more, and stands in {FILE}: meant?", MEANT)
NAMED = 5  # ids that are named, the others counted
SECONDS = 20  # that git may take
CHANGED = ("diff", "--name-only", "--no-renames", "--relative", "-z", "HEAD", "--", ".")
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "--no-optional-locks")


def of_country(data: str | Path, iso3: str) -> list[Fault]:
    """Give the tables of a country that lost rows or ids."""
    return _of_paths(data, [p for p in _tables(data) if country_of(p) == iso3])


def of_shared(data: str | Path) -> list[Fault]:
    """Give the tables shared by all countries that lost rows or ids."""
    return _of_paths(data, [p for p in _tables(data) if not country_of(p)])


def of_folder(data: str | Path) -> list[Fault]:
    """Give all tables of a folder that lost rows or ids, and what is gone with its folder."""
    gone = {country_of(path) for path in _counts(Path(data))} - {""} - set(countries(data))
    folders = [Fault(f"research/{iso3}", "", "", "", *GONE) for iso3 in sorted(gone)]
    return folders + _of_paths(data, _tables(data))


def counted(data: str | Path) -> str:
    """Give the text of counts.json that takes all tables of a folder, as they stand, for whole."""
    before, entries = _at_last_commit(Path(data)), {}
    for path in sorted(_tables(data)):
        if (file := Path(data) / path).exists():
            entry = _entry(path, file.read_bytes(), data)
            if path in before:
                entry["instead_of"] = _digest(before[path])
            entries[path] = entry
    lines = (f" {json.dumps(path)}: {json.dumps(entry)}" for path, entry in entries.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _of_paths(data, wanted):
    """Give the faults of these tables, each in the folder that it lies in: this one or its base."""
    faults, known = [], {}
    for path in wanted:
        file = locate(data, path)
        if file.exists():
            root = file.parents[path.count("/")]
            known[root] = known.get(root) or (_counts(root), _at_last_commit(root))
            faults += _of_file(path, file.read_bytes(), data, *known[root])
    return faults


def _of_file(path, raw, data, counts, before):
    """Give what one table lost since the last commit, else since it was counted."""
    entry, digest, old = counts.get(path, {}), _digest(raw), before.get(path)
    if twin := _counted_elsewhere(path, digest, counts, data):
        yield Fault(path, "", "", "", f"is what {twin} was when it was counted", PUT_BACK)
    if entry.get("of") == digest and (old is None or entry.get("instead_of") == _digest(old)):
        return
    now = _entry(path, raw, data, every_id=True)
    was, since = entry, f"it was counted ({FILE})"
    if old is not None and entry.get("instead_of") != _digest(old):
        was, since = _entry(path, old, data, every_id=True), "the last commit"
    if (gone := was.get("rows", 0) - now["rows"]) > 0:
        rows = count(gone, "row")
        yield Fault(path, "", "", "", f"has {rows} fewer than in {since}: meant?", MEANT)
    elif lost := sorted(set(was.get("ids", [])) - set(now.get("ids", []))):
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        named = ", ".join(lost[:NAMED]) + more
        yield Fault(path, "", "", "", f"has no {named} any more, as in {since}: meant?", MEANT)


def _counted_elsewhere(path, digest, counts, data):
    """Give the table of another country that this one was, where no id in it tells whose it is."""
    name = by_path(data)[general(path)]
    if not country_of(path) or name == "editions" or own_ids(name, data):
        return ""
    same = (p for p, e in counts.items() if e["of"] == digest and e["rows"] and p != path)
    return next((p for p in same if general(p) == general(path)), "")


def _entry(path, raw, data, every_id=False):
    """Give rows and state of a table, and its ids where its key is one column.

    Of a country's table they are given only where asked for: each day brings new ones.
    """
    key = resource(by_path(data)[general(path)], data)["schema"]["primaryKey"]
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        table = list(separated(text, separator_of(text, ())))
    except Broken:
        table = []
    filled = [row for row in table[1:] if any(cell.strip() for cell in row)]
    entry, wanted = {"rows": len(filled), "of": _digest(raw)}, every_id or not country_of(path)
    if wanted and len(key) == 1 and table and key[0] in table[0]:
        at = table[0].index(key[0])
        entry["ids"] = sorted({row[at].strip() for row in filled if len(row) > at})
    return entry


def _counts(root):
    """Give what was counted in a folder; nothing where it was not, or cannot be read."""
    try:
        return json.loads((root / FILE).read_bytes())
    except (OSError, ValueError):
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


def _tables(data):
    """Give the paths of all tables, of every country that has a folder too."""
    tables = [t["name"] for t in contents(data)["resources"] if t.get("type") == "table"]
    return list(dict.fromkeys(path for name in tables for path in paths(name, data)))


def _digest(raw):
    """Give the state of a file, whatever line ends it is saved with."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:16]
