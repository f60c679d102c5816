"""Rules of a country's narrative: length, citations, paragraphs without source, links."""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.checks import damage
from cop.data.checks.rules import Check
from cop.data.csvfiles import decoded
from cop.data.faults import Broken, Fault
from cop.data.package import locate
from cop.data.tables import without_notes

LEAST, MOST = 200, 500  # words of a text
UNCITED = (
    "is a paragraph without a source",
    "End the statement with a citation such as [@UKR-S01]",
)
NO_SOURCE = (
    "is not a verified source of the register",
    "Correct the citation or add the source to sources.csv",
)
UNCLOSED = (
    "is a citation without an end or without an id",
    "Write it as [@UKR-S01], or [@UKR-S01; @UKR-S02]",
)
NO_PICTURE = (
    "is a picture, which a narrative cannot hold",
    "Describe it in words; a report asks the network for nothing",
)
NO_ADDRESS = (
    "is a link that leads nowhere on the web",
    "Write a whole address that begins with https://, or cite the source",
)
NO_HEADING = (
    "is a heading of a chapter",
    "Begin it with ###: a narrative is a part of its chapter",
)
LINK = re.compile(
    r"(!?)\[[^\]]*\]\(\s*<?([^)\s>]*)[^)]*\)"  # [words](address), and with ! a picture
    r"|^ {0,3}\[[^\]@][^\]]*\]:\s*<?(\S+?)>?(?:\s|$)"  # [name]: address
    r"|<([A-Za-z][A-Za-z0-9+.-]*:[^>\s]*)>",  # <address>
    re.MULTILINE,
)
HEADING = re.compile(r"^ {0,3}#{1,2}\s.*|^[^\n]*\S[^\n]*\n {0,3}(?:=+|-+)\s*$", re.MULTILINE)
CITATION = re.compile(r"@([A-Za-z0-9_-]+)")


def of_narrative(data: str | Path, iso3: str) -> list[Fault]:
    """Return the errors of a country's texts; one with nothing but notes to the writer has none."""
    paths = [f"research/{iso3}/narrative/{part}.md" for part in ("observations", "analysis")]
    return [error for path in paths for error in _of_file(Check("narrative", path, data))]


def _of_file(check: Check) -> Iterator[Fault]:
    try:
        text = without_notes(decoded(locate(check.data, check.path)))
    except Broken as broken:
        yield from broken.faults
        return
    except FileNotFoundError:
        yield check.error("", "", "", "is not there", f"Write it: {LEAST} to {MOST} words")
        return
    if text.strip():
        words = len(re.findall(r"\w[\w'’.,-]*", re.sub(r"\[@[^\]]*\]", "", text)))
        if not LEAST <= words <= MOST:
            fix = f"Keep it between {LEAST} and {MOST} words"
            yield check.error("", "", "", f"has {words} words", fix)
        yield from _of_citations(text, check)
        yield from _of_paragraphs(text, check)
        yield from of_links(text, check)
        yield from damage.of_text(check.path, text)


def _of_citations(text, check):
    """Yield citations without a verified source, and those that do not end or name nothing."""
    sources, _, unread = check.ids(["sources.source_id"])
    for citation in re.finditer(r"\[@([^\]\[]*)(\]?)", text):
        ids = CITATION.findall("@" + citation[1])
        if not citation[2] or not ids:
            yield check.error(_line(text, citation), "", citation[0][:30], *UNCLOSED)
        elif not unread:
            for name in sorted({*ids} - sources):
                yield check.error(_line(text, citation), "", name, *NO_SOURCE)


def _of_paragraphs(text, check):
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = (line for line in block.splitlines() if not line.startswith("#"))
        paragraph = "\n".join(lines).strip()
        if paragraph and "[@" not in paragraph:
            yield check.error("", "", paragraph[:40] + "…", *UNCITED)


def of_links(text: str, check: Check) -> Iterator[Fault]:
    """Yield pictures, links without an address on the web, and headings above the third level."""
    for link in LINK.finditer(text):
        address = link[2] or link[3] or link[4] or ""
        if link[1] or not re.match(r"https?://[^\s/]+\.", address):
            yield check.error(
                _line(text, link), "", link[0], *(NO_PICTURE if link[1] else NO_ADDRESS)
            )
    for heading in HEADING.finditer(text):
        yield check.error(_line(text, heading), "", heading[0].strip(), *NO_HEADING)


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1
