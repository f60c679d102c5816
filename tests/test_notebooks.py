"""The shape of the notebooks: they read like a report, and the batch tells them exactly what
they ask for.
"""

import re

import nbformat
import pytest
from conftest import ROOT, ZEDLAND

from cop.run import plan, steps

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
    assert 20 <= len(notebook.cells) <= 75  # ours have at most 65
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
    job.parameters["contry"] = job.parameters.pop("iso3")
    with pytest.raises(plan.UserError, match="contry"):
        steps.run_notebook(job, job.stages[0], "2026-11-24", False, [], None)
