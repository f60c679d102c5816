"""A result records the bytes it read: what is edited while it is made does not count as in it."""

import json
import os
from dataclasses import replace

import pytest
from cases import by_rule
from conftest import DATA, copy_of_zedland
from planting import edit, plant

import cop.data
from cop.data.places import Country
from cop.data.reads import CHANGED
from cop.run import fingerprints, plan

STAGE = "6-country-assessment"
NARRATIVE = "research/ZZZ/narrative/analysis.md"


@pytest.fixture
def data(tmp_path):
    cop.data.READS.clear()
    return copy_of_zedland(tmp_path)


@pytest.fixture
def job(data, tmp_path):
    job = plan.of_country("ZZZ", plan.Choice(data=data, outputs=tmp_path / "out"))
    (job.making / "tables").mkdir(parents=True)
    return job


def kept(job, data):
    """Record the reads of this process as inputs of a stage, and return those changed since."""
    reads = {json.dumps(read): state for read, state in cop.data.states(data).items()}
    inputs = fingerprints.inputs(job, STAGE, job.making)
    (job.making / f"{STAGE}.ipynb").touch()  # the executed notebook
    fingerprints.record(job, STAGE, inputs | {"reads": reads})
    return fingerprints.changed(job, STAGE, job.making)


def extend(path, more=" And more."):
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def test_a_changed_cell_of_a_row_that_was_read_is_noticed_and_another_row_is_not(job, data):
    cop.data.text(data, NARRATIVE)
    for row_id in ("ZZZ-S01", "ZZZ-S99"):  # there is no such row
        cop.data.row("sources", data, "source_id", row_id)
    assert kept(job, data) == []
    for row_id, changed in (("S02", []), ("S01", ["row ZZZ-S01 of research/ZZZ/sources.csv"])):
        plant(data, "sources", f"ZZZ-{row_id}", verified="no")
        assert fingerprints.changed(job, STAGE, job.making) == changed


def test_an_edit_of_the_same_length_is_noticed_even_with_the_same_time(job, data):
    file = data / "research/ZZZ/evidence.csv"
    cop.data.read("evidence", data, "ZZZ")
    assert kept(job, data) == []
    times = file.stat()
    edit(file, "high", "hihg")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert fingerprints.changed(job, STAGE, job.making) == ["research/ZZZ/evidence.csv"]
    with pytest.raises(cop.data.InvalidTable, match="hihg"):
        cop.data.read("evidence", data, "ZZZ")


@pytest.mark.parametrize("path", [NARRATIVE, "research/ZZZ/stakeholders.csv"])
def test_a_table_edited_before_its_stage_has_ended_is_not_taken_for_what_was_read(job, data, path):
    cop.data.text(data, NARRATIVE)
    cop.data.read("stakeholders", data, "ZZZ")
    cop.data.row("sources", data, "source_id", "YYY-S01")
    extend(data / path, "\n")
    register = data / "research" / "YYY" / "sources.csv"
    register.parent.mkdir()
    rows = (data / "research" / "ZZZ" / "sources.csv").read_bytes()
    register.write_bytes(rows.replace(b"ZZZ-", b"YYY-"))
    assert kept(job, data) == [path, "row YYY-S01 of research/YYY/sources.csv"]


def test_what_was_read_in_two_states_never_holds(job, data):
    cop.data.text(data, NARRATIVE)
    before = (data / NARRATIVE).read_bytes()
    extend(data / NARRATIVE)
    cop.data.text(data, NARRATIVE)
    (data / NARRATIVE).write_bytes(before)
    assert kept(job, data) == [NARRATIVE]
    assert CHANGED in cop.data.states(data).values()


def test_a_file_that_came_after_it_was_looked_for_counts_as_not_read(job, data):
    path = data / "research" / "ZZZ" / "partnerships.csv"
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        cop.data.read("partnerships", data, "ZZZ")
    assert kept(job, data) == [], "while it is missing nothing has changed"
    path.write_bytes(content)
    assert kept(job, data) == ["research/ZZZ/partnerships.csv"]


def test_a_saved_table_made_again_after_it_was_read_is_read_again(job, data):
    place = Country("ZZZ", "Zedland", str(data), str(job.making / "tables"), "2026")
    table = job.making / "tables" / "to_verify.csv"
    table.write_text(",".join(cop.data.columns("to_verify", data)) + "\n", encoding="utf-8")
    cop.data.handed_on("to_verify", place)
    assert kept(job, data) == []
    extend(table, "\n")
    assert fingerprints.changed(job, STAGE, job.making) == ["the table to_verify"]


def test_a_table_of_another_country_is_read_from_its_result_and_named_by_it(job, data):
    place = Country("ZED", "Zedland", str(data), str(job.making / "tables"), "2026")
    theirs = job.ready.parent / "YYY/tables/to_verify.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(",".join(cop.data.columns("to_verify", data)) + "\n", encoding="utf-8")
    cop.data.handed_on("to_verify", place, [theirs.parent])
    assert kept(job, data) == []
    extend(theirs, "\n")
    assert fingerprints.changed(job, STAGE, job.making) == ["the table YYY/to_verify"]


@by_rule(
    "read, names",
    ("for the titles of columns", cop.data.titles, ["evidence"]),
    ("for the labels of values", cop.data.labels, ["evidence", "confidence"]),
)
def test_the_descriptor_of_a_base_folder_is_read_too(read, names, tmp_path):
    cop.data.READS.clear()
    top, base = tmp_path / "top" / "datapackage.json", tmp_path / "base" / "datapackage.json"
    for path, content in ((top, {"cop:base": "../base"}), (base, cop.data.contents(DATA))):
        path.parent.mkdir()
        path.write_text(json.dumps(content), encoding="utf-8")
    job = plan.of_country("ZZZ", plan.Choice(data=top.parent, outputs=tmp_path / "out"))
    job.making.mkdir(parents=True)
    cop.data.READS.clear()
    read(*names, top.parent)
    assert kept(job, top.parent) == []
    extend(base, "\n")
    assert fingerprints.changed(job, STAGE, job.making) == ["datapackage.json"]


def test_a_row_and_a_file_of_a_kept_edition_are_read_there_and_named_by_their_path(job, data):
    earlier, path = data / "editions" / "2024", "research/ZZZ/challenges.csv"
    (earlier / path).parent.mkdir(parents=True)
    for name in ("datapackage.json", path):
        (earlier / name).write_bytes((data / name).read_bytes())
    edit(earlier / path, "ZZZ-C01,", "ZZZ-C91,")
    cop.data.row("challenges", earlier, "challenge_id", "ZZZ-C91")
    cop.data.files(earlier, path)
    cop.data.text_frame(earlier / path, cop.data.columns("challenges", earlier))
    assert kept(job, data) == []
    extend(earlier / path, "\n\n")
    assert fingerprints.changed(job, STAGE, job.making) == [f"editions/2024/{path}"]
    edit(earlier / path, "ZZZ-C91,", "ZZZ-C92,")
    row = f"row ZZZ-C91 of editions/2024/{path}"
    assert row in fingerprints.changed(job, STAGE, job.making)


def test_a_deleted_notebook_of_a_result_is_executed_again(job, data):
    assert kept(job, data) == []
    (job.making / f"{STAGE}.ipynb").unlink()
    assert fingerprints.changed(job, STAGE, job.making) == ["no result yet"]


@pytest.mark.parametrize("part", fingerprints.LABELS)
def test_another_notebook_parameter_code_library_or_catalogue_runs_a_stage_again(job, data, part):
    assert kept(job, data) == []
    entries = fingerprints.load(job.making)
    entries[STAGE][part] = "before"
    (job.making / fingerprints.FILE).write_text(json.dumps(entries), encoding="utf-8")
    assert fingerprints.changed(job, STAGE, job.making) == [fingerprints.LABELS[part]]


def test_a_stage_depends_on_its_country_and_language_and_not_on_folders(job):
    assert {"tables", "data"} <= {*job.parameters}
    job.parameters["outputs"] = "out"  # of a group
    inputs = fingerprints.inputs(job, STAGE, job.making)
    assert {*inputs["parameters"]} == {"iso3", "edition", "language"}
    assert {"code", "libraries", "catalogue"} <= {*inputs}, "what it runs with, too"


def test_the_last_stage_depends_on_the_notebooks_of_all_others(job):
    for name in job.stages[:-1]:
        (job.making / f"{name}.ipynb").write_text(name, encoding="utf-8")
    inputs = [fingerprints.inputs(job, stage, job.making) for stage in job.stages]
    assert [len(set(made["notebooks"])) for made in inputs] == [0, 0, 0, 0, 0, 5]


@by_rule(
    "edited, changes",
    ("its code", {"source": "x = 2"}, True),
    ("its tags", {"metadata": {"tags": ["report"]}}, True),
    ("its id, by which notebook 6 selects it", {"id": "b"}, True),
    ("its images", {"attachments": {"a.png": {"image/png": "AAAA"}}}, True),
    ("not its outputs", {"outputs": [], "execution_count": 3, "metadata": {"a": True}}, False),
)
def test_a_notebook_is_its_texts_tags_and_images_without_outputs(job, tmp_path, edited, changes):
    states = []
    for more in ({}, edited):
        cell = {"cell_type": "code", "id": "a", "source": "x = 1", "metadata": {}} | more
        path = tmp_path / f"{STAGE}.ipynb"
        path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        fingerprints.forget()
        own = replace(job, edited=tmp_path)
        states.append(fingerprints.inputs(own, STAGE, job.making)["notebook"])
    assert (states[0] != states[1]) is changes


@by_rule(
    "required, names",
    ("required libraries are inputs, and those for a cluster or tests are not",
     ["pandas>=2", "jinja2>3; python_version > '3'", "dask; extra == 'cluster'"],
     ["pandas", "jinja2"]),
    ("a project that is not installed has none", None, []),
)  # fmt: skip
def test_libraries_of_a_result(required, names, monkeypatch):
    monkeypatch.setattr(fingerprints.metadata, "requires", lambda name: required)
    fingerprints.libraries.cache_clear()
    found = [*fingerprints.libraries()]
    fingerprints.libraries.cache_clear()
    assert found == names


def test_a_result_without_pages_has_no_edition(tmp_path):
    assert fingerprints.edition(tmp_path) == ""
    (tmp_path / fingerprints.FILE).write_text('{"0": {}}')
    assert fingerprints.edition(tmp_path) == "", "nor one whose pages were not checked"


def test_code_is_every_file_of_the_packages_but_catalogues(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprints, "SOURCE", tmp_path)
    for folder in ("__pycache__", ".ipynb_checkpoints"):
        (tmp_path / "helpers" / folder).mkdir(parents=True)
    states = []
    for name in ("a.py", "b.j2", "uk.po", "__pycache__/a.pyc", ".ipynb_checkpoints/a.py"):
        (tmp_path / "helpers" / name).write_text("x")
        fingerprints.code.cache_clear()
        states.append(fingerprints.code())
    fingerprints.code.cache_clear()
    assert states[0] != states[1] == states[2] == states[3] == states[4]


@pytest.mark.parametrize(
    "path", ["reference/countries.csv", "statistics/gci.csv", "datapackage.json", "counts.json"]
)
def test_shared_tables_are_checked_again_after_a_change_of(path, data):
    before = fingerprints.shared_state(data)
    (data / path).touch()
    extend(data / path, "\n")
    assert fingerprints.shared_state(data) != before


def test_a_stage_whose_reads_are_not_known_has_no_record(job, data):
    assert kept(job, data) == []
    fingerprints.record(job, STAGE, None)
    assert fingerprints.load(job.making) == {}


@pytest.mark.parametrize("stage", [plan.STAGES[0], STAGE])
def test_a_page_that_was_edited_is_made_again(job, stage):
    page = job.making / "pages" / job.pages()[stage]
    page.parent.mkdir()
    page.write_text("As it was made.")
    (job.making / f"{stage}.ipynb").touch()
    inputs = fingerprints.inputs(job, stage, job.making)
    fingerprints.record(job, stage, inputs | {"reads": {}})
    assert fingerprints.changed(job, stage, job.making) == []
    page.write_text("As it was edited.")
    assert fingerprints.changed(job, stage, job.making) == ["the page"]
