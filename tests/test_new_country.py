"""docs/new-country.md is followed to the letter: from nothing to a report, by commands alone."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import DATA, ROOT, call, copy_of_zedland

import cop.data
from cop.data.checks import evidence, narrative
from cop.research import KINDS
from helpers import assessment

TEXT = (ROOT / "docs" / "new-country.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
# Kinds of which a country begun from nothing may well have no row, or that come later.
LATER = {"comment", "milestone", "reading", "difference", "other-figure", "territory-note"}
LATER |= {"open-gap", "survey-question", "survey-answer", "survey-group", "survey-about"}


@pytest.mark.long
@pytest.mark.slow
def test_every_line_of_the_page_runs_and_a_report_comes_of_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COP_KEY_FILE", str(tmp_path / "secret" / "key"))
    told = {}
    for line in LINES:
        command, *words = [_placed(word, tmp_path) for word in shlex.split(line)]
        if line.startswith("cp -r tests/zedland"):
            shutil.move(copy_of_zedland(tmp_path), words[-1])
        elif command in ("sed", "rm"):
            if command == "rm":
                _look_at(tmp_path, told)
            subprocess.run([command, *words], check=True)
        else:
            assert command == "cop", f"who runs {line}?"
            status, out, error = call(capsys, *words)
            assert status == 0, f"{line}\n{out}\n{error}"
            told[line] = out
    assert not (tmp_path / "practice").exists()


def _placed(word, folder):
    word = word.replace("tests/practice/", f"{ROOT}/tests/practice/")
    return word.replace("outputs/", f"{folder}{os.sep}") if word.startswith("outputs/") else word


def _look_at(folder, told):
    """Look at what was made before it is removed."""
    page = (folder / "practised/site/cop-assessment-YYY.html").read_text(encoding="utf-8")
    for said in ("The act of 2025 makes grooming an offence", "Name a hotline", "Yonder Helpline"):
        assert said in page, said
    tables = [cop.data.present(t, folder / "practice", "YYY") for t in ("survey", "returned")]
    assert tables[0]["count"].ne("").any() and len(tables[1]) > 9  # enough came back to be shown
    out = {" ".join(line.split()[1:3]): text for line, text in told.items()}
    assert "no errors found" in told["cop check --data outputs/practice"]
    assert "29 accepted" in out["intake tests/practice/returns.csv"]


def test_it_names_each_kind_of_row_that_a_country_needs_and_files_that_are_there():
    added = {line.split()[2] for line in LINES if line.startswith("cop add")}
    assert added == set(KINDS) - LATER - {"action", "edition"}
    links = re.findall(r"\]\((?!http)([^)#]+)", TEXT)
    assert links and not [link for link in links if not (ROOT / "docs" / Path(link)).exists()]


def test_it_says_which_words_each_row_of_table_25_takes_and_which_rows_stay_empty():
    told = dict(re.findall(r"^\| (`\w+`.*?) \| (.*) \|$", TEXT, re.MULTILINE))
    judged = [set(re.findall(r"\*(.*?)\*", told.pop(f"`{row}`"))) for row in assessment.JUDGED]
    assert set.union(*judged) == set(cop.data.labels("table_25", "value", DATA))
    assert {row for rows in told for row in re.findall(r"`(\w+)`", rows)} == {
        *assessment.TREATIES,
        assessment.COUNT,
    }
    assert all(said.startswith("stays empty") for said in told.values())
    assert all(f"`{code}`" in TEXT for code in assessment.TREATIES.values())


def test_it_says_how_long_texts_are_and_on_which_kinds_of_source_high_rests():
    assert f"{narrative.LEAST} to {narrative.MOST} words each" in TEXT
    kinds = ", ".join(f"`{kind}`" for kind in evidence.OFFICIAL[:-1])
    assert f"one source of the kind {kinds} or `{evidence.OFFICIAL[-1]}`" in TEXT


def test_the_readme_adds_evidence_by_a_command_first_and_by_hand_second():
    told = (ROOT / "README.md").read_text(encoding="utf-8").split("## Adding evidence")[1]
    assert told.index("`cop add evidence UKR`") < told.index("`evidence.csv`")
