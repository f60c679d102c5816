"""The promise page: every promise names a test that exists, and what is installed can be listed."""

import json
import re
import subprocess
import sys

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| (?!promise|tried|---)(.+?) \| (.*) \|$", PAGE, re.MULTILINE)
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_there_are_promises_to_respondents_analysts_and_readers():
    assert len(PROMISES) >= 15
    parts = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert parts[:4] == [
        "To those who answer", "To analysts and coordinators", "To readers", "What is not promised",
    ]  # fmt: skip


@pytest.mark.parametrize("promise, tests", PROMISES, ids=[p[:40] for p, _ in PROMISES])
def test_each_promise_names_a_test_that_exists(promise, tests):
    named = re.findall(r"`(test_\w+)`", tests)
    assert named and not set(named) - TESTS


def test_the_page_is_reached_from_the_readme():
    assert "docs/security.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_bill_of_materials_lists_what_the_lock_installs(tmp_path):
    lock = ROOT / "requirements.lock"
    line = [sys.executable, ROOT / "docs" / "sbom.py", lock, tmp_path / "sbom.json"]
    subprocess.run(line, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    text = lock.read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    assert [(c["name"], c["version"]) for c in bill["components"]] == pinned and len(pinned) > 100
    hashes = [
        h["content"] for c in bill["components"] for h in c["externalReferences"][0]["hashes"]
    ]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", text))
    assert len({c["bom-ref"] for c in bill["components"]}) == len(pinned)
