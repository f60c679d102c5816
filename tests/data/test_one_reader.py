"""The batch reads data/ as the contract does: what the check accepts is what a run sees."""

import csv
import io
import json
import os
import shutil

import pytest
from conftest import DATA

from cop.cli import main
from cop.data import package
from cop.data.csvfiles import records
from cop.run import fingerprints, plan

CITED = ("row", "research/MDA/sources.csv", "source_id", "MDA-S08")  # by Ukraine's sources


def saved(path, separator, change=("", ""), was=","):
    """Save a table again with another separator, as a spreadsheet of another country does."""
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=was)
    out, later = io.StringIO(), path.stat().st_mtime_ns + 10**9
    csv.writer(out, delimiter=separator).writerows(rows)
    assert change[0] in out.getvalue()
    path.write_text(out.getvalue().replace(*change, 1), encoding="utf-8", newline="")
    os.utime(path, ns=(later, later))


def why(data, capsys):
    """Return what `cop why` says of Ukraine."""
    capsys.readouterr()
    folders = ["--data", str(data), "--outputs", str(data.parent / "out")]
    assert main.main(["why", "UKR", *folders]) == 0
    return capsys.readouterr().out


@pytest.fixture
def data(tmp_path):
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("restricted"))
    return tmp_path / "data"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_row_that_another_country_cites_is_the_same_however_it_was_saved(data, separator, capsys):
    job = plan.of_country(
        "UKR", plan.Choice(data=data, outputs=data.parent / "out", edition="2026")
    )
    job.making.mkdir(parents=True)
    stage = "6-country-assessment"
    reads = {json.dumps(CITED): fingerprints.read_state(job, job.making, *CITED)}
    inputs = fingerprints.inputs(job, stage, job.making)
    fingerprints.record(job, stage, inputs | {"reads": reads})
    job.making.rename(job.ready)
    register = data / "research" / "MDA" / "sources.csv"
    saved(register, separator)
    assert "MDA-S08" not in why(data, capsys)
    first = next(x for x in register.read_text("utf-8").splitlines() if x.startswith("MDA-S08"))
    saved(register, separator, (first, first.replace("20", "19", 1)), was=separator)
    assert "row MDA-S08 of research/MDA/sources.csv" in why(data, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_the_check_accepts_is_run(data, separator, capsys):
    for file in ("reference/countries.csv", "reference/groups.csv", "statistics/gci.csv"):
        saved(data / file, separator)
    saved(data / "research" / "UKR" / "editions.csv", separator)
    assert main.main(["check", "--data", str(data)]) == 0
    assert "there is no result yet" in why(data, capsys)
    assert plan.edition(data, "UKR") == "2026" == plan.edition(DATA, "UKR")
    assert plan.groups(data) == plan.groups(DATA)
    assert plan.members_of_gci(data) == plan.members_of_gci(DATA)
    assert package.codes(data) == package.codes(DATA)


def test_a_row_that_was_cut_short_has_every_column(tmp_path):
    (tmp_path / "groups.csv").write_text("group_id,iso3,role\nSEE,UKR,study\nSEE,MD")
    rows = records(tmp_path / "groups.csv", "group_id", "role")
    assert [row["role"] for row in rows] == ["study", ""] and rows[1]["iso3"] == "MD"
