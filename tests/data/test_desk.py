"""A notebook played in by hand: the country alone is changed, and no other country's tables are."""

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, cases
from conftest import DATA, ROOT
from planting import rows_of, save

import cop.data
from cop.data import places
from cop.explore import lab
from cop.run import plan, steps
from helpers import countries

ZED, OURS = "../tests/zedland", "../outputs/ZZZ/tables"


@pytest.fixture
def notebooks(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")


@pytest.mark.parametrize(
    ("iso3", "data", "tables", "read_from", "written_to"), cases("data/desks.csv")
)
def test_a_country_alone_switches_its_folders(notebooks, iso3, data, tables, read_from, written_to):
    place = countries.find(iso3, data, tables, "2026")
    assert (place.iso3, place.data, place.tables) == (iso3, read_from, written_to)
    assert place.edition == "2026"


@pytest.mark.parametrize(("folder", "data"), [(".", "data"), ("notebooks", "../data")])
def test_a_notebook_that_is_run_in_the_root_has_its_folders_there(folder, data, monkeypatch):
    monkeypatch.chdir(ROOT / folder)
    assert places.from_root("../data") == data


def test_an_edition_that_the_other_country_had_gives_way_to_the_countrys_own(zed):
    path, [row] = rows_of(zed, "editions")
    (zed / "research/NOR").mkdir()
    columns, theirs = [*row], [row | {"edition": year} for year in ("2027", "2028")]
    save(zed / "research/NOR/editions.csv", columns, theirs)
    for wanted, edition in (("2026", "2028"), ("2027", "2027"), ("1999", "1999")):
        place = places.follow("NOR", str(zed), "outputs/ZZZ/tables", wanted)
        latest = "a country without the edition is shown in its latest one; `find` refuses 1999"
        assert place == (str(zed), "outputs/NOR/desk", edition), latest
    save(zed / "research/NOR/editions.csv", columns, [row, row | {"edition": "2028"}])
    place = places.follow("NOR", str(zed), "outputs/ZZZ/tables", "2026")
    assert place[2] == "2026", "an edition that both have stays"


def test_a_country_not_begun_follows_for_its_baseline_and_is_refused_as_assessment(notebooks):
    baseline = countries.economy("NOR", ZED, "../outputs/baselines/ZZZ/tables")
    assert (baseline.data, baseline.tables) == ("../data", "../outputs/baselines/NOR/desk")
    missing = "Norway has no assessment; run `cop new NOR`"
    with pytest.raises(FileNotFoundError, match=missing):
        countries.find("NOR", ZED, OURS, "2026")


def test_tables_of_another_group_are_not_written_over(notebooks):
    with pytest.raises(LookupError, match="belongs to ZED, not to SEE-2020: set `tables`"):
        countries.region("SEE-2020", "../data", "../outputs", "../outputs/ZED/tables", "2026")
    place = countries.region("SEE-2020", "../data", "out", "out/SEE-2020/desk", "2026", "GEO MDA")
    assert place.left_out == ("MDA", "GEO") and len(place.assessed) == len(place.members) - 2
    assert {"UKR", "SRB"} <= {*place.assessed}


def test_a_desk_reads_what_the_run_made_until_something_newer_is_made_by_hand(tmp_path):
    columns = cop.data.columns("sources_on_record", DATA)
    shown = pd.DataFrame({c: ["x"] if c in ("iso3", "label") else [1] for c in columns})
    for label, name in (("run", "tables"), ("desk", "desk")):
        tables = tmp_path / "UKR" / name
        place = SimpleNamespace(data=str(DATA), tables=str(tables), key="UKR")
        cop.data.hand_on(shown.assign(iso3=label), "sources_on_record", place)
        os.utime(tables / "sources_on_record.csv")
        assert cop.data.handed_on("sources_on_record", place).iso3.tolist() == [label]
    os.utime(tmp_path / "UKR/tables/sources_on_record.csv", (2e9, 2e9))
    assert cop.data.handed_on("sources_on_record", place).iso3.tolist() == ["run"]
    shutil.copytree(tmp_path / "UKR" / "desk", tmp_path / "copy")  # as a run does
    shutil.rmtree(tmp_path / "UKR" / "desk")
    shutil.move(tmp_path / "copy", tmp_path / "UKR" / "desk")
    assert cop.data.handed_on("sources_on_record", place).iso3.tolist() == ["run"], "a copy is old"


def test_the_desk_lays_out_copies_and_none_over_work(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("a", "b"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("{}")
    assert lab.copy_notebooks(tmp_path) == ["a.ipynb", "b.ipynb"]
    (tmp_path / "desk" / "a.ipynb").write_text("mine")
    (tmp_path / "notebooks" / "a.ipynb").write_text("newer")
    (tmp_path / "notebooks" / "b.ipynb").write_text("newer")
    assert lab.copy_notebooks(tmp_path) == ["b.ipynb"]
    assert (tmp_path / "desk" / "a.ipynb").read_text() == "mine"
    assert (tmp_path / "desk" / "b.ipynb").read_text() == "newer"


def test_only_the_notebooks_of_the_reports_lose_their_outputs_when_saved():
    def saved(path):
        cell = {"cell_type": "code", "outputs": ["x"], "execution_count": 1, "metadata": {}}
        model = {"type": "notebook", "content": {"nbformat": 4, "cells": [cell], "metadata": {}}}
        lab.save_without_outputs(model=model, path=path)
        return cell["outputs"]

    assert saved("notebooks/1-desktop-research.ipynb") == saved("/notebooks/explore.ipynb") == []
    assert saved("desk/1-desktop-research.ipynb") == saved("own.ipynb") == ["x"]


def test_the_next_run_keeps_the_desk(tmp_path):
    job = plan.of_country("UKR", plan.Choice(data=DATA, outputs=tmp_path))
    (job.ready / "desk").mkdir(parents=True)
    (job.ready / "desk" / "mine.csv").write_text("mine")
    steps.start(job, force=False)
    assert not (job.making / "desk").exists()
    steps.publish(job, {})
    assert (job.ready / "desk" / "mine.csv").read_text() == "mine"
    assert not job.making.exists(), "the result has taken its place"


@by_rule(
    "force, is_copied",
    ("a run begins with the last result", False, True),
    ("with --force it begins with nothing", True, False),
)
def test_what_a_run_begins_with(tmp_path, force, is_copied):
    job = plan.of_country("UKR", plan.Choice(data=DATA, outputs=tmp_path))
    (job.ready / "tables").mkdir(parents=True)
    (job.ready / "tables" / "old.csv").write_text("old")
    steps.start(job, force)
    assert (job.making / "tables" / "old.csv").exists() == is_copied


@pytest.mark.slow
def test_cells_with_another_country_write_at_its_desk_alone(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "data").symlink_to(DATA)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    lab.copy_notebooks(tmp_path)
    assert json.loads((tmp_path / "desk" / lab.COPIED).read_text())
    zedland = tmp_path / "outputs" / "ZZZ" / "tables"
    zedland.mkdir(parents=True)
    (zedland / "statements.csv").write_text("as it was")
    monkeypatch.chdir(tmp_path / "desk")
    space = {"__name__": "__main__"}
    for cell in json.loads(Path("1-desktop-research.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space["iso3"] = "UKR"
    assert [p.name for p in zedland.iterdir()] == ["statements.csv"]
    assert (zedland / "statements.csv").read_text() == "as it was"
    assert (tmp_path / "outputs/UKR/desk/statements.csv").read_text().count("UKR-E") > 9
    assert {p.name for p in (tmp_path / "outputs").iterdir()} == {"ZZZ", "UKR"}
