"""Answers to comments, sign-offs of an edition, and the writing of both."""

from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, checks, writing
from cop.data.checks import editions


def answer(comment: str, decision: str, why: str, changed: str, data: Path) -> list[str]:
    """Record the decision on a comment; return lines on it and on the comments left open.

    Raises Refused for a comment that is missing or answered, or an incomplete answer.
    """
    iso3 = comment.partition("-")[0]
    row = {"comment_id": comment, "decision": decision, "why": why, "changed": changed}
    if iso3 not in cop.data.countries(data):
        raise Refused(f"{comment!r} is no comment: write its id, such as UKR-M001")
    with writing.alone(data):
        path = add_rows("responses", iso3, [row | {"day": date.today().isoformat()}], data)
    edition = cop.data.present("comments", data, iso3).set_index("comment_id").edition[comment]
    left = editions.open_comments(edition, path, data)
    then = f"Every comment is answered. Next: `cop sign-off {iso3} --body BODY --scope SCOPE`."
    if left:
        number = cop.data.count(len(left), "comment")
        then = f"{number} left without an answer: {', '.join(left[:5])}"
    return [f"{comment}: {decision}; {path}", then]


def sign_off(iso3: str, body: str, scope: str, day: str, edition: str, data: Path) -> list[str]:
    """Record that a body signs an edition off; return lines on it and on what is still missing.

    Raises Refused for an unknown edition or organisation.
    """
    edition = edition or max(cop.data.editions(data, iso3), default="")
    row = {"body": body, "day": day or date.today().isoformat(), "scope": scope, "edition": edition}
    row["text"] = editions.signed_text(data, iso3)
    with writing.alone(data):
        path = add_rows("sign_offs", iso3, [row], data)
    missing = "; ".join(rule for rule, _ in editions.missing(edition, path, data))
    ready = f"Next: set the status of {edition} to validated in research/{iso3}/editions.csv."
    then = f"Edition {edition} {missing}." if missing else ready
    return [f"{body} signed off edition {edition}: {scope}; {path}", then]


def add_rows(table: str, iso3: str, rows: list[dict[str, str]], data: Path) -> str:
    """Add rows to a table of a country and return its path; call it inside `writing.alone(data)`.

    Raises Refused, with nothing written, where a new row has errors.
    """
    path, present = cop.data.paths(table, data, iso3)[0], cop.data.present(table, data, iso3)
    first = max(present.index, default=1) + 1
    new = pd.DataFrame(rows, index=range(first, first + len(rows)))
    frame = pd.concat([present, new])[present.columns].fillna("")
    faults = [f for f in checks.of_table(table, frame, path, data) if int(f.row or 0) >= first]
    if faults:
        more = [f"… and {len(faults) - 10} more"] if len(faults) > 10 else []
        lines = [f"nothing was written; {cop.data.count(len(faults), 'error')}:"]
        raise Refused("\n".join([*lines, *map(str, faults[:10]), *more]))
    writing.write(data, {path: cop.data.longer(table, rows, data, iso3)})
    return path
