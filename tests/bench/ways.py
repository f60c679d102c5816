"""The ways that are compared: each runs all notebooks of all countries of a data folder, then that
of the region (Ploomber and Jupyter Book have none), and makes a page of each.

Called as `python ways.py WAY DATA OUTPUTS`, so that a way pays for its own start. Every way is
given its best case: one exporter kept warm where a process lives on, the project's own template,
parameters made ready.
"""

import ast
import contextlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import psutil

from cop.data import package
from cop.run import plan

PROCESSES = 2
BIN = Path(sys.executable).parent
DATE = "2026-11-24"


def jobs(data, outputs):
    """Return the jobs of all countries, their folders made."""
    countries = [
        plan.of_country(i, plan.Choice(data=data, outputs=outputs)) for i in package.begun(data)
    ]
    for job in countries:
        (job.making / "tables").mkdir(parents=True)
    return countries


def cli_loop(data, outputs):
    """Run the commands `papermill` and `jupyter nbconvert` one after the other, as a shell loop
    does.
    """
    _one_after_another(_command_country, data, outputs)


def cli_two(data, outputs):
    """Run the same commands for two countries at a time, as xargs -P 2 does."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(_command_country, todo := jobs(data, outputs)))
    _command_country(_region(data, outputs, todo))


def papermill_loop(data, outputs):
    """Call papermill.execute_notebook in a loop, each country after the other."""
    _one_after_another(_papermill_country, data, outputs)


def papermill_two(data, outputs):
    """Do the same in two processes."""
    _in_processes(_papermill_country, data, outputs)


def ploomber_engine(data, outputs):
    """Do the same with ploomber-engine, which runs cells in the process itself, in two
    processes.
    """
    _in_processes(_ploomber_country, data, outputs)


def ploomber(data, outputs):
    """Build one pipeline of all notebooks with Ploomber, two at a time."""
    from ploomber import DAG
    from ploomber.executors import Parallel

    dag = DAG(executor=Parallel(processes=PROCESSES))
    for job in jobs(data, outputs):
        *first, last = [_ploomber_task(dag, job, stage) for stage in job.stages]
        for task in first:
            last.set_upstream(task)
    dag.build()


def jupyter_book(data, outputs):
    """Build one book of all notebooks with Jupyter Book 1, which executes them one after the
    other.
    """
    import papermill
    import yaml

    pages = []
    for job in jobs(data, outputs):
        told = job.parameters | {
            n: str((plan.NOTEBOOKS / job.parameters[n]).resolve()) for n in ("data", "tables")
        }
        for stage in job.stages:
            page = job.making / f"{stage}.ipynb"
            papermill.execute_notebook(
                plan.NOTEBOOKS / page.name, page, told, prepare_only=True, progress_bar=False
            )
            pages.append(page.relative_to(outputs).as_posix())
    (outputs / "_config.yml").write_text(
        yaml.safe_dump({"title": "x", "execute": {"execute_notebooks": "force"}})
    )
    contents = {
        "format": "jb-book",
        "root": pages[0],
        "chapters": [{"file": page} for page in pages[1:]],
    }
    (outputs / "_toc.yml").write_text(yaml.safe_dump(contents))
    subprocess.run([BIN / "jupyter-book", "build", outputs], check=True)


def limit(data, outputs):
    """Run the same cells as plain functions in two warm processes: nothing is forked or checked."""
    _in_processes(_plain_country, data, outputs)


def ours(data, outputs):
    """Run `cop run --all`."""
    subprocess.run([BIN / "cop", "run", "--all", "--data", data, "--outputs", outputs], check=True)


def ours_on_dask(data, outputs):
    """Run `cop run --all` on a scheduler and two workers of one country each, started for it."""
    told = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    file = outputs / "scheduler.json"
    run = [sys.executable, "-m"]
    started = [
        subprocess.Popen(
            [
                *run,
                "distributed.cli.dask_scheduler",
                "--port",
                "0",
                "--no-dashboard",
                "--scheduler-file",
                file,
            ]
        )
    ]
    while not file.exists():
        time.sleep(0.05)
    worker = [
        *run,
        "distributed.cli.dask_worker",
        "--scheduler-file",
        file,
        "--nthreads",
        "1",
        "--no-dashboard",
    ]
    worker += ["--no-nanny", "--local-directory", outputs]
    started += [subprocess.Popen(worker, env=told) for _ in range(PROCESSES)]
    address = json.loads(file.read_text())["address"]
    time.sleep(2)
    call = [
        BIN / "cop",
        "run",
        "--all",
        "--data",
        data,
        "--outputs",
        outputs,
        "--scheduler",
        address,
    ]
    subprocess.run(call, check=True)
    for process in started:
        process.kill()


def ours_on_dask_lost(data, outputs):
    """Run the same by the recipe of docs/guide.md, and kill one of the two workers, with all that
    it had started, when half of the countries are back.
    """
    told = os.environ | {
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    }
    file = outputs / "scheduler.json"
    here = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    here += ["--scheduler-file", str(file)]
    two = ["--nthreads", "1", "--nworkers", str(PROCESSES), "--local-directory", str(outputs)]
    dask = {
        kind: [sys.executable, "-m", f"distributed.cli.dask_{kind}", *here]
        for kind in ("scheduler", "worker")
    }
    started = [subprocess.Popen([*dask["scheduler"], "--port", "0"], env=told)]
    while not file.exists():
        time.sleep(0.05)
    started.append(subprocess.Popen([*dask["worker"], *two], env=told))
    call = [sys.executable, "-m", "cop", "run", "--all", "--data", data, "--outputs", outputs]
    run = subprocess.Popen([*call, "--scheduler", json.loads(file.read_text())["address"]])
    half = len(package.begun(data)) // 2
    while run.poll() is None and len(list(outputs.glob("*/pages"))) < half:
        time.sleep(0.05)
    worker = _workers(started[-1].pid)[0]
    lost = [*worker.children(recursive=True), worker]
    print("killed", len(lost), "processes after", len(list(outputs.glob("*/pages"))), "countries")
    for process in lost:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    status = run.wait()
    for process in started:
        process.terminate()
    sys.exit(status)


def _workers(nannies):
    """Return the processes that are workers: each nanny of Dask spawns one."""
    children = psutil.Process(nannies).children()
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]


def _one_after_another(work, data, outputs):
    for job in (todo := jobs(data, outputs)):
        work(job)
    work(_region(data, outputs, todo))


def _in_processes(work, data, outputs):
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(work, todo := jobs(data, outputs)))
        pool.submit(work, _region(data, outputs, todo)).result()


def _region(data, outputs, done):
    """Return the job of the region, where it finds the tables of the countries that are done."""
    for job in done:
        job.making.rename(job.ready)
    choice, group = plan.Choice(data=data, outputs=outputs), next(iter(plan.groups(data)))
    job = plan.of_region(group, choice, done[0].parameters["edition"], [])
    (job.making / "tables").mkdir(parents=True)
    return job


def _command_country(job):
    for stage in job.stages:
        _papermill_command(job, stage)
        _nbconvert_command(job.making / f"{stage}.ipynb")


def _papermill_command(job, stage):
    words = [word for name, value in job.parameters.items() for word in ("-r", name, str(value))]
    command = [
        BIN / "papermill",
        plan.NOTEBOOKS / f"{stage}.ipynb",
        job.making / f"{stage}.ipynb",
        *words,
    ]
    subprocess.run(
        [*command, "--cwd", plan.NOTEBOOKS, "-k", "python3", "--no-progress-bar"],
        check=True,
        stderr=subprocess.DEVNULL,
    )


def _nbconvert_command(notebook):
    source = Path(plan.__file__).parents[1]
    hidden = "['parameters','injected-parameters','analyst','hand-on','method']"
    command = [
        BIN / "jupyter",
        "nbconvert",
        "--to",
        "html",
        "--no-input",
        "--template",
        "report",
        notebook,
    ]
    command += [
        f"--TemplateExporter.extra_template_basedirs={source}",
        "--HTMLExporter.embed_images=True",
    ]
    command += [
        "--TagRemovePreprocessor.enabled=True",
        f"--TagRemovePreprocessor.remove_cell_tags={hidden}",
    ]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _papermill_country(job, **engine):
    import papermill

    for stage in job.stages:
        notebook = papermill.execute_notebook(
            plan.NOTEBOOKS / f"{stage}.ipynb",
            job.making / f"{stage}.ipynb",
            job.parameters,
            cwd=str(plan.NOTEBOOKS),
            progress_bar=False,
            kernel_name="python3",
            **engine,
        )
        _page(job, stage, notebook)


def _ploomber_country(job):
    from ploomber_engine import execute_notebook

    os.chdir(plan.NOTEBOOKS)
    main = sys.modules["__main__"]
    for stage in job.stages:
        notebook = execute_notebook(
            plan.NOTEBOOKS / f"{stage}.ipynb",
            job.making / f"{stage}.ipynb",
            parameters=job.parameters,
            progress_bar=False,
            verbose=False,
        )
        _page(job, stage, notebook)
    sys.modules["__main__"] = (
        main  # its shell puts itself there, and the next task would not be found
    )


def _ploomber_task(dag, job, stage):
    from ploomber.products import File
    from ploomber.tasks import NotebookRunner

    return NotebookRunner(
        plan.NOTEBOOKS / f"{stage}.ipynb",
        File(job.making / f"{stage}.html"),
        dag,
        name=f"{job.key}-{stage}",
        params=dict(job.parameters),
        kernelspec_name="python3",
        static_analysis="disable",
        papermill_params={"cwd": str(plan.NOTEBOOKS), "progress_bar": False},
    )


def _plain_country(job):
    import nbformat

    os.chdir(plan.NOTEBOOKS)
    for stage in job.stages:
        notebook = nbformat.read(plan.NOTEBOOKS / f"{stage}.ipynb", 4)
        _run_cells(notebook, job.parameters)
        nbformat.write(notebook, job.making / f"{stage}.ipynb")
        _page(job, stage, notebook)


def _run_cells(notebook, told):
    """Run the cells of a notebook in one namespace; the value of a cell's last expression
    becomes its output.
    """
    from nbformat.v4 import new_output

    names = {"__name__": "__main__"}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(told)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
        if value is not None:
            data, metadata = _formatter().format(value)
            cell.outputs = [new_output("execute_result", data=data, metadata=metadata)]


@lru_cache(maxsize=1)
def _formatter():
    from IPython.core.formatters import DisplayFormatter

    return DisplayFormatter()


def _page(job, stage, notebook):
    from cop.report import render

    name = job.pages()[stage]
    job.site.mkdir(exist_ok=True)
    (job.site / name).write_text(render.page(notebook, name, DATE), encoding="utf-8")


if __name__ == "__main__":
    way, data, outputs = sys.argv[1:]
    globals()[way](Path(data), Path(outputs))
