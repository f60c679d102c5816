"""A report watched: what is saved is made again, what is refused is printed, Ctrl-C ends it."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest
from conftest import ROOT, beside_its_base, laid_out

from cop.research import rows

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]


class Watching:
    """Running `cop watch` process, with the text that it prints."""

    def __init__(self, zed, tmp_path, code=ROOT):
        command = [sys.executable, "-m", "cop", "watch", "ZZZ", "--data", zed, "--outputs"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        environment = os.environ | {"PYTHONPATH": str(code / "src")}
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


def test_a_row_that_is_saved_is_in_the_page_and_control_c_ends_it(zedland, tmp_path):
    zed = beside_its_base(tmp_path)
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
        table = zed / "research/ZZZ/evidence.csv"
        text = table.read_text(encoding="utf-8")
        table.write_text(text.replace(",moderate,", ",hihg,", 1), encoding="utf-8")
        assert "hihg" in watching.line()
        assert "Watched at work in 2023." in watching.page.read_text("utf-8")
    finally:
        status, error = watching.end()
    assert (status, error.splitlines()[-1]) == (130, "cop: interrupted; completed results are kept")


@pytest.mark.long
def test_code_that_is_saved_asks_for_a_new_call(zedland, tmp_path):
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    laid_out(zedland, tmp_path / "out")
    watching = Watching(beside_its_base(tmp_path), tmp_path, code=tmp_path)
    try:
        (tmp_path / "src/cop/cli/main.py").write_text("if:", encoding="utf-8")
        assert "The code has changed" in watching.line()
    finally:
        watching.end()
