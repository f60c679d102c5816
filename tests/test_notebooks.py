"""The shape of the notebooks: they read like a report, and the batch tells them exactly what
they ask for.
"""

import re
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from conftest import ROOT, ZEDLAND

from cop.run import plan, steps
from helpers import assessment

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[1-7]-*.ipynb"))


def test_seven_stages_in_order():
    assert [p.stem for p in NOTEBOOKS] == [*plan.STAGES, plan.REGION]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_short_cells_on_zedland_without_outputs_and_few_imports(path):
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [c for c in code if c.outputs or c.execution_count]
    lines = sorted(len(c.source.splitlines()) for c in code)
    assert lines[len(lines) // 2] <= 5 and lines[-1] <= 15
    assert 20 <= len(notebook.cells) <= 85
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


def cell(stage, part, **names):
    """Run the one cell of a stage that contains `part`, and return its variables."""
    [path] = (ROOT / "notebooks").glob(f"{stage}-*.ipynb")
    [source] = [c.source for c in nbformat.read(path, 4).cells if part in c.source]
    exec(source, names := {"pd": pd, **names})
    return names


def fake(**functions):
    return SimpleNamespace(**functions)


def test_items_not_assessed_are_counted_without_those_of_policy_makers():
    told = []
    items = pd.DataFrame({"framework": ["policy-makers", "MNR", "children", "MNR"],
                          "status": [*["not assessed"] * 3, "in place"]})  # fmt: skip
    cell(6, "unassessed = ", items=items, counts={}, low={}, place=None,
         sections=pd.DataFrame({"statements": [1], "section": ["laws"]}),
         field_work=pd.DataFrame(), figures=pd.DataFrame({"name": ["a"], "value": [1.0]}),
         report=fake(not_assessed=lambda *shown: told.extend(shown)))  # fmt: skip
    assert told[1] == 2, "of the items not assessed, those of other frameworks are counted"


def test_measures_name_national_laws_and_acts_of_the_government_and_no_others():
    kinds = ["national law", "government act", "strategy"]
    laws = pd.DataFrame({"kind": kinds, "instrument_id": ["L1", "L2", "L3"]})
    tables = fake(verified=lambda *_: laws,
                  read_table=lambda *_: pd.DataFrame({"item_ids": ["PM-1"]}))  # fmt: skip
    rated = pd.DataFrame({"item_id": ["PM-1"], "evidence_ids": ["L1; L2; L3"]})
    names = cell(2, "binding = ", countries=tables, place=None,
                 alignment=fake(adjudicated=lambda place: rated),
                 stakeholders=fake(measures=lambda rows, place, cited: [*cited]))  # fmt: skip
    assert names["measures"] == ["L1", "L2"], "laws and government acts that an item cites"


def test_the_chart_of_policies_has_laws_acts_strategies_and_action_plans():
    kinds = ["national law", "government act", "strategy", "action plan", "treaty"]
    rows = pd.DataFrame({"kind": kinds, "instrument_id": kinds, "title": kinds,
                         "status": "in force", "year": range(2020, 2025)})  # fmt: skip
    names = cell(1, "is_policy = ", instruments=rows)
    assert names["laws"].instrument_id.tolist() == kinds[:4], "kinds in the chart of policies"


def test_the_theme_of_recommendations_in_most_countries_comes_first():
    rows = pd.DataFrame({"iso3": ["AAA", "AAA", "BBB"], "theme": ["law", "school", "school"]})
    names = cell(7, 'themes = themes.agg(countries=', recommendations=rows, n=2,
                 synthesis=fake(about_themes=lambda *_: None))  # fmt: skip
    assert names["themes"].theme.tolist() == ["school", "law"], "most countries first"


def test_the_most_frequent_theme_of_answers_comes_first():
    columns = ["iso3", "judgements", "survey", "item", "answers", "low", "high"]
    coding = pd.DataFrame(columns=columns)
    answers = pd.DataFrame({"survey": "s", "item": "q", "kind": "theme", "count": [6, 9],
                            "answer": ["rare", "frequent"]})  # fmt: skip
    names = cell(3, "coded = read(", answers=answers, iso3="ZZZ", place=fake(data=None),
                 read=lambda *_: coding)  # fmt: skip
    assert names["themes"].answer.tolist() == ["frequent", "rare"], "most frequent theme first"


def test_an_expected_result_is_reached_if_it_is_at_least_partly_in_place():
    results = pd.DataFrame({
        "iso3": ["AAA", "BBB", "CCC"], "result": "national strategies", "confidence": "high",
        "status": ["in place", "partly in place", "not in place"], "evidence_ids": "",
    })  # fmt: skip
    tables = {"results_of_initiative": results,
              "organisations": pd.DataFrame(columns=["stakeholder_id", "name"]),
              "exercises_on_record": pd.DataFrame({"iso3": ["AAA"], "year": [2024]})}  # fmt: skip
    told = []
    cell(7, "reached = ", place=None, n=3,
         region=fake(gather=lambda place, name: tables[name].copy()),
         standing=pd.DataFrame({"row": ["national_strategy"]}),
         synthesis=fake(about_strategies=lambda own, *counts: told.extend(counts)))  # fmt: skip
    assert told == [2, 0, 3], "countries at least partly in place, of low confidence, and all"


def test_exercises_of_the_cycle_are_counted_apart_from_those_of_other_years():
    held = pd.DataFrame({"iso3": ["AAA"] * 4, "year": [2017, 2018, 2021, 2022]})
    results = pd.DataFrame({"iso3": ["AAA", "BBB"], "result": "simulation exercises"})
    elements = pd.DataFrame({"code": ["simulation exercises"], "cycle": ["2018–2021"]})
    names = cell(7, "held = held.assign", place=None, results=results,
                 countries=fake(read_table=lambda *_: elements),
                 region=fake(gather=lambda *_: held))  # fmt: skip
    row = names["results"].set_index("iso3").loc["AAA"]
    assert (row.exercises, row.within, row.latest) == (4, 2, 2022), "first and last year included"
    assert names["results"].exercises.isna().sum() == 1, "none on record is not zero"


def test_a_harm_is_that_of_the_first_challenge_with_one_and_only_if_verified():
    plan = pd.DataFrame({"recommendation_id": ["R1", "R2"], "challenge_ids": ["C1; C2; C3", "C4"]})
    challenges = pd.DataFrame({"challenge_id": ["C1", "C2", "C3", "C4"],
                               "harm_evidence_id": ["", "E2", "E3", "E4"]})  # fmt: skip
    verified = pd.DataFrame({"evidence_id": ["E2", "E3"], "statement": ["two", "three"]})
    names = cell(6, "harms = {", recommendations=plan, challenges=challenges, iso3="ZZZ",
                 place=fake(data=None), read=lambda *_: verified)  # fmt: skip
    assert names["harms"] == {"R1": ("E2", "two")}


def test_an_item_partly_in_place_is_a_gap_unless_its_confidence_is_low():
    items = pd.DataFrame({"item_id": ["PM-1", "PM-2", "PM-3"], "status": "partly in place",
                          "confidence": ["high", "moderate", "low"]})  # fmt: skip
    plan = pd.DataFrame({"recommendation_id": ["R1"], "item_ids": ["PM-1; PM-2; PM-3"],
                         "capability_ids": "", "priority": "first"})  # fmt: skip
    none = items.head(0).assign(answers="")
    choice = fake(strengths=lambda *_: none, gaps=lambda *_: none, MOST=3,
                  answered=assessment.answered)  # fmt: skip
    names = cell(6, "strong = assessment", items=items, recommendations=plan, assessment=choice,
                 harms={},
                 chain=pd.DataFrame({"item_ids": ["PM-1; PM-2; PM-3"]}), helplines=None,
                 table_25=None, place=None,
                 report=fake(strengths_and_gaps=lambda *_: None))  # fmt: skip
    gaps = names["missing"].item_id.tolist()
    assert gaps == ["PM-1", "PM-2"], "partly in place with more than low confidence"


def test_the_strongest_pillar_of_the_index_comes_first():
    pillars = pd.DataFrame({"pillar": ["legal", "capacity"], "value": [9.0, 18.0]})
    names = cell(4, "last = gci.tail(1)", gci=pd.DataFrame({"edition": [2024]}), place=None,
                 cybersecurity=fake(pillar_scores=lambda *_: pillars),
                 statistics=fake(gci_line=lambda *_: None))  # fmt: skip
    assert names["scores"] == [["capacity", 18.0], ["legal", 9.0]], "strongest pillar first"
