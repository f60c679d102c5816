"""Hostile and broken files: each ends in a sentence, never in a traceback, and the store is
unchanged or complete.
"""

import contextlib
import io
import os
import random
import re
import tracemalloc

import maker
import openpyxl
import place
import pytest
from cases import by_rule
from conftest import ROOT, call

from cop.data import UserError
from cop.fieldwork import incoming, restricted

pytestmark = pytest.mark.xdist_group("returns")
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ENTITIES = [
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
    '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
]
CANARY = "canary"


@pytest.fixture
def data(tmp_path):
    return place.create(tmp_path)


def bases(data):
    """Return {name: bytes} of sound exports whose restricted answers all hold the canary."""
    form, flat = place.form(data), place.form(data, "call")
    people = maker.people(form, 6, seed=3)
    for number, person in enumerate(people):
        canaries = {"organisation": f"{CANARY} {number} ђак", "mail": f"{CANARY}@example.org"}
        person["answers"] |= canaries | {"story": f"{CANARY} story", "areas": ["police"]}
    files = {name: write(form, people) for name, write in maker.EXPORTS.items()}
    return files | {"kobo.csv": maker.text(maker.kobo(flat, people)["main"], ";")}


def damaged(data):
    """Yield (name, bytes) of exports that were damaged on their way."""
    rng = random.Random(20261124)
    for name, content in bases(data).items():
        for _ in range(3):
            yield name, content[: int(len(content) * rng.uniform(0.02, 0.98))]
            raw = bytearray(content)
            for _ in range(rng.randint(1, 12)):
                raw[rng.randrange(len(raw))] = rng.randrange(256)
            yield name, bytes(raw)
        if name.endswith("csv"):
            for encoding in ("cp1251", "koi8-r", "latin-1", "utf-32", "utf-16-le", "utf-16"):
                yield name, content.decode("utf-8-sig").encode(encoding, errors="replace")
            for at in (0, 500, 900):
                yield name, content[:at] + b'"' + content[at:]
                yield name, content[:at] + b"\x00" + content[at:]


def changed_book(content, change):
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    return maker.saved(book)


def refused(data):
    """Yield (name, bytes, reason) of files that are refused."""
    files = bases(data)
    book, parts = files["kobo.xlsx"], maker.parts(files["kobo.xlsx"])
    bomb, other = b" " * (30 * 2**20), "or is neither a workbook"
    large = "which unpacks to over 200 times its size. Save the file again"
    yield "bomb.xlsx", maker.packed(parts | {SHEET: parts[SHEET] + bomb}), large
    yield "bomb.zip", maker.packed({"form.csv": b"a;b\n" + b"1;2\n" * 5_000_000}), large
    cells = b"a," * 2000 + b"b\n" + (b"1," * 2000 + b"\n") * 1000
    yield "cells.csv", cells, "has over 2,000,000 cells. Split it into several files"
    locked = bytearray(files["odk.zip"])
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + at] |= 1
    yield "locked.zip", bytes(locked), "has a password"
    yield "locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "has a password"
    yield "old.xls", OLE, other
    no_table = "is a zip without a workbook or CSV files"
    yield "book.ods", maker.packed({"mimetype": b"x", "content.xml": b"<a/>"}), no_table
    yield "nested.zip", maker.packed({"book.xlsx": book}), no_table
    yield "a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", other
    yield "a.csv", b"<html><table></table></html>", "is not in a supported format"
    yield "a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), other
    letter = b"Hello, this is a letter;\nwith best wishes"
    yield "a.txt", letter, "has 1 instead of 2 cells in row 2"
    yield "empty.csv", b" \n", "is empty"
    yield "empty.xlsx", maker.workbook({"a": []}), "is empty"
    yield "empty.zip", maker.packed({}), no_table
    merged = changed_book(book, lambda book: book.active.merge_cells("A2:A4"))
    yield "merged.xlsx", merged, "has merged cells in 'xl/worksheets/sheet1.xml'. Unmerge them"
    for text in ENTITIES:
        for name in (SHEET, "xl/workbook.xml", "[Content_Types].xml"):
            head = re.match(rb"(<\?xml.*?\?>\s*)?", parts[name]).end()
            evil = maker.packed(
                parts | {name: parts[name][:head] + text.encode() + parts[name][head:]}
            )
            yield "entities.xlsx", evil, "has a DOCTYPE or entities in"
    utf16 = (ENTITIES[1] + parts[SHEET].decode()).encode("utf-16")
    yield "utf16.xlsx", maker.packed(parts | {SHEET: utf16}), "has a DOCTYPE or entities in"


def imported(data):
    """Yield (name, bytes) of odd files whose responses are imported."""
    files = bases(data)
    book, parts = files["kobo.xlsx"], maker.parts(files["kobo.xlsx"])
    yield "macros.xlsm", maker.packed(parts | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})
    yield "inner.xlsx", maker.packed(parts | {"xl/embeddings/a.zip": files["odk.zip"]})
    yield "media.zip", maker.packed(maker.parts(files["odk.zip"]) | {"media/b.jpg": b"x"})
    yield "book.csv", book
    size = parts[SHEET].replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)
    yield "size.xlsx", maker.packed(parts | {SHEET: size})
    hidden = changed_book(book, lambda book: setattr(book["acts"], "sheet_state", "veryHidden"))
    yield "hidden.xlsx", hidden
    far = changed_book(book, lambda book: book.active.__setitem__("XFD1048576", "far"))
    yield "far.xlsx", far  # the cell has no heading
    heading, *rows = files["kobo.csv"].decode().splitlines()
    yield "capitals.csv", "\n".join([heading.upper(), *rows]).encode()
    yield "kobo.xlsx", files["kobo.csv"]


def intake(data, name, content, capsys):
    """Import a file by the command; return (exit status, what was printed)."""
    path, before = data.parent / name, place.state(data)
    path.write_bytes(content)
    status, out, err = call(capsys, "intake", path, "--country", "ZZZ", "--data", data)
    text = out + err
    assert name in text and "Traceback" not in text and len(text) < 20_000, text
    assert CANARY not in text.lower(), f"{name} shows what is restricted:\n{text}"
    assert not [letter for letter in text if ord(letter) < 32 and letter != "\n"], repr(text)
    if status == 2:
        assert place.state(data) == before, f"{name} was refused and changed the store"
    else:
        assert_changed_completely(data, content)
    return status, text


def assert_changed_completely(data, content):
    """Check that raw copy, log and rows of a file agree."""
    imports, returns = restricted.read("imports", data), restricted.read("returns", data)
    answers, sha = restricted.read("answers", data), incoming.Book("", content, []).sha
    line = imports[imports["file"] == sha].iloc[-1]
    accepted, remarked, rejected, unchanged = line.iloc[6:10].astype(int)
    assert accepted + remarked + rejected + unchanged == int(line["rows"])
    assert (returns["file"] == sha).sum() >= accepted + remarked
    assert set(answers["return_id"]) <= set(returns["return_id"]) and returns["return_id"].is_unique
    raw = restricted.folder(data) / "raw"
    assert [path.read_bytes() for path in raw.glob(f"{sha}.*")] == [content]


@pytest.mark.slow
def test_a_damaged_file_ends_in_a_sentence(data, capsys):
    statuses = [intake(data, name, content, capsys)[0] for name, content in damaged(data)]
    assert len(statuses) > 40 and set(statuses) >= {0, 2}


@pytest.mark.slow
def test_what_is_too_large_or_no_table_is_refused_before_it_is_expanded(data, capsys):
    for name, content, reason in refused(data):
        status, text = intake(data, name, content, capsys)
        assert status == 2 and reason in text, text
        if name.startswith(("bomb", "entities")):
            tracemalloc.start()
            with contextlib.suppress(UserError):
                incoming.read(data.parent / name)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert most < 60 * 2**20, f"{name} took {most // 2**20} MB"
    assert not list(data.parent.rglob("*evil*"))


@pytest.mark.slow
def test_odd_files_are_imported_completely(data, capsys):
    for name, content in imported(data):
        status, text = intake(data, name, content, capsys)
        assert status == 0 and "6 responses" in text, text


def test_a_response_of_very_long_cells_is_rejected(data, capsys):
    flat = place.form(data, "call")
    people = maker.people(flat, 2)
    for length, status in (32_767, 0), (32_768, 1), (2_000_000, 1):
        people[0]["answers"]["story"] = "x" * length
        content = maker.text(maker.kobo(flat, people)["main"])
        assert intake(data, "long.csv", content, capsys)[0] == status
    assert intake(data, "line.csv", b"x" * 3_000_000 + b"\n1\n", capsys)[0] == 2


BOOK = maker.workbook({"a": [["A", "B"], ["1", "2"]]})
TAGS = sum(part.count(b"<") for part in maker.parts(BOOK).values())


@by_rule(
    "limit, most, content",
    ("cells of a sheet", "MOST_CELLS", 4, b"A,B\n1,2\n"),
    ("bytes that a zip unpacks to", "MOST_EXPANDED", 8, maker.packed({"a.csv": b"A,B\n1,2\n"})),
    ("XML tags of a workbook", "MOST_TAGS", TAGS, BOOK),
)
def test_a_file_at_a_limit_is_read_and_one_beyond_it_is_not(limit, most, content, monkeypatch):
    monkeypatch.setattr(incoming, limit, most)
    assert incoming.parse("a", content).sheets, f"{limit} is allowed"
    monkeypatch.setattr(incoming, limit, most - 1)
    with pytest.raises(incoming.InvalidFile, match="Split "):
        incoming.parse("a", content)


XML = "xl/workbook.xml"


@by_rule(
    "parts, reason",
    ("merged cells", {XML: b"", SHEET: b'<mergeCell ref="A1"/>'}, "has merged cells in"),
    ("a document type", {XML: b"<!DOCTYPE a>"}, "has a DOCTYPE or entities in"),
    ("an entity", {XML: b"<!ENTITY a 'b'>"}, "has a DOCTYPE or entities in"),
    ("a document type in UTF-16", {XML: "<!DOCTYPE a>".encode("utf-16")}, "has a DOCTYPE"),
    ("tables without rows are empty", {"a.csv": b",\n", "b.csv": b";\n"}, "is empty"),
    ("a .CSV with a shorter row", {"A.CSV": b"A,B\n1\n"}, "has 1 instead of 2 cells in row 2"),
    ("nothing but copies of macOS", {"__MACOSX/a.csv": b"A,B\n"}, "is a zip without a workbook"),
)
def test_a_zip_that_is_no_safe_table_is_refused(parts, reason):
    with pytest.raises(incoming.InvalidFile, match=reason):
        incoming.parse("a.zip", maker.packed(parts))


def test_a_file_of_exactly_40_megabytes_is_read_and_of_one_byte_more_refused_unread(data, capsys):
    path = data.parent / "large.csv"
    path.touch()
    os.truncate(path, incoming.MOST_BYTES)  # takes no room
    assert incoming.read(path, lambda _, content: len(content)) == 40 * 2**20
    os.truncate(path, incoming.MOST_BYTES + 1)
    status, out, _ = call(capsys, "intake", path, "--data", data)
    assert status == 2 and "is larger than 40 MB. Split it" in out


def test_the_limits_that_the_page_names_are_those_of_the_program():
    page = " ".join((ROOT / "docs" / "field-work.md").read_text(encoding="utf-8").split())
    for number in (incoming.MOST_BYTES // incoming.MB, incoming.MOST_EXPANDED // incoming.MB):
        assert f" {number} MB" in page
    assert f"less than 1/{incoming.MOST_RATIO} of its size" in page
    assert f"{incoming.MOST_CELLS:,} cells" in page
    assert f"{incoming.MOST_TAGS // 1_000_000} million tags" in page


def test_a_part_of_a_zip_that_unpacks_to_one_megabyte_is_read_whatever_its_ratio():
    assert incoming.unzip(maker.packed({"a": b" " * incoming.SMALL}), bool), "exactly one is read"
    plain = random.Random(1).randbytes(incoming.SMALL + 1)
    assert incoming.unzip(maker.packed({"a": plain}), bool), "a larger one is read by its ratio"
    with pytest.raises(incoming.InvalidFile, match="unpacks to over 200 times"):
        incoming.unzip(maker.packed({"a": b" " * (incoming.SMALL + 1)}), bool)
