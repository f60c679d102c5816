"""Lost rows and ids are reported, compared with the last commit or counts.json, until accepted."""

import hashlib
import json
import shutil
import subprocess

import pytest
from cases import by_rule
from conftest import DATA, call, copy_of_zedland
from planting import plant

from cop.data import checks
from cop.data.checks import losses
from cop.data.errors import DataError

EVIDENCE = "research/ZZZ/evidence.csv"


def git(folder, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, "-C", folder, *words], check=True, capture_output=True)


@pytest.fixture
def counted(zed):
    """Return a copy of Zedland's data with counts.json, outside a git repository."""
    (zed / losses.FILE).write_text(losses.counted(zed), encoding="utf-8")
    return zed


@pytest.fixture
def committed(tmp_path):
    """Return a copy of Zedland's data in a git repository, without counts.json."""
    data = copy_of_zedland(tmp_path / "committed")
    git(data, "init", "-q")
    git(data, "add", ".")
    git(data, "commit", "-qm", "as it was")
    return data


def without_last_rows(file, number):
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-number]))


def losses_of(data):
    errors = [*losses.of_gone_countries(data), *losses.of_tables(data)]
    return [f"{error.file} {error.rule}" for error in errors]


def test_a_damaged_count_is_as_none(committed):
    entries = [f'{{"{EVIDENCE}": {entry}}}' for entry in ('{"rows": 99}', '{"of": "x"}')]
    for text in ("", "{", "[]", *entries):
        (committed / losses.FILE).write_text(text, encoding="utf-8")
        assert losses_of(committed) == []


@by_rule(
    "of, instead_of, rows_before, rule",
    ("figures in counts.json are no edit", "NOW", "", 0, ""),
    ("others are edited by hand", "other", "", 0, losses.CHANGED[0]),
    ("a row that the commit has more is lost", "NOW", "", 1, "has lost 1 row compared with the"),
    ("unless that was accepted", "NOW", "BEFORE", 1, ""),
)
def test_figures_are_compared_with_the_commit_unless_counts_json_accepts_them(
    of, instead_of, rows_before, rule
):
    raw = (DATA / "statistics/gci.csv").read_bytes()
    before = raw + (raw.splitlines(keepends=True)[-1] if rows_before else b"\n")
    digests = {"NOW": losses._digest(raw), "BEFORE": losses._digest(before)}
    entry = {"rows": raw.count(b"\n") - 1, "ids": []}
    entry |= {"of": digests.get(of, of), "instead_of": digests.get(instead_of)}
    errors = losses._of_table("gci", "statistics/gci.csv", raw, entry, before, DATA)
    assert [error.rule[: len(rule)] for error in errors] == ([rule] if rule else [])


def test_rows_fewer_than_counted_are_told(counted):
    assert losses_of(counted) == []
    without_last_rows(counted / EVIDENCE, 3)
    assert losses_of(counted) == [f"{EVIDENCE} has lost 3 rows compared with counts.json"]
    [error] = [e for e in checks.of_country(counted, "ZZZ") if e.file == EVIDENCE and not e.row]
    assert str(error).endswith(f". {losses.MEANT}")
    shutil.rmtree(counted / "research" / "ZZZ")
    gone = "research/ZZZ is listed in counts.json but no longer exists"
    assert losses_of(counted)[0].startswith(gone)
    countries = [[error.file for error in losses.of_country(counted, iso3)] for iso3 in ("ZZZ", "")]
    assert countries == [["research/ZZZ"], []], "it is an error of this country only"


def test_rows_fewer_than_in_the_last_commit_are_told(committed):
    assert losses_of(committed) == []
    without_last_rows(committed / EVIDENCE, 1)
    assert losses_of(committed) == [f"{EVIDENCE} has lost 1 row compared with the last commit"]
    git(committed, "add", ".")  # what is only staged is not committed
    assert losses_of(committed) != []
    git(committed, "commit", "-qm", "meant")
    assert losses_of(committed) == []


def test_figures_that_counts_json_does_not_list_may_be_edited(committed):
    file = committed / "statistics/gci.csv"
    file.write_bytes(file.read_bytes().replace(b",2024,", b",2025,", 1))
    assert losses_of(committed) == []


def test_an_id_that_is_gone_is_a_loss_and_other_line_ends_are_none(committed, counted):
    for data, since in ((committed, "the last commit"), (counted, "counts.json")):
        file = data / EVIDENCE
        more = file.read_bytes() + file.read_bytes().splitlines(keepends=True)[-1]
        file.write_bytes(more.replace(b"\n", b"\r\n"))
        for path in ("research/ZZZ/alignment.csv", "statistics/gci.csv"):
            (data / path).write_bytes((data / path).read_bytes().replace(b"\n", b"\r\n"))
        assert losses_of(data) == []
        file = data / "reference/countries.csv"
        file.write_bytes(file.read_bytes().replace(b"\nYYY,", b"\nYYX,"))
        lost = f"reference/countries.csv has lost the ids YYY compared with {since}"
        assert losses_of(data) == [lost]


@by_rule(
    "table, old, new",
    ("an id that is half of a key may go", "alignment", b"\nPM-LEG-01,", b"\nPM-LEG-99,"),
    ("cells that are too many are no loss", "evidence", b"\nZZZ-E01,", b"\nZZZ-E01,more,"),
)
def test_what_is_no_loss(committed, table, old, new):
    file = committed / f"research/ZZZ/{table}.csv"
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new))
    assert losses_of(committed) == []


def test_lost_ids_are_named_in_alphabetical_order(committed):
    file = committed / EVIDENCE
    file.write_bytes(file.read_bytes().replace(b"\nZZZ-E0", b"\nZZZ-E9"))
    assert "lost the ids ZZZ-E01, ZZZ-E02, ZZZ-E03, ZZZ-E04, ZZZ-E05 and" in losses_of(committed)[0]


@pytest.mark.slow
def test_what_is_meant_is_said_once_and_holds_until_more_is_lost(committed, capsys):
    gci, meant = committed / "statistics" / "gci.csv", ("check", "--meant", "--data", committed)
    without_last_rows(gci, 2)
    assert call(capsys, "check", "--data", committed)[0] == 2
    status, said, _ = call(capsys, *meant)
    accepted = "Accepted: statistics/gci.csv has lost 2 rows compared with the last commit."
    assert status == 0 and said.splitlines()[0] == accepted
    assert call(capsys, "check", "--data", committed)[0] == 0
    kept = gci.read_bytes()
    without_last_rows(gci, 1)
    status, said, _ = call(capsys, "check", "--data", committed)
    assert status == 2 and "has lost 1 row compared with counts.json" in said
    gci.write_bytes(kept)  # a loss committed with its count is over, and the next one is seen
    git(committed, "add", ".")
    git(committed, "commit", "-qm", "fewer, and meant")
    assert losses_of(committed) == []
    without_last_rows(gci, 1)
    lost = "statistics/gci.csv has lost 1 row compared with the last commit"
    assert losses_of(committed) == [lost]


def test_errors_on_ids_of_a_lost_country_are_left_out(counted):
    counts = json.loads((counted / losses.FILE).read_text(encoding="utf-8"))
    counts["research/YYY/evidence.csv"] = {"rows": 1, "of": ""}
    (counted / losses.FILE).write_text(json.dumps(counts), encoding="utf-8")
    plant(counted, "challenges", "ZZZ-C01", action_evidence_id="YYY-E07")
    plant(counted, "evidence", "ZZZ-E05", source_id="ZZZ-S999")  # an error elsewhere
    errors = checks.of_folder(counted)
    assert [error.value or error.file for error in errors] == ["research/YYY", "ZZZ-S999"]
    assert errors[-1].fix == checks.schema.UNKNOWN, "a cell for one id needs no separator"


def test_a_shared_table_that_shrank_stops_the_run(counted, capsys, tmp_path):
    without_last_rows(counted / "statistics" / "gci.csv", 2)
    where = ["--data", counted, "--outputs", tmp_path / "out"]
    status, _, said = call(capsys, "run", "ZZZ", *where)
    assert status == 2 and "statistics/gci.csv: has lost 2 rows compared with counts.json" in said
    assert [path.name for path in (tmp_path / "out").rglob("*")] in ([], [".lock"])


def test_the_counts_of_data_are_of_late():
    """Who copies data/ without its history has them; `cop check --meant` renews them."""
    counts = json.loads((DATA / losses.FILE).read_text(encoding="utf-8"))
    now = json.loads(losses.counted(DATA))
    rows = [sum(entry["rows"] for entry in each.values()) for each in (counts, now)]
    assert rows[0] > 0.9 * rows[1]


def test_a_refresh_does_not_accept_a_table_that_was_edited_by_hand(tmp_path, monkeypatch):
    by_hand, other = losses.FIGURES
    entries = {path: {"rows": 1, "of": "before"} for path in losses.FIGURES}
    shutil.copy(DATA / "datapackage.json", tmp_path)
    assert losses.refreshed(tmp_path, {other: b""}) == {}, "without counts.json none is written"
    (tmp_path / losses.FILE).write_text(json.dumps(entries), encoding="utf-8")
    error = DataError(by_hand, "", "", "", "", "")
    monkeypatch.setattr(losses, "of_tables", lambda *_: [error])
    counts = json.loads(losses.refreshed(tmp_path, {by_hand: b"", other: b""})[losses.FILE])
    now = hashlib.sha256(b"").hexdigest()[:16]
    assert (counts[by_hand]["of"], counts[other]["of"]) == ("before", now)
