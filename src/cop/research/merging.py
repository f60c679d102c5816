"""Two analysts' versions of one table brought together row by row: a merge driver for git.

A row is known by the table's primary key, a cell by its column. What one of the two changed is
taken; what both changed in the same way too. Only a cell that both changed differently, and an id
that both gave to different rows, is left to a person.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import cop.data
from cop.data import Broken, writing

OURS, BETWEEN, THEIRS = "<" * 7 + " ours", "=" * 7, ">" * 7 + " theirs"
LONGEST = 60  # letters of a cell that a sentence shows
Key = tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """One version of a table: its columns, its rows by key, and each as it is written."""

    separator: str
    names: list[str]
    rows: dict[Key, dict[str, str]]
    written: dict[Key, str]


@dataclass(frozen=True)
class Merged:
    """What came of a merge: the file's bytes and a sentence for each thing left to a person."""

    content: bytes
    left: list[str]


def merge_files(base: Path, ours: Path, theirs: Path, path: str) -> list[str]:
    """Merge three files that git names into `ours`; give what is left to a person.

    `path` is where the table belongs, from the folder where git runs. A table that the contract
    does not know, or that cannot be read row by row, is merged line by line as git does.
    """
    try:
        merged = merged_rows(*(p.read_bytes() for p in (base, ours, theirs)), key_of(path), path)
    except (Broken, FileNotFoundError, LookupError) as error:
        return _by_lines(base, ours, theirs, path, error)
    writing.whole(ours, merged.content)
    return merged.left


def key_of(path: str) -> list[str]:
    """Give the primary key by which a table is merged, by its path; LookupError where no contract
    knows it.
    """
    for folder in Path(path).absolute().parents:
        if (folder / "datapackage.json").is_file():
            there = Path(path).absolute().relative_to(folder).as_posix()
            table = cop.data.by_path(folder)[cop.data.general(there)]
            return cop.data.resource(table, folder)["schema"]["primaryKey"]
    raise LookupError(f"no datapackage.json above {path}")


def merged_rows(base: bytes, ours: bytes, theirs: bytes, key: list[str], path: str) -> Merged:
    """Give a table of which each row and cell is what either side made of it.

    Rows keep the order of `ours`; a row that only `theirs` has stands after the row it follows
    there. Raises Broken where a version has no such key, or a row without or with another's.
    """
    old, one, two = (_version(raw, key) for raw in (base, ours, theirs))
    names = _columns(old, one, two)
    text = ours.decode("utf-8-sig")
    end = "\r\n" if "\r\n" in text else "\n"
    lines, left = [_line(names, one.separator, end)], []
    for row_key in _order(one, two):
        versions = [v.rows.get(row_key) for v in (old, one, two)]
        here, there, said = _row(*versions, names)
        lines += _lines(row_key, here, there, names, one, two, end)
        left += [f"{path}, {'; '.join(row_key)}{sentence}" for sentence in said]
    mark = ours[: len(ours) - len(text.encode())]
    return Merged(mark + "".join(lines).encode(), left)


def _version(raw, key):
    """Give a version of the table; no bytes are a table that was not there yet."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken("it is not in the UTF-8 encoding") from error
    separator = cop.data.separator_of(text, key)
    (names, _), *rest = [*cop.data.as_written(text, separator)] or [(key, "")]
    names = [name.strip() for name in names]
    if set(key) - set(names) or len(set(names)) < len(names):
        raise Broken(f"its heading has not each column once, with {', '.join(key)}")
    version = Version(separator, names, {}, {})
    for number, (cells, line) in enumerate(rest, 2):
        if any(cell.strip() for cell in cells):
            _note(version, number, cells, line, key)
    return version


def _note(version, number, cells, line, key):
    """Add a row to a version; Broken where it has another width or a key that was there."""
    if len(cells) != len(version.names):
        raise Broken(f"row {number} has {len(cells)} cells instead of {len(version.names)}")
    row = dict(zip(version.names, cells, strict=True))
    row_key = tuple(row[column].strip() for column in key)
    if row_key in version.rows:
        raise Broken(f"row {number} has the key of another row: {'; '.join(row_key)}")
    version.rows[row_key], version.written[row_key] = row, line


def _columns(old, one, two):
    """Give the columns of both; one that a side removed goes unless the other wrote into it."""
    names = [*one.names]
    for place, name in enumerate(two.names):
        if name not in names:
            before = [names.index(n) for n in two.names[:place] if n in names]
            names.insert(max(before, default=-1) + 1, name)
    return [n for n in names if n not in old.names or not _removed(n, old, one, two)]


def _removed(name, old, one, two):
    """Say whether a column of before was removed by a side while the other left it alone."""
    holders = [v for v in (one, two) if name in v.names]
    return len(holders) < 2 and not any(
        row[name] and row[name] != old.rows.get(key, {}).get(name)
        for v in holders
        for key, row in v.rows.items()
    )


def _order(one, two):
    """Give the keys of both, in the order of one; new ones of two after the row they follow."""
    order, last = [*one.rows], None
    place = {key: n for n, key in enumerate(order)}
    following = {}
    for key in two.rows:
        if key in place:
            last = key
        else:
            following.setdefault(last, []).append(key)
    order += following.pop(last, [])  # what both wrote at the end stays at the end
    for before, keys in sorted(following.items(), key=lambda f: -place.get(f[0], -1)):
        start = place[before] + 1 if before else 0
        order[start:start] = keys
    return order


def _row(old, one, two, names):
    """Give (row here, row there, sentences): the rows are the same unless a person must look.

    A row that is gone is None.
    """
    if one is None or two is None:
        return _kept_or_gone(old, one, two)
    if old is None and any(one.get(n, "") != two.get(n, "") for n in {*one} & {*two}):
        said = ": both sides added a row of this id, and they differ: give one of them another id"
        return one, two, [f"{said} ({_shown(one)} | {_shown(two)})"]
    here, there, said = {}, {}, []
    for name in names:
        here[name], there[name] = _cell(*((v or {}).get(name) for v in (old, one, two)))
        if here[name] != there[name]:
            was = _cut((old or {}).get(name, ""))
            values = f"{_cut(here[name])!r} here, {_cut(there[name])!r} there, {was!r} before"
            said.append(f", column {name}: {values}: keep the row that is right")
    return here, there, said


def _kept_or_gone(old, one, two):
    """Give what becomes of a row that a side does not have."""
    left = one or two
    if old is None or left is None:
        return left, left, []
    if all(left.get(name, "") == text for name, text in old.items() if name in left):
        return None, None, []
    who = "removed here and changed there" if one is None else "changed here and removed there"
    return one, two, [f": the row was {who}: keep it or remove it ({_shown(left)})"]


def _cell(old, one, two):
    """Give a cell (here, there): what one side changed is taken; None is a column it lacks."""
    if one is None or two is None:
        other = two if one is None else one
        return (other or "",) * 2
    if one == two or two == (old or ""):
        return one, one
    return (two, two) if one == (old or "") else (one, two)


def _lines(key, here, there, names, one, two, end):
    """Give the lines of a row: both versions between git's marks where a person must choose."""
    first, second = (_as_it_was(key, row, names, one, two, end) for row in (here, there))
    if here == there:
        return [first] if here else []
    return [OURS + end, first, BETWEEN + end, second, THEIRS + end]


def _as_it_was(key, row, names, one, two, end):
    """Give the line of a row, byte for byte as a side wrote it where it says the same."""
    if row is None:
        return ""
    for side in (one, two):
        same = side.names == names and side.rows.get(key) == row
        if same and side.separator == one.separator:
            return side.written[key].rstrip("\r\n") + end
    return _line([row.get(name, "") for name in names], one.separator, end)


def _line(cells, separator, end):
    return cop.data.csv_text([cells], separator, end)


def _shown(row):
    """Give a row in short: its first filled cells."""
    return ", ".join(_cut(cell) for cell in row.values() if cell)[: 2 * LONGEST]


def _cut(text):
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _by_lines(base, ours, theirs, path, error):
    """Merge three files by lines, as git does without us; give what is left to a person."""
    call = ["git", "merge-file", "-L", "ours", "-L", "base", "-L", "theirs"]
    conflicts = subprocess.run([*call, str(ours), str(base), str(theirs)]).returncode
    said = str(error).strip("'\"")
    return [f"{path}: merged line by line ({said}); look between the marks"] if conflicts else []
