"""The recipes of docs/cluster.md: who can reach what, and by which certificates."""

import contextlib
import json
import os
import re
import shutil
import signal
import ssl
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from conftest import EIGHT, ROOT, ZEDLAND, call

from cop.data import Refused
from cop.run import cluster, plan
from cop.run.execute import Outcome

PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```(?:sh|python)\n(.*?)```", PAGE, re.DOTALL)
PORT = 18786


@contextlib.contextmanager
def within(n):
    """Give so many workers within this process, where no port is open, and who calls them: what
    both sides have is the same here.
    """
    from distributed import Client, LocalCluster

    where = {"dashboard_address": None, "silence_logs": 50}
    with LocalCluster(n_workers=n, threads_per_worker=1, processes=False, **where) as workers:
        here = cluster.Cluster.__new__(cluster.Cluster)
        here.client = Client(workers)
        yield workers, here


def test_no_recipe_starts_anything_that_listens_to_everybody():
    started = [line for one in RECIPES for line in one.splitlines() if "dask " in line]
    assert len(started) == 4
    for line in started:
        assert re.search(r"--host (127\.0\.0\.1|\$first|\$host) ", line), line
        assert "--dashboard-address 127.0.0.1:0" in line and "--no-dashboard" in line, line
        assert "--host 127.0.0.1" in line or "DASK_CONFIG=" in line, line
    assert "port-forward --address 127.0.0.1" in PAGE and "require_encryption=True" in PAGE


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "host:8786", "tcp://[::]:8786"])
def test_an_open_address_of_another_machine_is_refused(address):
    with pytest.raises(Refused, match="without encryption"):
        cluster.security(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "localhost:1", "tcp://[::1]:8786"])
def test_this_machine_is_reached_openly(address):
    assert not cluster.security(address).require_encryption


def test_an_encrypted_address_needs_certificates():
    with pytest.raises(Refused, match="DASK_CONFIG"):
        cluster.security("tls://10.0.0.1:8786")


SAME = {"Python": "3.13", "code and notebooks": "abc"}


def test_a_worker_that_began_with_other_code_than_there_is_now_is_the_same_as_nobody(monkeypatch):
    """It would run what it imported: its notebooks are read anew, its helpers are not."""
    monkeypatch.setattr(cluster, "about_this_place", lambda: SAME)
    monkeypatch.setattr(cluster, "_as_begun", lambda: SAME)
    assert cluster.about_this_worker() == SAME
    cluster._refuse_another("tcp://1", cluster.about_this_worker(), SAME)
    monkeypatch.setattr(cluster, "_as_begun", lambda: SAME | {"code and notebooks": "old"})
    for caller in ("abc", "old"):
        with pytest.raises(Refused, match=f"code and notebooks old, by now abc .here {caller}"):
            here = SAME | {"code and notebooks": caller}
            cluster._refuse_another("tcp://1", cluster.about_this_worker(), here)


def test_a_worker_that_comes_later_runs_nothing_unless_it_is_the_same(monkeypatch):
    import distributed

    there = SimpleNamespace(address="tcp://127.0.0.1:9")
    monkeypatch.setattr(distributed, "get_worker", lambda: there)
    monkeypatch.setattr(cluster, "_as_begun", lambda: SAME | {"Python": "3.11"})
    monkeypatch.setattr(cluster, "warm_up", lambda data: pytest.fail("it began"))
    with pytest.raises(Refused, match="the worker tcp://127.0.0.1:9 is not the same .*3.11"):
        cluster.at_worker(b"", "ZZZ", None, "en", 60, "2026-11-26", SAME)


@pytest.mark.slow
@pytest.mark.xdist_group("awkward")
def test_every_worker_warms_up_before_it_gets_a_country(tmp_path, monkeypatch):
    begun = tmp_path / "begun"

    def warm_up(data):
        from distributed import get_worker

        with begun.open("a") as lines:
            lines.write(f"{get_worker().address} {data}\n")

    monkeypatch.setattr(cluster, "warm_up", warm_up)
    with within(2) as (workers, here):
        here._send("packed")
        here.client.gather(here._warm)
        addresses = {one.address for one in workers.workers.values()}
        here.stop()
    assert sorted(begun.read_text().splitlines()) == sorted(f"{one} packed" for one in addresses)


@pytest.mark.slow
@pytest.mark.xdist_group("awkward")
def test_the_data_outlive_the_worker_that_holds_them(monkeypatch):
    from distributed import wait

    monkeypatch.setattr(cluster, "warm_up", len)
    with within(1) as (workers, here):
        here._send("packed")
        wait(here.data)
        (lost,) = here.client.who_has(here.data)[here.data.key]
        workers.sync(workers.workers[_of(workers, lost)].close, nanny=False)
        workers.scale(2)
        assert here.client.submit(len, here.data).result(timeout=60) == len("packed")
        here.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster") / "certificates"
    cluster.certify(folder)
    return folder


def test_certificates_are_whole_and_their_owner_s_alone(certificates):
    names = {p.name: stat.S_IMODE(p.stat().st_mode) for p in certificates.iterdir()}
    assert names == dict.fromkeys([*cluster.CERTIFICATES, "dask.yaml"], 0o600)
    assert stat.S_IMODE(certificates.stat().st_mode) == 0o700
    worker = json.loads((certificates / "dask.yaml").read_bytes())["distributed"]["worker"]
    assert worker == {"daemon": False, "profile": {"enabled": False}}
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "certificate.pem", certificates / "key.pem")


def test_certificates_are_refused_where_they_would_overwrite_or_be_committed(
    certificates, capsys, monkeypatch, tmp_path
):
    before = (certificates / "key.pem").read_bytes()
    status, _, said = call(capsys, "cluster-certificates", certificates)
    assert status == 2 and "not empty" in said
    assert (certificates / "key.pem").read_bytes() == before
    status, _, said = call(capsys, "cluster-certificates", ROOT / "outputs" / "certificates")
    assert status == 2 and "lies in a repository" in said
    monkeypatch.setattr(cluster.shutil, "which", lambda name: None)
    status, _, said = call(capsys, "cluster-certificates", tmp_path / "new")
    assert status == 2 and "openssl" in said and not (tmp_path / "new").exists()


def listening(process):
    """Give the addresses that a process and its children listen on."""
    every = [process, *process.children(recursive=True)]
    return [c.laddr.ip for p in every for c in p.net_connections("inet") if c.status == "LISTEN"]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("awkward")
def test_a_lost_worker_costs_the_country_that_it_was_at_and_no_other(tmp_path, monkeypatch):
    """What is done again is counted: of eight countries, of which four are back, one is begun
    twice, the others once.
    """
    begun, gate = tmp_path / "begun", tmp_path / "gate"

    def at_worker(data, key, *_):
        from distributed import get_worker

        with begun.open("a") as lines:
            lines.write(f"{key} {get_worker().address}\n")
        while key in EIGHT[4:] and not gate.exists():
            time.sleep(0.05)
        return [Outcome(key, "6-country-assessment", "failed", 0.0)], cluster.pack(tmp_path / "d")

    def lines():
        return begun.read_text().splitlines() if begun.exists() else []

    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "datapackage.json").write_text('{"resources": [], "cop:handedOn": []}')
    monkeypatch.setattr(cluster, "at_worker", at_worker)
    jobs = [plan.of_baseline(iso3, ZEDLAND, tmp_path, 60) for iso3 in EIGHT]
    with within(2) as (workers, here):
        here.data, here.about = b"", {}
        waiting = {job: here.submit(job, "2026-11-25", False) for job in jobs}
        back = [here.take(job, waiting[job])[-1].country for job in jobs[:4]]
        while len(lines()) < 6:
            time.sleep(0.05)
        places = dict(line.split() for line in lines())
        lost = next(places[key] for key in EIGHT[4:] if places.get(key) in map(places.get, back))
        workers.sync(workers.workers[_of(workers, lost)].close, nanny=False)
        gate.touch()
        rest = [here.take(job, waiting[job])[-1].country for job in jobs[4:]]
        here.stop()
    assert back + rest == list(EIGHT)
    times = Counter(line.split()[0] for line in lines())
    assert set(times) == set(EIGHT) and sum(times.values()) == len(EIGHT) + 1


def _of(workers, address):
    return next(name for name, one in workers.workers.items() if one.address == address)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("awkward")
@pytest.mark.parametrize("encrypted", [False, True])
def test_the_recipe_for_this_machine_listens_to_nobody_else(tmp_path, certificates, encrypted):
    recipe = next(one for one in RECIPES if "kill %2 %1" in one)
    bin_of_python = Path(sys.executable).parent
    recipe = recipe.replace(".venv/bin/dask", f"{bin_of_python}/dask").replace("8786", str(PORT))
    run = f'"{sys.executable}" -m cop run --baseline YYY --data "{ZEDLAND}"'
    listens = f"until (exec 3<>/dev/tcp/127.0.0.1/{PORT}) 2>&-; do sleep 1; done; until {run}"
    recipe = recipe.replace(".venv/bin/cop run --all", f'{listens} --outputs "{tmp_path}/o"')
    recipe = re.sub(r"(until \(.*)", r"\1; do sleep 1; done; touch done; sleep 600", recipe)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    if encrypted:
        recipe = recipe.replace("tcp://", "tls://")
        environment["DASK_CONFIG"] = str(certificates)
    shell = subprocess.Popen(
        ["bash", "-c", recipe], cwd=tmp_path, env=environment, start_new_session=True
    )
    seen = set()
    try:
        for _ in range(480):  # what listens does so until it is stopped: seldom is often enough
            done = (tmp_path / "done").exists()  # so that it is looked at once more afterwards
            with contextlib.suppress(psutil.NoSuchProcess):
                seen.update(listening(psutil.Process(shell.pid)))
            if done:
                break
            time.sleep(0.5)
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, sign)
            time.sleep(2)
        shell.wait()
        shutil.rmtree(tmp_path / "dask-scratch-space", ignore_errors=True)
    assert (tmp_path / "o" / "site" / "baselines" / "cop-baseline-YYY.html").exists()
    assert seen == {"127.0.0.1"}
