"""The recipes of docs/guide.md: who can reach what, and by which certificates."""

import contextlib
import os
import re
import shutil
import signal
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, ZEDLAND

from cop.data import Refused
from cop.run import cluster

PAGE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```sh[^\n]*\n(.*?)```", PAGE, re.DOTALL)
PORT = 18786


def test_no_recipe_starts_anything_that_listens_to_everybody():
    started = [line for one in RECIPES for line in one.splitlines() if "dask " in line]
    assert len(started) >= 2
    for line in started:
        assert re.search(r"--host (127\.0\.0\.1|\$first|\$host) ", line), line
        assert "--dashboard-address 127.0.0.1:0" in line and "--no-dashboard" in line, line
        assert "--host 127.0.0.1" in line or "DASK_CONFIG=" in line, line


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


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Return the folder that the recipe of docs/guide.md for certificates makes."""
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


def listening(process):
    """Return the addresses that a process and its children listen on."""
    every = [process, *process.children(recursive=True)]
    return [c.laddr.ip for p in every for c in p.net_connections("inet") if c.status == "LISTEN"]


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
