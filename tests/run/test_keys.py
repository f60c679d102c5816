"""A result knows the bytes it read: what is edited while it is made does not count as in it."""

import json

import pytest
from conftest import DATA, copy_of_zedland

import cop.data
from cop.data.places import Country
from cop.data.reads import CHANGED
from cop.run import keys, plan

STAGE = "6-country-assessment"
NARRATIVE = "research/ZZZ/narrative/analysis.md"


@pytest.fixture
def data(tmp_path):
    cop.data.clear()
    return copy_of_zedland(tmp_path)


@pytest.fixture
def job(data, tmp_path):
    job = plan.of_country("ZZZ", data, tmp_path / "out", "2026", 600)
    (job.making / "tables").mkdir(parents=True)
    return job


def kept(job, data):
    """Keep the key of a stage that read what this process read; give what has changed by now."""
    keys.keep(job, STAGE, cop.data.states(data))
    return keys.changed(job, STAGE, job.making)


def edit(path, more=" And more."):
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def test_what_was_read_and_stands_holds(job, data):
    cop.data.text(data, NARRATIVE)
    cop.data.read("evidence", data, "ZZZ")
    cop.data.row("sources", data, "source_id", "ZZZ-S01")
    cop.data.row("sources", data, "source_id", "ZZZ-S99")
    assert kept(job, data) == []


def test_a_text_edited_before_its_stage_has_ended_is_not_taken_for_what_was_read(job, data):
    cop.data.text(data, NARRATIVE)
    edit(data / NARRATIVE)
    assert kept(job, data) == [NARRATIVE]


def test_a_table_edited_before_its_stage_has_ended_is_not_either(job, data):
    cop.data.read("stakeholders", data, "ZZZ")
    path = data / "research" / "ZZZ" / "stakeholders.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Zed", "Zet", 1), encoding="utf-8")
    assert kept(job, data) == ["research/ZZZ/stakeholders.csv"]


EVIDENCE = "research/ZZZ/evidence.csv"
SURE = ("evidence_id", "source_id", "confidence", "verified")


def test_rows_in_another_order_or_gone_are_other_columns(job, data):
    cop.data.read("evidence", data, "ZZZ", SURE)
    assert kept(job, data) == []
    path = data / EVIDENCE
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    for other in ([*rows[:-2], rows[-1], rows[-2]], rows[:-1]):
        path.write_text("\n".join([head, *other]), encoding="utf-8")
        assert len(keys.changed(job, STAGE, job.making)) == 1


def test_columns_read_in_two_states_never_hold(job, data):
    cop.data.read("evidence", data, "ZZZ", SURE)
    path, before = data / EVIDENCE, (data / EVIDENCE).read_bytes()
    path.write_bytes(before.replace(b",moderate,", b",low,", 1))
    cop.data.read("evidence", data, "ZZZ", SURE)
    path.write_bytes(before)
    assert len(kept(job, data)) == 1 and CHANGED in cop.data.states(data).values()


def test_nor_a_row_that_another_country_cites(job, data):
    cop.data.row("sources", data, "source_id", "YYY-S01")
    register = data / "research" / "YYY" / "sources.csv"
    register.parent.mkdir()
    register.write_bytes(
        (data / "research" / "ZZZ" / "sources.csv").read_bytes().replace(b"ZZZ-", b"YYY-")
    )
    assert kept(job, data) == ["row YYY-S01 of research/YYY/sources.csv"]


def test_what_was_read_in_two_states_never_holds(job, data):
    cop.data.text(data, NARRATIVE)
    before = (data / NARRATIVE).read_bytes()
    edit(data / NARRATIVE)
    cop.data.text(data, NARRATIVE)
    (data / NARRATIVE).write_bytes(before)
    assert kept(job, data) == [NARRATIVE]
    assert CHANGED in cop.data.states(data).values()


def test_a_file_that_came_after_it_was_looked_for_counts_as_not_read(job, data):
    path = data / "research" / "ZZZ" / "partnerships.csv"
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        cop.data.read("partnerships", data, "ZZZ")
    path.write_bytes(whole)
    assert kept(job, data) == ["research/ZZZ/partnerships.csv"]


def test_a_handed_on_table_made_again_after_it_was_read_is_read_again(job, data):
    place = Country("ZZZ", "Zedland", str(data), str(job.making / "tables"), "2026")
    table = job.making / "tables" / "to_verify.csv"
    table.write_text(",".join(cop.data.columns("to_verify", data)) + "\n", encoding="utf-8")
    cop.data.handed_on("to_verify", place)
    assert kept(job, data) == []
    edit(table, "\n")
    assert keys.changed(job, STAGE, job.making) == ["the table to_verify"]


def test_the_contract_that_a_folder_stands_on_is_read_too(tmp_path):
    cop.data.clear()
    own, base = tmp_path / "own" / "datapackage.json", tmp_path / "base" / "datapackage.json"
    for path, stated in ((own, {"cop:base": "../base"}), (base, cop.data.contents(DATA))):
        path.parent.mkdir()
        path.write_text(json.dumps(stated), encoding="utf-8")
    job = plan.of_country("ZZZ", own.parent, tmp_path / "out", "2026", 600)
    job.making.mkdir(parents=True)
    cop.data.titles("evidence", own.parent)
    assert kept(job, own.parent) == []
    edit(base, "\n")
    assert keys.changed(job, STAGE, job.making) == ["datapackage.json"]


def test_a_kept_edition_that_was_read_beside_is_named_by_its_way(job, data):
    then = data / "editions" / "2024"
    path = "research/ZZZ/challenges.csv"
    (then / path).parent.mkdir(parents=True)
    own = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    (then / "datapackage.json").write_text(json.dumps(own), encoding="utf-8")
    (then / path).write_bytes((data / path).read_bytes())
    cop.data.files(then, path)
    cop.data.text_frame(then / path, cop.data.columns("challenges", then))
    assert kept(job, data) == []
    edit(then / path, "\n\n")
    assert keys.changed(job, STAGE, job.making) == [f"editions/2024/{path}"]
