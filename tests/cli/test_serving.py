"""The server of `cop watch` answers this computer alone, and only with pages of its folder."""

import http.client
import re

import pytest

from cop.cli.serving import Server

PAGE = (
    '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\"></head><body><main><p>The report.</p></main></body></html>"
)


@pytest.fixture
def server(tmp_path):
    for name in ("site/a.html", "site/folder/b.html", "secret.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(PAGE)
    server = Server(tmp_path / "site")
    yield server
    server.shutdown()
    server.server_close()


def ask(server, path, host=None):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    connection.request("GET", path, headers={"Host": host or server.host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_the_served_page_reloads_and_the_file_does_not(server, tmp_path):
    status, body, headers = ask(server, "/a.html")
    nonce = re.search(r'<script nonce="([\w-]+)"', body)[1]
    assert status == 200 and headers["Cache-Control"] == "no-store"
    assert f"default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self';" in body
    assert "script" not in (tmp_path / "site" / "a.html").read_text()
    assert '!== "0"' in body and ask(server, "/version")[1] == "0"  # an open page asks for it
    server.version += 1
    assert ask(server, "/version")[1] == "1"


def test_another_host_name_and_what_is_no_page_of_the_site_are_refused(server):
    assert server.server_address[0] == "127.0.0.1"
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1"):
        assert ask(server, "/a.html", host)[0] == ask(server, "/version", host)[0] == 403
    for path in ("/../secret.html", "/%2e%2e/secret.html", "/none.html", "/etc/passwd", "/folder/"):
        assert ask(server, path)[0] == 404
