"""Figures that are not those that `cop refresh` wrote, such as rows of two countries swapped.

`statistics/hashes.json` holds a hash for each indicator and country, {code: {iso3: hash}}; the
Global Cybersecurity Index is one indicator. What has no hash is not compared.
"""

import hashlib
import json
from pathlib import Path

from cop.data.faults import Fault, Refused
from cop.data.package import columns, paths
from cop.data.rows import separated, separator_of

FILE = "statistics/hashes.json"
TABLES = ("indicators", "gci")
CHANGED = (
    "are not the figures that `cop refresh` wrote",
    "Restore them, or bring the change in with `cop refresh --from FILE`; "
    "`cop check --meant` accepts them as they are",
)


def of_shared(data: str | Path) -> list[Fault]:
    """Return an error for each indicator whose figures were changed by hand."""
    faults, expected = [], _expected(data)
    for table in TABLES if expected else ():
        path = paths(table, data)[0]
        for code, now in _hashes(table, Path(data) / path, data).items():
            known = expected.get(code, {})
            if changed := [iso3 for iso3, digest in known.items() if now.get(iso3) != digest]:
                more = f" and {len(changed) - 5} more" if changed[5:] else ""
                what = f"{code} of {', '.join(changed[:5])}{more}"
                faults.append(Fault(path, "", "", what, *CHANGED))
    return faults


def renewed(data: str | Path, files: dict[str, bytes] | None = None) -> dict[str, bytes]:
    """Return {path: bytes} of the hashes once `files` are written, or (None) of all as they are.

    Only what the files change is hashed anew, so a change by hand stays visible. Empty where no
    hashes are kept.
    """
    if not (expected := _expected(data)):
        return {}
    for table in TABLES:
        file = Path(data) / (path := paths(table, data)[0])
        before = {} if files is None else _hashes(table, file, data)
        after = _hashes(table, file, data, (files or {}).get(path))
        for code in {*before, *after}:
            old, new = before.get(code, {}), after.get(code, {})
            changed = {
                iso3: new.get(iso3, "") for iso3 in {*old, *new} if old.get(iso3) != new.get(iso3)
            }
            expected[code] = {i: h for i, h in (expected.get(code, {}) | changed).items() if h}
    lines = (
        f"{json.dumps(c)}: {json.dumps(h, sort_keys=True)}" for c, h in sorted(expected.items())
    )
    return {FILE: ("{\n" + ",\n".join(lines) + "\n}\n").encode()}


def _expected(data):
    file = Path(data) / FILE
    try:
        return json.loads(file.read_bytes()) if file.is_file() else {}
    except ValueError as error:
        raise Refused(
            f"{FILE} cannot be read ({error}); restore it from an earlier copy"
        ) from error


def _hashes(table, file, data, raw=None):
    """Return {code: {iso3: hash}} of the figures of a file, or of its future bytes."""
    if raw is None and not file.is_file():
        return {}
    names = columns(table, data)
    text = (raw or file.read_bytes()).decode("utf-8-sig", "replace")
    heading, *lines = separated(text, separator_of(text, names))
    if {*names} - {*heading}:
        return {}  # an error of its own
    order, groups = [heading.index(name) for name in names], {}
    for line in lines:
        if len(line) == len(heading):
            row = [line[at].strip() for at in order]
            code = row[1] if table == "indicators" else "GCI"
            groups.setdefault((code, row[0]), []).append(row)
    result = {}
    for (code, iso3), rows in groups.items():
        digest = hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()[:8]
        result.setdefault(code, {})[iso3] = digest
    return result
