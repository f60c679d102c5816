"""The project: who may import whom, environments, the shape of the notebooks, what is in git."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT, ZEDLAND

from cop.run import plan, steps


def test_packages_import_only_what_the_design_allows():
    command = [Path(sys.executable).with_name("lint-imports")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


LOCKS = {
    "environment.yml": ("requirements.lock", ["build", "cluster"]),
    "environment-test.yml": ("requirements-test.lock", ["test"]),
}


@pytest.mark.parametrize("environment", LOCKS)
def test_environments_for_conda_state_the_versions_of_the_locks(environment):
    lock, extras = LOCKS[environment]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [d for extra in extras for d in project["optional-dependencies"][extra]]
    direct += project["dependencies"] if "build" in extras else []
    names = {re.match(r"[\w-]+", d)[0] for d in direct}
    stated = yaml.safe_load((ROOT / environment).read_text(encoding="utf-8"))["dependencies"]
    by_pip = next(d["pip"] for d in stated if isinstance(d, dict))
    flat = [d for d in stated if isinstance(d, str)] + by_pip
    versions = {d.split("==")[0].strip(): d.split("==")[1] for d in flat if "==" in d}
    assert versions == {name: locked(lock)[name] for name in names}


def locked(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def test_what_only_tests_use_is_installed_for_tests_only():
    everybody, tests = locked("requirements.lock"), locked("requirements-test.lock")
    assert everybody.items() <= tests.items()
    only = {"krippendorff", "frictionless", "text-unidecode", "pytest", "hypothesis", "highspy"}
    assert only <= set(tests) - set(everybody)


def test_every_shared_file_of_data_has_an_origin_in_its_readme():
    data = ROOT / "data"
    text = (data / "README.md").read_text(encoding="utf-8")
    shared = [*data.glob("reference/*.csv"), *data.glob("statistics/*.csv")]
    names = {p.name for p in shared} | {"observations.md", "analysis.md"}
    assert not [n for n in sorted(names) if f"`{n}`" not in text]


def test_nothing_restricted_is_in_git():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    tracked = listed.stdout.splitlines()
    outputs = [f for f in tracked if f.startswith("outputs/") and f != "outputs/README.md"]
    assert tracked and not outputs and not [f for f in tracked if "restricted/" in f]


NOTEBOOKS = sorted((ROOT / "notebooks").glob("[1-7]-*.ipynb"))


def test_seven_stages_in_order():
    assert [p.stem for p in NOTEBOOKS] == [*plan.STAGES, plan.REGION]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_short_cells_on_zedland_without_outputs_and_few_imports(path):
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [c for c in code if c.outputs or c.execution_count]
    lines = sorted(len(c.source.splitlines()) for c in code)
    assert lines[len(lines) // 2] <= 8 and lines[-1] <= 15
    assert 20 <= len(notebook.cells) <= 75
    ids = re.findall(r'^   "id": "(.+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(notebook.cells), "each cell has an id of its own"
    [parameters] = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    assert all("  # " in line for line in parameters.source.splitlines())
    assert re.search(r'(iso3 = "ZZZ"|group = "ZED")', parameters.source)
    source = "\n".join(c.source for c in code)
    imports = re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE)
    assert set(imports) <= {"helpers", "pandas", "numpy", "seaborn", "matplotlib"}


def test_a_run_passes_exactly_the_parameters_that_its_notebooks_set(tmp_path):
    choice = plan.Choice(data=ZEDLAND, outputs=tmp_path)
    jobs = [plan.of_country("ZZZ", choice), plan.of_baseline("ZZZ", choice)]
    for job in [*jobs, plan.of_region("ZED", choice, "2026", [])]:
        for stage in job.stages:
            steps.check_parameters(job, stage)


def test_an_unknown_parameter_is_refused_before_a_cell_runs(tmp_path):
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path))
    job.parameters["contry"] = "ZZZ"
    with pytest.raises(plan.UserError, match=r"\(missing: contry\)$"):
        steps.check_parameters(job, job.stages[0])
    del job.parameters["iso3"]
    with pytest.raises(plan.UserError, match="contry"):
        steps.run_notebook(job, job.stages[0], "2026-11-24", False, [], None)
