"""The engine gives the outputs of a Jupyter kernel; a cell that fails is named with its number."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
import yaml
from conftest import ROOT, ZEDLAND

from cop.run import plan, steps, workers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("awkward")]

PARAMETERS = "iso3 = 0\nedition = 0\ndata = 0\nlanguage = 0\ntables = 0"
CELLS = yaml.safe_load(Path(__file__).with_name("cells.yml").read_text(encoding="utf-8"))
AWKWARD, DEATHS = CELLS["awkward"], CELLS["deaths"]
EXECUTE = """
import contextlib, sys
import papermill
from cop.run import engine

path, done, how = sys.argv[1:]
chosen = {"engine_name": engine.NAME} if how == "ours" else {}
with contextlib.suppress(papermill.PapermillExecutionError):
    papermill.execute_notebook(path, done, kernel_name="python3", progress_bar=False, **chosen)
"""


def execute(path, how):
    """Execute a notebook in a new process, as "ours" or "kernel", and return each cell's outputs.

    Tracebacks are empty, since they quote IPython's own code.
    """
    done = path.with_name(f"{path.stem}-{how}.ipynb")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", EXECUTE, str(path), str(done), how]
    subprocess.run(command, env=environment, check=True, timeout=300)
    cells = [c for c in nbformat.read(done, 4).cells if c.cell_type == "code"]
    shown = [(c.execution_count, [dict(o) | {"traceback": ""} for o in c.outputs]) for c in cells]
    texts = [json.dumps(each, sort_keys=True, default=str) for each in shown]
    return [re.sub(r"0x[0-9a-f]{6,}", "0xADDRESS", text) for text in texts]


def write(folder, name, cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    for cell in notebook.cells:
        cell.metadata["tags"] = ["parameters"] if cell.source == PARAMETERS else []
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["kernelspec"] = kernel
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_notebook_has_the_outputs_of_a_kernel(tmp_path, monkeypatch):
    path = write(tmp_path, "awkward", AWKWARD)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    ours, kernel = execute(path, "ours"), execute(path, "kernel")
    assert len(ours) == len(AWKWARD) and ours == kernel


def test_text_on_standard_error_is_no_output(tmp_path):
    path = write(tmp_path, "errors", ["import sys; print('e', file=sys.stderr); print('o')"])
    [text] = execute(path, "ours")
    assert '"o' in text and '"e' not in text


@pytest.fixture
def run_cells(tmp_path):
    """Return a function that runs cells as a stage and returns the result of `run_notebook`."""

    def run(cells, timeout=30):
        write(tmp_path, "1-desktop-research", ["", PARAMETERS, *cells])
        where = {"data": ZEDLAND, "outputs": tmp_path / "out", "notebooks": tmp_path}
        job = plan.of_country("ZZZ", plan.Choice(timeout=timeout, **where))
        steps.start(job, force=True)
        task = steps.run_notebook, job, "1-desktop-research", "2026-11-24", False, []
        return workers.Workers(1).run(*task, timeout=timeout)

    return run


@pytest.mark.parametrize("death", DEATHS)
def test_a_cell_that_fails_dies_or_never_ends_is_named_with_its_cause(run_cells, death):
    code, cause, words = (DEATHS[death][part] for part in ("code", "cause", "words"))
    with pytest.raises(workers.Failed) as failed:
        run_cells(["x = 1", code, "print('never')"], timeout=3 if death == "no end" else 30)
    assert (failed.value.cell, failed.value.cause) == (4, cause) and words in failed.value.message


def test_each_notebook_has_a_namespace_and_a_random_state_of_its_own(run_cells):
    values = "('x' in globals(), random.random(), numpy.random.rand())"
    code = f"import random, numpy\nraise ValueError({values})\n"
    texts = []
    for _ in "ab":
        with pytest.raises(workers.Failed) as failed:
            run_cells([code, "x = 1"])
        texts.append(failed.value.message)
    assert texts[0].startswith("(False") and texts[0] != texts[1]


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_stopped_run_leaves_no_process_and_no_half_made_page(tmp_path, signal_name):
    call = [sys.executable, "-m", "cop", "run", "ZZZ", "--data", ZEDLAND, "--outputs", tmp_path]
    run = subprocess.Popen(call, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for _ in range(600):
        if (tmp_path / ".making-ZZZ" / "1-desktop-research.ipynb").exists():
            break
        time.sleep(0.05)
    processes = psutil.Process(run.pid).children(recursive=True)
    os.kill(run.pid, getattr(signal, signal_name))
    if signal_name != "SIGKILL":
        assert run.wait(30) == 130 and "results are kept" in run.stderr.read()
    run.wait(30)
    # processes end once they see that the run has ended
    assert processes and not psutil.wait_procs(processes, timeout=10)[1]
    assert not list((tmp_path / "site").glob("*.html")) and not (tmp_path / "ZZZ").exists()


def test_plain_papermill_runs_a_stage_for_another_country(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = os.path.relpath(plan.NOTEBOOKS / "4-ict-statistics.ipynb")
    parameters, out = {"iso3": "GEO"}, tmp_path / "out.ipynb"
    done = papermill.execute_notebook(path, out, parameters, progress_bar=False)
    shown = str([cell.get("outputs") for cell in done.cells])
    assert "Georgia" in shown and "Zedland" not in shown
