"""Check the narrative of a country: length, citations, markup and damaged text."""

import re
from collections.abc import Iterator

from cop.data.checks import damage
from cop.data.checks.rules import Check
from cop.data.csvfiles import decoded
from cop.data.errors import DataError, InvalidTable
from cop.data.package import locate, paths, resource
from cop.data.reads import StrPath
from cop.data.tables import without_notes

LEAST, MOST = 200, 500  # number of words in a narrative
LENGTH = f"Write a text of {LEAST} to {MOST} words (citations do not count)"
UNCITED = ("is a paragraph without a citation", "Add a citation such as [@UKR-S01]")
NO_SOURCE = (
    "is not a verified source in sources.csv",
    "Correct the citation, or add and verify the source",
)


def of_narrative(data: StrPath, iso3: str) -> list[DataError]:
    """Return all errors in a country's narratives.

    A file that is empty or contains only comments has no errors; a missing file is an error.
    """
    files = paths("narrative", data, iso3)
    return [error for path in files for error in _of_file(Check("narrative", path, data))]


def _of_file(check):
    try:
        text = without_notes(decoded(locate(check.data, check.path)))
    except InvalidTable as broken:
        yield from broken.errors
        return
    except FileNotFoundError:
        yield check.error("", "", "", "file not found", "Restore or create the file")
        return
    if text.strip():
        words = len(re.findall(r"\w[\w'’.,-]*", re.sub(r"\[@[^\]]*\]", "", text)))
        if not LEAST <= words <= MOST:
            yield check.error("", "", "", f"has {words} words", LENGTH)
        yield from _of_citations(text, check)
        yield from of_marks(text, check)
        yield from damage.of_text(check.path, text)


def _of_citations(text, check):
    sources, _, unread = check.ids(["sources.source_id"])
    for citation in re.finditer(r"\[@[^\]\[]*\]", text) if not unread else ():
        for name in sorted({*re.findall(r"@([A-Za-z0-9_-]+)", citation[0])} - sources):
            yield check.error(_line(text, citation), "", name, *NO_SOURCE)
    for block in re.split(r"\n\s*\n", text.strip()):
        paragraph = re.sub("(?m)^#.*", "", block).strip()
        if paragraph and "[@" not in paragraph:
            yield check.error("", "", paragraph[:40] + "…", *UNCITED)


def of_marks(text: str, check: Check) -> Iterator[DataError]:
    """Yield an error for each forbidden element in a narrative, such as a picture (`cop:marks`)."""
    for mark in resource("narrative", check.data)["cop:marks"]:
        for match in re.finditer(mark["pattern"], text, re.MULTILINE):
            value = match[0].strip()[:30]
            yield check.error(_line(text, match), "", value, mark["rule"], mark["fix"])


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1
