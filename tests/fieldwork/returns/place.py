"""A data folder for one test: Zedland's, with the small questionnaire and a store of its own."""

import json
import shutil
from pathlib import Path

import pandas as pd

from cop.fieldwork import questionnaires, restricted

HERE = Path(__file__).parent
ZEDLAND = HERE.parents[1] / "zedland"


def made(folder, small=True):
    """Make a data folder under `folder`; with `small`, with the small questionnaires only."""
    data = Path(folder) / "data"
    data.mkdir(parents=True)
    (data / "datapackage.json").write_text(
        json.dumps({"name": "try", "cop:base": str(ZEDLAND)}), encoding="utf-8"
    )
    if small:
        there = data / "reference" / "questionnaires"
        (there / "languages").mkdir(parents=True)
        visit = (HERE / "visit.yml").read_text(encoding="utf-8")
        (there / "visit.yml").write_text(visit, encoding="utf-8")
        # The same without repeated blocks: what a tool's CSV export can hold whole.
        flat = visit.partition("  - id: acts")[0].replace("id: visit", "id: call", 1)
        (there / "call.yml").write_text(flat, encoding="utf-8")
        shutil.copy(HERE / "uk.yml", there / "languages")
        shutil.copy(
            HERE.parents[2] / "data/reference/questionnaires/languages/en.yml", there / "languages"
        )
    return data


def issued(data, form_id="ZZZ-F02-1f9c02ab"):
    """Note a form id in the contacts of a data folder, as `cop invite` does; return it."""
    row = dict.fromkeys(restricted.columns("contacts"), "") | {"form_id": form_id}
    with restricted.alone(data):
        restricted.write(data, restricted.change({"contacts": pd.DataFrame([row])}))
    return form_id


def form(data, name="visit"):
    """Return a questionnaire of a data folder."""
    return questionnaires.load(name, data)


def live(data):
    """Return {return id: row of returns.csv} of returns that count."""
    rows = restricted.read("returns", data)
    return {r["return_id"]: r for r in rows[rows["status"] != "superseded"].to_dict("records")}


def answers(data, questionnaire):
    """Return {return id: set of (block of repeats or "", entry, question, answer)} of returns that
    count.
    """
    repeats = {b.id for b in questionnaire.blocks if b.repeat}
    out = {one: set() for one in live(data)}
    for a in restricted.read("answers", data).to_dict("records"):
        if a["return_id"] in out:
            out[a["return_id"]].add(
                (
                    a["block"] if a["block"] in repeats else "",
                    int(a["entry"]),
                    a["question"],
                    a["answer"],
                )
            )
    return out


def state(data):
    """Return every file of the store with its bytes, but for the lock: what must not change, or
    change whole.
    """
    root = restricted.folder(data)
    files = (
        [p for p in sorted(root.rglob("*")) if p.is_file() and p.name != ".lock"]
        if root.exists()
        else []
    )
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}
