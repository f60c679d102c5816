"""LimeSurvey's server: all responses by RemoteControl 2, as the CSV export with codes.

One address takes JSON-RPC: `get_session_key`, `export_responses` (CSV in base64),
`release_session_key`. What is refused comes as {"status": why}.
"""

import base64
import contextlib

from cop.data import Refused, http
from cop.fieldwork.returns.servers.fetched import Fetched

EXPORT = ("csv", None, "all", "code", "short")  # kind, language, which responses, headings, answers


def fetch(server: str, form: str, token: str, manners: http.Manners) -> Fetched:
    """Give all responses of a survey from LimeSurvey's server, also those not completed."""
    user, colon, password = token.partition(":")
    if not colon or not form.isdecimal():
        raise Refused("LimeSurvey needs user:password, and the survey's number as --form")
    asker = http.Fetcher(manners=manners)
    address = f"{server}/index.php/admin/remotecontrol"
    key = _called(asker, address, "get_session_key", user, password)
    try:
        packed = _called(asker, address, "export_responses", key, int(form), *EXPORT)
    finally:
        with contextlib.suppress(Refused):  # it ends by itself too
            _called(asker, address, "release_session_key", key)
    try:
        content = base64.b64decode(packed, validate=True)
    except ValueError as error:
        raise Refused(
            f"{address} gives responses that are cut or broken; nothing was changed"
        ) from error
    return Fetched(f"results-survey{form}.csv", content)


def _called(asker, address, method, *params):
    """Give the text that a method gives; Refused with the server's own words where it does not."""
    said = asker.told(address, {"method": method, "params": params, "id": 1})
    result = said.get("result") if isinstance(said, dict) else None
    if isinstance(result, str) and result:
        return result
    why = result.get("status") if isinstance(result, dict) else None
    why = why or (said.get("error") if isinstance(said, dict) else None) or "no answer"
    raise Refused(f"LimeSurvey does not {method.replace('_', ' ')}: {why}; nothing was changed")
