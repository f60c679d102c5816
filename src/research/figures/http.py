"""Asking a public service for its figures: politely, not for ever, and never taking half an answer for a whole one."""

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import requests
import urllib3

from contract import Refused

WHO = (
    "cop-assessment-workspace/1.0 (research on child online protection; reads published statistics)"
)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
AGAIN = (429, 500, 502, 503, 504)  # what may be better in a moment


@dataclass(frozen=True)
class Answer:
    """What a service says of one series."""

    values: dict  # (iso3, year) -> the value as it was written there
    name: str
    unit: str
    definition: str
    notes: tuple = ()  # sentences on what was passed over


@dataclass
class Fetcher:
    """One visitor of services, with its patience and its memory."""

    cache: Path | None = None
    tries: int = 4
    pause: float = 0.3  # seconds between two questions
    backoff: float = 2.0  # seconds before the second try, doubled each time
    longest_wait: float = 120.0  # the longest that a service may ask us to wait
    longest: float = 120.0  # seconds for one whole answer
    timeout: tuple = (10, 30)  # seconds to be connected, and between two pieces of an answer
    most: int = 60_000_000  # bytes
    session: requests.Session = field(default_factory=requests.Session)
    understood: dict = field(
        default_factory=dict
    )  # what was read in this run: several indicators share one series

    def json(self, url, params=None):
        """Give an answer in JSON, numbers as they are written; raises Refused in one sentence."""
        return self._get(url, params, "json", lambda body: json.loads(body, parse_float=str))

    def body(self, url, params=None, read=lambda body: body):
        """Give an answer as `read` understands its bytes; `read` raises ValueError when they are not what they should be."""
        return self._get(url, params, "", read)

    def forget(self):
        """Ask anew for what was read in this run."""
        self.understood.clear()

    def _get(self, url, params, kind, read):
        address = f"{url}?{urlencode(params)}" if params else url
        if address not in self.understood:
            self.understood[address] = self._asked(address, kind, read)
        return self.understood[address]

    def _asked(self, address, kind, read):
        kept = self._kept(address)
        response, body = self._patiently(address, kept.get("headers", {}))
        if response.status_code == 304:
            body = kept["body"]
        elif response.status_code != 200:
            raise Refused(
                f"{_short(address)} answers with status {response.status_code}; nothing was changed"
            )
        elif kind and kind not in response.headers.get("Content-Type", ""):
            said = response.headers.get("Content-Type") or "no content type"
            raise Refused(
                f"{_short(address)} answers with {said} instead of {kind.upper()}; nothing was changed"
            )
        try:
            understood = read(body)
        except (ValueError, RecursionError) as error:
            raise Refused(
                f"{_short(address)} gives an answer that is cut or broken ({str(error)[:90]}); nothing was changed"
            ) from error
        self._keep(address, response, body)
        return understood

    def _patiently(self, address, headers):
        """Give (response, body), asking again after a wait where that may help."""
        for attempt in range(1, self.tries + 1):
            time.sleep(self.pause)
            wait = self.backoff * 2 ** (attempt - 1)
            try:
                response = self.session.get(
                    address,
                    headers={"User-Agent": WHO, **headers},
                    timeout=self.timeout,
                    stream=True,
                )
                with response:
                    body = self._whole(response, address)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                said = f"{_short(address)} does not answer ({_cause(error)})"
            else:
                if response.status_code not in AGAIN:
                    return response, body
                said = f"{_short(address)} answers with status {response.status_code}"
                wait = self._asked_to_wait(response, wait, said)
            if attempt < self.tries:
                time.sleep(wait)
        raise Refused(f"{said} after {self.tries} tries; nothing was changed, try again later")

    def _whole(self, response, address):
        """Give the whole body, within the time and the size that one answer may take."""
        begun, body = time.monotonic(), bytearray()
        while piece := response.raw.read1(
            65536, decode_content=True
        ):  # what has come, without waiting for more
            body += piece
            if time.monotonic() - begun > self.longest:
                raise Refused(
                    f"{_short(address)} takes longer than {self.longest:g} s; nothing was changed"
                )
            if len(body) > self.most:
                raise Refused(
                    f"{_short(address)} sends more than {self.most:,} bytes; nothing was changed"
                )
        return bytes(body)

    def _asked_to_wait(self, response, wait, said):
        """Give the seconds to wait: what the service asks for, if that is not too long."""
        asked = response.headers.get("Retry-After", "")
        seconds = float(asked) if asked.isdecimal() else wait
        if seconds > self.longest_wait:
            raise Refused(
                f"{said} and asks to wait {seconds:g} s; nothing was changed, try again later"
            )
        return seconds

    def _kept(self, address):
        """Give what an earlier answer left: its body, and the headers that ask whether it still holds."""
        if not self.cache or not (place := self._place(address)).with_suffix(".json").exists():
            return {}
        try:
            about = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
            body = place.with_suffix(".body").read_bytes()
        except (OSError, ValueError):
            return {}
        whole = hashlib.sha256(body).hexdigest() == about["sha256"]
        return {"body": body, "headers": about["headers"]} if whole else {}

    def _keep(self, address, response, body):
        """Keep an answer that was understood, where the service says how to ask whether it still holds."""
        asks = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        headers = {asks[k]: response.headers[k] for k in asks if k in response.headers}
        if not self.cache or not headers or response.status_code != 200:
            return
        place = self._place(address)
        place.parent.mkdir(parents=True, exist_ok=True)
        about = {"address": address, "headers": headers, "sha256": hashlib.sha256(body).hexdigest()}
        for suffix, content in ((".body", body), (".json", json.dumps(about).encode())):
            part = place.with_suffix(suffix + ".part")
            part.write_bytes(content)
            os.replace(part, place.with_suffix(suffix))

    def _place(self, address):
        return Path(self.cache) / hashlib.sha256(address.encode()).hexdigest()[:24]


def _short(address):
    """Give an address as a sentence can hold it."""
    return address if len(address) <= 110 else address[:107] + "…"


def _cause(error):
    kinds = {
        requests.ConnectTimeout: "no connection in time",
        requests.ReadTimeout: "no answer in time",
        urllib3.exceptions.ReadTimeoutError: "no answer in time",
    }
    return next(
        (said for kind, said in kinds.items() if isinstance(error, kind)),
        "no connection, or it broke off",
    )
