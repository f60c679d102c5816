"""What `make bench` compares with: a pinned earlier commit, pair by pair."""

import importlib.util
import re
import subprocess

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def before():
    spec = importlib.util.spec_from_file_location("before", ROOT / "tests" / "bench" / "before.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_make_bench_compares_with_a_commit_that_git_has(before):
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    counts = re.findall(r"tests/bench/before\.py --countries (\d+)", made)
    assert counts == ["8", "192"] and before.COMMIT == "e8967f9"
    kept = subprocess.run(["git", "cat-file", "-t", before.COMMIT], cwd=ROOT, capture_output=True)
    if kept.returncode:
        pytest.skip("a shallow copy of the repository")
    assert kept.stdout == b"commit\n"


def test_a_ratio_is_of_pairs_and_not_of_sides(before, capsys):
    taken = {
        "before": {"cold": [10, 20, 40], "one row": [1, 1, 1], "nothing": [2, 2, 2]},
        "now": {"cold": [5, 12, 20], "one row": [2, 2, 2], "nothing": [1, 1, 1]},
    }
    assert before.told_of(taken) == {"cold": 0.5, "one row": 2, "nothing": 0.5}
    assert "ratio 0.50 (0.50 to 0.60)" in capsys.readouterr().out


def test_one_word_of_one_statement_is_changed(before, tmp_path):
    path = tmp_path / "research" / "QMA" / "evidence.csv"
    path.parent.mkdir(parents=True)
    path.write_text("id,statement\nQMA-E01,It is a law.\nQMA-E02,It is a plan.\n", "utf-8")
    for said in ("one law", "a law"):
        before.change(tmp_path)
        text = path.read_text("utf-8")
        assert said in text and "a plan" in text


def test_the_command_line_of_a_commit_is_found_by_what_it_says_itself(before, tmp_path):
    assert before.command(ROOT) == "cop.cli.main:main"
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\ncop = "batch.cli:main"\n')
    assert before.command(tmp_path) == "batch.cli:main"
