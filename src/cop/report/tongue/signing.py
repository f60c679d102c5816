"""Whether somebody who speaks a language has read its catalogue: signed in the comment at its head,
for the very words that stand in it.
"""

import hashlib
import json
import re

from babel.messages.catalog import Catalog

BY, CONTENT = "X-Reviewed-By", "X-Reviewed-Content"
LINE = re.compile(r"^# (X-Reviewed-[A-Za-z]+): (.+)$", re.MULTILINE)


def signed(catalogue: Catalog) -> str:
    """Return by whom and when a catalogue was signed, "" where nobody did or where a translation
    was added or changed since.
    """
    said = headers(catalogue)
    return said.get(BY, "") if said.get(CONTENT) == digest(catalogue) else ""


def sign(catalogue: Catalog, by: str, day: str) -> None:
    """Write a signature into a catalogue: a role and a day, and the translations as they stand."""
    _put(catalogue, f"{by}, {day}")


def keep(catalogue: Catalog) -> None:
    """Renew the signature of a catalogue from which translations were taken away: what is left is
    what was signed.
    """
    _put(catalogue, headers(catalogue)[BY])


def headers(catalogue: Catalog) -> dict[str, str]:
    """Return the signature of a catalogue as it stands at its head, valid or not; {} without
    one.
    """
    return dict(LINE.findall(catalogue.header_comment))


def digest(catalogue: Catalog) -> str:
    """Return what the translations of a catalogue are known by: no two texts share it.

    One that is marked as "needs work" is said by no page, and so none of them.
    """
    said = sorted(
        json.dumps([message.context or "", message.id, message.string], ensure_ascii=False)
        for message in catalogue
        if message.id and any(message.string or ()) and not message.fuzzy
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _put(catalogue, by):
    others = [one for one in catalogue.header_comment.splitlines() if not LINE.match(one)]
    lines = [f"# {BY}: {by}", f"# {CONTENT}: {digest(catalogue)}"]
    catalogue.header_comment = "\n".join([*others, *lines])
