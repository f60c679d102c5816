"""What a run prints and leaves when the disk is full or the folder of results disappears."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import ZEDLAND

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("awkward")]


def started(outputs):
    call = [sys.executable, "-m", "cop", "run", "ZZZ", "--data", ZEDLAND, "--outputs", outputs]
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def nothing_left(outputs):
    """Return whether no process names a folder and nothing half-made is in its site."""
    commands = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    hidden = [p for p in (outputs / "site").rglob("*") if p.name.startswith(".")]
    return not hidden and not [command for command in commands if str(outputs) in command]


@pytest.fixture
def full_disk(tmp_path):
    """Return a folder on a disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be made by root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_reported_and_no_half_written_report_is_shared(full_disk):
    run = started(full_disk)
    text = "".join(run.communicate(timeout=120))
    assert run.returncode == 1 and "No space left" in text and "Traceback" not in text
    assert not list(full_disk.rglob("cop-*.html")) or not (full_disk / "ZZZ").exists()
    assert not list((full_disk / "site").glob("cop-*.html")) and nothing_left(full_disk)


def test_a_folder_of_results_that_disappears_is_reported(tmp_path):
    outputs = tmp_path / "outputs"
    run = started(outputs)
    wait_for(outputs / ".making-ZZZ" / "tables")
    time.sleep(0.3)
    shutil.rmtree(outputs, ignore_errors=True)
    out, errors = run.communicate(timeout=120)
    assert run.returncode == 1 and "ZZZ" in out and "failed" in out
    assert "Traceback" not in out + errors and nothing_left(outputs)


def wait_for(path):
    for _ in range(800):
        if Path(path).exists():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{path} did not come")
