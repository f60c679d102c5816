"""Responses fetched from servers on this machine that speak as the tools': they are imported as the
tool's own export is, and a server that fails changes nothing.
"""

import base64
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import maker
import place
import pytest
from cases import by_rule
from conftest import call

from cop.data import UserError
from cop.fieldwork import fetch

pytestmark = pytest.mark.xdist_group("returns")
TOKEN, USER, PASSWORD = "secret-token", "desk", "pass:word"
TOOLS = {  # tool: (--form, the token of its variable)
    "kobo": ("aXyz", TOKEN),
    "odk": ("3/visit", f"{USER}@example.org:{PASSWORD}"),
    "limesurvey": ("123456", f"{USER}:{PASSWORD}"),
}
EXPORT = {"type": "xls", "lang": "_xml", "group_sep": "/", "multiple_select": "summary",
          "hierarchy_in_labels": True, "fields_from_all_versions": True}  # fmt: skip
BASIC = base64.b64encode(TOOLS["odk"][1].encode()).decode()


class Server:
    """What the server of a tool knows, and how it was called; `broken` are its next answers."""

    def __init__(self, form):
        self.form, self.people, self.broken, self.calls, self.checks = form, [], [], [], 0

    def answer(self, path, query, headers, sent):
        """Return (status, content) as each tool documents it."""
        if path == "/index.php/admin/remotecontrol":
            result = self.limesurvey(sent["method"], sent["params"])
            return 200, as_json({"id": 1, "result": result, "error": None})
        if headers.get("Authorization") not in (f"Basic {BASIC}", f"Token {TOKEN}"):
            return 401, b"{}"
        if path.startswith("/api/v2/assets/aXyz/exports/"):  # ready when asked the third time
            assert not sent or sent == EXPORT
            self.checks += 1
            export = {"uid": "e1", "status": "processing", "result": None}
            if self.checks > 2:
                result = "https://elsewhere.example/files/export.xlsx"
                export |= {"status": "complete", "result": result}
            return 201 if sent else 200, as_json(export)
        if path == "/files/export.xlsx":
            return 200, maker.workbook(maker.kobo(self.form, self.people))
        if path != "/v1/projects/3/forms/visit/submissions.csv.zip":
            return 404, b"{}"
        assert query["splitSelectMultiples"] == ["false"] and query["groupPaths"] == ["true"]
        return 200, maker.packed(maker.odk(self.form, self.people))

    def limesurvey(self, method, params):
        if method == "get_session_key":
            known = params == [USER, PASSWORD]
            return TOKEN if known else {"status": "Invalid user name or password"}
        if method == "release_session_key":
            return "OK"
        if params[1] != 123456:
            return {"status": "Error: Invalid survey ID"}
        assert params[2:] == ["csv", None, "all", "code", "short"]
        return base64.b64encode(maker.limesurvey(self.form, self.people)).decode()


def as_json(answer):
    return json.dumps(answer).encode()


@pytest.fixture
def server(data):
    """Run a server; `server.address` is where."""
    known = Server(place.form(data))
    known.people = maker.people(known.form, 8)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts, sent = urlsplit(self.path), json.loads(body or b"{}")
            known.calls.append((parts.path, dict(self.headers)))
            status, content = known.answer(parts.path, parse_qs(parts.query), self.headers, sent)
            if known.broken:
                status, content = known.broken.pop(0) or (status, content)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) if status != 206 else 10**6))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    known.address = f"http://127.0.0.1:{running.server_port}"
    yield known
    running.shutdown()
    running.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    patient = replace(fetch.SERVERS, pause=0.0, backoff=0.01, timeout=(2, 2))
    monkeypatch.setattr(fetch, "SERVERS", patient)
    for name, (_, token) in TOOLS.items():
        monkeypatch.setenv(fetch.TOOLS[name][0], token)


@pytest.fixture
def data(tmp_path):
    return place.create(tmp_path)


def fetched(capsys, name, server, data, form=""):
    """Fetch by the command; return (exit status, what was printed on either channel)."""
    options = ["--from", name, "--server", server.address, "--form", form or TOOLS[name][0]]
    status, out, err = call(capsys, "intake", *options, "--data", data)
    assert TOKEN not in out + err and PASSWORD not in out + err and "Traceback" not in out + err
    return status, out + err


@pytest.mark.parametrize("name", TOOLS)
def test_what_is_fetched_is_imported_once_and_without_loss(name, server, data, capsys):
    status, text = fetched(capsys, name, server, data)
    assert status == 0 and "8 responses: 8 accepted" in text, text
    place.assert_complete(data, server.form, server.people)
    server.people = maker.people(server.form, 10)
    status, text = fetched(capsys, name, server, data)
    assert status == 0 and "10 responses: 2 accepted, 8 already present and unchanged" in text
    place.assert_complete(data, server.form, server.people)


@pytest.mark.parametrize("name", TOOLS)
def test_a_busy_server_is_asked_again(name, server, data, capsys):
    server.broken = [(429, b"{}"), (502, b"{}"), (503, b"{}"), None, (503, b"{}")]
    assert fetched(capsys, name, server, data)[0] == 0 and len(place.counted(data)) == 8
    assert not server.broken or name == "odk"  # which answers a single request


@pytest.mark.parametrize("name", TOOLS)
@by_rule(
    "broken, reason",
    ("a gateway that fails", (502, b""), "502"),
    ("no access", (403, b"{}"), "status 403"),
    ("a list instead of an object", (200, b"[]"), " no"),
    ("nothing", (200, b"null"), " no"),
    ("a result of another type", (200, b'{"status": "complete", "result": 3}'), ""),
    ("a page", (200, b"<html>Down"), ""),
    ("a zip that is cut off", (200, b"PK\x03\x04"), ""),
    ("a connection that ends", (206, b'{"half": '), "connection failed"),
)
def test_a_server_that_fails_changes_nothing(name, broken, reason, server, data, capsys):
    server.broken = [broken] * 20
    status, text = fetched(capsys, name, server, data)
    assert status == 2 and reason in text and "othing was" in text, text
    assert not place.counted(data)


@pytest.mark.parametrize("name", TOOLS)
def test_a_token_that_is_missing_or_not_accepted_is_named(name, server, data, capsys, monkeypatch):
    variable = fetch.TOOLS[name][0]
    monkeypatch.setenv(variable, "wrong:token")
    status, text = fetched(capsys, name, server, data)
    reasons = {"limesurvey": "Invalid user name or password"}
    reason = reasons.get(name, f"{variable} and the user's access")
    assert status == 2 and reason in text and "wrong" not in text
    monkeypatch.delenv(variable)
    status, text = fetched(capsys, name, server, data)
    assert status == 2 and f"variable {variable} is not set: set it to" in text


UNKNOWN = "status 404; nothing was changed. Check --server, --form"


@by_rule(
    "name, form, reason",
    ("a form that KoboToolbox does not know", "kobo", "other", f"{UNKNOWN} (the form's uid)"),
    ("one that ODK does not", "odk", "3/other", UNKNOWN),
    ("one without its project", "odk", "visit",
     "--form must be project/form, such as 3/visit, not 'visit'"),
    ("one that LimeSurvey does not know", "limesurvey", "1", "Invalid survey ID"),
    ("a name instead of a number", "limesurvey", "visit",
     "--form must be a survey ID, such as 123456, not 'visit'"),
)  # fmt: skip
def test_a_form_that_is_not_there_is_named(name, form, reason, server, data, capsys):
    status, text = fetched(capsys, name, server, data, form)
    assert status == 2 and reason in text, text


def test_an_export_that_kobotoolbox_does_not_complete_is_not_fetched(server, data, capsys):
    server.broken = [(200, b'{"uid": "e", "status": "error", "result": null}')]
    status, text = fetched(capsys, "kobo", server, data)
    assert status == 2 and "did not complete the export (status: error); nothing" in text
    assert len(server.calls) == 1


@by_rule(
    "less, status",
    ("a response of the largest size is imported", 0, 0),
    ("a larger one is refused", 1, 2),
)
def test_how_large_a_response_may_be(less, status, server, data, capsys, monkeypatch):
    size = len(maker.packed(maker.odk(server.form, server.people)))
    monkeypatch.setattr(fetch.incoming, "MOST_BYTES", size - less)
    assert fetched(capsys, "odk", server, data)[0] == status


def test_what_limesurvey_reports_in_place_of_a_result_is_said(server, data, capsys):
    server.broken = [(200, b'{"result": null, "error": "Locked"}')]
    assert "LimeSurvey reports: Locked;" in fetched(capsys, "limesurvey", server, data)[1]


def test_a_token_goes_over_https_only_and_to_no_other_server(server, data, capsys):
    assert fetch.address_of("eu.kobotoolbox.org") == "https://eu.kobotoolbox.org"
    assert fetch.address_of("http://localhost:8383/") == "http://localhost:8383"
    for address in ("http://eu.kobotoolbox.org", "ftp://x", "http://127.0.0.1.example.org"):
        with pytest.raises(UserError, match="not an https URL"):
            fetch.address_of(address)
    fetched(capsys, "kobo", server, data)  # its export names another host
    assert server.calls[-1][0] == "/files/export.xlsx"


def test_a_token_is_not_replaced_by_netrc(server, data, capsys, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("COP_KOBO_TOKEN", f" {TOKEN}\n")  # blanks around it are no part of it
    assert fetched(capsys, "kobo", server, data)[0] == 0
    assert {headers["Authorization"] for _, headers in server.calls} == {f"Token {TOKEN}"}
