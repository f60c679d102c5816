"""Only what changed is run again, and a failed run is never taken for a good one."""

import json
import re

import pytest
from conftest import call, laid_out, with_countries
from planting import edit

from cop.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("region")]
RAN = re.compile(r"INFO ([\w-]+): (?:ok|failed) after")


@pytest.fixture(scope="module")
def work(region, tmp_path_factory):
    """Return a data folder with two countries, and the outputs of a first complete run."""
    folder = tmp_path_factory.mktemp("incremental")
    data = with_countries(folder, "ALB", "UKR")
    laid_out(region, folder / "out", "ALB", "UKR")
    assert run(data, folder / "out")[0] == 0
    return data, folder / "out"


def run(data, outputs, choice="--all"):
    """Run everything, or a country, and return (status, {(key, number of a stage run)})."""
    for log in (outputs / "logs").glob("*.log"):
        log.unlink()
    status = main.main(["run", choice, "--data", str(data), "--outputs", str(outputs)])
    logs = {log.stem: log.read_text() for log in (outputs / "logs").glob("*.log")}
    return status, {(key, stage[0]) for key, text in logs.items() for stage in RAN.findall(text)}


def why(capsys, data, outputs, iso3):
    return call(capsys, "why", iso3, "--data", data, "--outputs", outputs)[1]


def test_a_changed_row_of_one_country_runs_that_country_only_and_then_nothing(work, capsys):
    data, outputs = work
    assert run(*work) == (0, set())
    edit(data / "research" / "UKR" / "evidence.csv", "97% of people in Ukraine", "97% of them")
    words = why(capsys, data, outputs, "UKR")
    assert "UKR 1-desktop-research is outdated: research/UKR/evidence.csv" in words
    assert "ALB: up to date" in why(capsys, data, outputs, "ALB")
    status, ran = run(data, outputs)
    assert status == 0 and {country for country, _ in ran} <= {"UKR", "SEE-2020"}
    assert {("UKR", "1"), ("UKR", "6"), ("UKR", "p")} <= ran
    annex = outputs / "site" / "cop-annex-UKR-1-desktop-research.html"
    assert "97% of them" in annex.read_text("utf-8")


def test_a_row_that_another_country_cites_runs_the_country_that_cites_it(work, capsys):
    data, outputs = work
    keys = json.loads((outputs / "UKR" / "fingerprints.json").read_text(encoding="utf-8"))
    reads = (json.loads(read) for read in keys["6-country-assessment"]["reads"])
    path, name = next((r[1], r[3]) for r in reads if r[0] == "row" and "/evidence.csv" in r[1])
    rows = (data / path).read_text(encoding="utf-8").splitlines()
    row = next(line for line in rows if line.startswith(f"{name},"))
    edit(data / path, row, row.replace(",2026-11-2", ",2026-11-1"))
    assert f"row {name} of {path}" in why(capsys, data, outputs, "UKR")
    ran = {stage for country, stage in run(data, outputs)[1] if country == "UKR"}
    assert ran == {"d", "6", "p"}


def test_a_failed_run_keeps_the_last_good_report_marked_stale_and_is_run_again(work):
    data, outputs = work
    path, site = data / "research" / "ALB" / "narrative" / "analysis.md", outputs / "site"
    report, good = site / "cop-assessment-ALB.html", path.read_text(encoding="utf-8")
    edit(path, "[@ALB-S", "[@ALB-S9")
    before = report.read_bytes()
    for _ in range(2):
        status, ran = run(data, outputs)
        assert status == 1 and {stage for iso3, stage in ran if iso3 == "ALB"} == {"d"}
    stale = "stale: the last run failed (held back until its data are corrected"
    assert stale in (site / "index.html").read_text("utf-8") and report.read_bytes() == before
    path.write_text(good, encoding="utf-8")
    status, ran = run(data, outputs)
    assert status == 0 and ("ALB", "6") not in ran
    assert "stale" not in (site / "index.html").read_text("utf-8").split("</style>")[1]
