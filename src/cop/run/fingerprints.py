"""Record the inputs of each result, so that only outdated stages run again.

A stage is outdated if it has no result, or if its page or an input has changed: its notebook, its
parameters, the code, a library, the translation catalogue, a file that it read, or a row that it
cites from another country. The last stage is also outdated if another stage has run again.
"""

import hashlib
import json
import os
import re
import threading
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from cop.data import UserError, csvfiles, package
from cop.data.errors import InvalidTable
from cop.data.reads import ABSENT, StrPath, of_bytes, of_row
from cop.report import languages
from cop.run.plan import SOURCE, Job

PARTS = "id", "cell_type", "attachments"  # of a cell; its text and tags are hashed too
FILE = "fingerprints.json"
CODE = ("helpers", "cop/data", "cop/report", "cop/run")
PAGES = "pages"
LABELS = {
    "notebook": "the notebook",
    "parameters": "the parameters",
    "code": "the code",
    "catalogue": "the translation catalogue",
    "libraries": "the version of a library",
    "notebooks": "another stage",
    "page": "the page",
}
LOCK = threading.Lock()


def forget() -> None:
    """Clear the cached hashes of code and notebooks, and the cached versions of libraries."""
    code.cache_clear()
    libraries.cache_clear()
    _source.cache_clear()


@lru_cache(maxsize=1)
def code() -> str:
    """Return a hash of the files in the folders CODE, except .po, cached and hidden files."""
    digest = hashlib.sha256()
    for path in sorted(path for name in CODE for path in (SOURCE / name).rglob("[!.]*.*")):
        if path.suffix != ".po" and path.parent.name not in ("__pycache__", ".ipynb_checkpoints"):
            digest.update(f"{path.relative_to(SOURCE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


@lru_cache(maxsize=1)
def libraries() -> dict[str, str]:
    """Return {library: installed version} for the required dependencies of this project."""
    needed = [line for line in metadata.requires("cop-assessment") or () if "extra ==" not in line]
    return {name: metadata.version(name) for name in (re.match(r"[\w.-]+", n)[0] for n in needed)}


def file_state(path: Path) -> str:
    """Return the hash of a file, or ABSENT if it does not exist or is a folder."""
    try:
        about = os.stat(path)
        return _hash(path, about.st_mtime_ns, about.st_ctime_ns, about.st_size)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ABSENT


def shared_state(data: StrPath) -> str:
    """Hash the shared tables, datapackage.json and counts.json of a data folder and its bases."""
    patterns = "reference/*.csv", "statistics/*.csv", "datapackage.json", "counts.json"
    folders = package.standing_on(data)
    files = (path for top in folders for pattern in patterns for path in sorted(top.glob(pattern)))
    return of_bytes("".join(f"{path.name} {file_state(path)}\n" for path in files).encode())


def load(folder: Path) -> dict[str, dict]:
    """Return {step: entry} from fingerprints.json in a folder (see `record`), or {} without it."""
    path = folder / FILE
    return json.loads(path.read_bytes()) if path.exists() else {}


def inputs(job: Job, stage: str, folder: Path) -> dict:
    """Return {name: state} for the inputs of a stage, except what its notebook reads.

    The other notebooks in `folder` are inputs of the last stage, whose page shows their cells.
    Raises UserError if the notebook of the stage cannot be read.
    """
    earlier = job.stages[:-1] if stage == job.stages[-1] else ()
    notebooks = [file_state(folder / f"{name}.ipynb") for name in earlier]
    folders = ("tables", "outputs", "data")  # these paths do not affect the result
    return {
        "notebook": _source(job.notebook(stage)),
        "notebooks": notebooks,
        "parameters": {name: v for name, v in job.parameters.items() if name not in folders},
        "code": code(),
        "catalogue": languages.state(job.language),
        "libraries": libraries(),
    }


def record(job: Job, step: str, entry: dict | None) -> None:
    """Save the entry of a step in the working folder, or delete it if `entry` is None.

    For a stage, `entry` has its `inputs` and `reads`; the hash of its page is added to it.
    """
    if entry and step in job.stages:
        entry |= {"page": file_state(job.making / "pages" / job.pages()[step])}
    with LOCK:
        entries = load(job.making) | {step: entry}
        entries = {name: entry for name, entry in entries.items() if entry is not None}
        aside = job.making / f".{FILE}"
        aside.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(job.making / FILE)


def changed(job: Job, stage: str, folder: Path) -> list[str]:
    """List what has changed since a stage's result in `folder`, or return ["no result yet"]."""
    entry = load(folder).get(stage)
    if entry is None or not (folder / f"{stage}.ipynb").exists():
        return ["no result yet"]
    now = inputs(job, stage, folder)
    now["page"] = file_state(folder / "pages" / job.pages()[stage])
    reads = [(json.loads(read), state) for read, state in entry["reads"].items()]
    return [
        *(label for name, label in LABELS.items() if entry.get(name) != now.get(name)),
        *(_describe(*read) for read, state in reads if read_state(job, folder, *read) != state),
    ]


def reasons(job: Job) -> dict[str, list[str]]:
    """Return {stage: list of changes} for the outdated stages of a job (see `changed`)."""
    return {stage: why for stage in job.stages if (why := changed(job, stage, job.ready))}


def edition(folder: Path) -> str:
    """Return the edition of the result in a folder, or an empty string if there is none."""
    return load(folder).get(PAGES, {}).get("cover", {}).get("edition", "")


def read_state(job, folder, kind, name, *more):
    """Return the current hash of a table, file or row that a result read (see `cop.data.reads`).

    The hash is ABSENT for a missing file or table, and "" for a missing or unreadable row.
    """
    if kind == "table":
        country, _, table = name.rpartition("/")
        place = job.ready.parent / country if country else folder
        return file_state(place / "tables" / f"{table}.csv")
    data = job.data.joinpath(*(more[2:] if kind == "row" else more))  # may be another data folder
    try:
        if kind == "file":
            return " ".join(map(file_state, package.standing(data, name)))
        column, value = more[:2]
        return of_row(csvfiles.by_key(package.locate(data, name), column).get(value))
    except FileNotFoundError:
        return ABSENT if kind == "file" else ""
    except (InvalidTable, LookupError, ValueError):
        return ""


def _describe(kind, name, *more):
    if kind == "table":
        return f"the table {name}"
    if kind == "file":
        return "/".join([*more, name])
    return f"row {more[1]} of {'/'.join([*more[2:], name])}"


@lru_cache(maxsize=1 << 14)
def _hash(path, *changed):
    return of_bytes(path.read_bytes())


@lru_cache(maxsize=64)
def _source(notebook):
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        texts = [(c["source"], c["metadata"].get("tags"), *map(c.get, PARTS)) for c in cells]
    except (OSError, ValueError, LookupError, TypeError):
        fix = "restore it (`git restore` with this path discards its changes)"
        raise UserError(f"{notebook} is missing or not a valid notebook; {fix}") from None
    return of_bytes(json.dumps(texts).encode())
