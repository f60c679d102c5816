"""Killed at any step, a command leaves the old or the new files, and the next call completes it."""

import contextlib
import email
import gzip
import io
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import docx
import invented
import killing
import pandas as pd
import pytest
import yaml
from conftest import copy_of_zedland, one_in
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from cop.cli import main
from cop.data import writing
from cop.fieldwork import restricted
from cop.research import copies

# What a second run of the same call tells otherwise: its moment, and the seal on a ledger's line.
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^,\"\r\n]*|\b[0-9a-f]{64}\b")
INPUTS = Path(__file__).with_name("killed")
COMMANDS = yaml.safe_load((INPUTS / "commands.yml").read_text(encoding="utf-8"))
FORM_ID = "ZZZ-F900-1f9c02ab"  # given before, since each new one is another


def figures(folder):
    """Write a file with one figure that has changed."""
    heading, first, *_ = lines(folder / "base" / "statistics" / "indicators.csv")
    cells = first.split(",")
    write(folder / "figures.csv", [heading, ",".join([*cells[:3], "1.25", *cells[4:]])])


def undecided(folder):
    """Let `cop review` have listed no text."""
    (folder / "base" / "restricted" / "review-ZZZ.csv").unlink()


def unwritten(folder):
    """List one more organisation to be invited."""
    contacts = restricted.read("contacts", folder / "base")
    new = {"contact_id": "ZZZ-C900", "step": "listed", "date": "2026-01-01", "form_id": FORM_ID}
    new |= {"organisation": "New", "person": "", "consent": ""}
    both = pd.concat([contacts, contacts.iloc[[0]].assign(**new)])
    with restricted.locked(folder / "base"):
        restricted.write(folder / "base", restricted.change({"contacts": both}))


def emptied(*names):
    def empty(folder):
        for name in names:
            file = folder / "base" / "research" / "ZZZ" / f"{name}.csv"
            write(file, lines(file)[:1])

    return empty


def shrunk(folder):
    """Remove a row of a table that was counted."""
    call("check --meant", folder, folder / "base")
    emptied("table_25")(folder)


def remarked(folder):
    """Make a document with one comment."""
    document = docx.Document()
    for number, (name, words) in enumerate((("copdoc_ZZZ_2026", ""), ("cop_summary", "Words"))):
        paragraph = document.add_paragraph()
        for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(kind, {qn("w:id"): str(number), qn("w:name"): name})
            paragraph._p.append(mark)
        run = paragraph.add_run(words)
    document.add_comment(run, "Better words.", author="A")
    document.save(folder / "back.docx")


def answered(folder):
    """Import that comment."""
    remarked(folder)
    call("comments", folder, folder / "base")


def reported(folder):
    """Make a short page, of which a Word document is made."""
    page = folder / "ZZZ" / "pages" / "cop-assessment-ZZZ.html"
    page.parent.mkdir(parents=True)
    shutil.copy(INPUTS / "page.html", page)


BEFORE = {
    "refresh": figures, "check --meant": shrunk, "invite": unwritten, "docx": reported,
    "publish": emptied("forms", "quotes", "interviews", "coding"), "review": undecided,
    "actions": emptied("actions", "milestones", "readings"), "comments": remarked,
    "answer": answered,
}  # fmt: skip


def lines(file):
    return file.read_text(encoding="utf-8").splitlines()


def write(file, rows):
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")


def call(name, folder, data):
    """Return None if a command that is tried in a folder ends as it should, or what it printed."""
    words = shlex.split(COMMANDS[name]["call"].format(folder=folder, inputs=INPUTS))
    words += [] if name == "docx" else ["--data", str(data)]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        status = main.main(words)
    return None if status == COMMANDS[name].get("ends", 0) else printed.getvalue()[-300:]


def state(root):
    """Return what readers find in a folder after interrupted changes are completed."""
    for store in (root, root / "restricted", root / "forms", root / "kept"):
        if store.is_dir():
            with writing.alone(store):
                pass
    paths = {p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*")) if p.is_file()}
    return {n: without_chance(p) for n, p in paths.items() if "/." not in f"/{n}"}


def without_chance(file):
    """Return the contents of a file without what differs each time: moments and marks."""
    if file.suffix in (".xlsx", ".docx"):  # of each part its size; a cut file is none
        with zipfile.ZipFile(file) as parts:
            return [(p.filename, p.file_size) for p in parts.infolist()]
    if file.suffix == ".eml":
        message = email.message_from_bytes(file.read_bytes())
        return [message["Subject"], [part.get_content_type() for part in message.walk()]]
    if file.suffix == ".gz":
        return len(gzip.decompress(file.read_bytes()))
    return MOMENT.sub(b"", file.read_bytes())


def places_of(files):
    """Group files by the place that is written in one step: store, data, each copy of a page."""
    places = {}
    for name, raw in files.items():
        first = name.split("/")[0]
        place = {"restricted": first, "kept": name}.get(first, "")
        places.setdefault(place, {})[name] = raw
    return places


@pytest.fixture(scope="module")
def zedland(tmp_path_factory):
    """Return Zedland with its store, and guidelines of its own."""
    data = invented.folder(tmp_path_factory.mktemp("kills"))
    shutil.copy(invented.HERE.parents[1] / "data/reference/guidelines.csv", data / "reference")
    return data


@pytest.fixture
def begun(zedland, tmp_path, monkeypatch):
    """Return a folder with a copy of that in `base`, to be changed before a command is tried."""

    def read_page(url, settings):  # no network is needed
        row = {"url": url, "checked": "2026-11-29", "result": "works", "status": "200"}
        return copies.Page(row, "Words", gzip.compress(b"Words", mtime=0))

    monkeypatch.setattr(copies, "read_page", read_page)
    shutil.copytree(zedland, tmp_path / "base")
    return tmp_path


def kills(folder, name, numbers):
    """Kill a command before these of its file operations, and return (kills, problems)."""
    base, tried = folder / "base", folder / "tried"
    BEFORE.get(name, lambda folder: None)(folder)
    before = state(base)

    def begin():
        shutil.rmtree(tried, ignore_errors=True)
        shutil.copytree(base, tried)

    def fits(now, after):
        now, *others = (places_of(files) for files in (now, before, after))
        places = {*now, *others[0], *others[1]}
        return all(now.get(place) in [other.get(place) for other in others] for place in places)

    work, now = (lambda: call(name, folder, tried)), (lambda: state(tried))
    killed, wrong = killing.kill(numbers, tried, begin, work, now, fits)
    assert state(base) == before != state(tried)
    return killed, wrong


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_step_a_command_leaves_the_old_or_the_new(begun, name):
    killed, wrong = kills(begun, name, range(1, 1000, COMMANDS[name].get("each", 1)))
    assert killed >= COMMANDS[name].get("least", 3) and not wrong


@pytest.mark.slow
@pytest.mark.parametrize(("name", "each"), one_in(2, [("add", 4), ("new country", 25)]))
def test_killed_at_some_steps_a_command_leaves_the_old_or_the_new(tmp_path, name, each):
    copy_of_zedland(tmp_path).rename(tmp_path / "base")
    killed, wrong = kills(tmp_path, name, range(3, 1000, each))
    assert killed > 1 and not wrong
