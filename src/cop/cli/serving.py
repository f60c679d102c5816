"""Serve pages to this computer only, and reload an open page when it is updated.

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
    """HTTP server for a folder, on a free port. `version` is the number of page updates."""

    daemon_threads, block_on_close = True, False

    def __init__(self, folder: Path) -> None:
        """Start serving a folder in a background thread, which ends with the process."""
        super().__init__((LOOPBACK, 0), partial(Handler, directory=str(folder)))
        self.folder, self.version = folder, 0
        self.host = f"{LOOPBACK}:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def address(self, page: Path) -> str:
        """Return the URL of a page in the folder. Raises ValueError for a page outside it."""
        return f"http://{self.host}/{page.relative_to(self.folder).as_posix()}"


class Handler(SimpleHTTPRequestHandler):
    """Request handler for the pages (with the reload script), other files and the version."""

    def do_GET(self) -> None:
        """Send a file or the version. Other host names get status 403, unknown paths 404."""
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
        """Reject HEAD requests, which no page sends, with status 405."""
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        """Suppress the request log."""

    def end_headers(self) -> None:
        """Add a header that prevents the browser from caching the response."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


def with_script(page: bytes, version: int) -> bytes:
    """Add a script to a page, allow it in the content security policy, and return the page.

    The script reloads the page when the version of the server differs from `version`.
    """
    nonce = secrets.token_urlsafe(12)
    policy = f" script-src 'nonce-{nonce}'; connect-src 'self';".encode()
    return page.replace(POLICY, POLICY + policy, 1) + (SCRIPT % (nonce, version)).encode()
