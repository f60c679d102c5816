"""A report watched: what is saved is made again, and who may see it is this computer alone."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

import pytest
from conftest import ROOT, beside_its_base, laid_out

from cop.data import Refused
from cop.report import following
from cop.research import rows
from cop.run.watch import Server

PAGE = (
    '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\"></head><body><main><p>The report.</p></main></body></html>"
)


@pytest.fixture
def server(tmp_path):
    for name, text in (("site/a.html", PAGE), ("site/index.html", PAGE), ("secret.html", "x")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "site" / "folder").mkdir()
    made = Server(tmp_path / "site", "a.html")
    yield made
    made.stop()


def asked(server, path, host=None):
    """Return status and body of what the server answers."""
    at = urlsplit(server.address)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=10)
    connection.request("GET", path, headers={"Host": host or at.netloc})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_the_served_page_follows_and_the_file_does_not(server, tmp_path):
    status, body, headers = asked(server, "/a.html")
    assert status == 200 and "fetch(" in body
    nonce = re.search(r'<script nonce="([\w-]+)"', body)[1]
    assert f"default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self';" in body
    assert headers["Cache-Control"] == "no-store"
    assert "script" not in (tmp_path / "site" / "a.html").read_text()


def test_another_host_name_and_what_is_no_page_of_the_site_are_refused(server):
    port = urlsplit(server.address).port
    assert asked(server, "/a.html", f"localhost:{port}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1"):
        assert asked(server, "/a.html", host)[0] == asked(server, "/state", host)[0] == 403
    for path in ("/../secret.html", "/%2e%2e/secret.html", "/none.html", "/etc/passwd", "/folder/"):
        assert asked(server, path)[0] == 404


def test_only_this_computer_can_ask(server):
    assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_refused_in_a_sentence(server, tmp_path):
    with pytest.raises(Refused, match="cannot be used"):
        Server(tmp_path, "a.html", server.server_port)


def test_an_open_page_learns_when_it_was_made_again_and_what_was_refused(server):
    server.message, server.version = "row 4: no such source", 1
    status, body, _ = asked(server, "/state")
    assert status == 200
    assert json.loads(body) == {"version": 1, "message": "row 4: no such source"}


def test_a_page_without_a_policy_still_gets_its_script():
    assert b"fetch(" in following.followed(b"<body></body>", 3)
    assert b'data-made="3"' in following.followed(b"<body></body>", 3)


# The command


class Watching:
    """`cop watch` at work, and what it says."""

    def __init__(self, zed, tmp_path, code=ROOT):
        command = [sys.executable, "-m", "cop", "watch", "ZZZ"]
        folders = ["--data", str(zed), "--outputs", str(tmp_path / "out")]
        self.process = subprocess.Popen(
            [*command, *folders],
            env=os.environ | {"PYTHONPATH": str(code / "src")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not (line := self.line()).startswith("http"):
            assert line and "made again" in line
        self.address = line.split()[0]

    def line(self):
        return self.process.stdout.readline()

    def text(self):
        with urllib.request.urlopen(self.address, timeout=10) as page:
            return page.read().decode()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30), self.process.stderr.read()


@pytest.mark.slow
@pytest.mark.xdist_group("zedland")
def test_a_row_that_is_saved_is_in_the_page_and_control_c_ends_it(zedland, tmp_path):
    """What is up to date is not made again before it is watched."""
    zed = beside_its_base(tmp_path)
    laid_out(zedland, tmp_path / "out")
    watching = Watching(zed, tmp_path)
    try:
        assert "Watched at work" not in watching.text()
        row = {"statement": "Watched at work in 2023."}
        rows.edit("evidence", "ZZZ", ["ZZZ-E05"], row, zed)
        assert watching.line().startswith("evidence.csv: made again after")
        assert "Watched at work in 2023." in watching.text()
        table = zed / "research/ZZZ/evidence.csv"
        text = table.read_text(encoding="utf-8")
        table.write_text(text.replace(",moderate,", ",hihg,", 1), encoding="utf-8")
        assert "hihg" in watching.line() and "Watched at work in 2023." in watching.text()
    finally:
        status, error = watching.end()
    assert (status, error.splitlines()[-1]) == (130, "cop: stopped; completed results are kept")
    with socket.socket() as gone:
        at = urlsplit(watching.address)
        assert gone.connect_ex((at.hostname, at.port))


@pytest.mark.slow
@pytest.mark.long
def test_code_that_is_saved_asks_for_a_new_call(zedland, tmp_path):
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    laid_out(zedland, tmp_path / "out")
    watching = Watching(beside_its_base(tmp_path), tmp_path, code=tmp_path)
    try:
        (tmp_path / "src/cop/cli/main.py").write_text("if:", encoding="utf-8")
        assert "The code changed" in watching.line()
    finally:
        watching.end()


@pytest.mark.browser
def test_the_open_page_reloads_itself_where_it_was_and_says_what_is_refused(
    server, browser, tmp_path
):
    long = "".join(f'<h2 id="c{n}">{n}</h2><p style="height:700px">…</p>' for n in range(9))
    folded = "<details><summary>More</summary><p>folded</p></details>"
    file = tmp_path / "site" / "a.html"
    file.write_text(PAGE.replace("<p>The report.</p>", folded + long))
    page = browser.new_page(viewport={"width": 900, "height": 600})
    stumbled = []
    page.on("console", lambda m: stumbled.append(m.text) if m.type == "error" else None)
    page.goto(server.address)
    page.evaluate("document.querySelector('details').open = true")
    page.evaluate("scrollTo(0, document.querySelector('#c5').offsetTop + 130)")
    server.message = "row 4: no such source"
    page.wait_for_selector("[role=alert]:text('no such source')")
    file.write_text(file.read_text().replace('<h2 id="c2">2</h2>', '<h2 id="c2">new</h2><p>+</p>'))
    with page.expect_navigation():
        server.version, server.message = 1, ""
    page.wait_for_function("document.querySelector('#c2').textContent === 'new'")
    assert page.evaluate("document.querySelector('details').open")
    top = page.evaluate("document.querySelector('#c5').getBoundingClientRect().top")
    assert abs(top + 130) < 3
    assert page.locator("[role=alert]").count() == 0
    assert not [told for told in stumbled if "favicon" not in told and "404" not in told]
    page.close()
