"""A sealed file: the same bytes each time, a zip for everybody, and no byte changes unseen."""

import io
import os
import random
import time
import zipfile
from datetime import date

import pytest

from cop.data import Refused
from cop.data.machine import day, secret
from cop.handover import packing, sealing, verifying

pytest.importorskip("cryptography")
SEED, DAY = "07" * 32, date(2026, 11, 25)
FILES = {
    "report/a.html": b"<p>one</p>" * 90,
    "index.html": b"<p>start</p>",
    "tables/é.csv": b"a,b\r\n1,\r\n",
    "empty.json": b"",
}


def made(files=FILES, seed=SEED, day=DAY):
    return sealing.sealed(files, {"title": "Zedland", "commit": "abc"}, seed, day)


def owner_of(content, files=FILES):
    """Give which file each byte of a zip belongs to, as the library sees it; END for the rest."""
    owners = [verifying.END] * len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        at = opened.start_dir
        for one in opened.infolist():
            name, start = len(one.filename.encode()), one.header_offset
            own = range(start, start + 30 + name + one.compress_size)
            for place in [*own, *range(at, at + 46 + name)]:
                owners[place] = one.filename
            at += 46 + name
    return owners


def test_the_same_files_are_the_same_bytes_in_whatever_order_they_came():
    assert made() == made(dict(reversed(FILES.items())))
    assert made() != made(day=date(2026, 11, 26))


def test_the_library_and_whoever_has_no_python_can_open_it():
    with zipfile.ZipFile(io.BytesIO(made())) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["signature.json", "manifest.json", *sorted(FILES)]
        assert {name: opened.read(name) for name in FILES} == FILES
        assert {one.date_time for one in opened.infolist()} == {(2026, 11, 25, 0, 0, 0)}
        assert {one.external_attr >> 16 for one in opened.infolist()} == {0o100644}


def test_what_nobody_changed_is_whole_and_says_who_sealed_it():
    verdict = verifying.of_bytes(made(), "z.zip")
    assert verdict.whole and verdict.about["day"] == "2026-11-25"
    assert verdict.key == sealing.public_key(SEED) != sealing.public_key("08" * 32)
    assert len(sealing.fingerprint(verdict.key)) == 39


def test_every_single_bit_that_is_flipped_is_named_by_its_file():
    content = made()
    owners, wrong = owner_of(content), []
    for place, owner in enumerate(owners):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        verdict = verifying.of_bytes(bytes(flipped), "z.zip")
        if verdict.whole or verdict.changed != [owner]:
            wrong.append((place, owner, verdict.changed))
    assert len(content) > 2_000 and not wrong


def test_a_letter_of_the_signature_that_reads_the_same_is_a_change_all_the_same():
    content = made()
    place = content.index(b'"signature": "') + 14
    letters = content[place : place + 128]
    changed = content.replace(letters, letters.upper(), 1)
    assert changed != content
    assert verifying.of_bytes(changed, "z.zip").changed == ["signature.json"]


def test_two_changed_files_are_both_named():
    content = bytearray(made())
    owners = owner_of(bytes(content))
    for name in ("index.html", "report/a.html"):
        content[owners.index(name) + 40 + len(name)] ^= 1
    assert verifying.of_bytes(bytes(content), "z.zip").changed == ["index.html", "report/a.html"]


def rezipped(change):
    """Give the zip as another program writes it, after a change of {path: contents}."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made())) as old, zipfile.ZipFile(written, "w") as new:
        for name, content in change({n: old.read(n) for n in old.namelist()}).items():
            new.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    "change, named",
    [
        (lambda files: {**files, "more.html": b"new"}, ["more.html"]),
        (lambda files: {n: c for n, c in files.items() if n != "index.html"}, ["index.html"]),
        (lambda files: {**files, "index.html": b"longer than before"}, ["index.html"]),
    ],
)
def test_files_put_in_taken_out_or_exchanged_by_another_program_are_named(change, named):
    assert verifying.of_bytes(rezipped(change), "z.zip").changed == named


def test_another_seal_is_another_key():
    forged = made({**FILES, "index.html": b"forged"}, seed="08" * 32)
    verdict = verifying.of_bytes(forged, "z.zip")
    assert verdict.whole and verdict.key == sealing.public_key("08" * 32)


def test_a_manifest_exchanged_under_the_old_signature_is_seen():
    def change(files):
        return {**files, "manifest.json": files["manifest.json"].replace(b"abc", b"abd")}

    verdict = verifying.of_bytes(rezipped(change), "z.zip")
    assert not verdict.whole and "manifest.json" in verdict.changed


@pytest.mark.parametrize("cut", [1, 22, 400])
def test_a_file_that_came_in_part_is_not_whole(cut):
    assert not verifying.of_bytes(made()[:-cut], "z.zip").whole


def test_bytes_added_at_the_end_are_seen():
    assert verifying.of_bytes(made() + b"\0", "z.zip").changed == [verifying.END]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\3\4" + bytes(40)])
def test_what_is_no_sealed_file_is_refused_in_a_sentence(content):
    with pytest.raises(Refused, match="no sealed file"):
        verifying.of_bytes(content, "z.zip")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read"):
        verifying.of_file(tmp_path / "z.zip")


@pytest.mark.slow
def test_a_hundred_flips_of_a_large_file_are_named_each_in_less_than_two_seconds():
    rng = random.Random(16)
    files = {f"report/{n}.html": rng.randbytes(120_000) for n in range(20)}
    content = made(files)
    owners, slowest = owner_of(content), 0
    for _ in range(100):
        place, began = rng.randrange(len(content)), time.perf_counter()
        flipped = bytearray(content)
        flipped[place] ^= 1 << rng.randrange(8)
        assert verifying.of_bytes(bytes(flipped), "z.zip").changed == [owners[place]]
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 2


def test_a_word_document_has_the_times_of_a_day_and_its_files_in_their_order():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as old:
        old.writestr("b.xml", "b")
        old.writestr("a.xml", "a")
    content = sealing.rezipped(written.getvalue(), DAY)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.namelist() == ["b.xml", "a.xml"] and opened.read("a.xml") == b"a"
        assert {one.date_time[:3] for one in opened.infolist()} == {(2026, 11, 25)}


def test_the_day_is_that_of_source_date_epoch_wherever_the_clock_stands(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795600000")
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert day.today() == date(2026, 11, 25)
    monkeypatch.delenv("TZ")
    time.tzset()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert day.today() == date.today()


def test_a_day_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(Refused, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        day.today()


def test_the_key_stays_outside_the_repository(monkeypatch, tmp_path):
    inside = packing.Path(__file__).with_name("key")
    monkeypatch.setenv(packing.VARIABLE, str(inside))
    with pytest.raises(Refused, match=f"set {packing.VARIABLE} to a file outside the repository"):
        secret.kept(packing.VARIABLE, packing.USUAL, tmp_path)
    assert not inside.exists() and os.path.basename(packing.USUAL) != "key"
