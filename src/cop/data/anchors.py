"""The ids of places in a report, and the bookmarks that carry them through a word processor.

A row has the id of its table, such as UKR-R03; what has none is named after its own words, so that
its id can be found again where a bookmark was lost. Without pandas and without any library.
"""

import hashlib
import re

PREFIX, OF_DOCUMENT, MOST = "cop_", "copdoc_", 40  # letters that Word lets a bookmark have
NUMBERED = re.compile(r"(?:(?:Table|Figure) [0-9]+\. |[0-9]+(?:\.[0-9]+)? )")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
DOCUMENT = re.compile(rf"{OF_DOCUMENT}([A-Z0-9-]*)_([0-9]{{4}})(?:_([A-Za-z][A-Za-z0-9_]*))?")
AGAIN = re.compile(r"__[0-9]+$")
SHOWN = re.compile(r"\W*([A-Z]{2,4}(?:-[A-Z]{2,4})?-[A-Z]*[0-9]{2,3}|[CELMORSV][0-9]{2,3})\b")


def of_words(text: str, kind: str = "P") -> str:
    """Give a place's anchor by its words: P a paragraph, T a table, F a figure, W a row.

    Numbers of tables, figures and chapters do not count, nor how its words are spaced.
    """
    words = NUMBERED.sub("", " ".join(text.split()), count=1)
    return f"{kind}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def fits(one: str) -> bool:
    """Say whether an id of the tables can be an anchor, the name of a bookmark, as it is."""
    return bool(PLAIN.fullmatch(one)) and len(PREFIX + one) < MOST - len("__99")


def bookmark(one: str, number: int = 1) -> str:
    """Give an id's anchor as a bookmark: letters, digits and `_`; the `number`-th of a place."""
    again = f"__{number}" if number > 1 else ""
    return f"{PREFIX}{one.replace('-', '_')}{again}"


def place(name: str) -> str:
    """Give the id that an anchor in a document carries; "" for a bookmark somebody else has set."""
    one = AGAIN.sub("", name.removeprefix(PREFIX)).replace("_", "-")
    return one if name.startswith(PREFIX) and fits(one) else ""


def shown(text: str, iso3: str) -> str:
    """Read, by the contract's rule of ids, what row a text names: 'R03 …' => 'UKR-R03'; "" for
    none.

    An id of more than one part stands as it is: 'PM-LEG-01 Review …' => 'PM-LEG-01'.
    """
    first = SHOWN.match(text)
    if not first:
        return ""
    return first[1] if "-" in first[1] else f"{iso3}-{first[1]}"


def of_document(iso3: str, edition: str, language: str = "") -> str:
    """Give the anchor that says of which report a document is, and in which language, by its tag.

    "" is English.
    """
    spoken = f"_{language.replace('-', '_')}" if language else ""
    return f"{OF_DOCUMENT}{iso3}_{edition}{spoken}"


def document(name: str) -> tuple[str, str, str] | None:
    """Give (country, edition, language) that a document's anchor, a bookmark, says it is of.

    None for any other. The language is "" where it is English.
    """
    said = DOCUMENT.fullmatch(name)
    return (said[1], said[2], (said[3] or "").replace("_", "-")) if said else None
