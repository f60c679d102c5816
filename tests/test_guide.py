"""docs/guide.md is followed to the letter on a copy, and what docs/method.md says of the code is
there.
"""

import os
import pkgutil
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, laid_out

GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh ?(\w*)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
# What stands in for a command that needs the network or opens a window; a new one must be given
# here what stands in for it.
INSTEAD = {
    "git clone ADDRESS cop-assessment": "git --version",
    "cd cop-assessment": "test -f Makefile",
    "make lab": "make -n lab",
    "cop refresh --dry-run": "cop refresh --help",
    "make explore-site": "make -n explore-site",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What a new user has after the first command: the files of git, and a .venv that is ready
    (this environment).
    """
    root = tmp_path_factory.mktemp("guide") / "cop-assessment"
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    for made in (ROOT / "src").rglob("__pycache__/*.pyc"):  # compiling takes seconds, no more
        (root / made.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy2(made, root / made.relative_to(ROOT))
    folder = root / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "cop").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cop "$@"\n')
    (folder / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    for name in ("python", "cop"):
        (folder / name).chmod(0o755)
    for name in ("ready", "tested"):
        (root / ".venv" / name).touch()
    return root


def followed(clone, commands):
    """Run a block as a person types it, the terminal having been made ready as step 1 says."""
    surroundings = os.environ | {
        "PYTHONPATH": str(clone / "src"),
        "PATH": f"{clone}/.venv/bin:{os.environ['PATH']}",
    }
    return subprocess.run(
        ["sh", "-ec", commands],
        cwd=clone,
        env=surroundings,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("guide")
def test_guide_leads_to_a_changed_report(clone, zedland, region):
    """Every line of every box is run, in order, on one copy. Of Zedland only what the practice
    changes is made, and of Ukraine the site: `region` made its report from nothing.
    """
    laid_out(zedland, clone / "outputs/practised")
    laid_out(region, clone / "outputs", "UKR")
    for kind, commands in BLOCKS:
        lines = commands.splitlines()
        assert kind in ("", "network", "window", "refused"), f"what is a box marked {kind}?"
        run = (
            "\n".join(INSTEAD[line] for line in lines)
            if kind in ("network", "window")
            else commands
        )
        if "rm -r outputs/practice" in commands:
            page = (clone / "outputs/practised/site/cop-assessment-ZZZ.html").read_text(
                encoding="utf-8"
            )
            assert (
                "answered 4,120 questions in 2026" in page
                and "Annual report of the helpline" in page
            )
            assert "reports on its work every year" in page
            opened = re.findall(r"[Oo]pen `(outputs/[^`]+\.html)`", GUIDE)
            assert len(opened) >= 3 and not [path for path in opened if not (clone / path).exists()]
        told = followed(clone, run)
        assert told.returncode == (2 if kind == "refused" else 0), (
            f"{commands}\n{told.stdout}\n{told.stderr}"
        )
        if kind == "refused":
            assert "hihg" in told.stderr and "nothing was written" in told.stderr


def test_guide_marks_what_needs_the_network_or_opens_a_window():
    for kind, commands in BLOCKS:
        before = GUIDE[: GUIDE.index(commands)].rsplit("```", 2)[-2]
        words = {"network": "needs the network", "window": "opens", "refused": "slip"}.get(kind, "")
        assert words in before, commands


def test_guide_and_method_name_files_that_are_there():
    for text in (GUIDE, METHOD):
        links = [link for link in re.findall(r"\]\((?!http)([^)#]+)", text)]
        assert links and not [link for link in links if not (ROOT / "docs" / link).exists()]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:cop|helpers)\.[\w.]+)`", METHOD))))
def test_every_name_in_the_method_is_in_the_code(name):
    assert pkgutil.resolve_name(name) is not None
