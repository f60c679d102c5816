"""The pages of a country served to this computer alone, with what reloads them.

Only whoever has the address, which holds a token, sees anything. The files stay as they are: the
script is put into what is served, and the page's own policy lets no other run.
"""

import contextlib
import json
import mimetypes
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from cop.report.following import followed

HERE = "127.0.0.1"
STILL = 15  # seconds after which a page that waits is told that the server is still there


class Server:
    """A server on a port of its own, and what it tells the pages that are open."""

    def __init__(self, folders: list[Path], first: str, port: int = 0) -> None:
        """Take the folders that hold the pages, each before the next, and which page is first."""
        self.folders, self.first, self.token = folders, first, secrets.token_urlsafe(16)
        self.made, self.said, self._moved = 0, "", threading.Condition()
        handler = type("Handler", (_Handler,), {"ours": self})
        self._http = ThreadingHTTPServer((HERE, port), handler)
        self._http.daemon_threads, self._http.block_on_close = True, False
        self.hosts = {f"{name}:{self._http.server_port}" for name in (HERE, "localhost")}
        threading.Thread(target=self._http.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def address(self) -> str:
        """Give the address of the first page."""
        return f"http://{HERE}:{self._http.server_port}/{self.token}/{self.first}"

    def reload(self) -> None:
        """Let every open page reload itself."""
        self._tell(self.made + 1, "")

    def say(self, text: str) -> None:
        """Let every open page say why it is not made again."""
        self._tell(self.made, text)

    def wait(self, since: tuple[int, str]) -> tuple[int, str]:
        """Wait for news, for a while; give how often pages were made, and what is to be said."""
        with self._moved:
            self._moved.wait_for(lambda: (self.made, self.said) != since, STILL)
            return self.made, self.said

    def stop(self) -> None:
        """Serve nothing any more."""
        self._http.shutdown()
        self._http.server_close()

    def find(self, name: str) -> Path | None:
        """Give the file of a name; None where there is none below the folders."""
        for folder in self.folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        return None

    def _tell(self, made, said):
        with self._moved:
            self.made, self.said = made, said
            self._moved.notify_all()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; `ours` is the server that it belongs to."""

    ours: Server

    def do_GET(self) -> None:
        """Give a page, or what there is to tell; nothing without the token, or to another name."""
        parts = urlsplit(self.path)
        token, _, name = parts.path.removeprefix("/").partition("/")
        known = secrets.compare_digest(token.encode(), self.ours.token.encode())
        if not known or self.headers.get("Host") not in self.ours.hosts:
            return self.send_error(404)
        with contextlib.suppress(ConnectionError):
            if name == "saves":
                return self._follow(parse_qs(parts.query).get("since", ["0"])[0])
            return self._give(unquote(name) or self.ours.first)
        return None

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal says what was made."""

    def _give(self, name):
        made = self.ours.made  # before the page is read: rather told once too often
        if not (path := self.ours.find(name)):
            return self.send_error(404)
        body, kind = path.read_bytes(), mimetypes.guess_type(path.name)[0]
        if kind == "text/html":
            body, kind = followed(body, made), "text/html; charset=utf-8"
        self._head(kind or "application/octet-stream", len(body))
        self.wfile.write(body)
        return None

    def _follow(self, since):
        """Tell an open page, which was made so many times, what comes."""
        self._head("text/event-stream")
        seen = (int(since) if since.isdecimal() else 0, "")
        while True:
            now = self.ours.wait(seen)
            self.wfile.write(_event(seen, now))
            self.wfile.flush()
            seen = now

    def _head(self, kind, length=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in (
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),  # the address holds the token
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()


def _event(seen, now):
    if now == seen:
        return b": still here\n\n"
    if now[0] != seen[0]:
        return b"event: made\ndata: \n\n"
    return f"event: said\ndata: {json.dumps(now[1])}\n\n".encode()
