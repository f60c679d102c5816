"""docs/validation.md is followed to the letter on a copy: every line of every box is run."""

import re
import sys

import pytest
from conftest import ROOT, laid_out
from test_guide import clone, followed

sys.path.insert(0, str(ROOT / "tests" / "fieldwork" / "validation"))
from commented import Document

PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
__all__ = ["clone"]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("validation-page")
def test_the_page_leads_from_draft_to_validated(clone, zedland):
    laid_out(zedland, clone / "outputs/rounded")
    report = clone / "outputs/rounded/site/cop-assessment-ZZZ.html"
    for commands in BLOCKS:
        if "cop comments" in commands:
            back(clone)
        if commands.startswith("rm -r"):
            page = report.read_text("utf-8")
            assert 'data-status="validated"' in page
            assert "1 accepted, 0 accepted in part, 1 not accepted, 0 not answered yet" in page
        told = followed(clone, commands)
        assert told.returncode == 0, f"{commands}\n{told.stdout}\n{told.stderr}"
    assert not report.exists()


def back(clone):
    """What the person does in Word: a rating disputed, a year corrected."""
    sent = clone / "outputs/rounded/word/cop-assessment-ZZZ.docx"
    document = Document(sent.read_bytes())
    places = document.paragraphs()
    rated = [p for name, p in places if name == "cop_PM_LEG_01"]
    document.comment(rated[1], "Rating: in place")
    document.insert(next(p for name, p in places if name == "cop_ZZZ_E01"), " 2024")
    (clone / "outputs/back.docx").write_bytes(document.saved())


def test_its_links_and_its_commands_are_there():
    assert len(BLOCKS) == 5 and "docs/validation.md" in (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)
    assert not [link for link in links if not (ROOT / "docs" / link).exists()]
