"""Send HTTP requests with pauses, timeouts, retries and a maximum response size."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

from cop.data.errors import UserError

TRANSIENT = (429, 500, 502, 503, 504)  # statuses of temporary failures
LARGEST = 60_000_000  # maximum number of bytes of a response
CAUSES = {
    requests.exceptions.SSLError: "invalid certificate or encryption",
    NewConnectionError: "connection failed",
    (requests.Timeout, TimeoutError): "timed out",
    requests.TooManyRedirects: "too many redirects",
    (requests.ConnectionError, HTTPError): "connection failed",
}
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # no message for each retry


@dataclass(frozen=True)
class HttpSettings:
    """Settings for HTTP requests; times are in seconds."""

    agent: str  # header User-Agent
    pause: float = 0.3  # between two requests
    tries: int = 4  # including the first request
    backoff: float = 2.0  # half the wait before the second retry; the wait doubles each time
    timeout: tuple[float, float] = (10, 30)  # to connect, and between two parts of a response


SERVICES = HttpSettings(
    "cop-assessment-workspace/1.0 (research on child online protection; reads published statistics)"
)


class SameSite(requests.Session):
    """Session that follows redirects only within a host, so that tokens are not sent elsewhere."""

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """Return the URL of a redirect, or None if it changes the host or port or leaves HTTPS."""
        target = super().get_redirect_target(response)
        old, new = urlsplit(response.url), urlsplit(urljoin(response.url, target or ""))
        stays = new.netloc == old.netloc and new.scheme in (old.scheme, "https")
        return target if stays else None

    def rebuild_auth(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep the token, instead of replacing it with credentials from ~/.netrc."""


def session(settings: HttpSettings, kind: type[requests.Session] = requests.Session):
    """Create a session of class `kind` that sends `settings.agent` and retries temporary failures.

    POST requests are retried too. ~/.netrc is ignored; after a redirect, only SameSite ignores it.
    Callers must wait `settings.pause` before each request, and pass `settings.timeout` to it.
    """
    visitor = kind()
    visitor.headers["User-Agent"] = settings.agent
    visitor.auth = lambda request: request  # otherwise ~/.netrc replaces a token
    retries = Retry(
        settings.tries - 1,
        backoff_factor=settings.backoff,
        status_forcelist=TRANSIENT,
        raise_on_status=False,
        respect_retry_after_header=False,
        allowed_methods=None,  # POST requests only query data, so they can be repeated
    )
    for scheme in ("https://", "http://"):
        visitor.mount(scheme, HTTPAdapter(max_retries=retries))
    return visitor


def cause(error: Exception) -> str:
    """Return the cause of a failed request from CAUSES; "invalid address" for any other error."""
    errors = (getattr(error.args[0] if error.args else None, "reason", error), error)
    for kind, words in CAUSES.items():
        if any(isinstance(reason, kind) for reason in errors):
            return words
    return "invalid address"


class Fetcher:
    """HTTP client that caches the parsed response of each URL, but not failures."""

    def __init__(self, settings: HttpSettings = SERVICES):
        """Initialise the client with an empty cache and a session with `settings`."""
        self._settings, self._answers = settings, {}
        self._session = session(settings, SameSite)

    def json(self, url: str, params: dict | None = None) -> Any:
        """Return the parsed JSON of a URL, with decimals as text. Raises errors like `body`."""
        address = f"{url}?{urlencode(params)}" if params else url
        return self.body(address, lambda body: json.loads(body, parse_float=str))

    def body(self, address: str, read: Callable[[bytes], Any]) -> Any:
        """Return a URL's response, parsed by `read`, from the cache or after a pause and a request.

        Raises UserError if the request fails, the status is not 200, the response is larger than
        LARGEST, or `read` raises ValueError or RecursionError.
        """
        if address not in self._answers:
            time.sleep(self._settings.pause)
            try:
                self._answers[address] = read(self._get(address))
            except (HTTPError, requests.RequestException) as error:
                raise _refusal(address, f"request failed ({cause(error)})") from error
            except (ValueError, RecursionError) as error:
                problem = f"the response cannot be read ({str(error)[:90]})"
                raise _refusal(address, problem) from error
        return self._answers[address]

    def _get(self, address):
        with self._session.get(address, timeout=self._settings.timeout, stream=True) as response:
            if response.status_code != 200:
                raise _refusal(address, f"HTTP status {response.status_code}")
            body = response.raw.read(LARGEST + 1, decode_content=True)
        if len(body) > LARGEST:
            raise _refusal(address, f"response larger than {LARGEST:,} bytes", "Check the address")
        return body


def _refusal(address, problem, fix="Check the address, or try again later"):
    return UserError(f"{address[:110]}: {problem}; nothing was changed. {fix}")
