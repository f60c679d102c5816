"""A report watched: what is saved is made again, and who may see it is this computer alone."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from conftest import DATA, ROOT, ZEDLAND, beside_its_base, laid_out

from cop.report import following, words
from cop.research import rows as research_rows
from cop.run.dependencies import Code
from cop.run.watch.saves import Saves
from cop.run.watch.server import Server

PAGE = (
    '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\"></head><body><main><p>The report.</p></main></body></html>"
)


@pytest.fixture
def server(tmp_path):
    for name, text in (("pages/a.html", PAGE), ("site/index.html", PAGE), ("secret.html", "x")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    made = Server([tmp_path / "pages", tmp_path / "site"], "a.html")
    yield made
    made.stop()


def asked(server, path, host=None):
    """Give status and body of what the server answers."""
    at = urlsplit(server.address)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=10)
    connection.request("GET", path, headers={"Host": host or at.netloc})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_the_served_page_follows_and_the_file_does_not(server):
    status, body, headers = asked(server, urlsplit(server.address).path)
    assert status == 200 and "EventSource" in body
    nonce = re.search(r'<script nonce="([\w-]+)"', body)[1]
    assert f"default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self';" in body
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "script" not in (server.folders[0] / "a.html").read_text()


def test_nobody_sees_anything_without_the_token_or_by_another_name(server):
    token = f"/{server.token}"
    assert asked(server, f"{token}/index.html")[0] == 200
    assert asked(server, "/a.html")[0] == asked(server, "/wrong/a.html")[0] == 404
    assert asked(server, "/wrong/saves")[0] == 404
    assert asked(server, f"{token}/a.html", "evil.example")[0] == 404
    for path in ("../secret.html", "%2e%2e/secret.html", "none.html", "/etc/passwd"):
        assert asked(server, f"{token}/{path}")[0] == 404


def test_only_this_computer_can_ask(server):
    assert server._http.server_address[0] == "127.0.0.1"


def test_an_open_page_is_told_when_it_was_made_again_and_what_was_refused(server):
    told = events(server, 3)
    server.say("row 4: no such source")
    time.sleep(0.2)
    server.reload()
    assert told() == [("said", "row 4: no such source"), ("made", None)]


def test_a_page_that_was_made_again_before_it_listens_is_told_at_once(server):
    server.reload()
    assert events(server, 2)() == [("made", None)]


def events(server, most):
    """Listen as a page does that was never made again; give what it heard, when asked."""
    heard, address = [], server.address.rpartition("/")[0]

    def _listen():
        with urllib.request.urlopen(f"{address}/saves?since=0", timeout=10) as stream:
            while not heard or heard[-1][0] != "made":
                kind, data = (next(stream).decode().strip().partition(": ")[2] for _ in "ed")
                next(stream)
                heard.append((kind, json.loads(data) if data else None))

    thread = threading.Thread(target=_listen, daemon=True)
    thread.start()
    time.sleep(0.2)
    return lambda: (thread.join(10), heard)[1][:most]


def test_a_save_is_seen_once_whatever_way_it_is_saved(tmp_path):
    table = tmp_path / "data/research/ZZZ/evidence.csv"
    table.parent.mkdir(parents=True)
    table.write_text("a")
    seen = Saves([tmp_path / "data"], "ZZZ", tmp_path / "notebooks", tmp_path / "src")
    assert seen.changed() == []
    table.write_text("ab")
    assert seen.changed() == [table] and seen.changed() == []
    aside = table.with_name("new")
    aside.write_text("abc")
    aside.replace(table)
    assert seen.changed() == [table]
    for draft in (".evidence.csv.swp", "evidence.csv~", ".ipynb_checkpoints/x"):
        (table.parent / draft).parent.mkdir(exist_ok=True)
        (table.parent / draft).write_text("x")
    assert seen.changed() == []
    table.unlink()
    assert seen.changed() == [table]


def test_a_file_that_is_being_written_is_one_save(tmp_path, monkeypatch):
    table = tmp_path / "data/research/ZZZ/evidence.csv"
    table.parent.mkdir(parents=True)
    table.write_text("whole")
    seen = Saves([tmp_path / "data"], "ZZZ", tmp_path / "notebooks", tmp_path / "src")
    table.write_text("")  # as a program does that goes on to write
    rest = iter([lambda: None, lambda: table.write_text("whole, and more"), *[lambda: None] * 9])
    monkeypatch.setattr("cop.run.watch.saves.time.sleep", lambda seconds: next(rest)())
    assert seen.wait() == [table] and table.read_text() == "whole, and more"
    assert seen.wait() == []


def test_a_folder_whose_time_is_the_same_is_not_read_again(tmp_path, monkeypatch):
    from cop.run.watch import saves

    folder = tmp_path / "data/research/ZZZ/narrative"
    folder.mkdir(parents=True)
    (folder / "analysis.md").write_text("a")
    for one in (folder, folder.parent):
        os.utime(one, (1e9, 1e9))
    seen, read = Saves([tmp_path / "data"], "ZZZ", tmp_path / "n", tmp_path / "s"), []
    inside = saves._inside
    monkeypatch.setattr(saves, "_inside", lambda one: read.append(one) or inside(one))
    (folder / "analysis.md").write_text("ab")
    assert seen.changed() == [folder / "analysis.md"] and read == []
    (folder / "observations.md").write_text("a")
    assert seen.changed() == [folder / "observations.md"] and read == [str(folder)]
    (folder / "third.md").write_text("a")  # at the same time as the last, for all that it says
    os.utime(folder, (2e9, 2e9))
    assert seen.changed() == [folder / "third.md"]


def test_words_that_were_saved_are_read_again(tmp_path, monkeypatch):
    for name, text in (("in", "old"), ("on", "")):
        (tmp_path / f"{name}.j2").write_text(f"{{% macro m() %}}{text}{{% endmacro %}}")
    (tmp_path / "on.j2").write_text(
        '{% import "in.j2" as i %}{% macro m() %}{{ i.m() }}{% endmacro %}'
    )
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words._module.cache_clear(), words._environment.cache_clear()
    try:
        assert words.show("on", "m") == "old"
        (tmp_path / "in.j2").write_text("{% macro m() %}newer{% endmacro %}")
        os.utime(tmp_path / "in.j2", (2e9, 2e9))
        assert words.show("on", "m") == "old"
        words.look_again()
        assert words.show("on", "m") == "newer"
    finally:
        words._module.cache_clear(), words._environment.cache_clear()


def test_code_that_was_parsed_is_parsed_again_only_where_a_module_changed(tmp_path):
    (tmp_path / "cop/report/words").mkdir(parents=True)
    (tmp_path / "helpers.py").write_text('def f():\n    return "a"\n')
    (tmp_path / "cop/report/words/a.j2").write_text("one")
    cells = ["import helpers\nhelpers.f()"]

    def after(name, text):
        before = Code(tmp_path)
        first = before.state(cells)
        (tmp_path / name).write_text(text)
        now = Code(tmp_path)
        now.take_over(before)
        assert now.state(cells) == Code(tmp_path).state(cells)
        return now.state(cells) != first, now._modules is before._modules

    assert after("cop/report/words/a.j2", "two") == (True, True)
    assert after("helpers.py", 'def f():\n    return "b"\n') == (True, False)


def test_a_page_without_a_policy_still_gets_its_script():
    assert b"EventSource" in following.followed(b"<body></body>", 3)
    assert b'data-made="3"' in following.followed(b"<body></body>", 3)


# The command


@pytest.fixture
def zed(tmp_path):
    """A copy of Zedland that stands on the real shared tables."""
    copy = tmp_path / "zedland"
    shutil.copytree(ZEDLAND, copy)
    (copy / "datapackage.json").write_text(
        json.dumps({"name": "zedland", "cop:synthetic": True, "cop:base": str(DATA)})
    )
    return copy


class Watching:
    """`cop watch` at work, and what it says."""

    def __init__(self, zed, tmp_path, code=ROOT, first="made again"):
        command = [sys.executable, "-m", "cop", "watch", "ZZZ"]
        folders = ["--data", str(zed), "--outputs", str(tmp_path / "out")]
        self.process = subprocess.Popen(
            [*command, *folders],
            env=os.environ | {"PYTHONPATH": str(code / "src")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = self.line()
        assert first in said, said
        self.address = self.line().split()[0]

    def line(self):
        return self.process.stdout.readline()

    def text(self):
        with urllib.request.urlopen(self.address, timeout=10) as page:
            return page.read().decode()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30), self.process.stderr.read()


def pages(folder):
    """Give the pages of a folder as text."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


@pytest.mark.slow
def test_a_row_that_is_saved_stands_in_the_page_and_control_c_ends_it(zedland, tmp_path):
    """What holds of Zedland is not made again before it is watched."""
    zed = beside_its_base(tmp_path)
    laid_out(zedland, tmp_path / "out")
    watching = Watching(zed, tmp_path, first="nothing to make again")
    try:
        assert "Watched at work" not in watching.text()
        row = {"statement": "Watched at work in 2023."}
        research_rows.edit("evidence", "ZZZ", ["ZZZ-E05"], row, zed)
        assert watching.line().startswith("evidence.csv: made again after")
        assert "Watched at work in 2023." in watching.text()
        shown = pages(tmp_path / "out/.watched-ZZZ/pages")
        assert watching.line().startswith("put in place after")
        assert shown == pages(tmp_path / "out/ZZZ/pages") and len(shown) == 6
        table = zed / "research/ZZZ/evidence.csv"
        told = table.read_text(encoding="utf-8")
        table.write_text(told.replace(",moderate,", ",hihg,", 1), encoding="utf-8")
        said = watching.line()
        assert "hihg" in said and "Watched at work in 2023." in watching.text()
    finally:
        status, error = watching.end()
    assert (status, error.splitlines()[-1]) == (130, "cop: stopped; what was complete is kept")
    with socket.socket() as gone:
        at = urlsplit(watching.address)
        assert gone.connect_ex((at.hostname, at.port))


@pytest.mark.browser
def test_the_open_page_reloads_itself_where_it_was_and_says_what_is_refused(server, browser):
    long = "".join(f'<h2 id="c{n}">{n}</h2><p style="height:700px">…</p>' for n in range(9))
    folded = "<details><summary>More</summary><p>folded</p></details>"
    file = server.folders[0] / "a.html"
    file.write_text(PAGE.replace("<p>The report.</p>", folded + long))
    page = browser.new_page(viewport={"width": 900, "height": 600})
    stumbled = []
    page.on("console", lambda m: stumbled.append(m.text) if m.type == "error" else None)
    page.goto(server.address)
    page.evaluate("document.querySelector('details').open = true")
    page.evaluate("scrollTo(0, document.querySelector('#c5').offsetTop + 130)")
    server.say("row 4: no such source")
    page.wait_for_selector("[role=alert]:text('no such source')")
    file.write_text(file.read_text().replace('<h2 id="c2">2</h2>', '<h2 id="c2">new</h2><p>+</p>'))
    with page.expect_navigation():
        server.reload()
    page.wait_for_function("document.querySelector('#c2').textContent === 'new'")
    assert page.evaluate("document.querySelector('details').open")
    top = page.evaluate("document.querySelector('#c5').getBoundingClientRect().top")
    assert abs(top + 130) < 3
    assert page.locator("[role=alert]").count() == 0
    assert not [told for told in stumbled if "favicon" not in told and "404" not in told]
    page.close()


@pytest.mark.slow
@pytest.mark.simulation
def test_twenty_saves_are_made_again_quickly(zed, tmp_path):
    """One second is asked for on an idle machine; what was measured is printed."""
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / "code" / name)
    code = tmp_path / "code"
    watching, times = Watching(zed, tmp_path, code), {}
    saved = {
        "row": (zed / "research/ZZZ/evidence.csv", lambda t, n: t.replace("A ", f"A{n} ", 1)),
        "sentence": (
            code / "src/cop/report/words/1-desktop-research.j2",
            lambda t, n: t.replace("one ", f"one {n} ", 1),
        ),
        "style": (code / "src/cop/report/report.css", lambda t, n: f"{t}\n/* {n} */\n"),
    }
    before = {kind: path.read_text(encoding="utf-8") for kind, (path, _) in saved.items()}
    try:
        for number in range(20):
            kind = list(saved)[number % 3]
            path, change = saved[kind]
            began = time.perf_counter()
            path.write_text(change(before[kind], number), encoding="utf-8")
            while "made again" not in watching.line():  # put in place meanwhile
                pass
            times.setdefault(kind, []).append(time.perf_counter() - began)
    finally:
        watching.end()
    every = [one for some in times.values() for one in some]
    print({kind: round(statistics.median(some), 2) for kind, some in times.items()})
    print(f"median of {len(every)} saves: {statistics.median(every):.2f} s")
    assert statistics.median(every) < 30  # on a machine that does much else
