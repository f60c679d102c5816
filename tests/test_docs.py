"""The documentation: its commands run, its links lead somewhere, and what it names exists."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys

import pytest
from conftest import DATA, ROOT, chromium, laid_out

import cop.data
from cop.cli import main

PAGES = {path.name: path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INSTEAD = {  # of commands that need the network or open a window
    "git clone ADDRESS cop-assessment": "git --version",
    "cd cop-assessment": "test -f Makefile",
    "make lab": "make -n lab",
    "make explore-site": "make -n explore-site",
    "cop refresh --dry-run": "cop refresh --help",
    "cop run UKR --notebooks desk": "cop run --help",
    "cop watch UKR": "cop watch --help",
}
NOT_RUN = {"install", "cluster", "certificates"}  # installed already; tests/run/test_cluster.py
STATUS = {"refused": 2, "signer": 1, "changed": 1}  # exit status of blocks that must fail


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Return a copy of the repository's files with a .venv that is this environment."""
    root = tmp_path / "cop-assessment"
    others = (".git", ".venv*", "__pycache__", "desk", "outputs", "restricted")
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*others))
    (root / "outputs").mkdir()
    folder = root / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, words in (("python", ""), ("cop", "-m cop ")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        (folder / name).chmod(0o755)
    (folder / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    for name in ("ready", "tested"):
        (root / ".venv" / name).touch()
    monkeypatch.setenv("COP_SIGNING_KEY_FILE", str(tmp_path / "signing-key"))
    monkeypatch.setenv("COP_KEY_FILE", str(tmp_path / "secret" / "key"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return root


def follow(clone, page, before=None):
    """Run the blocks of a page in order, as a reader types them; return what they printed."""
    environment = os.environ | {
        "PYTHONPATH": str(clone / "src"),
        "PATH": f"{clone}/.venv/bin:{os.environ['PATH']}",
    }
    printed = []
    for kind, commands in BLOCK.findall(TEXTS[page]):
        if kind in NOT_RUN:
            continue
        if before:
            before(commands)
        if kind in ("network", "window"):
            commands = "\n".join(INSTEAD[line] for line in commands.splitlines())
        if kind == "later":  # an example of the practice copy, which the page has removed by now
            if not (clone / "outputs/practice").exists():
                shutil.copytree(ROOT / "tests/zedland", clone / "outputs/practice")
            own = r"\1 --data outputs/practice"
            commands = re.sub(r"^(cop (?:add|edit) .*)$", own, commands, flags=re.M)
        result = subprocess.run(
            ["sh", "-ec", commands], cwd=clone, env=environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        wanted = STATUS.get(kind, 0)
        assert result.returncode == wanted, f"{commands}\n{result.stdout}\n{result.stderr}"
        printed.append(result.stdout + result.stderr)
    return "\n".join(printed)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("guide")
def test_every_command_of_the_guide_runs(clone, zedland, three):
    laid_out(zedland, clone / "outputs/practised")
    laid_out(three, clone / "outputs", "UKR")

    def before(commands):
        if commands.startswith("rm -r outputs/practice"):
            opened = re.findall(r"[Oo]pen\s+`(outputs/[^`]+\.html)`", TEXTS["guide.md"])
            assert len(opened) >= 3 and all((clone / path).exists() for path in opened)
            page = (clone / opened[-2]).read_text(encoding="utf-8")
            page += (clone / "outputs/practised/site/cop-assessment-ZZZ.html").read_text("utf-8")
            assert "answered 4,120 questions in 2026" in page
            assert "reports on its work every year" in page

    printed = follow(clone, "guide.md", before)
    assert "hihg" in printed and "nothing was written" in printed


@pytest.mark.long
@pytest.mark.slow
def test_every_command_of_a_new_country_runs(clone):
    def before(commands):
        if commands.startswith("rm -r"):
            site = clone / "outputs/practised/site"
            annex = site / "cop-annex-YYY-1-desktop-research.html"
            assert "The act of 2025 makes grooming an offence" in annex.read_text("utf-8")
            assert "Name a hotline" in (site / "cop-assessment-YYY.html").read_text("utf-8")
            survey = cop.data.present("survey", clone / "outputs/practice", "YYY")
            assert survey["count"].ne("").any()  # enough responses to be shown

    assert "29 accepted" in follow(clone, "new-country.md", before)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("after-the-draft")
def test_every_command_of_after_the_draft_runs(clone, zedland):
    chromium()
    for folder in ("rounded", "handed", "followed-up"):
        laid_out(zedland, clone / "outputs" / folder)

    def before(commands):
        if "cop comments" in commands:
            comment(clone)
        if commands.startswith("rm -r outputs/round"):
            page = (clone / "outputs/rounded/site/cop-assessment-ZZZ.html").read_text("utf-8")
            assert 'data-status="validated"' in page and "1 not accepted" in page

    printed = follow(clone, "after-the-draft.md", before)
    assert "does NOT match its signature" in printed and "[addressed partly]" in printed


def comment(clone):
    """Do what a reviewer does in Word: dispute a rating, correct a year."""
    sys.path.insert(0, str(ROOT / "tests" / "fieldwork"))
    from commented import Document

    sent = clone / "outputs/rounded/word/cop-assessment-ZZZ.docx"
    document = Document(sent.read_bytes())
    places = document.paragraphs()
    rated = [p for name, p in places if name == "cop_PM_LEG_01"]
    document.comment(rated[1], "Rating: in place")
    document.insert(next(p for name, p in places if name == "cop_ZZZ_C01"), " 2024")
    (clone / "outputs/back.docx").write_bytes(document.saved())


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    for link in re.findall(r"\]\((?!http)([^)]+)\)", TEXTS[name]):
        file, _, anchor = link.partition("#")
        target = (PAGES[name].parent / file).resolve() if file else PAGES[name]
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings]
            assert anchor in slugs, link


def test_files_that_contributing_names_exist():
    named = re.findall(r"`((?:src|data|docs|notebooks|tests)/[\w./-]+)`", TEXTS["CONTRIBUTING.md"])
    later = {"data/restricted/", "src/cop/report/locale/pl.po"}  # created by use
    assert len(named) > 15 and not [n for n in named if n not in later and not (ROOT / n).exists()]


def test_every_command_that_is_named_exists(capsys):
    pages = "".join(TEXTS[name] for name in PAGES if name != "CHANGELOG.md")
    for command in {*re.findall(r"`cop ([a-z][a-z-]+)", pages)}:
        with pytest.raises(SystemExit) as ended:
            main.main([command, "--help"])
        assert ended.value.code == 0, command
    capsys.readouterr()


def test_the_data_dictionary_is_current():
    written = runpy.run_path(str(ROOT / "docs" / "dictionary.py"))["dictionary"]
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert TEXTS["data.md"] == written(package), "run `make docs`"


PROMISES = re.findall(r"^\| (?!promise|---)(.+?) \| (.*) \|$", TEXTS["security.md"], re.MULTILINE)


def test_each_promise_of_security_names_tests_that_exist():
    files = (ROOT / "tests").rglob("test_*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert len(PROMISES) > 20
    for promise, tests in PROMISES:
        named = re.findall(r"`(test_\w+)`", tests)
        assert named and not [name for name in named if f"def {name}(" not in code], promise


def test_the_bill_of_materials_lists_what_the_lock_installs(tmp_path):
    lock = ROOT / "requirements.lock"
    line = [sys.executable, ROOT / "docs" / "sbom.py", lock, tmp_path / "sbom.json"]
    subprocess.run(line, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    pinned = re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(c["name"], c["version"]) for c in bill["components"]] == pinned and len(pinned) > 100
