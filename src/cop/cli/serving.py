"""Serve pages to this computer only, and reload an open page when it is rewritten.

Requests for another host name are rejected, so that no website can read the pages (DNS rebinding).
"""

import contextlib
import secrets
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"
POLICY = b"default-src 'none';"
# Added to the served page only, never to the file.
SCRIPT = """<script nonce="%s">setInterval(async () => {
  const answer = await fetch("/version").catch(() => null); // null: the server has stopped
  if (answer && await answer.text() !== "%d") location.reload();
}, 300)</script>"""


class Server(ThreadingHTTPServer):
    """HTTP server of a folder on a free port; `version` counts the updates of its pages."""

    daemon_threads, block_on_close = True, False

    def __init__(self, folder: Path) -> None:
        """Set the folder and start serving."""
        super().__init__((LOOPBACK, 0), partial(Handler, directory=str(folder)))
        self.folder, self.version = folder, 0
        self.host = f"{LOOPBACK}:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def address(self, page: Path) -> str:
        """Return the address of a page in the folder."""
        return f"http://{self.host}/{page.relative_to(self.folder).as_posix()}"


class Handler(SimpleHTTPRequestHandler):
    """Handler of one request: a page with the script, another file, or the version."""

    def do_GET(self) -> None:
        """Send the requested file if the request names this server."""
        path = Path(self.translate_path(self.path))
        with contextlib.suppress(ConnectionError):  # the page was closed
            if self.headers.get("Host") != self.server.host:
                self.send_error(403)
            elif self.path == "/version":
                self._send("text/plain", str(self.server.version).encode())
            elif path.suffix == ".html" and path.is_file():
                page = with_script(path.read_bytes(), self.server.version)
                self._send("text/html; charset=utf-8", page)
            elif path.is_file():
                super().do_GET()
            else:
                self.send_error(404)

    def do_HEAD(self) -> None:
        """Reject the request, since no page sends one."""
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        """Log nothing, since the terminal shows the updates."""

    def end_headers(self) -> None:
        """Forbid the browser to cache the response."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


def with_script(page: bytes, version: int) -> bytes:
    """Return a page with the script that reloads it, allowed by its security policy."""
    nonce = secrets.token_urlsafe(12)
    policy = f" script-src 'nonce-{nonce}'; connect-src 'self';".encode()
    return page.replace(POLICY, POLICY + policy, 1) + (SCRIPT % (nonce, version)).encode()
