"""What may be wrong with a country's narrative: length, citations, paragraphs without source."""

import re
from collections.abc import Iterator
from pathlib import Path

from cop.data.cells import decoded
from cop.data.checks import damage
from cop.data.checks.references import known_ids
from cop.data.faults import Broken, Fault
from cop.data.narrative import without_notes
from cop.data.package import locate

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
    """Give the faults of a country's texts: length, paragraphs without source, citations.

    One that is still to be written, that is one with nothing but notes to the writer, has none.
    """
    paths = [f"research/{iso3}/narrative/{part}.md" for part in ("observations", "analysis")]
    return [fault for path in paths for fault in _of_text(path, data)]


def _of_text(name: str, data) -> Iterator[Fault]:
    path = locate(data, name)
    if not path.exists():
        mend = f"Write it: {LEAST} to {MOST} words"
        yield Fault(name, "", "", "", "is not there", mend)
        return
    try:
        text = without_notes(decoded(path))
    except Broken as broken:
        yield from broken.faults
        return
    if text.strip():
        yield from _of_length(name, text)
        yield from _of_citations(name, text, data)
        yield from _of_paragraphs(name, text)
        yield from _of_links(name, text)
        yield from damage.of_text(name, text)


def _of_length(name, text):
    words = len(re.findall(r"\w[\w'’.,-]*", re.sub(r"\[@[^\]]*\]", "", text)))
    if not LEAST <= words <= MOST:
        mend = f"Keep it between {LEAST} and {MOST} words"
        yield Fault(name, "", "", "", f"has {words} words", mend)


def _of_citations(name, text, data):
    """Yield citations without a verified source, and those that do not end or name nothing."""
    known, _, unread = known_ids(["sources.source_id"], name, data, [])  # the country's own
    for citation in re.finditer(r"\[@([^\]\[]*)(\]?)", text):
        line, ids = text.count("\n", 0, citation.start()) + 1, CITATION.findall("@" + citation[1])
        if not citation[2] or not ids:
            yield Fault(name, line, "", citation[0][:30], *UNCLOSED)
        elif name.split("/")[1] not in unread:
            for one in sorted(set(ids) - known):
                yield Fault(name, line, "", one, *NO_SOURCE)


def _of_paragraphs(name, text):
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = (line for line in block.splitlines() if not line.startswith("#"))
        paragraph = "\n".join(lines).strip()
        if paragraph and "[@" not in paragraph:
            yield Fault(name, "", "", paragraph[:40] + "…", *UNCITED)


def _of_links(name, text):
    """Yield pictures, links without an address on the web, and headings above the third level."""
    for link in LINK.finditer(text):
        address = link[2] or link[3] or link[4] or ""
        if link[1]:
            yield Fault(name, _line(text, link), "", link[0][:80], *NO_PICTURE)
        elif not re.match(r"https?://[^\s/]+\.", address):
            yield Fault(name, _line(text, link), "", link[0][:80], *NO_ADDRESS)
    for heading in HEADING.finditer(text):
        yield Fault(name, _line(text, heading), "", heading[0].strip()[:80], *NO_HEADING)


def _line(text, match):
    return text.count("\n", 0, match.start()) + 1
