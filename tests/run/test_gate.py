"""One gate: what the check refuses is in no page, and a wrong call touches nothing."""

import json
import pickle
import shutil

import pandas
import pytest
from conftest import ZEDLAND, call, copy_of_zedland, one_in

import cop.data
from cop.data import tables
from cop.data.checks import folder, losses
from cop.report.filenames import BASELINE
from cop.run import execute, plan, reading, schedule
from cop.run.execute import Outcome
from cop.run.results.site import Site


def a_paragraph_without_source(folder):
    """Plant a sentence of 24 words that nobody said."""
    file = folder / "narrative" / "analysis.md"
    words = "word " * 23 + "end"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{words}.\n", encoding="utf-8")


def test_what_the_check_refuses_is_in_no_page(tmp_path, capsys):
    """`cop run` names the faults, holds the country back and exits with 1; no page is made."""
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    a_paragraph_without_source(data / "research" / "ZZZ")
    status, said, _ = call(capsys, "run", "ZZZ", "--data", data, "--outputs", outputs)
    assert status == 1 and "ZZZ  failed" in said
    assert "data: held back: research/ZZZ/narrative/analysis.md: 'word word" in said
    assert "is a paragraph without a source. End the statement with a citation" in said
    pages = list(outputs.rglob("*.html"))
    assert pages and not [p.name for p in pages if p.name.startswith("cop-")]
    assert not [p for p in pages if "word word" in p.read_text(encoding="utf-8")]


@pytest.mark.slow
def test_the_gate_refuses_what_the_check_refuses(tmp_path):
    data = copy_of_zedland(tmp_path)
    job = plan.of_country("ZZZ", data, tmp_path, "2026", 60)
    assert execute.faults_of(job, print) == []
    a_paragraph_without_source(data / "research" / "ZZZ")
    [fault] = execute.faults_of(job, print)
    assert "is a paragraph without a source" in fault
    baseline = plan.of_baseline("ZZZ", data, tmp_path, 60)
    assert execute.faults_of(baseline, print) == []  # it shows no research


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A process that has read nothing yet."""
    monkeypatch.chdir(tmp_path)  # left again afterwards
    known = {}
    for module in (cop.data, tables):
        monkeypatch.setattr(module, "GIVEN", known)
    return monkeypatch


@pytest.mark.parametrize(
    "changed",
    one_in(3, ["evidence.csv", "../../statistics/sources.csv", "../../datapackage.json", ""])
    + ["narrative/analysis.md"],
)
def test_what_was_read_and_checked_ahead_is_read_again_once_anything_changed(
    tmp_path, given, changed
):
    data = copy_of_zedland(tmp_path)
    job = plan.of_country("ZZZ", data, tmp_path, "2026", 60)
    given.chdir(job.notebooks)
    known = job.parameters["data"], "ZZZ"
    assert not reading.ahead(*known)
    faults, read, looked_at = reading.country(*known)
    cop.data.GIVEN.update(read), given.setitem(reading.AHEAD, "ZZZ", looked_at)
    assert faults == [] and reading.ahead(*known)
    assert [*map(pickle.loads, execute.read_and_check(job, print)[1:])] == [{}]
    if changed:
        path = data / "research" / "ZZZ" / changed
        path.write_text(f"{path.read_text(encoding='utf-8')}\n", encoding="utf-8")
    assert reading.ahead(*known) != bool(changed)
    assert execute.read_and_check(job, print)[0] == []
    a_paragraph_without_source(data / "research" / "ZZZ")
    assert len(execute.read_and_check(job, print)[0]) == 1


def test_a_country_s_tables_are_read_once_for_its_check_and_all_its_stages(tmp_path, given):
    data, looked = copy_of_zedland(tmp_path), []
    job = plan.of_country("ZZZ", data, tmp_path, "2026", 60)
    of_table = folder.of_table
    given.setattr(folder, "of_table", lambda *a: looked.append(a[0]) or of_table(*a))
    faults, read = execute.read_and_check(job, print)
    assert faults == [] and looked.count("evidence") == 1
    seen, known = job.parameters["data"], pickle.loads(read)
    there = tables.read("evidence", seen, "ZZZ")
    looked.clear()
    tables.GIVEN.update(known)
    assert cop.data.state("evidence", seen, "ZZZ") in known and len(there) and not looked
    pandas.testing.assert_frame_equal(tables.read("evidence", seen, "ZZZ"), there)
    a_paragraph_without_source(data / "research" / "ZZZ")
    (fault,), _ = execute.read_and_check(job, print)
    assert "is a paragraph without a source" in fault
    faults, read = execute.read_and_check(plan.of_baseline("ZZZ", data, tmp_path, 60), print)
    assert (faults, pickle.loads(read)) == ([], {})


def test_a_table_saved_between_check_and_stage_is_read_again(tmp_path, given):
    data = copy_of_zedland(tmp_path)
    job = plan.of_country("ZZZ", data, tmp_path, "2026", 60)
    _, read = execute.read_and_check(job, print)
    path = data / "research" / "ZZZ" / "stakeholders.csv"
    last = path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]
    path.write_text("".join(last), encoding="utf-8")
    tables.GIVEN.clear()
    tables.GIVEN.update(pickle.loads(read))
    assert len(tables.read("stakeholders", job.parameters["data"], "ZZZ")) == len(last) - 1


def test_an_assessment_emptied_to_its_headings_becomes_no_desk_baseline(tmp_path):
    """It would be run as a country that was only begun, and its report be replaced in silence."""
    data = copy_of_zedland(tmp_path)
    shutil.copytree(data / "research" / "ZZZ", data / "research" / "YYY")
    emptied(data / "research" / "YYY")  # this one was only begun
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    emptied(data / "research" / "ZZZ")
    choice = plan.Choice(countries=("ZZZ", "YYY"), data=data, outputs=tmp_path / "out")
    gone, begun = plan.jobs(choice)
    assert gone.stages == begun.stages == (BASELINE,)
    faults = execute.faults_of(gone, print)
    assert any("research/ZZZ/evidence.csv: has " in f and "fewer than" in f for f in faults)
    assert execute.faults_of(begun, print) == []


def test_an_assessment_whose_folder_was_renamed_becomes_no_desk_baseline(tmp_path):
    data = copy_of_zedland(tmp_path)
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    (data / "research" / "ZZZ").rename(data / "research" / "ZZZ copy")
    [job] = plan.jobs(plan.Choice(countries=("ZZZ",), data=data, outputs=tmp_path / "out"))
    assert job.stages == (BASELINE,)
    [fault] = execute.faults_of(job, print)
    assert "research/ZZZ: is not there any more" in fault and "--meant" in fault


def emptied(place):
    for table in place.glob("*.csv"):
        if table.name != "editions.csv":
            heading = table.read_text(encoding="utf-8").splitlines()[0]
            table.write_text(f"{heading}\n", encoding="utf-8")


@pytest.mark.slow
def test_an_emptied_assessment_is_held_back_and_its_report_stays(tmp_path, capsys):
    data, outputs = copy_of_zedland(tmp_path), tmp_path / "out"
    (data / losses.FILE).write_text(losses.counted(data), encoding="utf-8")
    where = ["--data", data, "--outputs", outputs]
    assert call(capsys, "run", "ZZZ", *where)[0] == 0
    report = (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes()
    emptied(data / "research" / "ZZZ")
    status, said, _ = call(capsys, "run", "ZZZ", *where)
    assert status == 1 and "held back" in said and "fewer than when it was counted" in said
    assert not list((outputs / "site").glob("baselines/*ZZZ*"))
    assert (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes() == report


@pytest.mark.parametrize(("number", "lines"), [(1, 1), (3, 3), (50, 22)])
def test_faults_are_named_up_to_a_number(tmp_path, capsys, number, lines):
    message = "\n".join(f"fault {i}" for i in range(number))
    outcome = Outcome("ZZZ", execute.GATE, "failed", 0.1, None, "held back", message)
    job = plan.of_country("ZZZ", ZEDLAND, tmp_path, "2026", 60)
    assert not schedule.tell(Site(tmp_path, ZEDLAND), {job: [outcome]})
    *said, last = capsys.readouterr().out.splitlines()
    assert len(said) == lines and "fault 0" in said[0] and last.startswith("0 complete, 1 failed")
    assert number < 50 or "and 29 more; `cop check` names them all" in said[-1]


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_a_wrong_edition_leaves_the_pages_and_does_not_call_them_stale(zedland, capsys):
    before = {p: p.read_bytes() for p in zedland.rglob("*") if p.is_file()}
    words = ["ZZZ", "--edition", "2019", "--data", ZEDLAND, "--outputs", zedland]
    status, _, said = call(capsys, "run", *words)
    assert status == 2 and said == "cop: ZZZ has no edition '2019' in editions.csv; it has: 2026\n"
    assert {p: p.read_bytes() for p in zedland.rglob("*") if p.is_file()} == before
    rows = [json.loads(line) for line in (zedland / "ledger.jsonl").read_text().splitlines()]
    assert not [r for r in rows if r["status"] == "failed"]
