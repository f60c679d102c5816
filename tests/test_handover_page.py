"""docs/handover.md is followed to the letter on a copy: every line of every box is run."""

import re
import subprocess

import pytest
from conftest import ROOT, chromium, laid_out
from test_guide import clone, followed

PAGE = (ROOT / "docs" / "handover.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh ?(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
__all__ = ["clone"]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.browser
@pytest.mark.xdist_group("handover-page")
def test_the_page_leads_from_report_to_a_package_that_is_checked(
    clone, zedland, tmp_path, monkeypatch
):
    chromium()
    laid_out(zedland, clone / "outputs/handed")
    monkeypatch.setenv("COP_SIGNING_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for kind, commands in BLOCKS:
        if kind == "install":  # these tests have them
            continue
        result = followed(clone, commands)
        wanted = 1 if kind in ("changed", "signer") else 0
        assert result.returncode == wanted, f"{commands}\n{result.stdout}\n{result.stderr}"
        if kind == "changed":
            assert "NOT as it was signed" in result.stdout
    assert not (clone / "outputs/handed").exists()


def test_its_links_and_its_commands_are_there():
    assert len(BLOCKS) == 6 and "docs/handover.md" in (ROOT / "README.md").read_text("utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)
    assert not [link for link in links if not (ROOT / "docs" / link).exists()]


def test_what_it_asks_to_install_is_what_the_project_states():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.findall(r"'([^']+)'", next(text for kind, text in BLOCKS if kind == "install"))
    assert len(asked) == 4 and all(f'"{one}"' in project for one in asked)


def test_git_keeps_no_signing_key():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "signing-key" not in tracked
