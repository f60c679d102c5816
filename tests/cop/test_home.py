"""What a run leaves outside its outputs: nothing."""

import os
import subprocess
import sys

import pytest
from conftest import ZEDLAND


@pytest.mark.slow
def test_a_run_leaves_nothing_in_the_home_folder_and_no_temporary_folder(tmp_path):
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    ours = {"HOME": str(home), "TMPDIR": str(temporary)}
    others = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR")
    environment = {k: v for k, v in os.environ.items() if k not in others} | ours
    line = [sys.executable, "-m", "cop.main", "run", "ZZZ", "--data", str(ZEDLAND), "--outputs"]
    done = subprocess.run([*line, tmp_path / "o"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(home.iterdir()) and not list(temporary.iterdir())
