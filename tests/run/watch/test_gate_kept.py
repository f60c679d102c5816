"""The gate of a watched country: what it says is what the check says, and it checks little."""

import os

import pytest
from conftest import copy_of_zedland

import cop.data
from cop.data import checks
from cop.data.places import Country
from cop.data.reads import ABSENT, CHANGED
from cop.report import citations
from cop.run import execute, plan
from cop.run.watch import gate


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "_HERE", {})
    return plan.of_country("ZZZ", copy_of_zedland(tmp_path), tmp_path, "2026", 60)


@pytest.fixture
def checked(monkeypatch):
    """Give the names of the tables that are checked."""
    names, check = [], checks.of_file
    noting = lambda name, *more: names.append(name) or check(name, *more)  # noqa: E731
    monkeypatch.setattr(checks, "of_file", noting)
    return names


def folder(job):
    return job.notebooks / job.parameters["data"] / "research" / "ZZZ"


def change(job, name, old, new):
    file = folder(job) / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.slow
def test_the_gate_of_a_watched_country_says_what_the_check_says(job, checked):
    def said():
        checked.clear()
        told = gate.faults(job, "")
        assert told == execute.faults_of(job, print)
        return told

    assert said() == [] and len(checked) > 20
    assert said() == [] and checked == []
    change(job, "evidence.csv", ",moderate,", ",hihg,")
    assert "hihg" in "".join(said())
    assert "evidence" in checked and "quotes" not in checked
    change(job, "evidence.csv", ",hihg,", ",moderate,")
    assert said() == []
    # a row that another table's rows stand on
    change(job, "sources.csv", "ZZZ-S01,", "ZZZ-S99,")
    assert any("evidence.csv" in fault and "ZZZ-S01" in fault for fault in said())
    change(job, "sources.csv", "ZZZ-S99,", "ZZZ-S01,")
    (folder(job) / "quotes.csv").unlink()
    assert any("quotes.csv" in fault for fault in said()) and len(checked) > 20


def test_what_a_check_looks_into_is_no_part_of_what_is_read(tmp_path):
    """Other tables are checked beside the evidence, and are the same where that was changed."""
    data = copy_of_zedland(tmp_path)
    known = cop.data.contents(data)["resources"]
    known = (one for one in known if one.get("type") == "table")
    tables = [one["name"] for one in known if isinstance(one["path"], list)]

    def read():
        cop.data.clear()
        assert all(cop.data.read(name, data, "ZZZ") is not None for name in tables)
        return set(cop.data.states(data).values())

    assert CHANGED not in read()
    file = data / "research" / "ZZZ" / "evidence.csv"
    file.write_bytes(file.read_bytes() + b"\n")
    os.utime(file, (2e9, 2e9))
    assert CHANGED not in read()


def test_links_that_are_kept_rest_on_the_tables_each_time(tmp_path):
    place = Country("ZZZ", "Zedland", str(copy_of_zedland(tmp_path)), "", "2026")
    for _ in "ab":
        cop.data.clear()
        assert "<a " in citations.linked("see ZZZ-E05", place)
        states = cop.data.states(place.data)
        of_links = "columns", "research/ZZZ/evidence.csv", "evidence_id verified"
        assert states[of_links] not in ("", ABSENT)
        assert ("file", "research/ZZZ/evidence.csv") not in states  # no word of a statement
