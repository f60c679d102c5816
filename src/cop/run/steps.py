"""Define the steps of a job. Notebooks, and the check of their pages, run in separate processes."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cop.data import UserError
from cop.data.places import DESK
from cop.report import languages
from cop.report.filenames import BASELINE, REGION
from cop.run import fingerprints
from cop.run.plan import NOTEBOOKS, Job, seen_from_notebooks
from cop.run.publish import swap
from cop.run.results import DOWNLOADS

CHECK, PAGES = "data", fingerprints.PAGES  # names of the steps before and after the stages


@dataclass
class Outcome:
    """Outcome of one step of a job."""

    stage: str  # name of the step
    status: str  # ok, failed, skipped, up to date or unchanged
    message: str = ""  # error message or warning
    cell: int | None = None  # number of the cell that failed (see InProcessEngine)
    cause: str = ""
    seconds: float = 0.0


def start(job: Job, force: bool) -> None:
    """Empty the working folder and, unless `force`, copy the result without DESK and downloads."""
    shutil.rmtree(job.making, ignore_errors=True)
    if job.ready.exists() and not force:
        shutil.copytree(job.ready, job.making, ignore=shutil.ignore_patterns(DESK, f"*{DOWNLOADS}"))
    for name in ("tables", "pages"):
        (job.making / name).mkdir(parents=True, exist_ok=True)


def check_country(job: Job) -> tuple[list[str], list[tuple]]:
    """Return the errors in a job's data, as texts, and the cache keys of the checked tables.

    Regions and baselines of assessed countries are not checked. A baseline of any other country is
    checked only for lost research, since the baseline would replace an assessment.
    """
    from cop.data import checks, package
    from cop.data.checks import losses

    errors, states = [], []
    if job.stages[0] not in (REGION, BASELINE):
        for name in package.tables(job.data, shared=False):
            _, _, *state = package.state(name, job.data, job.key)
            states.append((name, job.parameters["data"], *state))  # the path that notebooks use
        errors = checks.of_country(job.data, job.key)
    elif job.stages[0] == BASELINE and not package.assessed(job.data, job.key):
        errors = losses.of_country(job.data, job.key)
    return list(map(str, errors)), states


def run_notebook(
    job: Job, stage: str, date: str, kernel: bool, checked: list[tuple], report_cell: Callable
) -> tuple[dict | None, str]:
    """Write the executed notebook of a stage, and its page with `date`, to the working folder.

    Returns the inputs that were read, as {input: hash} (None for a Jupyter kernel), and a warning
    about unlabelled outputs, or "". Tables with a cache key in `checked` are not checked again.
    `report_cell` receives the number of each cell (with a kernel, only of a failed cell), and None
    at the end. Raises UserError like `check_parameters`, PapermillExecutionError or InvalidFile.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    import cop.data
    from cop.report import exporter
    from cop.run import engine

    check_parameters(job, stage)
    languages.use(job.language)
    cop.data.READS.clear()  # forget what the previous stage read
    cop.data.CHECKED.update(checked)
    path = job.making / f"{stage}.ipynb"
    ours = {"engine_name": engine.NAME, "report_cell": report_cell}
    try:
        notebook = papermill.execute_notebook(
            job.notebook(stage),
            path,
            job.parameters,
            cwd=NOTEBOOKS,
            kernel_name="python3",
            progress_bar=False,
            stderr_file=sys.stderr,  # of this process, for the log
            request_save_on_cell_execute=False,
            **{"execution_timeout": job.timeout} if kernel else ours,
        )
    except PapermillExecutionError as error:
        if kernel:  # papermill counts from 0, and counts the cell that it adds
            report_cell(error.cell_index)
        raise
    report_cell(None)
    # A user who runs the saved notebook again saves to `desk`, not over the tables of this result.
    text, by_hand = path.read_text(encoding="utf-8"), seen_from_notebooks(job.ready / DESK)
    path.write_text(text.replace(job.parameters["tables"], by_hand), encoding="utf-8")
    name = job.pages()[stage]
    about = {"metadata": {"name": stage, "path": str(job.making)}, "file": name, "date": date}
    page, _ = exporter.exporter().from_notebook_node(notebook, about)
    (job.making / "pages" / name).write_text(page, encoding="utf-8")
    states = sorted(cop.data.states(job.parameters["data"]).items())
    reads = {json.dumps(read): state for read, state in states}
    return None if kernel else reads, exporter.unlabelled_warning(notebook)


def check_parameters(job: Job, stage: str) -> None:
    """Raise UserError unless a notebook defines exactly the parameters of the job."""
    import papermill

    path = job.notebook(stage)
    names, wanted = set(papermill.inspect_notebook(path)), set(job.parameters)
    if names != wanted:
        sets = {"missing": wanted - names, "unexpected": names - wanted}
        wrong = [f"{what}: {', '.join(sorted(some))}" for what, some in sets.items() if some]
        rule = "a cell tagged `parameters` must define exactly the parameters of `cop run`"
        raise UserError(f"{path}: {rule} ({'; '.join(wrong)})")


def check_pages(job: Job, report_cell: Callable) -> dict[str, str]:
    """Check a job's pages and tables (see `identity.check`), and return the texts on its cover."""
    from cop.report.render import read_cover
    from cop.run import identity

    languages.use(job.language)
    pages = {n: (job.making / "pages" / n).read_text("utf-8") for n in job.pages().values()}
    identity.check(job, pages)
    return read_cover([*pages.values()][-1])


def publish(job: Job, cover: dict[str, str]) -> None:
    """Record the pages and cover, and replace the job's result. Keeps DESK, deletes downloads."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    states = {n: fingerprints.file_state(job.making / "pages" / n) for n in job.pages().values()}
    fingerprints.record(job, PAGES, {"cover": cover, "pages": states, "time": time})
    if (job.ready / DESK).is_dir():
        shutil.copytree(job.ready / DESK, job.making / DESK, dirs_exist_ok=True)
    swap(job.making, job.ready)
