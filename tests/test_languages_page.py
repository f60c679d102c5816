"""docs/languages.md is followed to the letter on a copy: every line of every box is run."""

import re

import pytest
from conftest import ROOT, laid_out
from test_guide import clone, followed

PAGE = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
__all__ = ["clone"]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.xdist_group("languages-page")
def test_the_page_leads_to_a_site_in_two_languages_and_back_to_one(clone, zedland_in_two):
    """What holds of the report in both languages is not made again; the synthesis in Ukrainian is,
    and the site.
    """
    outputs, told = clone / "outputs/spoken", []
    laid_out(zedland_in_two, outputs)
    laid_out(zedland_in_two / "languages/uk", outputs / "languages/uk")
    for commands in BLOCKS:
        done = followed(clone, commands)
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        told.append(done.stdout)
        if "--language en uk" in commands and "run" in commands:
            first = outputs / "site/uk/index.html"
            assert "Країни" in first.read_text(encoding="utf-8")
    assert "uk" in told[0] and "4 complete, 0 failed" in told[0]
    assert re.findall(r"^(.*): up to date", told[1], re.MULTILINE) == ["ZZZ", "ZZZ uk"]


def test_its_links_lead_somewhere_and_the_readme_leads_here():
    assert len(BLOCKS) == 3
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/languages.md" in readme and "`cop run UKR --language uk`" in readme
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)
    assert links and not [link for link in links if not (ROOT / "docs" / link).exists()]
