"""What a run says and leaves when the disk is full, the folder of results goes, or a worker of a
cluster is lost.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import DATA, ZEDLAND, beside_its_base, call, laid_out

from cop.cli import main
from cop.run import cluster, fingerprints, plan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("awkward")]
CALL = [sys.executable, "-m", "cop", "run"]


def started(*words, **more):
    return subprocess.Popen(
        [*CALL, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def nothing_left(outputs):
    """Say whether no process speaks of a folder and nothing half-made lies in its site."""
    ours = [
        p
        for p in psutil.process_iter(["cmdline"])
        if str(outputs) in " ".join(p.info["cmdline"] or [])
    ]
    return not ours and not [p for p in (outputs / "site").rglob("*") if p.name.startswith(".")]


def words_of(process):
    """Return the command line of a process; none where it ended while it was looked at."""
    with contextlib.suppress(psutil.NoSuchProcess):  # also of a zombie
        return " ".join(process.cmdline())
    return ""


@pytest.fixture
def full_disk(tmp_path):
    """Return a folder on a disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True
    ).returncode:
        pytest.skip("a small disk can only be made by root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_told_and_no_half_written_report_is_shared(full_disk):
    run = started("ZZZ", "--data", ZEDLAND, "--outputs", full_disk)
    said, warned = run.communicate(timeout=120)
    assert (
        run.returncode == 1
        and "No space left" in said + warned
        and "Traceback" not in said + warned
    )
    assert not list(full_disk.rglob("cop-*.html")) or not (full_disk / "ZZZ").exists()
    assert not list((full_disk / "site").glob("cop-*.html")) and nothing_left(full_disk)


def test_a_folder_of_results_that_goes_midway_is_told(tmp_path):
    outputs = tmp_path / "outputs"
    run = started("ZZZ", "--data", ZEDLAND, "--outputs", outputs)
    wait_for(outputs / ".making-ZZZ" / "tables")
    time.sleep(0.3)
    shutil.rmtree(outputs, ignore_errors=True)
    said, warned = run.communicate(timeout=120)
    assert (
        run.returncode == 1
        and "ZZZ" in said
        and "failed" in said
        and "Traceback" not in said + warned
    )
    assert nothing_left(outputs)


def test_the_last_good_report_stays_and_is_marked_stale_when_the_next_run_fails(
    zedland, tmp_path, capsys
):
    data, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    assert call(capsys, "run", "ZZZ", "--data", data, "--outputs", outputs)[0] == 0
    good = (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes()
    evidence = data / "research" / "ZZZ" / "evidence.csv"
    evidence.write_text(
        evidence.read_text(encoding="utf-8").replace("ZZZ-S01", "ZZZ-S99"), encoding="utf-8"
    )
    status, said, _ = call(capsys, "run", "ZZZ", "--data", data, "--outputs", outputs)
    ledger = [
        json.loads(line)
        for line in (outputs / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert (
        status == 1
        and ledger[-1]["status"] == "failed"
        and ledger[-1]["stage"] == "data"
        and "ZZZ-S99" in said
    )
    assert (outputs / "site" / "cop-assessment-ZZZ.html").read_bytes() == good
    assert "stale: the last run failed" in (outputs / "site" / "index.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.long
def test_kernels_make_the_same_tables_and_nothing_of_them_counts_as_up_to_date(zedland, tmp_path):
    words = ["ZZZ", "--data", str(ZEDLAND), "--outputs", str(tmp_path)]
    assert main.main(["run", *words, "--kernel"]) == 0
    tables = sorted((zedland / "ZZZ").glob("tables/*.csv"))
    assert tables
    for table in tables:
        assert (tmp_path / "ZZZ/tables" / table.name).read_bytes() == table.read_bytes()
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path, edition="2026"))
    assert set(plan.STAGES) <= set(fingerprints.reasons(job))


@pytest.fixture
def workers(tmp_path):
    """Return the address of a scheduler and two workers on this machine, each with room for one
    country.
    """
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    address = tmp_path / "scheduler.json"
    quiet = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "env": environment,
        "cwd": tmp_path,
    }
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    dask = [*dask, "--host", "127.0.0.1", "--scheduler-file", address]
    started = [subprocess.Popen(dask, **quiet)]
    wait_for(address)
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        "--scheduler-file",
        address,
        "--nthreads",
        "1",
    ]
    worker += ["--no-dashboard", "--no-nanny", "--local-directory", tmp_path]
    started += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    yield json.loads(address.read_text())["address"], started[1:]
    for process in reversed(started):
        process.kill()
        process.wait()


@pytest.mark.long
@pytest.mark.parametrize(
    "countries",
    [("ALB", "GEO"), pytest.param(("ALB", "UKR", "GEO"), marks=pytest.mark.simulation)],
    ids=len,
)
def test_a_cluster_gives_the_same_files_though_a_worker_is_killed_midway(
    workers, region, tmp_path, countries
):
    address, (first, second) = workers
    data, outputs = tmp_path / "data", tmp_path / "outputs"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("restricted"))
    run = started(*countries, "--data", data, "--outputs", outputs, "--scheduler", address)
    for _ in range(600):  # until the first worker has a notebook at work
        if any("multiprocessing" in words_of(p)
               for p in psutil.Process(first.pid).children(recursive=True)):  # fmt: skip
            break
        time.sleep(0.05)
    time.sleep(2)
    os.kill(first.pid, signal.SIGKILL)
    said, warned = run.communicate(timeout=300)
    assert run.returncode == 0 and f"{len(countries)} complete, 0 failed" in said, said + warned
    for iso3 in countries:
        for table in sorted((region / iso3 / "tables").glob("*.csv")):
            assert (outputs / iso3 / "tables" / table.name).read_bytes() == table.read_bytes()
    assert (outputs / "site" / "cop-assessment-GEO.html").exists() and not list(
        outputs.glob(".making-*")
    )


def test_a_cluster_that_is_not_there_or_not_the_same_is_refused_in_a_sentence(
    workers, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(cluster, "SECONDS", "1s")
    call = ["run", "ZZZ", "--data", str(ZEDLAND), "--outputs", str(tmp_path / "o"), "--force"]
    call += ["--scheduler"]
    assert main.main([*call, "tcp://127.0.0.1:9"]) == 2
    assert "no scheduler with workers answers" in capsys.readouterr().err
    monkeypatch.setattr(cluster, "SECONDS", "30s")
    here = fingerprints.libraries() | {"pandas": "0.1"}
    monkeypatch.setattr(fingerprints, "libraries", Other(here))
    assert main.main([*call, workers[0]]) == 2
    assert "differs from this machine" in capsys.readouterr().err


class Other:
    """Stands in for the installed libraries of this machine."""

    def __init__(self, libraries):
        self.libraries = libraries

    def __call__(self):
        return self.libraries

    def cache_clear(self):
        """Keep them."""


def wait_for(path):
    for _ in range(800):
        if Path(path).exists():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{path} did not come")
