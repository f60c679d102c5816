"""Wrong calls of the commands for research and field work: each is explained in a
sentence, and nothing is written.
"""

import shlex
from pathlib import Path

import pytest
from cases import cases
from conftest import call, copy_of_zedland
from planting import contents


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a copy of Zedland, which tests must not change."""
    return copy_of_zedland(tmp_path_factory.mktemp("calls"))


@pytest.mark.parametrize(("words", "message"), cases("research/wrong_calls.csv"))
def test_a_wrong_call_is_explained_and_nothing_is_written(data, capsys, words, message):
    before, words = contents(data), shlex.split(words)
    status, out, error = call(capsys, *words, *([] if "--data" in words else ["--data", data]))
    assert status == 2 and message in error and "Traceback" not in out + error
    assert contents(data) == before and not Path("nowhere").exists()
