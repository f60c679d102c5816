"""Runs on a Dask cluster, and the recipes of docs/guide.md: who can reach what."""

import json
import os
import re
import signal
import ssl
import stat
import subprocess
import sys
import time
from functools import lru_cache

import psutil
import pytest
from conftest import ROOT, ZEDLAND, call, with_countries

from cop.data import UserError
from cop.run import cluster, fingerprints

PAGE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```sh[^\n]*\n(.*?)```", PAGE, re.DOTALL)
AWKWARD = pytest.mark.xdist_group("awkward")


def test_no_recipe_starts_anything_that_listens_to_everybody():
    started = [line for recipe in RECIPES for line in recipe.splitlines() if "dask " in line]
    assert len(started) >= 2
    for line in started:
        assert re.search(r"--host (127\.0\.0\.1|\$first|\$host) ", line), line
        assert "--dashboard-address 127.0.0.1:0" in line and "--no-dashboard" in line, line
        assert "--host 127.0.0.1" in line or "DASK_CONFIG=" in line, line


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.1:8786", "host:8786", "tcp://[::]:8786", "tcp://127.0.0.1.evil:1"]
)
def test_an_open_address_of_another_machine_is_refused(address, tmp_path):
    with pytest.raises(UserError, match="would not be encrypted"):
        cluster.Cluster(address, tmp_path, "data")


@pytest.mark.slow  # each waits a second for an answer
@pytest.mark.parametrize("address", ["127.0.0.1:9", "localhost:9", "tcp://[::1]:9"])
def test_an_address_of_this_machine_needs_no_encryption(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", "1s")
    with pytest.raises(UserError, match="could not connect to a cluster at"):
        cluster.Cluster(address, tmp_path, "data")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Return the folder created by the commands for certificates in docs/guide.md."""
    recipe = next(recipe for recipe in RECIPES if "openssl" in recipe)
    home = tmp_path_factory.mktemp("home")
    subprocess.run(["bash", "-ec", recipe], env=os.environ | {"HOME": str(home)}, check=True)
    return home / "cop-cluster"


def test_certificates_are_complete_and_readable_by_their_owner_alone(certificates):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in certificates.iterdir()}
    names = ("ca.pem", "certificate.pem", "key.pem", "dask.yaml")
    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(certificates.stat().st_mode) == 0o700
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")


@pytest.fixture
def workers(request, tmp_path, certificates, monkeypatch):
    """Yield the address of a scheduler, and the processes of it and two workers with one slot.

    They listen on this machine, encrypted if the parameter is true.
    """
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__DAEMON", "False")
    if encrypted := getattr(request, "param", False):
        monkeypatch.setenv("DASK_CONFIG", str(certificates))
    file, processes = tmp_path / "s", []
    more = ["--scheduler-file", file, "--host", "127.0.0.1", "--no-dashboard"]
    more += ["--dashboard-address", "127.0.0.1:0", "--protocol", "tls" if encrypted else "tcp"]

    def start(kind, *words):
        line = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *more, *words]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
        processes.append(subprocess.Popen(line, **quiet))

    start("scheduler", "--port", "0")
    for _ in range(800):
        if file.exists():
            break
        time.sleep(0.05)
    for _ in range(2):
        start("worker", "--nthreads", "1", "--no-nanny", "--local-directory", tmp_path)
    yield json.loads(file.read_text())["address"], processes
    for process in reversed(processes):
        process.kill()
        process.wait()


def listening(processes):
    every = [psutil.Process(process.pid) for process in processes]
    every += [child for process in every for child in process.children(recursive=True)]
    ports = [port for process in every for port in process.net_connections("inet")]
    return {port.laddr.ip for port in ports if port.status == "LISTEN"}


@AWKWARD
@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("workers", [False, True], ids=["tcp", "tls"], indirect=True)
def test_a_cluster_gives_the_same_files_though_a_worker_is_killed_midway(workers, three, tmp_path):
    countries, (address, (_, first, _)) = ("ALB", "GEO"), workers
    data, outputs = with_countries(tmp_path, *countries), tmp_path / "outputs"
    line = [sys.executable, "-m", "cop", "run", *countries, "--data", data, "--outputs", outputs]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    run = subprocess.Popen([*line, "--scheduler", address], **pipes)
    for _ in range(2400):  # until the worker has started a process for a step
        if psutil.Process(first.pid).children(recursive=True):
            break
        time.sleep(0.05)
    time.sleep(2)
    assert listening(workers[1]) == {"127.0.0.1"}
    os.kill(first.pid, signal.SIGKILL)
    text, _ = run.communicate(timeout=300)
    assert run.returncode == 0 and f"{len(countries)} complete, 0 failed" in text, text
    for iso3 in countries:
        for table in sorted((three / iso3 / "tables").glob("*.csv")):
            assert (outputs / iso3 / "tables" / table.name).read_bytes() == table.read_bytes()
    assert (outputs / "site" / "cop-assessment-GEO.html").exists()
    assert not list(outputs.glob(".making-*"))


@AWKWARD
@pytest.mark.slow
def test_a_cluster_with_other_libraries_is_refused(workers, tmp_path, monkeypatch, capsys):
    fingerprints.forget()
    other = fingerprints.libraries() | {"pandas": "0.1"}
    monkeypatch.setattr(fingerprints, "libraries", lru_cache(lambda: other))
    where = ["--data", ZEDLAND, "--outputs", tmp_path / "o", "--force", "--scheduler", workers[0]]
    status, _, said = call(capsys, "run", "ZZZ", *where)
    assert status == 2 and "differs from this machine; correct its libraries" in said
