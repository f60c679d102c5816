"""Keep a country's report open: run again what is saved, and reload the page in the browser.

Only this computer is served, and only who knows the address, which holds a token: another host name
is refused, so that no web page reaches the server by a name of its own.
"""

import contextlib
import json
import mimetypes
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from watchfiles import DefaultFilter
from watchfiles import watch as watch_files

from cop.data import Refused, count, standing_on
from cop.report.following import followed
from cop.run import plan, scheduler

LOOPBACK = "127.0.0.1"
KEEP_ALIVE = 15  # seconds between two signs that the server is still there
TOKEN = "COP_WATCH_TOKEN"  # keeps the address the same when the program starts itself again
VISIBLE = DefaultFilter(
    ignore_dirs=[*DefaultFilter.ignore_dirs, ".ipynb_checkpoints"],
    ignore_entity_patterns=[*DefaultFilter.ignore_entity_patterns, r"^\."],
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
}


def watch(choice: plan.Choice, port: int, show: Callable[[str], None]) -> None:
    """Make a country's pages, serve them, and make them again after each save, until stopped."""
    jobs = plan.jobs(choice)
    if len(jobs) != 1:
        raise Refused(f"one country is watched at a time; these are {count(len(jobs), 'country')}")
    page = list(jobs[0].pages().values())[-1]
    server = Server(jobs[0].site, page, port)
    update(choice, server, show, "")
    show(f"{server.address} follows what you save; Ctrl-C stops.")
    try:
        folders = [*standing_on(choice.data), plan.NOTEBOOKS, plan.SOURCE]
        for changes in watch_files(*folders, watch_filter=VISIBLE):
            saved = sorted(Path(path) for _, path in changes)
            if any(path.is_relative_to(plan.SOURCE) for path in saved):
                start_again(server, show)
            present = [path for path in saved if path.is_file()]  # without drafts since renamed
            update(choice, server, show, f"{[*present, *saved][0].name}: ")
    finally:
        server.stop()


def update(choice: plan.Choice, server: "Server", show: Callable, what: str) -> None:
    """Run what changed; show how it went on the terminal, and on the page why it failed."""
    started = time.perf_counter()
    try:
        run = scheduler.run_batch([choice], scheduler.Settings(os.cpu_count() or 1))
        outcomes = [outcome for outcomes in run.outcomes.values() for outcome in outcomes]
        if why := scheduler.failure(outcomes):
            raise Refused(why)
    except Refused as refused:
        server.show(str(refused))
        show(f"{what}{refused}")
        return
    if any(outcome.status == "ok" for outcome in outcomes):
        server.reload()
        show(f"{what}made again after {time.perf_counter() - started:.1f} s")


def start_again(server: "Server", show: Callable[[str], None]) -> None:
    """Start this program again with code that was saved, unless that cannot be imported."""
    command = [sys.executable, "-m", "cop"]
    if subprocess.run([*command, "--version"], capture_output=True).returncode:
        show("the code that was saved cannot be imported; the report stays as it is")
        return
    os.environ[TOKEN] = server.token
    server.stop()
    os.execv(sys.executable, [*command, *sys.argv[1:], "--port", str(server.port)])


class Server:
    """Serves the pages of a folder to this computer, and tells open pages what happened."""

    def __init__(self, folder: Path, first: str, port: int = 0) -> None:
        """Take the folder, the first page, and a port (0 for any that is free)."""
        self.folder, self.first = folder, first
        self.token = os.environ.get(TOKEN) or secrets.token_urlsafe(16)
        self.made, self.message, self._news = 0, "", threading.Condition()
        handler = type("BoundHandler", (Handler,), {"watching": self})
        try:
            self._http = ThreadingHTTPServer((LOOPBACK, port), handler)
        except OSError as error:
            raise Refused(f"port {port} cannot be used ({error.strerror}); name another") from None
        self.port, self._http.daemon_threads = self._http.server_port, True
        self._http.block_on_close = False
        self.hosts = {f"{name}:{self.port}" for name in (LOOPBACK, "localhost")}
        self.address = f"http://{LOOPBACK}:{self.port}/{self.token}/{first}"
        threading.Thread(target=self._http.serve_forever, args=(0.1,), daemon=True).start()

    def reload(self) -> None:
        """Let every open page reload itself."""
        self._tell(self.made + 1, "")

    def show(self, text: str) -> None:
        """Let every open page show why it was not made again."""
        self._tell(self.made, text)

    def _tell(self, made, message):
        with self._news:
            self.made, self.message = made, message
            self._news.notify_all()

    def wait(self, since: tuple[int, str]) -> tuple[int, str]:
        """Wait for news, for a while; return how often pages were made, and what to show."""
        with self._news:
            self._news.wait_for(lambda: (self.made, self.message) != since, KEEP_ALIVE)
            return self.made, self.message

    def find(self, name: str) -> Path | None:
        """Return the file of a name, or None where the folder has none."""
        path = (self.folder / name).resolve()
        inside = path.is_relative_to(self.folder.resolve())
        return path if inside and path.is_file() else None

    def stop(self) -> None:
        """Close the port."""
        self._http.shutdown()
        self._http.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request to `watching`, a Server."""

    watching: Server

    def do_GET(self) -> None:
        """Send a page or, under the name `saves`, what happens to it as events."""
        parts, server = urlsplit(self.path), self.watching
        token, _, name = parts.path.removeprefix("/").partition("/")
        if self.headers.get("Host") not in server.hosts:
            return self.send_error(403)
        if not secrets.compare_digest(token.encode(), server.token.encode()):
            return self.send_error(404)
        with contextlib.suppress(ConnectionError):  # the page was closed
            if name == "saves":
                return self._send_events(parse_qs(parts.query).get("since", ["0"])[0])
            return self._send_file(unquote(name) or server.first)

    def log_message(self, *_: object) -> None:
        """Log nothing: the terminal shows what was made."""

    def _send_file(self, name):
        made = self.watching.made  # before the page is read: better one reload too many
        if not (path := self.watching.find(name)):
            return self.send_error(404)
        body, kind = path.read_bytes(), mimetypes.guess_type(path.name)[0]
        if kind == "text/html":
            body, kind = followed(body, made), "text/html; charset=utf-8"
        self._send_headers(kind or "application/octet-stream", {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _send_events(self, since):
        self._send_headers("text/event-stream")
        seen = (int(since) if since.isdecimal() else 0, "")
        while True:
            made, message = now = self.watching.wait(seen)
            event = f"event: said\ndata: {json.dumps(message)}\n\n"
            if now == seen:
                event = ": still here\n\n"
            elif made != seen[0]:
                event = "event: made\ndata: \n\n"
            self.wfile.write(event.encode())
            self.wfile.flush()
            seen = now

    def _send_headers(self, kind, more=None):
        self.send_response(200)
        for name, value in ({"Content-Type": kind} | HEADERS | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
