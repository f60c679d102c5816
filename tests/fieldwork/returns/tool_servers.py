"""Servers on this machine that speak as those of the tools, by their documented formats.

KoboToolbox API v2: `Authorization: Token …`, the form as an asset, submissions page by page with
`count`, `next`, `results`; what was not answered is not there. ODK Central: a session for e-mail and
password, `Authorization: Bearer …`, an export as a zip. LimeSurvey RemoteControl 2: JSON-RPC, CSV
in base64, refusals as {"status": why}. `broken` makes the next answers go wrong.
"""

import base64
import io
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import maker
import openpyxl

TOKEN = "secret-token"
USER, PASSWORD = "desk", "pass:word"
JSON = {"Content-Type": "application/json"}


class Tool:
    """What the server of a tool knows, and how it was asked."""

    def __init__(self, form, people, survey):
        self.form, self.people, self.survey = form, people, survey
        self.title = "Zedland form"
        self.most = 3  # submissions of a page, whatever is asked for
        self.broken = []  # functions (status, headers, body) -> the same, one for each answer
        self.asked = []  # (method, path with query, headers, body)
        self.grows = []  # people who answer between two pages


def kobo(tool, path, query, headers, body):
    """Answer as KoboToolbox does."""
    if headers.get("Authorization") != f"Token {TOKEN}":
        return 401, JSON, json.dumps({"detail": "Invalid token."}).encode()
    if path == "/api/v2/assets/aXyz.json":
        survey = [asset_row(row) for row in tool.survey]
        return as_json({"uid": "aXyz", "name": tool.title, "content": {"survey": survey}})
    if path != "/api/v2/assets/aXyz/data.json":
        return 404, JSON, b'{"detail": "Not found."}'
    start, limit = int(query["start"]), min(int(query["limit"]), tool.most)
    rows = submissions(tool)
    after = start + limit
    page = {"count": len(rows), "next": "elsewhere" if after < len(rows) else None}
    tool.people, tool.grows = tool.people + tool.grows, []
    return as_json(page | {"previous": None, "results": rows[start:after]})


def asset_row(row):
    """Return a row of a survey sheet as the content of an asset has it."""
    kind, _, listed = row["type"].partition(" ")
    if kind.startswith(("begin", "end")) and "name" not in row or listed in ("group", "repeat"):
        kind = row["type"].replace(" ", "_")
        return {"type": kind} | ({"name": row["name"]} if "name" in row else {})
    more = {"select_from_list_name": listed} if listed else {}
    return {"type": kind, "$autoname": row["name"], "name": row["name"]} | more


def submissions(tool):
    """Return the submissions: the main row and the entries of the export, without what is empty."""
    made = maker.Kobo(tool.form, many="joined")
    heading, *rows = made._main(tool.people)
    every = [filled(heading, row) for row in rows]
    for one in every:
        one["_id"] = int(one["_id"])
        verdict = one.pop("_validation_status", "")
        one["_validation_status"] = {"uid": verdict, "label": verdict} if verdict else {}
        one |= {"_notes": [], "_tags": [], "_attachments": [], "_geolocation": [None, None]}
        one["meta/instanceID"] = f"uuid:{one['_uuid']}"
        one.pop("_index")
    for block in [b for b in tool.form.blocks if b.repeat]:
        heading, *rows = made._entries(block, tool.people, tool.title)
        for row in rows:
            entry = filled(heading, row)
            of = every[entry["_parent_index"] - 1].setdefault(block.id, [])
            of.append({k: v for k, v in entry.items() if not k.startswith("_")})
    return every


def filled(heading, row):
    return {name: cell for name, cell in zip(heading, row, strict=True) if cell != ""}


def odk(tool, path, query, headers, body):
    """Answer as ODK Central does."""
    if path == "/v1/sessions":
        said = json.loads(body)
        if said == {"email": f"{USER}@example.org", "password": PASSWORD}:
            return as_json({"token": TOKEN, "expiresAt": "2026-12-01T00:00:00.000Z"})
        return 401, JSON, b'{"code": 401.2, "message": "Could not authenticate."}'
    if headers.get("Authorization") != f"Bearer {TOKEN}":
        return 401, JSON, b'{"code": 401.2, "message": "Could not authenticate."}'
    if path != "/v1/projects/3/forms/visit/submissions.csv.zip":
        return 404, JSON, b'{"code": 404.1, "message": "Could not find the resource."}'
    return 200, {"Content-Type": "application/zip"}, maker.packed(maker.odk(tool.form, tool.people))


def limesurvey(tool, path, query, headers, body):
    """Answer as LimeSurvey does: always with status 200."""
    said = json.loads(body)
    method, params = said["method"], said["params"]
    if method == "get_session_key":
        known = params == [USER, PASSWORD]
        result = TOKEN if known else {"status": "Invalid user name or password"}
    elif params[0] != TOKEN:
        result = {"status": "Invalid session key"}
    elif method == "release_session_key":
        result = "OK"
    elif params[1] != 123456:
        result = {"status": "Error: Invalid survey ID"}
    elif not tool.people:
        result = {"status": "No Data, could not get max id."}
    else:
        assert params[2:] == ["csv", None, "all", "code", "short"]
        result = base64.b64encode(maker.lime(tool.form, tool.people)).decode()
    return as_json({"id": said["id"], "result": result, "error": None})


def as_json(answer):
    return 200, JSON, json.dumps(answer).encode()


def survey_of(workbook):
    """Return the rows of the survey sheet of an XLSForm."""
    heading, *rows = openpyxl.load_workbook(io.BytesIO(workbook))["survey"].values
    return [{k: v for k, v in zip(heading, row, strict=True) if v} for row in rows]


@contextmanager
def running(tool, speaks):
    """Let a tool's server run; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            tool.asked.append((self.command, self.path, dict(self.headers), body))
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            answer = speaks(tool, parts.path, query, self.headers, body)
            if tool.broken:
                answer = tool.broken.pop(0)(*answer) or answer
            self._send(*answer)

        def do_POST(self):
            self.do_GET()

        def _send(self, status, headers, body):
            self.send_response(status)
            for name, text in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = "Content-Length" in headers  # half a page, and no more

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def status(code, **headers):
    """Let an answer be this status, with headers such as Retry_After."""
    more = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda *_: (code, JSON | more, b'{"detail": "no"}')


def cut(status, headers, body):
    """Send the half of what was promised."""
    return status, headers | {"Content-Length": str(len(body))}, body[: len(body) // 2]


def half(status, headers, body):
    """Send half of an answer as if it were whole."""
    return status, headers, body[: len(body) // 2]


def well(*answer):
    """Let an answer be as it is."""
    return answer
