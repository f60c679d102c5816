"""One job from first notebook to finished pages, written aside and moved into place when whole."""

import os
import re
import shutil
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from batch.plan import NOTEBOOKS

ANSI = re.compile(r"\x1b\[[0-9;]*m")


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


def run(job, date):
    """Run a job; give its outcomes, the last of which says failed when it failed. Never raises for the country's sake."""
    _start_clean(job)
    outcomes = []
    for stage in job.stages:
        outcomes.append(_timed(job, stage, lambda s=stage: _execute(job, s)))
        if outcomes[-1].status == "failed":
            return outcomes
    outcomes.append(_timed(job, "pages", lambda: _publish(job, date)))
    return outcomes


def _start_clean(job):
    shutil.rmtree(job.making, ignore_errors=True)
    (job.making / "tables").mkdir(parents=True)
    (job.making / "pages").mkdir()


def _execute(job, stage):
    import papermill

    os.environ.update(PYTHONHASHSEED="0", OPENBLAS_NUM_THREADS="1", IPYTHONDIR=str(_quiet_profile()))
    target = job.making / f"{stage}.ipynb"
    papermill.execute_notebook(
        NOTEBOOKS / f"{stage}.ipynb",
        target,
        job.parameters,
        kernel_name="python3",
        cwd=str(NOTEBOOKS),
        progress_bar=False,
        log_output=False,
        execution_timeout=job.timeout,
    )
    _forget_paths(target)


def _quiet_profile():
    """Give an IPython folder of our own: nobody's start-up files, no history, no warnings on the terminal."""
    folder = Path(tempfile.gettempdir()) / f"cop-ipython-{os.getuid() if hasattr(os, 'getuid') else 0}"
    (folder / "profile_default").mkdir(parents=True, exist_ok=True)
    settings = "c.IPKernelApp.log_level = 50\nc.HistoryManager.enabled = False\n"
    (folder / "profile_default" / "ipython_kernel_config.py").write_text(settings, encoding="utf-8")
    return folder


def _publish(job, date):
    """Render every page, check that each is about this country and no other, then move all into place."""
    from batch import identity, render

    pages = {name: render.page(job.making / f"{stage}.ipynb", name, date) for stage, name in job.pages().items()}
    identity.check(job, pages)
    job.site.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (job.making / "pages" / name).write_text(text, encoding="utf-8")
    _move_into_place(job, pages)


def _move_into_place(job, pages):
    old = job.ready.with_name(f".old-{job.key}")
    shutil.rmtree(old, ignore_errors=True)
    for name in pages:
        os.replace(job.making / "pages" / name, job.site / name)
    (job.making / "pages").rmdir()
    if job.ready.exists():
        os.replace(job.ready, old)
    os.replace(job.making, job.ready)
    shutil.rmtree(old, ignore_errors=True)


def _timed(job, stage, work):
    """Give the outcome of a piece of work; the status comes from the exception, never from the notebook."""
    began = time.perf_counter()
    try:
        work()
        return Outcome(job.key, stage, "ok", round(time.perf_counter() - began, 2))
    except Exception as error:  # whatever it is, it must not spoil another country
        log = job.making.parent / "logs" / f"{job.key}.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(ANSI.sub("", traceback.format_exc()), encoding="utf-8")
        cell, cause, message = _reason(error, job.making / f"{stage}.ipynb")
        return Outcome(job.key, stage, "failed", round(time.perf_counter() - began, 2), cell, cause, message)


def _reason(error, notebook):
    """Give cell, cause and message of a failure in the words of the error itself."""
    if hasattr(error, "ename"):
        return error.cell_index + 1, error.ename, ANSI.sub("", str(error.evalue))
    cell = _running_cell(notebook) if isinstance(error, DeadKernelError | CellTimeoutError) else None
    first = ANSI.sub("", str(error)).strip().split("\n")[0]
    return cell, type(error).__name__, first


def _running_cell(notebook):
    """Give the number of the cell that was running when the kernel died or the time was up."""
    if not Path(notebook).exists():
        return None
    cells = nbformat.read(notebook, 4).cells
    begun = [i for i, c in enumerate(cells, 1) if c.metadata.get("papermill", {}).get("start_time")]
    return begun[-1] if begun else None


def _forget_paths(target):
    """Take the folders of this machine out of the saved notebook's metadata."""
    notebook = nbformat.read(target, 4)
    for key in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(key, None)
    nbformat.write(notebook, target)
