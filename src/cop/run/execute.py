"""One job from first notebook to finished pages, written aside and put in place when whole.

Each notebook, and the rendering of the pages, is a process of its own; the notebook of one that did
not end well is marked, so that what is saved says the same as the ledger.
"""

import contextlib
import os
import pickle
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from logging import LoggerAdapter
from pathlib import Path
from typing import TYPE_CHECKING

from cop.data.places import DESK
from cop.report import languages
from cop.report.filenames import BASELINE, REGION
from cop.run import journal, keys
from cop.run.plan import Job
from cop.run.process import FORKS, Failed, Machine, reason
from cop.run.progress import LOG, into_file
from cop.run.results import ledger
from cop.run.results.switch import switch

if TYPE_CHECKING:
    from nbformat import NotebookNode

SHOW_IT = "show a frame with a helper, a chart with `cop.report.charts`, or tag the cell `analyst`"
WATCHED = "COP_WATCHED"  # tells processes of a template that stays warm to look at words again
DRAWN = ".drawn"  # figures of this run, drawn by one stage and shown by others too
GATE = "data"  # what the check of a country's data is called in the ledger


@dataclass
class Outcome:
    """One line of the ledger: how one stage of one country went."""

    country: str
    stage: str
    status: str  # ok, failed or unchanged
    seconds: float
    cell: int | None = None  # number of the cell as counted from the top of the notebook
    cause: str = ""
    message: str = ""

    def as_row(self) -> dict:
        """Give the line as a dictionary."""
        return asdict(self)


def this_machine(slots: int) -> Machine:
    """Give this machine with room for so many notebooks, forked from the warm template."""
    return Machine(slots, "cop.run.warm", __name__)


def shared_tables_are_sound(machine: Machine, data: str) -> bool | None:
    """Say whether the template found the shared tables sound; None where it read others."""
    return machine.do(_ask_template, (data,), 600) if FORKS else None


def _ask_template(data, tell):
    from cop.run.warm import TEMPLATE

    return TEMPLATE.sound if data == TEMPLATE.data else None


def run(job: Job, date: str, machine: Machine, force: bool = False) -> list[Outcome]:
    """Run what changed of a job; give its outcomes, the last of which says failed when it failed.

    Never raises.
    """
    with into_file(job.key, job.making.parent / "logs" / f"{job.key}.log"):
        return _run(job, date, machine, force)


def _run(job, date, machine, force):
    known = []  # the country's tables, once they are read
    outcomes = [_timed(machine, job, "start", _start, job, force)]
    if outcomes[0].status == "ok":
        outcomes.append(_timed(machine, job, GATE, _hold_back, machine, job, known))
    # All stages but the last only hand on, so they run side by side; the last reads what they
    # handed on.
    for group in (job.stages[:-1], job.stages[-1:]):
        if all(o.status == "ok" for o in outcomes):
            stages = [stage for stage in group if keys.changed(job, stage, job.making)]
            outcomes += _side_by_side(machine, job, stages, date, *known)
    if all(o.status == "ok" for o in outcomes):
        outcomes.append(_timed(machine, job, "pages", _run_pages, machine, job, date))
    if all(o.status == "ok" for o in outcomes):
        outcomes.append(_timed(machine, job, "end", finish, job, _shown(outcomes)))
    return sorted(_shown(outcomes), key=lambda o: o.status == "failed")


def _shown(outcomes):
    """Give the outcomes of what the ledger tells; the steps between only where they failed."""
    return [o for o in outcomes if o.stage not in ("start", GATE, "end") or o.status == "failed"]


def _side_by_side(machine, job, stages, date, known):
    def _work(stage):
        return _timed(machine, job, stage, _run_stage, machine, job, stage, date, known)

    with ThreadPoolExecutor(max(len(stages), 1)) as pool:
        return list(pool.map(_work, stages))


def _start(job, force):
    """Begin from the last whole result, where stages may still hold; with force, from nothing."""
    shutil.rmtree(job.making, ignore_errors=True)
    if job.ready.exists() and not force:
        shutil.copytree(job.ready, job.making, ignore=shutil.ignore_patterns("pages", DESK))
    (job.making / "tables").mkdir(parents=True, exist_ok=True)
    (job.making / "pages").mkdir()


def _hold_back(machine, job, known):
    """Raise Failed with every fault of the job's country: what the check refuses is in no page.

    What was read for it is noted as known.
    """
    faults, read = machine.do(read_and_check, (job,), job.timeout)
    known.append(read)
    if faults:
        text = "\n".join(faults)
        raise Failed(None, "held back", text, f"{text}\n")


def read_and_check(job: Job, tell: Callable) -> tuple[list[str], bytes]:
    """Give the faults of the country that a job is about, and its tables, packed, but for those
    that the template has.

    Each is read by several stages: they take them over, and none reads and checks them again.
    """
    if not FORKS or job.stages[0] in (REGION, BASELINE):
        return faults_of(job, tell), pickle.dumps({})
    from cop.run import reading

    os.chdir(job.notebooks)  # so that the folder is called as the notebooks call it
    of = job.parameters["data"], job.key
    faults = [] if reading.ahead(*of) else reading.country(*of)[0]
    return faults, pickle.dumps({})


def faults_of(job: Job, tell: Callable, of_file: Callable | None = None) -> list[str]:
    """Give the faults of the country that a job is about, in the process made for it.

    A region has none of its own. A baseline shows no research: it is held back only where there was
    some that is gone, as it would take the place of an assessment. `of_file` is as in the check.
    """
    if job.stages[0] == REGION:
        return []
    from cop.data import checks, package
    from cop.data.checks import losses

    data = job.notebooks / job.parameters["data"]
    if job.stages[0] != BASELINE:
        return [*map(str, checks.of_country(data, job.key, of_file))]
    return [*map(str, () if package.assessed(data, job.key) else losses.of_country(data, job.key))]


def _run_stage(machine, job, stage, date, known):
    try:
        reads, left_out = machine.do(execute_notebook, (job, stage, date, known), job.timeout)
        if reads is not None:
            keys.keep(job, stage, reads)
        return _own(left_out)
    except Failed as failed:
        journal.mark(job.making / f"{stage}.ipynb", failed)
        raise


def _own(cells):
    """Say which cells show something of their own, which stands in no page."""
    if not cells:
        return ""
    named, one = ", ".join(map(str, cells)), len(cells) == 1
    which = f"cell {named} shows" if one else f"cells {named} show"
    return f"what {which} is not in the page: {SHOW_IT}"


def _run_pages(machine, job, date):
    """Render and check the pages in a process of their own, but for those that hold."""
    changes = {*keys.changed(job, "pages", job.making)}
    told = job, date, keys.whole(job) and changes <= {keys.PARTS["executed"]}
    cover = machine.do(make_pages, told, 10 * job.timeout)
    keys.keep(job, "pages", cover=cover)
    keys.confirm(job.making)


def execute_notebook(
    job: Job, stage: str, date: str, known: bytes, tell: Callable
) -> tuple[dict | None, list[int]]:
    """Execute one notebook in the process made for it; give {what it read: state of the bytes}.

    None where that is not known. With it come the cells that no page takes over. `known` are the
    country's tables as `read_and_check` gives them. Its page is rendered at once, as the notebook
    is at hand; one that cannot be is told of when all are made.
    """
    from cop.report import figure, render

    target = job.making / f"{stage}.ipynb"
    languages.use(job.language)
    figure.keep_in(job.making / DRAWN)
    execute = _execute_forked if FORKS else _execute_cold
    notebook, reads = execute(job, stage, target, tell, known)
    with contextlib.suppress(Exception):
        _write_page(job, stage, render.page(notebook, job.pages()[stage], date))
    return reads, render.left_out(notebook)


def _execute_forked(job, stage, target, tell, known):
    """Run the cells in this very process by the template's kernel."""
    import cop.data
    from cop.report import words

    if os.environ.get(WATCHED):  # some may have been saved since the template read them
        words.look_again()
    cop.data.clear()
    notebook = by_template(job, stage, target, lambda index: tell(("cell", index + 1)))
    return notebook, cop.data.states(job.parameters.get("data", "."))


def by_template(
    job: Job, stage: str, target: Path | None, began: Callable[[int], None], **more: object
) -> "NotebookNode":
    """Give a notebook run in this process by the template's kernel, saved as `target` if given."""
    from cop.run.engine import NAME
    from cop.run.warm import TEMPLATE

    # What papermill saves within a cell the journal has.
    engine = {"engine_name": NAME, "kernel": TEMPLATE.kernel, "autosave_cell_every": 0}
    return _by_papermill(job, stage, target, began=began, **engine, **more)


def _execute_cold(job, stage, target, tell, known):
    """Run the cells in a kernel, which does not tell what it read: then all is run each time."""
    os.environ.update(IPYTHONDIR=str(_quiet_profile()))
    notebook = _by_papermill(job, stage, target)
    journal.forget_paths(target)
    return notebook, None


def _by_papermill(job, stage, target, **engine):
    import papermill

    source, folder = job.notebooks / f"{stage}.ipynb", str(job.notebooks)
    how = {"kernel_name": "python3", "progress_bar": False, "execution_timeout": job.timeout}
    return papermill.execute_notebook(source, target, job.parameters, cwd=folder, **how, **engine)


def make_pages(job: Job, date: str, holds: bool, tell: Callable) -> dict[str, str]:
    """Render the pages of notebooks that were executed; give what the report's cover says.

    Where all that renders them `holds`, those of notebooks that were not executed are taken over.
    Raises Unfit unless each is about this country and no other.
    """
    import nbformat

    from cop.report import render
    from cop.report.covers import facts
    from cop.run import identity

    languages.use(job.language)
    if holds:
        _take_over(job, date)
    made = {name: job.making / "pages" / name for name in job.pages().values()}
    for stage, name in job.pages().items():
        if not made[name].exists():
            notebook = nbformat.read(job.making / f"{stage}.ipynb", 4)
            _write_page(job, stage, render.page(notebook, name, date))
    pages = {name: path.read_text(encoding="utf-8") for name, path in made.items()}
    identity.check(job, pages)
    return facts(pages[job.pages()[job.stages[-1]]])


def _take_over(job, date):
    """Let the pages stand that would be made as they are, by the same version on the same day."""
    from cop.report import covers, render

    version, folders = render.version(), (job.ready, job.making)
    for stage, name in job.pages().items():
        page = job.ready / "pages" / name
        signed = covers.signature(page.read_text(encoding="utf-8"))
        before, now = ((folder / f"{stage}.ipynb").read_bytes() for folder in folders)
        if before == now and date in signed and version in signed:
            shutil.copy2(page, job.making / "pages" / name)


def _write_page(job, stage, text):
    (job.making / "pages" / job.pages()[stage]).write_text(text, encoding="utf-8")


def _timed(machine, job, stage, work, *arguments):
    """Give the outcome of a piece of work; its status is what happened."""
    with machine.slots.one(last=stage == job.stages[-1]):
        return _timed_in_slot(job, stage, work, *arguments)


def _timed_in_slot(job, stage, work, *arguments):
    began, log = time.perf_counter(), LoggerAdapter(LOG, {"country": job.key})
    log.debug("%s: begins", stage)
    try:
        said = work(*arguments)
    except Exception as error:  # whatever it is, it must not spoil another country
        known = isinstance(error, Failed)
        failed = error if known else Failed(*reason(error), traceback.format_exc())
        seconds = round(time.perf_counter() - began, 2)
        log.error("%s: failed after %.2f s\n%s", stage, seconds, failed.log)
        why = (failed.cell, failed.cause, failed.message)
        return Outcome(job.key, stage, "failed", seconds, *why)
    seconds = round(time.perf_counter() - began, 2)
    log.info("%s: ok after %.2f s", stage, seconds)
    return Outcome(job.key, stage, "ok", seconds, message=said or "")


def rows(job: Job, outcomes: Iterable[Outcome]) -> list[dict]:
    """Give the outcomes of a job that was executed as rows, with its language but for English."""
    spoken = {"language": job.language} if job.language != languages.SOURCE else {}
    return [outcome.as_row() | spoken for outcome in outcomes]


def finish(job: Job, outcomes: Iterable[Outcome]) -> None:
    """Finish the execution of a job: what its notebooks made takes its place, in one step."""
    shutil.rmtree(job.making / DRAWN, ignore_errors=True)
    keys.keep_made(job, ledger.lines(rows(job, outcomes)))
    if (job.ready / DESK).is_dir():  # tables made by hand are a person's, and stay
        shutil.copytree(job.ready / DESK, job.making / DESK, dirs_exist_ok=True)
    switch(job.making, job.ready)


def _quiet_profile():
    """Give an IPython folder for cold kernels: nobody's start-up files, no history, no warnings."""
    folder = Path(tempfile.gettempdir()) / "cop-ipython"
    (folder / "profile_default").mkdir(parents=True, exist_ok=True)
    settings = "c.IPKernelApp.log_level = 50\nc.HistoryManager.enabled = False\n"
    (folder / "profile_default" / "ipython_kernel_config.py").write_text(settings, encoding="utf-8")
    return folder
