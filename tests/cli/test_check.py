"""What `cop check` prints and returns."""

from cases import by_rule
from conftest import ZEDLAND, call

import cop.data
from cop.cli import data
from cop.data import checks

MAIL, PAGE, NONE = {"email": "a@example.org"}, {"path": "https://example.org"}, {"title": "A"}


@by_rule(
    "errors, differences, contributor, strict, printed",
    ("data without errors", [], [], NONE, [], ["no errors found"]),
    ("errors, before differences are sought", ["E"], ["D"], NONE, [], ["E", "1 error found"]),
    ("differences of data without other errors", [], ["D"], NONE, [], ["D", "1 error found"]),
    ("an e-mail address is a contact", [], [], MAIL, ["--strict"], ["no errors found"]),
    ("a page is a contact", [], [], PAGE, ["--strict"], ["no errors found"]),
    ("a strict check needs one", [], [], NONE, ["--strict"], ["no contact address", "1 error"]),
)
def test_a_check_finds(
    errors, differences, contributor, strict, printed, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(cop.data, "contents", lambda data: {"contributors": [contributor]})
    monkeypatch.setattr(checks, "of_folder", lambda data: errors)
    monkeypatch.setattr(data, "_unexplained_differences", lambda data: differences)
    monkeypatch.setattr(data, "_unlabelled", lambda outputs, data: [])
    status, out, _ = call(capsys, "check", "--data", ZEDLAND, "--outputs", tmp_path, *strict)
    lines = out.splitlines()
    assert [part in line for part, line in zip(printed, lines, strict=True)] == [True] * len(lines)
    assert status == (2 if "1 error" in out else 0)
