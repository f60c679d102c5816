"""Asking a tool's server for returns: with a token from the environment, over https, politely.

Whatever it sends is taken in like a file, and only what is new changes anything.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cop.data import Refused, http
from cop.fieldwork import restricted
from cop.fieldwork.returns.servers import kobo, limesurvey, odk
from cop.fieldwork.returns.servers.fetched import Fetched

SERVERS = http.Manners("cop-assessment-workspace/1.0 (takes in returns of its own forms)")
HERE = ("localhost", "127.0.0.1", "::1")
TOOLS = {  # tool: (variable with the token, what it holds, what names the form)
    "kobo": ("COP_KOBO_TOKEN", "the API key of your account settings", "the form's uid"),
    "odk": ("COP_ODK_TOKEN", "e-mail:password, or a session's token", "project/form, as 3/visit"),
    "limesurvey": ("COP_LIMESURVEY_TOKEN", "user:password", "the survey's number"),
}


def fetch(tool: str, server: str, form: str, manners: http.Manners | None = None) -> Fetched:
    """Give all returns of a form from a server.

    Raises Refused in one sentence for a wrong call, a token that is missing or not accepted, a
    server that does not answer, or an answer that is not whole; nothing was changed then.
    """
    variable, what, names = TOOLS[tool]
    if not server or not re.fullmatch(r"[\w/.-]+", form):
        raise Refused(f"say --server, its address, and --form, {names}")
    token = os.environ.get(variable, "").strip()
    if not token:
        raise Refused(f"{variable} is not set: put {what} into it (it is never kept)")
    askers = {"kobo": kobo.fetch, "odk": odk.fetch, "limesurvey": limesurvey.fetch}
    try:
        return askers[tool](address_of(server), form, token, manners or SERVERS)
    except Refused as refused:
        raise Refused(_hinted(str(refused), variable, names)) from refused


@contextlib.contextmanager
def as_file(fetched: Fetched, data: Path) -> Iterator[Path]:
    """Give what a server sent as a file within the store's walls, for as long as it is read."""
    store = restricted.folder(data)
    restricted.refuse_in_git(store)
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store, prefix=".fetched-") as aside:
        path = Path(aside) / fetched.name
        path.write_bytes(fetched.content)
        yield path


def address_of(server: str) -> str:
    """Give a server's address without its end slash; Refused where a token could be overheard."""
    parts = urlsplit(server if "://" in server else f"https://{server}")
    if parts.scheme == "https" or parts.scheme == "http" and parts.hostname in HERE:
        return parts._replace(query="", fragment="").geturl().rstrip("/")
    raise Refused(f"{server} is no https address; a token is sent over nothing else")


def _hinted(text, variable, names):
    """Give a refusal with what can be done about it."""
    if re.search(r"status 40[13]\b", text):
        return f"{text}: what {variable} holds was not accepted, or may not read this form"
    if re.search(r"status 404\b", text):
        return f"{text}: check --server and --form ({names})"
    return text
