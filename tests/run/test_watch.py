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


class Watching:
    """Running `cop watch` process, with the text that it prints."""

    def __init__(self, zed, tmp_path):
        command = [sys.executable, "-m", "cop", "watch", "ZZZ", "--data", zed, "--outputs"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        environment = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
        self.process = subprocess.Popen([*command, tmp_path / "out"], env=environment, **pipes)
        while "updated after each save" not in (line := self.line()):
            assert line and "made again" in line
        self.address = line.split()[0]
        self.page = tmp_path / "out" / "site" / "cop-annex-ZZZ-1-desktop-research.html"

    def line(self):
        return self.process.stdout.readline()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30), self.process.stderr.read()


def test_what_is_saved_is_in_the_page_or_named_and_control_c_ends_it(zedland, tmp_path):
    zed = beside_its_base(tmp_path)
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    laid_out(zedland, tmp_path / "out")
    watching = Watching(zed, tmp_path)
    try:
        assert "Watched at work" not in watching.page.read_text("utf-8")
        with urllib.request.urlopen(watching.address, timeout=10) as page:
            assert "location.reload" in page.read().decode()
        row = {"statement": "Watched at work in 2023."}
        rows.edit("evidence", "ZZZ", ["ZZZ-E05"], row, zed)
        assert watching.line().startswith("Updated in")
        assert "Watched at work in 2023." in watching.page.read_text("utf-8")
        edit(zed / "research/ZZZ/evidence.csv", ",moderate,", ",hihg,")
        assert "hihg" in watching.line()
        assert "Watched at work in 2023." in watching.page.read_text("utf-8")
        (tmp_path / "src/cop/cli/main.py").write_text("if:", encoding="utf-8")
        while "The code has changed" not in (line := watching.line()):
            assert "hihg" in line
    finally:
        status, error = watching.end()
    assert (status, error.splitlines()[-1]) == (130, "cop: interrupted; completed results are kept")
