"""A data folder for one test: Zedland's, with small questionnaires and a store of its own."""

import contextlib
import json
import shutil
from datetime import date
from pathlib import Path

import maker
import pandas as pd

from cop.data import UserError
from cop.fieldwork import intake, questionnaires, restricted, review

FOLDER = Path(__file__).parent
ZEDLAND = FOLDER.parent / "zedland"
LANGUAGES = FOLDER.parents[1] / "data/reference/questionnaires/languages"
TODAY = date(2026, 11, 24)


def create(folder, small=True):
    """Make a data folder under `folder`; with `small`, with the small questionnaires only."""
    data = Path(folder) / "data"
    data.mkdir(parents=True)
    package = {"name": "try", "cop:base": str(ZEDLAND)}
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    if small:
        forms = data / "reference" / "questionnaires"
        (forms / "languages").mkdir(parents=True)
        visit = (FOLDER / "visit.yml").read_text(encoding="utf-8")
        (forms / "visit.yml").write_text(visit, encoding="utf-8")
        # The same without repeated blocks: what one CSV file can hold.
        flat = visit.partition("  - id: acts")[0].replace("id: visit", "id: call", 1)
        (forms / "call.yml").write_text(flat, encoding="utf-8")
        shutil.copy(FOLDER / "uk.yml", forms / "languages")
        shutil.copy(LANGUAGES / "en.yml", forms / "languages")
    return data


def form(data, name="visit"):
    """Return a questionnaire of a data folder."""
    return questionnaires.load(name, data)


def take(data, name, content, **options):
    """Write a file and import it; return the exit status."""
    path = data.parent / name
    path.write_bytes(content)
    return intake.import_responses([path], data, today=TODAY, **options)


def issue(data, form_id="ZZZ-F02-1f9c02ab"):
    """Note a form id in the contacts of a data folder, as `cop invite` does; return it."""
    row = dict.fromkeys(restricted.COLUMNS["contacts"], "") | {"form_id": form_id, "iso3": "ZZZ"}
    row |= {"contact_id": "ZZZ-C02", "organisation": "Office", "category": "government"}
    row |= {"function": "head of unit", "step": "invited", "date": "2026-03-02"}
    with restricted.locked(data):
        restricted.write(data, restricted.change({"contacts": pd.DataFrame([row])}))
    return form_id


def listed(data):
    """Return the review sheet of Zedland, with all texts listed."""
    with contextlib.suppress(UserError):  # of a decision, after texts are listed
        review.review(data, "ZZZ")
    return restricted.load(review.sheet_path(data, "ZZZ"))


def save(data, sheet):
    """Write the review sheet of Zedland, as a spreadsheet does."""
    review.sheet_path(data, "ZZZ").write_bytes(restricted.packed(sheet))


def decide(data, decisions, question, decision):
    """Type decisions {return_id: text} on the newest rows of a question into the review sheet."""
    sheet = listed(data)
    for return_id, text in decisions.items():
        row = sheet.index[(sheet.return_id == return_id) & (sheet.question == question)][-1]
        sheet.loc[row, ["decision", "edited_text"]] = [decision, text if decision == "edit" else ""]
    save(data, sheet)


def counted(data):
    """Return the rows of returns.csv that count, as dictionaries."""
    rows = restricted.read("returns", data)
    return rows[rows["status"] != "superseded"].to_dict("records")


def answers(data, questionnaire):
    """Return the answers of each response that counts, as `maker.expected` does."""
    repeats = {block.id for block in questionnaire.blocks if block.repeat}
    out = {row["return_id"]: [] for row in counted(data)}
    for a in restricted.read("answers", data).itertuples():
        if a.return_id in out:
            block = a.block if a.block in repeats else ""
            out[a.return_id].append((block, int(a.entry), a.question, a.answer))
    return sorted(map(sorted, out.values()))


def assert_complete(data, questionnaire, people):
    """Check that every answer of every person is in the store, and nothing else."""
    expected = sorted(map(maker.expected, people))
    assert answers(data, questionnaire) == expected, "the store has each answer that counts"


def state(data):
    """Return every file of the store with its bytes, but for the lock."""
    root = restricted.folder(data)
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.name != ".lock"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
