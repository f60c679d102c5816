"""What `cop check` prints and returns."""

from cases import by_rule
from conftest import ZEDLAND, call

import cop.data
from cop.data import checks
from helpers import fieldwork

NONE = {"title": "A"}


@by_rule(
    "errors, contributor, options, printed",
    ("data without errors", [], NONE, [], ["no errors found"]),
    ("each error and their number", ["E", "F"], NONE, [],
     ["E", "F", f"2 errors found in {ZEDLAND}."]),
    ("an e-mail address as a contact", [], {"email": "a@b.c"}, ["--strict"], ["no errors found"]),
    ("a web page as a contact", [], {"path": "https://b.c"}, ["--strict"], ["no errors found"]),
    ("no contact in a strict check, of data and results", [], NONE, ["--strict"],
     ["no contact address", f"1 error found in {ZEDLAND} and "]),
)  # fmt: skip
def test_a_check_finds(errors, contributor, options, printed, tmp_path, capsys, monkeypatch):
    described = cop.data.contents(ZEDLAND) | {"contributors": [contributor]}
    monkeypatch.setattr(cop.data, "contents", lambda data: described)
    monkeypatch.setattr(checks, "of_folder", lambda data: errors)
    status, out, _ = call(capsys, "check", "--data", ZEDLAND, "--outputs", tmp_path, *options)
    lines = out.splitlines()
    assert [part in line for part, line in zip(printed, lines, strict=True)] == [True] * len(lines)
    assert status == (0 if "no errors" in out else 2)


def test_a_check_names_differences_that_nobody_explained(capsys, monkeypatch):
    monkeypatch.setattr(checks, "of_folder", lambda data: [])
    monkeypatch.setattr(fieldwork, "unexplained", lambda areas, country: [country.iso3])
    assert call(capsys, "check", "--data", ZEDLAND)[1].splitlines()[0] == "ZZZ"
