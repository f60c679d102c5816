"""Fetch responses from a server of KoboToolbox, ODK Central or LimeSurvey.

The result is the same file as the supported export: an export of API v2 (KoboToolbox),
`submissions.csv.zip` (ODK Central), or a CSV by RemoteControl 2 (LimeSurvey). The token is read
from the environment, sent over https or to this computer only, and never stored.
"""

import base64
import json
import os
import re
import time
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from cop.data import UserError, http
from cop.fieldwork import incoming
from cop.fieldwork.incoming import Book

SERVERS = http.HttpSettings("cop-assessment-workspace/1.0 (imports responses to its own forms)")
LOCAL = ("localhost", "127.0.0.1", "::1")
TOOLS = {  # tool: (variable with the token, its content, form ID, pattern of the form ID)
    "kobo": ("COP_KOBO_TOKEN", "the API key in your account settings", "the form's uid", r"\w+"),
    "odk": ("COP_ODK_TOKEN", "e-mail:password", "project/form, such as 3/visit", r"\d+/[\w.-]+"),
    "limesurvey": ("COP_LIMESURVEY_TOKEN", "user:password", "the survey's number", r"\d+"),
}
KOBO = {
    "type": "xls", "lang": "_xml", "group_sep": "/", "multiple_select": "summary",
    "hierarchy_in_labels": True, "fields_from_all_versions": True,
}  # fmt: skip
ODK = {"attachments": "false", "groupPaths": "true", "splitSelectMultiples": "false"}
LIMESURVEY = ("csv", None, "all", "code", "short")  # kind, language, which, headings, answers
CHECKS = 120  # most requests to KoboToolbox for the status of an export


def fetch(tool: str, server: str, form: str) -> Book:
    """Return all responses to a form as the Book of an export file.

    Raises UserError if an argument or the token is missing or invalid, the server does not respond,
    or its answer cannot be read.
    """
    variable, content, id_of_form, pattern = TOOLS[tool]
    if not server or not re.fullmatch(pattern, form):
        raise UserError(f"add --server with its address, and --form with {id_of_form}")
    token = os.environ.get(variable, "").strip()
    if not token:
        raise UserError(f"{variable} is not set: set it to {content} (it is never stored)")
    rejected = f"{variable} was rejected, or has no permission to read this form"
    missing = f"the form does not exist: check --server and --form ({id_of_form})"
    reasons = {401: rejected, 403: rejected, 404: missing}
    fetchers = {"kobo": _kobo, "odk": _odk, "limesurvey": _limesurvey}
    session = http.session(SERVERS, http.SameSite)
    try:
        return incoming.parse(*fetchers[tool](session, address_of(server), form, token))
    except (requests.RequestException, HTTPError) as error:
        status = getattr(getattr(error, "response", None), "status_code", 0)
        reason = reasons.get(status) or (f"status {status}" if status else http.cause(error))
        raise UserError(f"{server}: {reason}; nothing was changed") from error
    except incoming.InvalidFile as unfit:
        raise UserError(f"the answer of {server} {unfit}; nothing was changed") from unfit
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{server} returned no readable responses; nothing was changed") from error


def address_of(server: str) -> str:
    """Return the address of a server; raises UserError without https, except on this computer."""
    parts = urlsplit(server if "://" in server else f"https://{server}")
    if parts.scheme == "https" or parts.scheme == "http" and parts.hostname in LOCAL:
        return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    raise UserError(f"{server} is not an https address, and the token is sent only over https")


def _content(session, method, url, **options):
    """Return the body of an answer; raises InvalidFile if it is larger than the limit."""
    with session.request(method, url, stream=True, timeout=SERVERS.timeout, **options) as response:
        response.raise_for_status()
        body = response.raw.read(incoming.MOST_BYTES + 1, decode_content=True)
    if len(body) > incoming.MOST_BYTES:
        raise incoming.InvalidFile(f"has more than {incoming.MOST_BYTES // incoming.MB} MB")
    return body


def _json(session, method, url, **options):
    return json.loads(_content(session, method, url, **options))


def _kobo(session, server, form, token):
    session.headers["Authorization"] = f"Token {token}"
    exports = f"{server}/api/v2/assets/{form}/exports/"
    export = _json(session, "POST", exports, json=KOBO)
    for _ in range(CHECKS):
        if export["status"] in ("complete", "error"):
            break
        time.sleep(SERVERS.pause)
        export = _json(session, "GET", f"{exports}{export['uid']}/")
    if export["status"] != "complete":
        raise UserError("KoboToolbox did not complete the export; nothing was changed. Try again")
    result = urlsplit(export["result"])  # the token goes to no other server
    return f"kobo-{form}.xlsx", _content(session, "GET", f"{server}{result.path}?{result.query}")


def _odk(session, server, form, token):
    project, _, name = form.partition("/")
    email, _, password = token.partition(":")
    login = {"email": email, "password": password}
    token = _json(session, "POST", f"{server}/v1/sessions", json=login)["token"]
    session.headers["Authorization"] = f"Bearer {token}"
    address = f"{server}/v1/projects/{project}/forms/{quote(name)}/submissions.csv.zip"
    return f"{name}.zip", _content(session, "GET", address, params=ODK)


def _limesurvey(session, server, form, token):
    user, _, password = token.partition(":")
    address = f"{server}/index.php/admin/remotecontrol"

    def call(method, *params):
        sent = {"method": method, "params": params, "id": 1}
        answer = _json(session, "POST", address, json=sent)
        if isinstance(answer["result"], str):
            return answer["result"]
        reason = (answer["result"] or {}).get("status") or answer.get("error")
        raise UserError(f"LimeSurvey: {str(reason)[:200]}; nothing was changed")

    key = call("get_session_key", user, password)
    try:
        packed = call("export_responses", key, int(form), *LIMESURVEY)
    finally:
        call("release_session_key", key)
    return f"results-survey{form}.csv", base64.b64decode(packed, validate=True)
