"""The ways that are compared: each runs all notebooks of all countries of a data folder, then that
of the region, and makes a page of each.

Called as `python ways.py WAY DATA OUTPUTS`, so that a way pays for its own start. The ways in
Python render with this project's template and keep it warm; `loop` uses nbconvert's own.
"""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from cop.data import package
from cop.run import plan

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
BIN = Path(sys.executable).parent
DATE = "2026-11-24"
COMMIT = "e8967f9"  # of 25 November 2026, an earlier version to compare with


def cop(data, outputs):
    """Run `cop run --all` of this tree."""
    command = [sys.executable, "-m", "cop", "run", "--all", "--data", data, "--outputs", outputs]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run(command, env=environment, check=True)


def papermill_two(data, outputs):
    """Call papermill.execute_notebook for each notebook, two countries at a time."""
    in_processes(run_with_papermill, data, outputs)


def ploomber_engine(data, outputs):
    """Do the same with ploomber-engine, which runs cells in the process itself."""
    in_processes(run_with_ploomber_engine, data, outputs)


def loop(data, outputs):
    """Run the commands `papermill` and `jupyter nbconvert` one after the other, as in a shell."""
    done = jobs(data, outputs)
    for job in done:
        run_commands(job)
    run_commands(region(data, outputs, done))


def earlier(data, outputs):
    """Run `cop run --all` of an earlier commit, on its own data and with its own packages."""
    tree = ROOT / "outputs" / "bench" / COMMIT
    code = "import sys; from batch.cli import main; sys.exit(main())"
    command = [tree / ".venv" / "bin" / "python", "-c", code, "run", "--all"]
    folders = ["--data", tree / "data", "--outputs", outputs]
    environment = os.environ | {"PYTHONPATH": str(tree / "src")}
    subprocess.run([*command, *folders], cwd=tree, env=environment, check=True)


def prepare_earlier(place):
    """Check out the earlier commit and install the packages of its lock file, once."""
    tree = place / COMMIT
    if (tree / ".venv" / "ready").exists():
        return
    subprocess.run(["git", "worktree", "add", "--force", tree, COMMIT], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "venv", tree / ".venv"], check=True)
    install = [tree / ".venv" / "bin" / "python", "-m", "pip", "install", "-q"]
    subprocess.run([*install, "--require-hashes", "-r", tree / "requirements.lock"], check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "-e", tree], check=True)
    (tree / ".venv" / "ready").touch()


def jobs(data, outputs):
    """Return the jobs of all countries, their folders made."""
    choice = plan.Choice(data=data, outputs=outputs)
    countries = [plan.of_country(iso3, choice) for iso3 in package.begun(data)]
    for job in countries:
        make_folders(job)
    return countries


def region(data, outputs, done):
    """Return the job of the region, where it finds the tables of the countries that are done."""
    for job in done:
        job.making.rename(job.ready)
    choice, group = plan.Choice(data=data, outputs=outputs), next(iter(plan.groups(data)))
    left_out = [iso3 for iso3 in plan.groups(data)[group] if iso3 not in {job.key for job in done}]
    job = plan.of_region(group, choice, done[0].parameters["edition"], left_out)
    make_folders(job)
    return job


def make_folders(job):
    """Make the folders that a job writes to."""
    for name in ("tables", "pages"):
        (job.making / name).mkdir(parents=True)


def in_processes(work, data, outputs):
    """Do the work of each country in one of two processes, then that of the region."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = jobs(data, outputs)
        list(pool.map(work, done))
        pool.submit(work, region(data, outputs, done)).result()


def run_with_papermill(job):
    """Execute a job's notebooks in kernels, and render their pages."""
    import papermill

    for stage in job.stages:
        path, options = job.making / f"{stage}.ipynb", {"cwd": str(plan.NOTEBOOKS)}
        options |= {"progress_bar": False, "kernel_name": "python3"}
        notebook = papermill.execute_notebook(job.notebook(stage), path, job.parameters, **options)
        write_page(job, stage, notebook)


def run_with_ploomber_engine(job):
    """Execute a job's notebooks in this process, and render their pages."""
    from nbformat import from_dict
    from ploomber_engine import execute_notebook

    os.chdir(plan.NOTEBOOKS)
    main = sys.modules["__main__"]  # which the engine replaces; the next task would not be found
    for stage in job.stages:
        path, options = job.making / f"{stage}.ipynb", {"progress_bar": False, "verbose": False}
        notebook = execute_notebook(job.notebook(stage), path, parameters=job.parameters, **options)
        notebook.metadata.papermill = from_dict({"parameters": job.parameters})  # for the exporter
        write_page(job, stage, notebook)
    sys.modules["__main__"] = main


def run_commands(job):
    """Run `papermill` and `jupyter nbconvert` for each of a job's notebooks."""
    words = [word for name, value in job.parameters.items() for word in ("-r", name, str(value))]
    options = ["--cwd", plan.NOTEBOOKS, "-k", "python3", "--no-progress-bar"]
    for stage in job.stages:
        path = job.making / f"{stage}.ipynb"
        subprocess.run([BIN / "papermill", job.notebook(stage), path, *words, *options], check=True)
        convert = [BIN / "jupyter", "nbconvert", "--to", "html", "--no-input"]
        subprocess.run([*convert, "--output-dir", job.making / "pages", path], check=True)


def write_page(job, stage, notebook):
    """Export the page of an executed notebook, with the cells of other stages in the last one."""
    from cop.report.exporter import exporter

    name = job.pages()[stage]
    about = {"metadata": {"name": stage, "path": str(job.making)}, "file": name, "date": DATE}
    page, _ = exporter().from_notebook_node(notebook, about)
    (job.making / "pages" / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    way, data, outputs = sys.argv[1:]
    globals()[way](Path(data), Path(outputs))
