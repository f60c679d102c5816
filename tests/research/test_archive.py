"""Pages of sources are kept, and what became of them since is said in one of a few words."""

import hashlib
import json
import random
import re
import subprocess
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from conftest import DATA, ROOT, call
from warcio.archiveiterator import ArchiveIterator

import cop.data
from cop.data import Refused
from cop.research import links
from cop.research.kept import archive, pages

QUICK = replace(links.SITES, pause=0.0, timeout=(2, 2), backoff=0.01, longest_wait=0.1)
HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = ("children", "online", "helpline", "report", "strategy", "ministry", "school", "police")
PASSAGE = "In 2024 the helpline answered 4,120 calls – “mostly” from Zed-City."


class Site:
    """Pages by path, each (status, headers, body); what has no page is not found."""

    def __init__(self):
        self.pages, self.asked = {}, Counter()


@contextmanager
def served(site):
    """Serve the pages of a site on this machine; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body together: the other side waits between two pieces

        def do_GET(self):
            site.asked[self.path] += 1
            status, headers, body = site.pages.get(self.path, (404, HTML, b"not found"))
            self.send_response(status)
            for name, text in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, text)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def address(site):
    with served(site) as base:
        yield base


def folder(tmp_path, address, passages):
    """Give a data folder of one country: a source a path, and the passages seen in them."""
    data = tmp_path / "data"
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "datapackage.json").write_text(json.dumps({"name": "zed", "cop:base": str(DATA)}))
    names = cop.data.columns("sources", DATA)
    ids = {path: f"ZED-S{n:02d}" for n, path in enumerate(passages, 1)}
    rows = [{"source_id": ids[path], "url": address + path} for path in passages]
    table = [names, *([row.get(name, "") for name in names] for row in rows)]
    (data / "research/ZED/sources.csv").write_text(cop.data.csv_text(table), encoding="utf-8")
    looks = [cop.data.columns("verifications", DATA)]
    looks += [
        [ids[p], ids[p], "", passage, "2026-01-05", "A"]
        for p, passage in passages.items()
        if passage
    ]
    (data / "research/ZED/verifications.csv").write_text(cop.data.csv_text(looks), encoding="utf-8")
    return data


def page(*paragraphs, noise=""):
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    head = f"<head><title>A page</title><script>var n = '{noise}';</script></head>"
    return 200, HTML, f"<html>{head}<body>{text}</body></html>".encode()


def to(path, status=301):
    return status, HTML | {"Location": path}, b""


def aged(kept):
    """Let the pages have been compared long ago."""
    path = kept / "ZED" / archive.TABLE
    text = path.read_text(encoding="utf-8").replace(date.today().isoformat(), "2026-01-05")
    path.write_text(text, encoding="utf-8")


def states(data, kept):
    aged(kept)
    lines = archive.compare(data, kept, QUICK)
    rows = archive.kept("ZED", kept).values()
    return {row["url"].rsplit("/", 1)[1]: row["state"] for row in rows}, lines


def test_a_page_is_kept_with_its_hash_and_the_passage(site, address, tmp_path):
    site.pages["/one"] = page("Before.", PASSAGE)
    data, kept = folder(tmp_path, address, {"/one": PASSAGE, "/none": ""}), tmp_path / "kept"
    lines = archive.keep("ZED", data, kept, QUICK)
    assert lines[0] == f"ZED: 1 of 2 pages kept in {kept}; 0 pages were there."
    assert lines[1:] == [f"  ZED-S02: {address}/none gone (404)"]
    with (kept / "ZED" / "ZED-S01.warc.gz").open("rb") as handle:
        records = {
            r.rec_type: (r.rec_headers, r.content_stream().read()) for r in ArchiveIterator(handle)
        }
    body = site.pages["/one"][2]
    assert records["response"][0].get_header("WARC-Target-URI") == f"{address}/one"
    assert records["response"][1] == body
    about = json.loads(records["metadata"][1])
    assert about["sha256"] == hashlib.sha256(body).hexdigest()
    assert json.loads(about["passages"]) == [PASSAGE]


def test_what_is_kept_is_not_asked_for_again_unless_one_says_so(site, address, tmp_path):
    site.pages["/one"] = page("Text.")
    data, kept = folder(tmp_path, address, {"/one": ""}), tmp_path / "kept"
    for again in (False, False, True):
        archive.keep("ZED", data, kept, QUICK, again)
    assert site.asked["/one"] == 2


def test_a_passage_that_the_page_does_not_hold_is_named_when_it_is_kept(site, address, tmp_path):
    site.pages["/one"] = page("Something else.")
    data = folder(tmp_path, address, {"/one": PASSAGE})
    lines = archive.keep("ZED", data, tmp_path / "kept", QUICK)
    assert "ZED-S01" in lines[1] and "a passage that was seen is not in the page" in lines[1]


CASES = {  # name: (passage seen, as it was kept, as it stands today, what is said)
    "same": (PASSAGE, page(PASSAGE), page("New!", PASSAGE, noise="7"), "same"),
    "same-words": ("", page("Text.", noise="1"), page("Text.", noise="2"), "same"),
    "changed": ("", page("Text."), page("Another text."), "changed"),
    "quote-gone": (PASSAGE, page(PASSAGE), page("Something else."), "quote gone"),
    "figure": (PASSAGE, page(PASSAGE), page(PASSAGE.replace("4,120", "4,210")), "quote gone"),
    "soft-404": (PASSAGE, page(PASSAGE), page("Page not found"), "quote gone"),
    "gone": (PASSAGE, page(PASSAGE), (410, HTML, b""), "gone"),
    "moved": (PASSAGE, page(PASSAGE), to("/new-place"), "moved"),
    "moved-and-gone": (PASSAGE, page(PASSAGE), to("/elsewhere"), "quote gone"),
    "front": ("", page("Text."), to("/", 302), "moved"),
    "passing": ("", page("Text."), to("/passing-text", 302), "same"),
    "pdf": ("x", (200, {"Content-Type": "application/pdf"}, b"%PDF 1"), None, "same"),
    "pdf-new": (
        "x",
        (200, {"Content-Type": "application/pdf"}, b"%PDF 1"),
        (200, {"Content-Type": "application/pdf"}, b"%PDF 2"),
        "changed",
    ),
    "private": (PASSAGE, page(PASSAGE), (403, HTML, b"no"), "refused"),
    "broken": (PASSAGE, page(PASSAGE), (500, HTML, b"no"), "no answer"),
}  # fmt: skip


def test_what_became_of_a_page_is_said_in_one_word(site, address, tmp_path):
    places = {f"/{name}": case[0] for name, case in CASES.items()}
    data, kept = folder(tmp_path, address, places), tmp_path / "kept"
    site.pages |= {f"/{name}": case[1] for name, case in CASES.items()}
    archive.keep("ZED", data, kept, QUICK)
    site.pages |= {f"/{name}": case[2] or case[1] for name, case in CASES.items()}
    site.pages |= {"/new-place": page(PASSAGE), "/": page("Welcome"), "/elsewhere": page("Hm")}
    site.pages["/passing-text"] = page("Text.")
    said, lines = states(data, kept)
    assert said == {name: case[3] for name, case in CASES.items()}
    assert lines[0] == (
        "Pages kept and compared: same 4, moved 2, changed 2, quote gone 4, gone 1, refused 1, "
        "no answer 1."
    )
    named = "\n".join(lines[1:])
    assert f"{address}/moved moved; leads to {address}/new-place; kept on 2026-01-05" in named
    assert "does not say any more: In 2024 the helpline" in named and "/private" not in named
    asked = site.asked["/same"]
    archive.compare(data, kept, QUICK)
    assert site.asked["/same"] == asked, "what was compared within a week is asked for again"


@pytest.mark.parametrize(
    "body, stated",
    [
        ("<p>In 2024 the <b>help\u00adline</b> answered\n 4,120&nbsp;calls &ndash; "
         "&#8220;mostly&#8221; from Zed-City.".encode(), "text/html; charset=utf-8"),
        (f"<html><meta charset='windows-1251'><p>Привіт. {PASSAGE}".encode("cp1251"), "text/html"),
        (PASSAGE.upper().encode("utf-16"), "text/plain; charset=utf-16"),
        (f"<p>{PASSAGE}".encode(), "text/html; charset=no-such"),
    ],
)  # fmt: skip
def test_a_passage_is_found_whatever_the_page_is_written_in(body, stated):
    assert pages.says(pages.text_of(body, stated), PASSAGE)


def test_what_a_reader_does_not_see_is_not_what_a_page_says():
    body = f"<p>Text</p><script>{PASSAGE}</script><!-- {PASSAGE} --><style>x</style>".encode()
    assert pages.text_of(body, "text/html").strip() == "Text"
    assert pages.text_of(b"%PDF-1.7", "application/pdf") is None
    assert pages.text_of(b"", "text/html") == ""


def prose(chance, sentences):
    return [
        " ".join(chance.choices(WORDS, k=12)).capitalize() + f", {chance.randint(2, 9999)}."
        for _ in range(sentences)
    ]


def altered(chance, how, paragraphs, quoted):
    """Give (page today, pages beside it, what is to be said) of a page that was altered."""
    if how == "gone":
        return (chance.choice([404, 410]), HTML, b"gone"), {}, "gone"
    if how == "moved":
        place = f"/moved-{chance.random()}"
        return to(place, chance.choice([301, 308])), {place: page(*paragraphs)}, "moved"
    other = [*paragraphs]
    sentence = other[quoted]
    digits = sentence.rsplit(", ", 1)[1]
    rewritten = [sentence.replace(digits, f"1{digits}"), "Removed.", sentence[: len(sentence) // 2]]
    other[quoted] = chance.choice(rewritten)
    return page(*other), {}, "quote gone"


def unaltered(chance, paragraphs):
    """Give a page as it is today where only what stands around the text is another."""
    more = [f"Visitors: {chance.randint(1, 9999)}", f"Today is {chance.randint(1, 28)} March."]
    status, headers, body = page(*more, *paragraphs, *prose(chance, 1), noise=chance.random())
    return status, headers, body.replace(b" ", b" \n ", chance.randint(0, 40))


@pytest.mark.parametrize("number", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_altered_pages_are_told_from_those_that_only_look_new(site, address, tmp_path, number):
    """A fifth is altered: gone, moved, or without the passage; all others have other trimmings."""
    chance, truth, places, texts = random.Random(15), {}, {}, {}
    for n in range(number):
        texts[n] = prose(chance, 6)
        site.pages[f"/p{n}"], places[f"/p{n}"] = page(*texts[n]), texts[n][n % 6]
    data, kept = folder(tmp_path, address, places), tmp_path / "kept"
    archive.keep("ZED", data, kept, QUICK)
    for n in range(number):
        if n % 5:
            site.pages[f"/p{n}"], truth[f"p{n}"] = unaltered(chance, texts[n]), "same"
        else:
            how = ("gone", "moved", "quote gone", "quote gone")[n // 5 % 4]
            today, beside, word = altered(chance, how, texts[n], n % 6)
            site.pages |= {f"/p{n}": today} | beside
            truth[f"p{n}"] = word
    said, _ = states(data, kept)
    assert Counter(truth.values())["same"] == number * 4 // 5
    for word in set(truth.values()):
        right = sum(said[p] == truth[p] == word for p in truth)
        precision = right / sum(s == word for s in said.values())
        recall = right / sum(t == word for t in truth.values())
        assert precision >= 0.95 and recall >= 0.95, (word, precision, recall)


@pytest.mark.slow
def test_the_commands_keep_and_compare(site, address, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(links, "SITES", QUICK)
    monkeypatch.setenv("COP_ARCHIVE", address)
    site.pages["/one"] = page(PASSAGE)
    data, kept = folder(tmp_path, address, {"/one": PASSAGE}), tmp_path / "kept"
    (data / "reference").mkdir()
    names = cop.data.columns("links", DATA)
    (data / "reference" / "links.csv").write_text(cop.data.csv_text([names]))
    status, out, _ = call(capsys, "archive", "ZED", "--data", data, "--kept", kept)
    assert status == 0 and "1 of 1 page kept" in out
    site.pages["/one"] = page("Nothing.")
    aged(kept)
    _, out, _ = call(capsys, "check", "--links", "--data", data, "--kept", kept)
    assert "quote gone 1" in out and f"ZED-S01: {address}/one quote gone" in out


def test_a_country_without_a_register_is_refused(tmp_path, address):
    data = folder(tmp_path, address, {"/one": ""})
    with pytest.raises(Refused, match="no register of sources of NOR"):
        archive.keep("NOR", data, tmp_path / "kept", QUICK)


def test_the_page_on_evidence_says_each_word_and_each_option(capsys):
    text = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z, ]+) \|", text.split("| word |")[1], re.MULTILINE)
    assert {one for word in words for one in word.split(", ")} == set(archive.STATES)
    with pytest.raises(SystemExit):
        call(capsys, "archive", "--help")
    told = capsys.readouterr().out
    assert all(option in told and option in text for option in ("--kept", "--again"))


def test_kept_pages_lie_where_git_and_make_clean_do_not_look():
    told = subprocess.run(["git", "check-ignore", "-q", "outputs/.archive/UKR/x"], cwd=ROOT)
    assert told.returncode == 0
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "rm -rf outputs/*/ " in makefile, "`make clean` may take kept pages along now"
