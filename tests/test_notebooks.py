"""The shape of the notebooks: they read like a report, and the batch tells them exactly what
they ask for.
"""

import re

import nbformat
import pytest
from conftest import ROOT, ZEDLAND

from cop.run import plan, steps

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[1-7]-*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.stem)
def notebook(request):
    return nbformat.read(request.param, 4)


def code(notebook):
    return [c for c in notebook.cells if c.cell_type == "code"]


def test_seven_stages_in_order():
    assert [p.stem for p in NOTEBOOKS] == [*plan.STAGES, plan.REGION]


def test_no_outputs_and_no_counts_in_git(notebook):
    assert not [c for c in code(notebook) if c.outputs or c.execution_count]


def test_cells_are_short_and_lead_in_ends_with_a_colon(notebook):
    lines = sorted(len(c.source.splitlines()) for c in code(notebook))
    assert lines[len(lines) // 2] <= 5 and lines[-1] <= 15
    assert 20 <= len(notebook.cells) <= 85


def test_one_parameters_cell_with_a_comment_on_each_line(notebook):
    cells = [c for c in code(notebook) if "parameters" in c.metadata.get("tags", [])]
    assert len(cells) == 1
    assert all("  # " in line for line in cells[0].source.splitlines())


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
        steps.check_parameters(job, job.stages[0])


def test_imports_helpers_and_the_libraries_of_a_data_scientist_only(notebook):
    imports = re.findall(
        r"^(?:from|import) (\w+)", "\n".join(c.source for c in code(notebook)), re.MULTILINE
    )
    assert set(imports) <= {"helpers", "pandas", "numpy", "seaborn", "matplotlib"}


def test_opens_on_zedland(notebook):
    assert re.search(r'(iso3 = "ZZZ"|group = "ZED")', "\n".join(c.source for c in code(notebook)))
