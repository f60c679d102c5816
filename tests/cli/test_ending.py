"""How a call ends: one sentence and its status, whatever happened in it."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from conftest import ZEDLAND, call, copy_of_zedland, one_in

from cop.cli import ending, main
from cop.data import UserError, writing


def raising(error):
    def call():
        raise error

    return call


@pytest.mark.parametrize(
    "error, status, sentence",
    [
        (UserError("there is no such country"), 2, "there is no such country"),
        (KeyboardInterrupt(), 130, "interrupted; completed results are kept"),
        (OSError(errno.ENOSPC, "No space", "a/b.csv"), 2, "a/b.csv: No space; free space"),
        (PermissionError(errno.EACCES, "Denied", b"c.csv"), 2, "c.csv: Denied"),
        (FileNotFoundError("ZZZ.csv is not there"), 2, "ZZZ.csv is not there"),
        (ModuleNotFoundError(name="docx"), 2, "run `python -m pip install python-docx`"),
        (ModuleNotFoundError(name="yaml"), 2, "run `python -m pip install pyyaml`"),
        (PackageNotFoundError("cop-assessment"), 2, "run `python -m pip install -e .`"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_what_may_happen_is_told_in_a_sentence(tmp_path, capsys, error, status, sentence):
    assert ending.status(raising(error), lambda: tmp_path) == status
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == (1 if sentence else 0)
    assert not list(tmp_path.iterdir())


def test_of_an_unexpected_error_the_first_200_letters_are_told(tmp_path, capsys):
    ending.status(raising(ValueError("x" * 201)), lambda: tmp_path)
    assert f"(ValueError: {'x' * 200}); report it" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyError("funded"), RecursionError("deep"), ValueError("a\nb")])
def test_what_nobody_expected_ends_with_one_and_a_log_that_its_owner_alone_reads(
    tmp_path, capsys, error
):
    assert ending.status(raising(error), lambda: tmp_path) == 1
    said, (log,) = capsys.readouterr().err, (tmp_path / "logs").iterdir()
    assert said.count("\n") == 1 and str(log) in said and "Traceback" not in said
    assert "Traceback" in log.read_text() and log.stat().st_mode & 0o777 == 0o600


def test_the_log_goes_elsewhere_where_the_outputs_cannot_be_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "outputs").write_text("a file")
    monkeypatch.setattr(ending.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    assert ending.status(raising(KeyError("x")), lambda: tmp_path / "outputs") == 1
    [log] = (tmp_path / "temporary").iterdir()
    assert str(log) in capsys.readouterr().err
    monkeypatch.setattr(ending.tempfile, "gettempdir", lambda: str(tmp_path / "outputs"))
    assert ending.status(raising(KeyError("x")), lambda: tmp_path / "outputs") == 1
    assert "no log could be saved" in capsys.readouterr().err


def test_a_fault_of_a_command_leaves_its_log_in_its_outputs(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("cop.cli.run.plan.jobs", lambda choice: 1 / 0)
    words = ("why", "ZZZ", "--data", ZEDLAND, "--outputs", tmp_path)
    status, _, said = call(capsys, *words)
    assert status == 1 and list((tmp_path / "logs").glob("cop-*.log")) and str(tmp_path) in said


@pytest.mark.parametrize(
    "words, shell, status, sentence",
    [
        ("run --help", "| true", 141, ""),
        pytest.param("run --help", ">&-", 0, "", marks=pytest.mark.slow),
        pytest.param("run --help", "2>&-", 0, "", marks=pytest.mark.slow),
        ("--help", "> /dev/full", 2, "No space left"),
        pytest.param("check --data nowhere", "2> /dev/full", 2, "", marks=pytest.mark.slow),
    ],
)
def test_a_closed_output_ends_a_call_as_a_shell_expects(words, shell, status, sentence):
    line = f"set -o pipefail; {sys.executable} -m cop {words} {shell}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.returncode == status and sentence in done.stderr
    assert done.stderr.count("\n") <= (status != 141) and "Error" not in done.stderr


@pytest.mark.parametrize("stop", one_in(2, [signal.SIGINT, signal.SIGTERM]))
def test_a_stop_is_told_and_ends_with_130(tmp_path, stop):
    data = copy_of_zedland(tmp_path)
    line = [sys.executable, "-m", "cop", "add", "source", "ZZZ", "--set", "title=x", "--data"]
    with writing.alone(data):
        waiting = subprocess.Popen([*line, data], stderr=subprocess.PIPE, text=True)
        while not re.search(rf"-> FLOCK .* {waiting.pid} ", Path("/proc/locks").read_text()):
            assert waiting.poll() is None
            time.sleep(0.02)
        waiting.send_signal(stop)
        _, said = waiting.communicate(timeout=60)
    assert waiting.returncode == 130 and said == "cop: interrupted; completed results are kept\n"


def test_a_name_in_another_encoding_is_shown_and_refused(tmp_path, capsys):
    name, data = os.fsdecode(b"\xcf\xf0\xee.csv"), copy_of_zedland(tmp_path)
    for words, message in (
        (("--from", tmp_path / name), "\\udccf\\udcf0"),
        (("--set", f"title={name}"), "is not valid UTF-8"),
    ):
        status, _, said = call(capsys, "add", "source", "ZZZ", "--data", data, *words)
        assert status == 2 and message in said


def test_a_data_folder_that_rests_on_itself_is_refused(tmp_path, capsys):
    (tmp_path / "datapackage.json").write_text('{"cop:base": "."}')
    status, _, said = call(capsys, "why", "--all", "--data", tmp_path)
    assert status == 2
    assert "/datapackage.json: '.' in `cop:base` leads back to this folder, or" in said
    for number in range(11):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}/datapackage.json").write_text(f'{{"cop:base": "../{number + 1}"}}')
    status, _, said = call(capsys, "why", "--all", "--data", tmp_path / "0")
    assert status == 2
    assert "/9/datapackage.json: '../10' in `cop:base` leads back to this folder, or there" in said


def test_the_help_groups_all_commands_by_task_and_the_version_is_told(capsys):
    for word in ("--help", "--version"):
        with pytest.raises(SystemExit, match="0"):
            main.main([word])
    out = capsys.readouterr().out
    groups = ["Run:", "Data:", "Research:", "Field work:", "After the draft:"]
    assert [line for line in out.splitlines() if line in groups] == groups
    assert len(re.findall(r"^  [a-z-]+ {2,}\S", out, re.M)) == 29  # -h, too
    assert re.search(r"^cop \d", out, re.M)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("diff", "Print the changes between two editions of a country."),
        ("diff", "Example: cop diff UKR 2020 2026"),
        ("words", "Examples: cop words extract, cop words status"),
    ],
)
def test_the_help_of_a_command_says_what_it_does_and_shows_examples(command, words, capsys):
    with pytest.raises(SystemExit, match="0"):
        main.main([command, "--help"])
    assert words in capsys.readouterr().out
