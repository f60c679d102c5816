"""Send HTTP requests with limits on rate, waiting time, retries and size of answers."""

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

TRANSIENT = (429, 500, 502, 503, 504)  # statuses that may be better in a moment
LARGEST = 60_000_000  # bytes of one answer
CAUSES = {
    requests.exceptions.SSLError: "the certificate is not valid",
    NewConnectionError: "no connection, or it broke off",
    (requests.Timeout, TimeoutError): "no answer in time",
    requests.TooManyRedirects: "leads in a circle",
    (requests.ConnectionError, HTTPError): "no connection, or it broke off",
}
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # not each retry


@dataclass(frozen=True)
class HttpSettings:
    """Settings of requests to a service; times are in seconds."""

    agent: str
    pause: float = 0.3  # between two requests
    tries: int = 4
    backoff: float = 2.0  # before the second retry, doubled each time
    timeout: tuple[float, float] = (10, 30)  # to connect, and between two parts of an answer


SERVICES = HttpSettings(
    "cop-assessment-workspace/1.0 (research on child online protection; reads published statistics)"
)


class SameSite(requests.Session):
    """A session that follows redirects only within a site, so that no token leaves it."""

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """Return the target of a redirect; None for another host or from https to http."""
        target = super().get_redirect_target(response)
        old, new = urlsplit(response.url), urlsplit(urljoin(response.url, target or ""))
        stays = new.netloc == old.netloc and new.scheme in (old.scheme, "https")
        return target if stays else None

    def rebuild_auth(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep the token; requests would replace it by credentials from ~/.netrc."""


def session(settings: HttpSettings, kind: type[requests.Session] = requests.Session):
    """Return a session with our user agent that retries temporary failures."""
    visitor = kind()
    visitor.headers["User-Agent"] = settings.agent
    visitor.auth = lambda request: request  # else requests puts ~/.netrc in place of a token
    retries = Retry(
        settings.tries - 1,
        backoff_factor=settings.backoff,
        status_forcelist=TRANSIENT,
        raise_on_status=False,
        respect_retry_after_header=False,
        allowed_methods=None,  # what we post is a question too, and may be sent again
    )
    for scheme in ("https://", "http://"):
        visitor.mount(scheme, HTTPAdapter(max_retries=retries))
    return visitor


def cause(error: Exception) -> str:
    """Return a short description of a failed request."""
    errors = (getattr(error.args[0] if error.args else None, "reason", error), error)
    for kind, words in CAUSES.items():
        if any(isinstance(reason, kind) for reason in errors):
            return words
    return "the address cannot be asked for"


class Fetcher:
    """Requests each address at most once and keeps the answers."""

    def __init__(self, settings: HttpSettings = SERVICES):
        """Begin a session."""
        self._settings, self._answers = settings, {}
        self._session = session(settings, SameSite)

    def json(self, url: str, params: dict | None = None) -> Any:
        """Return a JSON answer with numbers as text; raises UserError if the request fails."""
        address = f"{url}?{urlencode(params)}" if params else url
        return self.body(address, lambda body: json.loads(body, parse_float=str))

    def body(self, address: str, read: Callable[[bytes], Any]) -> Any:
        """Return an answer parsed by `read`; raises UserError if it is incomplete or invalid."""
        if address not in self._answers:
            time.sleep(self._settings.pause)
            try:
                self._answers[address] = read(self._get(address))
            except (HTTPError, requests.RequestException) as error:
                what = f"does not answer ({cause(error)}); try again later"
                raise _refusal(address, what) from error
            except (ValueError, RecursionError) as error:
                what = f"gives an answer that is cut or broken ({str(error)[:90]})"
                raise _refusal(address, what) from error
        return self._answers[address]

    def _get(self, address):
        """Return the body of an answer of at most LARGEST bytes."""
        with self._session.get(address, timeout=self._settings.timeout, stream=True) as response:
            if response.status_code != 200:
                raise _refusal(address, f"answers with status {response.status_code}")
            body = response.raw.read(LARGEST + 1, decode_content=True)
        if len(body) > LARGEST:
            raise _refusal(address, f"sends more than {LARGEST:,} bytes")
        return body


def _refusal(address, what):
    return UserError(f"{address[:110]} {what}; nothing was changed")
