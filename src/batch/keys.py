"""What a result depends on, kept beside it, so that only what changed is run again.

A stage's key holds the notebook's source (not its outputs, tags or times), its parameters, the helpers it imports, the
lock file, and what it really read: files, single rows of other countries, tables handed on. The pages have a key of
their own. Everything here is plain reading and hashing, so that a run with nothing to do is over at once.
"""

import hashlib
import json
import threading
from functools import lru_cache
from pathlib import Path

from batch import dependencies
from batch.plan import NOTEBOOKS
from contract.cells import Broken, records
from contract.package import locate

SOURCE = Path(__file__).resolve().parents[1]
RENDERS = {
    "render",
    "report",
    "index.html",
    "conf",
    "names",
}  # modules and files of report/ that make the page of a notebook
FILE = "keys.json"
LOCK = threading.Lock()
SAID = {"notebook": "the notebook", "parameters": "the parameters", "helpers": "the helpers it calls", "lock": "the lock file",
        "template": "the template or what renders", "executed": "the executed notebooks"}  # fmt: skip


def load(folder):
    """Give the keys kept in a folder, by stage; none where there is no whole result."""
    path = Path(folder) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def keep(job, stage, reads=()):
    """Keep the key of a stage (or of the pages) in the folder being made."""
    now = _of(job, stage) | {"reads": _states(job, job.making, reads)}
    with LOCK:  # stages are kept side by side
        kept = load(job.making) | {stage: now}
        (job.making / FILE).write_text(
            json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8"
        )


def changed(job, stage, folder):
    """Give what changed since the result in `folder` was made, in words; nothing when it still holds."""
    kept = load(folder).get(stage)
    if kept is None:
        return ["there is no result yet"]
    now = _of(job, stage)
    reasons = [SAID[part] for part in now if kept.get(part) != now[part]]
    states = _states(job, folder, [tuple(json.loads(r)) for r in kept["reads"]])
    return reasons + [_named(json.loads(r)) for r in kept["reads"] if kept["reads"][r] != states[r]]


def reasons(job):
    """Give what would be run for a job and why: {stage: [reasons]}, without the stages that still hold."""
    found = {
        stage: why for stage in (*job.stages, "pages") if (why := changed(job, stage, job.ready))
    }
    missing = [name for name in job.pages().values() if not (job.site / name).exists()]
    return found | (
        {"pages": [*found.get("pages", []), f"{missing[0]} is not there"]} if missing else {}
    )


def of_shared(data):
    """Give the state of the contract, the tables that all countries share, and the checks themselves."""
    base = locate(data, "reference/guidelines.csv").parents[1]  # the folder it stands on, or itself
    tables = [
        p
        for top in dict.fromkeys((Path(data), base))
        for f in ("reference", "statistics")
        for p in sorted((top / f).glob("*.csv"))
    ]
    checks = sorted((SOURCE / "contract").glob("*.py"))
    return _hash(Path(data) / "datapackage.json", base / "datapackage.json", *tables, *checks)


def _of(job, stage):
    if stage == "pages":
        executed = _hash(
            *(
                job.making / f"{s}.ipynb" if job.making.exists() else job.ready / f"{s}.ipynb"
                for s in job.stages
            )
        )
        return {"template": _template(), "executed": executed}
    told = {k: v for k, v in job.parameters.items() if k not in ("tables", "outputs", "data")}
    source = _source(job.notebooks / f"{stage}.ipynb")
    return {
        "notebook": _text(source),
        "parameters": json.dumps(told, sort_keys=True),
        "helpers": _helpers(job.notebooks / f"{stage}.ipynb"),
        "lock": _lock(),
    }


def _states(job, folder, reads):
    """Give the state of everything read, by its name as JSON."""
    return {json.dumps(read): _state(job, folder, *read) for read in sorted(reads)}


def _state(job, folder, kind, name, column="", value=""):
    if kind == "table":
        at = (
            Path(folder) / "tables"
            if "/" not in name
            else job.ready.parent / name.split("/")[0] / "tables"
        )
        return _hash(at / f"{name.split('/')[-1]}.csv")
    path = locate(job.notebooks / job.parameters["data"], name)
    return _hash(path) if kind == "file" else _row(path, column, value)


def _named(read):
    kind, name, *row = read
    return f"row {row[1]} of {name}" if row else f"the table {name}" if kind == "table" else name


def _row(path, column, value):
    """Give the state of one row of a table, found by its key; as a notebook reads it, whatever separates its columns."""
    try:
        return _text(
            json.dumps(
                [row for row in records(path, column) if row[column] == value], sort_keys=True
            )
        )
    except (Broken, FileNotFoundError):
        return ""


@lru_cache(maxsize=16)
def _source(path):
    return "\n\n".join(
        "".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]
    )


@lru_cache(maxsize=16)
def _helpers(path):
    """Give the state of all helpers that a notebook's cells lead to, and of the engine that runs it."""
    engine = (SOURCE / "batch" / f"{name}.py" for name in ("engine", "streams"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    return _text(dependencies.state(tuple(sources)) + _hash(*engine))


@lru_cache(maxsize=1)
def _template():
    return _hash(
        *sorted(p for p in (SOURCE / "report").iterdir() if p.stem in RENDERS),
        SOURCE / "batch" / "identity.py",
    )


@lru_cache(maxsize=1)
def _lock():
    return _hash(NOTEBOOKS.parent / "requirements.lock")


def _hash(*paths):
    return _text(
        "".join(_digest(p, p.stat().st_mtime_ns) if p.is_file() else "absent" for p in paths)
    )


@lru_cache(maxsize=1024)
def _digest(path, changed):
    """Give the state of one file, reckoned again only when it changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text(text):
    return hashlib.sha256(text.encode()).hexdigest()[:20]
