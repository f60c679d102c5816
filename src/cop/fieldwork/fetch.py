"""Fetch responses from a tool's server, as the file that its export would be.

The token comes from the environment and goes over https only. KoboToolbox: API v2, page by page.
ODK Central: the zip of `submissions.csv.zip`. LimeSurvey: RemoteControl 2 by JSON-RPC.
"""

import base64
import contextlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from cop.data import Refused, http
from cop.fieldwork import incoming, restricted

SERVERS = http.HttpSettings("cop-assessment-workspace/1.0 (imports responses to its own forms)")
HERE = ("localhost", "127.0.0.1", "::1")
TOOLS = {  # tool: (variable with the token, what it holds, what names the form)
    "kobo": ("COP_KOBO_TOKEN", "the API key of your account settings", "the form's uid"),
    "odk": ("COP_ODK_TOKEN", "e-mail:password, or a session's token", "project/form, as 3/visit"),
    "limesurvey": ("COP_LIMESURVEY_TOKEN", "user:password", "the survey's number"),
}
PAGE, MOST_PAGES, TIMES = 1000, 1000, 3  # Kobo: read again where responses came in meanwhile
ZIPPED = "attachments=false&groupPaths=true&splitSelectMultiples=false"
EXPORT = ("csv", None, "all", "code", "short")  # kind, language, which responses, headings, answers


def fetch(tool: str, server: str, form: str) -> tuple[str, bytes]:
    """Return (file name, bytes) of all responses to a form.

    Raises Refused in one sentence for a wrong call, a token that is missing or not accepted, a
    server that does not answer, or an answer that is not whole; nothing was changed then.
    """
    variable, what, names = TOOLS[tool]
    if not server or not re.fullmatch(r"[\w/.-]+", form):
        raise Refused(f"state --server, its address, and --form, {names}")
    token = os.environ.get(variable, "").strip()
    if not token:
        raise Refused(f"{variable} is not set: put {what} into it (it is never kept)")
    fetchers = {"kobo": _kobo, "odk": _odk, "limesurvey": _limesurvey}
    try:
        return fetchers[tool](address_of(server), form, token)
    except Refused as refused:
        text = str(refused)
        if re.search(r"status 40[13]\b", text):
            text += f": what {variable} holds was not accepted, or may not read this form"
        if re.search(r"status 404\b", text):
            text += f": check --server and --form ({names})"
        raise Refused(text) from refused
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        text = f"{server} sends no responses that can be read; nothing was changed"
        raise Refused(text) from error


@contextlib.contextmanager
def as_file(name: str, content: bytes, data: Path) -> Iterator[Path]:
    """Keep what was fetched as a file within the store, for as long as it is read."""
    store = restricted.folder(data)
    restricted.refuse_in_git(store)
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store, prefix=".fetched-") as aside:
        path = Path(aside) / name
        path.write_bytes(content)
        yield path


def address_of(server: str) -> str:
    """Return a server's address; raises Refused where a token could be read on its way."""
    parts = urlsplit(server if "://" in server else f"https://{server}")
    if parts.scheme == "https" or parts.scheme == "http" and parts.hostname in HERE:
        return parts._replace(query="", fragment="").geturl().rstrip("/")
    raise Refused(f"{server} is no https address; a token is sent over nothing else")


def _kobo(server, form, token):
    asker = http.Fetcher(SERVERS, {"Authorization": f"Token {token}"})
    address = f"{server}/api/v2/assets/{form}/data.json"
    for _ in range(TIMES):
        found, count = _kobo_pages(asker, address)
        if not count:
            raise Refused(f"form {form} has no submissions yet; nothing was changed")
        if len(found) == count:
            made = json.dumps({"kobo": list(found.values())}, ensure_ascii=False)
            return f"kobo-{form}.json", made.replace('{"kobo": ', '{"kobo":', 1).encode()
        asker.forget()
    what = f"counts {count} submissions and sends {len(found)}"
    raise Refused(f"{address} {what}; nothing was changed, try again later")


def _kobo_pages(asker, address):
    """Return ({id: submission}, how many there are), page by page, the oldest first."""
    found, start, size = {}, 0, 0
    for _ in range(MOST_PAGES):
        order = f"start={start}&limit={PAGE}&sort={quote(json.dumps({'_id': 1}))}"
        page, length = asker.body(f"{address}?{order}", lambda b: (json.loads(b), len(b)), "json")
        size += length
        count, results = int(page["count"]), page["results"]
        if count > incoming.MOST_ROWS or size > incoming.MOST_BYTES:
            most = f"at most {incoming.MOST_ROWS:,} in {incoming.MOST_BYTES // incoming.MB} MB"
            what = f"counts {count:,} submissions; {most} are fetched"
            raise Refused(f"{address} {what}; nothing was changed")
        found |= {str(one["_id"]): one for one in results}
        start += len(results)
        if not results or start >= count:
            break
    return found, count


def _odk(server, form, token):
    project, slash, name = form.partition("/")
    if not slash or not project.isdecimal() or not name:
        raise Refused(f"{form!r} is no form of ODK Central: write project/form, as 3/visit")
    if ":" in token:
        email, _, password = token.partition(":")
        login = {"email": email, "password": password}
        token = str(http.Fetcher(SERVERS).post_json(f"{server}/v1/sessions", login)["token"])
    asker = http.Fetcher(SERVERS, {"Authorization": f"Bearer {token}"})
    forms = f"{server}/v1/projects/{project}/forms/{quote(name, safe='')}"
    return f"{name}.zip", asker.body(f"{forms}/submissions.csv.zip?{ZIPPED}", _tables, "zip")


def _tables(body):
    """Return the tables of a zip, packed without times: the same responses are the same file."""
    out = io.BytesIO()
    try:
        parts = incoming.unzip(body, lambda part: part.lower().endswith(".csv"))
    except incoming.Unfit as unfit:
        raise ValueError(str(unfit)) from unfit
    with zipfile.ZipFile(out, "w") as packed:
        for part in sorted(parts):
            packed.writestr(zipfile.ZipInfo(part), parts[part], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _limesurvey(server, form, token):
    user, colon, password = token.partition(":")
    if not colon or not form.isdecimal():
        raise Refused("LimeSurvey needs user:password, and the survey's number as --form")
    asker, address = http.Fetcher(SERVERS), f"{server}/index.php/admin/remotecontrol"
    key = _call(asker, address, "get_session_key", user, password)
    try:
        packed = _call(asker, address, "export_responses", key, int(form), *EXPORT)
    finally:
        with contextlib.suppress(Refused):  # it ends by itself too
            _call(asker, address, "release_session_key", key)
    return f"results-survey{form}.csv", base64.b64decode(packed, validate=True)


def _call(asker, address, method, *params):
    """Return a method's text; raises Refused with the server's own words where there is none."""
    answer = asker.post_json(address, {"method": method, "params": params, "id": 1})
    result = answer.get("result")
    if isinstance(result, str) and result:
        return result
    why = result.get("status") if isinstance(result, dict) else None
    why = str(why or answer.get("error") or "no answer")[:200]
    raise Refused(f"LimeSurvey does not {method.replace('_', ' ')}: {why}; nothing was changed")
