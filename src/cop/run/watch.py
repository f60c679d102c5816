"""Keep a country's report open: run again what is saved, and reload the page in the browser.

The server listens to this computer alone, and refuses other host names (DNS rebinding).
"""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from watchfiles import DefaultFilter
from watchfiles import watch as watch_files

from cop.data import Refused, count, standing_on
from cop.report.filenames import BASELINE
from cop.report.following import followed
from cop.run import plan, scheduler

LOOPBACK = "127.0.0.1"
PAUSE = 0.1  # seconds in which the server stops
VISIBLE = DefaultFilter(ignore_entity_patterns=[*DefaultFilter.ignore_entity_patterns, r"^\."])


def watch(choice: plan.Choice, port: int, show: Callable[[str], None]) -> None:
    """Make a country's pages, serve them, and make them again after each save, until stopped."""
    jobs = plan.jobs(choice)
    if len(jobs) != 1:
        raise Refused(f"one country is watched at a time; these are {count(len(jobs), 'country')}")
    folder = "baselines/" if jobs[0].stages == (BASELINE,) else ""
    server = Server(choice.home / "site", folder + list(jobs[0].pages().values())[-1], port)
    folders = [*standing_on(choice.data), plan.NOTEBOOKS, plan.SOURCE]
    options = {"watch_filter": VISIBLE, "yield_on_timeout": True, "rust_timeout": 100}
    notices = watch_files(*folders, **options)
    next(notices)  # what is saved from now on is noticed
    try:
        update(choice, server, show, "")
        show(f"{server.address} follows what you save; Ctrl-C stops.")
        for changes in filter(None, notices):
            saved = sorted(Path(path) for _, path in changes)
            if any(path.is_relative_to(plan.SOURCE) for path in saved):
                show("The code changed: stop this with Ctrl-C and call it again.")
                continue
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
        server.message = str(refused)
        show(f"{what}{refused}")
        return
    server.message = ""
    if any(outcome.status == "ok" for outcome in outcomes):
        server.version += 1
        show(f"{what}made again after {time.perf_counter() - started:.1f} s")


class Server(ThreadingHTTPServer):
    """Serves the pages of a folder to this computer, and tells open pages what happened."""

    daemon_threads, block_on_close = True, False

    def __init__(self, folder: Path, first: str, port: int = 0) -> None:
        """Take the folder, the first page, and a port (0 for any that is free)."""
        self.version, self.message = 0, ""  # how often pages were made; why the last were not
        try:
            super().__init__((LOOPBACK, port), partial(Handler, directory=str(folder)))
        except OSError as error:
            raise Refused(f"port {port} cannot be used ({error.strerror}); name another") from None
        self.hosts = {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}
        self.address = f"http://{LOOPBACK}:{self.server_port}/{first}"
        threading.Thread(target=self.serve_forever, args=(PAUSE,), daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self.shutdown()
        self.server_close()


class Handler(SimpleHTTPRequestHandler):
    """Answers one request: a page or file, or, under the name `state`, how often it was made."""

    def do_GET(self) -> None:
        """Send what is asked for by a host name of the server."""
        if self.headers.get("Host") not in self.server.hosts:
            return self.send_error(403)
        path, version = Path(self.translate_path(self.path)), self.server.version
        with contextlib.suppress(ConnectionError):  # the page was closed
            if urlsplit(self.path).path.endswith("/state"):
                state = {"version": version, "message": self.server.message}
                return self._send("application/json", json.dumps(state).encode())
            if path.suffix == ".html" and path.is_file():
                return self._send("text/html; charset=utf-8", followed(path.read_bytes(), version))
            return super().do_GET()

    def do_HEAD(self) -> None:
        """Refuse: no page asks for it."""
        self.send_error(405)

    def list_directory(self, path):
        """Send no list of files."""
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Log nothing: the terminal shows what was made."""

    def end_headers(self):
        """Let the browser ask anew each time."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)
