"""ODK Central's server: the export of a form as it gives it, a zip with a CSV of each block.

`/v1/projects/{id}/forms/{form}/submissions.csv.zip`, with a session's token that `/v1/sessions`
gives for e-mail and password.
"""

import io
import zipfile
import zlib
from urllib.parse import quote

from cop.data import Refused, http
from cop.fieldwork.returns.servers.fetched import Fetched

SETTINGS = "attachments=false&groupPaths=true&splitSelectMultiples=false"


def fetch(server: str, form: str, token: str, manners: http.Manners) -> Fetched:
    """Give all submissions of a form from ODK's server, named project/form."""
    project, slash, name = form.partition("/")
    if not slash or not project.isdecimal() or not name:
        raise Refused(f"{form!r} is no form of ODK Central: write project/form, as 3/visit")
    bearer = _session(server, token, manners) if ":" in token else token
    asker = http.Fetcher(manners=manners, headers={"Authorization": f"Bearer {bearer}"})
    forms = f"{server}/v1/projects/{project}/forms/{quote(name, safe='')}"
    content = asker.body(f"{forms}/submissions.csv.zip?{SETTINGS}", _whole, "zip")
    return Fetched(f"{name}.zip", content)


def _session(server, token, manners):
    """Give the token of a session that is begun for e-mail and password."""
    email, _, password = token.partition(":")
    said = http.Fetcher(manners=manners).told(
        f"{server}/v1/sessions", {"email": email, "password": password}
    )
    if not isinstance(said, dict) or not isinstance(said.get("token"), str):
        raise Refused(f"{server} begins no session; nothing was changed")
    return said["token"]


def _whole(body):
    """Give the tables of a zip, packed without the time of packing; ValueError where it was cut.

    So the same submissions are the same file, whenever they are fetched.
    """
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as sent, zipfile.ZipFile(out, "w") as packed:
            for name in sorted(n for n in sent.namelist() if n.lower().endswith(".csv")):
                part = zipfile.ZipInfo(name)
                packed.writestr(part, sent.read(name), zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(str(error)) from error
    return out.getvalue()
