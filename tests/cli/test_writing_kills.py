"""Killed at any step on the disk, a command that writes leaves the old or the new files, never some
of each, and the next call completes the change.
"""

import contextlib
import email
import gzip
import io
import json
import re
import shutil
import zipfile

import invented
import killing
import pandas as pd
import pytest
from conftest import copy_of_zedland, one_in

from cop.cli import main
from cop.data import writing
from cop.fieldwork import restricted
from cop.research import copies

# What a second run of the same call tells otherwise: its moment, and the seal on a ledger's line.
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^,\"\r\n]*|\b[0-9a-f]{64}\b")
ROW = ["section=research", "statement=New", "source_id=ZZZ-S01", "confidence=low", "verified=yes"]
PAGE = """<!DOCTYPE html><html><head><title>Zedland</title></head><body><main id="content">
<section class="cover" data-iso3="ZZZ" data-edition="2026" data-status="draft"><h1>Zedland</h1>
</section><h2 id="summary">Summary</h2><p>One sentence.</p></main></body></html>"""
ASKED = ["consent", "category", "rating_awareness", "challenge", "publish_quote"]


def library(folder):
    file = folder / "library.json"
    item = {"id": "a", "type": "report", "title": "New", "publisher": "Press", "language": "en"}
    file.write_text(json.dumps([item | {"URL": "https://example.org/new"}]), encoding="utf-8")
    return ["import-sources", file, "ZZZ", "--yes"]


def figures(folder):
    file, old = folder / "figures.csv", folder / "base" / "statistics" / "indicators.csv"
    heading, first, *_ = old.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    file.write_text("\n".join([heading, ",".join([*cells[:3], "1.25", *cells[4:]])]) + "\n")
    return ["refresh", "--from", file, "--yes"]


def returns(folder):
    file, mapping = folder / "returns.csv", folder / "mapping.yml"
    rows = [f"{n},yes,{'ngo' if n else 'nobody'},2,Said,yes" for n in range(4)]
    file.write_text("\n".join([",".join(["_id", *ASKED]), *rows]) + "\n")
    columns = dict(zip(ASKED, ASKED, strict=True)) | {"_id": "identity"}
    told = {"questionnaire": "stakeholder_survey", "columns": columns}
    mapping.write_text(json.dumps(told))
    return ["intake", file, "--country", "ZZZ", "--mapping", mapping]


def decided(folder):
    """Let a person have decided on all that waits."""
    store = folder / "base" / "restricted"
    call(["review", "ZZZ", "--data", folder / "base"])
    sheet = restricted.table((store / "to_review-ZZZ.csv").read_bytes())
    (store / "to_review-ZZZ.csv").unlink()
    file = folder / "decided.csv"
    file.write_bytes(restricted.packed(sheet.assign(decision="withhold")))
    return ["review", "ZZZ", "--decisions", file, "--reviewer", "A"]


def unwritten(folder):
    """Let one more organisation be on the list of those to be written to."""
    data = folder / "base"
    contacts = restricted.read("contacts", data)
    new = contacts.iloc[[0]].assign(contact_id="ZZZ-C900", step="listed", date="", form_id=FORM_ID)
    both = pd.concat([contacts, new.assign(organisation="New", person="", consent="")])
    with restricted.locked(data):
        restricted.write(data, restricted.change({"contacts": both}))
    return ["invite", "ZZZ", "--sender", "A"]


def unpublished(folder):
    """Take tables away that publishing makes again."""
    for name in ("forms", "quotes", "interviews", "coding"):
        file = folder / "base" / "research" / "ZZZ" / f"{name}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return ["publish", "ZZZ"]


def shrunk(folder):
    file = folder / "base" / "research" / "ZZZ" / "table_25.csv"
    call(["check", "--meant", "--data", folder / "base"])
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-1]) + "\n")
    return ["check", "--meant"]


def kept(folder):
    return ["archive", "ZZZ", "--kept", folder / "tried" / "kept"]


def read_page(url, settings):
    row = {"url": url, "checked": "2026-11-29", "result": "works", "status": "200"}
    return copies.Page(row, "Words", gzip.compress(b"Words", mtime=0))


def remarked(folder):
    """Return the call that takes in a document with one comment."""
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    mark = '<w:bookmarkStart w:id="{0}" w:name="{1}"/><w:bookmarkEnd w:id="{0}"/>'.format
    run = "<w:r><w:t>{}</w:t></w:r>".format
    told = '<w:commentRangeStart w:id="7"/>' + run("Words") + '<w:commentRangeEnd w:id="7"/>'
    body = "".join(
        f"<w:p>{p}</w:p>" for p in (mark(1, "copdoc_ZZZ_2026"), mark(2, "cop_summary") + told)
    )
    with zipfile.ZipFile(folder / "back.docx", "w") as parts:
        parts.writestr(
            "word/document.xml", f"<w:document {word}><w:body>{body}</w:body></w:document>"
        )
        one = f'<w:comment w:id="7" w:author="A"><w:p>{run("Better words.")}</w:p></w:comment>'
        parts.writestr("word/comments.xml", f"<w:comments {word}>{one}</w:comments>")
    return ["comments", folder / "back.docx", "--role", "ministry", "--outputs", folder / "none"]


def answered(folder):
    call([*remarked(folder), "--data", folder / "base"])
    return ["answer", "ZZZ-M001", "accepted", "--changed", "The word"]


def reported(folder):
    """Return the call that makes a Word document of a page that says little."""
    page = folder / "ZZZ" / "pages" / "cop-assessment-ZZZ.html"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, encoding="utf-8")
    return ["docx", "ZZZ", "--outputs", folder, "--out", folder / "tried" / "made.docx"]


def unplanned(folder):
    for name in ("actions", "milestones", "readings"):
        (folder / "base" / "research" / "ZZZ" / f"{name}.csv").unlink()
    return ["actions", "ZZZ"]


COMMANDS = {
    "add": lambda folder: ["add", "evidence", "ZZZ", "--set", *ROW],
    "new country": lambda folder: ["new", "YYY"],
    "new edition": lambda folder: ["new", "ZZZ", "--edition", "2028"],
    "import-sources": library,
    "refresh": figures,
    "verify": lambda folder: ["verify", "ZZZ-E01", "--page", "4", "--quotation", "Words."],
    "check --meant": shrunk,
    "forms": lambda folder: ["forms", "stakeholder_survey"],
    "contacts": lambda folder: ["contacts", "--record", "ZZZ-C001", "answered"],
    "invite": unwritten,
    "intake": returns,
    "review": lambda folder: ["review", "ZZZ"],
    "review --decisions": decided,
    "publish": unpublished,
    "archive": kept,
    "edit": lambda folder: ["edit", "evidence", "ZZZ", "ZZZ-E01", "--set", "confidence=low"],
    "actions": unplanned,
    "calendar": lambda folder: ["calendar", "ZZZ", "--out", folder / "tried" / "calendar"],
    "docx": reported,
    "comments": remarked,
    "answer": answered,
    "sign-off": lambda folder: ["sign-off", "ZZZ", "--body", "ZZZ-O01", "--scope", "the report"],
}
TELLS = {"intake": 1}  # one of the returns is refused
# Of how many kills there are at least; of the others, of the few steps that put one file in place.
FEW = 3
FORM_ID = "ZZZ-F900-1f9c02ab"  # given before, since each new one is another
LEAST = {
    "new edition": 55, "archive": 40, "actions": 20, "add": 12, "verify": 12,
    "edit": 12, "comments": 12, "answer": 12, "sign-off": 12, "contacts": 12, "check --meant": 12,
}  # fmt: skip
# Of how many steps one is tried, where many write the same kind or each call takes long.
EACH = {"new edition": 3, "forms": 3, "invite": 9, "publish": 5}


def told(words):
    """Return the exit status of a call and what it said last."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main.main(list(map(str, words)))
    return status, said.getvalue()[-300:]


def call(words):
    """Return the exit status of a call whose words nobody needs to see."""
    return told(words)[0]


def state(root):
    """Return what stands under a folder, as a reader meets it: what was decided is carried out."""
    for one in (root, root / "restricted", root / "forms", root / "kept"):
        if one.is_dir():
            writing.settle(one) if (one / "datapackage.json").exists() else settled(one)
    paths = {p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*")) if p.is_file()}
    return {n: without_chance(p) for n, p in paths.items() if "/." not in f"/{n}"}


def without_chance(file):
    """Return what a file says but for what is another each time it is made: moments and marks."""
    if file.suffix in (".xlsx", ".docx"):  # of each part its size; a cut file is none
        with zipfile.ZipFile(file) as parts:
            return [(p.filename, p.file_size) for p in parts.infolist()]
    if file.suffix == ".eml":
        message = email.message_from_bytes(file.read_bytes())
        return [message["Subject"], [part.get_content_type() for part in message.walk()]]
    if file.suffix == ".gz":
        return len(gzip.decompress(file.read_bytes()))
    return MOMENT.sub(b"", file.read_bytes())


def settled(store):
    with writing.alone(store):
        pass


def places_of(stands):
    """Return what stands in each place that is written in one step: store, data, each copy."""
    places = {}
    for name, raw in stands.items():
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
    monkeypatch.setattr(copies, "read_page", read_page)  # no network is needed
    shutil.copytree(zedland, tmp_path / "base")
    return tmp_path


def kills(folder, name, numbers):
    """Kill a command at these of its steps; give how many kills there were and what was wrong."""
    words, base, tried = COMMANDS[name](folder), folder / "base", folder / "tried"
    before, more = state(base), ["--out", tried / "forms"] if name == "forms" else []
    words += [*more, *([] if name == "docx" else ["--data", tried])]

    def begin():
        shutil.rmtree(tried, ignore_errors=True)
        shutil.copytree(base, tried)

    def work():
        status, said = told(words)
        return None if status == TELLS.get(name, 0) else said

    def fits(now, after):
        found, *others = (places_of(stands) for stands in (now, before, after))
        places = {*found, *others[0], *others[1]}
        return all(found.get(k) in [other.get(k) for other in others] for k in places)

    killed, wrong = killing.kill(numbers, tried, begin, work, lambda: state(tried), fits)
    assert state(base) == before != state(tried)
    return killed, wrong


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_step_a_command_leaves_the_old_or_the_new(begun, name):
    killed, wrong = kills(begun, name, range(1, 1000, EACH.get(name, 1)))
    print(f"{name}: {killed} kills")
    assert killed >= LEAST.get(name, FEW) and not wrong


@pytest.mark.parametrize(("name", "each"), one_in(2, [("add", 4), ("new country", 25)]))
def test_killed_at_some_steps_a_command_leaves_the_old_or_the_new(tmp_path, name, each):
    copy_of_zedland(tmp_path).rename(tmp_path / "base")
    killed, wrong = kills(tmp_path, name, range(3, 1000, each))
    assert killed > 1 and not wrong
