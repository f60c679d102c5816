"""docs/following-up.md is followed to the letter on a copy, and says what the code reckons."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, call, copy_of_zedland

from cop.data import labels

TEXT = (ROOT / "docs" / "following-up.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
RUNS = "cop run ZZZ --data outputs/followed --outputs outputs/followed-up"


@pytest.fixture
def followed(tmp_path, capsys):
    """Run every line of the page in order but the long one; give {line: what was printed}."""

    def put(word):
        return word.replace("outputs/", f"{tmp_path}/") if word.startswith("outputs/") else word

    told = {}
    for line in LINES:
        command, *words = [put(word) for word in shlex.split(line)]
        if command == "cp":
            shutil.move(copy_of_zedland(tmp_path), words[-1])
        elif line != RUNS:
            assert command == "cop", f"who runs {line}?"
            status, out, error = call(capsys, *words)
            assert status == 0, f"{line}\n{out}\n{error}"
            told[line] = out
    return tmp_path, told


@pytest.mark.slow
def test_every_command_of_the_page_runs_and_does_what_it_says(followed):
    folder, told = followed
    says = {line.split()[1]: out for line, out in told.items()}
    assert "no errors found" in says["check"]
    assert says["actions"].startswith("0 actions written")
    assert (folder / "followed-up/calendar/cop-milestones-ZZZ.ics").exists()
    assert "editions/2026" in says["new"] and "[addressed partly]" in says["diff"]


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_the_page_that_it_opens_has_the_chapter(zedland):
    """The one long line, with the run that other tests share."""
    assert RUNS in LINES
    [page] = re.findall(r"Open `outputs/followed-up/site/([\w-]+\.html)`", TEXT)
    [chapter] = re.findall(r"chapter \*([\w ]+)\*", TEXT)
    assert chapter in (zedland / "site" / page).read_text(encoding="utf-8")


def test_it_names_each_state_and_each_share_and_no_other():
    rows = re.findall(r"^\| ([\w ]+) \| ", TEXT, re.MULTILINE)
    states = labels("follow_up", "state", ROOT / "data").values()
    shares = labels("addressed", "addressed", ROOT / "data").values()
    assert set(rows) - {"state", "addressed"} == {*states, *shares}


def test_it_names_files_that_are_there():
    links = re.findall(r"\]\((?!http)([^)#]+)", TEXT)
    assert not [link for link in links if not (ROOT / "docs" / Path(link)).exists()]
    assert "docs/following-up.md" in (ROOT / "README.md").read_text(encoding="utf-8")
