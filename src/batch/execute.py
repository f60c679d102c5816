"""One job from first notebook to finished pages, written aside and moved into place when whole.

Each notebook, and the rendering of the pages, is a process of its own, forked from a warm template where the system
can fork, else started cold. The process tells which cell it is at; one that dies, hangs or is killed is found out and
its notebook marked, so that what is saved says the same as the ledger.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from logging import LoggerAdapter
from multiprocessing import get_context
from pathlib import Path

from batch import journal, keys
from batch.progress import LOG, into_file
from batch.turns import Slots

ANSI = re.compile(r"\x1b\[[0-9;]*m")
FEW = 10  # countries; the template must be ready soon, and stay small
GRACE = 5  # seconds that a process may take over its time before it is killed
FORKS = sys.platform == "linux" and not os.environ.get("COP_COLD_KERNELS")
SLOTS = Slots(os.cpu_count() or 1)  # processes at the same time; see schedule.run
_LOCK = threading.Lock()  # the fork server's start and join are not safe between threads
_LIVE = set()  # processes to be ended when the run is stopped


@dataclass
class Outcome:
    """One line of the ledger: how one stage of one country went."""

    country: str
    stage: str
    status: str  # ok or failed
    seconds: float
    cell: int | None = None  # number of the cell as counted from the top of the notebook
    cause: str = ""
    message: str = ""

    def as_row(self):
        """Give the line as a dictionary."""
        return asdict(self)


class Failed(Exception):
    """Raised in the caller when a process did not do its work; carries cell, cause, message and the full log."""

    def __init__(self, cell, cause, message, log=""):
        """Take what is known of the failure."""
        super().__init__(message)
        self.cell, self.cause, self.message, self.log = (
            cell,
            cause,
            message,
            log or f"{cause}: {message}\n",
        )


def run(job, date, force=False):
    """Run what changed of a job; give its outcomes, the last of which says failed when it failed. Never raises."""
    with into_file(job.key, job.making.parent / "logs" / f"{job.key}.log"):
        return _run(job, date, force)


def _run(job, date, force):
    outcomes = [_timed(job, "start", _start, job, force)]
    # All stages but the last only hand on, so they run side by side; the last reads what they handed on.
    for group in (job.stages[:-1], job.stages[-1:]):
        if all(o.status == "ok" for o in outcomes):
            outcomes += _side_by_side(
                job, [s for s in group if keys.changed(job, s, job.making)], date
            )
    if all(o.status == "ok" for o in outcomes):
        outcomes.append(_timed(job, "pages", _run_pages, job, date))
    told = [o for o in outcomes if o.stage != "start" or o.status == "failed"]
    return sorted(told, key=lambda o: o.status == "failed")


def _side_by_side(job, stages, date):
    with ThreadPoolExecutor(max(len(stages), 1)) as pool:
        return list(
            pool.map(lambda stage: _timed(job, stage, _run_stage, job, stage, date), stages)
        )


def warm_up(data, countries=()):
    """Let the warm template start now, so that it is ready when the first notebook is; it returns at once.

    It reads the tables of these countries too, of the first few: each is read by six stages.
    """
    quiet = {
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    os.environ.update(quiet, COP_WARM_DATA=data, COP_WARM_COUNTRIES=" ".join(list(countries)[:FEW]))
    if FORKS:
        from multiprocessing import forkserver

        called_by = [
            name for name in sys.modules if name.startswith("cop.")
        ]  # the children look at it again
        get_context("forkserver").set_forkserver_preload(["batch.warm", *called_by])
        forkserver.ensure_running()


def shared_tables_are_sound(data):
    """Say whether the warm template found the shared tables sound as it read them; None where it read none, or others."""
    return _in_process(_ask_template, (data,), 600) if FORKS else None


def _ask_template(data, tell):
    from batch import warm

    return warm.SOUND if data == warm.DATA else None


def stop_all():
    """Kill every process that is still running, with its children."""
    for process in list(_LIVE):
        _kill(process)


def _start(job, force):
    """Begin from the last whole result, so that stages that still hold need not be run; with force, from nothing."""
    shutil.rmtree(job.making, ignore_errors=True)
    if job.ready.exists() and not force:
        shutil.copytree(job.ready, job.making)
    (job.making / "tables").mkdir(parents=True, exist_ok=True)
    (job.making / "pages").mkdir()


def _run_stage(job, stage, date):
    try:
        reads = _in_process(execute_notebook, (job, stage, date), job.timeout)
        if reads is not None:
            keys.keep(job, stage, reads)
    except Failed as failed:
        _mark(job.making / f"{stage}.ipynb", failed)
        raise


def _run_pages(job, date):
    """Render and check the pages in a process of their own, then move all into place."""
    _in_process(make_pages, (job, date), 10 * job.timeout)
    keys.keep(job, "pages")
    keys.confirm(job.making)
    move_into_place(job)


def execute_notebook(job, stage, date, tell):
    """Execute one notebook with papermill, in the process made for it; give what it read, if that can be known.

    Its page is rendered at once, as the notebook is at hand; one that cannot be is told of when all are made.
    """
    import papermill

    from report import render

    engine = {"kernel_name": "python3"}
    if FORKS:
        from batch.engine import NAME, Client

        _what_was_read(job).clear()
        Client.began = staticmethod(lambda index: tell(("cell", index + 1)))
        engine["engine_name"] = NAME
    else:
        os.environ.update(IPYTHONDIR=str(_quiet_profile()))
    target = job.making / f"{stage}.ipynb"
    notebook = papermill.execute_notebook(
        job.notebooks / f"{stage}.ipynb",
        target,
        job.parameters,
        cwd=str(job.notebooks),
        progress_bar=False,
        execution_timeout=job.timeout,
        **engine,
    )
    with contextlib.suppress(Exception):
        _write_page(job, stage, render.page(notebook, job.pages()[stage], date))
    if FORKS:
        return _what_was_read(job)
    _forget_paths(target)
    return None  # a kernel of its own does not tell what it read; then all is run each time


def make_pages(job, date, tell):
    """Render every page not yet rendered, and check that each is about this country and no other."""
    import nbformat

    from batch import identity
    from report import render

    made = {name: job.making / "pages" / name for name in job.pages().values()}
    for stage, name in job.pages().items():
        if not made[name].exists():
            _write_page(
                job, stage, render.page(nbformat.read(job.making / f"{stage}.ipynb", 4), name, date)
            )
    identity.check(job, {name: path.read_text(encoding="utf-8") for name, path in made.items()})


def _write_page(job, stage, text):
    (job.making / "pages" / job.pages()[stage]).write_text(text, encoding="utf-8")


def _in_process(work, args, timeout):
    """Do work in a process of its own and give its result; raises Failed when it fails, dies or is silent too long."""
    context = get_context("forkserver" if FORKS else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_body, args=(work, args, theirs))
    with _LOCK:
        process.start()
        theirs.close()
    _LIVE.add(process)
    try:
        return _listen(ours, process, timeout)
    finally:
        _kill(process)
        _LIVE.discard(process)
        ours.close()


def _body(work, args, theirs):
    """The body of the process: its own group, ended with its parent; tells what became of the work."""
    if FORKS:
        os.setsid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing outlives the run
    try:
        theirs.send(("ok", work(*args, theirs.send)))
    except BaseException as error:  # whatever it is, it must be told
        theirs.send(("failed", *_reason(error), ANSI.sub("", traceback.format_exc())))
    theirs.close()
    os._exit(0)


def _listen(ours, process, timeout):
    """Follow a process until it says how it ended and give its result; raises Failed unless it says ok."""
    cell = None
    while True:
        if not ours.poll(timeout + GRACE):
            raise Failed(cell, "Timeout", f"said nothing for {timeout} seconds and was ended")
        try:
            word, *rest = ours.recv()
        except EOFError:
            raise Failed(cell, *_death(process)) from None
        if word == "cell":
            cell = rest[0]
        elif word == "failed":
            raise Failed(rest[0] or cell, *rest[1:])
        else:
            return rest[0]


def _death(process):
    """Give cause and message of a process that ended without a word."""
    with _LOCK:
        process.join(GRACE)
    code = process.exitcode or 0
    if code < 0:
        name = signal.Signals(-code).name
        return "Killed", f"the process was killed by {name}" + (
            " (out of memory, perhaps)" if name == "SIGKILL" else ""
        )
    return "Ended", f"the cell ended its process with exit status {code}"


def _kill(process):
    """End a process with its whole group, and wait for it."""
    with contextlib.suppress(ProcessLookupError, PermissionError, TypeError):
        os.killpg(process.pid, signal.SIGKILL) if FORKS else process.kill()
    with contextlib.suppress(Exception), _LOCK:
        process.kill()
        process.join(GRACE)


def _reason(error):
    """Give cell, cause and message of a failure in the words of the error itself."""
    if hasattr(error, "ename"):
        return error.cell_index + 1, error.ename, ANSI.sub("", str(error.evalue))
    return None, type(error).__name__, ANSI.sub("", str(error)).strip()


def _mark(path, failed):
    """Let the saved notebook say what happened: the cell that failed, and those never run (papermill says completed)."""
    import nbformat

    if not path.exists():
        return
    notebook = journal.put_back(nbformat.read(path, 4), path)
    at = _failing(notebook.cells, failed.cell)
    for i, cell in enumerate(notebook.cells):
        about = cell.metadata.setdefault("papermill", {})
        if i == at:
            about.update(status="failed", exception=True)
            _say_error(cell, failed)
        elif at is None or i > at:
            about.update(status="not run", start_time=None, end_time=None, duration=None)
    notebook.metadata.setdefault("papermill", {})["exception"] = True
    nbformat.write(notebook, path)
    _forget_paths(path)


def _failing(cells, number):
    """Give the place of the cell that failed: the one papermill names (it adds cells above), else by number."""
    named = [
        i for i, c in enumerate(cells) if c.metadata.get("papermill", {}).get("status") == "failed"
    ]
    return named[0] if named else number - 1 if number else None


def _say_error(cell, failed):
    import nbformat

    if cell.cell_type == "code" and not any(o.output_type == "error" for o in cell.outputs):
        said = [failed.message]
        cell.outputs.append(
            nbformat.v4.new_output(
                "error", ename=failed.cause, evalue=failed.message, traceback=said
            )
        )


def _timed(job, stage, work, *args):
    """Give the outcome of a piece of work; the status comes from what happened, never from the notebook."""
    with SLOTS.one(last=stage == job.stages[-1]):
        return _timed_in_slot(job, stage, work, *args)


def _timed_in_slot(job, stage, work, *args):
    began, log = time.perf_counter(), LoggerAdapter(LOG, {"country": job.key})
    log.debug("%s: begins", stage)
    try:
        work(*args)
        outcome = Outcome(job.key, stage, "ok", round(time.perf_counter() - began, 2))
        log.info("%s: ok after %.2f s", stage, outcome.seconds)
    except Exception as error:  # whatever it is, it must not spoil another country
        failed = (
            error if isinstance(error, Failed) else Failed(*_reason(error), traceback.format_exc())
        )
        seconds = round(time.perf_counter() - began, 2)
        outcome = Outcome(
            job.key, stage, "failed", seconds, failed.cell, failed.cause, failed.message
        )
        log.error("%s: failed after %.2f s\n%s", stage, seconds, failed.log)
    return outcome


def move_into_place(job):
    """Put pages and folder where they belong, each by one rename."""
    job.site.mkdir(parents=True, exist_ok=True)
    for page in sorted((job.making / "pages").iterdir()):
        os.replace(page, job.site / page.name)
    (job.making / "pages").rmdir()
    old = job.ready.with_name(f".old-{job.key}")
    shutil.rmtree(old, ignore_errors=True)
    if job.ready.exists():
        os.replace(job.ready, old)
    os.replace(job.making, job.ready)
    shutil.rmtree(old, ignore_errors=True)


def _what_was_read(job):
    """Give the set in which the contract notes what is read in this process."""
    import contract

    return contract.READS


def _quiet_profile():
    """Give an IPython folder of our own for cold kernels: nobody's start-up files, no history, no warnings."""
    folder = Path(tempfile.gettempdir()) / "cop-ipython"
    (folder / "profile_default").mkdir(parents=True, exist_ok=True)
    settings = "c.IPKernelApp.log_level = 50\nc.HistoryManager.enabled = False\n"
    (folder / "profile_default" / "ipython_kernel_config.py").write_text(settings, encoding="utf-8")
    return folder


def _forget_paths(target):
    """Take the folders of this machine out of the saved notebook's metadata."""
    import nbformat

    notebook = nbformat.read(target, 4)
    for key in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(key, None)
    nbformat.write(notebook, target)
