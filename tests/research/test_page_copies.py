"""Pages of sources are kept, and passages that are gone from them are named."""

import json
import subprocess
from dataclasses import replace
from datetime import date

import pytest
import services
from conftest import DATA, ROOT, call
from warcio.archiveiterator import ArchiveIterator

import cop.data
from cop.data import Refused, http
from cop.research import copies, links

QUICK = replace(links.SITES, pause=0.0, timeout=(2, 2), backoff=0.01, longest_wait=0.1)
PASSAGE = "In 2024 the helpline answered 4,120 calls – “mostly” from Zed-City."
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def world():
    return services.World()


@pytest.fixture
def address(world):
    with services.running(world) as base:
        yield base


def folder(tmp_path, address, passages):
    """Return a data folder of one country: a source for each path, and the passages seen there."""
    data = tmp_path / "data"
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    sources, looks = [cop.data.columns("sources", DATA)], [cop.data.columns("verifications", DATA)]
    for number, (path, passage) in enumerate(passages.items(), 1):
        row = {"source_id": f"ZED-S{number:02d}", "url": address + path}
        sources.append([row.get(name, "") for name in sources[0]])
        looks += [[row["source_id"]] * 2 + ["", passage, "2026-01-05", "A"]] if passage else []
    for name, rows in (("sources", sources), ("verifications", looks)):
        (data / f"research/ZED/{name}.csv").write_text(cop.data.csv_text(rows), encoding="utf-8")
    return data


def shows(world, path, text, status=200, kind=HTML):
    body = text if isinstance(text, bytes) else f"<html><p>Before.</p><p>{text}</p>".encode()
    world.breakage[path] = [lambda asked: (status, dict(kind), body)]
    return body


def test_a_page_is_kept_as_it_is_and_one_that_cannot_be_read_is_named(world, address, tmp_path):
    body = shows(world, "/one", PASSAGE)
    data, kept = folder(tmp_path, address, {"/one": PASSAGE, "/none": ""}), tmp_path / "kept"
    lines = copies.keep("ZED", data, kept, QUICK)
    assert lines[0].startswith(f"ZED: 1 of 2 pages kept in {kept / 'ZED'}.")
    assert lines[1:] == [f"  ZED-S02: {address}/none gone (404)"]
    [file] = (kept / "ZED").glob(f"ZED-S01-{date.today().isoformat()}-*.warc.gz")
    with file.open("rb") as handle:
        pages = [
            (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(handle)
            if record.rec_type == "response"
        ]
    assert pages == [(f"{address}/one", body)]


def test_an_earlier_copy_stays_and_another_is_kept_only_when_asked(world, address, tmp_path):
    shows(world, "/one", PASSAGE)
    data, kept = folder(tmp_path, address, {"/one": PASSAGE}), tmp_path / "kept"
    copies.keep("ZED", data, kept, QUICK)
    [today] = (kept / "ZED").iterdir()
    first = today.read_bytes()
    for again in (False, True):  # one a day
        assert "0 of 1 page kept" in copies.keep("ZED", data, kept, QUICK, again)[0]
    earlier = today.rename(str(today).replace(date.today().isoformat(), "2026-01-05"))
    assert "0 of 1 page kept" in copies.keep("ZED", data, kept, QUICK)[0]
    assert "1 of 1 page kept" in copies.keep("ZED", data, kept, QUICK, again=True)[0]
    shows(world, "/two", PASSAGE)
    register = data / "research/ZED/sources.csv"
    register.write_text(register.read_text().replace("/one", "/two"))
    assert "1 of 1 page kept" in copies.keep("ZED", data, kept, QUICK)[0]  # another address
    assert earlier.read_bytes() == first and len(list(earlier.parent.iterdir())) == 3


@pytest.mark.parametrize(
    ("text", "is_gone"),
    [
        (f"New menu. {PASSAGE.upper()}", False),
        (PASSAGE.replace("4,120", "4,210"), True),
        ("Page not found", True),
        ("", True),
    ],
)
def test_a_passage_that_is_gone_is_named_with_the_copy_that_has_it(
    world, address, tmp_path, text, is_gone
):
    data, kept = folder(tmp_path, address, {"/one": PASSAGE, "/pdf": "x"}), tmp_path / "kept"
    shows(world, "/pdf", b"%PDF 1", kind={"Content-Type": "application/pdf"})
    shows(world, "/one", PASSAGE)
    assert not copies.keep("ZED", data, kept, QUICK)[1:]
    shows(world, "/one", text)
    lines = copies.keep("ZED", data, kept, QUICK)[1:]
    [copy] = [f"an earlier copy: {p.name}" for p in (kept / "ZED").glob("ZED-S01-*")]
    assert lines == [f"  ZED-S01: {address}/one quote gone: {PASSAGE}; {copy}"] * is_gone


@pytest.mark.parametrize(
    "body, stated",
    [
        ("<p>In 2024 the <b>help\u00adline</b> answered\n 4,120&nbsp;calls &ndash; "
         "&#8220;mostly&#8221; from Zed-City.".encode(), "text/html; charset=utf-8"),
        (f"<html><meta charset='windows-1251'><p>Привіт. {PASSAGE}".encode("cp1251"), "text/html"),
        (PASSAGE.upper().encode("utf-16"), "text/plain; charset=utf-16"),
        (f"<p>{PASSAGE}".encode(), "text/html; charset=no-such"),
        (f"<p>{PASSAGE}".encode(), "application/xhtml+xml"),
    ],
)  # fmt: skip
def test_a_passage_is_found_whatever_the_page_is_written_in(body, stated):
    assert copies.text_key(PASSAGE) in copies.text_key(copies.page_text(body, stated))


def test_invisible_text_is_not_searched():
    body = f"<p>Text</p><script>{PASSAGE}</script><!-- {PASSAGE} --><style>x</style>".encode()
    assert copies.page_text(body, "text/html").strip() == "Text"
    assert copies.page_text(b"%PDF-1.7", "application/pdf") is None


def test_a_page_that_is_too_large_or_breaks_off_is_not_kept(world, address, tmp_path, monkeypatch):
    monkeypatch.setattr(http, "LARGEST", 1000)
    shows(world, "/large", "x" * 2000)
    world.breakage["/cut"] = [services.cut]
    data = folder(tmp_path, address, {"/large": "", "/cut": ""})
    cut, large = copies.keep("ZED", data, tmp_path / "kept", QUICK)[1:]
    assert "sends more than 1,000 bytes" in large and "broke off" in cut
    assert not list((tmp_path / "kept" / "ZED").iterdir())


def test_a_folder_that_cannot_be_written_is_refused_before_the_first_request(
    world, address, tmp_path, capsys
):
    data = folder(tmp_path, address, {"/one": ""})
    (tmp_path / "file").write_text("")
    status, _, error = call(capsys, "archive", "ZED", "--data", data, "--kept", tmp_path / "file")
    assert status == 2 and "Not a directory" in error and not world.asked
    with pytest.raises(Refused, match="there is no research/NOR"):
        copies.keep("NOR", data, tmp_path / "kept", QUICK)


def test_copies_are_ignored_by_git():
    path = "outputs/.archive/UKR/x"
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0
