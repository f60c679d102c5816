"""Writing that is whole or not there, and tried first: several files at once, at whatever moment the machine stops.

All files are first written aside in one folder with a list of where they belong; the list's name is changed last.
From then on the change counts, and whoever comes next carries it through; before that it never happened.
"""

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from contract.faults import Refused
from contract.package import contents

try:
    import fcntl
except ImportError:  # Windows: one writer at a time is then up to the person
    fcntl = None

PENDING = ".pending"


def write(root, files):
    """Write {path under root: bytes, or None to remove it}, all or nothing; safe against being killed at any moment.

    Call it inside `alone(root)`, with what it rests on read there too.
    """
    (Path(root) / PENDING).mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=Path(root) / PENDING))
    for number, content in enumerate(files.values()):
        if content is not None:
            _durably(aside / str(number), content)
    moves = [
        [str(number) if content is not None else None, str(path)]
        for number, (path, content) in enumerate(files.items())
    ]
    _durably(aside / "moves.part", json.dumps(moves).encode())
    os.replace(aside / "moves.part", aside / "moves")
    _sync(aside)
    carry_through(root)


def carry_through(root):
    """Finish what was decided, and forget what was not; `alone` does it before anything is read."""
    pending = Path(root) / PENDING
    for aside in sorted(pending.iterdir()) if pending.is_dir() else []:
        if (aside / "moves").exists():
            for source, target in json.loads((aside / "moves").read_bytes()):
                _move(aside, source, Path(root) / target)
        shutil.rmtree(aside)
    with contextlib.suppress(OSError):
        pending.rmdir()


@contextlib.contextmanager
def alone(root):
    """Keep other writers out of a folder while the body reads, reckons and writes; they wait."""
    Path(root).mkdir(parents=True, exist_ok=True)
    with (Path(root) / ".lock").open("w") as handle:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX)
        carry_through(root)
        yield


def _move(aside, source, target):
    """Put one file in place; one that is no longer aside was put in place before the stop."""
    if source is None:
        target.unlink(missing_ok=True)
    elif (aside / source).exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(aside / source, target)


def _durably(path, content):
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_faults(files, data, said):
    """Raise Refused with every fault that {path: bytes} would bring into the data folder; `said` begins the text."""
    tables = {p: r["name"] for r in contents(data)["resources"] for p in _paths(r, files)}
    from contract import checks  # with pandas, which those who only write files need not wait for

    with tempfile.TemporaryDirectory() as aside:
        base = {"name": "trial", "cop:base": str(Path(data).resolve())}
        (Path(aside) / "datapackage.json").write_text(json.dumps(base), encoding="utf-8")
        for path, raw in files.items():
            (Path(aside) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(aside) / path).write_bytes(raw)
        found = [f for path in files for f in checks.of_file(tables[path], path, aside)]
    if found:
        more = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
        raise Refused(f"{said}, nothing was written:\n" + "\n".join(map(str, found[:20])) + more)


def _paths(resource, files):
    """Give the files that are of this table, a country's own included."""
    stated = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
    ends = {p.split("/", 2)[-1] for p in stated if p.startswith("research/")}
    return [
        p
        for p in files
        if p in stated or (p.startswith("research/") and p.split("/", 2)[-1] in ends)
    ]
