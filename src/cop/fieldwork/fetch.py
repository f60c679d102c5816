"""Fetch responses from a server of KoboToolbox, ODK Central or LimeSurvey.

The result is the same file as the supported export: an export of API v2 (KoboToolbox),
`submissions.csv.zip` (ODK Central), or a CSV by RemoteControl 2 (LimeSurvey). The token is read
from the environment, sent only over https or to this computer, and never stored.
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

SERVERS = http.HttpSettings("cop-assessment-workspace/1.0 (imports responses to its own forms)")
LOCAL = ("localhost", "127.0.0.1", "::1")
TOOLS = {  # tool: (variable with the token, its content, form ID, pattern of the form ID)
    "kobo": ("COP_KOBO_TOKEN", "the API key in your account settings", "the form's uid", r"\w+"),
    "odk": ("COP_ODK_TOKEN", "e-mail:password", "project/form, such as 3/visit", r"\d+/[\w.-]+"),
    "limesurvey": ("COP_LIMESURVEY_TOKEN", "user:password", "a survey ID, such as 123456", r"\d+"),
}
KOBO = {
    "type": "xls", "lang": "_xml", "group_sep": "/", "multiple_select": "summary",
    "hierarchy_in_labels": True, "fields_from_all_versions": True,
}  # fmt: skip
ODK = "attachments=false&groupPaths=true&splitSelectMultiples=false"
LIMESURVEY = ("csv", None, "all", "code", "short")  # format, language, status, headings, answers
CHECKS = 120  # maximum number of requests for the status of a KoboToolbox export


def fetch(tool: str, server: str, form: str) -> incoming.Book:
    """Fetch all responses to a form from a tool in TOOLS as a Book. Raises UserError on failure."""
    variable, content, id_of_form, pattern = TOOLS[tool]
    if not re.fullmatch(pattern, form):
        raise UserError(f"--form must be {id_of_form}, not {form!r}")
    token = os.environ.get(variable, "").strip()
    if not token:
        raise UserError(f"the environment variable {variable} is not set: set it to {content}")
    fetchers = {"kobo": _kobo, "odk": _odk, "limesurvey": _limesurvey}
    session = http.session(SERVERS, http.SameSite)
    try:
        return incoming.parse(*fetchers[tool](session, address_of(server), form, token))
    except incoming.InvalidFile as error:
        reason = f"its response {str(error).partition('. ')[0]}"
    except requests.HTTPError as error:
        reason = f"HTTP status {error.response.status_code}"
    except (requests.RequestException, HTTPError) as error:
        reason = http.cause(error)
    except (LookupError, TypeError, ValueError, AttributeError):
        reason = "it returned no readable responses"
    fix = f"Check --server, --form ({id_of_form}), {variable} and the user's access to the form"
    fix += ", or export a file in the tool and import the file"
    raise UserError(f"{server}: {reason}; nothing was changed. {fix}")


def address_of(server: str) -> str:
    """Return the URL of a server, with https if `server` has no scheme.

    Raises UserError if the URL has no host name, or is neither https nor http to this computer.
    """
    parts = urlsplit(server if "://" in server else f"https://{server}")
    schemes = ["https", "http"] if parts.hostname in LOCAL else ["https"]
    if parts.hostname and parts.scheme in schemes:
        return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    fix = "Use a URL such as https://eu.kobotoolbox.org, so that the token is encrypted"
    raise UserError(f"--server {server!r} is not an https URL. {fix}")


def _content(session, method, url, **options):
    with session.request(method, url, stream=True, timeout=SERVERS.timeout, **options) as response:
        response.raise_for_status()
        body = response.raw.read(incoming.MOST_BYTES + 1, decode_content=True)
    if len(body) > incoming.MOST_BYTES:
        raise incoming.InvalidFile(incoming.TOO_LARGE)
    return body


def _kobo(session, server, form, token):
    session.headers["Authorization"] = f"Token {token}"
    exports = f"{server}/api/v2/assets/{form}/exports/"
    export = json.loads(_content(session, "POST", exports, json=KOBO))
    for _ in range(CHECKS):
        if export["status"] in ("complete", "error"):
            break
        time.sleep(SERVERS.pause)
        export = json.loads(_content(session, "GET", f"{exports}{export['uid']}/"))
    if export["status"] != "complete":
        raise UserError(
            f"KoboToolbox did not complete the export (status: {export['status']}); nothing was "
            "changed. Try again later"
        )
    result = urlsplit(export["result"])  # the token goes to no other server
    return f"kobo-{form}.xlsx", _content(session, "GET", f"{server}{result.path}?{result.query}")


def _odk(session, server, form, token):
    session.headers["Authorization"] = f"Basic {base64.b64encode(token.encode()).decode()}"
    project, _, name = form.partition("/")
    address = f"{server}/v1/projects/{project}/forms/{quote(name)}/submissions.csv.zip?{ODK}"
    return f"{name}.zip", _content(session, "GET", address)


def _limesurvey(session, server, form, token):
    address = f"{server}/index.php/admin/remotecontrol"

    def call(method, *params):
        sent = {"method": method, "params": params, "id": 1}
        answer = json.loads(_content(session, "POST", address, json=sent))
        result = answer["result"]
        if isinstance(result, str):
            return result
        reason = (result or {}).get("status") or answer.get("error") or "no result"
        fix = f"Check {TOOLS['limesurvey'][0]}, --form and --server"
        raise UserError(f"LimeSurvey reports: {str(reason)[:200]}; nothing was changed. {fix}")

    user, _, password = token.partition(":")
    key = call("get_session_key", user, password)
    try:
        packed = call("export_responses", key, int(form), *LIMESURVEY)
    finally:
        call("release_session_key", key)
    return f"results-survey{form}.csv", base64.b64decode(packed, validate=True)
