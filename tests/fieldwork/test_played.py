"""Zedland's validation round with 400 remarks, saved by LibreOffice on the way back."""

import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from commented import AUTHOR, OTHER, Document
from conftest import beside_its_base, call, laid_out
from lxml import html

import cop.data
from cop.report import anchors

RATED = "PM-LEG-01"
MANY = 200
pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("validation")]


def by_libreoffice(path, folder):
    """Return the document as LibreOffice Writer saves it; skipped where there is none."""
    office = os.environ.get("COP_SOFFICE") or shutil.which("soffice")
    if not office:
        pytest.skip("There is no LibreOffice on this computer.")
    profile = f"-env:UserInstallation=file://{tempfile.gettempdir()}/cop-writer-{os.getpid()}"
    how = [office, profile, "--headless", "--convert-to", "docx", "--outdir", str(folder)]
    told = subprocess.run([*how, str(path)], capture_output=True, text=True, timeout=300)
    if not (folder / path.name).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Writer here: {told.stderr}")
    return folder / path.name


def annotated(raw):
    """Return a document with 200 comments and 200 tracked changes, and [(text, id of its place)]."""
    document, expected = Document(raw), []
    places = [(anchors.place(name), p) for name, p in document.paragraphs()]
    rated = [p for one, p in places if one == RATED][1]  # the cell of its status
    document.comment(rated, "Rating: the law is in place since 2024")
    expected.append(("the law is in place since 2024", RATED))
    others = [(one, p) for one, p in places if one != RATED]
    random.Random(14).shuffle(others)
    for number, (one, p) in enumerate(others[: MANY - 1]):
        document.comment(p, f"Remark {number} of {AUTHOR}", OTHER)
        expected.append((f"Remark {number} of [name]", one))
    for number, (one, p) in enumerate(others[MANY : 2 * MANY]):
        if number % 3 == 0:
            document.insert(p, f" put in {number}")
            expected.append((f"[insert] put in {number}", one))
        else:
            new = f"put there {number}" if number % 3 == 1 else ""
            old = " ".join(document.delete(p, new).split())
            text = f"[replace] {old} [by] {new}" if new else f"[delete] {old}"
            expected.append((text, one))
    return document.saved(), expected, {p.getparent().tag for _, p in others[MANY : 2 * MANY]}


def test_a_round_from_draft_to_comments_that_wait_for_answers(zedland, tmp_path, capsys):
    zed, outputs = beside_its_base(tmp_path), tmp_path / "outputs"
    laid_out(zedland, outputs)
    sent, back = tmp_path / "sent.docx", tmp_path / "back.docx"
    words = ("docx", "ZZZ", "--outputs", outputs, "--by", "2026-12-31", "--out", sent)
    status, out, _ = call(capsys, *words)
    assert status == 0 and "cop comments FILE.docx" in out
    raw, expected, within = annotated(sent.read_bytes())
    assert len(within) == 2  # in the text and in cells of tables
    back.write_bytes(raw)
    saved = by_libreoffice(back, Path(tempfile.mkdtemp(dir=tmp_path)))

    words = ("--role", "ministry", "--organisation", "ZZZ-O01", "--data", zed, "--outputs", outputs)
    status, out, err = call(capsys, "comments", saved, *words)
    assert status == 0, err
    assert "400 remarks taken in as ZZZ-M001 to ZZZ-M400, 0 known" in out
    comments = cop.data.read("comments", zed, "ZZZ")
    came = Counter(zip(comments.text, comments.about, strict=True))
    assert not came - Counter(expected) and not Counter(expected) - came
    assert list(comments.comment_id[comments.about == ""]) == []
    for again in (saved, back):  # the same, and the same before another program saved it
        status, out, _ = call(capsys, "comments", again, *words)
        assert status == 0 and "nothing new; 400 remarks in it, all known" in out
    assert len(cop.data.read("comments", zed, "ZZZ")) == 400

    with_status(zed, "draft", "under validation")
    status, out, err = call(capsys, "run", "ZZZ", "--data", zed, "--outputs", outputs)
    assert status == 0, out + err
    page = text(outputs / "site" / "cop-assessment-ZZZ.html")
    assert "400 comments came in on" in page and "400 not answered yet" in page
    annex = (outputs / "site" / "cop-annex-ZZZ-5-guideline-alignment.html").read_text("utf-8")
    disputed = html.document_fromstring(annex).get_element_by_id(RATED).text_content()
    assert "Disputed:" in disputed and "proposes in place" in disputed
    index = text(outputs / "site" / "index.html")
    assert "1 rating disputed" in index and "in place by" in index
    with_status(zed, "under validation", "validated")
    status, out, err = call(capsys, "check", "--data", zed)
    assert status == 2 and "needs a sign-off of this edition" in out + err
    assert "has 400 comments without an answer: ZZZ-M001" in out + err
    nobody_is_named(zed, outputs)


def nobody_is_named(zed, outputs):
    """The canaries: who commented is in no file of data, results or site."""
    files = [p for root in (zed, outputs) for p in root.rglob("*") if p.is_file()]
    assert len(files) > 50
    canaries = [part.encode() for name in (AUTHOR, OTHER) for part in name.split()]
    assert not [p for p in files for one in canaries if one in p.read_bytes()]


def with_status(zed, old, new):
    path = zed / "research" / "ZZZ" / "editions.csv"
    path.write_text(path.read_text("utf-8").replace(f",{old},", f",{new},"), encoding="utf-8")


def text(page):
    return " ".join(html.document_fromstring(page.read_text("utf-8")).text_content().split())
