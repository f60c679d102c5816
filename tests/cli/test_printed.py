"""What commands print and return, with invented results of the functions that they call."""

import json
import os
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import DATA, call

from cop.data import DataError, UserError, checks
from cop.data.checks import losses
from cop.fieldwork import comments, forms, questionnaires
from cop.report import filenames
from cop.research import refresh
from cop.run import fingerprints, plan, scheduler, watch
from cop.run.steps import Outcome
from helpers import editions

CHANGES = [
    ["2026", "alignment", "An item", "partly in place", "in place", "changed"],
    ["2026", "alignment", "Another item", "in place", "in place", "same"],
    ["2026", "figures", "A figure", "1 (2024)", "2 (2025)", "newer figure"],
]
PRINTED = """Alignment, item by item (2026 | 2028), 1 unchanged
  An item: partly in place | in place  [changed]
Figures (2026 | 2028)
  A figure: 1 (2024) | 2 (2025)  [newer figure]
"""


def test_unchanged_items_of_two_editions_are_counted_and_shown_only_with_full(monkeypatch, capsys):
    columns = ["since", "part", "what", "then", "now", "change"]
    changes = pd.DataFrame(CHANGES, columns=columns)
    monkeypatch.setattr(editions, "changes", lambda *selection: changes)
    status, out, _ = call(capsys, "diff", "UKR", "2026", "2028")
    assert (status, out.rstrip()) == (0, PRINTED.rstrip()), "unchanged items are only counted"
    full = call(capsys, "diff", "UKR", "2026", "2028", "--full")[1]
    same = "  Another item: in place | in place  [same]"
    assert same in full.splitlines(), "--full shows unchanged items"


@pytest.fixture
def found(monkeypatch):
    """Replace the search for new figures by an Update, to which the test adds files."""
    update = refresh.Update({}, ["UKR 2023: 1.0 is now 2.0"], {})
    monkeypatch.setattr(refresh, "from_services", lambda *selection: update)
    return update


@pytest.mark.parametrize(
    ("words", "answer", "status", "said", "is_written"),
    [
        ([], "y", 0, "Written: statistics/gci.csv.", True),
        ([], "n", 1, "", False),
        (["--yes"], "n", 0, "Written: statistics/gci.csv.", True),
        (["--dry-run"], "y", 0, "Files that would change: statistics/gci.csv.", False),
    ],
    ids=[
        "figures are written if the user agrees", "and not if the user declines",
        "--yes answers the question", "a dry run asks nothing and writes nothing",
    ],
)  # fmt: skip
def test_when_new_figures_are_written(
    words, answer, status, said, is_written, found, monkeypatch, capsys
):
    found.files["statistics/gci.csv"] = b""
    written = []
    monkeypatch.setattr(refresh, "write", lambda update, data: written.append(update))
    monkeypatch.setattr("builtins.input", lambda question: answer)
    code, out, _ = call(capsys, "refresh", *words)
    assert out.startswith("UKR 2023: 1.0 is now 2.0\n"), "the changes are printed first"
    assert code == status and said in out and bool(written) == is_written


def test_a_refresh_without_changes_says_that_nothing_was_written(found, capsys):
    status, out, _ = call(capsys, "refresh", "--yes")
    assert status == 0 and "No figures have changed, so nothing was written." in out


def test_a_loss_is_named_and_its_counts_are_kept_when_it_is_accepted(tmp_path, monkeypatch, capsys):
    package = {"name": "invented", "cop:base": str(DATA)}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    loss = DataError("statistics/gci.csv", "", "", "", "has lost 2 rows", "")
    monkeypatch.setattr(losses, "of_tables", lambda data: [loss])
    monkeypatch.setattr(losses, "of_gone_countries", lambda data: [])
    monkeypatch.setattr(losses, "counted", lambda data: "{}")
    monkeypatch.setattr(checks, "of_folder", lambda data: [])
    out = call(capsys, "check", "--data", tmp_path)[1]
    assert "Accepted" not in out and not (tmp_path / losses.FILE).exists(), (
        "only --meant accepts a loss"
    )
    out = call(capsys, "check", "--meant", "--data", tmp_path)[1]
    assert out.startswith("Accepted: statistics/gci.csv has lost 2 rows.\n")
    assert (tmp_path / losses.FILE).read_text("utf-8") == "{}"


def test_the_answer_to_a_comment_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(comments, "answer", lambda *words: f"Answered: {words[0]}")
    assert call(capsys, "answer", "UKR-M001", "accepted")[:2] == (0, "Answered: UKR-M001\n")


@pytest.mark.parametrize(
    ("statuses", "said", "is_new"),
    [
        (["ok", "unchanged"], ["Updated in"], True),
        (["unchanged"], [], False),
        (["ok", "failed"], ["4: Figures: fails"], False),
    ],
    ids=[
        "a page is updated if any step ran", "nothing is said if no step ran",
        "a failure is shown, and the page stays as it was",
    ],
)  # fmt: skip
def test_what_watching_says_of_an_update(statuses, said, is_new, monkeypatch):
    outcomes = [Outcome("4", status, "fails", cause="Figures") for status in statuses]
    run = SimpleNamespace(outcomes={"UKR": outcomes})
    monkeypatch.setattr(scheduler, "run_batch", lambda choices, settings: run)
    shown = []
    assert watch.update(plan.Choice(("UKR",)), shown.append) == is_new
    assert [line[: len(begin)] for line, begin in zip(shown, said, strict=True)] == said


def test_watching_shows_why_a_selection_is_refused(monkeypatch):
    def refuse(choices, settings):
        raise UserError("unknown country")

    monkeypatch.setattr(scheduler, "run_batch", refuse)
    shown = []
    assert not watch.update(plan.Choice(("UKR",)), shown.append) and shown == ["unknown country"]


@pytest.mark.parametrize(("succeeded", "status"), [(True, 0), (False, 1)])
def test_a_run_ends_with_1_if_a_job_failed(succeeded, status, monkeypatch, capsys):
    done = SimpleNamespace(succeeded=succeeded, print_summary=lambda language: None)
    monkeypatch.setattr(scheduler, "run_batch", lambda choices, settings: done)
    assert call(capsys, "run", "UKR")[0] == status


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ({}, "UKR: up to date\n"),
        ({"4": ["a new table", "other code"]}, "UKR 4 is outdated: a new table; other code\n"),
    ],
    ids=["a country without changes is up to date", "each outdated stage has its reasons"],
)
def test_why_a_stage_runs_again(reasons, said, monkeypatch, capsys):
    monkeypatch.setattr(fingerprints, "reasons", lambda job: reasons)
    assert call(capsys, "why", "UKR")[:2] == (0, said)


@pytest.mark.parametrize(
    ("choice", "page"),
    [
        (plan.Choice(("UKR",)), "site/cop-assessment-UKR.html"),
        (plan.Choice(baselines=("NOR",)), "site/baselines/cop-baseline-NOR.html"),
    ],
    ids=["the report of a country", "a desk baseline has a folder of its own"],
)
def test_which_page_is_watched_and_what_is_said_of_each_save(choice, page, monkeypatch):
    row, code = ("changed", "data/x.csv"), ("changed", str(plan.SOURCE / "cop" / "x.py"))
    saved, statuses = [set(), {row}, {row, code}, {row}], iter(["ok", "ok", "unchanged"])
    monkeypatch.setattr(watch, "watch_files", lambda *folders, **options: iter(saved))

    def run_batch(choices, settings):
        return SimpleNamespace(outcomes={"UKR": [Outcome("4", next(statuses))]})

    monkeypatch.setattr(scheduler, "run_batch", run_batch)
    address = partial(os.path.relpath, start=choice.outputs)
    server, shown = SimpleNamespace(version=0, address=address), []
    watch.watch(choice, shown.append, server)
    said = [
        "Updated in",
        f"{page} is updated after each save.",
        "Updated in",
        "The code has changed.",
    ]
    assert [line[: len(begin)] for line, begin in zip(shown, said, strict=True)] == said
    assert server.version == 1, (
        "an open page is reloaded after each update, not for a change of code or without an update"
    )


@pytest.mark.parametrize(
    ("key", "words", "fix"),
    [
        ("UKR", [], "`cop run UKR` (details: `cop why UKR`)"),
        ("UKR", ["--outputs", "{}"], "`cop run UKR {folders}` (details: `cop why UKR {folders}`)"),
        ("SEE-2020", [], "`cop run --group SEE-2020`"),
    ],
    ids=[
        "a country is run again, and `cop why` tells more", "with its folders, if they are others",
        "a group is run as a group, of which `cop why` tells nothing",
    ],
)  # fmt: skip
def test_how_a_report_that_is_out_of_date_is_made_again(
    key, words, fix, tmp_path, monkeypatch, capsys
):
    job = next(iter(plan.jobs(plan.Choice(("UKR",)))))
    monkeypatch.setattr(filenames, "page_of", lambda *wanted, words: tmp_path)
    monkeypatch.setattr(fingerprints, "edition", lambda folder: "2026")
    monkeypatch.setattr(plan, "of_regions", lambda choice, editions: iter([job]))
    monkeypatch.setattr(fingerprints, "reasons", lambda job: {"4": ["a new table"]})
    status, _, said = call(capsys, "pack", key, *(word.format(tmp_path) for word in words))
    fix = fix.format(folders=f"--data {DATA} --outputs {tmp_path}")
    assert status == 2
    assert said == f"cop: the report is out of date (4: a new table); update it with {fix}\n"


@pytest.mark.parametrize(
    ("pages", "said"),
    [([], "No reports found in"), (["countries.html"], "Links to the files: ")],
    ids=["without reports there are no files", "the page with the links is named"],
)
def test_what_downloads_say(pages, said, tmp_path, monkeypatch, capsys):
    (tmp_path / "site").mkdir()
    for name in pages:
        (tmp_path / "site" / name).write_text("<main>")
    assert call(capsys, "downloads", "--outputs", tmp_path)[1].startswith(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["one"], "one, uk: 1 text without a translation, shown in English\n"),
        ([], "other, uk: 1 text without a translation, shown in English\n"),
    ],
    ids=["of the selected forms only", "without a selection, of all forms"],
)
def test_texts_without_a_translation_are_counted(words, said, monkeypatch, capsys):
    def load(name, data):
        return SimpleNamespace(id=name, spoken=["uk"], untranslated=lambda code: ["A text"])

    monkeypatch.setattr(forms, "write", lambda *selection: [])
    monkeypatch.setattr(questionnaires, "load", load)
    monkeypatch.setattr(questionnaires, "ids", lambda data: ["other"])
    assert call(capsys, "forms", *words)[:2] == (0, said)


def test_columns_that_a_row_requires_are_marked(capsys):
    said = call(capsys, "add", "evidence", "UKR")[2].splitlines()
    columns = [line.partition(":")[0].strip() for line in said]
    assert "statement (required)" in columns and "remark" in columns
