"""What a run leaves outside its outputs: nothing."""

import os
import subprocess
import sys
import tempfile

import pytest
from conftest import ZEDLAND

from cop.cli import main, run


@pytest.mark.long
@pytest.mark.slow
def test_a_run_leaves_nothing_in_the_home_folder_and_no_temporary_folder(tmp_path):
    home, temporary = tmp_path / "home", tmp_path / "t"
    home.mkdir()
    temporary.mkdir()
    ours = {"HOME": str(home), "TMPDIR": str(temporary)}
    others = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR")
    environment = {k: v for k, v in os.environ.items() if k not in others} | ours
    line = [sys.executable, "-m", "cop", "run", "ZZZ", "--data", ZEDLAND, "--outputs"]
    done = subprocess.run([*line, tmp_path / "o"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(home.iterdir()) and not list(temporary.iterdir())


def test_a_temporary_folder_with_a_long_path_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("t" * 80)))
    assert main.main(["run", "ZZZ", "--data", str(ZEDLAND), "--outputs", str(tmp_path / "o")]) == 2
    assert "path longer than 75 bytes; use a shorter path" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "name",
    ["MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"],
)
def test_a_library_keeps_its_files_in_the_cache_unless_it_is_told_where(
    name, tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "environ", {})
    run.keep_out_of_the_home_folder(tmp_path)
    assert os.environ[name] == str(tmp_path / name.lower().replace("_", "-"))
    monkeypatch.setattr(os, "environ", {name: str(tmp_path / "elsewhere")})
    run.keep_out_of_the_home_folder(tmp_path)
    assert os.environ[name] == str(tmp_path / "elsewhere")
