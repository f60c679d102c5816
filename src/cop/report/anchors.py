"""Create ids for the parts of a report, and names of Word bookmarks that contain these ids.

Parts are headings, paragraphs, figures, tables and table rows. A table row that shows a row of data
has the id of that row, such as UKR-R03. Any other part without an id gets one computed from its
text, so that it can be identified even if its bookmark is lost.
"""

import hashlib
import re

PREFIX, OF_DOCUMENT, MOST = "cop_", "copdoc_", 40  # MOST: longest bookmark name in Word
NUMBERED = re.compile(r"(?:(?:Table|Figure) [0-9]+\. |[0-9]+(?:\.[0-9]+)? )")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
DOCUMENT = re.compile(rf"{OF_DOCUMENT}([A-Z0-9-]*)_([0-9]{{4}})(?:_([A-Za-z][A-Za-z0-9_]*))?")
AGAIN = re.compile(r"__[0-9]+$")
SHOWN = re.compile(r"\W*([A-Z]{2,4}(?:-[A-Z]{2,4})?-[A-Z]*[0-9]{2,3}|[CELMORSV][0-9]{2,3})\b")


def of_words(text: str, kind: str = "P") -> str:
    """Return an id such as P-1f0a29c7, computed from a text without the first match of NUMBERED.

    NUMBERED matches a number such as "3.1 " or a label such as "Table 2. " anywhere in the text.
    Texts that differ only in this match or in whitespace have the same id. `kind` is P for a
    paragraph or heading, T for a table, F for a figure, or W for a table row.
    """
    words = NUMBERED.sub("", " ".join(text.split()), count=1)
    return f"{kind}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def fits(name: str) -> bool:
    """Return whether an id can be stored in the name of a bookmark.

    Such an id begins with a letter from A to Z, consists of these letters, digits and single
    hyphens between them, and is short enough for PREFIX and the ending of a repeated id.
    """
    return bool(PLAIN.fullmatch(name)) and len(PREFIX + name) < MOST - len("__99")


def bookmark(name: str, number: int = 1) -> str:
    """Return the name of the bookmark for the `number`-th part with the id `name`.

    For the id UKR-R03, the name is first cop_UKR_R03 and then cop_UKR_R03__2.
    """
    again = f"__{number}" if number > 1 else ""
    return f"{PREFIX}{name.replace('-', '_')}{again}"


def place(name: str) -> str:
    """Return the id in the name of a bookmark, or "" for a bookmark that contains no id."""
    row_id = AGAIN.sub("", name.removeprefix(PREFIX)).replace("_", "-")
    return row_id if name.startswith(PREFIX) and fits(row_id) else ""


def shown(text: str, iso3: str) -> str:
    """Return the id of a row or item at the start of a text, or "" if there is none.

    Ids are recognised by their form (see SHOWN) and need not exist. If an id such as R03 has no
    country code, `iso3` is added: 'R03 …' becomes 'UKR-R03'. Spaces, brackets and other punctuation
    before the id are ignored.
    """
    first = SHOWN.match(text)
    if not first:
        return ""
    return first[1] if "-" in first[1] else f"{iso3}-{first[1]}"


def of_document(iso3: str, edition: str, language: str = "") -> str:
    """Return the name of the bookmark that identifies a document.

    `iso3` is the code of a country or group, and `language` is "" for English.
    """
    spoken = f"_{language.replace('-', '_')}" if language else ""
    return f"{OF_DOCUMENT}{iso3}_{edition}{spoken}"


def document(name: str) -> tuple[str, str, str] | None:
    """Parse the name of a document's bookmark into (country or group, edition, language).

    The language is "" for English. Returns None for the names of other bookmarks.
    """
    parts = DOCUMENT.fullmatch(name)
    return (parts[1], parts[2], (parts[3] or "").replace("_", "-")) if parts else None
