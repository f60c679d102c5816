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
from functools import lru_cache
from pathlib import Path

import psutil
import pytest
from conftest import DATA, ZEDLAND

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
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    file, module = ["--scheduler-file", address, "--no-dashboard"], "distributed.cli.dask_"
    command = [sys.executable, "-m", f"{module}scheduler", "--port", "0", "--host", "127.0.0.1"]
    processes = [subprocess.Popen([*command, *file], env=environment, **quiet)]
    wait_for(address)
    command = [sys.executable, "-m", f"{module}worker", "--nthreads", "1", "--no-nanny"]
    command += ["--local-directory", tmp_path, *file]
    processes += [subprocess.Popen(command, env=environment, **quiet) for _ in range(2)]
    yield json.loads(address.read_text())["address"], processes[1:]
    for process in reversed(processes):
        process.kill()
        process.wait()


@pytest.mark.long
def test_a_cluster_gives_the_same_files_though_a_worker_is_killed_midway(workers, region, tmp_path):
    countries = "ALB", "GEO"
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
    fingerprints.forget()
    libraries = fingerprints.libraries() | {"pandas": "0.1"}
    other = lru_cache(lambda: libraries)
    monkeypatch.setattr(fingerprints, "libraries", other)
    assert main.main([*call, workers[0]]) == 2
    assert "differs from this machine" in capsys.readouterr().err


def wait_for(path):
    for _ in range(800):
        if Path(path).exists():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{path} did not come")
