"""What became of a comment, and who signs an edition off."""

from datetime import date
from pathlib import Path

import cop.data
from cop.data import Refused, writing
from cop.data.checks import editions
from cop.fieldwork.validation import rows


def answer(comment: str, decision: str, why: str, changed: str, data: Path) -> list[str]:
    """Record, in validation, what became of a comment, and say how many are left open.

    Raises Refused for a comment that is not there or was answered, or an answer that lacks a part.
    """
    iso3 = comment.partition("-")[0]
    row = {"comment_id": comment, "decision": decision, "why": why, "changed": changed}
    if iso3 not in cop.data.countries(data):
        raise Refused(f"{comment!r} is no comment: write its id, such as UKR-M001")
    with writing.alone(data):
        path = rows.add("responses", iso3, [row | {"day": date.today().isoformat()}], data)
    edition = cop.data.present("comments", data, iso3).set_index("comment_id").edition[comment]
    left = editions.open_comments(edition, path, data)
    return [f"{comment}: {decision}; {path}", *_left(left, iso3)]


def sign_off(iso3: str, body: str, scope: str, day: str, edition: str, data: Path) -> list[str]:
    """Record, in validation, that a body signs an edition off, and say what is still missing.

    Raises Refused for an edition or an organisation that is not known.
    """
    known = cop.data.editions(data, iso3)
    edition = edition or max(known, default="")
    row = {"body": body, "day": day or date.today().isoformat(), "scope": scope, "edition": edition}
    with writing.alone(data):
        path = rows.add("sign_offs", iso3, [row], data)
    missing = [rule for rule, _ in editions.missing(edition, path, data)]
    ready = f"Next: set the status of {edition} to validated in research/{iso3}/editions.csv."
    lacks = f"Edition {edition} {'; '.join(missing)}." if missing else ready
    return [f"{body} signed off edition {edition}: {scope}; {path}", lacks]


def _left(left, iso3):
    """Say how many comments are open, or what comes next."""
    if left:
        number = cop.data.count(len(left), "comment")
        yield f"{number} left without an answer: {', '.join(left[:5])}"
    else:
        yield f"Every comment is answered. Next: `cop sign-off {iso3} --body BODY --scope SCOPE`."
