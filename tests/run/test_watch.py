"""A report watched: what is saved is made again, what is refused is printed, Ctrl-C ends it."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest
from conftest import ROOT, beside_its_base, laid_out
from planting import edit

from cop.research import rows

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]


def test_what_is_saved_is_in_the_page_or_named_and_control_c_ends_it(zedland, tmp_path):
    zed, outputs = beside_its_base(tmp_path), tmp_path / "out"
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    laid_out(zedland, outputs, "ZZZ")
    page = outputs / "site" / "cop-annex-ZZZ-1-desktop-research.html"
    command = [sys.executable, "-m", "cop", "watch", "ZZZ", "--data", zed, "--outputs", outputs]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    watching = subprocess.Popen(command, env=environment, **pipes)
    try:
        while "updated after each save" not in (line := watching.stdout.readline()):
            assert line and "made again" in line
        assert "Watched at work" not in page.read_text("utf-8")
        with urllib.request.urlopen(line.split()[0], timeout=10) as answer:
            assert "location.reload" in answer.read().decode()
        row = {"statement": "Watched at work in 2023."}
        rows.edit("evidence", "ZZZ", ["ZZZ-E05"], row, zed)
        assert watching.stdout.readline().startswith("Updated in")
        assert "Watched at work in 2023." in page.read_text("utf-8")
        edit(zed / "research/ZZZ/evidence.csv", ",moderate,", ",hihg,")
        assert "hihg" in watching.stdout.readline()
        assert "Watched at work in 2023." in page.read_text("utf-8")
        (tmp_path / "src/cop/cli/main.py").write_text("if:", encoding="utf-8")
        while "The code has changed" not in (line := watching.stdout.readline()):
            assert "hihg" in line
    finally:
        watching.send_signal(signal.SIGINT)
        status, error = watching.wait(30), watching.stderr.read()
    assert (status, error.splitlines()[-1]) == (130, "cop: interrupted; completed results are kept")
