"""What a result depends on, kept beside it, so that only what changed is run again.

A stage's key holds the notebook's source (not its outputs, tags or times), its parameters, the code
that its cells lead to, the catalogue of its language, the lock file, and what it really read:
files, single rows of other countries, tables handed on. The pages have a key of their own.
Everything here is plain reading and hashing, so that a run with nothing to do is over at once: code
is parsed only where a byte of it changed.
"""

import contextlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from types import MappingProxyType

from cop.data.cells import by_key, rows
from cop.data.faults import Broken
from cop.data.package import by_path, columns, general, locate, standing
from cop.data.reads import ABSENT, of_bytes, of_row
from cop.data.rows import csv_text
from cop.report import languages
from cop.run.dependencies import Code
from cop.run.plan import NOTEBOOKS, Job
from cop.run.results import pages

SOURCE = Path(__file__).resolve().parents[2]
RENDERS = (  # the code and the files that make the pages of executed notebooks
    ("cop.report.render", "page"),
    ("cop.run.identity", "check"),
    ("cop/report/index.html.j2", ""),
)
ENGINE = (("cop.run.engine", ""), ("cop.run.streams", ""))  # what runs the cells
FILE = "keys.json"
LOCK = threading.Lock()
UNREADABLE = (Broken, LookupError, ValueError)  # also a table or column that is stated no more
PARTS = {
    "notebook": "the notebook",
    "parameters": "the parameters",
    "catalogue": "the catalogue of its language",
    "helpers": "the helpers it calls",
    "lock": "the lock file",
    "template": "the template or what renders",
    "executed": "the executed notebooks",
}


def take_in(jobs: Iterable[Job]) -> None:
    """Read code and notebooks now: keys are of what will run, not of what is edited meanwhile."""
    _cells.cache_clear(), _code()
    for notebook in {job.notebooks / f"{stage}.ipynb" for job in jobs for stage in job.stages}:
        _cells(notebook)


def look_again() -> None:
    """Let keys be of the code as it is read next; what was parsed of it stays, if it holds."""
    before = _code()
    _code.cache_clear()
    _code().take_over(before)


def load(folder: Path) -> dict[str, dict]:
    """Give the keys kept in a folder, by stage; none where there is no whole result."""
    path = Path(folder) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def keep(
    job: Job, stage: str, reads: Mapping[tuple, str] = MappingProxyType({}), **more: object
) -> None:
    """Keep the key of a stage (or of the pages) in the folder being made.

    `reads` holds the state of the bytes that were read, not of those that stand there by now;
    `more` is kept with it, and no reason to run again.
    """
    named = {json.dumps(read): reads[read] for read in sorted(reads)}
    with LOCK:  # stages are kept side by side
        kept = load(job.making)  # what of code was the same in the result before is not parsed
        now = _of(job, stage, kept.get(stage, {})) | {"reads": named} | more
        _write(job.making, kept | {stage: now})


def keep_made(job: Job, lines: Iterable[str]) -> None:
    """Keep among the keys of a job by what its pages hold, and what is told of its run."""
    kept = load(job.making)
    made = {name: pages.made(job.making / "pages" / name) for name in job.pages().values()}
    kept["pages"] |= {"made": made, "lines": [*lines]}
    _write(job.making, kept)


def edition(folder: Path) -> str:
    """Give the edition that the keys in a folder say its notebooks were run for; "" without."""
    stages = (key for key in load(folder).values() if "parameters" in key)
    return next((json.loads(key["parameters"]).get("edition", "") for key in stages), "")


def basis(folder: Path) -> dict[tuple[str, str], str]:
    """Give, by its keys, what a result was made of but for its language: {(stage, what): state}.

    What stages handed on to each other follows from the rest, and is left out.
    """
    found = {}
    for stage, key in load(folder).items():
        if "notebook" in key:
            parameters = json.loads(key["parameters"]) | {"language": ""}
            found[stage, "parameters"] = json.dumps(parameters, sort_keys=True)
            found |= {(stage, part): key[part] for part in ("notebook", "helpers")}
            reads = key["reads"].items()
            found |= {(stage, name): state for name, state in reads if '["table"' not in name}
    return found


def whole(job: Job) -> bool:
    """Say by its keys whether a job has a whole result, its pages as they were made."""
    return "pages" in load(job.ready) and not _not_as_made(job)


def code() -> str:
    """Give the key of all code, its state: equal where no byte of it changed."""
    return _code().digest


def confirm(folder: Path) -> None:
    """Let the keys of a result, which all hold, name the code of now: it is not parsed again."""
    kept, now = load(folder), {"code": _code().digest}
    if any(key.get("code") != now["code"] for key in kept.values()):
        with contextlib.suppress(OSError):  # it is only slower
            _write(folder, {stage: key | now for stage, key in kept.items()})


def changed(job: Job, stage: str, folder: Path) -> list[str]:
    """Give in words what its keys say changed since a result in `folder` was made, if anything."""
    return [*_changed_since(job, stage, load(folder), _state_now(job, folder))]


def _changed_since(job, stage, kept, state_now):
    """Yield what changed since keys were kept, by the states of now of what they were read from."""
    if stage not in kept:
        yield "there is no result yet"
        return
    kept, now = kept[stage], _of(job, stage, kept[stage])
    yield from (PARTS[part] for part in PARTS if kept.get(part) != now.get(part))
    reads = {tuple(json.loads(read)): state for read, state in kept["reads"].items()}
    yield from (_named(*read) for read in reads if reads[read] != state_now(*read))


def reasons(job: Job) -> dict[str, list[str]]:
    """Give what would be run for a job and why: {stage: [reasons]}, without what still holds."""
    found = {}
    for stage, why in changes(job):
        found.setdefault(stage, []).append(why)
    return found


def changes(job: Job) -> Iterator[tuple[str, str]]:
    """Yield each stage that would be run for a job with one reason why, and the next only when it
    is asked for: the first says that there is something to run.
    """
    kept, state_now = load(job.ready), _state_now(job, job.ready)
    for stage in (*job.stages, "pages"):
        yield from ((stage, why) for why in _changed_since(job, stage, kept, state_now))
    yield from (("pages", f"{name} is not as it was made") for name in _not_as_made(job)[:1])


def expect(job: Job) -> None:
    """Find out now, as there is time, what the keys of a job will be of: code that no kept key is
    of, and all that changed.
    """
    kept = load(job.ready)
    with contextlib.suppress(SyntaxError):  # who runs it says so
        for stage in (*job.stages, "pages"):
            _of(job, stage, kept.get(stage, {}))
        reasons(job)


def _not_as_made(job):
    made = load(job.ready).get("pages", {}).get("made", {})
    place = job.ready / "pages"
    names = job.pages().values()
    return [n for n in names if n not in made or not pages.stands(place / n, made[n])]


def _write(folder: Path, kept: dict[str, dict]) -> None:
    """Put the keys in their place as a whole."""
    aside = folder / f".{FILE}"
    aside.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    aside.replace(folder / FILE)


def of_shared(data: Path) -> str:
    """Give the key of what all countries share: the state of contract, shared tables and checks."""
    base = locate(data, "reference/guidelines.csv").parents[1]  # the folder it stands on, or itself
    tables = [
        p
        for top in dict.fromkeys((Path(data), base))
        for f in ("reference", "statistics")
        for p in sorted((top / f).glob("*.csv"))
    ]
    checks = sorted((SOURCE / "cop/data").rglob("*.py"))
    stated = [
        top / name for top in (Path(data), base) for name in ("datapackage.json", "counts.json")
    ]
    return _hash(*stated, *tables, *checks)


def _of(job: Job, stage: str, kept: Mapping = MappingProxyType({})) -> dict:
    """Give a key but for what was read; code that is as in the kept key is not parsed."""
    code = _code()
    same = kept.get("code") == code.digest
    if stage == "pages":
        folder = job.making if job.making.exists() else job.ready
        executed = _hash(*(folder / f"{s}.ipynb" for s in job.stages))
        template = kept["template"] if same else code.state(also=RENDERS)
        made = {"template": template, "executed": executed, "code": code.digest}
        return made | _catalogue(job)
    parameters = {k: v for k, v in job.parameters.items() if k not in ("tables", "outputs", "data")}
    notebook = job.notebooks / f"{stage}.ipynb"
    source = _text("\n\n".join(text for _, text in _cells(notebook)))
    same = same and kept["notebook"] == source
    return {
        "notebook": source,
        "parameters": json.dumps(parameters, sort_keys=True),
        "helpers": kept["helpers"] if same else _helpers(notebook),
        "lock": lock(),
        "code": code.digest,
    } | _catalogue(job)


def _catalogue(job):
    """Give the state of what a job's language is spoken by; English needs nothing."""
    state = languages.state(job.language)
    return {"catalogue": state} if state else {}


def present(job: Job, folder: Path, reads: Iterable[tuple]) -> dict[tuple, str]:
    """Give the state in which all that keys are of stands there now (see contract/reads.py)."""
    state_now = _state_now(job, folder)
    return {read: state_now(*read) for read in reads}


def _state_now(job, folder):
    """Give what tells the state of what a key is of, each looked at once though several ask."""
    data = job.notebooks / job.parameters["data"]
    file_of = cache(partial(_file_of, data))  # many rows of a table are asked for
    tables = {"": Path(folder) / "tables"}  # of this job; of another country where it is named

    @cache
    def _now(kind, name, *more):
        if kind == "table":
            country, _, table = name.rpartition("/")
            return of_file(
                tables.get(country, job.ready.parent / country / "tables") / f"{table}.csv"
            )
        if kind == "file":
            return _file_now(data, name, *more)
        return (_columns_now if kind == "columns" else _row_now)(file_of, name, *more)

    return _now


def _columns_now(file_of, path, columns, way="."):
    """Give the state of some columns of a table, as a notebook reads them."""
    try:
        return _part(*file_of(path, way), tuple(columns.split()))
    except FileNotFoundError:
        return ABSENT
    except UNREADABLE:
        return ""


def _file_now(data, path, way="."):
    try:
        return " ".join(map(of_file, standing(data / way, path)))
    except FileNotFoundError:  # there is no such data folder any more
        return ABSENT


def _row_now(file_of, path, column, value, way="."):
    """Give the state of one row, found by its key, as a notebook reads it."""
    try:
        return of_row(_rows(*file_of(path, way), column).get(value))
    except (FileNotFoundError, *UNREADABLE):
        return ""


def _file_of(data, path, way):
    """Give the file of a table, the columns that the contract states, and its last change."""
    file = locate(data / way, path)
    names = _names(data, general(path), *map(_changed, standing(data, "datapackage.json")))
    return file, names, _changed(file)


@lru_cache(maxsize=64)
def _names(data, path, *changed):
    """Give the columns of a file, by its path in the contract."""
    return tuple(columns(by_path(data)[path], data))


@lru_cache(maxsize=64)
def _rows(path, names, changed, column):
    """Give the rows of a table by their key."""
    return by_key(path, names, column)


@lru_cache(maxsize=16)
def _cells_of(path, names, changed):
    """Give the heading and the rows of a table, of which some columns each are looked at."""
    return rows(path, names)


def _part(path, names, changed, columns):
    """Give the state of some columns of a table: the same for the same cells in the same rows."""
    header, filled = _cells_of(path, names, changed)
    at = [header.index(column) for column in columns]
    cells = ([row[one] for one in at] for row in filled.values())
    return of_bytes(csv_text([columns, *cells]).encode())


def _named(kind, name, *more):
    """Give what was read in words."""
    if kind == "table":
        return f"the table {name}"
    if kind == "file":
        return "/".join([*more, name])
    if kind == "columns":
        columns, *way = more
        return f"{columns.replace(' ', ', ')} of {'/'.join([*way, name])}"
    column, value, *way = more
    return f"row {value} of {'/'.join([*way, name])}"


@lru_cache(maxsize=16)
def _cells(notebook: Path) -> tuple[tuple[str, str], ...]:
    """Give type and source of each cell of a notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return tuple((c["cell_type"], "".join(c["source"])) for c in cells)


def _helpers(notebook: Path) -> str:
    """Give the state of all code that a notebook's cells lead to, and of the engine."""
    return _code().state([text for kind, text in _cells(notebook) if kind == "code"], ENGINE)


@lru_cache(maxsize=1)
def _code() -> Code:
    return Code()


@lru_cache(maxsize=1)
def lock() -> str:
    """Give the state of the lock file."""
    return _hash(NOTEBOOKS.parent / "requirements.lock")


def _hash(*paths):
    return _text("".join(map(of_file, paths)))


def of_file(path: Path) -> str:
    """Give the key of a file that a result was made of: the state of its bytes, as they are now."""
    try:
        return _digest(path, _changed(path))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ABSENT


def _changed(path):
    about = os.stat(path)
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size


@lru_cache(maxsize=1 << 14)
def _digest(path, changed):
    """Give the state of one file, reckoned again only when it changed."""
    return of_bytes(path.read_bytes())


def _text(text):
    return of_bytes(text.encode())
