"""Asking public services and sites: politely, not for ever, and never half an answer for a whole.

Waiting and asking again is urllib3's `Retry`; the limits of one answer and the memory are ours.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, TimeoutError

from cop.data.faults import Refused

AGAIN = (429, 500, 502, 503, 504)  # what may be better in a moment
LARGEST = 60_000_000  # bytes of one answer
STILL = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
CAUSES = {
    requests.exceptions.SSLError: "the certificate is not valid",
    NewConnectionError: "no connection, or it broke off",
    (requests.Timeout, TimeoutError): "no answer in time",
    requests.TooManyRedirects: "leads in a circle",
    (requests.ConnectionError, HTTPError): "no connection, or it broke off",
}
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # each try is not told


@dataclass(frozen=True)
class Manners:
    """How a service or a site is asked; times are in seconds."""

    agent: str
    pause: float = 0.3  # between two questions
    tries: int = 4
    backoff: float = 2.0  # before the second try, doubled each time
    longest_wait: float = 120.0  # the longest that a service may ask us to wait
    timeout: tuple[float, float] = (10, 30)  # to be connected, and between two pieces of an answer
    longest: float = 120.0  # for one whole answer


SERVICES = Manners(
    "cop-assessment-workspace/1.0 (research on child online protection; reads published statistics)"
)


class Patience(Retry):
    """Retries that wait before the second try too, and end where a service asks for more."""

    def get_backoff_time(self) -> float:
        """Give the seconds before the next try; urllib3 itself has none before the second."""
        return min(self.backoff_max, self.backoff_factor * 2 ** (len(self.history) - 1))

    def increment(
        self, method=None, url=None, response: BaseHTTPResponse | None = None, **more
    ) -> "Patience":
        """Give what is left of the patience; raises MaxRetryError where the wait is too long."""
        if response is not None and (self.get_retry_after(response) or 0) > self.backoff_max:
            raise MaxRetryError(more.get("_pool"), url)
        return super().increment(method, url, response, **more)


class SameSite(requests.Session):
    """A session that follows redirects only within a site, so no token goes anywhere else."""

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """Return where a response leads, None for another host or from https to http."""
        target = super().get_redirect_target(response)
        old, new = urlsplit(response.url), urlsplit(urljoin(response.url, target or ""))
        stays = new.netloc == old.netloc and new.scheme in (old.scheme, "https")
        return target if stays else None

    def rebuild_auth(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Leave the token as it is; requests would look into ~/.netrc."""


def session(manners: Manners, kind: type[requests.Session] = requests.Session) -> requests.Session:
    """Give a session that says who asks, and asks again after a wait where that may help."""
    made = kind()
    made.headers["User-Agent"] = manners.agent
    made.auth = lambda request: request  # without it requests puts ~/.netrc in place of a token
    patience = Patience(
        manners.tries - 1,
        backoff_factor=manners.backoff,
        backoff_max=manners.longest_wait,
        status_forcelist=AGAIN,
        raise_on_status=False,
        allowed_methods=None,  # what we send is a question too, and may be sent again
    )
    for scheme in ("https://", "http://"):
        made.mount(scheme, HTTPAdapter(max_retries=patience))
    return made


def cause(error: Exception) -> str:
    """Give what stood between us and the answer of any service over HTTP, in a few words."""
    errors = (getattr(error.args[0] if error.args else None, "reason", error), error)
    for kind, words in CAUSES.items():
        if any(isinstance(one, kind) for one in errors):
            return words
    return "the address cannot be asked for"


def whole(response: requests.Response, address: str, longest: float) -> bytes:
    """Give the whole body of an answer that is streamed, within the time and the size it may take.

    Raises Refused beyond them, HTTPError where it breaks off.
    """
    begun, body = time.monotonic(), bytearray()
    while piece := response.raw.read1(65536, decode_content=True):  # what has come by now
        body += piece
        if time.monotonic() - begun > longest:
            raise _refusal(address, f"takes longer than {longest:g} s")
        if len(body) > LARGEST:
            raise _refusal(address, f"sends more than {LARGEST:,} bytes")
    return bytes(body)


class Fetcher:
    """One visitor of services, with its patience and its memory."""

    def __init__(
        self,
        cache: Path | None = None,
        manners: Manners | None = None,
        headers: dict[str, str] | None = None,
    ):
        """Begin; answers are kept in the folder `cache`, to be asked whether they still hold.

        `headers` go with each question, such as those that say who may have an answer.
        """
        self._cache, self._manners = cache, manners or SERVICES
        self._session = session(self._manners, SameSite)
        self._session.headers.update(headers or {})
        self._understood = {}  # what was read in this run: several indicators share one series

    def json(self, url: str, params: dict | None = None) -> Any:
        """Give an answer in JSON, numbers as they are written; raises Refused in one sentence."""
        address = f"{url}?{urlencode(params)}" if params else url
        return self.body(address, lambda body: json.loads(body, parse_float=str), "json")

    def told(self, address: str, what: Any) -> Any:
        """Give the answer in JSON to a question that is sent as JSON; it is not kept.

        Raises Refused as `body` does.
        """
        response, body = self._answer(address, {}, what)
        self._refuse_another(address, response, "json")
        return self._understand(address, body, json.loads)

    def body(self, address: str, read: Callable[[bytes], Any], kind: str = "") -> Any:
        """Give an answer as `read` understands its bytes.

        Raises Refused where it is not whole, not of the content type `kind`, or where `read`
        raises ValueError.
        """
        if address not in self._understood:
            self._understood[address] = self._read(address, read, kind)
        return self._understood[address]

    def forget(self) -> None:
        """Ask anew for what was read in this run."""
        self._understood.clear()

    def _read(self, address, read, kind):
        """Give what is understood of an answer, or of the one kept where that still holds."""
        headers, kept = self._kept(address)
        response, body = self._answer(address, headers)
        if response.status_code == 304:
            body = kept
        else:
            self._refuse_another(address, response, kind)
        understood = self._understand(address, body, read)
        self._keep(address, response, body)
        return understood

    def _understand(self, address, body, read):
        """Give what is understood of a whole body; Refused where it is not what it should be."""
        try:
            return read(body)
        except (ValueError, RecursionError) as error:
            what = f"gives an answer that is cut or broken ({str(error)[:90]})"
            raise _refusal(address, what) from error

    def _refuse_another(self, address, response, kind):
        """Raise Refused where an answer is not what was asked for."""
        status, stated = response.status_code, response.headers.get("Content-Type", "")
        if status in AGAIN:
            wait = response.headers.get("Retry-After", "")
            long = wait.isdecimal() and float(wait) > self._manners.longest_wait
            ended = f"and asks to wait {wait} s" if long else f"after {self._manners.tries} tries"
            raise _refusal(address, f"answers with status {status} {ended}", later=True)
        if status != 200:
            to = f" and leads to {response.headers['Location']}" if response.is_redirect else ""
            raise _refusal(address, f"answers with status {status}{to}")
        if kind not in stated:
            what = f"answers with {stated or 'no content type'} instead of {kind.upper()}"
            raise _refusal(address, what)

    def _answer(self, address, headers, sent=None):
        """Give (response, whole body); what breaks off midway is beyond Retry and asked anew.

        What is `sent` goes as JSON.
        """
        manners, failed = self._manners, ""
        for _ in range(manners.tries):
            time.sleep(manners.pause)
            try:
                with self._session.request(
                    "GET" if sent is None else "POST",
                    address,
                    json=sent,
                    headers=headers,
                    timeout=manners.timeout,
                    stream=True,
                    allow_redirects=sent is None,  # what is sent goes to nobody else
                ) as response:
                    return response, whole(response, address, manners.longest)
            except HTTPError as error:
                failed = cause(error)
            except requests.RequestException as error:
                failed = cause(error)
                break
        what = f"does not answer ({failed}) after {manners.tries} tries"
        raise _refusal(address, what, later=True)

    def _kept(self, address):
        """Give (headers that ask whether an earlier answer still holds, its body)."""
        if self._cache:
            with suppress(OSError, ValueError):
                about, _, body = self._place(address).read_bytes().partition(b"\n")
                about = json.loads(about)
                if about["sha256"] == hashlib.sha256(body).hexdigest():
                    return about["headers"], body
        return {}, b""

    def _keep(self, address, response, body):
        """Keep an answer that was understood, where the service says how to ask for it again."""
        headers = {STILL[k]: response.headers[k] for k in STILL if k in response.headers}
        if self._cache and headers and response.status_code == 200:
            place, sha256 = self._place(address), hashlib.sha256(body).hexdigest()
            about = json.dumps({"address": address, "headers": headers, "sha256": sha256})
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_suffix(".part")
            part.write_bytes(about.encode() + b"\n" + body)
            part.replace(place)

    def _place(self, address):
        name = hashlib.sha256(address.encode()).hexdigest()[:24]
        return Path(self._cache) / f"{name}.answer"


def _refusal(address, what, later=False):
    """Give the Refused that says of an address, cut to what a sentence can hold, what is wrong."""
    short = address if len(address) <= 110 else address[:107] + "…"
    return Refused(f"{short} {what}; nothing was changed{', try again later' if later else ''}")
